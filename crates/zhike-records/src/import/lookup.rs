//! Which records of the database the rows of a batch may be about: a few queries for thousands of rows. Hashes find candidates,
//! values decide.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use zhike_db::{Arg, Sql, Tx};
use zhike_model::{FieldKind, MatchRule, Model, Object};
use zhike_types::{Result, Uuid, Value};

use super::{
    entity::{Entity, Known},
    identity::{Forms, Identity},
    likeness::{Face, RowFace},
    meet::{KEYS, likeliest},
};
use crate::{
    Actor,
    access::{self, Need},
    keys,
    load::{Columns, Stored},
};

/// Arguments a query. Always as many, the last one repeated, so that a statement is prepared once.
const AT_ONCE: usize = 1_000;

/// Records of one key that are looked at: a key that more records have says little.
pub(crate) const A_KEY: usize = 32;

/// What a row gives its root, and what that is met by.
pub(crate) struct RootRow {
    pub values: Vec<Value>,
    pub forms: Forms,
    pub face: RowFace,
    /// The record it was about when the file was imported before, and records like it; places among the known.
    pub before: Option<usize>,
    pub found: Vec<usize>,
}

/// Records of an object as an import meets them: also those that the actor may not see, which it must not make again.
pub(crate) struct Lookup<'a> {
    pub model: &'a Model,
    pub actor: &'a Actor,
    pub object: &'a Arc<Object>,
    pub identity: &'a Identity,
}

