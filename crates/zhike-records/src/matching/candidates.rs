//! Which records may be the one in question. They come by their keys alone, so that it takes as long among a million records as
//! among a thousand, and little of each is read: what is compared.

use std::collections::{HashMap, HashSet};

use zhike_db::{Row, Sql, Tx};
use zhike_model::Object;
use zhike_types::{Result, Uuid, Value};

use super::{
    plan::{Above, MatchPlan},
    stored,
};
use crate::keys;

/// Records looked at for one key: one that more records have says little.
const A_KEY: usize = 100;
/// Records compared, those with the rarest keys.
const CANDIDATES: usize = 96;
/// People of the same company: all are compared, up to so many.
const COLLEAGUES: i64 = 200;

/// What is known of the record in question.
#[derive(Debug)]
pub(super) struct Question {
    pub texts: Vec<(usize, String)>,
    /// How many of them are its own; what it hangs on says the rest.
    pub own: usize,
    /// What it hangs on: a person's company.
    pub parent: Option<Uuid>,
    /// The record itself, when it is there already.
    pub except: Option<Uuid>,
    /// The keys by which others of its object meet it.
    pub keys: Vec<i64>,
    /// Those by which what hangs on others does.
    lines: Vec<i64>,
}

/// A record that shares something with the one in question.
#[derive(Debug)]
pub(super) struct Candidate {
    pub id: Uuid,
    pub texts: Vec<(usize, String)>,
    pub own: usize,
    pub parent: Option<Uuid>,
    /// Whether one of the lines below it does.
    pub by_line: bool,
}

impl Question {
    pub async fn of(tx: &mut Tx, plan: &MatchPlan, values: &[Value], except: Option<Uuid>) -> Result<Self> {
        let mut texts = stored::texts(&plan.object, &plan.own, values);
        let mut lines = stored::line_keys(&plan.object, values);
        if let Some(id) = except {
            for (_, more, keys) in below(tx, plan, &[id]).await? {
                texts.extend(more);
                lines.extend(keys);
            }
        }
        let own = texts.len();
        let mut parent = None;
        if let Some(above) = &plan.above {
            parent = values[above.reference].as_id();
            texts.extend(above_of(tx, above, parent).await?);
        }
        let mut keys = keys::match_keys(&plan.object, values);
        keys.extend(&lines);
        for some in [&mut keys, &mut lines] {
            some.sort_unstable();
            some.dedup();
        }
        Ok(Self { texts, own, parent, except, keys, lines })
    }

