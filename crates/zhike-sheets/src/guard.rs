//! Text that no spreadsheet takes for a formula.
//!
//! CWE-1236, after the OWASP advice on CSV injection: a cell that begins with one of these characters gets an
//! apostrophe in front, which Excel, WPS and LibreOffice show as text. The full-width signs are in the list because
//! Excel with a Chinese or Japanese locale reads them as their half-width twins.

use std::borrow::Cow;

const TRIGGERS: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];

/// The text as it may stand in a delimited file. Undone by [`unguard`], for every text.
pub fn guard(text: &str) -> Cow<'_, str> {
    if is_risky(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text before [`guard`]; any other text as it is.
pub fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_risky(rest) => rest,
        _ => text,
    }
}

/// Apostrophes in front do not count: `'=1` must be guarded too, or [`unguard`] would take its own apostrophe.
fn is_risky(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(TRIGGERS)
}