impl Lookup<'_> {
    /// Adds what any of these rows' values may meet.
    pub async fn candidates(&self, tx: &mut Tx, rows: &[RootRow], known: &mut Known) -> Result<()> {
        let mut keys: BTreeSet<i64> = BTreeSet::new();
        for row in rows {
            keys.extend(&row.forms.keys);
        }
        for chunk in keys.into_iter().collect::<Vec<_>>().chunks(AT_ONCE) {
            let mut sql = self.select();
            let numbers = tx.dialect().numbers_of_keys(&self.object.name, &padded(chunk.iter().copied()));
            sql.push(" WHERE t.deleted_at IS NULL AND t.seq IN (").append(&numbers).push(")");
            self.take(tx, sql, known).await?;
        }
        for &field in self.identity.strong_fields() {
            let declared = &self.object.fields[field];
            let mut wanted: Vec<&Value> =
                rows.iter().map(|row| &row.values[field]).filter(|value| !value.is_null()).collect();
            wanted.sort_by_cached_key(|value| value.as_text().map_or_else(|| format!("{value:?}"), str::to_owned));
            wanted.dedup();
            for chunk in wanted.chunks(AT_ONCE) {
                let mut sql = self.select();
                sql.push(" WHERE t.deleted_at IS NULL AND ").column("t", &declared.column()).push(" IN (");
                sql.list(padded(chunk.iter().map(|value| Arg::from(*value)))).push(")");
                self.take(tx, sql, known).await?;
            }
        }
        Ok(())
    }

    /// Adds the records that rows are most like by their keys, and notes them with the rows. `below`: what stands under these
    /// records, by its reference.
    pub async fn alike(
        &self,
        tx: &mut Tx,
        below: Option<(&Object, usize)>,
        rows: &mut [RootRow],
        known: &mut Known,
    ) -> Result<()> {
        let mut shared: Vec<HashMap<i64, usize>> = vec![HashMap::new(); rows.len()];
        let of = |keys: fn(&Face) -> &[i64]| {
            let mut of: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
            for (at, face) in rows.iter().enumerate().filter_map(|(at, row)| Some((at, row.face.as_ref()?))) {
                for key in keys(face) {
                    of.entry(*key).or_default().push(at);
                }
            }
            of
        };
        let mut names = of(|face| &face.keys);
        let lines = of(|face| &face.lines);
        for (key, of_line) in &lines {
            let members = names.entry(*key).or_default();
            members.extend(of_line);
            members.sort_unstable();
            members.dedup();
        }
        let lined = |key: &i64| lines.contains_key(key);
        self.share(tx, None, &names, &lined, &mut shared).await?;
        if below.is_some() {
            self.share(tx, below, &lines, &lined, &mut shared).await?;
        }
        let likely: Vec<Vec<i64>> = shared.into_iter().map(|shared| likeliest(shared, |seq| *seq)).collect();
        let mut numbers: Vec<i64> = likely.iter().flatten().copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        let places = |known: &Known| -> HashMap<i64, usize> {
            let of = |(at, entity): (usize, &Entity)| Some((entity.before.as_ref()?.seq, at));
            known.all.iter().enumerate().filter_map(of).filter(|(seq, _)| *seq > 0).collect()
        };
        let there = places(known);
        numbers.retain(|seq| !there.contains_key(seq));
        for chunk in numbers.chunks(AT_ONCE) {
            let mut sql = self.select();
            sql.push(" WHERE t.deleted_at IS NULL AND t.seq IN (").list(padded(chunk.iter().copied())).push(")");
            self.take(tx, sql, known).await?;
        }
        let places = places(known);
        for (row, likely) in rows.iter_mut().zip(likely) {
            row.found.extend(likely.iter().filter_map(|seq| places.get(seq)));
        }
        Ok(())
    }

    /// Counts the keys that records share with rows. What stands below a record shares for it.
    async fn share(
        &self,
        tx: &mut Tx,
        below: Option<(&Object, usize)>,
        keys: &BTreeMap<i64, Vec<usize>>,
        lined: &(dyn Fn(&i64) -> bool + Sync),
        shared: &mut [HashMap<i64, usize>],
    ) -> Result<()> {
        let all: Vec<i64> = keys.keys().copied().collect();
        for chunk in all.chunks(AT_ONCE) {
            let chunk = padded(chunk.iter().copied());
            let sql = match below {
                None => tx.dialect().told_of_keys(&self.object.name, &chunk, A_KEY + 1, None),
                Some((child, parent)) => {
                    let above = self.above(child, parent);
                    tx.dialect().told_of_keys(&child.name, &chunk, A_KEY + 1, Some(&above))
                }
            };
            let found = tx.row(sql).await?;
            let found = found.map(|row| row.text(0)).transpose()?.flatten().unwrap_or_default();
            let mut before = None;
            for (key, numbers) in found.split(' ').filter_map(|part| part.split_once(':')) {
                // the last key was asked for more than once
                if before.replace(key) == Some(key) {
                    continue;
                }
                let Ok(key) = key.parse::<i64>() else { continue };
                let mut numbers: Vec<i64> = numbers.split(',').filter_map(|number| number.parse().ok()).collect();
                // a young key may be an old one too
                numbers.sort_unstable();
                numbers.dedup();
                if numbers.len() > A_KEY {
                    continue;
                }
                let worth = if lined(&key) { KEYS } else { 1 };
                for &at in keys.get(&key).into_iter().flatten() {
                    for seq in &numbers {
                        *shared[at].entry(*seq).or_default() += worth;
                    }
                }
            }
        }
        Ok(())
    }

    /// The number of the record that a child's own record belongs to, the child's number being `f.seq`.
    fn above(&self, child: &Object, parent: usize) -> Sql {
        let mut sql = Sql::new("SELECT t.seq FROM ");
        sql.name(&child.name).push(" c JOIN ").name(&self.object.name).push(" t ON t.id = ");
        sql.column("c", &child.fields[parent].column()).push(" WHERE c.seq = f.seq AND c.deleted_at IS NULL");
        sql
    }

    /// Records as they stand now, by their ids.
    pub async fn stored(&self, tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Stored>> {
        let mut known = Known::default();
        self.by_id(tx, ids, &mut known).await?;
        Ok(known.all.into_iter().filter_map(|entity| Some((entity.id, entity.before?))).collect())
    }

    /// Adds records by their ids.
    pub async fn by_id(&self, tx: &mut Tx, ids: &[Uuid], known: &mut Known) -> Result<()> {
        for chunk in ids.chunks(AT_ONCE) {
            let mut sql = self.select();
            sql.push(" WHERE t.deleted_at IS NULL AND t.id IN (").list(padded(chunk.iter().copied())).push(")");
            self.take(tx, sql, known).await?;
        }
        Ok(())
    }

    /// Adds the records whose reference field names one of these.
    pub async fn children(&self, tx: &mut Tx, field: usize, parents: &[Uuid], known: &mut Known) -> Result<()> {
        for chunk in parents.chunks(AT_ONCE) {
            let mut sql = self.select();
            sql.push(" WHERE t.deleted_at IS NULL AND ").column("t", &self.object.fields[field].column()).push(" IN (");
            sql.list(padded(chunk.iter().copied())).push(")");
            self.take(tx, sql, known).await?;
        }
        Ok(())
    }

    fn select(&self) -> Sql {
        let mut sql = Sql::new("SELECT ");
        Columns::all(self.object).select(self.model, self.actor, "t", &mut sql);
        sql.push(", CAST(CASE WHEN ");
        access::predicate(self.model, self.object, self.actor, Need::Read, "t", &mut sql);
        sql.push(" THEN 1 ELSE 0 END + CASE WHEN ");
        access::predicate(self.model, self.object, self.actor, Need::Change, "t", &mut sql);
        sql.push(" THEN 2 ELSE 0 END AS BIGINT)");
        sql.push(" FROM ").name(&self.object.name).push(" t");
        sql
    }

    async fn take(&self, tx: &mut Tx, sql: Sql, known: &mut Known) -> Result<()> {
        let columns = Columns::all(self.object);
        let width: usize = 2 + self.object.fields.iter().map(crate::columns::width).sum::<usize>();
        for row in tx.rows(sql).await? {
            let stored = columns.read(&row)?;
            let may = row.int(width)?.unwrap_or(0);
            let stored_seq = stored.seq;
            let entity = Entity {
                id: stored.id,
                values: stored.values.clone(),
                before: Some(stored),
                changed: BTreeSet::new(),
                may_see: may & 1 != 0,
                may_change: may & 2 != 0,
                order: stored_seq,
                foreign: false,
                children: Vec::new(),
                keys: None,
                carried: false,
            };
            let forms = self.identity.forms(self.object, &entity.values);
            known.add(entity, &forms);
        }
        Ok(())
    }
}

