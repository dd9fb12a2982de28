//! 撞单申诉: what waits for somebody, and what a manager reads before deciding. Claims themselves are the record engine's.

mod queries;

pub use queries::{CaseFile, Side, Waiting, case_file, waiting};
