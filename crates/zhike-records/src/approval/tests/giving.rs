//! What a process may be, and what becomes of requests when it changes.

use std::{fmt::Write as _, io::Write as _, time::Duration};

use super::*;
use crate::{ImportCounts, ImportState, OnDuplicate};

#[test]
fn a_process_is_checked_when_it_is_saved_and_kept_in_versions() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let refused = site.engine.save_approval_process(&office.li, None, None, level_takes(vec![manager(1)])).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let mut bad = level_takes(vec![step(ApprovalWho::Role { role: "nobody".to_owned() }, ApprovalSign::All)]);
        bad.rule.condition = "level ==".to_owned();
        bad.rule.trigger = ApprovalTrigger::Change { fields: vec!["nothing".to_owned()] };
        let Err(Error::Invalid(errors)) = site.engine.save_approval_process(&site.admin, None, None, bad).await else {
            panic!("it is wrong");
        };
        let places: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(places, ["trigger.fields", "condition", "steps.0.who"]);
        let saved = keep(&site, level_takes(vec![manager(1)])).await;
        let asked = office.asks(&site).await;
        let next = level_takes(vec![manager(1), manager(2)]);
        let changed = site.engine.save_approval_process(&site.admin, Some(saved.id), Some(1), next.clone()).await;
        assert_eq!(changed.expect("changed").version, 2);
        let stale = site.engine.save_approval_process(&site.admin, Some(saved.id), Some(1), next).await;
        assert!(matches!(stale, Err(Error::Stale { current: 2 })), "{stale:?}");
        // what is under way keeps the steps with which it began
        assert_eq!(asked.processes[0].version, 1);
        assert_eq!(done(&site, &office.li, &asked, ApprovalAct::Approve).await.state, ApprovalState::Passed);
        let asked = site.engine.submit_approval(&office.fang, office.wish("B")).await.expect("asked");
        assert_eq!((asked.processes[0].version, asked.steps.len()), (2, 2));
    });
}

#[test]
fn two_processes_ask_once_whom_both_name_and_steps_are_left_out_by_condition() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let mut first = level_takes(vec![manager(1), manager(2)]);
        first.rule.steps[1].skip = r#"level == "A""#.to_owned();
        keep(&site, first).await;
        keep(&site, level_takes(vec![manager(1), step(users(&[&office.cai]), ApprovalSign::All)])).await;
        let asked = office.asks(&site).await;
        assert_eq!(asked.processes.len(), 2);
        let skipped: Vec<bool> = asked.steps.iter().map(|step| step.skipped).collect();
        assert_eq!(skipped, [false, true, false]);
        done(&site, &office.li, &asked, ApprovalAct::Approve).await;
        assert_eq!(office.level(&site).await, "C");
        assert_eq!(done(&site, &office.cai, &asked, ApprovalAct::Approve).await.state, ApprovalState::Passed);
    });
}

#[test]
fn a_new_record_is_made_when_it_passes() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let mut input = level_takes(vec![manager(1)]);
        input.rule.trigger = ApprovalTrigger::Create;
        keep(&site, input).await;
        let fields = || Input::default().set("name", "上海老凤祥珠宝有限公司").set("level", "A");
        let refused = site.engine.create(&office.fang, "account", fields()).await;
        assert!(matches!(refused, Err(Error::NeedsApproval(..))), "{refused:?}");
        let wish = ApprovalWish {
            object: "account".to_owned(),
            record: None,
            version: None,
            input: fields(),
            comment: String::new(),
        };
        let asked = site.engine.submit_approval(&office.fang, wish).await.expect("asked");
        assert_eq!(asked.record_id, None);
        assert_eq!(asked.after.value("name").as_text(), Some("上海老凤祥珠宝有限公司"));
        assert_eq!(
            site.engine
                .count(&site.admin, "account", r#"name == "上海老凤祥珠宝有限公司""#, false)
                .await
                .expect("counted"),
            0
        );
        let passed = done(&site, &office.li, &asked, ApprovalAct::Approve).await;
        let made =
            site.engine.read(&site.admin, "account", passed.record_id.expect("made")).await.expect("it is there");
        assert_eq!(made.value("owner").as_id(), office.fang.user_id, "it is whose it was asked for");
    });
}

