//! How a field's value stands in its columns, and comes back.

use zhike_db::{Arg, ColumnType, Row, Sql};
use zhike_model::{Field, FieldKind, Object};
use zhike_types::{Currency, Result, Value};

/// The companion column by which a title is sorted: pinyin order.
pub(crate) fn sort_column(object: &Object) -> Option<String> {
    let title = object.title_field();
    matches!(title.kind, FieldKind::Text { .. }).then(|| format!("{}_sort", title.name))
}

/// Bytes of a key that are kept: enough to order names, short enough for a slim index. Names alike so far stand in the order
/// they were made.
const SORT_KEY_MAX: usize = 48;

/// The key in a title's companion column.
pub(crate) fn sort_key(object: &Object, title: &str) -> String {
    let mut key = if object.title_field().matching == Some(zhike_model::MatchRule::Person) {
        zhike_text::pinyin_of::person_sort_key(title)
    } else {
        zhike_text::pinyin_of::sort_key(title)
    };
    key.truncate(key.floor_char_boundary(SORT_KEY_MAX));
    key
}

/// The type of the field's main column.
pub(crate) fn column_type(kind: &FieldKind) -> ColumnType {
    match kind.value_kind() {
        FieldKind::Integer
        | FieldKind::Decimal { .. }
        | FieldKind::Money { .. }
        | FieldKind::Percent { .. }
        | FieldKind::Date
        | FieldKind::DateTime
        | FieldKind::Duration => ColumnType::Int,
        FieldKind::Boolean => ColumnType::Bool,
        FieldKind::Reference { .. } | FieldKind::AnyReference { .. } | FieldKind::File | FieldKind::Image => {
            ColumnType::Id
        }
        _ => ColumnType::Text,
    }
}

/// The columns of a field, the main one first.
pub(crate) fn columns_of(field: &Field) -> Vec<(String, ColumnType)> {
    let mut columns = vec![(field.column(), column_type(&field.kind))];
    if let Some(second) = field.second_column() {
        columns.push((second, ColumnType::Text));
    }
    columns
}

/// Puts `column = value` of a field into a statement's `SET`; `first`: nothing stands there yet.
pub(crate) fn assign(sql: &mut Sql, field: &Field, value: &Value, first: &mut bool) {
    for ((column, _), arg) in columns_of(field).into_iter().zip(args_of(field, value)) {
        if !std::mem::take(first) {
            sql.push(", ");
        }
        sql.name(&column).push(" = ").bind(arg);
    }
}

/// The amount of a field for sums and averages: of money only what is in the field's own currency, for there is no sum of
/// yuan and dollars; null otherwise.
pub(crate) fn summable(field: &Field, alias: &str, sql: &mut Sql) {
    match (field.kind.value_kind(), field.second_column()) {
        (FieldKind::Money { currency }, Some(second)) => {
            sql.push("CASE WHEN COALESCE(").column(alias, &second).push(", ").bind(currency.code()).push(") = ");
            sql.bind(currency.code());
            sql.push(" THEN ").column(alias, &field.column()).push(" END");
        }
        _ => {
            sql.column(alias, &field.column());
        }
    }
}

/// How many columns [`read_value`] takes.
pub(crate) fn width(field: &Field) -> usize {
    1 + usize::from(field.second_column().is_some())
}

/// The field's value from its columns, the first at `at`.
pub(crate) fn read_value(row: &Row, at: usize, field: &Field) -> Result<Value> {
    let value = match field.kind.value_kind() {
        FieldKind::Money { currency } => match row.int(at)? {
            None => Value::Null,
            Some(minor) => {
                let code = row.text(at + 1)?.and_then(|code| Currency::parse(&code)).unwrap_or(*currency);
                Value::money(minor, code)
            }
        },
        FieldKind::AnyReference { .. } => match (row.id(at)?, row.text(at + 1)?) {
            (Some(id), Some(object)) => Value::Any(object, id),
            _ => Value::Null,
        },
        FieldKind::MultiSelect { .. } | FieldKind::Tags => {
            row.text(at)?.map_or(Value::Null, |joined| Value::List(Value::split_keys(&joined)))
        }
        FieldKind::Json => row.text(at)?.map_or(Value::Null, Value::Json),
        other => match column_type(other) {
            ColumnType::Bool => row.bool(at)?.into(),
            ColumnType::Int => row.int(at)?.into(),
            ColumnType::Id => row.id(at)?.into(),
            ColumnType::Real | ColumnType::Text | ColumnType::Bytes => row.text(at)?.into(),
        },
    };
    Ok(value)
}

/// The arguments of the field's columns for a value.
pub(crate) fn args_of(field: &Field, value: &Value) -> impl Iterator<Item = Arg> + use<> {
    let kind = column_type(&field.kind);
    let main = match (value, kind) {
        (Value::Null, ColumnType::Bool) => Arg::Bool(None),
        (Value::Null, ColumnType::Int) => Arg::Int(None),
        (Value::Null, ColumnType::Id) => Arg::Id(None),
        (Value::Null, _) => Arg::Text(None),
        (Value::Real(real), ColumnType::Int) => Arg::Int(Some(real.round() as i64)),
        (value, _) => Arg::from(value),
    };
    let second = field.has_second_column().then(|| {
        Arg::Text(match value {
            Value::Money(money) => Some(money.currency.code().to_owned()),
            Value::Any(object, _) => Some(object.clone()),
            _ => None,
        })
    });
    std::iter::once(main).chain(second)
}

/// A value as JSON in the audit: as stored, so that an undo can put it back exactly.
pub(crate) fn stored_json(value: &Value) -> serde_json::Value {
    use serde_json::{Value as Json, json};
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Int(int) => json!(int),
        Value::Real(real) => json!(real),
        Value::Text(text) | Value::Json(text) => json!(text),
        Value::Money(money) => json!([money.minor, money.currency.code()]),
        Value::Id(id) => json!(id.to_string()),
        Value::Any(object, id) => json!([object, id.to_string()]),
        Value::List(keys) => json!(keys),
    }
}

/// The value that [`stored_json`] wrote for this field.
pub(crate) fn from_stored_json(field: &Field, json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match (field.kind.value_kind(), json) {
        (_, Json::Null) => Value::Null,
        (FieldKind::Money { .. }, Json::Array(pair)) => {
            let minor = pair.first().and_then(Json::as_i64).unwrap_or_default();
            let currency = pair.get(1).and_then(Json::as_str).and_then(Currency::parse).unwrap_or_default();
            Value::money(minor, currency)
        }
        (FieldKind::AnyReference { .. }, Json::Array(pair)) => {
            match (
                pair.first().and_then(Json::as_str),
                pair.get(1).and_then(Json::as_str).and_then(|id| id.parse().ok()),
            ) {
                (Some(object), Some(id)) => Value::Any(object.to_owned(), id),
                _ => Value::Null,
            }
        }
        (FieldKind::MultiSelect { .. } | FieldKind::Tags, Json::Array(keys)) => {
            Value::List(keys.iter().filter_map(Json::as_str).map(str::to_owned).collect())
        }
        (FieldKind::Json, Json::String(text)) => Value::Json(text.clone()),
        (kind, json) => match (column_type(kind), json) {
            (ColumnType::Bool, Json::Bool(flag)) => Value::Bool(*flag),
            (ColumnType::Int, Json::Number(number)) => number.as_i64().map_or(Value::Null, Value::Int),
            (ColumnType::Id, Json::String(id)) => id.parse().map_or(Value::Null, Value::Id),
            (_, Json::String(text)) => Value::Text(text.clone()),
            _ => Value::Null,
        },
    }
}
