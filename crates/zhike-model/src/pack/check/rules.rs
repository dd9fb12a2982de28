//! Rules typecheck and show their message under a field; locks read their own record and name what they lock; first records are
//! whole and refer to one another.

use zhike_types::text;

use super::super::{place::Problems, table::unknown_word};
use crate::{
    FieldKind, FirstRecord, Model, Object,
    expr::{self, Type},
};

pub(super) fn check(model: &Model, problems: &Problems<'_>) {
    for object in model.objects() {
        rules(model, object, problems);
        locks(model, object, problems);
        for (i, record) in object.first.iter().enumerate() {
            let path = format!("{}/record/{}", object.name, record.key);
            if object.first[..i].iter().any(|other| other.key == record.key) {
                let key = &record.key;
                problems.under(&path, text!("记录“{key}”出现了两次。", "The record `{key}` stands here twice."));
            }
            first(model, object, record, &path, problems);
        }
        approvals(model, object, problems);
    }
}

fn rules(model: &Model, object: &Object, problems: &Problems<'_>) {
    for (i, rule) in object.rules.iter().enumerate() {
        let path = format!("{}/rule/{}", object.name, rule.name);
        if object.rules[..i].iter().any(|other| other.name == rule.name) {
            let name = &rule.name;
            problems.under(
                &path,
                text!(
                    "规则“{name}”出现了两次，请换一个名称。",
                    "The rule `{name}` stands here twice. Choose another name."
                ),
            );
        }
        if object.field(&rule.field).is_none() {
            let known = object.fields.iter().map(|field| field.name.as_str());
            problems.under(&format!("{path}/field"), unknown_word(&rule.field, known));
        }
        if let Err(error) = expr::parse(model, &object.name, &rule.holds, Some(Type::Bool)) {
            problems.inside(&format!("{path}/holds"), error.at, error.message);
        }
    }
}

fn locks(model: &Model, object: &Object, problems: &Problems<'_>) {
    for (i, lock) in object.locks.iter().enumerate() {
        let path = format!("{}/lock/{}", object.name, lock.name);
        if object.locks[..i].iter().any(|other| other.name == lock.name) {
            let name = &lock.name;
            problems.under(
                &path,
                text!(
                    "锁定“{name}”出现了两次，请换一个名称。",
                    "The lock `{name}` stands here twice. Choose another name."
                ),
            );
        }
        for name in lock.fields.iter().filter(|name| object.field(name).is_none()) {
            let known = object.fields.iter().map(|field| field.name.as_str());
            problems.under(&format!("{path}/fields"), unknown_word(name, known));
        }
        let single = |name: &str| model.relation(&object.name, name).is_some_and(|relation| !relation.any);
        for name in lock.relations.iter().filter(|name| !single(name)) {
            let known = model.relations(&object.name).iter().filter(|relation| !relation.any);
            problems
                .under(&format!("{path}/relations"), unknown_word(name, known.map(|relation| relation.name.as_str())));
        }
        let when = format!("{path}/when");
        match expr::parse(model, &object.name, &lock.when, Some(Type::Bool)) {
            Err(error) => problems.inside(&when, error.at, error.message),
            // it is judged of the record as it was and as it is to be, before anything is written
            Ok(parsed) if !expr::needs(&parsed).is_local() => {
                let message = text!("只能读这条记录自己的字段。", "It can read this record's own fields only.");
                problems.under(&when, message);
            }

            Ok(_) => {}
        }
    }
}

/// A process of a pack is whole; what is wrong is told where its condition or its trigger stands, else at its head.
fn approvals(model: &Model, object: &Object, problems: &Problems<'_>) {
    for (i, seed) in object.approvals.iter().enumerate() {
        let path = format!("{}/approval/{}", object.name, seed.key);
        if object.approvals[..i].iter().any(|other| other.key == seed.key) {
            let key = &seed.key;
            problems.under(&path, text!("审批流程“{key}”出现了两次。", "The approval `{key}` stands here twice."));
        }
        for error in seed.rule.problems(model, object) {
            let place = error.field.strip_prefix("trigger.").unwrap_or(&error.field);
            let place = if place.starts_with("steps") { path.clone() } else { format!("{path}/{place}") };
            problems.under(&place, error.message);
        }
    }
}

fn first(model: &Model, object: &Object, record: &FirstRecord, path: &str, problems: &Problems<'_>) {
    let given = |name: &str| record.values.iter().find(|(known, _)| known == name);
    for field in &object.fields {
        let filled = field.default.is_some() || field.initial.is_some() || given(&field.name).is_some();
        if field.required && !filled {
            let name = &field.name;
            problems.under(path, text!("缺少必填的“{name}”。", "`{name}` is required and missing."));
        }
        let FieldKind::Reference { object: target, .. } = &field.kind else { continue };
        let Some(key) = given(&field.name).and_then(|(_, value)| value.as_text()) else { continue };
        let target = model.object(target);
        if target.is_none_or(|target| target.first.iter().all(|other| other.key != key)) {
            let keys = target.map(|target| target.first.iter().map(|other| other.key.as_str()).collect::<Vec<_>>());
            problems.under(&format!("{path}/values"), unknown_word(key, keys.unwrap_or_default()));
        }
    }
}
