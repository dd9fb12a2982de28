//! Rows that are decided beside the writing of those before them.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use zhike_types::{Error, Result};

use super::{
    carried::Carried,
    decide::Batch,
    parse::Line,
    work::{Earlier, Work},
};
use crate::audit;

/// Chunks of rows that are understood.
pub(crate) type Lines = mpsc::Receiver<Result<Vec<Line>>>;

/// Rows, and what becomes of them unless somebody else wrote behind the horizon.
pub(crate) struct Ready {
    pub lines: Vec<Line>,
    pub batch: Arc<Batch>,
    pub horizon: i64,
}

/// The next rows being decided.
pub(crate) struct Ahead(oneshot::Receiver<(Lines, Result<Option<Ready>>)>);

impl Ahead {
    /// Takes so many rows and decides them. `before`: what is about to be written meanwhile.
    pub async fn start(work: &Arc<Work>, lines: Lines, rows: usize, before: Option<Carried>) -> Result<Self> {
        Self::begin(work, Vec::new(), lines, rows, before).await
    }

    /// Decides the same rows once more: those before them were not written as was thought.
    pub async fn anew(self, work: &Arc<Work>) -> Result<Self> {
        let (lines, ready) = self.end().await?;
        let taken = ready.map(|ready| ready.lines).unwrap_or_default();
        let rows = taken.len();
        Self::begin(work, taken, lines, rows, None).await
    }

    async fn begin(
        work: &Arc<Work>,
        taken: Vec<Line>,
        mut lines: Lines,
        rows: usize,
        before: Option<Carried>,
    ) -> Result<Self> {
        let horizon = audit::horizon(&work.engine, "event").await?;
        let (sender, receiver) = oneshot::channel();
        let work = Arc::clone(work);
        zhike_jobs::spawn("deciding rows", async move {
            let decided = decide(&work, taken, &mut lines, rows, before).await;
            let ready = decided.map(|decided| decided.map(|(lines, batch)| Ready { lines, batch, horizon }));
            // nobody waits for more
            let _ = sender.send((lines, ready));
        });
        Ok(Self(receiver))
    }

    /// Those behind the last row too, and none when there were no more.
    pub async fn end(self) -> Result<(Lines, Option<Ready>)> {
        let (lines, ready) = self.0.await.map_err(Error::internal)?;
        Ok((lines, ready?))
    }
}

/// Decides these rows and as many more as fit; none when there are none.
async fn decide(
    work: &Work,
    mut taken: Vec<Line>,
    lines: &mut Lines,
    rows: usize,
    before: Option<Carried>,
) -> Result<Option<(Vec<Line>, Arc<Batch>)>> {
    while (taken.is_empty() || taken.len() < rows)
        && let Some(more) = lines.recv().await
    {
        taken.extend(more?);
    }
    if taken.is_empty() {
        return Ok(None);
    }
    let earlier = before.as_ref().map_or(Earlier::Nothing, Earlier::Batch);
    let mut held = work.reader.lock().await;
    let mut reader = match held.take() {
        Some(reader) => reader,
        None => work.engine.db().read().await?,
    };
    let batch = work.decide(&mut reader, &taken, earlier).await?;
    *held = Some(reader);
    Ok(Some((taken, Arc::new(batch))))
}
