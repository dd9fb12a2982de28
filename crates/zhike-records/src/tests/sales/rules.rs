//! Rules, and what hangs on a lead alone.

use zhike_types::Error;

use super::{change, fields, input, refused, text};
use crate::{tests::NOW, tests::on_both};

#[test]
fn a_follow_up_may_hang_on_a_lead_alone() {
    on_both(|site| async move {
        let department = site.make("department", &[("name", "销售一部")]).await.id;
        let (lin, zhao) = (
            site.user("林晓", Some(department), &["sales"]).await,
            site.user("赵强", Some(department), &["sales"]).await,
        );
        let lead = site.make_as(&lin, "lead", &[("name", "青岛恒信包装厂"), ("mobile", "13805326138")]).await;
        let content = [("content", "第一次通话"), ("next_at", "2026-03-09 10:00")];
        let nobody = refused(&site, "interaction", &content).await;
        assert!(fields(&nobody) == ["account"] && nobody[0].code == "rule", "{nobody:?}");

        let id = lead.id.to_string();
        let told = site.make_as(&lin, "interaction", &[&content[..], &[("lead", &id)]].concat()).await;
        site.make_as(&lin, "task", &[("subject", "寄样品"), ("lead", &id)]).await;
        let lead = site.engine.read(&lin, "lead", lead.id).await.expect("the lead");
        assert_eq!(lead.value("last_follow_up_at").as_int(), Some(NOW));
        assert_eq!(lead.value("next_follow_up_at"), told.value("next_at"));
        let timeline = site.engine.timeline(&lin, "lead", lead.id, &[], None, 10).await.expect("a timeline");
        assert!(timeline.len() >= 3);

        // who does not see the lead does not see what was said; who gets it does
        assert!(matches!(site.engine.read(&zhao, "interaction", told.id).await, Err(Error::NotFound)));
        let me = zhao.user_id.expect("a user").to_string();
        site.engine.change(&site.admin, "lead", lead.id, None, input(&[("owner", &me)])).await.expect("given away");
        assert!(site.engine.read(&zhao, "interaction", told.id).await.is_ok());
        let errors = change(&site, &told, &[("lead", "")]).await.expect_err("it is about somebody");
        assert_eq!(fields(&errors), ["account"]);
    });
}

#[test]
fn a_lead_goes_its_way() {
    on_both(|site| async move {
        let lead =
            site.make("lead", &[("name", "青岛恒信包装厂"), ("mobile", "13805326138"), ("source", "转介绍")]).await;
        assert_eq!((text(&lead, "state").as_str(), lead.value("score").as_int()), ("potential", Some(20)));
        assert!(change(&site, &lead, &[("state", "预期")]).await.is_err());
        let ready = [("state", "预期"), ("has_need", "是"), ("has_budget", "是")];
        let expected = change(&site, &lead, &ready).await.expect("two criteria hold");
        assert_eq!(expected.value("score").as_int(), Some(65));
        assert!(change(&site, &expected, &[("state", "现实")]).await.is_err());
        let errors = change(&site, &expected, &[("state", "无效")]).await.expect_err("why");
        assert_eq!(fields(&errors), ["disqualified_reason"]);
    });
}

#[test]
fn rules_are_judged_when_what_they_read_is_written() {
    on_both(|site| async move {
        let account = site.make("account", &[("name", "青岛海悦食品有限公司")]).await.id.to_string();
        let other = site.make("account", &[("name", "济南长风物流有限公司")]).await.id.to_string();
        let contract = [("name", "年度供货"), ("account", &*account), ("amount", "1000"), ("starts_on", "2026-01-01")];
        let wrong = refused(&site, "contract", &[&contract[..], &[("ends_on", "2025-12-31")]].concat()).await;
        assert_eq!(fields(&wrong), ["ends_on"]);
        let made = site.make("contract", &[&contract[..], &[("ends_on", "2026-12-31")]].concat()).await;
        let errors = change(&site, &made, &[("starts_on", "2027-01-01")]).await.expect_err("it ends before it begins");
        assert_eq!(fields(&errors), ["ends_on"]);
        change(&site, &made, &[("name", "年度供货合同")]).await.expect("a name");

        // across records: the plan is the contract's, the contract the account's
        let (first, second) = (made.id.to_string(), site.make("contract", &contract).await.id.to_string());
        let plan = [("contract", first.as_str()), ("name", "首付"), ("due_on", "2026-03-01"), ("amount", "400")];
        let plan = site.make("payment_plan", &plan).await.id.to_string();
        let pay = |account: &str, contract: &str, amount: &str| {
            [
                ("account", account.to_owned()),
                ("contract", contract.to_owned()),
                ("plan", plan.clone()),
                ("amount", amount.to_owned()),
            ]
        };
        let tried = |fields: &[(&'static str, String); 4]| {
            input(&fields.iter().map(|(name, text)| (*name, text.as_str())).collect::<Vec<_>>())
        };
        for (account, contract, amount, field) in
            [(&account, &second, "400", "plan"), (&other, &first, "400", "contract"), (&account, &first, "0", "amount")]
        {
            let asked = site.engine.create(&site.admin, "payment", tried(&pay(account, contract, amount))).await;
            assert!(matches!(&asked, Err(Error::Invalid(errors)) if errors[0].field == field), "{field}: {asked:?}");
        }
        site.engine.create(&site.admin, "payment", tried(&pay(&account, &first, "400"))).await.expect("a payment");
    });
}
