//! Where records went: a merged record is away, into the survivor, until the merge is undone.

use std::sync::Arc;

use zhike_db::{Sql, Tx, sql};
use zhike_model::{Model, Object};
use zhike_types::{Error, Result, Text, Uuid, boxed, text};

use crate::{
    Actor, Engine,
    access::{self, Need},
    load::{select_titles, shown_title},
};

/// Why a record is away.
#[derive(Debug, Clone)]
pub(super) struct Away {
    pub merge: Uuid,
    pub object: String,
    /// The record that stands for it; none where it related a record to itself.
    pub instead: Option<Uuid>,
}

/// Whether a record is away, and how it went.
pub(super) async fn of(tx: &mut Tx, id: Uuid) -> Result<Option<Away>> {
    let mut sql = Sql::new("SELECT merge_id, object, instead_id FROM merge_away WHERE record_id = ");
    sql.bind(id).push(" AND active = ").bind(true);
    let Some(row) = tx.row(sql).await? else { return Ok(None) };
    Ok(Some(Away { merge: row.must_id(0)?, object: row.must_text(1)?, instead: row.id(2)? }))
}

/// Whether a record is away.
pub(crate) async fn is_away(tx: &mut Tx, id: Uuid) -> Result<bool> {
    Ok(of(tx, id).await?.is_some())
}

/// All records that went into one, and into those: losers, and what was set aside for it.
pub(crate) async fn absorbed(tx: &mut Tx, id: Uuid) -> Result<Vec<Uuid>> {
    let mut all: Vec<Uuid> = Vec::new();
    let mut wave = vec![id];
    while !wave.is_empty() {
        let mut sql = Sql::new("SELECT record_id FROM merge_away WHERE instead_id IN (");
        sql.list(wave).push(") AND active = ").bind(true).push(" ORDER BY record_id");
        wave = Vec::new();
        for row in tx.rows(sql).await? {
            let id = row.must_id(0)?;
            if !all.contains(&id) {
                all.push(id);
                wave.push(id);
            }
        }
    }
    Ok(all)
}

/// What goes for ever when a record does: the losers that went directly into it.
pub(crate) async fn losers_of(tx: &mut Tx, id: Uuid) -> Result<Vec<Uuid>> {
    let mut sql = Sql::new("SELECT record_id FROM merge_away WHERE instead_id = ");
    sql.bind(id).push(" AND active = ").bind(true).push(" AND loser = ").bind(true);
    tx.rows(sql).await?.iter().map(|row| row.must_id(0)).collect()
}

/// The condition that a record is not away; begins with `AND`.
pub(crate) fn not_away(alias: &str, sql: &mut Sql) {
    sql.push(" AND NOT EXISTS (SELECT 1 FROM merge_away w WHERE w.record_id = ").column(alias, "id");
    sql.push(" AND w.active = ").bind(true).push(")");
}

/// Forgets what merges kept of a record that goes for ever: its values, and that it was there.
pub(crate) async fn forget(tx: &mut Tx, id: Uuid) -> Result<()> {
    // most records were never near a merge
    let known = sql!(
        "SELECT 1 FROM merge_step WHERE record_id = $1 UNION ALL SELECT 1 FROM merge_away WHERE record_id = $2 \
         UNION ALL SELECT 1 FROM merge WHERE survivor_id = $3",
        id,
        id,
        id
    );
    if tx.row(known).await?.is_none() {
        return Ok(());
    }
    for text in [
        "DELETE FROM merge_step WHERE record_id = $1",
        "DELETE FROM merge_step WHERE merge_id IN (SELECT id FROM merge WHERE survivor_id = $1)",
        "DELETE FROM merge_away WHERE record_id = $1",
        "DELETE FROM merge_away WHERE merge_id IN (SELECT id FROM merge WHERE survivor_id = $1)",
        "DELETE FROM merge WHERE survivor_id = $1",
    ] {
        tx.run(sql!(text, id)).await?;
    }
    Ok(())
}

/// A deleted record that is away is not brought back, changed or purged by itself.
pub(crate) async fn refuse_away(
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Arc<Object>,
    id: Uuid,
) -> Result<()> {
    let Some(mut at) = of(tx, id).await? else { return Ok(()) };
    while let Some(next) = match at.instead {
        Some(id) => of(tx, id).await?,
        None => None,
    } {
        at = next;
    }
    let title = match (at.instead, model.object(&at.object)) {
        (Some(into), Some(target)) => seen_title(tx, model, actor, target, into).await?,
        _ => None,
    };
    let (zh, en) = (&object.label.zh, object.label.en.to_lowercase());
    Err(Error::Conflict(match title.filter(|title| !title.is_empty()) {
        Some(title) => text!(
            "这条{zh}已经合并到「{title}」。要恢复它，请撤销那次合并。",
            "This {en} was merged into “{title}”. To have it back, undo that merge."
        ),
        None => text!(
            "这条{zh}已经合并到另一条记录。要恢复它，请撤销那次合并。",
            "This {en} was merged into another record. To have it back, undo that merge."
        ),
    }))
}

pub(super) fn in_the_bin() -> Error {
    Error::Conflict(Text::new(
        "其中有记录在回收站里，请先恢复。",
        "One of the records is in the recycle bin. Restore it first.",
    ))
}

/// The title of a record that the actor may see.
async fn seen_title(
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Arc<Object>,
    id: Uuid,
) -> Result<Option<String>> {
    if access::reach(object, actor, Need::Read) == access::Reach::Nothing {
        return Ok(None);
    }
    let row = tx.row(select_titles(model, actor, object, &[id])).await?;
    let text = row.map(|row| row.text(1)).transpose()?.flatten();
    Ok(text.and_then(|text| shown_title(model, actor, object, text)))
}

impl Engine {
    /// Where a record went by merging: the record that stands for it today, through all later merges. None when it is not away.
    /// To be asked when [`Engine::read`] says that there is no such record: an old link then leads to the survivor.
    ///
    /// # Errors
    /// `NotFound` when the actor may not see where it went.
    #[boxed]
    pub async fn merged_into(&self, actor: &Actor, object: &str, id: Uuid) -> Result<Option<Uuid>> {
        let model = self.model();
        access::object_for(&model, actor, object)?;
        let at = {
            let mut tx = self.0.db.read().await?;
            let mut at = None;
            let mut from = id;
            while let Some(away) = of(&mut tx, from).await?.filter(|away| away.object == object) {
                from = away.instead.ok_or(Error::NotFound)?;
                at = Some(from);
            }
            at
        };
        match at {
            Some(at) if !self.sees(actor, object, at).await? => Err(Error::NotFound),
            at => Ok(at),
        }
    }
}
