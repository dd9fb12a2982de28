//! The rows of a list.

use zhike_model::{Field, FieldKind, MaskRule, Object};
use zhike_records::{FieldState, Record};

use super::Column;
use crate::{
    session::Signed,
    ui::Markup,
    value::{Shower, title_of},
};

/// A text that may be so long is one of sentences.
const SENTENCE: usize = 200;

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
    /// The class of a cell whose text stands on one line, `nowrap`, or takes many, `wide`.
    pub room: &'static str,
    pub editable: bool,
    /// Its place on a phone's card: `key key-badge`, `key`, or none.
    pub card: &'static str,
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
        .map(|row| of_card(row, &records[0].object))
        .collect()
}

/// A phone's card has room for two badges and three facts: those of the object's layout first, then the others, as far as the
/// record has them.
fn of_card(mut row: Row, object: &Object) -> Row {
    let filled = |cell: &&mut Cell| !cell.html.0.is_empty() && cell.card.is_empty();
    let badges = |cell: &&mut Cell| object.layout.badges.contains(&cell.field);
    row.cells.iter_mut().filter(filled).filter(badges).take(2).for_each(|cell| cell.card = "key key-badge");
    let facts = |cell: &&mut Cell| object.layout.facts.contains(&cell.field);
    let mut left = 3;
    for cell in row.cells.iter_mut().filter(filled).filter(facts).take(left) {
        cell.card = "key";
        left -= 1;
    }
    row.cells.iter_mut().filter(filled).filter(|cell| !badges(cell)).take(left).for_each(|cell| cell.card = "key");
    row
}

fn room(field: &Field) -> &'static str {
    match field.kind.value_kind() {
        FieldKind::LongText | FieldKind::Rich => "wide",
        FieldKind::Text { max } if *max >= SENTENCE => "wide",
        FieldKind::Text { .. } if field.mask == MaskRule::Name => "nowrap",
        FieldKind::Text { .. } | FieldKind::MultiSelect { .. } | FieldKind::Tags => "",
        _ => "nowrap",
    }
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
        room: room(field),
        editable: record.may_change
            && record.deleted_at().is_none()
            && state == FieldState::Writable
            && !field.read_only
            && !crate::sent::holds_file(field),
        card: "",
    })
}
