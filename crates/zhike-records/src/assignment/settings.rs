//! Rules and their lists, checked when they are saved.

use zhike_model::{Access, Model, Object, expr};
use zhike_types::{FieldError, Result, Text, Value, text};

use super::{MEMBER, RULE};
use crate::{Actor, people::needs_duty, pool};

const WEIGHT_MOST: i64 = 100;
const HELD_MOST: i64 = 1_000_000;

/// Rules are kept by who sets up pools: both say whose a record becomes.
pub(crate) fn is_kept_from(actor: &Actor, object: &Object) -> bool {
    matches!(object.name.as_str(), RULE | MEMBER) && !actor.rights.may(pool::DUTY)
}

pub(crate) fn may_delete(actor: &Actor, object: &Object) -> Result<()> {
    if matches!(object.name.as_str(), RULE | MEMBER) { needs_duty(actor, pool::DUTY) } else { Ok(()) }
}

/// What is wrong with a rule, or somebody on its list, about to be saved.
pub(crate) fn check(
    model: &Model,
    actor: &Actor,
    object: &Object,
    values: &[Value],
    errors: &mut Vec<FieldError>,
) -> Result<()> {
    may_delete(actor, object)?;
    let value = |name: &str| object.index_of(name).map_or(&Value::Null, |i| &values[i]);
    let mut wrong =
        |field: &str, message| errors.push(FieldError { field: field.to_owned(), code: "invalid", message });
    if object.name == MEMBER {
        for (field, least, most) in [("weight", 1, WEIGHT_MOST), ("most", 0, HELD_MOST)] {
            if value(field).as_int().is_some_and(|number| !(least..=most).contains(&number)) {
                wrong(field, text!("请填 {least} 到 {most}。", "From {least} to {most}."));
            }
        }
    }
    if object.name != RULE {
        return Ok(());
    }
    let name = value("object").as_text().unwrap_or_default();
    let Some(about) = model.object(name).filter(|about| about.access == Access::Owned) else {
        wrong(
            "object",
            Text::new(
                "没有这个对象，或者它的记录没有负责人。线索是 lead。",
                "There is no such object, or its records have no owner. Leads are lead.",
            ),
        );
        return Ok(());
    };
    for field in ["condition", "open"] {
        let condition = value(field).as_text().unwrap_or_default();
        if condition.trim().is_empty() {
            continue;
        }
        if let Err(error) = expr::parse_condition(model, &about.name, condition) {
            let (zh, en, at) = (&error.message.zh, &error.message.en, error.at);
            wrong(field, text!("第 {at} 个字处有误：{zh}", "Wrong at character {at}: {en}"));
        }
    }
    Ok(())
}
