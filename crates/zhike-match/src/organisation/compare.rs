//! Two names of companies compared.

use super::{Name, mostly_han};
use crate::letters::{Letter, all_same_sound, same_sound, sound_hash, spelled};
use crate::level::Level;
use crate::place;
use crate::similar::{abbreviates, distance, find, heard_apart, same_letters};

/// What the names say of each other beyond their brands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Likeness {
    pub level: Level,
    pub trades: Trades,
}

/// What the likeness of the whole names says of their trades, whatever the words are: 电器 and 店器.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trades {
    /// Nothing: they must be compared.
    Open,
    /// One name leaves it out, or a part of it.
    Within,
    /// The names are a slip apart, so the trade is one.
    One,
    /// Each goes on in its own way after the brand: 海尔屠宰 and 海尔会务.
    Apart,
}

/// Brand against brand, the rest of the name helping.
pub(crate) fn compare(a: &Name<'_>, b: &Name<'_>) -> Likeness {
    let likeness = |level, trades| Likeness { level, trades };
    if a.latin() != b.latin() {
        return likeness(across_scripts(a, b), Trades::Open);
    }
    let same = if a.group() == b.group() { Level::Same } else { Level::Group };
    if a.core == b.core {
        // In Latin letters the trade is not part of the core.
        return likeness(same, if a.latin() { Trades::Open } else { Trades::One });
    }
    if numbered_apart(a.core, b.core) {
        return likeness(Level::Different, Trades::Open);
    }
    if a.brand == b.brand {
        // 海尔电器 and 海尔店器, 网络科技 and 网络科枝: a slip. 管业 and 酒业 are two trades.
        let (one, other) = (a.trade(), b.trade());
        let slip = one.len().min(other.len()) >= 4 && distance(one, other, 1).is_some()
            || one.len() >= 2 && all_same_sound(one, other);
        return likeness(same, if slip { Trades::One } else { Trades::Open });
    }
    if all_same_sound(a.core, b.core) {
        return likeness(Level::Sound, Trades::One);
    }
    if all_same_sound(a.brand, b.brand) {
        return likeness(Level::Sound, Trades::Open);
    }
    let (short, long) = if a.core.len() <= b.core.len() { (a, b) } else { (b, a) };
    if short.core.len() >= 2 && starts_with_sound(long.core, short.core) {
        return likeness(Level::Within, Trades::Within);
    }
    if let Some(level) = slips(short, long) {
        return likeness(level, Trades::One);
    }
    if same_letters(a.core, b.core) {
        return likeness(Level::Near, Trades::One);
    }
    if a.brand.len().min(b.brand.len()) >= 3 && distance(a.brand, b.brand, 1).is_some() {
        return likeness(Level::Near, Trades::Open);
    }
    // 北辰教育 and 北辰教育地理信息, with letters of the trade left out in between.
    if short.core.len() >= 4 && short.core[..2] == long.core[..2] && abbreviates(short.core, long.core) {
        return likeness(Level::Within, Trades::Within);
    }
    // 州徐市必应纺织: what stands in front is a place that no table has.
    let front = long.core.len() - short.core.len();
    if short.core.len() >= 4
        && (2..=4).contains(&front)
        && PLACES.contains(&long.core[front - 1])
        && long.core.ends_with(short.core)
    {
        return likeness(Level::Within, Trades::One);
    }
    if go_on_apart(a.core, b.core) {
        return likeness(Level::Alike, Trades::Apart);
    }
    let alike = alike(short, long) && !(a.public() && b.public());
    likeness(if alike { Level::Alike } else { Level::Different }, Trades::Open)
}

