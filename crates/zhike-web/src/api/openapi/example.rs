//! Examples that read like our customers' data.

use serde_json::{Map, Value, json};
use zhike_model::{Field, FieldKind, MatchRule, Object};
use zhike_types::Lang;

use super::kinds::is_needed;
use crate::words::Say as _;

/// A request that makes a record: what must be filled, and what can be shown without inventing other records.
pub fn create(object: &Object, lang: Lang) -> Value {
    let fields = object.writable_fields().filter(|field| !field.system);
    let chosen = fields.filter(|field| is_needed(field) || is_telling(field));
    Value::Object(chosen.map(|field| (field.name.clone(), value(object, field, lang))).collect::<Map<_, _>>())
}

/// A change of one field.
pub fn change(object: &Object, lang: Lang) -> Value {
    let field = object
        .writable_fields()
        .find(|field| matches!(field.kind, FieldKind::Select { .. }) && field.visible_when.is_none());
    let field = field.or_else(|| {
        object.writable_fields().find(|field| matches!(field.kind, FieldKind::Text { .. } | FieldKind::LongText))
    });
    Value::Object(
        field.map(|field| (field.name.clone(), value(object, field, lang))).into_iter().collect::<Map<_, _>>(),
    )
}

/// Fields whose example says something, and that hold in every record.
fn is_telling(field: &Field) -> bool {
    field.visible_when.is_none()
        && matches!(field.kind, FieldKind::Phone | FieldKind::Region | FieldKind::Money { .. } | FieldKind::Boolean)
}

fn value(object: &Object, field: &Field, lang: Lang) -> Value {
    match field.kind.value_kind() {
        FieldKind::Integer | FieldKind::Duration => json!(60),
        FieldKind::Decimal { .. } | FieldKind::Percent { .. } => json!("12.5"),
        FieldKind::Money { currency } => json!({ "amount": "12500000", "currency": currency.code() }),
        FieldKind::Date => json!("2024-05-01"),
        FieldKind::DateTime => json!("2024-05-01T09:30:00+08:00"),
        FieldKind::Boolean => json!(false),
        FieldKind::Select { options } => json!(options.first().map(|option| &option.key)),
        FieldKind::MultiSelect { options } => {
            json!(options.first().map(|option| &option.key).into_iter().collect::<Vec<_>>())
        }
        FieldKind::Tags => json!([]),
        FieldKind::Phone if field.name == "mobile" => json!("13800006138"),
        FieldKind::Phone => json!("0532-83001234"),
        FieldKind::Email => json!("wangfang@haiyue.example.com"),
        FieldKind::Url => json!("https://www.haiyue.example.com"),
        FieldKind::Region => json!("370203"),
        FieldKind::CreditCode => json!("91350211M000100Y43"),
        FieldKind::Reference { .. } | FieldKind::File | FieldKind::Image => {
            json!("0196a1f2-7c3e-7d10-9c2b-3f4e5a6b7c8d")
        }
        FieldKind::AnyReference { objects, .. } => {
            json!({ "object": objects.first().map_or("account", String::as_str), "id": "0196a1f2-7c3e-7d10-9c2b-3f4e5a6b7c8d" })
        }
        FieldKind::Json => json!({}),
        _ => json!(text(object, field, lang)),
    }
}

fn text<'a>(object: &Object, field: &Field, lang: Lang) -> &'a str {
    match (field.matching, object.name.as_str(), field.name.as_str()) {
        (Some(MatchRule::Organisation), ..) => lang.t("青岛海岳机械有限公司", "Qingdao Haiyue Machinery Co., Ltd."),
        (Some(MatchRule::Person), ..) => lang.t("王芳", "Wang Fang"),
        (_, "department", "name") => lang.t("华东大区", "East China"),
        (_, "tag", "name") => lang.t("年框客户", "Annual contract"),
        (_, _, "login") => "wangfang",
        (_, _, "content" | "body" | "summary") => {
            lang.t("电话沟通了报价，下周带样品上门。", "Talked about the offer; will bring samples next week.")
        }
        (_, _, "subject" | "title" | "name") => lang.t("回访并确认合同条款", "Call back and settle the contract"),
        _ => lang.t("示例", "Example"),
    }
}
