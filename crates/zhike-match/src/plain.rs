//! Dates and short free text.

use zhike_text::{date, fold};

use crate::letters::{Letter, all_same_sound, letter};
use crate::level::Level;
use crate::similar::{distance, jaro_winkler};

/// Eight digits of a date, one a word, so that slips of single digits can be told; a text that is no date gives its digits.
pub(crate) fn store_date(text: &str, out: &mut Vec<u16>) -> bool {
    let digits: String = match date::parse_date(text) {
        Ok(date) => format!("{:04}{:02}{:02}", date.year(), date.month(), date.day()),
        Err(_) => fold(text).chars().filter(char::is_ascii_digit).collect(),
    };
    if digits.len() != 8 {
        return false;
    }
    out.extend(digits.bytes().map(|digit| u16::from(digit - b'0')));
    true
}

pub(crate) fn compare_dates(a: &[u16], b: &[u16]) -> Level {
    if a == b {
        return Level::Same;
    }
    let wrong = a.iter().zip(b).filter(|(a, b)| a != b).count();
    let swapped = a[..4] == b[..4] && a[4..6] == b[6..] && a[6..] == b[4..6];
    if swapped || distance(a, b, 1).is_some() {
        return Level::Near;
    }
    // The year and one more part, or two digits wrong.
    let parts = usize::from(a[..4] == b[..4]) + usize::from(a[4..6] == b[4..6]) + usize::from(a[6..] == b[6..]);
    if wrong <= 2 || parts == 2 { Level::Alike } else { Level::Different }
}

/// The letters of a short text.
pub(crate) fn store_text(text: &str, out: &mut Vec<u16>) -> bool {
    let from = out.len();
    out.extend(fold(text).chars().filter(|c| c.is_alphanumeric()).map(letter).take(48).collect::<Vec<Letter>>());
    out.len() > from
}

pub(crate) fn compare_texts(a: &[Letter], b: &[Letter]) -> Level {
    if a == b {
        return Level::Same;
    }
    if all_same_sound(a, b) {
        return Level::Sound;
    }
    let most = 1 + a.len().max(b.len()) / 6;
    if a.len().min(b.len()) >= 3 && distance(a, b, most).is_some() {
        return Level::Near;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() >= 3 && (long.starts_with(short) || long.ends_with(short)) {
        return Level::Within;
    }
    if jaro_winkler(a, b) >= 0.85 { Level::Alike } else { Level::Different }
}

#[cfg(test)]
mod tests {
    use super::{compare_dates, compare_texts, store_date, store_text};
    use crate::level::Level;

    #[test]
    fn dates() {
        let level = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|text| {
                let mut out = Vec::new();
                assert!(store_date(text, &mut out), "{text}");
                out
            });
            compare_dates(&a, &b)
        };
        assert_eq!(level("2023-05-01", "2023年5月1日"), Level::Same);
        assert_eq!(level("19080419", "19080429"), Level::Near);
        assert_eq!(level("19080412", "19081204"), Level::Near);
        assert_eq!(level("19080419", "19080923"), Level::Different);
        assert_eq!(level("19080419", "19080423"), Level::Alike);
        assert_eq!(level("19081319", "19081319"), Level::Same);
    }

    #[test]
    fn texts() {
        let level = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|text| {
                let mut out = Vec::new();
                store_text(text, &mut out);
                out
            });
            compare_texts(&a, &b)
        };
        assert_eq!(level("Wallaby Place", "wallabyplace"), Level::Same);
        assert_eq!(level("mitchell", "mitchel"), Level::Near);
        assert_eq!(level("rose", "rosemary"), Level::Within);
        assert_eq!(level("green", "white"), Level::Different);
    }
}
