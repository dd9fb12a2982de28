//! Lists whose rows refer to other records: lines of quotes and orders, payments.

use zhike_types::{Uuid, Value};

use super::{list, rest};
use crate::{
    Actor, ImportInfo, ImportPlan, ImportState, ListQuery, OnDuplicate, PreviewRow, Record,
    tests::{Site, on_both},
};

/// Looks at the first rows, tries it, imports it.
async fn bring(site: &Site, actor: &Actor, object: &str, text: &str) -> (Vec<PreviewRow>, ImportInfo) {
    let (shown, done) = tried_and_brought(site, actor, object, text).await;
    let outcomes = |word: &str| shown.iter().filter(|row| row.outcome == word).count() as i64;
    assert_eq!((outcomes("created"), outcomes("failed")), (done.counts.created, done.counts.failed), "as it was shown");
    (shown, done)
}

/// The same where only a trial can know which rows are left out: what they break is seen with everything written.
async fn tried_and_brought(site: &Site, actor: &Actor, object: &str, text: &str) -> (Vec<PreviewRow>, ImportInfo) {
    let (engine, file) = (&site.engine, list(text));
    let info = engine.import_upload(actor, object, "单据.csv", file.path()).await.expect("uploaded");
    let unread: Vec<&str> =
        info.plan.columns.iter().filter(|one| one.target.is_none()).map(|one| one.label.as_str()).collect();
    assert!(unread.is_empty(), "{object}: no place for {unread:?}");
    let plan = ImportPlan { on_duplicate: OnDuplicate::Update, fill_blanks: false, ..info.plan.clone() };
    engine.import_plan(actor, info.id, plan).await.expect("planned");
    let shown = engine.import_preview(actor, info.id, 50).await.expect("a preview");
    engine.import_start(actor, info.id, true).await.expect("tried");
    let tried = rest(site, actor, info.id).await;
    engine.import_start(actor, info.id, false).await.expect("started");
    let done = rest(site, actor, info.id).await;
    assert!(done.error.is_none(), "{:?}", done.error);
    assert_eq!(tried.counts, done.counts, "as it was tried");
    (shown, done)
}

fn told(rows: &[PreviewRow], number: u64) -> String {
    let row = rows.iter().find(|row| row.number == number).expect("the row");
    row.problems.iter().map(|(_, text)| text.zh.to_string()).collect::<Vec<_>>().join("；")
}

async fn cents(site: &Site, object: &str, id: Uuid, field: &str) -> i64 {
    let record = site.engine.read(&site.admin, object, id).await.expect("it is there");
    match record.value(field) {
        Value::Money(money) => money.minor,
        _ => 0,
    }
}

fn number(record: &Record) -> &str {
    record.value("number").as_text().expect("a number")
}

#[test]
fn lines_find_their_quote_and_product_and_say_what_they_do_not_find() {
    on_both(|site| async move {
        let fang = site.user("王芳", None, &["sales"]).await;
        for (code, name, cost) in [("SB-1", "冷柜", "300"), ("SB-2", "货架", "20"), ("SB-3", "货架", "25")] {
            site.make("product", &[("code", code), ("name", name), ("list_price", "500"), ("cost", cost)]).await;
        }
        let mine = site.make_as(&fang, "account", &[("name", "青岛海悦食品有限公司")]).await.id.to_string();
        let other = site.make("account", &[("name", "济南长风物流有限公司")]).await.id.to_string();
        for (object, parent) in [("quote_line", "quote"), ("sales_order_line", "sales_order")] {
            let paper = site.make_as(&fang, parent, &[("account", &mine)]).await;
            let hidden = site.make(parent, &[("account", &other)]).await;
            let head = if parent == "quote" { "报价单号" } else { "订单号" };
            let (here, there) = (number(&paper), number(&hidden));
            let before = site.engine.count(&site.admin, "product", "", false).await.expect("counted");
            let text = format!(
                "{head},产品,数量,单价\n{here},SB-1,2,450\n{here},冷柜,1,500\n{here},SB-2,10,30.50\n{here},货架,1,30\n{here},SB-9,1,30\n\
                 {there},SB-1,1,1\n,SB-1,1,1\n"
            );
            let (shown, done) = bring(&site, &fang, object, &text).await;
            assert_eq!((done.counts.created, done.counts.failed), (3, 4), "{shown:?}");
            assert_eq!(told(&shown, 5), "「产品」：名为“货架”的产品不止一个，请写全称，或改填「产品编码」。");
            assert!(
                told(&shown, 6).contains("没有找到名为“SB-9”的产品（按产品名称、产品编码找）"),
                "{}",
                told(&shown, 6)
            );
            let unseen = told(&shown, 7);
            assert!(
                unseen.contains(&format!("没有找到名为“{there}”的")),
                "what one may not see is not there: {unseen}"
            );
            assert!(told(&shown, 8).contains("缺少"), "{}", told(&shown, 8));
            assert_eq!(
                site.engine.count(&site.admin, "product", "", false).await.expect("counted"),
                before,
                "none is made"
            );

            // roll-ups at once; the lines took the products' costs
            let figures = async |field: &str| cents(&site, parent, paper.id, field).await;
            assert_eq!((figures("subtotal").await, figures("cost").await), (170_500, 110_000));
            site.engine.import_undo(&fang, done.id).await.expect("asked");
            let undone = rest(&site, &fang, done.id).await;
            assert_eq!((undone.state, undone.undo.expect("counted").removed), (ImportState::Undone, 3));
            assert_eq!((figures("subtotal").await, figures("cost").await), (0, 0));
        }
    });
}

