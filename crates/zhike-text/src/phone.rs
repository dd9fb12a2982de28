//! Telephone numbers as people write them.

mod area_codes;
mod split;

pub use split::split;

use crate::fold::fold_char;
use crate::han::is_han;
use crate::reason::{Reason, reasons};

/// What a number is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhoneKind {
    /// Eleven digits from 13 to 19.
    Mobile,
    /// A line with or without an area code.
    Landline,
    /// 400, 800, 95xxx and the like: reached from anywhere without an area code.
    Service,
    /// Outside the mainland's numbering: Hong Kong, Macau, Taiwan and other countries, written with + or 00.
    Abroad,
}

/// A number taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phone {
    /// Country code: 86 for the mainland, 852, 853, 886, 1 …
    pub country: u16,
    /// The digits within the country; a mainland area code with its leading 0: `053260619201`.
    pub national: String,
    /// 分机.
    pub extension: Option<String>,
    pub kind: PhoneKind,
}

/// Why a text is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneError {
    Empty,
    /// A character that no number contains.
    Character(char),
    /// Too few digits for any number.
    Short(usize),
    /// More digits than any number has.
    Long(usize),
    /// Eleven digits starting with 1 that are no mobile number (10…, 11…, 12…).
    Mobile,
    /// It starts with 0, but no Chinese area code does so.
    AreaCode,
    /// The area code is right, the local number has neither 7 nor 8 digits.
    Local(usize),
    /// The digits fit no kind of number.
    Unknown,
}

impl Reason for PhoneError {
    fn zh(&self) -> String {
        match self {
            Self::Empty => "电话为空".to_owned(),
            Self::Character(c) => format!("电话中不应有“{c}”"),
            Self::Short(have) => format!("电话位数不足，只有 {have} 位"),
            Self::Long(have) => format!("电话位数过多，有 {have} 位；多个号码请用“/”分开"),
            Self::Mobile => "手机号应以 13 至 19 开头".to_owned(),
            Self::AreaCode => "没有这个区号".to_owned(),
            Self::Local(have) => format!("区号之后应为 7 或 8 位号码，现有 {have} 位"),
            Self::Unknown => "不像电话号码：手机 11 位，座机请写区号".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Empty => "the number is empty".to_owned(),
            Self::Character(c) => format!("a telephone number has no “{c}”"),
            Self::Short(have) => format!("too short: {have} digits"),
            Self::Long(have) => format!("too long: {have} digits; separate several numbers with “/”"),
            Self::Mobile => "a mobile number starts with 13 to 19".to_owned(),
            Self::AreaCode => "there is no such area code".to_owned(),
            Self::Local(have) => format!("7 or 8 digits must follow the area code, not {have}"),
            Self::Unknown => "not a telephone number: write 11 digits, or an area code and a number".to_owned(),
        }
    }
}
reasons!(PhoneError);

/// Country codes of one and two digits that callers meet; every other code has three (ITU-T E.164).
const COUNTRIES: &[u16] = &[
    1, 7, 20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60,
    61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
];

/// Words before a number that are not part of it.
const LABELS: &[&str] = &["电话", "手机", "座机", "固话", "联系", "传真", "tel", "phone", "mobile", "fax", "mob"];
/// What parts an extension from its number; `转` first of all.
const EXTENSIONS: &[&str] = &["转分机", "分机号", "分机", "转", "extension", "ext", "x", "#"];

/// Reads one number; [`split`] a cell with several first.
pub fn parse(text: &str) -> Result<Phone, PhoneError> {
    let mut folded = String::with_capacity(text.len());
    text.chars().for_each(|c| {
        fold_char(c, |c| {
            if !c.is_whitespace() {
                folded.push(c);
            }
        });
    });
    let mut rest = folded.as_str();
    while let Some(label) = LABELS.iter().find(|label| rest.starts_with(**label)) {
        rest = rest[label.len()..].trim_start_matches(['号', '码', '话', '方', '式', ':', '.']);
    }
    let (number, extension) = without_extension(without_note(rest))?;
    let mut digits = String::with_capacity(16);
    // Where the writer left a gap: only needed to see an extension behind a third hyphen.
    let mut groups = vec![0_usize];
    for c in number.chars() {
        match c {
            '0'..='9' => {
                digits.push(c);
                if let Some(last) = groups.last_mut() {
                    *last += 1;
                }
            }
            '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '一' | '_' | '.' | '(' | ')' | '[' | ']' | '+' | '·'
            | '*' | '/' | '\'' | '"' => {
                if c != '+' && c != '*' || digits.is_empty() {
                    groups.push(0);
                } else {
                    return Err(PhoneError::Character(c));
                }
            }
            other => return Err(PhoneError::Character(other)),
        }
    }
    groups.retain(|length| *length > 0);
    if digits.is_empty() {
        return Err(PhoneError::Empty);
    }
    let international = number.trim_start_matches(['(', '[']).starts_with('+');
    let phone = place(&digits, international, &groups)?;
    Ok(Phone { extension: extension.or(phone.extension), ..phone })
}

