//! Tables in files: reading and writing XLSX, XLS and delimited text. Knows nothing of customers.
//!
//! Reading begins with [`Workbook::open`], which decides the format by the file's first bytes, refuses what it cannot
//! read in words a clerk understands, and checks the [`Limits`] before anything is unpacked. [`Workbook::rows`] then
//! streams: an XLSX or CSV of a million rows is never in memory whole.
//!
//! Writing begins with [`TableWriter::create`]; failed rows go back to the user through an [`ErrorFile`].
//!
//! Text of a delimited file is written so that no spreadsheet takes it for a formula ([`guard`], CWE-1236). Who reads
//! a file that may be an export of ours passes each text through [`unguard`] to get the original back.

mod cell;
mod error;
mod format;
mod guard;
pub mod header;
mod limits;
mod merge;
mod ole;
mod package;
mod text;
mod workbook;
mod write;
mod xls;
mod xlsx;

#[cfg(test)]
mod tests;

pub use cell::{Cell, Row, Serial, column_letters};
pub use error::{Limit, SheetError};
pub use format::{FileKind, Format};
pub use guard::{guard, unguard};
pub use header::HeaderGuess;
pub use limits::Limits;
pub use merge::Merge;
pub use text::{Charset, LineEnd, Separator, TextLayout};
pub use workbook::{Rows, SheetInfo, Warnings, Workbook};
pub use write::{CsvOptions, ErrorFile, OutCell, OutColumn, OutFormat, TableWriter, Written, XlsxOptions};
