//! From what somebody gives to the value that is stored: people's ways of writing are understood, what cannot be is refused in
//! words that say what to do.

use serde_json::Value as Json;
use zhike_model::{Field, FieldKind, SelectOption};
use zhike_text::Reason;
use zhike_types::{Currency, FieldError, Text, Uuid, Value, Zone, date_of, days_of, text};

use crate::Given;

/// The most characters a long text has.
const LONG_TEXT_MAX: usize = 100_000;
/// The most keys a multi-select or the tags of a record have.
const KEYS_MAX: usize = 100;
/// Amounts beyond this, in minor units, are mistakes; thousands of them still have a sum.
const MINOR_MAX: i64 = 1_000_000_000_000_000;
/// Integers beyond this are not exact in a browser.
const INTEGER_MAX: i64 = 9_007_199_254_740_991;

type Parsed = Result<Value, Problem>;

/// What is wrong with a value: a stable word and a message.
#[derive(Debug)]
struct Problem(&'static str, Text);

/// Understands a value for a field. Empty text and JSON null clear it.
///
/// # Errors
/// A message about the field, for the person who gave the value.
pub(crate) fn parse(field: &Field, given: &Given, zone: &Zone) -> Result<Value, FieldError> {
    let parsed = match given {
        Given::Json(json) => from_json(field, json, zone),
        Given::Text(text) => from_text(field, text, zone),
        Given::Texts(texts) => from_texts(field, texts),
    };
    parsed.map_err(|Problem(code, message)| FieldError { field: field.name.clone(), code, message })
}

fn invalid(message: Text) -> Problem {
    Problem("invalid", message)
}

fn reason(error: &impl Reason) -> Problem {
    Problem("invalid", Text::new(error.zh(), error.en()))
}

fn label(field: &Field) -> (&str, &str) {
    (&field.label.zh, &field.label.en)
}

/// As a person types it.
fn from_text(field: &Field, raw: &str, zone: &Zone) -> Parsed {
    let (zh, en) = label(field);
    let lines = matches!(field.kind.value_kind(), FieldKind::LongText | FieldKind::Rich | FieldKind::Json);
    let text = if lines { zhike_text::fold::tidy_lines(raw) } else { zhike_text::tidy(raw) };
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let scaled = |scale: u32, text: &str| {
        zhike_text::number::parse_decimal(text, scale).map(Value::Int).map_err(|error| reason(&error))
    };
    match field.kind.value_kind() {
        FieldKind::Text { max } => bounded(field, text, *max),
        FieldKind::LongText | FieldKind::Rich => bounded(field, text, LONG_TEXT_MAX),
        FieldKind::AutoNumber { .. } => bounded(field, text, 64),
        FieldKind::Integer => match zhike_text::number::parse_decimal(&text, 0) {
            Ok(number) if number.abs() <= INTEGER_MAX => Ok(Value::Int(number)),
            Ok(_) => Err(invalid(text!("「{zh}」的数字太大。", "{en} is too large a number."))),
            Err(error) => Err(reason(&error)),
        },
        FieldKind::Decimal { scale } => scaled(*scale, &text),
        FieldKind::Percent { scale } => {
            zhike_text::number::parse_percent(&text, *scale).map(Value::Int).map_err(|error| reason(&error))
        }
        FieldKind::Money { currency } => {
            let (amount, currency) = split_currency(&text, *currency);
            money(field, amount, currency)
        }
        FieldKind::Date => {
            zhike_text::date::parse_date(&text).map(|date| Value::Int(days_of(date))).map_err(|error| reason(&error))
        }
        FieldKind::DateTime => match zhike_text::date::parse_datetime(&text) {
            Ok(zhike_text::date::Moment::Instant(instant)) => Ok(Value::Int(instant.as_millisecond())),
            Ok(zhike_text::date::Moment::Local(civil)) => Ok(Value::Int(zone.instant(civil))),
            Err(error) => Err(reason(&error)),
        },
        FieldKind::Duration => {
            zhike_text::number::parse_duration(&text).map(Value::Int).map_err(|error| reason(&error))
        }
        FieldKind::Boolean => zhike_text::number::parse_bool(&text).map(Value::Bool).ok_or_else(|| {
            invalid(text!("「{zh}」请填“是”或“否”，现在是“{text}”。", "Write yes or no for {en}, not “{text}”."))
        }),
        FieldKind::Select { options } => option(field, options, &text).map(|option| Value::Text(option.key.clone())),
        FieldKind::MultiSelect { .. } | FieldKind::Tags => {
            let parts: Vec<String> = text.split([',', '，', '、', ';', '；', '|', '\n']).map(str::to_owned).collect();
            from_texts(field, &parts)
        }
        FieldKind::Phone => {
            zhike_text::phone::parse(&text).map(|phone| Value::Text(phone.text())).map_err(|error| reason(&error))
        }
        FieldKind::Email => zhike_text::email::parse(&text).map(Value::Text).map_err(|error| reason(&error)),
        FieldKind::Url => zhike_text::url::parse(&text).map(Value::Text).map_err(|error| reason(&error)),
        FieldKind::CreditCode => zhike_text::credit_code::parse(&text).map(Value::Text).map_err(|error| reason(&error)),
        FieldKind::IdNumber => zhike_text::id_number::parse(&text).map(Value::Text).map_err(|error| reason(&error)),
        FieldKind::Region => region(&text).ok_or_else(|| {
            invalid(text!(
                "不认识地区“{text}”，请写成“山东省青岛市”这样。",
                "“{text}” is no known region; write it like 山东省青岛市."
            ))
        }),
        FieldKind::Reference { .. } | FieldKind::File | FieldKind::Image => Uuid::parse_str(&text)
            .map(Value::Id)
            .map_err(|_| invalid(text!("请从列表里选择「{zh}」。", "Choose {en} from the list."))),
        FieldKind::AnyReference { .. } => text
            .split_once(':')
            .and_then(|(object, id)| Uuid::parse_str(id).ok().map(|id| Value::Any(object.to_owned(), id)))
            .ok_or_else(|| invalid(text!("请从列表里选择「{zh}」。", "Choose {en} from the list."))),
        FieldKind::Json => serde_json::from_str::<Json>(&text)
            .map(|json| Value::Json(json.to_string()))
            .map_err(|_| invalid(text!("「{zh}」不是有效的 JSON。", "{en} is no valid JSON."))),
        FieldKind::Formula { .. } | FieldKind::Rollup { .. } => {
            Err(Problem("read_only", text!("「{zh}」由系统计算。", "{en} is worked out by the system.")))
        }
    }
}

fn region(text: &str) -> Option<Value> {
    let found = zhike_text::region::by_code(text).or_else(|| zhike_text::region::parse(text))?;
    Some(Value::Text(found.code.to_string()))
}

fn money(field: &Field, amount: &str, currency: Currency) -> Parsed {
    match zhike_text::number::parse_decimal(amount, currency.scale()) {
        Ok(minor) if minor.abs() <= MINOR_MAX => Ok(Value::money(minor, currency)),
        Ok(_) => {
            let (zh, en) = label(field);
            Err(invalid(text!("「{zh}」的金额太大，请检查。", "{en} is too large an amount. Check it.")))
        }
        Err(error) => Err(reason(&error)),
    }
}

fn split_currency(text: &str, default: Currency) -> (&str, Currency) {
    let end = text.trim_end_matches(|c: char| c.is_ascii_uppercase());
    if let Some(currency) = Currency::parse(text[end.len()..].trim()) {
        return (end.trim(), currency);
    }
    match text.chars().next() {
        Some('$') => (&text[1..], Currency::parse("USD").unwrap_or(default)),
        Some('€') => (&text['€'.len_utf8()..], Currency::parse("EUR").unwrap_or(default)),
        _ => (text, default),
    }
}

fn bounded(field: &Field, text: String, max: usize) -> Parsed {
    let (zh, en) = label(field);
    let count = text.chars().count();
    if count > max {
        return Err(Problem(
            "too_long",
            text!(
                "「{zh}」最多 {max} 个字，现在有 {count} 个。",
                "{en} may have {max} characters at most; this has {count}."
            ),
        ));
    }
    Ok(Value::Text(text))
}

/// By key, label in either language, or synonym.
fn option<'a>(field: &Field, options: &'a [SelectOption], text: &str) -> Result<&'a SelectOption, Problem> {
    let wanted = zhike_text::fold(text);
    let is = |word: &str| zhike_text::fold(word) == wanted;
    options
        .iter()
        .find(|option| option.key == text || is(&option.label.zh) || is(&option.label.en))
        .or_else(|| options.iter().find(|option| option.synonyms.iter().any(|word| is(word))))
        .ok_or_else(|| {
            let (zh, en) = label(field);
            let zhs = options.iter().filter(|o| !o.retired).map(|o| o.label.zh.as_ref()).collect::<Vec<_>>().join("、");
            let ens = options.iter().filter(|o| !o.retired).map(|o| o.label.en.as_ref()).collect::<Vec<_>>().join(", ");
            Problem(
                "unknown_option",
                text!(
                    "「{zh}」没有“{text}”这个选项，可以填：{zhs}。",
                    "{en} has no option “{text}”. Choose one of: {ens}."
                ),
            )
        })
}

