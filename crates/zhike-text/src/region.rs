//! 行政区划: provinces, cities and counties with their national codes (GB/T 2260).

mod parse;

pub use parse::{parse, parse_whole};

use std::sync::LazyLock;

/// 省, 市, 县.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 省, 自治区, 直辖市, 特别行政区.
    Province,
    /// 地级市, 地区, 自治州, 盟.
    City,
    /// 区, 县, 县级市, 旗.
    County,
}

/// A division. Districts of 北京, 天津, 上海 and 重庆, and counties that a province governs itself, stand right below the
/// province.
#[derive(Debug, PartialEq, Eq)]
pub struct Region {
    /// Six digits.
    pub code: &'static str,
    /// As it stands in the table: `青岛市`, `市南区`.
    pub name: &'static str,
    pub level: Level,
    /// The code of the division it belongs to.
    pub parent: Option<&'static str>,
}

/// Sorted by code; names and codes are slices of the embedded file.
static ALL: LazyLock<Vec<Region>> = LazyLock::new(|| {
    let rows: Vec<(&str, &str)> =
        include_str!("../data/regions.tsv").lines().filter_map(|line| line.split_once('\t')).collect();
    let find = |code: &str| rows.binary_search_by_key(&code, |(code, _)| code).ok().map(|at| rows[at].0);
    rows.iter()
        .map(|&(code, name)| {
            let province = find(&format!("{}0000", &code[..2]));
            let city = find(&format!("{}00", &code[..4]));
            let (level, parent) = if code.ends_with("0000") {
                (Level::Province, None)
            } else if code.ends_with("00") {
                (Level::City, province)
            } else {
                (Level::County, city.or(province))
            };
            Region { code, name, level, parent }
        })
        .collect()
});

/// The codes of [`ALL`] as numbers: to be searched without touching their texts.
static CODES: LazyLock<Vec<u32>> = LazyLock::new(|| ALL.iter().map(|region| number(region.code)).collect());

fn number(code: &str) -> u32 {
    code.bytes().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

/// The division of a code: six digits, or two or four followed by nothing. `110100` (市辖区, a place holder below a
/// 直辖市) is the 直辖市 itself.
pub fn by_code(code: &str) -> Option<&'static Region> {
    let code = code.trim();
    if !code.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let padded = match code.len() {
        6 => code.to_owned(),
        2 | 4 => format!("{code:0<6}"),
        _ => return None,
    };
    let find = |code: &str| CODES.binary_search(&number(code)).ok().map(|at| &ALL[at]);
    find(&padded).or_else(|| {
        let holder = matches!(&padded[..2], "11" | "12" | "31" | "50") && matches!(&padded[2..], "0100" | "0200");
        if holder { find(&format!("{}0000", &padded[..2])) } else { None }
    })
}

/// From the province down: `370202` → `山东省青岛市市南区`.
pub fn full_name(code: &str) -> Option<String> {
    let region = by_code(code)?;
    let mut name: String = ancestors(code).iter().map(|region| region.name).collect();
    name.push_str(region.name);
    Some(name)
}

/// What the division belongs to, the province first.
pub fn ancestors(code: &str) -> Vec<&'static Region> {
    let mut out: Vec<_> = std::iter::successors(by_code(code), |region| by_code(region.parent?)).skip(1).collect();
    out.reverse();
    out
}

/// What belongs to the division, in the order of codes.
pub fn children(code: &str) -> Vec<&'static Region> {
    let Some(parent) = by_code(code) else { return Vec::new() };
    let from = ALL.partition_point(|region| region.code <= parent.code);
    let below = ALL[from..].iter().take_while(|region| region.code[..2] == parent.code[..2]);
    below.filter(|region| region.parent == Some(parent.code)).collect()
}

/// Every division, in the order of codes.
pub fn all() -> &'static [Region] {
    &ALL
}

/// All provinces, in the order of codes.
pub fn provinces() -> Vec<&'static Region> {
    ALL.iter().filter(|region| region.level == Level::Province).collect()
}

impl Region {
    /// The name without what every division of its kind has (山东, 青岛, 延边, 浦东); `None` when fewer than two characters
    /// would be left.
    pub fn short_name(&self) -> Option<&'static str> {
        parse::short(self.name)
    }

    /// Whether `code` is this division or lies in it.
    pub fn contains(&self, code: &str) -> bool {
        let digits = match self.level {
            Level::Province => 2,
            Level::City => 4,
            Level::County => 6,
        };
        code.get(..digits) == Some(&self.code[..digits])
    }
}

#[cfg(test)]
mod tests;
