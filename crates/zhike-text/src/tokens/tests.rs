use proptest::prelude::*;

use super::{Kind, Match, Query, Rank, index, matches, query};

fn tokens(kind: Kind, value: &str) -> Vec<String> {
    let mut out = Vec::new();
    index(kind, value, &mut out);
    out.sort_unstable();
    out.dedup();
    out
}

/// What both databases do: all words, any alternative of each, all tokens of it.
fn finds(typed: &Query, tokens: &[String]) -> bool {
    !typed.words.is_empty()
        && typed.words.iter().all(|word| {
            word.alternatives.iter().any(|group| {
                group.iter().all(|token| {
                    tokens
                        .iter()
                        .any(|have| if token.prefix { have.starts_with(&token.text) } else { *have == token.text })
                })
            })
        })
}

fn rank(kind: Kind, value: &str, typed: &str) -> Option<Rank> {
    let typed = query(typed);
    let found = matches(kind, value, &typed);
    assert!(found.is_none() || finds(&typed, &tokens(kind, value)), "{value} matches {typed:?} but is not found");
    found.map(|found| found.rank)
}

fn groups(typed: &str) -> Vec<Vec<String>> {
    query(typed)
        .words
        .iter()
        .map(|word| {
            word.alternatives
                .iter()
                .map(|group| {
                    let texts: Vec<String> = group
                        .iter()
                        .map(|token| format!("{}{}", token.text, if token.prefix { "*" } else { "" }))
                        .collect();
                    texts.join(" & ")
                })
                .collect()
        })
        .collect()
}

#[test]
fn an_organisation_is_indexed_without_its_legal_form() {
    assert_eq!(
        tokens(Kind::Organisation, "青岛海尔有限公司"),
        ["idhe", "ihe", "iqdhe", "pdao_hai", "phai_er", "pqing_dao", "qqing", "s青", "s青岛", "岛海", "海尔", "青岛"]
    );
    assert_eq!(tokens(Kind::Organisation, "華為"), tokens(Kind::Organisation, "华为"));
    assert_eq!(tokens(Kind::Organisation, "海尔（青岛） 有限公司"), tokens(Kind::Organisation, "海尔青岛"));
}

#[test]
fn several_readings_are_all_indexed() {
    let found = tokens(Kind::Organisation, "长乐");
    for token in ["qchang", "qzhang", "pchang_le", "pchang_yue", "pzhang_le", "pzhang_yue", "icl", "icy", "izl", "izy"]
    {
        assert!(found.contains(&token.to_owned()), "{token}");
    }
    let person = tokens(Kind::Person, "单田芳");
    for token in ["qshan", "qdan", "pshan_tian", "istf", "idtf"] {
        assert!(person.contains(&token.to_owned()), "{token}");
    }
    assert!(tokens(Kind::Person, "尉迟恭").contains(&"pyu_chi".to_owned()));
}

#[test]
fn other_kinds() {
    assert_eq!(tokens(Kind::Phone, "138-1234-6138"), ["n13812346138", "r83164321831"]);
    assert_eq!(tokens(Kind::Phone, "0532-60619201转801"), ["n053260619201", "r102916062350"]);
    assert_eq!(tokens(Kind::Phone, "+852 23456789"), ["n23456789", "n85223456789", "r98765432", "r98765432258"]);
    assert_eq!(
        tokens(Kind::Email, "Li.Wu@163.com"),
        ["eli_wu_163_com", "ml", "mli", "mli_", "mli_w", "mli_wu", "mli_wu_", "w163"]
    );
    assert!(tokens(Kind::Email, "customerservice@163.com").contains(&"mcustomerse".to_owned()));
    assert_eq!(tokens(Kind::Code, "91370200MA3C8QXX1A"), ["c91370200ma3c8qxx1a"]);
    assert_eq!(tokens(Kind::Code, "KH-2024-0001"), ["ckh20240001", "w0001", "w2024", "wkh"]);
    assert_eq!(tokens(Kind::Text, "已签 ABC合同，下周付款"), ["wabc", "下周", "付款", "合同", "同下", "周付", "已签"]);
    assert_eq!(tokens(Kind::Text, "！"), Vec::<String>::new());
    assert!(tokens(Kind::Person, "Zhang San").contains(&"wzhangsan".to_owned()));
}