    /// What was asked, as it was typed.
    pub fn said(&self) -> String {
        self.texts.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The keys to hold while it is looked for and written, ascending: whoever writes the same record holds one of them too.
    pub fn held(&self, object: &Object) -> Vec<i64> {
        let salt = object
            .name
            .bytes()
            .fold(0x9e37_79b9_7f4a_7c15_u64, |salt, byte| (salt ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut held: Vec<i64> = self.keys.iter().map(|key| key ^ salt as i64).collect();
        held.sort_unstable();
        held
    }

    /// The records that may be it.
    pub async fn candidates(&self, tx: &mut Tx, plan: &MatchPlan) -> Result<Vec<Candidate>> {
        let (numbers, by_line) = self.met(tx, plan).await?;
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let mut sql = select(plan);
        sql.push(" WHERE t.deleted_at IS NULL AND t.seq IN (").list(padded(&numbers, CANDIDATES / 4)).push(")");
        let mut found = Vec::new();
        for row in tx.rows(sql).await? {
            let seq = row.must_int(0)?;
            let candidate = candidate(plan, &row, by_line.contains(&seq))?;
            if Some(candidate.id) != self.except {
                found.push(candidate);
            }
        }
        Ok(found)
    }

    /// The numbers of the records that share keys, those with the rarest first, and which of them do by a line below them.
    async fn met(&self, tx: &mut Tx, plan: &MatchPlan) -> Result<(Vec<i64>, HashSet<i64>)> {
        let object = &plan.object.name;
        let mut parts: Vec<Sql> = Vec::new();
        if !self.keys.is_empty() {
            let mut sql = Sql::new("SELECT CAST(0 AS BIGINT), k.key, k.seq FROM (");
            sql.append(&tx.dialect().first_of_keys(object, &padded(&self.keys, 4), A_KEY)).push(") k");
            parts.push(sql);
        }
        for below in plan.below.iter().filter(|_| !self.lines.is_empty()) {
            let child = &below.object.name;
            let mut sql = Sql::new("SELECT CAST(1 AS BIGINT), k.key, t.seq FROM (");
            sql.append(&tx.dialect().first_of_keys(child, &padded(&self.lines, 2), A_KEY))
                .push(") k JOIN ")
                .name(child);
            sql.push(" c ON c.seq = k.seq AND c.deleted_at IS NULL JOIN ").name(object).push(" t ON t.id = ");
            sql.column("c", &below.object.fields[below.parent].column());
            parts.push(sql);
        }
        if let (Some(above), Some(parent)) = (&plan.above, self.parent) {
            let mut sql = Sql::new("SELECT CAST(2 AS BIGINT), p.seq, p.seq FROM (SELECT t.seq FROM ");
            sql.name(object).push(" t WHERE ").column("t", &plan.object.fields[above.reference].column());
            sql.push(" = ").bind(parent).push(" AND t.deleted_at IS NULL ORDER BY t.seq LIMIT ").bind(COLLEAGUES);
            parts.push(std::mem::take(sql.push(") p")));
        }
        let Some(mut all) = parts.first().cloned() else { return Ok((Vec::new(), HashSet::new())) };
        for part in &parts[1..] {
            all.push(" UNION ALL ").append(part);
        }
        let (mut by_line, mut colleagues) = (HashSet::new(), Vec::new());
        let mut groups: HashMap<i64, Vec<i64>> = HashMap::new();
        for row in tx.rows(all).await? {
            let (part, key, seq) = (row.must_int(0)?, row.must_int(1)?, row.must_int(2)?);
            match part {
                2 => colleagues.push(seq),
                part => {
                    groups.entry(key).or_default().push(seq);
                    if part == 1 {
                        by_line.insert(seq);
                    }
                }
            }
        }
        let mut weights: HashMap<i64, f64> = HashMap::new();
        for mut group in groups.into_values() {
            group.sort_unstable();
            group.dedup();
            let weight = 1.0 / group.len() as f64;
            for seq in group {
                *weights.entry(seq).or_default() += weight;
            }
        }
        let mut ranked: Vec<(i64, f64)> = weights.into_iter().collect();
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        ranked.truncate(CANDIDATES);
        let mut numbers: Vec<i64> = ranked.into_iter().map(|(seq, _)| seq).chain(colleagues).collect();
        numbers.sort_unstable();
        numbers.dedup();
        Ok((numbers, by_line))
    }
}

/// What is compared of records, whoever may see them: themselves, what stands below them, what they hang on.
pub(crate) async fn compared(
    tx: &mut Tx,
    plan: &MatchPlan,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<(usize, String)>>> {
    let mut sql = select(plan);
    sql.push(" WHERE t.id IN (").list(ids.iter().copied()).push(")");
    let mut texts: HashMap<Uuid, Vec<(usize, String)>> = HashMap::new();
    for row in tx.rows(sql).await? {
        let candidate = candidate(plan, &row, false)?;
        texts.insert(candidate.id, candidate.texts);
    }
    for (id, more, _) in below(tx, plan, ids).await? {
        texts.entry(id).or_default().extend(more);
    }
    Ok(texts)
}

/// Number, id, what is compared; then of what it hangs on the id and what is compared.
fn select(plan: &MatchPlan) -> Sql {
    let mut sql = Sql::new("SELECT t.seq, t.id");
    columns(&plan.object, &plan.own, "t", &mut sql);
    if let Some(above) = &plan.above {
        sql.push(", ").column("t", &plan.object.fields[above.reference].column());
        columns(&above.object, &above.fields, "a", &mut sql);
    }
    sql.push(" FROM ").name(&plan.object.name).push(" t");
    plan.join_above(&mut sql);
    sql
}

fn candidate(plan: &MatchPlan, row: &Row, by_line: bool) -> Result<Candidate> {
    let mut texts = read(row, 2, &plan.object, &plan.own)?;
    let own = texts.len();
    let mut parent = None;
    if let Some(above) = &plan.above {
        let at = 2 + plan.own.len();
        parent = row.id(at)?;
        texts.extend(read(row, at + 1, &above.object, &above.fields)?);
    }
    Ok(Candidate { id: row.must_id(1)?, texts, own, parent, by_line })
}

async fn above_of(tx: &mut Tx, above: &Above, id: Option<Uuid>) -> Result<Vec<(usize, String)>> {
    let Some(id) = id else { return Ok(Vec::new()) };
    let mut sql = Sql::new("SELECT a.id");
    columns(&above.object, &above.fields, "a", &mut sql);
    sql.push(" FROM ").name(&above.object.name).push(" a WHERE a.id = ").bind(id);
    tx.row(sql).await?.map_or(Ok(Vec::new()), |row| read(&row, 1, &above.object, &above.fields))
}

/// What stands below records: the record's id, what is compared, and keys of lines.
pub(crate) async fn below(
    tx: &mut Tx,
    plan: &MatchPlan,
    ids: &[Uuid],
) -> Result<Vec<(Uuid, Vec<(usize, String)>, Vec<i64>)>> {
    let mut out = Vec::new();
    if ids.is_empty() {
        return Ok(out);
    }
    for below in &plan.below {
        let parent = below.object.fields[below.parent].column();
        let mut sql = Sql::new("SELECT ");
        sql.column("c", &parent);
        columns(&below.object, &below.fields, "c", &mut sql);
        sql.push(" FROM ").name(&below.object.name).push(" c WHERE c.deleted_at IS NULL AND ");
        sql.column("c", &parent).push(" IN (").list(padded(ids, 8)).push(") ORDER BY c.seq");
        for row in tx.rows(sql).await? {
            let values = values(&row, 1, &below.object, &below.fields)?;
            let texts = stored::texts(&below.object, &below.fields, &values);
            out.push((row.must_id(0)?, texts, stored::line_keys(&below.object, &values)));
        }
    }
    Ok(out)
}

fn columns(object: &Object, fields: &[(usize, usize)], alias: &str, sql: &mut Sql) {
    for (field, _) in fields {
        sql.push(", ").column(alias, &object.fields[*field].column());
    }
}

fn values(row: &Row, first: usize, object: &Object, fields: &[(usize, usize)]) -> Result<Vec<Value>> {
    let mut values = vec![Value::Null; object.fields.len()];
    for (column, (field, _)) in fields.iter().enumerate() {
        values[*field] = row.text(first + column)?.map_or(Value::Null, Value::Text);
    }
    Ok(values)
}

fn read(row: &Row, first: usize, object: &Object, fields: &[(usize, usize)]) -> Result<Vec<(usize, String)>> {
    Ok(stored::texts(object, fields, &values(row, first, object, fields)?))
}

/// How many records of an object there are, about.
pub(crate) async fn records(tx: &mut Tx, object: &Object) -> Result<u64> {
    let mut sql = Sql::new("SELECT COALESCE(MAX(seq), 0) FROM ");
    sql.name(&object.name);
    Ok(tx.number(sql).await?.unsigned_abs())
}

/// That, and the stamp of the object's last scan.
pub(super) async fn state(tx: &mut Tx, object: &Object) -> Result<(u64, Option<Uuid>)> {
    let mut sql = Sql::new("SELECT (SELECT COALESCE(MAX(seq), 0) FROM ");
    sql.name(&object.name).push("), (SELECT stamp FROM match_weights WHERE object = ").bind(object.name.as_str());
    let row = tx.row(std::mem::take(sql.push(")"))).await?;
    row.map_or(Ok((0, None)), |row| Ok((row.int(0)?.unwrap_or(0).unsigned_abs(), row.id(1)?)))
}

/// The items with the last one repeated, so that a statement over them comes in few lengths: each is prepared once.
fn padded<T: Copy>(items: &[T], step: usize) -> Vec<T> {
    let mut items = items.to_vec();
    if let Some(last) = items.last().copied() {
        items.resize(items.len().next_multiple_of(step), last);
    }
    items
}
