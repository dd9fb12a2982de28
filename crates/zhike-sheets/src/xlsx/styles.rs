//! What a cell's number format shows: the only thing that tells a date from a number.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::xml::{Xml, attribute};
use crate::error::SheetError;
use crate::package::Package;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) date: bool,
    pub(super) time: bool,
    /// A span such as `[h]:mm`: never a time of some day.
    pub(super) span: bool,
}

/// Excel allows 65,490.
const MAX_STYLES: usize = 100_000;

/// By index of the cell style (`s` of a cell).
pub(super) fn read(package: &Package, part: &str) -> Result<Vec<Shown>, SheetError> {
    let mut xml = Xml::new(package.part(part)?);
    let mut codes: HashMap<u32, Shown> = HashMap::new();
    let mut styles = Vec::new();
    let mut in_cell_styles = false;
    loop {
        match xml.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "numFmt" if codes.len() < MAX_STYLES => {
                    let id = attribute(&element, "numFmtId").and_then(|id| id.parse().ok());
                    if let (Some(id), Some(code)) = (id, attribute(&element, "formatCode")) {
                        codes.insert(id, by_code(&code));
                    }
                }
                "cellXfs" => in_cell_styles = true,
                "xf" if in_cell_styles && styles.len() < MAX_STYLES => {
                    let id = attribute(&element, "numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                    styles.push(codes.get(&id).copied().unwrap_or_else(|| built_in(id)));
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "cellXfs" => in_cell_styles = false,
            Event::Eof => return Ok(styles),
            _ => {}
        }
    }
}

/// ECMA-376 part 1, 18.8.30, with the tables for zh-CN: 27 to 36 and 50 to 58.
fn built_in(id: u32) -> Shown {
    let (date, time, span) = match id {
        14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => (true, false, false),
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => (false, true, false),
        22 => (true, true, false),
        46 => (false, true, true),
        _ => (false, false, false),
    };
    Shown { date, time, span }
}

/// Reads a format code such as `yyyy"年"m"月"d"日"` by the letters that are neither quoted, escaped nor in brackets.
pub(super) fn by_code(code: &str) -> Shown {
    let mut letters = String::new();
    let mut span = false;
    let mut rest = code.chars();
    while let Some(c) = rest.next() {
        match c {
            ';' => break, // the other sections are for negative numbers and text
            '"' => drop(rest.by_ref().find(|c| *c == '"')),
            '\\' | '_' | '*' => drop(rest.next()),
            '[' => {
                let inside: String = rest.by_ref().take_while(|c| *c != ']').collect();
                let inside = inside.to_lowercase();
                span |= !inside.is_empty() && ["h", "m", "s"].iter().any(|unit| inside.replace(unit, "").is_empty());
            }
            c => letters.extend(c.to_lowercase()),
        }
    }
    let letters = letters.replace("general", "").replace("am/pm", "h").replace("a/p", "h").replace("上午/下午", "h");
    let has = |wanted: &[char]| letters.contains(wanted);
    let time = span || has(&['h', 's']);
    let era_year = has(&['e']) && !has(&['0', '#', '?']);
    let date = has(&['y', 'd']) || letters.contains("aaa") || era_year || (has(&['m']) && !time);
    Shown { date, time, span }
}
