//! The system's own tables, in numbered steps that run once each. Objects' tables come from the model.

use zhike_types::{Error, Result, boxed};

use crate::{Db, Sql, sql};

/// Each step is one transaction; a step that has landed is never edited.
const STEPS: &[&str] = &[
    include_str!("schema/001-system.sql"),
    include_str!("schema/002-merge.sql"),
    include_str!("schema/003-review.sql"),
    include_str!("schema/004-match-weights.sql"),
    include_str!("schema/005-dispute.sql"),
    include_str!("schema/006-pool.sql"),
    include_str!("schema/007-handover.sql"),
    include_str!("schema/008-approval.sql"),
    include_str!("schema/009-mail.sql"),
];

/// Runs the steps that this database has not seen.
#[boxed]
pub async fn migrate(db: &Db) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.run(Sql::new(
        &db.dialect()
            .render("CREATE TABLE IF NOT EXISTS meta (key {text} NOT NULL PRIMARY KEY, value {text} NOT NULL){end}"),
    ))
    .await?;
    if db.dialect() == crate::Dialect::Postgres {
        // two nodes that start together take their turns
        tx.run(Sql::new("LOCK TABLE meta IN EXCLUSIVE MODE")).await?;
    }
    let done = match meta(&mut tx, "schema").await? {
        Some(number) => number.parse::<usize>().map_err(Error::internal)?,
        None => 0,
    };
    if done > STEPS.len() {
        return Err(Error::Conflict(zhike_types::Text::new(
            "这个数据库是更新版本的知客建立的。请升级程序后再打开。",
            "This database was made by a newer Zhike. Upgrade the program, then open it.",
        )));
    }
    for step in &STEPS[done..] {
        for statement in db.dialect().render(step).split(";\n").map(str::trim).filter(|s| !s.is_empty()) {
            tx.run(Sql::new(statement)).await?;
        }
    }
    if done < STEPS.len() {
        set_meta(&mut tx, "schema", &STEPS.len().to_string()).await?;
    }
    tx.commit().await
}

/// A fact about the installation.
#[boxed]
pub async fn meta(tx: &mut crate::Tx, key: &str) -> Result<Option<String>> {
    tx.row(sql!("SELECT value FROM meta WHERE key = $1", key)).await?.map(|row| row.must_text(0)).transpose()
}

#[boxed]
pub async fn set_meta(tx: &mut crate::Tx, key: &str, value: &str) -> Result<()> {
    tx.run(sql!(
        "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key,
        value
    ))
    .await
    .map(drop)
}
