//! A tree stays a tree: a record that stands above or below one of those it is merged with must not come to stand above itself.

use std::{collections::BTreeMap, sync::Arc};

use zhike_db::Tx;
use zhike_model::{Field, FieldKind, Object};
use zhike_types::{Error, FieldError, Result, Uuid, Value, text};

use super::{
    Choice,
    propose::{self, Candidate, Taken},
};
use crate::draft;

/// Where a reference to the same object would lead back to the survivor, the next value proposed stands in its place; one that
/// was chosen is refused.
pub(super) async fn open(
    tx: &mut Tx,
    object: &Arc<Object>,
    candidates: &[Candidate<'_>],
    choices: &BTreeMap<String, Choice>,
    taken: &mut [Taken],
) -> Result<()> {
    let members: Vec<Uuid> = candidates.iter().map(|candidate| candidate.id).collect();
    let mut errors = Vec::new();
    for one in taken {
        let field = &object.fields[one.field];
        if !is_tree(object, field) || !leads_back(tx, object, field, &one.value, &members).await? {
            continue;
        }
        if choices.contains_key(&field.name) {
            let (zh, en) = (&field.label.zh, &field.label.en);
            errors.push(FieldError {
                field: field.name.clone(),
                code: "cycle",
                message: text!(
                    "「{zh}」不能选合并后自己的下级。",
                    "{en} cannot be a record that stands below the merged one."
                ),
            });
            continue;
        }
        for other in propose::alternatives(candidates, one.field) {
            if !leads_back(tx, object, field, &other.value, &members).await? {
                *one = other;
                break;
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// Whether the field hangs records of an object under others of it.
pub(super) fn is_tree(object: &Object, field: &Field) -> bool {
    !field.system && matches!(&field.kind, FieldKind::Reference { object: target, .. } if *target == object.name)
}

/// Whether one comes from a record to one of these by following the reference.
pub(super) async fn leads_back(
    tx: &mut Tx,
    object: &Object,
    field: &Field,
    from: &Value,
    members: &[Uuid],
) -> Result<bool> {
    match from.as_id() {
        Some(from) => draft::leads_to(tx, object, field, from, members).await,
        None => Ok(false),
    }
}
