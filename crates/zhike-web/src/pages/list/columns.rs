//! A list's columns: which, in what order, how wide; remembered for each user and view.

use serde::{Deserialize, Serialize};
use zhike_model::{Field, FieldKind, Object, View};
use zhike_records::FieldState;

use super::ListState;
use crate::{fault::Fault, link::Pairs, session::Signed};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub field: String,
    /// Pixels.
    pub width: u32,
}

/// The columns of a view: those of the address, else the user's, else the view's; the title first, hidden ones left out.
pub async fn of(
    signed: &Signed,
    object: &Object,
    view: &View,
    key: &str,
    asked: Option<&str>,
) -> Result<Vec<Column>, Fault> {
    let kept: Vec<Column> = signed
        .app
        .engine
        .setting(&signed.actor, &setting(object, key))
        .await?
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default();
    let width = |name: &str, field: &Field| {
        kept.iter()
            .find(|column| column.field == name)
            .map_or_else(|| usual_width(field, object), |column| column.width)
    };
    let names: Vec<String> = match asked {
        Some(list) => list.split(',').map(str::to_owned).collect(),
        None if kept.is_empty() => view.columns.clone(),
        None => kept.iter().map(|column| column.field.clone()).collect(),
    };
    let states = signed.app.engine.field_states(&signed.actor, object);
    let mut columns: Vec<Column> = Vec::new();
    for name in std::iter::once(&object.title).chain(&names) {
        let Some(index) = object.index_of(name) else { continue };
        if states[index] != FieldState::Hidden && !columns.iter().any(|column| column.field == *name) {
            columns.push(Column { field: name.clone(), width: width(name, &object.fields[index]) });
        }
    }
    Ok(columns)
}

fn setting(object: &Object, view: &str) -> String {
    format!("columns:{}:{view}", object.name)
}

pub fn usual_width(field: &Field, object: &Object) -> u32 {
    if field.name == object.title {
        return 260;
    }
    match field.kind.value_kind() {
        FieldKind::Boolean => 84,
        FieldKind::Integer | FieldKind::Percent { .. } => 104,
        FieldKind::Select { .. } | FieldKind::Date | FieldKind::Decimal { .. } | FieldKind::Duration => 116,
        FieldKind::DateTime | FieldKind::Phone => 148,
        FieldKind::Money { .. } => 172,
        FieldKind::Reference { object, .. } if object == "user" => 124,
        FieldKind::Reference { .. }
        | FieldKind::AnyReference { .. }
        | FieldKind::Email
        | FieldKind::Region
        | FieldKind::CreditCode => 188,
        FieldKind::LongText | FieldKind::Rich => 280,
        _ => 152,
    }
}

/// Stores what a form says: one column's width, or the chosen columns with `up` or `down` moving one of them.
pub async fn save(signed: &Signed, object: &Object, state: &ListState, form: &Pairs) -> Result<(), Fault> {
    let mut columns = state.columns.clone();
    if let (Some(field), Some(width)) = (form.get("field"), form.get("width").and_then(|text| text.parse::<u32>().ok()))
    {
        if let Some(column) = columns.iter_mut().find(|column| column.field == field) {
            column.width = width.clamp(60, 800);
        }
    } else {
        let chosen: Vec<&str> = form.all("column").collect();
        columns = arranged(object, &columns, &chosen, form.get("up"), form.get("down"));
    }
    if form.get("reset").is_some() {
        columns.clear();
    }
    let json = serde_json::to_string(&columns).map_err(zhike_types::Error::internal)?;
    signed.app.engine.set_setting(&signed.actor, &setting(object, &state.view), &json).await?;
    Ok(())
}

/// The chosen columns in the order of the form, with one moved a place.
fn arranged(object: &Object, before: &[Column], chosen: &[&str], up: Option<&str>, down: Option<&str>) -> Vec<Column> {
    let mut columns: Vec<Column> = chosen
        .iter()
        .filter_map(|name| {
            let field = object.field(name)?;
            let known = before.iter().find(|column| column.field == **name);
            Some(
                known
                    .cloned()
                    .unwrap_or_else(|| Column { field: field.name.clone(), width: usual_width(field, object) }),
            )
        })
        .collect();
    let place = |name: &str| columns.iter().position(|column| column.field == name);
    if let Some(at) = up.and_then(place).filter(|at| *at > 0) {
        columns.swap(at, at - 1);
    } else if let Some(at) = down.and_then(place).filter(|at| at + 1 < columns.len()) {
        columns.swap(at, at + 1);
    }
    columns
}
