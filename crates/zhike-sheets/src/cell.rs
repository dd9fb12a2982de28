//! What a cell holds and how it reads as plain text.

use jiff::civil::{Date, DateTime, Time};

/// A cell as the file has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    #[default]
    Empty,
    Text(String),
    Number(f64),
    Bool(bool),
    DateTime(Serial),
    /// A formula's error value, such as `#N/A`.
    Error(String),
}

/// A row that has at least one cell that is not blank.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The row's number as the spreadsheet program shows it, from 1. Blank rows count, though they are not handed out;
    /// in delimited text a quoted cell of several lines is one row.
    pub number: u64,
    /// Cells from column A on. Rows may differ in length; trailing empty cells of a spreadsheet are cut.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The cell's plain text; empty beyond the row's end.
    pub fn text(&self, column: usize) -> String {
        self.cells.get(column).map(Cell::text).unwrap_or_default()
    }

    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_blank)
    }
}

/// A date or time as a spreadsheet stores it: days since the end of 1899, with the time as a fraction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Serial {
    /// In the 1900 date system; a workbook of the 1904 system is converted while reading.
    pub days: f64,
    /// The cell's number format shows a date.
    pub has_date: bool,
    /// The cell's number format shows a time of day.
    pub has_time: bool,
}

const SECONDS_A_DAY: f64 = 86_400.0;
/// 9999-12-31, the last day a spreadsheet knows.
const LAST_DAY: i64 = 2_958_465;

impl Serial {
    /// Date and time, rounded to the second as spreadsheets do; `None` for a time without a date (serials below 1) and
    /// for what lies outside 1900–9999. Serial 60 is the 29 February 1900 that never was; it reads as 28 February.
    pub fn civil(self) -> Option<DateTime> {
        if !self.days.is_finite() || self.days < 1.0 {
            return None;
        }
        let seconds = (self.days * SECONDS_A_DAY).round();
        let day = (seconds / SECONDS_A_DAY).floor() as i64;
        if day > LAST_DAY {
            return None;
        }
        let epoch = if day < 60 { Date::constant(1899, 12, 31) } else { Date::constant(1899, 12, 30) };
        let date = epoch.checked_add(jiff::Span::new().days(day)).ok()?;
        let date = if day == 60 { Date::constant(1900, 2, 28) } else { date };
        let in_day = (seconds - day as f64 * SECONDS_A_DAY) as i32;
        Some(date.to_datetime(time_of_day(in_day)))
    }

    /// The serial of a civil date and time.
    pub fn from_civil(at: DateTime, has_time: bool) -> Self {
        let days = i64::from((at.date() - Date::constant(1899, 12, 30)).get_days());
        let days = if days < 61 { days - 1 } else { days };
        let time = at.time();
        let seconds =
            f64::from(i32::from(time.hour()) * 3600 + i32::from(time.minute()) * 60 + i32::from(time.second()));
        Self { days: days as f64 + seconds / SECONDS_A_DAY, has_date: true, has_time }
    }

    /// ISO 8601: `2023-05-01`, `2023-05-01 13:45:00`, `13:45:00`; hours run past 24 for a span of time.
    fn text(self) -> String {
        match self.civil() {
            Some(at) if self.has_date => {
                if self.has_time || at.time() != Time::midnight() {
                    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
                } else {
                    at.date().to_string()
                }
            }
            _ if self.has_time && self.days >= 0.0 && self.days < LAST_DAY as f64 => {
                let seconds = (self.days * SECONDS_A_DAY).round() as i64;
                format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
            }
            _ => number_text(self.days),
        }
    }
}

fn time_of_day(seconds: i32) -> Time {
    let part = |value: i32| i8::try_from(value).unwrap_or(0);
    Time::new(part(seconds / 3600), part(seconds / 60 % 60), part(seconds % 60), 0).unwrap_or(Time::midnight())
}

impl Cell {
    /// What a spreadsheet would show as plain text: `12.0` is `12`, a long number has no exponent, a date is ISO 8601.
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Error(text) => text.clone(),
            Self::Number(number) => number_text(*number),
            Self::Bool(true) => "TRUE".to_owned(),
            Self::Bool(false) => "FALSE".to_owned(),
            Self::DateTime(serial) => serial.text(),
        }
    }

    /// Empty, or text of nothing but white space.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// A number with the 15 significant digits a spreadsheet keeps, so that 0.1 + 0.2 reads 0.3. Whole numbers that a
/// double holds exactly keep all their digits.
pub(crate) fn number_text(number: f64) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
    if number == 0.0 {
        return "0".to_owned(); // not "-0"
    }
    if number.fract() == 0.0 && number.abs() < EXACT {
        return format!("{number}");
    }
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{rounded}")
}

/// The letters of a column, counted from 0: A, B, … Z, AA.
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        letters.push(char::from(b'A' + ((left - 1) % 26) as u8));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}
