//! Running an import: rows are read and understood on one thread and decided on another while the batch before is written. Each
//! batch is one transaction that also says how far the import is, so that one which was killed goes on exactly behind its last
//! batch. A batch is written as it was decided only when nobody else has written meanwhile; else it is decided anew.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tokio::sync::mpsc;
use zhike_db::{Dialect, constraint_of};
use zhike_jobs::{Ended, Run};
use zhike_types::{Error, Result, Text, Uuid};

use super::{
    ahead::{Ahead, Lines, Ready},
    carried::Carried,
    decide::RowEnd,
    gate,
    ghosts::Ghosts,
    names::Names,
    parse::{Line, Reader},
    plan::{ImportState, Outcome, Reason},
    source,
    table::Entry,
    work::{Earlier, Work},
};
use crate::{
    Actor, Engine, Source,
    audit::{self, Deed},
};

pub(crate) const JOB: &str = "import";
/// So many rows change what the planner should know.
const MANY: i64 = 10_000;
/// Rows that are understood at once. In tests few, so that a short list too comes in several batches.
const CHUNK: usize = if cfg!(test) { 20 } else { 1_000 };
/// Chunks that are understood before they are written.
const AHEAD: usize = 16;
/// How often a batch is tried that meets somebody else's write.
const TRIES: usize = 4;

#[derive(Serialize, Deserialize)]
pub(crate) struct Args {
    pub import: Uuid,
    pub dry: bool,
}

/// The job.
pub(crate) async fn run(engine: Engine, job: Run) -> Result<Ended> {
    let args: Args = job.args()?;
    let ended = Box::pin(go(&engine, &job, &args)).await;
    match &ended {
        // what is wrong with the file or the rights will be wrong again
        Err(error) if job.is_last_attempt() || !matches!(error, Error::Internal(_) | Error::Unavailable(_)) => {
            tracing::warn!(import = %args.import, %error, "an import failed");
            Entry::fail(&engine, args.import, &error.message()).await?;
            Ok(Ended::Done)
        }
        _ => ended,
    }
}

/// The one on whose behalf an import runs, with the rights of now.
pub(crate) async fn actor_of(engine: &Engine, user: Option<Uuid>) -> Result<Actor> {
    match user {
        Some(user) => engine.actor_of_user(user, Source::Import).await,
        None => Ok(Actor::system(Source::Import)),
    }
}

async fn go(engine: &Engine, job: &Run, args: &Args) -> Result<Ended> {
    let mut entry = Entry::read(&mut engine.db().read().await?, args.import).await?;
    let actor = actor_of(engine, entry.info.user_id).await?;
    // rights may have gone since
    engine.targets(&actor, &entry.info.object)?;
    let names = Names::read(&mut engine.db().read().await?).await?;
    let work = Work::new(engine, &actor, entry.info.id, &entry.info.object, &entry.info.plan, &names)?;
    let work = Arc::new(work.prepare(&mut engine.db().read().await?, &entry).await?);
    if args.dry {
        return dry(engine, job, &work, names, entry).await;
    }
    entry.info.state = ImportState::Running;
    let lines = lines(engine, &work, names, &entry, entry.cursor);
    let mut pace = Pace::new(engine.0.bulk);
    let mut ahead = Ahead::start(&work, lines, pace.rows, None).await?;
    let mut is_first = true;
    loop {
        let (lines, Some(ready)) = ahead.end().await? else { break };
        if job.stopping() {
            return Ok(Ended::Stopped);
        }
        let (rows, begun) = (ready.lines.len(), engine.now());
        let next = Ahead::start(&work, lines, pace.rows, Some(Carried(Arc::clone(&ready.batch)))).await?;
        let as_decided = match batch(engine, job, &work, &mut entry, &ready.lines, Some(&ready)).await {
            Ok(as_decided) => as_decided,
            Err(error) if is_collision(&error) || matches!(error, Error::Unavailable(_)) => {
                batches(engine, job, &work, &mut entry, ready.lines).await?;
                false
            }
            Err(error) => return Err(error),
        };
        if std::mem::take(&mut is_first) {
            engine.db().analyze_new().await?;
        }
        pace.took(rows, engine.now() - begun, job.is_alone());
        engine.written();
        ahead = if as_decided { next } else { next.anew(&work).await? };
    }
    finish(engine, job, &actor, entry).await?;
    Ok(Ended::Done)
}

