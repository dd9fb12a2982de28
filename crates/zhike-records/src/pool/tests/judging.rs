//! The rules alone: values in, an answer out.

use crate::pool::{
    Pool,
    rules::{Case, Refusal, Standing, claim, left, reason},
};

const DAY: i64 = 86_400_000;

fn pool() -> Pool {
    Pool {
        active: true,
        claims_a_day: Some(2),
        held_most: Some(3),
        cool_down_days: 10,
        reasons: vec!["太远".to_owned()],
        ..Pool::default()
    }
}

fn case() -> Case {
    Case { standing: Standing { member: true, manager: false }, now: 100 * DAY, ..Case::default() }
}

#[test]
fn the_first_thing_that_stands_against_a_claim_is_said() {
    assert_eq!(claim(&pool(), &case()), None);
    let stranger = Case { standing: Standing::default(), ..case() };
    assert_eq!(claim(&pool(), &stranger), Some(Refusal::NotMember));
    assert_eq!(claim(&Pool { active: false, ..pool() }, &case()), Some(Refusal::OutOfUse));
    let protected = Case { protected: true, ..case() };
    assert_eq!(claim(&pool(), &protected), Some(Refusal::Protected));
    let manager = Case { standing: Standing { member: true, manager: true }, ..protected };
    assert_eq!(claim(&pool(), &manager), None);
    assert_eq!(claim(&pool(), &Case { claimed: 1, held: 2, ..case() }), None);
    assert_eq!(claim(&pool(), &Case { claimed: 2, ..case() }), Some(Refusal::Claims(2)));
    assert_eq!(claim(&pool(), &Case { held: 3, ..case() }), Some(Refusal::Held(3)));
    let free = Pool { claims_a_day: None, held_most: None, ..pool() };
    assert_eq!(claim(&free, &Case { claimed: 999, held: 999, ..case() }), None);
}

#[test]
fn a_cool_down_ends_to_the_millisecond() {
    let after = |passed: i64| claim(&pool(), &Case { gave_back: Some(case().now - passed), ..case() });
    assert_eq!(after(0), Some(Refusal::CoolDown(10)));
    assert_eq!(after(DAY), Some(Refusal::CoolDown(9)));
    assert_eq!(after(10 * DAY - 1), Some(Refusal::CoolDown(1)));
    assert_eq!(after(10 * DAY), None);
}

#[test]
fn what_is_left_is_never_less_than_nothing_and_a_reason_is_the_pools() {
    assert_eq!((left(Some(3), 1), left(Some(3), 5), left(None, 5)), (Some(2), Some(0), None));
    assert_eq!(reason(&pool(), " 太远 ", "在新疆").expect("one of them"), "太远：在新疆");
    assert!(reason(&pool(), "太贵", "").is_err() && reason(&pool(), "", "太远").is_err());
    assert!(reason(&pool(), "太远", &"很".repeat(600)).is_err());
}
