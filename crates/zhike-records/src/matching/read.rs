//! All records of an object, ready for comparison. They are read in windows of their numbers by two readers side by side.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use zhike_db::{Db, Row, Sql};
use zhike_match::{Extractor, Store};
use zhike_model::{FieldKind, Object};
use zhike_text::region;
use zhike_types::{Error, Result, Uuid};

use super::plan::MatchPlan;

/// Between values read as one text. No value has it: control characters are taken out of whatever is written.
const BETWEEN: &str = "\u{1f}";

/// Numbers a window. Records were made in their order, so that a window is a range of the table.
const WINDOW: i64 = 10_000;

/// The records of an object in the order of their numbers.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub store: Store,
    pub ids: Vec<Uuid>,
    pub numbers: Vec<i64>,
}

/// Reads all live records. `seen` is told how many there are so far.
pub(crate) async fn all(db: &Db, plan: &Arc<MatchPlan>, seen: &(dyn Fn(u64) + Sync)) -> Result<Read> {
    let mut bounds = Sql::new("SELECT MIN(seq), MAX(seq) FROM ");
    bounds.name(&plan.object.name);
    let bounds = db.read().await?.row(bounds).await?.ok_or(Error::NotFound)?;
    let (Some(first), Some(last)) = (bounds.int(0)?, bounds.int(1)?) else { return Ok(Read::default()) };
    let (next, count) = (AtomicI64::new(first), AtomicU64::new(0));
    let reader = || async {
        let mut windows = Vec::new();
        let mut regions = Regions::default();
        loop {
            let from = next.fetch_add(WINDOW, Ordering::Relaxed);
            if from > last {
                return Ok::<_, Error>(windows);
            }
            let window = window(db, plan, &mut regions, from).await?;
            let more = window.ids.len() as u64;
            seen(count.fetch_add(more, Ordering::Relaxed) + more);
            windows.push((from, window));
        }
    };
    let (mut windows, others) = tokio::try_join!(reader(), reader())?;
    windows.extend(others);
    windows.sort_unstable_by_key(|(from, _)| *from);
    let mut read = Read::default();
    for (_, window) in windows {
        read.store.append(window.store);
        read.ids.extend(window.ids);
        read.numbers.extend(window.numbers);
    }
    Ok(read)
}

/// The records numbered from `from` on, with what stands below them.
async fn window(db: &Db, plan: &Arc<MatchPlan>, regions: &mut Regions, from: i64) -> Result<Read> {
    let mut tx = db.read().await?;
    let rows = tx.rows(own(plan, from)).await?;
    let mut below = Vec::new();
    for at in 0..plan.below.len() {
        below.push(tx.rows(below_of(plan, at, from)).await?);
    }
    drop(tx);
    let plan = Arc::clone(plan);
    let mut known = std::mem::take(regions);
    let (read, known) = zhike_jobs::blocking(move || {
        let read = compare(&plan, &mut known, &rows, &below);
        (read, known)
    })
    .await?;
    *regions = known;
    read
}

fn compare(plan: &MatchPlan, regions: &mut Regions, rows: &[Row], below: &[Vec<Row>]) -> Result<Read> {
    let mut extractor = Extractor::new(&plan.schema);
    let mut read = Read::default();
    let mut under: HashMap<i64, Vec<(usize, String)>> = HashMap::new();
    for (child, rows) in plan.below.iter().zip(below) {
        for row in rows {
            let values = under.entry(row.must_int(0)?).or_default();
            texts(row, 1, &child.object, &child.fields, regions, values)?;
        }
    }
    let mut values = Vec::new();
    for row in rows {
        values.clear();
        let number = row.must_int(0)?;
        texts(row, 2, &plan.object, &plan.own, regions, &mut values)?;
        if let Some(above) = &plan.above {
            texts(row, 3, &above.object, &above.fields, regions, &mut values)?;
        }
        values.extend(under.remove(&number).unwrap_or_default());
        let given: Vec<(usize, &str)> = values.iter().map(|(at, text)| (*at, text.as_str())).collect();
        read.store.add(&mut extractor, &given);
        read.numbers.push(number);
        read.ids.push(row.must_id(1)?);
    }
    Ok(read)
}

/// The compared values of a row, which are one text in this column.
fn texts(
    row: &Row,
    column: usize,
    object: &Object,
    fields: &[(usize, usize)],
    regions: &mut Regions,
    out: &mut Vec<(usize, String)>,
) -> Result<()> {
    let together = row.text(column)?.unwrap_or_default();
    for ((field, comparison), text) in fields.iter().zip(together.split(BETWEEN)) {
        if text.is_empty() {
            continue;
        }
        let is_region = object.fields[*field].kind == FieldKind::Region;
        out.push((*comparison, if is_region { regions.name(text) } else { text.to_owned() }));
    }
    Ok(())
}

/// Names of divisions, which come again and again as codes.
#[derive(Debug, Default)]
pub(crate) struct Regions(HashMap<String, String>);

impl Regions {
    pub fn name(&mut self, code: &str) -> String {
        if let Some(name) = self.0.get(code) {
            return name.clone();
        }
        let name = region::full_name(code).unwrap_or_else(|| code.to_owned());
        self.0.insert(code.to_owned(), name.clone());
        name
    }
}

fn own(plan: &MatchPlan, from: i64) -> Sql {
    let mut sql = Sql::new("SELECT t.seq, t.id");
    columns(&plan.object, &plan.own, "t", &mut sql);
    if let Some(above) = &plan.above {
        columns(&above.object, &above.fields, "a", &mut sql);
    }
    sql.push(" FROM ").name(&plan.object.name).push(" t");
    plan.join_above(&mut sql);
    sql.push(" WHERE t.deleted_at IS NULL AND ");
    within(from, &mut sql);
    sql.push(" ORDER BY t.seq");
    sql
}

fn below_of(plan: &MatchPlan, at: usize, from: i64) -> Sql {
    let below = &plan.below[at];
    let mut sql = Sql::new("SELECT t.seq");
    columns(&below.object, &below.fields, "c", &mut sql);
    sql.push(" FROM ").name(&plan.object.name).push(" t JOIN ").name(&below.object.name).push(" c ON ");
    sql.column("c", &below.object.fields[below.parent].column()).push(" = t.id");
    sql.push(" WHERE t.deleted_at IS NULL AND c.deleted_at IS NULL AND ");
    within(from, &mut sql);
    sql
}

/// The values as one text: each value that crosses from the database's thread by itself takes its time.
fn columns(object: &Object, fields: &[(usize, usize)], alias: &str, sql: &mut Sql) {
    for (i, (field, _)) in fields.iter().enumerate() {
        match i {
            0 => sql.push(", "),
            _ => sql.push(" || ").bind(BETWEEN).push(" || "),
        };
        sql.push("COALESCE(").column(alias, &object.fields[*field].column()).push(", '')");
    }
    if fields.is_empty() {
        sql.push(", ''");
    }
}

fn within(from: i64, sql: &mut Sql) {
    sql.push("t.seq >= ").bind(from).push(" AND t.seq < ").bind(from + WINDOW);
}
