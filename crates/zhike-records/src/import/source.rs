//! The file of an import: kept under its content's hash, read as rows.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use zhike_sheets::{HeaderGuess, Limits, Row, SheetError, Workbook, header};
use zhike_types::{Error, Result, Text};

use super::guess::Column;

/// Rows looked at to find the head and to guess what columns hold.
const ROWS_LOOKED_AT: usize = 200;
/// Values shown of a column.
const SAMPLES: usize = 3;

/// A workbook's fault as the user's.
pub(crate) fn refused(error: SheetError) -> Error {
    match error {
        SheetError::Io(error) => Error::internal(error),
        error => Error::invalid("file", error.code(), Text::new(error.message(true), error.message(false))),
    }
}

/// Copies the file into the data folder under its SHA-256; returns its name there.
pub(crate) fn keep(file: &Path, folder: &Path) -> Result<String> {
    std::fs::create_dir_all(folder).map_err(Error::internal)?;
    let mut from = std::fs::File::open(file).map_err(Error::internal)?;
    let mut to = tempfile::NamedTempFile::new_in(folder).map_err(Error::internal)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = std::io::Read::read(&mut from, &mut buffer).map_err(Error::internal)?;
        if count == 0 {
            break;
        }
        digest.update(&buffer[..count]);
        std::io::Write::write_all(&mut to, &buffer[..count]).map_err(Error::internal)?;
    }
    let hash = digest.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        use std::fmt::Write as _;
        write!(hex, "{byte:02x}").expect("a string takes what is written");
        hex
    });
    to.as_file().sync_all().map_err(Error::internal)?;
    to.persist(folder.join(&hash)).map_err(Error::internal)?;
    Ok(hash)
}

/// Opens a kept file under the name its owner gave it.
pub(crate) fn open(path: &Path, file_name: &str) -> Result<Workbook> {
    Workbook::open_with(path, file_name, Limits::default()).map_err(refused)
}

/// A sheet's head and columns.
#[derive(Debug)]
pub(crate) struct Shape {
    pub header_row: u64,
    pub columns: Vec<Column>,
    pub samples: Vec<Vec<String>>,
}

/// Looks at a sheet; `header_row` says where the head is when somebody has said so.
pub(crate) fn shape(workbook: &Workbook, sheet: usize, header_row: Option<u64>) -> Result<Shape> {
    let rows = workbook.preview(sheet, ROWS_LOOKED_AT).map_err(refused)?;
    let head = match header_row {
        None => header::find(&rows),
        Some(0) => headless(&rows),
        // what stands above the head is a title
        Some(row) => {
            let below: Vec<Row> = rows.iter().filter(|known| known.number >= row).cloned().collect();
            let found = header::find(&below);
            if found.found && found.row_number == row { found } else { plain_head(&below, row) }
        }
    };
    let mut columns: Vec<Column> =
        head.labels.iter().map(|label| Column { label: label.clone(), values: Vec::new() }).collect();
    for row in rows.iter().filter(|row| row.number >= head.first_data_row) {
        for (at, column) in columns.iter_mut().enumerate() {
            let text = value_text(workbook, row, at);
            if !text.is_empty() {
                column.values.push(text);
            }
        }
    }
    let samples = columns
        .iter()
        .map(|column| {
            let mut samples: Vec<String> = Vec::new();
            for value in &column.values {
                let short: String = value.chars().take(60).collect();
                if samples.len() < SAMPLES && !samples.contains(&short) {
                    samples.push(short);
                }
            }
            samples
        })
        .collect();
    Ok(Shape { header_row: head.row_number, columns, samples })
}

fn headless(rows: &[Row]) -> HeaderGuess {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let labels = (0..width).map(|at| format!("列{}", zhike_sheets::column_letters(at))).collect();
    HeaderGuess { found: false, row_number: 0, labels, first_data_row: rows.first().map_or(1, |row| row.number) }
}

fn plain_head(rows: &[Row], number: u64) -> HeaderGuess {
    let Some(head) = rows.iter().find(|row| row.number == number) else { return headless(rows) };
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let labels = (0..width)
        .map(|at| {
            let text = zhike_text::tidy(&head.text(at));
            if text.is_empty() { format!("列{}", zhike_sheets::column_letters(at)) } else { text }
        })
        .collect();
    HeaderGuess { found: true, row_number: number, labels, first_data_row: number + 1 }
}

/// A cell's text; in delimited text without the apostrophe that an export of ours puts before formulas' signs.
pub(crate) fn value_text(workbook: &Workbook, row: &Row, column: usize) -> String {
    let text = row.text(column);
    let text = if workbook.layout().is_some() { zhike_sheets::unguard(&text) } else { &text };
    zhike_text::tidy(text)
}

/// The row number after which data begins: under the head, and under a line of units there.
pub(crate) fn data_from(workbook: &Workbook, sheet: usize, header_row: u64) -> Result<u64> {
    if header_row == 0 {
        return Ok(1);
    }
    let rows = workbook.preview(sheet, ROWS_LOOKED_AT).map_err(refused)?;
    let below: Vec<Row> = rows.into_iter().filter(|known| known.number >= header_row).collect();
    let found = header::find(&below);
    Ok(if found.found && found.row_number == header_row { found.first_data_row } else { header_row + 1 })
}

/// How many rows of data there are, as far as that can be told quickly.
pub(crate) fn count(workbook: &Workbook, sheet: usize, first: u64) -> Option<i64> {
    if workbook.layout().is_some() {
        let rows = workbook.rows_from(sheet, first).ok()?;
        return Some(rows.take_while(std::result::Result::is_ok).count() as i64);
    }
    let last = workbook.sheets().get(sheet)?.rows?;
    Some((last + 1).saturating_sub(first) as i64)
}

/// Where imports' files are.
pub(crate) fn folder(data: &Path) -> PathBuf {
    data.join("imports")
}
