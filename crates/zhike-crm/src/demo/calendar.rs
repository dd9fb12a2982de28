//! When things happen: Monday to Friday, 8:30 to 18:30, counted in minutes of work so that time has no gaps.

use zhike_types::Zone;

const DAY: i64 = 86_400_000;
/// Minutes of work in a day.
pub(super) const WORKDAY: i64 = 600;
const OPENS: i64 = 510 * 60_000;

/// The days around today in one zone. Today's date is all that counts: the same whole day gives the same calendar.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    /// Today, in days since 1970-01-01.
    pub today: i64,
    /// What takes local midnight to the instant. Today's serves all days: China has had one offset since 1991.
    offset: i64,
}

impl Calendar {
    pub fn new(now: i64, zone: &Zone) -> Self {
        let today = zone.day_of(now);
        Self { today, offset: zone.start_of_day(today) - today * DAY }
    }

    /// The first minute of work of today, or of the next Monday.
    pub fn now(&self) -> i64 {
        worked_days(self.today) * WORKDAY
    }

    /// The instant (ms) of a minute of work.
    pub fn instant(&self, minute: i64) -> i64 {
        let worked = minute.div_euclid(WORKDAY);
        // 1970-01-01 was a Thursday: three days into its week
        let day = worked.div_euclid(5) * 7 + worked.rem_euclid(5) - 3;
        day * DAY + self.offset + OPENS + minute.rem_euclid(WORKDAY) * 60_000
    }

    /// The day of a minute of work, in days since 1970-01-01.
    pub fn day(&self, minute: i64) -> i64 {
        (self.instant(minute) - self.offset).div_euclid(DAY)
    }

    /// A full or half hour of the working day that a minute falls in, as people make appointments. What the next working
    /// day holds stands today when today is a Saturday or Sunday: whoever tries the demo then finds something to do, too.
    pub fn appointment(&self, minute: i64) -> i64 {
        let at = self.instant(minute - minute.rem_euclid(30));
        let weekday = (self.today + 3).rem_euclid(7);
        if weekday >= 5 && minute.div_euclid(WORKDAY) == worked_days(self.today) {
            at - (7 - weekday) * DAY
        } else {
            at
        }
    }
}

fn worked_days(day: i64) -> i64 {
    let since_monday = day + 3;
    since_monday.div_euclid(7) * 5 + since_monday.rem_euclid(7).min(5)
}

#[cfg(test)]
mod tests {
    use super::{Calendar, WORKDAY};
    use zhike_types::{Zone, days_of};

    #[test]
    fn work_is_done_on_working_days() {
        let zone = Zone::default();
        let saturday = zone.instant(jiff::civil::date(2025, 11, 22).at(15, 0, 0, 0));
        let calendar = Calendar::new(saturday, &zone);
        assert_eq!(calendar.today, days_of(jiff::civil::date(2025, 11, 22)));
        assert_eq!(zone.civil(calendar.instant(calendar.now())), jiff::civil::date(2025, 11, 24).at(8, 30, 0, 0));
        assert_eq!(zone.civil(calendar.instant(calendar.now() - 1)), jiff::civil::date(2025, 11, 21).at(18, 29, 0, 0));
        assert_eq!(
            zone.civil(calendar.appointment(calendar.now() + 99)),
            jiff::civil::date(2025, 11, 22).at(10, 0, 0, 0)
        );
        assert_eq!(
            zone.civil(calendar.appointment(calendar.now() - WORKDAY + 99)),
            jiff::civil::date(2025, 11, 21).at(10, 0, 0, 0)
        );
        for minute in 0..50 {
            let at = zone.civil(calendar.instant(calendar.now() - minute * 777));
            assert!(at.weekday().to_monday_one_offset() <= 5, "{at}");
        }
    }
}
