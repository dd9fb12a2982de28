//! Files put together as one ZIP archive (PKWARE APPNOTE 6.3): stored as they are, for PDFs do not get smaller. Written to a file as they come.

use std::io::{Result, Write};

/// A name of UTF-8 (general purpose bit 11).
const UTF8: u16 = 1 << 11;
/// 1980-01-01: an archive that says nothing of when its files were made.
const DAY: u16 = 1 << 5 | 1;

pub struct Zip<W> {
    out: W,
    at: u32,
    directory: Vec<u8>,
    count: u16,
}

impl<W: Write> Zip<W> {
    pub fn new(out: W) -> Self {
        Self { out, at: 0, directory: Vec::new(), count: 0 }
    }

    /// Adds a file. Fewer than 65,535 files and 4 GB fit.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let size = u32::try_from(bytes.len()).map_err(std::io::Error::other)?;
        let mut head = Vec::with_capacity(30 + name.len());
        words(&mut head, &[20, UTF8, 0, 0, DAY]);
        for part in [checksum(bytes), size, size] {
            head.extend(part.to_le_bytes());
        }
        words(&mut head, &[u16::try_from(name.len()).map_err(std::io::Error::other)?, 0]);
        self.directory.extend(b"PK\x01\x02\x14\x00");
        self.directory.extend(&head);
        // no comment, first disk, no attributes
        words(&mut self.directory, &[0, 0, 0, 0, 0]);
        self.directory.extend(self.at.to_le_bytes());
        self.directory.extend(name.as_bytes());
        for part in [b"PK\x03\x04", head.as_slice(), name.as_bytes(), bytes] {
            self.out.write_all(part)?;
            self.at = u32::try_from(part.len())
                .ok()
                .and_then(|size| self.at.checked_add(size))
                .ok_or_else(|| std::io::Error::other("more than 4 GB"))?;
        }
        self.count = self.count.checked_add(1).ok_or_else(|| std::io::Error::other("too many files"))?;
        Ok(())
    }

    /// Writes what stands at the end.
    pub fn finish(mut self) -> Result<W> {
        let size = u32::try_from(self.directory.len()).map_err(std::io::Error::other)?;
        self.out.write_all(&self.directory)?;
        let mut end = b"PK\x05\x06".to_vec();
        words(&mut end, &[0, 0, self.count, self.count]);
        end.extend(size.to_le_bytes());
        end.extend(self.at.to_le_bytes());
        words(&mut end, &[0]);
        self.out.write_all(&end)?;
        Ok(self.out)
    }
}

fn words(out: &mut Vec<u8>, words: &[u16]) {
    out.extend(words.iter().flat_map(|word| word.to_le_bytes()));
}

/// CRC-32 (ISO 3309), bit by bit over a table of a byte.
fn checksum(bytes: &[u8]) -> u32 {
    let mut table = [0_u32; 256];
    for (entry, byte) in table.iter_mut().zip(0_u32..) {
        *entry = (0..8).fold(byte, |rest, _| if rest & 1 == 1 { rest >> 1 ^ 0xEDB8_8320 } else { rest >> 1 });
    }
    !bytes.iter().fold(!0, |rest, byte| table[((rest ^ u32::from(*byte)) & 0xFF) as usize] ^ rest >> 8)
}

#[cfg(test)]
mod tests {
    use super::{Zip, checksum};

    #[test]
    fn the_checksum_is_the_one_of_the_standard() {
        assert_eq!((checksum(b"123456789"), checksum(b"")), (0xCBF4_3926, 0));
    }

    #[test]
    fn what_is_written_stands_where_the_directory_says() {
        let mut zip = Zip::new(Vec::new());
        zip.add("告知书-1.pdf", b"one").expect("room");
        zip.add("b.pdf", b"two and more").expect("room");
        let bytes = zip.finish().expect("written");
        let word = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]) as usize;
        let long = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four")) as usize;
        let end = bytes.len() - 22;
        assert_eq!((&bytes[end..end + 4], word(end + 10)), (&b"PK\x05\x06"[..], 2));
        let mut at = long(end + 16);
        for (name, content) in [("告知书-1.pdf", &b"one"[..]), ("b.pdf", b"two and more")] {
            assert_eq!(&bytes[at..at + 4], b"PK\x01\x02");
            let (length, local) = (word(at + 28), long(at + 42));
            assert_eq!(&bytes[at + 46..at + 46 + length], name.as_bytes());
            assert_eq!(&bytes[local..local + 4], b"PK\x03\x04");
            let data = local + 30 + word(local + 26);
            assert_eq!((&bytes[data..data + content.len()], long(local + 14)), (content, checksum(content) as usize));
            at += 46 + length;
        }
        assert_eq!(at, end);
    }
}
