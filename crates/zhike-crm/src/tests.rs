//! What the tests of several features share.

use std::sync::Arc;

use zhike_db::testing::TestDb;
use zhike_records::{Engine, Options};
use zhike_types::{FixedClock, SeededEntropy, Zone};

/// Runs a test on an engine of its own on each database; it is always `now` there (milliseconds of Unix time).
pub(crate) fn on_both<F, R>(now: i64, test: F)
where
    F: Fn(Engine) -> R,
    R: Future<Output = ()>,
{
    on_both_in_time(now, |engine, _| test(engine));
}

/// The same; the test moves the clock on.
pub(crate) fn on_both_in_time<F, R>(now: i64, test: F)
where
    F: Fn(Engine, Arc<FixedClock>) -> R,
    R: Future<Output = ()>,
{
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        for db in TestDb::both().await.expect("test databases") {
            let clock = Arc::new(FixedClock::at(now));
            let options = Options {
                db: zhike_db::Options { connections: 4, ..zhike_db::Options::new(&db.folder, db.url.clone()) },
                clock: Arc::<FixedClock>::clone(&clock),
                entropy: Arc::new(SeededEntropy::new(7)),
                zone: Zone::default(),
                bulk: false,
            };
            let engine = Engine::open(options).await.expect("the engine opens");
            test(engine.clone(), clock).await;
            engine.close().await;
            db.remove().await.expect("the test database goes");
        }
    });
}
