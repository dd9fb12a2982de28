//! Writing tables, row by row.

mod error_file;
mod text;
mod xlsx;

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::civil::{Date, DateTime};

pub use error_file::ErrorFile;
pub use text::CsvOptions;
use text::CsvWriter;
pub use xlsx::XlsxOptions;
use xlsx::XlsxWriter;

use crate::error::SheetError;

/// A value to write. Text is never a formula, whatever it begins with.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum OutCell {
    #[default]
    Empty,
    Text(String),
    Integer(i64),
    /// `scaled` / 10^`scale`, exactly: money of 12.30 is 1230 with scale 2.
    Decimal {
        scaled: i64,
        scale: u8,
    },
    Number(f64),
    Date(Date),
    DateTime(DateTime),
    Bool(bool),
}

/// A column's head.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutColumn {
    pub label: String,
    /// In characters of a spreadsheet's default font; from the label when absent. Text files have none.
    pub width: Option<f64>,
}

impl OutColumn {
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), width: None }
    }
}

#[derive(Clone, Debug)]
pub enum OutFormat {
    Csv(CsvOptions),
    Xlsx(XlsxOptions),
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Without heads.
    pub rows: u64,
    /// More than one when a sheet was full.
    pub sheets: u64,
    /// Texts cut to the 32,767 characters that a spreadsheet's cell holds.
    pub cut: u64,
    /// Characters that the file's encoding lacks, written as `?`.
    pub replaced: u64,
}

/// Writes one table: [`begin`](Self::begin) once, [`row`](Self::row) often, [`finish`](Self::finish) once. Memory does
/// not grow with the rows.
#[derive(Debug)]
pub struct TableWriter(Inner);

#[derive(Debug)]
enum Inner {
    Csv(CsvWriter),
    Xlsx(Box<XlsxWriter>),
}

impl TableWriter {
    /// Writes to a new file at `path`. XLSX keeps its rows in files under `temp_dir` until it is finished.
    pub fn create(format: OutFormat, path: &Path, temp_dir: &Path) -> Result<Self, SheetError> {
        match format {
            OutFormat::Csv(options) => Ok(Self::csv(Box::new(File::create(path)?), options)),
            OutFormat::Xlsx(options) => {
                let path: PathBuf = path.to_owned();
                Ok(Self(Inner::Xlsx(Box::new(XlsxWriter::new(path, options, temp_dir)?))))
            }
        }
    }

    /// Writes delimited text to anything, such as the body of a response.
    pub fn csv(out: Box<dyn Write + Send>, options: CsvOptions) -> Self {
        Self(Inner::Csv(CsvWriter::new(out, options)))
    }

    /// Writes the heads.
    pub fn begin(&mut self, columns: &[OutColumn]) -> Result<(), SheetError> {
        match &mut self.0 {
            Inner::Csv(csv) => csv.begin(columns),
            Inner::Xlsx(xlsx) => xlsx.begin(columns),
        }
    }

    pub fn row(&mut self, cells: &[OutCell]) -> Result<(), SheetError> {
        match &mut self.0 {
            Inner::Csv(csv) => csv.row(cells),
            Inner::Xlsx(xlsx) => xlsx.row(cells),
        }
    }

    /// Completes the file. A writer dropped before leaves a file that is not whole.
    pub fn finish(self) -> Result<Written, SheetError> {
        match self.0 {
            Inner::Csv(csv) => csv.finish(),
            Inner::Xlsx(xlsx) => xlsx.finish(),
        }
    }
}

/// `scaled` / 10^`scale` in digits, with all decimals.
fn decimal_text(scaled: i64, scale: u8) -> String {
    let scale = usize::from(scale);
    let sign = if scaled < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", scaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn date_time_text(at: DateTime) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
