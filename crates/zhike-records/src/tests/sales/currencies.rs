//! Documents in a foreign currency: what is worked out of them is in it too, and nothing adds yuan to dollars.

use zhike_types::{Error, Value};

use super::{change, minor};
use crate::{
    Input, Record,
    tests::{Site, on_both},
};

fn code(record: &Record, field: &str) -> String {
    match record.value(field) {
        Value::Money(money) => format!("{} {}", money.currency.code(), money.minor),
        other => format!("{other:?}"),
    }
}

async fn refused(site: &Site, object: &str, fields: &[(&str, &str)]) -> String {
    let input = fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text));
    match site.engine.create(&site.admin, object, input).await {
        Err(Error::Invalid(errors)) => errors[0].field.clone(),
        other => panic!("{object} {fields:?}: {other:?}"),
    }
}

async fn read(site: &Site, record: &Record) -> Record {
    site.engine.read(&site.admin, &record.object.name, record.id).await.expect("it is there")
}

#[test]
fn a_contract_in_dollars_is_planned_paid_and_invoiced_in_dollars() {
    on_both(|site| async move {
        let account = site.make("account", &[("name", "青岛海悦食品有限公司")]).await;
        let of = account.id.to_string();
        let fields = [
            ("name", "出口"),
            ("account", of.as_str()),
            ("amount", "10000 USD"),
            ("status", "active"),
            ("signed_on", "2026-01-05"),
        ];
        let contract = site.make("contract", &fields).await;
        assert_eq!((code(&contract, "paid"), code(&contract, "unpaid")), ("USD 0".into(), "USD 1000000".into()));
        let here = contract.id.to_string();
        let plan = |amount| {
            [("contract", here.as_str()), ("term", "1"), ("name", "首付"), ("due_on", "2026-03-01"), ("amount", amount)]
        };
        assert_eq!(refused(&site, "payment_plan", &plan("3000")).await, "amount");
        let term = site.make("payment_plan", &plan("3000 USD")).await;
        let term_id = term.id.to_string();
        let paid = |amount| {
            [
                ("account", of.as_str()),
                ("contract", here.as_str()),
                ("plan", term_id.as_str()),
                ("received_on", "2026-03-01"),
                ("amount", amount),
            ]
        };
        assert_eq!(refused(&site, "payment", &paid("2000 CNY")).await, "amount");
        site.make("payment", &paid("2000 USD")).await;
        assert_eq!(code(&read(&site, &term).await, "unpaid"), "USD 100000");
        let invoice = [
            ("number", "88001122"),
            ("account", of.as_str()),
            ("contract", here.as_str()),
            ("issued_on", "2026-03-02"),
            ("tax_rate", "13"),
        ];
        let in_euro: Vec<(&str, &str)> = invoice.into_iter().chain([("amount", "1130 EUR")]).collect();
        assert_eq!(refused(&site, "invoice", &in_euro).await, "amount");
        let in_dollars: Vec<(&str, &str)> = invoice.into_iter().chain([("amount", "1130 USD")]).collect();
        assert_eq!(code(&site.make("invoice", &in_dollars).await, "tax"), "USD 13000");
        let now = read(&site, &contract).await;
        let shown = ["planned", "unplanned", "paid", "unpaid", "invoiced", "uninvoiced"].map(|name| code(&now, name));
        assert_eq!(shown, ["USD 300000", "USD 700000", "USD 200000", "USD 800000", "USD 113000", "USD 887000"]);
        assert_eq!(now.value("paid_share").as_int(), Some(200));

        // what hangs on it keeps its currency, and so does it; another amount of the same is a change like any
        let input = Input::default().set("amount", "10000 CNY");
        let turned = site.engine.change(&site.admin, "contract", contract.id, None, input).await;
        assert!(matches!(turned, Err(Error::Invalid(_))), "{turned:?}");
        let more = change(&site, &now, &[("amount", "12000 USD")]).await.expect("more");
        assert_eq!(code(&more, "unpaid"), "USD 1000000");
        // a customer's sums are in yuan: dollars are in none of them
        let yuan = site
            .make(
                "contract",
                &[
                    ("name", "内销"),
                    ("account", of.as_str()),
                    ("amount", "70"),
                    ("status", "active"),
                    ("signed_on", "2026-01-05"),
                ],
            )
            .await;
        assert_eq!(code(&yuan, "unpaid"), "CNY 7000");
        let account = read(&site, &account).await;
        assert_eq!(
            (code(&account, "contract_amount"), code(&account, "unpaid_amount")),
            ("CNY 7000".into(), "CNY 7000".into())
        );
        // yen have no smaller unit
        let yen = site.make("contract", &[("name", "日本"), ("account", of.as_str()), ("amount", "10000 JPY")]).await;
        let part = [
            ("account", of.as_str()),
            ("contract", &yen.id.to_string()),
            ("received_on", "2026-03-01"),
            ("amount", "2500 JPY"),
        ];
        site.make("payment", &part).await;
        let yen = read(&site, &yen).await;
        assert_eq!((code(&yen, "unpaid"), yen.value("paid_share").as_int()), ("JPY 7500".into(), Some(250)));
    });
}

