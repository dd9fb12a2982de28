//! A stage being saved: what it requires must be there, its gate must be a condition.

use zhike_model::{Model, Object, expr};
use zhike_types::{FieldError, Value, text};

use super::{fields_named, passed_by};

/// Checks the fields of a stage that the write changes.
pub(crate) fn check_definition(
    model: &Model,
    object: &Object,
    values: &[Value],
    changed: &[usize],
    errors: &mut Vec<FieldError>,
) {
    let passing = passed_by(model, object);
    if passing.is_empty() {
        return;
    }
    let written = |name: &str| {
        let i = object.index_of(name).filter(|i| changed.contains(i))?;
        values[i].as_text().filter(|text| !text.trim().is_empty())
    };
    for passing in passing.into_values() {
        if let Some(names) = written("requires") {
            for name in fields_named(names).filter(|name| passing.field(name).is_none_or(|field| field.system)) {
                let (zh, en) = (&passing.label.zh, passing.label.en.to_lowercase());
                let known = passing.fields.iter().filter(|field| !field.system && !field.read_only);
                let known = known.map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ");
                errors.push(FieldError {
                    field: "requires".to_owned(),
                    code: "invalid",
                    message: text!(
                        "{zh}没有字段“{name}”。可以写：{known}。",
                        "The {en} has no field `{name}`. There are: {known}."
                    ),
                });
            }
        }
        if let Some(gate) = written("gate")
            && let Err(error) = expr::parse_condition(model, &passing.name, gate)
        {
            let (zh, en, at) = (&error.message.zh, &error.message.en, error.at);
            errors.push(FieldError {
                field: "gate".to_owned(),
                code: "invalid",
                message: text!("第 {at} 个字处有误：{zh}", "Wrong at character {at}: {en}"),
            });
        }
    }
}
