//! 超时: what a step says happens after so long, and nothing else.

use zhike_model::{ApprovalThen, ApprovalTimeout};

use super::{property::Dice, *};
use crate::SeatState;

const HOUR: i64 = 3_600_000;

fn timed(mut step: ApprovalStep, hours: i64, then: ApprovalThen) -> ApprovalStep {
    step.timeout = Some(ApprovalTimeout { hours, then });
    step
}

async fn later(site: &Site, hours: i64) -> i64 {
    site.clock.advance(hours * HOUR);
    site.engine.time_out_approvals().await.expect("looked")
}

async fn now(site: &Site, approval: &Approval) -> Approval {
    site.engine.approval(&site.admin, approval.id).await.expect("it is there")
}

fn waiting(approval: &Approval) -> Vec<&str> {
    let seats = approval.steps.iter().flat_map(|step| &step.seats);
    seats.filter(|seat| seat.may_sign).map(|seat| seat.person.name.as_str()).collect()
}

fn deeds(approval: &Approval, action: &str) -> usize {
    approval.deeds.iter().filter(|deed| deed.action == action).count()
}

#[test]
fn who_does_not_sign_is_reminded_again_and_again() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes(vec![timed(step(users(&[&office.cai]), ApprovalSign::All), 24, ApprovalThen::Remind)]))
            .await;
        let asked = office.asks(&site).await;
        assert_eq!(asked.due_at, Some(asked.at + 24 * HOUR));
        assert_eq!(later(&site, 23).await, 0, "not yet");
        assert_eq!(later(&site, 1).await, 1);
        assert_eq!(later(&site, 0).await, 0, "once is enough");
        let seen = now(&site, &asked).await;
        assert_eq!((seen.reminders, waiting(&seen)), (1, vec!["李财"]));
        let told = seen.deeds.last().expect("a deed");
        assert_eq!((told.action.as_str(), told.others.as_deref()), ("remind", Some("李财")));
        assert_eq!(later(&site, 23).await, 0);
        assert_eq!(later(&site, 1).await, 1);
        assert_eq!(now(&site, &asked).await.reminders, 2);
        done(&site, &office.cai, &asked, ApprovalAct::Approve).await;
        assert_eq!(later(&site, 100).await, 0);
        assert_eq!(office.level(&site).await, "A");
    });
}

#[test]
fn it_goes_up_to_the_superior_as_far_as_there_is_one() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes(vec![timed(manager(1), 8, ApprovalThen::Superior)])).await;
        let asked = office.asks(&site).await;
        assert_eq!(waiting(&asked), ["孙丽"]);
        assert_eq!(later(&site, 8).await, 1);
        let seen = now(&site, &asked).await;
        assert_eq!(waiting(&seen), ["周总"]);
        assert_eq!(seen.due_at, Some(asked.at + 16 * HOUR), "time begins anew");
        let refused = act(&site, &office.li, &asked, ApprovalAct::Approve).await;
        assert!(refused.is_err(), "it is not hers any more");
        // nobody is above: a reminder, and it still lies there
        assert_eq!(later(&site, 8).await, 1);
        let seen = now(&site, &asked).await;
        assert_eq!((waiting(&seen), seen.reminders), (vec!["周总"], 1));
        assert_eq!(later(&site, 1).await, 0);
        done(&site, &office.zhou, &asked, ApprovalAct::Approve).await;
        assert_eq!(office.level(&site).await, "A");
    });
}

#[test]
fn a_step_may_say_that_time_passes_or_refuses() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let second = step(users(&[&office.cai]), ApprovalSign::All);
        let first = timed(step(users(&[&office.li, &office.zhou]), ApprovalSign::Serial), 2, ApprovalThen::Pass);
        let process = keep(&site, level_takes(vec![first, timed(second, 5, ApprovalThen::Reject)])).await;
        let asked = office.asks(&site).await;
        assert_eq!(later(&site, 2).await, 1);
        assert_eq!(waiting(&now(&site, &asked).await), ["周总"], "the next has as long as the first");
        assert_eq!(later(&site, 2).await, 1);
        let seen = now(&site, &asked).await;
        assert_eq!((seen.step, waiting(&seen), deeds(&seen, "time-pass")), (1, vec!["李财"], 2));
        assert_eq!(later(&site, 5).await, 1);
        let seen = now(&site, &asked).await;
        assert_eq!((seen.state, deeds(&seen, "time-reject")), (ApprovalState::Rejected, 1));
        assert_eq!(office.level(&site).await, "C");

        // what cannot be made any more is for people: they are told, and nothing passes
        let only = timed(manager(1), 3, ApprovalThen::Pass);
        let input = ApprovalProcessInput { active: true, ..level_takes(vec![only]) };
        let input = ApprovalProcessInput { rule: ApprovalRule { locks: ApprovalLock::Fields, ..input.rule }, ..input };
        site.engine.save_approval_process(&site.admin, Some(process.id), None, input).await.expect("another version");
        let asked = office.asks(&site).await;
        site.engine.delete(&site.admin, "account", office.account, None, None).await.expect_err("it is held");
        assert_eq!(later(&site, 3).await, 1);
        assert_eq!((now(&site, &asked).await.state, office.level(&site).await.as_str()), (ApprovalState::Passed, "A"));
    });
}

