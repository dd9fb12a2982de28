//! The keys by which records that may be one meet, kept beside each record in `<object>_match`.
//!
//! Two kinds stand there. Those of imports are normal forms of single fields; a telephone number, a mail address and a credit
//! code are met by them. What `zhike-match` makes of a company's name stands beside them: its keys of numbers and codes would
//! find what the others find, and each key costs an import a place in the index.

use std::{cell::RefCell, sync::LazyLock};

use zhike_match::{Extractor, Features, Kind, Part, Schema, keys};
use zhike_model::{FieldKind, MatchRule, Object};
use zhike_text::region;
use zhike_types::Value;

use super::plan::fields;
use crate::{
    keys::{key_of, normal_form},
    merge,
};

pub(crate) static CUSTOMER: LazyLock<Schema> = LazyLock::new(Schema::customer);
static CONTACT: LazyLock<Schema> = LazyLock::new(Schema::contact);

thread_local! {
    /// It remembers regions.
    static EXTRACTOR: RefCell<Extractor<'static>> = RefCell::new(Extractor::new(&CUSTOMER));
    static OF_PEOPLE: RefCell<Extractor<'static>> = RefCell::new(Extractor::new(&CONTACT));
}

/// Whether the records of the object are organisations, told apart by who they are.
pub(crate) fn is_organisation(object: &Object) -> bool {
    object.title_field().matching == Some(MatchRule::Organisation)
}

/// Whether records of the object are compared while they are written: organisations and people, but not the users of the program.
pub fn is_compared(object: &Object) -> bool {
    let rule = object.title_field().matching;
    matches!(rule, Some(MatchRule::Organisation | MatchRule::Person)) && merge::is_mergeable(object)
}

/// The keys of a company's name, and of its name and city.
pub(crate) fn company_keys(object: &Object, values: &[Value], out: &mut Vec<i64>) {
    if !is_organisation(object) {
        return;
    }
    let features = features(&texts(object, &fields(&CUSTOMER, object, Kind::Organisation), values));
    name_keys(&features, out);
}

/// A customer's values ready for comparison.
pub(crate) fn features(texts: &[(usize, String)]) -> Features {
    let given: Vec<(usize, &str)> = texts.iter().map(|(at, text)| (*at, text.as_str())).collect();
    EXTRACTOR.with_borrow_mut(|extractor| extractor.features(&given))
}

/// Values ready for comparison, those of an organisation or of a person.
pub(crate) fn features_by(schema: &Schema, texts: &[(usize, String)]) -> Features {
    if *schema == *CUSTOMER {
        return features(texts);
    }
    let given: Vec<(usize, &str)> = texts.iter().map(|(at, text)| (*at, text.as_str())).collect();
    OF_PEOPLE.with_borrow_mut(|extractor| extractor.features(&given))
}

/// The keys of a company's name that are kept.
pub(crate) fn name_keys(features: &Features, out: &mut Vec<i64>) {
    let found = keys(&CUSTOMER, features.view());
    out.extend(found.iter().filter(|key| is_kept(key.rule)).map(|key| key.hash as i64));
}

/// Whether the rule's keys are worth their place. Measured on lists with known answers, the second half of a brand and the
/// address find no pair that the others don't.
fn is_kept(rule: u8) -> bool {
    let (comparison, part) = CUSTOMER.rules[usize::from(rule)].parts[0];
    CUSTOMER.comparisons[comparison].kind == Kind::Organisation && part != Part::End
}

/// The keys of a record's telephone numbers and mail addresses, whatever its object: a customer's number meets a contact's.
pub(crate) fn line_keys(object: &Object, values: &[Value]) -> Vec<i64> {
    let of = |(field, value): (&zhike_model::Field, &Value)| {
        let rule = field.matching.filter(|rule| matches!(rule, MatchRule::Phone | MatchRule::Email))?;
        Some(key_of(rule, &normal_form(rule, value.as_text()?)?))
    };
    object.fields.iter().zip(values).filter_map(of).collect()
}

/// What of a record is compared: comparison and text.
pub(crate) fn texts(object: &Object, fields: &[(usize, usize)], values: &[Value]) -> Vec<(usize, String)> {
    let of = |(field, comparison): &(usize, usize)| {
        let text = values[*field].as_text()?;
        let name = (object.fields[*field].kind == FieldKind::Region).then(|| region::full_name(text)).flatten();
        Some((*comparison, name.unwrap_or_else(|| text.to_owned())))
    };
    fields.iter().filter_map(of).collect()
}

/// Changes when the keys do: then all are written anew.
pub(crate) fn print() -> String {
    let names = ["青岛海尔电器科技有限公司", "12海尔-张总介绍", "江宁海尔屠宰", "曲靖市六院"];
    let mut extractor = Extractor::new(&CUSTOMER);
    let all = names.into_iter().flat_map(|name| {
        let given = [(0, name), (2, "山东省青岛市"), (8, "山东省青岛市崂山区海尔路1号")];
        keys(&CUSTOMER, extractor.features(&given).view())
    });
    let sum = all.filter(|key| is_kept(key.rule)).fold(0_u64, |sum, key| sum.rotate_left(7) ^ key.hash);
    format!("{sum:016x}")
}
