//! Rosters, on both databases: nobody keeps more than their role allows, however many add at once and by whatever way.

use tokio::task::JoinSet;
use zhike_types::{Error, FieldError, Uuid};

use crate::{
    Actor, Input, ListQuery, Record,
    import::tests::{list, rest},
    tests::{Site, on_both},
};

/// A role of 2 to 4 customers, 王芳's roster in it, and some customers.
struct Bank {
    role: Uuid,
    fang: Actor,
    roster: Uuid,
    accounts: Vec<Uuid>,
}

impl Bank {
    async fn at(site: &Site, accounts: usize) -> Self {
        let department = site.make("department", &[("name", "营业部")]).await.id;
        let fang = site.user("王芳", Some(department), &["sales"]).await;
        let role = site.make("roster_role", &[("name", "客户经理"), ("minimum", "2"), ("maximum", "4")]).await.id;
        let roster = roster(site, "王芳的名单", role, &fang).await;
        let mut made = Vec::new();
        for name in &NAMES[..accounts] {
            made.push(site.make("account", &[("name", format!("青岛海悦{name}店").as_str())]).await.id);
        }
        Self { role, fang, roster, accounts: made }
    }
}

const NAMES: [&str; 12] =
    ["东海", "南山", "西湖", "北关", "中原", "上元", "下沙", "前门", "后海", "左营", "右安", "内江"];

async fn roster(site: &Site, name: &str, role: Uuid, keeper: &Actor) -> Uuid {
    let (role, owner) = (role.to_string(), keeper.user_id.expect("a user").to_string());
    site.make("roster", &[("name", name), ("role", &role), ("owner", &owner)]).await.id
}

async fn add(site: &Site, who: &Actor, roster: Uuid, account: Uuid) -> Result<Record, Error> {
    let input = Input::default().set("roster", roster.to_string()).set("account", account.to_string());
    site.engine.create(who, "roster_entry", input).await
}

fn errors(result: Result<Record, Error>) -> Vec<FieldError> {
    match result {
        Err(Error::Invalid(errors)) => errors,
        other => panic!("{other:?}"),
    }
}

async fn figures(site: &Site, roster: Uuid) -> (Option<i64>, Option<i64>) {
    let roster = site.engine.read(&site.admin, "roster", roster).await.expect("the roster");
    (roster.value("entry_count").as_int(), roster.value("gap").as_int())
}

#[test]
fn a_roster_takes_no_more_than_its_role_allows() {
    on_both(|site| async move {
        let bank = Bank::at(&site, 7).await;
        assert_eq!(figures(&site, bank.roster).await, (Some(0), Some(2)));
        let mut entries = Vec::new();
        for account in &bank.accounts[..4] {
            entries.push(add(&site, &site.admin, bank.roster, *account).await.expect("there is room"));
        }
        assert_eq!(figures(&site, bank.roster).await, (Some(4), Some(0)));
        let told = errors(add(&site, &site.admin, bank.roster, bank.accounts[4]).await);
        assert_eq!((told[0].field.as_str(), told[0].code), ("roster", "roster_full"));
        assert!(told[0].message.zh.contains("王芳") && told[0].message.zh.contains("最多维护 4 户"), "{told:?}");

        // a second roster in the same role is no way around it; another role is another matter
        let second = roster(&site, "王芳的另一份", bank.role, &bank.fang).await;
        assert_eq!(errors(add(&site, &site.admin, second, bank.accounts[4]).await)[0].code, "roster_full");
        let other = site.make("roster_role", &[("name", "大堂"), ("maximum", "1")]).await.id;
        let third = roster(&site, "王芳在大堂", other, &bank.fang).await;
        let moved = add(&site, &site.admin, third, bank.accounts[4]).await.expect("another role");
        let there = Input::default().set("roster", bank.roster.to_string());
        let error = site.engine.change(&site.admin, "roster_entry", moved.id, None, there).await;
        assert_eq!(errors(error)[0].code, "roster_full");

        // who leaves makes room; who comes back needs it
        let gone = Input::default().set("until", "2026-03-02");
        site.engine.change(&site.admin, "roster_entry", entries[0].id, None, gone).await.expect("leaves");
        site.engine.delete(&site.admin, "roster_entry", entries[1].id, None, None).await.expect("deleted");
        for account in [bank.accounts[0], bank.accounts[5]] {
            add(&site, &site.admin, second, account).await.expect("room again");
        }
        assert_eq!(
            errors(site.engine.restore(&site.admin, "roster_entry", entries[1].id).await)[0].code,
            "roster_full"
        );
        let back = Input::default().set("until", "");
        let error = site.engine.change(&site.admin, "roster_entry", entries[0].id, None, back).await;
        assert_eq!(errors(error)[0].code, "roster_full");

        // a lowered maximum takes nobody away, and other fields can still be changed where nothing is added
        let lower = Input::default().set("maximum", "2");
        site.engine.change(&site.admin, "roster_role", bank.role, None, lower).await.expect("lowered");
        assert_eq!(figures(&site, bank.roster).await.0, Some(2));
        let vip = Input::default().set("vip", "金卡");
        assert!(site.engine.change(&site.admin, "roster_entry", entries[2].id, None, vip).await.is_ok());
    });
}

