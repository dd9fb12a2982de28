//! Numbers as people write them, read exactly.

mod boolean;
mod duration;

pub use boolean::parse_bool;
pub use duration::{DurationError, parse_duration};

use crate::fold;
use crate::reason::{Reason, reasons};

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberError {
    Empty,
    /// A character that no number contains.
    Character(char),
    /// Separators that part no thousands: `1,23`.
    Grouping,
    /// More digits behind the point than the field keeps.
    Decimals {
        have: u32,
        allowed: u32,
    },
    /// Larger than the field can hold.
    Overflow,
    /// Signs and digits in an order that is no number.
    Form,
}

impl Reason for NumberError {
    fn zh(&self) -> String {
        match self {
            Self::Empty => "数字为空".to_owned(),
            Self::Character(c) => format!("数字中不应有“{c}”"),
            Self::Grouping => "逗号应每三位一个，如 1,234".to_owned(),
            Self::Decimals { have, allowed: 0 } => format!("应为整数，现有 {have} 位小数"),
            Self::Decimals { have, allowed } => format!("最多 {allowed} 位小数，现有 {have} 位"),
            Self::Overflow => "数字太大".to_owned(),
            Self::Form => "不是数字".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Empty => "the number is empty".to_owned(),
            Self::Character(c) => format!("a number has no “{c}”"),
            Self::Grouping => "commas part thousands: 1,234".to_owned(),
            Self::Decimals { have, allowed: 0 } => format!("a whole number is wanted, this has {have} decimals"),
            Self::Decimals { have, allowed } => format!("at most {allowed} decimals, this has {have}"),
            Self::Overflow => "the number is too large".to_owned(),
            Self::Form => "not a number".to_owned(),
        }
    }
}
reasons!(NumberError);

/// Currency signs and words in front of a number.
const FRONT: &[&str] =
    &["人民币", "rmb", "cny", "hk$", "us$", "usd", "hkd", "eur", "¥", "￥", "$", "€", "£", "约", "共"];
/// Currency words behind it.
const BEHIND: &[&str] =
    &["元整", "元", "圆", "块钱", "块", "人民币", "rmb", "cny", "usd", "hkd", "eur", "美元", "港元", "欧元"];
/// Units that shift the decimal point, longest first.
const UNITS: &[(&str, i32)] = &[
    ("万亿", 12),
    ("千亿", 11),
    ("百亿", 10),
    ("十亿", 9),
    ("亿", 8),
    ("千万", 7),
    ("百万", 6),
    ("十万", 5),
    ("万", 4),
    ("w", 4),
    ("千", 3),
    ("k", 3),
    ("百", 2),
];

/// The number times ten to the power of `scale`: `￥1,234.5` with scale 2 is 123450, `3.5万` is 3500000, `12%` is 12
/// (that is 0.12). Decimals beyond the scale are an error unless they are zeros; nothing is rounded.
pub fn parse_decimal(text: &str, scale: u32) -> Result<i64, NumberError> {
    decimal(text, scale, -2)
}

/// [`parse_decimal`] for a field that keeps percentage points: `12%` and `12` are both 12.
pub fn parse_percent(text: &str, scale: u32) -> Result<i64, NumberError> {
    decimal(text, scale, 0)
}

fn decimal(text: &str, scale: u32, percent: i32) -> Result<i64, NumberError> {
    let folded = fold(text).replace(' ', "");
    let mut rest = folded.as_str();
    if rest.is_empty() {
        return Err(NumberError::Empty);
    }
    // Accountants write a negative amount in brackets.
    let bracketed = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let mut negative = bracketed.is_some();
    rest = bracketed.unwrap_or(rest);
    let signed = sign(&mut rest);
    strip(&mut rest, FRONT, |text, word| text.strip_prefix(word));
    let signed_behind = sign(&mut rest);
    if [bracketed.is_some(), signed.is_some(), signed_behind.is_some()].iter().filter(|sign| **sign).count() > 1 {
        return Err(NumberError::Form);
    }
    negative |= signed.or(signed_behind).unwrap_or(false);
    strip(&mut rest, BEHIND, |text, word| text.strip_suffix(word));
    let mut shift = 0;
    if let Some(number) = rest.strip_suffix('%') {
        (rest, shift) = (number, percent);
    } else if let Some(number) = rest.strip_suffix('‰') {
        (rest, shift) = (number, percent - 1);
    } else if let Some((number, power)) =
        UNITS.iter().find_map(|(unit, power)| Some((rest.strip_suffix(unit)?, *power)))
    {
        (rest, shift) = (number, power);
    } else if let Some((number, power)) = exponent(rest) {
        (rest, shift) = (number, power);
    }
    let value = scaled(rest, shift, scale)?;
    let value = if negative { -value } else { value };
    i64::try_from(value).map_err(|_| NumberError::Overflow)
}

