//! Office Open XML workbooks (ECMA-376), streamed.
//!
//! Not through calamine, which serves .xls: its reader keeps all shared strings in memory (a list of a million
//! customers has ten million), reserves as much memory for them as a crafted file asks for, and gives up at a cell with
//! an error value it does not know.

mod reference;
mod rows;
mod strings;
mod styles;
mod xml;

use std::path::Path;
use std::sync::Arc;

use quick_xml::events::Event;

use crate::cell::Cell;
use crate::error::SheetError;
use crate::format::FileKind;
use crate::limits::Limits;
use crate::merge::Merge;
use crate::package::Package;
use crate::workbook::SheetInfo;
pub(crate) use rows::XlsxRows;
use strings::Strings;
use styles::Shown;
use xml::{Xml, attribute};

/// Sheets larger than this are not searched for merged areas.
const MERGES_UP_TO: u64 = 16 << 20;
/// Rows looked at to estimate how filled a sheet is.
const SAMPLE_ROWS: usize = 200;
/// Most sheets of a workbook that are offered; more are no table for people.
const MAX_SHEETS: usize = 1000;

#[derive(Debug)]
pub(crate) struct XlsxFile {
    package: Package,
    /// Part names, in the order of the sheets.
    parts: Vec<String>,
    shared: Arc<Shared>,
}

/// What the cells of all sheets refer to.
#[derive(Debug)]
struct Shared {
    strings: Strings,
    /// By cell style: what its number format shows.
    formats: Vec<Shown>,
    /// Days count from 1904 (workbooks made by old Macs).
    from_1904: bool,
    limits: Limits,
}

/// A sheet as the workbook lists it.
struct Listed {
    /// Of the relationship that leads to its part.
    id: String,
    name: String,
    hidden: bool,
}

struct Relationship {
    id: String,
    kind: String,
    target: String,
}

impl XlsxFile {
    pub(crate) fn open(path: &Path, limits: Limits) -> Result<(Self, Vec<SheetInfo>, usize), SheetError> {
        let package = Package::open(path, limits)?;
        let root = relationships(&package, "")?;
        let main = root.into_iter().find(|rel| rel.kind.ends_with("/officeDocument")).map(|rel| rel.target);
        let main = main.filter(|target| package.has(target)).unwrap_or_else(|| "xl/workbook.xml".to_owned());
        if !package.has(&main) || !main.to_lowercase().ends_with(".xml") || package.has("word/document.xml") {
            return Err(SheetError::Unsupported { kind: foreign_kind(&package) });
        }
        let rels = relationships(&package, &main)?;
        let (listed, from_1904) = listed_sheets(&package, &main)?;
        let target = |end: &str| rels.iter().find(|rel| rel.kind.ends_with(end)).map(|rel| rel.target.clone());
        let strings = match target("/sharedStrings").filter(|part| package.has(part)) {
            Some(part) => Strings::read(&package, &part, path, &limits)?,
            None => Strings::default(),
        };
        let formats = match target("/styles").filter(|part| package.has(part)) {
            Some(part) => styles::read(&package, &part)?,
            None => Vec::new(),
        };
        let shared = Arc::new(Shared { strings, formats, from_1904, limits });
        let mut file = Self { package, parts: Vec::new(), shared };
        let mut sheets = Vec::new();
        for Listed { id, name, hidden } in listed {
            // Charts and macro sheets are listed among the sheets too.
            let Some(rel) = rels.iter().find(|rel| rel.id == id && rel.kind.ends_with("/worksheet")) else { continue };
            sheets.push(SheetInfo { name, rows: None, columns: None, hidden });
            file.parts.push(rel.target.clone());
        }
        if sheets.is_empty() {
            return Err(SheetError::Empty);
        }
        let best = file.measure(&mut sheets);
        Ok((file, sheets, best))
    }

