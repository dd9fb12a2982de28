//! The recycle bin: deleting with what hangs on a record, bringing it all back, and deleting for ever.
//!
//! Everything one deletion takes along shares a batch in the audit, by which a restore finds it again.

use std::sync::Arc;

use zhike_db::{Sql, Tx, sql};
use zhike_model::{Model, Object, OnDelete, Relation, Role};
use zhike_types::{Error, Result, Text, Uuid, Value, boxed, text};

use crate::{
    Actor, Engine, Record,
    access::{self, Need},
    approval, assignment,
    audit::{self, Deed},
    bin, bulk,
    columns::{columns_of, from_stored_json},
    live::Gone,
    load::{Columns, Stored},
    lock::{self, Touched},
    merge, pool, review, roster, rules,
};

/// How deep a deletion follows what hangs on what hangs on a record.
const DEPTH_MAX: usize = 6;

impl Engine {
    /// Puts a record into the recycle bin, with what belongs to it.
    #[boxed]
    pub async fn delete(
        &self,
        actor: &Actor,
        object: &str,
        id: Uuid,
        version: Option<i64>,
        reason: Option<String>,
    ) -> Result<()> {
        let model = self.model();
        let object = access::object_for(&model, actor, object)?;
        let mut tx = self.0.db.begin().await?;
        self.delete_in(&mut tx, &model, actor, object, id, version, reason).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "a write is who, what, which, from which version, why")]
    pub(crate) async fn delete_in(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        id: Uuid,
        version: Option<i64>,
        reason: Option<String>,
    ) -> Result<()> {
        merge::beside(tx).await?;
        let before = self.locked(tx, model, actor, object, id, Need::Delete).await?;
        if before.is_deleted(object) {
            return Err(Error::NotFound);
        }
        let current = before.version(object);
        if version.is_some_and(|seen| seen != current) {
            return Err(Error::Stale { current });
        }
        approval::refuse_held(tx, object, id, None).await?;
        lock::refuse(&self.context(actor), tx, model, object, &[Touched::whole(&before)]).await?;
        pool::may_delete(tx, model, actor, object, id).await?;
        assignment::may_delete(actor, object)?;
        if object.name == "user" && Some(id) == actor.user_id {
            return Err(Error::Conflict(Text::new("不能删除自己的账号。", "You cannot delete your own account.")));
        }
        let batch = self.0.ids.next();
        self.bury(tx, model, actor, object, before, reason, batch, 0).await
    }

    #[expect(clippy::too_many_arguments, reason = "recursion carries its whole state")]
    pub(crate) async fn bury(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        before: Stored,
        reason: Option<String>,
        batch: Uuid,
        depth: usize,
    ) -> Result<()> {
        let (Some(at), Some(by)) = (object.role_index(Role::DeletedAt), object.role_index(Role::DeletedBy)) else {
            return Err(Error::NotFound);
        };
        let id = before.id;
        let mut values = before.values.clone();
        values[at] = Value::Int(self.now());
        values[by] = actor.user_id.into();
        self.store(tx, model, actor, object, &before, values, &[at, by], "delete", reason, Some(batch)).await?;
        for relation in model.relations(&object.name) {
            let Some(child) = model.object(&relation.object) else { continue };
            if relation.on_delete == OnDelete::Keep {
                continue;
            }
            let children = self.referring(tx, model, child, relation, &object.name, id).await?;
            if children.is_empty() {
                continue;
            }
            match relation.on_delete {
                OnDelete::Keep => {}
                OnDelete::Refuse => {
                    let (zh, en, count) = (&child.label.zh, child.plural.en.to_lowercase(), children.len());
                    return Err(Error::Conflict(text!(
                        "还有 {count} 条{zh}与它关联，请先处理后再删除。",
                        "{count} {en} still refer to it. Deal with them first, then delete."
                    )));
                }
                OnDelete::Clear => {
                    let Some(index) = child.index_of(&relation.field) else { continue };
                    for stored in children {
                        let mut values = stored.values.clone();
                        values[index] = Value::Null;
                        self.store(tx, model, actor, child, &stored, values, &[index], "unlink", None, Some(batch))
                            .await?;
                    }
                }
                OnDelete::Cascade if depth < DEPTH_MAX => {
                    for stored in children {
                        Box::pin(self.bury(tx, model, actor, child, stored, None, batch, depth + 1)).await?;
                    }
                }
                OnDelete::Cascade => {}
            }
        }
        Ok(())
    }

    /// Live records that refer to a record.
    async fn referring(
        &self,
        tx: &mut Tx,
        model: &Model,
        child: &Arc<Object>,
        relation: &Relation,
        target: &str,
        id: Uuid,
    ) -> Result<Vec<Stored>> {
        let columns = Columns::all(child);
        let mut sql = Sql::new("SELECT ");
        columns.select(model, &Actor::system(crate::Source::System), "t", &mut sql);
        sql.push(" FROM ")
            .name(&child.name)
            .push(" t WHERE t.deleted_at IS NULL AND ")
            .column("t", &format!("{}_id", relation.field))
            .push(" = ")
            .bind(id);
        if relation.any {
            sql.push(" AND ").column("t", &format!("{}_object", relation.field)).push(" = ").bind(target);
        }
        tx.rows(sql).await?.iter().map(|row| columns.read(row)).collect()
    }

    /// Brings a record back, with what was deleted with it.
    #[boxed]
    pub async fn restore(&self, actor: &Actor, object: &str, id: Uuid) -> Result<Record> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        let before = self.locked(&mut tx, &model, actor, known, id, Need::Delete).await?;
        if !before.is_deleted(known) {
            return Err(Error::Conflict(Text::new("这条记录没有被删除。", "This record is not deleted.")));
        }
        merge::refuse_away(&mut tx, &model, actor, known, id).await?;
        bin::check_restore(actor, before.value(known, "deleted_by").as_id())?;
        lock::refuse(&self.context(actor), &mut tx, &model, known, &[Touched::whole(&before)]).await?;
        let batch = tx
            .row(sql!(
                "SELECT batch_id FROM audit WHERE record_id = $1 AND action = 'delete' ORDER BY seq DESC LIMIT 1",
                id
            ))
            .await?
            .map(|row| row.id(0))
            .transpose()?
            .flatten();
        self.unbury(&mut tx, &model, actor, known, before).await?;
        if let Some(batch) = batch {
            let rows = tx
                .rows(sql!(
                    "SELECT record_id, object, action, before FROM audit WHERE batch_id = $1 ORDER BY seq",
                    batch
                ))
                .await?;
            let root = rows.first().map(|row| row.id(0)).transpose()?.flatten() == Some(id);
            for row in rows.iter().skip(1).filter(|_| root) {
                let (Some(child_id), Some(child)) = (row.id(0)?, model.object(&row.must_text(1)?)) else { continue };
                let Some(stored) =
                    self.find(&mut tx, &model, &Actor::system(actor.source), child, child_id, Need::Read).await?
                else {
                    continue;
                };
                match row.must_text(2)?.as_str() {
                    "delete" if stored.is_deleted(child) => self.unbury(&mut tx, &model, actor, child, stored).await?,
                    "unlink" => self.relink(&mut tx, &model, actor, child, stored, row.text(3)?).await?,
                    _ => {}
                }
            }
        }
        self.refuse_unfit(&mut tx, &model, actor, known, id).await?;
        tx.commit().await?;
        self.written();
        self.read(actor, object, id).await
    }

    /// What came meanwhile may not go together with a record that comes back: shares of a deal, say, that others have by now.
    async fn refuse_unfit(&self, tx: &mut Tx, model: &Model, actor: &Actor, object: &Object, id: Uuid) -> Result<()> {
        match rules::check_written(tx, model, object, &self.context(actor), id, None).await {
            Err(Error::Invalid(errors)) if !errors.is_empty() => {
                let (zh, en) = (&errors[0].message.zh, &errors[0].message.en);
                Err(Error::Conflict(text!("现在不能恢复：{zh}", "It cannot come back as things are: {en}")))
            }
            other => other,
        }
    }

    async fn unbury(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        before: Stored,
    ) -> Result<()> {
        let (Some(at), Some(by)) = (object.role_index(Role::DeletedAt), object.role_index(Role::DeletedBy)) else {
            return Err(Error::NotFound);
        };
        let mut values = before.values.clone();
        values[at] = Value::Null;
        values[by] = Value::Null;
        self.store(tx, model, actor, object, &before, values, &[at, by], "restore", None, None).await?;
        roster::check(tx, object, &[before.id]).await
    }

    /// Puts back references that the deletion emptied, where they are still empty.
    async fn relink(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        before: Stored,
        was: Option<String>,
    ) -> Result<()> {
        let was: serde_json::Map<String, serde_json::Value> =
            was.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let mut values = before.values.clone();
        let mut changed = Vec::new();
        for (i, field) in object.fields.iter().enumerate() {
            if let Some(json) = was.get(&field.name)
                && values[i].is_null()
            {
                values[i] = from_stored_json(field, json);
                changed.push(i);
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        self.store(tx, model, actor, object, &before, values, &changed, "restore", None, None).await
    }

    /// Deletes for ever what is in the recycle bin. The audit keeps that it was there, not what it held.
    #[boxed]
    pub async fn purge(&self, actor: &Actor, object: &str, id: Uuid) -> Result<()> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        let stored = self.locked(&mut tx, &model, actor, known, id, Need::Delete).await?;
        if !stored.is_deleted(known) {
            return Err(Error::Conflict(Text::new(
                "请先删除到回收站，再彻底删除。",
                "Delete it first; only what is in the recycle bin is deleted for ever.",
            )));
        }
        bin::check_purge(actor)?;
        merge::refuse_away(&mut tx, &model, actor, known, id).await?;
        self.erase(&mut tx, &model, actor, known, stored, None, 0).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "recursion carries its whole state")]
    pub(crate) async fn erase(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        stored: Stored,
        batch: Option<Uuid>,
        depth: usize,
    ) -> Result<()> {
        // what was merged into it is part of it
        for loser in merge::losers_of(tx, stored.id).await? {
            let system = Actor::system(actor.source);
            if let Some(loser) = self.find(tx, model, &system, object, loser, Need::Read).await? {
                Box::pin(self.erase(tx, model, actor, object, loser, batch, depth)).await?;
            }
        }
        merge::forget(tx, stored.id).await?;
        review::forget(tx, stored.id).await?;
        for relation in model.relations(&object.name) {
            let Some(child) = model.object(&relation.object) else { continue };
            let column = format!("{}_id", relation.field);
            if relation.on_delete == OnDelete::Cascade && depth < DEPTH_MAX {
                let columns = Columns::all(child);
                let mut sql = Sql::new("SELECT ");
                columns.select(model, &Actor::system(crate::Source::System), "t", &mut sql);
                sql.push(" FROM ").name(&child.name).push(" t WHERE ").column("t", &column).push(" = ").bind(stored.id);
                let rows = tx.rows(sql).await?;
                for row in &rows {
                    let below = columns.read(row)?;
                    Box::pin(self.erase(tx, model, actor, child, below, batch, depth + 1)).await?;
                }
                continue;
            }
            if relation.on_delete == OnDelete::Keep {
                continue;
            }
            let Some(field) = child.field(&relation.field) else { continue };
            let mut sql = Sql::new("UPDATE ");
            sql.name(&child.name).push(" SET ");
            for (i, (name, _)) in columns_of(field).into_iter().enumerate() {
                sql.push(if i == 0 { "" } else { ", " }).name(&name).push(" = NULL");
            }
            sql.push(" WHERE ").name(&column).push(" = ").bind(stored.id);
            tx.run(sql).await?;
        }
        bulk::unindex(tx, object, stored.seq, &stored.values).await?;
        let mut sql = Sql::new("DELETE FROM ");
        sql.name(&object.name).push(" WHERE id = ").bind(stored.id);
        tx.run(sql).await?;
        self.0.titles.forget(stored.id);
        let whose = |field| stored.value(object, field).as_id();
        let gone = Gone { owner: whose("owner"), department: whose("department") };
        let deed = Deed {
            record_id: Some(stored.id),
            batch,
            fields: Some(gone.words()),
            ..Deed::about("purge", &object.name)
        };
        audit::record(tx, actor, self.now(), vec![deed]).await?;
        let left = object
            .fields
            .iter()
            .zip(&stored.values)
            .filter_map(|(field, value)| value.as_id().map(|id| (field.name.clone(), id)))
            .collect();
        let change = crate::derive::Changed {
            object: object.name.clone(),
            ids: vec![stored.id],
            fields: Some(object.fields.iter().map(|f| f.name.clone()).collect()),
            left,
        };
        crate::derive::refresh(tx, model, &self.context(actor), change).await
    }
}