#[test]
fn a_customer_is_on_one_roster_at_a_time_and_the_keeper_does_not_set_the_role() {
    on_both(|site| async move {
        let bank = Bank::at(&site, 1).await;
        let second = roster(&site, "第二份", bank.role, &bank.fang).await;
        add(&site, &site.admin, bank.roster, bank.accounts[0]).await.expect("first");
        let told = errors(add(&site, &site.admin, second, bank.accounts[0]).await);
        assert_eq!((told[0].field.as_str(), told[0].code), ("account", "on_a_roster"));
        // the keeper sees the roster and cannot make the rules
        let seen = site.engine.read(&bank.fang, "roster", bank.roster).await.expect("it is theirs");
        assert!(!seen.may_change);
        let wish = Input::default().set("maximum", "99");
        let refused = site.engine.change(&bank.fang, "roster_role", bank.role, None, wish).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    });
}

#[test]
fn of_many_who_add_at_once_as_many_as_there_is_room_for_get_in() {
    on_both(|site| async move {
        let bank = Bank::at(&site, 12).await;
        let second = roster(&site, "第二份", bank.role, &bank.fang).await;
        let mut tasks = JoinSet::new();
        for (i, account) in bank.accounts.iter().enumerate() {
            let (engine, admin, account) = (site.engine.clone(), site.admin.clone(), *account);
            let to = if i % 2 == 0 { bank.roster } else { second };
            tasks.spawn(async move {
                let input = Input::default().set("roster", to.to_string()).set("account", account.to_string());
                engine.create(&admin, "roster_entry", input).await
            });
        }
        let mut in_it = 0;
        for result in tasks.join_all().await {
            match result {
                Ok(_) => in_it += 1,
                refused => assert_eq!(errors(refused)[0].code, "roster_full"),
            }
        }
        assert_eq!(in_it, 4);
        let (one, other) = (figures(&site, bank.roster).await.0, figures(&site, second).await.0);
        assert_eq!(one.zip(other).map(|(a, b)| a + b), Some(4), "what is rolled up is what is there");
    });
}

#[test]
fn one_customer_whom_many_want_at_once_is_on_one_roster() {
    on_both(|site| async move {
        let bank = Bank::at(&site, 1).await;
        let mut tasks = JoinSet::new();
        for name in &NAMES[..6] {
            let keeper = site.user(&format!("柜员{name}"), None, &["sales"]).await;
            let to = roster(&site, name, bank.role, &keeper).await;
            let (engine, admin, account) = (site.engine.clone(), site.admin.clone(), bank.accounts[0]);
            tasks.spawn(async move {
                let input = Input::default().set("roster", to.to_string()).set("account", account.to_string());
                engine.create(&admin, "roster_entry", input).await
            });
        }
        let made = tasks.join_all().await.iter().filter(|result| result.is_ok()).count();
        assert_eq!(made, 1);
    });
}

#[test]
fn an_import_fills_what_there_is_room_for_and_says_which_rows_were_too_many() {
    on_both(|site| async move {
        let bank = Bank::at(&site, 6).await;
        let rows: Vec<String> = NAMES[..6].iter().map(|name| format!("王芳的名单,青岛海悦{name}店")).collect();
        let file = list(&format!("名单,客户\n{}\n", rows.join("\n")));
        let info =
            site.engine.import_upload(&site.admin, "roster_entry", "名单.csv", file.path()).await.expect("taken");
        site.engine.import_start(&site.admin, info.id, false).await.expect("started");
        let ended = rest(&site, &site.admin, info.id).await;
        let (_, errors) = site.engine.import_errors(&site.admin, info.id).await.expect("the rows that failed");
        let errors = std::fs::read_to_string(errors).expect("a list");
        assert_eq!((ended.counts.created, ended.counts.failed), (4, 2), "{errors}");
        assert_eq!(errors.matches("最多维护 4 户").count(), 2, "{errors}");
        assert_eq!(figures(&site, bank.roster).await, (Some(4), Some(0)));
        let query = ListQuery { object: "roster_entry".to_owned(), limit: 10, ..ListQuery::default() };
        assert_eq!(site.engine.list(&bank.fang, &query).await.expect("a list").records.len(), 4);
    });
}
