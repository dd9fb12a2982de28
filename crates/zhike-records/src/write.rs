//! Making and changing records: rules, version, search, roll-ups, audit and event, all in one transaction.

use std::sync::Arc;

use zhike_db::{Sql, Tx, constraint_of};
use zhike_model::{FieldKind, Model, Object, Role};
use zhike_types::{Error, Result, Text, Uuid, Value, boxed};

use crate::{
    Actor, Engine, Input, Record,
    access::{self, Need},
    approval, assignment,
    audit::{self, Deed},
    bulk::{self, NewRecord, Origin},
    columns::{assign, sort_column, sort_key, stored_json},
    derive::{self, Changed},
    draft::{self, Draft},
    idempotency, import,
    list::is_filled,
    load::{Columns, Stored, present},
    lock::{self, Touched},
    mail, merge, pool, roster, rules, stages,
};

impl Engine {
    /// Makes a record.
    #[boxed]
    pub async fn create(&self, actor: &Actor, object: &str, input: Input) -> Result<Record> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let mut tx = self.0.db.begin().await?;
        let id = match self.create_in(&mut tx, &model, actor, known, &input, None).await {
            Ok(id) => id,
            Err(error) => {
                drop(tx);
                return Err(self.turned_down(actor, known, error).await);
            }
        };
        tx.commit().await?;
        self.written();
        self.read_own(actor, object, id).await
    }

    /// Makes a record in the caller's transaction.
    pub(crate) async fn create_in(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        input: &Input,
        batch: Option<Uuid>,
    ) -> Result<Uuid> {
        draft::may_create(actor, object)?;
        import::beside(tx, object).await?;
        let Draft { mut values, .. } = self.draft(tx, model, actor, object, None, input).await?;
        for (name, value) in &input.preset {
            if let Some(i) = object.index_of(name) {
                values[i] = value.clone();
            }
        }
        let new = Touched { before: None, values: &values, changed: None };
        lock::refuse(&self.context(actor), tx, model, object, &[new]).await?;
        let despite = self.ask_about_alike(tx, model, actor, object, None, &values, input).await?;
        let id = self.0.ids.next();
        let now = self.now();
        // before the tags that it may bring along: the key remembers the record
        idempotency::mark(tx, actor, &object.name, Some(id)).await?;
        self.stamp_new(tx, actor, object, &mut values, now).await?;
        self.make_tags(tx, model, actor, object, &values, now).await?;
        let origin = Origin { action: "create", reason: despite.or_else(|| input.reason.clone()), batch, now };
        bulk::insert(tx, actor, object, vec![NewRecord::new(id, values.clone())], &origin)
            .await
            .map_err(|error| unique_error(object, error))?;
        let changed = Changed { object: object.name.clone(), ids: vec![id], fields: None, left: Vec::new() };
        derive::refresh(tx, model, &self.context(actor), changed).await?;
        self.move_along(tx, model, actor, object, &values, None).await?;
        self.check_gates(tx, model, actor, object, id, None).await?;
        rules::check_written(tx, model, object, &self.context(actor), id, None).await?;
        roster::check(tx, object, &[id]).await?;
        self.leave_traces(tx, model, actor, object, id, None, &values).await?;
        mail::given_one(self, tx, actor, object, id, None, &values).await?;
        if !assignment::names_owner(object, input) {
            self.assign_new(tx, model, actor, object, &[id]).await?;
        }
        if !input.approved {
            let changed: Vec<usize> = (0..values.len()).filter(|&i| is_filled(&values[i])).collect();
            approval::ask(self, tx, model, actor, object, id, None, &changed).await?;
        }
        Ok(id)
    }

    /// The system's own fields of a new record, and its numbers.
    pub(crate) async fn stamp_new(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        object: &Object,
        values: &mut [Value],
        now: i64,
    ) -> Result<()> {
        for (i, field) in object.fields.iter().enumerate() {
            match (field.role, &field.kind) {
                (Some(Role::Version), _) => values[i] = Value::Int(1),
                (Some(Role::CreatedAt | Role::UpdatedAt), _) if values[i].is_null() => values[i] = Value::Int(now),
                (Some(Role::CreatedBy | Role::UpdatedBy), _) if values[i].is_null() => values[i] = actor.user_id.into(),
                (_, FieldKind::AutoNumber { series }) if values[i].is_null() => {
                    let at = object.role_index(Role::CreatedAt).and_then(|at| values[at].as_int()).unwrap_or(now);
                    let number =
                        crate::series::next(tx, &object.name, &field.name, series, self.0.zone.civil(at).date(), 1)
                            .await?;
                    values[i] = Value::Text(number.first().cloned().unwrap_or_default());
                }
                _ => {}
            }
        }
        pool::settle(object, None, values, &mut Vec::new(), now);
        Ok(())
    }

    /// Tags that nobody used before enter the vocabulary.
    async fn make_tags(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Object,
        values: &[Value],
        now: i64,
    ) -> Result<()> {
        let Some(vocabulary) = model.object("tag") else { return Ok(()) };
        let names: Vec<&String> = object
            .fields
            .iter()
            .zip(values)
            .filter(|(field, _)| field.kind == FieldKind::Tags)
            .flat_map(|(_, value)| value.as_list())
            .collect();
        if names.is_empty() {
            return Ok(());
        }
        let mut sql = Sql::new("SELECT name FROM tag WHERE deleted_at IS NULL AND name IN (");
        sql.list(names.iter().map(|name| name.as_str())).push(")");
        let known = tx.rows(sql).await?.iter().map(|row| row.must_text(0)).collect::<Result<Vec<_>>>()?;
        for name in names.into_iter().filter(|name| !known.contains(name)) {
            let mut values = vec![Value::Null; vocabulary.fields.len()];
            for (i, field) in vocabulary.fields.iter().enumerate() {
                match field.default.clone() {
                    _ if field.name == vocabulary.title => values[i] = Value::Text(name.clone()),
                    Some(default) => values[i] = default,
                    None => {}
                }
            }
            self.stamp_new(tx, actor, vocabulary, &mut values, now).await?;
            let origin = Origin { action: "create", reason: None, batch: None, now };
            bulk::insert(tx, actor, vocabulary, vec![NewRecord::new(self.0.ids.next(), values)], &origin).await?;
        }
        Ok(())
    }

    /// Changes a record. `version` is the one the actor saw; none overwrites whatever is there.
    #[boxed]
    pub async fn change(
        &self,
        actor: &Actor,
        object: &str,
        id: Uuid,
        version: Option<i64>,
        input: Input,
    ) -> Result<Record> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let mut tx = self.0.db.begin().await?;
        if let Err(error) = self.change_in(&mut tx, &model, actor, known, id, version, &input, None).await {
            drop(tx);
            return Err(self.turned_down(actor, known, error).await);
        }
        tx.commit().await?;
        self.written();
        self.read_own(actor, object, id).await
    }

    /// Changes a record in the caller's transaction.
    #[expect(
        clippy::too_many_arguments,
        reason = "a write is who, what, which, from which version, to what, for which batch"
    )]
    pub(crate) async fn change_in(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        id: Uuid,
        version: Option<i64>,
        input: &Input,
        batch: Option<Uuid>,
    ) -> Result<()> {
        import::beside(tx, object).await?;
        let before = self.locked(tx, model, actor, object, id, Need::Change).await?;
        if before.is_deleted(object) {
            merge::refuse_away(tx, model, actor, object, id).await?;
            return Err(Error::Conflict(Text::new(
                "这条记录在回收站里，请先恢复。",
                "This record is in the recycle bin. Restore it first.",
            )));
        }
        let current = before.version(object);
        if version.is_some_and(|seen| seen != current) {
            return Err(Error::Stale { current });
        }
        let Draft { values, changed } = self.draft(tx, model, actor, object, Some(&before), input).await?;
        if changed.is_empty() {
            return Ok(());
        }
        if !input.approved {
            let one = Touched { before: Some(&before), values: &values, changed: Some(&changed) };
            lock::refuse(&self.context(actor), tx, model, object, &[one]).await?;
            approval::refuse_held(tx, object, id, Some(&changed)).await?;
        }
        // many at once get what a few of them may be like anyway: a region, an industry
        let despite = match batch {
            None => self.ask_about_alike(tx, model, actor, object, Some(&before), &values, input).await?,
            Some(_) => None,
        };
        let reason = despite.or_else(|| input.reason.clone());
        self.make_tags(tx, model, actor, object, &values, self.now()).await?;
        let moving = values.clone();
        self.store(tx, model, actor, object, &before, values, &changed, "change", reason, batch).await?;
        self.move_along(tx, model, actor, object, &moving, Some(&changed)).await?;
        self.check_gates(tx, model, actor, object, id, Some(&before)).await?;
        rules::check_written(tx, model, object, &self.context(actor), id, Some(&changed)).await?;
        if roster::is_asked(object, &changed) {
            roster::check(tx, object, &[id]).await?;
        }
        self.leave_traces(tx, model, actor, object, id, Some(&before), &moving).await?;
        mail::given_one(self, tx, actor, object, id, Some(&before.values), &moving).await?;
        if input.approved {
            return Ok(());
        }
        approval::ask(self, tx, model, actor, object, id, Some(&before), &changed).await
    }

    /// A record that the actor sees and may do this to; held until the transaction ends.
    pub(crate) async fn locked(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        id: Uuid,
        need: Need,
    ) -> Result<Stored> {
        if tx.dialect() == zhike_db::Dialect::Postgres {
            let mut sql = Sql::new("SELECT 1 FROM ");
            sql.name(&object.name).push(" WHERE id = ").bind(id).push(tx.dialect().for_update());
            tx.row(sql).await?;
        }
        if let Some(stored) = self.find(tx, model, actor, object, id, need).await? {
            return Ok(stored);
        }
        // seen but not to be touched is another answer than not there
        if self.find(tx, model, actor, object, id, Need::Read).await?.is_none() {
            return Err(Error::NotFound);
        }
        Err(match need {
            Need::Delete => access::forbidden("您没有删除这条记录的权限。", "You may not delete this record."),
            _ => access::forbidden(
                "您可以查看这条记录，但没有修改的权限。",
                "You may see this record, but not change it.",
            ),
        })
    }

    /// Writes changed values with version, search, audit, event and what follows from them.
    #[expect(clippy::too_many_arguments, reason = "the one place where a change lands")]
    pub(crate) async fn store(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        before: &Stored,
        mut values: Vec<Value>,
        changed: &[usize],
        action: &'static str,
        reason: Option<String>,
        batch: Option<Uuid>,
    ) -> Result<()> {
        let now = self.now();
        let mut changed: Vec<usize> = changed.to_vec();
        pool::settle(object, Some(before), &mut values, &mut changed, now);
        let changed = changed.as_slice();
        let mut written: Vec<usize> = changed.to_vec();
        for (i, field) in object.fields.iter().enumerate() {
            match field.role {
                Some(Role::Version) => values[i] = Value::Int(before.version(object) + 1),
                Some(Role::UpdatedAt) => values[i] = Value::Int(now),
                Some(Role::UpdatedBy) => values[i] = actor.user_id.into(),
                _ => continue,
            }
            if !written.contains(&i) {
                written.push(i);
            }
        }
        let mut sql = Sql::new("UPDATE ");
        sql.name(&object.name).push(" SET ");
        let mut first = true;
        for &i in &written {
            let field = &object.fields[i];
            assign(&mut sql, field, &values[i], &mut first);
            if field.name == object.title
                && let Some(column) = sort_column(object)
            {
                sql.push(", ").name(&column).push(" = ").bind(values[i].as_text().map(|text| sort_key(object, text)));
            }
        }
        sql.push(" WHERE id = ").bind(before.id);
        tx.run(sql).await.map_err(|error| unique_error(object, error))?;

        let indexed = |i: &usize| object.fields[*i].search.is_some() || object.fields[*i].matching.is_some();
        if changed.iter().any(indexed) {
            bulk::unindex(tx, object, before.seq, &before.values).await?;
            bulk::index(tx, object, std::iter::once((before.seq, values.as_slice()))).await?;
        }
        let side = |values: &[Value]| {
            changed.iter().map(|&i| (object.fields[i].name.clone(), stored_json(&values[i]))).collect()
        };
        let names: Vec<String> = changed.iter().map(|&i| object.fields[i].name.clone()).collect();
        let deed = Deed {
            record_id: Some(before.id),
            before: Some(side(&before.values)),
            after: Some(side(&values)),
            reason,
            batch,
            fields: Some(names.clone()),
            ..Deed::about(action, &object.name)
        };
        audit::record(tx, actor, now, vec![deed]).await?;
        self.0.titles.forget(before.id);
        let left = object
            .fields
            .iter()
            .enumerate()
            .filter(|(i, field)| changed.contains(i) && field.kind.is_reference())
            .filter_map(|(i, field)| before.values[i].as_id().map(|id| (field.name.clone(), id)))
            .collect();
        // coming and going of a record counts for all that is worked out from it
        let whole = changed.iter().any(|&i| object.fields[i].role == Some(Role::DeletedAt));
        let fields = (!whole).then(|| names.into_iter().collect());
        let change = Changed { object: object.name.clone(), ids: vec![before.id], fields, left };
        derive::refresh(tx, model, &self.context(actor), change).await
    }

    /// The gates of stages that the record has just entered, judged with everything written.
    pub(crate) async fn check_gates(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        id: Uuid,
        before: Option<&Stored>,
    ) -> Result<()> {
        for flow in &object.flows {
            if flow.records.is_some() {
                stages::check_gate(tx, model, object, flow, &self.context(actor), id, before).await?;
                continue;
            }
            if flow.stages.iter().all(|stage| stage.gate.is_none()) {
                continue;
            }
            let Some(field) = object.field(&flow.field) else { continue };
            let mut sql = Sql::new("SELECT ");
            sql.name(&field.column()).push(" FROM ").name(&object.name).push(" WHERE id = ").bind(id);
            let Some(stage) = tx.row(sql).await?.map(|row| row.text(0)).transpose()?.flatten() else { continue };
            if before.is_some_and(|stored| stored.value(object, &flow.field).as_text() == Some(&stage)) {
                continue;
            }
            let Some((gate, message)) =
                flow.stages.iter().find(|known| known.key == stage).and_then(|known| known.gate.as_ref())
            else {
                continue;
            };
            let mut sql = Sql::new("SELECT 1 FROM ");
            sql.name(&object.name).push(" t WHERE t.id = ").bind(id).push(" AND ");
            sql.append(&self.context(actor).condition(model, object, gate, "t", tx.dialect())?);
            if tx.row(sql).await?.is_none() {
                return Err(Error::invalid(&flow.field, "stage", message.clone()));
            }
        }
        Ok(())
    }

    /// A record just written, for the one who wrote it: it may have left what the actor may see.
    pub(crate) async fn read_own(&self, actor: &Actor, object: &str, id: Uuid) -> Result<Record> {
        match self.read(actor, object, id).await {
            Err(Error::NotFound) => {}
            other => return other,
        }
        let model = self.model();
        let object = access::object_for(&model, actor, object)?;
        let mut tx = self.0.db.read().await?;
        let stored = self
            .find(&mut tx, &model, &Actor::system(actor.source), object, id, Need::Read)
            .await?
            .ok_or(Error::NotFound)?;
        let mut records = present(&mut tx, &self.0.titles, &model, actor, &Columns::all(object), vec![stored]).await?;
        let mut record = records.pop().ok_or(Error::NotFound)?;
        record.may_change = false;
        record.may_delete = false;
        record.may_restore = false;
        record.may_purge = false;
        Ok(record)
    }

    /// All problems of an input, without writing it.
    #[boxed]
    pub async fn check(&self, actor: &Actor, object: &str, id: Option<Uuid>, input: Input) -> Result<()> {
        let model = self.model();
        let object = access::object_for(&model, actor, object)?;
        let mut tx = self.0.db.read().await?;
        let before = match id {
            Some(id) => {
                Some(self.find(&mut tx, &model, actor, object, id, Need::Change).await?.ok_or(Error::NotFound)?)
            }
            None => None,
        };
        self.draft(&mut tx, &model, actor, object, before.as_ref(), &input).await.map(drop)
    }
}

/// A unique index that was violated by somebody who was faster, as the field's message.
pub(crate) fn unique_error(object: &Object, error: Error) -> Error {
    let Some(constraint) = constraint_of(&error) else { return error };
    let field = object.fields.iter().filter(|field| field.unique).find(|field| {
        let column = field.column();
        constraint == format!("{}_{column}_unique", object.name) || constraint == format!("{}.{column}", object.name)
    });
    field.map_or(error, |field| Error::Invalid(vec![draft::taken(object, field)]))
}
