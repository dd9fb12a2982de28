//! The customer does not stand still while somebody decides.

use zhike_types::{Error, Uuid};

use super::{Claimed, Company, Ruling, WhichDisputes, claim, decide, listed, named, owner_of};
use crate::{
    Actor, Input, MergeInput,
    tests::{Site, on_both},
};

async fn hand_over(site: &Site, account: Uuid, to: &Actor) {
    let input = Input::default().set("owner", to.user_id.expect("a user").to_string());
    site.engine.change(&site.admin, "account", account, None, input).await.expect("handed over");
}

#[test]
fn handed_over_the_owner_of_today_answers_and_loses_it() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let account = people.customer(&site, "北京华为技术有限公司").await;
        let id = named(&site, &people.qiang, "北京华为技术有限公司").await.id;
        let next = site.user("陈晨", people.fang.department_id, &["sales"]).await;
        hand_over(&site, account, &next).await;
        assert!(matches!(site.engine.answer_dispute(&people.fang, id, "好").await, Err(Error::Forbidden(_))));
        site.engine.answer_dispute(&next, id, "刚接手。").await.expect("hers now");
        decide(&site, &people.min, id, Ruling::Claimant).await.expect("decided");
        let told = site.engine.dispute(&next, id).await.expect("who lost it is told");
        assert_eq!(told.holder.expect("somebody").name, "陈晨");

        // to the claimant itself: there is nothing to give any more
        let account = people.customer(&site, "潍坊风筝制造有限公司").await;
        let id = named(&site, &people.qiang, "潍坊风筝制造有限公司").await.id;
        hand_over(&site, account, &people.qiang).await;
        assert!(matches!(decide(&site, &people.lei, id, Ruling::Claimant).await, Err(Error::Conflict(_))));
        assert!(matches!(decide(&site, &people.lei, id, Ruling::Joint).await, Err(Error::Conflict(_))));
        decide(&site, &people.lei, id, Ruling::Holder).await.expect("closed");
        assert_eq!(owner_of(&site, account).await, people.qiang.user_id);
    });
}

#[test]
fn deleted_it_waits_and_deleted_for_good_it_stays_on_record() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let account = people.customer(&site, "北京华为技术有限公司").await;
        let id = named(&site, &people.qiang, "北京华为技术有限公司").await.id;
        site.engine.delete(&people.fang, "account", account, None, None).await.expect("deleted");
        assert_eq!(listed(&site, &people.min, WhichDisputes::ToDecide).await, [""; 0]);
        assert_eq!(listed(&site, &people.fang, WhichDisputes::ToAnswer).await, [""; 0]);
        assert!(matches!(decide(&site, &people.min, id, Ruling::Claimant).await, Err(Error::Conflict(_))));
        let shown = site.engine.dispute(&people.min, id).await.expect("still seen");
        assert!(!shown.may_decide && shown.account.expect("which").deleted);
        site.engine.restore(&people.fang, "account", account).await.expect("restored");
        assert_eq!(listed(&site, &people.min, WhichDisputes::ToDecide).await.len(), 1);

        site.engine.delete(&people.fang, "account", account, None, None).await.expect("deleted");
        site.engine.purge(&site.admin, "account", account).await.expect("gone for good");
        assert!(matches!(decide(&site, &people.lei, id, Ruling::Claimant).await, Err(Error::NotFound)));
        for who in [&people.qiang, &people.fang, &people.lei] {
            assert!(site.engine.dispute(who, id).await.expect("on record").account.is_none());
        }
        site.engine.withdraw_dispute(&people.qiang, id, "").await.expect("nothing is left to claim");
    });
}

#[test]
fn merged_it_goes_along_and_comes_back() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let one = people.customer(&site, "北京华为技术有限公司").await;
        let two = people.customer(&site, "潍坊风筝制造有限公司").await;
        let three = people.customer(&site, "济南轻骑摩托车有限公司").await;
        let id = named(&site, &people.qiang, "北京华为技术有限公司").await.id;
        let about = async || site.engine.dispute(&people.min, id).await.expect("seen").account.expect("which").id;
        let merge = async |survivor, loser| {
            site.engine.merge(&site.admin, "account", MergeInput::new(survivor, [loser])).await.expect("merged").id
        };
        let first = merge(two, one).await;
        assert_eq!(about().await, two);
        let second = merge(three, two).await;
        assert_eq!(about().await, three);
        site.engine.unmerge(&site.admin, second).await.expect("undone");
        assert_eq!(about().await, two);
        site.engine.unmerge(&site.admin, first).await.expect("undone");
        assert_eq!(about().await, one);

        merge(two, one).await;
        decide(&site, &people.min, id, Ruling::Claimant).await.expect("of what it is now");
        assert_eq!(owner_of(&site, two).await, people.qiang.user_id);
        let seen = claim(Claimed::Record(one));
        assert!(matches!(site.engine.file_dispute(&people.lei, &seen).await, Err(Error::Conflict(_))), "it went away");
    });
}

#[test]
fn a_claimant_who_left_takes_nothing_over() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let account = people.customer(&site, "北京华为技术有限公司").await;
        let id = named(&site, &people.qiang, "北京华为技术有限公司").await.id;
        let left = Input::default().set("active", "false");
        site.engine.change(&site.admin, "user", people.qiang.user_id.expect("a user"), None, left).await.expect("left");
        for ruling in [Ruling::Claimant, Ruling::Joint] {
            assert!(matches!(decide(&site, &people.min, id, ruling).await, Err(Error::Conflict(_))));
        }
        decide(&site, &people.min, id, Ruling::Holder).await.expect("closed");
        assert_eq!(owner_of(&site, account).await, people.fang.user_id);
    });
}
