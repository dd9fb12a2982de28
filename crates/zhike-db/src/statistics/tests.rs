use super::*;
use crate::testing::TestDb;

#[test]
fn a_value_that_many_rows_have_is_told_as_all_of_them() {
    assert_eq!(corrected("1000000 250000 4 1"), "1000000 1000000 4 1");
    assert_eq!(corrected("1000000 200000 60000 1"), "1000000 1000000 1000000 1", "status, then source");
    assert_eq!(corrected("1000000 4000 3 1"), "1000000 4000 3 1", "one owner of 250");
    assert_eq!(corrected("9000000 33000 1"), "9000000 9000000 1", "cut off at the limit");
    assert_eq!(corrected("12 1"), "12 1", "a key");
    assert_eq!(corrected("0 0 0"), "0 0 0");
    assert_eq!(corrected("20000 251 1 1 noskipscan"), "20000 251 1 1 noskipscan");
}

#[tokio::test]
async fn an_open_reader_hears_of_new_figures() {
    let test = TestDb::sqlite().await.unwrap();
    let db = &test.db;
    let mut tx = db.begin().await.unwrap();
    for statement in [
        "CREATE TABLE customer (seq INTEGER PRIMARY KEY, status TEXT, source TEXT, silent_since INTEGER)",
        "CREATE INDEX customer_silent ON customer (silent_since, seq) WHERE status IN ('active', 'potential')",
        "INSERT INTO customer (status, source, silent_since) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) \
         SELECT CASE i % 5 WHEN 0 THEN 'lost' WHEN 1 THEN 'potential' ELSE 'active' END, 's' || (i % 7), i FROM n",
    ] {
        tx.run(sql!(statement)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut reader = db.read().await.unwrap();
    // explaining does not look whether the schema has changed: a statement before it does, and the text is another each time
    let plan = async |reader: &mut Tx, limit: i64| {
        reader.number(sql!("SELECT COUNT(*) FROM customer")).await.unwrap();
        let asked = "EXPLAIN QUERY PLAN SELECT seq, source FROM customer WHERE status IN ('active', 'potential') \
                     AND (silent_since IS NULL OR silent_since < 4000) AND silent_since IS NOT NULL \
                     ORDER BY silent_since, seq LIMIT ";
        reader.row(sql!(&format!("{asked}{limit}"))).await.unwrap().unwrap().must_text(3).unwrap()
    };
    assert!(plan(&mut reader, 1).await.contains("customer_silent"));
    db.build_index(
        "customer",
        "customer_status_source",
        "CREATE INDEX customer_status_source ON customer (status, source)",
    )
    .await
    .unwrap();
    assert!(plan(&mut reader, 2).await.contains("customer_silent"), "a new index brings its figures along");

    // figures of another day, and figures that are gone
    let mut tx = db.begin().await.unwrap();
    tx.run(sql!("DELETE FROM sqlite_stat1")).await.unwrap();
    publish(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert!(plan(&mut reader, 3).await.contains("customer_status_source"), "without figures the planner guesses");
    db.analyze().await.unwrap();
    assert!(plan(&mut reader, 4).await.contains("customer_silent"), "the open reader has read the new ones");
    drop(reader);
    test.remove().await.unwrap();
}
