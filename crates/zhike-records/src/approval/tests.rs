//! What takes approval is made when all have signed who must, and not before; and nothing else changes anything.

mod giving;
mod property;
mod round;
mod sales;
mod seeing;
mod steps;
mod timeout;

use zhike_model::{ApprovalLock, ApprovalRule, ApprovalSign, ApprovalStep, ApprovalTrigger, ApprovalWho};
use zhike_types::{Error, Text, Uuid};

use super::{Approval, ApprovalAct, ApprovalProcess, ApprovalProcessInput, ApprovalState, ApprovalWish};
use crate::{
    Actor, Input, NeedsApproval, Record,
    tests::{Site, on_both},
};

/// 王芳 sells in the east under 孙丽, who is under 周总; 李财 and 赵务 keep the money and see no customers of hers.
struct Office {
    fang: Actor,
    li: Actor,
    zhou: Actor,
    cai: Actor,
    wu: Actor,
    account: Uuid,
}

impl Office {
    async fn at(site: &Site) -> Self {
        let top = site.make("department", &[("name", "销售中心")]).await.id;
        let east = site.make("department", &[("name", "华东销售部"), ("parent", &top.to_string())]).await.id;
        let money = site.make("department", &[("name", "财务部")]).await.id;
        let fang = site.user("王芳", Some(east), &["sales"]).await;
        let li = site.user("孙丽", Some(east), &["manager"]).await;
        let zhou = site.user("周总", Some(top), &["director"]).await;
        let cai = site.user("李财", Some(money), &["sales"]).await;
        let wu = site.user("赵务", Some(money), &["sales"]).await;
        for (department, manager) in [(east, &li), (top, &zhou)] {
            let input = Input::default().set("manager", id(manager).to_string());
            site.engine.change(&site.admin, "department", department, None, input).await.expect("a manager");
        }
        let account = site.make_as(&fang, "account", &[("name", "青岛海尔电器有限公司"), ("level", "C")]).await.id;
        Self { fang, li, zhou, cai, wu, account }
    }

    /// Asks for level A.
    async fn asks(&self, site: &Site) -> Approval {
        site.engine.submit_approval(&self.fang, self.wish("A")).await.expect("it is asked for")
    }

    fn wish(&self, level: &str) -> ApprovalWish {
        ApprovalWish {
            object: "account".to_owned(),
            record: Some(self.account),
            version: None,
            input: level_is(level),
            comment: "老客户".to_owned(),
        }
    }

    async fn record(&self, site: &Site) -> Record {
        site.engine.read(&site.admin, "account", self.account).await.expect("it is there")
    }

    async fn level(&self, site: &Site) -> String {
        self.record(site).await.value("level").as_text().unwrap_or_default().to_owned()
    }
}

fn id(actor: &Actor) -> Uuid {
    actor.user_id.expect("a user")
}

fn level_is(level: &str) -> Input {
    Input::default().set("level", level)
}

fn step(who: ApprovalWho, sign: ApprovalSign) -> ApprovalStep {
    ApprovalStep { name: String::new(), who, sign, skip: String::new(), optional: false, timeout: None }
}

fn users(actors: &[&Actor]) -> ApprovalWho {
    ApprovalWho::Users { users: actors.iter().map(|actor| id(actor)).collect() }
}

fn manager(level: i64) -> ApprovalStep {
    step(ApprovalWho::Manager { level }, ApprovalSign::All)
}

/// A change of a customer's level takes approval.
fn level_takes(steps: Vec<ApprovalStep>) -> ApprovalProcessInput {
    ApprovalProcessInput {
        name: Text::same("客户定级"),
        object: "account".to_owned(),
        active: true,
        rule: ApprovalRule {
            trigger: ApprovalTrigger::Change { fields: vec!["level".to_owned()] },
            condition: r#"level in ["A", "B"]"#.to_owned(),
            steps,
            locks: ApprovalLock::Record,
        },
    }
}

async fn keep(site: &Site, input: ApprovalProcessInput) -> ApprovalProcess {
    site.engine.save_approval_process(&site.admin, None, None, input).await.expect("a process")
}

async fn act(site: &Site, actor: &Actor, approval: &Approval, act: ApprovalAct) -> Result<Approval, Error> {
    site.engine.act_on_approval(actor, approval.id, None, act, "看过了").await
}

async fn done(site: &Site, actor: &Actor, approval: &Approval, what: ApprovalAct) -> Approval {
    act(site, actor, approval, what.clone()).await.unwrap_or_else(|error| panic!("{} {what:?}: {error}", actor.name))
}

