//! One `[[field]]`.

use toml::de::DeValue;
use zhike_types::{Currency, Text, Value, days_of, text};

use super::table::{Table, integer_of};
use crate::{
    Class, Field, FieldKind, Lookup, MaskRule, MatchRule, NumberSeries, OnDelete, RollupOp, SearchRule, SelectOption,
};

/// The words for types, as [`FieldKind::name`] gives them.
pub(super) const TYPES: [(&str, &str); 28] = {
    // The second is the same word: `choice` gives back what is beside the name.
    const fn same(word: &'static str) -> (&'static str, &'static str) {
        (word, word)
    }
    [
        same("text"),
        same("long-text"),
        same("rich"),
        same("integer"),
        same("decimal"),
        same("money"),
        same("percent"),
        same("date"),
        same("datetime"),
        same("duration"),
        same("boolean"),
        same("select"),
        same("multi-select"),
        same("tags"),
        same("phone"),
        same("email"),
        same("url"),
        same("region"),
        same("credit-code"),
        same("id-number"),
        same("reference"),
        same("any-reference"),
        same("file"),
        same("image"),
        same("auto-number"),
        same("formula"),
        same("rollup"),
        same("json"),
    ]
};

const ON_DELETE: [(&str, OnDelete); 4] = [
    ("refuse", OnDelete::Refuse),
    ("clear", OnDelete::Clear),
    ("cascade", OnDelete::Cascade),
    ("keep", OnDelete::Keep),
];

const OPS: [(&str, RollupOp); 5] = [
    ("count", RollupOp::Count),
    ("sum", RollupOp::Sum),
    ("min", RollupOp::Min),
    ("max", RollupOp::Max),
    ("average", RollupOp::Average),
];

const CLASSES: [(&str, Class); 3] =
    [("general", Class::General), ("personal", Class::Personal), ("sensitive", Class::Sensitive)];

const MASKS: [(&str, MaskRule); 4] =
    [("auto", MaskRule::Auto), ("name", MaskRule::Name), ("whole", MaskRule::Whole), ("last-four", MaskRule::LastFour)];

const MATCHES: [(&str, MatchRule); 9] = [
    ("organisation", MatchRule::Organisation),
    ("person", MatchRule::Person),
    ("phone", MatchRule::Phone),
    ("email", MatchRule::Email),
    ("credit-code", MatchRule::CreditCode),
    ("address", MatchRule::Address),
    ("region", MatchRule::Region),
    ("trade", MatchRule::Trade),
    ("exact", MatchRule::Exact),
];

/// Reads a field of `object`; none when it has no name or no type to go on with.
pub(super) fn read(table: Table<'_>, object: &str) -> Option<Field> {
    let name = table.required_string("name", "name = \"…\"");
    let table = table.named(format!("{object}/field/{name}"));
    if !table.has("type") {
        table.problem(Text::new(
            "缺少“type”。请加上字段类型，例如 type = \"text\"。",
            "`type` is missing. Say what it holds, such as type = \"text\".",
        ));
    }
    let word = table.choice("type", &TYPES);
    let kind = word.and_then(|word| kind(&table, word));
    let computed = matches!(word, Some("formula" | "rollup" | "auto-number"));
    let mut field = Field {
        name,
        label: table.required_label("label"),
        help: table.label("help"),
        kind: FieldKind::Json,
        required: table.boolean("required"),
        unique: table.boolean("unique"),
        default: None,
        initial: table.string("initial"),
        takes: table.words("takes"),
        currency_of: table.string("currency_of"),
        stamps: table.string("stamps"),
        lookup: table.table("lookup").map(lookup),
        offers: table.string("offers"),
        moves: table.words("moves"),
        follows_owner: table.string("follows_owner"),
        class: table.choice("class", &CLASSES).unwrap_or_default(),
        mask: table.choice("mask", &MASKS).unwrap_or_default(),
        search: table.integer("search", 1..=10).map(|weight| SearchRule { weight: weight as u8 }),
        matching: table.choice("match", &MATCHES),
        visible_when: table.string("visible_when"),
        synonyms: table.strings("synonyms"),
        read_only: table.boolean("read_only") || computed || table.has("stamps"),
        measures: names_measures(&table),
        system: false,
        role: None,
    };
    let Some(kind) = kind else {
        // Its keys depend on the type: without one, none can be called unknown.
        return None;
    };
    field.kind = kind;
    if let Some(raw) = table.raw("default") {
        field.default = default(&table, raw, &field.kind);
    }
    table.finish();
    Some(field)
}

