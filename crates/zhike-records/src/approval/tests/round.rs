//! Nobody gets round an approval: not by ending what it is about in the same write, not by a state that comes after it, not by merging.

use std::collections::BTreeMap;

use super::{sales::switch_on, *};
use crate::{Choice, MergeInput};

/// Who changes the level of a customer for whom the condition holds is asked.
fn level_takes_while(condition: &str) -> ApprovalProcessInput {
    let mut input = level_takes(vec![manager(1)]);
    input.rule.condition = condition.to_owned();
    input
}

#[test]
fn what_a_condition_reads_is_not_put_out_of_its_way_in_the_same_write() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let set = async |fields: &[(&str, &str)]| {
            let input = fields.iter().fold(Input::default(), |input, (name, value)| input.set(name, *value));
            site.engine.change(&office.fang, "account", office.account, None, input).await
        };
        set(&[("website", "www.haier.example")]).await.expect("a website");
        keep(&site, level_takes_while(r#"website != null && created_by.name == "王芳""#)).await;
        let refused = set(&[("level", "A")]).await;
        assert!(matches!(refused, Err(Error::NeedsApproval(..))), "{refused:?}");
        let refused = set(&[("level", "A"), ("website", "")]).await;
        assert!(matches!(refused, Err(Error::NeedsApproval(..))), "as it was, it held: {refused:?}");
        let record = office.record(&site).await;
        assert_eq!(record.value("website").as_text(), Some("https://www.haier.example"), "nothing is written");
        set(&[("website", "")]).await.expect("the level stays");
        set(&[("level", "A")]).await.expect("it does not hold any more");
        // a value that the process is not about is judged as it comes, not as it was
        keep(&site, level_takes_while(r#"level != "B""#)).await;
        set(&[("level", "B"), ("phone", "0532-88939999")]).await.expect("back to what needs no signature");
    });
}

#[test]
fn rows_of_an_import_do_not_either() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        keep(&site, level_takes_while(r#"industry == "retail""#)).await;
        let retail = Input::default().set("industry", "retail");
        site.engine.change(&office.fang, "account", office.account, None, retail).await.expect("an industry");
        let text = "客户名称,客户级别,行业\n青岛海尔电器有限公司,A,金融\n上海老凤祥珠宝有限公司,A,零售\n";
        let counts = giving::imported(&site, &office.li, text).await;
        assert_eq!((counts.created, counts.updated, counts.failed), (1, 0, 1));
        assert_eq!(office.level(&site).await, "C");
    });
}

#[test]
fn a_merge_does_not_bring_what_takes_approval() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let other = site.make_as(&office.fang, "account", &[("name", "海尔集团青岛冷柜厂"), ("level", "A")]).await.id;
        keep(&site, level_takes(vec![manager(1)])).await;
        let merge = async |from: Uuid| {
            let mut input = MergeInput::new(office.account, [other]);
            input.choices = BTreeMap::from([("level".to_owned(), Choice::Of(from))]);
            site.engine.merge(&office.zhou, "account", input).await
        };
        let refused = merge(other).await.expect_err("its level is another");
        assert!(matches!(&refused, Error::Conflict(text) if text.zh.contains("客户定级")), "{refused:?}");
        assert_eq!(office.level(&site).await, "C");
        site.engine.read(&site.admin, "account", other).await.expect("it was not merged");
        merge(office.account).await.expect("with its own level");
    });
}

#[test]
fn a_contracts_amount_takes_approval_from_the_first_day() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let account = office.account.to_string();
        let make = |status: &'static str| {
            let fields =
                [("name", "供货合同"), ("account", &account), ("amount", "50000"), ("signed_on", "2026-03-01")];
            let input = fields.iter().fold(Input::default(), |input, (name, value)| input.set(name, *value));
            site.engine.create(&office.fang, "contract", input.set("status", status))
        };
        let set = async |id: Uuid, fields: &[(&str, &str)]| {
            let input = fields.iter().fold(Input::default(), |input, (name, value)| input.set(name, *value));
            site.engine.change(&office.fang, "contract", id, None, input).await
        };
        let draft = make("draft").await.expect("a draft").id;
        set(draft, &[("amount", "60000")]).await.expect("a draft's amount is nobody's business yet");
        let contract = make("active").await.expect("without the other process it is simply active").id;
        for round in [
            &[("amount", "1")] as &[_],
            &[("amount", "1"), ("status", "finished")],
            &[("amount", "1"), ("status", "terminated")],
        ] {
            let refused = set(contract, round).await;
            assert!(matches!(refused, Err(Error::NeedsApproval(..))), "{round:?}: {refused:?}");
        }
        set(contract, &[("status", "terminated")]).await.expect("ended");
        let refused = set(contract, &[("amount", "1")]).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "locked: {refused:?}");
        let refused = set(contract, &[("amount", "1"), ("status", "active")]).await;
        assert!(matches!(refused, Err(Error::NeedsApproval(..))), "opened again: {refused:?}");

        switch_on(&site, "contract").await;
        for status in ["in_approval", "active", "finished", "terminated"] {
            let refused = make(status).await;
            assert!(matches!(refused, Err(Error::NeedsApproval(..))), "{status}: {refused:?}");
        }
    });
}

#[test]
fn a_quote_is_as_deeply_discounted_by_its_lines_as_by_itself() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        switch_on(&site, "quote").await;
        let account = office.account.to_string();
        let product = site.make("product", &[("code", "P1"), ("name", "冷柜"), ("list_price", "100")]).await.id;
        for (line, whole, asks) in [
            (&[("price", "100")] as &[(&str, &str)], "0", false),
            (&[("price", "80")], "0", false),
            (&[("price", "79")], "0", true),
            (&[("discount", "21")], "0", true),
            (&[("discount", "15")], "10", true),
            (&[("price", "90")], "10", false),
            (&[], "21", true),
        ] {
            let quote = site.make_as(&office.fang, "quote", &[("account", &account), ("discount", whole)]).await.id;
            let (of, what) = (quote.to_string(), product.to_string());
            let mut fields = vec![("quote", &*of), ("product", &*what), ("quantity", "1")];
            fields.extend(line);
            site.make_as(&office.fang, "quote_line", &fields).await;
            let to = Input::default().set("status", "approved");
            let answer = site.engine.change(&office.fang, "quote", quote, None, to).await;
            assert_eq!(matches!(answer, Err(Error::NeedsApproval(..))), asks, "{line:?} {whole}: {answer:?}");
            assert!(asks || answer.is_ok(), "{answer:?}");
        }
        // whose price list is whose: nobody writes what discounts are measured by
        let quote = site.make_as(&office.fang, "quote", &[("account", &account)]).await.id;
        let line = Input::default().set("quote", quote.to_string()).set("product", product.to_string());
        let refused = site.engine.create(&office.fang, "quote_line", line.set("list_price", "10")).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    });
}
