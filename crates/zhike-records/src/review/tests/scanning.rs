//! A scan is one at a time, is seen when it is whole, and ends even when who ran it dies.

use std::time::Duration;

use zhike_db::{Sql, sql};
use zhike_types::{Error, Uuid};

use super::{ended, queue, scanned, spellings, together};
use crate::{
    ScanState,
    review::items,
    tests::{Site, on_both},
};

async fn run(site: &Site, statement: Sql) {
    let mut tx = site.engine.db().begin().await.expect("a transaction");
    tx.run(statement).await.expect("it runs");
    tx.commit().await.expect("committed");
}

async fn number(site: &Site, statement: &str) -> i64 {
    site.engine.db().read().await.expect("a reader").number(Sql::new(statement)).await.expect("a number")
}

/// As if it had never ended, though its job has.
async fn reopen(site: &Site, scan: Uuid) {
    for _ in 0..400 {
        if number(site, "SELECT COUNT(*) FROM job WHERE state IN ('waiting', 'running')").await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    run(site, sql!("UPDATE match_scan SET state = 'running', ended_at = NULL WHERE id = $1", scan)).await;
}

/// Something that the last scan wrote before it broke off.
async fn half(site: &Site) {
    let last = number(site, "SELECT MAX(number) FROM match_scan").await;
    let half = items::Item { number: 700, bits: 9.0, members: vec![1, 2, 3] };
    run(site, items::statements(last, &[half]).remove(0)).await;
}

/// What earlier scans found, and halves of them, go a moment after another one is done.
async fn only_one_item(site: &Site) {
    for _ in 0..400 {
        if number(site, "SELECT COUNT(*) FROM match_item").await == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("what nobody needs stays");
}

#[test]
fn a_scan_that_was_killed_is_taken_up_and_nobody_sees_half_of_it() {
    on_both(|site| async move {
        let engine = &site.engine;
        assert!(engine.scan_latest(&site.admin, "account").await.expect("asked").is_none());
        let ids = spellings(&site, 2).await;
        let first = scanned(&site).await;
        assert_eq!((first.groups, first.by), (1, None));
        let more = spellings(&site, 1).await[0];
        let second = scanned(&site).await;
        only_one_item(&site).await;

        // a third one whose job was given up half way does not stand in the way of a fourth
        let third = scanned(&site).await;
        reopen(&site, third.id).await;
        half(&site).await;
        let fourth = engine.scan_start(&site.admin, "account").await.expect("it starts");
        ended(&site, &fourth).await;
        let third = engine.scan_of(&site.admin, "account", third.id).await.expect("there");
        assert!(matches!(third.state, ScanState::Failed { .. }), "{third:?}");
        only_one_item(&site).await;

        // the fourth one's process dies while it writes
        reopen(&site, fourth.id).await;
        half(&site).await;
        let (dead, lease) = (engine.ids().next(), engine.now() - 1);
        run(
            &site,
            sql!(
                "UPDATE job SET state = 'running', worker = $1, leased_until = $2, finished_at = NULL WHERE id = \
                 (SELECT job_id FROM match_scan WHERE id = $3)",
                dead,
                lease,
                fourth.id
            ),
        )
        .await;
        assert!(matches!(engine.scan_start(&site.admin, "account").await, Err(Error::Conflict(_))), "one at a time");
        let open = engine.scan_latest(&site.admin, "account").await.expect("asked").expect("there");
        let done = ended(&site, &open).await;
        assert_eq!((done.records, done.groups), (3, 1));
        let items = queue(&site, &site.admin).await;
        assert!(items.len() == 1 && items[0].records.len() == 3 && together(&items, ids[0], more), "{items:?}");
        only_one_item(&site).await;
        assert!(second.ended_at.is_some() && done.ended_at.is_some());
    });
}

#[test]
fn the_last_whole_result_is_shown_while_another_scan_runs() {
    on_both(|site| async move {
        let ids = spellings(&site, 2).await;
        scanned(&site).await;
        let before = queue(&site, &site.admin).await;
        let mut tx = site.engine.db().begin().await.expect("a transaction");
        tx.run(sql!(
            "INSERT INTO match_scan (id, object, state, job_id, done, total, records, groups, same_pairs, review_pairs, created_at) \
             VALUES ($1, 'account', 'running', $2, 1, 2, 0, 0, 0, 0, 1)",
            site.engine.ids().next(),
            site.engine.ids().next()
        ))
        .await
        .expect("written");
        tx.commit().await.expect("committed");
        let latest = site.engine.scan_latest(&site.admin, "account").await.expect("asked").expect("there");
        assert_eq!(latest.state, ScanState::Running { done: 1, total: 2 });
        let now = queue(&site, &site.admin).await;
        assert_eq!(now.len(), 1);
        assert!(now[0].id == before[0].id && together(&now, ids[0], ids[1]));
        let after = site.engine.review_queue(&site.admin, "account", None, Some("7-1"), 10).await;
        assert!(matches!(after, Err(Error::Invalid(_))), "{after:?}");
        let unknown = site.engine.review_item(&site.admin, "account", "nothing").await;
        assert!(matches!(unknown, Err(Error::NotFound)), "{unknown:?}");
    });
}
