//! What was approved or confirmed is not changed as it stands, whichever way somebody writes.

use futures_util::future::join_all;
use zhike_types::{Error, Result, Uuid};

use super::{input, minor};
use crate::{
    Actor, ImportInfo, ImportState, OnDuplicate, Record, Selection,
    import::tests::{list, rest},
    tests::{Site, on_both},
};

fn is_locked<T: std::fmt::Debug>(told: &Result<T>, word: &str) -> bool {
    match told {
        Err(Error::Conflict(message)) => message.zh.contains(word),
        Err(Error::Invalid(errors)) => {
            errors.iter().all(|error| error.code == "locked" && error.message.zh.contains(word))
        }
        _ => false,
    }
}

struct Offer {
    quote: Uuid,
    other: Uuid,
    line: Record,
    product: Uuid,
    lin: Actor,
    boss: Actor,
}

impl Offer {
    async fn at(site: &Site) -> Self {
        let department = site.make("department", &[("name", "销售一部")]).await.id;
        let lin = site.user("林晓", Some(department), &["sales"]).await;
        let boss = site.user("周总", None, &["admin"]).await;
        let account = site.make_as(&lin, "account", &[("name", "青岛海悦食品有限公司")]).await.id.to_string();
        let product = site.make("product", &[("code", "P1"), ("name", "冷柜"), ("list_price", "800")]).await.id;
        let quote = site.make_as(&lin, "quote", &[("account", &account)]).await.id;
        let other = site.make_as(&lin, "quote", &[("account", &account)]).await.id;
        let line = [("quote", &*quote.to_string()), ("product", &*product.to_string()), ("price", "800")];
        let line = site.make_as(&lin, "quote_line", &line).await;
        Self { quote, other, line, product, lin, boss }
    }

    async fn becomes(&self, site: &Site, status: &str) -> Result<Record> {
        site.engine.change(&self.lin, "quote", self.quote, None, input(&[("status", status)])).await
    }

    async fn total(&self, site: &Site) -> i64 {
        minor(&site.engine.read(&site.admin, "quote", self.quote).await.expect("the quote"), "total")
    }
}

#[test]
fn lines_of_an_approved_quote_stay_as_they_were_signed() {
    on_both(|site| async move {
        let offer = Offer::at(&site).await;
        let (engine, lin, line) = (&site.engine, &offer.lin, offer.line.id);
        let (quote, product) = (offer.quote.to_string(), offer.product.to_string());
        let extra = [("quote", &*quote), ("product", &*product), ("price", "1")];
        let gone = site.make_as(lin, "quote_line", &extra).await.id;
        engine.delete(lin, "quote_line", gone, None, None).await.expect("deleted as a draft");
        let apart = [("quote", &*offer.other.to_string()), ("product", &*product), ("price", "5")];
        let apart = site.make_as(lin, "quote_line", &apart).await.id;
        engine.change(lin, "quote_line", line, None, input(&[("price", "900")])).await.expect("a draft");
        let version = engine.read(lin, "quote_line", line).await.expect("the line").version;
        offer.becomes(&site, "approved").await.expect("nothing is switched on");

        let cheaper = || input(&[("price", "1")]);
        for actor in [lin, &offer.boss] {
            let told = [
                engine.change(actor, "quote_line", line, None, cheaper()).await,
                engine.create(actor, "quote_line", input(&extra)).await,
                engine.change(actor, "quote_line", apart, None, input(&[("quote", &*quote)])).await,
                engine.change(actor, "quote_line", line, None, input(&[("quote", &*offer.other.to_string())])).await,
                engine.restore(actor, "quote_line", gone).await,
                engine.change(actor, "quote", offer.quote, None, input(&[("discount", "100")])).await,
            ];
            for (i, told) in told.iter().enumerate() {
                assert!(is_locked(told, "草稿"), "{i}: {told:?}");
            }
            let told = engine.delete(actor, "quote_line", line, None, None).await;
            assert!(is_locked(&told, "草稿"), "{told:?}");
        }
        let told = engine.take_back(lin, "quote_line", line, version).await;
        assert!(is_locked(&told, "草稿"), "an undo of what was changed before: {told:?}");
        let picked = Selection::Ids(vec![line]);
        let many = engine.bulk_change(lin, "quote_line", &picked, cheaper()).await.expect("an answer");
        assert!(many.done == 0 && many.failed[0].2.zh.contains("草稿"), "many at once: {many:?}");
        assert_eq!(offer.total(&site).await, 90_000);

        // opened again, all is as it was
        let opens = input(&[("status", "draft"), ("discount", "100")]);
        engine.change(lin, "quote", offer.quote, None, opens).await.expect("a write that opens it");
        engine.change(lin, "quote_line", line, None, cheaper()).await.expect("a draft again");
        offer.becomes(&site, "sent").await.expect_err("it takes more off than there is");
        // with the whole quote its lines go, and come back
        engine.change(lin, "quote_line", line, None, input(&[("price", "300")])).await.expect("a draft");
        offer.becomes(&site, "sent").await.expect("sent");
        engine.delete(lin, "quote", offer.quote, None, None).await.expect("the whole of it");
        engine.restore(lin, "quote", offer.quote).await.expect("back");
        assert_eq!(offer.total(&site).await, 20_000);
        // whose it is is no part of what was signed
        let owner = offer.boss.user_id.expect("a user").to_string();
        engine.change(&offer.boss, "quote_line", line, None, input(&[("owner", &owner)])).await.expect("handed on");
    });
}

