//! How much a file may ask for.

/// Bounds against files made to exhaust memory, disk or patience (OWASP ASVS 5.2.3). What can be known from an
/// archive's directory is checked before anything is unpacked, the rest while reading; each is an error, not a panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries in an archive.
    pub entries: u64,
    /// Declared size of all entries, unpacked, in bytes.
    pub unpacked: u64,
    /// Unpacked to packed bytes; looked at only above [`Limits::ratio_floor`], as small files of repeats are honest.
    pub ratio: u64,
    /// Unpacked bytes below which the ratio does not matter.
    pub ratio_floor: u64,
    /// Row number of a spreadsheet; Excel's own bound. Delimited text has none.
    pub rows: u64,
    /// Columns of a row.
    pub columns: usize,
    /// Bytes of one cell: Excel's 32,767 characters of up to four bytes.
    pub cell: usize,
    /// Bytes of a binary .xls, which is read into memory whole.
    pub xls: u64,
    /// Bytes of shared strings kept in memory; beyond it they go to a temporary file.
    pub strings_in_memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 10_000,
            unpacked: 4 << 30,
            ratio: 200,
            ratio_floor: 50 << 20,
            rows: 1_048_576,
            columns: 16_384,
            cell: 32_767 * 4,
            xls: 128 << 20,
            strings_in_memory: 32 << 20,
        }
    }
}
