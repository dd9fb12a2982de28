//! Codes: credit codes, identity numbers, postcodes, numbers of houses and of customers.

use zhike_text::{credit_code, fold};

use crate::letters::Letter;
use crate::level::Level;
use crate::similar::distance;

/// The letters and digits of a code in capitals, two letters a word would save little: one each.
pub(crate) fn store(text: &str, out: &mut Vec<u16>) -> bool {
    let from = out.len();
    let letters =
        fold(text).chars().filter(|c| c.is_alphanumeric()).map(crate::letters::letter).take(32).collect::<Vec<_>>();
    out.extend(letters.into_iter().map(capital));
    // 无, /, 0, 000: what people write where there is no code.
    let code = &out[from..];
    let empty =
        code.is_empty() || code == [0x65e0] || code.len() > 1 && code.iter().all(|letter| *letter == u16::from(b'0'));
    if empty {
        out.truncate(from);
    }
    !empty
}

/// A credit code (18 characters), a business licence's older number or an organisation code. The first word says whether
/// the check digit is right.
pub(crate) fn store_credit_code(text: &str, out: &mut Vec<u16>) -> bool {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return false;
    }
    out.push(u16::from(credit_code::parse(trimmed).is_ok()));
    let mark = out.len();
    if !store(trimmed, out) || out.len() - mark < 8 {
        out.truncate(mark - 1);
        return false;
    }
    // I, O, S, V and Z are not used (GB 32100-2015): whoever writes one misread a digit.
    for letter in &mut out[mark..] {
        *letter = match u8::try_from(*letter) {
            Ok(b'I') => b'1',
            Ok(b'O') => b'0',
            Ok(b'S') => b'5',
            Ok(b'V') => b'U',
            Ok(b'Z') => b'2',
            Ok(other) => other,
            Err(_) => b'?',
        }
        .into();
    }
    true
}

fn capital(letter: Letter) -> Letter {
    match u8::try_from(letter) {
        Ok(byte) => byte.to_ascii_uppercase().into(),
        Err(_) => letter,
    }
}

pub(crate) fn compare_credit_codes(a: &[u16], b: &[u16]) -> Level {
    let ([right_a, a @ ..], [right_b, b @ ..]) = (a, b) else { return Level::Missing };
    if a == b {
        return Level::Same;
    }
    // An organisation code of nine characters stands within the credit code.
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() == 9 && long.len() == 18 {
        return if long[8..17] == *short { Level::Same } else { Level::Different };
    }
    if short.len() < 15 || long.len() < 18 && short.len() != long.len() {
        return Level::Missing;
    }
    match distance(a, b, 2) {
        Some(apart) if apart == 1 || *right_a == 0 || *right_b == 0 => Level::Near,
        // Two right codes that differ are two companies.
        _ => Level::Different,
    }
}

pub(crate) fn compare(a: &[u16], b: &[u16]) -> Level {
    if a == b {
        return Level::Same;
    }
    let long = a.len().max(b.len());
    match distance(a, b, 2) {
        Some(1) if long >= 3 => Level::Near,
        Some(2) if long >= 6 => Level::Alike,
        _ => Level::Different,
    }
}

#[cfg(test)]
mod tests {
    use super::{compare, compare_credit_codes, store, store_credit_code};
    use crate::level::Level;

    #[test]
    fn credit_codes() {
        let level = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|text| {
                let mut out = Vec::new();
                store_credit_code(text, &mut out);
                out
            });
            compare_credit_codes(&a, &b)
        };
        assert_eq!(level("91370200264574251X", "91370200264574251x "), Level::Same);
        assert_eq!(level("91370200264574251X", "9137O200264574251X"), Level::Same);
        assert_eq!(level("91370200264574251X", "91370200264574215X"), Level::Near);
        assert_eq!(level("91370200264574251X", "264574251"), Level::Same);
        assert_eq!(level("91370200264574251X", "91110000710924910P"), Level::Different);
        assert_eq!(level("91370200264574251X", "无"), Level::Missing);
    }

    #[test]
    fn codes() {
        let level = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|text| {
                let mut out = Vec::new();
                store(text, &mut out);
                out
            });
            compare(&a, &b)
        };
        assert_eq!(level("1804974", "1804974"), Level::Same);
        assert_eq!(level("1804974", "1804794"), Level::Near);
        assert_eq!(level("1804974", "1840795"), Level::Different);
        assert_eq!(level("7", "9"), Level::Different);
    }
}
