//! What a pack may leave out: a view, a layout, a place for every field.

use zhike_types::Text;

use crate::{Board, FieldKind, Layout, Object, Section, SortKey, Tab, TabKind, View};

pub(super) fn complete(objects: &mut [Object]) {
    for object in objects {
        if object.views.is_empty() {
            object.views.push(default_view(object));
        }
        let layout = default_layout(object);
        object.layout = layout;
        if object.layout.board.is_none() {
            object.layout.board = default_board(object);
        }
        if let Some(board) = object.layout.board.as_mut().filter(|board| board.sort.is_empty()) {
            board.sort.push(SortKey { field: "updated_at".to_owned(), descending: true });
        }
    }
}

fn default_view(object: &Object) -> View {
    let short = |kind: &FieldKind| kind.is_sortable() || matches!(kind, FieldKind::Reference { .. });
    let own = object.fields.iter().filter(|field| !field.system && field.name != object.title && short(&field.kind));
    let columns = std::iter::once(object.title.clone()).chain(own.take(6).map(|field| field.name.clone()));
    View {
        name: "all".to_owned(),
        label: Text::new("全部", "All"),
        columns: columns.chain(["owner".to_owned(), "created_at".to_owned()]).collect(),
        filter: String::new(),
        sort: vec![SortKey { field: "created_at".to_owned(), descending: true }],
        totals: Vec::new(),
        quick: Vec::new(),
    }
}

fn default_layout(object: &Object) -> Layout {
    let mut layout = object.layout.clone();
    if layout.sections.is_empty() {
        let own = object.fields.iter().filter(|field| !field.system).map(|field| field.name.clone());
        layout.sections.push(Section {
            label: Text::new("基本信息", "Basics"),
            columns: 2,
            fields: own.chain(["owner".to_owned(), "department".to_owned()]).collect(),
            folded: false,
        });
    }
    // A field an administrator has just added is on the page at once.
    let placed = |name: &String, layout: &Layout| layout.sections.iter().any(|section| section.fields.contains(name));
    let missing: Vec<String> = object
        .fields
        .iter()
        .filter(|field| !field.system)
        .map(|field| field.name.clone())
        .filter(|name| !placed(name, &layout))
        .collect();
    if !missing.is_empty() {
        match layout.sections.iter_mut().find(|section| section.label.zh == "其他") {
            Some(section) => section.fields.extend(missing),
            None => layout.sections.push(Section {
                label: Text::new("其他", "Other"),
                columns: 2,
                fields: missing,
                folded: false,
            }),
        }
    }
    if layout.tabs.is_empty() {
        layout.tabs.push(Tab { label: Text::new("详细资料", "Details"), kind: TabKind::Details });
        if object.attachments {
            layout.tabs.push(Tab { label: Text::new("附件", "Files"), kind: TabKind::Files });
        }
        layout.tabs.push(Tab { label: Text::new("变更记录", "History"), kind: TabKind::History });
    }
    if layout.quick_create.is_empty() {
        let asked =
            object.fields.iter().filter(|field| !field.read_only && (field.name == object.title || field.required));
        layout.quick_create =
            asked.filter(|field| !matches!(field.kind, FieldKind::Json)).map(|field| field.name.clone()).collect();
    }
    layout
}

/// Records with stages stand on a board too.
fn default_board(object: &Object) -> Option<Board> {
    let flow = object.flows.first().filter(|flow| object.field(&flow.field).is_some())?;
    let facts = object.layout.facts.iter().filter(|name| **name != flow.field && object.field(name).is_some());
    let money = |kind: &FieldKind| matches!(kind, FieldKind::Money { .. });
    Some(Board {
        field: flow.field.clone(),
        card: facts.take(3).cloned().collect(),
        sum: object.fields.iter().find(|field| money(&field.kind)).map(|field| field.name.clone()),
        ..Board::default()
    })
}
