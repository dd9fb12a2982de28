//! Compound files (MS-CFB): what they hold, and the workbook of an .xls taken out and looked at before it is parsed.

use std::io::{Read, Seek, SeekFrom};

use crate::error::{Limit, SheetError};

/// From here on, sector numbers are marks: end of chain, free.
const MARKS: u32 = 0xFFFF_FFFA;
const END: u32 = 0xFFFF_FFFE;
const FREE: u32 = 0xFFFF_FFFF;
/// Streams shorter than this live in the mini stream.
const MINI_BELOW: u64 = 4096;
/// Filled area of all sheets together, in cells: 65,536 rows of 128 columns. The parser makes a dense table of it.
const MAX_AREA: u64 = 8 << 20;

/// A directory entry.
struct Entry {
    name: String,
    start: u32,
    size: u64,
}

struct Compound<'a, R> {
    file: &'a mut R,
    sector: u64,
    /// The sector allocation table: for each sector the next one of its chain.
    table: Vec<u32>,
    mini_start: u32,
    entries: Vec<Entry>,
}

/// The names of the file's streams and storages.
pub(crate) fn names<R: Read + Seek>(file: &mut R) -> Result<Vec<String>, SheetError> {
    Ok(Compound::open(file)?.entries.into_iter().map(|entry| entry.name).collect())
}

/// The BIFF stream of an .xls.
pub(crate) fn workbook_stream<R: Read + Seek>(file: &mut R) -> Result<Vec<u8>, SheetError> {
    let mut compound = Compound::open(file)?;
    let entry = compound.entry("Workbook").or_else(|| compound.entry("Book"));
    let (start, size) =
        entry.map(|entry| (entry.start, entry.size)).ok_or_else(|| SheetError::damaged("no workbook"))?;
    compound.stream(start, size)
}

