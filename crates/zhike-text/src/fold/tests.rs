use proptest::prelude::*;

use super::{fold, fold_char, tidy, tidy_lines};

#[test]
fn full_width_and_case_fold() {
    assert_eq!(fold("　ＡＢＣ　（中国）\u{200b} Ltd.\t"), "abc (中国) ltd.");
    assert_eq!(fold("①②③ ㈱"), "123 (株)");
    assert_eq!(fold("Straße ÉCOLE"), "straße école");
    assert_eq!(fold(" 青岛\r\n海尔 "), "青岛 海尔");
    assert_eq!(fold(""), "");
}

#[test]
fn tidy_keeps_case_and_chinese_punctuation() {
    assert_eq!(
        tidy("　青岛　　海尔（集团）有限公司，\u{feff}ＡＢｃ１２＠１６３．com\u{0}"),
        "青岛 海尔（集团）有限公司，ABc12@163.com"
    );
    assert_eq!(tidy("第一行\n第二行"), "第一行 第二行");
    assert_eq!(tidy("《合同》—“甲方”；乙方：？！～"), "《合同》—“甲方”；乙方：？！～");
}

#[test]
fn tidy_lines_keeps_paragraphs() {
    assert_eq!(tidy_lines(" 甲方　来电\r\n\r\n\n 约  周五\r见面 \n"), "甲方 来电\n\n约 周五\n见面");
    assert_eq!(tidy_lines("\n\n"), "");
}

proptest! {
    #[test]
    fn fold_is_idempotent(text in "\\PC*|[ -~一-龥ａ-ｚ　]*") {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn tidy_is_idempotent_and_only_tidies(text in any::<String>()) {
        let once = tidy(&text);
        prop_assert_eq!(tidy(&once), once.clone());
        prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
        prop_assert_eq!(fold(&once), fold(&text));
        let lines = tidy_lines(&text);
        prop_assert_eq!(tidy_lines(&lines), lines);
    }

    #[test]
    fn folding_by_character_agrees(text in "[ -~一-龥ａ-ｚＡ-Ｚ０-９]*") {
        let mut out = String::new();
        text.chars().for_each(|c| fold_char(c, |c| out.push(c)));
        prop_assert_eq!(fold(&out), fold(&text));
    }
}
