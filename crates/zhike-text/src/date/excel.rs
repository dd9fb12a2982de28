//! Dates as spreadsheets store them: days since the end of 1899, the time as a fraction.

use jiff::Span;
use jiff::civil::{DateTime, date};

/// The last serial, 9999-12-31.
const LAST: f64 = 2_958_466.0;

/// The time that a serial of the 1900 system stands for, to the second. `None` for times without a date (below 1), for
/// 60 (1900-02-29, which Lotus 1-2-3 invented and Excel kept) and past the year 9999.
pub fn excel_serial(serial: f64) -> Option<DateTime> {
    if !(1.0..LAST).contains(&serial) {
        return None;
    }
    let total = (serial * 86_400.0).round() as i64;
    let (day, second) = (total / 86_400, total % 86_400);
    // Serials from 61 on count the day that never was.
    let days = match day {
        60 => return None,
        61.. => day - 1,
        _ => day,
    };
    let date = date(1899, 12, 31).checked_add(Span::new().days(days)).ok()?;
    date.at(0, 0, 0, 0).checked_add(Span::new().seconds(second)).ok()
}

/// A serial that came as text, `45047` or `45047.6041`: five digits from 1954 to 2064; other numbers are no dates.
pub(super) fn written(text: &str) -> Option<DateTime> {
    let whole = text.split('.').next()?;
    let plain = whole.len() == 5 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && !text.ends_with('.');
    let serial: f64 = text.parse().ok().filter(|_| plain)?;
    if (20_000.0..60_000.0).contains(&serial) { excel_serial(serial) } else { None }
}
