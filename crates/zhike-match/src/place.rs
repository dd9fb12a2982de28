//! Places within names and fields: which division a text begins or ends with.

mod divisions;

use divisions::{Entry, chain, city_and_province, entries, holds, is_county, is_shared, names_of};
pub(crate) use divisions::{Place, city, fits, is_town, name, read, relation, spelled_place, stated_relation};

use crate::letters::{Letter, all_same_sound};
use crate::similar::distance;

/// A place found at an edge of a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub place: Place,
    /// How many letters name it.
    pub length: usize,
}

/// [`front`] of an address: 朝阳路 is a road, not a city.
pub(crate) fn front_of_address(letters: &[Letter], hint: Place) -> Found {
    let found = front(letters, hint);
    if hint == 0 && names_of(found.place)[0].len() == found.length && is_shared(found.place) {
        return Found { place: 0, ..found };
    }
    let road = |letter: &Letter| ROADS.contains(letter);
    let short = found.length > 0 && names_of(found.place)[0].last() != Some(&letters[found.length - 1]);
    let next = letters[found.length..].iter().take(2);
    if short && (letters.get(found.length).is_some_and(road) || next.skip(1).any(|letter| ROADS[..5].contains(letter)))
    {
        // What stood before the road's name may still be one: 青岛南京路.
        let inner = names_of(found.place)[1].len();
        let before = letters[..found.length.saturating_sub(inner)].to_vec();
        let place = if before.is_empty() { 0 } else { whole(&before, hint) };
        return Found { place, length: if place == 0 { 0 } else { before.len() } };
    }
    found
}

/// 路街道巷弄, and what may stand before them: 大东西南北中一二.
const ROADS: &[Letter] =
    &[0x8def, 0x8857, 0x9053, 0x5df7, 0x5f04, 0x5927, 0x4e1c, 0x897f, 0x5357, 0x5317, 0x4e2d, 0x4e00, 0x4e8c];

/// The divisions that the letters begin with, from the province down: 山东省青岛市, 昆山市, 内蒙古. `hint` is the division that
/// the record's own field names; with it, county names without 县 or 市, homophones and cut names (黑龙黑河) are found too.
pub(crate) fn front(letters: &[Letter], hint: Place) -> Found {
    let mut found = Found::default();
    for _ in 0..3 {
        let rest = &letters[found.length..];
        let Some((place, length)) = next(rest, found, hint) else { break };
        // Something must be left to be a name.
        if length + 2 > rest.len() {
            break;
        }
        found = Found { place, length: found.length + length };
    }
    found
}

fn next(rest: &[Letter], found: Found, hint: Place) -> Option<(Place, usize)> {
    let at = |rest: &[Letter]| -> Option<(Place, usize)> {
        let mut fitting =
            entries(rest).iter().filter(|entry| rest.starts_with(&entry.name) && takes(entry, found, hint));
        let first = fitting.next()?;
        let best = fitting
            .take_while(|entry| entry.name.len() == first.name.len())
            .find(|entry| hint != 0 && !fits(first.place, hint) && fits(entry.place, hint))
            .unwrap_or(first);
        Some((best.place, best.name.len()))
    };
    at(rest).or_else(|| heard(rest, found, hint)).or_else(|| (found.length == 0).then(|| cut(rest, hint)).flatten())
}

fn takes(entry: &Entry, found: Found, hint: Place) -> bool {
    let inside = found.place != 0 && holds(found.place, entry.place);
    if found.place != 0 && !inside {
        return false;
    }
    if !is_county(entry.place) {
        return true;
    }
    if entry.whole && entry.name.len() >= 3 {
        return inside || hint == 0 || fits(entry.place, hint);
    }
    // 长安, 东方 and 和平 are brands more often than counties.
    hint == entry.place || (is_town(entry.place) && hint != 0 && holds(hint, entry.place))
}

/// A county's name in front, within the record's own city where that is known: 莱阳千手 may be a brand.
pub(crate) fn county(letters: &[Letter], hint: Place) -> Found {
    let found = entries(letters).iter().find(|entry| {
        letters.starts_with(&entry.name)
            && is_county(entry.place)
            && entry.name.len() + 2 <= letters.len()
            && (hint == 0 || city(entry.place) == city(hint))
    });
    found.map_or_else(Found::default, |entry| Found { place: entry.place, length: entry.name.len() })
}

