//! Cell references: `B7`, `A1:C3`, `$A$1`.

use crate::merge::Merge;

/// Column from 0 and row from 1 (0 if the reference has none). `None` for what is no reference.
pub(super) fn cell(text: &str) -> Option<(usize, u64)> {
    let (mut column, mut row) = (0usize, 0u64);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' if row == 0 => {
                column = column.checked_mul(26)?.checked_add(usize::from(byte.to_ascii_uppercase() - b'A') + 1)?;
            }
            b'0'..=b'9' => row = row.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?,
            b'$' => {}
            _ => return None,
        }
    }
    Some((column.checked_sub(1)?, row))
}

/// `A1:C3`, or one cell. `None` if rows are missing.
pub(super) fn area(text: &str) -> Option<Merge> {
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    let ((first_column, first_row), (last_column, last_row)) = (cell(first)?, cell(last)?);
    let ordered = first_row >= 1 && first_row <= last_row && first_column <= last_column;
    ordered.then_some(Merge { first_row, last_row, first_column, last_column })
}
