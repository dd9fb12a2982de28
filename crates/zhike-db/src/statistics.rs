//! What SQLite's planner knows of the tables: how many rows a value of an index stands for.
//!
//! Two things are made good here. A connection reads the figures when it opens or when the schema changes, so one that is open
//! would not hear of new ones: the schema is changed, to nothing, in the transaction that writes them. And the planner takes going
//! through an index for nearly as cheap as going through the table, where each row it leads to is a page looked up: for a value
//! that one row in twenty has, reading the whole table is the shorter way. Of such a value it is told that all rows have it; an
//! index that also gives the order, or begins with several columns, is chosen as before.

use zhike_types::Result;

use crate::{Sql, Tx, sql};

/// Entries of an index that are looked at. Of fewer, such as SQLite advises, a value that a quarter of all rows have looks rare.
pub(crate) const LIMIT: u64 = 100_000;
/// A value that a larger part of the rows has (one in so many) leads nowhere.
const TELLING: u64 = 20;
/// So does one that this many rows have: behind the limit they are not counted to the end.
const MANY: u64 = LIMIT / 4;

/// Corrects what ANALYZE wrote, and makes every connection read it.
pub(crate) async fn publish(tx: &mut Tx) -> Result<()> {
    for row in tx.rows(sql!("SELECT tbl, idx, stat FROM sqlite_stat1 WHERE idx IS NOT NULL")).await? {
        let stat = row.must_text(2)?;
        let corrected = corrected(&stat);
        if corrected != stat {
            let (table, index) = (row.must_text(0)?, row.must_text(1)?);
            tx.run(sql!("UPDATE sqlite_stat1 SET stat = $1 WHERE tbl = $2 AND idx = $3", corrected, table, index))
                .await?;
        }
    }
    tx.run(Sql::new("CREATE VIEW planner_figures AS SELECT 1")).await?;
    tx.run(Sql::new("DROP VIEW planner_figures")).await.map(drop)
}

/// `rows, rows a value of the first column, rows a value of the first two …`, as <https://sqlite.org/fileformat2.html#stat1tab>
/// says.
fn corrected(stat: &str) -> String {
    let words: Vec<&str> = stat.split(' ').collect();
    let number = |word: &str| word.parse::<u64>().ok();
    let Some(rows) = words.first().and_then(|word| number(word)) else { return stat.to_owned() };
    let told = |word: &&str| match number(word) {
        Some(each) if each > MANY.min(rows / TELLING) && each > 1 => words[0].to_owned(),
        _ => (*word).to_owned(),
    };
    words.iter().map(told).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
