//! Signing together, one after the other, before and after; handing on, standing in.

use super::*;
use crate::{SeatState, Side, WhichApprovals, approval::rules};

fn seat(n: u128, state: SeatState, parent: Option<(u128, Side)>) -> rules::Seat {
    let id = Uuid::from_u128;
    rules::Seat {
        id: id(n),
        place: n as i64,
        parent: parent.map(|(on, side)| (id(on), side)),
        user: id(100 + n),
        state,
    }
}

#[test]
fn the_rules_know_whose_turn_it_is() {
    use ApprovalSign::{All, Any, Serial};
    use SeatState::{Signed, Void, Waiting};
    let open = |sign, seats: &[rules::Seat]| rules::open(sign, seats).iter().map(Uuid::as_u128).collect::<Vec<_>>();
    let two = [seat(1, Waiting, None), seat(2, Waiting, None)];
    assert_eq!((open(Any, &two), open(All, &two), open(Serial, &two)), (vec![1, 2], vec![1, 2], vec![1]));
    let one = [seat(1, Signed, None), seat(2, Waiting, None)];
    assert_eq!((open(Any, &one), open(All, &one), open(Serial, &one)), (vec![], vec![2], vec![2]));
    assert!(rules::is_done(Any, &one) && !rules::is_done(All, &one) && !rules::is_done(Serial, &one));
    assert!(!rules::is_done(All, &[]), "nobody is not everybody");
    assert!(!rules::is_done(All, &[seat(1, Void, None)]));
    let before = [seat(1, Waiting, None), seat(2, Waiting, Some((1, Side::Before)))];
    assert_eq!(open(All, &before), [2]);
    let after = [seat(1, Signed, None), seat(2, Waiting, Some((1, Side::After)))];
    assert_eq!((open(Any, &after), rules::is_done(Any, &after)), (vec![2], false));
    let deep =
        [seat(1, Waiting, None), seat(2, Signed, Some((1, Side::Before))), seat(3, Waiting, Some((2, Side::After)))];
    assert_eq!(open(Serial, &deep), [3], "who was asked after one that was asked before");
}

#[test]
fn one_of_them_is_enough_where_one_is_asked_for() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes(vec![step(users(&[&office.cai, &office.wu]), ApprovalSign::Any)])).await;
        let asked = office.asks(&site).await;
        let passed = done(&site, &office.wu, &asked, ApprovalAct::Approve).await;
        assert_eq!(passed.state, ApprovalState::Passed);
        let late = act(&site, &office.cai, &asked, ApprovalAct::Approve).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
    });
}

#[test]
fn one_after_the_other_in_the_order_named() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes(vec![step(users(&[&office.wu, &office.cai]), ApprovalSign::Serial)])).await;
        let asked = office.asks(&site).await;
        let early = act(&site, &office.cai, &asked, ApprovalAct::Approve).await;
        assert!(matches!(early, Err(Error::Conflict(_))), "{early:?}");
        assert_eq!(site.engine.approvals_count(&office.cai, WhichApprovals::ToSign).await.expect("counted"), 0);
        done(&site, &office.wu, &asked, ApprovalAct::Approve).await;
        assert_eq!(site.engine.approvals_count(&office.cai, WhichApprovals::ToSign).await.expect("counted"), 1);
        assert_eq!(done(&site, &office.cai, &asked, ApprovalAct::Approve).await.state, ApprovalState::Passed);
    });
}

#[test]
fn back_to_an_earlier_step_all_of_it_is_signed_again() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes(vec![manager(1), manager(2)])).await;
        let asked = office.asks(&site).await;
        done(&site, &office.li, &asked, ApprovalAct::Approve).await;
        let wrong = act(&site, &office.zhou, &asked, ApprovalAct::SendBack { to: Some(1) }).await;
        assert!(matches!(wrong, Err(Error::Invalid(_))), "{wrong:?}");
        let back = done(&site, &office.zhou, &asked, ApprovalAct::SendBack { to: Some(0) }).await;
        assert_eq!((back.state, back.step), (ApprovalState::Open, 0));
        let early = act(&site, &office.zhou, &asked, ApprovalAct::Approve).await;
        assert!(early.is_err(), "it is not at that step: {early:?}");
        done(&site, &office.li, &asked, ApprovalAct::Approve).await;
        assert_eq!(done(&site, &office.zhou, &asked, ApprovalAct::Approve).await.state, ApprovalState::Passed);
    });
}

