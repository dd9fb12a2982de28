//! Several numbers in one cell.

/// The numbers of a cell: parted by `/ 、 ; ， |` or a line break, and by a blank where both sides are whole numbers.
pub fn split(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    for part in text.split(['/', '／', '、', ';', '；', ',', '，', '|', '｜', '\n', '\r', '\\', '和', '或', '&'])
    {
        let part = part.trim();
        if !part.is_empty() {
            at_blanks(part, &mut out);
        }
    }
    rejoined(text, out)
}

/// `13812346138 13912345678` are two numbers, `138 1234 6138` and `0532 60619201` are one.
fn at_blanks<'a>(part: &'a str, out: &mut Vec<&'a str>) {
    let mut start = 0;
    for (at, blank) in part.char_indices().filter(|(_, c)| c.is_whitespace()) {
        let (before, after) = (part[start..at].trim(), part[at + blank.len_utf8()..].trim());
        if digits(before) >= 7 && digits(after) >= 7 && super::parse(before).is_ok() && first_is_whole(after) {
            out.push(before);
            start = at + blank.len_utf8();
        }
    }
    let last = part[start..].trim();
    if !last.is_empty() {
        out.push(last);
    }
}

fn first_is_whole(text: &str) -> bool {
    super::parse(text).is_ok()
        || text.char_indices().filter(|(_, c)| c.is_whitespace()).any(|(at, _)| super::parse(&text[..at]).is_ok())
}

/// `010/62345678` is cut wrongly at the stroke: a piece too short for a number takes the next one to it when together
/// they are one number.
fn rejoined<'a>(text: &'a str, pieces: Vec<&'a str>) -> Vec<&'a str> {
    let mut out: Vec<&str> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        if let Some(last) = out.last_mut()
            && digits(last) <= 4
        {
            let (from, to) = (offset(text, last), offset(text, piece) + piece.len());
            if super::parse(&text[from..to]).is_ok() {
                *last = &text[from..to];
                continue;
            }
        }
        out.push(piece);
    }
    out
}

fn offset(text: &str, piece: &str) -> usize {
    piece.as_ptr() as usize - text.as_ptr() as usize
}

fn digits(text: &str) -> usize {
    text.chars().filter(|c| c.is_ascii_digit() || ('０'..='９').contains(c)).count()
}
