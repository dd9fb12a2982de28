//! A record being written: the input understood, defaults filled, rules checked; nothing is in the database yet.

use std::sync::Arc;

use zhike_db::{Sql, Tx};
use zhike_model::{Field, FieldKind, Model, Object, Role, expr};
use zhike_types::{Error, FieldError, Result, Text, Uuid, Value, text};

use crate::{
    Actor, Engine, FieldRight, Input,
    access::{self, Need},
    assignment, convert,
    filter::LocalRow,
    list::is_filled,
    load::Stored,
    pool, rules, stages, tier, validate,
};

/// A checked record: all values, and which of them the write changes.
pub(crate) struct Draft {
    pub values: Vec<Value>,
    /// Indexes of fields whose value differs from before; all filled ones of a new record.
    pub changed: Vec<usize>,
}

impl Engine {
    /// Understands an input for a new record (`before` is none) or a change.
    pub(crate) async fn draft(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        before: Option<&Stored>,
        input: &Input,
    ) -> Result<Draft> {
        let mut errors: Vec<FieldError> = Vec::new();
        let mut values = before.map_or_else(|| vec![Value::Null; object.fields.len()], |stored| stored.values.clone());
        let mut given = vec![false; object.fields.len()];
        for (name, what) in &input.fields {
            let Some(index) = object.index_of(name) else {
                errors.push(unknown(name));
                continue;
            };
            let field = &object.fields[index];
            if let Some(error) = refused(actor, object, field) {
                errors.push(error);
                continue;
            }
            match validate::parse(field, what, &self.0.zone) {
                Ok(value) => {
                    values[index] = value;
                    given[index] = true;
                }
                Err(error) => errors.push(error),
            }
        }
        if before.is_none() {
            for (name, value) in &input.carried {
                if let Some(index) = object.index_of(name).filter(|&index| !given[index]) {
                    values[index] = value.clone();
                }
            }
        }
        match before {
            Some(before) => self.take_again(tx, model, object, before, &mut values, &given).await?,
            None => {
                self.take_over(tx, model, object, &mut [&mut values]).await?;
                self.defaults(actor, model, object, &mut values)?;
            }
        }
        self.responsible(tx, actor, object, before, &mut values, &given).await?;
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }

        stages::settle(tx, model, object, before, &mut values, &given, self.now(), &mut errors).await?;
        tier::settle(object, before, &mut values, self.now());
        self.check_required(model, object, actor, before, &values, &given, &mut errors);
        let changed: Vec<usize> = (0..values.len())
            .filter(|&i| before.map_or(is_filled(&values[i]), |stored| stored.values[i] != values[i]))
            .collect();
        // what the engine itself fills in (the department of a new owner) asks for no rights
        let named: Vec<usize> = changed.iter().copied().filter(|&i| given[i]).collect();
        check_references(tx, model, actor, object, &values, &named, before, &mut errors).await?;
        check_unique(tx, object, &values, &changed, before, &mut errors).await?;
        convert::check_lock(model, object, &values, &named, before, &mut errors);
        check_flow(object, &values, before, &mut errors);
        stages::check_definition(model, object, &values, &changed, &mut errors);
        let differs = before.map(|_| changed.as_slice());
        rules::check_values(model, object, &self.context(actor), &values, differs, &mut errors);
        pool::check(model, actor, object, before, &values, &mut errors)?;
        assignment::check(model, actor, object, &values, &mut errors)?;
        tier::check(model, object, &values, &mut errors);
        if errors.is_empty() { Ok(Draft { values, changed }) } else { Err(Error::Invalid(errors)) }
    }

    /// Whether an input can be understood at all, whatever record it is for.
    pub(crate) fn understood(&self, actor: &Actor, object: &Object, input: &Input) -> Result<()> {
        let errors: Vec<FieldError> = input
            .fields
            .iter()
            .filter_map(|(name, what)| {
                let Some(field) = object.field(name) else { return Some(unknown(name)) };
                refused(actor, object, field).or_else(|| validate::parse(field, what, &self.0.zone).err())
            })
            .collect();
        if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
    }

    pub(crate) fn defaults(&self, actor: &Actor, model: &Model, object: &Object, values: &mut [Value]) -> Result<()> {
        for (i, field) in object.fields.iter().enumerate() {
            if is_filled(&values[i]) {
                continue;
            }
            if let Some(default) = &field.default {
                values[i] = default.clone();
            } else if let Some(initial) = &field.initial {
                let parsed = expr::parse(model, &object.name, initial, None)
                    .map_err(|error| Error::internal(error.to_string()))?;
                values[i] = self.context(actor).evaluate(&parsed, &LocalRow { object, values, id: Uuid::nil() }, field);
            }
        }
        Ok(())
    }

    /// Owner and department: the actor by default; the department goes with the owner.
    async fn responsible(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        object: &Object,
        before: Option<&Stored>,
        values: &mut [Value],
        given: &[bool],
    ) -> Result<()> {
        let (Some(owner), Some(department)) = (object.role_index(Role::Owner), object.role_index(Role::Department))
        else {
            return Ok(());
        };
        if before.is_none() && !given[owner] && values[owner].is_null() {
            values[owner] = actor.user_id.into();
        }
        let moved = before.is_none_or(|stored| stored.values[owner] != values[owner]);
        if moved && !given[department] {
            values[department] = match values[owner].as_id() {
                Some(id) if Some(id) == actor.user_id => actor.department_id.into(),
                Some(id) => department_of(tx, id).await?.into(),
                None if before.is_none() => actor.department_id.into(),
                None => values[department].clone(),
            };
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "one check among several over the same draft")]
    fn check_required(
        &self,
        model: &Model,
        object: &Object,
        actor: &Actor,
        before: Option<&Stored>,
        values: &[Value],
        given: &[bool],
        errors: &mut Vec<FieldError>,
    ) {
        for (i, field) in object.fields.iter().enumerate() {
            if !field.required || field.read_only || is_filled(&values[i]) {
                continue;
            }
            // an old record that lacks a field which became required later may be changed elsewhere
            if before.is_some_and(|stored| !is_filled(&stored.values[i])) && !given[i] {
                continue;
            }
            // what it would be taken from is asked for itself
            let open = |name: &str| {
                object.index_of(name).is_some_and(|at| object.fields[at].required && !is_filled(&values[at]))
            };
            if field.takes_over() && field.taken_by().any(open) {
                continue;
            }
            let shown = field.visible_when.as_ref().is_none_or(|condition| {
                expr::parse(model, &object.name, condition, Some(expr::Type::Bool)).is_ok_and(|parsed| {
                    self.context(actor).holds(&parsed, &LocalRow { object, values, id: Uuid::nil() })
                })
            });
            if shown {
                let (zh, en) = (&field.label.zh, &field.label.en);
                errors.push(FieldError {
                    field: field.name.clone(),
                    code: "required",
                    message: text!("请填写「{zh}」。", "Please fill in {en}."),
                });
            }
        }
    }
}

