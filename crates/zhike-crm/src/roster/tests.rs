//! Figures of a roster, statements and notices, on both databases.

use zhike_records::{Actor, Engine, Input, ListQuery, Period, Record, Source};
use zhike_types::{Error, Uuid, Value};

use super::{Standing, roster, rosters};
use crate::{
    notice::{NoticeWish, give_notice, recipients, take_back_notice},
    statement::{StatementWish, make_statements, statements_of},
    tests::on_both,
};

/// 2026-03-02T10:00+08:00, and the day.
const NOW: i64 = 1_772_416_800_000;
const TODAY: i64 = 20_514;

struct Site {
    engine: Engine,
    admin: Actor,
}

impl Site {
    async fn make(&self, object: &str, fields: &[(&str, &str)]) -> Uuid {
        let input = fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text));
        let made = self.engine.create(&self.admin, object, input).await;
        made.unwrap_or_else(|error| panic!("{object} {fields:?}: {error}")).id
    }

    async fn all(&self, object: &str, filter: &str) -> Vec<Record> {
        let query = ListQuery { object: object.into(), filter: filter.into(), limit: 500, ..ListQuery::default() };
        self.engine.list(&self.admin, &query).await.expect("a list").records
    }
}

/// 王芳 keeps three customers in a role that asks for two to five and for a product.
async fn bank(site: &Site) -> (Uuid, Uuid, [Uuid; 3], Uuid) {
    let fang = site.make("user", &[("name", "王芳"), ("login", "wangfang"), ("mobile", "13805326138")]).await;
    let role = [("name", "客户经理"), ("minimum", "2"), ("maximum", "5"), ("contact_days", "30")];
    let role = site.make("roster_role", &role).await.to_string();
    let product = site.make("product", &[("code", "P1"), ("name", "安心理财"), ("list_price", "100")]).await;
    site.make("roster_requirement", &[("role", &role), ("name", "理财"), ("product", &product.to_string())]).await;
    let roster = site.make("roster", &[("name", "王芳的名单"), ("role", &role), ("owner", &fang.to_string())]).await;
    let mut accounts = [Uuid::nil(); 3];
    for (i, name) in ["青岛海悦食品", "济南长风物流", "烟台北辰机电"].into_iter().enumerate() {
        accounts[i] = site.make("account", &[("name", name)]).await;
        let since = ["2025-05-01", "2025-08-01", "2026-02-01"][i];
        let entry = [("roster", roster.to_string()), ("account", accounts[i].to_string()), ("since", since.to_owned())];
        let mut entry: Vec<(&str, &str)> = entry.iter().map(|(name, text)| (*name, text.as_str())).collect();
        if i == 0 {
            entry.extend([("vip", "金卡"), ("business_count", "40"), ("self_count", "30")]);
        }
        site.make("roster_entry", &entry).await;
    }
    (roster, product, accounts, fang)
}

#[test]
fn a_roster_shows_what_is_there_and_what_is_missing() {
    on_both(NOW, |engine| async move {
        let site = Site { engine, admin: Actor::system(Source::System) };
        let (id, product, accounts, _) = bank(&site).await;
        let [first, second, _] = accounts.map(|id| id.to_string());
        // one was visited last week, one long ago; one holds the product, one bought it
        site.make("interaction", &[("account", &first), ("content", "走访"), ("at", "2026-02-25 10:00")]).await;
        site.make("interaction", &[("account", &second), ("content", "走访"), ("at", "2025-12-01 10:00")]).await;
        site.make("holding", &[("account", &first), ("product", &product.to_string())]).await;
        let order = site.make("sales_order", &[("account", &second)]).await.to_string();
        let line =
            [("sales_order", order.as_str()), ("product", &product.to_string()), ("quantity", "1"), ("price", "100")];
        site.make("sales_order_line", &line).await;
        let promise =
            [("account", first.as_str()), ("subject", "送对账单"), ("made_on", "2026-01-05"), ("due_on", "2026-02-01")];
        site.make("commitment", &promise).await;
        let read = async || {
            let all = rosters(&site.engine, &site.admin, "").await.expect("figures");
            all.rosters.into_iter().find(|one| one.record.id == id).expect("the roster")
        };
        let one = read().await;
        assert_eq!((one.count, one.minimum, one.maximum, one.standing), (3, Some(2), Some(5), Standing::Within));
        assert_eq!((one.covered, one.coverage, one.vips, one.broken), (1, Some(333), 1, 1));
        // two were there when the year began; the VIP had no date and counts as old
        assert_eq!((one.growth, one.vip_growth, one.self_share), (Some(500), Some(0), Some(750)));
        // a draft of an order is no product held
        assert_eq!(one.lacking, Some(2));
        let confirmed = Input::default().set("status", "已确认");
        let order = Uuid::parse_str(&order).expect("an id");
        site.engine.change(&site.admin, "sales_order", order, None, confirmed).await.expect("confirmed");
        assert_eq!(read().await.lacking, Some(1));
        let kept = roster(&site.engine, &site.admin, id).await.expect("the roster");
        assert_eq!((kept.entries.len(), kept.accounts.len(), kept.contact_days), (3, 3, 30));
        assert_eq!((kept.required[0].name.as_str(), kept.required[0].entries.len()), ("理财", 1));
        // who leaves counts no more
        let entry = &site.all("roster_entry", &format!("account == \"{first}\"")).await[0];
        let gone = Input::default().set("until", "2026-03-01");
        site.engine.change(&site.admin, "roster_entry", entry.id, None, gone).await.expect("leaves");
        let one = read().await;
        assert_eq!((one.count, one.covered, one.vips, one.broken), (2, 0, 0, 0));
        let nobody = roster(&site.engine, &site.admin, Uuid::from_u128(7)).await;
        assert!(matches!(nobody, Err(Error::NotFound)));
    });
}

