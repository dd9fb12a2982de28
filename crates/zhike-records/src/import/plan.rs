//! What an import is to those who ask for one.

use serde::{Deserialize, Serialize};
use zhike_types::{Text, Uuid};

/// How rows become records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPlan {
    /// Index of the sheet, from 0.
    pub sheet: usize,
    /// The row with the columns' heads, from 1; 0 when there is none.
    pub header_row: u64,
    /// One for each column of the file.
    pub columns: Vec<ColumnPlan>,
    pub on_duplicate: OnDuplicate,
    /// Fill blanks only (true) or overwrite, when updating.
    pub fill_blanks: bool,
    /// What becomes of a row that may be about a record which is there.
    #[serde(default)]
    pub on_review: OnReview,
    /// The public pool that new records go to for which the list names no owner; none: they are the importer's.
    #[serde(default)]
    pub pool: Option<Uuid>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnPlan {
    pub label: String,
    /// `account.name`, `contact.mobile` …; none leaves the column out.
    pub target: Option<String>,
    /// Why it was guessed: `label`, `synonym`, `part`, `content`, `remembered`, `you`; empty when nothing was.
    pub because: String,
    /// A few of its values.
    pub samples: Vec<String>,
}

/// What becomes of a row whose record is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnDuplicate {
    /// The record stays as it is; people it does not have yet are added to it.
    Skip,
    /// The row's values go into it.
    Update,
    /// Another record is made. Rows of the file still meet each other.
    Create,
}

/// What becomes of a row that may be about a record which is there, without being sure enough to put them together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnReview {
    /// It makes a record of its own, and the two wait among the duplicates for somebody's decision.
    #[default]
    Create,
    /// It is left out, with the reason.
    Skip,
    /// It fails, with the reason: somebody decides and imports it again.
    Fail,
}

/// How sure it is that a row is about a record which is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowBand {
    Same,
    Review,
    New,
}

/// Every row is exactly one of created, updated, skipped, failed. Each that could be understood is one of same, review, new.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCounts {
    pub rows: i64,
    pub created: i64,
    pub updated: i64,
    pub skipped: i64,
    pub failed: i64,
    #[serde(default)]
    pub same: i64,
    #[serde(default)]
    pub review: i64,
    #[serde(default)]
    pub new: i64,
}

/// What an undo did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoCounts {
    /// Records that the import had made and that are gone.
    pub removed: i64,
    /// Records that the import had changed and that are as they were before.
    pub restored: i64,
    /// Records that somebody worked with since and that were left as they are.
    pub kept: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportState {
    /// Uploaded; the plan may be edited.
    Draft,
    /// A dry run is under way.
    Checking,
    /// A dry run has ended; the plan may still be edited.
    Checked,
    /// Waits for its turn.
    Waiting,
    Running,
    Done,
    Failed,
    Undoing,
    Undone,
}

#[derive(Debug, Clone, Serialize)]
pub struct ImportInfo {
    pub id: Uuid,
    pub object: String,
    pub file_name: String,
    /// None when the system itself imports (command line).
    pub user_id: Option<Uuid>,
    pub state: ImportState,
    pub plan: ImportPlan,
    pub sheets: Vec<String>,
    pub counts: ImportCounts,
    /// After an undo, what it did.
    pub undo: Option<UndoCounts>,
    /// For progress: as the file says, or as counted.
    pub total_rows: Option<i64>,
    pub error: Option<Text>,
    pub created_at: i64,
    pub finished_at: Option<i64>,
}

impl ImportInfo {
    /// Whether there are rows to give back with reasons: those that failed, and those left out for somebody's eyes.
    pub fn returns_rows(&self) -> bool {
        self.counts.failed > 0 || (self.counts.review > 0 && self.plan.on_review == OnReview::Skip)
    }
}

/// A row of the file and what would become of it.
#[derive(Debug, Clone, Serialize)]
pub struct PreviewRow {
    /// As the spreadsheet program counts.
    pub number: u64,
    pub cells: Vec<String>,
    /// (column, what is wrong); no column: the whole row.
    pub problems: Vec<(Option<usize>, Text)>,
    /// `created`, `updated`, `skipped`, `failed`.
    pub outcome: String,
    /// None: the row could not be understood.
    pub band: Option<RowBand>,
    /// Whom it is like, and why.
    pub like: Option<RowLike>,
}

/// The record that a row is or may be about, as the actor may know of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowLike {
    /// None: it is made by a row before, or the actor may not see it.
    pub record: Option<Uuid>,
    pub name: Option<String>,
    /// From 0 to 1; none where nothing was weighed.
    pub probability: Option<f64>,
    /// What agrees, the weightiest first.
    pub reasons: Vec<Text>,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Created,
    Updated,
    Skipped,
    Failed,
}

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

impl ImportCounts {
    pub(crate) fn add(&mut self, outcome: Outcome, band: Option<RowBand>) {
        self.rows += 1;
        match band {
            Some(RowBand::Same) => self.same += 1,
            Some(RowBand::Review) => self.review += 1,
            Some(RowBand::New) => self.new += 1,
            None => {}
        }
        *match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Updated => &mut self.updated,
            Outcome::Skipped => &mut self.skipped,
            Outcome::Failed => &mut self.failed,
        } += 1;
    }
}

/// Something wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reason {
    /// The column, from 0; none: the whole row.
    pub column: Option<usize>,
    pub text: Text,
}
