//! Each night, once, and as if somebody had asked.

use std::time::Duration;

use zhike_types::{Error, Uuid};

use super::{Scheme, of, tier};
use crate::{
    Input, Record,
    tests::{Site, on_both},
};

async fn read(site: &Site, scheme: Uuid) -> Record {
    site.engine.read(&site.admin, "tier_scheme", scheme).await.expect("the scheme")
}

/// When the run that waits is due; how many wait.
async fn waiting(site: &Site) -> (i64, i64) {
    let sql = zhike_db::sql!("SELECT COUNT(*), COALESCE(MIN(run_at), 0) FROM job WHERE kind = 'tier-nightly'");
    let row = site.engine.db().read().await.expect("a reader").row(sql).await.expect("rows").expect("a row");
    (row.must_int(0).expect("a count"), row.must_int(1).expect("a time"))
}

async fn switch(site: &Site, scheme: &Scheme, on: &str) {
    let input = Input::default().set("nightly", on);
    site.engine.change(&scheme.boss, "tier_scheme", scheme.id, None, input).await.expect("switched");
}

#[test]
fn the_schemes_that_say_so_are_worked_out_each_night() {
    on_both(|site| async move {
        let engine = &site.engine;
        // the pack's own is off here, so that the one at hand is told apart
        let packs = crate::ListQuery { object: "tier_scheme".to_owned(), limit: 9, ..crate::ListQuery::default() };
        for one in engine.list(&site.admin, &packs).await.expect("a list").records {
            engine
                .change(&site.admin, "tier_scheme", one.id, None, Input::default().set("nightly", "false"))
                .await
                .expect("off");
        }
        engine.schedule_tiers().await.expect("looked");
        assert_eq!(waiting(&site).await.0, 0, "no scheme is for the night");
        let scheme = Scheme::at(&site).await;
        let kept = scheme.customer(&site, "青岛海悦食品有限公司", "5").await;
        let grown = scheme.customer(&site, "济南长风物流有限公司", "5").await;
        scheme.work_out(&site, false).await;
        let by_hand = Input::default().set("tier", scheme.high.to_string()).set("override_reason", "上市公司");
        let standing = of(&site, scheme.id, kept).await.id;
        engine.change(&scheme.fang, "account_tier", standing, None, by_hand).await.expect("by hand");
        scheme.grows(&site, kept, "").await;
        scheme.grows(&site, grown, "500").await;

        switch(&site, &scheme, "false").await;
        assert!(engine.work_out_nightly(None).await.expect("a run"));
        assert_eq!(tier(&of(&site, scheme.id, grown).await, "tier"), Some(scheme.low), "it is off");
        switch(&site, &scheme, "true").await;
        for _ in 0..2 {
            engine.schedule_tiers().await.expect("looked");
        }
        let (count, due) = waiting(&site).await;
        assert_eq!((count, engine.zone().civil(due).hour()), (1, 2), "one run waits for two in the morning");
        assert!(due > engine.now() && due <= engine.now() + 86_400_000);

        // it has come: the job runs, whoever started the program since
        site.clock.set(due);
        engine.work().expect("at work");
        for _ in 0..200 {
            if read(&site, scheme.id).await.value("worked_out_at").as_int() == Some(due) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let told = read(&site, scheme.id).await;
        let number = |field: &str| told.value(field).as_int();
        assert_eq!((number("worked_out_at"), told.value("last_run").as_text()), (Some(due), Some("nightly")));
        assert_eq!((number("last_new"), number("last_moved"), number("last_kept")), (Some(0), Some(1), Some(1)));
        assert_eq!(tier(&of(&site, scheme.id, grown).await, "tier"), Some(scheme.high));
        let one = of(&site, scheme.id, kept).await;
        assert_eq!(
            (tier(&one, "tier"), tier(&one, "proposed")),
            (Some(scheme.high), None),
            "what was set by hand stays"
        );
        engine.schedule_tiers().await.expect("looked");
    });
}

#[test]
fn a_run_that_goes_on_works_no_scheme_out_twice_and_says_what_it_could_not() {
    on_both(|site| async move {
        let engine = &site.engine;
        let scheme = Scheme::at(&site).await;
        let account = scheme.customer(&site, "青岛海悦食品有限公司", "5").await;
        assert!(engine.work_out_nightly(None).await.expect("a run"));
        let first = read(&site, scheme.id).await;
        assert_eq!(first.value("last_new").as_int(), Some(1));
        scheme.grows(&site, account, "500").await;
        site.clock.advance(60_000);
        assert!(engine.work_out_nightly(None).await.expect("the same run again, after a restart"));
        assert_eq!(read(&site, scheme.id).await.value("last_new").as_int(), Some(1), "this night it was worked out");

        // the next night a condition cannot be read any more
        site.clock.advance(86_400_000);
        let mut tx = engine.db().begin().await.expect("a transaction");
        tx.run(zhike_db::sql!("UPDATE tier SET condition = 'gone > 1' WHERE id = $1", scheme.low))
            .await
            .expect("broken");
        tx.commit().await.expect("kept");
        assert!(engine.work_out_nightly(None).await.expect("the others go on"));
        let told = read(&site, scheme.id).await;
        let lines = told.value("last_problem").as_text().expect("it is told").lines().collect::<Vec<_>>();
        assert!(
            matches!(lines.as_slice(), [zh, en] if zh != en && lines.iter().all(|line| line.contains("gone"))),
            "{lines:?}"
        );
        let asked = engine.work_out_tiers(&scheme.boss, scheme.id, false).await;
        assert!(matches!(asked, Err(Error::Invalid(_))), "{asked:?}");
        let repaired = Input::default().set("condition", "employees > 1");
        engine.change(&scheme.boss, "tier", scheme.low, None, repaired).await.expect("repaired");
        scheme.work_out(&site, false).await;
        assert!(read(&site, scheme.id).await.value("last_problem").is_null());
    });
}
