//! Merged cells: one value shown over several cells, stored in the first only.

use crate::cell::{Cell, Row};

/// A merged area. Rows are numbered from 1 as in [`Row::number`], columns from 0; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    pub first_row: u64,
    pub last_row: u64,
    pub first_column: usize,
    pub last_column: usize,
}

/// Gives each row the values of the merges that reach over it.
#[derive(Debug, Default)]
pub(crate) struct Spread {
    /// By first row, still to come.
    waiting: std::vec::IntoIter<Merge>,
    next: Option<Merge>,
    active: Vec<(Merge, Cell)>,
}

impl Spread {
    pub(crate) fn new(mut merges: Vec<Merge>) -> Self {
        merges.sort_unstable_by_key(|merge| merge.first_row);
        let mut waiting = merges.into_iter();
        let next = waiting.next();
        Self { waiting, next, active: Vec::new() }
    }

    /// Rows must come in ascending order.
    pub(crate) fn fill(&mut self, row: &mut Row) {
        self.active.retain(|(merge, _)| merge.last_row >= row.number);
        while let Some(merge) = self.next.filter(|merge| merge.first_row <= row.number) {
            self.next = self.waiting.next();
            // A merge whose first row is blank, and so never handed out, shows nothing.
            if merge.first_row == row.number {
                let value = row.cells.get(merge.first_column).cloned().unwrap_or_default();
                if !value.is_blank() {
                    self.active.push((merge, value));
                }
            }
        }
        for (merge, value) in &self.active {
            if row.cells.len() <= merge.last_column {
                row.cells.resize(merge.last_column + 1, Cell::Empty);
            }
            for cell in &mut row.cells[merge.first_column..=merge.last_column] {
                if cell.is_blank() {
                    cell.clone_from(value);
                }
            }
        }
    }
}
