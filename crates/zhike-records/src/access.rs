//! The one predicate: which records of an object an actor may see, change, delete. It becomes SQL, and every list, count,
//! total, search, timeline, export and live update asks it.
//!
//! - `Owned`: the owner; whoever's data scope holds the record's department; the team. Scope "all" sees all.
//! - `Parents`: whoever the actor's own scope on the object lets see it, as if it were owned; and whoever may see one of the
//!   records that the references name. What hangs on something that itself hangs on something (a file on a note on a customer) is
//!   followed that far and no further.
//! - `Open`: whoever has any scope on the object.
//!
//! - Through the lens of a public pool (`Actor::lens`): what lies in that pool, and nothing else of its object.
//!
//! To change or delete a record one must see it, and the scope for that must hold it too; a team member who may write changes
//! what the team is about. No scope at all on an object gives nothing, whatever team or parent there is.

use zhike_db::Sql;
use zhike_model::{Access, FieldKind, Model, Object};
use zhike_types::{Error, Result, Text, Uuid};

use crate::{Actor, DataScope, Record};

/// What the actor wants to do with records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Read,
    Change,
    Delete,
}

impl Need {
    fn scope(self, actor: &Actor, object: &str) -> DataScope {
        match actor.rights.object(object) {
            Some(rights) if rights.may_read() => match self {
                Self::Read => rights.read,
                Self::Change => rights.change,
                Self::Delete => rights.delete,
            },
            // what one may not see one may not change either
            _ => DataScope::None,
        }
    }
}

/// Whether the answer depends on the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    All,
    Nothing,
    Some,
}

/// Before any SQL: does the actor reach all records, none, or some?
pub(crate) fn reach(object: &Object, actor: &Actor, need: Need) -> Reach {
    if actor.lens.as_ref().is_some_and(|lens| lens.object == object.name) {
        return if need == Need::Read { Reach::Some } else { Reach::Nothing };
    }
    let seen = match (&object.access, Need::Read.scope(actor, &object.name)) {
        (_, DataScope::None) => return Reach::Nothing,
        (Access::Open, _) | (_, DataScope::All) => Reach::All,
        _ => Reach::Some,
    };
    match (need, need.scope(actor, &object.name)) {
        (Need::Read, _) => seen,
        (_, DataScope::None) => Reach::Nothing,
        (_, DataScope::All) => seen,
        _ => Reach::Some,
    }
}

/// Writes the predicate over `alias`, as one parenthesised condition.
pub(crate) fn predicate(model: &Model, object: &Object, actor: &Actor, need: Need, alias: &str, sql: &mut Sql) {
    condition(model, object, actor, need, alias, false, sql);
}

/// `hung`: the object is asked about for something that hangs on it.
fn condition(model: &Model, object: &Object, actor: &Actor, need: Need, alias: &str, hung: bool, sql: &mut Sql) {
    match reach(object, actor, need) {
        Reach::All => {
            sql.push("1 = 1");
            return;
        }
        Reach::Nothing => {
            sql.push("1 = 0");
            return;
        }
        Reach::Some => {}
    }
    if let Some(lens) = actor.lens.as_ref().filter(|lens| lens.object == object.name) {
        lens.condition(alias, sql);
        return;
    }
    let scope = need.scope(actor, &object.name);
    sql.push("(");
    // a scope within the one for reading holds only what is seen anyway
    let wider = need != Need::Read && object.access != Access::Open && scope > Need::Read.scope(actor, &object.name);
    if wider {
        condition(model, object, actor, Need::Read, alias, hung, sql);
        sql.push(" AND (");
    }
    scope_condition(actor, scope, alias, sql);
    team_condition(model, object, actor, need, alias, sql);
    if need == Need::Read {
        for field in object.access.parents() {
            parent_condition(model, object, field, actor, alias, hung, sql);
        }
    }
    sql.push(if wider { "))" } else { ")" });
}

fn own_condition(actor: &Actor, alias: &str, sql: &mut Sql) {
    match actor.user_id {
        Some(me) => sql.column(alias, "owner_id").push(" = ").bind(me),
        None => sql.push("1 = 0"),
    };
}

fn scope_condition(actor: &Actor, scope: DataScope, alias: &str, sql: &mut Sql) {
    let departments: &[Uuid] = match scope {
        DataScope::None | DataScope::Own => &[],
        DataScope::Department => actor.department_id.as_slice(),
        DataScope::Below => &actor.departments,
        DataScope::All => {
            sql.push("1 = 1");
            return;
        }
    };
    sql.push("(");
    own_condition(actor, alias, sql);
    if !departments.is_empty() {
        sql.push(" OR ").column(alias, "department_id").push(" IN (").list(departments.iter().copied()).push(")");
    }
    sql.push(")");
}

