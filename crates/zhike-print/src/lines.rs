//! Texts broken into lines by the rules of Unicode (UAX #14): between Chinese characters, but no comma begins a line and no
//! opening bracket ends one; Latin words stay whole where they can.

use unicode_linebreak::linebreaks;

use crate::face::Face;

/// Lines of a text no wider than `width` points. A line break in the text ends a line; an empty text is one empty line.
pub(crate) fn lines(face: &Face, text: &str, size: f32, width: f32) -> Vec<String> {
    text.lines().flat_map(|line| broken(face, &face.printable(line), size, width)).collect::<Vec<_>>().or_one_empty()
}

trait OrOneEmpty {
    fn or_one_empty(self) -> Self;
}

impl OrOneEmpty for Vec<String> {
    fn or_one_empty(self) -> Self {
        if self.is_empty() { vec![String::new()] } else { self }
    }
}

fn broken(face: &Face, text: &str, size: f32, width: f32) -> Vec<String> {
    let mut done = Vec::new();
    let mut line = String::new();
    let mut from = 0;
    for (to, _) in linebreaks(text) {
        let piece = &text[from..to];
        from = to;
        // blanks at a line's end hang over
        if !line.is_empty() && face.width(&line, size) + face.width(piece.trim_end(), size) > width {
            done.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        for letter in piece.chars() {
            // a word wider than the line is broken where it must be
            let wide = !letter.is_whitespace() && !line.is_empty();
            if wide && face.width(&line, size) + face.width(letter.encode_utf8(&mut [0; 4]), size) > width {
                done.push(std::mem::take(&mut line));
            }
            line.push(letter);
        }
    }
    done.push(line.trim_end().to_owned());
    done
}
