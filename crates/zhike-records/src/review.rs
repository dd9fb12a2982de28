//! Reviewing duplicates: a scan finds groups of records that are each one customer and pairs that may be, people look at them, and
//! what they decide is remembered for ever.
//!
//! - `scans`, `run`: a scan as a durable job; its result is seen when it is whole
//! - `items`: what a scan found, as it is stored; `parts`: what of it is still open
//! - `queue`: what one actor may look at, page by page
//! - `decisions`: what was decided about pairs, merges counted in
//! - `weigh`: records compared once more, and the waterfall of a pair
//! - `merging`: groups merged as proposed
//!
//! A scan reads everything: it is the system's work, started by somebody who may merge. Whoever reviews sees the records that it may
//! read; the others of a group are only counted.

mod decisions;
mod items;
mod merging;
mod parts;
mod queue;
mod run;
mod scans;
mod weigh;

#[cfg(test)]
mod tests;

use zhike_match::Band;
use zhike_types::{Error, Text, Uuid};

pub(crate) use decisions::{decided_different, forget, standing};
pub(crate) use run::JOB as SCAN;
pub(crate) use run::run as run_scan;

use crate::{Merge, Record};

/// A scan of an object's records, as its job knows it.
#[derive(Debug, Clone)]
pub struct Scan {
    pub id: Uuid,
    pub object: String,
    pub state: ScanState,
    /// When it was asked for; milliseconds since 1970.
    pub started_at: i64,
    pub ended_at: Option<i64>,
    /// Who asked for it; none for the system.
    pub by: Option<String>,
    /// The rest is 0 until it is done. How many records were compared.
    pub records: u64,
    /// Groups of records that are each one customer, and the pairs within them.
    pub groups: u64,
    pub same_pairs: u64,
    /// Pairs to be looked at.
    pub review_pairs: u64,
}

impl Scan {
    /// Whether it is still to be done.
    pub fn is_open(&self) -> bool {
        matches!(self.state, ScanState::Waiting | ScanState::Running { .. })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanState {
    Waiting,
    /// Records read so far, of so many.
    Running {
        done: u64,
        total: u64,
    },
    Done,
    Failed {
        message: Text,
    },
}

/// A page of what the last scan found and nobody has settled.
#[derive(Debug, Clone)]
pub struct Queue {
    /// The groups first, each kind by score. There may be fewer than asked for, or none, although there are more pages: only so
    /// many are looked at for one page.
    pub items: Vec<QueueItem>,
    /// The `after` of the next page.
    pub next: Option<String>,
}

/// Records that are or may be one.
#[derive(Debug, Clone)]
pub struct QueueItem {
    /// Stays the same until the records in it change or another scan is done.
    pub id: String,
    /// `Same`: a group; `Review`: a pair to look at.
    pub band: Band,
    /// The probability, from 0 to 1; of a group that of its weakest member.
    pub score: f64,
    /// Two at least, those the actor sees.
    pub records: Vec<Record>,
    /// What speaks for it, the weightiest first.
    pub reasons: Vec<Text>,
    /// Members that the actor may not see.
    pub hidden: u64,
    /// Somebody decided that these records are one; they are not merged yet.
    pub said_same: bool,
}

/// A number that is not counted to its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    pub number: u64,
    /// There are more.
    pub more: bool,
}

/// What is open to an actor, and what was decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenCounts {
    pub same: Counted,
    pub review: Counted,
    pub decided: Counted,
}

/// A pair weighed, comparison by comparison. Values are masked where the actor sees a field they may come from masked.
#[derive(Debug, Clone)]
pub struct Waterfall {
    pub left: Record,
    pub right: Record,
    /// What every pair starts from, in bits: each doubles the odds.
    pub prior_bits: f32,
    pub lines: Vec<WaterfallLine>,
    /// What the rules took off, and in words: no sum outweighs them.
    pub held_bits: f32,
    pub held: Option<Text>,
    pub total_bits: f32,
    /// From 0 to 1.
    pub probability: f64,
    pub band: Band,
    /// What was decided about the pair; `Open` when nothing was.
    pub decision: Decision,
}

#[derive(Debug, Clone)]
pub struct WaterfallLine {
    pub label: Text,
    /// As they are compared; empty where a record has none.
    pub left: String,
    pub right: String,
    pub level: Text,
    pub bits: f32,
}

/// What somebody decides about two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Two customers. They are in no group and no warning together.
    Different,
    /// One customer, not merged yet.
    Same,
    /// What was decided is taken back.
    Open,
}

/// A pair that was decided about.
#[derive(Debug, Clone)]
pub struct DecidedPair {
    /// Later decisions have greater numbers; pages go by it.
    pub seq: i64,
    /// The records, or those that stand for them after merges.
    pub left: Record,
    pub right: Record,
    pub decision: Decision,
    /// Milliseconds since 1970.
    pub at: i64,
    /// None for the system.
    pub by: Option<String>,
    pub reason: Option<String>,
}

/// A page of decisions, the newest first.
#[derive(Debug, Clone)]
pub struct DecisionPage {
    pub pairs: Vec<DecidedPair>,
    /// The `before` of the next page.
    pub next: Option<i64>,
}

/// What became of an item that was to be merged.
#[derive(Debug)]
pub struct MergedItem {
    pub id: String,
    /// The merges that it took, each of which can be undone; more than one only where a group is too large for one. What was done
    /// before an error stays done.
    pub merges: Vec<Merge>,
    pub error: Option<Error>,
}
