//! One currency at a time.

use std::collections::BTreeSet;

use zhike_types::Currency;

use super::Unit;

/// The currencies there is anything in, the measure's own first; and the one that is shown.
pub(super) fn choose(unit: Unit, found: &BTreeSet<Currency>, asked: Option<Currency>) -> (Vec<Currency>, Unit) {
    let Unit::Money(own) = unit else { return (Vec::new(), unit) };
    let mut all: Vec<Currency> = found.iter().copied().filter(|currency| *currency != own).collect();
    if found.contains(&own) {
        all.insert(0, own);
    }
    let shown = asked.or_else(|| all.first().copied()).unwrap_or(own);
    (all, Unit::Money(shown))
}

/// A number of two decimals, as targets hold it, in the unit's own whole numbers.
pub(super) fn in_unit(hundredths: i64, unit: Unit) -> i64 {
    let scale = match unit {
        Unit::Money(currency) => currency.scale(),
        Unit::Number { scale } => scale,
    };
    match scale {
        2 => hundredths,
        0 | 1 => {
            let part = 10_i64.pow(2 - scale);
            (hundredths + part / 2).div_euclid(part)
        }
        more => hundredths.saturating_mul(10_i64.pow((more - 2).min(9))),
    }
}
