//! Taking a merge back: every record as it was, except where somebody changed it since.
//!
//! - What was made on the survivor after the merge, or changed there, stays with it: a field goes back only while it is as the
//!   merge left it.
//! - Merges need not be undone in the order of their making. What a later one found is then found as it was before this one. Some
//!   orders would not lead back, and are refused: a survivor that was merged later itself, a record that a later merge set aside
//!   on account of this one, and a tree in which later merges left no place.
//! - A reference goes back to the record it named where that is still there: to the one it was merged into since, if it was; not
//!   to one that was deleted.

mod place;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use serde_json::Value as Json;
use zhike_db::{Sql, Tx, sql};
use zhike_model::{Model, Object};
use zhike_types::{Error, Result, Text, Uuid, Value, boxed};

use super::{
    Merge, alone, away, check_may_merge, circle,
    gather::held,
    steps::{self, Step, VIEW},
};
use crate::{
    Actor, Engine,
    access::{self, Need},
    bulk::Origin,
    columns::from_stored_json,
    dispute::moved,
    idempotency,
    load::Stored,
    many::ChangedRecord,
};

const ACTION: &str = "unmerge";
/// Records written at once.
const AT_ONCE: usize = 500;

/// A merge that is being undone.
struct Undoing<'e> {
    engine: &'e Engine,
    model: &'e Model,
    actor: &'e Actor,
    id: Uuid,
    seq: i64,
    /// All records that the merge made one of, or set aside: there again when this is done.
    back: HashSet<Uuid>,
}

impl Engine {
    /// Takes a merge back.
    ///
    /// # Errors
    /// `Conflict` when it was undone already, when a later merge stands in the way, or when a record that it needs lies in the
    /// recycle bin; `Invalid` when somebody else holds a unique value meanwhile that a loser had.
    #[boxed]
    pub async fn unmerge(&self, actor: &Actor, id: Uuid) -> Result<Merge> {
        let model = self.model();
        let mut tx = self.0.db.begin().await?;
        alone(&mut tx).await?;
        let row = tx
            .row(sql!("SELECT seq, object, survivor_id, undone_at FROM merge WHERE id = $1", id))
            .await?
            .ok_or(Error::NotFound)?;
        let (seq, survivor, undone) = (row.must_int(0)?, row.must_id(2)?, row.int(3)?.is_some());
        let object = access::object_for(&model, actor, &row.must_text(1)?)?;
        let seen = self.find(&mut tx, &model, actor, object, survivor, Need::Read).await?.ok_or(Error::NotFound)?;
        check_may_merge(actor, object)?;
        if undone {
            return Err(conflict("这次合并已经撤销。", "This merge was undone already."));
        }
        if away::of(&mut tx, survivor).await?.is_some() {
            return Err(conflict(
                "合并后的记录后来又合并到了另一条记录，请先撤销那次合并。",
                "The survivor was itself merged later. Undo that merge first.",
            ));
        }
        if seen.is_deleted(object) {
            return Err(conflict(
                "合并后的记录在回收站里，请先恢复。",
                "The survivor is in the recycle bin. Restore it first.",
            ));
        }
        let survivor = self.locked(&mut tx, &model, actor, object, survivor, Need::Change).await?;
        idempotency::mark(&mut tx, actor, &object.name, Some(survivor.id)).await?;
        let (losers, aside) = gone(&mut tx, id).await?;
        for loser in &losers {
            self.locked(&mut tx, &model, actor, object, *loser, Need::Delete).await.map_err(|error| match error {
                Error::NotFound => access::forbidden(
                    "被合并的记录里有您无权查看的。请联系您的管理员。",
                    "You may not see one of the merged records. Ask your administrator.",
                ),
                error => error,
            })?;
        }
        if losers.is_empty() {
            return Err(conflict(
                "被合并的记录已经彻底删除，不能撤销。",
                "The merged records were deleted for good; the merge cannot be undone.",
            ));
        }
        if needed_later(&mut tx, id, seq).await? {
            return Err(conflict(
                "后来的一次合并以这次的结果为准去掉了重复，请先撤销后来的那次。",
                "A later merge set something aside on account of this one. Undo the later one first.",
            ));
        }
        let mut back: HashSet<Uuid> = aside.into_iter().collect();
        back.extend(&losers);
        back.insert(survivor.id);
        let undoing = Undoing { engine: self, model: &model, actor, id, seq, back };
        undoing.run(&mut tx, object, survivor, &losers).await?;
        undoing.close(&mut tx).await?;
        tx.commit().await?;
        self.written();
        self.merge_of(actor, id).await
    }
}

