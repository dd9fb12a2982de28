use zhike_model::SortKey;

use super::on_both;
use crate::{ListQuery, Page};

fn titles(page: &Page) -> Vec<&str> {
    page.records.iter().map(crate::Record::title).collect()
}

#[test]
fn pages_follow_each_other_without_gap_or_repeat_whatever_the_order() {
    on_both(|site| async move {
        for i in 0..23 {
            let level = ["A", "B", "", "C"][i % 4];
            let employees = if i % 3 == 0 { String::new() } else { (i % 5).to_string() };
            let name = format!("公司{i:02}");
            site.make("account", &[("name", name.as_str()), ("level", level), ("employees", employees.as_str())]).await;
        }
        let key = |field: &str, descending| SortKey { field: field.to_owned(), descending };
        let sorts = [
            vec![],
            vec![key("name", false)],
            vec![key("employees", true)],
            vec![key("level", false), key("employees", true)],
            vec![key("employees", false), key("level", true), key("name", false)],
            vec![key("created_at", true)],
        ];
        for sort in sorts {
            let whole = ListQuery { object: "account".into(), sort: sort.clone(), limit: 100, ..ListQuery::default() };
            let all = site.engine.list(&site.admin, &whole).await.expect("a list");
            assert_eq!(all.records.len(), 23, "{sort:?}");
            assert!(all.next.is_none());
            let mut seen: Vec<String> = Vec::new();
            let mut query = ListQuery { limit: 4, ..whole.clone() };
            loop {
                let page = site.engine.list(&site.admin, &query).await.expect("a page");
                seen.extend(titles(&page).into_iter().map(str::to_owned));
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => break,
                }
            }
            assert_eq!(seen, titles(&all), "{sort:?}");
            if let Some(first) = sort.first() {
                let empty: Vec<bool> = all.records.iter().map(|record| record.value(&first.field).is_null()).collect();
                assert!(empty.is_sorted(), "empty values come last: {sort:?}");
            }
        }
    });
}

#[test]
fn names_are_ordered_by_pinyin() {
    on_both(|site| async move {
        for name in ["中兴", "阿里", "百度", "腾讯"] {
            site.make("account", &[("name", name)]).await;
        }
        let query = ListQuery {
            object: "account".into(),
            sort: vec![SortKey { field: "name".into(), descending: false }],
            ..ListQuery::default()
        };
        assert_eq!(
            titles(&site.engine.list(&site.admin, &query).await.expect("a list")),
            ["阿里", "百度", "腾讯", "中兴"]
        );
    });
}

#[test]
fn a_broken_cursor_is_refused() {
    on_both(|site| async move {
        for after in ["zz", "5b315d", "", "5b2261225d", "é"] {
            let query = ListQuery {
                object: "account".into(),
                sort: vec![SortKey { field: "name".into(), descending: false }],
                after: Some(after.into()),
                ..ListQuery::default()
            };
            assert!(site.engine.list(&site.admin, &query).await.is_err(), "{after}");
        }
    });
}

#[test]
fn filters_find_what_they_say() {
    on_both(|site| async move {
        let haier = site
            .make(
                "account",
                &[
                    ("name", "青岛海尔电器"),
                    ("region", "山东省青岛市"),
                    ("level", "A"),
                    ("annual_revenue", "5000"),
                    ("tags", "VIP、展会"),
                ],
            )
            .await;
        site.make(
            "account",
            &[("name", "青岛啤酒"), ("region", "370200"), ("level", "C"), ("next_follow_up_at", "2026-03-01 09:00")],
        )
        .await;
        site.make("account", &[("name", "北京华为"), ("region", "北京市")]).await;
        site.make("contact", &[("name", "张瑞"), ("account", &haier.id.to_string()), ("decision_role", "决策人")])
            .await;
        for (filter, wanted) in [
            ("level == \"A\"", vec!["青岛海尔电器"]),
            ("level != \"A\"", vec!["北京华为", "青岛啤酒"]),
            ("level == null", vec!["北京华为"]),
            ("region == \"370200\" && level in [\"A\", \"C\"]", vec!["青岛海尔电器", "青岛啤酒"]),
            ("annual_revenue > 4999.99", vec!["青岛海尔电器"]),
            ("\"VIP\" in tags", vec!["青岛海尔电器"]),
            ("name.contains(\"青岛\") && !name.contains(\"啤\")", vec!["青岛海尔电器"]),
            ("next_follow_up_at < now", vec!["青岛啤酒"]),
            ("contacts.exists(c, c.decision_role == \"decision\")", vec!["青岛海尔电器"]),
            ("contact_count >= 1", vec!["青岛海尔电器"]),
        ] {
            let query = ListQuery {
                object: "account".into(),
                filter: filter.into(),
                sort: vec![SortKey { field: "name".into(), descending: false }],
                ..ListQuery::default()
            };
            let page = site.engine.list(&site.admin, &query).await.unwrap_or_else(|error| panic!("{filter}: {error}"));
            assert_eq!(titles(&page), wanted, "{filter}");
            assert_eq!(
                site.engine.count(&site.admin, "account", filter, false).await.expect("a count"),
                wanted.len() as i64,
                "{filter}"
            );
        }
        assert!(site.engine.count(&site.admin, "account", "colour == 1", false).await.is_err());
    });
}

