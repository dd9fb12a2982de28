//! The texts that cells share: in memory while they are few, in a temporary file when they are many.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use quick_xml::events::Event;

use super::xml::{Xml, push_entity, unescape};
use crate::error::{Limit, SheetError};
use crate::limits::Limits;
use crate::package::Package;

/// Strings of a block: the unit of the index and of reading from the file.
const BLOCK: usize = 64;
/// Bytes of strings a reader keeps at hand when they are in a file.
const CACHE: usize = 8 << 20;

/// All strings one after another, each led by its length in four bytes, with the place of every 64th.
#[derive(Debug, Default)]
pub(super) struct Strings {
    bytes: Vec<u8>,
    file: Option<Mutex<File>>,
    starts: Vec<u64>,
    count: usize,
    length: u64,
}

impl Strings {
    /// `beside` is the workbook: the temporary file is made in its folder, without a name, and goes with the process.
    pub(super) fn read(package: &Package, part: &str, beside: &Path, limits: &Limits) -> Result<Self, SheetError> {
        let mut xml = Xml::new(package.part(part)?);
        let mut strings = Self::default();
        let (mut text, mut in_text, mut in_phonetic) = (String::new(), false, false);
        loop {
            match xml.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "si" => text.clear(),
                    "t" => in_text = !in_phonetic,
                    "rPh" => in_phonetic = true, // how to pronounce it, not what it says
                    _ => {}
                },
                Event::Text(part) if in_text => text.push_str(&part.xml10_content()),
                Event::CData(part) if in_text => text.push_str(&part.xml10_content()),
                Event::GeneralRef(entity) if in_text => push_entity(&entity, &mut text),
                Event::End(element) => match element.local_name().as_ref() {
                    "t" => in_text = false,
                    "rPh" => in_phonetic = false,
                    "si" => strings.push(&unescape(&text), beside, limits)?,
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
            if text.len() > limits.cell.saturating_mul(7) {
                return Err(SheetError::too_much(Limit::Cell, limits.cell as u64));
            }
        }
        if strings.file.is_some() {
            strings.spill(beside)?;
        }
        Ok(strings)
    }

    fn push(&mut self, text: &str, beside: &Path, limits: &Limits) -> Result<(), SheetError> {
        if text.len() > limits.cell {
            return Err(SheetError::too_much(Limit::Cell, limits.cell as u64));
        }
        if self.count.is_multiple_of(BLOCK) {
            self.starts.push(self.length);
        }
        self.count += 1;
        self.length += 4 + text.len() as u64;
        self.bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or(0).to_le_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
        // Once there is a file, it takes a mebibyte at a time.
        if self.bytes.len() > if self.file.is_some() { 1 << 20 } else { limits.strings_in_memory } {
            self.spill(beside)?;
        }
        Ok(())
    }

    fn spill(&mut self, beside: &Path) -> Result<(), SheetError> {
        if self.file.is_none() {
            let folder = beside.parent().filter(|folder| !folder.as_os_str().is_empty());
            let made = folder.map_or_else(tempfile::tempfile, tempfile::tempfile_in);
            self.file = Some(Mutex::new(made.or_else(|_| tempfile::tempfile())?)); // the folder may be read-only
        }
        if let Some(file) = &self.file {
            file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&self.bytes)?;
        }
        self.bytes.clear();
        Ok(())
    }

    /// The bytes of a block.
    fn block(&self, block: usize) -> Result<Vec<u8>, SheetError> {
        let start = self.starts[block];
        let end = self.starts.get(block + 1).copied().unwrap_or(self.length);
        let Some(file) = &self.file else {
            let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
            return Ok(self.bytes[range].to_vec());
        };
        let mut bytes = vec![0u8; usize::try_from(end - start).unwrap_or(0)];
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// The string of this number.
    pub(super) fn get(&self, number: usize, cache: &mut BlockCache) -> Result<String, SheetError> {
        if number >= self.count {
            return Err(SheetError::damaged(format!("no shared string {number}")));
        }
        let (block, within) = (number / BLOCK, number % BLOCK);
        if self.file.is_none() {
            let start = usize::try_from(self.starts[block]).unwrap_or(0);
            return Ok(nth(&self.bytes[start..], within).to_owned());
        }
        if !cache.blocks.contains_key(&block) {
            let bytes = self.block(block)?;
            if cache.size + bytes.len() > CACHE {
                cache.blocks.clear();
                cache.size = 0;
            }
            cache.size += bytes.len();
            cache.blocks.insert(block, bytes);
        }
        Ok(cache.blocks.get(&block).map(|bytes| nth(bytes, within).to_owned()).unwrap_or_default())
    }
}

/// Blocks read lately; cells mostly refer to strings in the order of the file.
#[derive(Debug, Default)]
pub(super) struct BlockCache {
    blocks: HashMap<usize, Vec<u8>>,
    size: usize,
}

fn nth(mut bytes: &[u8], within: usize) -> &str {
    let mut left = within;
    loop {
        let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return "" };
        let length = u32::from_le_bytes(*length) as usize;
        if left == 0 {
            return rest.get(..length).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or("");
        }
        left -= 1;
        bytes = rest.get(length..).unwrap_or(&[]);
    }
}
