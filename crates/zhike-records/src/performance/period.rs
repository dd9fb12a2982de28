//! Months, quarters and years: which days they hold, what came before, what they are called.

use jiff::civil::Date;
use serde::Serialize;
use zhike_types::{Error, Lang, Result, date_of, days_of, text};

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Span {
    Month,
    Quarter,
    Year,
}

/// A month, a quarter or a year of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    pub span: Span,
    /// Its first month: year × 12 + month − 1.
    first: i64,
}

impl Span {
    pub fn months(self) -> i64 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    pub fn of(key: &str) -> Option<Self> {
        [Self::Month, Self::Quarter, Self::Year].into_iter().find(|span| span.key() == key)
    }

    /// How many periods a line of figures has: enough to reach back to the same one a year before.
    pub fn trend(self) -> usize {
        match self {
            Self::Month => 13,
            Self::Quarter => 9,
            Self::Year => 5,
        }
    }
}

impl Period {
    /// The period of that length which holds a day (days since 1970).
    pub fn holding(span: Span, day: i64) -> Self {
        let date = date_of(day).unwrap_or(Date::constant(1970, 1, 1));
        let month = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
        Self { span, first: month - month.rem_euclid(span.months()) }
    }

    /// `2026`, `2026-Q3`, `2026-07`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::read(text).ok_or_else(|| {
            Error::invalid(
                "period",
                "invalid",
                text!(
                    "没有「{text}」这个周期。写 2026、2026-Q3 或 2026-07。",
                    "`{text}` is no period. Write 2026, 2026-Q3 or 2026-07."
                ),
            )
        })
    }

    fn read(text: &str) -> Option<Self> {
        let (year, rest) = text.split_once('-').map_or((text, None), |(year, rest)| (year, Some(rest)));
        let number = |text: &str, most: i64| {
            let plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<i64>().ok().filter(|number| plain && (1..=most).contains(number))
        };
        let year = number(year, 9_000).filter(|year| *year >= 1_000)?;
        let (span, month) = match rest.map(|rest| rest.strip_prefix(['Q', 'q']).ok_or(rest)) {
            None => (Span::Year, 0),
            Some(Ok(quarter)) => (Span::Quarter, (number(quarter, 4)? - 1) * 3),
            Some(Err(month)) => (Span::Month, number(month, 12)? - 1),
        };
        Some(Self { span, first: year * 12 + month })
    }

    /// As [`Period::parse`] reads it.
    pub fn code(self) -> String {
        let (year, month) = (self.first.div_euclid(12), self.first.rem_euclid(12));
        match self.span {
            Span::Year => format!("{year:04}"),
            Span::Quarter => format!("{year:04}-Q{}", month / 3 + 1),
            Span::Month => format!("{year:04}-{:02}", month + 1),
        }
    }

    pub fn label(self, lang: Lang) -> String {
        let (year, month) = (self.first.div_euclid(12), self.first.rem_euclid(12));
        match (lang, self.span) {
            (Lang::Zh, Span::Year) => format!("{year} 年"),
            (Lang::Zh, Span::Quarter) => format!("{year} 年{}季度", ["一", "二", "三", "四"][month as usize / 3]),
            (Lang::Zh, Span::Month) => format!("{year} 年 {} 月", month + 1),
            (Lang::En, Span::Year) => year.to_string(),
            (Lang::En, Span::Quarter) => format!("Q{} {year}", month / 3 + 1),
            (Lang::En, Span::Month) => {
                let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
                format!("{} {year}", names[month as usize])
            }
        }
    }

    /// Its first day, and the first day after it (days since 1970).
    pub fn days(self) -> (i64, i64) {
        (first_day(self.first), first_day(self.first + self.span.months()))
    }

    /// So many periods later, earlier when negative.
    #[must_use]
    pub fn moved(self, periods: i64) -> Self {
        Self { first: self.first + periods * self.span.months(), ..self }
    }

    #[must_use]
    pub fn year_before(self) -> Self {
        Self { first: self.first - 12, ..self }
    }

    /// The shorter periods of that length that it is made of; none when it is no longer than they are.
    pub fn parts(self, span: Span) -> Vec<Self> {
        if span >= self.span {
            return Vec::new();
        }
        (0..self.span.months() / span.months()).map(|i| Self { span, first: self.first + i * span.months() }).collect()
    }

    /// The periods of its trend, itself the last.
    pub fn trend(self) -> Vec<Self> {
        let count = self.span.trend() as i64;
        (1 - count..=0).map(|i| self.moved(i)).collect()
    }

    /// Year and month of its first month.
    pub fn first_month(self) -> (i64, i64) {
        (self.first.div_euclid(12), self.first.rem_euclid(12) + 1)
    }
}

/// Months that follow each other, gathered to whole years and quarters where they make such.
pub(crate) fn gathered(months: &[Period]) -> Vec<Period> {
    let mut all = Vec::new();
    let mut rest = months;
    while let Some(first) = rest.first() {
        let fits = |span: &&Span| {
            let whole = Period { span: **span, first: first.first };
            first.first.rem_euclid(span.months()) == 0 && rest.len() as i64 >= whole.span.months()
        };
        let span = [Span::Year, Span::Quarter].iter().find(fits).copied().unwrap_or(Span::Month);
        all.push(Period { span, first: first.first });
        rest = &rest[span.months() as usize..];
    }
    all
}

/// The first day of a month that is numbered year × 12 + month − 1.
fn first_day(month: i64) -> i64 {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    let date = i16::try_from(year).ok().zip(i8::try_from(month).ok()).and_then(|(y, m)| Date::new(y, m, 1).ok());
    date.map_or(0, days_of)
}
