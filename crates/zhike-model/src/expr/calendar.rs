//! Civil dates by integers alone (Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `civil_from_days`), the same steps that
//! the SQL translation takes.

/// Days of year 0001-01-01 and 9999-12-31: outside, a date has no parts.
pub(super) const FIRST_DAY: i64 = -719_162;
pub(super) const LAST_DAY: i64 = 2_932_896;

/// Year, month (1 to 12) and day (1 to 31); none outside the years 0001 to 9999.
pub(super) fn civil(days: i64) -> Option<(i64, i64, i64)> {
    if !(FIRST_DAY..=LAST_DAY).contains(&days) {
        return None;
    }
    // Counted from 0000-03-01, so that the leap day ends a year; never negative from year 1 on.
    let z = days + 719_468;
    let era = z / 146_097;
    let day_of_era = z - era * 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Some((year, month, day))
}

/// 0 is Sunday; 1970-01-01 was a Thursday.
pub(super) fn weekday(days: i64) -> i64 {
    (days + 4).rem_euclid(7)
}
