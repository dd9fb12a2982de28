//! One form for what people type in many: for comparison ([`fold`]) and for keeping ([`tidy`]).

use unicode_normalization::UnicodeNormalization;

use crate::han::is_han;

/// The form for comparing: NFKC (full width becomes half width), lower case, no invisible characters, trimmed, each
/// inner run of blanks one blank.
pub fn fold(text: &str) -> String {
    if text.chars().all(|c| (c.is_ascii() && !c.is_ascii_control()) || ('\u{4e00}'..='\u{9fff}').contains(&c)) {
        return collapsed(text.chars().map(|c| c.to_ascii_lowercase()), text.len());
    }
    let compatible = text.chars().filter(|c| !is_invisible(*c)).nfkc();
    // Lower-casing can leave a sequence that is not in normal form, so it is brought into it once more.
    let lower = compatible.flat_map(char::to_lowercase).nfkc();
    collapsed(lower, text.len())
}

/// What an import does to any typed value: trimmed, full-width letters, digits and signs made half width, invisible and
/// control characters removed, each inner run of blanks one blank. Case and Chinese punctuation stay.
pub fn tidy(text: &str) -> String {
    collapsed(text.chars().filter(|c| !is_invisible(*c)).map(half_width), text.len())
}

/// [`tidy`] line by line, for long text: line breaks stay, at most one empty line in a row.
pub fn tidy_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    let breaks = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n");
    for line in breaks.lines().map(tidy) {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        empty = 0;
        out.push_str(&line);
    }
    out
}

/// [`fold`] of one character, for callers that must keep positions.
pub(crate) fn fold_char(c: char, mut each: impl FnMut(char)) {
    if c.is_ascii() {
        each(c.to_ascii_lowercase());
    } else if is_han(c) {
        each(c);
    } else if !is_invisible(c) {
        std::iter::once(c).nfkc().flat_map(char::to_lowercase).for_each(each);
    }
}

fn collapsed(chars: impl Iterator<Item = char>, capacity: usize) -> String {
    let mut out = String::with_capacity(capacity);
    let mut blank = false;
    for c in chars {
        if c.is_whitespace() {
            blank = !out.is_empty();
            continue;
        }
        if blank {
            out.push(' ');
            blank = false;
        }
        out.push(c);
    }
    out
}

/// Zero-width, direction and control characters that ride along when text is copied from web pages and chats.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

fn half_width(c: char) -> char {
    match c {
        // These share the full-width block with Latin signs but are ordinary Chinese punctuation.
        '！' | '（' | '）' | '，' | '：' | '；' | '？' | '～' => c,
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests;
