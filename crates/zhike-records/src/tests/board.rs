//! Lists read in columns, and changes taken back.

use zhike_model::SortKey;
use zhike_types::{Error, Uuid, Value};

use super::on_both;
use crate::{Actor, Engine, Input, ListQuery, Page, Record, Source};

fn ids(page: &Page) -> Vec<Uuid> {
    page.records.iter().map(|record| record.id).collect()
}

fn keys() -> Vec<Value> {
    ["potential", "active", "lost"].map(|key| Value::Text(key.to_owned())).into_iter().chain([Value::Null]).collect()
}

fn key(field: &str, descending: bool) -> SortKey {
    SortKey { field: field.to_owned(), descending }
}

/// All of one column, page by page.
async fn walked(engine: &Engine, actor: &Actor, query: &ListQuery, value: &Value) -> Vec<Uuid> {
    let mut query = query.clone();
    let mut found = Vec::new();
    loop {
        let pages = engine.columns(actor, &query, "status", std::slice::from_ref(value)).await.expect("a column");
        found.extend(ids(&pages[0]));
        match &pages[0].next {
            Some(next) => query.after = Some(next.clone()),
            None => return found,
        }
    }
}

#[test]
fn columns_hold_what_the_list_holds_and_pages_follow_each_other() {
    on_both(|site| async move {
        for i in 0..31 {
            let status = ["potential", "active", "expected", "potential"][i % 4];
            let employees = if i % 3 == 0 { String::new() } else { (i % 5).to_string() };
            let name = format!("公司{i:02}");
            site.make("account", &[("name", name.as_str()), ("status", status), ("employees", employees.as_str())])
                .await;
        }
        for sort in [vec![], vec![key("updated_at", true)], vec![key("employees", false), key("name", true)]] {
            let query = ListQuery { object: "account".into(), sort, limit: 4, ..ListQuery::default() };
            let columns = site.engine.columns(&site.admin, &query, "status", &keys()).await.expect("columns");
            assert_eq!(columns.iter().map(|page| page.records.len()).collect::<Vec<_>>(), [4, 4, 0, 0]);
            for (value, page) in keys().iter().zip(&columns) {
                let filter = value.as_text().map_or("status == null".to_owned(), |key| format!("status == \"{key}\""));
                let whole = ListQuery { filter, limit: 100, ..query.clone() };
                let list = site.engine.list(&site.admin, &whole).await.expect("a list");
                assert_eq!(ids(page), ids(&list).into_iter().take(4).collect::<Vec<_>>());
                assert_eq!(walked(&site.engine, &site.admin, &query, value).await, ids(&list));
                assert!(page.records.iter().all(|record| record.value("status") == value));
            }
        }
        let unknown = ListQuery { object: "account".into(), ..ListQuery::default() };
        assert!(site.engine.columns(&site.admin, &unknown, "colour", &keys()).await.is_err());
    });
}

#[test]
fn columns_hold_only_what_the_actor_sees() {
    on_both(|site| async move {
        let seller = site.user("李明", None, &["sales"]).await;
        let other = site.user("王芳", None, &["sales"]).await;
        site.make_as(&seller, "account", &[("name", "甲公司")]).await;
        site.make_as(&other, "account", &[("name", "乙公司")]).await;
        let query = ListQuery { object: "account".into(), filter: "name != \"丙\"".into(), ..ListQuery::default() };
        let columns = site.engine.columns(&seller, &query, "status", &keys()).await.expect("columns");
        assert_eq!(columns[0].records.iter().map(Record::title).collect::<Vec<_>>(), ["甲公司"]);
    });
}

async fn change(engine: &Engine, actor: &Actor, record: &Record, fields: &[(&str, &str)]) -> Record {
    let input = fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text));
    engine.change(actor, "account", record.id, None, input).await.expect("changed")
}

#[test]
fn a_change_is_taken_back_by_who_made_it_and_by_nobody_later() {
    on_both(|site| async move {
        let seller = site.user("李明", None, &["sales"]).await;
        let engine = &site.engine;
        let made = site.make_as(&seller, "account", &[("name", "甲公司"), ("status", "active")]).await;
        // there is no way back from lost to dormant, nor from active to potential: an undo needs none
        let lost = change(engine, &seller, &made, &[("status", "lost"), ("lost_reason", "价格")]).await;
        let back = engine.take_back(&seller, "account", made.id, lost.version).await.expect("taken back");
        assert_eq!(back.value("status"), &Value::Text("active".into()));
        assert!(back.value("lost_reason").is_null());
        assert_eq!(back.version, lost.version + 1);
        let told = engine.history(&seller, "account", made.id, None, 1).await.expect("a history");
        assert_eq!((told[0].reason.as_deref(), told[0].changes.len()), (Some("撤销"), 2));

        // somebody was there since
        let dormant = change(engine, &seller, &made, &[("status", "dormant")]).await;
        change(engine, &site.admin, &made, &[("remark", "回访")]).await;
        let late = engine.take_back(&seller, "account", made.id, dormant.version).await;
        assert!(matches!(late, Err(Error::Stale { .. })), "{late:?}");
        let version = dormant.version + 1;
        let theirs = engine.take_back(&seller, "account", made.id, version).await;
        assert!(matches!(theirs, Err(Error::Conflict(_))), "another's change: {theirs:?}");

        // too late
        let changed = change(engine, &seller, &made, &[("level", "A")]).await;
        site.clock.set(super::NOW + 11 * 60 * 1000);
        let late = engine.take_back(&seller, "account", made.id, changed.version).await;
        assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
        let system = engine.take_back(&Actor::system(Source::Api), "account", made.id, changed.version).await;
        assert!(matches!(system, Err(Error::Conflict(_))), "the system is nobody: {system:?}");
    });
}
