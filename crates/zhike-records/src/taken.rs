//! What a record takes over from one it refers to (`takes` in a pack): a line's cost from its product. Copied when the record is made
//! with the field empty, or comes to name another and the write says nothing of the field; what changes there later changes nothing here.

use std::collections::HashMap;

use zhike_db::{Sql, Tx};
use zhike_model::{FieldKind, Model, Object};
use zhike_types::{Result, Uuid, Value, boxed};

use crate::{columns::read_value, list::is_filled, load::Stored, many::ChangedRecord};

/// A field that takes: itself, the reference, the object there and its field, as indexes.
struct Taking<'m> {
    field: usize,
    by: usize,
    from: &'m Object,
    there: usize,
}

fn takings<'m>(model: &'m Model, object: &Object) -> Vec<Taking<'m>> {
    let of = |(field, known): (usize, &zhike_model::Field)| {
        let (reference, name) = known.takes.as_deref()?.split_once('.')?;
        let by = object.index_of(reference)?;
        let FieldKind::Reference { object: from, .. } = &object.fields[by].kind else { return None };
        let from = model.object(from)?.as_ref();
        Some(Taking { field, by, from, there: from.index_of(name)? })
    };
    object.fields.iter().enumerate().filter_map(of).collect()
}

/// New records: what they leave empty.
#[boxed]
pub(crate) async fn fill(tx: &mut Tx, model: &Model, object: &Object, rows: &mut [&mut Vec<Value>]) -> Result<()> {
    for taking in takings(model, object) {
        let due: Vec<usize> = (0..rows.len()).filter(|&n| !is_filled(&rows[n][taking.field])).collect();
        let found = read(tx, &taking, due.iter().filter_map(|&n| rows[n][taking.by].as_id())).await?;
        for n in due {
            if let Some(value) = rows[n][taking.by].as_id().and_then(|id| found.get(&id)) {
                rows[n][taking.field] = value.clone();
            }
        }
    }
    Ok(())
}

/// One record that changes: where it names another now, and nothing was `given` for the field.
pub(crate) async fn follow(
    tx: &mut Tx,
    model: &Model,
    object: &Object,
    before: &Stored,
    values: &mut [Value],
    given: &[bool],
) -> Result<()> {
    for taking in takings(model, object) {
        if given[taking.field] || values[taking.by] == before.values[taking.by] {
            continue;
        }
        let Some(id) = values[taking.by].as_id() else { continue };
        let found = read(tx, &taking, std::iter::once(id)).await?;
        values[taking.field] = found.get(&id).cloned().unwrap_or(Value::Null);
    }
    Ok(())
}

/// Many that change.
#[boxed]
pub(crate) async fn follow_many(
    tx: &mut Tx,
    model: &Model,
    object: &Object,
    records: &mut [ChangedRecord],
) -> Result<()> {
    for taking in takings(model, object) {
        let moves = |one: &ChangedRecord| one.changed.contains(&taking.by) && !one.changed.contains(&taking.field);
        let due: Vec<usize> = (0..records.len()).filter(|&n| moves(&records[n])).collect();
        let found = read(tx, &taking, due.iter().filter_map(|&n| records[n].values[taking.by].as_id())).await?;
        for n in due {
            let one = &mut records[n];
            let id = one.values[taking.by].as_id();
            let value = id.and_then(|id| found.get(&id)).cloned().unwrap_or(Value::Null);
            if id.is_some() && one.values[taking.field] != value {
                one.values[taking.field] = value;
                one.changed.push(taking.field);
            }
        }
    }
    Ok(())
}

async fn read(tx: &mut Tx, taking: &Taking<'_>, ids: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, Value>> {
    let mut ids: Vec<Uuid> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let field = &taking.from.fields[taking.there];
    let mut found = HashMap::new();
    for piece in ids.chunks(512) {
        let mut sql = Sql::new("SELECT t.id, ");
        sql.column("t", &field.column());
        if let Some(second) = field.second_column() {
            sql.push(", ").column("t", &second);
        }
        sql.push(" FROM ").name(&taking.from.name).push(" t WHERE t.id IN (").padded(piece).push(")");
        for row in tx.rows(sql).await? {
            found.insert(row.must_id(0)?, read_value(&row, 1, field)?);
        }
    }
    Ok(found)
}
