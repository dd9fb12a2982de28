//! What targets, shares and rankings come to: whole numbers in, whole numbers out.

use std::cmp::Reverse;

use super::period::{Period, Span};

/// Parts an amount by weights: each gets its part, and together they get exactly the amount. What rounding leaves goes to the largest
/// remainders, the first of equal ones. Without any weight nobody gets anything and the amount is nobody's.
pub(crate) fn shares(amount: i64, weights: &[i64]) -> Vec<i64> {
    let total: i128 = weights.iter().map(|weight| i128::from((*weight).max(0))).sum();
    if total == 0 {
        return vec![0; weights.len()];
    }
    let (sign, whole) = (amount.signum(), i128::from(amount).abs());
    let parts: Vec<(i128, i128)> = weights
        .iter()
        .map(|weight| {
            let product = whole * i128::from((*weight).max(0));
            (product / total, product % total)
        })
        .collect();
    let mut given: Vec<i128> = parts.iter().map(|(part, _)| *part).collect();
    let left = whole - given.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&i| Reverse(parts[i].1));
    for &i in order.iter().take(usize::try_from(left).unwrap_or_default()) {
        given[i] += 1;
    }
    // a part is no larger than the amount
    given.into_iter().map(|part| sign * i64::try_from(part).unwrap_or(i64::MAX)).collect()
}

/// How much of the target was reached, in thousandths; none without a target.
pub(crate) fn achievement(actual: i64, target: Option<i64>) -> Option<i64> {
    target.filter(|target| *target > 0).map(|target| per_mille(actual, target))
}

/// By how much a figure changed, in thousandths of what it was; none where there was nothing.
pub(crate) fn change(now: i64, before: i64) -> Option<i64> {
    (before != 0).then(|| per_mille(now.saturating_sub(before), before.saturating_abs()))
}

/// Rounded half away from zero.
fn per_mille(part: i64, whole: i64) -> i64 {
    let (part, whole) = (i128::from(part) * 1_000, i128::from(whole));
    let half = if part < 0 { -whole / 2 } else { whole / 2 };
    i64::try_from((part + half) / whole).unwrap_or(if part < 0 { i64::MIN } else { i64::MAX })
}

/// Places by a figure, the largest first: equal figures share a place, and the places they take are not given again (1, 2, 2, 4).
/// Who has no figure has no place.
pub(crate) fn places(figures: &[Option<i64>]) -> Vec<Option<usize>> {
    figures
        .iter()
        .map(|figure| figure.map(|figure| 1 + figures.iter().flatten().filter(|other| **other > figure).count()))
        .collect()
}

/// The target of a period: what was set for it, else what its quarters come to, each as it was set or as its months come to. None
/// where nothing was set.
pub(crate) fn target_of(period: Period, set: &impl Fn(Period) -> Option<i64>) -> Option<i64> {
    let shorter = match period.span {
        Span::Year => Some(Span::Quarter),
        Span::Quarter => Some(Span::Month),
        Span::Month => None,
    };
    set(period).or_else(|| {
        let parts = period.parts(shorter?).into_iter().filter_map(|part| target_of(part, set));
        parts.reduce(i64::saturating_add)
    })
}
