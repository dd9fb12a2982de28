//! Records as JSON, in the shapes that docs/api.md promises. Exact numbers are strings, so that no reader rounds money.

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use zhike_model::FieldKind;
use zhike_types::{Money, Value, Zone, date_of};

use crate::{Engine, FieldState, Record};

impl Engine {
    /// `id`, `version`, the fields that were asked for and may be seen, and `masked`, the names of those that are masked.
    pub fn to_json(&self, record: &Record) -> Map<String, Json> {
        let mut map = Map::new();
        let mut masked = Vec::new();
        map.insert("id".to_owned(), json!(record.id));
        map.insert("version".to_owned(), json!(record.version));
        for (field, value, state) in record.fields() {
            let shown = match state {
                FieldState::Unread | FieldState::Hidden => continue,
                FieldState::Masked => {
                    if !value.is_null() {
                        masked.push(field.name.clone());
                    }
                    json!(value.as_text())
                }
                FieldState::ReadOnly | FieldState::Writable => {
                    let title = value.as_id().and_then(|id| record.titles.get(&id));
                    value_json(&field.kind, value, self.zone(), title.map(|title| title.text.as_str()))
                }
            };
            map.insert(field.name.clone(), shown);
        }
        if !masked.is_empty() {
            map.insert("masked".to_owned(), json!(masked));
        }
        map
    }

    /// One value of that kind; `title` is what a referenced record is called, as far as the actor may know.
    pub fn value_json(&self, kind: &FieldKind, value: &Value, title: Option<&str>) -> Json {
        value_json(kind, value, self.zone(), title)
    }

    /// An instant (ms since 1970) as RFC 3339 in the installation's zone.
    pub fn instant_json(&self, millis: i64) -> Json {
        instant(millis, self.zone())
    }
}

fn value_json(kind: &FieldKind, value: &Value, zone: &Zone, title: Option<&str>) -> Json {
    let kind = kind.value_kind();
    match (kind, value) {
        (_, Value::Null) => Json::Null,
        (FieldKind::Decimal { scale } | FieldKind::Percent { scale }, Value::Int(scaled)) => {
            json!(decimal(*scaled, *scale))
        }
        (FieldKind::Decimal { scale } | FieldKind::Percent { scale }, Value::Real(real)) => {
            json!(format!("{real:.*}", *scale as usize))
        }
        (FieldKind::Money { currency }, Value::Int(minor)) => money(Money { minor: *minor, currency: *currency }),
        (FieldKind::Date, Value::Int(days)) => date_of(*days).map_or(Json::Null, |date| json!(date.to_string())),
        (FieldKind::DateTime, Value::Int(millis)) => instant(*millis, zone),
        (_, Value::Bool(flag)) => json!(flag),
        (_, Value::Int(int)) => json!(int),
        (_, Value::Real(real)) => json!(real),
        (_, Value::Text(text)) => json!(text),
        (_, Value::Money(amount)) => money(*amount),
        (_, Value::Id(id)) => json!({ "id": id, "title": title }),
        (_, Value::Any(object, id)) => json!({ "object": object, "id": id, "title": title }),
        (_, Value::List(keys)) => json!(keys),
        (_, Value::Json(text)) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
    }
}

fn money(amount: Money) -> Json {
    json!({ "amount": amount.plain(), "currency": amount.currency.code() })
}

/// A number stored × 10^scale, with all its digits.
fn decimal(scaled: i64, scale: u32) -> String {
    let scale = scale as usize;
    let sign = if scaled < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", scaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Without a fraction when it is a whole second; none outside the years 1 to 9999.
fn instant(millis: i64, zone: &Zone) -> Json {
    let Ok(timestamp) = Timestamp::from_millisecond(millis) else { return Json::Null };
    json!(timestamp.to_zoned(zone.time_zone().clone()).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string())
}

#[cfg(test)]
mod tests;
