//! What was converted stays as it was; what is checked is checked by who may.

use zhike_types::{Error, FieldError, Uuid};

use super::{Office, converted, fields, lead, leads, read};
use crate::{
    Actor, ConversionInput, FieldState, Input, Selection,
    tests::{Site, on_both},
};

async fn refused(site: &Site, who: &Actor, id: Uuid, field: &str, text: &str) -> FieldError {
    match site.engine.change(who, "lead", id, None, Input::default().set(field, text)).await {
        Err(Error::Invalid(errors)) => errors.into_iter().next().expect("a message"),
        other => panic!("{field}: {other:?}"),
    }
}

#[test]
fn nobody_says_by_hand_that_it_was_converted() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let id = lead(&site, &office.fang, "青岛海悦仪器有限公司").await;
        for who in [&office.fang, &office.min, &site.admin] {
            let error = refused(&site, who, id, "state", "converted").await;
            assert_eq!((error.field.as_str(), error.code), ("state", "converted"));
            assert!(error.message.zh.contains("转为客户"), "{}", error.message.zh);
        }
        let made = Input::default().set("name", "烟台长裕水产有限公司").set("state", "converted");
        let made = site.engine.create(&office.fang, "lead", made).await.expect_err("neither a new one");
        assert!(fields(made).contains(&"state".to_owned()));
    });
}

#[test]
fn a_converted_lead_is_read_only_but_for_what_the_pack_leaves_open() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let id = lead(&site, &office.fang, "青岛海悦仪器有限公司").await;
        converted(&site, &office.fang, id, &ConversionInput::default()).await;
        for (field, text) in [("name", "别的名字"), ("state", "expected"), ("mobile", "13905361111"), ("owner", "")]
        {
            let error = refused(&site, &office.fang, id, field, text).await;
            assert_eq!((error.field.as_str(), error.code), (field, "converted"));
            assert!(error.message.zh.contains("备注、标签"), "{}", error.message.zh);
        }
        let input = Input::default().set("remark", "签约时张总在场");
        let record = site.engine.change(&office.fang, "lead", id, None, input).await.expect("notes go on");
        assert_eq!(record.state("remark"), FieldState::Writable);
        assert_eq!(record.state("name"), FieldState::ReadOnly);
        let listed = site.engine.list(&office.fang, &leads("")).await.expect("a list");
        assert_eq!(listed.records[0].state("name"), FieldState::ReadOnly);
        let (own, about) = (id.to_string(), format!("lead:{id}"));
        site.make_as(&office.fang, "note", &[("about", &about), ("body", "老板姓周")]).await;
        for (object, more) in [
            ("interaction", [("channel", "phone"), ("content", "又谈了")]),
            ("task", [("subject", "回电"), ("remark", "")]),
        ] {
            let input = more.iter().fold(Input::default().set("lead", own.as_str()), |input, (name, text)| {
                if text.is_empty() { input } else { input.set(name, *text) }
            });
            let error = site.engine.create(&office.fang, object, input).await.expect_err("it belongs to the customer");
            assert_eq!(fields(error), ["lead"], "{object}");
        }
        // hand-overs go on: whose it was is no content
        let to = office.qiang.user_id.expect("a user");
        site.engine.assign(&site.admin, "lead", id, to, "").await.expect("assigned");
        assert_eq!(read(&site, "lead", id).await.value("owner").as_id(), Some(to));
    });
}

#[test]
fn it_is_expected_when_the_criterion_holds_and_who_must_has_checked_it() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let book = site.make_as(&office.fang, "list_book", &[("name", "往届展商"), ("check_needed", "true")]).await;
        let own = book.id.to_string();
        let record = site.make_as(&office.fang, "lead", &[("name", "青岛海悦仪器有限公司"), ("list_book", &own)]).await;
        let id = record.id;
        assert_eq!(refused(&site, &office.fang, id, "state", "expected").await.code, "stage");
        let change = async |who: &Actor, fields: &[(&str, &str)]| {
            let input = fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text));
            site.engine.change(who, "lead", id, None, input).await
        };
        change(&office.fang, &[("has_need", "true"), ("has_budget", "true")]).await.expect("two of four");
        assert!(refused(&site, &office.fang, id, "state", "expected").await.message.zh.contains("核查"));
        let early = site.engine.convert(&office.fang, "lead", id, &ConversionInput::default()).await;
        assert_eq!(fields(early.expect_err("not checked")), ["state"]);
        let (fang, min) = (office.fang.user_id.expect("a user"), office.min.user_id.expect("a user"));
        assert_eq!(refused(&site, &office.fang, id, "checked_by", &min.to_string()).await.field, "checked_by");
        change(&office.fang, &[("checked_by", &fang.to_string())]).await.expect("it may stand there");
        assert_eq!(refused(&site, &office.fang, id, "state", "expected").await.code, "stage", "but counts for nothing");
        let at = refused(&site, &office.min, id, "checked_at", "2026-01-01T00:00:00Z").await;
        assert_eq!(at.code, "read_only", "the hour is not theirs to say");
        let checked = change(&office.min, &[("checked_by", &min.to_string())]).await.expect("the manager checks");
        assert_eq!(checked.value("checked_at").as_int(), Some(site.engine.now()));
        let not_checked = change(&office.min, &[("checked_by", "")]).await.expect("taken back");
        assert!(not_checked.value("checked_at").is_null());
        let input = Input::default().set("checked_by", min.to_string());
        let many = site.engine.bulk_change(&office.min, "lead", &Selection::Ids(vec![id]), input).await;
        assert_eq!(many.expect("of a list of them, too").done, 1);
        let record = site.engine.read(&site.admin, "lead", id).await.expect("it is there");
        assert_eq!(record.value("checked_at").as_int(), Some(site.engine.now()));
        change(&office.fang, &[("state", "expected")]).await.expect("now it is expected");
        converted(&site, &office.fang, id, &ConversionInput::default()).await;
    });
}
