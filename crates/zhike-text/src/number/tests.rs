use proptest::prelude::*;

use super::{NumberError, format_scaled, format_short, group_thousands, parse_decimal, parse_percent};
use crate::Reason;

#[test]
fn as_people_write_them() {
    for (written, wanted) in [
        ("1,234.50", 123_450),
        ("￥1,234.5", 123_450),
        ("1234元", 123_400),
        ("１，２３４．５", 123_450),
        ("3.5万", 3_500_000),
        ("3.5万元", 3_500_000),
        ("1.2亿", 12_000_000_000),
        ("12%", 12),
        ("(1,234)", -123_400),
        ("（1,234）", -123_400),
        ("-5", -500),
        ("−5", -500),
        ("- ¥5", -500),
        ("¥-5", -500),
        ("+5", 500),
        ("0", 0),
        ("0.00", 0),
        (".5", 50),
        ("5.", 500),
        ("1.2E+3", 120_000),
        ("1 234.5", 123_450),
        ("RMB 100", 10_000),
        ("人民币100元整", 10_000),
        ("US$1,000", 100_000),
        ("2k", 200_000),
        ("1.5000", 150),
        ("007", 700),
        ("100万", 100_000_000),
        ("1,234,567", 123_456_700),
        ("50‰", 5),
    ] {
        assert_eq!(parse_decimal(written, 2), Ok(wanted), "{written}");
    }
    assert_eq!(parse_percent("12.5%", 2), Ok(1250));
    assert_eq!(parse_percent("12.5", 2), Ok(1250));
    assert_eq!(parse_decimal("12.5%", 4), Ok(1250));
    assert_eq!(parse_decimal("1200%", 0), Ok(12));
}

#[test]
fn says_what_is_wrong() {
    for (written, scale, wanted) in [
        ("", 2, NumberError::Empty),
        ("abc", 2, NumberError::Character('a')),
        ("1,23", 2, NumberError::Grouping),
        ("1234,567", 2, NumberError::Grouping),
        ("1.234", 2, NumberError::Decimals { have: 3, allowed: 2 }),
        ("1.5", 0, NumberError::Decimals { have: 1, allowed: 0 }),
        ("1.234%", 2, NumberError::Decimals { have: 5, allowed: 2 }),
        ("92233720368547758.08", 2, NumberError::Overflow),
        ("99999999999999999999999999999999999999999", 0, NumberError::Overflow),
        ("1e30", 2, NumberError::Overflow),
        ("1.2.3", 2, NumberError::Form),
        ("--5", 2, NumberError::Form),
        ("(-5)", 2, NumberError::Form),
        ("-", 2, NumberError::Form),
        ("￥", 2, NumberError::Form),
        ("12个", 2, NumberError::Character('个')),
    ] {
        assert_eq!(parse_decimal(written, scale), Err(wanted), "{written}");
    }
    assert_eq!(parse_decimal("92233720368547758.07", 2), Ok(i64::MAX));
    assert_eq!(parse_decimal("-92233720368547758.08", 2), Ok(i64::MIN));
    assert_eq!(NumberError::Decimals { have: 1, allowed: 0 }.zh(), "应为整数，现有 1 位小数");
}

#[test]
fn written_out() {
    assert_eq!(format_scaled(123_450, 2), "1234.50");
    assert_eq!(format_scaled(-5, 2), "-0.05");
    assert_eq!(format_scaled(7, 0), "7");
    assert_eq!(format_scaled(i64::MIN, 2), "-92233720368547758.08");
    for (value, scale, text) in [(1_500, 3, "1.5"), (2_000, 3, "2"), (0, 2, "0"), (100, 0, "100"), (-10, 1, "-1")] {
        assert_eq!(format_short(value, scale), text);
    }
    assert_eq!(group_thousands("-1234567.89"), "-1,234,567.89");
    assert_eq!(group_thousands("123"), "123");
    assert_eq!(group_thousands("￥1234"), "￥1,234");
    assert_eq!(group_thousands(""), "");
}

proptest! {
    #[test]
    fn what_is_written_out_reads_back(value in any::<i64>(), scale in 0_u32..6) {
        let written = format_scaled(value, scale);
        prop_assert_eq!(parse_decimal(&written, scale), Ok(value));
        prop_assert_eq!(parse_decimal(&format_short(value, scale), scale), Ok(value));
        prop_assert_eq!(parse_decimal(&group_thousands(&written), scale), Ok(value));
    }

    #[test]
    fn never_panics(text in any::<String>(), digits in "[-+()0-9.,e%万亿元￥ ]{0,40}", scale in 0_u32..12) {
        let _ = (parse_decimal(&text, scale), parse_decimal(&digits, scale), super::parse_duration(&digits), super::parse_duration(&text));
        group_thousands(&text);
    }
}
