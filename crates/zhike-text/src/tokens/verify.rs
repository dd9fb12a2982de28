//! Whether, where and how well a value meets a query: the index finds candidates, this decides and ranks.

use std::ops::Range;

use crate::han::is_han;
use crate::pinyin_of::spelling::Spelling;
use crate::{legal_form, phone};

use super::index::{Sound, sounds};
use super::query::{is_initials, numbers};
use super::squeeze::Squeezed;
use super::{Kind, Match, Query, Rank, Word};

/// All words of the query in this one value: the worst rank and the range of the first word. Where the words may stand
/// in several fields, ask [`Word::matches`] field by field.
pub fn matches(kind: Kind, value: &str, query: &Query) -> Option<Match> {
    let mut found: Option<Match> = None;
    for word in &query.words {
        let this = word.matches(kind, value)?;
        found = Some(match found {
            None => this,
            Some(first) => Match { rank: first.rank.max(this.rank), at: first.at },
        });
    }
    // Two words that are the whole value only together are not the whole value each.
    found.map(|found| match found.rank {
        Rank::Exact if query.words.len() > 1 => Match { rank: Rank::Start, ..found },
        _ => found,
    })
}

impl Word {
    /// Where and how well this word stands in the value.
    pub fn matches(&self, kind: Kind, value: &str) -> Option<Match> {
        if self.chars.is_empty() {
            return None;
        }
        let squeezed = Squeezed::of(value);
        if kind == Kind::Phone {
            return self.number(value, &squeezed);
        }
        if let Some((rank, range)) = self.literal(kind, &squeezed) {
            return Some(Match { rank, at: squeezed.bytes(range) });
        }
        if !matches!(kind, Kind::Organisation | Kind::Person) || !self.chars.iter().all(char::is_ascii_lowercase) {
            return None;
        }
        let (at, han): (Vec<usize>, Vec<char>) =
            squeezed.chars.iter().copied().enumerate().filter(|(_, c)| is_han(*c)).unzip();
        let sounds = sounds(kind, value, &han);
        let bytes = |from: usize, length: usize| squeezed.bytes(at[from]..at[from + length - 1] + 1);
        if let Some((from, length)) = self.spellings.iter().find_map(|spelling| spelled(spelling, &sounds)) {
            return Some(Match { rank: Rank::Pinyin, at: bytes(from, length) });
        }
        let letters: String = self.chars.iter().collect();
        let from = is_initials(&letters).then(|| initials(&letters, &sounds)).flatten()?;
        Some(Match { rank: Rank::Initials, at: bytes(from, letters.len()) })
    }

    fn literal(&self, kind: Kind, value: &Squeezed) -> Option<(Rank, Range<usize>)> {
        let core = if kind == Kind::Organisation { legal_form::core(&value.chars) } else { value.chars.len() };
        if self.chars == value.chars || self.chars == value.chars[..core] {
            return Some((Rank::Exact, 0..self.chars.len()));
        }
        if let Some(found) = best(&self.chars, value) {
            return Some(found);
        }
        // 海尔有限公司 finds 海尔股份有限公司: what differs is the legal form.
        let typed = legal_form::typed_core(&self.chars);
        if kind != Kind::Organisation || typed == self.chars.len() {
            return None;
        }
        if self.chars[..typed] == value.chars[..core] {
            return Some((Rank::Exact, 0..typed));
        }
        best(&self.chars[..typed], value)
    }

    fn number(&self, value: &str, squeezed: &Squeezed) -> Option<Match> {
        let typed: String = self.chars.iter().collect();
        if !typed.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let whole = phone::parse(&self.typed).ok().map(|phone| phone.key());
        let whole = whole.as_deref().into_iter();
        let forms: Vec<&str> = whole.chain(numbers(&self.typed, &typed)).collect();
        let keys: Vec<String> = phone::split(value)
            .into_iter()
            .map(|one| match phone::parse(one) {
                Ok(phone) => phone.key(),
                Err(_) => Squeezed::of(one).chars.into_iter().filter(char::is_ascii_digit).collect(),
            })
            .collect();
        let ranks = keys.iter().flat_map(|key| forms.iter().filter_map(|form| digits_rank(form, key)));
        let rank = ranks.min()?;
        let places = forms.iter().filter_map(|form| {
            let form: Vec<char> = form.chars().collect();
            let mut places = occurrences(&form, &squeezed.chars);
            let at = if rank == Rank::Tail { places.next_back() } else { places.next() };
            squeezed.bytes(at?..at? + form.len())
        });
        Some(Match { rank, at: places.into_iter().next() })
    }
}

fn digits_rank(typed: &str, key: &str) -> Option<Rank> {
    if key == typed {
        Some(Rank::Exact)
    } else if key.starts_with(typed) {
        Some(Rank::Start)
    } else if typed.len() >= 4 && key.ends_with(typed) {
        Some(Rank::Tail)
    } else {
        key.contains(typed).then_some(Rank::Inside)
    }
}

/// The best place of `typed` in the value.
fn best(typed: &[char], value: &Squeezed) -> Option<(Rank, Range<usize>)> {
    occurrences(typed, &value.chars)
        .map(|at| {
            let rank = match at {
                0 => Rank::Start,
                at if value.starts[at] => Rank::WordStart,
                _ => Rank::Inside,
            };
            (rank, at..at + typed.len())
        })
        .min_by_key(|(rank, _)| *rank)
}

fn occurrences(typed: &[char], value: &[char]) -> impl DoubleEndedIterator<Item = usize> {
    let windows = if typed.is_empty() { 0 } else { (value.len() + 1).saturating_sub(typed.len()) };
    (0..windows).filter(move |at| value[*at..*at + typed.len()] == *typed)
}

/// The first place where the syllables are spelled, and how many characters; one syllable only at the start, as in
/// the index.
fn spelled(spelling: &Spelling, sounds: &[Sound]) -> Option<(usize, usize)> {
    let length = spelling.len();
    let places = if length == 1 { sounds.len().min(1) } else { (sounds.len() + 1).saturating_sub(length) };
    (0..places).find_map(|from| {
        let fits =
            spelling.iter().zip(&sounds[from..]).enumerate().all(|(at, (syllable, sound))| {
                sound.iter().any(|reading| {
                    if at + 1 == length { reading.starts_with(&**syllable) } else { *reading == **syllable }
                })
            });
        fits.then_some((from, length))
    })
}

fn initials(letters: &str, sounds: &[Sound]) -> Option<usize> {
    (0..(sounds.len() + 1).saturating_sub(letters.len())).find(|from| {
        letters
            .chars()
            .zip(&sounds[*from..])
            .all(|(letter, sound)| sound.iter().any(|reading| reading.starts_with(letter)))
    })
}
