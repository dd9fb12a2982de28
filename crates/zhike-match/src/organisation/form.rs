//! Legal forms, groups and branches at the end of a company's name.

use std::sync::LazyLock;

use crate::letters::{Letter, all_same_sound, same_sound, word};
use crate::place;
use crate::similar::distance;

/// Longest first, so that the whole form is found.
const FORMS: &[&str] = &[
    "股份有限责任公司",
    "个人独资企业",
    "有限责任公司",
    "股份有限公司",
    "企业有限公司",
    "特殊普通合伙",
    "有限总公司",
    "有限公司",
    "有限合伙",
    "普通合伙",
    "合伙企业",
    "个体工商户",
    "个体户",
    "股份公司",
    "责任公司",
    "总公司",
];

/// Forms that are told even with a slip in them: 有限工司, 限公司, 有限责任司公.
const MISSPELT: &[&str] = &["股份有限公司", "有限责任公司", "有限公司"];

/// What is left of a form, and forms that are half a word of trade.
const SHORT_FORMS: &[&str] = &[
    "公司",
    "有限责任",
    "有限",
    "农民专业合作社",
    "专业合作社",
    "合作社",
    "经营部",
    "门市部",
    "服务部",
    "工作室",
    "中心",
    "商行",
    "商店",
    "加工厂",
    "厂",
    "店",
];

/// Before 店 and 厂 these make another word: 酒店, 药店.
const NOT_BEFORE: &str = "酒饭书药商门分旅工总花网";

/// What a part of a company is called. A name that ends so is the company's own only when it has a parent before it.
const BRANCHES: &[&str] = &[
    "分公司",
    "分行",
    "支行",
    "分理处",
    "办事处",
    "代表处",
    "联络处",
    "分店",
    "分厂",
    "分部",
    "分所",
    "分院",
    "分校",
    "校区",
    "院区",
    "分园",
    "分中心",
    "事业部",
    "项目部",
];

/// The same, where a legal form or a place must stand before it: 老王五金经营部 is a firm.
const WEAK_BRANCHES: &[&str] = &[
    "营业部",
    "经营部",
    "销售部",
    "门市部",
    "服务部",
    "营业厅",
    "门店",
    "专卖店",
    "旗舰店",
    "直营店",
    "加盟店",
    "体验店",
    "工作站",
    "服务站",
    "仓库",
    "工厂",
];

struct Lists {
    forms: Vec<Vec<Letter>>,
    misspelt: Vec<Vec<Letter>>,
    short: Vec<Vec<Letter>>,
    not_before: Vec<Letter>,
    shop: Vec<Letter>,
    branches: Vec<Vec<Letter>>,
    weak: Vec<Vec<Letter>>,
    company: Vec<Letter>,
    group: Vec<Letter>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists {
    forms: FORMS.iter().map(|text| word(text)).collect(),
    misspelt: MISSPELT.iter().map(|text| word(text)).collect(),
    short: SHORT_FORMS.iter().map(|text| word(text)).collect(),
    not_before: word(NOT_BEFORE),
    shop: word("店"),
    branches: BRANCHES.iter().map(|text| word(text)).collect(),
    weak: WEAK_BRANCHES.iter().map(|text| word(text)).collect(),
    company: word("公司"),
    group: word("集团"),
});

/// The length of the name without its legal form; the whole length when it has none or nothing else would be left.
pub(crate) fn without_form(name: &[Letter]) -> usize {
    let length = whole_form(name).or_else(|| short_form(name)).unwrap_or(0);
    if length < name.len() { name.len() - length } else { name.len() }
}

/// Whether the name ends with a company's legal form: 有限公司, 公司, but not 店.
pub(crate) fn is_company(name: &[Letter]) -> bool {
    whole_form(name).is_some_and(|form| form < name.len()) || name.len() > 3 && name.ends_with(&LISTS.company)
}

fn whole_form(name: &[Letter]) -> Option<usize> {
    if let Some(form) = LISTS.forms.iter().find(|form| name.ends_with(form)) {
        return Some(form.len());
    }
    LISTS.misspelt.iter().find_map(|form| {
        let lengths = [form.len(), form.len() - 1, form.len() + 1];
        lengths.into_iter().filter(|length| *length < name.len()).find(|length| {
            let end = &name[name.len() - length..];
            // The first letter must be the form's own, by sight or sound, or be the one that is missing: what stands
            // before it is the name's.
            let begun = same_sound(end[0], form[0]) || end == &form[1..];
            begun && (distance(end, form, 1).is_some() || all_same_sound(end, form))
        })
    })
}

fn short_form(name: &[Letter]) -> Option<usize> {
    let found = LISTS.short.iter().find(|form| {
        let Some(left) = name.len().checked_sub(form.len()).filter(|left| *left >= 2) else { return false };
        let end = &name[left..];
        end == form.as_slice() && !(form.len() == 1 && LISTS.not_before.contains(&name[left - 1]))
            // 公思: a homophone of 公司, nothing else ends so.
            || form.len() == 2 && *form == &LISTS.company && left >= 4 && all_same_sound(end, form)
    });
    found.map(Vec::len)
}

