//! 公民身份号码 (GB 11643-1999): 17 digits and a check digit after ISO 7064 MOD 11-2.

use jiff::civil::Date;

use crate::fold::fold_char;
use crate::reason::{Reason, reasons};

/// GB 11643-1999, 4.2: 2 to the power of the position from the right, modulo 11.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check digit by remainder.
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdNumberError {
    Empty,
    /// Not 18 characters, but so many.
    Length(usize),
    /// A number of the first generation (15 digits), invalid since 2013.
    FirstGeneration,
    /// A character that is no digit (X only at the end), and its position from 1.
    Character(char, usize),
    /// The first two digits are no province.
    Region,
    /// Digits 7 to 14 are no date.
    Birth,
    /// The check digit should be this one: some digit is wrong.
    CheckDigit(char),
}

impl Reason for IdNumberError {
    fn zh(&self) -> String {
        match self {
            Self::Empty => "身份证号为空".to_owned(),
            Self::Length(have) => format!("身份证号应为 18 位，现有 {have} 位"),
            Self::FirstGeneration => "15 位身份证号已停用，请填写 18 位号码".to_owned(),
            Self::Character(c, at) => format!("第 {at} 位“{c}”有误：应为数字，仅末位可为 X"),
            Self::Region => "身份证号开头的地区代码不存在".to_owned(),
            Self::Birth => "身份证号中的出生日期不存在".to_owned(),
            Self::CheckDigit(wanted) => format!("身份证号校验位不符（应为 {wanted}），请核对是否抄错"),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Empty => "the ID number is empty".to_owned(),
            Self::Length(have) => format!("an ID number has 18 digits, not {have}"),
            Self::FirstGeneration => "ID numbers of 15 digits are no longer valid: write the one of 18".to_owned(),
            Self::Character(c, at) => format!("“{c}” at position {at}: only digits, and X at the end"),
            Self::Region => "the ID number starts with no region".to_owned(),
            Self::Birth => "the date of birth in the ID number does not exist".to_owned(),
            Self::CheckDigit(wanted) => format!("the check digit should be {wanted}: some digit is wrong"),
        }
    }
}
reasons!(IdNumberError);

/// 性别, as the 17th digit has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    Male,
    Female,
}

/// The number without blanks, X in capital, checked.
pub fn parse(text: &str) -> Result<String, IdNumberError> {
    let number = compact(text);
    let length = number.chars().count();
    if length == 15 && number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(IdNumberError::FirstGeneration);
    }
    if length == 0 {
        return Err(IdNumberError::Empty);
    }
    if length != 18 {
        return Err(IdNumberError::Length(length));
    }
    let wrong = number.chars().enumerate().find(|(at, c)| !(c.is_ascii_digit() || (*at == 17 && *c == 'X')));
    if let Some((at, c)) = wrong {
        return Err(IdNumberError::Character(c, at + 1));
    }
    if !PROVINCES.contains(&&number[..2]) {
        return Err(IdNumberError::Region);
    }
    if born(&number).is_none() {
        return Err(IdNumberError::Birth);
    }
    let sum: u32 = number.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = CHECKS[(sum % 11) as usize];
    if number.ends_with(check) { Ok(number) } else { Err(IdNumberError::CheckDigit(check)) }
}

/// GB/T 2260, first two digits; 83 is given to residents from Taiwan who live on the mainland (since 2018).
const PROVINCES: &[&str] = &[
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83",
];

/// Date of birth of a right number.
pub fn birth_date(number: &str) -> Option<Date> {
    born(&parse(number).ok()?)
}

/// Sex of a right number: the 17th digit is odd for men.
pub fn sex(number: &str) -> Option<Sex> {
    let number = parse(number).ok()?;
    Some(if number.as_bytes()[16] % 2 == 1 { Sex::Male } else { Sex::Female })
}

/// For those who may not see it: first three and last four remain.
pub fn mask(text: &str) -> String {
    crate::stars::masked(&compact(text), 3, 4)
}

fn born(number: &str) -> Option<Date> {
    let (year, month, day) = (number[6..10].parse().ok()?, number[10..12].parse().ok()?, number[12..14].parse().ok()?);
    Date::new(year, month, day).ok().filter(|date| date.year() >= 1800)
}

fn compact(text: &str) -> String {
    let mut out = String::with_capacity(18);
    text.chars().for_each(|c| {
        fold_char(c, |c| {
            if !c.is_whitespace() && !matches!(c, '-' | '\'') {
                out.push(c.to_ascii_uppercase());
            }
        });
    });
    out
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{IdNumberError, Sex, birth_date, mask, parse, sex};

    /// The two examples of GB 11643-1999, annex A.
    const REAL: [&str; 2] = ["11010519491231002X", "440524188001010014"];

    #[test]
    fn examples_of_the_standard() {
        for number in REAL {
            assert_eq!(parse(number).as_deref(), Ok(number));
        }
        assert_eq!(parse(" 11010519491231００２ｘ").as_deref(), Ok(REAL[0]));
        assert_eq!(birth_date(REAL[0]), Some(date(1949, 12, 31)));
        assert_eq!(sex(REAL[0]), Some(Sex::Female));
        assert_eq!(sex(REAL[1]), Some(Sex::Male));
        assert_eq!(birth_date("110105194912310021"), None);
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(parse("110105194912310021"), Err(IdNumberError::CheckDigit('X')));
        assert_eq!(parse("11010519490231002X"), Err(IdNumberError::Birth));
        assert_eq!(parse("99010519491231002X"), Err(IdNumberError::Region));
        assert_eq!(parse("110105491231002"), Err(IdNumberError::FirstGeneration));
        assert_eq!(parse("1101051949123100"), Err(IdNumberError::Length(16)));
        assert_eq!(parse("1101X519491231002X"), Err(IdNumberError::Character('X', 5)));
        assert_eq!(parse(" "), Err(IdNumberError::Empty));
    }

    #[test]
    fn masked() {
        assert_eq!(mask(REAL[0]), "110***********002X");
        assert_eq!(mask("12345"), "*****");
    }
}
