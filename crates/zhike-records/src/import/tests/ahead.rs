//! Rows are decided while those before them are written.

use std::{fmt::Write as _, time::Duration};

use zhike_db::{Dialect, Sql};

use super::{count, import, list};
use crate::{
    Input, ListQuery, OnDuplicate,
    audit::{self, Deed},
    import::gate,
    tests::{Site, on_both},
};

const FIRMS: usize = 150;

/// A list in which every customer comes once more, some batches later or in the very next one.
fn twice(apart: usize) -> tempfile::NamedTempFile {
    let mut text = String::from("客户名称,联系人,手机,电话\n");
    let row = |text: &mut String, firm: usize, again: bool| {
        let phone = if again { format!("0532-8{firm:07}") } else { String::new() };
        let (person, line) = if again { ("李强", 139) } else { ("王芳", 138) };
        writeln!(text, "青岛{}贸易有限公司,{person},{line}{firm:08},{phone}", name(firm)).expect("a string");
    };
    for at in 0..FIRMS + apart {
        if at < FIRMS {
            row(&mut text, at, false);
        }
        if at >= apart {
            row(&mut text, at - apart, true);
        }
    }
    list(&text)
}

fn name(firm: usize) -> String {
    [firm / 12, firm % 12].map(|at| "甲乙丙丁戊己庚辛壬癸子丑寅卯".chars().nth(at).expect("a letter")).iter().collect()
}

async fn found(site: &Site, filter: &str) -> usize {
    let query = ListQuery { object: "account".into(), filter: filter.into(), limit: 200, ..ListQuery::default() };
    site.engine.list(&site.admin, &query).await.expect("listed").records.len()
}

#[test]
fn rows_meet_those_that_are_being_written() {
    on_both(|site| async move {
        for (round, apart) in [1, 30, 61, FIRMS].into_iter().enumerate() {
            let file = twice(apart);
            let dry = import(&site, &site.admin, file.path(), OnDuplicate::Update, true).await;
            let done = import(&site, &site.admin, file.path(), OnDuplicate::Update, false).await;
            let firms = FIRMS as i64;
            let expected = if round == 0 { (firms, firms, 0, 0) } else { (0, 0, 2 * firms, 0) };
            let counts = |counts: &crate::ImportCounts| (counts.created, counts.updated, counts.skipped, counts.failed);
            assert_eq!(counts(&done.counts), expected, "{apart} rows apart");
            assert_eq!(counts(&dry.counts), expected, "{apart} rows apart");
            assert_eq!((count(&site, "account").await, count(&site, "contact").await), (firms, 2 * firms));
            assert_eq!(found(&site, "contact_count == 2 && phone != null").await, FIRMS);
        }
        for firm in [0, 77, FIRMS - 1] {
            let hits = site.engine.search(&site.admin, &format!("8{firm:07}"), &[], 5).await.expect("searched");
            assert_eq!(hits.len(), 1, "a number that came later is found");
        }
    });
}

#[test]
fn rows_far_apart_meet() {
    on_both(|site| async move {
        for apart in [61, FIRMS] {
            let file = twice(apart);
            let done = import(&site, &site.admin, file.path(), OnDuplicate::Update, false).await;
            assert_eq!((done.counts.created, done.counts.updated), (FIRMS as i64, FIRMS as i64), "{apart} rows apart");
            assert_eq!(found(&site, "contact_count == 2 && phone != null").await, FIRMS);
            site.engine.import_undo(&site.admin, done.id).await.expect("undone");
            super::rest(&site, &site.admin, done.id).await;
            assert_eq!((count(&site, "account").await, count(&site, "contact").await), (0, 0));
        }
    });
}

/// What somebody else makes while rows are decided is met all the same: they are decided anew.
#[test]
fn what_others_make_meanwhile_is_met() {
    on_both(|site| async move {
        let file = twice(FIRMS);
        let others = (10..FIRMS).step_by(7);
        let by_hand = async {
            for firm in others.clone() {
                let input = Input::default().set("name", format!("青岛{}贸易有限责任公司", name(firm)));
                // refused when the import was there before
                let _ = site.engine.create(&site.admin, "account", input).await;
            }
        };
        let (done, ()) = tokio::join!(import(&site, &site.admin, file.path(), OnDuplicate::Update, false), by_hand);
        let counts = &done.counts;
        assert_eq!((counts.failed, counts.created + counts.updated + counts.skipped), (0, 2 * FIRMS as i64));
        let twins = "SELECT COUNT(*) FROM account h JOIN account i ON h.name = replace(i.name, '有限公司', '有限责任公司') \
                     WHERE i.name LIKE '%有限公司' AND h.seq < i.seq";
        let twins = site.engine.db().read().await.expect("a reader").number(Sql::new(twins)).await.expect("counted");
        assert_eq!(twins, 0, "an import makes nothing that is there");
    });
}

/// Who has a number in the order of events and shows what it wrote only later is waited for; whoever comes behind is seen.
#[test]
fn no_event_slips_below_the_horizon() {
    on_both(|site| async move {
        let (engine, import) = (&site.engine, zhike_types::Uuid::nil());
        let disturbed = async |horizon| {
            let mut tx = engine.db().read().await.expect("a reader");
            gate::is_disturbed(&mut tx, import, horizon).await.expect("asked")
        };
        let mut slow = engine.db().begin().await.expect("a transaction");
        let deed =
            |object: &str| Deed { record_id: Some(import), fields: Some(Vec::new()), ..Deed::about("create", object) };
        audit::record(&mut slow, &site.admin, 0, vec![deed("account")]).await.expect("written");
        let horizon = audit::horizon(engine, "event");
        let ends = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            slow.commit().await.expect("committed");
        };
        let (horizon, ()) = tokio::join!(horizon, ends);
        let horizon = horizon.expect("read");
        // SQLite's reader sees what there is; the slow one comes behind and is seen
        let sqlite = engine.db().dialect() == Dialect::Sqlite;
        assert_eq!(disturbed(horizon).await, sqlite);
        let horizon = audit::horizon(engine, "event").await.expect("read");
        assert!(!disturbed(horizon).await);

        for (batch, expected) in [(Some(import), false), (None, true)] {
            let mut tx = engine.db().begin().await.expect("a transaction");
            let deed = Deed { batch, ..deed("account") };
            audit::record(&mut tx, &site.admin, 0, vec![deed]).await.expect("written");
            tx.commit().await.expect("committed");
            assert_eq!(disturbed(horizon).await, expected);
        }
    });
}
