//! The records behind a figure, as a filter that a list takes.

use std::collections::BTreeSet;

use zhike_model::{Measure, Model, Object};
use zhike_types::{Uuid, date_of};

use super::period::Period;

/// Whose records.
pub(crate) enum Whose<'a> {
    Person(Uuid),
    Departments(&'a BTreeSet<Uuid>),
    Nobody,
    Everybody,
}

/// More departments than this make no filter that a person reads; expressions take 500.
const DEPARTMENTS: usize = 400;

/// The filter over the measure's object. What is shared out is found by its shares.
pub(crate) fn filter(
    model: &Model,
    object: &Object,
    measure: &Measure,
    period: Period,
    product: Option<Uuid>,
    whose: &Whose<'_>,
) -> String {
    let mut all = Vec::new();
    if !measure.filter.trim().is_empty() {
        all.push(bracketed(&measure.filter));
    }
    let (from, until) = period.days();
    let at = &measure.at;
    all.push(format!("{at} >= date(\"{}\")", iso(from)));
    all.push(format!("{at} < date(\"{}\")", iso(until)));
    if let (Some(id), Some(path)) = (product, &measure.product) {
        all.push(format!("{path} == \"{id}\""));
    }
    let credit = &measure.credit;
    let Some(whole) = belongs(credit, whose) else { return all.join(" && ") };
    let parted = measure.splits.as_deref().and_then(|path| Some((path, model.parts(object, path)?)));
    all.push(match parted {
        None => whole,
        Some((path, parts)) => {
            let (person, share) = (&parts.person.name, &parts.share.name);
            let shared = format!("{path}.exists(s, s.{share} > 0)");
            match belongs(&format!("s.{person}"), whose).filter(|_| !matches!(whose, Whose::Nobody)) {
                None => format!("!{shared} && {whole}"),
                Some(part) => {
                    format!("((!{shared} && {whole}) || {path}.exists(s, s.{share} > 0 && {part}))")
                }
            }
        }
    });
    all.join(" && ")
}

/// That a reference to a user is one of those meant; none where all are.
fn belongs(user: &str, whose: &Whose<'_>) -> Option<String> {
    match whose {
        Whose::Person(id) => Some(format!("{user} == \"{id}\"")),
        Whose::Nobody => Some(format!("{user} == null")),
        Whose::Departments(ids) if ids.len() <= DEPARTMENTS => {
            let ids: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
            Some(format!("{user}.department in [{}]", ids.join(", ")))
        }
        Whose::Departments(_) | Whose::Everybody => None,
    }
}

/// A condition that stands beside others.
fn bracketed(condition: &str) -> String {
    if condition.contains("||") || condition.contains('?') { format!("({condition})") } else { condition.to_owned() }
}

fn iso(day: i64) -> String {
    date_of(day).map_or_else(String::new, |date| date.to_string())
}
