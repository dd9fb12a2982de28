//! All that the database holds, as one hash: what was refused must have left no trace.

use sha2::{Digest as _, Sha256};
use zhike_db::{Db, Dialect, Sql, sql};

/// A statement that reads every table whole.
pub(super) struct Content(String);

impl Content {
    pub async fn of(db: &Db) -> Self {
        let mut tx = db.read().await.expect("a reader");
        let mut parts = Vec::new();
        match db.dialect() {
            Dialect::Sqlite => {
                let tables = tx
                    .rows(sql!("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"))
                    .await
                    .expect("tables");
                for table in tables {
                    let name = table.must_text(0).expect("a name");
                    // full-text tables show their content in the tables behind them
                    if table.text(1).expect("text").is_none_or(|made| made.starts_with("CREATE VIRTUAL")) {
                        continue;
                    }
                    let columns =
                        tx.rows(sql!("SELECT name FROM pragma_table_info($1)", name.as_str())).await.expect("columns");
                    let quoted: Vec<String> =
                        columns.iter().map(|row| format!("quote(\"{}\")", row.must_text(0).expect("a name"))).collect();
                    parts.push(format!(
                        "SELECT '{name}', COALESCE(group_concat(x, char(10)), '') FROM (SELECT {} AS x FROM \"{name}\" ORDER BY 1)",
                        quoted.join(" || ',' || ")
                    ));
                }
            }
            Dialect::Postgres => {
                let tables = "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1";
                for table in tx.rows(Sql::new(tables)).await.expect("tables") {
                    let name = table.must_text(0).expect("a name");
                    parts.push(format!("SELECT '{name}', COALESCE(md5(string_agg(CAST(t AS TEXT), '|' ORDER BY CAST(t AS TEXT))), '') FROM \"{name}\" t"));
                }
            }
        }
        assert!(parts.len() > 20, "all tables are read");
        // so many parts may be read by several workers: without an order they come as they are done
        Self(format!("{} ORDER BY 1", parts.join(" UNION ALL ")))
    }

    pub async fn hash(&self, db: &Db) -> String {
        let rows = db.read().await.expect("a reader").rows(Sql::new(&self.0)).await.expect("every table can be read");
        let mut digest = Sha256::new();
        for row in rows {
            for column in [0, 1] {
                let text = row.must_text(column).expect("text");
                digest.update((text.len() as u64).to_le_bytes());
                digest.update(text);
            }
        }
        zhike_types::hex(&digest.finalize())
    }
}
