//! A letter as it goes over the wire: headers, a plain and an HTML part. `lettre` writes them; here stands what ours hold.

use std::time::{Duration, SystemTime};

use lettre::{
    Address,
    message::{
        Mailbox, Mailboxes, MultiPart, MultiPartKind, SinglePart,
        header::{self, ContentTransferEncoding, ContentType, HeaderName, HeaderValue},
    },
};

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

/// The longest subject or name, in characters: what is longer is cut.
const MOST: usize = 300;
/// The last moment that a `Date` can tell: the year 9999 ends.
const LAST: i64 = 253_402_300_799_000;

/// Whether an address can stand in an envelope: ASCII, nothing quoted, no host in figures with brackets or colons.
pub fn is_address(text: &str) -> bool {
    text.len() <= 254 && text.is_ascii() && !text.contains(['"', '[', ':']) && text.parse::<Address>().is_ok()
}

impl Envelope {
    /// The whole letter, all ASCII, lines ended by CRLF.
    pub(crate) fn written(&self, from: &Address, from_name: &str, to: &Address) -> Vec<u8> {
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(self.at.clamp(0, LAST).unsigned_abs());
        // what belongs to the letter is set here, not by `Message`, which reads addresses anew and may not find them in what it wrote
        let mut letter = MultiPart::builder()
            .header(header::Date::new(at))
            .header(header::From::from(mailbox(from_name, from)))
            .header(header::To::from(mailbox(&self.to_name, to)))
            .header(header::MessageId::from(format!("<{}@{}>", self.id, from.domain())))
            .header(header::Subject::from(one_line(&self.subject)))
            .header(header::MIME_VERSION_1_0)
            .kind(MultiPartKind::Alternative)
            .build();
        // nobody's absence notice is to answer it (RFC 3834)
        let auto = HeaderName::new_from_ascii_str("Auto-Submitted");
        letter.headers_mut().insert_raw(HeaderValue::new(auto, "auto-generated".to_owned()));
        // base64: no line is too long, and none begins with what the way there could take for something else
        for (kind, body) in [(ContentType::TEXT_PLAIN, &self.text), (ContentType::TEXT_HTML, &self.html)] {
            let part = SinglePart::builder().header(kind).header(ContentTransferEncoding::Base64);
            letter = letter.singlepart(part.body(body.clone()));
        }
        letter.formatted()
    }
}

fn mailbox(name: &str, address: &Address) -> Mailboxes {
    let name = one_line(name);
    Mailbox::new((!name.is_empty()).then_some(name), address.clone()).into()
}

/// As a header can hold it: no text begins a header of its own, and of several blanks, which a header loses between encoded words, one stays.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_control() || c == ' ').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").chars().take(MOST).collect()
}
