use super::{is_han, simplified};

#[test]
fn traditional_company_names_become_simplified() {
    let text: String = "華為技術有限公司 臺灣積體電路".chars().map(simplified).collect();
    assert_eq!(text, "华为技术有限公司 台湾积体电路");
}

#[test]
fn simplified_and_foreign_characters_stay() {
    for c in "乾海尔Aé﹗龥㐀".chars() {
        assert_eq!(simplified(c), c);
    }
}

#[test]
fn every_simplified_form_is_stable() {
    for c in '\u{4e00}'..='\u{9fff}' {
        assert_eq!(simplified(simplified(c)), simplified(c), "{c}");
    }
}

#[test]
fn kana_and_punctuation_are_not_han() {
    assert!(is_han('海') && is_han('〇') && is_han('㐀') && is_han('𠮷'));
    assert!(!is_han('カ') && !is_han('，') && !is_han('a') && !is_han('　'));
}