pub(crate) fn unknown(name: &str) -> FieldError {
    FieldError {
        field: name.to_owned(),
        code: "unknown",
        message: text!("没有「{name}」这个字段。", "There is no field `{name}`."),
    }
}

/// Why the actor may not give this field a value.
pub(crate) fn refused(actor: &Actor, object: &Object, field: &Field) -> Option<FieldError> {
    let (zh, en) = (&field.label.zh, &field.label.en);
    match actor.rights.field(&object.name, field) {
        FieldRight::Hidden => Some(unknown(&field.name)),
        _ if field.read_only => Some(FieldError {
            field: field.name.clone(),
            code: "read_only",
            message: text!("「{zh}」由系统填写，不能修改。", "{en} is written by the system."),
        }),
        FieldRight::Masked | FieldRight::Read => Some(FieldError {
            field: field.name.clone(),
            code: "forbidden",
            message: text!("您没有修改「{zh}」的权限。", "You may not change {en}."),
        }),
        FieldRight::Write => None,
    }
}

pub(crate) async fn department_of(tx: &mut Tx, user: Uuid) -> Result<Option<Uuid>> {
    match tx.row(zhike_db::sql!("SELECT department_id FROM \"user\" WHERE id = $1", user)).await? {
        Some(row) => row.id(0),
        None => Ok(None),
    }
}

/// References must name live records that the actor may see, and make no ring in a tree.
#[expect(clippy::too_many_arguments, reason = "one check among several over the same draft")]
pub(crate) async fn check_references(
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Object,
    values: &[Value],
    changed: &[usize],
    before: Option<&Stored>,
    errors: &mut Vec<FieldError>,
) -> Result<()> {
    for &i in changed {
        let field = &object.fields[i];
        let (target, id) = match (&field.kind, &values[i]) {
            (FieldKind::Reference { object: target, .. }, Value::Id(id)) => (target.as_str(), *id),
            (FieldKind::File | FieldKind::Image, Value::Id(id)) => ("attachment", *id),
            (FieldKind::AnyReference { objects, .. }, Value::Any(target, id)) => {
                if !objects.is_empty() && !objects.contains(target) {
                    errors.push(missing(field));
                    continue;
                }
                (target.as_str(), *id)
            }
            _ => continue,
        };
        if field.role == Some(Role::Owner) && Some(id) == actor.user_id {
            continue;
        }
        let Some(target) = model.object(target) else {
            errors.push(missing(field));
            continue;
        };
        let mut sql = Sql::new("SELECT 1 FROM ");
        sql.name(&target.name).push(" t WHERE t.deleted_at IS NULL AND t.id = ").bind(id).push(" AND ");
        access::predicate(model, target, actor, Need::Read, "t", &mut sql);
        if tx.row(sql).await?.is_none() {
            errors.push(missing(field));
            continue;
        }
        if target.name == object.name
            && let Some(before) = before
            && !field.system
            && leads_to(tx, object, field, id, &[before.id]).await?
        {
            let (zh, en) = (&field.label.zh, &field.label.en);
            errors.push(FieldError {
                field: field.name.clone(),
                code: "cycle",
                message: text!("「{zh}」不能选自己或自己的下级。", "{en} cannot be the record itself or one below it."),
            });
        }
    }
    Ok(())
}