fn from_texts(field: &Field, texts: &[String]) -> Parsed {
    let (zh, en) = label(field);
    let mut keys: Vec<String> = Vec::new();
    for text in texts.iter().map(|text| zhike_text::tidy(text)).filter(|text| !text.is_empty()) {
        let key = match field.kind.value_kind() {
            FieldKind::MultiSelect { options } => option(field, options, &text)?.key.clone(),
            FieldKind::Tags if text.chars().count() > 40 => {
                return Err(Problem(
                    "too_long",
                    text!("一个标签最多 40 个字。", "A tag may have 40 characters at most."),
                ));
            }
            FieldKind::Tags => text.replace('|', "/"),
            _ => return Err(invalid(text!("「{zh}」只能填一个值。", "{en} takes one value only."))),
        };
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    if keys.len() > KEYS_MAX {
        return Err(Problem(
            "too_many",
            text!("「{zh}」最多 {KEYS_MAX} 项。", "{en} takes {KEYS_MAX} entries at most."),
        ));
    }
    Ok(if keys.is_empty() { Value::Null } else { Value::List(keys) })
}

/// As a program gives it: the type must fit, texts are understood as typed ones are.
fn from_json(field: &Field, json: &Json, zone: &Zone) -> Parsed {
    let (zh, en) = label(field);
    let kind = field.kind.value_kind();
    let wrong = |want_zh: &str, want_en: &str| invalid(text!("「{zh}」应是{want_zh}。", "{en} must be {want_en}."));
    match (kind, json) {
        (_, Json::Null) => Ok(Value::Null),
        (FieldKind::Boolean, Json::Bool(flag)) => Ok(Value::Bool(*flag)),
        (FieldKind::Boolean, _) => Err(wrong("true 或 false", "true or false")),
        (FieldKind::Integer | FieldKind::Duration, Json::Number(number)) => match number.as_i64() {
            Some(int) if int.abs() <= INTEGER_MAX => Ok(Value::Int(int)),
            _ => Err(wrong("整数", "an integer")),
        },
        (FieldKind::Integer | FieldKind::Duration, _) => Err(wrong("整数", "an integer")),
        (FieldKind::Decimal { .. } | FieldKind::Percent { .. }, Json::Number(number)) => {
            from_text(field, &number.to_string(), zone)
        }
        (FieldKind::Money { currency }, Json::Object(map)) => {
            if let Some(unknown) = map.keys().find(|key| !matches!(key.as_str(), "amount" | "currency")) {
                return Err(invalid(text!("「{zh}」里没有 {unknown}。", "{en} has no {unknown}.")));
            }
            let currency = match map.get("currency") {
                None | Some(Json::Null) => *currency,
                Some(Json::String(code)) => Currency::parse(code)
                    .ok_or_else(|| wrong("三个大写字母的货币代码", "an ISO 4217 code of three capital letters"))?,
                Some(_) => return Err(wrong("金额和货币", "an amount and a currency")),
            };
            let amount = match map.get("amount") {
                Some(Json::String(text)) => text.clone(),
                Some(Json::Number(number)) => number.to_string(),
                Some(Json::Null) => return Ok(Value::Null),
                _ => return Err(wrong("金额和货币", "an amount and a currency")),
            };
            money(field, &amount, currency)
        }
        (FieldKind::MultiSelect { .. } | FieldKind::Tags, Json::Array(items)) => {
            let texts: Option<Vec<String>> = items
                .iter()
                .map(|item| item.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned))
                .collect();
            from_texts(field, &texts.ok_or_else(|| wrong("文本数组", "an array of strings"))?)
        }
        (FieldKind::MultiSelect { .. } | FieldKind::Tags, _) => Err(wrong("文本数组", "an array of strings")),
        (FieldKind::AnyReference { .. }, Json::Object(map)) => {
            match (map.get("object").and_then(Json::as_str), map.get("id").and_then(Json::as_str).map(Uuid::parse_str))
            {
                (Some(object), Some(Ok(id))) => Ok(Value::Any(object.to_owned(), id)),
                _ => Err(wrong("对象名和编号", "an object and an id")),
            }
        }
        (FieldKind::Reference { .. } | FieldKind::File | FieldKind::Image, Json::Object(map)) => {
            match map.get("id").and_then(Json::as_str).map(Uuid::parse_str) {
                Some(Ok(id)) => Ok(Value::Id(id)),
                _ => Err(wrong("记录编号", "a record's id")),
            }
        }
        (FieldKind::Json, json) => {
            let text = json.to_string();
            if text.len() > LONG_TEXT_MAX {
                Err(Problem("too_long", text!("「{zh}」太长。", "{en} is too long.")))
            } else {
                Ok(Value::Json(text))
            }
        }
        // an empty text is a text; what is no text is cleared by null
        (_, Json::String(text)) if text.trim().is_empty() && !field.kind.is_text() => {
            Err(invalid(text!("「{zh}」要清空请写 null。", "Write null to clear {en}.")))
        }
        // a program means what it sends: blanks count
        (FieldKind::Text { max }, Json::String(text)) if text.chars().count() > *max => {
            bounded(field, text.clone(), *max)
        }
        (_, Json::String(text)) => from_text(field, text, zone),
        (FieldKind::Money { .. }, _) => Err(wrong("金额和货币", "an amount and a currency")),
        _ => Err(wrong("文本", "a string")),
    }
}

/// A date as `2024-05-01`.
pub(crate) fn iso_date(days: i64) -> String {
    date_of(days).map_or_else(String::new, |date| date.to_string())
}
