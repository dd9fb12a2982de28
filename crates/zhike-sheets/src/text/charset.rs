//! Which encoding a text file is in.

use std::io::{Read, Seek, SeekFrom};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::read_full;
use crate::error::SheetError;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charset {
    #[default]
    Utf8,
    Utf16Le,
    Utf16Be,
    /// GB 18030, and with it GBK and GB 2312.
    Gb18030,
    Big5,
    Windows1252,
}

impl Charset {
    pub(crate) fn encoding(self) -> &'static Encoding {
        match self {
            Self::Utf8 => UTF_8,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
            Self::Gb18030 => GB18030,
            Self::Big5 => BIG5,
            Self::Windows1252 => WINDOWS_1252,
        }
    }

    /// Its byte order mark; empty where there is none.
    pub(crate) fn bom(self) -> &'static [u8] {
        match self {
            Self::Utf8 => b"\xEF\xBB\xBF",
            Self::Utf16Le => b"\xFF\xFE",
            Self::Utf16Be => b"\xFE\xFF",
            Self::Gb18030 | Self::Big5 | Self::Windows1252 => b"",
        }
    }

    /// The name as the user knows it.
    pub fn label(self) -> &'static str {
        self.encoding().name()
    }
}

/// Bytes looked at. A list may have its first Chinese character late, but not this late.
const LOOKED_AT: usize = 64 << 20;
const CHUNK: usize = 256 * 1024;
/// Bytes given to the statistical detector, which is slower than the others.
const SAMPLED: usize = 1 << 20;

/// The encoding, and whether a byte order mark says so.
pub(super) fn detect<R: Read + Seek>(file: &mut R) -> Result<(Charset, bool), SheetError> {
    file.seek(SeekFrom::Start(0))?;
    let mut chunk = vec![0u8; CHUNK];
    let mut filled = read_full(file, &mut chunk)?;
    if let Some(charset) = by_mark(&chunk[..filled]) {
        return Ok((charset, true));
    }
    if let Some(charset) = by_zero_bytes(&chunk[..filled]) {
        return Ok((charset, false));
    }
    let (mut utf8, mut gb) = (Utf8Tally::default(), GbTally::default());
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let (mut looked_at, mut sampled) = (0, 0);
    while filled > 0 && looked_at < LOOKED_AT {
        let bytes = &chunk[..filled];
        looked_at += filled;
        utf8.add(bytes);
        if !bytes.is_ascii() && sampled < SAMPLED {
            sampled += filled;
            detector.feed(bytes, false);
            gb.add(bytes);
        }
        if utf8.is_hopeless() && sampled >= SAMPLED {
            break;
        }
        filled = read_full(file, &mut chunk)?;
    }
    if utf8.invalid * 10 <= utf8.characters {
        return Ok((Charset::Utf8, false)); // a few broken characters do not make it another encoding
    }
    if gb.is_convincing() {
        return Ok((Charset::Gb18030, false));
    }
    detector.feed(b"", true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    let charset = if guess == BIG5 {
        Charset::Big5
    } else if guess == WINDOWS_1252 && !gb.is_possible() {
        Charset::Windows1252
    } else {
        Charset::Gb18030 // GBK, and all other guesses: these lists are from Chinese offices
    };
    Ok((charset, false))
}

fn by_mark(start: &[u8]) -> Option<Charset> {
    [Charset::Utf8, Charset::Utf16Le, Charset::Utf16Be].into_iter().find(|charset| start.starts_with(charset.bom()))
}

/// UTF-16 without a mark: no other text has zero bytes, and in this they stand at one side of the pairs, as commas,
/// digits and line ends are below U+0100.
fn by_zero_bytes(start: &[u8]) -> Option<Charset> {
    let zeros_at = |parity: usize| start.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros_at(0), zeros_at(1));
    if (even + odd) * 200 < start.len() || even + odd == 0 {
        return None;
    }
    let charset = match (even, odd) {
        _ if odd >= even * 20 => Charset::Utf16Le,
        _ if even >= odd * 20 => Charset::Utf16Be,
        _ => return None,
    };
    let whole_pairs = &start[..start.len() & !1];
    let (_, malformed) = charset.encoding().decode_without_bom_handling(&whole_pairs[..whole_pairs.len().min(8192)]);
    (!malformed || whole_pairs.len() > 8192).then_some(charset)
}

/// Whether the first bytes may be text in any encoding that is read.
pub(crate) fn looks_like_text(start: &[u8]) -> bool {
    if by_mark(start).is_some() || by_zero_bytes(start).is_some() {
        return true;
    }
    let odd = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0B | 0x0C | 0x1A | 0x1B);
    start.iter().filter(odd).count() * 50 <= start.len()
}

#[derive(Default)]
struct Utf8Tally {
    /// Characters of more than one byte.
    characters: usize,
    invalid: usize,
    /// A character cut by the end of a chunk.
    carried: Vec<u8>,
}

impl Utf8Tally {
    fn add(&mut self, chunk: &[u8]) {
        let joined;
        let mut bytes = chunk;
        if !self.carried.is_empty() {
            joined = [std::mem::take(&mut self.carried).as_slice(), chunk].concat();
            bytes = &joined;
        }
        while !bytes.is_empty() && !self.is_hopeless() {
            match std::str::from_utf8(bytes) {
                Ok(text) => {
                    self.count(text);
                    return;
                }
                Err(error) => {
                    let (valid, rest) = bytes.split_at(error.valid_up_to());
                    self.count(std::str::from_utf8(valid).unwrap_or_default());
                    let Some(length) = error.error_len() else {
                        self.carried = rest.to_vec();
                        return;
                    };
                    self.invalid += 1;
                    bytes = &rest[length..];
                }
            }
        }
    }

    fn count(&mut self, text: &str) {
        if !text.is_ascii() {
            self.characters += text.chars().filter(|c| !c.is_ascii()).count();
        }
    }

    fn is_hopeless(&self) -> bool {
        self.invalid > 1000 && self.invalid > self.characters
    }
}

/// Pairs of bytes read as GB 18030, and how many are the characters one expects: GB 2312's symbols and Chinese
/// characters, whose both bytes are 0xA1 or above.
#[derive(Default)]
struct GbTally {
    pairs: usize,
    expected: usize,
    malformed: usize,
}

impl GbTally {
    fn add(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while at < bytes.len() {
            let Some(next) = bytes.get(at + 1) else { return };
            match (bytes[at], next) {
                (0..=0x7F, _) => {
                    at += 1;
                    continue;
                }
                (0x81..=0xFE, 0x30..=0x39) => {
                    self.pairs += 1;
                    self.expected += 1;
                    at += 4;
                    continue;
                }
                (0xA1..=0xA3 | 0xB0..=0xF7, 0xA1..=0xFE) => self.expected += 1,
                (0x81..=0xFE, 0x40..=0x7E | 0x80..=0xFE) => {}
                _ => {
                    self.malformed += 1;
                    at += 1;
                    continue;
                }
            }
            self.pairs += 1;
            at += 2;
        }
    }

    fn is_possible(&self) -> bool {
        self.pairs > 0 && self.malformed * 50 <= self.pairs
    }

    fn is_convincing(&self) -> bool {
        self.is_possible() && self.expected * 10 >= self.pairs * 7
    }
}
