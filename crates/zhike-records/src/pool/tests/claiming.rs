//! Who may claim, and what comes along.

use zhike_types::Error;

use super::{Company, back, claim, lying, owner_of, pool};
use crate::{ListQuery, tests::on_both};

const DAY: i64 = 86_400_000;

#[test]
fn what_is_claimed_comes_with_its_history_and_its_people() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let pool = pool(&site, "华东公海", &[]).await;
        let account = site.make_as(&people.fang, "account", &[("name", "青岛海悦电器有限公司")]).await.id;
        let of = account.to_string();
        let zhang = site.make_as(&people.fang, "contact", &[("name", "张伟"), ("account", &of)]).await.id;
        let call = [("content", "谈了报价"), ("channel", "phone"), ("account", of.as_str())];
        let call = site.make_as(&people.fang, "interaction", &call).await.id;
        let open = site.make_as(&people.fang, "task", &[("subject", "寄样品"), ("account", &of)]).await.id;
        let done = [("subject", "寄名片"), ("account", of.as_str()), ("done", "true")];
        let done = site.make_as(&people.fang, "task", &done).await.id;

        let gone = back(&site, &people.fang, pool, account).await.expect("it is hers");
        assert!(gone.value("owner").is_null() && gone.value("department").is_null());
        assert_eq!(gone.value("pool").as_id(), Some(pool));
        for object in ["account", "contact", "task"] {
            let all = ListQuery { object: object.to_owned(), ..ListQuery::default() };
            let left = site.engine.list(&people.fang, &all).await.expect("a list").records;
            // what she did herself she still sees
            assert_eq!(left.len(), usize::from(object == "task"), "{object}");
        }

        let mine = claim(&site, &people.qiang, account).await.expect("anybody may");
        assert_eq!(mine.value("owner").as_id(), people.qiang.user_id);
        assert_eq!(mine.value("department").as_id(), people.qiang.department_id);
        assert!(mine.value("pool").is_null() && mine.value("pool_since").is_null());
        assert_eq!(mine.value("pool_from").as_id(), Some(pool));
        assert_eq!(mine.value("owner_since").as_int(), Some(site.engine.now()));
        let whose = async |object: &str, id| {
            let record = site.engine.read(&people.qiang, object, id).await.expect("he sees all of it");
            record.value("owner").as_id()
        };
        assert_eq!(whose("contact", zhang).await, people.qiang.user_id);
        assert_eq!(whose("task", open).await, people.qiang.user_id);
        assert_eq!(whose("interaction", call).await, people.fang.user_id, "who did it, did it");
        assert_eq!(whose("task", done).await, people.fang.user_id);

        let history = site.engine.history(&people.qiang, "account", account, None, 10).await.expect("his");
        let told: Vec<(&str, &str)> =
            history.iter().map(|entry| (entry.action.as_str(), entry.actor.as_str())).collect();
        assert_eq!(told, [("claim", "李强"), ("return", "王芳"), ("create", "王芳")]);
        assert_eq!(history[1].reason.as_deref(), Some("联系不上"));
    });
}

#[test]
fn who_comes_late_hears_who_was_faster_if_they_may_know() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let pool = pool(&site, "公海", &[]).await;
        let account = lying(&site, pool, "青岛海悦电器有限公司", &[]).await;
        claim(&site, &people.fang, account).await.expect("she is first");
        let told = async |who| match claim(&site, who, account).await {
            Err(Error::Conflict(text)) => text.zh.into_owned(),
            other => panic!("{other:?}"),
        };
        assert_eq!(told(&people.lei).await, "慢了一步：现在归 王芳 负责。");
        assert_eq!(told(&people.qiang).await, "慢了一步：已被别人领取或分配出去了。");
        assert_eq!(told(&people.fang).await, "这条记录已经是您的了。");
        // what never lay in a pool is not there for him
        let hers = site.make_as(&people.fang, "account", &[("name", "潍坊风筝制造有限公司")]).await.id;
        assert!(matches!(claim(&site, &people.qiang, hers).await, Err(Error::NotFound)));
        assert_eq!(owner_of(&site, account).await, people.fang.user_id);
    });
}

