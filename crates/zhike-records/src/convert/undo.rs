//! A conversion taken back: what it made goes into the recycle bin, what went along comes back, the record is open again. Only while
//! nothing of it was changed since, and nothing hangs on what was made.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value as Json};
use zhike_db::{Sql, Tx, sql};
use zhike_model::{Model, Object, Role};
use zhike_types::{Error, Result, Text, Uuid, boxed};

use super::{ACTION, ALONG, BACK, is_converted};
use crate::{
    Actor, Engine, Record, Rights,
    access::{self, Need},
    bulk::Origin,
    columns::from_stored_json,
    idempotency, import,
    load::Stored,
    many::ChangedRecord,
    merge::held,
};

/// A row of the audit that the conversion left.
struct Done {
    action: String,
    object: String,
    id: Uuid,
    before: Map<String, Json>,
}

impl Engine {
    /// Takes the conversion of a record back.
    ///
    /// # Errors
    /// `Conflict` where it was not converted, or where somebody worked on what came of it; `Forbidden` for who may not change the record or
    /// not delete what was made.
    #[boxed]
    pub async fn unconvert(&self, actor: &Actor, object: &str, id: Uuid) -> Result<Record> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let mut tx = self.0.db.begin().await?;
        import::beside(&mut tx, known).await?;
        let before = self.locked(&mut tx, &model, actor, known, id, Need::Change).await?;
        if before.is_deleted(known) || !is_converted(known, &before.values) {
            return Err(over());
        }
        idempotency::mark(&mut tx, actor, &known.name, Some(id)).await?;
        let (batch, by) = last(&mut tx, &known.name, id).await?.ok_or_else(over)?;
        let mine = actor.user_id.is_some() && by == actor.user_id;
        let done = left_by(&mut tx, batch).await?;
        let origin = Origin { action: BACK, reason: None, batch: None, now: self.now() };
        let made: Vec<&Done> = done.iter().filter(|one| one.action == "create" && is_target(known, one)).collect();
        // the references to what was made are empty before it goes: deleting follows them
        let mut kinds: Vec<&str> =
            done.iter().filter(|one| one.action != "create").map(|one| one.object.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in kinds {
            let Some(child) = model.object(kind) else { continue };
            let rows: HashMap<Uuid, &Done> = done
                .iter()
                .filter(|one| one.object == kind && (one.action == ALONG || one.action == ACTION))
                .map(|one| (one.id, one))
                .collect();
            let ids: Vec<Uuid> = rows.keys().copied().collect();
            let mut changes = Vec::with_capacity(ids.len());
            for stored in held(&mut tx, &model, child, &ids).await? {
                untouched(&mut tx, child, &stored, batch).await?;
                changes.push(back(child, stored, &rows));
            }
            self.change_many(&mut tx, &model, actor, child, changes, &origin).await?;
        }
        // whoever made it takes it back without the right to delete; others need it
        let remover =
            if mine { Actor { rights: Arc::new(Rights::everything()), ..actor.clone() } } else { actor.clone() };
        for one in made.into_iter().rev() {
            let Some(target) = model.object(&one.object) else { continue };
            let stored = self.locked(&mut tx, &model, &remover, target, one.id, Need::Delete).await?;
            if stored.is_deleted(target) {
                return Err(over());
            }
            untouched(&mut tx, target, &stored, batch).await?;
            alone(&mut tx, &model, target, one.id).await?;
            self.delete_in(&mut tx, &model, &remover, target, one.id, None, None).await?;
        }
        tx.commit().await?;
        self.written();
        self.read_own(actor, object, id).await
    }
}

fn over() -> Error {
    Error::Conflict(Text::new(
        "已经不能撤销了：转化之后有人改过，或者已经记了新的内容。",
        "It cannot be taken back any more: somebody has worked on it since.",
    ))
}

fn is_target(object: &Object, one: &Done) -> bool {
    object.convert.iter().flat_map(|conversion| &conversion.targets).any(|target| target.object == one.object)
}

/// The number of the conversion, and who made it.
async fn last(tx: &mut Tx, object: &str, id: Uuid) -> Result<Option<(Uuid, Option<Uuid>)>> {
    let row = tx
        .row(sql!(
            "SELECT batch_id, actor_id FROM audit WHERE object = $1 AND record_id = $2 AND action = $3 ORDER BY seq DESC LIMIT 1",
            object,
            id,
            ACTION
        ))
        .await?;
    row.map_or(Ok(None), |row| Ok(Some((row.must_id(0)?, row.id(1)?))))
}

async fn left_by(tx: &mut Tx, batch: Uuid) -> Result<Vec<Done>> {
    let rows = tx
        .rows(sql!("SELECT action, object, record_id, before FROM audit WHERE batch_id = $1 ORDER BY seq", batch))
        .await?;
    let read = |row: &zhike_db::Row| {
        let before = row.text(3)?.unwrap_or_else(|| "{}".to_owned());
        Ok(Done {
            action: row.must_text(0)?,
            object: row.must_text(1)?,
            id: row.must_id(2)?,
            before: serde_json::from_str(&before).map_err(Error::internal)?,
        })
    };
    rows.iter().map(read).collect()
}

/// Refuses what was changed since: the last that the audit tells of it is the conversion.
async fn untouched(tx: &mut Tx, object: &Object, stored: &Stored, batch: Uuid) -> Result<()> {
    let last = tx
        .row(sql!(
            "SELECT batch_id FROM audit WHERE object = $1 AND record_id = $2 ORDER BY seq DESC LIMIT 1",
            object.name.as_str(),
            stored.id
        ))
        .await?;
    match last.map(|row| row.id(0)).transpose()?.flatten() {
        Some(of) if of == batch => Ok(()),
        _ => Err(over()),
    }
}

/// Refuses what something live hangs on.
async fn alone(tx: &mut Tx, model: &Model, object: &Object, id: Uuid) -> Result<()> {
    for relation in model.relations(&object.name) {
        let Some(child) = model.object(&relation.object) else { continue };
        let Some(field) = child.field(&relation.field) else { continue };
        let mut sql = Sql::new("SELECT 1 FROM ");
        sql.name(&child.name).push(" t WHERE t.deleted_at IS NULL AND ").column("t", &field.column());
        sql.push(" = ").bind(id);
        if let (true, Some(second)) = (relation.any, field.second_column()) {
            sql.push(" AND ").column("t", &second).push(" = ").bind(object.name.as_str());
        }
        if tx.row(std::mem::take(sql.push(" LIMIT 1"))).await?.is_some() {
            return Err(over());
        }
    }
    Ok(())
}

/// A record as it was before the conversion.
fn back(object: &Object, stored: Stored, rows: &HashMap<Uuid, &Done>) -> ChangedRecord {
    let mut values = stored.values.clone();
    let mut changed = Vec::new();
    for (name, was) in rows.get(&stored.id).into_iter().flat_map(|one| &one.before) {
        let Some(i) = object.index_of(name) else { continue };
        let own = !matches!(object.fields[i].role, Some(Role::Version | Role::UpdatedAt | Role::UpdatedBy));
        let value = from_stored_json(&object.fields[i], was);
        if own && values[i] != value {
            values[i] = value;
            changed.push(i);
        }
    }
    ChangedRecord { before: stored, values, changed }
}
