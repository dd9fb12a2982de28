//! Who may claim what.

use zhike_types::Error;

use super::{Claimed, Company, claim, field_of, listed, named};
use crate::{AuditQuery, DailyLimits, WhichDisputes, tests::on_both};

#[test]
fn whoever_meets_a_customer_of_a_colleague_claims_it_by_its_name() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let account = people.customer(&site, "北京华为技术有限公司").await;
        let dispute = named(&site, &people.qiang, "华为技术(北京)有限公司").await;
        assert_eq!(dispute.number, "ZD202603-0001");
        assert_eq!(dispute.asked.as_deref(), Some("华为技术(北京)有限公司"));
        let holder = dispute.holder.as_ref().expect("it has an owner");
        assert_eq!((holder.name.as_str(), holder.department.as_deref()), ("王芳", Some("华东销售部")));
        assert!(dispute.account.is_none() && dispute.may_withdraw && !dispute.may_decide);

        // both sides and the manager are told
        assert_eq!(listed(&site, &people.qiang, WhichDisputes::Claimed).await, ["ZD202603-0001"]);
        assert_eq!(listed(&site, &people.fang, WhichDisputes::ToAnswer).await, ["ZD202603-0001"]);
        assert_eq!(listed(&site, &people.fang, WhichDisputes::Held).await, ["ZD202603-0001"]);
        assert_eq!(listed(&site, &people.min, WhichDisputes::ToDecide).await, ["ZD202603-0001"]);
        assert_eq!(listed(&site, &people.fang, WhichDisputes::ToDecide).await, [""; 0]);
        let seen = site.engine.dispute(&people.min, dispute.id).await.expect("she sees the customer");
        assert_eq!(seen.account.expect("and which it is").id, account);
        assert!(seen.may_decide);

        // it stands in the customer's history
        let history = site.engine.history(&people.fang, "account", account, None, 10).await.expect("hers");
        assert_eq!((history[0].action.as_str(), history[0].actor.as_str()), ("dispute", "李强"));
        assert_eq!(history[0].reason.as_deref(), Some("ZD202603-0001"));
    });
}

#[test]
fn a_claim_by_name_is_a_question_like_any_other() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        people.customer(&site, "北京华为技术有限公司").await;
        let few = DailyLimits { questions: 2, ..DailyLimits::default() };
        site.engine.set_daily_limits(&site.admin, few).await.expect("set");
        let ask =
            async |name: &str| site.engine.file_dispute(&people.qiang, &claim(Claimed::Named(name.to_owned()))).await;
        // what lacks something asks nothing
        assert_eq!(field_of(ask(" ").await.expect_err("no name")), "customer");
        assert_eq!(field_of(ask("潍坊风筝制造有限公司").await.expect_err("nobody has it")), "customer");
        ask("北京华为技术有限公司").await.expect("filed");
        assert!(matches!(ask("华为技术有限公司").await, Err(Error::TooMany(_))), "two a day");
        let again = ask("北京华为技术有限公司 ").await;
        assert!(matches!(again, Err(Error::Conflict(_))), "the same words: it is open already");
        let query = AuditQuery { actions: vec!["lookup".to_owned()], limit: 10, ..AuditQuery::default() };
        let log = site.engine.audit_log(&site.admin, &query).await.expect("the log");
        assert_eq!(log.len(), 2, "found or not, the question is on record");
    });
}

