//! Scans in the table `match_scan`: asked for, under way, done.

use serde_json::{Map, Value as Json};
use zhike_db::{Row, Sql, Tx, constraint_of, sql};
use zhike_model::{Model, Object};
use zhike_types::{Error, Result, Text, Uuid, boxed, text};

use super::{
    Scan, ScanState,
    run::{Args, JOB},
};
use crate::{
    Actor, Engine, access,
    audit::{self, Deed},
    matching::MatchPlan,
    merge,
};

const COLUMNS: &str = "SELECT number, id, object, state, created_at, ended_at, by_name, records, groups, same_pairs, review_pairs, done, \
     total, error FROM match_scan";

/// A scan as it is stored.
#[derive(Debug)]
pub(super) struct Entry {
    pub number: i64,
    pub scan: Scan,
}

impl Entry {
    fn of(row: &Row) -> Result<Self> {
        let count = |at: usize| row.must_int(at).map(|count| count.max(0) as u64);
        let state = match row.must_text(3)?.as_str() {
            "waiting" => ScanState::Waiting,
            "running" => ScanState::Running { done: count(11)?, total: count(12)? },
            "done" => ScanState::Done,
            _ => {
                let message = row.text(13)?.map(|text| serde_json::from_str(&text)).transpose();
                ScanState::Failed { message: message.map_err(Error::internal)?.unwrap_or_default() }
            }
        };
        let scan = Scan {
            id: row.must_id(1)?,
            object: row.must_text(2)?,
            state,
            started_at: row.must_int(4)?,
            ended_at: row.int(5)?,
            by: row.text(6)?,
            records: count(7)?,
            groups: count(8)?,
            same_pairs: count(9)?,
            review_pairs: count(10)?,
        };
        Ok(Self { number: row.must_int(0)?, scan })
    }

    #[boxed]
    pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Self> {
        let row = tx.row(sql!(&format!("{COLUMNS} WHERE id = $1"), id)).await?.ok_or(Error::NotFound)?;
        Self::of(&row)
    }

    async fn latest(tx: &mut Tx, object: &str) -> Result<Option<Self>> {
        let row = tx.row(sql!(&format!("{COLUMNS} WHERE object = $1 ORDER BY number DESC LIMIT 1"), object)).await?;
        row.map(|row| Self::of(&row)).transpose()
    }

    /// The scan whose result is shown.
    #[boxed]
    pub async fn current(tx: &mut Tx, object: &str) -> Result<Option<Self>> {
        let text = format!("{COLUMNS} WHERE object = $1 AND state = 'done' ORDER BY number DESC LIMIT 1");
        tx.row(sql!(&text, object)).await?.map(|row| Self::of(&row)).transpose()
    }
}

impl Engine {
    /// Compares all records of an object in the background, whoever may see them.
    ///
    /// # Errors
    /// `Conflict` while another scan of the object is under way, `Forbidden` without the right to merge.
    #[boxed]
    pub async fn scan_start(&self, actor: &Actor, object: &str) -> Result<Scan> {
        let model = self.model();
        let object = &reviewed(&model, actor, object)?.object;
        let id = self.0.ids.next();
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        if let Some(open) = open_scan(&mut tx, object).await? {
            if self.is_alive(&mut tx, open).await? {
                return Err(under_way(object));
            }
            fail(&mut tx, open, &Text::new("扫描中断了，没有完成。", "The scan broke off."), now).await?;
        }
        let deed = Deed {
            after: Some(Map::from_iter([("scan".to_owned(), Json::from(id.to_string()))])),
            ..Deed::about("scan", &object.name)
        };
        audit::record(&mut tx, actor, now, vec![deed]).await?;
        let job = self.0.jobs.enqueue(&mut tx, JOB, &Args { scan: id }).await?;
        let by = actor.user_id.is_some().then_some(&*actor.name);
        let made = tx
            .run(sql!(
                "INSERT INTO match_scan (id, object, state, job_id, user_id, by_name, done, total, records, groups, same_pairs, \
                 review_pairs, created_at) VALUES ($1, $2, 'waiting', $3, $4, $5, 0, 0, 0, 0, 0, 0, $6)",
                id,
                object.name.as_str(),
                job,
                actor.user_id,
                by,
                now
            ))
            .await;
        match made {
            // somebody was faster
            Err(error) if constraint_of(&error).is_some() => return Err(under_way(object)),
            made => made?,
        };
        let scan = Entry::by_id(&mut tx, id).await?.scan;
        tx.commit().await?;
        self.work()?;
        self.0.jobs.wake();
        self.written();
        Ok(scan)
    }

