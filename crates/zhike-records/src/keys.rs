//! What a record is found by: search tokens, and match keys by which an import and the check for duplicates meet it.

use zhike_model::{Field, FieldKind, MatchRule, Object};
use zhike_text::tokens::{self, Kind};
use zhike_types::Value;

use crate::matching;

/// How a field's text is searched.
pub(crate) fn token_kind(field: &Field) -> Kind {
    match (field.matching, field.kind.value_kind()) {
        (Some(MatchRule::Organisation), _) => Kind::Organisation,
        (Some(MatchRule::Person), _) => Kind::Person,
        (_, FieldKind::Phone) => Kind::Phone,
        (_, FieldKind::Email) => Kind::Email,
        (_, FieldKind::CreditCode | FieldKind::IdNumber | FieldKind::AutoNumber { .. } | FieldKind::Url) => Kind::Code,
        _ => Kind::Text,
    }
}

/// The tokens of all searchable fields.
pub(crate) fn search_tokens(object: &Object, values: &[Value], out: &mut Vec<String>) {
    for (field, value) in object.fields.iter().zip(values) {
        if field.search.is_none() {
            continue;
        }
        match value {
            Value::Text(text) => tokens::index(token_kind(field), text, out),
            Value::List(keys) => keys.iter().for_each(|key| tokens::index(Kind::Text, key, out)),
            _ => {}
        }
    }
    out.sort_unstable();
    out.dedup();
}

/// The kind of a match key and the text's normal form; none when the text has none.
pub(crate) fn normal_form(rule: MatchRule, text: &str) -> Option<String> {
    let form = match rule {
        MatchRule::Organisation => zhike_text::match_key::organisation_key(text),
        MatchRule::Person => zhike_text::match_key::person_key(text),
        MatchRule::Phone => zhike_text::phone::parse(text).ok()?.key(),
        MatchRule::Email => zhike_text::email::key(text),
        MatchRule::CreditCode => zhike_text::credit_code::parse(text).ok()?,
        MatchRule::Exact => zhike_text::fold(text),
        // they weigh with others only
        MatchRule::Address | MatchRule::Region | MatchRule::Trade => return None,
    };
    (!form.is_empty()).then_some(form)
}

/// A 64-bit key of a rule and a normal form (FNV-1a; equal forms meet, and the rare strangers that meet are told apart by
/// their values).
pub(crate) fn key_of(rule: MatchRule, form: &str) -> i64 {
    let start = 0xcbf2_9ce4_8422_2325_u64 ^ (rule as u64 + 1);
    let hash = form.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    // the last bytes reach the high bits too, which order the index
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15) as i64
}

/// The keys of a record's single fields.
pub(crate) fn field_keys(object: &Object, values: &[Value]) -> Vec<i64> {
    let of = |(field, value): (&Field, &Value)| {
        let rule = field.matching?;
        Some(key_of(rule, &normal_form(rule, value.as_text()?)?))
    };
    object.fields.iter().zip(values).filter_map(of).collect()
}

/// The match keys of a record.
pub(crate) fn match_keys(object: &Object, values: &[Value]) -> Vec<i64> {
    let mut keys = field_keys(object, values);
    matching::stored::company_keys(object, values, &mut keys);
    keys.sort_unstable();
    keys.dedup();
    keys
}
