//! The time of day behind a date, and its zone.

use jiff::civil::Time;
use jiff::tz::Offset;

use super::DateError;

/// A time on the clock; 24:00 is the midnight of the next day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    pub time: Time,
    pub next_day: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    /// 上午, am: 12 is midnight.
    Morning,
    /// 下午, pm.
    Afternoon,
    /// 中午: 11 and 12 are before or at noon, 1 and 2 after it.
    Noon,
    /// 凌晨, 早上: as the clock says.
    Early,
}

const HALVES: &[(&str, Half)] = &[
    ("上午", Half::Morning),
    ("下午", Half::Afternoon),
    ("晚上", Half::Afternoon),
    ("傍晚", Half::Afternoon),
    ("中午", Half::Noon),
    ("凌晨", Half::Early),
    ("早上", Half::Early),
    ("清晨", Half::Early),
    ("早晨", Half::Early),
    ("a.m.", Half::Morning),
    ("p.m.", Half::Afternoon),
    ("am", Half::Morning),
    ("pm", Half::Afternoon),
];

pub(super) fn read(text: &str) -> Result<(Option<Clock>, Option<Offset>), DateError> {
    let text = text.trim_start();
    let text = text.strip_prefix('t').unwrap_or(text).trim_start();
    if text.is_empty() {
        return Ok((None, None));
    }
    let (front, text) = half(text);
    let (parts, nanoseconds, rest) = clock(text).ok_or(DateError::Time)?;
    let rest = rest.trim_start();
    let (behind, rest) = half(rest);
    if front.is_some() && behind.is_some() {
        return Err(DateError::Time);
    }
    let offset = zone(rest.trim_start())?;
    let clock = place(parts, nanoseconds, front.or(behind)).ok_or(DateError::Time)?;
    Ok((Some(clock), offset))
}

fn half(text: &str) -> (Option<Half>, &str) {
    match HALVES.iter().find_map(|(word, half)| Some((*half, text.strip_prefix(word)?))) {
        Some((half, rest)) => (Some(half), rest.trim_start()),
        None => (None, text),
    }
}

/// Hours, minutes and seconds, nanoseconds, and what follows.
fn clock(text: &str) -> Option<([u32; 3], i32, &str)> {
    let (hours, mut rest, width) = two_digits(text)?;
    // 143005 behind eight digits of a date.
    if width > 2 {
        let run = &text[..width];
        if width != 4 && width != 6 {
            return None;
        }
        let part = |from: usize| run.get(from..from + 2).map_or(Some(0), |two| two.parse().ok());
        return Some(([part(0)?, part(2)?, part(4)?], 0, &text[width..]));
    }
    let mut parts = [hours, 0, 0];
    let mut nanoseconds = 0;
    let after_unit = rest.strip_prefix(['点', '时']).map(|rest| rest.strip_prefix('整').unwrap_or(rest));
    if let Some(after) = after_unit.and_then(|rest| rest.strip_prefix('半')) {
        return Some(([hours, 30, 0], 0, after));
    }
    let minutes_follow = after_unit.or_else(|| rest.strip_prefix(':'));
    let after = minutes_follow?;
    match two_digits(after.trim_start()) {
        Some((minutes, after, 1..=2)) => {
            parts[1] = minutes;
            rest = after.strip_prefix('分').unwrap_or(after);
            let behind_seconds = if after.len() == rest.len() { rest.strip_prefix(':') } else { Some(rest) };
            if let Some((seconds, after, 1..=2)) = behind_seconds.and_then(two_digits) {
                parts[2] = seconds;
                (nanoseconds, rest) = fraction(after)?;
                rest = rest.strip_prefix('秒').unwrap_or(rest);
            }
        }
        None if after_unit.is_some() => rest = after,
        _ => return None,
    }
    Some((parts, nanoseconds, rest))
}

fn two_digits(text: &str) -> Option<(u32, &str, usize)> {
    let width = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if width == 0 || width > 6 {
        return None;
    }
    Some((text[..width].parse().ok()?, &text[width..], width))
}

/// `.123`, to the nanosecond.
fn fraction(text: &str) -> Option<(i32, &str)> {
    let Some(rest) = text.strip_prefix(['.', ',']) else { return Some((0, text)) };
    let width = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    if width == 0 {
        return None;
    }
    let nine: String = rest[..width].chars().chain("000000000".chars()).take(9).collect();
    Some((nine.parse().ok()?, &rest[width..]))
}

fn place([hours, minutes, seconds]: [u32; 3], nanoseconds: i32, half: Option<Half>) -> Option<Clock> {
    let hours = match half {
        Some(Half::Morning) if hours == 12 => 0,
        Some(Half::Afternoon) if hours < 12 => hours + 12,
        Some(Half::Noon) if hours < 6 => hours + 12,
        Some(Half::Morning) if hours > 12 => return None,
        _ => hours,
    };
    let next_day = hours == 24 && minutes == 0 && seconds == 0;
    let hours = if next_day { 0 } else { i8::try_from(hours).ok()? };
    // A leap second has no place of its own in the calendar; the last second of the minute is the nearest.
    let seconds = if seconds == 60 { 59 } else { seconds };
    let time = Time::new(hours, i8::try_from(minutes).ok()?, i8::try_from(seconds).ok()?, nanoseconds).ok()?;
    Some(Clock { time, next_day })
}

/// `z`, `+08:00`, `+0800`, `+08`, `utc+8`, `gmt`, `北京时间`; a zone's name in brackets behind an offset says no more.
fn zone(text: &str) -> Result<Option<Offset>, DateError> {
    let text = text.split('[').next().unwrap_or(text).trim();
    if text.is_empty() {
        return Ok(None);
    }
    if matches!(text, "z" | "utc" | "gmt") {
        return Ok(Some(Offset::UTC));
    }
    if text == "北京时间" || text == "(北京时间)" {
        return Ok(Some(Offset::constant(8)));
    }
    let text = text.strip_prefix("utc").or_else(|| text.strip_prefix("gmt")).unwrap_or(text);
    let (sign, rest) = match text.chars().next() {
        Some('+') => (1, &text[1..]),
        Some('-') => (-1, &text[1..]),
        Some('−') => (-1, &text['−'.len_utf8()..]),
        _ => return Err(DateError::Time),
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 && rest.is_ascii() => rest.split_at(2),
        None => (rest, "0"),
    };
    let small = |text: &str| text.parse::<u8>().ok().filter(|_| (1..=2).contains(&text.len())).map(i32::from);
    let (hours, minutes) = small(hours).zip(small(minutes)).ok_or(DateError::Time)?;
    if minutes > 59 {
        return Err(DateError::Time);
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).map(Some).map_err(|_| DateError::Time)
}
