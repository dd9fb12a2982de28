//! Light normal forms by which an import meets rows that are there already. Two names with the same key are taken for the
//! same; what is merely alike is for the duplicate engine to weigh.

use crate::han::{is_han, simplified};
use crate::{fold, legal_form};

/// An organisation's name without blanks, punctuation, brackets (what stands in them stays) and legal form, folded and
/// simplified. Empty when the name has no letter, digit or character.
///
/// 集团 stays: a group is not its daughter. So does 分公司 with what stands before it.
pub fn organisation_key(name: &str) -> String {
    let folded = fold(name);
    let chars: Vec<char> = letters(legal_form::without_words(&folded)).collect();
    if chars.is_empty() {
        return letters(&folded).collect();
    }
    chars[..legal_form::core(&chars)].iter().collect()
}

/// A person's name without blanks and signs, folded and simplified, and without a form of address behind it (张三先生).
pub fn person_key(name: &str) -> String {
    const ADDRESS: &[&str] = &["先生", "女士", "小姐", "同志"];
    let key: String = letters(&fold(name)).collect();
    match ADDRESS.iter().find_map(|word| key.strip_suffix(word)) {
        // 王先生 is all that is known of him: it must not meet every other 王.
        Some(bare) if bare.chars().count() >= 2 && bare.chars().all(is_han) => bare.to_owned(),
        _ => key,
    }
}

fn letters(folded: &str) -> impl Iterator<Item = char> {
    folded.chars().filter(|c| c.is_alphanumeric()).map(simplified)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{organisation_key, person_key};

    #[test]
    fn the_same_organisation() {
        for (one, other) in [
            ("青岛　海尔 电器有限公司", "青岛海尔电器有限公司"),
            ("青岛海尔电器有限公司", "青岛海尔电器有限责任公司"),
            ("华为技术（北京）有限公司", "华为技术(北京)有限公司"),
            ("華為技術有限公司", "华为技术有限公司 "),
            ("ＡＢＣ科技公司", "abc科技"),
            ("Haier Electric Co., Ltd.", "HAIER ELECTRIC"),
            ("海尔·电器", "海尔电器"),
        ] {
            assert_eq!(organisation_key(one), organisation_key(other), "{one} {other}");
        }
        assert_eq!(organisation_key("青岛海尔电器股份有限公司"), "青岛海尔电器");
    }

    #[test]
    fn different_organisations() {
        for (one, other) in [
            ("海尔集团有限公司", "海尔有限公司"),
            ("青岛海尔电器有限公司", "青岛海尔电器有限公司济南分公司"),
            ("北京华为技术有限公司", "华为技术（北京）有限公司"),
            ("A公司", "B公司"),
        ] {
            assert_ne!(organisation_key(one), organisation_key(other), "{one} {other}");
        }
        assert_eq!(organisation_key("有限公司"), "有限公司");
        assert_eq!(organisation_key("Co., Ltd."), "co");
        assert_eq!(organisation_key("——"), "");
    }

    #[test]
    fn persons() {
        assert_eq!(person_key(" 张　三 "), "张三");
        assert_eq!(person_key("張三"), "张三");
        assert_eq!(person_key("张三先生"), "张三");
        assert_eq!(person_key("王先生"), "王先生");
        assert_eq!(person_key("Zhang San"), "zhangsan");
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(name in "[海尔青岛（）() ·A-c1]{0,8}(有限公司|集团公司|公司)?") {
            let key = organisation_key(&name);
            prop_assert!(key.chars().all(char::is_alphanumeric));
            prop_assert_eq!(person_key(&person_key(&name)), person_key(&name));
        }
    }
}
