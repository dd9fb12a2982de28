//! Targets of the year: a little above or below what everybody brings in anyway, so that rankings have winners and losers.

use zhike_records::{Actor, Engine, NewRow, PerformanceQuery, Period, RankOrder, RankedBy, Span, Unit, Who};
use zhike_types::Result;

use super::super::{Filled, World, chance::Chance};

/// What targets are set for, and the least that is asked in a month, in the figure's own unit (分, times).
const MEASURES: [(&str, i64); 3] = [("won_amount", 2_000_000), ("received_amount", 1_000_000), ("follow_ups", 5)];
/// How good the months are, in per cent: little before and during the spring festival, much before the year ends.
const SEASON: [i64; 12] = [80, 60, 105, 100, 100, 110, 95, 95, 110, 100, 115, 130];

pub(in crate::demo) async fn set(engine: &Engine, actor: &Actor, world: &World, filled: &mut Filled) -> Result<()> {
    let today = engine.zone().day_of(engine.now());
    let months = Period::holding(Span::Year, today).parts(Span::Month);
    let founded_at = world.founded_at();
    let mut rows = Vec::new();
    for (place, (measure, least)) in MEASURES.into_iter().enumerate() {
        let query = PerformanceQuery {
            measure: Some(measure.to_owned()),
            period: Period::holding(Span::Month, today),
            by: RankedBy::Person,
            department: None,
            product: None,
            currency: None,
            order: RankOrder::Actual,
        };
        let ranking = engine.performance(actor, &query).await?;
        let hundredths = if matches!(ranking.measure.unit, Unit::Money(_)) { 1 } else { 100 };
        for &seller in &world.staff.sellers {
            let user = &world.staff.users[seller];
            let line = ranking.rows.iter().find(|row| matches!(&row.who, Who::Person { id, .. } if *id == user.id));
            // the last months that are whole: the company grows
            let before = line.map_or(&[][..], |row| &row.trend[row.trend.len() - 5..row.trend.len() - 1]);
            let usual = before.iter().sum::<i64>() / (before.len().max(1) as i64);
            let mut chance = Chance::of(world.seed, 7_000 + place as u64, seller as u64);
            let wish = chance.between(85, 130);
            for (month, season) in months.iter().zip(SEASON) {
                let value = round((usual.max(least) * wish * season / 10_000).max(least));
                rows.push(NewRow {
                    created_at: Some(founded_at),
                    owner: Some(user.id),
                    department: Some(world.staff.departments[user.department].id),
                    values: vec![
                        ("measure", measure.into()),
                        ("period", "month".into()),
                        ("period_day", month.days().0.into()),
                        ("whom", "person".into()),
                        ("value", (value * hundredths).into()),
                        ("currency", "CNY".into()),
                    ],
                    ..NewRow::default()
                });
            }
        }
    }
    filled.add("target", rows.len() as u64);
    if rows.is_empty() { Ok(()) } else { engine.load(actor, "target", rows).await }
}

/// As people set targets: two digits and zeros.
fn round(value: i64) -> i64 {
    let mut step = 1;
    while value / step >= 100 {
        step *= 10;
    }
    (value + step / 2) / step * step
}

#[cfg(test)]
mod tests {
    use super::round;

    #[test]
    fn targets_are_round() {
        for (value, told) in [(7, 7), (99, 99), (104, 100), (1_250_000, 1_300_000), (987_654, 990_000)] {
            assert_eq!(round(value), told);
        }
    }
}