#[test]
fn others_are_asked_before_and_after() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes(vec![manager(1)])).await;
        let asked = office.asks(&site).await;
        let add = |actor: &Actor, side| ApprovalAct::AddSign { users: vec![id(actor)], side };
        let own = act(&site, &office.li, &asked, add(&office.fang, Side::Before)).await;
        assert!(matches!(own, Err(Error::Invalid(_))), "who asked does not sign: {own:?}");
        done(&site, &office.li, &asked, add(&office.cai, Side::Before)).await;
        done(&site, &office.li, &asked, ApprovalAct::Comment).await;
        let early = act(&site, &office.li, &asked, ApprovalAct::Approve).await;
        assert!(matches!(early, Err(Error::Conflict(_))), "{early:?}");
        done(&site, &office.cai, &asked, add(&office.zhou, Side::After)).await;
        done(&site, &office.cai, &asked, ApprovalAct::Approve).await;
        let early = act(&site, &office.li, &asked, ApprovalAct::Approve).await;
        assert!(matches!(early, Err(Error::Conflict(_))), "the one asked after is not through: {early:?}");
        done(&site, &office.zhou, &asked, ApprovalAct::Approve).await;
        done(&site, &office.li, &asked, add(&office.wu, Side::After)).await;
        let open = done(&site, &office.li, &asked, ApprovalAct::Approve).await;
        assert_eq!((open.state, office.level(&site).await.as_str()), (ApprovalState::Open, "C"));
        assert_eq!(done(&site, &office.wu, &asked, ApprovalAct::Approve).await.state, ApprovalState::Passed);
    });
}

#[test]
fn handed_on_it_is_another_who_signs() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes(vec![manager(1)])).await;
        let asked = office.asks(&site).await;
        let to = |actor: &Actor| ApprovalAct::Delegate { to: id(actor) };
        let refused = act(&site, &office.cai, &asked, to(&office.wu)).await;
        assert!(matches!(refused, Err(Error::NotFound)), "it is none of theirs: {refused:?}");
        done(&site, &office.li, &asked, to(&office.cai)).await;
        let late = act(&site, &office.li, &asked, ApprovalAct::Approve).await;
        assert!(late.is_err(), "{late:?}");
        // who keeps the processes hands on what lies with others
        done(&site, &office.zhou, &asked, to(&office.wu)).await;
        assert_eq!(done(&site, &office.wu, &asked, ApprovalAct::Approve).await.state, ApprovalState::Passed);
    });
}

#[test]
fn a_deputy_signs_for_who_is_away_and_both_names_stand() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes(vec![manager(1)])).await;
        let asked = office.asks(&site).await;
        let now = site.engine.now();
        let day = 24 * 60 * 60 * 1000;
        let not_yet = act(&site, &office.wu, &asked, ApprovalAct::Approve).await;
        assert!(matches!(not_yet, Err(Error::NotFound)), "{not_yet:?}");
        let away = site.engine.add_approval_absence(&office.li, id(&office.wu), now, now + day).await.expect("away");
        let twice = site.engine.add_approval_absence(&office.li, id(&office.cai), now, now + day).await;
        assert!(matches!(twice, Err(Error::Invalid(_))), "{twice:?}");
        assert_eq!(site.engine.approvals_count(&office.wu, WhichApprovals::ToSign).await.expect("counted"), 1);
        site.clock.advance(2 * day);
        assert_eq!(site.engine.approvals_count(&office.wu, WhichApprovals::ToSign).await.expect("counted"), 0);
        let over = act(&site, &office.wu, &asked, ApprovalAct::Approve).await;
        assert!(matches!(over, Err(Error::NotFound)), "{over:?}");
        let now = site.engine.now();
        site.engine.add_approval_absence(&office.li, id(&office.wu), now, now + day).await.expect("away again");
        assert!(site.engine.end_approval_absence(&office.wu, away.id).await.is_err(), "it is not theirs to end");
        let passed = done(&site, &office.wu, &asked, ApprovalAct::Approve).await;
        assert_eq!(passed.state, ApprovalState::Passed);
        let deed = passed.deeds.iter().find(|deed| deed.action == "approve").expect("signed");
        assert_eq!((deed.actor.as_str(), deed.for_name.as_deref()), ("赵务", Some("孙丽")));
    });
}

#[test]
fn who_asks_does_not_sign_even_as_a_deputy_or_a_manager() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes(vec![manager(1)])).await;
        let now = site.engine.now();
        site.engine.add_approval_absence(&office.li, id(&office.fang), now, now + 1_000_000).await.expect("away");
        let asked = office.asks(&site).await;
        let refused = act(&site, &office.fang, &asked, ApprovalAct::Approve).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        assert_eq!(site.engine.approvals_count(&office.fang, WhichApprovals::ToSign).await.expect("counted"), 0);
        done(&site, &office.fang, &asked, ApprovalAct::Withdraw).await;
        // the manager's own goes to the one above
        let asked = site.engine.submit_approval(&office.li, office.wish("A")).await.expect("asked");
        let waiting: Vec<&str> = asked.steps[0].seats.iter().map(|seat| seat.person.name.as_str()).collect();
        assert_eq!(waiting, ["周总"]);
    });
}
