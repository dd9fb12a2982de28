//! A file of tables, opened.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::cell::Row;
use crate::error::SheetError;
use crate::format::{COMPOUND, FileKind, Format};
use crate::limits::Limits;
use crate::merge::{Merge, Spread};
use crate::ole;
use crate::text::{TextFile, TextLayout, TextRows};
use crate::xls::{XlsFile, XlsRows};
use crate::xlsx::{XlsxFile, XlsxRows};

/// A sheet of a workbook; a text file is one sheet named after the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetInfo {
    pub name: String,
    /// The last row, as far as the file says so without being read: right for .xls, usually right for .xlsx, unknown
    /// for text. For progress bars, not for decisions.
    pub rows: Option<u64>,
    /// Likewise the number of columns.
    pub columns: Option<usize>,
    pub hidden: bool,
}

/// What was not quite right while reading, so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Warnings {
    /// Bytes sequences that are not of the file's encoding; each was read as U+FFFD.
    pub replaced: u64,
    /// The line of the file, from 1, where the first of them stands.
    pub first_replaced_line: Option<u64>,
}

/// An open workbook. Reading borrows nothing from it: every [`Rows`] has its own file handle.
#[derive(Debug)]
pub struct Workbook {
    sheets: Vec<SheetInfo>,
    best: usize,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Text(TextFile),
    Xlsx(XlsxFile),
    Xls(XlsFile),
}

impl Workbook {
    /// Opens with the default [`Limits`], deciding the format by content first and the path's name second.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SheetError> {
        let path = path.as_ref();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self::open_with(path, &name, Limits::default())
    }

    /// Opens a file stored under another name than the user's: `file_name` is the user's. It settles what bytes cannot
    /// (a .et, a .doc) and names the sheet of a text file.
    pub fn open_with(path: &Path, file_name: &str, limits: Limits) -> Result<Self, SheetError> {
        let mut file = File::open(path)?;
        let mut start = Vec::with_capacity(8192);
        file.by_ref().take(8192).read_to_end(&mut start)?;
        let names = if start.starts_with(COMPOUND) { ole::names(&mut file) } else { Ok(Vec::new()) };
        if names.as_ref().is_ok_and(|names| names.iter().any(|name| name == "EncryptedPackage")) {
            return Err(SheetError::Encrypted);
        }
        match Format::detect(&start, file_name)? {
            Format::Text => {
                let text = TextFile::open(path.to_owned(), file_name, limits)?;
                let name = Path::new(file_name).file_stem().map(|s| s.to_string_lossy().into_owned());
                let info = SheetInfo { name: name.unwrap_or_default(), rows: None, columns: None, hidden: false };
                Ok(Self { sheets: vec![info], best: 0, source: Source::Text(text) })
            }
            Format::Xlsx => {
                let (xlsx, sheets, best) = XlsxFile::open(path, limits)?;
                Ok(Self { sheets, best, source: Source::Xlsx(xlsx) })
            }
            Format::Xls => {
                if let Some(kind) = foreign_kind(&names?) {
                    return Err(SheetError::Unsupported { kind });
                }
                let (xls, sheets, best) = XlsFile::open(path, limits)?;
                Ok(Self { sheets, best, source: Source::Xls(xls) })
            }
        }
    }

    pub fn format(&self) -> Format {
        match &self.source {
            Source::Text(_) => Format::Text,
            Source::Xlsx(_) => Format::Xlsx,
            Source::Xls(_) => Format::Xls,
        }
    }

    pub fn sheets(&self) -> &[SheetInfo] {
        &self.sheets
    }

    /// Index of the visible sheet with the most filled cells.
    pub fn best_sheet(&self) -> usize {
        self.best
    }

    /// Index of the sheet of this name.
    pub fn sheet_named(&self, name: &str) -> Result<usize, SheetError> {
        let found = self.sheets.iter().position(|sheet| sheet.name == name);
        found.ok_or_else(|| SheetError::NoSheet { name: name.to_owned() })
    }

    /// Encoding, separator and line ends of a text file; `None` for spreadsheets.
    pub fn layout(&self) -> Option<TextLayout> {
        match &self.source {
            Source::Text(text) => Some(text.layout()),
            _ => None,
        }
    }

    /// All rows of a sheet that are not blank, streamed. A merged cell's value stands in its first cell only.
    pub fn rows(&self, sheet: usize) -> Result<Rows, SheetError> {
        self.rows_from(sheet, 1)
    }

    /// The rows from this row number on; what stands before is read over. A stopped import goes on with it.
    pub fn rows_from(&self, sheet: usize, first: u64) -> Result<Rows, SheetError> {
        let missing = || SheetError::NoSheet { name: (sheet + 1).to_string() };
        if sheet >= self.sheets.len() {
            return Err(missing());
        }
        let source = match &self.source {
            Source::Text(text) => RowSource::Text(Box::new(text.rows()?)),
            Source::Xlsx(xlsx) => RowSource::Xlsx(Box::new(xlsx.rows(sheet)?)),
            Source::Xls(xls) => RowSource::Xls(xls.rows(sheet).ok_or_else(missing)?),
        };
        Ok(Rows { source, first, spread: None, failed: false })
    }

    /// Merged areas of a sheet. Empty for text, and for an .xlsx sheet of more than 16 MiB of XML: they are listed at its
    /// end, and lists of that size have none that matter.
    pub fn merges(&self, sheet: usize) -> Result<Vec<Merge>, SheetError> {
        match &self.source {
            Source::Text(_) => Ok(Vec::new()),
            Source::Xlsx(xlsx) => xlsx.merges(sheet),
            Source::Xls(xls) => Ok(xls.merges(sheet)),
        }
    }

    /// Like [`Workbook::rows_from`], with the value of a merged area in all its cells: a company's name merged over the
    /// rows of its three contacts is in each of them. Rows before `first` still give their values.
    pub fn rows_merged(&self, sheet: usize, first: u64) -> Result<Rows, SheetError> {
        let merges = self.merges(sheet)?;
        let mut rows = self.rows_from(sheet, first)?;
        if !merges.is_empty() {
            rows.spread = Some(Spread::new(merges));
        }
        Ok(rows)
    }

    /// The first rows that are not blank, with merged areas filled: what [`crate::header::find`] and a preview need.
    pub fn preview(&self, sheet: usize, rows: usize) -> Result<Vec<Row>, SheetError> {
        self.rows_merged(sheet, 1)?.take(rows).collect()
    }
}