    /// The scan asked for last, whatever became of it.
    #[boxed]
    pub async fn scan_latest(&self, actor: &Actor, object: &str) -> Result<Option<Scan>> {
        let model = self.model();
        let object = reviewed(&model, actor, object)?.object;
        let entry = Entry::latest(&mut self.0.db.read().await?, &object.name).await?;
        Ok(entry.map(|entry| entry.scan))
    }

    /// One scan of the object.
    #[boxed]
    pub async fn scan_of(&self, actor: &Actor, object: &str, id: Uuid) -> Result<Scan> {
        let model = self.model();
        let object = reviewed(&model, actor, object)?.object;
        let entry = Entry::by_id(&mut self.0.db.read().await?, id).await?;
        if entry.scan.object == object.name { Ok(entry.scan) } else { Err(Error::NotFound) }
    }

    /// Whether the job of a scan can still end it.
    async fn is_alive(&self, tx: &mut Tx, number: i64) -> Result<bool> {
        let alive = sql!(
            "SELECT COUNT(*) FROM job j JOIN match_scan s ON s.job_id = j.id WHERE s.number = $1 AND j.state IN ('waiting', 'running')",
            number
        );
        Ok(tx.number(alive).await? > 0)
    }
}

/// What is compared of an object whose records the actor may merge, and so may review.
pub(super) fn reviewed(model: &Model, actor: &Actor, object: &str) -> Result<MatchPlan> {
    let object = access::object_for(model, actor, object)?;
    let plan = MatchPlan::of(model, object)?;
    merge::check_may_merge(actor, object)?;
    Ok(plan)
}

async fn open_scan(tx: &mut Tx, object: &Object) -> Result<Option<i64>> {
    let open = sql!(
        "SELECT number FROM match_scan WHERE object = $1 AND state IN ('waiting', 'running')",
        object.name.as_str()
    );
    tx.row(open).await?.map(|row| row.must_int(0)).transpose()
}

fn under_way(object: &Object) -> Error {
    let (zh, en) = (&object.label.zh, object.plural.en.to_lowercase());
    Error::Conflict(text!("{zh}正在扫描，请等它完成。", "A scan of the {en} is under way. Wait until it is done."))
}

/// A run of a scan begins: whatever an earlier run of it wrote does not count. False when the scan has ended.
pub(super) async fn begin(tx: &mut Tx, number: i64, run: Uuid, total: i64) -> Result<bool> {
    let begun = sql!(
        "UPDATE match_scan SET state = 'running', run_id = $1, done = 0, total = $2 WHERE number = $3 AND state IN ('waiting', 'running')",
        run,
        total,
        number
    );
    Ok(tx.run(begun).await? == 1)
}

/// Says how far a run is; refused when another one has begun since.
pub(super) async fn advance(tx: &mut Tx, number: i64, run: Uuid, done: i64) -> Result<()> {
    let told = sql!(
        "UPDATE match_scan SET done = $1 WHERE number = $2 AND run_id = $3 AND state = 'running'",
        done,
        number,
        run
    );
    if tx.run(told).await? == 1 {
        return Ok(());
    }
    Err(Error::Unavailable(Text::new("这次扫描已由别的进程接手。", "Another process has taken the scan over.")))
}

/// The result is whole: from now on it is what is shown.
pub(super) async fn end(tx: &mut Tx, number: i64, counts: [i64; 4], now: i64) -> Result<()> {
    let [records, groups, same, review] = counts;
    tx.run(sql!(
        "UPDATE match_scan SET state = 'done', ended_at = $1, records = $2, groups = $3, same_pairs = $4, review_pairs = $5, \
         done = total WHERE number = $6",
        now,
        records,
        groups,
        same,
        review,
        number
    ))
    .await
    .map(drop)
}

pub(super) async fn fail(tx: &mut Tx, number: i64, message: &Text, now: i64) -> Result<()> {
    tx.run(sql!(
        "UPDATE match_scan SET state = 'failed', ended_at = $1, error = $2 WHERE number = $3 AND state IN ('waiting', 'running')",
        now,
        serde_json::to_string(message).map_err(Error::internal)?,
        number
    ))
    .await
    .map(drop)
}

/// Whether anybody needs what a scan wrote: it is under way, or it is the last one that was done.
pub(super) async fn is_needed(tx: &mut Tx, number: i64) -> Result<bool> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM match_scan s WHERE s.number = ");
    sql.bind(number).push(" AND (s.state = 'running' OR (s.state = 'done' AND NOT EXISTS (SELECT 1 FROM match_scan l ");
    sql.push("WHERE l.object = s.object AND l.state = 'done' AND l.number > s.number)))");
    Ok(tx.number(sql).await? > 0)
}
