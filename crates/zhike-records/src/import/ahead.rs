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

/// Chunks of rows that are understood.
pub(crate) type Lines = mpsc::Receiver<Result<Vec<Line>>>;

/// Rows, and what becomes of them.
pub(crate) struct Ready {
    pub lines: Vec<Line>,
    pub batch: Arc<Batch>,
}

/// The next rows being decided.
pub(crate) struct Ahead(oneshot::Receiver<(Lines, Result<Option<Ready>>)>);

impl Ahead {
    /// Takes so many rows and decides them. `before`: what is being written meanwhile.
    pub fn start(work: &Arc<Work>, mut lines: Lines, rows: usize, before: Option<Carried>) -> Self {
        let (sender, receiver) = oneshot::channel();
        let work = Arc::clone(work);
        zhike_jobs::spawn("deciding rows", async move {
            let ready = ready(&work, &mut lines, rows, before).await;
            // nobody waits for more
            let _ = sender.send((lines, ready));
        });
        Self(receiver)
    }

    /// Those behind the last row too, and none when there were no more.
    pub async fn end(self) -> Result<(Lines, Option<Ready>)> {
        let (lines, ready) = self.0.await.map_err(Error::internal)?;
        Ok((lines, ready?))
    }
}

async fn ready(work: &Work, lines: &mut Lines, rows: usize, before: Option<Carried>) -> Result<Option<Ready>> {
    let Some(first) = lines.recv().await else { return Ok(None) };
    let mut taken = first?;
    while taken.len() < rows
        && let Some(more) = lines.recv().await
    {
        taken.extend(more?);
    }
    let earlier = before.as_ref().map_or(Earlier::Nothing, Earlier::Batch);
    let batch = work.decide(&mut work.engine.db().read().await?, &taken, earlier).await?;
    Ok(Some(Ready { lines: taken, batch: Arc::new(batch) }))
}
