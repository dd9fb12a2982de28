//! Who may sign now, and when a step is done.
//!
//! A step has seats. A signer may ask others to sign before it, or after it: their seats hang on its seat, and that one counts
//! only when all of them have signed.

use zhike_model::ApprovalSign;
use zhike_types::{Text, Uuid};

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalState {
    Open,
    /// Sent back to who asked, who may ask again.
    Returned,
    Passed,
    Rejected,
    Withdrawn,
}

impl ApprovalState {
    pub const ALL: [Self; 5] = [Self::Open, Self::Returned, Self::Passed, Self::Rejected, Self::Withdrawn];

    pub fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Returned => "returned",
            Self::Passed => "passed",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub(super) fn of(key: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.key() == key).unwrap_or(Self::Open)
    }

    pub fn label(self) -> Text {
        match self {
            Self::Open => Text::new("审批中", "In approval"),
            Self::Returned => Text::new("已退回", "Sent back"),
            Self::Passed => Text::new("已通过", "Passed"),
            Self::Rejected => Text::new("已驳回", "Rejected"),
            Self::Withdrawn => Text::new("已撤回", "Withdrawn"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatState {
    Waiting,
    Signed,
    /// Nobody is to sign here any more: the step was gone back from, or the request ended.
    Void,
}

impl SeatState {
    pub fn key(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Signed => "signed",
            Self::Void => "void",
        }
    }

    pub(super) fn of(key: &str) -> Self {
        match key {
            "signed" => Self::Signed,
            "void" => Self::Void,
            _ => Self::Waiting,
        }
    }
}

/// 加签: before who asked, or after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Before,
    After,
}

impl Side {
    pub fn key(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }

    pub fn of(key: &str) -> Option<Self> {
        [Self::Before, Self::After].into_iter().find(|side| side.key() == key)
    }
}

/// A seat of the step that is being signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seat {
    pub id: Uuid,
    /// Their order.
    pub place: i64,
    /// On whose it hangs.
    pub parent: Option<(Uuid, Side)>,
    pub user: Uuid,
    pub state: SeatState,
}

/// The seats that may sign now.
pub(super) fn open(sign: ApprovalSign, seats: &[Seat]) -> Vec<Uuid> {
    let mut open = Vec::new();
    for seat in tops(seats) {
        walk(seats, seat, &mut open);
        if sign == ApprovalSign::Serial && !complete(seats, seat) {
            break;
        }
    }
    // of 或签 nobody is asked once one has signed
    if is_done(sign, seats) { Vec::new() } else { open }
}

/// Whether the step is done.
pub(super) fn is_done(sign: ApprovalSign, seats: &[Seat]) -> bool {
    let mut tops = tops(seats).into_iter().peekable();
    let any = tops.peek().is_some();
    match sign {
        ApprovalSign::Any => tops.any(|seat| complete(seats, seat)),
        ApprovalSign::All | ApprovalSign::Serial => any && tops.all(|seat| complete(seats, seat)),
    }
}

fn tops(seats: &[Seat]) -> Vec<&Seat> {
    let mut tops: Vec<&Seat> =
        seats.iter().filter(|seat| seat.parent.is_none() && seat.state != SeatState::Void).collect();
    tops.sort_by_key(|seat| seat.place);
    tops
}

fn hanging(seats: &[Seat], on: Uuid, side: Side) -> impl Iterator<Item = &Seat> {
    seats.iter().filter(move |seat| seat.parent == Some((on, side)) && seat.state != SeatState::Void)
}

fn complete(seats: &[Seat], seat: &Seat) -> bool {
    seat.state == SeatState::Signed
        && hanging(seats, seat.id, Side::Before).all(|one| complete(seats, one))
        && hanging(seats, seat.id, Side::After).all(|one| complete(seats, one))
}

fn walk(seats: &[Seat], seat: &Seat, open: &mut Vec<Uuid>) {
    for one in hanging(seats, seat.id, Side::Before) {
        walk(seats, one, open);
    }
    let before = hanging(seats, seat.id, Side::Before).all(|one| complete(seats, one));
    match seat.state {
        SeatState::Waiting if before => open.push(seat.id),
        SeatState::Signed => hanging(seats, seat.id, Side::After).for_each(|one| walk(seats, one, open)),
        _ => {}
    }
}
