//! Files in, rows out, and back again.

mod archives;
mod cells;
mod headers;
mod hostile;
mod texts;
mod writing;
mod xls;

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zip::write::SimpleFileOptions;

use crate::{Cell, Limits, Row, SheetError, Workbook};

/// A folder that goes away with the test.
pub(super) struct Folder(TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).expect("the file is written");
        path
    }
}

pub(super) fn read(path: &Path) -> Vec<Row> {
    let book = Workbook::open(path).expect("the file opens");
    rows(&book, book.best_sheet())
}

pub(super) fn rows(book: &Workbook, sheet: usize) -> Vec<Row> {
    book.rows(sheet).expect("the sheet opens").map(|row| row.expect("the row reads")).collect()
}

pub(super) fn texts(rows: &[Row]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.cells.iter().map(Cell::text).collect()).collect()
}

/// The error of opening the file and reading all its rows.
pub(super) fn failure(path: &Path, limits: Limits) -> SheetError {
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let book = match Workbook::open_with(path, &name, limits) {
        Ok(book) => book,
        Err(error) => return error,
    };
    let mut rows = match book.rows(book.best_sheet()) {
        Ok(rows) => rows,
        Err(error) => return error,
    };
    rows.find_map(Result::err).expect("the file is refused")
}

pub(super) fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a part begins");
        zip.write_all(bytes).expect("a part is written");
    }
    zip.finish().expect("the archive is whole").into_inner()
}

const ROOT: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const RELS: &str = r#"<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId3" Type="http://x/styles" Target="styles.xml"/></Relationships>"#;

/// A workbook of one sheet with this inside its `worksheet` element.
pub(super) fn workbook(sheet: &str, strings: &str, styles: &str, settings: &str) -> Vec<u8> {
    let main =
        format!(r#"<workbook>{settings}<sheets><sheet name="客户" sheetId="1" r:id="rId1"/></sheets></workbook>"#);
    archive(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", main.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELS.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/worksheets/sheet1.xml", format!("<worksheet>{sheet}</worksheet>").as_bytes()),
    ])
}

pub(super) fn sheet(sheet: &str) -> Vec<u8> {
    workbook(sheet, "<sst/>", "<styleSheet/>", "")
}
