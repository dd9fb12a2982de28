//! Several records of several objects in one transaction: what a feature makes at one stroke (the statements of a roster with their lines,
//! a task for each customer), and what takes it back. The feature has read as the actor what it writes about; here the actor's rights to make,
//! change and delete are asked, and everything is on record under one batch.

use std::sync::Arc;

use zhike_db::Sql;
use zhike_model::Role;
use zhike_types::{Error, Result, Text, Uuid, Value, boxed};

use crate::{
    Actor, Engine, NewRow,
    access::{self, Need},
    bulk::Origin,
    draft, idempotency,
    many::{self, ChangedRecord, Start},
    merge,
};

/// What is written together, in this order.
#[derive(Debug, Default)]
pub struct Together {
    /// Held first, so that of two who do the same at once the second waits for the first.
    pub hold: Option<(&'static str, Vec<Uuid>)>,
    /// What the feature decided by: so many records of the object are found by the filter still, or nothing is written.
    pub seen: Option<(&'static str, String, i64)>,
    /// Records of which one field becomes something.
    pub set: Vec<(&'static str, Vec<Uuid>, &'static str, Value)>,
    /// Into the recycle bin.
    pub gone: Vec<(&'static str, Vec<Uuid>)>,
    /// New ones, those that others refer to first. Values are typed as their fields say.
    pub new: Vec<(&'static str, Vec<NewRow>)>,
    pub reason: Option<String>,
}

impl Engine {
    /// Writes all of it or nothing.
    ///
    /// # Errors
    /// `Forbidden` where the actor may not make, change or delete one of them; `Conflict` when somebody did the same meanwhile.
    #[boxed]
    pub async fn write_together(&self, actor: &Actor, mut wish: Together) -> Result<()> {
        let model = self.model();
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        let first = wish.new.iter().find_map(|(object, rows)| Some((*object, rows.first()?.id)));
        idempotency::mark(&mut tx, actor, first.map_or("", |(object, _)| object), first.and_then(|(_, id)| id)).await?;
        if let Some((object, ids)) = &wish.hold {
            tx.hold(object, ids).await?;
        }
        if let Some((object, filter, seen)) = &wish.seen {
            let object = access::object_for(&model, actor, object)?;
            let mut sql = Sql::new("SELECT COUNT(*) FROM ");
            sql.name(&object.name).push(" t WHERE t.deleted_at IS NULL AND ");
            sql.append(&self.context(actor).condition(&model, object, filter, "t", tx.dialect())?);
            if tx.number(sql).await? != *seen {
                return Err(Error::Conflict(Text::new(
                    "刚有人做了同样的事，什么都没有写入。请刷新后再看。",
                    "Somebody did the same just now; nothing was written. Reload and look again.",
                )));
            }
        }
        let batch = self.0.ids.next();
        let now = self.now();
        let origin = |action| Origin { action, reason: wish.reason.clone(), batch: Some(batch), now };
        for (name, ids, field, to) in &wish.set {
            let object = access::object_for(&model, actor, name)?;
            let Some(at) = object.index_of(field) else { return Err(Error::NotFound) };
            let mut changes = Vec::with_capacity(ids.len());
            for id in ids {
                let before = self.locked(&mut tx, &model, actor, object, *id, Need::Change).await?;
                let mut values = before.values.clone();
                values[at] = to.clone();
                changes.push(ChangedRecord { before, values, changed: vec![at] });
            }
            self.take_many_again(&mut tx, &model, object, &mut changes).await?;
            self.change_many(&mut tx, &model, actor, object, changes, &origin("change")).await?;
        }
        for (name, ids) in &wish.gone {
            let object = access::object_for(&model, actor, name)?;
            for id in ids {
                let reason = wish.reason.clone();
                self.delete_in(&mut tx, &model, actor, object, *id, None, reason).await?;
            }
        }
        let departments = many::departments_of_users(&mut tx).await?;
        for (name, rows) in std::mem::take(&mut wish.new) {
            let object = access::object_for(&model, actor, name)?;
            draft::may_create(actor, object)?;
            let (start, context) = (Start::of(&model, object)?, self.context(actor));
            let mut records = Vec::with_capacity(rows.len());
            for row in rows {
                let mut record = self.typed(actor, object, &start, &context, &departments, row)?;
                if let Some(by) = object.role_index(Role::CreatedBy) {
                    record.values[by] = actor.user_id.into();
                }
                records.push(record);
            }
            let ids = records.iter().map(|record| record.id).collect();
            self.insert_many(&mut tx, &model, actor, object, records, &Origin { reason: None, ..origin("create") })
                .await?;
            let fields = object.fields.iter().map(|field| field.name.clone()).collect();
            self.follow_new(&mut tx, &model, actor, &Arc::clone(object), ids, fields).await?;
        }
        tx.commit().await?;
        self.written();
        Ok(())
    }
}