/// Rows a transaction. The more rows, the fewer times each page of an index is read and written; but on SQLite users wait for it.
struct Pace {
    rows: usize,
    bulk: bool,
}

impl Pace {
    /// `bulk`: in a command of its own.
    fn new(bulk: bool) -> Self {
        Self { rows: if bulk { 6 } else { 3 } * CHUNK, bulk }
    }

    /// Learns from how long a transaction of so many rows took: at least a chunk, and not many times more than before.
    ///
    /// `alone`: no other process is there that would wait.
    fn took(&mut self, rows: usize, millis: i64, alone: bool) {
        let (most, aim, times) = if self.bulk && alone { (24_000, 5_000, 4) } else { (3_000, 500, 2) };
        let fitting = rows as i64 * aim / millis.max(1);
        self.rows = (fitting.max(0) as usize).min(self.rows * times).clamp(CHUNK, most);
    }
}

/// Decides and writes rows in one transaction. When a unique value stands in the way that nothing foretold, halves are tried,
/// down to the row that cannot be written.
async fn batches(engine: &Engine, job: &Run, work: &Work, entry: &mut Entry, lines: Vec<Line>) -> Result<()> {
    let mut pieces = vec![lines];
    while let Some(mut piece) = pieces.pop() {
        let mut tries = 0;
        loop {
            tries += 1;
            match batch(engine, job, work, entry, &piece, None).await {
                Ok(_) => break,
                Err(Error::Unavailable(_)) if tries < TRIES => {}
                Err(error) if is_collision(&error) && piece.len() > 1 => {
                    let second = piece.split_off(piece.len() / 2);
                    pieces.push(second);
                    pieces.push(piece);
                    break;
                }
                Err(error) if is_collision(&error) => {
                    let text = match &error {
                        Error::Invalid(_) | Error::Conflict(_) => error.message(),
                        _ => Text::new(
                            "这一行的某个值必须唯一，但已被别的记录使用。",
                            "A value of this row must be unique, and another record has it.",
                        ),
                    };
                    for line in &mut piece {
                        line.reasons.push(Reason { column: None, text: text.clone() });
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

pub(super) fn is_collision(error: &Error) -> bool {
    constraint_of(error).is_some() || matches!(error, Error::Invalid(_) | Error::Conflict(_))
}

/// Writes rows in one transaction: as they were decided, if nobody else wrote since. Says whether it was so.
async fn batch(
    engine: &Engine,
    job: &Run,
    work: &Work,
    entry: &mut Entry,
    lines: &[Line],
    ready: Option<&Ready>,
) -> Result<bool> {
    let mut tx = engine.db().begin().await?;
    gate::enter(&mut tx).await?;
    let ready = match ready {
        Some(ready) if !gate::is_disturbed(&mut tx, work.import, ready.horizon).await? => Some(ready),
        _ => None,
    };
    let anew;
    let decided = match ready {
        Some(ready) => &*ready.batch,
        None => {
            anew = work.decide(&mut tx, lines, Earlier::Nothing).await?;
            &anew
        }
    };
    let mut next = entry.clone();
    for row in &decided.rows {
        next.info.counts.add(row.outcome, row.band);
    }
    next.cursor = lines.last().map_or(next.cursor, |line| line.number as i64);
    work.write(&mut tx, decided).await?;
    next.advance(&mut tx).await?;
    job.advanced(&mut tx).await?;
    tx.commit().await?;
    *entry = next;
    Ok(ready.is_some())
}

async fn finish(engine: &Engine, job: &Run, actor: &Actor, mut entry: Entry) -> Result<()> {
    entry.info.state = ImportState::Done;
    entry.info.finished_at = Some(engine.now());
    entry.info.total_rows = Some(entry.info.counts.rows);
    let mut tx = engine.db().begin().await?;
    let Json::Object(after) = json!({ "file": entry.info.file_name, "counts": entry.info.counts, "plan": entry.info.plan.columns.iter().map(|column| (column.label.clone(), column.target.clone())).collect::<BTreeMap<_, _>>() })
    else {
        return Err(Error::internal("an object is an object"));
    };
    let deed = Deed { after: Some(after), batch: Some(entry.info.id), ..Deed::about("import", &entry.info.object) };
    audit::record(&mut tx, actor, engine.now(), vec![deed]).await?;
    entry.save(&mut tx).await?;
    job.advanced(&mut tx).await?;
    tx.commit().await?;
    // PostgreSQL looks by itself, within a minute
    if entry.info.counts.rows >= MANY
        && engine.db().dialect() == Dialect::Sqlite
        && let Err(error) = engine.settle().await
    {
        tracing::warn!(%error, "the planner was not told of the rows; it will be within half an hour");
    }
    Ok(())
}

/// Counts what a run would do. It writes down only the rows that would fail or be skipped, and begins anew when interrupted.
async fn dry(engine: &Engine, job: &Run, work: &Arc<Work>, names: Names, mut entry: Entry) -> Result<Ended> {
    let mut tx = engine.db().begin().await?;
    Entry::clear_rows(&mut tx, entry.info.id).await?;
    tx.commit().await?;
    entry.info.counts = crate::ImportCounts::default();
    let mut ghosts = Ghosts::new(&source::folder(&engine.0.data))?;
    let mut lines = lines(engine, work, names, &entry, 0);
    while let Some(batch) = lines.recv().await {
        if job.stopping() {
            return Ok(Ended::Stopped);
        }
        let rows = work.foretell(batch?, &mut ghosts).await?;
        for row in &rows {
            entry.info.counts.add(row.outcome, row.band);
        }
        let mut tx = engine.db().begin().await?;
        work.note(&mut tx, &rows).await?;
        entry.advance(&mut tx).await?;
        job.advanced(&mut tx).await?;
        tx.commit().await?;
    }
    entry.info.state = ImportState::Checked;
    entry.info.total_rows = Some(entry.info.counts.rows);
    let mut tx = engine.db().begin().await?;
    entry.save(&mut tx).await?;
    job.advanced(&mut tx).await?;
    tx.commit().await?;
    Ok(Ended::Done)
}

/// Reads and understands the rows after a row number, batch by batch, on a thread of its own.
fn lines(engine: &Engine, work: &Arc<Work>, names: Names, entry: &Entry, after: i64) -> Lines {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let path = entry.path(engine);
    let (name, work, zone) = (entry.info.file_name.clone(), Arc::clone(work), engine.zone().clone());
    // it says by the channel how it ended
    drop(zhike_jobs::blocking(move || {
        let read = || -> Result<()> {
            let workbook = source::open(&path, &name)?;
            let plan = &work.plan;
            let reader = Reader::new(&work.targets, plan, names, zone, workbook.layout().is_some())?;
            let first = source::data_from(&workbook, plan.sheet, plan.header_row)?.max(after.max(0) as u64 + 1);
            let mut batch = Vec::with_capacity(CHUNK);
            for row in workbook.rows_merged(plan.sheet, first).map_err(source::refused)? {
                let mut line = reader.read(&row.map_err(source::refused)?);
                line.face = work.face(&line);
                batch.push(line);
                if batch.len() == CHUNK {
                    // nobody waits for more
                    if sender.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
                        return Ok(());
                    }
                    batch.reserve(CHUNK);
                }
            }
            if !batch.is_empty() {
                let _ = sender.blocking_send(Ok(batch));
            }
            Ok(())
        };
        if let Err(error) = read() {
            let _ = sender.blocking_send(Err(error));
        }
    }));
    receiver
}

/// The first rows of an import, understood.
pub(crate) async fn first_lines(
    engine: &Engine,
    work: &Work,
    names: Names,
    entry: &Entry,
    count: usize,
) -> Result<Vec<(Line, Vec<String>)>> {
    let path: PathBuf = entry.path(engine);
    let (name, plan, targets, zone) =
        (entry.info.file_name.clone(), work.plan.clone(), work.targets.clone(), engine.zone().clone());
    zhike_jobs::blocking(move || {
        let workbook = source::open(&path, &name)?;
        let reader = Reader::new(&targets, &plan, names, zone, workbook.layout().is_some())?;
        let first = source::data_from(&workbook, plan.sheet, plan.header_row)?;
        let rows = workbook.rows_merged(plan.sheet, first).map_err(source::refused)?.take(count);
        rows.map(|row| {
            let row = row.map_err(source::refused)?;
            let cells = (0..plan.columns.len()).map(|at| source::value_text(&workbook, &row, at)).collect();
            Ok((reader.read(&row), cells))
        })
        .collect()
    })
    .await?
}

/// For the preview and for those who look at one row: what became of it.
pub(crate) fn outcome_name(row: &RowEnd) -> String {
    debug_assert!(row.outcome != Outcome::Failed || !row.reasons.is_empty(), "a row that failed says why");
    row.outcome.name().to_owned()
}
