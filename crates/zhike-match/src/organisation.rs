//! Names of companies: taken apart into place, brand, trade, legal form and branch, and compared.

mod compare;
mod form;
mod latin;
mod notes;
mod public;
pub(crate) mod trade;

pub(crate) use compare::{Kinship, Trades, compare, compare_trades, kinship};

use zhike_text::fold;

use crate::letters::{Letter, is_han, letter};
use crate::place::{self, Place};

/// A name taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Organisation {
    /// Brand and trade, without place and legal form: 海尔电器.
    pub core: Vec<Letter>,
    /// How much of it is the brand: 海尔.
    pub brand: usize,
    /// The trade, in Chinese even where the name is English.
    pub trade: Vec<Letter>,
    /// The place that the name states, in front, in brackets or behind.
    pub place: Place,
    /// 集团.
    pub group: bool,
    /// Written in Latin letters.
    pub latin: bool,
    /// The label of a branch (深圳 of …深圳分公司), empty where it has none of its own.
    pub branch: Option<Vec<Letter>>,
    /// Written with a company's legal form: a whole name, which says the trade too.
    pub whole: bool,
    /// An office, school or hospital of the state.
    pub public: bool,
    /// Another way to read the same name; what it states is doubtful.
    pub other: bool,
}

/// The ways to read a name, the likeliest first. `hint` is the place that the record's own field gives, 0 when it has none.
pub(crate) fn read(text: &str, hint: Place) -> Vec<Organisation> {
    let folded = fold(text);
    if latin::is_latin(&folded) {
        return latin::read(&folded, hint);
    }
    let (bare, doubtful) = notes::without(&folded);
    let mut ways = read_han(bare, hint);
    if doubtful {
        ways.extend(read_han(&folded, hint).into_iter().map(|way| Organisation { other: true, ..way }));
    }
    ways
}

fn read_han(folded: &str, hint: Place) -> Vec<Organisation> {
    let mut name = Organisation::default();
    let mut letters = outside_brackets(folded, hint, &mut name);
    if let Some((parent, label)) = form::branch(&letters) {
        name.branch = Some(label.to_vec());
        letters = parent.to_vec();
    } else if let Some(end) = form::inner_form(&letters) {
        // 华为技术有限公司北京, …有限公司深圳分宫司; any other word behind the form is a note of whoever typed it.
        let behind = place::whole(&letters[end..], hint);
        if behind != 0 {
            name.place = behind;
        } else if let Some(label) = form::worn_branch(&letters[end..]) {
            name.branch = Some(label.to_vec());
        }
        letters.truncate(end);
    }
    name.whole = form::is_company(&letters);
    letters.truncate(form::without_form(&letters));
    let bare = form::without_group(&letters);
    name.group |= bare < letters.len();
    letters.truncate(bare);
    let front = place::front(&letters, hint);
    let rest = letters[front.length..].to_vec();
    if front.length > 0 && place::fits(front.place, hint) {
        name.place = front.place;
        return with_core(name, &letters, rest, hint).into_iter().collect();
    }
    // Brand or place? Both ways are kept: 上海人家, says a record in Qingdao; 莱阳千手, where nothing says where it is; 黄芬顿,
    // which may have lost the second letter of 黄梅.
    let doubtful = if front.length > 0 {
        front
    } else {
        let county = place::county(&letters, hint);
        let worn = || place::Found { place: hint, length: place::worn(&letters, hint) };
        if county.length > 0 || hint == 0 { county } else { worn() }
    };
    let mut ways: Vec<Organisation> = Vec::with_capacity(2);
    if doubtful.length > 0 {
        let other = Organisation { other: true, place: doubtful.place, ..name.clone() };
        let rest = letters[doubtful.length..].to_vec();
        ways.extend(with_core(other, &letters, rest, hint).filter(|way| way.brand >= 2 && way.core != letters));
    }
    ways.extend(with_core(name, &letters, letters.clone(), hint));
    ways.reverse();
    ways
}

fn with_core(mut name: Organisation, whole: &[Letter], mut core: Vec<Letter>, hint: Place) -> Option<Organisation> {
    let back = place::back(&core, name.place, hint);
    if back.length > 0 {
        let left = core.len() - back.length;
        if left >= 2 {
            core.truncate(left);
            name.place = if name.place == 0 || place::fits(name.place, back.place) { back.place } else { name.place };
        }
    }
    if name.place == 0 || hint != 0 && place::fits(name.place, hint) {
        // 海尔青岛电器: the city between brand and trade.
        let stated = if hint == 0 { name.place } else { hint };
        if let Some((start, length, place)) = place::inside(&core, stated)
            && (hint != 0 || is_trade(&core[start + length..]))
        {
            core.drain(start..start + length);
            name.place = place;
        }
    }
    // 海尔北京集团, 海尔集团（北京）公司.
    let bare = form::without_group(&core);
    name.group |= bare < core.len();
    core.truncate(bare);
    let mut brand = trade::start(&core);
    if brand == core.len()
        && trade::start(whole) < whole.len()
        && core.len() <= 2
        && core.len() < whole.len()
        && is_trade(&core)
    {
        // 青岛啤酒: the place is the brand.
        core = whole.to_vec();
        brand = trade::start(&core);
    }
    if core.is_empty() {
        return None;
    }
    name.public = name.place != 0 && public::read(&mut core);
    if name.public {
        brand = core.len();
    }
    name.trade = trade::told(&core[brand..]).to_vec();
    name.brand = brand;
    name.core = core;
    Some(name)
}

