//! English names of companies: Qingdao Haier Electric Co., Ltd.

use super::{Organisation, trade};
use crate::letters::{is_han, letter, word};
use crate::place::{self, Place};

/// Legal forms and words that tell no company from another.
const FORMS: &[&str] = &[
    "co",
    "ltd",
    "limited",
    "inc",
    "incorporated",
    "llc",
    "corp",
    "corporation",
    "company",
    "gmbh",
    "ag",
    "kg",
    "sa",
    "srl",
    "spa",
    "bv",
    "nv",
    "oy",
    "ab",
    "as",
    "plc",
    "pte",
    "pty",
    "llp",
    "lp",
    "kk",
    "sdn",
    "bhd",
    "the",
    "and",
    "of",
    "a",
    "l",
    "c",
    "china",
    "prc",
    "p",
    "r",
];

pub(super) fn is_latin(folded: &str) -> bool {
    let (mut latin, mut han) = (0, 0);
    for c in folded.chars() {
        latin += usize::from(c.is_ascii_alphabetic());
        han += usize::from(!c.is_ascii() && is_han(letter(c)));
    }
    han == 0 && latin > 0
}

/// `hint` is the place that the record's own field gives.
pub(super) fn read(folded: &str, hint: Place) -> Vec<Organisation> {
    let mut name = Organisation { latin: true, ..Organisation::default() };
    let tokens: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|token| !token.is_empty()).collect();
    let mut brand: Vec<&str> = Vec::new();
    let mut done = false;
    // Hengshan Huike Industrial: a county in front when two words more follow.
    let words = tokens.iter().filter(|token| !FORMS.contains(token)).count();
    for (at, token) in tokens.iter().enumerate() {
        if FORMS.contains(token) {
            continue;
        }
        if matches!(*token, "group" | "groups" | "holdings" | "holding") {
            name.group = true;
            continue;
        }
        if matches!(*token, "branch" | "office") && !brand.is_empty() {
            name.branch = Some(Vec::new());
            continue;
        }
        let place = place::spelled_place(&word(token), hint, at == 0 && words >= 3);
        if place != 0 {
            name.place = place;
            continue;
        }
        match trade::english(token) {
            Some(chinese) if !brand.is_empty() => {
                done = true;
                if !name.trade.ends_with(&chinese) {
                    name.trade.extend(chinese);
                }
            }
            _ if !done => brand.push(token),
            _ => name.trade.extend(word(token)),
        }
    }
    if brand.is_empty() {
        // All of it is common words: then they are the name.
        brand = tokens.into_iter().filter(|token| !FORMS.contains(token)).collect();
    }
    let core = word(&brand.concat());
    if core.is_empty() {
        return Vec::new();
    }
    name.brand = core.len();
    name.core = core;
    // What an English name says of place and trade is said loosely.
    name.other = true;
    // Nanning Fangye Sanitary Ware: behind a Chinese place the first word is the brand, the others may be a trade.
    let first = (name.place != 0 && brand.len() > 1 && brand[0].len() >= 4).then(|| {
        let core = word(brand[0]);
        Organisation { brand: core.len(), core, ..name.clone() }
    });
    std::iter::once(name).chain(first).collect()
}
