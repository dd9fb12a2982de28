//! Pinyin of Han characters, without tone marks; ü is written v, as it is typed.

mod phrases;
mod readings;
pub(crate) mod spelling;

pub(crate) use readings::readings;

use crate::fold;
use crate::han::is_han;
use crate::surname;

/// At most so many characters of a text take part in its sort key: enough to tell names apart, short enough to index.
const SORTED: usize = 64;

/// One reading of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    /// `lv`, `zhuang`.
    pub plain: &'static str,
    /// 1 to 4, and 5 for the neutral tone.
    pub tone: u8,
}

impl Reading {
    /// From a syllable with its tone digit behind: `chang2`.
    pub(crate) fn numbered(text: &'static str) -> Self {
        let (plain, tone) = match text.as_bytes().last() {
            Some(tone @ b'1'..=b'5') => (&text[..text.len() - 1], tone - b'0'),
            _ => (text, 5),
        };
        let plain = match plain {
            "lü" => "lv",
            "nü" => "nv",
            "lüe" => "lve",
            "nüe" => "nve",
            other => other,
        };
        Self { plain, tone }
    }
}

/// The syllable of each Han character; other characters give none: `青岛A` → `qing`, `dao`.
///
/// Characters with several readings get the one that names use (长 chang, 都 du); well-known words such as 重庆 and 银行
/// get theirs.
pub fn syllables(text: &str) -> Vec<String> {
    read(text).into_iter().filter_map(|(_, reading)| Some(reading?.plain.to_owned())).collect()
}

/// The syllables that one character may be read as, the usual one first: `重` → `zhong`, `chong`.
pub fn sounds(c: char) -> impl Iterator<Item = &'static str> {
    let found = if is_han(c) { readings(c) } else { readings::Readings::default() };
    [found.first, found.second].into_iter().flatten().map(|reading| reading.plain)
}

/// The first letter of each syllable: `青岛海尔` → `qdhe`.
pub fn initials(text: &str) -> String {
    read(text).into_iter().filter_map(|(_, reading)| reading?.plain.chars().next()).collect()
}

/// A key whose byte order is the order of a Chinese dictionary: digits, then letters and characters by their spelling,
/// tone and code point. The folded text stands behind it to break ties.
///
/// Compare it bytewise (`COLLATE "C"` in PostgreSQL). Only the first 64 characters take part.
pub fn sort_key(text: &str) -> String {
    key(read(&fold(text)), text)
}

/// [`sort_key`] of a person's name: the surname has its own reading (单 shan, 曾 zeng, 尉迟 yuchi).
pub fn person_sort_key(name: &str) -> String {
    let folded = fold(name);
    let mut read = read(&folded);
    for ((_, slot), reading) in read.iter_mut().zip(surname::readings(&folded)) {
        *slot = Some(reading);
    }
    key(read, name)
}

fn key(read: Vec<(char, Option<Reading>)>, text: &str) -> String {
    let mut out = String::with_capacity(read.len().min(SORTED) * 8);
    for (c, reading) in read.into_iter().take(SORTED) {
        match reading {
            Some(reading) => {
                out.push_str(reading.plain);
                out.push(char::from(b'0' + reading.tone));
                out.push(c);
            }
            None if c.is_alphanumeric() => out.push(c),
            None => {}
        }
    }
    out.push(' ');
    out.extend(fold(text).chars().take(SORTED));
    out
}

/// Each character with its reading, words with a reading of their own taken whole.
pub(crate) fn read(text: &str) -> Vec<(char, Option<Reading>)> {
    let mut out = Vec::with_capacity(text.len() / 3 + 4);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((phrase, syllables)) = phrases::at(rest) {
            out.extend(phrase.chars().zip(syllables.split(' ')).map(|(c, s)| (c, Some(Reading::numbered(s)))));
            rest = &rest[phrase.len()..];
        } else {
            let reading = if is_han(c) { readings(c).first } else { None };
            out.push((c, reading));
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

#[cfg(test)]
mod tests;
