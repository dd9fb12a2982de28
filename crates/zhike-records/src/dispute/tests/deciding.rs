//! Who decides, and what becomes of the customer.

use zhike_types::Error;

use super::{Claimed, Company, Ruling, WhichDisputes, claim, decide, listed, named, owner_of};
use crate::tests::on_both;

#[test]
fn the_claimant_becomes_the_owner_and_sees_what_hangs_on_the_customer() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let account = people.customer(&site, "北京华为技术有限公司").await;
        let contact = [("name", "周勇"), ("account", &account.to_string())];
        let contact = site.make_as(&people.fang, "contact", &contact).await.id;
        let id = named(&site, &people.qiang, "北京华为技术有限公司").await.id;
        assert!(site.engine.read(&people.qiang, "contact", contact).await.is_err());

        let decided = decide(&site, &people.min, id, Ruling::Claimant).await.expect("she decides");
        assert_eq!(decided.state.key(), "claimant");
        assert!(decided.account.is_none(), "it left her department; what she decided she sees");
        assert_eq!(owner_of(&site, account).await, people.qiang.user_id);
        let record = site.engine.read(&people.qiang, "account", account).await.expect("his now");
        assert_eq!(record.value("department").as_id(), people.qiang.department_id);
        site.engine.read(&people.qiang, "contact", contact).await.expect("and the people of it");

        // both sides are told, with the reason, for good
        for who in [&people.fang, &people.qiang] {
            let told = site.engine.dispute(who, id).await.expect("told");
            let end = told.end.expect("decided");
            assert_eq!((end.by.as_str(), end.reason.as_deref()), ("赵敏", Some("先联系的是申诉人")));
        }
        assert!(site.engine.dispute(&people.fang, id).await.expect("told").account.is_none());
        let history = site.engine.history(&people.qiang, "account", account, None, 10).await.expect("his");
        let deeds: Vec<&str> = history.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(deeds, ["dispute-claimant", "change", "dispute", "create"]);
        let moved = history[1].changes.iter().find(|change| change.field == "owner").expect("the owner moved");
        assert_eq!(moved.after, people.qiang.user_id.expect("a user").to_string());
        assert_eq!(history[0].reason.as_deref(), Some("ZD202603-0001 先联系的是申诉人"));

        for ruling in Ruling::ALL {
            assert!(matches!(decide(&site, &people.lei, id, ruling).await, Err(Error::Conflict(_))), "it stands");
        }
        assert!(matches!(site.engine.withdraw_dispute(&people.qiang, id, "").await, Err(Error::Conflict(_))));
    });
}

#[test]
fn it_stays_as_it_was_or_both_work_together() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let stays = people.customer(&site, "北京华为技术有限公司").await;
        let id = named(&site, &people.qiang, "北京华为技术有限公司").await.id;
        decide(&site, &people.min, id, Ruling::Holder).await.expect("decided");
        assert_eq!(owner_of(&site, stays).await, people.fang.user_id);
        assert!(site.engine.read(&people.qiang, "account", stays).await.is_err());

        let shared = people.customer(&site, "潍坊风筝制造有限公司").await;
        let id = named(&site, &people.qiang, "潍坊风筝制造有限公司").await.id;
        decide(&site, &people.min, id, Ruling::Joint).await.expect("decided");
        assert_eq!(owner_of(&site, shared).await, people.fang.user_id);
        let record = site.engine.read(&people.qiang, "account", shared).await.expect("in the team");
        assert!(record.may_change);
        assert_eq!(site.engine.dispute(&people.qiang, id).await.expect("his").account.expect("seen").id, shared);

        // who was there to read writes from now on, and stands there once
        let reader = people.customer(&site, "济南轻骑摩托车有限公司").await;
        let user = people.qiang.user_id.expect("a user").to_string();
        let member = [("account", reader.to_string()), ("user", user.clone()), ("level", "read".to_owned())];
        let member: Vec<(&str, &str)> = member.iter().map(|(name, text)| (*name, text.as_str())).collect();
        site.make("team_member", &member).await;
        let seen = claim(Claimed::Record(reader));
        let id = site.engine.file_dispute(&people.qiang, &seen).await.expect("he sees it").id;
        decide(&site, &people.min, id, Ruling::Joint).await.expect("decided");
        assert!(site.engine.read(&people.qiang, "account", reader).await.expect("seen").may_change);
        let filter = format!("account == \"{reader}\"");
        assert_eq!(site.engine.count(&site.admin, "team_member", &filter, false).await.expect("a number"), 1);
    });
}