#[test]
fn the_job_waits_for_what_is_open_and_a_wrong_time_is_refused() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let pending = async || {
            let mut tx = site.engine.db().read().await.expect("a connection");
            zhike_jobs::Jobs::is_pending(&mut tx, "approval-timeout").await.expect("looked")
        };
        site.engine.schedule_timeouts().await.expect("looked");
        assert!(!pending().await, "nothing is open");
        for hours in [0, 8_761] {
            let input = level_takes(vec![timed(manager(1), hours, ApprovalThen::Remind)]);
            let refused = site.engine.save_approval_process(&site.admin, None, None, input).await;
            assert!(matches!(&refused, Err(Error::Invalid(all)) if all[0].field == "steps.0.timeout"), "{refused:?}");
        }
        keep(&site, level_takes(vec![timed(manager(1), 1, ApprovalThen::Remind)])).await;
        office.asks(&site).await;
        site.engine.schedule_timeouts().await.expect("looked");
        site.engine.schedule_timeouts().await.expect("twice is once");
        assert!(pending().await);
    });
}

/// Time alone never makes what a step did not leave to time.
#[test]
fn time_signs_only_where_the_step_says_so() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let people = [&office.li, &office.zhou, &office.cai, &office.wu];
        let process = keep(&site, level_takes(vec![manager(1)])).await;
        let (mut passed, mut open) = (0, 0);
        for seed in 0..20 {
            let mut dice = Dice(seed);
            let steps: Vec<ApprovalStep> = (0..=dice.roll(2))
                .map(|_| {
                    let sign = *dice.pick(&[ApprovalSign::Any, ApprovalSign::All, ApprovalSign::Serial]);
                    let from = dice.roll(4) as usize;
                    let some: Vec<&Actor> =
                        people.iter().copied().cycle().skip(from).take(1 + dice.roll(2) as usize).collect();
                    let then = *dice.pick(&[
                        ApprovalThen::Remind,
                        ApprovalThen::Superior,
                        ApprovalThen::Pass,
                        ApprovalThen::Pass,
                    ]);
                    let one = step(users(&some), sign);
                    if dice.roll(5) == 0 { one } else { timed(one, 1 + dice.roll(6) as i64, then) }
                })
                .collect();
            let by_time =
                |at: usize| matches!(steps[at].timeout, Some(ApprovalTimeout { then: ApprovalThen::Pass, .. }));
            let input = level_takes(steps.clone());
            site.engine.save_approval_process(&site.admin, Some(process.id), None, input).await.expect("a version");
            let asked = office.asks(&site).await;
            for _ in 0..12 {
                site.clock.advance(dice.roll(4) as i64 * HOUR);
                // time and somebody who signs, at one moment
                let who = (*dice.pick(&people)).clone();
                let (engine, other, id) = (site.engine.clone(), site.engine.clone(), asked.id);
                let signs = dice.roll(4) == 0;
                let (time, signed) = tokio::join!(engine.time_out_approvals(), async move {
                    if signs {
                        other.act_on_approval(&who, id, None, ApprovalAct::Approve, "").await.map(drop)
                    } else {
                        Ok(())
                    }
                });
                time.expect("looked");
                assert!(!matches!(signed, Err(Error::Internal(_))), "seed {seed}: {signed:?}");
                let seen = now(&site, &asked).await;
                for (at, one) in seen.steps.iter().enumerate() {
                    for seat in one.seats.iter().filter(|seat| seat.state == SeatState::Signed) {
                        let by_hand = seen.deeds.iter().any(|deed| {
                            deed.action == "approve" && deed.step == Some(at) && deed.actor_id == Some(seat.person.id)
                        });
                        let in_time = seen.deeds.iter().any(|deed| deed.action == "time-pass" && deed.step == Some(at));
                        assert!(
                            by_hand || (in_time && by_time(at)),
                            "seed {seed}: {} {:?}",
                            seat.person.name,
                            seen.deeds
                        );
                    }
                }
                let complete = seen.steps.iter().all(|one| match one.sign {
                    ApprovalSign::Any => one.seats.iter().any(|seat| seat.state == SeatState::Signed),
                    _ => !one.seats.is_empty() && one.seats.iter().all(|seat| seat.state == SeatState::Signed),
                });
                assert_eq!(seen.state == ApprovalState::Passed, complete, "seed {seed}: {:?}", seen.steps);
                assert_eq!(office.level(&site).await == "A", seen.state == ApprovalState::Passed, "seed {seed}");
                if seen.state != ApprovalState::Open {
                    break;
                }
            }
            match now(&site, &asked).await.state {
                ApprovalState::Passed => passed += 1,
                _ => {
                    open += 1;
                    done(&site, &office.fang, &asked, ApprovalAct::Withdraw).await;
                }
            }
            site.engine.change(&site.admin, "account", office.account, None, level_is("C")).await.expect("begins anew");
        }
        assert!(passed >= 3 && open >= 3, "the dice are loaded: {passed} {open}");
    });
}