fn kind(table: &Table<'_>, word: &str) -> Option<FieldKind> {
    Some(match word {
        "text" => FieldKind::Text { max: table.integer("max", 1..=10_000).unwrap_or(200) as usize },
        // the measures of all packs: known when all are read
        "select" if names_measures(table) => FieldKind::Select { options: Vec::new() },
        "select" => FieldKind::Select { options: options(table) },
        "multi-select" => FieldKind::MultiSelect { options: options(table) },
        "reference" => FieldKind::Reference {
            object: table.required_string("to", "to = \"account\""),
            on_delete: table.choice("on_delete", &ON_DELETE).unwrap_or(OnDelete::Clear),
            inverse: table.string("inverse"),
        },
        "any-reference" => FieldKind::AnyReference {
            objects: table.strings("to"),
            on_delete: table.choice("on_delete", &ON_DELETE).unwrap_or(OnDelete::Clear),
            inverse: table.string("inverse"),
        },
        "auto-number" => FieldKind::AutoNumber {
            series: NumberSeries { pattern: table.required_string("pattern", "pattern = \"KH{yyyy}{mm}-{00000}\"") },
        },
        "formula" => FieldKind::Formula {
            expression: table.required_string("formula", "formula = \"…\""),
            result: Box::new(result(table)?),
        },
        "rollup" => FieldKind::Rollup {
            relation: table.required_string("relation", "relation = \"contacts\""),
            op: {
                if !table.has("op") {
                    table.problem(Text::new(
                        "缺少“op”：count、sum、min、max 或 average。",
                        "`op` is missing: count, sum, min, max or average.",
                    ));
                }
                table.choice("op", &OPS).unwrap_or(RollupOp::Count)
            },
            field: table.string("field"),
            filter: table.string("filter"),
            result: Box::new(FieldKind::Json),
        },
        simple => plain(table, simple)?,
    })
}

/// The types that need nothing but, some, a scale or a currency.
fn plain(table: &Table<'_>, word: &str) -> Option<FieldKind> {
    Some(match word {
        "text" => FieldKind::Text { max: 500 },
        "long-text" => FieldKind::LongText,
        "rich" => FieldKind::Rich,
        "integer" => FieldKind::Integer,
        "decimal" => FieldKind::Decimal { scale: table.integer("scale", 0..=6).unwrap_or(2) as u32 },
        "percent" => FieldKind::Percent { scale: table.integer("scale", 0..=6).unwrap_or(1) as u32 },
        "money" => FieldKind::Money { currency: currency(table) },
        "date" => FieldKind::Date,
        "datetime" => FieldKind::DateTime,
        "duration" => FieldKind::Duration,
        "boolean" => FieldKind::Boolean,
        "tags" => FieldKind::Tags,
        "phone" => FieldKind::Phone,
        "email" => FieldKind::Email,
        "url" => FieldKind::Url,
        "region" => FieldKind::Region,
        "credit-code" => FieldKind::CreditCode,
        "id-number" => FieldKind::IdNumber,
        "file" => FieldKind::File,
        "image" => FieldKind::Image,
        "json" => FieldKind::Json,
        _ => return None,
    })
}

/// What a formula gives; `Json` means "work it out" (a formula never gives JSON).
fn result(table: &Table<'_>) -> Option<FieldKind> {
    const RESULTS: [(&str, &str); 9] = [
        ("text", "text"),
        ("integer", "integer"),
        ("decimal", "decimal"),
        ("money", "money"),
        ("percent", "percent"),
        ("date", "date"),
        ("datetime", "datetime"),
        ("duration", "duration"),
        ("boolean", "boolean"),
    ];
    if !table.has("result") {
        return Some(FieldKind::Json);
    }
    plain(table, table.choice("result", &RESULTS)?)
}

fn currency(table: &Table<'_>) -> Currency {
    let Some(code) = table.string("currency") else { return Currency::CNY };
    Currency::parse(&code).unwrap_or_else(|| {
        table.problem_at(
            "currency",
            text!(
                "“{code}”不是货币代码，请用三个大写字母，如 CNY。",
                "`{code}` is no currency code: three capital letters, such as CNY."
            ),
        );
        Currency::CNY
    })
}

/// `lookup = { in = "price_book_entry", value = "price", equal = { product = "product" }, up_to = { least_quantity = "quantity" } }`.
fn lookup(table: Table<'_>) -> Lookup {
    let pairs = |key: &'static str| {
        let pairs = table.entries(key).into_iter();
        let mut pairs: Vec<(String, String)> =
            pairs.map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned())).collect();
        pairs.sort();
        pairs
    };
    let lookup = Lookup {
        object: table.required_string("in", "in = \"price_book_entry\""),
        value: table.required_string("value", "value = \"price\""),
        equal: pairs("equal"),
        up_to: pairs("up_to").pop(),
        filter: table.string("filter"),
    };
    table.finish();
    lookup
}

/// `options = "measures"`.
fn names_measures(table: &Table<'_>) -> bool {
    table.raw("options").and_then(|raw| raw.as_str()) == Some("measures")
}

const TONES: [&str; 7] = ["gray", "blue", "green", "amber", "red", "purple", "teal"];