#[test]
fn nobody_decides_in_their_own_matter_or_without_the_duty() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let account = people.customer(&site, "北京华为技术有限公司").await;
        let id = named(&site, &people.qiang, "北京华为技术有限公司").await.id;
        for (who, why) in [(&people.qiang, "his claim"), (&people.fang, "her customer")] {
            assert!(decide(&site, who, id, Ruling::Holder).await.is_err(), "{why}");
        }
        let other = site.make("department", &[("name", "华南销售部")]).await.id;
        let stranger = site.user("钱进", Some(other), &["manager"]).await;
        assert!(matches!(decide(&site, &stranger, id, Ruling::Holder).await, Err(Error::NotFound)), "not his to see");
        let service = site.user("何静", Some(other), &["service"]).await;
        assert!(matches!(decide(&site, &service, id, Ruling::Holder).await, Err(Error::Forbidden(_))), "no duty");
        assert!(site.engine.dispute(&service, id).await.expect("she sees the customer").account.is_some());

        // a director who claims, and a manager who has the customer, are sides like others
        let own = site.engine.file_dispute(&people.lei, &claim(Claimed::Record(account))).await.expect("filed").id;
        assert!(matches!(decide(&site, &people.lei, own, Ruling::Claimant).await, Err(Error::Forbidden(_))));
        let hers = site.make_as(&people.min, "account", &[("name", "潍坊风筝制造有限公司")]).await.id;
        let id = named(&site, &people.qiang, "潍坊风筝制造有限公司").await.id;
        assert!(matches!(decide(&site, &people.min, id, Ruling::Holder).await, Err(Error::Forbidden(_))));
        assert_eq!(listed(&site, &people.min, WhichDisputes::ToDecide).await, ["ZD202603-0002", "ZD202603-0001"]);
        assert_eq!(listed(&site, &people.lei, WhichDisputes::ToDecide).await, ["ZD202603-0003"]);

        let why = site.engine.decide_dispute(&people.lei, id, Ruling::Claimant, "  ").await;
        assert!(matches!(why, Err(Error::Invalid(_))), "a reason is needed");
        decide(&site, &people.lei, id, Ruling::Claimant).await.expect("the director is no side");
        assert_eq!(owner_of(&site, hers).await, people.qiang.user_id);
    });
}

#[test]
fn two_managers_at_the_same_moment_one_decides() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let account = people.customer(&site, "北京华为技术有限公司").await;
        for _ in 0..5 {
            site.engine
                .change(
                    &site.admin,
                    "account",
                    account,
                    None,
                    crate::Input::default().set("owner", people.fang.user_id.expect("a user").to_string()),
                )
                .await
                .expect("back");
            let id = named(&site, &people.qiang, "北京华为技术有限公司").await.id;
            let (one, two) = tokio::join!(
                decide(&site, &people.min, id, Ruling::Claimant),
                decide(&site, &people.lei, id, Ruling::Holder)
            );
            let won = match (&one, &two) {
                (Ok(won), Err(Error::Conflict(said))) | (Err(Error::Conflict(said)), Ok(won)) => {
                    let by = &won.end.as_ref().expect("decided").by;
                    assert!(said.zh.contains(by.as_str()), "who was faster is said: {}", said.zh);
                    won.state
                }
                other => panic!("one of them: {other:?}"),
            };
            let owner = if won.key() == "claimant" { &people.qiang } else { &people.fang };
            assert_eq!(owner_of(&site, account).await, owner.user_id);
        }
    });
}
