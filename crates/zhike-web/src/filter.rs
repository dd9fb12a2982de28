//! A list's filter as people read it: cut into conditions, each said as a sentence (城市 是 青岛), each to be taken away.
//!
//! Whether an expression is right is for the engine to say; this only reads what it knows and shows the rest as it stands.

mod sentence;
mod tokens;

pub use sentence::{Names, Sentence, sentence};
use tokens::{Token, tokens};

/// The conditions that all must hold; one when the whole cannot be cut.
pub fn conditions(filter: &str) -> Vec<String> {
    let whole = filter.trim();
    if whole.is_empty() {
        return Vec::new();
    }
    let list = tokens(whole);
    let mut depth = 0_i32;
    let mut cuts = vec![0];
    for token in &list {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            "||" | "?" if depth == 0 => return vec![whole.to_owned()],
            "&&" if depth == 0 => cuts.extend([token.start, token.end]),
            _ => {}
        }
    }
    cuts.push(whole.len());
    join_ranges(
        cuts.chunks(2).map(|cut| whole[cut[0]..cut[1]].trim().to_owned()).filter(|part| !part.is_empty()).collect(),
    )
}

/// `at >= a` and `at < b` of one field belong together: one condition "between".
fn join_ranges(parts: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for part in parts {
        match joined.last_mut() {
            Some(before) if sentence::is_range(before, &part) => *before = format!("{before} && {part}"),
            _ => joined.push(part),
        }
    }
    joined
}

/// Conditions back to one expression.
pub fn all_of<S: AsRef<str>>(conditions: &[S]) -> String {
    conditions
        .iter()
        .map(|condition| {
            let text = condition.as_ref();
            if conditions.len() > 1 && needs_brackets(text) { format!("({text})") } else { text.to_owned() }
        })
        .collect::<Vec<_>>()
        .join(" && ")
}

fn needs_brackets(text: &str) -> bool {
    let mut depth = 0_i32;
    tokens(text).iter().any(|token: &Token<'_>| {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        depth == 0 && matches!(token.text, "||" | "?")
    })
}

/// Text as CEL writes it.
pub fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `field == "a"`, or `field in ["a", "b"]`; none when nothing is chosen.
pub fn one_of(field: &str, keys: &[&str]) -> Option<String> {
    match keys {
        [] => None,
        [key] => Some(format!("{field} == {}", quote(key))),
        several => {
            Some(format!("{field} in [{}]", several.iter().map(|key| quote(key)).collect::<Vec<_>>().join(", ")))
        }
    }
}

/// The keys that a condition asks of a field, when it is one of [`one_of`]'s.
pub fn keys_of(condition: &str, field: &str) -> Option<Vec<String>> {
    let list = tokens(condition);
    let texts: Vec<&str> = list.iter().map(|token| token.text).collect();
    match texts.as_slice() {
        [name, "==", value] if *name == field => Some(vec![tokens::unquote(value)?]),
        [name, "in", "[", values @ .., "]"] if *name == field => {
            values.iter().filter(|text| **text != ",").map(|text| tokens::unquote(text)).collect()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
