//! Bank card and account numbers.

use crate::fold::fold_char;
use crate::reason::{Reason, reasons};

/// Why a text is no card number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BankCardError {
    Empty,
    Character(char),
    /// Cards have 13 to 19 digits (ISO/IEC 7812-1).
    Length(usize),
    /// The check digit after Luhn (ISO/IEC 7812-1, annex B) is wrong.
    CheckDigit,
}

impl Reason for BankCardError {
    fn zh(&self) -> String {
        match self {
            Self::Empty => "卡号为空".to_owned(),
            Self::Character(c) => format!("卡号中不应有“{c}”"),
            Self::Length(have) => format!("银行卡号应为 13 至 19 位数字，现有 {have} 位"),
            Self::CheckDigit => "卡号校验不符，请核对是否抄错".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Empty => "the card number is empty".to_owned(),
            Self::Character(c) => format!("a card number has no “{c}”"),
            Self::Length(have) => format!("a card number has 13 to 19 digits, not {have}"),
            Self::CheckDigit => "the check digit is wrong: some digit is mistyped".to_owned(),
        }
    }
}
reasons!(BankCardError);

/// The digits of a bank card, checked. Company accounts (对公账号) have no common check: do not read them with this.
pub fn parse(text: &str) -> Result<String, BankCardError> {
    let digits = compact(text);
    if digits.is_empty() {
        return Err(BankCardError::Empty);
    }
    if let Some(wrong) = digits.chars().find(|c| !c.is_ascii_digit()) {
        return Err(BankCardError::Character(wrong));
    }
    if !(13..=19).contains(&digits.len()) {
        return Err(BankCardError::Length(digits.len()));
    }
    if luhn(&digits) { Ok(digits) } else { Err(BankCardError::CheckDigit) }
}

/// For those who may not see it: the last four remain.
pub fn mask(text: &str) -> String {
    crate::stars::masked(&compact(text), 0, 4)
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let digit = u32::from(digit - b'0');
            if at % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
        })
        .sum();
    sum.is_multiple_of(10)
}

fn compact(text: &str) -> String {
    let mut out = String::with_capacity(19);
    text.chars().for_each(|c| {
        fold_char(c, |c| {
            if !c.is_whitespace() && !matches!(c, '-' | '\'') {
                out.push(c);
            }
        });
    });
    out
}

#[cfg(test)]
mod tests {
    use super::{BankCardError, mask, parse};

    #[test]
    fn luhn_numbers() {
        // Test numbers of the card networks.
        assert_eq!(parse("4111 1111 1111 1111").as_deref(), Ok("4111111111111111"));
        assert_eq!(parse("5500-0000-0000-0004").as_deref(), Ok("5500000000000004"));
        assert_eq!(parse("4111111111111112"), Err(BankCardError::CheckDigit));
        assert_eq!(parse("4111"), Err(BankCardError::Length(4)));
        assert_eq!(parse("4111a"), Err(BankCardError::Character('a')));
        assert_eq!(parse(""), Err(BankCardError::Empty));
    }

    #[test]
    fn masked() {
        assert_eq!(mask("4111 1111 1111 1111"), "************1111");
        assert_eq!(mask("1234"), "****");
    }
}
