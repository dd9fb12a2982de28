//! The one predicate: which records of an object an actor may see, change, delete. It becomes SQL, and every list, count,
//! total, search, timeline, export and live update asks it.
//!
//! - `Owned`: the owner; whoever's data scope holds the record's department; the team. Scope "all" sees all.
//! - `Parent`: whoever may see the record that the reference names; and, when there is none or beside it, the own scope.
//! - `Open`: whoever has any scope on the object.

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
        let Some(rights) = actor.rights.object(object) else { return DataScope::None };
        match self {
            Self::Read => rights.read,
            // what one may not see one may not change either
            Self::Change => rights.change.min(if rights.may_read() { DataScope::All } else { DataScope::None }),
            Self::Delete => rights.delete.min(if rights.may_read() { DataScope::All } else { DataScope::None }),
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
pub(crate) fn reach(model: &Model, object: &Object, actor: &Actor, need: Need) -> Reach {
    let scope = need.scope(actor, &object.name);
    match (&object.access, scope) {
        (_, DataScope::None) => Reach::Nothing,
        (Access::Open, _) | (Access::Owned, DataScope::All) => match need {
            // an open object's rights to change it are still bounded by the scope
            Need::Change | Need::Delete if object.access == Access::Open && scope < DataScope::All => Reach::Some,
            _ => Reach::All,
        },
        (Access::Parent(field), DataScope::All) => {
            let whole = parents(model, object, field).iter().all(|(parent, _)| reach(model, parent, actor, Need::Read) == Reach::All);
            if whole { Reach::All } else { Reach::Some }
        }
        _ => Reach::Some,
    }
}

/// Writes the predicate over `alias`, as one parenthesised condition.
pub(crate) fn predicate(model: &Model, object: &Object, actor: &Actor, need: Need, alias: &str, sql: &mut Sql) {
    match reach(model, object, actor, need) {
        Reach::All => {
            sql.push("1 = 1");
        }
        Reach::Nothing => {
            sql.push("1 = 0");
        }
        Reach::Some => match &object.access {
            Access::Open => scope_condition(actor, need.scope(actor, &object.name), alias, sql),
            Access::Owned => {
                sql.push("(");
                scope_condition(actor, need.scope(actor, &object.name), alias, sql);
                team_condition(model, object, actor, need, alias, sql);
                sql.push(")");
            }
            Access::Parent(field) => {
                let scope = need.scope(actor, &object.name);
                match need {
                    Need::Read => {
                        sql.push("(");
                        if scope < DataScope::All {
                            scope_condition(actor, scope, alias, sql);
                        } else {
                            own_condition(actor, alias, sql);
                        }
                        parent_condition(model, object, field, actor, alias, sql);
                        sql.push(")");
                    }
                    Need::Change | Need::Delete => {
                        predicate(model, object, actor, Need::Read, alias, sql);
                        if scope < DataScope::All {
                            sql.push(" AND ");
                            scope_condition(actor, scope, alias, sql);
                        }
                    }
                }
            }
        },
    }
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
    sql.column("m", &format!("{}_id", object.name)).push(" FROM ").name(&team.name).push(" m WHERE m.user_id = ").bind(me);
    sql.push(" AND m.deleted_at IS NULL");
    if need == Need::Change {
        sql.push(" AND m.level = 'write'");
    }
    sql.push(")");
}

/// The objects a parent field may name; the name of the column's object is there for polymorphic ones.
fn parents<'m>(model: &'m Model, object: &Object, field: &str) -> Vec<(&'m std::sync::Arc<Object>, bool)> {
    match object.field(field).map(|field| &field.kind) {
        Some(FieldKind::Reference { object, .. }) => model.object(object).map(|parent| (parent, false)).into_iter().collect(),
        Some(FieldKind::AnyReference { objects, .. }) => model
            .objects()
            .iter()
            .filter(|candidate| (objects.is_empty() || objects.contains(&candidate.name)) && candidate.name != object.name)
            // a note on a note would make the predicate endless: what hangs on things does not carry things
            .filter(|candidate| !matches!(&candidate.access, Access::Parent(field) if candidate.field(field).is_some_and(|f| matches!(f.kind, FieldKind::AnyReference { .. }))))
            .map(|parent| (parent, true))
            .collect(),
        _ => Vec::new(),
    }
}

fn parent_condition(model: &Model, object: &Object, field: &str, actor: &Actor, alias: &str, sql: &mut Sql) {
    let inner = format!("{alias}p");
    for (parent, any) in parents(model, object, field) {
        let reach = reach(model, parent, actor, Need::Read);
        if reach == Reach::Nothing {
            continue;
        }
        sql.push(" OR (");
        if any {
            sql.column(alias, &format!("{field}_object")).push(" = ").bind(parent.name.as_str()).push(" AND ");
        }
        sql.push("EXISTS (SELECT 1 FROM ").name(&parent.name).push(" ").push(&inner).push(" WHERE ");
        sql.column(&inner, "id").push(" = ").column(alias, &format!("{field}_id"));
        if reach == Reach::Some {
            sql.push(" AND ");
            predicate(model, parent, actor, Need::Read, &inner, sql);
        }
        sql.push("))");
    }
}

/// An object the actor may use at all; otherwise it does not exist.
pub(crate) fn object_for<'m>(model: &'m Model, actor: &Actor, name: &str) -> Result<&'m std::sync::Arc<Object>> {
    let object = model.object(name).ok_or(Error::NotFound)?;
    if reach(model, object, actor, Need::Read) == Reach::Nothing {
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
        DataScope::Department => mine || (need == Need::Change && in_team) || (department.is_some() && department == actor.department_id),
        DataScope::Below => mine || (need == Need::Change && in_team) || department.is_some_and(|id| actor.departments.contains(&id)),
    }
}

pub(crate) fn forbidden(zh: &'static str, en: &'static str) -> Error {
    Error::Forbidden(Text::new(zh, en))
}
