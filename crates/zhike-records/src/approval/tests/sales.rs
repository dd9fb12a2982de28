//! The processes of the sales pack: all but that of a contract's amount are switched off until somebody wants them; then quotes and
//! contracts take approval.

use super::*;

pub(super) async fn switch_on(site: &Site, object: &str) {
    for process in site.engine.approval_processes(&site.admin).await.expect("processes") {
        let from_the_first_day = &*process.name.zh == "合同金额变更";
        assert_eq!(process.active, from_the_first_day, "{}", process.name.zh);
        if process.object == object {
            let input =
                ApprovalProcessInput { name: process.name, object: process.object, active: true, rule: process.rule };
            site.engine.save_approval_process(&site.admin, Some(process.id), None, input).await.expect("switched on");
        }
    }
}

async fn line(site: &Site, office: &Office, quote: Uuid, product: Uuid, price: &str) -> Uuid {
    let fields =
        [("quote", &*quote.to_string()), ("product", &*product.to_string()), ("quantity", "1"), ("price", price)];
    site.make_as(&office.fang, "quote_line", &fields).await.id
}

async fn status(site: &Site, object: &str, id: Uuid) -> String {
    let record = site.engine.read(&site.admin, object, id).await.expect("it is there");
    record.value("status").as_text().unwrap_or_default().to_owned()
}

#[test]
fn a_large_quote_is_in_approval_until_it_is_approved() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        switch_on(&site, "quote").await;
        let account = office.account.to_string();
        let quote = site.make_as(&office.fang, "quote", &[("account", &account)]).await.id;
        let product = site.make("product", &[("code", "P1"), ("name", "冷柜"), ("list_price", "80000")]).await.id;
        let first = line(&site, &office, quote, product, "80000").await;
        let to = |status: &str| Input::default().set("status", status);
        let wish = |status: &str| ApprovalWish {
            object: "quote".to_owned(),
            record: Some(quote),
            version: None,
            input: to(status),
            comment: String::new(),
        };
        let small = site.engine.submit_approval(&office.fang, wish("approved")).await;
        assert!(matches!(small, Err(Error::Conflict(_))), "a small one takes none: {small:?}");
        line(&site, &office, quote, product, "90000").await;
        let refused = site.engine.change(&office.fang, "quote", quote, None, to("sent")).await;
        assert!(matches!(refused, Err(Error::NeedsApproval(..))), "{refused:?}");
        // 送审 by hand is asking for what comes of it
        let asked = site.engine.submit_approval(&office.fang, wish("in_approval")).await.expect("asked");
        assert_eq!(asked.after.value("status").as_text(), Some("approved"));
        assert_eq!(status(&site, "quote", quote).await, "in_approval");
        done(&site, &office.li, &asked, ApprovalAct::SendBack { to: None }).await;
        assert_eq!(status(&site, "quote", quote).await, "draft");
        let asked = done(&site, &office.fang, &asked, ApprovalAct::Resubmit).await;
        // who changes a line changes what was asked for: it cannot pass
        let cheaper = Input::default().set("price", "60000");
        site.engine.change(&office.fang, "quote_line", first, None, cheaper).await.expect("a line");
        let moved = act(&site, &office.li, &asked, ApprovalAct::Approve).await;
        assert!(matches!(&moved, Err(Error::Conflict(_))), "{moved:?}");
        assert_eq!(status(&site, "quote", quote).await, "in_approval");
        done(&site, &office.li, &asked, ApprovalAct::SendBack { to: None }).await;
        let asked = done(&site, &office.fang, &asked, ApprovalAct::Resubmit).await;
        assert_eq!(done(&site, &office.li, &asked, ApprovalAct::Approve).await.state, ApprovalState::Passed);
        assert_eq!(status(&site, "quote", quote).await, "approved");
        site.engine.change(&office.fang, "quote", quote, None, to("sent")).await.expect("what was approved is sent");
    });
}

#[test]
fn a_contract_and_its_amount_take_the_manager() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        switch_on(&site, "contract").await;
        let account = office.account.to_string();
        let fields =
            [("name", "供货合同"), ("account", account.as_str()), ("amount", "50000"), ("signed_on", "2026-03-01")];
        let contract = site.make_as(&office.fang, "contract", &fields).await.id;
        let wish = |input: Input| ApprovalWish {
            object: "contract".to_owned(),
            record: Some(contract),
            version: None,
            input,
            comment: String::new(),
        };
        let active = Input::default().set("status", "active");
        let asked = site.engine.submit_approval(&office.fang, wish(active)).await.expect("asked");
        assert_eq!(status(&site, "contract", contract).await, "in_approval");
        let rejected = done(&site, &office.li, &asked, ApprovalAct::Reject).await;
        assert_eq!(
            (rejected.state, status(&site, "contract", contract).await.as_str()),
            (ApprovalState::Rejected, "draft")
        );
        let asked = site
            .engine
            .submit_approval(&office.fang, wish(Input::default().set("status", "active")))
            .await
            .expect("asked");
        assert_eq!(done(&site, &office.li, &asked, ApprovalAct::Approve).await.state, ApprovalState::Passed);
        assert_eq!(status(&site, "contract", contract).await, "active");
        let more = Input::default().set("amount", "80000");
        let refused = site.engine.change(&office.fang, "contract", contract, None, more.clone()).await;
        assert!(matches!(refused, Err(Error::NeedsApproval(..))), "{refused:?}");
        let asked = site.engine.submit_approval(&office.fang, wish(more)).await.expect("asked");
        done(&site, &office.li, &asked, ApprovalAct::Approve).await;
        let record = site.engine.read(&site.admin, "contract", contract).await.expect("it is there");
        assert!(site.engine.show(&record, "amount", zhike_types::Lang::Zh).contains("80,000"));
    });
}
