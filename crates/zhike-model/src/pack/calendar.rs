//! `[[calendar]]`, `[check_in]` and `[[trace]]`.

use super::table::Table;
use crate::{Calendar, CheckIn, Trace};

/// A day: nobody wants to be reminded earlier of an hour.
const REMIND_MOST: i64 = 24 * 60;

pub(super) fn calendars(tables: Vec<Table<'_>>, object: &str) -> Vec<Calendar> {
    let read = |table: Table<'_>| {
        let name = table.required_string("name", "name = \"due\"");
        let table = table.named(format!("{object}/calendar/{name}"));
        let calendar = Calendar {
            name,
            label: table.required_label("label"),
            start: table.required_string("start", "start = \"due_at\""),
            end: table.string("end"),
            about: table.string("about"),
            filter: table.string("filter").unwrap_or_default(),
            done: table.string("done"),
            moves: table.boolean("moves"),
            remind: table.integer("remind", 0..=REMIND_MOST),
        };
        table.finish();
        calendar
    };
    tables.into_iter().map(read).collect()
}

pub(super) fn check_in(table: Option<Table<'_>>, object: &str) -> Option<CheckIn> {
    let table = table?.named(format!("{object}/check_in"));
    let field = |key: &'static str| table.required_string(key, "place = \"place\"");
    let check_in = CheckIn {
        open: table.required_string("open", "open = 'status == \"planned\"'"),
        at: field("at"),
        by: field("by"),
        place: field("place"),
        latitude: field("latitude"),
        longitude: field("longitude"),
        accuracy: field("accuracy"),
        photo: field("photo"),
    };
    table.finish();
    Some(check_in)
}

pub(super) fn traces(tables: Vec<Table<'_>>, object: &str) -> Vec<Trace> {
    let read = |table: Table<'_>| {
        let name = table.required_string("object", "object = \"interaction\"");
        let path = format!("{object}/trace/{name}");
        let table = table.named(path.clone());
        let fill = table.table("fill").map(|fill| fill.named(format!("{path}/fill")));
        let trace = Trace {
            object: name,
            link: table.required_string("link", "link = \"visit\""),
            when: table.required_string("when", "when = 'status == \"done\"'"),
            fill: fill.map(|fill| fill.texts()).unwrap_or_default(),
        };
        table.finish();
        trace
    };
    tables.into_iter().map(read).collect()
}
