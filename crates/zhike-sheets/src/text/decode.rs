//! Bytes to text, a chunk at a time, counting what had to be replaced.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult};

use super::charset::Charset;
use super::{LineEnd, read_full};
use crate::workbook::Warnings;

const CHUNK: usize = 64 * 1024;

pub(super) struct Decoded<R> {
    reader: R,
    decoder: Decoder,
    raw: Vec<u8>,
    bytes_read: u64,
    line_mark: u8,
    /// Line ends passed; counted only until the first replacement, which is the only one reported.
    lines: u64,
    warnings: Warnings,
    ended: bool,
}

impl<R> std::fmt::Debug for Decoded<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoded").field("bytes_read", &self.bytes_read).finish_non_exhaustive()
    }
}

impl<R: Read> Decoded<R> {
    /// The reader stands behind the byte order mark, if there is one.
    pub(super) fn new(reader: R, charset: Charset) -> Self {
        Self {
            reader,
            decoder: charset.encoding().new_decoder_without_bom_handling(),
            raw: vec![0; CHUNK],
            bytes_read: 0,
            line_mark: b'\n',
            lines: 0,
            warnings: Warnings::default(),
            ended: false,
        }
    }

    pub(super) fn counting(mut self, line_end: LineEnd) -> Self {
        self.line_mark = if line_end == LineEnd::Cr { b'\r' } else { b'\n' };
        self
    }

    /// Appends the next chunk. False when there is no more.
    pub(super) fn fill(&mut self, out: &mut String) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        let count = read_full(&mut self.reader, &mut self.raw)?;
        self.bytes_read += count as u64;
        self.ended = count < self.raw.len();
        let raw = std::mem::take(&mut self.raw);
        let mut rest = &raw[..count];
        let mut counted = out.len();
        loop {
            let room = self.decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(rest.len() * 3);
            out.reserve(room.max(16));
            let (result, read) = self.decoder.decode_to_string_without_replacement(rest, out, self.ended);
            rest = &rest[read..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    self.count_lines(&out.as_bytes()[counted..]);
                    counted = out.len();
                    out.push(char::REPLACEMENT_CHARACTER);
                    self.warnings.replaced += 1;
                    self.warnings.first_replaced_line.get_or_insert(self.lines + 1);
                }
            }
        }
        self.count_lines(&out.as_bytes()[counted..]);
        self.raw = raw;
        Ok(true)
    }

    fn count_lines(&mut self, text: &[u8]) {
        if self.warnings.first_replaced_line.is_none() {
            self.lines += memchr::memchr_iter(self.line_mark, text).count() as u64;
        }
    }

    pub(super) fn warnings(&self) -> Warnings {
        self.warnings
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }
}
