//! A field's kind as JSON Schema: what is answered, and what is taken.

use serde_json::{Value, json};
use zhike_model::{Field, FieldKind};
use zhike_types::Lang;

use super::reference;

/// A field in an answer: its value, its masked text, or null.
pub fn answered(field: &Field, lang: Lang) -> Value {
    let kind = field.kind.value_kind();
    let schema = match kind {
        FieldKind::Json => json!({}),
        _ => match value(field, kind) {
            // a masked text is a text like any other
            Value::Object(mut plain) if plain.get("type") == Some(&json!("string")) && plain.len() == 1 => {
                plain["type"] = json!(["string", "null"]);
                Value::Object(plain)
            }
            _ if field.system && field.read_only && matches!(kind, FieldKind::Integer) => json!({ "type": "integer" }),
            other => json!({ "anyOf": [other, reference("Masked"), { "type": "null" }] }),
        },
    };
    let mut schema = labelled(schema, field, lang);
    if field.read_only {
        schema["readOnly"] = json!(true);
    }
    schema
}

/// What a value looks like when it is neither masked nor absent.
fn value(field: &Field, kind: &FieldKind) -> Value {
    match kind {
        FieldKind::Integer => json!({ "type": "integer", "format": "int64" }),
        // arithmetic in a formula answers a number
        FieldKind::Decimal { .. } | FieldKind::Percent { .. } => reference("Decimal"),
        FieldKind::Money { .. } => reference("Money"),
        FieldKind::Date => json!({ "type": "string", "format": "date" }),
        FieldKind::DateTime => json!({ "type": "string", "format": "date-time" }),
        FieldKind::Duration => json!({ "type": "integer" }),
        FieldKind::Boolean => json!({ "type": "boolean" }),
        FieldKind::Select { .. } => json!({ "type": "string", "enum": keys(field, true) }),
        FieldKind::MultiSelect { .. } => {
            json!({ "type": "array", "items": { "type": "string", "enum": keys(field, true) } })
        }
        FieldKind::Tags => json!({ "type": "array", "items": { "type": "string" } }),
        FieldKind::Reference { .. } | FieldKind::File | FieldKind::Image => reference("Reference"),
        FieldKind::AnyReference { .. } => reference("AnyReference"),
        _ => json!({ "type": "string" }),
    }
}

/// Whether a new record cannot do without it.
pub fn is_needed(field: &Field) -> bool {
    field.required && !field.read_only && !field.fills_itself() && field.visible_when.is_none()
}

/// A field in a request. Null clears one that need not be filled.
pub fn taken(field: &Field, needed: bool, lang: Lang) -> Value {
    let mut schema = match &field.kind {
        FieldKind::Text { max } => json!({ "type": "string", "maxLength": max }),
        FieldKind::Integer => json!({ "type": "integer", "format": "int64" }),
        FieldKind::Decimal { scale } | FieldKind::Percent { scale } => {
            json!({ "type": ["string", "number"], "pattern": decimal_pattern(*scale) })
        }
        FieldKind::Money { .. } => return labelled(nullable_ref("MoneyInput", needed), field, lang),
        FieldKind::Date => json!({ "type": "string", "format": "date" }),
        FieldKind::DateTime => json!({ "type": "string", "format": "date-time" }),
        FieldKind::Duration => json!({ "type": "integer", "minimum": 0 }),
        FieldKind::Boolean => json!({ "type": "boolean" }),
        FieldKind::Select { .. } => json!({ "type": "string", "enum": keys(field, false) }),
        FieldKind::MultiSelect { .. } => {
            json!({ "type": "array", "items": { "type": "string", "enum": keys(field, false) } })
        }
        FieldKind::Tags => {
            json!({ "type": "array", "items": { "type": "string", "minLength": 1 } })
        }
        FieldKind::Region => json!({ "type": "string", "pattern": "^[0-9]{6}$" }),
        FieldKind::Email => json!({ "type": "string", "format": "email" }),
        FieldKind::Url => json!({ "type": "string", "format": "uri" }),
        FieldKind::Reference { .. } | FieldKind::File | FieldKind::Image => {
            return labelled(nullable_ref("ReferenceInput", needed), field, lang);
        }
        FieldKind::AnyReference { .. } => return labelled(nullable_ref("AnyReferenceInput", needed), field, lang),
        FieldKind::Json => return labelled(json!({}), field, lang),
        _ => json!({ "type": "string" }),
    };
    if needed {
        if schema["type"] == "string" && schema.get("enum").is_none() {
            schema["minLength"] = json!(1);
        }
    } else {
        allow_null(&mut schema);
    }
    labelled(schema, field, lang)
}

fn allow_null(schema: &mut Value) {
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().cloned().chain([json!("null")]).collect(),
        one => vec![one.clone(), json!("null")],
    };
    schema["type"] = json!(types);
    if let Some(options) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        options.push(Value::Null);
    }
}

fn nullable_ref(name: &str, needed: bool) -> Value {
    if needed {
        json!({ "anyOf": [reference(name)] })
    } else {
        json!({ "anyOf": [reference(name), { "type": "null" }] })
    }
}

fn decimal_pattern(scale: u32) -> String {
    if scale == 0 { "^-?[0-9]{1,15}$".to_owned() } else { format!("^-?[0-9]{{1,15}}(\\.[0-9]{{1,{scale}}})?$") }
}

/// Retired options still stand in old records.
fn keys(field: &Field, retired: bool) -> Vec<&str> {
    field
        .kind
        .value_kind()
        .options()
        .iter()
        .filter(|option| retired || !option.retired)
        .map(|option| option.key.as_str())
        .collect()
}

fn labelled(mut schema: Value, field: &Field, lang: Lang) -> Value {
    schema["title"] = json!(field.label.get(lang));
    let mut words: Vec<String> = field.help.iter().map(|help| help.get(lang).to_owned()).collect();
    let options: Vec<String> = field
        .kind
        .value_kind()
        .options()
        .iter()
        .map(|option| format!("{} {}", option.key, option.label.get(lang)))
        .collect();
    if !options.is_empty() {
        words.push(options.join(" · "));
    }
    if !words.is_empty() {
        schema["description"] = json!(words.join("\n"));
    }
    schema
}