#[test]
fn figures_add_up() {
    on_both(|site| async move {
        // yuan and dollars have no sum: what is in another currency than the field's is left out
        for (level, revenue) in [("A", "100"), ("A", "50.5"), ("B", "7"), ("B", "900 USD"), ("", "")] {
            site.make("account", &[("name", "公司"), ("level", level), ("annual_revenue", revenue)]).await;
        }
        let query = crate::AggregateQuery {
            object: "account".into(),
            group: Some("level".into()),
            figures: vec![
                (zhike_model::AggregateOp::Count, "*".into()),
                (zhike_model::AggregateOp::Sum, "annual_revenue".into()),
            ],
            ..crate::AggregateQuery::default()
        };
        let groups = site.engine.aggregate(&site.admin, &query).await.expect("figures");
        let of = |key: Option<&str>| {
            groups.iter().find(|group| group.key.as_text() == key).expect("the group").figures.clone()
        };
        assert_eq!(of(Some("A")), [2.into(), 15_050.into()]);
        assert_eq!(of(Some("B")), [2.into(), 700.into()]);
        assert_eq!(of(None), [1.into(), zhike_types::Value::Null]);
        let by_month = crate::AggregateQuery { group: Some("month:created_at".into()), ..query };
        let groups = site.engine.aggregate(&site.admin, &by_month).await.expect("figures");
        assert_eq!(groups[0].key.as_int(), Some(2026 * 12 + 2));
    });
}

#[test]
fn a_select_is_ordered_as_its_options_stand() {
    on_both(|site| async move {
        let object = site.engine.model().object("account").expect("accounts").clone();
        let keys: Vec<String> =
            object.field("status").expect("a status").kind.options().iter().map(|option| option.key.clone()).collect();
        assert!(!keys.is_sorted(), "or this would show nothing");
        for (i, key) in keys.iter().rev().chain(&keys).enumerate() {
            // who is lost, is for a reason
            site.make("account", &[("name", &format!("公司{i}")), ("status", key), ("lost_reason", "价格")]).await;
        }
        for descending in [false, true] {
            let sort = vec![
                SortKey { field: "status".into(), descending },
                SortKey { field: "employees".into(), descending: false },
            ];
            let mut query = ListQuery { object: "account".into(), sort, limit: 3, ..ListQuery::default() };
            let mut seen: Vec<String> = Vec::new();
            loop {
                let page = site.engine.list(&site.admin, &query).await.expect("a page");
                seen.extend(
                    page.records.iter().map(|record| record.value("status").as_text().expect("one").to_owned()),
                );
                match page.next {
                    Some(next) => query.after = Some(next),
                    None => break,
                }
            }
            let mut wanted: Vec<String> = keys.iter().flat_map(|key| [key.clone(), key.clone()]).collect();
            if descending {
                wanted.reverse();
            }
            assert_eq!(seen, wanted);
        }
    });
}

