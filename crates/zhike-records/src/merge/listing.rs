//! The merges that were made: who, when, why, what went where.

use std::{collections::HashMap, sync::Arc};

use serde::Serialize;
use zhike_db::{Row, Sql, Tx, sql};
use zhike_model::{Model, Object};
use zhike_types::{Error, Result, Uuid, boxed};

use super::{away, may_merge};
use crate::{
    Actor, Engine, Source,
    access::{self, Need},
    load::{select_titles, shown_title},
};

/// A merge, as an actor who sees the survivor may see it.
#[derive(Debug, Clone, Serialize)]
pub struct Merge {
    pub id: Uuid,
    /// Later merges have greater numbers; pages go by it.
    pub seq: i64,
    pub object: String,
    pub survivor: Merged,
    pub losers: Vec<Merged>,
    /// Milliseconds since 1970.
    pub at: i64,
    pub actor: String,
    pub actor_id: Option<Uuid>,
    pub reason: Option<String>,
    /// Records that refer to the survivor instead of a loser.
    pub moved: i64,
    /// Records that would have stood twice.
    pub set_aside: i64,
    pub undone: Option<Undone>,
    /// Whether the actor may try to undo it: it has the right, it was not undone, and the survivor is there.
    pub may_undo: bool,
}

/// One of the records of a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Merged {
    pub id: Uuid,
    /// As the actor may see titles of the object.
    pub title: String,
}

/// When a merge was undone, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Undone {
    pub at: i64,
    pub actor: String,
    pub actor_id: Option<Uuid>,
}

/// A page of merges, the newest first.
#[derive(Debug, Clone, Serialize)]
pub struct MergePage {
    pub merges: Vec<Merge>,
    /// The `before` of the next page; none when this is the last.
    pub next: Option<i64>,
}

const LIMIT_MAX: usize = 200;

const COLUMNS: &str = "SELECT m.seq, m.id, m.survivor_id, m.at, m.actor_id, m.actor, m.reason, m.moved, m.aside, m.undone_at, m.undone_by, \
     m.undoer, t.deleted_at FROM merge m JOIN ";

impl Engine {
    /// The merges of an object whose survivor the actor sees, the newest first. `record`: only those that made it what it is, or
    /// that it went away by. `before`: only those before this number. `limit`: 1 to 200.
    #[boxed]
    pub async fn merges(
        &self,
        actor: &Actor,
        object: &str,
        record: Option<Uuid>,
        before: Option<i64>,
        limit: usize,
    ) -> Result<MergePage> {
        let model = self.model();
        let object = access::object_for(&model, actor, object)?;
        let mut tx = self.0.db.read().await?;
        let mut sql = seen(&model, actor, object);
        if let Some(record) = record {
            let mut all = away::absorbed(&mut tx, record).await?;
            all.push(record);
            sql.push(" AND (m.survivor_id IN (").list(all);
            sql.push(") OR m.id IN (SELECT w.merge_id FROM merge_away w WHERE w.record_id = ").bind(record);
            sql.push(" AND w.loser = ").bind(true).push("))");
        }
        if let Some(before) = before {
            sql.push(" AND m.seq < ").bind(before);
        }
        let limit = limit.clamp(1, LIMIT_MAX);
        sql.push(" ORDER BY m.seq DESC LIMIT ").bind(limit as i64 + 1);
        let mut rows = tx.rows(sql).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let merges = told(&mut tx, &model, actor, object, &rows).await?;
        let next = merges.last().filter(|_| more).map(|last| last.seq);
        Ok(MergePage { merges, next })
    }

    /// One merge whose survivor the actor sees.
    #[boxed]
    pub async fn merge_of(&self, actor: &Actor, id: Uuid) -> Result<Merge> {
        let model = self.model();
        let mut tx = self.0.db.read().await?;
        let row = tx.row(sql!("SELECT object FROM merge WHERE id = $1", id)).await?.ok_or(Error::NotFound)?;
        let object = access::object_for(&model, actor, &row.must_text(0)?)?;
        let mut sql = seen(&model, actor, object);
        sql.push(" AND m.id = ").bind(id);
        let rows = tx.rows(sql).await?;
        told(&mut tx, &model, actor, object, &rows).await?.pop().ok_or(Error::NotFound)
    }
}

/// The merges of an object whose survivor the actor sees.
fn seen(model: &Model, actor: &Actor, object: &Object) -> Sql {
    let mut sql = Sql::new(COLUMNS);
    sql.name(&object.name).push(" t ON t.id = m.survivor_id WHERE m.object = ").bind(object.name.as_str());
    sql.push(" AND ");
    access::predicate(model, object, actor, Need::Read, "t", &mut sql);
    sql
}

async fn told(tx: &mut Tx, model: &Model, actor: &Actor, object: &Arc<Object>, rows: &[Row]) -> Result<Vec<Merge>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = rows.iter().map(|row| row.must_id(1)).collect::<Result<Vec<Uuid>>>()?;
    let mut losers: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let mut sql = Sql::new("SELECT merge_id, record_id FROM merge_away WHERE merge_id IN (");
    sql.list(ids).push(") AND loser = ").bind(true).push(" ORDER BY merge_id, record_id");
    for row in tx.rows(sql).await? {
        losers.entry(row.must_id(0)?).or_default().push(row.must_id(1)?);
    }
    let mut named: Vec<Uuid> = losers.values().flatten().copied().collect();
    named.extend(rows.iter().map(|row| row.must_id(2)).collect::<Result<Vec<Uuid>>>()?);
    named.sort_unstable();
    named.dedup();
    // the survivor's history tells its losers' names anyway
    let system = Actor::system(Source::System).with_lang(actor.lang);
    let mut titles: HashMap<Uuid, String> = HashMap::new();
    for row in tx.rows(select_titles(model, &system, object, &named)).await? {
        let title = row.text(1)?.and_then(|text| shown_title(model, actor, object, text)).unwrap_or_default();
        titles.insert(row.must_id(0)?, title);
    }
    let merged = |id: Uuid| Merged { id, title: titles.get(&id).cloned().unwrap_or_default() };
    rows.iter()
        .map(|row| {
            let (id, survivor) = (row.must_id(1)?, row.must_id(2)?);
            let undone = match row.int(9)? {
                Some(at) => Some(Undone { at, actor: row.text(11)?.unwrap_or_default(), actor_id: row.id(10)? }),
                None => None,
            };
            let losers: Vec<Merged> = losers.get(&id).into_iter().flatten().copied().map(merged).collect();
            Ok(Merge {
                id,
                seq: row.must_int(0)?,
                object: object.name.clone(),
                survivor: merged(survivor),
                at: row.must_int(3)?,
                actor: row.must_text(5)?,
                actor_id: row.id(4)?,
                reason: row.text(6)?,
                moved: row.must_int(7)?,
                set_aside: row.must_int(8)?,
                may_undo: undone.is_none() && row.int(12)?.is_none() && !losers.is_empty() && may_merge(actor, object),
                losers,
                undone,
            })
        })
        .collect()
}