/// What a compound file without a workbook is, by the names in it.
fn foreign_kind(names: &[String]) -> Option<FileKind> {
    let has = |wanted: &str| names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
    if has("Workbook") || has("Book") {
        None
    } else if has("WordDocument") {
        Some(FileKind::Word)
    } else if has("PowerPoint Document") {
        Some(FileKind::Slides)
    } else {
        Some(FileKind::OldOffice)
    }
}

/// The rows of a sheet, one by one. Ends after the first error.
#[derive(Debug)]
pub struct Rows {
    source: RowSource,
    first: u64,
    spread: Option<Spread>,
    failed: bool,
}

#[derive(Debug)]
enum RowSource {
    Text(Box<TextRows>),
    Xlsx(Box<XlsxRows>),
    Xls(XlsRows),
}

impl Rows {
    /// What had to be replaced in the rows read so far.
    pub fn warnings(&self) -> Warnings {
        match &self.source {
            RowSource::Text(rows) => rows.warnings(),
            _ => Warnings::default(),
        }
    }

    /// Bytes of the file (packed) or sheet read so far, of how many: progress where the number of rows is unknown.
    pub fn progress(&self) -> (u64, u64) {
        match &self.source {
            RowSource::Text(rows) => rows.progress(),
            RowSource::Xlsx(rows) => rows.progress(),
            RowSource::Xls(rows) => rows.progress(),
        }
    }
}

impl Iterator for Rows {
    type Item = Result<Row, SheetError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            let next = match &mut self.source {
                RowSource::Text(rows) => rows.next_row(),
                RowSource::Xlsx(rows) => rows.next_row(),
                RowSource::Xls(rows) => Ok(rows.next_row()),
            };
            let mut row = match next {
                Ok(row) => row?,
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            };
            if row.is_blank() {
                continue;
            }
            if let Some(spread) = &mut self.spread {
                spread.fill(&mut row);
            }
            if row.number >= self.first {
                return Some(Ok(row));
            }
        }
        None
    }
}