#[test]
fn where_nobody_could_sign_it_is_said_and_nothing_is_kept() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let mut input = level_takes(vec![step(ApprovalWho::Owner, ApprovalSign::All)]);
        input.rule.steps[0].optional = false;
        keep(&site, input).await;
        // the owner asks: who keeps the processes signs instead
        let asked = office.asks(&site).await;
        let names: Vec<&str> = asked.steps[0].seats.iter().map(|seat| seat.person.name.as_str()).collect();
        assert_eq!(names, ["周总"]);
        done(&site, &office.fang, &asked, ApprovalAct::Withdraw).await;
        let refused =
            site.engine.submit_approval(&office.zhou, ApprovalWish { input: level_is("B"), ..office.wish("B") }).await;
        let asked = refused.expect("the owner signs what the director asks for");
        assert_eq!(asked.steps[0].seats[0].person.name, "王芳");
        let none = ApprovalWish { input: Input::default().set("phone", "0532-88939999"), ..office.wish("B") };
        done(&site, &office.zhou, &asked, ApprovalAct::Withdraw).await;
        let refused = site.engine.submit_approval(&office.fang, none).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "it takes no approval: {refused:?}");
    });
}

/// Imports customers, changing those that are there; the counts, and the file of the rows that were left out.
async fn run(site: &Site, actor: &Actor, text: &str, dry: bool) -> (ImportCounts, String) {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    let info = site.engine.import_upload(actor, "account", "客户.csv", file.path()).await.expect("uploaded");
    let mut plan = info.plan.clone();
    plan.on_duplicate = OnDuplicate::Update;
    plan.fill_blanks = false;
    site.engine.import_plan(actor, info.id, plan).await.expect("planned");
    site.engine.import_start(actor, info.id, dry).await.expect("started");
    let ended = if dry { ImportState::Checked } else { ImportState::Done };
    loop {
        let info = site.engine.import_info(actor, info.id).await.expect("the import is there");
        if info.state == ended {
            let (_, failed) = site.engine.import_errors(actor, info.id).await.expect("the rows left out");
            return (info.counts, std::fs::read_to_string(failed).expect("a file"));
        }
        assert!(info.error.is_none(), "{:?}", info.error);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub(super) async fn imported(site: &Site, actor: &Actor, text: &str) -> ImportCounts {
    run(site, actor, text, false).await.0
}

#[test]
fn rows_of_an_import_that_take_approval_are_left_out() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let mut input = level_takes(vec![manager(1)]);
        input.rule.locks = ApprovalLock::Fields;
        keep(&site, input).await;
        let once = async |text: &str, dry: bool| {
            let (counts, failed) = run(&site, &office.li, text, dry).await;
            // which of two processes is named depends on whether a row before is written already
            ((counts.created, counts.updated, counts.failed), failed.replace("大客户建档", "客户定级"))
        };
        // a dry run says the same of every row, and leaves nothing
        let import = async |text: &str| {
            let foretold = once(text, true).await;
            let came = once(text, false).await;
            assert_eq!(foretold, came, "{text}");
            came.0
        };
        let text = "客户名称,客户级别\n青岛海尔电器有限公司,A\n上海老凤祥珠宝有限公司,C\n";
        assert_eq!(import(text).await, (1, 0, 1));
        assert_eq!(office.level(&site).await, "C");
        // in a long list some rows take approval: some of several about one customer too, also when an earlier row makes it
        let mut create = level_takes(vec![manager(1)]);
        create.name = Text::same("大客户建档");
        create.rule.trigger = ApprovalTrigger::Create;
        keep(&site, create).await;
        let list = |rows: usize, of: usize, large: &[usize]| {
            let mut list = "客户名称,客户级别,网站\n".to_owned();
            for n in 0..rows {
                let level = if n % 7 == 0 || large.contains(&n) { "A" } else { "" };
                let _ = writeln!(list, "临沂沂蒙第{}号果品有限公司,{level},www.fruit{n}.example", n % of);
            }
            list
        };
        assert_eq!(import(&list(40, 20, &[25])).await, (20, 13, 7));
        assert_eq!(import(&list(55, 20, &[])).await, (0, 40, 8));
        // while it is asked for, its level is held, and nothing else of it
        let asked = office.asks(&site).await;
        assert_eq!(import("客户名称,客户级别\n青岛海尔电器有限公司,D\n").await, (0, 0, 1));
        assert_eq!(import("客户名称,网站\n青岛海尔电器有限公司,www.haier.example\n").await, (0, 1, 0));
        assert_eq!(done(&site, &office.li, &asked, ApprovalAct::Approve).await.state, ApprovalState::Passed);
        assert_eq!(office.level(&site).await, "A");
    });
}