fn conflict(zh: &'static str, en: &'static str) -> Error {
    Error::Conflict(Text::new(zh, en))
}

/// The records that a merge sent away: losers, and those set aside.
async fn gone(tx: &mut Tx, merge: Uuid) -> Result<(Vec<Uuid>, Vec<Uuid>)> {
    let (mut losers, mut aside) = (Vec::new(), Vec::new());
    let query = sql!("SELECT record_id, loser FROM merge_away WHERE merge_id = $1 ORDER BY record_id", merge);
    for row in tx.rows(query).await? {
        let side = if row.bool(1)?.unwrap_or(false) { &mut losers } else { &mut aside };
        side.push(row.must_id(0)?);
    }
    Ok((losers, aside))
}

/// Whether a later merge set a record aside that this one wrote, or in favour of one.
async fn needed_later(tx: &mut Tx, merge: Uuid, seq: i64) -> Result<bool> {
    let mut sql =
        Sql::new("SELECT 1 FROM merge_away a JOIN merge m ON m.id = a.merge_id WHERE m.undone_at IS NULL AND m.seq > ");
    sql.bind(seq).push(" AND a.loser = ").bind(false);
    sql.push(" AND (EXISTS (SELECT 1 FROM merge_step s WHERE s.record_id = a.record_id AND s.merge_id = ").bind(merge);
    sql.push(") OR EXISTS (SELECT 1 FROM merge_step s WHERE s.record_id = a.instead_id AND s.merge_id = ").bind(merge);
    sql.push(")) LIMIT 1");
    Ok(tx.row(sql).await?.is_some())
}