fn minor(record: &Record, field: &str) -> i64 {
    match record.value(field) {
        Value::Money(money) => money.minor,
        value => panic!("{field} is {value:?}"),
    }
}

#[test]
fn a_statement_adds_up_to_the_cent_and_is_kept_as_it_was_told() {
    on_both(NOW, |engine| async move {
        let site = Site { engine, admin: Actor::system(Source::System) };
        let (id, _, accounts, fang) = bank(&site).await;
        let mut chance = 17_u64;
        let mut draw = |bound: u64| {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (chance >> 33) % bound
        };
        let mut expected = [[0_i64; 3]; 3];
        for (place, account) in accounts.iter().enumerate() {
            let account = account.to_string();
            for i in 0..6_i64 {
                // September to February: before, during and after the last quarter of 2025
                let day = format!("{}-{:02}-15", if i < 4 { 2025 } else { 2026 }, if i < 4 { 9 + i } else { i - 3 });
                let at = match i {
                    0 => 0,
                    1..=3 => 1,
                    _ => 3,
                };
                let amount = 1 + draw(9_999_999) as i64;
                let text = format!("{}.{:02}", amount / 100, amount % 100);
                let status = if i == 2 { "草稿" } else { "执行中" };
                let contract = [
                    ("name", "供货合同"),
                    ("account", &account),
                    ("amount", &text),
                    ("signed_on", &day),
                    ("status", status),
                ];
                let contract = site.make("contract", &contract).await.to_string();
                let paid = 1 + draw(500_000) as i64;
                let text = format!("{}.{:02}", paid / 100, paid % 100);
                let payment =
                    [("account", account.as_str()), ("contract", &contract), ("amount", &text), ("received_on", &day)];
                site.make("payment", &payment).await;
                if i == 2 {
                    continue;
                }
                match at {
                    0 => expected[place][0] += amount - paid,
                    1 => {
                        expected[place][1] += amount;
                        expected[place][2] += paid;
                    }
                    _ => {}
                }
            }
            site.make(
                "interaction",
                &[
                    ("account", &account),
                    ("channel", "上门拜访"),
                    ("content", "内部：压价"),
                    ("at", "2025-11-03 09:00"),
                ],
            )
            .await;
        }
        let wish = StatementWish {
            roster: Some(id),
            accounts: Vec::new(),
            period: Period::parse("2025-Q4").expect("a quarter"),
            again: false,
        };
        let made = make_statements(&site.engine, &site.admin, &wish).await.expect("made");
        assert_eq!((made.made.len(), made.kept), (3, 0));
        for (place, account) in accounts.iter().enumerate() {
            let told = &site.all("statement", &format!("account == \"{account}\"")).await[0];
            let [opening, bought, paid] = expected[place];
            assert_eq!([minor(told, "opening"), minor(told, "bought"), minor(told, "paid")], [opening, bought, paid]);
            assert_eq!(minor(told, "closing"), opening + bought - paid);
            assert_eq!((told.value("keeper").as_id(), told.value("served_count").as_int()), (Some(fang), Some(1)));
            let lines = site.all("statement_line", &format!("statement == \"{}\"", told.id)).await;
            assert_eq!(lines.len(), 2 + 2 + 1);
            assert!(lines.iter().all(|line| !line.value("subject").as_text().unwrap_or_default().contains("压价")));
        }
        // a second click makes nothing; again replaces; what was told stays as it was
        let second = make_statements(&site.engine, &site.admin, &wish).await.expect("nothing to do");
        assert_eq!((second.made.len(), second.kept), (0, 3));
        site.make(
            "payment",
            &[("account", &accounts[0].to_string()), ("amount", "0.01"), ("received_on", "2025-12-31")],
        )
        .await;
        assert_eq!(
            minor(&site.all("statement", &format!("account == \"{}\"", accounts[0])).await[0], "paid"),
            expected[0][2]
        );
        let again = StatementWish { again: true, ..wish.clone() };
        assert_eq!(make_statements(&site.engine, &site.admin, &again).await.expect("made again").made.len(), 3);
        let valid = statements_of(&site.engine, &site.admin, id, wish.period).await.expect("statements");
        assert_eq!((valid.len(), site.all("statement", "state == \"replaced\"").await.len()), (3, 3));
        let first = site.all("statement", &format!("state == \"valid\" && account == \"{}\"", accounts[0])).await;
        assert_eq!(minor(&first[0], "paid"), expected[0][2] + 1);
        for (period, code) in [("2025", "invalid"), ("2026-Q2", "future")] {
            let wrong = StatementWish { period: Period::parse(period).expect("a period"), ..wish.clone() };
            match make_statements(&site.engine, &site.admin, &wrong).await {
                Err(Error::Invalid(errors)) => assert_eq!(errors[0].code, code),
                other => panic!("{other:?}"),
            }
        }
    });
}

