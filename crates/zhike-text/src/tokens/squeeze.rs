//! A value reduced to what is compared: letters, digits and Han characters, folded and simplified, each with the bytes it
//! came from.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::fold::fold_char;
use crate::han::{is_han, simplified};

#[derive(Debug, Default)]
pub(super) struct Squeezed {
    pub chars: Vec<char>,
    /// Where each character stands in the value.
    pub spans: Vec<(u32, u32)>,
    /// Whether a word starts here: after a blank or a sign, or where the script changes.
    pub starts: Vec<bool>,
}

impl Squeezed {
    pub(super) fn of(value: &str) -> Self {
        let mut squeezed = Self {
            chars: Vec::with_capacity(value.len()),
            spans: Vec::with_capacity(value.len()),
            starts: Vec::with_capacity(value.len()),
        };
        let mut gap = true;
        for (at, c) in value.char_indices() {
            let span = (at as u32, (at + c.len_utf8()) as u32);
            fold_char(c, |c| match comparable(c) {
                Some(c) => {
                    let start = gap || squeezed.chars.last().is_some_and(|last| is_han(*last) != is_han(c));
                    squeezed.chars.push(c);
                    squeezed.spans.push(span);
                    squeezed.starts.push(start);
                    gap = false;
                }
                None => gap = true,
            });
        }
        squeezed
    }

    /// The bytes of the value from which the characters of `range` came.
    pub(super) fn bytes(&self, range: Range<usize>) -> Option<Range<usize>> {
        let (first, last) = (self.spans.get(range.start)?, self.spans.get(range.end.checked_sub(1)?)?);
        Some(first.0 as usize..last.1 as usize)
    }
}

/// The character as tokens have it: Han simplified, Latin letters without their marks; `None` for all others.
pub(super) fn comparable(c: char) -> Option<char> {
    if c.is_ascii_alphanumeric() {
        Some(c)
    } else if is_han(c) {
        Some(simplified(c))
    } else if c.is_alphabetic() {
        c.nfd().next().filter(char::is_ascii_alphabetic)
    } else {
        None
    }
}
