//! 统一社会信用代码 (GB 32100-2015) and the organisation code within it (GB 11714-1997).

use crate::fold::fold_char;
use crate::reason::{Reason, reasons};

/// GB 32100-2015, table 3: digits and capital letters without I, O, S, V, Z.
const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// GB 32100-2015, table 4: 3 to the power of the position, modulo 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// GB 11714-1997, 3.3.
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// Why a text is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditCodeError {
    Empty,
    /// Not 18 characters (9 for an organisation code), but so many.
    Length(usize),
    /// A character that the code cannot have, and its position from 1.
    Character(char, usize),
    /// The check digit should be this one: some character is wrong.
    CheckDigit(char),
}

impl Reason for CreditCodeError {
    fn zh(&self) -> String {
        match self {
            Self::Empty => "统一社会信用代码为空".to_owned(),
            Self::Length(have) => format!("统一社会信用代码应为 18 位，现有 {have} 位"),
            Self::Character(c @ ('I' | 'O' | 'S' | 'V' | 'Z'), at) => {
                format!("第 {at} 位“{c}”有误：代码不用字母 I、O、S、V、Z，请核对是否为数字")
            }
            Self::Character(c, at) => format!("第 {at} 位“{c}”有误：代码只有数字和大写字母"),
            Self::CheckDigit(wanted) => format!("校验位不符（应为 {wanted}），请核对是否抄错"),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Empty => "the credit code is empty".to_owned(),
            Self::Length(have) => format!("a credit code has 18 characters, not {have}"),
            Self::Character(c, at) => format!("“{c}” at position {at}: only digits and capitals without I, O, S, V, Z"),
            Self::CheckDigit(wanted) => format!("the check digit should be {wanted}: some character is wrong"),
        }
    }
}
reasons!(CreditCodeError);

/// The code in capitals, without blanks and hyphens, its check digit verified. A letter that no code has is read as the digit it
/// looks like (`O` as 0), if the check digit agrees.
pub fn parse(text: &str) -> Result<String, CreditCodeError> {
    let code = capitals(text);
    checked(&code).or_else(|error| match error {
        CreditCodeError::Character(..) => checked(&digits_for_letters(&code)).map_err(|_| error),
        _ => Err(error),
    })
}

fn digits_for_letters(code: &str) -> String {
    let digit = |c: char| match c {
        'I' => '1',
        'O' => '0',
        'S' => '5',
        'Z' => '2',
        c => c,
    };
    code.chars().map(digit).collect()
}

fn checked(code: &str) -> Result<String, CreditCodeError> {
    let values = values(code, 18)?;
    let sum: u32 = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    // GB 32100-2015, 5: C18 = 31 − (Σ Ci·Wi mod 31), 31 standing for 0.
    let check = ALPHABET[((31 - sum % 31) % 31) as usize] as char;
    if code.ends_with(check) { Ok(code.to_owned()) } else { Err(CreditCodeError::CheckDigit(check)) }
}

/// The nine characters of an organisation code as it was used before 2015 (`12345678-9`), its check digit verified. They
/// are characters 9 to 17 of a company's credit code.
pub fn parse_organisation_code(text: &str) -> Result<String, CreditCodeError> {
    let code = capitals(text);
    let length = code.chars().count();
    if length == 0 {
        return Err(CreditCodeError::Empty);
    }
    if length != 9 {
        return Err(CreditCodeError::Length(length));
    }
    let mut sum = 0;
    for (at, (c, weight)) in code.chars().zip(ORGANISATION_WEIGHTS).enumerate() {
        let value = c.to_digit(36).filter(|_| c.is_ascii()).ok_or(CreditCodeError::Character(c, at + 1))?;
        sum += value * weight;
    }
    // GB 11714-1997, 3.3: C9 = 11 − (Σ Ci·Wi mod 11), 10 written X and 11 written 0.
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('0'),
    };
    if code.ends_with(check) { Ok(code) } else { Err(CreditCodeError::CheckDigit(check)) }
}

/// For those who may not see it: first four and last four characters remain.
pub fn mask(text: &str) -> String {
    crate::stars::masked(&capitals(text), 4, 4)
}

fn capitals(text: &str) -> String {
    let mut out = String::with_capacity(18);
    text.chars().for_each(|c| {
        fold_char(c, |c| {
            if !c.is_whitespace() && !matches!(c, '-' | '–' | '—' | '\'') {
                out.push(c.to_ascii_uppercase());
            }
        });
    });
    out
}

fn values(code: &str, length: usize) -> Result<Vec<u32>, CreditCodeError> {
    let have = code.chars().count();
    if have == 0 {
        return Err(CreditCodeError::Empty);
    }
    if have != length {
        return Err(CreditCodeError::Length(have));
    }
    code.chars()
        .enumerate()
        .map(|(at, c)| {
            let value = ALPHABET.iter().position(|known| char::from(*known) == c);
            value.map(|value| value as u32).ok_or(CreditCodeError::Character(c, at + 1))
        })
        .collect()
}

#[cfg(test)]
mod tests;