#[test]
fn what_typed_words_ask_for() {
    assert_eq!(groups("华为"), [["华为"]]);
    assert_eq!(groups("華為技術有限公"), [["为技 & 华为 & 技术"]]);
    assert_eq!(groups("华"), [["s华"]]);
    assert_eq!(groups("6138"), [["n6138*", "r8316*", "c6138*", "w6138*", "m6138"]]);
    assert_eq!(groups("zhang.san@"), [["ezhang_san_*"]]);
    assert_eq!(groups("info@"), [["minfo_"]]);
    assert_eq!(groups("info@h"), [["einfo_h*"]]);
    assert_eq!(groups("customerser")[0].last().unwrap(), "ecustomerser*", "longer than the first letters");
    assert_eq!(groups("@163.com"), [["w163"]]);
    assert_eq!(groups("qdhe"), [["iqdhe*", "wqdhe*", "cqdhe*", "mqdhe"]]);
    let pinyin = groups("qingdaohua").remove(0);
    for wanted in ["pqing_dao & pdao_hua*", "wqingdaohua*", "mqingdaohua"] {
        assert!(pinyin.contains(&wanted.to_owned()), "{wanted} in {pinyin:?}");
    }
    assert!(!pinyin.iter().any(|group| group.starts_with('i')));
    assert_eq!(groups("138 1234 6138")[0][0], "n13812346138*");
    assert_eq!(groups("+86 138-1234")[0][0], "n1381234*");
    assert_eq!(groups("ABC科技"), [["wabc & 科技"]]);
    assert_eq!(groups("青岛 qd").len(), 2);
    assert_eq!(groups("海尔 -"), [["海尔"]]);
    assert!(query("  ").words.is_empty());
    assert_eq!(groups("！"), [Vec::<String>::new()]);
}

#[test]
fn ranks_from_exact_to_tail() {
    let name = "青岛海尔股份有限公司";
    for (typed, wanted) in [
        ("青岛海尔股份有限公司", Some(Rank::Exact)),
        ("青岛海尔", Some(Rank::Exact)),
        ("青岛", Some(Rank::Start)),
        ("青", Some(Rank::Start)),
        ("海尔", Some(Rank::Inside)),
        ("海爾", Some(Rank::Inside)),
        ("海尔有限公司", Some(Rank::Inside)),
        ("青岛 海尔", Some(Rank::Inside)),
        ("qingdao", Some(Rank::Pinyin)),
        ("haier", Some(Rank::Pinyin)),
        ("qing dao hai", Some(Rank::Pinyin)),
        ("qing", Some(Rank::Pinyin)),
        ("qdhe", Some(Rank::Initials)),
        ("dhe", Some(Rank::Initials)),
        ("海信", None),
        ("haixin", None),
    ] {
        assert_eq!(rank(Kind::Organisation, name, typed), wanted, "{typed}");
    }
    assert_eq!(rank(Kind::Organisation, "海尔 (青岛) 电器", "青岛"), Some(Rank::WordStart));
    assert_eq!(rank(Kind::Organisation, "重庆长安", "chongqing"), Some(Rank::Pinyin));
    assert_eq!(rank(Kind::Person, "曾国藩", "zenggf"), None);
    assert_eq!(rank(Kind::Person, "曾国藩", "zengguof"), Some(Rank::Pinyin));
    assert_eq!(rank(Kind::Person, "曾国藩", "zgf"), Some(Rank::Initials));
    assert_eq!(rank(Kind::Phone, "138 1234 6138", "6138"), Some(Rank::Tail));
    assert_eq!(rank(Kind::Phone, "13812346138", "1381"), Some(Rank::Start));
    assert_eq!(rank(Kind::Phone, "13812346138", "+86 138 1234 6138"), Some(Rank::Exact));
    assert_eq!(rank(Kind::Phone, "0532-60619201", "60619201"), Some(Rank::Tail));
    assert_eq!(rank(Kind::Email, "Zhang.San@163.com", "zhang.s"), Some(Rank::Start));
    assert_eq!(rank(Kind::Email, "Zhang.San@163.com", "@163.co"), Some(Rank::WordStart));
    assert_eq!(rank(Kind::Code, "91370200MA3C8QXX1A", "91370200ma"), Some(Rank::Start));
    assert_eq!(rank(Kind::Text, "已签合同", "合同"), Some(Rank::Inside));
    assert_eq!(Rank::Exact.number(), 0);
}