fn missing(field: &Field) -> FieldError {
    let (zh, en) = (&field.label.zh, &field.label.en);
    FieldError {
        field: field.name.clone(),
        code: "not_found",
        message: text!(
            "「{zh}」选的记录不存在，或您看不到它。请重新选择。",
            "The record chosen for {en} is not there, or you may not see it. Choose another."
        ),
    }
}

/// Trees are at most so deep: what goes on longer runs in a circle.
const DEPTH_MAX: usize = 64;

/// Whether one gets from a record to one of others by following the reference.
pub(crate) async fn leads_to(tx: &mut Tx, object: &Object, field: &Field, from: Uuid, to: &[Uuid]) -> Result<bool> {
    let mut at = Some(from);
    for _ in 0..DEPTH_MAX {
        match at {
            None => return Ok(false),
            Some(id) if to.contains(&id) => return Ok(true),
            Some(id) => {
                let mut sql = Sql::new("SELECT ");
                sql.name(&field.column()).push(" FROM ").name(&object.name).push(" WHERE id = ").bind(id);
                at = match tx.row(sql).await? {
                    Some(row) => row.id(0)?,
                    None => None,
                };
            }
        }
    }
    Ok(true)
}

async fn check_unique(
    tx: &mut Tx,
    object: &Object,
    values: &[Value],
    changed: &[usize],
    before: Option<&Stored>,
    errors: &mut Vec<FieldError>,
) -> Result<()> {
    for &i in changed {
        let field = &object.fields[i];
        if !field.unique || values[i].is_null() {
            continue;
        }
        let mut sql = Sql::new("SELECT id FROM ");
        sql.name(&object.name)
            .push(" WHERE deleted_at IS NULL AND ")
            .name(&field.column())
            .push(" = ")
            .bind(&values[i]);
        if let Some(row) = tx.row(sql).await?
            && before.map(|stored| stored.id) != row.id(0)?
        {
            errors.push(taken(object, field));
        }
    }
    Ok(())
}

/// Another record holds the unique value.
pub(crate) fn taken(object: &Object, field: &Field) -> FieldError {
    let (zh, en) = (&field.label.zh, &field.label.en);
    let (object_zh, object_en) = (&object.label.zh, object.label.en.to_lowercase());
    FieldError {
        field: field.name.clone(),
        code: "unique",
        message: text!(
            "已经有{object_zh}使用了这个「{zh}」，请核对是不是同一家。",
            "Another {object_en} already has this {en}. Check whether it is the same one."
        ),
    }
}

pub(crate) fn check_flow(object: &Object, values: &[Value], before: Option<&Stored>, errors: &mut Vec<FieldError>) {
    for flow in &object.flows {
        let Some(index) = object.index_of(&flow.field) else { continue };
        let Some(to) = values[index].as_text() else { continue };
        let from = before.and_then(|stored| stored.values[index].as_text());
        if from == Some(to) {
            continue;
        }
        let field = &object.fields[index];
        let label =
            |key: &str| field.option(key).map_or_else(|| Text::same(key.to_owned()), |option| option.label.clone());
        let Some(stage) = flow.stages.iter().find(|stage| stage.key == to) else { continue };
        if let Some(from) = from
            && let Some(left) = flow.stages.iter().find(|stage| stage.key == from)
            && !left.to.is_empty()
            && !left.to.iter().any(|key| key == to)
        {
            let (Text { zh: a, en: c }, Text { zh: b, en: d }) = (label(from), label(to));
            let message = text!("不能从「{a}」直接改为「{b}」。", "It cannot go from {c} to {d} directly.");
            errors.push(FieldError { field: flow.field.clone(), code: "stage", message });
            continue;
        }
        for name in &stage.requires {
            let empty = object.index_of(name).is_some_and(|i| !is_filled(&values[i]));
            if empty && let Some(needed) = object.field(name) {
                let (zh, en, Text { zh: stage_zh, en: stage_en }) = (&needed.label.zh, &needed.label.en, label(to));
                let message =
                    text!("改为「{stage_zh}」之前请先填写「{zh}」。", "Fill in {en} before it becomes {stage_en}.");
                errors.push(FieldError { field: name.clone(), code: "required", message });
            }
        }
    }
}

/// Whether a new record of the object may be made by the actor, in what stands above it.
pub(crate) fn may_create(actor: &Actor, object: &Object) -> Result<()> {
    let rights = actor.rights.object(&object.name);
    if rights.is_some_and(|rights| rights.create)
        && !pool::is_kept_from(actor, object)
        && !assignment::is_kept_from(actor, object)
    {
        return Ok(());
    }
    let (zh, en) = (&object.label.zh, object.label.en.to_lowercase());
    Err(Error::Forbidden(text!(
        "您没有新建{zh}的权限。请联系管理员。",
        "You may not create a new {en}. Ask your administrator."
    )))
}
