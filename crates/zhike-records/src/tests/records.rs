use zhike_types::{Error, Lang};

use super::on_both;
use crate::{Happening, Input};

#[test]
fn a_record_is_made_changed_and_remembered() {
    on_both(|site| async move {
        let account = site
            .make(
                "account",
                &[("name", " 青岛海尔　电器有限公司 "), ("phone", "0532 8893 9999"), ("annual_revenue", "1.2亿")],
            )
            .await;
        assert_eq!(account.title(), "青岛海尔 电器有限公司");
        assert_eq!(account.version, 1);
        assert_eq!(site.engine.show(&account, "phone", Lang::Zh), "0532-88939999");
        assert_eq!(site.engine.show(&account, "annual_revenue", Lang::Zh), "¥120,000,000.00");
        assert!(site.engine.show(&account, "number", Lang::Zh).starts_with("KH202603-"));

        let changed = site
            .engine
            .change(&site.admin, "account", account.id, Some(1), Input::default().set("level", "A"))
            .await
            .expect("changed");
        assert_eq!((changed.version, site.engine.show(&changed, "level", Lang::En).as_str()), (2, "A key"));
        let stale =
            site.engine.change(&site.admin, "account", account.id, Some(1), Input::default().set("level", "B")).await;
        assert!(matches!(stale, Err(Error::Stale { current: 2 })));

        let history = site.engine.history(&site.admin, "account", account.id, None, 10).await.expect("history");
        assert_eq!(history.iter().map(|entry| entry.action.as_str()).collect::<Vec<_>>(), ["change", "create"]);
        assert_eq!((history[0].changes[0].before.as_str(), history[0].changes[0].after.as_str()), ("", "A 重点"));
    });
}

#[test]
fn what_cannot_be_is_refused_with_all_its_reasons_and_nothing_written() {
    on_both(|site| async move {
        let input = Input::default()
            .set("name", "")
            .set("credit_code", "91370200163562681X")
            .set("email", "nobody")
            .set("colour", "red");
        let Err(Error::Invalid(errors)) = site.engine.create(&site.admin, "account", input).await else {
            panic!("it was taken")
        };
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert!(
            fields.contains(&"credit_code") && fields.contains(&"email") && fields.contains(&"colour"),
            "{errors:?}"
        );
        assert_eq!(site.engine.count(&site.admin, "account", "", false).await.expect("a count"), 0);
        let Err(Error::Invalid(errors)) = site.engine.create(&site.admin, "account", Input::default()).await else {
            panic!("it was taken")
        };
        assert_eq!((errors[0].field.as_str(), errors[0].code), ("name", "required"));
    });
}

#[test]
fn a_unique_value_is_held_once() {
    on_both(|site| async move {
        site.make("account", &[("name", "甲"), ("credit_code", "91110000600037341L")]).await;
        let twin = site
            .engine
            .create(&site.admin, "account", Input::default().set("name", "乙").set("credit_code", "91110000600037341l"))
            .await;
        let Err(Error::Invalid(errors)) = twin else { panic!("two records hold one credit code") };
        assert_eq!(errors[0].code, "unique");
    });
}

#[test]
fn roll_ups_follow_their_records() {
    on_both(|site| async move {
        let account = site.make("account", &[("name", "甲公司")]).await;
        let id = account.id.to_string();
        let contact = site.make("contact", &[("name", "张伟"), ("account", &id)]).await;
        let read = || async { site.engine.read(&site.admin, "account", account.id).await.expect("the account") };
        assert_eq!(read().await.value("contact_count").as_int(), Some(1));
        site.engine.delete(&site.admin, "contact", contact.id, None, None).await.expect("deleted");
        assert_eq!(read().await.value("contact_count").as_int(), Some(0));
        site.engine.restore(&site.admin, "contact", contact.id).await.expect("restored");
        assert_eq!(read().await.value("contact_count").as_int(), Some(1));
        let other = site.make("account", &[("name", "乙公司")]).await;
        site.engine
            .change(&site.admin, "contact", contact.id, None, Input::default().set("account", other.id.to_string()))
            .await
            .expect("moved");
        assert_eq!(read().await.value("contact_count").as_int(), Some(0));
        assert_eq!(
            site.engine.read(&site.admin, "account", other.id).await.expect("it").value("contact_count").as_int(),
            Some(1)
        );
    });
}

#[test]
fn the_timeline_tells_everything_whoever_entered_it() {
    on_both(|site| async move {
        let account = site.make("account", &[("name", "甲公司")]).await;
        let id = account.id.to_string();
        site.clock.advance(60_000);
        site.make("interaction", &[("account", &id), ("channel", "phone"), ("content", "约好下周拜访")]).await;
        site.clock.advance(60_000);
        site.engine.attach(&site.admin, "account", account.id, "报价.txt", b"hello".to_vec()).await.expect("attached");
        let entries =
            site.engine.timeline(&site.admin, "account", account.id, &[], None, 50).await.expect("a timeline");
        let kinds: Vec<&str> = entries
            .iter()
            .map(|entry| match &entry.what {
                Happening::Record(record) => record.object.name.as_str(),
                Happening::Change(entry) => entry.action.as_str(),
            })
            .collect();
        assert_eq!(kinds, ["attachment", "interaction", "create"]);
    });
}

#[test]
fn the_audit_is_chained_and_tampering_shows() {
    on_both(|site| async move {
        site.make("account", &[("name", "甲公司")]).await;
        site.make("account", &[("name", "乙公司")]).await;
        site.engine.seal_audit().await.expect("sealed");
        let well = |findings: &[crate::Finding]| findings.iter().all(|finding| finding.well);
        assert!(well(&site.engine.doctor().await.expect("the doctor comes")));
        let mut tx = site.engine.db().begin().await.expect("a transaction");
        tx.run(zhike_db::sql!("UPDATE audit SET reason = 'x' WHERE seq = (SELECT MAX(seq) FROM audit)"))
            .await
            .expect("tampered");
        tx.commit().await.expect("committed");
        assert!(!well(&site.engine.doctor().await.expect("the doctor comes")));
    });
}

#[test]
fn a_follow_up_moves_the_customers_next_time() {
    on_both(|site| async move {
        let account = site.make("account", &[("name", "甲公司"), ("next_follow_up_at", "2026-03-01 09:00")]).await;
        let id = account.id.to_string();
        let next = || async {
            let read = site.engine.read(&site.admin, "account", account.id).await.expect("the account");
            site.engine.show(&read, "next_follow_up_at", Lang::Zh)
        };
        let call = site
            .make(
                "interaction",
                &[("account", &id), ("channel", "phone"), ("content", "再约"), ("next_at", "2026-03-09 14:00")],
            )
            .await;
        assert_eq!(next().await, "2026-03-09 14:00");
        site.make("interaction", &[("account", &id), ("channel", "phone"), ("content", "补充")]).await;
        assert_eq!(next().await, "2026-03-09 14:00", "a time that has not come stays");
        site.engine
            .change(&site.admin, "interaction", call.id, None, Input::default().set("next_at", "2026-03-02 09:00"))
            .await
            .expect("changed");
        assert_eq!(next().await, "2026-03-02 09:00");
        site.make("interaction", &[("account", &id), ("channel", "phone"), ("content", "已回访")]).await;
        assert_eq!(next().await, "", "a time that has come is done with");
    });
}
