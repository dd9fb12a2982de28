//! What people write around a name: 001海尔, 老客户-海尔, 海尔-张总介绍, 海尔/李四, ★海尔.

use std::sync::LazyLock;

use zhike_text::surname;

/// Words that stand beside a name and are no part of it.
const WORDS: &[&str] = &[
    "新",
    "旧",
    "老",
    "新客户",
    "老客户",
    "大客户",
    "客户",
    "重点",
    "重点客户",
    "意向",
    "潜在",
    "重复",
    "作废",
    "停用",
    "已停用",
    "注销",
    "已注销",
    "勿动",
    "暂停",
    "待定",
    "展会",
    "开票",
    "开票用",
    "供应商",
    "经销商",
    "代理商",
    "原",
];

/// How a note about where a customer came from ends.
const ENDS: &[&str] = &["介绍", "推荐", "转介绍", "客户", "类", "级"];

/// Forms of address behind a surname.
const ADDRESSES: &[&str] =
    &["总", "经理", "主任", "老板", "先生", "女士", "老师", "工", "董", "姐", "哥", "厂长", "店长"];

static NOTES: LazyLock<std::collections::HashSet<&str>> = LazyLock::new(|| WORDS.iter().copied().collect());

const STROKES: [char; 8] = ['-', '/', '|', '_', '—', '–', '\\', '+'];

/// A folded name without what stands around it, and whether that may have been part of it after all: 海尔 张伟, 51信用.
pub(super) fn without(folded: &str) -> (&str, bool) {
    let (name, numbered) = without_number(folded.trim_start_matches(|c: char| !c.is_alphanumeric() && !opens(c)));
    let (name, marked) = without_marks(name);
    (name, numbered || marked)
}

fn opens(c: char) -> bool {
    matches!(c, '(' | '[' | '【' | '〔' | '《' | '「' | '<' | '{')
}

/// 12.海尔, 003海尔, 12海尔: the number of a list, or part of the name in the last.
fn without_number(name: &str) -> (&str, bool) {
    let behind = name.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = name.len() - behind.len();
    if digits == 0 || digits > 6 {
        return (name, false);
    }
    let rest =
        behind.trim_start_matches(|c: char| matches!(c, '.' | '、' | '-' | '_' | ':' | ',' | '#') || c.is_whitespace());
    if !rest.chars().next().is_some_and(is_han) || rest.chars().filter(|c| is_han(*c)).count() < 2 {
        return (name, false);
    }
    (rest, rest.len() == behind.len() && !name.starts_with('0'))
}

/// Without the parts before and behind strokes that are notes; a person behind a blank or a final digit is doubtful.
fn without_marks(name: &str) -> (&str, bool) {
    let parts = || name.split(STROKES).map(str::trim).filter(|part| !part.is_empty());
    if parts().nth(1).is_some() {
        let mut names = parts().filter(|part| !is_note(part));
        // 金鼎/王伟: where all may be notes, the name stands first.
        let first = names.next().or_else(|| parts().find(|part| han(part) >= 2));
        if let (Some(only), None) = (first, names.next()) {
            let (only, doubtful) = behind_blank(only);
            return (only, doubtful || !parts().any(|part| part.chars().count() != 1 && NOTES.contains(part)));
        }
    }
    behind_blank(name)
}

fn behind_blank(name: &str) -> (&str, bool) {
    let name = name.trim();
    if let Some((before, last)) = name.rsplit_once(char::is_whitespace)
        && han(before) >= 2
        && is_note(last)
    {
        return (before.trim_end(), !NOTES.contains(last));
    }
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = name.len() - bare.len();
    if (1..=2).contains(&digits) && han(bare) >= 3 && bare.chars().next_back().is_some_and(is_han) {
        return (bare, true);
    }
    (name, false)
}

fn is_note(part: &str) -> bool {
    let length = part.chars().count();
    let letters = han(part);
    if letters == 0 {
        return part.chars().all(|c| c.is_ascii_digit()) && length <= 4 || length == 1;
    }
    NOTES.contains(part) || length <= 6 && ENDS.iter().any(|end| part.ends_with(end)) || length <= 4 && is_person(part)
}

/// 张伟, 李经理, 王总.
fn is_person(part: &str) -> bool {
    let Some(surname) = surname::surname(part) else { return false };
    let given = &part[surname.len()..];
    let length = given.chars().count();
    ADDRESSES.contains(&given) || (1..=2).contains(&length) && given.chars().all(is_han)
}

fn is_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

fn han(text: &str) -> usize {
    text.chars().filter(|c| is_han(*c)).count()
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn notes() {
        for (text, name, doubtful) in [
            ("青岛海尔电器有限公司", "青岛海尔电器有限公司", false),
            ("003海尔电器", "海尔电器", false),
            ("12.海尔电器", "海尔电器", false),
            ("12海尔电器", "海尔电器", true),
            ("360", "360", false),
            ("★海尔电器", "海尔电器", false),
            ("老客户-海尔电器", "海尔电器", false),
            ("海尔电器-张总介绍", "海尔电器", true),
            ("海尔电器/李四", "海尔电器", true),
            ("海尔电器 新", "海尔电器", false),
            ("海尔电器2", "海尔电器", true),
            ("海尔-电器", "海尔-电器", false),
            ("a-one科技", "one科技", true),
            ("(海尔)电器", "(海尔)电器", false),
        ] {
            assert_eq!(without(text), (name, doubtful), "{text}");
        }
    }
}
