//! Keys by which records meet. They stand in databases and never change their meaning: a new rule is a new number.

use crate::features::{Value, View, identity};
use crate::letters::{hash, join, sound_hash};
use crate::organisation::Name;
use crate::schema::{Kind, Part, Rule, Schema};
use crate::{address, email, place};

/// A key and the number of the rule that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub rule: u8,
    pub hash: u64,
}

/// More keys than these help no record to be found.
const MOST: usize = 40;

/// The keys of a record. Each key's hash has its rule in it: rules need not be kept beside them.
pub fn keys(schema: &Schema, features: View<'_>) -> Vec<Key> {
    let mut out = Vec::with_capacity(12);
    for (at, rule) in schema.rules.iter().enumerate() {
        of_rule(schema, rule, features, |hash| {
            let key = Key { rule: at as u8, hash: join(hash, at as u64) };
            if out.len() < MOST && !out.contains(&key) {
                out.push(key);
            }
        });
    }
    out
}

/// The hashes of one rule: one for each combination of values.
pub(crate) fn of_rule(schema: &Schema, rule: &Rule, features: View<'_>, mut each: impl FnMut(u64)) {
    let mut found = [[0_u64; 8]; 3];
    let mut counts = [0_usize; 3];
    for (slot, (comparison, part)) in rule.parts.iter().enumerate().take(3) {
        let kind = schema.comparisons[*comparison].kind;
        for value in features.values(*comparison) {
            for hash in of_part(kind, *part, value).into_iter().flatten() {
                if counts[slot] < 8 && !found[slot][..counts[slot]].contains(&hash) {
                    found[slot][counts[slot]] = hash;
                    counts[slot] += 1;
                }
            }
        }
        if counts[slot] == 0 {
            return;
        }
    }
    for first in &found[0][..counts[0]] {
        if rule.parts.len() == 1 {
            each(*first);
            continue;
        }
        for second in &found[1][..counts[1]] {
            let two = join(*first, *second);
            if rule.parts.len() == 2 {
                each(two);
                continue;
            }
            found[2][..counts[2]].iter().for_each(|third| each(join(two, *third)));
        }
    }
}

/// One hash or two.
fn of_part(kind: Kind, part: Part, value: Value<'_>) -> [Option<u64>; 2] {
    if (kind, part) == (Kind::Organisation, Part::Start) {
        // Of the whole name: where a trade is not known, it cannot be told where the brand ends. The second pair is for
        // a first letter that is wrong, missing or doubled.
        let core = Name::of(value.words).core;
        return [core.get(..2).map(hash), core.get(1..3).map(hash)];
    }
    [single(kind, part, value.words), None]
}

fn single(kind: Kind, part: Part, words: &[u16]) -> Option<u64> {
    match (kind, part) {
        (Kind::Organisation, Part::Sound) => Some(sound_hash(Name::of(words).brand)),
        (Kind::Organisation, Part::Core) => {
            let name = Name::of(words);
            (!name.trade().is_empty() || name.brand.len() > 3).then(|| sound_hash(name.core))
        }
        (Kind::Organisation, Part::End) => {
            let brand = Name::of(words).brand;
            (brand.len() >= 4).then(|| hash(&brand[brand.len() / 2..]))
        }
        // 张总 would meet every other 张; beside other keys, names of two characters are too common to be worth one.
        (Kind::Person, Part::Sound) => (words[0] & 1 == 0 && words.len() > 3).then(|| sound_hash(&words[2..])),
        (Kind::Person, _) => (words[0] & 1 == 0 && words.len() > 4).then(|| sound_hash(&words[2..])),
        (Kind::Region, _) => Some(u64::from(place::city(words[1]))),
        (Kind::CreditCode, _) => {
            // The organisation's part of the code: whoever writes the old number meets too.
            let code = &words[1..];
            Some(hash(if code.len() == 18 { &code[8..17] } else { code }))
        }
        (Kind::Email, Part::Sound) => email::own_domain(words),
        (Kind::Address, _) => {
            let (_, numbers) = address::split(words);
            (!numbers.is_empty()).then(|| identity(kind, words))
        }
        (Kind::Date, Part::Year) => Some(hash(&words[..4])),
        (Kind::Date, Part::Day) => Some(hash(&words[4..])),
        (Kind::Text, Part::Sound) => Some(sound_hash(words)),
        (Kind::Text | Kind::Code, Part::Start) => Some(hash(&words[..words.len().min(3)])),
        (Kind::Text | Kind::Code, Part::End) => Some(hash(&words[words.len().saturating_sub(3)..])),
        (Kind::Landline, _) => Some(crate::phone::number(words)),
        _ => Some(identity(kind, words)),
    }
}