/// A number without the note behind it: 13812346138(微信同号), 13812346138张经理. A note has no digit and follows a whole number.
fn without_note(text: &str) -> &str {
    let Some(last) = text.rfind(|c: char| c.is_ascii_digit()) else { return text };
    let (number, note) = text.split_at(last + 1);
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let words = note.chars().filter(|c| is_han(*c)).count();
    if digits >= 7 && (1..=10).contains(&words) && !note.contains(['转', '*']) { number } else { text }
}

fn without_extension(text: &str) -> Result<(&str, Option<String>), PhoneError> {
    // most numbers are digits and hyphens
    if text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'(' | b')')) {
        return Ok((text, None));
    }
    let found = EXTENSIONS.iter().filter_map(|word| Some((text.find(word)?, word.len()))).min_by_key(|(at, _)| *at);
    let Some((at, length)) = found else { return Ok((text, None)) };
    let extension = text[at + length..].trim_matches(['.', ':', '-', ')', '(', '#', '号']);
    if let Some(wrong) = extension.chars().find(|c| !c.is_ascii_digit()) {
        return Err(PhoneError::Character(wrong));
    }
    let number = text[..at].trim_end_matches(['-', '(', ',', ';']);
    Ok((number, (!extension.is_empty()).then(|| extension.to_owned())))
}

fn place(digits: &str, international: bool, groups: &[usize]) -> Result<Phone, PhoneError> {
    let out = if international { Some(digits) } else { digits.strip_prefix("00") };
    if let Some(out) = out {
        return match out.strip_prefix("86") {
            Some(national) => mainland(national, &[]).or_else(|_| mainland(&format!("0{national}"), &[])),
            None => abroad(out),
        };
    }
    let error = match mainland(digits, groups) {
        Ok(phone) => return Ok(phone),
        Err(error) => error,
    };
    // 86-138…, 86 532 6061 9201: the country code without its plus.
    if let Some(national) = digits.strip_prefix("86")
        && (9..=13).contains(&national.len())
        && let Ok(phone) = mainland(national, &[]).or_else(|_| mainland(&format!("0{national}"), &[]))
    {
        return Ok(phone);
    }
    // 013812346138: the 0 that landlines once needed before a mobile number of another place.
    if let Some(mobile) = digits.strip_prefix('0').filter(|rest| is_mobile(rest)) {
        return mainland(mobile, &[]);
    }
    Err(error)
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && matches!(digits.as_bytes()[1], b'3'..=b'9')
}

fn mainland(digits: &str, groups: &[usize]) -> Result<Phone, PhoneError> {
    let phone = |national: &str, kind| Ok(Phone { country: 86, national: national.to_owned(), extension: None, kind });
    // 0532-60619201-801: an extension behind the last hyphen, told by its place and by what stands before it.
    if let [.., number, extension @ 1..=6] = groups
        && groups.len() > 1
        && *number >= 4
    {
        let (before, behind) = digits.split_at(digits.len() - extension);
        let whole = is_mobile(before)
            || is_full_landline(before)
            || is_free_of_charge(before)
            || (groups.len() == 2 && matches!(*number, 7 | 8));
        if whole && let Ok(mut found) = mainland(before, &[]) {
            found.extension = Some(behind.to_owned());
            return Ok(found);
        }
    }
    if is_mobile(digits) {
        return phone(digits, PhoneKind::Mobile);
    }
    if is_free_of_charge(digits) {
        return phone(digits, PhoneKind::Service);
    }
    if digits.starts_with('0') {
        return match (area_codes::length(digits), digits.len()) {
            (None, have) if have < 10 => Err(PhoneError::Short(have)),
            (None, _) => Err(PhoneError::AreaCode),
            (Some(area), have) if matches!(have - area, 7 | 8) => phone(digits, PhoneKind::Landline),
            (Some(area), have) if matches!(have - area, 5 | 6) && digits[area..].starts_with("95") => {
                phone(&digits[area..], PhoneKind::Service)
            }
            (Some(area), have) => Err(PhoneError::Local(have - area)),
        };
    }
    match digits.len() {
        // 110, 12345, 10086, 95588, 96110, 955995: short numbers that start with 1 or 9.
        3..=6 if digits.starts_with('1') || digits.starts_with('9') => phone(digits, PhoneKind::Service),
        have @ 0..=6 => Err(PhoneError::Short(have)),
        7 | 8 if !digits.starts_with('1') => phone(digits, PhoneKind::Landline),
        // The 0 before an area code is often lost when a spreadsheet takes the cell for a number: 53260619201.
        10..=12 if !digits.starts_with('1') || digits.starts_with("10") => {
            let with_zero = format!("0{digits}");
            if is_full_landline(&with_zero) { phone(&with_zero, PhoneKind::Landline) } else { Err(PhoneError::Unknown) }
        }
        11 => Err(PhoneError::Mobile),
        have @ 13.. => Err(PhoneError::Long(have)),
        _ => Err(PhoneError::Unknown),
    }
}

