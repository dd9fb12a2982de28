//! Stars for those who may not see a value.

/// `text` with stars between its first and last characters; stars only when fewer than three would be hidden.
pub(crate) fn masked(text: &str, first: usize, last: usize) -> String {
    let length = text.chars().count();
    if length < first + last + 3 {
        return "*".repeat(length);
    }
    text.chars().enumerate().map(|(at, c)| if at < first || at >= length - last { c } else { '*' }).collect()
}
