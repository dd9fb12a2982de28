//! Lengths of time: `90m`, `1h30m`, `1小时30分`, `2天`, `1:30`.

use crate::fold;
use crate::reason::{Reason, reasons};

/// Why a text is no length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationError {
    Empty,
    /// A number without its unit.
    Unit,
    /// Something that is neither number nor unit.
    Form,
    Overflow,
}

impl Reason for DurationError {
    fn zh(&self) -> String {
        match self {
            Self::Empty => "时长为空",
            Self::Unit => "时长请写单位，如 90分钟、1小时30分、2天",
            Self::Form => "不像时长：可写 90分钟、1小时30分、2天",
            Self::Overflow => "时长太长",
        }
        .to_owned()
    }

    fn en(&self) -> String {
        match self {
            Self::Empty => "the duration is empty",
            Self::Unit => "a duration has a unit: 90m, 1h30m, 2d",
            Self::Form => "not a duration: write 90m, 1h30m or 2d",
            Self::Overflow => "the duration is too long",
        }
        .to_owned()
    }
}
reasons!(DurationError);

/// Longest first: `分钟` before `分`.
const UNITS: &[(&str, i64)] = &[
    ("minutes", 60),
    ("seconds", 1),
    ("minute", 60),
    ("second", 1),
    ("hours", 3600),
    ("weeks", 604_800),
    ("hour", 3600),
    ("days", 86_400),
    ("week", 604_800),
    ("mins", 60),
    ("secs", 1),
    ("day", 86_400),
    ("min", 60),
    ("sec", 1),
    ("hrs", 3600),
    ("hr", 3600),
    ("w", 604_800),
    ("d", 86_400),
    ("h", 3600),
    ("m", 60),
    ("s", 1),
    ("个小时", 3600),
    ("小时", 3600),
    ("钟头", 3600),
    ("分钟", 60),
    ("星期", 604_800),
    ("礼拜", 604_800),
    ("周", 604_800),
    ("天", 86_400),
    ("日", 86_400),
    ("时", 3600),
    ("分", 60),
    ("秒钟", 1),
    ("秒", 1),
];

/// Whole seconds; a day has 24 hours. `1:30` is an hour and a half, `PT1H30M` (ISO 8601) as well.
pub fn parse_duration(text: &str) -> Result<i64, DurationError> {
    let folded = fold(text).replace(' ', "");
    if folded.is_empty() {
        return Err(DurationError::Empty);
    }
    if let Some(seconds) = clock(&folded) {
        return Ok(seconds);
    }
    let iso = folded.strip_prefix('p').map(|rest| rest.replacen('t', "", 1));
    let mut rest = iso.as_deref().unwrap_or(&folded);
    let mut seconds: i64 = 0;
    while !rest.is_empty() {
        let (thousandths, after) = quantity(rest)?;
        let (unit, after) = UNITS
            .iter()
            .find_map(|(word, seconds)| Some((*seconds, after.strip_prefix(word)?)))
            .ok_or(if after.is_empty() { DurationError::Unit } else { DurationError::Form })?;
        let part = thousandths.checked_mul(unit).ok_or(DurationError::Overflow)?;
        seconds = seconds.checked_add(part / 1000).ok_or(DurationError::Overflow)?;
        rest = after;
        // 两天半
        if rest == "半" {
            seconds = seconds.checked_add(unit / 2).ok_or(DurationError::Overflow)?;
            rest = "";
        }
    }
    Ok(seconds)
}

/// A number in thousandths, and what follows it.
fn quantity(text: &str) -> Result<(i64, &str), DurationError> {
    for (word, thousandths) in [("一个半", 1500), ("半个", 500), ("半", 500), ("两", 2000), ("一", 1000)] {
        if let Some(after) = text.strip_prefix(word) {
            return Ok((thousandths, after));
        }
    }
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, after) = text.split_at(end);
    if number.is_empty() {
        return Err(DurationError::Form);
    }
    let thousandths = super::parse_decimal(number, 3).map_err(|error| match error {
        super::NumberError::Overflow => DurationError::Overflow,
        _ => DurationError::Form,
    })?;
    Ok((thousandths, after))
}

fn clock(text: &str) -> Option<i64> {
    let parts: Vec<i64> = text.split(':').map(|part| part.parse::<u32>().ok().map(i64::from)).collect::<Option<_>>()?;
    match parts[..] {
        [hours, minutes] if minutes < 60 => Some(hours * 3600 + minutes * 60),
        [hours, minutes, seconds] if minutes < 60 && seconds < 60 => Some(hours * 3600 + minutes * 60 + seconds),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{DurationError, parse_duration};

    #[test]
    fn as_people_write_them() {
        for (written, wanted) in [
            ("90m", 5400),
            ("1h30m", 5400),
            ("1 h 30 min", 5400),
            ("1小时30分", 5400),
            ("１小时３０分钟", 5400),
            ("2天", 172_800),
            ("1.5小时", 5400),
            ("半小时", 1800),
            ("半个小时", 1800),
            ("一个半小时", 5400),
            ("两天半", 216_000),
            ("1:30", 5400),
            ("0:01:30", 90),
            ("PT1H30M", 5400),
            ("P1DT2H", 93_600),
            ("3周", 1_814_400),
            ("45秒", 45),
            ("2 days", 172_800),
            ("0.5h", 1800),
        ] {
            assert_eq!(parse_duration(written), Ok(wanted), "{written}");
        }
    }

    #[test]
    fn refused() {
        for (written, wanted) in [
            ("", DurationError::Empty),
            ("90", DurationError::Unit),
            ("很久", DurationError::Form),
            ("1x", DurationError::Form),
            ("1h30", DurationError::Unit),
            ("99999999999999999天", DurationError::Overflow),
            ("1:75", DurationError::Form),
        ] {
            assert_eq!(parse_duration(written), Err(wanted), "{written}");
        }
    }
}
