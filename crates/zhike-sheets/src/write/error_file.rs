//! The rows that failed, given back in the format they came in, to be mended and read again.

use std::path::Path;

use super::{OutCell, OutColumn, OutFormat, TableWriter, Written, XlsxOptions};
use crate::cell::{Cell, Row};
use crate::error::SheetError;
use crate::guard::unguard;
use crate::text::{Separator, TextLayout};
use crate::workbook::Workbook;

/// A copy of the input's failed rows with a column for the reason.
///
/// Text comes back in its own encoding, separator and line ends, and .xlsx as .xlsx. A .xls comes back as .xlsx: nobody
/// has written BIFF since 2007, and every program that opens the one opens the other.
#[derive(Debug)]
pub struct ErrorFile {
    writer: TableWriter,
    /// Columns of the input; the reason stands behind them.
    width: usize,
    /// The input has a reason of its own behind them, from an earlier try.
    had_reason: bool,
    /// Delimited text may come from an export of ours, guarded; the writer guards again.
    guarded: bool,
}

impl ErrorFile {
    /// Ending of the file's name: `xlsx`, `csv` or `tsv`.
    pub fn extension(workbook: &Workbook) -> &'static str {
        match workbook.layout() {
            None => "xlsx",
            Some(TextLayout { separator: Separator::Tab, .. }) => "tsv",
            Some(_) => "csv",
        }
    }

    /// `labels` are the input's heads, `reason_label` that of the added column. If the input is an error file itself,
    /// its last column is that column already and is written anew.
    pub fn create(
        workbook: &Workbook,
        sheet: usize,
        path: &Path,
        temp_dir: &Path,
        labels: &[String],
        reason_label: &str,
    ) -> Result<Self, SheetError> {
        let had_reason = labels.last().is_some_and(|last| last == reason_label);
        let labels = &labels[..labels.len() - usize::from(had_reason)];
        let layout = workbook.layout();
        let name = || workbook.sheets().get(sheet).map(|sheet| sheet.name.clone()).unwrap_or_default();
        let format = layout.map_or_else(|| OutFormat::Xlsx(XlsxOptions::named(name())), OutFormat::Csv);
        let mut writer = TableWriter::create(format, path, temp_dir)?;
        let columns = labels.iter().map(|label| if layout.is_some() { unguard(label) } else { label });
        let mut columns: Vec<OutColumn> = columns.map(OutColumn::new).collect();
        columns.push(OutColumn { label: reason_label.to_owned(), width: Some(40.0) });
        writer.begin(&columns)?;
        Ok(Self { writer, width: labels.len(), had_reason, guarded: layout.is_some() })
    }

    /// Adds a row as it was read. Cells beyond the last head go behind the reason, so that nothing is lost.
    pub fn row(&mut self, row: &Row, reason: &str) -> Result<(), SheetError> {
        let mut cells: Vec<OutCell> = row.cells.iter().take(self.width).map(|cell| self.copy(cell)).collect();
        cells.resize(self.width, OutCell::Empty);
        cells.push(OutCell::Text(reason.to_owned()));
        cells.extend(row.cells.iter().skip(self.width + usize::from(self.had_reason)).map(|cell| self.copy(cell)));
        self.writer.row(&cells)
    }

    pub fn finish(self) -> Result<Written, SheetError> {
        self.writer.finish()
    }

    fn copy(&self, cell: &Cell) -> OutCell {
        match cell {
            Cell::Empty => OutCell::Empty,
            Cell::Text(text) if self.guarded => OutCell::Text(unguard(text).to_owned()),
            Cell::Text(text) | Cell::Error(text) => OutCell::Text(text.clone()),
            Cell::Number(number) => OutCell::Number(*number),
            Cell::Bool(value) => OutCell::Bool(*value),
            Cell::DateTime(serial) => match serial.civil() {
                Some(at) if serial.has_time && serial.has_date => OutCell::DateTime(at),
                Some(at) if serial.has_date => OutCell::Date(at.date()),
                _ => OutCell::Text(cell.text()),
            },
        }
    }
}
