//! The tokens under which a value is found.

use crate::pinyin_of::{Reading, read, readings};
use crate::{legal_form, phone, surname};

use super::squeeze::Squeezed;
use super::{ADDRESS_EDGES, COMMON, INITIALS, Kind, LONGEST};
use crate::han::is_han;

/// A name of more syllables is spelled by its first ones only: nobody types further, and a text by mistake in a name
/// field shall not fill the index.
const SPELLED: usize = 40;

/// Adds the index tokens of `value` to `out`, in no order and some of them twice: who adds several fields sorts them once.
pub fn index(kind: Kind, value: &str, out: &mut Vec<String>) {
    match kind {
        Kind::Organisation | Kind::Person => name(kind, value, out),
        Kind::Text => text(value, out),
        Kind::Phone => phone::split(value).into_iter().for_each(|one| number(one, out)),
        Kind::Email => email(value, out),
        Kind::Code => code(value, out),
    }
}

fn name(kind: Kind, value: &str, out: &mut Vec<String>) {
    let squeezed = Squeezed::of(value);
    let core = if kind == Kind::Organisation { legal_form::core(&squeezed.chars) } else { squeezed.chars.len() };
    let chars = &squeezed.chars[..core];
    words(chars, &squeezed.starts, out);
    if kind == Kind::Person {
        joined(value, out);
    }
    let han: Vec<char> = chars.iter().copied().filter(|c| is_han(*c)).collect();
    if han.is_empty() {
        return;
    }
    pairs(chars, out);
    out.push(token('s', &han[..1]));
    if han.len() > 1 {
        out.push(token('s', &han[..2]));
    }
    let sounds = sounds(kind, value, &han[..han.len().min(SPELLED)]);
    spelled(&sounds, out);
}

fn text(value: &str, out: &mut Vec<String>) {
    let squeezed = Squeezed::of(value);
    words(&squeezed.chars, &squeezed.starts, out);
    pairs(&squeezed.chars, out);
}

fn number(value: &str, out: &mut Vec<String>) {
    let mut add = |digits: &str| {
        if digits.len() >= 3 {
            let digits = &digits[..digits.len().min(LONGEST - 1)];
            out.push(format!("n{digits}"));
            out.push(std::iter::once('r').chain(digits.chars().rev()).collect());
        }
    };
    match phone::parse(value) {
        Ok(phone) => {
            add(&phone.key());
            if phone.country != 86 {
                add(&phone.national);
            }
        }
        Err(_) => add(&Squeezed::of(value).chars.iter().filter(|c| c.is_ascii_digit()).collect::<String>()),
    }
}

fn email(value: &str, out: &mut Vec<String>) {
    let folded = crate::fold(value);
    if folded.is_empty() {
        return;
    }
    let whole = address(&folded);
    let name = folded.chars().position(|c| c == '@').map_or(LONGEST, |at| at + 1);
    out.extend((1..=name.min(whole.len() - 1).min(ADDRESS_EDGES)).map(|length| edge(&whole[1..=length])));
    out.push(whole);
    if let Some((_, domain)) = folded.split_once('@') {
        for part in domain.split(|c: char| !c.is_ascii_alphanumeric()) {
            if !part.is_empty() && !COMMON.contains(&part) {
                out.push(word(part.chars()));
            }
        }
    }
}

fn code(value: &str, out: &mut Vec<String>) {
    let squeezed = Squeezed::of(value);
    if squeezed.chars.is_empty() {
        return;
    }
    out.push(token('c', &squeezed.chars));
    if squeezed.starts.iter().skip(1).any(|start| *start) {
        words(&squeezed.chars, &squeezed.starts, out);
        pairs(&squeezed.chars, out);
    }
}

/// A token for each run of letters and digits.
fn words(chars: &[char], starts: &[bool], out: &mut Vec<String>) {
    let mut at = 0;
    while at < chars.len() {
        let mut end = at + 1;
        while end < chars.len() && !starts[end] {
            end += 1;
        }
        if !is_han(chars[at]) {
            out.push(word(chars[at..end].iter().copied()));
        }
        at = end;
    }
}

/// `Zhang San` is also typed `zhangsan`.
fn joined(value: &str, out: &mut Vec<String>) {
    let folded = crate::fold(value);
    if folded.contains(' ') && folded.chars().all(|c| c.is_ascii_alphabetic() || c == ' ') {
        out.push(word(folded.chars().filter(|c| *c != ' ')));
    }
}