#[test]
fn a_change_that_takes_approval_is_made_with_the_last_signature() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes(vec![manager(1), step(users(&[&office.cai, &office.wu]), ApprovalSign::All)])).await;
        // what does not meet the condition, and what nobody asked about, is simply made
        site.engine.change(&office.fang, "account", office.account, None, level_is("D")).await.expect("no approval");
        let refused = site.engine.change(&office.fang, "account", office.account, None, level_is("A")).await;
        let refused = refused.expect_err("it takes approval");
        let needs = NeedsApproval::of(&refused).expect("what it meets");
        assert_eq!(needs.processes[0].name, Text::same("客户定级"));
        assert_eq!(office.level(&site).await, "D");

        let asked = office.asks(&site).await;
        assert_eq!((asked.state, asked.step, asked.number.as_str()), (ApprovalState::Open, 0, "SP202603-0001"));
        assert_eq!(asked.changes, ["level"]);
        assert_eq!(asked.before.value("level").as_text(), Some("D"));
        assert_eq!(asked.after.value("level").as_text(), Some("A"));
        let refused = act(&site, &office.fang, &asked, ApprovalAct::Approve).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "nobody signs for themselves: {refused:?}");
        let refused = act(&site, &office.zhou, &asked, ApprovalAct::Approve).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "it is not asked of the director: {refused:?}");

        let asked = done(&site, &office.li, &asked, ApprovalAct::Approve).await;
        assert_eq!((asked.state, asked.step), (ApprovalState::Open, 1));
        done(&site, &office.wu, &asked, ApprovalAct::Approve).await;
        assert_eq!(office.level(&site).await, "D", "one of two has signed");
        let passed = done(&site, &office.cai, &asked, ApprovalAct::Approve).await;
        assert_eq!(passed.state, ApprovalState::Passed);
        assert_eq!(office.level(&site).await, "A");
        let history = site.engine.history(&site.admin, "account", office.account, None, 20).await.expect("a history");
        let change = history.iter().find(|entry| {
            entry.action == "change" && entry.changes.iter().any(|one| one.field == "level" && one.after.contains('A'))
        });
        let reason = change.and_then(|entry| entry.reason.clone()).unwrap_or_default();
        assert!(reason.contains("SP202603-0001"), "{reason}");
        assert_eq!(history[0].action, "approval-pass");
        let again = act(&site, &office.cai, &asked, ApprovalAct::Approve).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
        let actions: Vec<String> = passed.deeds.iter().map(|deed| format!("{} {}", deed.actor, deed.action)).collect();
        assert_eq!(actions, ["王芳 submit", "孙丽 approve", "赵务 approve", "李财 approve", "system pass"]);
    });
}

#[test]
fn what_is_turned_down_sent_back_or_withdrawn_changes_nothing() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes(vec![manager(1), manager(2)])).await;
        let asked = office.asks(&site).await;
        let wordless = site.engine.act_on_approval(&office.li, asked.id, None, ApprovalAct::Reject, " ").await;
        assert!(matches!(wordless, Err(Error::Invalid(_))), "{wordless:?}");
        let ended = done(&site, &office.li, &asked, ApprovalAct::Reject).await;
        assert_eq!((ended.state, office.level(&site).await.as_str()), (ApprovalState::Rejected, "C"));

        let asked = office.asks(&site).await;
        done(&site, &office.li, &asked, ApprovalAct::Approve).await;
        let refused = act(&site, &office.li, &asked, ApprovalAct::Withdraw).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let ended = done(&site, &office.fang, &asked, ApprovalAct::Withdraw).await;
        assert_eq!((ended.state, office.level(&site).await.as_str()), (ApprovalState::Withdrawn, "C"));
        let late = act(&site, &office.zhou, &asked, ApprovalAct::Approve).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");

        let asked = office.asks(&site).await;
        let back = done(&site, &office.li, &asked, ApprovalAct::SendBack { to: None }).await;
        assert_eq!((back.state, office.level(&site).await.as_str()), (ApprovalState::Returned, "C"));
        // it is not held any more, and asking again goes on with the same request
        let phone = Input::default().set("phone", "0532-88939999");
        site.engine.change(&office.fang, "account", office.account, None, phone).await.expect("not held");
        let again = site.engine.submit_approval(&office.fang, office.wish("B")).await.expect("asked again");
        assert_eq!((again.id, again.state, again.step), (asked.id, ApprovalState::Open, 0));
        done(&site, &office.li, &again, ApprovalAct::Approve).await;
        let passed = done(&site, &office.zhou, &again, ApprovalAct::Approve).await;
        assert_eq!((passed.state, office.level(&site).await.as_str()), (ApprovalState::Passed, "B"));
    });
}

#[test]
fn meanwhile_nobody_changes_it_by_any_way() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes(vec![manager(1)])).await;
        let asked = office.asks(&site).await;
        let phone = || Input::default().set("phone", "0532-88939999");
        for actor in [&office.fang, &office.li, &site.admin] {
            let refused = site.engine.change(actor, "account", office.account, None, phone()).await;
            assert!(matches!(&refused, Err(Error::Conflict(text)) if text.zh.contains(&asked.number)), "{refused:?}");
        }
        let refused = site.engine.delete(&office.fang, "account", office.account, None, None).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        let these = crate::Selection::Ids(vec![office.account]);
        let bulk = site.engine.bulk_change(&office.li, "account", &these, phone()).await.expect("tried");
        assert_eq!((bulk.done, bulk.failed.len()), (0, 1));
        let twice = site.engine.submit_approval(&office.fang, office.wish("B")).await;
        assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
        // what hangs on it, and who owns it, is not held
        site.make_as(&office.fang, "task", &[("subject", "寄样品"), ("account", &office.account.to_string())]).await;
        done(&site, &office.li, &asked, ApprovalAct::Approve).await;
        let passed = office.record(&site).await;
        let undone = site.engine.take_back(&office.fang, "account", office.account, passed.version).await;
        assert!(undone.is_err(), "what was approved is not undone by a click");
        assert_eq!(office.level(&site).await, "A");
        site.engine.change(&office.fang, "account", office.account, None, phone()).await.expect("free again");
        let bulk = site.engine.bulk_change(&office.li, "account", &these, level_is("B")).await.expect("tried");
        assert_eq!((bulk.done, bulk.failed.len()), (0, 1), "many at once take approval too");
    });
}
