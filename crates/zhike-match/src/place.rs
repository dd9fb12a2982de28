//! Places within names and fields: which division a text begins or ends with, and how two divisions relate.

use std::collections::HashMap;
use std::sync::LazyLock;

use zhike_text::region::{self, Level as Rank, Region};

use crate::letters::{Letter, Quick, all_same_sound, spelled, word};
use crate::level::Level;
use crate::similar::distance;

/// A division: its place in the table of divisions plus 1; 0 is none.
pub(crate) type Place = u16;

struct Entry {
    name: Box<[Letter]>,
    place: Place,
    /// Written with what it is: 青岛市, not 青岛.
    whole: bool,
}

struct Gazetteer {
    /// Names by their first two letters, longest first.
    names: Quick<(Letter, Letter), Vec<Entry>>,
    /// Whether any name starts with a letter.
    starts: Box<[bool]>,
    /// The names of each division by place: in full, and short where there is a short one.
    written: Vec<[Box<[Letter]>; 2]>,
    /// The number of each division, by place.
    codes: Vec<u32>,
    /// Provinces and cities by their pinyin: `qingdao`. Those that share it (苏州, 宿州) are not told apart by it.
    spelled: HashMap<Vec<u8>, Vec<Place>>,
    /// The same for counties.
    counties: HashMap<Vec<u8>, Vec<Place>>,
    by_code: Quick<u32, Place>,
}

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| {
    let mut names: Quick<(Letter, Letter), Vec<Entry>> = Quick::default();
    let mut pinyin: HashMap<Vec<u8>, Vec<Place>> = HashMap::new();
    let mut counties: HashMap<Vec<u8>, Vec<Place>> = HashMap::new();
    let mut codes = vec![0];
    let mut starts = vec![false; 1 << 16];
    let mut written: Vec<[Box<[Letter]>; 2]> = vec![[Box::default(), Box::default()]];
    for (at, region) in region::all().iter().enumerate() {
        let place = at as Place + 1;
        codes.push(region.code.parse().unwrap_or(0));
        let short = region.short_name().map(word).unwrap_or_default();
        if !short.is_empty() {
            let mut letters = Vec::new();
            spelled(&short, &mut letters);
            if region.level == Rank::County { &mut counties } else { &mut pinyin }
                .entry(letters)
                .or_default()
                .push(place);
        }
        let both = [word(region.name), short];
        for (name, whole) in both.iter().zip([true, false]).filter(|(name, _)| name.len() >= 2) {
            starts[usize::from(name[0])] = true;
            names.entry((name[0], name[1])).or_default().push(Entry { name: name.as_slice().into(), place, whole });
        }
        written.push(both.map(Vec::into_boxed_slice));
    }
    for entries in names.values_mut() {
        entries.sort_by_key(|entry| (std::cmp::Reverse(entry.name.len()), entry.place));
    }
    for (name, written) in [("hongkong", "香港"), ("macau", "澳门"), ("innermongolia", "内蒙古"), ("tibet", "西藏")]
    {
        if let Some(place) = region::parse_whole(written).and_then(|region| place_of(&codes, region)) {
            pinyin.insert(name.as_bytes().to_vec(), vec![place]);
        }
    }
    let by_code = codes.iter().enumerate().skip(1).map(|(at, code)| (*code, at as Place)).collect();
    Gazetteer { names, starts: starts.into(), written, codes, spelled: pinyin, counties, by_code }
});

/// The names that begin with these letters' first two.
fn entries(letters: &[Letter]) -> &'static [Entry] {
    let gazetteer = &*GAZETTEER;
    match letters {
        [first, second, ..] if gazetteer.starts[usize::from(*first)] => {
            gazetteer.names.get(&(*first, *second)).map_or(&[], Vec::as_slice)
        }
        _ => &[],
    }
}

/// The names of a division in letters: in full, and short; empty where there is none.
fn names_of(place: Place) -> &'static [Box<[Letter]>; 2] {
    &GAZETTEER.written[usize::from(place)]
}

fn place_of(codes: &[u32], region: &Region) -> Option<Place> {
    let code: u32 = region.code.parse().ok()?;
    codes[1..].binary_search(&code).ok().map(|at| at as Place + 1)
}

fn region_of(place: Place) -> Option<&'static Region> {
    region::all().get(usize::from(place).checked_sub(1)?)
}

pub(crate) fn name(place: Place) -> &'static str {
    region_of(place).map_or("", |region| region.name)
}

pub(crate) fn code(place: Place) -> u32 {
    GAZETTEER.codes.get(usize::from(place)).copied().unwrap_or(0)
}

