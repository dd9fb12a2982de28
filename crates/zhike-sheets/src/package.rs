//! The archive of an .xlsx: its directory, checked before anything is unpacked, and its parts, bounded while they are.
//!
//! The directory is read once, by this code alone. A second reader that understood a crafted archive differently would
//! make the checks worthless.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};
use std::path::{Path, PathBuf};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use crate::error::{Limit, SheetError};
use crate::limits::Limits;

/// The end record, its longest comment, and the locator before it.
const TAIL: u64 = 22 + 65_535 + 20;
const MAX_DIRECTORY: u64 = 16 << 20;

#[derive(Clone, Copy, Debug)]
struct Entry {
    offset: u64,
    packed: u64,
    unpacked: u64,
    crc: u32,
    deflated: bool,
}

#[derive(Debug)]
pub(crate) struct Package {
    path: PathBuf,
    /// By lower-case name: ECMA-376 part 2 compares part names without case.
    entries: HashMap<String, Entry>,
    limits: Limits,
}

impl Package {
    pub(crate) fn open(path: &Path, limits: Limits) -> Result<Self, SheetError> {
        let mut file = File::open(path)?;
        let (count, directory) = read_directory(&mut file, &limits)?;
        let mut entries = HashMap::new();
        let (mut packed, mut unpacked) = (0u64, 0u64);
        let mut rest = directory.as_slice();
        for _ in 0..count {
            let (name, entry, length) = parse_entry(rest)?;
            rest = &rest[length..];
            packed = packed.saturating_add(entry.packed);
            unpacked = unpacked.saturating_add(entry.unpacked);
            check_ratio(entry.packed, entry.unpacked, &limits)?;
            entries.insert(name, entry);
        }
        if unpacked > limits.unpacked {
            return Err(SheetError::too_much(Limit::Unpacked, limits.unpacked));
        }
        check_ratio(packed, unpacked, &limits)?;
        Ok(Self { path: path.to_owned(), entries, limits })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(&normal(name))
    }

    pub(crate) fn any(&self, test: impl Fn(&str) -> bool) -> bool {
        self.entries.keys().any(|name| test(name))
    }

    /// Declared size of a part, unpacked; 0 if there is none.
    pub(crate) fn size(&self, name: &str) -> u64 {
        self.entries.get(&normal(name)).map_or(0, |entry| entry.unpacked)
    }

    /// Opens a part with a file handle of its own.
    pub(crate) fn part(&self, name: &str) -> Result<Part, SheetError> {
        let entry = *self.entries.get(&normal(name)).ok_or_else(|| SheetError::damaged(format!("no part {name}")))?;
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(entry.offset))?;
        let mut head = [0u8; 30];
        file.read_exact(&mut head)?;
        if !head.starts_with(b"PK\x03\x04") {
            return Err(SheetError::damaged(format!("part {name} is not where the directory says")));
        }
        let skip = i64::from(u16_at(&head, 26)) + i64::from(u16_at(&head, 28));
        file.seek(SeekFrom::Current(skip))?;
        let packed = BufReader::with_capacity(64 * 1024, file.take(entry.packed));
        let source =
            if entry.deflated { Source::Deflated(DeflateDecoder::new(packed)) } else { Source::Stored(packed) };
        Ok(Part {
            source,
            declared: entry.unpacked,
            crc: Crc::new(),
            expected_crc: entry.crc,
            read: 0,
            since_markup: 0,
            longest_text: self.limits.cell.saturating_mul(8).saturating_add(4096) as u64,
            cell: self.limits.cell as u64,
        })
    }
}

fn normal(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

fn check_ratio(packed: u64, unpacked: u64, limits: &Limits) -> Result<(), SheetError> {
    if unpacked > limits.ratio_floor && unpacked / limits.ratio > packed {
        return Err(SheetError::too_much(Limit::Ratio, limits.ratio));
    }
    Ok(())
}

/// The number of entries and the bytes of the central directory (APPNOTE 4.3.12 to 4.3.16).
fn read_directory(file: &mut File, limits: &Limits) -> Result<(u64, Vec<u8>), SheetError> {
    let length = file.metadata()?.len();
    let tail_start = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(tail_start))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let end = memchr::memmem::rfind(&tail, b"PK\x05\x06").filter(|at| at + 22 <= tail.len());
    let end = end.ok_or_else(|| SheetError::damaged("the archive has no directory"))?;
    let mut count = u64::from(u16_at(&tail, end + 10));
    let mut size = u64::from(u32_at(&tail, end + 12));
    let mut offset = u64::from(u32_at(&tail, end + 16));
    let needs_zip64 = count == 0xFFFF || size == 0xFFFF_FFFF || offset == 0xFFFF_FFFF;
    if needs_zip64 && end >= 20 && tail[end - 20..].starts_with(b"PK\x06\x07") {
        let mut record = [0u8; 56];
        file.seek(SeekFrom::Start(u64_at(&tail, end - 20 + 8)))?;
        file.read_exact(&mut record)?;
        if !record.starts_with(b"PK\x06\x06") {
            return Err(SheetError::damaged("the archive's directory record is not where it should be"));
        }
        (count, size, offset) = (u64_at(&record, 32), u64_at(&record, 40), u64_at(&record, 48));
    }
    if count > limits.entries {
        return Err(SheetError::too_much(Limit::Entries, limits.entries));
    }
    if size > MAX_DIRECTORY || offset.checked_add(size).is_none_or(|end| end > length) {
        return Err(SheetError::damaged("the archive's directory lies outside the file"));
    }
    file.seek(SeekFrom::Start(offset))?;
    let mut directory = vec![0u8; usize::try_from(size).unwrap_or(0)];
    file.read_exact(&mut directory)?;
    Ok((count, directory))
}

