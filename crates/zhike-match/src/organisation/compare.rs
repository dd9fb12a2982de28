//! Two names of companies compared.

use super::{Name, mostly_han};
use crate::letters::{Letter, all_same_sound, sound_hash};
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
}

/// Brand against brand, the rest of the name helping.
pub(crate) fn compare(a: &Name<'_>, b: &Name<'_>) -> Likeness {
    let likeness = |level, trades| Likeness { level, trades };
    if a.latin() != b.latin() {
        return likeness(across_scripts(a, b), Trades::Open);
    }
    let same = if a.group() == b.group() { Level::Same } else { Level::Group };
    if a.core == b.core {
        return likeness(same, Trades::One);
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
    let most = 1 + usize::from(long.core.len() >= 8);
    let apart = distance(a.core, b.core, most).or_else(|| heard_apart(a.core, b.core).filter(|apart| *apart <= most));
    if let Some(apart) = apart {
        // One letter of a brand of two is half of it: 海尔 and 海信.
        let short_brand = a.brand.len().min(b.brand.len()) <= 2 && a.brand.len() == b.brand.len();
        let level = if short_brand && apart > 0 || long.core.len() < 4 { Level::Alike } else { Level::Near };
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
    likeness(if alike(short, long) { Level::Alike } else { Level::Different }, Trades::Open)
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
        _ => Kinship::Parent,
    }
}

fn same_label(a: &[Letter], b: &[Letter]) -> bool {
    if a == b || all_same_sound(a, b) {
        return true;
    }
    let (one, other) = (place::whole(a, 0), place::whole(b, 0));
    if one != 0 && other != 0 {
        return matches!(place::relation(one, other), Level::Same);
    }
    a.len().min(b.len()) >= 4 && distance(a, b, 1).is_some()
}
