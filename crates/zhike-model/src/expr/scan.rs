//! A look at the text before the parser sees it: strings whole, nesting bounded.
//!
//! The parser, and everything after it, recurses; a thread's stack is finite, and running over it would end the whole server.
//! How deep a text nests is therefore counted first, from above: what passes here is safe to parse.

use zhike_types::{Text, text};

use super::{ExprError, LIMITS};

/// The characters outside strings, each with its place from 1; a string is one `"`.
pub(super) fn outside(source: &str) -> Result<Vec<(usize, char)>, ExprError> {
    let chars: Vec<char> = source.chars().collect();
    let mut seen = Vec::with_capacity(chars.len());
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        if c != '"' && c != '\'' {
            seen.push((i + 1, c));
            i += 1;
            continue;
        }
        let prefixed = i > 0 && (chars[i - 1].is_ascii_alphanumeric() || chars[i - 1] == '_');
        if prefixed || (chars.get(i + 1) == Some(&c) && chars.get(i + 2) == Some(&c)) {
            return Err(ExprError::new(
                i + 1,
                Text::new(
                    "文字请用一对普通引号，前面不加字母。",
                    "Write a text in one pair of quotes, without letters before them.",
                ),
            ));
        }
        seen.push((i + 1, '"'));
        i = end_of_string(&chars, i).map_err(|at| {
            ExprError::new(
                at + 1,
                Text::new(
                    "这段文字的引号没有配对，或者反斜杠后面写错了。",
                    "The quotes of this text do not match, or a backslash stands wrong.",
                ),
            )
        })?;
    }
    Ok(seen)
}

/// The place after a string that begins at `start`, or where it goes wrong.
fn end_of_string(chars: &[char], start: usize) -> Result<usize, usize> {
    let (quote, mut i) = (chars[start], start + 1);
    loop {
        match chars.get(i) {
            None | Some('\n' | '\r') => return Err(start),
            Some(&c) if c == quote => return Ok(i + 1),
            Some('\\') => {
                let (digits, radix) = match chars.get(i + 1) {
                    Some('a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\' | '?' | '"' | '\'' | '`') => (0, 16),
                    Some('x' | 'X') => (2, 16),
                    Some('u') => (4, 16),
                    Some('U') => (8, 16),
                    Some('0'..='3') => (2, 8),
                    _ => return Err(i),
                };
                let all = chars.get(i + 2..i + 2 + digits).ok_or(i)?;
                if !all.iter().all(|c| c.is_digit(radix)) {
                    return Err(i);
                }
                i += 2 + digits;
            }
            Some(_) => i += 1,
        }
    }
}

/// One pair of brackets, or the whole text.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Operators since the last `&&`, `||` or comma: they nest in each other at most so deep.
    chain: usize,
    /// Conditionals nest to the right, whatever stands between.
    conditionals: usize,
}

/// Where the text nests deeper than the limit.
pub(super) fn too_deep(outside: &[(usize, char)]) -> Option<usize> {
    let mut levels = vec![Level::default()];
    let mut before = ' ';
    for &(at, c) in outside {
        let outermost = levels.len() == 1;
        let top = levels.last_mut()?;
        match c {
            '(' | '[' | '{' => levels.push(Level::default()),
            ')' | ']' | '}' if !outermost => {
                levels.pop();
                // The bracket is one more link of the chain it stands in.
                levels.last_mut()?.chain += 1;
            }
            ',' => *top = Level::default(),
            '&' | '|' if before == c => top.chain = 0,
            '?' => top.conditionals += 1,
            '+' | '-' | '*' | '/' | '%' | '<' | '>' | '=' | '!' | '.' => top.chain += 1,
            // `in` is an operator of letters
            'n' if before == 'i' => top.chain += 1,
            _ => {}
        }
        let nested: usize = levels.iter().map(|level| level.chain + level.conditionals).sum();
        if levels.len() > LIMITS.depth || nested > LIMITS.nesting {
            return Some(at);
        }
        before = c;
    }
    None
}

/// The first run of letters outside strings that CEL does not know: a label, or full-width punctuation.
pub(super) fn foreign_word(outside: &[(usize, char)]) -> Option<(usize, String)> {
    let start = outside.iter().position(|(_, c)| !c.is_ascii())?;
    Some((outside[start].0, outside[start..].iter().map(|(_, c)| c).take_while(|c| !c.is_ascii()).collect()))
}

/// What to tell who wrote it; `field` is the field of that label.
pub(super) fn foreign(word: &str, field: Option<String>) -> Text {
    if let Some(field) = field {
        return text!(
            "这里请写字段的英文名称 {field}，不是“{word}”。",
            "Write the field's name `{field}` here, not `{word}`."
        );
    }
    if word.starts_with(|c: char| !c.is_alphanumeric()) {
        return text!("“{word}”要用半角符号。", "`{word}` must be in half-width characters.");
    }
    text!("“{word}”要加引号；字段请写英文名称。", "`{word}` needs quotes; fields go by their English names.")
}
