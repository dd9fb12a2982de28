//! What can go wrong with a file, in words for the person who chose it.

use std::io;

use crate::cell::column_letters;
use crate::format::FileKind;

/// Why a table could not be read or written. [`SheetError::code`] is stable; the fields let a caller word its own text.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    #[error("{}", self.message(false))]
    Io(#[source] io::Error),
    /// No bytes, or nothing but blank rows.
    #[error("{}", self.message(false))]
    Empty,
    /// A kind of file that is not read; the kind says what it is.
    #[error("{}", self.message(false))]
    Unsupported { kind: FileKind },
    #[error("{}", self.message(false))]
    Encrypted,
    /// The file breaks off or contradicts itself; `what` is for the log.
    #[error("{}", self.message(false))]
    Damaged { what: String, row: Option<u64> },
    /// A bound of [`crate::Limits`] is passed. `row` and `column` (from 0) where it is about a place.
    #[error("{}", self.message(false))]
    TooMuch { limit: Limit, allowed: u64, row: Option<u64>, column: Option<usize> },
    /// A quoted cell that begins in this row of a text file has no closing quote.
    #[error("{}", self.message(false))]
    UnclosedQuote { row: u64 },
    #[error("{}", self.message(false))]
    NoSheet { name: String },
    /// The writer refused; `what` is for the log.
    #[error("{}", self.message(false))]
    Write { what: String },
}

/// The bound that was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Entries,
    Unpacked,
    Ratio,
    Rows,
    Columns,
    Cell,
    File,
}

impl From<io::Error> for SheetError {
    /// An error of ours that travelled through `std::io::Read` comes out again as itself.
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(ours) => ours,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Self::Damaged { what: "the file ends early".to_owned(), row: None }
            }
            Err(error) => Self::Io(error),
        }
    }
}

impl From<SheetError> for io::Error {
    fn from(error: SheetError) -> Self {
        match error {
            SheetError::Io(error) => error,
            other => Self::other(other),
        }
    }
}

