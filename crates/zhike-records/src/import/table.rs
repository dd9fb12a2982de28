//! The tables `import` and `import_row`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use zhike_db::{Row, Sql, Tx, sql};
use zhike_types::{Error, Result, Text, Uuid};

use super::{
    plan::{ImportCounts, ImportInfo, ImportState, UndoCounts},
    source,
};
use crate::{Actor, Engine};

/// An import as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub info: ImportInfo,
    /// The hash of its file's content, which is its name.
    pub file: String,
    /// The number of the last row that is done; of an undo the audit row that is to be looked at next.
    pub cursor: i64,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Counts {
    #[serde(flatten)]
    rows: ImportCounts,
    #[serde(skip_serializing_if = "Option::is_none")]
    undo: Option<UndoCounts>,
}

const COLUMNS: &str = "SELECT id, object, file_name, file, user_id, state, plan, sheets, total, cursor, counts, error, created_at, finished_at FROM import";

fn json<T: for<'d> Deserialize<'d>>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(Error::internal)
}

fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

fn word(state: ImportState) -> Result<String> {
    Ok(to_json(&state)?.trim_matches('"').to_owned())
}

impl Entry {
    fn of(row: &Row) -> Result<Self> {
        let counts: Counts = json(&row.must_text(10)?)?;
        let info = ImportInfo {
            id: row.must_id(0)?,
            object: row.must_text(1)?,
            file_name: row.must_text(2)?,
            user_id: row.id(4)?,
            state: json(&format!("\"{}\"", row.must_text(5)?))?,
            plan: json(&row.must_text(6)?)?,
            sheets: json(&row.must_text(7)?)?,
            counts: counts.rows,
            undo: counts.undo,
            total_rows: row.int(8)?,
            error: row.text(11)?.map(|text| json(&text)).transpose()?,
            created_at: row.must_int(12)?,
            finished_at: row.int(13)?,
        };
        Ok(Self { info, file: row.must_text(3)?, cursor: row.must_int(9)? })
    }

    pub fn path(&self, engine: &Engine) -> PathBuf {
        source::folder(&engine.0.data).join(&self.file)
    }

    /// Makes or overwrites the entry.
    pub async fn save(&self, tx: &mut Tx) -> Result<()> {
        let info = &self.info;
        let counts = Counts { rows: info.counts.clone(), undo: info.undo.clone() };
        tx.run(sql!(
            "INSERT INTO import (id, object, file_name, file, user_id, state, plan, sheets, total, cursor, counts, error, created_at, finished_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (id) DO UPDATE SET state = excluded.state, \
             plan = excluded.plan, total = excluded.total, cursor = excluded.cursor, counts = excluded.counts, error = excluded.error, \
             finished_at = excluded.finished_at",
            info.id,
            info.object.as_str(),
            info.file_name.as_str(),
            self.file.as_str(),
            info.user_id,
            word(info.state)?,
            to_json(&info.plan)?,
            to_json(&info.sheets)?,
            info.total_rows,
            self.cursor,
            to_json(&counts)?,
            info.error.as_ref().map(to_json).transpose()?,
            info.created_at,
            info.finished_at,
        ))
        .await
        .map(drop)
    }

    /// Says in the transaction of a batch how far the import is.
    pub async fn advance(&self, tx: &mut Tx) -> Result<()> {
        let counts = to_json(&Counts { rows: self.info.counts.clone(), undo: self.info.undo.clone() })?;
        tx.run(sql!(
            "UPDATE import SET cursor = $1, counts = $2, state = $3 WHERE id = $4",
            self.cursor,
            counts,
            word(self.info.state)?,
            self.info.id
        ))
        .await
        .map(drop)
    }

    pub async fn read(tx: &mut Tx, id: Uuid) -> Result<Self> {
        let row = tx.row(sql!(&format!("{COLUMNS} WHERE id = $1"), id)).await?.ok_or(Error::NotFound)?;
        Self::of(&row)
    }

    /// The latest imports of a user.
    pub async fn latest(tx: &mut Tx, user: Option<Uuid>, limit: usize) -> Result<Vec<Self>> {
        let mut sql = Sql::new(COLUMNS);
        match user {
            Some(user) => sql.push(" WHERE user_id = ").bind(user),
            None => sql.push(" WHERE user_id IS NULL"),
        };
        sql.push(" ORDER BY created_at DESC, id DESC LIMIT ").bind(limit.clamp(1, 1_000) as i64);
        tx.rows(sql).await?.iter().map(Self::of).collect()
    }

    /// An import of the same content that has begun and not ended.
    pub async fn unfinished(tx: &mut Tx, user: Option<Uuid>, object: &str, file: &str) -> Result<Option<Self>> {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE state IN ('waiting', 'running') AND object = ").bind(object).push(" AND file = ").bind(file);
        match user {
            Some(user) => sql.push(" AND user_id = ").bind(user),
            None => sql.push(" AND user_id IS NULL"),
        };
        sql.push(" ORDER BY created_at DESC LIMIT 1");
        tx.row(sql).await?.map(|row| Self::of(&row)).transpose()
    }

    /// Forgets what became of rows.
    pub async fn clear_rows(tx: &mut Tx, id: Uuid) -> Result<()> {
        tx.run(sql!("DELETE FROM import_row WHERE import_id = $1", id)).await.map(drop)
    }

    /// Puts the entry into a state that it does not leave by itself, with the reason.
    pub async fn fail(engine: &Engine, id: Uuid, error: &Text) -> Result<()> {
        let mut tx = engine.db().begin().await?;
        let mut entry = Self::read(&mut tx, id).await?;
        entry.info.state = ImportState::Failed;
        entry.info.error = Some(error.clone());
        entry.info.finished_at = Some(engine.now());
        entry.save(&mut tx).await?;
        tx.commit().await
    }
}

impl Engine {
    /// An import of the actor's own; the system sees all.
    pub(crate) async fn own_import(&self, tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<Entry> {
        let entry = Entry::read(tx, id).await?;
        if actor.user_id.is_some() && entry.info.user_id != actor.user_id {
            return Err(Error::NotFound);
        }
        Ok(entry)
    }
}
