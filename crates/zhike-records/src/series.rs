//! Automatic numbers: `KH{yyyy}{mm}-{00000}` counts up within a month, without one within a year, and so on.

use jiff::civil::Date;
use zhike_db::{Tx, sql};
use zhike_model::NumberSeries;
use zhike_types::Result;

/// Takes the next `count` numbers of a series. The counter's row is held until the transaction ends, so no number is given
/// twice; a transaction that fails gives its numbers back.
pub(crate) async fn next(
    tx: &mut Tx,
    object: &str,
    field: &str,
    series: &NumberSeries,
    date: Date,
    count: i64,
) -> Result<Vec<String>> {
    let period = period(&series.pattern, date);
    let key = format!("{object}.{field}.{period}");
    let row = tx
        .row(sql!(
            "INSERT INTO number_series (key, next) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET next = number_series.next + $3 RETURNING next",
            key,
            count + 1,
            count
        ))
        .await?;
    let after = row.map(|row| row.must_int(0)).transpose()?.unwrap_or(count + 1);
    Ok((after - count..after).map(|number| format(&series.pattern, date, number)).collect())
}

/// The part of time in which numbers count up.
pub(crate) fn period(pattern: &str, date: Date) -> String {
    if pattern.contains("{dd}") {
        date.strftime("%Y%m%d").to_string()
    } else if pattern.contains("{mm}") {
        date.strftime("%Y%m").to_string()
    } else if pattern.contains("{yy") {
        date.strftime("%Y").to_string()
    } else {
        String::new()
    }
}

fn format(pattern: &str, date: Date, number: i64) -> String {
    let mut text = pattern
        .replace("{yyyy}", &date.strftime("%Y").to_string())
        .replace("{yy}", &date.strftime("%y").to_string())
        .replace("{mm}", &date.strftime("%m").to_string())
        .replace("{dd}", &date.strftime("%d").to_string());
    if let Some(start) = text.find("{0")
        && let Some(length) = text[start..].find('}')
    {
        let width = length - 1;
        text.replace_range(start..=start + length, &format!("{number:0width$}"));
    }
    text
}
