//! Delimited text: any of the encodings and separators that Chinese offices send, streamed.

mod charset;
mod decode;
mod separator;
mod split;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

pub use charset::Charset;
pub(crate) use charset::looks_like_text;
pub use separator::Separator;

use crate::cell::{Cell, Row};
use crate::error::SheetError;
use crate::limits::Limits;
use crate::workbook::Warnings;
use decode::Decoded;
use split::{Splitter, Step};

/// How a text file is written, so that another can be written alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextLayout {
    pub charset: Charset,
    /// The file begins with a byte order mark.
    pub bom: bool,
    pub separator: Separator,
    pub line_end: LineEnd,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineEnd {
    #[default]
    CrLf,
    Lf,
    Cr,
}

/// Decoded characters looked at for separator and line ends.
const SAMPLE: usize = 64 * 1024;

#[derive(Debug)]
pub(crate) struct TextFile {
    path: PathBuf,
    layout: TextLayout,
    /// The first line is Excel's `sep=;`, which is not a row.
    has_sep_line: bool,
    limits: Limits,
}

impl TextFile {
    pub(crate) fn open(path: PathBuf, file_name: &str, limits: Limits) -> Result<Self, SheetError> {
        let mut file = File::open(&path)?;
        let (charset, bom) = charset::detect(&mut file)?;
        let mut decoded = Decoded::new(start_of_text(&path, charset, bom)?, charset);
        let mut sample = String::new();
        while sample.len() < SAMPLE && decoded.fill(&mut sample)? {}
        if sample.trim().is_empty() {
            return Err(SheetError::Empty);
        }
        let whole = sample.len() < SAMPLE;
        let line_end = line_end(&sample);
        let (separator, has_sep_line) = separator::detect(&sample, whole, file_name);
        Ok(Self { path, layout: TextLayout { charset, bom, separator, line_end }, has_sep_line, limits })
    }

    pub(crate) fn layout(&self) -> TextLayout {
        self.layout
    }

    pub(crate) fn rows(&self) -> Result<TextRows, SheetError> {
        let TextLayout { charset, bom, separator, line_end } = self.layout;
        let file = start_of_text(&self.path, charset, bom)?;
        let size = file.metadata()?.len();
        let mut rows = TextRows {
            decoded: Decoded::new(file, charset).counting(line_end),
            splitter: Splitter::new(separator, self.limits),
            buffer: String::new(),
            position: 0,
            number: 0,
            size,
        };
        if self.has_sep_line {
            rows.next_row()?;
            rows.number = 0;
        }
        Ok(rows)
    }
}

fn start_of_text(path: &PathBuf, charset: Charset, bom: bool) -> Result<File, SheetError> {
    let mut file = File::open(path)?;
    if bom {
        file.seek(SeekFrom::Start(charset.bom().len() as u64))?;
    }
    Ok(file)
}

fn line_end(sample: &str) -> LineEnd {
    match sample.find(['\r', '\n']) {
        Some(at) if sample[at..].starts_with("\r\n") => LineEnd::CrLf,
        Some(at) if sample[at..].starts_with('\r') => LineEnd::Cr,
        Some(_) => LineEnd::Lf,
        None => LineEnd::CrLf,
    }
}

#[derive(Debug)]
pub(crate) struct TextRows {
    decoded: Decoded<File>,
    splitter: Splitter,
    /// Decoded text, split up to `position`; replaced as a whole when used up, so it stays at some hundred KiB.
    buffer: String,
    position: usize,
    number: u64,
    size: u64,
}

impl TextRows {
    /// The next row, blank or not.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row>, SheetError> {
        let number = self.number + 1;
        let mut ended = false;
        loop {
            match self.splitter.step(&self.buffer, &mut self.position, ended, number)? {
                Step::Row(cells) => {
                    self.number = number;
                    let cells = cells.into_iter().map(|t| if t.is_empty() { Cell::Empty } else { Cell::Text(t) });
                    return Ok(Some(Row { number, cells: cells.collect() }));
                }
                Step::End => return Ok(None),
                Step::NeedsMore => {
                    self.buffer.clear();
                    self.position = 0;
                    ended = !self.decoded.fill(&mut self.buffer)?;
                }
            }
        }
    }

    pub(crate) fn warnings(&self) -> Warnings {
        self.decoded.warnings()
    }

    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.decoded.bytes_read(), self.size)
    }
}

/// Reads until the buffer is full or the file ends.
fn read_full<R: Read>(reader: &mut R, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
