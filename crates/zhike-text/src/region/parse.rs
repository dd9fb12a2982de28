//! Divisions as people write them.

use std::sync::LazyLock;

use super::{ALL, Level, Region, by_code};

/// Every name and every short name with the place of its region in the table, sorted.
static NAMES: LazyLock<Vec<(&'static str, u16)>> = LazyLock::new(|| {
    let mut names: Vec<(&str, u16)> = Vec::with_capacity(ALL.len() * 2);
    for (at, region) in ALL.iter().enumerate() {
        names.push((region.name, at as u16));
        if let Some(short) = short(region.name) {
            names.push((short, at as u16));
        }
    }
    names.sort_unstable();
    names
});

/// The longest name has 15 characters.
const LONGEST: usize = 15;

/// The peoples that autonomous divisions are named after, longest first.
const PEOPLES: &[&str] = &[
    "柯尔克孜",
    "乌孜别克",
    "哈萨克",
    "达斡尔",
    "鄂温克",
    "鄂伦春",
    "维吾尔",
    "塔吉克",
    "俄罗斯",
    "朝鲜",
    "蒙古",
    "东乡",
    "保安",
    "撒拉",
    "裕固",
    "锡伯",
    "纳西",
    "独龙",
    "拉祜",
    "布朗",
    "仡佬",
    "仫佬",
    "毛南",
    "布依",
    "土家",
    "哈尼",
    "傈僳",
    "景颇",
    "普米",
    "各",
    "回",
    "藏",
    "苗",
    "彝",
    "壮",
    "满",
    "侗",
    "瑶",
    "白",
    "傣",
    "黎",
    "佤",
    "畲",
    "水",
    "羌",
    "怒",
    "土",
];

/// The name without what every division of its kind has, when two characters are left: 山东, 青岛, 延边, 浦东.
pub(super) fn short(name: &'static str) -> Option<&'static str> {
    const KINDS: &[&str] = &[
        "特别行政区",
        "自治区",
        "自治州",
        "自治县",
        "自治旗",
        "地区",
        "林区",
        "特区",
        "新区",
        "矿区",
        "省",
        "市",
        "区",
        "县",
        "盟",
        "旗",
    ];
    let mut rest = KINDS.iter().find_map(|kind| name.strip_suffix(kind))?;
    if name.contains("自治") {
        while let Some(before) =
            PEOPLES.iter().find_map(|people| rest.strip_suffix('族').unwrap_or(rest).strip_suffix(people))
        {
            // 内蒙古自治区 keeps its name: what is left must be one.
            if before.chars().count() < 2 {
                break;
            }
            rest = before;
        }
    }
    (rest.chars().count() >= 2 && rest != name).then_some(rest)
}

/// The deepest division that the text names without doubt: `山东青岛`, `山东省青岛市市南区香港中路`, `青岛`, `北京`, `内蒙古
/// 呼和浩特`, `370202`. What follows is not looked at. A name that several divisions bear (朝阳区, 鼓楼区) needs what it
/// belongs to before it.
pub fn parse(text: &str) -> Option<&'static Region> {
    read(text).map(|(region, _)| region)
}

/// [`parse`] where the text must be a division and nothing else.
pub fn parse_whole(text: &str) -> Option<&'static Region> {
    read(text).filter(|(_, rest)| *rest == 0).map(|(region, _)| region)
}

/// The region, and how many characters behind it are not read.
fn read(text: &str) -> Option<(&'static Region, usize)> {
    let text: String = crate::fold(text).chars().filter(|c| !is_separator(*c)).map(crate::han::simplified).collect();
    let bare = text.strip_prefix("中国").or_else(|| text.strip_prefix("中华人民共和国")).unwrap_or(&text);
    if bare.len() == 6 && bare.bytes().all(|b| b.is_ascii_digit()) {
        return by_code(bare).map(|region| (region, 0));
    }
    let mut best: Option<Path<'_>> = None;
    walk(Path { region: None, whole: false, rest: bare }, &mut best);
    best.and_then(|path| Some((path.region?, path.rest.chars().count())))
}

/// A way to read the text so far.
#[derive(Clone, Copy)]
struct Path<'a> {
    region: Option<&'static Region>,
    /// Whether the last name was written in full.
    whole: bool,
    rest: &'a str,
}

