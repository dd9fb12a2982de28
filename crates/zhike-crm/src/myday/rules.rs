//! When something is due, seen from now.

use zhike_types::Zone;

/// When a task or a follow-up is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// Its day is over: so many days ago.
    Overdue(i64),
    /// Today, whether its hour has passed or not.
    Today,
    Tomorrow,
    /// On one of the five days after tomorrow.
    ThisWeek,
    Later,
    /// No time was set.
    Undated,
}

/// `at` and `now` in ms; days begin at midnight in the zone.
pub fn due(at: Option<i64>, now: i64, zone: &Zone) -> Due {
    let Some(at) = at else { return Due::Undated };
    match zone.day_of(at) - zone.day_of(now) {
        days @ ..0 => Due::Overdue(-days),
        0 => Due::Today,
        1 => Due::Tomorrow,
        2..=6 => Due::ThisWeek,
        _ => Due::Later,
    }
}

/// Whole days since one last heard of a customer; none when one never did.
pub fn silent_days(last: Option<i64>, now: i64, zone: &Zone) -> Option<i64> {
    last.map(|last| (zone.day_of(now) - zone.day_of(last)).max(0))
}

/// How to greet: 早上好, 上午好, 中午好, 下午好, 晚上好.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeOfDay {
    Morning,
    Forenoon,
    Noon,
    Afternoon,
    Evening,
}

pub fn time_of_day(now: i64, zone: &Zone) -> TimeOfDay {
    match zone.civil(now).hour() {
        5..9 => TimeOfDay::Morning,
        9..11 => TimeOfDay::Forenoon,
        11..13 => TimeOfDay::Noon,
        13..18 => TimeOfDay::Afternoon,
        _ => TimeOfDay::Evening,
    }
}
