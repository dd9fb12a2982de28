//! A month as the deals' own column holds it: 202603.

use crate::Period;

/// The column's value for a month.
pub(super) fn number(period: Period) -> i64 {
    let (year, month) = period.first_month();
    year * 100 + month
}

/// Where a deal stands in time, looked at from the months of a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Overdue,
    Month(usize),
    Later,
    Undated,
}

pub(super) fn when(month: Option<i64>, months: &[i64]) -> When {
    let Some(month) = month else { return When::Undated };
    match months.binary_search(&month) {
        Ok(place) => When::Month(place),
        Err(0) => When::Overdue,
        Err(_) => When::Later,
    }
}