impl<'a, R: Read + Seek> Compound<'a, R> {
    fn open(file: &'a mut R) -> Result<Self, SheetError> {
        let length = file.seek(SeekFrom::End(0))?;
        let mut header = [0u8; 512];
        file.seek(SeekFrom::Start(0))?;
        file.read_exact(&mut header)?;
        let sector: u64 = if u16_at(&header, 30) == 12 { 4096 } else { 512 };
        let mut compound =
            Self { file, sector, table: Vec::new(), mini_start: u32_at(&header, 60), entries: Vec::new() };
        let mut tables: Vec<u32> = header[76..].chunks_exact(4).map(|bytes| u32_at(bytes, 0)).collect();
        let most = (length / sector + 1) as usize;
        // Files above 7 MB list further sectors of the table in a chain of their own.
        let mut next = u32_at(&header, 68);
        while next < MARKS && tables.len() <= most + 109 {
            let words = words(&compound.read(next)?);
            next = words.last().copied().unwrap_or(END);
            tables.extend(&words[..words.len() - 1]);
        }
        for table in tables.into_iter().filter(|table| *table < MARKS).take(most) {
            let words = words(&compound.read(table)?);
            compound.table.extend(words);
        }
        let directory = compound.chain(u32_at(&header, 48), length)?;
        compound.entries = directory.chunks_exact(128).filter(|entry| entry[66] != 0).map(entry).collect();
        Ok(compound)
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))
    }

    fn read(&mut self, sector: u32) -> Result<Vec<u8>, SheetError> {
        let mut bytes = vec![0u8; self.sector as usize];
        self.file.seek(SeekFrom::Start((u64::from(sector) + 1) * self.sector))?;
        // The last sector of a file may be cut short.
        let mut filled = 0;
        while filled < bytes.len() {
            match self.file.read(&mut bytes[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        if filled == 0 { Err(SheetError::damaged("a sector lies outside the file")) } else { Ok(bytes) }
    }

    /// The bytes of a chain, up to `most`. A chain that runs in circles ends there as well.
    fn chain(&mut self, start: u32, most: u64) -> Result<Vec<u8>, SheetError> {
        let mut bytes = Vec::new();
        let mut sector = start;
        while sector < MARKS && (bytes.len() as u64) < most {
            bytes.extend(self.read(sector)?);
            sector = self.table.get(sector as usize).copied().unwrap_or(END);
        }
        Ok(bytes)
    }

    fn stream(&mut self, start: u32, size: u64) -> Result<Vec<u8>, SheetError> {
        let mut bytes = if size >= MINI_BELOW {
            self.chain(start, size)?
        } else {
            let most = self.table.len() as u64 * self.sector;
            let mini_table = words(&self.chain(self.mini_start, most)?);
            let root = self.entries.first().map_or(END, |root| root.start);
            let mini_stream = self.chain(root, most)?;
            let (mut bytes, mut sector) = (Vec::new(), start);
            while sector < MARKS && (bytes.len() as u64) < size {
                let at = sector as usize * 64;
                bytes.extend(mini_stream.get(at..at + 64).ok_or_else(|| SheetError::damaged("a stream breaks off"))?);
                sector = mini_table.get(sector as usize).copied().unwrap_or(END);
            }
            bytes
        };
        if (bytes.len() as u64) < size {
            return Err(SheetError::damaged("the workbook stream breaks off"));
        }
        bytes.truncate(size as usize);
        Ok(bytes)
    }
}

fn entry(bytes: &[u8]) -> Entry {
    let length = usize::from(u16_at(bytes, 64)).clamp(2, 64) - 2;
    let units: Vec<u16> = bytes[..length].chunks_exact(2).map(|pair| u16_at(pair, 0)).collect();
    Entry { name: String::from_utf16_lossy(&units), start: u32_at(bytes, 116), size: u64::from(u32_at(bytes, 120)) }
}

/// Refuses a workbook that is encrypted, or whose cells, few as they may be, span a table that would not fit into
/// memory: each sheet becomes a dense table from its first to its last row and column (MS-XLS 2.5.13: row and column
/// lead every cell record).
pub(crate) fn check_extent(stream: &[u8]) -> Result<(), SheetError> {
    const CELL_RECORDS: [u16; 10] = [0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E, 0x00BD, 0x00BE, 0x00D6, 0x00FD];
    const BEGIN: [u16; 4] = [0x0809, 0x0409, 0x0209, 0x0009];
    const FILE_PASS: u16 = 0x002F;
    let mut area = 0u64;
    let mut extent = Extent::default();
    let mut rest = stream;
    while rest.len() >= 4 {
        let (kind, length) = (u16_at(rest, 0), usize::from(u16_at(rest, 2)));
        let Some(body) = rest.get(4..4 + length) else { break };
        if kind == FILE_PASS {
            return Err(SheetError::Encrypted);
        }
        if BEGIN.contains(&kind) {
            area = area.saturating_add(std::mem::take(&mut extent).area());
        } else if (CELL_RECORDS.contains(&kind) || (1..=5).contains(&kind)) && length >= 4 {
            let (row, column) = (u16_at(body, 0), u16_at(body, 2));
            // Records of several cells end with the last column.
            let last = if matches!(kind, 0x00BD | 0x00BE) { u16_at(body, length - 2) } else { column };
            extent.add(row, column.min(last));
            extent.add(row, column.max(last));
        }
        rest = &rest[4 + length..];
    }
    area = area.saturating_add(extent.area());
    if area > MAX_AREA {
        return Err(SheetError::too_much(Limit::Columns, 256));
    }
    Ok(())
}

#[derive(Default)]
struct Extent(Option<(u16, u16, u16, u16)>);

impl Extent {
    fn add(&mut self, row: u16, column: u16) {
        let (top, bottom, left, right) = self.0.unwrap_or((row, row, column, column));
        self.0 = Some((top.min(row), bottom.max(row), left.min(column), right.max(column)));
    }

    fn area(&self) -> u64 {
        self.0.map_or(0, |(top, bottom, left, right)| (u64::from(bottom - top) + 1) * (u64::from(right - left) + 1))
    }
}

/// A compound file with nothing but this workbook. The parser gets this instead of the original, so that it cannot find
/// another stream there than the one that was checked.
pub(crate) fn wrap(stream: &[u8]) -> Vec<u8> {
    const SECTOR: usize = 512;
    let data = stream.len().div_ceil(SECTOR).max(MINI_BELOW as usize / SECTOR);
    // Directory, data, then the allocation table; beyond 109 table sectors, the chain that lists the others.
    let (mut tables, mut lists) = (0, 0);
    loop {
        let needed = (1 + data + tables + lists).div_ceil(SECTOR / 4);
        let needed_lists = needed.saturating_sub(109).div_ceil(SECTOR / 4 - 1);
        if (needed, needed_lists) == (tables, lists) {
            break;
        }
        (tables, lists) = (needed, needed_lists);
    }
    let first_table = 1 + data;
    let first_list = first_table + tables;
    let mut out = vec![0u8; SECTOR * (2 + data)];
    out[..8].copy_from_slice(crate::format::COMPOUND);
    put16(&mut out, 24, 0x3E);
    put16(&mut out, 26, 3);
    put16(&mut out, 28, 0xFFFE);
    put16(&mut out, 30, 9);
    put16(&mut out, 32, 6);
    put32(&mut out, 44, tables as u32);
    put32(&mut out, 48, 0);
    put32(&mut out, 56, MINI_BELOW as u32);
    put32(&mut out, 60, END);
    put32(&mut out, 68, if lists > 0 { first_list as u32 } else { END });
    put32(&mut out, 72, lists as u32);
    for slot in 0..109 {
        put32(&mut out, 76 + slot * 4, if slot < tables { (first_table + slot) as u32 } else { FREE });
    }
    put_entry(&mut out[SECTOR..], "Root Entry", 5, END, 0, 1);
    put_entry(&mut out[SECTOR + 128..], "Workbook", 2, 1, (data * SECTOR) as u32, FREE);
    out[SECTOR * 2..SECTOR * 2 + stream.len()].copy_from_slice(stream);

    let mut table = vec![FREE; tables * SECTOR / 4];
    table[0] = END;
    for (sector, next) in table.iter_mut().enumerate().take(first_table).skip(1) {
        *next = if sector + 1 < first_table { (sector + 1) as u32 } else { END };
    }
    table[first_table..first_list].fill(0xFFFF_FFFD);
    table[first_list..first_list + lists].fill(0xFFFF_FFFC);
    out.extend(table.iter().flat_map(|word| word.to_le_bytes()));
    for list in 0..lists {
        let from = 109 + list * (SECTOR / 4 - 1);
        for slot in from..from + SECTOR / 4 - 1 {
            let word = if slot < tables { (first_table + slot) as u32 } else { FREE };
            out.extend(word.to_le_bytes());
        }
        let next = if list + 1 < lists { (first_list + list + 1) as u32 } else { END };
        out.extend(next.to_le_bytes());
    }
    out
}

fn put_entry(out: &mut [u8], name: &str, kind: u8, start: u32, size: u32, child: u32) {
    for (index, unit) in name.encode_utf16().enumerate() {
        put16(out, index * 2, unit);
    }
    put16(out, 64, (name.len() as u16 + 1) * 2);
    (out[66], out[67]) = (kind, 1);
    put32(out, 68, FREE);
    put32(out, 72, FREE);
    put32(out, 76, child);
    put32(out, 116, start);
    put32(out, 120, size);
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|word| u32_at(word, 0)).collect()
}

fn put16(out: &mut [u8], at: usize, value: u16) {
    out[at..at + 2].copy_from_slice(&value.to_le_bytes());
}

fn put32(out: &mut [u8], at: usize, value: u32) {
    out[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
