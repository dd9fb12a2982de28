//! `[[view]]`, `[layout]` and `[[flow]]`.

use zhike_types::{Text, text};

use super::{board::board, table::Table};
use crate::{AggregateOp, Flow, Layout, Related, Section, SortKey, Stage, StageRecords, Tab, TabKind, Total, View};

pub(super) const AGGREGATES: [(&str, AggregateOp); 5] = [
    ("count", AggregateOp::Count),
    ("sum", AggregateOp::Sum),
    ("average", AggregateOp::Average),
    ("min", AggregateOp::Min),
    ("max", AggregateOp::Max),
];

/// `"-created_at"` is descending.
pub(super) fn sort_key(word: &str) -> SortKey {
    match word.strip_prefix('-') {
        Some(field) => SortKey { field: field.to_owned(), descending: true },
        None => SortKey { field: word.to_owned(), descending: false },
    }
}

pub(super) fn views(tables: Vec<Table<'_>>, object: &str) -> Vec<View> {
    tables.into_iter().map(|table| view(table, object)).collect()
}

fn view(table: Table<'_>, object: &str) -> View {
    let name = table.required_string("name", "name = \"all\"");
    let table = table.named(format!("{object}/view/{name}"));
    let totals = table.tables("totals").into_iter().map(|total| {
        let read = Total {
            field: total.required_string("field", "field = \"…\""),
            op: total.choice("op", &AGGREGATES).unwrap_or(AggregateOp::Sum),
        };
        total.finish();
        read
    });
    let view = View {
        name,
        label: table.required_label("label"),
        columns: table.strings("columns"),
        filter: table.string("filter").unwrap_or_default(),
        sort: table.strings("sort").iter().map(|word| sort_key(word)).collect(),
        totals: totals.collect(),
        quick: table.strings("quick"),
    };
    table.finish();
    view
}

pub(super) fn layout(table: Option<Table<'_>>, object: &str) -> Layout {
    let Some(table) = table else { return Layout::default() };
    let table = table.named(format!("{object}/layout"));
    let layout = Layout {
        facts: table.strings("facts"),
        badges: table.strings("badges"),
        quick_create: table.strings("quick_create"),
        sections: table
            .tables("section")
            .into_iter()
            .enumerate()
            .map(|(i, section)| self::section(section, object, i))
            .collect(),
        tabs: table.tables("tab").into_iter().enumerate().map(|(i, tab)| self::tab(tab, object, i)).collect(),
        related: table.tables("related").into_iter().map(|related| self::related(related, object)).collect(),
        board: table.table("board").map(|table| board(table, object)),
    };
    table.finish();
    layout
}

fn section(table: Table<'_>, object: &str, index: usize) -> Section {
    let table = table.named(format!("{object}/section/{index}"));
    let section = Section {
        label: table.required_label("label"),
        columns: table.integer("columns", 1..=3).unwrap_or(2) as u8,
        fields: table.strings("fields"),
        folded: table.boolean("folded"),
    };
    table.finish();
    section
}

fn tab(table: Table<'_>, object: &str, index: usize) -> Tab {
    const KINDS: [(&str, &str); 5] = [
        ("timeline", "timeline"),
        ("details", "details"),
        ("related", "related"),
        ("files", "files"),
        ("history", "history"),
    ];
    let table = table.named(format!("{object}/tab/{index}"));
    table.required_string("kind", "kind = \"details\"");
    let kind = match table.choice("kind", &KINDS) {
        Some("timeline") => TabKind::Timeline,
        Some("related") => TabKind::Related(table.strings("relations")),
        Some("files") => TabKind::Files,
        Some("history") => TabKind::History,
        _ => TabKind::Details,
    };
    let tab = Tab { label: table.required_label("label"), kind };
    table.finish();
    tab
}

fn related(table: Table<'_>, object: &str) -> Related {
    let relation = table.required_string("relation", "relation = \"contacts\"");
    let table = table.named(format!("{object}/related/{relation}"));
    let related = Related {
        relation,
        columns: table.strings("columns"),
        sort: table.strings("sort").iter().map(|word| sort_key(word)).collect(),
    };
    table.finish();
    related
}

pub(super) fn flows(tables: Vec<Table<'_>>, object: &str) -> Vec<Flow> {
    tables.into_iter().map(|table| flow(table, object)).collect()
}

fn flow(table: Table<'_>, object: &str) -> Flow {
    let field = table.required_string("field", "field = \"status\"");
    let table = table.named(format!("{object}/flow/{field}"));
    let stages =
        table.tables("stage").into_iter().map(|stage| self::stage(stage, &format!("{object}/flow/{field}"))).collect();
    let within = table.string("within");
    let records = table.string("stages").map(|object| StageRecords { object, within });
    let since = table.string("since");
    table.finish();
    Flow { field, stages, records, since }
}

fn stage(table: Table<'_>, flow: &str) -> Stage {
    let key = table.required_string("key", "key = \"…\"");
    let table = table.named(format!("{flow}/{key}"));
    let gate = table.string("gate").map(|gate| {
        if !table.has("message") {
            table.problem_at(
                "gate",
                text!(
                    "有“gate”就要有“message”：告诉不能进入这一阶段的人该怎么做。",
                    "A `gate` needs a `message`: tell who may not enter the stage what to do."
                ),
            );
        }
        (gate, table.label("message").unwrap_or_default())
    });
    if gate.is_none() && table.has("message") {
        table.problem_at(
            "message",
            Text::new(
                "没有“gate”，“message”不会用到。请删掉。",
                "Without a `gate` nobody reads the `message`. Remove it.",
            ),
        );
    }
    let stage = Stage { key, gate, requires: table.strings("requires"), to: table.strings("to") };
    table.finish();
    stage
}