impl Path<'_> {
    /// 青岛市南 is 青岛 and 市南, for that leaves nothing; 青岛市南区香港路 is 青岛 and 市南区, for that is deeper and written in
    /// full; 青岛市南京路 is 青岛市 and a street.
    fn worth(&self) -> (bool, u8) {
        let depth = self.region.map_or(0, |region| region.level as u8 + 1);
        (self.rest.is_empty(), if self.whole { depth } else { 0 })
    }
}

/// Tries the longest names first; a later way must be better to win.
fn walk<'a>(path: Path<'a>, best: &mut Option<Path<'a>>) {
    let ways = match path.region {
        None => at_top(path.rest),
        Some(here) => below(here, path.rest),
    };
    if ways.is_empty() && best.is_none_or(|best| path.worth() > best.worth()) {
        *best = Some(path);
    }
    for way in ways {
        walk(way, best);
    }
}

fn at_top(text: &str) -> Vec<Path<'_>> {
    let mut out = Vec::new();
    for (name, rest, found) in names(text) {
        let Some(top) = found.iter().map(|region| region.level).min() else { continue };
        let mut highest = found.iter().copied().filter(|region| region.level == top);
        let Some(first) = highest.next() else { continue };
        if highest.next().is_some() {
            // 朝阳区 is one of several; it is not the city of 朝阳 either.
            break;
        }
        // A county alone must be told by its whole name, or be all that is written: 昆山市…, 昆山.
        if first.level != Level::County || first.name == name || rest.is_empty() {
            out.push(Path { region: Some(first), whole: first.name == name, rest });
        }
    }
    out
}

fn below<'a>(here: &'static Region, text: &'a str) -> Vec<Path<'a>> {
    if here.level == Level::County {
        return Vec::new();
    }
    // 北京市北京市朝阳区, 上海市市辖区: said twice, or a place holder.
    let again = [here.name, short(here.name).unwrap_or(here.name), "市辖区"]
        .into_iter()
        .find_map(|name| text.strip_prefix(name));
    if let Some(rest) = again {
        let ways = inside(here, rest);
        if !ways.is_empty() || (rest.is_empty() && inside(here, text).is_empty()) {
            return if ways.is_empty() { vec![Path { region: Some(here), whole: true, rest }] } else { ways };
        }
    }
    inside(here, text)
}

fn inside<'a>(here: &'static Region, text: &'a str) -> Vec<Path<'a>> {
    let mut out = Vec::new();
    for (name, rest, found) in names(text) {
        let mut fits = found.into_iter().filter(|region| here.code != region.code && here.contains(region.code));
        let Some(first) = fits.next() else { continue };
        // Sorted by code: a city stands before the counties in it that share its name.
        if fits.next().is_none_or(|second| first.level < second.level) {
            out.push(Path { region: Some(first), whole: first.name == name, rest });
        }
    }
    out
}

/// The beginnings of the text that are names, longest first, each with what follows and the divisions that bear it.
fn names(text: &str) -> impl Iterator<Item = (&str, &str, Vec<&'static Region>)> {
    let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(LONGEST).collect();
    ends.into_iter().rev().filter_map(move |end| {
        let (name, rest) = text.split_at(end);
        let from = NAMES.partition_point(|(known, _)| *known < name);
        let same = NAMES[from..].iter().take_while(|(known, _)| *known == name);
        let found: Vec<&'static Region> = same.map(|(_, at)| &ALL[usize::from(*at)]).collect();
        (!found.is_empty() && !is_street(name, rest)).then_some((name, rest, found))
    })
}

/// 长春路12号 is a street, not a city: a short name is none before these.
fn is_street(name: &str, rest: &str) -> bool {
    let short = !name.ends_with(['省', '市', '区', '县', '州', '盟', '旗']);
    short && rest.starts_with(['路', '街', '道', '巷', '弄', '里', '东', '西', '南', '北', '中', '大']) && {
        let start: String = rest.chars().take(3).collect();
        start.starts_with(['路', '街', '道', '巷', '弄']) || start.contains(['路', '街'])
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '/' | '\\' | ',' | '、' | '·' | '.' | '>' | '|' | '_' | '—' | ':' | '"' | '(' | ')')
}
