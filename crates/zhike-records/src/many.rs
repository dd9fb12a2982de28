//! Many new records at once: what a single one gets from defaults, clock, number series and roll-ups, for thousands in a few
//! statements. Imports and demo data go this way.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use zhike_db::{Sql, Tx};
use zhike_model::{FieldKind, Model, Object, Role, RollupOp, expr};
use zhike_types::{Currency, Error, Result, Text, Uuid, Value};

use crate::{
    Actor, Engine, access,
    audit::{self, Deed},
    bulk::{self, NewRecord, Origin},
    columns::{args_of, columns_of, sort_column, sort_key, stored_json},
    derive::{self, Changed},
    filter::{Context, LocalRow},
    list::is_filled,
    load::Stored,
    pool, series, stages,
    write::unique_error,
};

/// A record that is already understood: values typed as their fields say. What is none is filled by the engine.
#[derive(Debug, Clone, Default)]
pub struct NewRow {
    pub id: Option<Uuid>,
    /// Milliseconds since 1970.
    pub created_at: Option<i64>,
    pub created_by: Option<Uuid>,
    pub owner: Option<Uuid>,
    pub department: Option<Uuid>,
    pub values: Vec<(&'static str, Value)>,
}

/// What a new record of an object begins with.
pub(crate) struct Start {
    /// Defaults, and roll-ups over nothing.
    values: Vec<Value>,
    /// Fields whose default is worked out from the others.
    initial: Vec<(usize, expr::Expr)>,
}

impl Start {
    pub fn of(model: &Model, object: &Object) -> Result<Self> {
        let mut initial = Vec::new();
        let mut values = Vec::with_capacity(object.fields.len());
        for (i, field) in object.fields.iter().enumerate() {
            values.push(match (&field.default, &field.kind) {
                (Some(default), _) => default.clone(),
                (None, FieldKind::Rollup { op, result, .. }) => over_nothing(*op, result),
                (None, _) => Value::Null,
            });
            if let (None, Some(text)) = (&field.default, &field.initial) {
                let parsed =
                    expr::parse(model, &object.name, text, None).map_err(|error| Error::internal(error.to_string()))?;
                initial.push((i, parsed));
            }
        }
        Ok(Self { values, initial })
    }

    /// Fills what is empty.
    pub fn fill(&self, object: &Object, context: &Context<'_>, values: &mut [Value]) {
        for (value, default) in values.iter_mut().zip(&self.values) {
            if !default.is_null() && !is_filled(value) {
                value.clone_from(default);
            }
        }
        for (i, parsed) in &self.initial {
            if !is_filled(&values[*i]) {
                values[*i] =
                    context.evaluate(parsed, &LocalRow { object, values, id: Uuid::nil() }, &object.fields[*i]);
            }
        }
    }
}

/// What a roll-up is when nothing refers to its record yet.
fn over_nothing(op: RollupOp, result: &FieldKind) -> Value {
    match (op, result.value_kind()) {
        (RollupOp::Count, _) => Value::Int(0),
        (RollupOp::Sum, FieldKind::Money { currency }) => money_of(*currency),
        (RollupOp::Sum, _) => Value::Int(0),
        (RollupOp::Min | RollupOp::Max | RollupOp::Average, _) => Value::Null,
    }
}

fn money_of(currency: Currency) -> Value {
    Value::money(0, currency)
}

/// The departments that users belong to.
pub(crate) async fn departments_of_users(tx: &mut Tx) -> Result<HashMap<Uuid, Option<Uuid>>> {
    tx.rows(Sql::new("SELECT id, department_id FROM \"user\""))
        .await?
        .iter()
        .map(|row| Ok((row.must_id(0)?, row.id(1)?)))
        .collect()
}

impl Engine {
    /// Writes many records of one object in one transaction: checked by type only, no duplicate check; search, audit and
    /// events as ever.
    pub async fn load(&self, actor: &Actor, object: &str, batch: Vec<NewRow>) -> Result<()> {
        let model = self.model();
        let object = access::object_for(&model, actor, object)?;
        crate::draft::may_create(actor, object)?;
        let start = Start::of(&model, object)?;
        let context = self.context(actor);
        let mut tx = self.0.db.begin().await?;
        crate::merge::beside(&mut tx).await?;
        let departments = departments_of_users(&mut tx).await?;
        let mut records = Vec::with_capacity(batch.len());
        for row in batch {
            records.push(self.typed(actor, object, &start, &context, &departments, row)?);
        }
        let origin = Origin { action: "create", reason: None, batch: None, now: self.now() };
        let ids = records.iter().map(|record| record.id).collect();
        self.insert_many(&mut tx, &model, actor, object, records, &origin).await?;
        let fields = object.fields.iter().map(|field| field.name.clone()).collect();
        self.follow_new(&mut tx, &model, actor, object, ids, fields).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }

    pub(crate) fn typed(
        &self,
        actor: &Actor,
        object: &Object,
        start: &Start,
        context: &Context<'_>,
        departments: &HashMap<Uuid, Option<Uuid>>,
        row: NewRow,
    ) -> Result<NewRecord> {
        let mut values = vec![Value::Null; object.fields.len()];
        for (name, value) in row.values {
            let index = object
                .index_of(name)
                .ok_or_else(|| Error::internal(format!("{} has no field `{name}`", object.name)))?;
            values[index] = value;
        }
        let mut set = |role, value: Value| {
            if let (Some(index), false) = (object.role_index(role), value.is_null()) {
                values[index] = value;
            }
        };
        set(Role::CreatedAt, row.created_at.into());
        set(Role::UpdatedAt, row.created_at.into());
        set(Role::CreatedBy, row.created_by.into());
        set(Role::UpdatedBy, row.created_by.into());
        let owner = row.owner.or(actor.user_id);
        set(Role::Owner, owner.into());
        let at_home = owner.map_or(actor.department_id, |id| departments.get(&id).copied().flatten());
        set(Role::Department, row.department.or(at_home).into());
        start.fill(object, context, &mut values);
        Ok(NewRecord::new(row.id.unwrap_or_else(|| self.0.ids.next()), values))
    }

    /// Inserts records whose values are filled but for what the engine itself writes. What follows from them elsewhere is left
    /// to [`Engine::follow_new`].
    pub(crate) async fn insert_many(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        mut records: Vec<NewRecord>,
        origin: &Origin,
    ) -> Result<()> {
        if records.is_empty() {
            return Ok(());
        }
        for record in &mut records {
            pool::settle(object, None, &mut record.values, &mut Vec::new(), origin.now);
            for (i, field) in object.fields.iter().enumerate() {
                match field.role {
                    Some(Role::Version) => record.values[i] = Value::Int(1),
                    Some(Role::CreatedAt | Role::UpdatedAt) if record.values[i].is_null() => {
                        record.values[i] = Value::Int(origin.now);
                    }
                    Some(Role::CreatedBy | Role::UpdatedBy) if record.values[i].is_null() => {
                        record.values[i] = actor.user_id.into();
                    }
                    _ => {}
                }
            }
        }
        let mut rows: Vec<&mut Vec<Value>> = records.iter_mut().map(|record| &mut record.values).collect();
        self.take_over(tx, model, object, &mut rows).await?;
        stages::begin_many(tx, model, object, records.iter_mut().map(|record| &mut record.values), origin.now).await?;
        self.number(tx, object, &mut records, origin.now).await?;
        let context = self.context(actor);
        for (i, parsed) in derive::over_rollups(model, object)? {
            for NewRecord { id, values, .. } in &mut records {
                values[i] = context.evaluate(&parsed, &LocalRow { object, values, id: *id }, &object.fields[i]);
            }
        }
        self.make_tags_of(tx, model, actor, object, records.iter().map(|record| record.values.as_slice()), origin)
            .await?;
        bulk::insert(tx, actor, object, records, origin).await.map_err(|error| unique_error(object, error)).map(drop)
    }

    /// Automatic numbers, taken from each period of a series at once.
    async fn number(&self, tx: &mut Tx, object: &Object, records: &mut [NewRecord], now: i64) -> Result<()> {
        let created_at = object.role_index(Role::CreatedAt);
        for (i, field) in object.fields.iter().enumerate() {
            let FieldKind::AutoNumber { series } = &field.kind else { continue };
            let mut periods: BTreeMap<String, (jiff::civil::Date, Vec<usize>)> = BTreeMap::new();
            for (n, record) in records.iter().enumerate().filter(|(_, record)| record.values[i].is_null()) {
                let at = created_at.and_then(|at| record.values[at].as_int()).unwrap_or(now);
                let date = self.0.zone.civil(at).date();
                periods.entry(series::period(&series.pattern, date)).or_insert_with(|| (date, Vec::new())).1.push(n);
            }
            for (date, members) in periods.into_values() {
                // within a period only the running number differs, unless the pattern shows a day that it does not count by
                let numbers = series::next(tx, &object.name, &field.name, series, date, members.len() as i64).await?;
                for (n, number) in members.into_iter().zip(numbers) {
                    records[n].values[i] = Value::Text(number);
                }
            }
        }
        Ok(())
    }

