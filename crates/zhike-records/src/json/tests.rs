use serde_json::json;
use zhike_model::{FieldKind, RollupOp};
use zhike_types::{Currency, Uuid, Value, Zone};

use super::value_json;

fn shown(kind: &FieldKind, value: &Value) -> serde_json::Value {
    value_json(kind, value, &Zone::default(), None)
}

#[test]
fn exact_numbers_are_strings_with_all_their_digits() {
    assert_eq!(shown(&FieldKind::Decimal { scale: 2 }, &Value::Int(1250)), json!("12.50"));
    assert_eq!(shown(&FieldKind::Decimal { scale: 2 }, &Value::Int(-5)), json!("-0.05"));
    assert_eq!(shown(&FieldKind::Percent { scale: 1 }, &Value::Int(125)), json!("12.5"));
    assert_eq!(shown(&FieldKind::Decimal { scale: 0 }, &Value::Int(7)), json!("7"));
    let money = FieldKind::Money { currency: Currency::CNY };
    assert_eq!(shown(&money, &Value::money(123_450, Currency::CNY)), json!({ "amount": "1234.50", "currency": "CNY" }));
    assert_eq!(shown(&money, &Value::Int(-1)), json!({ "amount": "-0.01", "currency": "CNY" }));
}

#[test]
fn days_and_instants_are_iso_8601_in_the_zone() {
    assert_eq!(shown(&FieldKind::Date, &Value::Int(19_844)), json!("2024-05-01"));
    assert_eq!(shown(&FieldKind::DateTime, &Value::Int(1_714_527_000_000)), json!("2024-05-01T09:30:00+08:00"));
    assert_eq!(shown(&FieldKind::DateTime, &Value::Int(1_714_527_000_250)), json!("2024-05-01T09:30:00.25+08:00"));
}

#[test]
fn references_name_what_they_point_at() {
    let id = Uuid::nil();
    let account = FieldKind::File;
    assert_eq!(
        value_json(&account, &Value::Id(id), &Zone::default(), Some("海岳")),
        json!({ "id": id, "title": "海岳" })
    );
    assert_eq!(shown(&account, &Value::Id(id)), json!({ "id": id, "title": null }));
    let any = Value::Any("account".to_owned(), id);
    assert_eq!(shown(&FieldKind::Json, &any), json!({ "object": "account", "id": id, "title": null }));
}

#[test]
fn a_roll_up_is_shown_as_its_result() {
    let result = Box::new(FieldKind::Date);
    let latest =
        FieldKind::Rollup { relation: "interactions".to_owned(), op: RollupOp::Max, field: None, filter: None, result };
    assert_eq!(shown(&latest, &Value::Int(0)), json!("1970-01-01"));
    assert_eq!(shown(&latest, &Value::Null), json!(null));
}