/// The record's own place at the front with a slip in it: 尔哈滨, 黄芬顿 for 黄梅芬顿, 赉阳. How many letters it takes.
pub(crate) fn worn(letters: &[Letter], hint: Place) -> usize {
    for place in chain(hint).into_iter().flatten() {
        for name in names_of(place).iter().filter(|name| name.len() >= 2) {
            let lengths = [name.len(), name.len() - 1, name.len() + 1];
            for length in lengths.into_iter().filter(|length| *length + 2 <= letters.len()) {
                let start = &letters[..length];
                // Of a name of two letters one must be right, in its place; of longer ones all but one.
                let slip = if name.len() == 2 {
                    length == 2 && (start[0] == name[0]) != (start[1] == name[1])
                        || length == 2 && start[0] == name[1] && start[1] == name[0]
                        || length == 1 && (start[0] == name[0] || start[0] == name[1])
                } else {
                    distance(start, name, 1).is_some()
                };
                if slip {
                    return length;
                }
            }
        }
    }
    0
}

/// The record's own city inside a name, between brand and trade: 海尔青岛电器. Start and length.
pub(crate) fn inside(letters: &[Letter], hint: Place) -> Option<(usize, usize, Place)> {
    (2..letters.len().saturating_sub(3)).find_map(|start| {
        let rest = &letters[start..];
        let entry = entries(rest).iter().find(|entry| {
            rest.starts_with(&entry.name)
                && rest.len() >= entry.name.len() + 2
                && if hint == 0 {
                    !is_county(entry.place)
                } else {
                    fits(entry.place, hint) && (!is_county(entry.place) || entry.place == hint)
                }
        })?;
        Some((start, entry.name.len(), entry.place))
    })
}

/// The record's own city or province, misspelt with a homophone: 轻岛.
fn heard(rest: &[Letter], found: Found, hint: Place) -> Option<(Place, usize)> {
    let fitting = |place: &Place| found.place == 0 || (holds(found.place, *place) && found.place != *place);
    chain(hint).into_iter().flatten().filter(fitting).find_map(|place| {
        let name = names_of(place)
            .iter()
            .find(|name| name.len() >= 2 && rest.get(..name.len()).is_some_and(|start| all_same_sound(start, name)))?;
        Some((place, name.len()))
    })
}

/// 黑龙黑河…: a province cut to two or three letters before the record's own city.
fn cut(rest: &[Letter], hint: Place) -> Option<(Place, usize)> {
    let [Some(city), Some(province)] = city_and_province(hint) else { return None };
    let [_, name] = names_of(province);
    (2..=3).filter(|length| *length < name.len() && rest.starts_with(&name[..*length])).find_map(|length| {
        let found = names_of(city).iter().find(|city| city.len() >= 2 && rest[length..].starts_with(city))?;
        Some((city, length + found.len()))
    })
}

/// The division that the letters end with: 华为技术北京. A short county name is none here.
pub(crate) fn back(letters: &[Letter], front: Place, hint: Place) -> Found {
    for start in 2..letters.len().saturating_sub(1) {
        let rest = &letters[start..];
        let known = entries(rest).iter().find(|entry| {
            *entry.name == *rest
                && (!is_county(entry.place) || (entry.whole && rest.len() >= 3) || entry.place == hint)
                && fits(entry.place, hint)
                && (front == 0 || holds(front, entry.place))
        });
        if let Some(entry) = known {
            return Found { place: entry.place, length: rest.len() };
        }
    }
    Found::default()
}

/// The division that the letters are, and nothing else.
pub(crate) fn whole(letters: &[Letter], hint: Place) -> Place {
    let mut at = 0;
    let mut place = 0;
    while at < letters.len() {
        let rest = &letters[at..];
        let fitting = |entry: &&Entry| rest.starts_with(&entry.name) && (place == 0 || holds(place, entry.place));
        let Some(first) = entries(rest)
            .iter()
            .filter(fitting)
            // 衡阳 is the city before its county of that name.
            .max_by_key(|entry| (entry.name.len(), hint != 0 && fits(entry.place, hint), !is_county(entry.place)))
        else {
            return 0;
        };
        place = first.place;
        at += first.name.len();
    }
    place
}

/// The first division named at or behind `from`, for the place of a branch: its start.
pub(crate) fn within(letters: &[Letter], from: usize) -> Option<usize> {
    (from..letters.len().saturating_sub(1)).find(|start| {
        let rest = &letters[*start..];
        entries(rest).iter().any(|entry| {
            rest.starts_with(&entry.name) && (!is_county(entry.place) || (entry.whole && entry.name.len() >= 3))
        })
    })
}

#[cfg(test)]
mod tests;
