//! What is taken back, and who is warned.

use super::{Company, lying, owner_of, pool};
use crate::{
    Pool,
    tests::{Site, on_both},
};

const DAY: i64 = 86_400_000;
const RULE: &str = r#"status != "active" && (last_follow_up_at == null || last_follow_up_at < now - days(30))"#;

async fn follow_up(site: &Site, who: &crate::Actor, account: &str) {
    let call = [("content", "打过电话"), ("channel", "phone"), ("account", account)];
    site.make_as(who, "interaction", &call).await;
}

#[test]
fn what_nobody_looks_after_goes_back_and_its_owner_is_warned() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        let settings = [("reclaim", RULE), ("grace_days", "20"), ("protected", r#"level == "A""#)];
        let pool = pool(&site, "公海", &settings).await;
        let make = async |name: &str, more: &[(&str, &str)]| {
            let mut fields = vec![("name", name)];
            fields.extend(more);
            site.make_as(&people.fang, "account", &fields).await.id
        };
        let idle = make("久无跟进公司", &[]).await;
        let worked = make("常有跟进公司", &[]).await;
        let key = make("重点客户公司", &[("level", "A")]).await;
        let active = make("成交客户公司", &[("status", "active")]).await;
        follow_up(&site, &people.fang, &worked.to_string()).await;
        let due = async || {
            let all = site.engine.pool_warnings(&people.fang, 10).await.expect("warnings");
            all.iter().map(|one| (one.record.id, one.days)).collect::<Vec<_>>()
        };
        assert_eq!(due().await, []);
        let counts = async || site.engine.reclaim_counts().await.expect("counts")[0].records;
        assert_eq!(counts().await, 0);
        site.clock.advance(14 * DAY);
        assert_eq!(due().await, [(idle, 7)]);
        site.clock.advance(3 * DAY);
        assert_eq!(due().await, [(idle, 3)]);
        // put aside, it comes again at the next step
        site.engine.dismiss_pool_warning(&people.fang, idle, 3).await.expect("put aside");
        assert_eq!(due().await, []);
        site.clock.advance(2 * DAY);
        assert_eq!(due().await, [(idle, 1)]);
        site.clock.advance(DAY);
        assert_eq!(counts().await, 1);

        let done = site.engine.reclaim().await.expect("a run");
        assert_eq!((done[0].records, done[0].broken), (1, false));
        assert_eq!(owner_of(&site, idle).await, None);
        for kept in [worked, key, active] {
            assert_eq!(owner_of(&site, kept).await, people.fang.user_id);
        }
        assert_eq!(site.engine.reclaim().await.expect("again")[0].records, 0);
        assert_eq!(due().await, []);
        let history = site.engine.history(&site.admin, "account", idle, None, 1).await.expect("its history");
        assert_eq!((history[0].action.as_str(), history[0].source.as_str()), ("reclaim", "system"));
        let moves = site.engine.pool_moves(&people.lei, pool, 10).await.expect("the book");
        assert_eq!((moves[0].user.as_deref(), moves[0].by.as_deref()), (Some("王芳"), None));
        // a claim begins anew: it is not taken back at once, silent as it is
        site.engine.claim(&people.qiang, "account", idle).await.expect("his");
        assert_eq!(site.engine.reclaim().await.expect("again")[0].records, 0);
    });
}

#[test]
fn a_rule_is_tried_before_it_is_saved() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        for n in 0..3 {
            site.make_as(&people.fang, "account", &[("name", &format!("第{n}家公司"))]).await;
        }
        site.make_as(&people.qiang, "account", &[("name", "重点公司"), ("level", "A")]).await;
        let wish = Pool { object: "account".to_owned(), reclaim: RULE.to_owned(), ..Pool::default() };
        let dry = site.engine.reclaim_dry_run(&people.lei, &wish).await.expect("his duty");
        assert_eq!((dry.records, dry.protected, dry.fresh, dry.page.records.len()), (4, 0, 0, 4));
        assert_eq!(dry.owners, [("王芳".to_owned(), 3), ("李强".to_owned(), 1)]);
        let wish = Pool { protected: r#"level == "A""#.to_owned(), ..wish };
        let dry = site.engine.reclaim_dry_run(&people.lei, &wish).await.expect("his duty");
        assert_eq!((dry.records, dry.protected), (3, 1));
        let wish = Pool { grace_days: 7, ..wish };
        let dry = site.engine.reclaim_dry_run(&people.lei, &wish).await.expect("his duty");
        assert_eq!((dry.records, dry.fresh), (0, 3), "nobody has had them for a week");
        assert!(site.engine.reclaim_dry_run(&people.fang, &wish).await.is_err(), "not her duty");
        let wish = Pool { reclaim: "nonsense > 3".to_owned(), ..wish };
        assert!(site.engine.reclaim_dry_run(&people.lei, &wish).await.is_err());
        assert!(site.engine.pools(&people.lei).await.expect("pools").is_empty(), "nothing was saved");
    });
}

#[test]
fn hundreds_go_back_in_one_run() {
    on_both(|site| async move {
        let people = Company::at(&site).await;
        pool(&site, "公海", &[("reclaim", "created_at < now - days(1)"), ("grace_days", "0")]).await;
        let rows = (0..250)
            .map(|n| crate::NewRow {
                owner: people.fang.user_id,
                values: vec![("name", format!("第{n}家公司").into())],
                ..crate::NewRow::default()
            })
            .collect();
        site.engine.load(&site.admin, "account", rows).await.expect("loaded");
        site.clock.advance(2 * DAY);
        assert_eq!(site.engine.reclaim().await.expect("a run")[0].records, 250);
        assert_eq!(site.engine.pools(&people.fang).await.expect("pools")[0].records, 250);
        let mine = site.engine.count(&people.fang, "account", "", false).await.expect("a count");
        assert_eq!(mine, 0);
    });
}

#[test]
fn the_schedule_has_one_run_waiting() {
    on_both(|site| async move {
        let waiting = async || {
            let sql = zhike_db::sql!("SELECT COUNT(*) FROM job WHERE kind = 'pool-reclaim'");
            site.engine.db().read().await.expect("a reader").number(sql).await.expect("a number")
        };
        site.engine.schedule_reclaim().await.expect("looked");
        assert_eq!(waiting().await, 0, "there is no rule");
        let pool = pool(&site, "公海", &[("reclaim", RULE)]).await;
        for _ in 0..2 {
            site.engine.schedule_reclaim().await.expect("looked");
            assert_eq!(waiting().await, 1);
        }
        lying(&site, pool, "青岛海悦电器有限公司", &[]).await;
    });
}
