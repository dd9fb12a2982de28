//! Sums of a forecast, and what became of a deal.

use super::{Category, ChangeKind, Open};

/// What is won and the weighted rest, without what is omitted.
pub(crate) fn expected(won: i64, open: &[Open; 4]) -> i64 {
    let counted = Category::ALL.iter().filter(|category| **category != Category::Omitted);
    counted.fold(won, |sum, category| sum.saturating_add(open[category.place()].weighted))
}

/// How a deal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    Open,
    Won,
    Lost,
}

/// A deal at a moment, as far as a forecast asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    pub stand: Stand,
    /// The day it is expected, since 1970.
    pub close: Option<i64>,
    pub amount: i64,
}

impl State {
    /// What it counts in the days of a forecast; none when it does not stand there.
    fn counts(&self, (from, until): (i64, i64)) -> Option<i64> {
        let within = self.close.is_some_and(|day| (from..until).contains(&day));
        (self.stand == Stand::Open && within).then_some(self.amount)
    }
}

/// What became of a deal between two moments, and by how much the sum of what is open in those days changed by it: what was there and
/// all changes are what is there now. None where nothing changed for the forecast.
pub(crate) fn became(before: Option<State>, after: Option<State>, days: (i64, i64)) -> Option<(ChangeKind, i64)> {
    let counted = |state: Option<State>| state.and_then(|state| state.counts(days));
    match (counted(before), counted(after)) {
        (None, None) => None,
        (Some(was), Some(is)) if was == is => None,
        (Some(was), Some(is)) => Some((if is > was { ChangeKind::Raised } else { ChangeKind::Lowered }, is - was)),
        (None, Some(is)) => {
            let open = before.is_some_and(|state| state.stand == Stand::Open);
            Some((if open { ChangeKind::MovedIn } else { ChangeKind::Added }, is))
        }
        (Some(was), None) => {
            let kind = match after.map(|state| state.stand) {
                Some(Stand::Won) => ChangeKind::Won,
                Some(Stand::Lost) => ChangeKind::Lost,
                Some(Stand::Open) => ChangeKind::MovedOut,
                None => ChangeKind::Removed,
            };
            Some((kind, -was))
        }
    }
}