/// 400 and 800, which belong to no place.
fn is_free_of_charge(digits: &str) -> bool {
    digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800"))
}

fn is_full_landline(digits: &str) -> bool {
    area_codes::length(digits).is_some_and(|area| matches!(digits.len() - area, 7 | 8))
}

fn abroad(digits: &str) -> Result<Phone, PhoneError> {
    let known = (1..=2).find_map(|length| {
        let code = digits.get(..length)?.parse().ok()?;
        COUNTRIES.contains(&code).then_some((code, length))
    });
    let (country, length) = match known {
        Some(found) => found,
        None => (digits.get(..3).and_then(|code| code.parse().ok()).ok_or(PhoneError::Short(digits.len()))?, 3),
    };
    // +44 (0)20 …: the trunk 0 is written but not dialled from abroad. Italy's belongs to the number.
    let national = if country == 39 { &digits[length..] } else { digits[length..].trim_start_matches('0') };
    match national.len() {
        have @ 0..=4 => Err(PhoneError::Short(have)),
        // E.164: at most 15 digits with the country code.
        have if have + length > 15 => Err(PhoneError::Long(have + length)),
        _ => Ok(Phone { country, national: national.to_owned(), extension: None, kind: PhoneKind::Abroad }),
    }
}

/// How many of the national digits (leading 0 included) are an area code; `None` for a number without one.
pub fn area_length(national: &str) -> Option<usize> {
    area_codes::length(national)
}

impl Phone {
    /// The one way to write it: `13812346138`, `0532-60619201-801`, `10086转1`, `+852 23456789`. Where a last
    /// group of digits could be read as part of the number, `转` parts the extension from it.
    pub fn text(&self) -> String {
        let mut out = self.parts(str::to_owned);
        if let Some(extension) = &self.extension {
            let telling = self.kind != PhoneKind::Abroad && self.national.len() >= 7 && extension.len() <= 6;
            out.push(if telling { '-' } else { '转' });
            out.push_str(extension);
        }
        out
    }

    /// The digits by which two numbers are the same, without the extension: `053260619201`, `85223456789`.
    pub fn key(&self) -> String {
        if self.country == 86 { self.national.clone() } else { format!("{}{}", self.country, self.national) }
    }

    /// For those who may not see it: `138****6138`, `0532-****9201`. Service numbers are public and stay.
    pub fn mask(&self) -> String {
        match self.kind {
            PhoneKind::Service => self.text(),
            PhoneKind::Mobile => format!("{}****{}", &self.national[..3], &self.national[7..]),
            PhoneKind::Landline | PhoneKind::Abroad => {
                self.parts(|local| format!("****{}", &local[local.len().saturating_sub(4).max(1)..]))
            }
        }
    }

    /// The number with its area or country code in front, the subscriber's part as `show` has it.
    fn parts(&self, show: impl Fn(&str) -> String) -> String {
        let national = self.national.as_str();
        match self.kind {
            PhoneKind::Abroad => format!("+{} {}", self.country, show(national)),
            PhoneKind::Service if national.len() == 10 => {
                format!("{}-{}-{}", &national[..3], &national[3..6], &national[6..])
            }
            PhoneKind::Landline => match area_codes::length(national) {
                Some(area) => format!("{}-{}", &national[..area], show(&national[area..])),
                None => show(national),
            },
            PhoneKind::Mobile | PhoneKind::Service => show(national),
        }
    }
}

/// [`Phone::mask`] of whatever stands in a cell; several numbers one by one, and of what is no number only the last four
/// characters remain.
pub fn mask(text: &str) -> String {
    let masked: Vec<String> = split(text)
        .into_iter()
        .map(|one| parse(one).map_or_else(|_| crate::stars::masked(one, 0, 4), |phone| phone.mask()))
        .collect();
    masked.join(" / ")
}

#[cfg(test)]
mod tests;
