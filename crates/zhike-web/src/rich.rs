//! Light markup in notes: `# heading`, `- list`, `1. list`, `> quote`, `**bold**`, `` `code` ``, `[text](address)` and bare addresses.
//!
//! Everything that was typed is escaped; the only tags are those written here, the only attribute is a link's address, and that
//! leads to the web or to a mailbox, never to a script.

use crate::ui::{Markup, escape};

/// The text as HTML, for a `.rich` element.
pub fn render(text: &str) -> Markup {
    let mut html = String::with_capacity(text.len() * 2);
    let mut open: Option<Block> = None;
    for line in text.lines().map(str::trim) {
        let (block, rest) = block_of(line);
        // A paragraph, a list and a quote go on over lines; everything else stands alone.
        let goes_on =
            open == block && matches!(block, Some(Block::Text | Block::List | Block::Numbered(_) | Block::Quote));
        let same_list = matches!((open, block), (Some(Block::Numbered(_)), Some(Block::Numbered(_))));
        if !goes_on && !same_list {
            close(&mut html, open);
            begin(&mut html, block);
        } else if matches!(block, Some(Block::Text | Block::Quote)) {
            html.push_str("<br>");
        }
        match block {
            Some(Block::List | Block::Numbered(_)) => html.extend(["<li>", &inline(rest), "</li>"]),
            Some(_) => html.push_str(&inline(rest)),
            None => {}
        }
        open = block;
    }
    close(&mut html, open);
    Markup(html)
}

/// The words alone, for a title or a table's cell.
pub fn plain(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        let (_, rest) = block_of(line);
        for piece in pieces(rest) {
            words.push_str(match piece {
                Piece::Text(text) | Piece::Code(text) | Piece::Bold(text) | Piece::Link(text, _) => text,
            });
        }
        words.push('\n');
    }
    words.replace("**", "").trim_end().to_owned()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Text,
    /// One to three `#`.
    Heading(usize),
    List,
    /// It begins at this number.
    Numbered(u32),
    Quote,
}

/// Under the page's own headings.
const HEADINGS: [&str; 3] = ["h4", "h5", "h6"];

fn block_of(line: &str) -> (Option<Block>, &str) {
    if line.is_empty() {
        return (None, "");
    }
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    if let (1..=3, Some(rest)) = (level, line[level..].strip_prefix(' ')) {
        return (Some(Block::Heading(level)), rest.trim());
    }
    if let Some(rest) = ["- ", "* ", "• ", "· "].iter().find_map(|sign| line.strip_prefix(sign)) {
        return (Some(Block::List), rest.trim());
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let after = [". ", "、", ") ", "） "].iter().find_map(|sign| line[digits..].strip_prefix(sign));
    if let (1..=3, Some(rest), Ok(number)) = (digits, after, line[..digits].parse()) {
        return (Some(Block::Numbered(number)), rest.trim());
    }
    match line.strip_prefix("> ") {
        Some(rest) => (Some(Block::Quote), rest.trim()),
        None => (Some(Block::Text), line),
    }
}

fn begin(html: &mut String, block: Option<Block>) {
    match block {
        Some(Block::Text) => html.push_str("<p>"),
        Some(Block::Heading(level)) => html.extend(["<", HEADINGS[level - 1], ">"]),
        Some(Block::List) => html.push_str("<ul>"),
        Some(Block::Numbered(1)) => html.push_str("<ol>"),
        Some(Block::Numbered(first)) => html.extend(["<ol start=\"", &first.to_string(), "\">"]),
        Some(Block::Quote) => html.push_str("<blockquote>"),
        None => {}
    }
}

fn close(html: &mut String, block: Option<Block>) {
    match block {
        Some(Block::Text) => html.push_str("</p>"),
        Some(Block::Heading(level)) => html.extend(["</", HEADINGS[level - 1], ">"]),
        Some(Block::List) => html.push_str("</ul>"),
        Some(Block::Numbered(_)) => html.push_str("</ol>"),
        Some(Block::Quote) => html.push_str("</blockquote>"),
        None => {}
    }
}

enum Piece<'a> {
    Text(&'a str),
    Bold(&'a str),
    Code(&'a str),
    /// Words and address.
    Link(&'a str, &'a str),
}

fn inline(text: &str) -> String {
    let mut html = String::new();
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => html.push_str(&escape(text)),
            // What stands in bold may hold links, not more bold.
            Piece::Bold(text) => html.extend(["<b>", &inline(text), "</b>"]),
            Piece::Code(text) => html.extend(["<code>", &escape(text), "</code>"]),
            Piece::Link(words, address) => html.push_str(&link(words, address)),
        }
    }
    html
}

fn link(words: &str, address: &str) -> String {
    let (words, address) = (escape(words), escape(address));
    if address.starts_with("mailto:") {
        return format!(r#"<a href="{address}">{words}</a>"#);
    }
    format!(r#"<a href="{address}" rel="noopener noreferrer nofollow" target="_blank">{words}</a>"#)
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let (mut rest, mut begun) = (text, 0);
    let mut at = 0;
    while at < rest.len() {
        if let Some((piece, length)) = rest.is_char_boundary(at).then(|| piece_at(&rest[at..])).flatten() {
            if at > begun {
                found.push(Piece::Text(&rest[begun..at]));
            }
            found.push(piece);
            rest = &rest[at + length..];
            (at, begun) = (0, 0);
        } else {
            at += 1;
        }
    }
    if begun < rest.len() {
        found.push(Piece::Text(&rest[begun..]));
    }
    found
}

/// What begins here and how many bytes it takes; none when it is ordinary text.
fn piece_at(text: &str) -> Option<(Piece<'_>, usize)> {
    let until = |begin: &str, end: &str| {
        let inner = text.strip_prefix(begin)?;
        let length = inner.find(end).filter(|length| *length > 0)?;
        Some((&inner[..length], begin.len() + length + end.len()))
    };
    match text.as_bytes()[0] {
        b'*' => until("**", "**").map(|(inner, length)| (Piece::Bold(inner), length)),
        b'`' => until("`", "`").map(|(inner, length)| (Piece::Code(inner), length)),
        b'[' => {
            let (words, taken) = until("[", "](")?;
            let length = text[taken..].find(')')?;
            let address = text[taken..taken + length].trim();
            is_safe(address).then_some((Piece::Link(words, address), taken + length + 1))
        }
        b'h' if text.starts_with("https://") || text.starts_with("http://") => {
            let ends = |c: char| c.is_whitespace() || "<>\"'`，。；、！？）】》”".contains(c);
            let whole = &text[..text.find(ends).unwrap_or(text.len())];
            let address = whole.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '*']);
            (address.len() > "https://".len()).then_some((Piece::Link(address, address), address.len()))
        }
        _ => None,
    }
}

fn is_safe(address: &str) -> bool {
    let scheme = address.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https" | "mailto")) && !address.contains(char::is_control)
}

#[cfg(test)]
mod tests;