/// The division that a field names: `山东省青岛市`, `青岛`, `370202`, `Qingdao`.
pub(crate) fn read(text: &str) -> Place {
    if let Some(region) = region::parse(text) {
        return place_of(&GAZETTEER.codes, region).unwrap_or(0);
    }
    spelled_place(&crate::letters::letters(text), 0, false)
}

/// A city or province in Latin letters; a county too where `hint` lies in it or `counties` are wanted. 0 when there is
/// none, or when several share the spelling and `hint` is none of them.
pub(crate) fn spelled_place(letters: &[Letter], hint: Place, counties: bool) -> Place {
    let bytes: Option<Vec<u8>> = letters.iter().map(|letter| u8::try_from(*letter).ok()).collect();
    let Some(bytes) = bytes else { return 0 };
    let gazetteer = &*GAZETTEER;
    for (names, wanted) in [(&gazetteer.spelled, true), (&gazetteer.counties, counties)] {
        let places = names.get(&bytes).map_or(&[][..], Vec::as_slice);
        if let Some(own) = places.iter().find(|place| hint != 0 && fits(**place, hint)) {
            return *own;
        }
        // Jilin is a city and its province: the wider one is safe.
        let first = places.first().copied().unwrap_or(0);
        if wanted && first != 0 && places.iter().all(|place| *place == first || holds(first, *place)) {
            return first;
        }
    }
    0
}

/// The number by which divisions of one city are the same: the city's, or the province's where that is all that is known.
pub(crate) fn city(place: Place) -> u32 {
    city_of_code(code(place))
}

fn city_of_code(code: u32) -> u32 {
    match code / 10_000 {
        // Cities under the central government, and what stands right below a province (济源, 仙桃, 石河子).
        11 | 12 | 31 | 50 | 81 | 82 => code / 10_000 * 10_000,
        _ if code / 100 % 100 == 90 => code,
        _ => code / 100 * 100,
    }
}

/// How two divisions relate.
pub(crate) fn relation(a: Place, b: Place) -> Level {
    let (one, other) = (code(a), code(b));
    if one == 0 || other == 0 {
        return Level::Missing;
    }
    if one == other {
        return Level::Same;
    }
    let (city, other_city) = (city_of_code(one), city_of_code(other));
    if city == other_city {
        // A district and its city; two districts of one city are merely alike.
        return if one == city || other == city { Level::Within } else { Level::Alike };
    }
    let province_alone = one % 10_000 == 0 || other % 10_000 == 0;
    if one / 10_000 == other / 10_000 && province_alone { Level::Alike } else { Level::Different }
}

/// Whether the two can both be true of one registered name.
pub(crate) fn fits(a: Place, b: Place) -> bool {
    a == 0 || b == 0 || relation(a, b) < Level::Surname
}

fn is_county(place: Place) -> bool {
    region_of(place).is_some_and(|region| region.level == Rank::County)
}

fn holds(outer: Place, inner: Place) -> bool {
    match (region_of(outer), region_of(inner)) {
        (Some(outer), Some(inner)) => outer.contains(inner.code),
        _ => false,
    }
}

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

/// Two places that names state. 苏州 and 昆山 within it are two there, where a field that says 苏州 is merely less exact.
pub(crate) fn stated_relation(a: Place, b: Place) -> Level {
    match relation(a, b) {
        Level::Within if is_town(a) != is_town(b) => Level::Alike,
        Level::Alike if is_town(a) && is_town(b) => Level::Different,
        level => level,
    }
}

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

/// Counties and county cities, which companies put before their names; districts hardly ever stand there.
fn is_town(place: Place) -> bool {
    region_of(place).is_some_and(|region| region.level == Rank::County && !region.name.ends_with('区'))
}

/// A county's short name in front where nothing else says where the company is: 莱阳千手 may be a brand.
pub(crate) fn town(letters: &[Letter]) -> Found {
    let found = entries(letters).iter().find(|entry| {
        letters.starts_with(&entry.name) && is_town(entry.place) && entry.name.len() + 2 <= letters.len()
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

/// The division, its city, its province.
fn chain(place: Place) -> [Option<Place>; 3] {
    let [city, province] = city_and_province(place);
    [(place != 0).then_some(place), city.filter(|city| *city != place), province.filter(|province| *province != place)]
}

fn city_and_province(place: Place) -> [Option<Place>; 2] {
    let code = code(place);
    let by = |code: u32| GAZETTEER.by_code.get(&code).copied();
    if code == 0 {
        [None, None]
    } else {
        [by(code / 100 * 100).or_else(|| by(code / 10_000 * 10_000)), by(code / 10_000 * 10_000)]
    }
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
            .max_by_key(|entry| (entry.name.len(), hint != 0 && fits(entry.place, hint)))
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
