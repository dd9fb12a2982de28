//! A customer that is there is told of before a second one is made: of a conversion, of a new lead, and a lead to who makes a customer.

use zhike_match::Band;
use zhike_types::Error;

use super::{Becoming, Office, asked, converted, count, lead, read};
use crate::{Alike, Alikes, ConversionInput, Input, OnAlike, tests::on_both};

fn named(name: &str) -> Input {
    Input::default().set("name", name)
}

fn told(error: &Error) -> &[Alike] {
    Alikes::of(error).map_or_else(|| panic!("{error}"), |found| found.matches.as_slice())
}

#[test]
fn a_conversion_asks_before_it_makes_a_customer_twice() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let there = site.make_as(&office.fang, "account", &[("name", "青岛海悦仪器有限公司")]).await;
        let id = lead(&site, &office.fang, "青岛海悦仪器有限公司").await;
        let found = site
            .engine
            .conversion_matches(&office.fang, "lead", id, "account", &Input::default())
            .await
            .expect("asked");
        assert_eq!(found.first().and_then(|alike| alike.record.as_ref()).map(|record| record.id), Some(there.id));
        let other =
            site.engine.conversion_matches(&office.fang, "lead", id, "account", &named("北京远望科技有限公司")).await;
        assert!(other.expect("asked").iter().all(|alike| alike.band != Band::Same), "what is typed counts");
        let refused =
            site.engine.convert(&office.fang, "lead", id, &ConversionInput::default()).await.expect_err("there");
        assert_eq!(told(&refused)[0].object, "account");
        assert!(matches!(told(&refused)[0].band, Band::Same | Band::Review));
        assert_eq!((count(&site, "account").await, count(&site, "contact").await), (1, 0));
        let wish = asked(&[("account", Becoming::Existing(there.id))]);
        converted(&site, &office.fang, id, &wish).await;
        assert_eq!(count(&site, "account").await, 1);

        // of one that he may not see he learns whose it is
        let his = lead(&site, &office.qiang, "青岛海悦仪器有限公司").await;
        let refused =
            site.engine.convert(&office.qiang, "lead", his, &ConversionInput::default()).await.expect_err("there");
        let alike = &told(&refused)[0];
        assert!(alike.record.is_none() && alike.owner.as_deref() == Some("王芳"), "{alike:?}");
    });
}

#[test]
fn whoever_is_a_customer_is_no_new_lead() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let there = site
            .make_as(&office.fang, "account", &[("name", "青岛海悦仪器有限公司"), ("phone", "0532-83007788")])
            .await;
        let own = there.id.to_string();
        site.make_as(&office.fang, "contact", &[("name", "周海"), ("account", &own), ("mobile", "13805320001")]).await;
        for (who, sees) in [(&office.fang, true), (&office.qiang, false)] {
            let live = site.engine.matches(who, "lead", &named("海悦仪器（青岛）有限公司"), None).await.expect("asked");
            assert_eq!(live.len(), 1, "{live:?}");
            assert_eq!((live[0].object.as_str(), live[0].record.is_some()), ("account", sees));
            let refused = site.engine.create(who, "lead", named("青岛海悦仪器有限公司")).await.expect_err("a customer");
            assert_eq!(told(&refused)[0].object, "account");
            assert!(refused.message().zh.contains("客户"), "{}", refused.message().zh);
        }
        let by_number =
            site.engine.matches(&office.qiang, "lead", &named("海月").set("mobile", "13805320001"), None).await;
        let by_number = by_number.expect("asked");
        assert!(by_number.iter().any(|alike| alike.object == "account"), "a customer's person: {by_number:?}");
        site.engine.create(&office.qiang, "lead", named("昆明滇池花卉有限公司")).await.expect("another one");
        assert_eq!(count(&site, "lead").await, 1);
    });
}

#[test]
fn a_lead_hints_to_who_makes_a_customer() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let id = lead(&site, &office.fang, "青岛海悦仪器有限公司").await;
        let live =
            site.engine.matches(&office.qiang, "account", &named("青岛海悦仪器有限公司"), None).await.expect("asked");
        assert_eq!((live.len(), live[0].object.as_str()), (1, "lead"));
        assert!(live[0].record.is_none() && live[0].owner.as_deref() == Some("王芳"));
        let phone = read(&site, "lead", id).await.value("phone").as_text().unwrap_or_default().to_owned();
        let customer = named("青岛海悦仪器有限公司").set("phone", phone);
        site.engine.create(&office.qiang, "account", customer).await.expect("a hint, no more");
        let all_the_same = ConversionInput {
            duplicates: OnAlike::Allow { reason: "另一家".to_owned() },
            ..ConversionInput::default()
        };
        let done = site.engine.convert(&office.fang, "lead", id, &all_the_same).await;
        assert!(matches!(done, Err(Error::Forbidden(_))), "certainly the same: that needs the duty");

        let id = lead(&site, &office.fang, "潍坊风筝制造有限公司").await;
        converted(&site, &office.fang, id, &all_the_same).await;
        let live =
            site.engine.matches(&office.fang, "account", &named("潍坊风筝制造有限公司"), None).await.expect("asked");
        let objects: Vec<&str> = live.iter().map(|alike| alike.object.as_str()).collect();
        assert_eq!(objects, ["account"], "what a lead became speaks for itself");
    });
}
