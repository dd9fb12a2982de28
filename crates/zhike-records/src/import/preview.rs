//! The first rows and what would become of them.

use zhike_types::{Result, Uuid, boxed};

use super::{
    names::Names,
    parse::Line,
    plan::PreviewRow,
    run::{first_lines, outcome_name},
    work::{Earlier, Work},
};
use crate::{Actor, Engine};

/// The most rows one preview shows.
const ROWS_MAX: usize = 200;

impl Engine {
    /// The first rows with what would become of them.
    #[boxed]
    pub async fn import_preview(&self, actor: &Actor, id: Uuid, rows: usize) -> Result<Vec<PreviewRow>> {
        let mut tx = self.0.db.read().await?;
        let entry = self.own_import(&mut tx, actor, id).await?;
        let names = Names::read(&mut tx).await?;
        drop(tx);
        self.targets(actor, &entry.info.object)?;
        let work = Work::new(self, actor, id, &entry.info.object, &entry.info.plan, &names)?;
        let work = work.prepare(&mut self.0.db.read().await?, &entry).await?;
        let work = Work { tells: true, ..work };
        let read = first_lines(self, &work, names, &entry, rows.clamp(1, ROWS_MAX)).await?;
        let (mut lines, cells): (Vec<Line>, Vec<_>) = read.into_iter().unzip();
        for line in &mut lines {
            line.face = work.face(line);
        }
        let mut tx = self.0.db.read().await?;
        let decided = work.decide(&mut tx, &lines, Earlier::Nothing).await?;
        let shown = decided.rows.iter().zip(cells).map(|(row, cells)| PreviewRow {
            number: row.number,
            cells,
            problems: row.reasons.iter().map(|reason| (reason.column, reason.text.clone())).collect(),
            outcome: outcome_name(row),
            band: row.band,
            like: row.like.clone(),
        });
        Ok(shown.collect())
    }
}
