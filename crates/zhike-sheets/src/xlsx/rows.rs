//! The rows of a worksheet, in the order of its XML.

use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use quick_xml::events::{BytesStart, Event};

use super::strings::BlockCache;
use super::xml::{Xml, attribute, push_entity, unescape};
use super::{Shared, reference};
use crate::cell::{Cell, Row, Serial};
use crate::error::{Limit, SheetError};

/// Days between the 1900 and the 1904 date system.
const FROM_1904: f64 = 1462.0;
/// A time of day is below 1. A serial of a year or more in a time-only format is a date whose format hides it.
const SURELY_A_DATE: f64 = 366.0;

#[derive(Debug)]
pub(crate) struct XlsxRows {
    xml: Xml,
    shared: Arc<Shared>,
    cache: BlockCache,
    declared: (Option<u64>, Option<usize>),
    /// Number of the last row; 0 before the first.
    last: u64,
    width: usize,
    ended: bool,
    /// Reused for each cell.
    value: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Shared,
    /// Text in the cell itself, or a formula's text.
    Text,
    Bool,
    Error,
    IsoDate,
}

struct Head {
    column: usize,
    style: usize,
    kind: Kind,
}

impl XlsxRows {
    pub(super) fn new(mut xml: Xml, shared: Arc<Shared>) -> Result<Self, SheetError> {
        let mut declared = (None, None);
        let mut ended = false;
        loop {
            match xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "dimension" => {
                    if let Some(area) = attribute(&element, "ref").and_then(|area| reference::area(&area)) {
                        declared = (Some(area.last_row), Some(area.last_column + 1));
                    }
                }
                Event::Start(element) if element.local_name().as_ref() == "sheetData" => break,
                Event::Eof => {
                    ended = true;
                    break;
                }
                _ => {}
            }
        }
        let (cache, value) = (BlockCache::default(), String::new());
        Ok(Self { xml, shared, cache, declared, last: 0, width: 0, ended, value })
    }

    /// Rows and columns as the sheet declares them.
    pub(super) fn declared_size(&self) -> (Option<u64>, Option<usize>) {
        self.declared
    }

    pub(super) fn parsed(&self) -> u64 {
        self.xml.parsed()
    }

    pub(crate) fn progress(&self) -> (u64, u64) {
        self.xml.progress()
    }

    /// The next row of the XML, blank or not.
    pub(crate) fn next_row(&mut self) -> Result<Option<Row>, SheetError> {
        let last = self.last;
        self.read_row().map_err(|error| error.in_row(last + 1))
    }

    fn read_row(&mut self) -> Result<Option<Row>, SheetError> {
        while !self.ended {
            match self.xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "row" => {
                    let number = attribute(&element, "r").and_then(|r| r.parse().ok()).unwrap_or(self.last + 1);
                    let allowed = self.shared.limits.rows;
                    if number > allowed {
                        return Err(SheetError::TooMuch { limit: Limit::Rows, allowed, row: None, column: None });
                    }
                    if number <= self.last {
                        return Err(SheetError::damaged("rows are out of order"));
                    }
                    self.last = number;
                    let cells = self.read_cells()?;
                    return Ok(Some(Row { number, cells }));
                }
                Event::End(element) if element.local_name().as_ref() == "sheetData" => {
                    // Read on to the end, where the checksum of the whole is looked at.
                    while !matches!(self.xml.next()?, Event::Eof) {}
                    self.ended = true;
                }
                Event::Eof => self.ended = true,
                _ => {}
            }
        }
        Ok(None)
    }

    fn read_cells(&mut self) -> Result<Vec<Cell>, SheetError> {
        let mut cells = Vec::with_capacity(self.width);
        let mut next = 0;
        loop {
            match self.xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "c" => {
                    let head = cell_head(&element, next);
                    let allowed = self.shared.limits.columns;
                    if head.column >= allowed {
                        return Err(SheetError::TooMuch {
                            limit: Limit::Columns,
                            allowed: allowed as u64,
                            row: Some(self.last),
                            column: None,
                        });
                    }
                    next = head.column + 1;
                    let cell = self.read_cell(&head)?;
                    if cell == Cell::Empty {
                        continue;
                    }
                    if cells.len() <= head.column {
                        cells.resize(head.column + 1, Cell::Empty);
                    }
                    cells[head.column] = cell;
                }
                Event::End(element) if element.local_name().as_ref() == "row" => {
                    self.width = cells.len();
                    return Ok(cells);
                }
                Event::Eof => return Err(SheetError::damaged("a row breaks off")),
                _ => {}
            }
        }
    }

    /// Gathers the value up to the end of the cell. Formulas themselves are read over: their results stand beside them.
    fn read_cell(&mut self, head: &Head) -> Result<Cell, SheetError> {
        self.value.clear();
        let (mut in_value, mut in_phonetic) = (false, false);
        loop {
            match self.xml.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "v" | "t" => in_value = !in_phonetic,
                    "rPh" => in_phonetic = true,
                    _ => {}
                },
                Event::Text(part) if in_value => self.value.push_str(&part.xml10_content()),
                Event::CData(part) if in_value => self.value.push_str(&part.xml10_content()),
                Event::GeneralRef(entity) if in_value => push_entity(&entity, &mut self.value),
                Event::End(element) => match element.local_name().as_ref() {
                    "v" | "t" => in_value = false,
                    "rPh" => in_phonetic = false,
                    "c" => break,
                    _ => {}
                },
                Event::Eof => return Err(SheetError::damaged("a cell breaks off")),
                _ => {}
            }
            // Escaped characters take seven bytes each.
            if self.value.len() > self.shared.limits.cell.saturating_mul(7) {
                return Err(self.too_long(head.column));
            }
        }
        let cell = self.interpret(head)?;
        match &cell {
            Cell::Text(text) if text.len() > self.shared.limits.cell => Err(self.too_long(head.column)),
            _ => Ok(cell),
        }
    }

    fn too_long(&self, column: usize) -> SheetError {
        let allowed = self.shared.limits.cell as u64;
        SheetError::TooMuch { limit: Limit::Cell, allowed, row: Some(self.last), column: Some(column) }
    }

    fn interpret(&mut self, head: &Head) -> Result<Cell, SheetError> {
        if self.value.is_empty() {
            return Ok(Cell::Empty);
        }
        let value = self.value.as_str();
        let text = |text: String| if text.is_empty() { Cell::Empty } else { Cell::Text(text) };
        Ok(match head.kind {
            Kind::Shared => {
                let number = value.trim().parse().map_err(|_| SheetError::damaged("a shared string has no number"))?;
                text(self.shared.strings.get(number, &mut self.cache)?)
            }
            Kind::Text => text(unescape(value)),
            Kind::Bool => Cell::Bool(matches!(value.trim(), "1" | "true" | "TRUE")),
            Kind::Error => Cell::Error(value.to_owned()),
            Kind::IsoDate => iso_date(value).unwrap_or_else(|| Cell::Text(value.to_owned())),
            Kind::Number => self.number(value.trim(), head.style),
        })
    }

    fn number(&self, value: &str, style: usize) -> Cell {
        let Ok(number) = value.parse::<f64>() else { return Cell::Text(value.to_owned()) };
        let shown = self.shared.formats.get(style).copied().unwrap_or_default();
        if shown.date || shown.time {
            let days = if self.shared.from_1904 && (shown.date || number >= 1.0) { number + FROM_1904 } else { number };
            let has_date = shown.date || (!shown.span && days >= SURELY_A_DATE);
            return Cell::DateTime(Serial { days, has_date, has_time: shown.time });
        }
        // Some programs write an 18-digit ID number as a number with all its digits, which a double would lose.
        if value.len() > 15 && value.bytes().all(|b| b.is_ascii_digit()) && format!("{number}") != value {
            return Cell::Text(value.to_owned());
        }
        Cell::Number(number)
    }
}

/// Position, style and type of a cell. A position may be missing: then it is the one after the last.
fn cell_head(element: &BytesStart<'_>, next: usize) -> Head {
    let mut head = Head { column: next, style: 0, kind: Kind::Number };
    for attribute in element.attributes().with_checks(false).flatten() {
        let value = attribute.value.as_ref();
        match attribute.key.as_ref() {
            "r" => head.column = reference::cell(value).map_or(next, |(column, _)| column),
            "s" => head.style = value.parse().unwrap_or(0),
            "t" => {
                head.kind = match value {
                    "s" => Kind::Shared,
                    "str" | "inlineStr" => Kind::Text,
                    "b" => Kind::Bool,
                    "e" => Kind::Error,
                    "d" => Kind::IsoDate,
                    _ => Kind::Number,
                };
            }
            _ => {}
        }
    }
    head
}

fn iso_date(value: &str) -> Option<Cell> {
    let value = value.trim().trim_end_matches('Z');
    let (at, has_time) = match value.parse::<DateTime>() {
        Ok(at) if value.len() > 10 => (at, true),
        _ => (value.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight()), false),
    };
    (at.year() >= 1900).then(|| Cell::DateTime(Serial::from_civil(at, has_time)))
}
