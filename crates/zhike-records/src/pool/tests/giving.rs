//! 分配 and 退回.

use zhike_types::Error;

use super::{Company, Return, back, field_of, lying, owner_of, pool};
use crate::{Input, ListQuery, Selection, tests::on_both};

#[test]
fn what_lies_there_is_given_out_in_turn() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let pool = pool(&site, "公海", &[("held_most", "3")]).await;
        for n in 0..7 {
            lying(&site, pool, &format!("第{n}家公司"), &[("level", if n == 0 { "A" } else { "C" })]).await;
        }
        let [fang, qiang] = [&people.fang, &people.qiang].map(|one| one.user_id.expect("a user"));
        let all = Selection::Filter(r#"level == "C""#.to_owned());
        let refused = site.engine.assign_from_pool(&people.fang, pool, &all, &[fang], "").await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "a member does not assign");
        let outcome =
            site.engine.assign_from_pool(&people.lei, pool, &all, &[fang, qiang], "按区域").await.expect("assigned");
        assert_eq!((outcome.done, outcome.failed.len()), (6, 0));
        for one in [fang, qiang] {
            let filter = format!("owner == \"{one}\"");
            assert_eq!(site.engine.count(&site.admin, "account", &filter, false).await.expect("a count"), 3);
        }
        // both hold three: the last one stays
        let rest = Selection::Filter(String::new());
        let outcome = site.engine.assign_from_pool(&people.lei, pool, &rest, &[fang, qiang], "").await.expect("tried");
        assert_eq!((outcome.done, outcome.failed.len()), (0, 1));
        assert!(outcome.failed[0].2.zh.contains("到上限了"));
        let moves = site.engine.pool_moves(&people.lei, pool, 50).await.expect("the book");
        assert_eq!(moves.iter().filter(|one| one.reason.as_deref() == Some("按区域")).count(), 6);
        assert!(site.engine.pool_moves(&people.fang, pool, 50).await.expect("not hers").is_empty());
    });
}

#[test]
fn a_return_says_why_and_where() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let account = site.make_as(&people.fang, "account", &[("name", "青岛海悦电器有限公司")]).await.id;
        let wish = |pool, reason: &str, note: &str| Return { pool, reason: reason.to_owned(), note: note.to_owned() };
        let give = async |who, wish| site.engine.give_back(who, "account", account, &wish).await;
        let none = give(&people.fang, wish(None, "联系不上", "")).await.expect_err("there is no pool");
        assert_eq!(field_of(none), "pool");
        let one = pool(&site, "公海一", &[]).await;
        let two = pool(&site, "公海二", &[("reasons", "太远\n太贵")]).await;
        assert_eq!(field_of(give(&people.fang, wish(None, "联系不上", "")).await.expect_err("which")), "pool");
        assert_eq!(field_of(give(&people.fang, wish(Some(two), "联系不上", "")).await.expect_err("why")), "reason");
        assert_eq!(field_of(give(&people.fang, wish(Some(one), "", "没人接")).await.expect_err("why")), "reason");
        assert!(matches!(give(&people.qiang, wish(Some(one), "联系不上", "")).await, Err(Error::NotFound)));
        give(&people.fang, wish(Some(two), "太远", "在新疆")).await.expect("hers");
        let moves = site.engine.pool_moves(&people.lei, two, 10).await.expect("the book");
        assert_eq!(moves[0].reason.as_deref(), Some("太远：在新疆"));
        assert_eq!((moves[0].user.as_deref(), moves[0].by.as_deref()), (Some("王芳"), Some("王芳")));
        assert!(matches!(give(&people.lei, wish(Some(two), "太远", "")).await, Err(Error::Conflict(_))), "it is there");
    });
}

#[test]
fn many_go_back_at_once_and_an_owner_takes_out_of_the_pool() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let pool = pool(&site, "公海", &[]).await;
        for n in 0..3 {
            site.make_as(&people.fang, "account", &[("name", &format!("第{n}家公司"))]).await;
        }
        let wish = Return { reason: "客户没有意向".to_owned(), ..Return::default() };
        let all = Selection::Filter(String::new());
        let outcome = site.engine.give_back_many(&people.fang, "account", &all, &wish).await.expect("hers");
        assert_eq!((outcome.done, outcome.failed.len()), (3, 0));
        let view = site.engine.pool_view(&people.fang, pool).await.expect("everybody's");
        let page = site.engine.pool_list(&view, &super::accounts()).await.expect("a list").page;
        assert_eq!(page.records.len(), 3);
        // somebody who may change everything gives it an owner by hand: it lies there no more
        let id = page.records[0].id;
        let qiang = people.qiang.user_id.expect("a user");
        let input = Input::default().set("owner", qiang.to_string());
        let changed = site.engine.change(&people.lei, "account", id, None, input).await.expect("changed");
        assert!(changed.value("pool").is_null() && changed.value("owner_since").as_int().is_some());
        assert_eq!(owner_of(&site, id).await, Some(qiang));
        // nobody writes the pool by hand
        let input = Input::default().set("pool", pool.to_string());
        assert!(matches!(site.engine.change(&site.admin, "account", id, None, input).await, Err(Error::Invalid(_))));
        // from one owner to the next, with what hangs on it
        let of = id.to_string();
        site.make_as(&people.qiang, "contact", &[("name", "张伟"), ("account", &of)]).await;
        let fang = people.fang.user_id.expect("a user");
        site.engine.assign(&people.lei, "account", id, fang, "换人").await.expect("he may change it");
        let contacts = ListQuery { object: "contact".to_owned(), ..ListQuery::default() };
        let contacts = site.engine.list(&people.fang, &contacts).await.expect("a list").records;
        assert_eq!(contacts[0].value("owner").as_id(), Some(fang));
        assert!(matches!(site.engine.assign(&people.qiang, "account", id, qiang, "").await, Err(Error::NotFound)));
        back(&site, &people.fang, pool, id).await.expect("hers");
    });
}
