//! Records as JSON, in the shapes that docs/api.md promises. Exact numbers are strings, so that no reader rounds money.
//!
//! Values are written straight to where they go ([`Serialize`]): a page of a list is thousands of them.

use jiff::Timestamp;
use serde::{
    Serialize, Serializer,
    ser::{SerializeMap as _, SerializeSeq as _},
};
use serde_json::{Map, Value as Json};
use zhike_model::FieldKind;
use zhike_types::{Money, Value, Zone, date_of};

use crate::{Engine, FieldState, Page, Record};

impl Engine {
    /// `id`, `version`, the fields that were asked for and may be seen, and `masked`, the names of those that are masked.
    pub fn to_json(&self, record: &Record) -> Map<String, Json> {
        match serde_json::to_value(RecordJson { record, zone: self.zone() }) {
            Ok(Json::Object(map)) => map,
            _ => Map::new(),
        }
    }

    /// A page of a list: `{"data": […], "next": …}`.
    pub fn page_json(&self, page: &Page) -> Vec<u8> {
        serde_json::to_vec(&PageJson { page, zone: self.zone() }).unwrap_or_default()
    }

    /// One value of that kind; `title` is what a referenced record is called, as far as the actor may know.
    pub fn value_json(&self, kind: &FieldKind, value: &Value, title: Option<&str>) -> Json {
        value_json(kind, value, self.zone(), title)
    }

    /// An instant (ms since 1970) as RFC 3339 in the installation's zone.
    pub fn instant_json(&self, millis: i64) -> Json {
        instant(millis, self.zone()).map_or(Json::Null, Json::String)
    }
}

fn value_json(kind: &FieldKind, value: &Value, zone: &Zone, title: Option<&str>) -> Json {
    serde_json::to_value(ValueJson { kind, value, zone, title }).unwrap_or_default()
}

struct PageJson<'a> {
    page: &'a Page,
    zone: &'a Zone,
}

impl Serialize for PageJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("data", &RecordsJson(self))?;
        map.serialize_entry("next", &self.page.next)?;
        map.end()
    }
}

struct RecordsJson<'a>(&'a PageJson<'a>);

impl Serialize for RecordsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let records = &self.0.page.records;
        let mut list = serializer.serialize_seq(Some(records.len()))?;
        for record in records {
            list.serialize_element(&RecordJson { record, zone: self.0.zone })?;
        }
        list.end()
    }
}

struct RecordJson<'a> {
    record: &'a Record,
    zone: &'a Zone,
}

impl Serialize for RecordJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { record, zone } = *self;
        let mut map = serializer.serialize_map(None)?;
        let mut masked = Vec::new();
        map.serialize_entry("id", &record.id)?;
        map.serialize_entry("version", &record.version)?;
        for (field, value, state) in record.fields() {
            match state {
                FieldState::Unread | FieldState::Hidden => {}
                FieldState::Masked => {
                    if !value.is_null() {
                        masked.push(&field.name);
                    }
                    map.serialize_entry(&field.name, &value.as_text())?;
                }
                FieldState::ReadOnly | FieldState::Writable => {
                    let title = value.as_id().and_then(|id| record.titles.get(&id)).map(|title| title.text.as_str());
                    map.serialize_entry(&field.name, &ValueJson { kind: &field.kind, value, zone, title })?;
                }
            }
        }
        if !masked.is_empty() {
            map.serialize_entry("masked", &masked)?;
        }
        map.end()
    }
}

struct ValueJson<'a> {
    kind: &'a FieldKind,
    value: &'a Value,
    zone: &'a Zone,
    title: Option<&'a str>,
}

impl Serialize for ValueJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.kind.value_kind(), self.value) {
            (_, Value::Null) => serializer.serialize_unit(),
            (FieldKind::Decimal { scale } | FieldKind::Percent { scale }, Value::Int(scaled)) => {
                serializer.serialize_str(&decimal(*scaled, *scale))
            }
            (FieldKind::Decimal { scale } | FieldKind::Percent { scale }, Value::Real(real)) => {
                serializer.collect_str(&format_args!("{real:.*}", *scale as usize))
            }
            (FieldKind::Money { currency }, Value::Int(minor)) => {
                money(Money { minor: *minor, currency: *currency }, serializer)
            }
            (FieldKind::Date, Value::Int(days)) => date_of(*days).map(|date| date.to_string()).serialize(serializer),
            (FieldKind::DateTime, Value::Int(millis)) => instant(*millis, self.zone).serialize(serializer),
            (_, Value::Bool(flag)) => serializer.serialize_bool(*flag),
            (_, Value::Int(int)) => serializer.serialize_i64(*int),
            (_, Value::Real(real)) => serializer.serialize_f64(*real),
            (_, Value::Text(text)) => serializer.serialize_str(text),
            (_, Value::Money(amount)) => money(*amount, serializer),
            (_, Value::Id(id)) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("id", id)?;
                map.serialize_entry("title", &self.title)?;
                map.end()
            }
            (_, Value::Any(object, id)) => {
                let mut map = serializer.serialize_map(Some(3))?;
                map.serialize_entry("object", object)?;
                map.serialize_entry("id", id)?;
                map.serialize_entry("title", &self.title)?;
                map.end()
            }
            (_, Value::List(keys)) => keys.serialize(serializer),
            (_, Value::Json(text)) => match serde_json::from_str::<Json>(text) {
                Ok(json) => json.serialize(serializer),
                Err(_) => serializer.serialize_str(text),
            },
        }
    }
}

fn money<S: Serializer>(amount: Money, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("amount", &amount.plain())?;
    map.serialize_entry("currency", amount.currency.code())?;
    map.end()
}

/// A number stored × 10^scale, with all its digits.
fn decimal(scaled: i64, scale: u32) -> String {
    let scale = scale as usize;
    let sign = if scaled < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", scaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// RFC 3339, without a fraction when it is a whole second; none outside the years 1 to 9999.
fn instant(millis: i64, zone: &Zone) -> Option<String> {
    let timestamp = Timestamp::from_millisecond(millis).ok()?;
    let offset = zone.time_zone().to_offset(timestamp);
    let civil = offset.to_datetime(timestamp);
    let year = u16::try_from(civil.year()).ok().filter(|year| *year > 0)?;
    let (month, day, time) = (civil.month(), civil.day(), civil.time());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let fraction = match time.millisecond() {
        0 => String::new(),
        millis => format!(".{millis:03}"),
    };
    let fraction = fraction.trim_end_matches('0');
    let sign = if offset.is_negative() { '-' } else { '+' };
    let east = offset.seconds().unsigned_abs() / 60;
    let (hours, minutes) = (east / 60, east % 60);
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{sign}{hours:02}:{minutes:02}"
    ))
}

#[cfg(test)]
mod tests;