#[test]
fn payments_find_their_contract_and_the_plan_of_that_contract() {
    on_both(|site| async move {
        let mut contracts = Vec::new();
        for (name, company) in [("供货一", "青岛海悦食品有限公司"), ("供货二", "济南长风物流有限公司")]
        {
            let account = site.make("account", &[("name", company)]).await.id.to_string();
            let fields = [
                ("name", name),
                ("account", &*account),
                ("amount", "10000"),
                ("signed_on", "2026-01-05"),
                ("status", "active"),
            ];
            let contract = site.make("contract", &fields).await;
            let of = contract.id.to_string();
            let plan =
                [("contract", &*of), ("term", "1"), ("name", "首付款"), ("due_on", "2026-03-01"), ("amount", "3000")];
            contracts.push((site.make("payment_plan", &plan).await.id, contract));
        }
        let (one, two) = (number(&contracts[0].1), number(&contracts[1].1));
        let text = format!(
            "客户名称,合同编号,回款计划,回款日期,回款金额\n青岛海悦食品有限公司,{one},首付款,2026-03-02,3000\n\
             济南长风物流有限公司,{two},首付款,2026-03-03,1000.25\n济南长风物流有限公司,供货二,,2026-03-04,500\n\
             济南长风物流有限公司,,首付款,2026-03-05,1\n"
        );
        let (shown, done) = bring(&site, &site.admin, "payment", &text).await;
        assert_eq!((done.counts.created, done.counts.failed), (3, 1), "{shown:?}");
        assert!(told(&shown, 5).contains("不止一个"), "{}", told(&shown, 5));
        for ((plan, contract), (planned, paid)) in contracts.iter().zip([(300_000, 300_000), (100_025, 150_025)]) {
            assert_eq!(cents(&site, "payment_plan", *plan, "paid").await, planned);
            assert_eq!(cents(&site, "contract", contract.id, "paid").await, paid);
        }
        // a customer's head office by its number
        let above = contracts[0].1.value("account").as_id().expect("a customer");
        let above = site.engine.read(&site.admin, "account", above).await.expect("it is there");
        let text = format!("客户名称,上级单位\n青岛海悦食品有限公司烟台分公司,{}\n", number(&above));
        let (_, done) = bring(&site, &site.admin, "account", &text).await;
        assert_eq!(done.counts.created, 1);
        let below = site.engine.count(&site.admin, "account", &format!("parent == \"{}\"", above.id), false).await;
        assert_eq!(below.expect("counted"), 1);
    });
}

#[test]
fn rows_that_do_not_fit_what_they_refer_to_are_left_out() {
    on_both(|site| async move {
        let mut numbers = Vec::new();
        for (name, company, amount) in
            [("供货一", "青岛海悦食品有限公司", "10000"), ("供货二", "济南长风物流有限公司", "5000 USD")]
        {
            let account = site.make("account", &[("name", company)]).await.id.to_string();
            let fields = [
                ("name", name),
                ("account", &*account),
                ("amount", amount),
                ("signed_on", "2026-01-05"),
                ("status", "active"),
            ];
            numbers.push(number(&site.make("contract", &fields).await).to_owned());
        }
        let (yuan, dollars) = (&numbers[0], &numbers[1]);
        let text = format!(
            "客户名称,合同编号,回款日期,回款金额,备注\n青岛海悦食品有限公司,{yuan},2026-03-02,3000,一\n青岛海悦食品有限公司,{dollars},2026-03-02,100 USD,二\n\
             济南长风物流有限公司,{dollars},2026-03-03,100,三\n济南长风物流有限公司,{dollars},2026-03-03,100 USD,四\n"
        );
        let (_, done) = tried_and_brought(&site, &site.admin, "payment", &text).await;
        assert_eq!((done.counts.created, done.counts.failed), (2, 2));
        let (_, failed) = site.engine.import_errors(&site.admin, done.id).await.expect("the rows left out");
        let failed = std::fs::read_to_string(failed).expect("a file");
        for (row, why) in [("二", "合同要是这个客户的合同"), ("三", "币种")] {
            let line = failed.lines().find(|line| line.contains(row)).unwrap_or_default();
            assert!(line.contains(why), "{row}: {failed}");
        }
        // what is there already is asked where the row changes what the rule reads
        let kept = site.engine.count(&site.admin, "payment", "", false).await.expect("counted");
        let record = ListQuery { object: "payment".to_owned(), limit: 10, ..Default::default() };
        let records = site.engine.list(&site.admin, &record).await.expect("a list").records;
        let paid = records.iter().find(|one| one.value("remark").as_text() == Some("一")).expect("the first");
        for (contract, amount, counts) in
            [(dollars, "3000", (0, 1)), (yuan, "3000 USD", (0, 1)), (yuan, "2900", (1, 0))]
        {
            let text = format!(
                "回款编号,客户名称,合同编号,回款日期,回款金额\n{},青岛海悦食品有限公司,{contract},2026-03-02,{amount}\n",
                number(paid)
            );
            let (_, done) = tried_and_brought(&site, &site.admin, "payment", &text).await;
            assert_eq!((done.counts.updated, done.counts.failed), counts, "{contract} {amount}");
        }
        assert_eq!(site.engine.count(&site.admin, "payment", "", false).await.expect("counted"), kept);
    });
}

