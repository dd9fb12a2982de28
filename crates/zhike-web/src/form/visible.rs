//! Whether a field shows, by what the form holds now: `status == "lost"`, `kind in ["person", "sole_trader"]`, `done`.
//!
//! This decides only what a form shows while somebody types; the engine judges the expression itself when it is saved. What
//! cannot be judged here is shown.

use crate::filter::{conditions, keys_of};

pub fn shows(condition: &str, text: &dyn Fn(&str) -> String) -> bool {
    conditions(condition).iter().all(|part| holds(part, text))
}

fn holds(part: &str, text: &dyn Fn(&str) -> String) -> bool {
    let part = part.trim();
    if let Some(name) = part.strip_prefix('!').filter(|name| is_name(name)) {
        return text(name) != "true";
    }
    if is_name(part) {
        return text(part) == "true";
    }
    let Some(name) = part.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| is_name(name)) else {
        return true;
    };
    keys_of(part, name).is_none_or(|keys| keys.contains(&text(name)))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Whether an expression speaks of a field.
pub fn mentions(condition: &str, name: &str) -> bool {
    condition.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
}
