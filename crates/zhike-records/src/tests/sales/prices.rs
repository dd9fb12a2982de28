//! Lines take their price from the price book of what they belong to, by quantity, and else from the product.

use proptest::{
    prelude::{any, prop},
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};

use super::{change, input, minor, text};
use crate::{
    Record,
    tests::{Site, on_both},
};

const PAPERS: [(&str, &str); 3] =
    [("quote", "quote_line"), ("sales_order", "sales_order_line"), ("opportunity", "opportunity_line")];

async fn book(site: &Site, fields: &[(&str, &str)], prices: &[(&Record, &str, &str)]) -> Record {
    let book = site.make("price_book", fields).await;
    for (product, from, price) in prices {
        let product = product.id.to_string();
        let entry = [
            ("price_book", book.id.to_string()),
            ("product", product),
            ("least_quantity", (*from).to_owned()),
            ("price", (*price).to_owned()),
        ];
        let entry: Vec<(&str, &str)> = entry.iter().map(|(name, text)| (*name, text.as_str())).collect();
        site.make("price_book_entry", &entry).await;
    }
    book
}

/// A line's price in cents.
async fn price(site: &Site, (of, line): (&str, &str), paper: &Record, product: &Record, more: &[(&str, &str)]) -> i64 {
    let (paper, product) = (paper.id.to_string(), product.id.to_string());
    let named = [(of, paper.as_str()), ("product", product.as_str())];
    let fields: Vec<(&str, &str)> = named.into_iter().chain(more.iter().copied()).collect();
    minor(&site.make(line, &fields).await, "price")
}

#[test]
fn a_line_takes_its_price_from_the_customers_book_by_quantity() {
    on_both(|site| async move {
        let cooler =
            site.make("product", &[("code", "P1"), ("name", "冷柜"), ("list_price", "100"), ("tax_rate", "6")]).await;
        let shelf = site.make("product", &[("code", "P2"), ("name", "货架"), ("list_price", "30")]).await;
        let steps = [(&cooler, "1", "90"), (&cooler, "10", "80"), (&cooler, "2.5", "85.55")];
        let agreed = book(&site, &[("name", "海悦协议价")], &steps).await;
        let gone = book(
            &site,
            &[("name", "去年促销"), ("starts_on", "2020-01-01"), ("ends_on", "2020-12-31")],
            &[(&cooler, "1", "1")],
        )
        .await;
        let closed = book(&site, &[("name", "停用"), ("active", "false")], &[(&cooler, "1", "2")]).await;
        let early = book(&site, &[("name", "明年"), ("starts_on", "2099-01-01")], &[(&cooler, "1", "3")]).await;
        let account =
            site.make("account", &[("name", "青岛海悦食品有限公司"), ("price_book", &agreed.id.to_string())]).await;
        let account = account.id.to_string();
        for paper in PAPERS {
            let mut fields = vec![("account", account.as_str())];
            if paper.0 == "opportunity" {
                fields.push(("name", "冷链"));
            }
            let of = site.make(paper.0, &fields).await;
            assert_eq!(of.value("price_book").as_id(), Some(agreed.id), "{} has its customer's", paper.0);
            for (quantity, expected) in
                [("1", 9_000), ("2.499", 9_000), ("2.5", 8_555), ("9.999", 8_555), ("10", 8_000), ("5000", 8_000)]
            {
                assert_eq!(price(&site, paper, &of, &cooler, &[("quantity", quantity)]).await, expected, "{quantity}");
            }
            // the quantity that nobody says is one; less than the least has the product's own price; what is said stays
            assert_eq!(price(&site, paper, &of, &cooler, &[]).await, 9_000);
            assert_eq!(price(&site, paper, &of, &cooler, &[("quantity", "0.5")]).await, 10_000);
            assert_eq!(price(&site, paper, &of, &cooler, &[("price", "77.70")]).await, 7_770);
            assert_eq!(price(&site, paper, &of, &shelf, &[]).await, 3_000);
            // a book that is closed, over or not yet begun says nothing
            for book in [&gone, &closed, &early] {
                let of = change(&site, &of, &[("price_book", &book.id.to_string())]).await.expect("another book");
                assert_eq!(price(&site, paper, &of, &cooler, &[]).await, 10_000, "{}", text(book, "name"));
            }
        }

        // another product, another price; a price that comes with it stays; what changes in the book changes no line
        let quote = site.make("quote", &[("account", &account)]).await;
        let (quote, product) = (quote.id.to_string(), shelf.id.to_string());
        let line = site.make("quote_line", &[("quote", &quote), ("product", &product), ("quantity", "12")]).await;
        assert_eq!((minor(&line, "price"), line.value("tax_rate").as_int()), (3_000, Some(130)));
        let line = change(&site, &line, &[("product", &cooler.id.to_string())]).await.expect("another product");
        assert_eq!((minor(&line, "price"), line.value("tax_rate").as_int()), (8_000, Some(60)));
        let line = change(&site, &line, &[("quantity", "1")]).await.expect("fewer");
        assert_eq!(minor(&line, "price"), 8_000, "a price that stands is nobody's to change but theirs who wrote it");
        let line = change(&site, &line, &[("product", &product), ("price", "28")]).await.expect("both");
        assert_eq!(minor(&line, "price"), 2_800);
        change(&site, &shelf, &[("list_price", "31")]).await.expect("dearer");
        assert_eq!(
            minor(&site.engine.read(&site.admin, "quote_line", line.id).await.expect("the line"), "price"),
            2_800
        );
    });
}

