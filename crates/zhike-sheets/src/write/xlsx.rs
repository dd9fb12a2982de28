//! XLSX through rust_xlsxwriter, in its constant-memory mode: a row is on disk as soon as the next one begins.

use std::fmt;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{OutCell, OutColumn, Written, date_time_text, decimal_text};
use crate::cell::{Serial, number_text};
use crate::error::SheetError;

#[derive(Clone, Debug)]
pub struct XlsxOptions {
    /// Name of the sheet; characters that a sheet's name may not have are replaced.
    pub sheet_name: String,
    /// Rows of a sheet with its head, after which another sheet is begun: at most Excel's 1,048,576.
    pub rows_a_sheet: u32,
}

pub(crate) const MAX_ROWS: u32 = 1_048_576;
/// UTF-16 units in a cell.
const MAX_TEXT: usize = 32_767;
/// A spreadsheet's numbers have 15 digits; a longer whole number is written as text or it would lose its last ones.
const MAX_WHOLE: u64 = 1_000_000_000_000_000;

impl XlsxOptions {
    pub fn named(sheet_name: impl Into<String>) -> Self {
        Self { sheet_name: sheet_name.into(), rows_a_sheet: MAX_ROWS }
    }
}

impl Default for XlsxOptions {
    fn default() -> Self {
        Self::named("Sheet1")
    }
}

impl From<XlsxError> for SheetError {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::IoError(error) => Self::Io(error),
            other => Self::Write { what: other.to_string() },
        }
    }
}

pub(super) struct XlsxWriter {
    path: PathBuf,
    workbook: Workbook,
    options: XlsxOptions,
    columns: Vec<OutColumn>,
    formats: Formats,
    /// Next row of the current sheet.
    next: u32,
    written: Written,
}

struct Formats {
    head: Format,
    date: Format,
    date_time: Format,
    whole: Format,
    /// By number of decimals, from 1.
    decimals: Vec<Format>,
}

impl Formats {
    fn new() -> Self {
        let decimals = (1..=9).map(|places| Format::new().set_num_format(format!("0.{}", "0".repeat(places))));
        Self {
            head: Format::new().set_bold(),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            date_time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            whole: Format::new().set_num_format("0"),
            decimals: decimals.collect(),
        }
    }
}

impl fmt::Debug for XlsxWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XlsxWriter").field("path", &self.path).finish_non_exhaustive()
    }
}

impl XlsxWriter {
    pub(super) fn new(path: PathBuf, mut options: XlsxOptions, temp_dir: &Path) -> Result<Self, SheetError> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(temp_dir)?;
        options.rows_a_sheet = options.rows_a_sheet.clamp(2, MAX_ROWS);
        let (columns, formats) = (Vec::new(), Formats::new());
        Ok(Self { path, workbook, options, columns, formats, next: 0, written: Written::default() })
    }

    pub(super) fn begin(&mut self, columns: &[OutColumn]) -> Result<(), SheetError> {
        self.columns = columns.to_vec();
        self.add_sheet()
    }

    fn add_sheet(&mut self) -> Result<(), SheetError> {
        self.written.sheets += 1;
        let name = sheet_name(&self.options.sheet_name, self.written.sheets);
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?;
        sheet.set_freeze_panes(1, 0)?;
        for (index, column) in self.columns.iter().enumerate() {
            let index = u16::try_from(index).map_err(|_| XlsxError::RowColumnLimitError)?;
            sheet.set_column_width(index, column.width.unwrap_or_else(|| label_width(&column.label)))?;
            let (label, _) = cut(&column.label);
            sheet.write_string_with_format(0, index, label, &self.formats.head)?;
        }
        self.next = 1;
        Ok(())
    }

    pub(super) fn row(&mut self, cells: &[OutCell]) -> Result<(), SheetError> {
        if self.next >= self.options.rows_a_sheet {
            self.add_sheet()?;
        }
        let sheet = self.workbook.worksheet_from_index(self.written.sheets as usize - 1)?;
        for (index, cell) in cells.iter().enumerate() {
            let column = u16::try_from(index).map_err(|_| XlsxError::RowColumnLimitError)?;
            self.written.cut += u64::from(write_cell(sheet, self.next, column, cell, &self.formats)?);
        }
        self.next += 1;
        self.written.rows += 1;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Written, SheetError> {
        self.workbook.save(&self.path)?;
        Ok(self.written)
    }
}

