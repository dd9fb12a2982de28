//! The job of a scan. It reads and compares everything, writes what it found piece by piece under the scan's own number, and says at
//! last that it is done: nobody sees half a result. One that was killed begins anew.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use zhike_jobs::{Ended, Run};
use zhike_types::{Error, Result, Uuid};

use super::{
    ScanState,
    items::{self, Item},
    scans::{self, Entry},
};
use crate::{
    Actor, Engine, Source,
    matching::{Duplicates, Found},
};

pub(crate) const JOB: &str = "match-scan";
/// How often it is said how far a scan is.
const TELL: Duration = Duration::from_millis(500);
/// Items written in one transaction, whole blocks of them: others write too.
const A_TRANSACTION: usize = 64 * 512;

#[derive(Serialize, Deserialize)]
pub(crate) struct Args {
    pub scan: Uuid,
}

/// The job.
pub(crate) async fn run(engine: Engine, job: Run) -> Result<Ended> {
    let args: Args = job.args()?;
    let ended = Box::pin(go(&engine, &job, args.scan)).await;
    match &ended {
        Err(error) if job.is_last_attempt() || !matches!(error, Error::Internal(_) | Error::Unavailable(_)) => {
            tracing::warn!(scan = %args.scan, %error, "a scan failed");
            let mut tx = engine.db().begin().await?;
            let number = Entry::by_id(&mut tx, args.scan).await?.number;
            scans::fail(&mut tx, number, &error.message(), engine.now()).await?;
            tx.commit().await?;
            items::collect(engine.db()).await?;
            Ok(Ended::Done)
        }
        _ => ended,
    }
}

async fn go(engine: &Engine, job: &Run, scan: Uuid) -> Result<Ended> {
    let entry = Entry::by_id(&mut engine.db().read().await?, scan).await?;
    if !matches!(entry.scan.state, ScanState::Waiting | ScanState::Running { .. }) {
        return Ok(Ended::Done);
    }
    let (number, object) = (entry.number, entry.scan.object.as_str());
    let system = Actor::system(Source::System);
    let total = engine.count(&system, object, "", false).await?;
    let run = engine.ids().next();
    let mut tx = engine.db().begin().await?;
    if !scans::begin(&mut tx, number, run, total).await? {
        return Ok(Ended::Done);
    }
    tx.commit().await?;
    // what an earlier run of this scan wrote before it broke off
    items::remove(engine.db(), number).await?;

    let seen = AtomicU64::new(0);
    let tell = |records: u64| seen.store(records, Ordering::Relaxed);
    let mut scanning = std::pin::pin!(engine.duplicates(&system, object, &tell));
    let mut told = tokio::time::interval(TELL);
    let found = loop {
        tokio::select! {
            found = &mut scanning => break found?,
            _ = told.tick() => {
                if job.stopping() {
                    return Ok(Ended::Stopped);
                }
                advance(engine, number, run, seen.load(Ordering::Relaxed) as i64).await?;
            }
        }
    };
    store(engine, job, number, run, found).await
}

async fn advance(engine: &Engine, number: i64, run: Uuid, done: i64) -> Result<()> {
    let mut tx = engine.db().begin().await?;
    scans::advance(&mut tx, number, run, done).await?;
    tx.commit().await
}

/// Writes what was found, and puts it in the place of what was found before.
async fn store(engine: &Engine, job: &Run, number: i64, run: Uuid, found: Duplicates) -> Result<Ended> {
    let records = found.records() as i64;
    let (same, review) = found.counts();
    let Found { plan, weights, groups, pairs } = found.into_found();
    let counts = [records, groups.len() as i64, same as i64, review as i64];
    let items = groups.into_iter().chain(pairs).enumerate();
    let mut items = items.map(|(at, (bits, members))| Item { number: at as i64, bits, members });
    loop {
        let piece: Vec<Item> = items.by_ref().take(A_TRANSACTION).collect();
        if piece.is_empty() {
            break;
        }
        if job.stopping() {
            return Ok(Ended::Stopped);
        }
        let mut tx = engine.db().begin().await?;
        scans::advance(&mut tx, number, run, records).await?;
        for statement in items::statements(number, &piece) {
            tx.run(statement).await?;
        }
        tx.commit().await?;
    }
    let mut tx = engine.db().begin().await?;
    scans::advance(&mut tx, number, run, records).await?;
    engine.keep_weights(&mut tx, &plan, &weights).await?;
    scans::end(&mut tx, number, counts, engine.now()).await?;
    job.advanced(&mut tx).await?;
    tx.commit().await?;
    engine.written();
    items::collect(engine.db()).await?;
    Ok(Ended::Done)
}
