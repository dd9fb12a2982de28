//! Telephone numbers: mobile ones and fixed lines, each its own evidence. A line may be a switchboard's.

use zhike_text::phone::{self, PhoneKind};

use crate::level::Level;

/// Whether a number is a mobile one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    Mobile,
    Fixed,
}

/// Area code (0 when not written), subscriber's number in four words.
pub(crate) type Stored = [u16; 5];

/// The numbers of a text.
pub(crate) fn read(text: &str, mut each: impl FnMut(Line, Stored)) {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return;
    }
    // Most numbers of a list are plain: no need to take them apart.
    let bytes = trimmed.as_bytes();
    if bytes.len() == 11
        && bytes[0] == b'1'
        && (b'3'..=b'9').contains(&bytes[1])
        && bytes.iter().all(u8::is_ascii_digit)
    {
        return each(Line::Mobile, stored(0, trimmed));
    }
    if let Some((area, local)) = trimmed.split_once('-')
        && matches!(area.len(), 3 | 4)
        && matches!(local.len(), 7 | 8)
        && area.bytes().chain(local.bytes()).all(|byte| byte.is_ascii_digit())
        && phone::area_length(trimmed) == Some(area.len())
    {
        return each(Line::Fixed, stored(area.parse().unwrap_or(0), local));
    }
    for one in phone::split(text) {
        let Ok(found) = phone::parse(one) else { continue };
        match found.kind {
            PhoneKind::Mobile => each(Line::Mobile, stored(0, &found.national)),
            PhoneKind::Landline => {
                let area = phone::area_length(&found.national).unwrap_or(0);
                let (area, local) = found.national.split_at(area);
                each(Line::Fixed, stored(area.parse().unwrap_or(0), local));
            }
            PhoneKind::Service | PhoneKind::Abroad => each(Line::Fixed, stored(found.country, &found.national)),
        }
    }
}

fn stored(area: u16, digits: &str) -> Stored {
    let number: u64 =
        digits.bytes().fold(0, |number, digit| number.wrapping_mul(10) + u64::from(digit.wrapping_sub(b'0')));
    [area, number as u16, (number >> 16) as u16, (number >> 32) as u16, (number >> 48) as u16]
}

pub(crate) fn number(stored: &[u16]) -> u64 {
    stored[1..5].iter().rev().fold(0, |number, word| number << 16 | u64::from(*word))
}

pub(crate) fn compare(a: &[u16], b: &[u16]) -> Level {
    let (one, other) = (number(a), number(b));
    if one == other {
        return match (a[0], b[0]) {
            (x, y) if x == y => Level::Same,
            (0, _) | (_, 0) => Level::Within,
            _ => Level::Different,
        };
    }
    if (a[0] == b[0] || a[0] == 0 || b[0] == 0) && one_slip(one, other) { Level::Near } else { Level::Different }
}

/// One digit wrong, or two neighbours swapped, in numbers of at least seven digits.
fn one_slip(mut a: u64, mut b: u64) -> bool {
    if a.min(b) < 1_000_000 {
        return false;
    }
    let mut wrong = [(0, 0, 0); 2];
    let mut count = 0;
    let mut place = 0_u8;
    while a > 0 || b > 0 {
        if a % 10 != b % 10 {
            if count == 2 {
                return false;
            }
            wrong[count] = (place, a % 10, b % 10);
            count += 1;
        }
        (a, b, place) = (a / 10, b / 10, place + 1);
    }
    let [first, second] = wrong;
    count == 1 || (second.0 == first.0 + 1 && first.1 == second.2 && first.2 == second.1)
}

#[cfg(test)]
mod tests {
    use super::{Line, compare, read};
    use crate::level::Level;

    fn one(text: &str) -> (Line, super::Stored) {
        let mut found = None;
        read(text, |line, stored| found = Some((line, stored)));
        found.expect("a number")
    }

    #[test]
    fn levels() {
        for (a, b, wanted) in [
            ("13812346138", "+86 138-1234-6138", Level::Same),
            ("１３８１２３４６１３８", "86-13812346138", Level::Same),
            ("0532-60619201", "（0532）60619201", Level::Same),
            ("0532-60619201-801", "0532 6061 9201", Level::Same),
            ("60619201", "0532-60619201", Level::Within),
            ("010-60619201", "0532-60619201", Level::Different),
            ("13812346138", "13812346183", Level::Near),
            ("13812346138", "13812346139", Level::Near),
            ("13812346138", "13912346139", Level::Different),
        ] {
            assert_eq!(compare(&one(a).1, &one(b).1), wanted, "{a} {b}");
        }
        assert_eq!(one("13812346138").0, Line::Mobile);
        assert_eq!(one("400-810-8888").0, Line::Fixed);
    }
}