#[test]
fn what_is_missing_is_said_and_nothing_is_kept() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let account = people.customer(&site, "北京华为技术有限公司").await;
        let mut wrong = claim(Claimed::Record(account));
        wrong.evidence = " \n".to_owned();
        wrong.first_contact_on = "明年".to_owned();
        let Err(Error::Invalid(errors)) = site.engine.file_dispute(&people.lei, &wrong).await else {
            panic!("two things are wrong");
        };
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["evidence", "first_contact_on"]);
        wrong.evidence = "有".to_owned();
        wrong.first_contact_on = "2026-03-03".to_owned();
        let tomorrow = site.engine.file_dispute(&people.lei, &wrong).await.expect_err("it is the 2nd");
        assert_eq!(field_of(tomorrow), "first_contact_on");
        wrong.first_contact_on = String::new();
        let dispute = site.engine.file_dispute(&people.lei, &wrong).await.expect("one need not know the day");
        assert_eq!((dispute.number.as_str(), dispute.first_contact_on), ("ZD202603-0001", None));

        // not one's own, not what one does not see, not twice, not without the right to have customers
        let claimed = |who, what| {
            let engine = site.engine.clone();
            async move { engine.file_dispute(who, &claim(what)).await }
        };
        assert!(matches!(claimed(&people.lei, Claimed::Record(account)).await, Err(Error::Conflict(_))));
        assert!(matches!(claimed(&people.fang, Claimed::Record(account)).await, Err(Error::Conflict(_))));
        let own = Claimed::Named("北京华为技术有限公司".to_owned());
        assert!(matches!(claimed(&people.fang, own).await, Err(Error::Conflict(_))));
        assert!(matches!(claimed(&people.qiang, Claimed::Record(account)).await, Err(Error::NotFound)));
        let officer = site.user("吴敏之", None, &["dpo"]).await;
        assert!(matches!(claimed(&officer, Claimed::Record(account)).await, Err(Error::Forbidden(_))));
        assert_eq!(listed(&site, &people.lei, WhichDisputes::All).await.len(), 1);
    });
}

#[test]
fn both_sides_bring_forward_what_they_have_until_it_is_decided() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        people.customer(&site, "北京华为技术有限公司").await;
        let id = named(&site, &people.qiang, "北京华为技术有限公司").await.id;
        let add = |who, name: &'static str| {
            let engine = site.engine.clone();
            async move { engine.add_dispute_file(who, id, name, name.as_bytes().to_vec()).await }
        };
        add(&people.qiang, "拜访照片.txt").await.expect("the claimant");
        add(&people.fang, "报价.txt").await.expect("the owner");
        assert!(matches!(add(&people.min, "意见.txt").await, Err(Error::Forbidden(_))));
        let files = |dispute: super::Dispute| dispute.files.into_iter().map(|file| file.name).collect::<Vec<_>>();
        assert_eq!(files(site.engine.dispute(&people.min, id).await.expect("seen")), ["拜访照片.txt", "报价.txt"]);
        assert_eq!(files(site.engine.dispute(&people.qiang, id).await.expect("seen")), ["拜访照片.txt"]);
        let stored = site.engine.dispute_file(&people.qiang, id, 1).await.expect("his own");
        assert_eq!(std::fs::read(stored.path).expect("the bytes"), "拜访照片.txt".as_bytes());
        assert!(matches!(site.engine.dispute_file(&people.qiang, id, 2).await, Err(Error::NotFound)));

        assert!(matches!(site.engine.answer_dispute(&people.qiang, id, "我先").await, Err(Error::Forbidden(_))));
        site.engine.answer_dispute(&people.fang, id, "去年就签过合同。").await.expect("the owner");
        let told = site.engine.dispute(&people.min, id).await.expect("seen").answer.expect("said");
        assert_eq!((told.text.as_str(), told.by.as_str()), ("去年就签过合同。", "王芳"));
        assert!(site.engine.dispute(&people.qiang, id).await.expect("seen").answer.is_none());
        assert_eq!(listed(&site, &people.fang, WhichDisputes::ToAnswer).await, [""; 0]);

        let gone = site.engine.withdraw_dispute(&people.fang, id, "").await;
        assert!(matches!(gone, Err(Error::Forbidden(_))), "only the claimant takes it back");
        let gone = site.engine.withdraw_dispute(&people.qiang, id, "记错了").await.expect("taken back");
        assert_eq!((gone.state.key(), gone.end.expect("ended").reason.as_deref()), ("withdrawn", Some("记错了")));
        assert!(matches!(add(&people.qiang, "补.txt").await, Err(Error::Conflict(_))));
        assert!(matches!(site.engine.answer_dispute(&people.fang, id, "好").await, Err(Error::Conflict(_))));
        // it stays on record, and a new one may be filed
        assert_eq!(named(&site, &people.qiang, "北京华为技术有限公司").await.number, "ZD202603-0002");
    });
}