/// One entry of the directory and its length there.
fn parse_entry(bytes: &[u8]) -> Result<(String, Entry, usize), SheetError> {
    let broken = || SheetError::damaged("the archive's directory breaks off");
    if bytes.len() < 46 || !bytes.starts_with(b"PK\x01\x02") {
        return Err(broken());
    }
    let (name_length, extra_length) = (usize::from(u16_at(bytes, 28)), usize::from(u16_at(bytes, 30)));
    let length = 46 + name_length + extra_length + usize::from(u16_at(bytes, 32));
    if bytes.len() < length {
        return Err(broken());
    }
    if u16_at(bytes, 8) & 1 != 0 {
        return Err(SheetError::Encrypted);
    }
    let mut entry = Entry {
        offset: u64::from(u32_at(bytes, 42)),
        packed: u64::from(u32_at(bytes, 20)),
        unpacked: u64::from(u32_at(bytes, 24)),
        crc: u32_at(bytes, 16),
        deflated: match u16_at(bytes, 10) {
            0 => false,
            8 => true,
            other => return Err(SheetError::damaged(format!("compression method {other}"))),
        },
    };
    zip64(&mut entry, &bytes[46 + name_length..46 + name_length + extra_length]);
    Ok((normal(&String::from_utf8_lossy(&bytes[46..46 + name_length])), entry, length))
}

/// Takes the 64-bit fields for those that are full in 32 bits (APPNOTE 4.5.3), in the order of the standard.
fn zip64(entry: &mut Entry, mut extra: &[u8]) {
    while extra.len() >= 4 {
        let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(body) = extra.get(4..4 + length) else { return };
        if id == 1 {
            let mut values = body.chunks_exact(8).map(|chunk| u64_at(chunk, 0));
            for field in [&mut entry.unpacked, &mut entry.packed, &mut entry.offset] {
                if *field == 0xFFFF_FFFF {
                    *field = values.next().unwrap_or(*field);
                }
            }
            return;
        }
        extra = &extra[4 + length..];
    }
}

#[derive(Debug)]
enum Source {
    Stored(BufReader<Take<File>>),
    Deflated(DeflateDecoder<BufReader<Take<File>>>),
}

/// A part being unpacked. It may not grow beyond what the directory declared, must match its checksum, and may not have
/// a text between two tags that is longer than any cell, so that whoever parses it never buffers more.
#[derive(Debug)]
pub(crate) struct Part {
    source: Source,
    declared: u64,
    crc: Crc,
    expected_crc: u32,
    read: u64,
    since_markup: u64,
    longest_text: u64,
    cell: u64,
}

impl Part {
    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.read, self.declared)
    }
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &mut self.source {
            Source::Stored(source) => source.read(buffer)?,
            Source::Deflated(source) => source.read(buffer).map_err(|error| match error.kind() {
                io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                    SheetError::damaged(error.to_string()).into()
                }
                _ => error,
            })?,
        };
        let bytes = &buffer[..count];
        if count == 0 {
            if !buffer.is_empty() && (self.read != self.declared || self.crc.sum() != self.expected_crc) {
                return Err(SheetError::damaged("a part differs from its size or checksum").into());
            }
            return Ok(0);
        }
        self.read += count as u64;
        if self.read > self.declared {
            return Err(SheetError::too_much(Limit::Unpacked, self.declared).into());
        }
        self.crc.update(bytes);
        // Gaps within one read are bounded by its buffer; only those across reads can grow.
        let first = memchr::memchr(b'<', bytes);
        self.since_markup += first.unwrap_or(count) as u64;
        if self.since_markup > self.longest_text {
            return Err(SheetError::too_much(Limit::Cell, self.cell).into());
        }
        if let Some(last) = memchr::memrchr(b'<', bytes) {
            self.since_markup = (count - last) as u64;
        }
        Ok(count)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
