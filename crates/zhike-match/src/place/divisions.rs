//! The divisions of the country down to the county, and how two of them relate.

use std::collections::HashMap;
use std::sync::LazyLock;

use zhike_text::region::{self, Level as Rank, Region};

use crate::letters::{Letter, Quick, spelled, word};
use crate::level::Level;

/// A division: its place in the table of divisions plus 1; 0 is none.
pub(crate) type Place = u16;

pub(super) struct Entry {
    pub name: Box<[Letter]>,
    pub place: Place,
    /// Written with what it is: 青岛市, not 青岛.
    pub whole: bool,
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
pub(super) fn entries(letters: &[Letter]) -> &'static [Entry] {
    let gazetteer = &*GAZETTEER;
    match letters {
        [first, second, ..] if gazetteer.starts[usize::from(*first)] => {
            gazetteer.names.get(&(*first, *second)).map_or(&[], Vec::as_slice)
        }
        _ => &[],
    }
}

/// The names of a division in letters: in full, and short; empty where there is none.
pub(super) fn names_of(place: Place) -> &'static [Box<[Letter]>; 2] {
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

pub(super) fn is_county(place: Place) -> bool {
    region_of(place).is_some_and(|region| region.level == Rank::County)
}

/// Whether several cities have a district of this name: 朝阳区, 城关区.
pub(super) fn is_shared(place: Place) -> bool {
    let name = &names_of(place)[0];
    is_county(place) && entries(name).iter().filter(|entry| entry.name == *name).count() > 1
}

pub(super) fn holds(outer: Place, inner: Place) -> bool {
    match (region_of(outer), region_of(inner)) {
        (Some(outer), Some(inner)) => outer.contains(inner.code),
        _ => false,
    }
}

/// Two places that names state. 苏州 and 昆山 within it are two there, where a field that says 苏州 is merely less exact.
pub(crate) fn stated_relation(a: Place, b: Place) -> Level {
    match relation(a, b) {
        // 朝阳 is a city and districts of others: names that say 朝阳 do not say which.
        Level::Different if names_of(a)[1] == names_of(b)[1] && !names_of(a)[1].is_empty() => Level::Missing,
        Level::Within if is_town(a) != is_town(b) => Level::Alike,
        Level::Alike if is_town(a) && is_town(b) => Level::Different,
        level => level,
    }
}

/// Counties and county cities, which companies put before their names; districts hardly ever stand there.
pub(crate) fn is_town(place: Place) -> bool {
    region_of(place).is_some_and(|region| region.level == Rank::County && !region.name.ends_with('区'))
}

/// The division, its city, its province.
pub(super) fn chain(place: Place) -> [Option<Place>; 3] {
    let [city, province] = city_and_province(place);
    [(place != 0).then_some(place), city.filter(|city| *city != place), province.filter(|province| *province != place)]
}

pub(super) fn city_and_province(place: Place) -> [Option<Place>; 2] {
    let code = code(place);
    let by = |code: u32| GAZETTEER.by_code.get(&code).copied();
    if code == 0 {
        [None, None]
    } else {
        [by(code / 100 * 100).or_else(|| by(code / 10_000 * 10_000)), by(code / 10_000 * 10_000)]
    }
}
