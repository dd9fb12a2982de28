//! Yes and no.

use crate::fold;

const YES: &[&str] = &[
    "是",
    "有",
    "对",
    "真",
    "√",
    "✓",
    "✔",
    "☑",
    "y",
    "yes",
    "true",
    "t",
    "1",
    "on",
    "启用",
    "已启用",
    "开",
    "开启",
    "开通",
    "已开通",
    "可",
    "可以",
    "已",
    "同意",
    "正确",
    "是的",
    "需要",
    "要",
    "在用",
    "有效",
    "正常",
];
const NO: &[&str] = &[
    "否",
    "无",
    "不",
    "没有",
    "没",
    "假",
    "×",
    "✗",
    "✘",
    "☐",
    "x",
    "n",
    "no",
    "false",
    "f",
    "0",
    "off",
    "停用",
    "已停用",
    "禁用",
    "关",
    "关闭",
    "未开通",
    "不可",
    "不可以",
    "未",
    "不同意",
    "错误",
    "不是",
    "非",
    "不需要",
    "不要",
    "停",
    "无效",
];

/// What a word, a letter or a mark says; `None` when it is neither yes nor no.
pub fn parse_bool(text: &str) -> Option<bool> {
    let word = fold(text);
    let word = word.trim_end_matches(['。', '.', '!']);
    if YES.contains(&word) {
        Some(true)
    } else if NO.contains(&word) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::parse_bool;

    #[test]
    fn yes_no_and_neither() {
        for word in ["是", "√", " Ｙ ", "TRUE", "1", "启用", "有"] {
            assert_eq!(parse_bool(word), Some(true), "{word}");
        }
        for word in ["否", "×", "n", "False", "0", "停用", "无", "没有"] {
            assert_eq!(parse_bool(word), Some(false), "{word}");
        }
        for word in ["", "也许", "2"] {
            assert_eq!(parse_bool(word), None, "{word}");
        }
    }
}