/// Whether the letters are a trade and nothing else.
fn is_trade(letters: &[Letter]) -> bool {
    let mut behind = vec![0, 0];
    behind.extend_from_slice(letters);
    trade::start(&behind) == 2
}

/// The letters of the name; what its brackets say goes to `name`.
fn outside_brackets(folded: &str, hint: Place, name: &mut Organisation) -> Vec<Letter> {
    let mut outside: Vec<Letter> = Vec::with_capacity(24);
    let mut inside: Option<Vec<Letter>> = None;
    for c in folded.chars() {
        match c {
            '(' | '[' | '【' | '〔' | '《' | '「' | '<' | '{' if inside.is_none() => inside = Some(Vec::new()),
            ')' | ']' | '】' | '〕' | '》' | '」' | '>' | '}' => {
                if let Some(letters) = inside.take() {
                    // 【新】海尔: square ones hold notes wherever they stand.
                    bracket(&letters, hint, name, Some(&mut outside).filter(|_| c == ')'));
                }
            }
            _ if c.is_alphanumeric() => inside.as_mut().unwrap_or(&mut outside).push(letter(c)),
            _ => {}
        }
    }
    if let Some(letters) = inside {
        bracket(&letters, hint, name, Some(&mut outside));
    }
    outside
}

fn bracket(letters: &[Letter], hint: Place, name: &mut Organisation, outside: Option<&mut Vec<Letter>>) {
    if letters.is_empty() {
        return;
    }
    let place = place::whole(letters, hint);
    if place != 0 {
        name.place = place;
    } else if form::is_group(letters) {
        name.group = true;
    } else if let Some(label) = form::bracketed_branch(letters) {
        name.branch = Some(label.to_vec());
    } else if hint != 0 && place::front(&[letters, &[0, 0]].concat(), hint).length == letters.len() {
        // (轻岛): the record's own city with a slip.
        name.place = hint;
    } else if form::is_form(letters) || is_nation(letters) {
    } else if let Some(outside) = outside.filter(|outside| outside.len() < 2) {
        // (海尔)电器: part of the name. Behind the name, brackets hold notes: (老客户), (原海信).
        outside.extend_from_slice(letters);
    }
}

fn is_nation(letters: &[Letter]) -> bool {
    letters == [0x4e2d, 0x56fd] // 中国
}

/// Flags in a stored name.
const GROUP: u16 = 1;
const LATIN: u16 = 2;
const BRANCH: u16 = 4;
const OTHER: u16 = 8;
const WHOLE: u16 = 16;
const PUBLIC: u16 = 32;

impl Organisation {
    /// Flags, length of the brand, of the branch's label, the label, the core.
    pub(crate) fn store(&self, out: &mut Vec<u16>) {
        let label = self.branch.as_deref().unwrap_or_default();
        let label = &label[..label.len().min(12)];
        let core = &self.core[..self.core.len().min(40)];
        let flag = |on: bool, flag: u16| if on { flag } else { 0 };
        out.push(
            flag(self.group, GROUP)
                | flag(self.latin, LATIN)
                | flag(self.branch.is_some(), BRANCH)
                | flag(self.other, OTHER)
                | flag(self.whole, WHOLE)
                | flag(self.public, PUBLIC),
        );
        out.push(self.brand.min(core.len()) as u16);
        out.push(label.len() as u16);
        out.extend_from_slice(label);
        out.extend_from_slice(core);
    }
}

/// A name of more letters says its trade, even where the word is not known.
const BARE: usize = 4;

/// A stored name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name<'a> {
    flags: u16,
    pub core: &'a [Letter],
    pub brand: &'a [Letter],
    label: &'a [Letter],
}

impl<'a> Name<'a> {
    pub(crate) fn of(stored: &'a [u16]) -> Self {
        let label = usize::from(stored[2]);
        let core = &stored[3 + label..];
        Self { flags: stored[0], core, brand: &core[..usize::from(stored[1])], label: &stored[3..3 + label] }
    }

    pub(crate) fn group(&self) -> bool {
        self.flags & GROUP != 0
    }

    pub(crate) fn latin(&self) -> bool {
        self.flags & LATIN != 0
    }

    /// Whether it stands there with a company's legal form.
    pub(crate) fn whole(&self) -> bool {
        self.flags & WHOLE != 0
    }

    /// Whether it is an office, school or hospital of the state.
    pub(crate) fn public(&self) -> bool {
        self.flags & PUBLIC != 0
    }

    /// A brand and nothing else: 海尔. Many companies may have it.
    pub(crate) fn bare(&self) -> bool {
        self.flags & (WHOLE | PUBLIC) == 0
            && self.trade().is_empty()
            && self.core.len() <= BARE
            && self.branch().is_none()
    }

    /// The label of a branch.
    pub(crate) fn branch(&self) -> Option<&'a [Letter]> {
        (self.flags & BRANCH != 0).then_some(self.label)
    }

    pub(crate) fn trade(&self) -> &'a [Letter] {
        &self.core[self.brand.len()..]
    }
}

/// Whether letters are mostly Han.
pub(crate) fn mostly_han(letters: &[Letter]) -> bool {
    letters.iter().filter(|letter| is_han(**letter)).count() * 2 >= letters.len()
}

#[cfg(test)]
mod tests;
