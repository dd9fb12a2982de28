use super::{initials, person_sort_key, sort_key, sounds, syllables};

#[test]
fn syllables_of_names() {
    assert_eq!(syllables("青岛海尔A股份"), ["qing", "dao", "hai", "er", "gu", "fen"]);
    assert_eq!(syllables("重庆长安银行"), ["chong", "qing", "chang", "an", "yin", "hang"]);
    assert_eq!(syllables("厦门旅行社"), ["xia", "men", "lv", "xing", "she"]);
    assert_eq!(syllables("吕女士"), ["lv", "nv", "shi"]);
    assert_eq!(syllables("華為"), ["hua", "wei"]);
    assert_eq!(initials("青岛海尔"), "qdhe");
    assert_eq!(initials("abc"), "");
}

#[test]
fn sounds_of_a_character() {
    assert_eq!(sounds('重').collect::<Vec<_>>(), ["zhong", "chong"]);
    assert_eq!(sounds('青').collect::<Vec<_>>(), ["qing"]);
    assert_eq!(sounds('a').count(), 0);
}

fn sorted(mut names: Vec<&str>, key: fn(&str) -> String) -> Vec<&str> {
    names.sort_by_key(|name| key(name));
    names
}

#[test]
fn sorts_as_a_dictionary_does() {
    let key = |s: &str| sort_key(s);
    let got = sorted(
        vec![
            "王府井",
            "ABB",
            "中信",
            "汪涵",
            "360安全",
            "万科",
            "重庆啤酒",
            "阿里巴巴",
            "大厦",
            "Apple",
            "3M中国",
            "成都银行",
            "安利",
        ],
        key,
    );
    // Digits before letters; 阿 (a1) before 安 (an1), ABB between by its letters; 汪 (first tone) before 王 (second).
    assert_eq!(
        got,
        [
            "360安全",
            "3M中国",
            "阿里巴巴",
            "ABB",
            "安利",
            "Apple",
            "成都银行",
            "重庆啤酒",
            "大厦",
            "万科",
            "汪涵",
            "王府井",
            "中信"
        ]
    );
}

#[test]
fn surnames_have_their_own_reading() {
    let key = |s: &str| person_sort_key(s);
    assert_eq!(
        sorted(
            vec![
                "张三",
                "单田芳",
                "丁一",
                "曾国藩",
                "尉迟恭",
                "仇英",
                "解缙",
                "查良镛",
                "欧阳修",
                "区寄",
                "朴树",
                "盖叫天",
                "翟志刚"
            ],
            key
        ),
        [
            "丁一",
            "盖叫天",
            "区寄",
            "欧阳修",
            "朴树",
            "仇英",
            "单田芳",
            "解缙",
            "尉迟恭",
            "曾国藩",
            "查良镛",
            "翟志刚",
            "张三"
        ]
    );
    assert!(person_sort_key("Anna").starts_with("anna "));
}

#[test]
fn same_characters_stand_together_and_ties_break() {
    assert_eq!(sorted(vec!["章二", "张三", "张二"], sort_key), ["张二", "张三", "章二"]);
    assert!(sort_key("A-B") < sort_key("A.B") && sort_key("A-B") != sort_key("A.B"));
    assert!(sort_key("王") < sort_key("王一"));
    assert!(!sort_key(&"长".repeat(500)).contains('\0') && sort_key(&"长".repeat(500)).len() < 1000);
}
