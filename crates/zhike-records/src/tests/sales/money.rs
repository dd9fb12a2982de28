//! Money adds up to the cent: lines, quotes, plans, payments, shares, against whole-number arithmetic.

use proptest::{
    prelude::{Strategy, any, prop},
    strategy::ValueTree,
    test_runner::TestRunner,
};

use super::{change, minor, text};
use crate::tests::{Site, on_both};

/// Price in cents, thousandths of a piece, tenths of a per cent off, tenths of a per cent of tax.
type Line = (i64, i64, i64, i64);

fn line() -> impl Strategy<Value = Line> {
    // half cents come of odd prices, halves of pieces and of per cents
    let price = any::<u32>().prop_map(|number| i64::from(number) % 100_000_000);
    let quantity = prop::sample::select(vec![500_i64, 1_000, 1_500, 2_125, 3_000, 7_333, 12_000, 99_999]);
    let discount = prop::sample::select(vec![0_i64, 5, 25, 50, 125, 333, 1_000]);
    let tax = prop::sample::select(vec![0_i64, 10, 30, 60, 90, 130]);
    (price, quantity, discount, tax)
}

/// `a / b` rounded half up.
fn rounded(a: i128, b: i128) -> i64 {
    i64::try_from((2 * a + b).div_euclid(2 * b)).expect("an amount")
}

fn amount((price, quantity, discount, _): Line) -> i64 {
    rounded(i128::from(price) * i128::from(quantity) * i128::from(1_000 - discount), 1_000_000)
}

fn tax(line: Line) -> i64 {
    rounded(i128::from(amount(line)) * i128::from(line.3), 1_000 + i128::from(line.3))
}

fn drawn<S: Strategy>(runner: &mut TestRunner, strategy: S) -> S::Value {
    strategy.new_tree(runner).expect("a value").current()
}

