//! What stage a record is in, and for how long.

use zhike_types::{Value, Zone};

/// The word for a stage in addresses: an option's key, a stage record's id; empty for a record that is in none.
pub fn key_of(value: &Value) -> String {
    match value {
        Value::Text(key) => key.clone(),
        Value::Id(id) => id.to_string(),
        _ => String::new(),
    }
}

/// Days since a record entered its stage (`since` and `now` in ms); days begin at midnight in the zone.
pub fn days_in_stage(since: Option<i64>, now: i64, zone: &Zone) -> Option<i64> {
    since.map(|since| (zone.day_of(now) - zone.day_of(since)).max(0))
}

/// Whether a record lies in its stage for longer than the stage is meant to take.
pub fn is_rotten(days: Option<i64>, rot_days: Option<i64>) -> bool {
    matches!((days, rot_days), (Some(days), Some(most)) if most > 0 && days > most)
}
