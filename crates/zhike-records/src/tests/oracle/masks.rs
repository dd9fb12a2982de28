//! What is left of a masked value, as the docs of `zhike_text` give it, for the kinds of values that the worlds hold.

use zhike_model::{Field, FieldKind, MaskRule};
use zhike_types::Value;

fn stars(count: usize) -> String {
    "*".repeat(count)
}

fn tail(text: &str, count: usize) -> String {
    text.chars().skip(text.chars().count() - count).collect()
}

pub(super) fn masked(field: &Field, value: &Value) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    let Some(text) = value.as_text() else { return Value::Text("***".to_owned()) };
    let length = text.chars().count();
    let masked = match (field.mask, &field.kind) {
        // a surname of one character here
        (MaskRule::Name, _) => text.chars().take(1).collect::<String>() + &stars(length - 1),
        // 138****6138, 0532-****9201
        (MaskRule::Auto, FieldKind::Phone) => match text.split_once('-') {
            Some((area, local)) => format!("{area}-****{}", tail(local, 4)),
            None => format!("{}****{}", &text[..3], tail(text, 4)),
        },
        // z***@163.com
        (MaskRule::Auto, FieldKind::Email) => {
            format!("{}***@{}", &text[..1], text.split_once('@').expect("an address").1)
        }
        // 110***********002X
        (MaskRule::Auto, FieldKind::IdNumber) => format!("{}{}{}", &text[..3], stars(length - 7), tail(text, 4)),
        (MaskRule::Auto | MaskRule::Whole, _) => "***".to_owned(),
        (MaskRule::LastFour, _) => panic!("the core pack has no such field: {}", field.name),
    };
    Value::Text(masked)
}
