//! The table `job`: states `waiting` (due at `run_at`), `running` (leased by `worker`), `done`, `failed`.

use uuid::Uuid;
use zhike_db::{Db, Sql, Tx, sql};
use zhike_types::{Result, Text};

/// How long a lease lasts without being renewed, in milliseconds.
pub(crate) const LEASE: i64 = 60_000;
/// A job that failed so often is given up.
pub(crate) const ATTEMPTS_MAX: i64 = 8;
/// Finished jobs are kept for so long, in milliseconds.
const KEPT: i64 = 30 * 86_400_000;

/// A job that this worker has taken.
#[derive(Debug)]
pub(crate) struct Claimed {
    pub id: Uuid,
    pub kind: String,
    pub args: String,
    pub attempt: i64,
}

/// Seconds to wait before another attempt: 2, 4, 8 … at most ten minutes.
pub(crate) fn pause(attempt: i64) -> i64 {
    2_i64.pow(attempt.clamp(1, 10) as u32).min(600)
}

pub(crate) async fn insert(tx: &mut Tx, id: Uuid, kind: &str, args: &str, run_at: i64, now: i64) -> Result<()> {
    tx.run(sql!(
        "INSERT INTO job (id, kind, args, state, run_at, attempts, created_at) VALUES ($1, $2, $3, 'waiting', $4, 0, $5)",
        id,
        kind,
        args,
        run_at,
        now
    ))
    .await
    .map(drop)
}

/// Takes the job that is due longest. Looks first, so that an idle worker never asks for SQLite's one writer.
pub(crate) async fn claim(db: &Db, kinds: &[&'static str], worker: Uuid, now: i64) -> Result<Option<Claimed>> {
    let due = |sql: &mut Sql| {
        sql.push("SELECT id FROM job WHERE state = 'waiting' AND run_at <= ")
            .bind(now)
            .push(" AND kind IN (")
            .list(kinds.iter().copied());
        sql.push(") ORDER BY run_at, id LIMIT 1");
    };
    let mut look = Sql::default();
    due(&mut look);
    if db.read().await?.row(look).await?.is_none() {
        return Ok(None);
    }
    let mut tx = db.begin().await?;
    let mut sql = Sql::new("UPDATE job SET state = 'running', attempts = attempts + 1, worker = ");
    sql.bind(worker).push(", leased_until = ").bind(now + LEASE).push(" WHERE id = (");
    due(&mut sql);
    sql.push(tx.dialect().skip_locked()).push(") AND state = 'waiting' RETURNING id, kind, args, attempts");
    let claimed = match tx.row(sql).await? {
        Some(row) => Some(Claimed {
            id: row.must_id(0)?,
            kind: row.must_text(1)?,
            args: row.must_text(2)?,
            attempt: row.must_int(3)?,
        }),
        None => None,
    };
    tx.commit().await?;
    Ok(claimed)
}

pub(crate) async fn is_pending(tx: &mut Tx, kind: &str) -> Result<bool> {
    let pending = sql!("SELECT 1 FROM job WHERE kind = $1 AND state IN ('waiting', 'running') LIMIT 1", kind);
    Ok(tx.row(pending).await?.is_some())
}

/// Jobs that somebody runs: (job, worker, until when).
pub(crate) async fn running(db: &Db) -> Result<Vec<(Uuid, Uuid, i64)>> {
    let rows =
        db.read().await?.rows(Sql::new("SELECT id, worker, leased_until FROM job WHERE state = 'running'")).await?;
    rows.iter().map(|row| Ok((row.must_id(0)?, row.must_id(1)?, row.must_int(2)?))).collect()
}

/// Gives a job whose worker is gone back to those who wait.
pub(crate) async fn rescue(db: &Db, id: Uuid, worker: Uuid, now: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.run(sql!(
        "UPDATE job SET state = 'waiting', run_at = $1, worker = NULL, leased_until = NULL WHERE id = $2 AND worker = $3 AND state = 'running'",
        now,
        id,
        worker
    ))
    .await?;
    tx.commit().await
}

/// Holds a job for another while; false when it is no longer this worker's.
pub(crate) async fn renew(tx: &mut Tx, id: Uuid, worker: Uuid, now: i64) -> Result<bool> {
    let touched = tx
        .run(sql!(
            "UPDATE job SET leased_until = $1 WHERE id = $2 AND worker = $3 AND state = 'running'",
            now + LEASE,
            id,
            worker
        ))
        .await?;
    Ok(touched == 1)
}

/// The job got on: what went wrong before does not count any more.
pub(crate) async fn advanced(tx: &mut Tx, id: Uuid, worker: Uuid, now: i64) -> Result<bool> {
    let touched = tx
        .run(sql!(
            "UPDATE job SET attempts = 1, leased_until = $1 WHERE id = $2 AND worker = $3 AND state = 'running'",
            now + LEASE,
            id,
            worker
        ))
        .await?;
    Ok(touched == 1)
}

pub(crate) async fn finish(db: &Db, id: Uuid, worker: Uuid, error: Option<&Text>, now: i64) -> Result<()> {
    let state = if error.is_some() { "failed" } else { "done" };
    let mut tx = db.begin().await?;
    tx.run(sql!(
        "UPDATE job SET state = $1, error = $2, finished_at = $3, worker = NULL, leased_until = NULL WHERE id = $4 AND worker = $5",
        state,
        error.map(|text| text.en.to_string()),
        now,
        id,
        worker
    ))
    .await?;
    tx.run(sql!("DELETE FROM job WHERE state = 'done' AND finished_at < $1", now - KEPT)).await?;
    tx.commit().await
}

/// Puts a job back, to be run later. One that was stopped, and did nothing wrong, keeps its count of attempts.
pub(crate) async fn put_off(
    db: &Db,
    id: Uuid,
    worker: Uuid,
    run_at: i64,
    stopped: bool,
    error: Option<&Text>,
) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.run(sql!(
        "UPDATE job SET state = 'waiting', run_at = $1, error = $2, attempts = attempts - $3, worker = NULL, leased_until = NULL WHERE id = $4 AND worker = $5",
        run_at,
        error.map(|text| text.en.to_string()),
        i64::from(stopped),
        id,
        worker
    ))
    .await?;
    tx.commit().await
}
