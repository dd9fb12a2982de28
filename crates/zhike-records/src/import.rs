//! Lists of others brought in: a file is kept, its columns are guessed and may be put right, its rows become records.
//!
//! - `source`, `guess`, `parse`: the file, which column goes where, what a row says
//! - `identity`, `entity`, `lookup`, `before`: when a row is about a record that is there
//! - `likeness`, `meet`: how sure that is, and what else it may be about
//! - `decide`: what becomes of each row; the same for a run, a dry run and a preview
//! - `ahead`, `carried`: rows decided while those before are written; what these leave
//! - `foretell`: what a dry run says of rows that take approval
//! - `gate`: whether somebody else wrote meanwhile
//! - `run`: batch after batch, each one transaction that also says how far it is, so that a killed import goes on
//! - `undo`, `errors`: taking it all back; giving back the rows that failed

mod ahead;
mod before;
mod carried;
mod decide;
mod entity;
mod errors;
mod foretell;
mod gate;
mod ghosts;
mod guess;
mod identity;
mod likeness;
mod lookup;
mod meet;
mod names;
mod parse;
mod plan;
mod preview;
mod refer;
mod run;
mod runs;
mod source;
mod table;
mod target;
#[cfg(test)]
pub(crate) mod tests;
mod undo;
mod upload;
mod work;
mod write;

pub(crate) use gate::beside;
pub use plan::{
    ColumnPlan, ImportCounts, ImportInfo, ImportPlan, ImportState, OnDuplicate, OnReview, PreviewRow, RowBand, RowLike,
    UndoCounts,
};
pub(crate) use run::JOB as RUN;
pub(crate) use undo::JOB as UNDO;

use zhike_types::{Error, text};

use crate::{Ended, Engine, Run, approval, mail, pool, review, tier};

fn unknown_target(column: &str, target: &str) -> Error {
    Error::invalid(
        "columns",
        "unknown",
        text!(
            "「{column}」要导入的字段 {target} 不存在，或您不能填写它。",
            "{column} goes to {target}, which does not exist or which you may not fill in."
        ),
    )
}

impl Engine {
    /// Works on durable jobs from now on: imports and scans that were interrupted go on.
    pub fn work(&self) -> zhike_types::Result<()> {
        let engine = self.clone();
        self.0.jobs.register(RUN, move |job| run::run(engine.clone(), job));
        let engine = self.clone();
        self.0.jobs.register(UNDO, move |job| undo::run(engine.clone(), job));
        let engine = self.clone();
        self.0.jobs.register(review::SCAN, move |job| review::run_scan(engine.clone(), job));
        let engine = self.clone();
        self.0.jobs.register(pool::JOB, move |job| pool::run(engine.clone(), job));
        let engine = self.clone();
        self.0.jobs.register(approval::JOB, move |job| approval::run(engine.clone(), job));
        let engine = self.clone();
        self.0.jobs.register(tier::JOB, move |job| tier::run(engine.clone(), job));
        let engine = self.clone();
        self.0.jobs.register(mail::ROUND, move |job| mail::run(engine.clone(), job));
        self.0.jobs.start()
    }

    /// What to do with jobs that a layer above does. Before [`Engine::work`].
    pub fn on_job<F, R>(&self, kind: &'static str, handler: F)
    where
        F: Fn(Run) -> R + Send + Sync + 'static,
        R: Future<Output = zhike_types::Result<Ended>> + Send + 'static,
    {
        self.0.jobs.register(kind, handler);
    }
}