#[test]
fn says_where_for_highlighting() {
    let at = |kind, value: &'static str, typed: &str| match matches(kind, value, &query(typed)) {
        Some(Match { at: Some(range), .. }) => &value[range],
        other => panic!("{typed} in {value}: {other:?}"),
    };
    assert_eq!(at(Kind::Organisation, "青岛　海尔 电器有限公司", "海尔电器"), "海尔 电器");
    assert_eq!(at(Kind::Organisation, "青岛海尔ＡＢＣ", "abc"), "ＡＢＣ");
    assert_eq!(at(Kind::Organisation, "青岛海尔", "haie"), "海尔");
    assert_eq!(at(Kind::Phone, "138-1234-6138", "6138"), "6138");
    assert_eq!(at(Kind::Phone, "138-1234-6138", "46138"), "4-6138");
    assert_eq!(at(Kind::Email, "Zhang.San@163.com", "zhang.san@"), "Zhang.San");
}

const NAMES: &str = "[青岛海尔华为长重庆行乐单曾欧阳银ABc1 （）·-]{1,12}(有限公司|股份有限公司|集团公司)?";

proptest! {
    #[test]
    fn tokens_are_of_the_agreed_shape(value in any::<String>(), name in NAMES) {
        for kind in [Kind::Organisation, Kind::Person, Kind::Text, Kind::Phone, Kind::Email, Kind::Code] {
            for token in tokens(kind, &value).into_iter().chain(tokens(kind, &name)) {
                prop_assert!(token.len() <= 40 && token.len() >= 2, "{}", token);
                let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || crate::han::is_han(c);
                prop_assert!(token.chars().all(fine), "{}", token);
            }
            for word in query(&value).words {
                for token in word.alternatives.iter().flatten() {
                    prop_assert!(token.text.len() <= 40 && token.text.len() >= 2, "{}", token.text);
                }
            }
        }
    }

    #[test]
    fn any_two_characters_of_a_name_find_it(name in NAMES, from in 0_usize..12, length in 2_usize..6) {
        let chars: Vec<char> = name.chars().collect();
        let part: String = chars.iter().skip(from).take(length).collect();
        let han = part.chars().filter(|c| crate::han::is_han(*c)).count();
        if han >= 2 && part.chars().all(crate::han::is_han) {
            for kind in [Kind::Person, Kind::Text] {
                let typed = query(&part);
                prop_assert!(finds(&typed, &tokens(kind, &name)), "{} in {}", part, name);
                prop_assert!(matches(kind, &name, &typed).is_some(), "{} in {}", part, name);
            }
        }
    }

    #[test]
    fn pinyin_and_initials_find_any_name(name in "[青岛海尔华为长重庆行乐单曾欧阳银]{2,6}", cut in 0_usize..4) {
        let spelled = crate::pinyin_of::syllables(&name).concat();
        let letters = crate::pinyin_of::initials(&name);
        for typed in [&spelled[..spelled.len() - cut.min(spelled.len() - 3)], &letters[..]] {
            let typed = query(typed);
            prop_assert!(finds(&typed, &tokens(Kind::Organisation, &name)), "{:?} in {}", typed, name);
            prop_assert!(matches(Kind::Organisation, &name, &typed).is_some(), "{:?} in {}", typed, name);
        }
    }

    #[test]
    fn any_tail_finds_a_number(number in "1[3-9][0-9]{2}([0-9]{7}|00861[0-9]{2}|0000086)", length in 4_usize..=11) {
        let typed = query(&number[11 - length..]);
        prop_assert!(finds(&typed, &tokens(Kind::Phone, &number)));
        prop_assert!(matches(Kind::Phone, &number, &typed).is_some());
    }
}