#[test]
fn a_reference_gives_no_order() {
    on_both(|site| async move {
        let sort = vec![SortKey { field: "owner".into(), descending: false }];
        let query = ListQuery { object: "account".into(), sort, ..ListQuery::default() };
        let refused = site.engine.list(&site.admin, &query).await;
        assert!(
            matches!(&refused, Err(zhike_types::Error::Invalid(errors)) if errors[0].field == "sort"),
            "{refused:?}"
        );
        let page = site.engine.list(&site.admin, &ListQuery { lenient: true, ..query }).await;
        page.expect("a page's own query passes over it");
    });
}

#[test]
fn views_get_indexes_that_hold_what_they_ask() {
    on_both(|site| async move {
        let model = site.engine.model();
        let account = model.object("account").expect("accounts");
        let index = |filter: &str, sort: &str| {
            let mut view = account.default_view().clone();
            filter.clone_into(&mut view.filter);
            view.sort = vec![SortKey { field: sort.into(), descending: true }];
            crate::tables::view_index(&model, account, &view).expect("an index")
        };
        let (name, text) = index("level == \"A\" && status in [\"active\", \"potential\"]", "created_at");
        assert_eq!(name, "account_level_created_at_status_active_potential_ix");
        assert!(text.contains("(\"level\", \"created_at\", \"seq\") WHERE"), "{text}");
        assert!(text.ends_with("AND \"status\" IN ('active', 'potential')"), "{text}");
        // what no key can say stands behind the order instead
        let (name, text) = index("employees in [1, 2]", "created_at");
        assert_eq!(name, "account_created_at_in_employees_ix");
        assert!(text.contains("(\"created_at\", \"seq\", \"employees\")"), "{text}");
        let (name, text) = index("", "status");
        assert!(name.starts_with("account_status_rank") && text.contains("CASE \"status\" WHEN"), "{name} {text}");
        // an order by two columns is read by its index too, and nothing is sorted
        let mut view = account.default_view().clone();
        view.filter.clear();
        view.sort = ["level", "industry"].map(|field| SortKey { field: field.into(), descending: true }).into();
        let (by_two, two) = crate::tables::view_index(&model, account, &view).expect("an index");
        assert!(two.contains("(\"level\", (\"industry\" IS NULL) DESC, \"industry\", \"seq\")"), "{two}");
        // both databases take it, and read the list by it
        let mut tx = site.engine.db().begin().await.expect("a writer");
        tx.run(zhike_db::Sql::new(&text)).await.expect("the index is made");
        tx.run(zhike_db::Sql::new(&two)).await.expect("the index is made");
        tx.commit().await.expect("committed");
        if site.engine.db().dialect() == zhike_db::Dialect::Sqlite {
            // an empty table would be read by any index
            let mut sql = zhike_db::Sql::new("EXPLAIN QUERY PLAN SELECT t.seq FROM account AS t INDEXED BY ");
            sql.name(&name).push(" WHERE t.deleted_at IS NULL AND ");
            let by = crate::order::OrderBy::of(account, "status").expect("an order");
            by.push_filled("t", &mut sql);
            sql.push(" ORDER BY ");
            by.push("t", &mut sql);
            sql.push(" DESC, t.seq DESC LIMIT 50");
            let mut tx = site.engine.db().read().await.expect("a reader");
            let plan = tx.rows(sql).await.expect("a plan");
            let told: Vec<String> = plan.iter().map(|row| row.must_text(3).expect("a text")).collect();
            assert!(told.len() == 1 && told[0].contains(&format!("USING INDEX {name} (<expr>>?)")), "{told:?}");
            let mut sql = zhike_db::Sql::new("EXPLAIN QUERY PLAN SELECT t.seq FROM account AS t INDEXED BY ");
            sql.name(&by_two).push(
                " WHERE t.deleted_at IS NULL AND t.\"level\" IS NOT NULL \
                 ORDER BY t.\"level\" DESC, t.\"industry\" IS NULL, t.\"industry\" DESC, t.\"seq\" DESC LIMIT 50",
            );
            let plan = tx.rows(sql).await.expect("a plan");
            let told: Vec<String> = plan.iter().map(|row| row.must_text(3).expect("a text")).collect();
            assert!(told.len() == 1 && told[0].contains(&by_two), "{told:?}");
        }
    });
}