#[test]
fn lines_of_one_document_are_in_one_currency() {
    on_both(|site| async move {
        let account = site.make("account", &[("name", "青岛海悦食品有限公司")]).await.id.to_string();
        let product = site
            .make("product", &[("code", "P1"), ("name", "冷柜"), ("list_price", "100"), ("cost", "60")])
            .await
            .id
            .to_string();
        for (object, line, parent) in
            [("quote", "quote_line", "quote"), ("sales_order", "sales_order_line", "sales_order")]
        {
            let document = site.make(object, &[("account", &account)]).await;
            let of = document.id.to_string();
            let fields =
                |price| [(parent, of.as_str()), ("product", product.as_str()), ("quantity", "2"), ("price", price)];
            let first = site.make(line, &fields("10 USD")).await;
            assert_eq!((code(&first, "amount"), first.value("margin")), ("USD 2000".into(), &Value::Null));
            assert_eq!(refused(&site, line, &fields("10")).await, "price");
            site.make(line, &fields("5 USD")).await;
            let now = read(&site, &document).await;
            assert_eq!((code(&now, "subtotal"), code(&now, "total")), ("USD 3000".into(), "USD 3000".into()));
            assert!(now.value("margin").is_null(), "costs are in yuan");
            // a discount too
            let wrong = change(&site, &now, &[("discount", "3 CNY")]).await;
            assert!(wrong.is_err(), "a discount in yuan");
            let less = change(&site, &now, &[("discount", "3 USD")]).await.expect("less");
            assert_eq!(code(&less, "total"), "USD 2700");
            // the last line may change it, and alone
            let euro = change(&site, &first, &[("price", "10 EUR")]).await;
            assert!(euro.is_err(), "the other is in dollars");
            let size = [
                (parent, of.as_str()),
                ("product", product.as_str()),
                ("quantity", "99999999999"),
                ("price", "9999999999 USD"),
            ];
            assert_eq!(
                refused(&site, line, &size).await,
                "price",
                "no line is left out of the sum because it is too large"
            );
        }
        assert_eq!(
            refused(&site, "contract", &[("name", "x"), ("account", &account), ("amount", "99999999999999")]).await,
            "amount"
        );
        let deal = site.make("opportunity", &[("name", "冷链"), ("account", &account), ("amount", "100 USD")]).await;
        assert!(code(&deal, "weighted").starts_with("USD "));
        let line = site
            .make(
                "opportunity_line",
                &[("opportunity", &deal.id.to_string()), ("product", &product), ("price", "10 USD")],
            )
            .await;
        let deal = read(&site, &deal).await;
        assert_eq!(code(&deal, "line_amount"), "USD 1000");
        let line = change(&site, &line, &[("price", "10")]).await.expect("the only one");
        assert_eq!(
            (code(&line, "amount"), minor(&read(&site, &deal).await, "line_amount")),
            ("CNY 1000".into(), 1_000)
        );
    });
}
