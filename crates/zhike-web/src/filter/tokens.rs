//! CEL cut into words: enough to recognise simple conditions.

/// A word and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    pub text: &'a str,
    pub start: usize,
    pub end: usize,
}

pub fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = source.char_indices().peekable();
    while let Some((start, letter)) = rest.next() {
        if letter.is_whitespace() {
            continue;
        }
        let mut end = start + letter.len_utf8();
        if letter == '"' || letter == '\'' {
            let mut escaped = false;
            for (at, next) in rest.by_ref() {
                end = at + next.len_utf8();
                if next == letter && !escaped {
                    break;
                }
                escaped = next == '\\' && !escaped;
            }
        } else if letter.is_alphanumeric() || letter == '_' {
            while let Some((at, next)) = rest.next_if(|(_, next)| next.is_alphanumeric() || matches!(next, '_' | '.')) {
                // `name.contains` is two words and a dot; `1.5` is one
                if next == '.' && !source[start..at].bytes().all(|byte| byte.is_ascii_digit()) {
                    found.push(Token { text: &source[start..at], start, end: at });
                    found.push(Token { text: ".", start: at, end: at + 1 });
                    end = 0;
                    break;
                }
                end = at + next.len_utf8();
            }
            if end == 0 {
                continue;
            }
        } else if let Some((at, next)) =
            rest.next_if(|(_, next)| matches!((letter, next), ('&', '&') | ('|', '|') | ('=' | '!' | '<' | '>', '=')))
        {
            end = at + next.len_utf8();
        }
        found.push(Token { text: &source[start..end], start, end });
    }
    found
}

/// The text of a string literal.
pub fn unquote(literal: &str) -> Option<String> {
    let mark = literal.chars().next().filter(|mark| matches!(mark, '"' | '\''))?;
    let inner = literal.strip_prefix(mark)?.strip_suffix(mark)?;
    if let ('"', Ok(text)) = (mark, serde_json::from_str::<String>(literal)) {
        return Some(text);
    }
    Some(inner.replace("\\'", "'").replace("\\\"", "\"").replace("\\\\", "\\"))
}