impl Undoing<'_> {
    /// Backwards: what was moved and set aside, then the survivor, which gives free what is unique, then the losers.
    async fn run(&self, tx: &mut Tx, object: &Arc<Object>, survivor: Stored, losers: &[Uuid]) -> Result<()> {
        let (own, others): (Vec<Step>, Vec<Step>) =
            steps::of(tx, self.id).await?.into_iter().partition(|step| step.record == survivor.id);
        let mut rest = others.as_slice();
        while let Some(first) = rest.first() {
            let mut known = HashSet::new();
            let alike = |step: &&Step| {
                step.object == first.object && !self.back.contains(&step.record) && known.insert(step.record)
            };
            // in a tree each finds where the others stand by then
            let most = if self.is_in_a_tree(first) { 1 } else { AT_ONCE };
            let run = rest.iter().take_while(alike).take(most).count().max(1);
            let (piece, after) = rest.split_at(run);
            rest = after;
            if first.object == VIEW {
                for step in piece {
                    self.view(tx, step).await?;
                }
            } else if first.object == moved::STEP {
                for step in piece {
                    let account = |side: &serde_json::Map<String, Json>| {
                        side.get(moved::FIELD).and_then(Json::as_str).and_then(|id| Uuid::parse_str(id).ok())
                    };
                    if let (Some(from), Some(to)) = (account(&step.after), account(&step.before)) {
                        moved::put_back(tx, step.record, from, to).await?;
                    }
                }
            } else if let Some(object) = self.model.object(&first.object) {
                if losers.contains(&first.record) {
                    continue;
                }
                if self.back.contains(&first.record) {
                    self.bring_back(tx, object, first.record, false).await?;
                } else {
                    self.put_back(tx, object, piece).await?;
                }
            }
        }
        let mut values = survivor.values.clone();
        let mut changed = Vec::new();
        for step in &own {
            self.restored(tx, object, step, &mut values, &mut changed).await?;
        }
        self.store(tx, object, &survivor, values, &changed).await?;
        for loser in losers {
            self.bring_back(tx, object, *loser, true).await?;
        }
        Ok(())
    }

    fn is_in_a_tree(&self, step: &Step) -> bool {
        self.model.object(&step.object).is_some_and(|object| {
            step.after.keys().filter_map(|name| object.field(name)).any(|field| circle::is_tree(object, field))
        })
    }

    async fn close(&self, tx: &mut Tx) -> Result<()> {
        tx.run(sql!("UPDATE merge_away SET active = $1 WHERE merge_id = $2", false, self.id)).await?;
        // what it did stands in the audit
        tx.run(sql!("DELETE FROM merge_step WHERE merge_id = $1", self.id)).await?;
        tx.run(sql!(
            "UPDATE merge SET undone_at = $1, undone_by = $2, undoer = $3 WHERE id = $4",
            self.engine.now(),
            self.actor.user_id,
            &*self.actor.name,
            self.id
        ))
        .await
        .map(drop)
    }

    async fn store(
        &self,
        tx: &mut Tx,
        object: &Arc<Object>,
        before: &Stored,
        values: Vec<Value>,
        changed: &[usize],
    ) -> Result<()> {
        self.engine
            .store(tx, self.model, self.actor, object, before, values, changed, ACTION, None, Some(self.id))
            .await
    }

    /// Puts back fields of records of one object, each of which comes once.
    async fn put_back(&self, tx: &mut Tx, object: &Arc<Object>, done: &[Step]) -> Result<()> {
        let ids: Vec<Uuid> = done.iter().map(|step| step.record).collect();
        let mut stored: HashMap<Uuid, Stored> =
            held(tx, self.model, object, &ids).await?.into_iter().map(|stored| (stored.id, stored)).collect();
        let mut records = Vec::new();
        for step in done {
            // one that was deleted for ever meanwhile stays so
            let Some(before) = stored.remove(&step.record) else { continue };
            let (mut values, mut changed) = (before.values.clone(), Vec::new());
            self.restored(tx, object, step, &mut values, &mut changed).await?;
            if !changed.is_empty() {
                records.push(ChangedRecord { before, values, changed });
            }
        }
        let origin = Origin { action: ACTION, reason: None, batch: Some(self.id), now: self.engine.now() };
        self.engine.change_many(tx, self.model, self.actor, object, records, &origin).await
    }

    /// Sets the fields of a step back that are as the merge left them.
    async fn restored(
        &self,
        tx: &mut Tx,
        object: &Object,
        step: &Step,
        values: &mut [Value],
        changed: &mut Vec<usize>,
    ) -> Result<()> {
        for (name, after) in &step.after {
            let Some(i) = object.index_of(name) else { continue };
            let field = &object.fields[i];
            if values[i] != from_stored_json(field, after) {
                self.hand_down(tx, step, name).await?;
                continue;
            }
            let before = step.before.get(name).map_or(Value::Null, |before| from_stored_json(field, before));
            if let Some(value) = self.living(tx, object, i, step.record, before).await? {
                if self.closes_a_circle(tx, object, field, &value, step.record).await? {
                    continue;
                }
                values[i] = value;
                if !changed.contains(&i) {
                    changed.push(i);
                }
            }
        }
        Ok(())
    }

    /// A later merge wrote the field too: what it found there is what this one had found.
    async fn hand_down(&self, tx: &mut Tx, step: &Step, name: &str) -> Result<()> {
        for (merge, mut later) in steps::later(tx, step.record, self.seq).await? {
            if later.before.get(name) == step.after.get(name) && later.before.contains_key(name) {
                later.before.insert(name.to_owned(), step.before.get(name).cloned().unwrap_or(Json::Null));
                return steps::set_before(tx, merge, &later).await;
            }
        }
        Ok(())
    }

    async fn view(&self, tx: &mut Tx, step: &Step) -> Result<()> {
        let body = |side: &serde_json::Map<String, Json>| {
            side.get("body").and_then(Json::as_str).map(str::to_owned).unwrap_or_default()
        };
        let query = sql!("SELECT body FROM saved_view WHERE id = $1", step.record);
        let now = tx.row(query).await?.map(|row| row.must_text(0)).transpose()?;
        if now.as_ref() == Some(&body(&step.after)) {
            tx.run(sql!("UPDATE saved_view SET body = $1 WHERE id = $2", body(&step.before), step.record)).await?;
        } else {
            self.hand_down(tx, step, "body").await?;
        }
        Ok(())
    }
}