/// Names a slip apart, long ones two.
fn slips(short: &Name<'_>, long: &Name<'_>) -> Option<Level> {
    let (a, b) = (short.core, long.core);
    let most = 1 + usize::from(b.len() >= 8);
    // 兴隆屠宰 and 兴隆涂料: two letters that differ are a slip only in a longer name, whatever they sound like.
    let heard = || heard_apart(a, b).filter(|apart| *apart <= most && a.len() >= 6);
    let apart = distance(a, b, most).or_else(heard)?;
    if apart == 2 && is_word_apart(a, b) {
        return None;
    }
    let started = a.iter().zip(b).take(2).filter(|(a, b)| a == b).count();
    // 缘博驾驶员培训 and 艾媒驾驶员培训: where the trade is not known, the first two letters may be the brand.
    if started == 0 && a.len() == b.len() {
        return (distance(a, b, 1).is_some()).then_some(Level::Near);
    }
    let known = !short.trade().is_empty() || !long.trade().is_empty();
    // One letter of a brand of two is half of it: 海尔 and 海信.
    let short_brand = short.brand.len().min(long.brand.len()) <= 2 && short.brand.len() == long.brand.len();
    let half = if known { short_brand } else { started == 1 && a.len() == b.len() };
    Some(if half && apart > 0 || b.len() < 4 { Level::Alike } else { Level::Near })
}

/// Whether the two slips stand side by side: then it is another word. 万州昌昌建筑劳务 and 万州元孚建筑劳务.
fn is_word_apart(short: &[Letter], long: &[Letter]) -> bool {
    let start = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[start..], &long[start..]);
    let end = short.iter().rev().zip(long.iter().rev()).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[..short.len() - end], &long[..long.len() - end]);
    long.len() == 2 && !short.is_empty() && !short.iter().zip(long).any(|(a, b)| same_sound(*a, *b))
}

/// 市县区州镇乡
const PLACES: [Letter; 6] = [0x5e02, 0x53bf, 0x533a, 0x5dde, 0x9547, 0x4e61];

/// 第一 and 第二, 东区 and 西区: the letters by which the houses of one owner are told apart, in order.
const ORDERING: [&[Letter]; 3] = [
    &[0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d], // 一二三四五六七八九
    &[0x4e1c, 0x897f, 0x5357, 0x5317],                                         // 东西南北
    &[0x7532, 0x4e59, 0x4e19, 0x4e01],                                         // 甲乙丙丁
];

/// The set that a letter orders by, and its place in it; digits count as numerals.
pub(super) fn number(letter: Letter) -> Option<(usize, usize)> {
    let digit = letter.wrapping_sub(u16::from(b'1'));
    if digit < 9 {
        return Some((0, usize::from(digit)));
    }
    let of = |(set, letters): (usize, &&[Letter])| Some((set, letters.iter().position(|one| *one == letter)?));
    ORDERING.iter().enumerate().find_map(of)
}

/// Whether both names are numbered, and differently. No slip makes 二 of 一 as often as there are two.
fn numbered_apart(a: &[Letter], b: &[Letter]) -> bool {
    let (mut one, mut other) = (a.iter().copied().filter_map(number), b.iter().copied().filter_map(number));
    let mut apart = false;
    loop {
        match (one.next(), other.next()) {
            (None, None) => return apart,
            (Some((set, at)), Some((other_set, other_at))) if set == other_set => apart |= at != other_at,
            _ => return false,
        }
    }
}

/// Whether the names begin alike and go on, both for two letters and more, with nothing in common.
fn go_on_apart(a: &[Letter], b: &[Letter]) -> bool {
    let start = a.iter().zip(b).take_while(|(a, b)| same_sound(**a, **b)).count();
    let (a, b) = (&a[start..], &b[start..]);
    start >= 2 && a.len().min(b.len()) >= 2 && !a.iter().any(|letter| b.iter().any(|other| same_sound(*letter, *other)))
}

/// 工行 and 工商银行, 海尔 and 青岛海尔生物: one name made of the other's letters.
fn alike(short: &Name<'_>, long: &Name<'_>) -> bool {
    if short.core.len() < 2 {
        return false;
    }
    let bare = short.trade().is_empty();
    (bare && short.core.len() * 3 >= long.core.len() && abbreviates(short.core, long.core))
        || (short.brand.len() >= 2 && find(long.core, short.brand).is_some() && (bare || short.trade() == long.trade()))
        || (short.brand.len() >= 3 && abbreviates(short.brand, long.brand))
        || (long.brand.len() >= 4 && distance(short.brand, long.brand, 2).is_some())
}