fn options(table: &Table<'_>) -> Vec<SelectOption> {
    if !table.has("options") {
        table.problem(Text::new(
            "缺少“options”。请列出选项：options = [{ key = \"a\", label = { zh = \"…\", en = \"…\" } }]",
            "`options` is missing. List them: options = [{ key = \"a\", label = { zh = \"…\", en = \"…\" } }]",
        ));
    }
    let mut options: Vec<SelectOption> = Vec::new();
    for option in table.tables("options") {
        let read = SelectOption {
            key: option.required_string("key", "key = \"…\""),
            label: option.required_label("label"),
            tone: option.string("tone"),
            retired: option.boolean("retired"),
            synonyms: option.strings("synonyms"),
        };
        if let Some(tone) = read.tone.as_deref().filter(|tone| !TONES.contains(tone)) {
            option.problem_at("tone", super::table::unknown_word(tone, TONES));
        }
        let key = &read.key;
        if !is_key(key) {
            option.problem_at(
                "key",
                text!(
                    "选项的 key “{key}”只能用英文字母、数字、“_”和“-”，最多 48 个。",
                    "An option's key `{key}` holds only ASCII letters, digits, `_` and `-`, at most 48."
                ),
            );
        }
        if options.iter().any(|other| other.key == *key) {
            option.problem_at(
                "key",
                text!("选项“{key}”出现了两次，请删掉一个。", "The option `{key}` stands here twice. Remove one."),
            );
        }
        option.finish();
        options.push(read);
    }
    options
}

fn is_key(key: &str) -> bool {
    (1..=48).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// A default in the field's own terms: `12.5`, `"2024-01-01"`, `["a", "b"]`.
fn default(table: &Table<'_>, raw: &DeValue<'_>, kind: &FieldKind) -> Option<Value> {
    let value = typed(raw, kind);
    if value.is_none() {
        let word = kind.name();
        let (zh, en) = match kind {
            FieldKind::Select { .. } | FieldKind::MultiSelect { .. } => {
                ("要用上面列出的选项的 key", "use keys of the options above")
            }
            FieldKind::Date => (
                "日期写成 \"2024-01-31\"；要用当天请写 initial = \"today\"",
                "write a date as \"2024-01-31\"; for the day itself say initial = \"today\"",
            ),
            FieldKind::DateTime => (
                "时间没有固定的默认值；要用当时请写 initial = \"now\"",
                "a time has no fixed default; for the moment itself say initial = \"now\"",
            ),
            _ => ("请改成这种类型的值，或者删掉这一行", "write a value of that type, or remove the line"),
        };
        table.problem_at(
            "default",
            text!(
                "这个默认值不适合 {word} 类型的字段：{zh}。",
                "This default does not fit a field of type {word}: {en}."
            ),
        );
    }
    value
}

/// A value in the field's own terms, as stored; none when it does not fit.
pub(super) fn typed(raw: &DeValue<'_>, kind: &FieldKind) -> Option<Value> {
    match kind {
        FieldKind::Boolean => raw.as_bool().map(Value::Bool),
        FieldKind::Integer | FieldKind::Duration => integer_of(raw).map(Value::Int),
        FieldKind::Decimal { scale } | FieldKind::Percent { scale } => scaled(raw, *scale).map(Value::Int),
        FieldKind::Money { currency } => scaled(raw, currency.scale()).map(|minor| Value::money(minor, *currency)),
        FieldKind::Date => {
            raw.as_str().and_then(|text| text.parse::<jiff::civil::Date>().ok()).map(|date| Value::Int(days_of(date)))
        }
        FieldKind::MultiSelect { options } => {
            keys(raw).filter(|keys| keys.iter().all(|key| options.iter().any(|o| o.key == *key))).map(Value::List)
        }
        FieldKind::Tags => keys(raw).filter(|keys| keys.iter().all(|key| !key.contains('|'))).map(Value::List),
        FieldKind::Select { options } => {
            raw.as_str().filter(|key| options.iter().any(|o| o.key == *key)).map(Value::from)
        }
        FieldKind::Text { max } => raw.as_str().filter(|text| text.chars().count() <= *max).map(Value::from),
        FieldKind::Region => {
            raw.as_str().filter(|code| code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())).map(Value::from)
        }
        kind if kind.is_text()
            && !matches!(kind, FieldKind::AutoNumber { .. } | FieldKind::Formula { .. } | FieldKind::Rollup { .. }) =>
        {
            raw.as_str().map(Value::from)
        }
        _ => None,
    }
}

fn keys(raw: &DeValue<'_>) -> Option<Vec<String>> {
    raw.as_array()?.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
}

/// `12.5` or `"12.50"` as an integer × 10^scale, exactly; none when digits would be lost.
fn scaled(raw: &DeValue<'_>, scale: u32) -> Option<i64> {
    let text = match raw {
        DeValue::Integer(_) => integer_of(raw)?.to_string(),
        DeValue::Float(float) => float.as_str().replace('_', ""),
        DeValue::String(text) => text.to_string(),
        _ => return None,
    };
    crate::expr::scaled_literal(&text, scale)
}
