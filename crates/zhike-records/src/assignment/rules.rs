//! Whose turn it is.
//!
//! Rounds are strides (Waldspurger 1995): everybody has a moment at which they are next, and what they get moves it on by so much
//! the less as their weight is greater. Who was away, or is new, begins at the moment that the round has come to: nothing is made
//! up for.

use zhike_types::Uuid;

/// How far what somebody of weight 1 gets moves their moment.
pub(super) const STRIDE: i64 = 1_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Round,
    Fewest,
    First,
}

impl Way {
    pub fn of(key: &str) -> Self {
        match key {
            "fewest" => Self::Fewest,
            "first" => Self::First,
            _ => Self::Round,
        }
    }
}

/// Somebody on the list who is there.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// The row of the list.
    pub id: Uuid,
    pub user: Uuid,
    pub name: String,
    pub department: Option<Uuid>,
    /// 1 to 100.
    pub weight: i64,
    pub turn: i64,
    pub most: Option<i64>,
    /// What they have, as the rule counts it.
    pub held: i64,
    pub got: i64,
    /// It got one just now.
    pub fresh: bool,
}

/// Who gets the next one; none when all have as many as they may.
pub(super) fn next(way: Way, turn: i64, members: &[Member]) -> Option<usize> {
    let free = members.iter().enumerate().filter(|(_, one)| one.most.is_none_or(|most| one.held < most));
    match way {
        Way::First => free.map(|(at, _)| at).next(),
        Way::Round => free.min_by_key(|(at, one)| (one.turn.max(turn), *at)).map(|(at, _)| at),
        Way::Fewest => {
            free.min_by_key(|(at, one)| (one.held * STRIDE / one.weight, one.turn.max(turn), *at)).map(|(at, _)| at)
        }
    }
}

/// Somebody got one.
pub(super) fn took(turn: &mut i64, member: &mut Member) {
    *turn = member.turn.max(*turn);
    member.turn = *turn + STRIDE / member.weight;
    member.held += 1;
    member.got += 1;
    member.fresh = true;
}