fn starts_with_sound(long: &[Letter], short: &[Letter]) -> bool {
    long.get(..short.len()).is_some_and(|start| all_same_sound(start, short))
}

/// Haier and 海尔 sound the same; Midea and 美的 do not, and that says nothing.
fn across_scripts(a: &Name<'_>, b: &Name<'_>) -> Level {
    let (latin, han) = if a.latin() { (a, b) } else { (b, a) };
    if !mostly_han(han.brand) {
        // TCL and TCL科技.
        return if latin.core == han.brand { Level::Same } else { Level::Missing };
    }
    // Fangye Sanitary Ware: English words that no list has.
    let mut pinyin = Vec::new();
    spelled(han.brand, &mut pinyin);
    if pinyin.len() >= 5
        && pinyin.len() < latin.core.len()
        && pinyin.iter().zip(latin.core).all(|(a, b)| u16::from(*a) == *b)
    {
        return Level::Sound;
    }
    let heard = sound_hash(latin.core);
    let begins = || (2..=han.core.len()).any(|length| sound_hash(&han.core[..length]) == heard);
    if sound_hash(han.brand) == heard || begins() { Level::Sound } else { Level::Missing }
}

/// Trade against trade.
pub(crate) fn compare_trades(a: &[Letter], b: &[Letter]) -> Level {
    if a.is_empty() || b.is_empty() {
        return Level::Missing;
    }
    if a == b {
        return Level::Same;
    }
    if all_same_sound(a, b) {
        return Level::Sound;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    // 餐饮 and 餐饮管理, 科技 and 网络科技: one says more.
    if find(long, short).is_some() {
        return Level::Within;
    }
    if short.len() >= 3 && distance(a, b, 1).is_some() || same_letters(a, b) {
        return Level::Near;
    }
    // 海鲜消防 and 海鲜传感器.
    if go_on_apart(short, long) {
        return Level::Different;
    }
    if short.len() >= 2 && long.windows(2).any(|pair| find(short, pair).is_some()) {
        return Level::Alike;
    }
    Level::Different
}

/// Whether two names of one company are of different parts of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kinship {
    /// Neither is a branch, or both are the same one.
    None,
    /// One is a branch, the other is not.
    Parent,
    /// Two branches in different places.
    Branches,
}

pub(crate) fn kinship(a: &Name<'_>, b: &Name<'_>) -> Kinship {
    match (a.branch(), b.branch()) {
        (None, None) => Kinship::None,
        (Some(one), Some(other)) if same_label(one, other) => Kinship::None,
        (Some(_), Some(_)) => Kinship::Branches,
        // 益丰（临沂金街店） and 益丰金街: the label within the name.
        (Some(label), None) if ends_alike(b.core, label) => Kinship::None,
        (None, Some(label)) if ends_alike(a.core, label) => Kinship::None,
        _ => Kinship::Parent,
    }
}

fn ends_alike(core: &[Letter], label: &[Letter]) -> bool {
    label.len() >= 2 && core.len() >= 4 && core.ends_with(&label[label.len() - 2..])
}

fn same_label(a: &[Letter], b: &[Letter]) -> bool {
    // 金街 and 临沂金街.
    let within = |long: &[Letter], short: &[Letter]| short.len() >= 2 && long.ends_with(short);
    if a == b || all_same_sound(a, b) || within(a, b) || within(b, a) {
        return true;
    }
    let (one, other) = (place::whole(a, 0), place::whole(b, 0));
    if one != 0 && other != 0 {
        return matches!(place::relation(one, other), Level::Same);
    }
    // 深圳 and 深川: a slip in one of them.
    a.len().min(b.len()) >= if one == 0 || other == 0 { 2 } else { 4 } && distance(a, b, 1).is_some()
}