/// The length of the name without a final 集团.
pub(crate) fn without_group(name: &[Letter]) -> usize {
    if name.ends_with(&LISTS.group) && name.len() >= 4 { name.len() - 2 } else { name.len() }
}

/// Whether the letters are a word for a form that may stand in brackets: (集团), (有限合伙).
pub(crate) fn is_form(letters: &[Letter]) -> bool {
    LISTS.forms.iter().chain(&LISTS.short).any(|form| form == letters)
}

pub(crate) fn is_group(letters: &[Letter]) -> bool {
    letters == LISTS.group || without_form(letters) == 2 && letters.starts_with(&LISTS.group)
}

/// Where the last 公司 ends that is not the end of the name: the legal form within.
pub(crate) fn inner_form(name: &[Letter]) -> Option<usize> {
    let company = &LISTS.company;
    (3..name.len().saturating_sub(1))
        .rev()
        .find(|at| name[*at..].starts_with(company))
        .map(|at| at + 2)
        .filter(|end| *end < name.len())
}

/// Parent and label of a branch: 华为技术有限公司 and 深圳 of 华为技术有限公司深圳分公司.
pub(crate) fn branch(name: &[Letter]) -> Option<(&[Letter], &[Letter])> {
    let strong = LISTS.branches.iter().find(|word| name.ends_with(word));
    let (word, strong) = match strong {
        Some(word) => (word, true),
        None => (LISTS.weak.iter().find(|word| name.ends_with(word))?, false),
    };
    let body = &name[..name.len() - word.len()];
    if let Some(end) = inner_form(name).filter(|end| *end <= body.len()) {
        return Some((&body[..end], &body[end..]));
    }
    if body.len() < 2 {
        return None;
    }
    // A place in front is the parent's own; the label starts at the first one behind it.
    let front = place::front(body, 0).length;
    match place::within(body, front + 2) {
        // 小白单车汕头融资租赁经营部 is a firm: only a place alone is a label there.
        Some(at) if strong || place::whole(&body[at..], 0) != 0 => Some((&body[..at], &body[at..])),
        _ => strong.then_some((body, &body[body.len()..])),
    }
}

/// The label of 深圳分宫司, 深圳公分司, 深圳分司: a place and 分公司 with a slip.
pub(crate) fn worn_branch(behind: &[Letter]) -> Option<&[Letter]> {
    let word = &LISTS.branches[0];
    (2..=behind.len().saturating_sub(2))
        .find(|at| place::whole(&behind[..*at], 0) != 0 && distance(&behind[*at..], word, 1).is_some())
        .map(|at| &behind[..at])
}

/// Whether what stands in brackets names a branch: (五四广场店). Its label.
pub(crate) fn bracketed_branch(letters: &[Letter]) -> Option<&[Letter]> {
    let lists = &*LISTS;
    let word = lists
        .branches
        .iter()
        .chain(&lists.weak)
        .chain(std::iter::once(&lists.shop))
        .find(|word| letters.ends_with(word))?;
    Some(&letters[..letters.len() - word.len()])
}

#[cfg(test)]
mod tests {
    use super::{branch, without_form, without_group};
    use crate::letters::{text_of, word};

    #[test]
    fn forms_with_slips() {
        for (name, core) in [
            ("海尔电器有限公司", "海尔电器"),
            ("海尔电器有限责任公司", "海尔电器"),
            ("海尔电器有现公司", "海尔电器"),
            ("海尔电器股份有限工司", "海尔电器"),
            ("海尔电器公思", "海尔电器"),
            ("海尔电器限公司", "海尔电器"),
            ("海尔电器有公限司", "海尔电器"),
            ("海尔电器有限责任司公", "海尔电器"),
            ("海尔电器厂", "海尔电器"),
            ("海景大酒店", "海景大酒店"),
            ("海尔电器", "海尔电器"),
            ("有限公司", "有限公司"),
        ] {
            let name = word(name);
            assert_eq!(text_of(&name[..without_form(&name)]), core);
        }
        assert_eq!(without_group(&word("海尔集团")), 2);
    }

    #[test]
    fn branches() {
        let of = |name: &str| branch(&word(name)).map(|(parent, label)| (text_of(parent), text_of(label)));
        let pair = |parent: &str, label: &str| Some((parent.to_owned(), label.to_owned()));
        assert_eq!(of("华为技术有限公司深圳分公司"), pair("华为技术有限公司", "深圳"));
        assert_eq!(of("工商银行青岛市南支行"), pair("工商银行", "青岛市南"));
        assert_eq!(of("青岛海尔济南分公司"), pair("青岛海尔", "济南"));
        assert_eq!(of("海尔集团公司工厂"), pair("海尔集团公司", ""));
        assert_eq!(of("老王五金经营部"), None);
        assert_eq!(of("老王五金店"), None);
    }
}
