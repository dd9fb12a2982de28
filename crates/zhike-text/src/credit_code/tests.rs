use proptest::prelude::*;

use super::{CreditCodeError, mask, parse, parse_organisation_code};
use crate::Reason;

/// Published codes of well-known companies and offices.
const REAL: &[&str] =
    &["91350100M000100Y43", "914403001922038216", "91330100799655058B", "91110000802100433B", "9144030071526726XG"];

#[test]
fn real_codes_are_right() {
    for code in REAL {
        assert_eq!(parse(code).as_deref(), Ok(*code));
    }
    assert_eq!(parse(" ９１３５０１００ｍ０００１００ｙ４３ ").as_deref(), Ok("91350100M000100Y43"));
    assert_eq!(parse("91350100-M000100Y4-3").as_deref(), Ok("91350100M000100Y43"));
    for misread in ["9I3SOIOOM000I00Y43", "9135O100moooiooy43"] {
        assert_eq!(parse(misread).as_deref(), Ok("91350100M000100Y43"), "{misread}");
    }
}

#[test]
fn says_what_is_wrong() {
    assert_eq!(parse(""), Err(CreditCodeError::Empty));
    assert_eq!(parse("91350100M000100Y4"), Err(CreditCodeError::Length(17)));
    assert_eq!(parse("9135O100M000100Y44"), Err(CreditCodeError::Character('O', 5)), "no digit makes it right");
    assert_eq!(parse("91350100M000100Y44"), Err(CreditCodeError::CheckDigit('3')));
    assert_eq!(parse("91350100M000100Y4号"), Err(CreditCodeError::Character('号', 18)));
    assert!(CreditCodeError::Character('O', 5).zh().contains("第 5 位"));
}

#[test]
fn organisation_codes() {
    // GB 11714-1997, annex: D2143569-X.
    assert_eq!(parse_organisation_code("D2143569-X").as_deref(), Ok("D2143569X"));
    assert_eq!(parse_organisation_code("d2143569x").as_deref(), Ok("D2143569X"));
    assert_eq!(parse_organisation_code("D2143569-1"), Err(CreditCodeError::CheckDigit('X')));
    assert_eq!(parse_organisation_code("192203821").as_deref(), Ok("192203821"));
    assert_eq!(parse_organisation_code("12"), Err(CreditCodeError::Length(2)));
}

#[test]
fn masked() {
    assert_eq!(mask("91350100M000100Y43"), "9135**********0Y43");
    assert_eq!(mask("12345"), "*****");
    assert_eq!(mask(""), "");
}

proptest! {
    #[test]
    fn any_one_wrong_character_is_noticed(which in 0..REAL.len(), at in 0_usize..18, c in "[0-9A-HJ-NPQRTUWXY]") {
        let mut code = REAL[which].to_owned();
        code.replace_range(at..=at, &c);
        prop_assert_eq!(parse(&code).is_ok(), code == REAL[which]);
    }

    #[test]
    fn never_panics(text in any::<String>()) {
        let _ = (parse(&text), parse_organisation_code(&text), mask(&text));
    }
}
