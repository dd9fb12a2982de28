//! The day at the start of a text.

use jiff::civil::Date;

use super::DateError;

/// Folded, with Chinese numerals as digits and without weekdays.
pub(super) fn folded(text: &str) -> String {
    let folded = crate::fold(text).trim_matches(['\'', '"']).to_owned();
    let numerals =
        folded.contains(['年', '月']) && folded.contains(['一', '二', '三', '四', '五', '六', '七', '八', '九', '十']);
    if numerals { numerals_to_digits(&folded) } else { folded }
}

/// `二〇二三年十二月二十一日` → `2023年12月21日`.
fn numerals_to_digits(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let chars: Vec<char> = text.chars().collect();
    let digit = |c: char| "〇一二三四五六七八九".chars().position(|known| known == c || (c == '零' && known == '〇'));
    for (at, c) in chars.iter().copied().enumerate() {
        // A weekday's numeral (星期一, 周一) is no part of the date.
        let weekday = at > 0 && matches!(chars[at - 1], '期' | '周' | '拜');
        match digit(c) {
            Some(value) if !weekday => out.push(char::from(b'0' + value as u8)),
            _ if c == '十' => {
                let before = at.checked_sub(1).and_then(|at| digit(chars[at]));
                let after = chars.get(at + 1).copied().and_then(digit);
                out.push_str(match (before.is_some(), after.is_some()) {
                    (true, true) => "",
                    (true, false) => "0",
                    (false, true) => "1",
                    (false, false) => "10",
                });
            }
            _ => out.push(c),
        }
    }
    out
}

/// `2023年5月1日 星期一 14:30`: the weekday says nothing that the date does not.
pub(super) fn without_weekday(text: &str) -> &str {
    let mut rest = text.trim_start_matches([' ', ',', '，']);
    let bare = rest.trim_start_matches(['(', '（']);
    for word in ["星期", "周", "礼拜"] {
        if let Some(after) = bare.strip_prefix(word)
            && let Some(day) = after.chars().next().filter(|c| "一二三四五六日天".contains(*c))
        {
            rest = after[day.len_utf8()..].trim_start_matches([')', '）', ' ', ',']);
        }
    }
    rest
}

/// The date, and what follows it.
pub(super) fn date(text: &str) -> Result<(Date, &str), DateError> {
    if let Some(rest) = text.strip_prefix("民国") {
        let (year, rest) = number(rest.trim_start()).ok_or(DateError::Form)?;
        return behind_year(i32::try_from(year.value).map_err(|_| DateError::Form)? + 1911, rest);
    }
    let text = text.trim_start_matches("公元");
    let (first, rest) = number(text).ok_or(DateError::Form)?;
    match first.digits {
        // 20230501, 20230501143000, 202305011430.
        8 => make(&text[..8]).map(|date| (date, rest)),
        12 | 14 => make(&text[..8]).map(|date| (date, &text[8..])),
        6 if rest.is_empty() => Err(DateError::NoDay),
        4 => behind_year(first.value as i32, rest),
        1 | 2 => short(first, rest),
        _ => Err(DateError::Form),
    }
}

/// A text that starts with one or two digits: the year of the century, the month or the day.
fn short(first: Number, rest: &str) -> Result<(Date, &str), DateError> {
    if rest.starts_with('年') {
        return behind_year(century(first.value), rest);
    }
    if rest.starts_with(['月', '日', '号']) {
        return Err(DateError::NoYear);
    }
    let Some((second, after)) = separator(rest).and_then(number) else {
        return Err(if rest.is_empty() { DateError::Form } else { DateError::NoYear });
    };
    let Some((third, after)) = separator(after).and_then(number) else { return Err(DateError::NoYear) };
    if third.digits == 4 {
        // 5/13/2023 or 13/5/2023: only one of the two can be the month.
        let (month, day) = match (first.value, second.value) {
            (a, b) if a == b => (a, b),
            (a, b) if b > 12 => (a, b),
            (a, b) if a > 12 => (b, a),
            _ => return Err(DateError::Ambiguous),
        };
        return civil(third.value as i32, month, day).map(|date| (date, after));
    }
    if first.digits == 2 && third.digits <= 2 {
        return civil(century(first.value), second.value, third.value).map(|date| (date, behind_day(after)));
    }
    Err(DateError::NoYear)
}

/// As spreadsheets read two digits: 00 to 29 in this century, 30 to 99 in the last.
fn century(two: u32) -> i32 {
    if two < 30 { 2000 + two as i32 } else { 1900 + two as i32 }
}

fn behind_year(year: i32, rest: &str) -> Result<(Date, &str), DateError> {
    let rest = rest.trim_start();
    let Some((month, rest)) = separator(rest).and_then(number) else {
        return Err(if rest.trim_matches(['年', ' ']).is_empty() { DateError::NoMonth } else { DateError::Form });
    };
    if month.digits > 2 {
        return Err(DateError::Form);
    }
    let rest = rest.trim_start();
    let Some((day, rest)) = separator(rest).and_then(number) else {
        return Err(if rest.trim_matches(['月', '份', ' ']).is_empty() { DateError::NoDay } else { DateError::Form });
    };
    if day.digits > 2 {
        return Err(DateError::Form);
    }
    civil(year, month.value, day.value).map(|date| (date, behind_day(rest)))
}

fn behind_day(rest: &str) -> &str {
    rest.trim_start_matches(' ').strip_prefix(['日', '号']).unwrap_or(rest)
}

/// What stands between the parts of a date; `None` when there is nothing of the kind.
fn separator(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let rest = text.strip_prefix(['年', '月', '/', '-', '.', '。', '–', '—', '、', '\\', '_', ','])?;
    Some(rest.trim_start())
}

#[derive(Clone, Copy)]
struct Number {
    value: u32,
    digits: usize,
}

fn number(text: &str) -> Option<(Number, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if digits == 0 || digits > 14 {
        return None;
    }
    // Longer runs are taken apart by place, not by value.
    let value = text[..digits].parse().unwrap_or(u32::MAX);
    Some((Number { value, digits }, &text[digits..]))
}

/// `20230501`.
fn make(eight: &str) -> Result<Date, DateError> {
    let part = |range: std::ops::Range<usize>| eight[range].parse::<u32>().map_err(|_| DateError::Form);
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    // Eight digits that are far from any date are a number of another sort.
    if (1800..=2200).contains(&year) { civil(year as i32, month, day) } else { Err(DateError::Form) }
}

fn civil(year: i32, month: u32, day: u32) -> Result<Date, DateError> {
    let small = |value: u32| u8::try_from(value).ok();
    let year = i16::try_from(year).ok().filter(|year| (1..=9999).contains(year)).ok_or(DateError::Form)?;
    let (month, day) = small(month).zip(small(day)).ok_or(DateError::Form)?;
    let date = i8::try_from(month).ok().zip(i8::try_from(day).ok()).and_then(|(m, d)| Date::new(year, m, d).ok());
    date.ok_or(DateError::Impossible { year, month, day })
}