#[test]
fn of_two_who_make_the_same_statements_at_once_one_does() {
    on_both(NOW, |engine| async move {
        let site = Site { engine, admin: Actor::system(Source::System) };
        let (id, ..) = bank(&site).await;
        let wish = StatementWish {
            roster: Some(id),
            accounts: Vec::new(),
            period: Period::parse("2025-Q4").expect("a quarter"),
            again: false,
        };
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let (engine, admin, wish) = (site.engine.clone(), site.admin.clone(), wish.clone());
            tasks.spawn(async move { make_statements(&engine, &admin, &wish).await });
        }
        for result in tasks.join_all().await {
            assert!(matches!(result, Ok(_) | Err(Error::Conflict(_))), "{result:?}");
        }
        assert_eq!(site.all("statement", "state == \"valid\"").await.len(), 3);
    });
}

#[test]
fn a_notice_is_a_task_for_each_and_is_taken_back_but_for_what_is_done() {
    on_both(NOW, |engine| async move {
        let site = Site { engine, admin: Actor::system(Source::System) };
        let (id, product, accounts, fang) = bank(&site).await;
        site.make("holding", &[("account", &accounts[2].to_string()), ("product", &product.to_string())]).await;
        let people = recipients(&site.engine, &site.admin, id, product).await.expect("people");
        assert_eq!(people.iter().filter(|one| one.holds).count(), 1);
        let wish = NoticeWish {
            roster: id,
            product,
            subject: "新品推荐".to_owned(),
            content: "首单九折".to_owned(),
            due_on: TODAY + 7,
            accounts: accounts[..2].to_vec(),
        };
        let codes = |result: Result<Uuid, Error>| match result {
            Err(Error::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        let empty = NoticeWish {
            subject: " ".into(),
            content: String::new(),
            due_on: TODAY - 1,
            accounts: Vec::new(),
            ..wish.clone()
        };
        let told = codes(give_notice(&site.engine, &site.admin, &empty).await);
        assert_eq!(told, ["subject", "content", "due_on", "accounts"]);
        let strange = NoticeWish { accounts: vec![fang], ..wish.clone() };
        assert_eq!(codes(give_notice(&site.engine, &site.admin, &strange).await), ["accounts"]);

        let notice = give_notice(&site.engine, &site.admin, &wish).await.expect("given");
        let tasks = site.all("task", &format!("notice == \"{notice}\"")).await;
        assert!(tasks.len() == 2 && tasks.iter().all(|task| task.value("owner").as_id() == Some(fang)));
        // nobody is told twice
        assert_eq!(codes(give_notice(&site.engine, &site.admin, &wish).await), ["accounts"]);
        let done = Input::default().set("done", "是");
        site.engine.change(&site.admin, "task", tasks[0].id, None, done).await.expect("done");
        let taken = take_back_notice(&site.engine, &site.admin, notice).await.expect("taken back");
        assert_eq!((taken.tasks, taken.done), (1, 1));
        assert!(matches!(take_back_notice(&site.engine, &site.admin, notice).await, Err(Error::Conflict(_))));
        let left = site.all("task", &format!("notice == \"{notice}\"")).await;
        assert!(left.len() == 1 && left[0].id == tasks[0].id);
        // it can be given anew
        give_notice(&site.engine, &site.admin, &wish).await.expect("given again");
    });
}
