//! Time is handed in. Instants are `i64` milliseconds since 1970-01-01T00:00Z; dates are `i64` days since 1970-01-01.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// Where "now" comes from: the system in production, a fixed instant in tests.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since the Unix epoch.
    fn now(&self) -> i64;
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one home of the machine's clock")]
    fn now(&self) -> i64 {
        Timestamp::now().as_millisecond()
    }
}

/// A clock that stands still until it is told to move.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    pub fn at(millis: i64) -> Self {
        Self(AtomicI64::new(millis))
    }

    pub fn set(&self, millis: i64) {
        self.0.store(millis, Ordering::SeqCst);
    }

    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// The installation's time zone: dates people type and read are dates there.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Default for Zone {
    fn default() -> Self {
        Self::named("Asia/Shanghai").expect("the bundled time zones hold Asia/Shanghai")
    }
}

impl Zone {
    pub fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().map(Self)
    }

    pub fn time_zone(&self) -> &TimeZone {
        &self.0
    }

    /// The civil date and time of an instant.
    pub fn civil(&self, millis: i64) -> jiff::civil::DateTime {
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(self.0.clone()).datetime()
    }

    /// The instant of a civil date and time; a time that does not exist (summer time) moves forward.
    pub fn instant(&self, civil: jiff::civil::DateTime) -> i64 {
        self.0.to_ambiguous_timestamp(civil).compatible().map_or(0, Timestamp::as_millisecond)
    }

    /// Days since 1970-01-01 of an instant's date.
    pub fn day_of(&self, millis: i64) -> i64 {
        days_of(self.civil(millis).date())
    }

    /// The instant at which a day (days since 1970-01-01) begins.
    pub fn start_of_day(&self, days: i64) -> i64 {
        date_of(days).map_or(0, |date| self.instant(date.to_datetime(jiff::civil::Time::midnight())))
    }
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// Days since 1970-01-01 (negative before).
pub fn days_of(date: Date) -> i64 {
    i64::from(date.since((jiff::Unit::Day, EPOCH)).map_or(0, |span| span.get_days()))
}

/// The date so many days after 1970-01-01; none outside the years −9999 to 9999.
pub fn date_of(days: i64) -> Option<Date> {
    let days = i32::try_from(days).ok()?;
    EPOCH.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}
