//! On both databases: a job exists when its transaction does, runs once, is tried again, and survives its worker.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::timeout};
use zhike_db::{Sql, sql, testing::TestDb};
use zhike_types::{Error, Ids, Result, SystemClock, Text};

use crate::{Ended, Jobs, table};

fn jobs(test: &TestDb) -> Jobs {
    let clock = Arc::new(SystemClock);
    let ids = Ids::new(clock.clone(), Arc::new(zhike_types::OsEntropy));
    Jobs::new(test.db.clone(), clock, ids, test.folder.join("workers"))
}

async fn state(test: &TestDb) -> Result<String> {
    let row = test.db.read().await?.row(Sql::new("SELECT state, error FROM job")).await?.expect("there is one job");
    let put_back = row.must_text(0)? == "waiting" && row.text(1)?.is_some();
    if put_back { Ok("put back".to_owned()) } else { row.must_text(0) }
}

async fn until_state(test: &TestDb, wanted: &str) -> Result<()> {
    for _ in 0..400 {
        if state(test).await? == wanted {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the job did not become {wanted}: {}", state(test).await?);
}

#[tokio::test]
async fn runs_what_was_committed_once() -> Result<()> {
    for test in TestDb::both().await? {
        let (jobs, count, ran) = (jobs(&test), Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let (counter, told) = (count.clone(), ran.clone());
        jobs.register("add", move |run| {
            let (counter, told) = (counter.clone(), told.clone());
            async move {
                counter.fetch_add(run.args::<usize>()?, Ordering::SeqCst);
                told.notify_one();
                Ok(Ended::Done)
            }
        });
        jobs.start()?;
        let mut tx = test.db.begin().await?;
        jobs.enqueue(&mut tx, "add", &1_usize).await?;
        drop(tx);
        let mut tx = test.db.begin().await?;
        jobs.enqueue(&mut tx, "add", &10_usize).await?;
        tx.commit().await?;
        jobs.wake();
        timeout(Duration::from_secs(10), ran.notified()).await.expect("the job runs");
        until_state(&test, "done").await?;
        jobs.stop().await;
        assert_eq!(count.load(Ordering::SeqCst), 10);
        test.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn fails_are_tried_again_unless_they_are_for_good() -> Result<()> {
    for test in TestDb::both().await? {
        let jobs = jobs(&test);
        jobs.register("flaky", |run| async move {
            if run.attempt == 1 { Err(Error::Unavailable(Text::same("not now"))) } else { Ok(Ended::Done) }
        });
        jobs.register("wrong", |_| async { Err(Error::NotFound) });
        jobs.register("panics", |_| async { panic!("boom") });
        jobs.start()?;
        for (kind, end) in [("flaky", "done"), ("wrong", "failed"), ("panics", "put back")] {
            let mut tx = test.db.begin().await?;
            tx.run(Sql::new("DELETE FROM job")).await?;
            jobs.enqueue(&mut tx, kind, &()).await?;
            tx.commit().await?;
            jobs.wake();
            until_state(&test, end).await?;
        }
        jobs.stop().await;
        test.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_stopped_job_goes_on_in_the_next_process() -> Result<()> {
    for test in TestDb::both().await? {
        let first = jobs(&test);
        let started = Arc::new(Notify::new());
        let told = started.clone();
        first.register("long", move |run| {
            let told = told.clone();
            async move {
                told.notify_one();
                while !run.stopping() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Ok(Ended::Stopped)
            }
        });
        first.start()?;
        let mut tx = test.db.begin().await?;
        first.enqueue(&mut tx, "long", &()).await?;
        tx.commit().await?;
        first.wake();
        timeout(Duration::from_secs(10), started.notified()).await.expect("it starts");
        first.stop().await;
        assert_eq!(state(&test).await?, "waiting");
        let second = jobs(&test);
        second.register("long", |_| async { Ok(Ended::Done) });
        second.start()?;
        until_state(&test, "done").await?;
        second.stop().await;
        test.remove().await?;
    }
    Ok(())
}

#[tokio::test]
async fn jobs_of_a_dead_worker_are_taken_up() -> Result<()> {
    for test in TestDb::both().await? {
        let folder = test.folder.join("workers");
        std::fs::create_dir_all(&folder).map_err(Error::internal)?;
        let ids = Ids::new(Arc::new(SystemClock), Arc::new(zhike_types::OsEntropy));
        let now = zhike_types::Clock::now(&SystemClock);
        // one worker died and left its file unlocked; another, elsewhere, let its lease run out
        for (worker, lease, has_file) in [(ids.next(), 60_000, true), (ids.next(), -1, false)] {
            if has_file {
                std::fs::write(folder.join(format!("{worker}.lock")), "").map_err(Error::internal)?;
            }
            let mut tx = test.db.begin().await?;
            tx.run(Sql::new("DELETE FROM job")).await?;
            let id = ids.next();
            table::insert(&mut tx, id, "left", "null", now, now).await?;
            tx.run(sql!("UPDATE job SET state = 'running', worker = $1, leased_until = $2", worker, now + lease))
                .await?;
            tx.commit().await?;
            let jobs = jobs(&test);
            jobs.register("left", |_| async { Ok(Ended::Done) });
            jobs.start()?;
            until_state(&test, "done").await?;
            jobs.stop().await;
        }
        test.remove().await?;
    }
    Ok(())
}

#[test]
fn pauses_grow_and_end() {
    assert_eq!([1, 2, 3, 9, 40].map(table::pause), [2, 4, 8, 512, 600]);
}