    /// Fills in the declared sizes and finds the visible sheet with the most filled cells, estimated from its first
    /// rows and its size. A sheet that cannot be read counts as empty until somebody asks for its rows.
    fn measure(&self, sheets: &mut [SheetInfo]) -> usize {
        let mut best = (sheets.iter().position(|sheet| !sheet.hidden).unwrap_or(0), 0.0);
        for (index, info) in sheets.iter_mut().enumerate() {
            let Ok(mut rows) = self.rows(index) else { continue };
            (info.rows, info.columns) = rows.declared_size();
            let mut filled = 0;
            for _ in 0..SAMPLE_ROWS {
                let Ok(Some(row)) = rows.next_row() else { break };
                filled += row.cells.iter().filter(|cell| **cell != Cell::Empty).count();
            }
            let share = self.package.size(&self.parts[index]) as f64 / rows.parsed().max(1) as f64;
            let estimate = filled as f64 * share.max(1.0);
            if !info.hidden && estimate > best.1 {
                best = (index, estimate);
            }
        }
        best.0
    }

    pub(crate) fn rows(&self, sheet: usize) -> Result<XlsxRows, SheetError> {
        let part = &self.parts[sheet];
        XlsxRows::new(Xml::new(self.package.part(part)?), Arc::clone(&self.shared))
    }

    pub(crate) fn merges(&self, sheet: usize) -> Result<Vec<Merge>, SheetError> {
        let part = &self.parts[sheet];
        if self.package.size(part) > MERGES_UP_TO {
            return Ok(Vec::new());
        }
        let mut xml = Xml::new(self.package.part(part)?);
        let mut merges = Vec::new();
        loop {
            match xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "mergeCell" => {
                    let area = attribute(&element, "ref").and_then(|area| reference::area(&area));
                    let columns = self.shared.limits.columns;
                    merges.extend(area.filter(|merge| merge.last_column < columns));
                }
                Event::Eof => return Ok(merges),
                _ => {}
            }
        }
    }
}

/// The sheets, and whether days count from 1904.
fn listed_sheets(package: &Package, main: &str) -> Result<(Vec<Listed>, bool), SheetError> {
    let mut xml = Xml::new(package.part(main)?);
    let (mut sheets, mut from_1904) = (Vec::new(), false);
    loop {
        match xml.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "sheet" if sheets.len() < MAX_SHEETS => {
                    let name = attribute(&element, "name").unwrap_or_default();
                    let hidden = attribute(&element, "state").is_some_and(|state| state.contains("idden"));
                    let id = attribute(&element, "id").unwrap_or_default();
                    sheets.push(Listed { id, name, hidden });
                }
                "workbookPr" => {
                    from_1904 |= attribute(&element, "date1904").is_some_and(|value| value == "1" || value == "true");
                }
                _ => {}
            },
            Event::Eof => return Ok((sheets, from_1904)),
            _ => {}
        }
    }
}

/// The relationships of a part, with targets as part names; of the package itself for "".
fn relationships(package: &Package, part: &str) -> Result<Vec<Relationship>, SheetError> {
    let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
    let file = format!("{folder}/_rels/{name}.rels");
    if !package.has(&file) {
        return Ok(Vec::new());
    }
    let mut xml = Xml::new(package.part(&file)?);
    let mut found = Vec::new();
    loop {
        match xml.next()? {
            Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                let get = |name| attribute(&element, name).unwrap_or_default();
                let target = resolve(folder, &get("Target"));
                found.push(Relationship { id: get("Id"), kind: get("Type"), target });
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// A relationship's target as a part name: absolute, or relative to the folder of its source.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            step => parts.push(step),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

/// What an archive without a workbook is.
fn foreign_kind(package: &Package) -> FileKind {
    let under = |folder: &'static str| package.any(|name| name.starts_with(folder));
    if package.has("xl/workbook.bin") {
        FileKind::Xlsb
    } else if under("word/") {
        FileKind::Word
    } else if under("ppt/") {
        FileKind::Slides
    } else if package.any(|name| name.contains(".iwa")) || package.has("index.zip") {
        FileKind::Numbers
    } else if package.has("mimetype") && package.has("content.xml") {
        FileKind::Ods
    } else {
        FileKind::Archive
    }
}
