//! Search tokens, the same for SQLite's FTS5 and a PostgreSQL tsvector.
//!
//! A token is made of `a`–`z`, `0`–`9`, `_` and Han characters only and has at most 40 bytes. Its first letter says its
//! kind, so that kinds never meet; a token that starts with a Han character is a pair of them.
//!
//! | token | from | finds |
//! |---|---|---|
//! | `华为` | two Han characters in a row | any two characters of a name or a text |
//! | `s华`, `s华为` | the start of a name | one character |
//! | `phua_wei` | two syllables in a row | pinyin, the last syllable unfinished |
//! | `qhua` | the first syllable | one syllable |
//! | `ihwjs` | initials from any character on, cut to six | initials |
//! | `wabc` | a word of letters and digits | its start |
//! | `n13812346138`, `r83164321831` | a number's digits, and reversed | its start, and its last four or more |
//! | `ezhang_san_163_com` | an address | its start |
//! | `mz`, `mzh` … `mzhang_san_` | the first letters of an address's name, ten at most | its start, typed no further |
//! | `c91370200…` | a code | its start |

mod index;
mod query;
mod squeeze;
mod verify;

pub use index::index;
pub use query::query;
pub use verify::matches;

use std::ops::Range;

use crate::pinyin_of::spelling::Spelling;

/// What a value is, which says how people search for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Characters, pinyin, initials; the legal form is left out, blanks and brackets do not part characters.
    Organisation,
    /// The same, with the surname's own reading.
    Person,
    /// Characters and words only.
    Text,
    Phone,
    Email,
    Code,
}

/// One token of the index or, with `prefix`, all tokens that start with it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Token {
    pub text: String,
    pub prefix: bool,
}

/// Tokens that must all stand in the record.
pub type Group = Vec<Token>;

/// One typed word: any one of its groups is enough. A word without groups (punctuation alone, a single kana) is
/// in no index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Folded, in simplified characters.
    pub typed: String,
    pub alternatives: Vec<Group>,
    /// What is compared with a value: `typed` without signs.
    chars: Vec<char>,
    spellings: Vec<Spelling>,
}

/// What was typed: all words must be met, each perhaps in another field of the record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    pub words: Vec<Word>,
}

/// How well a value meets a query; the smaller the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// The whole value (of an organisation: without its legal form).
    Exact,
    Start,
    /// The start of a word within the value.
    WordStart,
    Inside,
    Pinyin,
    Initials,
    /// The last digits of a number.
    Tail,
}

impl Token {
    /// Whether values of this kind have tokens of this sort.
    pub fn is_of(&self, kind: Kind) -> bool {
        match self.text.chars().next() {
            Some('s' | 'p' | 'q' | 'i') => matches!(kind, Kind::Organisation | Kind::Person),
            Some('n' | 'r') => kind == Kind::Phone,
            Some('e' | 'm') => kind == Kind::Email,
            Some('c') => kind == Kind::Code,
            Some('w') => kind != Kind::Phone,
            _ => !matches!(kind, Kind::Phone | Kind::Email),
        }
    }
}

impl Rank {
    /// 0 for the best, 6 for the worst.
    pub fn number(self) -> u8 {
        self as u8
    }
}

/// Where and how well a value meets a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    pub rank: Rank,
    /// Byte range in the value to highlight: where the word stands in it, or the characters that it spells. `None`
    /// where the match is no range of the value.
    pub at: Option<Range<usize>>,
}

/// Which tokens [`index`] makes: another number when it makes others, and what is stored is written anew.
pub const EDITION: u32 = 2;

/// No token is longer.
const LONGEST: usize = 40;
/// Initials are cut to so many letters.
const INITIALS: usize = 6;
/// So many first letters of an address have tokens of their own: of `info…` and `sales…` there are a hundred thousand in a million
/// addresses, and a prefix gathers them all before it gives one.
const ADDRESS_EDGES: usize = 10;
/// Parts of a domain that nearly every address has.
const COMMON: &[&str] = &["com", "cn", "net", "org", "www", "edu", "gov"];

#[cfg(test)]
mod tests;
