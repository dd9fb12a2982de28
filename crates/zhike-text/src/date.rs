//! Dates and times as people write them.

mod excel;
mod scan;
mod time;

pub use excel::excel_serial;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use crate::reason::{Reason, reasons};

/// A time as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// With a zone: one point in time everywhere.
    Instant(Timestamp),
    /// Without one: the clock on the writer's wall.
    Local(DateTime),
}

/// Why a text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateError {
    Empty,
    /// `5月1日`.
    NoYear,
    /// `2023`.
    NoMonth,
    /// `2023年5月`.
    NoDay,
    /// `2023-02-30`.
    Impossible {
        year: i16,
        month: u8,
        day: u8,
    },
    /// `1/5/2023`: January or May.
    Ambiguous,
    /// The date is right, what follows it is no time.
    Time,
    /// Not a date at all.
    Form,
}

impl Reason for DateError {
    fn zh(&self) -> String {
        match self {
            Self::Empty => "日期为空".to_owned(),
            Self::NoYear => "日期缺少年份，如 2023-05-01".to_owned(),
            Self::NoMonth => "日期缺少月和日，如 2023-05-01".to_owned(),
            Self::NoDay => "日期缺少日，如 2023-05-01".to_owned(),
            Self::Impossible { year, month, day } => format!("没有 {year} 年 {month} 月 {day} 日这一天"),
            Self::Ambiguous => "分不清月和日，请先写年份，如 2023-05-01".to_owned(),
            Self::Time => "时间有误，如 2023-05-01 14:30".to_owned(),
            Self::Form => "不是日期，如 2023-05-01".to_owned(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::Empty => "the date is empty".to_owned(),
            Self::NoYear => "the year is missing: write 2023-05-01".to_owned(),
            Self::NoMonth => "month and day are missing: write 2023-05-01".to_owned(),
            Self::NoDay => "the day is missing: write 2023-05-01".to_owned(),
            Self::Impossible { year, month, day } => format!("there is no day {year}-{month:02}-{day:02}"),
            Self::Ambiguous => "day or month first? Start with the year: 2023-05-01".to_owned(),
            Self::Time => "the time is wrong: write 2023-05-01 14:30".to_owned(),
            Self::Form => "not a date: write 2023-05-01".to_owned(),
        }
    }
}
reasons!(DateError);

/// The day: `2023/5/1`, `2023年5月1日`, `2023.5.1`, `20230501`, `23/5/1`, `二〇二三年五月一日`, `民国112年5月1日`, and the serial
/// number of a spreadsheet (`45047`). A time behind it is checked and left out; with a zone, it is the day as written.
pub fn parse_date(text: &str) -> Result<Date, DateError> {
    let (date, _, _) = read(text)?;
    Ok(date)
}

/// The time: a date as in [`parse_date`], and `14:30`, `14:30:05`, `下午2:30`, `2:30 PM`, `14点30分`; ISO 8601 with `T` and
/// zone. A date alone is its midnight.
pub fn parse_datetime(text: &str) -> Result<Moment, DateError> {
    let (date, clock, offset) = read(text)?;
    let local = match clock {
        // 24:00 is the end of its day (ISO 8601-1, 4.3.8): the midnight after it.
        Some(clock) if clock.next_day => date.tomorrow().map_err(|_| DateError::Time)?.to_datetime(clock.time),
        Some(clock) => date.to_datetime(clock.time),
        None => date.to_datetime(Time::midnight()),
    };
    match offset {
        None => Ok(Moment::Local(local)),
        Some(offset) => offset.to_timestamp(local).map(Moment::Instant).map_err(|_| DateError::Time),
    }
}

fn read(text: &str) -> Result<(Date, Option<time::Clock>, Option<Offset>), DateError> {
    let folded = scan::folded(text);
    if folded.is_empty() {
        return Err(DateError::Empty);
    }
    if let Some(serial) = excel::written(&folded) {
        let clock = time::Clock { time: serial.time(), next_day: false };
        return Ok((serial.date(), folded.contains('.').then_some(clock), None));
    }
    let (date, rest) = scan::date(&folded)?;
    let (clock, offset) = time::read(scan::without_weekday(rest))?;
    Ok((date, clock, offset))
}

#[cfg(test)]
mod tests;
