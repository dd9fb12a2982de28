//! What hangs on a deal is its customer's: neither side is moved to another while the other stays.

use zhike_types::{Error, Uuid};

use super::{change, fields, refused};
use crate::tests::{Site, on_both};

/// Two customers; a deal of the first one from opportunity to payment.
struct Deal {
    other: Uuid,
    made: Vec<(&'static str, Uuid)>,
}

impl Deal {
    async fn at(site: &Site) -> Self {
        let account = site.make("account", &[("name", "青岛海悦食品有限公司")]).await.id.to_string();
        let other = site.make("account", &[("name", "济南泉城机械制造厂")]).await.id;
        let mut made: Vec<(&'static str, Uuid)> = Vec::new();
        let mut make = async |object: &'static str, fields: &[(&str, &str)]| {
            let mut fields = fields.to_vec();
            if object != "payment_plan" {
                fields.push(("account", &account));
            }
            let id = site.make(object, &fields).await.id;
            made.push((object, id));
            id.to_string()
        };
        let opportunity =
            make("opportunity", &[("name", "冷柜"), ("amount", "1000"), ("expected_close", "2026-06-30")]).await;
        let quote = make("quote", &[("opportunity", &opportunity)]).await;
        let contract = make(
            "contract",
            &[
                ("name", "供货"),
                ("amount", "1000"),
                ("signed_on", "2026-03-01"),
                ("opportunity", &opportunity),
                ("quote", &quote),
            ],
        )
        .await;
        make("sales_order", &[("contract", &contract), ("quote", &quote), ("opportunity", &opportunity)]).await;
        let plan = make(
            "payment_plan",
            &[("contract", &contract), ("term", "1"), ("name", "首付"), ("due_on", "2026-03-10"), ("amount", "600")],
        )
        .await;
        make("payment", &[("contract", &contract), ("plan", &plan), ("received_on", "2026-03-02"), ("amount", "600")])
            .await;
        make(
            "invoice",
            &[("contract", &contract), ("number", "25372000"), ("issued_on", "2026-03-02"), ("amount", "600")],
        )
        .await;
        Self { other, made }
    }

    fn id(&self, object: &str) -> Uuid {
        self.made.iter().find(|(name, _)| *name == object).map(|(_, id)| *id).expect("it was made")
    }
}

#[test]
fn no_link_of_a_deal_goes_to_another_customer_by_itself() {
    on_both(|site| async move {
        let deal = Deal::at(&site).await;
        for (object, id) in deal.made.iter().filter(|(object, _)| *object != "payment_plan") {
            let record = site.engine.read(&site.admin, object, *id).await.expect("it is there");
            let moved = change(&site, &record, &[("account", &deal.other.to_string())]).await;
            assert!(moved.is_err(), "{object} went away alone");
        }
        // a plan stays with its contract as long as something was paid for it
        let account = deal.other.to_string();
        let other = [("name", "另一份"), ("amount", "900"), ("signed_on", "2026-03-01"), ("account", account.as_str())];
        let contract = site.make("contract", &other).await.id.to_string();
        let plan = site.engine.read(&site.admin, "payment_plan", deal.id("payment_plan")).await.expect("it is there");
        let moved = change(&site, &plan, &[("contract", &contract)]).await.expect_err("it was paid");
        assert_eq!(fields(&moved), ["contract"]);
        // what is made new belongs to the customer of what it names
        let opportunity = deal.id("opportunity").to_string();
        for (object, more) in [
            ("sales_order", &[] as &[(&str, &str)]),
            ("demand", &[("subject", "冷柜要更静")]),
            ("commitment", &[("subject", "三日内到货"), ("due_on", "2026-03-09")]),
            ("visit", &[("planned_start", "2026-03-05T09:00:00+08:00"), ("purpose", "回访")]),
            ("interaction", &[("content", "谈了价格"), ("channel", "phone")]),
        ] {
            let mut given = vec![("account", account.as_str()), ("opportunity", opportunity.as_str())];
            given.extend(more);
            assert_eq!(fields(&refused(&site, object, &given).await), ["opportunity"], "{object}");
        }
        // a deal of which nothing is there yet can still be given to the right customer
        let wrong =
            [("name", "看错了"), ("amount", "1"), ("expected_close", "2026-06-30"), ("account", account.as_str())];
        let wrong = site.make("opportunity", &wrong).await;
        let right = site.make("account", &[("name", "烟台蓬莱果业合作社")]).await.id.to_string();
        change(&site, &wrong, &[("account", &right)]).await.expect("it is theirs");
    });
}

#[test]
fn shares_come_to_a_hundred_at_most_and_each_colleague_has_one() {
    on_both(|site| async move {
        let deal = Deal::at(&site).await;
        let opportunity = deal.id("opportunity").to_string();
        let fang = site.user("王芳", None, &["sales"]).await.user_id.expect("a user").to_string();
        let min = site.user("李敏", None, &["sales"]).await.user_id.expect("a user").to_string();
        let share = |user, share| [("opportunity", opportunity.as_str()), ("user", user), ("share", share)];
        let first = site.make("opportunity_split", &share(&fang, "60")).await;
        assert_eq!(fields(&refused(&site, "opportunity_split", &share(&min, "60")).await), ["share"]);
        assert_eq!(fields(&refused(&site, "opportunity_split", &share(&fang, "20")).await), ["user"]);
        let second = site.make("opportunity_split", &share(&min, "40")).await;
        let more = change(&site, &second, &[("share", "40.1")]).await.expect_err("more than all");
        assert_eq!(fields(&more), ["share"]);
        let same = change(&site, &second, &[("user", &fang)]).await.expect_err("she has one");
        assert_eq!(fields(&same), ["user"]);
        change(&site, &first, &[("share", "30")]).await.expect("lower first");
        let second = site.engine.read(&site.admin, "opportunity_split", second.id).await.expect("it is there");
        change(&site, &second, &[("share", "70")]).await.expect("then higher");
        // nor does one come back from the recycle bin beside those that took its place
        site.engine.delete(&site.admin, "opportunity_split", first.id, None, None).await.expect("into the bin");
        let again = site.make("opportunity_split", &share(&fang, "30")).await;
        let back = site.engine.restore(&site.admin, "opportunity_split", first.id).await.expect_err("there is one");
        assert!(matches!(&back, Error::Conflict(text) if text.zh.contains("100%")), "{back:?}");
        site.engine.delete(&site.admin, "opportunity_split", again.id, None, None).await.expect("into the bin");
        site.engine.restore(&site.admin, "opportunity_split", first.id).await.expect("there is room again");
    });
}