fn team_condition(model: &Model, object: &Object, actor: &Actor, need: Need, alias: &str, sql: &mut Sql) {
    let Some((team, me)) = object.team.as_ref().and_then(|team| model.object(team)).zip(actor.user_id) else { return };
    if need == Need::Delete {
        return;
    }
    sql.push(" OR ").column(alias, "id").push(" IN (SELECT ");
    sql.column("m", &format!("{}_id", object.name))
        .push(" FROM ")
        .name(&team.name)
        .push(" m WHERE m.user_id = ")
        .bind(me);
    sql.push(" AND m.deleted_at IS NULL");
    if need == Need::Change {
        sql.push(" AND m.level = 'write'");
    }
    sql.push(")");
}

/// The objects a parent field may name, and whether it names the object beside the record.
fn parents<'m>(model: &'m Model, object: &Object, field: &str, hung: bool) -> Vec<(&'m std::sync::Arc<Object>, bool)> {
    match object.field(field).map(|field| &field.kind) {
        Some(FieldKind::Reference { object, .. }) => {
            model.object(object).map(|parent| (parent, false)).into_iter().collect()
        }
        Some(FieldKind::AnyReference { objects, .. }) => model
            .objects()
            .iter()
            .filter(|candidate| {
                (objects.is_empty() || objects.contains(&candidate.name)) && candidate.name != object.name
            })
            // notes on files on notes would make the predicate endless
            .filter(|candidate| !(hung && hangs_on_anything(candidate)))
            .map(|parent| (parent, true))
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether all records that name `parent` by the field are seen by whoever sees the record named: lists below a record in sight need
/// not ask again. What hangs on a note or a file is asked about, for that is not followed to any depth.
pub(crate) fn follows(child: &Object, field: &str, parent: &Object) -> bool {
    child.access.parents().iter().any(|known| known == field) && !hangs_on_anything(parent)
}

fn hangs_on_anything(object: &Object) -> bool {
    let any =
        |field: &String| object.field(field).is_some_and(|field| matches!(field.kind, FieldKind::AnyReference { .. }));
    object.access.parents().iter().any(any)
}

fn parent_condition(
    model: &Model,
    object: &Object,
    field: &str,
    actor: &Actor,
    alias: &str,
    hung: bool,
    sql: &mut Sql,
) {
    let inner = format!("{alias}p");
    let (id, named) = (format!("{field}_id"), format!("{field}_object"));
    let mut all_of = Vec::new();
    for (parent, any) in parents(model, object, field, hung) {
        match reach(parent, actor, Need::Read) {
            Reach::Nothing => continue,
            Reach::All if any => {
                all_of.push(parent.name.as_str());
                continue;
            }
            Reach::All => {
                sql.push(" OR ").column(alias, &id).push(" IS NOT NULL");
                continue;
            }
            Reach::Some => {}
        }
        sql.push(" OR (");
        if any {
            sql.column(alias, &named).push(" = ").bind(parent.name.as_str()).push(" AND ");
        }
        sql.push("EXISTS (SELECT 1 FROM ").name(&parent.name).push(" ").push(&inner).push(" WHERE ");
        sql.column(&inner, "id").push(" = ").column(alias, &id).push(" AND ");
        condition(model, parent, actor, Need::Read, &inner, hung || any, sql);
        sql.push("))");
    }
    if !all_of.is_empty() {
        sql.push(" OR ").column(alias, &named).push(" IN (").list(all_of).push(")");
    }
}

/// An object the actor may use at all; otherwise it does not exist.
pub(crate) fn object_for<'m>(model: &'m Model, actor: &Actor, name: &str) -> Result<&'m std::sync::Arc<Object>> {
    let object = model.object(name).ok_or(Error::NotFound)?;
    if reach(object, actor, Need::Read) == Reach::Nothing {
        return Err(Error::NotFound);
    }
    Ok(object)
}

/// Whether the actor may change or delete a record that it sees, as far as the record's own columns tell.
pub(crate) fn may(actor: &Actor, record: &Record, need: Need, in_team: bool) -> bool {
    let scope = need.scope(actor, &record.object.name);
    let owner = record.value("owner").as_id();
    let department = record.value("department").as_id();
    let mine = owner.is_some() && owner == actor.user_id;
    match scope {
        DataScope::None => false,
        DataScope::All => true,
        DataScope::Own => mine || (need == Need::Change && in_team),
        DataScope::Department => {
            mine || (need == Need::Change && in_team) || (department.is_some() && department == actor.department_id)
        }
        DataScope::Below => {
            mine || (need == Need::Change && in_team) || department.is_some_and(|id| actor.departments.contains(&id))
        }
    }
}

pub(crate) fn forbidden(zh: &'static str, en: &'static str) -> Error {
    Error::Forbidden(Text::new(zh, en))
}
