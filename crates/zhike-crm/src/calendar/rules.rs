//! Days and hours of a calendar's page. Days are counted from 1970-01-01; weeks begin on Monday.

use zhike_types::{date_of, days_of};

/// What a page of the calendar shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    #[default]
    Month,
    Week,
    Day,
}

impl Shape {
    pub fn key(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
        }
    }

    pub fn of(key: &str) -> Option<Self> {
        [Self::Month, Self::Week, Self::Day].into_iter().find(|shape| shape.key() == key)
    }

    /// A day of the page before (-1) or after (1) that of the given day.
    pub fn beside(self, day: i64, by: i64) -> i64 {
        let Some(date) = date_of(day) else { return day };
        match self {
            // its first: the 31st has no place in each month
            Self::Month => jiff::Span::new()
                .try_months(by)
                .and_then(|span| date.first_of_month().checked_add(span))
                .map_or(day, days_of),
            Self::Week => day + 7 * by,
            Self::Day => day + by,
        }
    }
}

/// The Monday of a day's week.
pub fn monday(day: i64) -> i64 {
    // 1970-01-01 was a Thursday
    day - (day + 3).rem_euclid(7)
}

/// First day of the page and how many it has: a month's whole weeks, a week, a day.
pub fn span(shape: Shape, day: i64) -> (i64, i64) {
    match (shape, date_of(day)) {
        (Shape::Month, Some(date)) => {
            let first = monday(days_of(date.first_of_month()));
            let last = monday(days_of(date.last_of_month())) + 6;
            (first, last - first + 1)
        }
        (Shape::Week, _) => (monday(day), 7),
        _ => (day, 1),
    }
}

/// The hours that a week shows: a working day, and what lies outside it only as far as something stands there.
pub fn hours(taken: impl Iterator<Item = i8>) -> std::ops::RangeInclusive<i8> {
    let (mut first, mut last) = (8, 18);
    for hour in taken {
        first = hour.min(first);
        last = hour.max(last);
    }
    first..=last
}
