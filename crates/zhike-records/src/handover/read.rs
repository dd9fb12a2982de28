//! The hand-overs that were made.

use serde::Serialize;
use zhike_db::{Row, Sql};
use zhike_types::{Error, Result, Uuid, boxed};

use super::{DUTY, Handover};
use crate::{Actor, Engine, people::needs_duty};

/// When a hand-over was taken back, by whom, and how many records stayed where they are because they had another owner since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UndoneHandover {
    pub at: i64,
    pub actor: String,
    pub actor_id: Option<Uuid>,
    pub kept: i64,
}

/// A page of hand-overs, the newest first.
#[derive(Debug, Clone, Serialize)]
pub struct HandoverPage {
    pub handovers: Vec<Handover>,
    /// The `before` of the next page; none when this is the last.
    pub next: Option<i64>,
}

const LIMIT_MAX: usize = 200;
const COLUMNS: &str =
    "SELECT seq, id, at, actor_id, actor, from_id, reason, given, undone_at, undone_by, undoer, kept FROM handover";

impl Engine {
    /// The hand-overs, the newest first. `before`: only those before this number. `limit`: 1 to 200.
    #[boxed]
    pub async fn handovers(&self, actor: &Actor, before: Option<i64>, limit: usize) -> Result<HandoverPage> {
        needs_duty(actor, DUTY)?;
        let mut sql = Sql::new(COLUMNS);
        if let Some(before) = before {
            sql.push(" WHERE seq < ").bind(before);
        }
        let limit = limit.clamp(1, LIMIT_MAX);
        sql.push(" ORDER BY seq DESC LIMIT ").bind(limit as i64 + 1);
        let rows = self.0.db.read().await?.rows(sql).await?;
        let mut handovers = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        let more = handovers.len() > limit;
        handovers.truncate(limit);
        let next = handovers.last().filter(|_| more).map(|last| last.seq);
        Ok(HandoverPage { handovers, next })
    }

    /// One of them.
    #[boxed]
    pub async fn handover(&self, actor: &Actor, id: Uuid) -> Result<Handover> {
        needs_duty(actor, DUTY)?;
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE id = ").bind(id);
        let row = self.0.db.read().await?.row(sql).await?.ok_or(Error::NotFound)?;
        read(&row)
    }
}

fn read(row: &Row) -> Result<Handover> {
    let undone = match row.int(8)? {
        Some(at) => Some(UndoneHandover {
            at,
            actor_id: row.id(9)?,
            actor: row.text(10)?.unwrap_or_default(),
            kept: row.int(11)?.unwrap_or_default(),
        }),
        None => None,
    };
    Ok(Handover {
        seq: row.must_int(0)?,
        id: row.must_id(1)?,
        at: row.must_int(2)?,
        actor_id: row.id(3)?,
        actor: row.must_text(4)?,
        from: row.must_id(5)?,
        reason: row.must_text(6)?,
        lines: serde_json::from_str(&row.must_text(7)?).map_err(Error::internal)?,
        undone,
    })
}
