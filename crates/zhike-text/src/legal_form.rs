//! Legal forms at the end of organisation names (有限公司, Co., Ltd.): they tell no company from another.

/// Longest first, so that the whole form is found.
const FORMS: &[&str] =
    &["股份有限责任公司", "有限责任公司", "股份有限公司", "有限总公司", "有限公司", "股份公司", "总公司", "公司"];

/// Trailing words of foreign names.
const WORDS: &[&str] =
    &["co", "ltd", "limited", "inc", "llc", "corp", "corporation", "company", "gmbh", "plc", "pte", "pty", "llp"];

/// The length of `name` (characters, folded and simplified, nothing but letters, digits and Han) without its legal form.
/// The form stays when nothing would be left, and so does 分公司: a branch is not its head office.
pub(crate) fn core(name: &[char]) -> usize {
    if ends_with(name, "分公司") {
        return name.len();
    }
    let form = FORMS.iter().find(|form| ends_with(name, form)).map_or(0, |form| form.chars().count());
    if form < name.len() { name.len() - form } else { name.len() }
}

/// [`core`] for what is being typed: a form that is begun (`青岛海尔有限公`) counts too, when two characters are left.
pub(crate) fn typed_core(name: &[char]) -> usize {
    if ends_with(name, "分公司") {
        return name.len();
    }
    let begun = FORMS.iter().flat_map(|form| (1..=form.chars().count()).map(move |length| (form, length)));
    let longest = begun
        .filter(|(form, length)| {
            name.len() >= length + 2 && name[name.len() - length..].iter().copied().eq(form.chars().take(*length))
        })
        .map(|(_, length)| length)
        .max();
    name.len() - longest.unwrap_or(0)
}

/// `name` (folded) without trailing words such as `co., ltd.`.
pub(crate) fn without_words(name: &str) -> &str {
    let mut rest = name;
    loop {
        let trimmed = rest.trim_end_matches(|c: char| !c.is_alphanumeric());
        let start = trimmed
            .rfind(|c: char| !c.is_ascii_alphanumeric())
            .map_or(0, |at| at + trimmed[at..].chars().next().map_or(1, char::len_utf8));
        if start == 0 || !WORDS.contains(&&trimmed[start..]) {
            return rest;
        }
        rest = &trimmed[..start];
    }
}

/// Whether the end of a name says that it is an organisation's.
pub(crate) fn is_organisation(name: &str) -> bool {
    const ENDS: &[&str] = &[
        "公司",
        "集团",
        "厂",
        "店",
        "行",
        "中心",
        "事务所",
        "合作社",
        "研究院",
        "研究所",
        "设计院",
        "医院",
        "学校",
        "大学",
        "学院",
        "中学",
        "小学",
        "幼儿园",
        "银行",
        "支行",
        "酒店",
        "宾馆",
        "饭店",
        "超市",
        "商场",
        "商行",
        "经营部",
        "门市部",
        "工作室",
        "协会",
        "商会",
        "基金会",
        "委员会",
        "局",
        "处",
        "站",
        "社",
        "馆",
        "院",
        "企业",
        "实业",
        "合伙",
        "有限合伙",
        "个体户",
        "办事处",
        "代表处",
        "俱乐部",
        "政府",
        "农场",
        "电视台",
        "报社",
    ];
    const INSIDE: &[&str] = &["公司", "集团", "有限责任", "事务所", "合作社", "银行", "研究院", "经营部", "有限合伙"];
    let folded = crate::fold(name);
    let bare = folded.trim_end_matches([')', ' ', '）']);
    without_words(&folded).len() < folded.len()
        || INSIDE.iter().any(|word| folded.contains(word))
        || (bare.chars().count() >= 4 && ENDS.iter().any(|end| bare.ends_with(end)))
}

fn ends_with(name: &[char], end: &str) -> bool {
    let length = end.chars().count();
    name.len() >= length && name[name.len() - length..].iter().copied().eq(end.chars())
}

#[cfg(test)]
mod tests {
    use super::{core, is_organisation, typed_core, without_words};

    fn cut(name: &str, by: fn(&[char]) -> usize) -> String {
        let name: Vec<char> = name.chars().collect();
        name[..by(&name)].iter().collect()
    }

    #[test]
    fn drops_the_form_when_something_is_left() {
        assert_eq!(cut("青岛海尔股份有限公司", core), "青岛海尔");
        assert_eq!(cut("海尔集团有限责任公司", core), "海尔集团");
        assert_eq!(cut("有限公司", core), "有限公司");
        assert_eq!(cut("海尔集团青岛分公司", core), "海尔集团青岛分公司");
        assert_eq!(cut("张三", core), "张三");
    }

    #[test]
    fn drops_a_form_that_is_begun() {
        assert_eq!(cut("青岛海尔有限公", typed_core), "青岛海尔");
        assert_eq!(cut("青岛海尔股份有", typed_core), "青岛海尔");
        assert_eq!(cut("青岛海尔公", typed_core), "青岛海尔");
        assert_eq!(cut("大有", typed_core), "大有");
        assert_eq!(cut("公司", typed_core), "公司");
    }

    #[test]
    fn foreign_forms() {
        assert_eq!(without_words("haier electric co., ltd."), "haier electric ");
        assert_eq!(without_words("zinc"), "zinc");
        assert_eq!(without_words("ltd"), "ltd");
    }

    #[test]
    fn organisations() {
        for name in [
            "青岛海尔有限公司",
            "锦天城律师事务所",
            "青岛市市立医院",
            "Haier Co., Ltd.",
            "海尔（集团）公司",
            "老王五金店",
        ] {
            assert!(is_organisation(name), "{name}");
        }
        for name in ["张三", "青岛", "总经理", "饭店"] {
            assert!(!is_organisation(name), "{name}");
        }
    }
}
