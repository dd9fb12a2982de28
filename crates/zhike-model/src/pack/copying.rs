//! `[[copy]]`.

use super::table::Table;
use crate::Copying;

pub(super) fn copies(tables: Vec<Table<'_>>, object: &str) -> Vec<Copying> {
    tables.into_iter().map(|table| copying(table, object)).collect()
}

fn copying(table: Table<'_>, object: &str) -> Copying {
    let name = table.required_string("name", "name = \"revision\"");
    let path = format!("{object}/copy/{name}");
    let table = table.named(path.clone());
    let fill = table.table("fill").map(|fill| fill.named(format!("{path}/fill")));
    let copying = Copying {
        name,
        to: table.required_string("to", "to = \"quote\""),
        label: table.required_label("label"),
        link: table.string("link"),
        same: table.strings("same"),
        fill: fill.map(|fill| fill.texts()).unwrap_or_default(),
        lines: table.string("lines"),
    };
    table.finish();
    copying
}
