//! A conversion followed by its undoing changes nothing.

use zhike_types::{Error, Uuid};

use super::{Becoming, Office, asked, converted, count, lead, new, read};
use crate::{
    Actor, ConversionInput, Input, OnAlike, Record,
    tests::{Site, on_both},
};

/// What a record holds, but for when and by whom it was changed.
fn content(record: &Record) -> Vec<String> {
    let own = |name: &str| !["version", "updated_at", "updated_by"].contains(&name);
    record
        .fields()
        .filter(|(field, ..)| own(&field.name))
        .map(|(field, value, _)| format!("{}={value:?}", field.name))
        .collect()
}

async fn is_over(site: &Site, who: &Actor, id: Uuid) {
    let undone = site.engine.unconvert(who, "lead", id).await;
    assert!(matches!(undone, Err(Error::Conflict(_))), "{undone:?}");
}

#[test]
fn a_conversion_taken_back_changes_nothing() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let fang = &office.fang;
        let there = site.make_as(fang, "account", &[("name", "济南启明阀门有限公司")]).await;
        let accounts = [new(&[]), Becoming::Existing(there.id)];
        let deals = [new(&[("amount", "1000")]), Becoming::Nothing];
        for (n, (account, deal)) in
            accounts.iter().flat_map(|account| deals.iter().map(move |deal| (account, deal))).enumerate()
        {
            let name =
                ["青岛海悦仪器有限公司", "潍坊风筝制造有限公司", "广州白云山医药有限公司", "曲靖市第六人民医院"][n];
            let id = lead(&site, fang, name).await;
            let (own, about) = (id.to_string(), format!("lead:{id}"));
            let told =
                site.make_as(fang, "interaction", &[("lead", &own), ("channel", "phone"), ("content", "谈了")]).await;
            let note = site.make_as(fang, "note", &[("about", &about), ("body", "老板姓周")]).await;
            let mut before = Vec::new();
            for (object, id) in [("lead", id), ("interaction", told.id), ("note", note.id), ("account", there.id)] {
                before.push((object, id, content(&read(&site, object, id).await)));
            }
            let mut counts = Vec::new();
            for object in ["account", "contact", "opportunity"] {
                counts.push((object, count(&site, object).await));
            }
            let wish = ConversionInput {
                // the same person at another company
                duplicates: OnAlike::Allow { reason: "另一家".to_owned() },
                ..asked(&[("account", account.clone()), ("opportunity", deal.clone())])
            };
            converted(&site, fang, id, &wish).await;
            let back = site.engine.unconvert(fang, "lead", id).await.unwrap_or_else(|error| panic!("{n}: {error}"));
            assert_eq!(back.value("state").as_text(), Some("expected"));
            for (object, id, was) in before {
                assert_eq!(content(&read(&site, object, id).await), was, "{n} {object}");
            }
            for (object, was) in counts {
                assert_eq!(count(&site, object).await, was, "{n} {object}");
            }
            is_over(&site, fang, id).await;
            if matches!(account, Becoming::New(_)) {
                converted(&site, fang, id, &wish).await;
            }
        }
    });
}

#[test]
fn what_somebody_worked_on_since_is_not_taken_back() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let fang = &office.fang;
        let id = lead(&site, fang, "青岛海悦仪器有限公司").await;
        let done = converted(&site, fang, id, &ConversionInput::default()).await;
        let account = done.became[0].id;
        let change = Input::default().set("level", "A");
        site.engine.change(fang, "account", account, None, change).await.expect("changed");
        is_over(&site, fang, id).await;

        let id = lead(&site, fang, "潍坊风筝制造有限公司").await;
        let wish = ConversionInput {
            duplicates: OnAlike::Allow { reason: "另一家".to_owned() },
            ..ConversionInput::default()
        };
        let done = converted(&site, fang, id, &wish).await;
        let account = done.became[0].id.to_string();
        site.make_as(fang, "interaction", &[("account", &account), ("channel", "phone"), ("content", "又谈了")]).await;
        is_over(&site, fang, id).await;
        let other = site.engine.unconvert(&office.qiang, "lead", id).await;
        assert!(matches!(other, Err(Error::NotFound)), "{other:?}");
    });
}
