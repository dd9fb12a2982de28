//! From what was typed to the tokens that find it.

use crate::han::is_han;
use crate::pinyin_of::spelling::{Spelling, is_syllable, spellings};
use crate::{fold, legal_form, phone};

use super::index::{address, edge, pairs, token, word};
use super::squeeze::{Squeezed, comparable};
use super::{ADDRESS_EDGES, COMMON, Group, INITIALS, LONGEST, Query, Token, Word};

/// So many pairs of characters find a name among millions; more only make the query slower.
const PAIRS: usize = 10;

/// Reads what was typed. A blank text gives a query without words.
pub fn query(text: &str) -> Query {
    let folded = fold(text);
    let mut words: Vec<Word> = match whole(&folded) {
        Some(word) => vec![word],
        None => folded.split(' ').filter(|word| !word.is_empty()).map(word_of).collect(),
    };
    // Signs alone are no condition beside a word; on their own they find nothing.
    if words.iter().any(|word| !word.alternatives.is_empty()) {
        words.retain(|word| !word.alternatives.is_empty());
    }
    Query { words }
}

/// Words that are one in spite of the blanks between them: a number in groups, a name in syllables.
fn whole(folded: &str) -> Option<Word> {
    if !folded.contains(' ') {
        return None;
    }
    if is_number(folded) && folded.chars().filter(char::is_ascii_digit).count() >= 7 && phone::split(folded).len() == 1
    {
        return Some(word_of(&folded.replace(' ', "-")));
    }
    let syllables: Vec<&str> = folded.split(' ').collect();
    let (last, before) = syllables.split_last()?;
    let spelled = before.iter().all(|word| is_syllable(word)) && !spellings(last).is_empty();
    if !spelled {
        return None;
    }
    let spellings = spellings(&syllables.join("'"));
    let mut alternatives: Vec<Group> = spellings.iter().map(sounds).collect();
    alternatives.push(latin_words(&syllables));
    alternatives.push(vec![address_start(folded)]);
    let chars = folded.chars().filter_map(comparable).collect();
    Some(Word { typed: folded.to_owned(), alternatives, chars, spellings })
}

fn word_of(folded: &str) -> Word {
    let squeezed = Squeezed::of(folded);
    let typed = folded.chars().map(crate::han::simplified).collect();
    let mut spelled = Vec::new();
    let mut alternatives = if squeezed.chars.is_empty() {
        Vec::new()
    } else if let Some((local, domain)) = folded.split_once('@') {
        mail(folded, local, domain)
    } else if squeezed.chars.iter().any(|c| is_han(*c)) {
        vec![characters(&squeezed)]
    } else if is_number(folded) {
        digits(folded, &squeezed)
    } else {
        spelled = spellings(folded);
        letters(folded, &squeezed, &spelled)
    };
    alternatives.retain(|group| !group.is_empty());
    let mut seen = Vec::with_capacity(alternatives.len());
    alternatives.retain(|group| {
        let new = !seen.contains(group);
        seen.push(group.clone());
        new
    });
    Word { typed, alternatives, chars: squeezed.chars, spellings: spelled }
}

fn mail(folded: &str, local: &str, domain: &str) -> Vec<Group> {
    if local.is_empty() {
        let parts: Vec<&str> = domain.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        vec![latin_words(&parts)]
    } else {
        vec![vec![address_start(folded)]]
    }
}

/// The start of an address. Within its name the first letters have tokens of their own.
fn address_start(folded: &str) -> Token {
    let name = folded.strip_suffix('@').unwrap_or(folded);
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
    let address = address(folded);
    if plain && folded.len() <= ADDRESS_EDGES { exact(edge(&address[1..])) } else { prefix(address) }
}

/// Han characters, perhaps with Latin words among them. A legal form, whole or begun, is not in the index of names.
fn characters(squeezed: &Squeezed) -> Group {
    let core = legal_form::typed_core(&squeezed.chars);
    let chars = &squeezed.chars[..core];
    let mut texts = Vec::new();
    pairs(chars, &mut texts);
    texts.truncate(PAIRS);
    let mut group: Group = texts.into_iter().map(exact).collect();
    let mut at = 0;
    while at < chars.len() {
        let mut end = at + 1;
        while end < chars.len() && !squeezed.starts[end] {
            end += 1;
        }
        if !is_han(chars[at]) {
            let text = word(chars[at..end].iter().copied());
            group.push(Token { text, prefix: end == squeezed.chars.len() });
        }
        at = end;
    }
    if group.is_empty() {
        group.push(exact(token('s', &chars[..1])));
    }
    group.sort_by(|a, b| a.text.cmp(&b.text));
    group.dedup();
    group
}