    /// Tags that nobody used before enter the vocabulary.
    async fn make_tags_of(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Object,
        records: impl Iterator<Item = &[Value]>,
        origin: &Origin,
    ) -> Result<()> {
        let Some(vocabulary) = model.object("tag") else { return Ok(()) };
        let fields: Vec<usize> = object
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| field.kind == FieldKind::Tags)
            .map(|(i, _)| i)
            .collect();
        let names: BTreeSet<&str> = if fields.is_empty() {
            BTreeSet::new()
        } else {
            records.flat_map(|values| fields.iter().flat_map(|&i| values[i].as_list())).map(String::as_str).collect()
        };
        if names.is_empty() {
            return Ok(());
        }
        let mut known = BTreeSet::new();
        for chunk in names.iter().collect::<Vec<_>>().chunks(500) {
            let mut sql = Sql::new("SELECT name FROM tag WHERE deleted_at IS NULL AND name IN (");
            sql.list(chunk.iter().map(|name| **name)).push(")");
            for row in tx.rows(sql).await? {
                known.insert(row.must_text(0)?);
            }
        }
        let start = Start::of(model, vocabulary)?;
        let context = self.context(actor);
        let Some(title) = vocabulary.index_of(&vocabulary.title) else { return Ok(()) };
        let new = names.into_iter().filter(|name| !known.contains(*name)).map(|name| {
            let mut values = vec![Value::Null; vocabulary.fields.len()];
            values[title] = Value::Text(name.to_owned());
            start.fill(vocabulary, &context, &mut values);
            NewRecord::new(self.0.ids.next(), values)
        });
        let new: Vec<NewRecord> = new.collect();
        let origin = Origin { action: "create", reason: None, batch: None, now: origin.now };
        Box::pin(self.insert_many(tx, model, actor, vocabulary, new, &origin)).await
    }

    /// Works out what follows from new records: their own formulas, roll-ups and formulas of others. Their own roll-ups are
    /// right from the start.
    pub(crate) async fn follow_new(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Object,
        ids: Vec<Uuid>,
        fields: BTreeSet<String>,
    ) -> Result<()> {
        let depends = fields.iter().any(|field| !model.dependents(&object.name, field).is_empty());
        if ids.is_empty() || !depends {
            return Ok(());
        }
        let change = Changed { object: object.name.clone(), ids, fields: Some(fields), left: Vec::new() };
        let settled = derive::over_rollups(model, object)?;
        let settled: Vec<&str> = settled.iter().map(|(i, _)| object.fields[*i].name.as_str()).collect();
        derive::refresh_but(tx, model, &self.context(actor), change, &settled).await
    }
}

/// A record to be changed: as it stands, and as it is to be.
pub(crate) struct ChangedRecord {
    pub before: Stored,
    pub values: Vec<Value>,
    pub changed: Vec<usize>,
}

impl ChangedRecord {
    /// A record of which the engine's own fields change; those that stand as they should, do not.
    pub fn with(object: &Object, before: Stored, to: impl IntoIterator<Item = (Role, Value)>) -> Self {
        let mut values = before.values.clone();
        let mut changed = Vec::new();
        for (role, value) in to {
            if let Some(i) = object.role_index(role)
                && values[i] != value
            {
                values[i] = value;
                changed.push(i);
            }
        }
        Self { before, values, changed }
    }

    /// A record that goes to somebody, and to where that one works.
    pub fn owned_by(object: &Object, before: Stored, owner: Option<Uuid>, department: Option<Uuid>) -> Self {
        Self::with(object, before, [(Role::Owner, owner.into()), (Role::Department, department.into())])
    }

    pub fn is_changed(&self) -> bool {
        !self.changed.is_empty()
    }
}

/// Records a statement changes; so many arguments fit both databases.
const CHANGED_AT_ONCE: usize = 64;

