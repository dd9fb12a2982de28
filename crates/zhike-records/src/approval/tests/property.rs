//! Random processes, random acts, several people at one moment: a request never passes without the signatures it needs, never has
//! two ends, and changes nothing unless it passed.

use futures_util::future::join_all;

use super::*;
use crate::{SeatState, Side};

/// Small and the same everywhere (SplitMix64).
pub(super) struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    pub fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.roll(all.len() as u64) as usize]
    }
}

fn random_step(dice: &mut Dice, people: &[Actor]) -> ApprovalStep {
    let sign = *dice.pick(&[ApprovalSign::Any, ApprovalSign::All, ApprovalSign::Serial]);
    let count = 1 + dice.roll(3) as usize;
    let from = dice.roll(people.len() as u64) as usize;
    let some: Vec<&Actor> = people.iter().cycle().skip(from).take(count).collect();
    step(users(&some), sign)
}

fn random_act(dice: &mut Dice, people: &[Actor]) -> ApprovalAct {
    match dice.roll(20) {
        0 => ApprovalAct::Reject,
        1 => ApprovalAct::SendBack { to: None },
        2 | 3 => ApprovalAct::SendBack { to: Some(dice.roll(2) as usize) },
        4 => ApprovalAct::AddSign { users: vec![id(dice.pick(people))], side: Side::Before },
        5 => ApprovalAct::AddSign { users: vec![id(dice.pick(people))], side: Side::After },
        6 => ApprovalAct::Delegate { to: id(dice.pick(people)) },
        7 => ApprovalAct::Comment,
        8 => ApprovalAct::Withdraw,
        9 => ApprovalAct::Resubmit,
        _ => ApprovalAct::Approve,
    }
}

/// By the seats that count alone, written down another way than the rules are.
fn is_signed(approval: &Approval) -> bool {
    approval.steps.iter().all(|step| {
        let own: Vec<bool> =
            step.seats.iter().filter(|seat| seat.asked.is_none()).map(|seat| seat.state == SeatState::Signed).collect();
        match step.sign {
            ApprovalSign::Any => own.contains(&true),
            // all of them, and all whom they asked
            ApprovalSign::All | ApprovalSign::Serial => {
                !own.is_empty() && step.seats.iter().all(|seat| seat.state == SeatState::Signed)
            }
        }
    })
}

async fn check(site: &Site, office: &Office, approval: Uuid, seed: u64) -> ApprovalState {
    let now = site.engine.approval(&site.admin, approval).await.expect("it is there");
    let ends = |action: &str| now.deeds.iter().filter(|deed| deed.action == action).count();
    let (passed, rejected, withdrawn) = (ends("pass"), ends("reject"), ends("withdraw"));
    assert!(passed + rejected + withdrawn <= 1, "seed {seed}: two ends: {:?}", now.deeds);
    let level = office.level(site).await;
    assert_eq!(level == "A", now.state == ApprovalState::Passed, "seed {seed}: {:?}, level {level}", now.state);
    match now.state {
        ApprovalState::Passed => {
            assert_eq!(passed, 1);
            assert!(is_signed(&now), "seed {seed}: passed without all signatures: {:?}", now.steps);
        }
        ApprovalState::Rejected => assert_eq!(rejected, 1),
        ApprovalState::Withdrawn => assert_eq!(withdrawn, 1),
        ApprovalState::Open => {
            assert!(
                now.steps.iter().flat_map(|step| &step.seats).any(|seat| seat.may_sign),
                "seed {seed}: nobody can go on"
            );
        }
        ApprovalState::Returned => {}
    }
    // each signature that counts was given by somebody who is not who asked
    let signed = now.steps.iter().flat_map(|step| &step.seats).filter(|seat| seat.state == SeatState::Signed);
    for seat in signed {
        assert_ne!(seat.person.id, id(&office.fang), "seed {seed}");
        let by = |deed: &&crate::ApprovalDeed| deed.action == "approve" && deed.actor_id == Some(seat.person.id);
        assert!(now.deeds.iter().any(|deed| by(&deed)), "seed {seed}: {} signed nothing", seat.person.name);
    }
    now.state
}

#[test]
fn no_sequence_of_acts_makes_what_was_not_signed() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let people = [office.li.clone(), office.zhou.clone(), office.cai.clone(), office.wu.clone()];
        let everybody = [&people[..], std::slice::from_ref(&office.fang)].concat();
        let process = keep(&site, level_takes(vec![manager(1)])).await;
        let mut ends = std::collections::BTreeMap::new();
        for seed in 0..24 {
            let mut dice = Dice(seed);
            let steps = (0..=dice.roll(3)).map(|_| random_step(&mut dice, &people)).collect();
            let input = level_takes(steps);
            site.engine
                .save_approval_process(&site.admin, Some(process.id), None, input)
                .await
                .expect("another process");
            let asked = office.asks(&site).await;
            let mut state = ApprovalState::Open;
            for _ in 0..14 {
                if !matches!(state, ApprovalState::Open | ApprovalState::Returned) {
                    break;
                }
                // three at one moment; what is refused is refused
                let acts: Vec<(Actor, ApprovalAct)> =
                    (0..3).map(|_| (dice.pick(&everybody).clone(), random_act(&mut dice, &people))).collect();
                let tried = acts.into_iter().map(|(actor, what)| {
                    let (engine, approval) = (site.engine.clone(), asked.id);
                    async move { engine.act_on_approval(&actor, approval, None, what, "说明").await }
                });
                for outcome in join_all(tried).await {
                    assert!(!matches!(outcome, Err(Error::Internal(_))), "seed {seed}: {outcome:?}");
                }
                state = check(&site, &office, asked.id, seed).await;
            }
            *ends.entry(state.key()).or_insert(0) += 1;
            if matches!(state, ApprovalState::Open | ApprovalState::Returned) {
                done(&site, &office.fang, &asked, ApprovalAct::Withdraw).await;
            }
            site.engine.change(&site.admin, "account", office.account, None, level_is("C")).await.expect("begins anew");
        }
        assert!(ends.contains_key("passed") && ends.len() >= 3, "the dice are loaded: {ends:?}");
    });
}
