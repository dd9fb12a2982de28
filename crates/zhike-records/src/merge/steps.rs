//! What a merge did to each record: the fields it wrote, as they were and as they became. An undo goes back along them.

use serde_json::{Map, Value as Json};
use zhike_db::{Arg, Row, Sql, Tx, sql};
use zhike_model::Object;
use zhike_types::{Result, Uuid, Value};

use crate::{bulk, columns::stored_json};

/// Rows a statement.
const AT_ONCE: usize = 64;

/// The object under which a saved view's text stands among the steps. No pack can declare it: the table is there already.
pub(super) const VIEW: &str = "saved_view";

/// One record and the fields of it that the merge wrote, by name, as [`stored_json`] has them.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub number: i64,
    pub object: String,
    pub record: Uuid,
    pub before: Map<String, Json>,
    pub after: Map<String, Json>,
}

/// The steps of a merge, in the order they were done.
#[derive(Debug, Default)]
pub(super) struct Steps {
    pub done: Vec<Step>,
    /// Records that refer to another one now.
    pub moved: i64,
    /// Records that would stand twice.
    pub aside: i64,
}

impl Steps {
    /// Notes a record's changed fields.
    pub fn note(&mut self, object: &Object, record: Uuid, before: &[Value], after: &[Value], changed: &[usize]) {
        if changed.is_empty() {
            return;
        }
        let side = |values: &[Value]| {
            changed.iter().map(|&i| (object.fields[i].name.clone(), stored_json(&values[i]))).collect()
        };
        self.push(&object.name, record, side(before), side(after));
    }

    pub fn push(&mut self, object: &str, record: Uuid, before: Map<String, Json>, after: Map<String, Json>) {
        let number = self.done.len() as i64;
        self.done.push(Step { number, object: object.to_owned(), record, before, after });
    }

    /// Writes the steps of a merge, numbered from `first`.
    pub async fn write(&self, tx: &mut Tx, merge: Uuid, first: i64) -> Result<()> {
        for piece in bulk::portions(&self.done, AT_ONCE) {
            let mut sql = Sql::new("INSERT INTO merge_step (merge_id, step, object, record_id, before, after) VALUES ");
            for (i, step) in piece.iter().enumerate() {
                let args: [Arg; 6] = [
                    merge.into(),
                    (first + step.number).into(),
                    step.object.as_str().into(),
                    step.record.into(),
                    text(&step.before).into(),
                    text(&step.after).into(),
                ];
                sql.push(if i == 0 { "(" } else { ", (" }).list(args).push(")");
            }
            tx.run(sql).await?;
        }
        Ok(())
    }
}

fn text(map: &Map<String, Json>) -> String {
    serde_json::to_string(map).expect("JSON is JSON")
}

/// Reads `step, object, record_id, before, after` from the columns at `at`.
fn step(row: &Row, at: usize) -> Result<Step> {
    let parse = |text: String| serde_json::from_str(&text).map_err(zhike_types::Error::internal);
    Ok(Step {
        number: row.must_int(at)?,
        object: row.must_text(at + 1)?,
        record: row.must_id(at + 2)?,
        before: parse(row.must_text(at + 3)?)?,
        after: parse(row.must_text(at + 4)?)?,
    })
}

/// The steps of a merge, the last first.
pub(super) async fn of(tx: &mut Tx, merge: Uuid) -> Result<Vec<Step>> {
    let rows = tx
        .rows(sql!(
            "SELECT step, object, record_id, before, after FROM merge_step WHERE merge_id = $1 ORDER BY step DESC",
            merge
        ))
        .await?;
    rows.iter().map(|row| step(row, 0)).collect()
}

/// The steps of later merges, not undone, that wrote a record: (merge, step), the earliest first.
pub(super) async fn later(tx: &mut Tx, record: Uuid, seq: i64) -> Result<Vec<(Uuid, Step)>> {
    let rows = tx
        .rows(sql!(
            "SELECT s.merge_id, s.step, s.object, s.record_id, s.before, s.after FROM merge_step s JOIN merge m ON m.id = s.merge_id \
             WHERE s.record_id = $1 AND m.seq > $2 AND m.undone_at IS NULL ORDER BY m.seq, s.step",
            record,
            seq
        ))
        .await?;
    rows.iter().map(|row| Ok((row.must_id(0)?, step(row, 1)?))).collect()
}

/// Writes what a step found in other words: what it found was undone.
pub(super) async fn set_before(tx: &mut Tx, merge: Uuid, step: &Step) -> Result<()> {
    tx.run(sql!(
        "UPDATE merge_step SET before = $1 WHERE merge_id = $2 AND step = $3",
        text(&step.before),
        merge,
        step.number
    ))
    .await
    .map(drop)
}

/// Adds a step to a merge that is done already: had the record been there, the merge would have written it so.
pub(super) async fn add(
    tx: &mut Tx,
    merge: Uuid,
    object: &Object,
    record: Uuid,
    field: usize,
    (before, after): (&Value, &Value),
) -> Result<()> {
    let name = &object.fields[field].name;
    let mut steps = Steps::default();
    let side = |value: &Value| Map::from_iter([(name.clone(), stored_json(value))]);
    steps.push(&object.name, record, side(before), side(after));
    let first = tx.number(sql!("SELECT COALESCE(MAX(step) + 1, 0) FROM merge_step WHERE merge_id = $1", merge)).await?;
    steps.write(tx, merge, first).await
}