impl Engine {
    /// Changes many records of one object: version, search, audit, event and what follows. Somebody who changed one of them
    /// meanwhile makes it fail as [`Error::Unavailable`]: read again, then try again.
    pub(crate) async fn change_many(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Object,
        mut records: Vec<ChangedRecord>,
        origin: &Origin,
    ) -> Result<()> {
        if records.is_empty() {
            return Ok(());
        }
        for record in &mut records {
            pool::settle(object, Some(&record.before), &mut record.values, &mut record.changed, origin.now);
            stages::note_since(object, &record.before, &mut record.values, &mut record.changed, origin.now);
        }
        let union: BTreeSet<usize> = records.iter().flat_map(|record| record.changed.iter().copied()).collect();
        let names: Vec<String> = union.iter().map(|&i| object.fields[i].name.clone()).collect();
        let mut written = union.clone();
        for (i, field) in object.fields.iter().enumerate() {
            if !matches!(field.role, Some(Role::Version | Role::UpdatedAt | Role::UpdatedBy)) {
                continue;
            }
            written.insert(i);
            for record in &mut records {
                record.values[i] = match field.role {
                    Some(Role::Version) => Value::Int(record.before.version(object) + 1),
                    Some(Role::UpdatedAt) => Value::Int(origin.now),
                    _ => actor.user_id.into(),
                };
            }
        }
        self.make_tags_of(tx, model, actor, object, records.iter().map(|record| record.values.as_slice()), origin)
            .await?;
        for chunk in bulk::portions(&records, CHANGED_AT_ONCE) {
            let touched = tx.run(update(object, &written, chunk)).await.map_err(|error| unique_error(object, error))?;
            if touched != chunk.len() as u64 {
                return Err(Error::Unavailable(Text::new(
                    "有记录刚被别人修改，请重试。",
                    "Somebody changed a record meanwhile. Try again.",
                )));
            }
        }
        let found_by = |i: &usize| object.fields[*i].search.is_some() || object.fields[*i].matching.is_some();
        let (moved, _): (Vec<&ChangedRecord>, Vec<&ChangedRecord>) =
            records.iter().partition(|record| record.changed.iter().any(found_by));
        bulk::reindex(
            tx,
            object,
            &moved.iter().map(|record| (&record.before, record.values.as_slice())).collect::<Vec<_>>(),
        )
        .await?;
        let deeds = records.iter().map(|record| deed(object, record, origin)).collect();
        audit::record(tx, actor, origin.now, deeds).await?;
        for record in &records {
            self.0.titles.forget(record.before.id);
        }
        let mut left = Vec::new();
        for &i in union.iter().filter(|&&i| object.fields[i].kind.is_reference()) {
            left.extend(
                records
                    .iter()
                    .filter_map(|record| record.before.values[i].as_id())
                    .map(|id| (object.fields[i].name.clone(), id)),
            );
        }
        if names.iter().all(|name| model.dependents(&object.name, name).is_empty()) {
            return Ok(());
        }
        let ids = records.iter().map(|record| record.before.id).collect();
        let change = Changed { object: object.name.clone(), ids, fields: Some(names.into_iter().collect()), left };
        derive::refresh(tx, model, &self.context(actor), change).await
    }
}

fn deed(object: &Object, record: &ChangedRecord, origin: &Origin) -> Deed {
    let side = |values: &[Value]| {
        record.changed.iter().map(|&i| (object.fields[i].name.clone(), stored_json(&values[i]))).collect()
    };
    Deed {
        record_id: Some(record.before.id),
        before: Some(side(&record.before.values)),
        after: Some(side(&record.values)),
        reason: origin.reason.clone(),
        batch: origin.batch,
        fields: Some(record.changed.iter().map(|&i| object.fields[i].name.clone()).collect()),
        ..Deed::about(origin.action, &object.name)
    }
}

/// One statement for several records: fields that one of them does not change are written as they were, which the version makes
/// safe.
fn update(object: &Object, written: &BTreeSet<usize>, records: &[ChangedRecord]) -> Sql {
    let sort = sort_column(object).zip(object.index_of(&object.title)).filter(|(_, title)| written.contains(title));
    let mut columns: Vec<String> =
        written.iter().flat_map(|&i| columns_of(&object.fields[i])).map(|(name, _)| name).collect();
    columns.extend(sort.as_ref().map(|(column, _)| column.clone()));
    let mut sql = Sql::new("WITH v (record, seen");
    for column in &columns {
        sql.push(", ").name(column);
    }
    sql.push(") AS (VALUES ");
    for (n, record) in records.iter().enumerate() {
        sql.push(if n == 0 { "(" } else { ", (" })
            .bind(record.before.id)
            .push(", ")
            .bind(record.before.version(object));
        for arg in written.iter().flat_map(|&i| args_of(&object.fields[i], &record.values[i])) {
            sql.push(", ").bind(arg);
        }
        if let Some((_, title)) = &sort {
            sql.push(", ").bind(record.values[*title].as_text().map(|text| sort_key(object, text)));
        }
        sql.push(")");
    }
    sql.push(") UPDATE ").name(&object.name).push(" AS t SET ");
    for (n, column) in columns.iter().enumerate() {
        sql.push(if n == 0 { "" } else { ", " }).name(column).push(" = ").column("v", column);
    }
    sql.push(" FROM v WHERE t.id = v.record AND t.version = v.seen");
    sql
}
