//! TEMPORARY (lead): signatures that other crates may already build against. Each moves to its own file when it is written.
#![allow(unused_variables, clippy::all, clippy::pedantic, clippy::allow_attributes)]

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zhike_types::{Result, Text, Uuid};

use crate::*;

// ---------------------------------------------------------------- import and export
/// How rows become records.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportPlan {
    pub sheet: usize,
    pub header_row: u64,
    /// One for each column of the file.
    pub columns: Vec<ColumnPlan>,
    pub on_duplicate: OnDuplicate,
    /// Fill blanks only (true) or overwrite, when updating.
    pub fill_blanks: bool,
}
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ColumnPlan {
    pub label: String,
    /// `account.name`, `contact.mobile` …; none leaves the column out.
    pub target: Option<String>,
    /// Why it was guessed: `label`, `synonym`, `content`, `remembered`, `you`.
    pub because: String,
    pub samples: Vec<String>,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnDuplicate { Skip, Update, Create }
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ImportCounts { pub rows: i64, pub created: i64, pub updated: i64, pub skipped: i64, pub failed: i64 }
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportState { Draft, Checking, Checked, Waiting, Running, Done, Failed, Undoing, Undone }
#[derive(Debug, Clone, Serialize)]
pub struct ImportInfo {
    pub id: Uuid, pub object: String, pub file_name: String, pub user_id: Uuid, pub state: ImportState, pub plan: ImportPlan,
    pub sheets: Vec<String>, pub counts: ImportCounts, pub total_rows: Option<i64>, pub error: Option<Text>,
    pub created_at: i64, pub finished_at: Option<i64>,
}
#[derive(Debug, Clone, Serialize)]
pub struct PreviewRow { pub number: u64, pub cells: Vec<String>, pub problems: Vec<(Option<usize>, Text)>, pub outcome: String }
impl Engine {
    /// Takes the file, finds sheet, head and columns; the plan is a guess to be edited.
    pub async fn import_upload(&self, actor: &Actor, object: &str, file_name: &str, file: &Path) -> Result<ImportInfo> { todo!() }
    pub async fn import_info(&self, actor: &Actor, id: Uuid) -> Result<ImportInfo> { todo!() }
    pub async fn imports(&self, actor: &Actor, limit: usize) -> Result<Vec<ImportInfo>> { todo!() }
    pub async fn import_plan(&self, actor: &Actor, id: Uuid, plan: ImportPlan) -> Result<ImportInfo> { todo!() }
    /// The first rows with what would become of them.
    pub async fn import_preview(&self, actor: &Actor, id: Uuid, rows: usize) -> Result<Vec<PreviewRow>> { todo!() }
    /// Runs in the background (a durable job); `dry` only counts.
    pub async fn import_start(&self, actor: &Actor, id: Uuid, dry: bool) -> Result<ImportInfo> { todo!() }
    /// The failed rows in the input's own format with a reason column.
    pub async fn import_errors(&self, actor: &Actor, id: Uuid) -> Result<(String, PathBuf)> { todo!() }
    pub async fn import_undo(&self, actor: &Actor, id: Uuid) -> Result<ImportInfo> { todo!() }
    /// Fields an import of the object can fill: (target, label, required), with those of child objects.
    pub fn import_targets(&self, actor: &Actor, object: &str) -> Result<Vec<(String, Text, bool)>> { todo!() }

    /// Writes all rows of a filtered list to a file, streaming; columns empty = the default view's.
    pub async fn export(&self, actor: &Actor, query: &ListQuery, format: ExportFormat, out: &Path, progress: &(dyn Fn(u64) + Send + Sync)) -> Result<u64> { todo!() }
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat { Csv, Xlsx }

