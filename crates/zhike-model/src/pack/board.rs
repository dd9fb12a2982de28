//! `board = { … }` of `[layout]`.

use super::{layout::sort_key, table::Table};
use crate::Board;

pub(super) fn board(table: Table<'_>, object: &str) -> Board {
    let table = table.named(format!("{object}/board"));
    let board = Board {
        field: table.required_string("field", "field = \"status\""),
        card: table.strings("card"),
        sum: table.string("sum"),
        sort: table.strings("sort").iter().map(|word| sort_key(word)).collect(),
    };
    table.finish();
    board
}

#[cfg(test)]
mod tests;
