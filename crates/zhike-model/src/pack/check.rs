//! Checks that need everything declared: names against names, expressions against types.

mod board;
mod calendar;
mod circles;
mod complete;
mod convert;
mod copying;
mod currencies;
mod expressions;
mod measures;
mod names;
mod prints;
mod rules;
mod settle;
mod shape;
mod stamps;
mod taking;

use super::{export::normal_form, object::Declared, place::Problems};
use crate::Model;

/// The model, if nothing was wrong that keeps it from being made; problems say whether anything was.
pub(super) fn check(mut declared: Declared, problems: &Problems<'_>) -> Option<Model> {
    names::check(&declared, problems);
    if problems.any() {
        return None;
    }
    measures::name_options(&mut declared.objects);
    complete::complete(&mut declared.objects);
    let model = settle::settle(declared.objects, problems)?;
    let model = Model::new(settle::with_classes(&model), 0).with_groups(declared.groups);
    shape::check(&model, problems);
    taking::check(&model, problems);
    currencies::check(&model, problems);
    stamps::check(&model, problems);
    board::check(&model, problems);
    rules::check(&model, problems);
    measures::check(&model, problems);
    expressions::check(&model, problems);
    convert::check(&model, problems);
    copying::check(&model, problems);
    calendar::check(&model, problems);
    prints::check(&model, problems);
    let computation = circles::check(&model, problems)?;
    let fingerprint = fnv1a(&normal_form(&model));
    Some(model.with_computation(computation, fingerprint))
}

/// FNV-1a, 64 bits (Fowler, Noll & Vo): small, and the same on every machine and version.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
