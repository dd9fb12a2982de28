//! Schemes, tiers and standings as records: what is kept true when they are written, and checked.

use zhike_model::{Model, Object, expr};
use zhike_types::{FieldError, Text, Value, text};

use super::{ABOUT, SCHEME, STANDING, TIER};
use crate::load::Stored;

/// A tier set by hand says since when, and what it was.
pub(crate) fn settle(object: &Object, before: Option<&Stored>, values: &mut [Value], now: i64) {
    if object.name != STANDING {
        return;
    }
    let (Some(tier), Some(previous), Some(since)) =
        (object.index_of("tier"), object.index_of("previous"), object.index_of("since"))
    else {
        return;
    };
    let was = before.map_or(Value::Null, |stored| stored.values[tier].clone());
    if values[tier] != was {
        values[previous] = was;
        values[since] = Value::Int(now);
    }
}

/// What is wrong with the conditions of a scheme or tier about to be saved, and with a scheme's lines.
pub(crate) fn check(model: &Model, object: &Object, values: &[Value], errors: &mut Vec<FieldError>) {
    let text = |field: &str| object.index_of(field).and_then(|i| values[i].as_text()).unwrap_or_default().trim();
    let asked = match object.name.as_str() {
        SCHEME => vec![("eligible", text("eligible").to_owned()), ("measure", text("measure").to_owned())],
        TIER => vec![("condition", text("condition").to_owned())],
        _ => return,
    };
    for (field, mut condition) in asked.into_iter().filter(|(_, condition)| !condition.is_empty()) {
        if field == "measure" {
            condition.push_str(" > 0");
        }
        if let Err(error) = expr::parse_condition(model, ABOUT, &condition) {
            let (zh, en, at) = (&error.message.zh, &error.message.en, error.at);
            let message = text!("第 {at} 个字处有误：{zh}", "Wrong at character {at}: {en}");
            errors.push(FieldError { field: field.to_owned(), code: "invalid", message });
        }
    }
    let number = |field: &str| object.index_of(field).and_then(|i| values[i].as_int());
    for (less, more) in [("low_below", "high_from"), ("few_to", "many_from")] {
        if let (Some(low), Some(high)) = (number(less), number(more))
            && low >= high
        {
            let message = Text::new(
                "「高」「多」的分界要大于「低」「少」的。",
                "Where high and many begin must be above low and few.",
            );
            errors.push(FieldError { field: more.to_owned(), code: "invalid", message });
        }
    }
}
