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
