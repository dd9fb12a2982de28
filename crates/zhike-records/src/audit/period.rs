//! Where in the audit a time lies. Rows are written in the order of time but for clocks that differ between nodes and for
//! transactions that take a while, so that a handful of look-ups by `seq` finds the place without an index on the time.

use zhike_db::{Tx, sql};
use zhike_types::Result;

/// Clocks may differ, or have been set back, by so much (ms).
const SLACK: i64 = 24 * 3_600_000;

/// A range of `seq` that holds all rows of the time from `from` to before `until` (ms since 1970), and few others.
pub(super) async fn rows_of(tx: &mut Tx, from: Option<i64>, until: Option<i64>) -> Result<(i64, i64)> {
    let first = match from {
        Some(from) => first_at(tx, from.saturating_sub(SLACK)).await?,
        None => 0,
    };
    let end = match until {
        Some(until) => first_at(tx, until.saturating_add(SLACK)).await?,
        None => i64::MAX,
    };
    Ok((first, end))
}

/// A `seq` such that no row before it is later than `at` by more than the slack, and none from it on is earlier by more.
async fn first_at(tx: &mut Tx, at: i64) -> Result<i64> {
    let (mut low, mut high) = (0, tx.number(zhike_db::Sql::new("SELECT COALESCE(MAX(seq), 0) FROM audit")).await? + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let row = tx.row(sql!("SELECT seq, at FROM audit WHERE seq >= $1 ORDER BY seq LIMIT 1", middle)).await?;
        match row {
            Some(row) if row.must_int(1)? < at => low = row.must_int(0)? + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}