/// As one types it.
fn typed(number: i64, scale: usize) -> String {
    let (sign, digits) = (if number < 0 { "-" } else { "" }, format!("{:0width$}", number.abs(), width = scale + 1));
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

async fn make(site: &Site, object: &str, fields: &[(&str, String)]) -> crate::Record {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
    site.make(object, &fields).await
}

async fn quote_of(site: &Site, account: &str, product: &str, lines: &[Line], off: i64) {
    let quote = make(site, "quote", &[("account", account.to_owned()), ("discount", typed(off, 2))]).await;
    let mut made = Vec::new();
    for &line in lines {
        let fields = [
            ("quote", quote.id.to_string()),
            ("product", product.to_owned()),
            ("price", typed(line.0, 2)),
            ("quantity", typed(line.1, 3)),
            ("discount", typed(line.2, 1)),
            ("tax_rate", typed(line.3, 1)),
        ];
        let record = make(site, "quote_line", &fields).await;
        assert_eq!((minor(&record, "amount"), minor(&record, "tax")), (amount(line), tax(line)), "{line:?}");
        made.push(record);
    }
    let read = async || site.engine.read(&site.admin, "quote", quote.id).await.expect("the quote");
    let sum = |lines: &[Line]| lines.iter().map(|line| amount(*line)).sum::<i64>();
    let now = read().await;
    assert_eq!((minor(&now, "subtotal"), minor(&now, "total")), (sum(lines), sum(lines) - off));
    assert_eq!(minor(&now, "line_tax"), lines.iter().map(|line| tax(*line)).sum::<i64>());
    // a line that goes takes its amount along, and brings it back
    if let Some(first) = made.first() {
        site.engine.delete(&site.admin, "quote_line", first.id, None, None).await.expect("gone");
        assert_eq!(minor(&read().await, "subtotal"), sum(&lines[1..]));
        site.engine.restore(&site.admin, "quote_line", first.id).await.expect("back");
        assert_eq!(minor(&read().await, "total"), sum(lines) - off);
    }
}

async fn contract_of(site: &Site, account: &str, amount: i64, paid: &[(i64, bool)]) {
    let fields = [
        ("name", "供货".to_owned()),
        ("account", account.to_owned()),
        ("amount", typed(amount, 2)),
        ("signed_on", "2026-01-05".into()),
    ];
    let contract = make(site, "contract", &fields).await;
    change(site, &contract, &[("status", "active")]).await.expect("it is signed");
    let mut plans = Vec::new();
    for (term, part) in [(1, amount / 3), (2, amount - amount / 3)] {
        let fields = [
            ("contract", contract.id.to_string()),
            ("term", term.to_string()),
            ("name", format!("第 {term} 期")),
            ("due_on", "2026-03-01".to_owned()),
            ("amount", typed(part.max(1), 2)),
        ];
        plans.push(make(site, "payment_plan", &fields).await);
    }
    for &(amount, second) in paid {
        let fields = [
            ("account", account.to_owned()),
            ("contract", contract.id.to_string()),
            ("plan", plans[usize::from(second)].id.to_string()),
            ("amount", typed(amount, 2)),
        ];
        make(site, "payment", &fields).await;
    }
    let now = site.engine.read(&site.admin, "contract", contract.id).await.expect("the contract");
    let all: i64 = paid.iter().map(|(amount, _)| amount).sum();
    assert_eq!((minor(&now, "paid"), minor(&now, "unpaid")), (all, amount - all));
    assert_eq!(minor(&now, "planned"), (amount / 3).max(1) + (amount - amount / 3).max(1));
    for (i, plan) in plans.iter().enumerate() {
        let plan = site.engine.read(&site.admin, "payment_plan", plan.id).await.expect("the plan");
        let its: i64 = paid.iter().filter(|(_, second)| usize::from(*second) == i).map(|(amount, _)| amount).sum();
        assert_eq!(minor(&plan, "paid"), its);
        assert_eq!(minor(&plan, "paid") + minor(&plan, "unpaid"), minor(&plan, "amount"));
    }
}

#[test]
fn whatever_the_numbers_it_adds_up_to_the_cent() {
    on_both(|site| async move {
        let account = site.make("account", &[("name", "青岛海悦食品有限公司")]).await.id.to_string();
        let product =
            site.make("product", &[("code", "P1"), ("name", "冷柜"), ("list_price", "1")]).await.id.to_string();
        // engines are too dear for a hundred cases: the draws are many, the databases two
        let mut runner = TestRunner::deterministic();
        let mut unpaid = 0;
        for _ in 0..12 {
            let lines = drawn(&mut runner, prop::collection::vec(line(), 0..5));
            let paid = drawn(&mut runner, prop::collection::vec((1_i64..5_000_000, any::<bool>()), 0..5));
            let (off, total) = drawn(&mut runner, (0_i64..100_000, 3_i64..900_000_000));
            quote_of(&site, &account, &product, &lines, off).await;
            contract_of(&site, &account, total, &paid).await;
            unpaid += total - paid.iter().map(|(amount, _)| amount).sum::<i64>();
        }
        // and the customer's own figures are those of its contracts
        let now = site.engine.read(&site.admin, "account", account.parse().expect("an id")).await.expect("the account");
        assert_eq!(minor(&now, "unpaid_amount"), unpaid);
        assert_eq!(minor(&now, "contract_amount") - minor(&now, "paid_amount"), unpaid);

        let deal = make(&site, "opportunity", &[("name", "冷链".into()), ("account", account.clone())]).await;
        for (name, share) in [("林晓", "62.5"), ("赵强", "37.5")] {
            let user = site.user(name, None, &["sales"]).await.user_id.expect("a user").to_string();
            make(
                &site,
                "opportunity_split",
                &[("opportunity", deal.id.to_string()), ("user", user), ("share", share.into())],
            )
            .await;
        }
        let deal = site.engine.read(&site.admin, "opportunity", deal.id).await.expect("the deal");
        assert_eq!((deal.value("split_share").as_int(), text(&deal, "result").as_str()), (Some(1_000), "open"));
    });
}

/// A line with its unit cost in cents; none: the product's.
type Costed = (Line, Option<i64>);

const PRODUCT_COST: i64 = 3_333;

fn cost((line, cost): Costed) -> i64 {
    rounded(i128::from(cost.unwrap_or(PRODUCT_COST)) * i128::from(line.1), 1_000)
}

async fn lines_of(site: &Site, parent: (&str, &str), product: &str, lines: &[Costed]) {
    let object = format!("{}_line", parent.0);
    for &(line, own) in lines {
        let mut fields = vec![
            (parent.0, parent.1.to_owned()),
            ("product", product.to_owned()),
            ("price", typed(line.0, 2)),
            ("quantity", typed(line.1, 3)),
            ("discount", typed(line.2, 1)),
        ];
        fields.extend(own.map(|own| ("cost", typed(own, 2))));
        let record = make(site, &object, &fields).await;
        let expected = (own.unwrap_or(PRODUCT_COST), cost((line, own)), amount(line) - cost((line, own)));
        assert_eq!((minor(&record, "cost"), minor(&record, "cost_amount"), minor(&record, "margin")), expected);
    }
}

#[test]
fn margins_add_up_to_the_cent_from_lines_to_the_customer() {
    on_both(|site| async move {
        let account = site.make("account", &[("name", "青岛海悦食品有限公司")]).await.id;
        let priced = [("code", "P1"), ("name", "冷柜"), ("list_price", "50"), ("cost", "33.33")];
        let product = site.make("product", &priced).await;
        let of = product.id.to_string();
        let read = async |object: &str, id| site.engine.read(&site.admin, object, id).await.expect("it is there");
        let mut runner = TestRunner::deterministic();
        let costed = || (line(), prop::option::of(0_i64..50_000_000));
        let (mut margin, mut charged) = (0, 0);
        for round in 0..8 {
            let lines = drawn(&mut runner, prop::collection::vec(costed(), 1..4));
            let (off, own) = drawn(&mut runner, (0_i64..100_000, prop::option::of(0_i64..900_000_000)));
            let costs: i64 = lines.iter().map(|line| cost(*line)).sum();
            let total = lines.iter().map(|(line, _)| amount(*line)).sum::<i64>() - off;
            let fields = [("account", account.to_string()), ("discount", typed(off, 2))];
            let quote = make(&site, "quote", &fields).await.id;
            lines_of(&site, ("quote", &quote.to_string()), &of, &lines).await;
            let now = read("quote", quote).await;
            assert_eq!((minor(&now, "cost"), minor(&now, "margin")), (costs, total - costs));

            let mut fields = vec![
                ("name", format!("供货 {round}")),
                ("account", account.to_string()),
                ("quote", quote.to_string()),
                ("amount", typed(total.max(1), 2)),
                ("signed_on", "2026-01-05".into()),
            ];
            fields.extend(own.map(|own| ("own_cost", typed(own, 2))));
            let contract = make(&site, "contract", &fields).await;
            change(&site, &contract, &[("status", "active")]).await.expect("it is signed");
            let its = total.max(1) - own.unwrap_or(costs);
            assert_eq!(minor(&read("contract", contract.id).await, "margin"), its);
            (margin, charged) = (margin + its, charged + total.max(1));

            // an order of the contract counts there; one by itself counts itself, once it is confirmed
            for alone in [false, true] {
                let mut fields = vec![("account", account.to_string())];
                if !alone {
                    fields.push(("contract", contract.id.to_string()));
                }
                let order = make(&site, "sales_order", &fields).await;
                lines_of(&site, ("sales_order", &order.id.to_string()), &of, &lines).await;
                change(&site, &order, &[("status", "confirmed")]).await.expect("confirmed");
                let now = read("sales_order", order.id).await;
                assert_eq!(minor(&now, "margin"), total + off - costs);
                if alone {
                    (margin, charged) = (margin + total + off - costs, charged + total + off);
                }
            }
            let now = read("account", account).await;
            assert_eq!(minor(&now, "margin"), margin, "round {round}");
            let share = now.value("margin_share").as_int().expect("a share");
            assert!((share * charged - margin * 1_000).abs() <= charged, "{share} of {margin} in {charged}");
        }

        // what the product costs later changes nothing; a line without a cost leaves the margin open, up to the customer
        change(&site, &product, &[("cost", "1")]).await.expect("cheaper");
        assert_eq!(minor(&read("account", account).await, "margin"), margin);
        let free = site.make("product", &[("code", "P2"), ("name", "支架"), ("list_price", "5")]).await.id.to_string();
        let other = site.make("account", &[("name", "济南长风物流有限公司")]).await.id.to_string();
        let quote = make(&site, "quote", &[("account", other.clone())]).await.id;
        let add = async |product: &str| {
            let fields = [("quote", quote.to_string()), ("product", product.to_owned()), ("price", "5".to_owned())];
            make(&site, "quote_line", &fields).await
        };
        let (first, second) = (add(&of).await, add(&free).await);
        assert_eq!(minor(&first, "cost"), 100);
        assert!(second.value("cost").is_null() && second.value("margin").is_null());
        let now = read("quote", quote).await;
        assert!(now.value("margin").is_null() && now.value("uncosted_lines").as_int() == Some(1));
        change(&site, &second, &[("product", &of), ("price", "5")]).await.expect("another product");
        assert_eq!(
            (minor(&read("quote", quote).await, "margin"), minor(&read("quote_line", second.id).await, "cost")),
            (800, 100)
        );

        // who may not see costs makes lines that have them, and sees and asks for none of it
        let fang = site.user("王芳", None, &["sales"]).await;
        let account = site.make_as(&fang, "account", &[("name", "烟台海产有限公司")]).await.id.to_string();
        let quote = site.make_as(&fang, "quote", &[("account", &account)]).await.id.to_string();
        let line = site.make_as(&fang, "quote_line", &[("quote", &quote), ("product", &of), ("price", "5")]).await;
        assert!(
            ["cost", "cost_amount", "margin"].iter().all(|name| line.value(name).as_text() == Some("***")),
            "{line:?}"
        );
        assert_eq!(minor(&read("quote_line", line.id).await, "margin"), 400);
        let asked = crate::Input::default().set("cost", "1");
        site.engine.change(&fang, "quote_line", line.id, None, asked).await.expect_err("costs are not theirs to set");
        let refused = site.engine.count(&fang, "account", "margin > 0", false).await;
        assert!(refused.is_err(), "the answer would tell the margin");
    });
}
