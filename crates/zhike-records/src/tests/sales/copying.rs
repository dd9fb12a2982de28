//! A quote's new version, its order, the quote of an opportunity: whole with their lines, or not at all.

use zhike_types::{Error, Uuid, Value};

use super::{change, minor, text};
use crate::{
    Actor, Record,
    tests::{Site, on_both},
};

/// A quote of two lines, one of them at a price of its own.
async fn quote(site: &Site, actor: &Actor) -> Record {
    for (code, price, cost) in [("P1", "100", "60"), ("P2", "30", "10")] {
        if site.engine.count(&site.admin, "product", &format!("code == \"{code}\""), false).await.expect("counted") == 0
        {
            site.make("product", &[("code", code), ("name", code), ("list_price", price), ("cost", cost)]).await;
        }
    }
    let account = site.make_as(actor, "account", &[("name", "青岛海悦食品有限公司")]).await.id.to_string();
    let quote = site.make_as(actor, "quote", &[("account", &account), ("discount", "5"), ("terms", "款到发货")]).await;
    let id = quote.id.to_string();
    let product = |at: usize| async move { all(site, "product", "").await[at].id.to_string() };
    site.make_as(
        actor,
        "quote_line",
        &[("quote", &id), ("product", &product(0).await), ("quantity", "3"), ("price", "88.5")],
    )
    .await;
    let second = [("quote", id.as_str()), ("product", &product(1).await), ("discount", "10"), ("description", "加长")];
    site.make_as(actor, "quote_line", &second).await;
    site.engine.read(actor, "quote", quote.id).await.expect("the quote")
}

async fn all(site: &Site, object: &str, filter: &str) -> Vec<Record> {
    let query = crate::ListQuery {
        object: object.to_owned(),
        filter: filter.to_owned(),
        limit: 100,
        ..crate::ListQuery::default()
    };
    site.engine.list(&site.admin, &query).await.expect("a list").records
}

/// Its lines as they count, in the order in which they were made.
async fn lines(site: &Site, object: &str, parent: &str, id: Uuid) -> Vec<String> {
    let mut lines = all(site, object, &format!("{parent} == \"{id}\"")).await;
    lines.sort_by_key(|line| line.id);
    let words = |line: &Record| {
        let said = ["product", "quantity", "price", "discount", "tax_rate", "cost", "amount"];
        format!("{} {:?}", text(line, "description"), said.map(|name| line.value(name).clone()))
    };
    lines.iter().map(words).collect()
}

#[test]
fn a_new_version_and_an_order_begin_with_all_that_the_quote_has() {
    on_both(|site| async move {
        let fang = site.user("王芳", None, &["sales"]).await;
        let quote = quote(&site, &fang).await;
        let before = lines(&site, "quote_line", "quote", quote.id).await;
        // once it is accepted nothing of it changes any more: the new version begins as a draft
        for stage in ["approved", "sent", "accepted"] {
            change(&site, &quote, &[("status", stage)]).await.expect(stage);
        }
        let second = site.engine.copy(&fang, "quote", quote.id, "revision").await.expect("a new version");
        assert_eq!((text(&second, "status").as_str(), second.value("revision").as_int()), ("draft", Some(2)));
        assert_eq!(second.value("replaces").as_id(), Some(quote.id));
        assert_ne!(text(&second, "number"), text(&quote, "number"));
        assert_eq!((minor(&second, "total"), text(&second, "terms").as_str()), (minor(&quote, "total"), "款到发货"));
        assert_eq!(lines(&site, "quote_line", "quote", second.id).await, before);
        assert_eq!(second.value("owner").as_id(), fang.user_id);
        let third = site.engine.copy(&fang, "quote", second.id, "revision").await.expect("and another");
        assert_eq!(third.value("revision").as_int(), Some(3));

        let order = site.engine.copy(&fang, "quote", quote.id, "order").await.expect("an order");
        assert_eq!((order.object.name.as_str(), minor(&order, "total")), ("sales_order", minor(&quote, "total")));
        assert_eq!(order.value("quote").as_id(), Some(quote.id));
        assert_eq!(lines(&site, "sales_order_line", "sales_order", order.id).await, before);
        // costs that she may not see were copied from where they belong, not through her
        assert!(
            site.engine.read(&site.admin, "sales_order", order.id).await.expect("it").value("margin") != &Value::Null
        );
        // what the first one has is as it was
        assert_eq!(lines(&site, "quote_line", "quote", quote.id).await, before);
    });
}