#[test]
fn limits_hold() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let pool = pool(&site, "公海", &[("claims_a_day", "2"), ("held_most", "3"), ("cool_down_days", "10")]).await;
        let mut ids = Vec::new();
        for n in 0..6 {
            ids.push(lying(&site, pool, &format!("第{n}家公司"), &[]).await);
        }
        let fang = &people.fang;
        claim(&site, fang, ids[0]).await.expect("one");
        claim(&site, fang, ids[1]).await.expect("two");
        assert!(matches!(claim(&site, fang, ids[2]).await, Err(Error::TooMany(_))), "two a day");
        let info = &site.engine.pools(fang).await.expect("pools")[0];
        assert_eq!((info.records, info.claimed, info.claims_left, info.holds_left), (4, 2, Some(0), Some(1)));

        site.clock.advance(DAY);
        claim(&site, fang, ids[2]).await.expect("three");
        let full = claim(&site, fang, ids[3]).await;
        assert!(matches!(&full, Err(Error::Conflict(text)) if text.en.contains("You hold 3")), "{full:?}");
        // what was given back rests for ten days, for her alone
        back(&site, fang, pool, ids[0]).await.expect("hers");
        let soon = claim(&site, fang, ids[0]).await;
        assert!(matches!(&soon, Err(Error::Conflict(text)) if text.en.contains("in 10 days")), "{soon:?}");
        claim(&site, &people.qiang, ids[0]).await.expect("he never had it");
        back(&site, &people.qiang, pool, ids[0]).await.expect("his");
        site.clock.advance(10 * DAY);
        claim(&site, fang, ids[0]).await.expect("after ten days");
    });
}

#[test]
fn members_alone_claim_and_what_is_protected_is_assigned() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let east = pool(&site, "华东公海", &[("everybody", "false"), ("protected", r#"level == "A""#)]).await;
        let (of, department) = (east.to_string(), people.east.to_string());
        site.make("pool_member", &[("pool", &of), ("team", &department)]).await;
        let small = lying(&site, east, "小客户公司", &[("level", "C")]).await;
        let large = lying(&site, east, "大客户公司", &[("level", "A")]).await;

        assert!(matches!(claim(&site, &people.qiang, small).await, Err(Error::NotFound)), "he is of the north");
        assert!(site.engine.pools(&people.qiang).await.expect("pools").is_empty());
        claim(&site, &people.fang, small).await.expect("she is of the east");
        assert!(matches!(claim(&site, &people.fang, large).await, Err(Error::Conflict(_))), "it is protected");
        let manager = people.min.user_id.expect("a user").to_string();
        let assign = async |who| {
            let to = people.fang.user_id.expect("a user");
            site.engine.assign(who, "account", large, to, "由她跟进").await
        };
        assert!(matches!(assign(&people.min).await, Err(Error::NotFound)), "not yet its manager");
        site.make("pool_member", &[("pool", &of), ("user", &manager), ("level", "manager")]).await;
        let given = assign(&people.min).await.expect("now she is");
        assert_eq!(given.value("owner").as_id(), people.fang.user_id);
        // she cannot give a protected one back either
        assert!(matches!(back(&site, &people.fang, east, large).await, Err(Error::Conflict(_))));

        // out of use: nobody claims, and members do not see it
        site.engine
            .change(&site.admin, "pool", east, None, crate::Input::default().set("active", "false"))
            .await
            .expect("changed");
        assert!(site.engine.pools(&people.fang).await.expect("pools").is_empty());
        assert!(matches!(site.engine.pool_view(&people.fang, east).await, Err(Error::NotFound)));
    });
}