fn padded<T: Clone>(items: impl ExactSizeIterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    if let Some(last) = items.last().cloned() {
        items.resize(items.len().next_power_of_two().min(AT_ONCE), last);
    }
    items
}

/// Live records of an object by what people call them; records that the actor may not see are not there.
pub(crate) async fn by_name(
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Arc<Object>,
    names: &[String],
) -> Result<Vec<(Uuid, String)>> {
    let title = object.title_field();
    let mut found = Vec::new();
    // a title lent by another record is no name of its own to be met by
    if title.kind.is_reference() {
        return Ok(found);
    }
    for chunk in names.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT t.id, ");
        sql.column("t", &title.column()).push(" FROM ").name(&object.name).push(" t");
        match title.matching {
            Some(rule) => {
                let keys: Vec<i64> =
                    chunk.iter().filter_map(|name| Some(keys::key_of(rule, &keys::normal_form(rule, name)?))).collect();
                sql.push(" WHERE t.seq IN (").append(&tx.dialect().numbers_of_keys(&object.name, &keys)).push(")");
            }
            None => {
                sql.push(" WHERE ")
                    .column("t", &title.column())
                    .push(" IN (")
                    .list(chunk.iter().map(String::as_str))
                    .push(")");
            }
        }
        sql.push(" AND t.deleted_at IS NULL AND ");
        access::predicate(model, object, actor, Need::Read, "t", &mut sql);
        sql.push(" ORDER BY t.seq");
        for row in tx.rows(sql).await? {
            found.push((row.must_id(0)?, row.text(1)?.unwrap_or_default()));
        }
    }
    Ok(found)
}

/// The form in which names of an object's records are compared.
pub(crate) fn name_form(object: &Object, name: &str) -> String {
    let title = object.title_field();
    let rule = title.matching.unwrap_or(MatchRule::Exact);
    if matches!(title.kind, FieldKind::AutoNumber { .. }) {
        name.to_owned()
    } else {
        keys::normal_form(rule, name).unwrap_or_default()
    }
}
