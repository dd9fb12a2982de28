//! What a merge proposes: who survives, and what each of its fields becomes. Values in, values out.

use std::collections::BTreeMap;

use zhike_model::{Field, FieldKind, Object, Role};
use zhike_types::{FieldError, Uuid, Value, text};

use super::Choice;
use crate::list::is_filled;

/// One of the records to be merged.
pub(super) struct Candidate<'a> {
    pub id: Uuid,
    /// In the order of the object's fields.
    pub values: &'a [Value],
    /// How many records refer to it.
    pub related: i64,
}

/// What a field of the survivor becomes, and whose it was; of nobody when it becomes empty.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Taken {
    /// Index among the object's fields.
    pub field: usize,
    pub value: Value,
    pub from: Vec<Uuid>,
}

/// The record that survives: the one that says most, then the one on which most hangs, then the oldest.
pub(super) fn survivor(object: &Object, candidates: &[Candidate<'_>]) -> Option<Uuid> {
    let created = object.role_index(Role::CreatedAt);
    let rank = |candidate: &Candidate<'_>| {
        let said = object
            .fields
            .iter()
            .zip(candidate.values)
            .filter(|(field, value)| is_decided(field) && !field.system && is_filled(value))
            .count();
        let age = created.and_then(|at| candidate.values[at].as_int()).unwrap_or(i64::MAX);
        // ids grow with time: they settle what was made in one moment
        (said, candidate.related, std::cmp::Reverse(age), std::cmp::Reverse(candidate.id))
    };
    candidates.iter().max_by_key(|candidate| rank(candidate)).map(|candidate| candidate.id)
}

/// Whether a merge decides about the field: what people fill in, and who is responsible. What is worked out follows; numbers
/// stay the survivor's.
pub(super) fn is_decided(field: &Field) -> bool {
    let computed =
        matches!(field.kind, FieldKind::Formula { .. } | FieldKind::Rollup { .. } | FieldKind::AutoNumber { .. });
    !computed && (!field.system || field.role == Some(Role::Owner))
}

/// Whether several values of the field can become one.
pub(super) fn can_unite(field: &Field) -> bool {
    is_list(field) || matches!(field.kind, FieldKind::LongText | FieldKind::Rich)
}

fn is_list(field: &Field) -> bool {
    matches!(field.kind, FieldKind::MultiSelect { .. } | FieldKind::Tags)
}

pub(super) fn fits(field: &Field, choice: Choice) -> bool {
    is_decided(field) && (choice != Choice::United || can_unite(field))
}

pub(super) fn unfit(field: &Field) -> FieldError {
    let (zh, en) = (&field.label.zh, &field.label.en);
    FieldError {
        field: field.name.clone(),
        code: "invalid",
        message: text!("「{zh}」不能这样选择。", "{en} cannot be chosen like this."),
    }
}

/// The survivor's values, the survivor standing first among the candidates: for each decided field the choice that was made, or
/// what is proposed. The department goes with the owner.
pub(super) fn take(object: &Object, candidates: &[Candidate<'_>], choices: &BTreeMap<String, Choice>) -> Vec<Taken> {
    let mut taken = Vec::new();
    for (i, field) in object.fields.iter().enumerate().filter(|(_, field)| is_decided(field)) {
        let one = match choices.get(&field.name) {
            Some(Choice::Of(id)) => candidates
                .iter()
                .find(|candidate| candidate.id == *id)
                .and_then(|candidate| sound(candidates, candidate, i))
                .unwrap_or_else(|| nobody(i)),
            Some(Choice::United) => united(field, candidates, i),
            None if is_list(field) => united(field, candidates, i),
            None => proposed(field, candidates, i),
        };
        if field.role == Some(Role::Owner)
            && let Some(department) = object.role_index(Role::Department)
        {
            let of = candidates.iter().find(|candidate| one.from.contains(&candidate.id)).or(candidates.first());
            taken.extend(of.map(|of| Taken {
                field: department,
                value: of.values[department].clone(),
                from: vec![of.id],
            }));
        }
        taken.push(one);
    }
    taken
}

/// The values that the field may become when nothing is chosen, best first; the last is none.
pub(super) fn alternatives(candidates: &[Candidate<'_>], field: usize) -> Vec<Taken> {
    candidates.iter().filter_map(|candidate| sound(candidates, candidate, field)).chain([nobody(field)]).collect()
}

fn nobody(field: usize) -> Taken {
    Taken { field, value: Value::Null, from: Vec::new() }
}

/// A candidate's value, if it has one. A reference to one of the merged records would be one to the survivor itself.
fn sound(candidates: &[Candidate<'_>], candidate: &Candidate<'_>, field: usize) -> Option<Taken> {
    let value = &candidate.values[field];
    let to_itself = value.as_id().is_some_and(|id| candidates.iter().any(|other| other.id == id));
    (is_filled(value) && !to_itself).then(|| Taken { field, value: value.clone(), from: vec![candidate.id] })
}

fn proposed(field: &Field, candidates: &[Candidate<'_>], i: usize) -> Taken {
    let mut all = alternatives(candidates, i);
    // who asked one of them not to be called asked us
    let set = all.iter().position(|one| field.kind == FieldKind::Boolean && one.value == Value::Bool(true));
    all.swap_remove(set.unwrap_or(0))
}

fn united(field: &Field, candidates: &[Candidate<'_>], i: usize) -> Taken {
    let mut one = nobody(i);
    let mut keys: Vec<String> = Vec::new();
    for candidate in candidates {
        let parts: Vec<String> = match &candidate.values[i] {
            Value::List(list) => list.clone(),
            Value::Text(text) if !text.is_empty() => vec![text.clone()],
            _ => continue,
        };
        let new: Vec<String> = parts.into_iter().filter(|part| !keys.contains(part)).collect();
        if !new.is_empty() {
            one.from.push(candidate.id);
            keys.extend(new);
        }
    }
    one.value = match keys.is_empty() {
        true => Value::Null,
        false if is_list(field) => Value::List(keys),
        false => Value::Text(keys.join("\n\n")),
    };
    one
}