/// Customers of level A keep their trade.
const KEPT: &str = "[extend]\nobject = \"account\"\n[[lock]]\nname = \"x_kept\"\nwhen = 'level == \"A\"'\nfields = [\"industry\"]\n\
                    message = { zh = \"A 级客户的行业不改\", en = \"It keeps its trade\" }\n";

/// A list that says the customer's trade.
async fn import(site: &Site, actor: &Actor, trade: &str) -> ImportInfo {
    let file = list(&format!("单位名称,行业\n青岛海悦食品有限公司,{trade}\n"));
    let info = site.engine.import_upload(actor, "account", "trades.csv", file.path()).await.expect("uploaded");
    let mut plan = info.plan.clone();
    (plan.on_duplicate, plan.fill_blanks) = (OnDuplicate::Update, false);
    site.engine.import_plan(actor, info.id, plan).await.expect("planned");
    site.engine.import_start(actor, info.id, false).await.expect("started");
    rest(site, actor, info.id).await
}

#[test]
fn a_list_changes_nothing_that_is_locked_and_its_undo_neither() {
    on_both(|site| async move {
        site.engine.apply_pack(&site.admin, "kept.toml", KEPT).await.expect("a lock of one's own");
        let boss = site.user("周总", None, &["admin"]).await;
        let fields = [("name", "青岛海悦食品有限公司"), ("industry", "食品")];
        let account = site.make_as(&boss, "account", &fields).await.id;
        let level = async |level: &str| {
            site.engine.change(&boss, "account", account, None, input(&[("level", level)])).await.expect("a level");
        };
        let trade = async || {
            let record = site.engine.read(&boss, "account", account).await.expect("it");
            record.value("industry").as_text().unwrap_or_default().to_owned()
        };
        let first = import(&site, &boss, "冷链").await;
        assert_eq!((first.counts.updated, &*trade().await), (1, "冷链"), "{first:?}");
        level("A").await;
        let second = import(&site, &boss, "水产").await;
        assert_eq!((second.counts.updated, second.counts.failed, &*trade().await), (0, 1, "冷链"), "{second:?}");
        site.engine.import_undo(&boss, first.id).await.expect("begun");
        let undone = rest(&site, &boss, first.id).await;
        assert_eq!(undone.state, ImportState::Undone);
        let counts = undone.undo.expect("counts");
        assert_eq!((counts.restored, counts.kept, &*trade().await), (0, 1, "冷链"));
        level("B").await;
        let third = import(&site, &boss, "海产").await;
        assert_eq!((third.counts.updated, &*trade().await), (1, "海产"));
    });
}

#[test]
fn what_is_changed_while_it_is_approved_is_approved_with_it() {
    on_both(|site| async move {
        let offer = Offer::at(&site).await;
        for round in 0..6 {
            let others = (1..=4).map(|price| {
                let (engine, lin, line) = (site.engine.clone(), offer.lin.clone(), offer.line.id);
                let price = (price * 100 + round).to_string();
                async move { engine.change(&lin, "quote_line", line, None, input(&[("price", &price)])).await.is_ok() }
            });
            let (_, approved) = tokio::join!(join_all(others), offer.becomes(&site, "approved"));
            let signed = minor(&approved.expect("approved"), "total");
            assert_eq!(offer.total(&site).await, signed, "round {round}: nothing after the signature");
            offer.becomes(&site, "draft").await.expect("opened again");
        }
    });
}

#[test]
fn orders_and_closed_contracts_are_locked_the_same_way() {
    on_both(|site| async move {
        let offer = Offer::at(&site).await;
        let engine = &site.engine;
        let account = engine.read(&offer.lin, "quote", offer.quote).await.expect("it").value("account").as_id();
        let account = account.expect("an account").to_string();
        let order = site.make_as(&offer.lin, "sales_order", &[("account", &account)]).await.id;
        let line = [("sales_order", &*order.to_string()), ("product", &*offer.product.to_string()), ("price", "80")];
        let line = site.make_as(&offer.lin, "sales_order_line", &line).await.id;
        let to = |status: &str| input(&[("status", status)]);
        engine.change(&offer.lin, "sales_order", order, None, to("confirmed")).await.expect("confirmed");
        let told = engine.change(&offer.lin, "sales_order_line", line, None, input(&[("quantity", "9")])).await;
        assert!(is_locked(&told, "订单已经确认"), "{told:?}");
        engine.change(&offer.lin, "sales_order", order, None, to("draft")).await.expect("back");
        engine.change(&offer.lin, "sales_order_line", line, None, input(&[("quantity", "9")])).await.expect("open");

        let contract = [("name", "供货"), ("account", &*account), ("amount", "100"), ("signed_on", "2026-01-05")];
        let contract = site.make_as(&offer.lin, "contract", &contract).await.id;
        for status in ["active", "finished"] {
            engine.change(&offer.lin, "contract", contract, None, to(status)).await.expect(status);
        }
        let told = engine.change(&offer.lin, "contract", contract, None, input(&[("amount", "90")])).await;
        assert!(is_locked(&told, "执行中"), "{told:?}");
        engine.change(&offer.lin, "contract", contract, None, input(&[("remark", "归档")])).await.expect("a remark");
    });
}