/// Takes a sign; true for minus.
fn sign(rest: &mut &str) -> Option<bool> {
    let first = rest.chars().next()?;
    let minus = match first {
        '-' | '−' | '–' | '—' | '负' => true,
        '+' => false,
        _ => return None,
    };
    *rest = &rest[first.len_utf8()..];
    Some(minus)
}

fn strip<'a>(rest: &mut &'a str, words: &[&str], by: fn(&'a str, &str) -> Option<&'a str>) {
    if let Some(stripped) = words.iter().find_map(|word| by(rest, word)) {
        *rest = stripped;
    }
}

/// `1.2e10`, as spreadsheets show large numbers.
fn exponent(text: &str) -> Option<(&str, i32)> {
    let (number, power) = text.split_once('e')?;
    let power: i32 = power.parse().ok()?;
    (power.abs() <= 30).then_some((number, power))
}

fn scaled(text: &str, shift: i32, scale: u32) -> Result<i128, NumberError> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let wrong = |c: char| !(c.is_ascii_digit() || matches!(c, ',' | '\''));
    if let Some(c) = whole.chars().find(|c| wrong(*c)).or_else(|| decimals.chars().find(|c| !c.is_ascii_digit())) {
        return Err(if c == '.' || c == ',' || c == '-' { NumberError::Form } else { NumberError::Character(c) });
    }
    let mut groups = whole.split([',', '\'']);
    let first = groups.next().unwrap_or_default();
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || !(1..=3).contains(&first.len()) {
            return Err(NumberError::Grouping);
        }
        digits.push_str(group);
    }
    if digits.is_empty() && decimals.is_empty() {
        return Err(NumberError::Form);
    }
    digits.push_str(decimals.trim_end_matches('0'));
    let kept = decimals.trim_end_matches('0').len() as i32;
    // Zeros before the point can take up decimals as well: 1200 with shift −2 has none.
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    let mut power = i64::from(scale) + i64::from(shift) - i64::from(kept);
    let mut digits = significant;
    while power < 0 {
        let Some(shorter) = digits.strip_suffix('0') else {
            return Err(NumberError::Decimals { have: (kept - shift).max(0) as u32, allowed: scale });
        };
        digits = shorter;
        power += 1;
    }
    if digits.len() as i64 + power > 30 {
        return Err(NumberError::Overflow);
    }
    let value: i128 = digits.parse().map_err(|_| NumberError::Overflow)?;
    Ok(value * 10_i128.pow(power as u32))
}

/// The other way: 123450 with scale 2 is `1234.50`.
pub fn format_scaled(value: i64, scale: u32) -> String {
    let scale = scale as usize;
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, decimals) = digits.split_at(digits.len() - scale);
    let sign = if value < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
}

/// The same without zeros at the end: 1500 of scale 3 is `1.5`, 2000 is `2`.
pub fn format_short(value: i64, scale: u32) -> String {
    let text = format_scaled(value, scale);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Commas between thousands: `-1234567.89` → `-1,234,567.89`.
pub fn group_thousands(number: &str) -> String {
    let start = number.find(|c: char| c.is_ascii_digit()).unwrap_or(number.len());
    let length = number[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len() - start);
    let mut out = String::with_capacity(number.len() + length / 3);
    out.push_str(&number[..start]);
    for (at, digit) in number[start..start + length].chars().enumerate() {
        if at > 0 && (length - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(&number[start + length..]);
    out
}

#[cfg(test)]
mod tests;
