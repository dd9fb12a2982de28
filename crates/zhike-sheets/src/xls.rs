//! Excel 97–2003 workbooks, through calamine. They hold 65,536 rows at most and are read into memory whole.

use std::fs::File;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use calamine::{Data, Range, Reader, SheetType, SheetVisible, Xls, XlsError};

use crate::cell::{Cell, Row, Serial};
use crate::error::{Limit, SheetError};
use crate::limits::Limits;
use crate::merge::Merge;
use crate::ole;
use crate::workbook::SheetInfo;

/// Days between the 1900 and the 1904 date system.
const FROM_1904: f64 = 1462.0;

#[derive(Debug)]
pub(crate) struct XlsFile {
    sheets: Vec<Sheet>,
}

#[derive(Debug)]
struct Sheet {
    range: Arc<Range<Data>>,
    merges: Vec<Merge>,
    from_1904: bool,
}

impl XlsFile {
    pub(crate) fn open(path: &Path, limits: Limits) -> Result<(Self, Vec<SheetInfo>, usize), SheetError> {
        let mut file = File::open(path)?;
        if file.metadata()?.len() > limits.xls {
            return Err(SheetError::too_much(Limit::File, limits.xls));
        }
        let stream = ole::workbook_stream(&mut file)?;
        ole::check_extent(&stream)?;
        let rebuilt = Cursor::new(ole::wrap(&stream));
        drop(stream);
        // The parser indexes into what the file says; a crafted one may say anything.
        let opened = catch_unwind(AssertUnwindSafe(|| Xls::new(rebuilt)));
        let mut workbook = opened.map_err(|_| SheetError::damaged("the .xls reader gave up"))?.map_err(xls_error)?;
        let from_1904 = workbook.has_1904_epoch();
        let (mut sheets, mut infos, mut best) = (Vec::new(), Vec::new(), (0, 0));
        for meta in workbook.sheets_metadata().to_vec() {
            if meta.typ != SheetType::WorkSheet {
                continue;
            }
            let Ok(range) = workbook.worksheet_range(&meta.name) else { continue };
            let merges = workbook.merge_cells_by_sheet_name(&meta.name).unwrap_or_default();
            let merges = merges.iter().map(|area| Merge {
                first_row: u64::from(area.start.0) + 1,
                last_row: u64::from(area.end.0) + 1,
                first_column: area.start.1 as usize,
                last_column: area.end.1 as usize,
            });
            let hidden = meta.visible != SheetVisible::Visible;
            let filled = range.used_cells().count();
            if !hidden && filled > best.1 {
                best = (sheets.len(), filled);
            }
            infos.push(SheetInfo {
                name: meta.name,
                rows: range.end().map(|(row, _)| u64::from(row) + 1),
                columns: range.end().map(|(_, column)| column as usize + 1),
                hidden,
            });
            let merges = merges.filter(|merge| merge.last_column < 256 && merge.first_row <= merge.last_row).collect();
            sheets.push(Sheet { range: Arc::new(range), merges, from_1904 });
        }
        if sheets.is_empty() {
            return Err(SheetError::Empty);
        }
        Ok((Self { sheets }, infos, best.0))
    }

    pub(crate) fn rows(&self, sheet: usize) -> Option<XlsRows> {
        let sheet = self.sheets.get(sheet)?;
        Some(XlsRows { range: Arc::clone(&sheet.range), from_1904: sheet.from_1904, next: 0 })
    }

    pub(crate) fn merges(&self, sheet: usize) -> Vec<Merge> {
        self.sheets.get(sheet).map(|sheet| sheet.merges.clone()).unwrap_or_default()
    }
}

fn xls_error(error: XlsError) -> SheetError {
    match error {
        XlsError::Password => SheetError::Encrypted,
        other => SheetError::damaged(other.to_string()),
    }
}

#[derive(Debug)]
pub(crate) struct XlsRows {
    range: Arc<Range<Data>>,
    from_1904: bool,
    /// Index within the range.
    next: usize,
}

impl XlsRows {
    /// The next row, blank or not.
    pub(crate) fn next_row(&mut self) -> Option<Row> {
        let (first_row, first_column) = self.range.start()?;
        let (height, width) = self.range.get_size();
        if self.next >= height {
            return None;
        }
        let number = u64::from(first_row) + self.next as u64 + 1;
        let mut cells = vec![Cell::Empty; first_column as usize];
        cells.extend((0..width).map(|column| self.cell(self.range.get((self.next, column)))));
        let length = cells.iter().rposition(|cell| *cell != Cell::Empty).map_or(0, |last| last + 1);
        cells.truncate(length);
        self.next += 1;
        Some(Row { number, cells })
    }

    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.next as u64, self.range.height() as u64)
    }

    fn cell(&self, data: Option<&Data>) -> Cell {
        match data {
            None | Some(Data::Empty) => Cell::Empty,
            Some(Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text)) if text.is_empty() => {
                Cell::Empty
            }
            Some(Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text)) => Cell::Text(text.clone()),
            Some(Data::Int(number)) => Cell::Number(*number as f64),
            Some(Data::Float(number)) => Cell::Number(*number),
            Some(Data::Bool(value)) => Cell::Bool(*value),
            Some(Data::Error(error)) => Cell::Error(error.to_string()),
            Some(Data::DateTime(at)) => {
                let span = at.is_duration();
                let days = at.as_f64() + if self.from_1904 && !span { FROM_1904 } else { 0.0 };
                // calamine tells dates from numbers, but not dates from times.
                let has_date = !span && days >= 1.0;
                Cell::DateTime(Serial { days, has_date, has_time: span || days.fract() != 0.0 || days < 1.0 })
            }
        }
    }
}
