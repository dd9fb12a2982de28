//! What is seen of a pool, and what is not.

use zhike_types::Error;

use super::{Company, accounts, lying, names, pool};
use crate::{AggregateQuery, FieldState, ListQuery, Selection, tests::on_both};

#[test]
fn a_member_sees_the_pools_fields_and_can_ask_about_no_other() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let east = pool(&site, "公海", &[("fields", "region, level, mobile")]).await;
        let other = pool(&site, "另一个公海", &[]).await;
        let one = [("level", "A"), ("phone", "0532-83007788"), ("remark", "老板爱喝茶")];
        let id = lying(&site, east, "青岛海悦电器有限公司", &one).await;
        lying(&site, east, "青岛海景酒店", &[("level", "C")]).await;
        lying(&site, other, "潍坊风筝制造有限公司", &[]).await;
        let fang = &people.fang;
        // outside the lens it is not there
        assert!(matches!(site.engine.read(fang, "account", id).await, Err(Error::NotFound)));
        assert!(site.engine.list(fang, &accounts()).await.expect("a list").records.is_empty());
        assert!(site.engine.search(fang, "海悦", &[], 10).await.expect("a search").is_empty());

        let view = site.engine.pool_view(fang, east).await.expect("everybody's");
        assert!(!view.manager);
        let page = site.engine.pool_list(&view, &accounts()).await.expect("a list").page;
        assert_eq!(names(&page.records), ["青岛海景酒店", "青岛海悦电器有限公司"]);
        let record = site.engine.pool_read(&view, id).await.expect("it lies there");
        assert_eq!(record.value("level").as_text(), Some("A"));
        for hidden in ["phone", "remark", "owner", "created_by", "created_at", "number", "last_follow_up_at"] {
            assert!(record.value(hidden).is_null(), "{hidden}");
            assert_eq!(record.state(hidden), FieldState::Hidden, "{hidden}");
        }
        assert!(!record.may_change && !record.may_delete);
        // filter, sort, sum, search: within its fields
        let asked = |filter: &str| ListQuery { filter: filter.to_owned(), ..accounts() };
        let found = site.engine.pool_list(&view, &asked(r#"level == "A""#)).await.expect("a shown field").page;
        assert_eq!(names(&found.records), ["青岛海悦电器有限公司"]);
        for sly in [r#"phone == "0532-83007788""#, r#"remark.contains("茶")"#, "owner == null", "parent.phone != null"]
        {
            let told = site.engine.pool_list(&view, &asked(sly)).await;
            assert!(matches!(told, Err(Error::Invalid(_) | Error::Forbidden(_))), "{sly}: {told:?}");
            let told = site.engine.count(&view.actor, "account", sly, false).await;
            assert!(told.is_err(), "{sly}");
            let all = Selection::Filter(sly.to_owned());
            assert!(site.engine.assign_from_pool(fang, east, &all, &[], "").await.is_err());
        }
        let hung = site.engine.count(&view.actor, "account", "contacts.exists(c, true)", false).await;
        assert!(matches!(hung, Ok(0) | Err(_)), "nothing that hangs on it is there: {hung:?}");
        let sums = AggregateQuery {
            object: "account".to_owned(),
            group: Some("source".to_owned()),
            figures: vec![(zhike_model::AggregateOp::Count, "*".to_owned())],
            ..AggregateQuery::default()
        };
        assert!(site.engine.aggregate(&view.actor, &sums).await.is_err(), "a field it does not show");
        let hits = site.engine.search(&view.actor, "海悦", &[], 10).await.expect("a search");
        assert_eq!(hits.iter().map(|group| group.hits.len()).sum::<usize>(), 1);
        let hits = site.engine.search(&view.actor, "83007788", &[], 10).await.expect("a search");
        assert!(hits.iter().all(|group| group.hits.is_empty()), "not by what is hidden");
        // nothing else of the system is behind the lens
        assert!(matches!(site.engine.read(&view.actor, "contact", id).await, Err(Error::NotFound)));
        assert!(site.engine.change(&view.actor, "account", id, None, crate::Input::default()).await.is_err());
        assert!(site.engine.pool_read(&view, other).await.is_err());
        // a manager of pools sees what its role shows
        let view = site.engine.pool_view(&people.lei, east).await.expect("his");
        let record = site.engine.pool_read(&view, id).await.expect("it lies there");
        assert!(view.manager && record.value("phone").as_text().is_some());
    });
}

#[test]
fn so_many_are_shown_a_day() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let pool = pool(&site, "公海", &[("views_a_day", "3")]).await;
        let mut ids = Vec::new();
        for n in 0..5 {
            ids.push(lying(&site, pool, &format!("第{n}家公司"), &[]).await);
        }
        let view = site.engine.pool_view(&people.fang, pool).await.expect("everybody's");
        site.engine.pool_read(&view, ids[0]).await.expect("the first");
        site.engine.pool_read(&view, ids[0]).await.expect("again: counts once");
        let shown = site.engine.pool_list(&view, &accounts()).await.expect("a list");
        assert!(shown.cut && shown.page.next.is_none());
        assert_eq!(shown.page.records.len(), 3, "the first and two more");
        assert!(matches!(site.engine.pool_read(&view, ids[1]).await, Err(Error::TooMany(_))));
        assert_eq!(site.engine.pools(&people.fang).await.expect("pools")[0].views_left, Some(0));
        site.clock.advance(86_400_000);
        site.engine.pool_read(&view, ids[1]).await.expect("the next day");
        let manager = site.engine.pool_view(&people.lei, pool).await.expect("his");
        assert_eq!(site.engine.pool_list(&manager, &accounts()).await.expect("a list").page.records.len(), 5);
    });
}