#[test]
fn lines_without_a_price_take_it_from_the_price_book_or_the_product() {
    on_both(|site| async move {
        let product =
            site.make("product", &[("code", "SB-1"), ("name", "冷柜"), ("list_price", "500")]).await.id.to_string();
        site.make("product", &[("code", "SB-2"), ("name", "货架"), ("list_price", "20"), ("tax_rate", "6")]).await;
        let book = site.make("price_book", &[("name", "协议价")]).await.id.to_string();
        let entry = [("price_book", book.as_str()), ("product", &product), ("price", "450"), ("least_quantity", "10")];
        site.make("price_book_entry", &entry).await;
        let account =
            site.make("account", &[("name", "青岛海悦食品有限公司"), ("price_book", &book)]).await.id.to_string();
        let quote = site.make("quote", &[("account", &account)]).await;
        let here = number(&quote);
        let text =
            format!("报价单号,产品,数量,单价\n{here},SB-1,12,\n{here},SB-1,2,\n{here},SB-2,,\n{here},SB-2,1,19\n");
        let (shown, done) = bring(&site, &site.admin, "quote_line", &text).await;
        assert_eq!((done.counts.created, done.counts.failed), (4, 0), "{shown:?}");
        assert_eq!(cents(&site, "quote", quote.id, "subtotal").await, 12 * 45_000 + 2 * 50_000 + 2_000 + 1_900);
        // and where there is no such column at all
        let (_, done) = bring(&site, &site.admin, "quote_line", &format!("报价单号,产品,数量\n{here},SB-2,3\n")).await;
        assert_eq!((done.counts.created, done.counts.failed), (1, 0));
        assert_eq!(cents(&site, "quote", quote.id, "subtotal").await, 12 * 45_000 + 2 * 50_000 + 2_000 + 1_900 + 6_000);
    });
}

#[test]
fn what_a_row_says_of_a_record_that_is_there_is_not_taken_over_again() {
    on_both(|site| async move {
        let mut accounts = Vec::new();
        for (name, book) in
            [("青岛海悦食品有限公司", "协议价"), ("济南长风物流有限公司", "经销价"), ("烟台张裕葡萄酿酒", "零售价")]
        {
            let book = site.make("price_book", &[("name", book)]).await.id.to_string();
            accounts.push(site.make("account", &[("name", name), ("price_book", &book)]).await);
        }
        let deal = site.make("opportunity", &[("name", "冷链"), ("account", &accounts[0].id.to_string())]).await;
        let here = number(&deal);
        let book = async || {
            let deal = site.engine.read(&site.admin, "opportunity", deal.id).await.expect("it is there");
            deal.value("price_book").as_id()
        };
        let own = |at: usize| accounts[at].value("price_book").as_id();
        assert_eq!(book().await, own(0));
        let text = format!("商机编号,商机名称,客户名称,价目表\n{here},冷链,济南长风物流有限公司,协议价\n");
        let (shown, done) = bring(&site, &site.admin, "opportunity", &text).await;
        assert_eq!((done.counts.updated, done.counts.failed), (1, 0), "{shown:?}");
        assert_eq!(book().await, own(0), "the row says so");
        let text = format!("商机编号,商机名称,客户名称\n{here},冷链,烟台张裕葡萄酿酒\n");
        let (shown, done) = bring(&site, &site.admin, "opportunity", &text).await;
        assert_eq!((done.counts.updated, done.counts.failed), (1, 0), "{shown:?}");
        assert_eq!(book().await, own(2), "the row says nothing of it");
    });
}