impl SheetError {
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into(), row: None }
    }

    pub(crate) fn too_much(limit: Limit, allowed: u64) -> Self {
        Self::TooMuch { limit, allowed, row: None, column: None }
    }

    /// The same error, said to be in this row, if it names none yet.
    pub(crate) fn in_row(mut self, number: u64) -> Self {
        if let Self::Damaged { row, .. } | Self::TooMuch { row, .. } = &mut self {
            row.get_or_insert(number);
        }
        self
    }

    /// Stable, for logs, the API and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "file-unreadable",
            Self::Empty => "file-empty",
            Self::Unsupported { .. } => "format-unsupported",
            Self::Encrypted => "file-encrypted",
            Self::Damaged { .. } => "file-damaged",
            Self::TooMuch { limit, .. } => match limit {
                Limit::Entries => "too-many-entries",
                Limit::Unpacked => "too-large-unpacked",
                Limit::Ratio => "compression-suspicious",
                Limit::Rows => "too-many-rows",
                Limit::Columns => "too-many-columns",
                Limit::Cell => "cell-too-long",
                Limit::File => "file-too-large",
            },
            Self::UnclosedQuote { .. } => "quote-unclosed",
            Self::NoSheet { .. } => "sheet-missing",
            Self::Write { .. } => "file-unwritable",
        }
    }

    /// One or two sentences in Chinese or English: what is wrong and what to do.
    pub fn message(&self, lang_zh: bool) -> String {
        if lang_zh { self.chinese() } else { self.english() }
    }

    fn chinese(&self) -> String {
        match self {
            Self::Io(error) => format!("文件读写失败：{error}"),
            Self::Empty => "文件里没有数据。请确认选对了文件。".to_owned(),
            Self::Unsupported { kind } => kind.advice(true),
            Self::Encrypted => "文件设有打开密码。请在 Excel 或 WPS 中打开，去掉密码后另存，再重新上传。".to_owned(),
            Self::Damaged { row: Some(row), .. } => {
                format!("文件已损坏，读到第 {row} 行时无法继续。请用 Excel 或 WPS 打开并另存为 .xlsx 后重试。")
            }
            Self::Damaged { .. } => "文件已损坏，无法读取。请用 Excel 或 WPS 打开并另存为 .xlsx 后重试。".to_owned(),
            Self::TooMuch { limit, allowed, row, column } => {
                let place = match (row, column) {
                    (Some(row), Some(column)) => format!("第 {row} 行 {} 列：", column_letters(*column)),
                    (Some(row), None) => format!("第 {row} 行："),
                    _ => String::new(),
                };
                let what = match limit {
                    Limit::Entries => format!("文件内部的部件超过 {allowed} 个，不像正常的表格，已拒绝读取。"),
                    Limit::Unpacked => format!("文件解压后超过 {}，已拒绝读取。请拆成几个文件。", size(*allowed)),
                    Limit::Ratio => "文件的压缩比异常，可能是恶意文件，已拒绝读取。".to_owned(),
                    Limit::Rows => format!("行数超过 {allowed}。请拆成几个文件，或改用 CSV。"),
                    Limit::Columns => format!("列数超过 {allowed}。请删去多余的列。"),
                    Limit::Cell => format!("单元格内容超过 {allowed} 字节。请缩短后重试。"),
                    Limit::File => format!("文件超过 {}。请另存为 .xlsx 后重试。", size(*allowed)),
                };
                place + &what
            }
            Self::UnclosedQuote { row } => {
                format!("第 {row} 行有一个引号没有配对，后面的内容无法分列。请补上或删去这个引号。")
            }
            Self::NoSheet { name } => format!("文件里没有名为“{name}”的工作表。"),
            Self::Write { .. } => "文件写入失败。请稍后重试。".to_owned(),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::Io(error) => format!("The file could not be read or written: {error}."),
            Self::Empty => "The file holds no data. Check that it is the right file.".to_owned(),
            Self::Unsupported { kind } => kind.advice(false),
            Self::Encrypted => {
                "The file is protected by a password. Open it in Excel, remove the password, save it and upload it again."
                    .to_owned()
            }
            Self::Damaged { row: Some(row), .. } => format!(
                "The file is damaged: it cannot be read past row {row}. Open it in Excel, save it as .xlsx and try again."
            ),
            Self::Damaged { .. } => {
                "The file is damaged and cannot be read. Open it in Excel, save it as .xlsx and try again.".to_owned()
            }
            Self::TooMuch { limit, allowed, row, column } => {
                let place = match (row, column) {
                    (Some(row), Some(column)) => format!("Row {row}, column {}: ", column_letters(*column)),
                    (Some(row), None) => format!("Row {row}: "),
                    _ => String::new(),
                };
                let what = match limit {
                    Limit::Entries => format!("The file has more than {allowed} parts, which no spreadsheet needs; it was refused."),
                    Limit::Unpacked => format!("The file unpacks to more than {}; it was refused. Split it.", size(*allowed)),
                    Limit::Ratio => "The file is compressed beyond what real tables are and may be malicious; it was refused.".to_owned(),
                    Limit::Rows => format!("More than {allowed} rows. Split the file or use CSV."),
                    Limit::Columns => format!("More than {allowed} columns. Delete those that are not needed."),
                    Limit::Cell => format!("The cell holds more than {allowed} bytes. Shorten it and try again."),
                    Limit::File => format!("The file is larger than {}. Save it as .xlsx and try again.", size(*allowed)),
                };
                place + &what
            }
            Self::UnclosedQuote { row } => {
                format!("A quotation mark in row {row} has no partner, so the rest cannot be split into columns. Add or delete one.")
            }
            Self::NoSheet { name } => format!("The file has no sheet named “{name}”."),
            Self::Write { .. } => "The file could not be written. Try again later.".to_owned(),
        }
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        b if b >= 1 << 30 => format!("{} GB", b >> 30),
        b if b >= 1 << 20 => format!("{} MB", b >> 20),
        b => format!("{} KB", b >> 10),
    }
}
