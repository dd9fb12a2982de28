//! What was converted changes no more, but for what the pack leaves open; and nobody says by hand that it was converted.

use std::sync::Arc;

use zhike_db::Sql;
use zhike_model::{Conversion, Model, Object};
use zhike_types::{Error, FieldError, Text, Uuid, Value, text};

use crate::{Actor, Engine, FieldState, Record, load::Stored};

/// What a record became, as far as its reader sees the fields that remember it: object and id, in the pack's order. Empty for one that
/// was not converted.
pub fn converted_into(record: &Record) -> Vec<(String, Uuid)> {
    let Some(conversion) = &record.object.convert else { return Vec::new() };
    let targets = conversion.targets.iter();
    targets.filter_map(|target| Some((target.object.clone(), record.value(&target.into).as_id()?))).collect()
}

/// Whether the actor may convert this record.
pub fn may_convert(engine: &Engine, actor: &Actor, record: &Record) -> bool {
    let Some(conversion) = &record.object.convert else { return false };
    let first = conversion.targets.first().is_some_and(|target| engine.may(actor, &target.object).create);
    let flow = record.object.flows.iter().find(|flow| flow.field == conversion.field);
    let at = record.value(&conversion.field).as_text();
    let stage = flow.and_then(|flow| flow.stages.iter().find(|stage| Some(stage.key.as_str()) == at));
    let leads_there = stage.is_none_or(|stage| stage.to.is_empty() || stage.to.contains(&conversion.stage));
    first
        && leads_there
        && record.may_change
        && record.deleted_at().is_none()
        && !is_converted(&record.object, &record.values)
        && record.value("pool").is_null()
}

/// Whether a record of these values was converted, and what it became is still there.
pub(crate) fn is_converted(object: &Object, values: &[Value]) -> bool {
    let mark = object.convert.as_ref().and_then(|conversion| object.index_of(conversion.mark()));
    mark.is_some_and(|i| !values[i].is_null())
}

/// ` AND` the condition that a record was not converted.
pub(crate) fn unconverted(object: &Object, alias: &str, sql: &mut Sql) {
    if let Some(mark) = object.convert.as_ref().and_then(|conversion| object.field(conversion.mark())) {
        sql.push(" AND ").column(alias, &mark.column()).push(" IS NULL");
    }
}

/// What an actor may do with the fields of a converted record; none where nothing differs from other records.
pub(crate) fn states_of(object: &Object, values: &[Value], states: &[FieldState]) -> Option<Arc<Vec<FieldState>>> {
    let conversion = object.convert.as_ref().filter(|_| is_converted(object, values))?;
    let state = |(field, state): (&zhike_model::Field, &FieldState)| match state {
        FieldState::Writable if !conversion.open.contains(&field.name) => FieldState::ReadOnly,
        state => *state,
    };
    Some(Arc::new(object.fields.iter().zip(states).map(state).collect()))
}

/// Refuses changes of what was converted, and the stage set by hand. `changed`: what the input itself changes.
pub(crate) fn check(
    model: &Model,
    object: &Object,
    values: &[Value],
    changed: &[usize],
    before: Option<&Stored>,
    errors: &mut Vec<FieldError>,
) {
    let Some(conversion) = &object.convert else { return };
    if before.is_some_and(|stored| is_converted(object, &stored.values)) {
        let locked = |&&i: &&usize| !conversion.open.contains(&object.fields[i].name);
        let Some(&i) = changed.iter().find(locked) else { return };
        errors.push(FieldError {
            field: object.fields[i].name.clone(),
            code: "converted",
            message: locked_text(model, object, conversion),
        });
        return;
    }
    let set = object.index_of(&conversion.field).filter(|i| changed.contains(i));
    if set.is_some_and(|i| values[i].as_text() == Some(conversion.stage.as_str())) {
        let (zh, en) = first_label(model, conversion);
        errors.push(FieldError {
            field: conversion.field.clone(),
            code: "converted",
            message: text!(
                "不能直接改成这个状态，请用「转为{zh}」。",
                "It is not set by hand: use “Convert into {en}”."
            ),
        });
    }
}

/// Somebody was faster.
pub(super) fn twice(model: &Model, object: &Object, conversion: &Conversion) -> Error {
    let (zh, en) = first_label(model, conversion);
    let (of_zh, of_en) = (&object.label.zh, object.label.en.to_lowercase());
    Error::Conflict(text!("这条{of_zh}已经转为{zh}了。", "This {of_en} has been converted into an {en} already."))
}

fn locked_text(model: &Model, object: &Object, conversion: &Conversion) -> Text {
    let (zh, en) = first_label(model, conversion);
    let (of_zh, of_en) = (&object.label.zh, object.label.en.to_lowercase());
    let open: Vec<&Text> =
        conversion.open.iter().filter_map(|name| object.field(name)).map(|field| &field.label).collect();
    if open.is_empty() {
        return text!(
            "这条{of_zh}已经转为{zh}，不能再改。请到{zh}上修改。",
            "This {of_en} has become an {en} and changes no more. Change the {en}."
        );
    }
    let open_zh = open.iter().map(|label| label.zh.as_ref()).collect::<Vec<_>>().join("、");
    let open_en = open.iter().map(|label| label.en.as_ref()).collect::<Vec<_>>().join(", ");
    text!(
        "这条{of_zh}已经转为{zh}，只有{open_zh}还能改。其余请到{zh}上修改。",
        "This {of_en} has become an {en}: only {open_en} may be changed. For the rest change the {en}."
    )
}

fn first_label(model: &Model, conversion: &Conversion) -> (String, String) {
    let first = conversion.targets.first().and_then(|target| model.object(&target.object));
    first.map_or_else(Default::default, |first| (first.label.zh.to_string(), first.label.en.to_lowercase()))
}
