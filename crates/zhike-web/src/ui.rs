//! Small pieces of markup that pages are made of; the contract is web/README.md.

use std::{borrow::Borrow, fmt};

use askama::filters::HtmlSafe;

/// Finished HTML: templates write it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markup(pub String);

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}

/// Text with the five characters escaped that mean something in HTML.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

pub fn asset(name: &str) -> &'static str {
    crate::assets::url(name)
}

fn sized(name: &str, class: &str) -> Markup {
    Markup(format!(
        r#"<svg class="{class}" aria-hidden="true"><use href="{}#{}"/></svg>"#,
        asset("icons.svg"),
        escape(name)
    ))
}

/// An icon of 16 px; always with a word beside it or a label on its button.
pub fn icon(name: &str) -> Markup {
    sized(name, "icon")
}

pub fn icon_xs(name: &str) -> Markup {
    sized(name, "icon icon-xs")
}

pub fn icon_sm(name: &str) -> Markup {
    sized(name, "icon icon-sm")
}

pub fn icon_lg(name: &str) -> Markup {
    sized(name, "icon icon-lg")
}

pub fn icon_xl(name: &str) -> Markup {
    sized(name, "icon icon-xl")
}

pub fn mark() -> Markup {
    sized("mark", "mark")
}

const TONES: [&str; 6] = ["blue", "green", "amber", "purple", "teal", "red"];

/// A tone that belongs to a name, the same every time.
pub fn tone_of(name: &str) -> &'static str {
    let sum: u32 = name.bytes().map(u32::from).sum();
    TONES[sum as usize % TONES.len()]
}

/// The letter of an avatar: a person's surname, an organisation's first telling character.
pub fn initial(name: &str) -> String {
    name.trim().chars().find(|c| c.is_alphanumeric()).map_or_else(|| "·".to_owned(), |c| c.to_uppercase().to_string())
}

/// A person's or organisation's round picture.
pub fn avatar(name: &str, class: &str) -> Markup {
    Markup(format!(
        r#"<span class="avatar {class}" data-tone="{}" aria-hidden="true">{}</span>"#,
        tone_of(name),
        escape(&initial(name))
    ))
}

/// The large picture of a record's head: people are round, organisations square.
pub fn portrait(name: &str, square: bool) -> Markup {
    avatar(name, if square { "avatar-lg avatar-square" } else { "avatar-lg" })
}

/// A record's own picture, in the place of the letter.
pub fn picture(address: &str, square: bool) -> Markup {
    let shape = if square { " avatar-square" } else { "" };
    let address = escape(address);
    Markup(format!(r#"<img class="avatar avatar-lg{shape}" src="{address}" alt="" width="40" height="40">"#))
}

/// A badge of a tone.
pub fn badge(text: &str, tone: &str) -> Markup {
    Markup(format!(r#"<span class="badge" data-tone="{}">{}</span>"#, escape(tone), escape(text)))
}

/// `12,408`
pub fn count(number: impl Borrow<i64>) -> String {
    let number = *number.borrow();
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if number < 0 { format!("-{grouped}") } else { grouped }
}

#[cfg(test)]
mod tests;
