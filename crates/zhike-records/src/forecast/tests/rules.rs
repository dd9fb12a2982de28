//! What became of a deal, alone.

use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};

use super::super::{
    ChangeKind, Open,
    rules::{Stand, State, became, expected},
};

const DAYS: (i64, i64) = (100, 200);

fn state() -> impl Strategy<Value = Option<State>> {
    let stand = prop::sample::select(vec![Stand::Open, Stand::Open, Stand::Won, Stand::Lost]);
    let one = (stand, prop::option::of(50_i64..250), 0_i64..1_000).prop_map(|(stand, close, amount)| State {
        stand,
        close,
        amount,
    });
    prop::option::of(one)
}

fn counted(state: Option<State>) -> i64 {
    state
        .filter(|state| state.stand == Stand::Open && state.close.is_some_and(|day| day >= DAYS.0 && day < DAYS.1))
        .map_or(0, |state| state.amount)
}

proptest! {
    #[test]
    fn what_was_there_and_all_changes_are_what_is_there(deals in prop::collection::vec((state(), state()), 0..30)) {
        let (mut start, mut moved, mut now) = (0, 0, 0);
        for (before, after) in deals {
            (start, now) = (start + counted(before), now + counted(after));
            if let Some((kind, by)) = became(before, after, DAYS) {
                moved += by;
                let gains = matches!(kind, ChangeKind::Added | ChangeKind::MovedIn | ChangeKind::Raised);
                prop_assert!(if gains { by >= 0 } else { by <= 0 }, "{kind:?} {by}");
            } else {
                prop_assert_eq!(counted(before), counted(after));
            }
        }
        prop_assert_eq!(start + moved, now);
    }

    #[test]
    fn what_is_omitted_is_not_expected(won in 0_i64..1_000, weighted in prop::array::uniform4(0_i64..1_000), deals in any::<bool>()) {
        let open = weighted.map(|weighted| Open { deals: i64::from(deals), amount: weighted * 2, weighted });
        prop_assert_eq!(expected(won, &open), won + weighted[0] + weighted[1] + weighted[2]);
    }
}

#[test]
fn each_change_has_its_name() {
    let open = |close, amount| Some(State { stand: Stand::Open, close: Some(close), amount });
    let ended = |stand| Some(State { stand, close: Some(150), amount: 10 });
    for (before, after, told) in [
        (None, open(150, 10), Some((ChangeKind::Added, 10))),
        (ended(Stand::Lost), open(150, 10), Some((ChangeKind::Added, 10))),
        (open(250, 10), open(150, 12), Some((ChangeKind::MovedIn, 12))),
        (open(150, 10), open(199, 12), Some((ChangeKind::Raised, 2))),
        (open(150, 10), open(100, 7), Some((ChangeKind::Lowered, -3))),
        (open(150, 10), open(200, 10), Some((ChangeKind::MovedOut, -10))),
        (open(150, 10), ended(Stand::Won), Some((ChangeKind::Won, -10))),
        (open(150, 10), ended(Stand::Lost), Some((ChangeKind::Lost, -10))),
        (open(150, 10), None, Some((ChangeKind::Removed, -10))),
        (open(150, 10), open(151, 10), None),
        (None, ended(Stand::Won), None),
    ] {
        assert_eq!(became(before, after, DAYS), told);
    }
}