/// Each two Han characters in a row; blanks and signs between them do not part them.
pub(super) fn pairs(chars: &[char], out: &mut Vec<String>) {
    for pair in chars.windows(2).filter(|pair| is_han(pair[0]) && is_han(pair[1])) {
        let mut token = String::with_capacity(pair[0].len_utf8() + pair[1].len_utf8());
        token.extend(pair);
        out.push(token);
    }
}

/// The readings of one character of a name.
#[derive(Clone, Copy)]
pub(super) struct Sound {
    pub first: Option<&'static str>,
    pub second: Option<&'static str>,
}

impl Sound {
    pub(super) fn of(c: char) -> Self {
        let found = readings(c);
        Self { first: found.first.map(|reading| reading.plain), second: found.second.map(|reading| reading.plain) }
    }

    pub(super) fn iter(self) -> impl Iterator<Item = &'static str> {
        self.first.into_iter().chain(self.second)
    }

    /// A special reading goes to the front, the ordinary one behind it.
    fn put_first(&mut self, reading: Reading) {
        if self.first != Some(reading.plain) {
            self.second = self.first;
            self.first = Some(reading.plain);
        }
    }
}

/// The readings of these Han characters of a name, those of known words and of surnames first.
pub(super) fn sounds(kind: Kind, name: &str, han: &[char]) -> Vec<Sound> {
    let text: String = han.iter().collect();
    let mut sounds: Vec<Sound> = han.iter().map(|c| Sound::of(*c)).collect();
    for (sound, (_, reading)) in sounds.iter_mut().zip(read(&text)) {
        if let Some(reading) = reading {
            sound.put_first(reading);
        }
    }
    if kind == Kind::Person && name.starts_with(is_han) {
        for (sound, reading) in sounds.iter_mut().zip(surname::readings(&text)) {
            sound.put_first(reading);
        }
    }
    sounds
}

fn spelled(sounds: &[Sound], out: &mut Vec<String>) {
    for syllable in sounds[0].iter() {
        out.push(format!("q{syllable}"));
    }
    for pair in sounds.windows(2) {
        for first in pair[0].iter() {
            for second in pair[1].iter() {
                let mut token = String::with_capacity(first.len() + second.len() + 2);
                token.push('p');
                token.push_str(first);
                token.push('_');
                token.push_str(second);
                out.push(token);
            }
        }
    }
    for start in 0..sounds.len().saturating_sub(1).max(1) {
        initials(&sounds[start..sounds.len().min(start + INITIALS)], out);
    }
}

/// The initials of these characters, in each reading: a second reading doubles the tokens only where its letter differs.
fn initials(sounds: &[Sound], out: &mut Vec<String>) {
    let from = out.len();
    out.push(String::from('i'));
    for sound in sounds {
        let mut letters = sound.iter().filter_map(|syllable| syllable.chars().next());
        let Some(first) = letters.next() else { continue };
        let second = letters.next().filter(|second| *second != first);
        for at in from..out.len() {
            // Eight ways at most; a name with more characters of several readings is spelled in its usual ones.
            if let Some(second) = second
                && out.len() - from < 8
            {
                let mut other = out[at].clone();
                other.push(second);
                out.push(other);
            }
            out[at].push(first);
        }
    }
    let mut at = from;
    while at < out.len() {
        if out[at].len() < 2 {
            out.swap_remove(at);
        } else {
            at += 1;
        }
    }
}

/// A whole address as one token: all that is no letter or digit becomes `_`.
pub(super) fn address(folded: &str) -> String {
    let mut token = String::with_capacity(folded.len() + 1);
    token.push('e');
    token.extend(folded.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }));
    token.truncate(LONGEST);
    token
}

/// The first letters of an address.
pub(super) fn edge(letters: &str) -> String {
    format!("m{letters}")
}

pub(super) fn word(chars: impl Iterator<Item = char>) -> String {
    let mut token = String::with_capacity(12);
    token.push('w');
    token.extend(chars.take(LONGEST - 1));
    token
}

/// The characters behind a kind letter, cut to the greatest length.
pub(super) fn token(kind: char, chars: &[char]) -> String {
    let mut token = String::with_capacity(1 + chars.len().min(LONGEST));
    token.push(kind);
    for c in chars {
        if token.len() + c.len_utf8() > LONGEST {
            break;
        }
        token.push(*c);
    }
    token
}