/// Digits, with the signs that people put between them.
fn is_number(folded: &str) -> bool {
    folded.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '(' | ')' | '.' | '#' | ' '))
        && folded.contains(|c: char| c.is_ascii_digit())
}

fn digits(folded: &str, squeezed: &Squeezed) -> Vec<Group> {
    let all: String = squeezed.chars.iter().collect();
    let mut out = Vec::new();
    if all.len() >= 7
        && let Ok(phone) = phone::parse(folded)
    {
        out.push(vec![prefix(cut(format!("n{}", phone.key())))]);
    }
    for number in numbers(folded, &all) {
        if number.len() >= 3 {
            out.push(vec![prefix(cut(format!("n{number}")))]);
        }
        if number.len() >= 4 {
            out.push(vec![prefix(cut(std::iter::once('r').chain(number.chars().rev()).collect()))]);
        }
    }
    out.push(vec![prefix(token('c', &squeezed.chars))]);
    let parts: Vec<&str> = folded.split(|c: char| !c.is_ascii_digit()).collect();
    out.push(latin_words(&parts));
    if all.len() == folded.len() {
        out.push(vec![address_start(folded)]);
    }
    out
}

/// The digits that may stand in a stored number: without the country's 86 where it was typed as one. 0086… may be the
/// country as well as the last digits of a number; +86… is the country alone.
pub(super) fn numbers<'a>(typed: &str, digits: &'a str) -> Vec<&'a str> {
    let national = digits
        .trim_start_matches('0')
        .strip_prefix("86")
        .filter(|rest| !rest.is_empty() && (typed.starts_with('+') || typed.starts_with("00")));
    let written = (national.is_none() || !typed.starts_with('+')).then_some(digits);
    national.into_iter().chain(written).collect()
}

/// Letters, perhaps with digits and signs: pinyin, initials, a word, an address or a code.
fn letters(folded: &str, squeezed: &Squeezed, spelled: &[Spelling]) -> Vec<Group> {
    let mut out: Vec<Group> = spelled.iter().map(sounds).collect();
    let letters: String = squeezed.chars.iter().collect();
    if is_initials(&letters) {
        out.push(vec![prefix(format!("i{letters}"))]);
    }
    let parts: Vec<&str> = folded.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    out.push(latin_words(&parts));
    out.push(vec![prefix(token('c', &squeezed.chars))]);
    out.push(vec![address_start(folded)]);
    out
}

/// No syllable starts with i, u or v, and one letter alone is better read as a sound.
pub(super) fn is_initials(letters: &str) -> bool {
    (2..=INITIALS).contains(&letters.len())
        && letters.bytes().all(|b| b.is_ascii_lowercase() && !matches!(b, b'i' | b'u' | b'v'))
}

/// Syllables as pairs; the last may be unfinished. One syllable must be the first of a name.
fn sounds(spelling: &Spelling) -> Group {
    match &spelling[..] {
        [] => Vec::new(),
        [only] => vec![prefix(format!("q{only}"))],
        several => {
            let mut group: Group = several.windows(2).map(|pair| exact(format!("p{}_{}", pair[0], pair[1]))).collect();
            if let Some(last) = group.last_mut() {
                last.prefix = true;
            }
            group
        }
    }
}

/// All of these words, the last one perhaps unfinished. Parts that every domain has (`com`) are not asked for.
fn latin_words(parts: &[&str]) -> Group {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    let telling = |at: usize, part: &str| {
        let last = at + 1 == parts.len();
        let begun = last && at > 0 && COMMON.iter().any(|common| common.starts_with(part));
        !begun && !COMMON.contains(&part)
    };
    let some = parts.iter().enumerate().any(|(at, part)| telling(at, part));
    let mut out = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        if !some || telling(at, part) {
            out.push(Token { text: word(part.chars()), prefix: at + 1 == parts.len() });
        }
    }
    out
}

fn exact(text: String) -> Token {
    Token { text, prefix: false }
}

fn prefix(text: String) -> Token {
    Token { text, prefix: true }
}

fn cut(mut text: String) -> String {
    text.truncate(LONGEST);
    text
}
