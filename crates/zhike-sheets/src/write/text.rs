//! Delimited text, after RFC 4180, safe to open in a spreadsheet.

use std::fmt;
use std::io::{BufWriter, Write};

use encoding_rs::{Encoder, EncoderResult};

use super::{OutCell, OutColumn, Written, date_time_text, decimal_text};
use crate::cell::number_text;
use crate::error::SheetError;
use crate::guard::guard;
use crate::text::{Charset, LineEnd, Separator, TextLayout};

/// How to write. The default is UTF-8 with a byte order mark, without which Excel in China takes the file for GBK.
pub type CsvOptions = TextLayout;

impl Default for TextLayout {
    fn default() -> Self {
        Self { charset: Charset::Utf8, bom: true, separator: Separator::Comma, line_end: LineEnd::CrLf }
    }
}

pub(super) struct CsvWriter {
    out: BufWriter<Box<dyn Write + Send>>,
    options: CsvOptions,
    encoder: Encoder,
    /// One row, before encoding.
    line: String,
    encoded: Vec<u8>,
    written: Written,
}

impl fmt::Debug for CsvWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsvWriter").field("options", &self.options).finish_non_exhaustive()
    }
}

impl CsvWriter {
    pub(super) fn new(out: Box<dyn Write + Send>, options: CsvOptions) -> Self {
        Self {
            out: BufWriter::with_capacity(64 * 1024, out),
            options,
            encoder: options.charset.encoding().new_encoder(),
            line: String::new(),
            encoded: Vec::new(),
            written: Written { sheets: 1, ..Written::default() },
        }
    }

    pub(super) fn begin(&mut self, columns: &[OutColumn]) -> Result<(), SheetError> {
        if self.options.bom {
            self.out.write_all(self.options.charset.bom())?;
        }
        for (index, column) in columns.iter().enumerate() {
            self.part(index);
            let label = guard(&column.label);
            push_field(&mut self.line, &label, self.options.separator);
        }
        self.end_line()
    }

    pub(super) fn row(&mut self, cells: &[OutCell]) -> Result<(), SheetError> {
        for (index, cell) in cells.iter().enumerate() {
            self.part(index);
            let separator = self.options.separator;
            match cell {
                OutCell::Empty => {}
                OutCell::Text(text) => push_field(&mut self.line, &guard(text), separator),
                OutCell::Integer(number) => self.line.push_str(&number.to_string()),
                OutCell::Decimal { scaled, scale } => self.line.push_str(&decimal_text(*scaled, *scale)),
                OutCell::Number(number) => self.line.push_str(&number_text(*number)),
                OutCell::Date(date) => self.line.push_str(&date.to_string()),
                OutCell::DateTime(at) => self.line.push_str(&date_time_text(*at)),
                OutCell::Bool(value) => self.line.push_str(if *value { "TRUE" } else { "FALSE" }),
            }
        }
        self.written.rows += 1;
        self.end_line()
    }

    pub(super) fn finish(mut self) -> Result<Written, SheetError> {
        self.out.flush()?;
        Ok(self.written)
    }

    fn part(&mut self, index: usize) {
        if index > 0 {
            self.line.push_str(self.options.separator.as_str());
        }
    }

    fn end_line(&mut self) -> Result<(), SheetError> {
        self.line.push_str(match self.options.line_end {
            LineEnd::CrLf => "\r\n",
            LineEnd::Lf => "\n",
            LineEnd::Cr => "\r",
        });
        self.encoded.clear();
        match self.options.charset {
            Charset::Utf8 => self.out.write_all(self.line.as_bytes())?,
            Charset::Utf16Le => {
                self.encoded.extend(self.line.encode_utf16().flat_map(u16::to_le_bytes));
                self.out.write_all(&self.encoded)?;
            }
            Charset::Utf16Be => {
                self.encoded.extend(self.line.encode_utf16().flat_map(u16::to_be_bytes));
                self.out.write_all(&self.encoded)?;
            }
            Charset::Gb18030 | Charset::Big5 | Charset::Windows1252 => {
                self.encode();
                self.out.write_all(&self.encoded)?;
            }
        }
        self.line.clear();
        Ok(())
    }

    fn encode(&mut self) {
        let mut rest = self.line.as_str();
        loop {
            self.encoded.reserve(rest.len() * 4 + 16);
            let (result, read) =
                self.encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut self.encoded, false);
            rest = &rest[read..];
            match result {
                EncoderResult::InputEmpty => return,
                EncoderResult::OutputFull => {}
                EncoderResult::Unmappable(_) => {
                    self.encoded.push(b'?');
                    self.written.replaced += 1;
                }
            }
        }
    }
}

/// RFC 4180: quoted when it holds the separator, a quotation mark or a line end. White space at the ends is quoted too,
/// as some programs cut it.
fn push_field(line: &mut String, text: &str, separator: Separator) {
    let blank = |c: char| c.is_whitespace();
    let quoted = text.contains(['"', '\r', '\n'])
        || text.contains(separator.as_str())
        || text.starts_with(blank)
        || text.ends_with(blank);
    if !quoted {
        line.push_str(text);
        return;
    }
    line.push('"');
    line.push_str(&text.replace('"', "\"\""));
    line.push('"');
}
