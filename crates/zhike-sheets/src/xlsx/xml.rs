//! XML of a workbook's part, event by event.

use std::io::BufReader;
use std::sync::Arc;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use crate::error::SheetError;
use crate::package::Part;

/// Elements within each other. Real parts have ten; the parser remembers every open one.
const MAX_DEPTH: usize = 128;

pub(super) struct Xml {
    reader: Reader<BufReader<Part>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl std::fmt::Debug for Xml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Xml").field("position", &self.reader.buffer_position()).finish_non_exhaustive()
    }
}

impl Xml {
    pub(super) fn new(part: Part) -> Self {
        let mut reader = Reader::from_reader(BufReader::with_capacity(64 * 1024, part));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0 }
    }

    pub(super) fn next(&mut self) -> Result<Event<'_>, SheetError> {
        self.buffer.clear();
        let event = self.reader.read_event_into(&mut self.buffer).map_err(xml_error)?;
        match &event {
            Event::Start(_) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(SheetError::damaged("elements are nested too deeply"));
                }
            }
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::Eof if self.depth > 0 => return Err(SheetError::damaged("a part breaks off")),
            _ => {}
        }
        Ok(event)
    }

    /// Bytes of the part that are parsed.
    pub(super) fn parsed(&self) -> u64 {
        self.reader.buffer_position()
    }

    pub(super) fn progress(&self) -> (u64, u64) {
        (self.reader.buffer_position(), self.reader.get_ref().get_ref().progress().1)
    }
}

pub(super) fn xml_error(error: quick_xml::Error) -> SheetError {
    match error {
        quick_xml::Error::Io(error) => match Arc::try_unwrap(error) {
            Ok(error) => SheetError::from(error),
            Err(shared) => SheetError::damaged(shared.to_string()),
        },
        other => SheetError::damaged(other.to_string()),
    }
}

/// An attribute's value, whatever its namespace prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = element.attributes();
    let found = all.with_checks(false).flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(found.normalized_value(XmlVersion::Implicit1_0).map_or_else(|_| found.value.to_string(), Into::into))
}

/// Appends what an entity stands for. Unknown ones stay as they are written: nothing is ever expanded from a DTD.
pub(super) fn push_entity(entity: &BytesRef<'_>, out: &mut String) {
    if let Some(known) = quick_xml::escape::resolve_xml_entity(entity) {
        out.push_str(known);
    } else if let Ok(Some(character)) = entity.resolve_char_ref() {
        out.push(character);
    } else {
        out.push('&');
        out.push_str(entity);
        out.push(';');
    }
}

/// Undoes `_xHHHH_`, by which spreadsheets write what XML cannot (ECMA-376 part 1, 22.9.2.19): UTF-16 units, in pairs
/// beyond the basic plane.
pub(super) fn unescape(text: &str) -> String {
    if !text.contains("_x") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let mut units = Vec::new();
        while let Some(unit) = escaped_unit(rest) {
            units.push(unit);
            rest = &rest[7..];
        }
        if units.is_empty() {
            out.push_str("_x");
            rest = &rest[2..];
        } else {
            out.push_str(&String::from_utf16_lossy(&units));
        }
    }
    out.push_str(rest);
    out
}

fn escaped_unit(text: &str) -> Option<u16> {
    let body = text.as_bytes().get(..7)?;
    let hex = &body[2..6];
    if !body.starts_with(b"_x") || body[6] != b'_' || !hex.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
}
