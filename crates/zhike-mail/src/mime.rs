//! A letter on the wire: headers (RFC 5322), words in other alphabets than ASCII (RFC 2047), a plain and an HTML part (RFC 2046).
//! All texts go as base64, so that no line is too long and none begins with what the way there could take for something else.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A letter with who sends it to whom.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// The same whenever this letter is sent again: what stands before the `@` of the Message-ID.
    pub id: String,
    pub to: String,
    pub to_name: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// Octets of text in an encoded word: 52 characters of base64, `=?UTF-8?B?…?=` around them and a header's name stay within 76.
const WORD: usize = 39;
/// Characters of base64 a line.
const LINE: usize = 76;
/// The longest subject or name, in characters: what is longer is cut.
const MOST: usize = 300;

/// Whether an address can stand in an envelope: ASCII, one `@`, nothing that means something there.
pub fn is_address(text: &str) -> bool {
    let plain = |c: char| {
        c.is_ascii_graphic() && !matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '\\' | '[' | ']')
    };
    let Some((local, domain)) = text.split_once('@') else { return false };
    text.len() <= 254
        && !local.is_empty()
        && local.len() <= 64
        && !domain.is_empty()
        && !domain.contains('@')
        && !domain.starts_with('.')
        && text.chars().all(plain)
}

impl Envelope {
    /// The whole letter, lines ended by CRLF.
    pub(crate) fn written(&self, from: &str, from_name: &str) -> String {
        let boundary = format!("=_zhike_{}", self.id);
        let domain = from.split_once('@').map_or("localhost", |(_, domain)| domain);
        let mut out = String::with_capacity(2 * (self.text.len() + self.html.len()) + 1_024);
        let mut head = |name: &str, value: &str| {
            let _ = write!(out, "{name}: {value}\r\n");
        };
        head("Date", &date(self.at));
        head("From", &mailbox(from_name, from));
        head("To", &mailbox(&self.to_name, &self.to));
        head("Message-ID", &format!("<{}@{domain}>", self.id));
        head("Subject", &words(&self.subject));
        head("MIME-Version", "1.0");
        // nobody's absence notice is to answer it (RFC 3834)
        head("Auto-Submitted", "auto-generated");
        head("Content-Type", &format!("multipart/alternative; boundary=\"{boundary}\""));
        for (kind, body) in [("plain", &self.text), ("html", &self.html)] {
            let _ = write!(
                out,
                "\r\n--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            );
            let code = STANDARD.encode(body.replace("\r\n", "\n").replace('\n', "\r\n"));
            for piece in code.as_bytes().chunks(LINE) {
                out.extend(piece.iter().map(|byte| char::from(*byte)));
                out.push_str("\r\n");
            }
        }
        let _ = write!(out, "--{boundary}--\r\n");
        out
    }
}

fn mailbox(name: &str, address: &str) -> String {
    if name.trim().is_empty() { format!("<{address}>") } else { format!("{}\r\n <{address}>", words(name)) }
}

/// Text in a header. Control characters become blanks: no text begins a header of its own. What is not plain ASCII is encoded, in words
/// that each hold whole characters.
fn words(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST).collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.');
    if text.len() <= WORD && text.chars().all(plain) && text.trim() == text && !text.is_empty() && !text.contains("  ")
    {
        return text;
    }
    let mut out = String::new();
    let mut word = String::new();
    let mut close = |word: &mut String| {
        if !word.is_empty() {
            let _ = write!(out, "{}=?UTF-8?B?{}?=", if out.is_empty() { "" } else { "\r\n " }, STANDARD.encode(&*word));
            word.clear();
        }
    };
    for c in text.chars() {
        if word.len() + c.len_utf8() > WORD {
            close(&mut word);
        }
        word.push(c);
    }
    close(&mut word);
    out
}

/// `Sun, 22 Nov 2026 08:00:00 +0000`
fn date(at: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}
