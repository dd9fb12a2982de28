//! The rows of a list.

use zhike_model::FieldKind;
use zhike_records::{FieldState, Record};

use super::Column;
use crate::{
    session::Signed,
    ui::Markup,
    value::{Shower, title_of},
};

pub struct Row {
    pub id: String,
    pub title: String,
    pub cells: Vec<Cell>,
}

pub struct Cell {
    pub field: String,
    pub label: String,
    pub html: Markup,
    pub number: bool,
    /// It stands on one line.
    pub short: bool,
    pub editable: bool,
}

pub fn rows(signed: &Signed, records: &[Record], columns: &[Column]) -> Vec<Row> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let shower = Shower::cell(engine, lang);
    records
        .iter()
        .map(|record| Row {
            id: record.id.to_string(),
            title: title_of(engine, record, lang),
            cells: columns
                .iter()
                .filter(|column| column.field != record.object.title)
                .filter_map(|column| cell(&shower, record, &column.field))
                .collect(),
        })
        .collect()
}

/// One cell; its field may be edited in place when the record and the field may be written.
pub fn cell(shower: &Shower<'_>, record: &Record, name: &str) -> Option<Cell> {
    let field = record.object.field(name)?;
    let state = record.state(name);
    if state == FieldState::Hidden {
        return None;
    }
    Some(Cell {
        field: name.to_owned(),
        label: field.label.get(shower.lang).to_owned(),
        html: shower.show(record, name),
        number: field.kind.is_number(),
        short: !matches!(
            field.kind.value_kind(),
            FieldKind::Text { .. }
                | FieldKind::LongText
                | FieldKind::Rich
                | FieldKind::MultiSelect { .. }
                | FieldKind::Tags
        ),
        editable: record.may_change
            && record.deleted_at().is_none()
            && state == FieldState::Writable
            && !field.read_only,
    })
}
