//! Taking a hand-over back: each record to whom it was, except where it had another owner since.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};
use zhike_db::{Sql, Tx, sql};
use zhike_types::{Error, Result, Text, Uuid, Value, boxed};

use super::{DUTY, Handover};
use crate::{
    Actor, Engine, audit,
    bulk::Origin,
    columns::from_stored_json,
    idempotency,
    many::ChangedRecord,
    merge::{self, held},
    people::needs_duty,
};

const ACTION: &str = "hand-back";
/// Audit rows read at once.
const AT_ONCE: i64 = 500;

/// What the hand-over did to a record.
struct Done {
    before: Map<String, Json>,
    after: Map<String, Json>,
}

impl Engine {
    /// Takes a hand-over back.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it was taken back already; `Unavailable` when somebody changes one of the records at that moment.
    #[boxed]
    pub async fn undo_handover(&self, actor: &Actor, id: Uuid) -> Result<Handover> {
        needs_duty(actor, DUTY)?;
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        idempotency::mark(&mut tx, actor, "handover", Some(id)).await?;
        audit::open(&mut tx).await?;
        let mut sql = Sql::new("SELECT seq, undone_at, reason FROM handover WHERE id = ");
        sql.bind(id).push(tx.dialect().for_update());
        let row = tx.row(sql).await?.ok_or(Error::NotFound)?;
        if row.int(1)?.is_some() {
            return Err(Error::Conflict(Text::new("这次交接已经撤销过了。", "This hand-over was taken back already.")));
        }
        let origin = Origin { action: ACTION, reason: row.text(2)?, batch: None, now };
        let kept = self.hand_back(&mut tx, actor, id, &origin).await?;
        tx.run(sql!(
            "UPDATE handover SET undone_at = $1, undone_by = $2, undoer = $3, kept = $4 WHERE id = $5",
            now,
            actor.user_id,
            actor.name.as_ref(),
            kept,
            id
        ))
        .await?;
        tx.commit().await?;
        self.written();
        self.handover(actor, id).await
    }

    /// Puts values back; how many records stay as they are.
    async fn hand_back(&self, tx: &mut Tx, actor: &Actor, id: Uuid, origin: &Origin) -> Result<i64> {
        let model = self.model();
        let (mut kept, mut beyond) = (0, i64::MAX);
        loop {
            let rows = tx
                .rows(sql!(
                    "SELECT seq, object, record_id, before, after FROM audit WHERE batch_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
                    id,
                    beyond,
                    AT_ONCE
                ))
                .await?;
            let Some(last) = rows.last() else { return Ok(kept) };
            beyond = last.must_int(0)?;
            let mut by_object: HashMap<String, HashMap<Uuid, Done>> = HashMap::new();
            for row in &rows {
                let side = |at: usize| -> Result<Map<String, Json>> {
                    serde_json::from_str(&row.text(at)?.unwrap_or_default()).map_err(Error::internal)
                };
                let done = Done { before: side(3)?, after: side(4)? };
                by_object.entry(row.must_text(1)?).or_default().insert(row.must_id(2)?, done);
            }
            for (name, done) in by_object {
                let Some(object) = model.object(&name) else { continue };
                let ids: Vec<Uuid> = done.keys().copied().collect();
                let mut changes = Vec::with_capacity(ids.len());
                let mut there = 0;
                for before in held(tx, &model, object, &ids).await? {
                    let Done { before: was, after } = &done[&before.id];
                    let as_left = |i: usize| {
                        let field = &object.fields[i];
                        after.get(&field.name).is_none_or(|after| before.values[i] == from_stored_json(field, after))
                    };
                    if !(0..object.fields.len()).all(as_left) {
                        continue;
                    }
                    there += 1;
                    let mut values = before.values.clone();
                    let changed: Vec<usize> = after.keys().filter_map(|name| object.index_of(name)).collect();
                    for &i in &changed {
                        let field = &object.fields[i];
                        values[i] = was.get(&field.name).map_or(Value::Null, |was| from_stored_json(field, was));
                    }
                    changes.push(ChangedRecord { before, values, changed });
                }
                kept += (ids.len() - there) as i64;
                self.change_many(tx, &model, actor, object, changes, origin).await?;
            }
        }
    }
}