#[test]
fn an_opportunitys_products_become_the_lines_of_its_quote() {
    on_both(|site| async move {
        let account = site.make("account", &[("name", "青岛海悦食品有限公司")]).await.id.to_string();
        let product =
            site.make("product", &[("code", "P1"), ("name", "冷柜"), ("list_price", "100"), ("tax_rate", "6")]).await;
        let deal = site.make("opportunity", &[("name", "冷链"), ("account", &account)]).await;
        let line = [
            ("opportunity", deal.id.to_string()),
            ("product", product.id.to_string()),
            ("quantity", "2".into()),
            ("price", "90".into()),
        ];
        let line: Vec<(&str, &str)> = line.iter().map(|(name, text)| (*name, text.as_str())).collect();
        site.make("opportunity_line", &line).await;
        let quote = site.engine.copy(&site.admin, "opportunity", deal.id, "quote").await.expect("a quote");
        assert_eq!((minor(&quote, "total"), quote.value("opportunity").as_id()), (18_000, Some(deal.id)));
        let made = &all(&site, "quote_line", &format!("quote == \"{}\"", quote.id)).await[0];
        assert_eq!(made.value("tax_rate").as_int(), Some(60), "what an opportunity's line has not, the product has");

        // a contract of the quote begins with its amount, and keeps its own where the quote is named later
        let fields = [("name", "供货"), ("account", account.as_str()), ("quote", &quote.id.to_string())];
        let contract = site.make("contract", &fields).await;
        assert_eq!((minor(&contract, "amount"), contract.value("opportunity").as_id()), (18_000, Some(deal.id)));
        let own = site.make("contract", &[("name", "另一份"), ("account", &account), ("amount", "7")]).await;
        let own = change(&site, &own, &[("quote", &quote.id.to_string())]).await.expect("named later");
        assert_eq!(minor(&own, "amount"), 700);
    });
}

#[test]
fn who_may_not_gets_nothing_and_nothing_is_left_half_made() {
    on_both(|site| async move {
        let fang = site.user("王芳", None, &["sales"]).await;
        let other = site.user("赵强", None, &["sales"]).await;
        let quote = quote(&site, &fang).await;
        let quotes = async || all(&site, "quote", "").await.len();
        let count = quotes().await;
        assert!(matches!(site.engine.copy(&other, "quote", quote.id, "revision").await, Err(Error::NotFound)));
        assert!(matches!(site.engine.copy(&fang, "quote", quote.id, "nothing").await, Err(Error::NotFound)));
        assert!(matches!(site.engine.copy(&fang, "account", quote.id, "revision").await, Err(Error::NotFound)));

        // a line that a rule refuses by now takes the whole with it
        let line = all(&site, "quote_line", "").await.remove(0);
        let discount = async |to: i64| {
            let mut tx = site.engine.db().autocommit().await.expect("a connection");
            tx.run(zhike_db::sql!("UPDATE quote_line SET discount = $1 WHERE id = $2", to, line.id))
                .await
                .expect("set");
        };
        discount(5_000).await;
        let refused = site.engine.copy(&fang, "quote", quote.id, "revision").await.expect_err("a line is wrong");
        assert!(refused.message().zh.contains("有一条报价明细不能照抄"), "{}", refused.message().zh);
        assert_eq!(quotes().await, count, "nothing was left");
        discount(0).await;

        site.engine.delete(&fang, "quote", quote.id, None, None).await.expect("deleted");
        let gone = site.engine.copy(&fang, "quote", quote.id, "revision").await;
        assert!(matches!(gone, Err(Error::Conflict(_) | Error::NotFound)), "{gone:?}");
    });
}