#[test]
fn of_the_steps_of_a_book_the_greatest_within_the_quantity_counts() {
    on_both(|site| async move {
        let mut runner = TestRunner::deterministic();
        let strategy =
            (prop::collection::vec((0_i64..5_000, 1_i64..100_000), 0..6), prop::collection::vec(any::<u16>(), 6));
        for round in 0..6 {
            let (steps, quantities) = strategy.new_tree(&mut runner).expect("a value").current();
            let product = site
                .make(
                    "product",
                    &[("code", &format!("P{round}")), ("name", &format!("产品 {round}")), ("list_price", "9999.99")],
                )
                .await;
            let typed = |number: i64, scale: u32| {
                format!("{}.{:0width$}", number / 10_i64.pow(scale), number % 10_i64.pow(scale), width = scale as usize)
            };
            let prices: Vec<(String, String)> =
                steps.iter().map(|(from, price)| (typed(*from, 3), typed(*price, 2))).collect();
            let prices: Vec<(&Record, &str, &str)> =
                prices.iter().map(|(from, price)| (&product, from.as_str(), price.as_str())).collect();
            let book = book(&site, &[("name", &format!("价目 {round}"))], &prices).await;
            let account = site
                .make(
                    "account",
                    &[("name", &format!("青岛第{round}食品有限公司")), ("price_book", &book.id.to_string())],
                )
                .await;
            let quote = site.make("quote", &[("account", &account.id.to_string())]).await;
            for quantity in quantities.iter().map(|quantity| i64::from(*quantity) % 6_000 + 1) {
                let within = steps.iter().filter(|(from, _)| *from <= quantity);
                // of equal steps the last one made
                let expected = within.max_by_key(|(from, _)| *from).map_or(999_999, |(_, price)| *price);
                let line = [("quantity", typed(quantity, 3))];
                let line = [(line[0].0, line[0].1.as_str())];
                assert_eq!(price(&site, PAPERS[0], &quote, &product, &line).await, expected, "{quantity} of {steps:?}");
            }
        }
    });
}

#[test]
fn a_form_is_told_what_it_would_begin_and_nothing_that_one_may_not_see() {
    on_both(|site| async move {
        let product =
            site.make("product", &[("code", "P1"), ("name", "冷柜"), ("list_price", "100"), ("cost", "60")]).await;
        let product = product.id.to_string();
        let hers = site.user("王芳", None, &["sales"]).await;
        let account = site.make("account", &[("name", "别人的客户有限公司")]).await.id.to_string();
        let entries = [(
            &site.engine.read(&site.admin, "product", product.parse().expect("an id")).await.expect("it"),
            "1",
            "55",
        )];
        let book = book(&site, &[("name", "协议价")], &entries).await;
        let quote =
            site.make("quote", &[("account", &account), ("price_book", &book.id.to_string())]).await.id.to_string();
        let filled = input(&[("quote", &quote), ("product", &product), ("price", "1"), ("quantity", "不是数")]);
        let names = async |actor| {
            let taken = site.engine.would_begin(actor, "quote_line", &filled).await.expect("told");
            taken.into_iter().map(|(name, value)| format!("{name} {value:?}")).collect::<Vec<_>>().join(" ")
        };
        let all = names(&site.admin).await;
        assert!(all.contains("price") && all.contains("5500") && all.contains("cost") && all.contains("6000"), "{all}");
        // a quote that is not hers tells nothing of its prices, and costs are not hers to see
        let told = names(&hers).await;
        assert!(told.contains("10000") && !told.contains("5500") && !told.contains("cost"), "{told}");
    });
}