/// Writes one cell; true if its text had to be cut.
fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &OutCell,
    formats: &Formats,
) -> Result<bool, XlsxError> {
    match cell {
        OutCell::Empty => {}
        OutCell::Text(text) => {
            let (text, was_cut) = cut(text);
            sheet.write_string(row, column, text)?;
            return Ok(was_cut);
        }
        OutCell::Integer(number) if number.unsigned_abs() < MAX_WHOLE => {
            sheet.write_number_with_format(row, column, *number as f64, &formats.whole)?;
        }
        OutCell::Integer(number) => {
            sheet.write_string(row, column, number.to_string())?;
        }
        OutCell::Decimal { scaled, scale } if scaled.unsigned_abs() < MAX_WHOLE => {
            // Parsed from its digits, so that 0.1 is the double nearest to 0.1.
            let number: f64 = decimal_text(*scaled, *scale).parse().unwrap_or(0.0);
            let format = match usize::from(*scale) {
                0 => &formats.whole,
                places => &formats.decimals[places.min(formats.decimals.len()) - 1],
            };
            sheet.write_number_with_format(row, column, number, format)?;
        }
        OutCell::Decimal { scaled, scale } => {
            sheet.write_string(row, column, decimal_text(*scaled, *scale))?;
        }
        OutCell::Number(number) if number.is_finite() => {
            sheet.write_number(row, column, *number)?;
        }
        OutCell::Number(number) => {
            sheet.write_string(row, column, number_text(*number))?;
        }
        OutCell::Date(date) if (1900..=9999).contains(&date.year()) => {
            let serial = Serial::from_civil(date.to_datetime(jiff::civil::Time::midnight()), false);
            sheet.write_number_with_format(row, column, serial.days, &formats.date)?;
        }
        OutCell::Date(date) => {
            sheet.write_string(row, column, date.to_string())?; // before 1900 a spreadsheet has no dates
        }
        OutCell::DateTime(at) if (1900..=9999).contains(&at.year()) => {
            let serial = Serial::from_civil(*at, true);
            sheet.write_number_with_format(row, column, serial.days, &formats.date_time)?;
        }
        OutCell::DateTime(at) => {
            sheet.write_string(row, column, date_time_text(*at))?;
        }
        OutCell::Bool(value) => {
            sheet.write_boolean(row, column, *value)?;
        }
    }
    Ok(false)
}

fn cut(text: &str) -> (&str, bool) {
    if text.len() <= MAX_TEXT {
        return (text, false);
    }
    let mut units = 0;
    for (at, c) in text.char_indices() {
        units += c.len_utf16();
        if units > MAX_TEXT {
            return (&text[..at], true);
        }
    }
    (text, false)
}

/// At most 31 characters, none of `[]:*?/\`, no apostrophe at an end; the second sheet is “… (2)”.
fn sheet_name(wanted: &str, number: u64) -> String {
    let suffix = if number > 1 { format!(" ({number})") } else { String::new() };
    let clean: String =
        wanted.chars().map(|c| if "[]:*?/\\".contains(c) || c.is_control() { ' ' } else { c }).collect();
    let mut name = String::new();
    let mut units = suffix.len();
    for c in clean.trim_matches(|c: char| c == '\'' || c.is_whitespace()).chars() {
        units += c.len_utf16();
        if units > 31 {
            break;
        }
        name.push(c);
    }
    let name = name.trim_end_matches('\'');
    if name.is_empty() { format!("Sheet{number}") } else { format!("{name}{suffix}") }
}

/// A Chinese character is two wide; room for a filter's arrow beside it.
fn label_width(label: &str) -> f64 {
    let width: u32 = label.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    f64::from(width + 4).clamp(10.0, 40.0)
}
