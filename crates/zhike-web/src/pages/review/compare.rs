//! Where two texts differ, letter by letter: 青岛海尔 and 青岛害尔.

use crate::ui::{Markup, escape};

/// Texts up to so many letters are compared; the rest of a longer one is only shown.
const LONGEST: usize = 120;

/// The text with what the other one lacks marked. Texts that have little in common differ as wholes: nothing is marked.
pub fn marked(text: &str, other: &str) -> Markup {
    let (this, that): (Vec<char>, Vec<char>) = (text.chars().collect(), other.chars().collect());
    if text == other || this.len() > LONGEST || that.len() > LONGEST {
        return Markup(escape(text));
    }
    let common = common(&this, &that);
    if common.iter().filter(|common| **common).count() * 2 < this.len().max(that.len()) {
        return Markup(escape(text));
    }
    let mut html = String::new();
    for run in this.iter().zip(&common).collect::<Vec<_>>().chunk_by(|one, next| one.1 == next.1) {
        let letters = escape(&run.iter().map(|(letter, _)| **letter).collect::<String>());
        if *run[0].1 {
            html.push_str(&letters);
        } else {
            html.extend(["<mark>", &letters, "</mark>"]);
        }
    }
    Markup(html)
}

/// Which letters belong to the longest common subsequence.
fn common(this: &[char], that: &[char]) -> Vec<bool> {
    let width = that.len() + 1;
    // how much both have in common from these places on
    let mut length = vec![0_u16; (this.len() + 1) * width];
    for i in (0..this.len()).rev() {
        for j in (0..that.len()).rev() {
            length[i * width + j] = if this[i] == that[j] {
                length[(i + 1) * width + j + 1] + 1
            } else {
                length[(i + 1) * width + j].max(length[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut common = vec![false; this.len()];
    while i < this.len() && j < that.len() {
        if this[i] == that[j] {
            common[i] = true;
            (i, j) = (i + 1, j + 1);
        } else if length[(i + 1) * width + j] >= length[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn what_differs_is_marked() {
        for (text, other, html) in [
            ("青岛海尔电器", "青岛害尔电器", "青岛<mark>海</mark>尔电器"),
            ("青岛海尔电器有限公司", "青岛海尔电器", "青岛海尔电器<mark>有限公司</mark>"),
            ("青岛海尔电器", "青岛海尔电器有限公司", "青岛海尔电器"),
            ("a<b", "a<c", "a&lt;<mark>b</mark>"),
            ("海尔", "华为", "海尔"),
            ("海尔", "", "海尔"),
            ("", "海尔", ""),
        ] {
            assert_eq!(marked(text, other).0, html, "{text} beside {other}");
        }
        let long = "名".repeat(300);
        assert_eq!(marked(&long, "名").0, long);
    }
}
