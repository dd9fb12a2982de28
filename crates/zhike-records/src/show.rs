//! Values as people read them, and as a form's inputs want them.

use zhike_model::{Field, FieldKind};
use zhike_types::{Lang, Money, Value, Zone};

use crate::{Engine, FieldState, Record, validate::iso_date};

impl Engine {
    /// A field's value as people read it: labels, dates in the zone, grouped money, titles of references, region names.
    pub fn show(&self, record: &Record, field: &str, lang: Lang) -> String {
        let Some(index) = record.object.index_of(field) else { return String::new() };
        let declared = &record.object.fields[index];
        let value = &record.values[index];
        if record.states[index] == FieldState::Masked {
            return value.as_text().unwrap_or_default().to_owned();
        }
        match (&declared.kind, value) {
            (
                FieldKind::Reference { .. } | FieldKind::AnyReference { .. } | FieldKind::File | FieldKind::Image,
                value,
            ) if !value.is_null() => {
                record.reference(field).map_or_else(|| "—".to_owned(), |(title, _)| title.text.clone())
            }
            _ => show_value(declared, value, lang, &self.0.zone),
        }
    }

    /// As an `<input>` wants it: ISO dates, plain numbers, keys, ids.
    pub fn to_form(&self, record: &Record, field: &str) -> String {
        let Some(index) = record.object.index_of(field) else { return String::new() };
        self.value_to_form(&record.object.fields[index], &record.values[index])
    }

    pub fn value_to_form(&self, field: &Field, value: &Value) -> String {
        form_value(field, value, &self.0.zone)
    }
}

/// A value alone, references as ids.
pub(crate) fn show_value(field: &Field, value: &Value, lang: Lang, zone: &Zone) -> String {
    let kind = field.kind.value_kind();
    let option =
        |key: &str| field.option(key).map_or_else(|| key.to_owned(), |option| option.label.get(lang).to_owned());
    match (kind, value) {
        (_, Value::Null) => String::new(),
        (FieldKind::Boolean, Value::Bool(flag)) => match (lang, flag) {
            (Lang::Zh, true) => "是",
            (Lang::Zh, false) => "否",
            (Lang::En, true) => "Yes",
            (Lang::En, false) => "No",
        }
        .to_owned(),
        (FieldKind::Date, Value::Int(days)) => iso_date(*days),
        (FieldKind::DateTime, Value::Int(millis)) => zone.civil(*millis).strftime("%Y-%m-%d %H:%M").to_string(),
        (FieldKind::Duration, Value::Int(seconds)) => show_duration(*seconds, lang),
        (FieldKind::Percent { scale }, Value::Int(scaled)) => {
            format!("{}%", zhike_text::number::format_scaled(*scaled, *scale))
        }
        (FieldKind::Decimal { scale }, Value::Int(scaled)) => {
            zhike_text::number::group_thousands(&zhike_text::number::format_short(*scaled, *scale))
        }
        (FieldKind::Integer, Value::Int(int)) => zhike_text::number::group_thousands(&int.to_string()),
        (_, Value::Money(money)) => show_money(*money),
        (FieldKind::Select { .. }, Value::Text(key)) => option(key),
        (FieldKind::Region, Value::Text(code)) => zhike_text::region::full_name(code).unwrap_or_else(|| code.clone()),
        (FieldKind::MultiSelect { .. }, Value::List(keys)) => {
            let separator = if lang == Lang::Zh { "、" } else { ", " };
            keys.iter().map(|key| option(key)).collect::<Vec<_>>().join(separator)
        }
        (_, Value::List(keys)) => keys.join(if lang == Lang::Zh { "、" } else { ", " }),
        (_, Value::Text(text) | Value::Json(text)) => text.clone(),
        (_, Value::Int(int)) => int.to_string(),
        (_, Value::Real(real)) => real.to_string(),
        (_, Value::Bool(flag)) => flag.to_string(),
        (_, Value::Id(id) | Value::Any(_, id)) => id.to_string(),
    }
}

fn show_money(money: Money) -> String {
    format!("{}{}", money.currency.symbol(), zhike_text::number::group_thousands(&money.plain()))
}

fn show_duration(seconds: i64, lang: Lang) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds % 3600 / 60, seconds % 60);
    let units = match lang {
        Lang::Zh => [(hours, "小时"), (minutes, "分"), (rest, "秒")],
        Lang::En => [(hours, " h"), (minutes, " min"), (rest, " s")],
    };
    let parts: Vec<String> =
        units.into_iter().filter(|(count, _)| *count != 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if parts.is_empty() {
        format!("0{}", if lang == Lang::Zh { "分" } else { " min" })
    } else {
        parts.join(if lang == Lang::Zh { "" } else { " " })
    }
}

fn form_value(field: &Field, value: &Value, zone: &Zone) -> String {
    match (field.kind.value_kind(), value) {
        (FieldKind::Date, Value::Int(days)) => iso_date(*days),
        (FieldKind::DateTime, Value::Int(millis)) => zone.civil(*millis).strftime("%Y-%m-%dT%H:%M").to_string(),
        (FieldKind::Percent { scale } | FieldKind::Decimal { scale }, Value::Int(scaled)) => {
            zhike_text::number::format_short(*scaled, *scale)
        }
        (FieldKind::Duration, Value::Int(seconds)) => format!("{}m", seconds / 60),
        (_, Value::Null) => String::new(),
        (_, Value::Bool(flag)) => flag.to_string(),
        (_, Value::Int(int)) => int.to_string(),
        (_, Value::Real(real)) => real.to_string(),
        (_, Value::Money(money)) => money.plain(),
        (_, Value::Text(text) | Value::Json(text)) => text.clone(),
        (_, Value::Id(id)) => id.to_string(),
        (_, Value::Any(object, id)) => format!("{object}:{id}"),
        (_, Value::List(keys)) => keys.join(","),
    }
}
