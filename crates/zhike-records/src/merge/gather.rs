//! Moving to the survivor whatever refers to the records that go.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use serde_json::{Map, Value as Json};
use zhike_db::{Sql, Tx, sql};
use zhike_model::{FieldKind, Model, Object};
use zhike_types::{Result, Uuid, Value};

use super::{
    Merging,
    steps::VIEW,
    twice::{self, Rule},
};
use crate::{
    Actor, Source,
    dispute::moved,
    list::is_filled,
    load::{Columns, Stored},
    many::ChangedRecord,
};

/// Records read and written at once.
const AT_ONCE: usize = 500;

/// Reference fields of an object that name records of the merged one: index, and whether they name its object too.
pub(super) type References = Vec<(usize, bool)>;

/// By object, the fields by which its records refer to those of another.
pub(super) fn references(model: &Model, target: &Object) -> BTreeMap<String, References> {
    let mut all: BTreeMap<String, References> = BTreeMap::new();
    for relation in model.relations(&target.name) {
        if let Some(field) = model.object(&relation.object).and_then(|child| child.index_of(&relation.field)) {
            all.entry(relation.object.clone()).or_default().push((field, relation.any));
        }
    }
    all
}

/// The condition that a reference names one of these records.
pub(super) fn naming(child: &Object, target: &Object, (field, any): (usize, bool), ids: &[Uuid], sql: &mut Sql) {
    let field = &child.fields[field];
    sql.column("t", &field.column()).push(" IN (").list(ids.iter().copied()).push(")");
    if let (true, Some(second)) = (any, field.second_column()) {
        sql.push(" AND ").column("t", &second).push(" = ").bind(target.name.as_str());
    }
}

/// Records by their ids, in the order they were made; held until the transaction ends.
pub(crate) async fn held(tx: &mut Tx, model: &Model, object: &Arc<Object>, ids: &[Uuid]) -> Result<Vec<Stored>> {
    let columns = Columns::all(object);
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT ");
        columns.select(model, &Actor::system(Source::System), "t", &mut sql);
        sql.push(" FROM ").name(&object.name).push(" t WHERE t.id IN (").list(chunk.iter().copied()).push(")");
        sql.push(tx.dialect().for_update());
        for row in tx.rows(sql).await? {
            found.push(columns.read(&row)?);
        }
    }
    found.sort_by_key(|stored| stored.seq);
    Ok(found)
}

/// A row that refers to one of the merged records, as it is to be.
struct Row {
    before: Stored,
    values: Vec<Value>,
    changed: Vec<usize>,
    /// It refers to another record than before.
    moved: bool,
}

impl Merging<'_> {
    /// Everything that refers to one of `gone` refers to `stays` afterwards.
    pub(super) async fn gather(&mut self, tx: &mut Tx, object: &Arc<Object>, stays: Uuid, gone: &[Uuid]) -> Result<()> {
        for (name, fields) in references(self.model, object) {
            let Some(child) = self.model.object(&name) else { continue };
            let child = Arc::clone(child);
            let mut ids = self.referring(tx, &child, object, &fields, gone).await?;
            if child.name == object.name {
                ids.retain(|id| !gone.contains(id));
            }
            if ids.is_empty() {
                continue;
            }
            let rewrite = |before: Stored| rewritten(&child, object, &fields, stays, gone, before);
            let rules = twice::rules(self.model, &child, object);
            if rules.is_empty() {
                let ids: Vec<Uuid> = ids.into_iter().collect();
                for chunk in ids.chunks(AT_ONCE) {
                    let rows = held(tx, self.model, &child, chunk).await?.into_iter().map(rewrite).collect();
                    self.write(tx, &child, rows).await?;
                }
                continue;
            }
            // who is there already stands beside who comes
            ids.extend(self.referring(tx, &child, object, &fields, &[stays]).await?);
            let ids: Vec<Uuid> = ids.into_iter().collect();
            let mut rows: Vec<Row> = held(tx, self.model, &child, &ids).await?.into_iter().map(rewrite).collect();
            rows.sort_by_key(|row| (row.moved, row.before.seq));
            self.once(tx, &child, &rules, rows).await?;
        }
        Ok(())
    }

    async fn referring(
        &self,
        tx: &mut Tx,
        child: &Object,
        target: &Object,
        fields: &References,
        ids: &[Uuid],
    ) -> Result<BTreeSet<Uuid>> {
        let mut found = BTreeSet::new();
        // a statement for each field: each has its index
        for &field in fields {
            let mut sql = Sql::new("SELECT t.id FROM ");
            sql.name(&child.name).push(" t WHERE ");
            naming(child, target, field, ids, &mut sql);
            for row in tx.rows(sql).await? {
                found.insert(row.must_id(0)?);
            }
        }
        Ok(found)
    }

    /// Writes rows, those that would stand twice set aside.
    async fn once(&mut self, tx: &mut Tx, child: &Arc<Object>, rules: &[Rule], rows: Vec<Row>) -> Result<()> {
        let mut kept: Vec<Row> = Vec::new();
        let mut known: HashMap<(usize, String), usize> = HashMap::new();
        let mut aside: Vec<(Stored, Option<Uuid>)> = Vec::new();
        'rows: for row in rows {
            if row.before.is_deleted(child) {
                kept.push(row);
                continue;
            }
            for (n, rule) in rules.iter().enumerate().filter(|_| row.moved) {
                if rule.is_to_itself(&row.values) {
                    aside.push((row.before, None));
                    continue 'rows;
                }
                let twin = rule.key_of(&row.values).and_then(|key| known.get(&(n, key)));
                if let Some(twin) = twin.map(|&at| &mut kept[at])
                    && rule.adds_nothing(child, &row.values, &twin.values)
                {
                    if let Some(level) = rule.raised(&row.values, &twin.values) {
                        twin.values[level] = row.values[level].clone();
                        twin.changed.push(level);
                    }
                    aside.push((row.before, Some(twin.before.id)));
                    continue 'rows;
                }
            }
            for (n, rule) in rules.iter().enumerate() {
                if let Some(key) = rule.key_of(&row.values) {
                    known.entry((n, key)).or_insert(kept.len());
                }
            }
            kept.push(row);
        }
        for (record, instead) in aside {
            self.send_away(tx, child, &record, instead, false).await?;
            if let Some(instead) = instead {
                Box::pin(self.gather(tx, child, instead, &[record.id])).await?;
            }
        }
        kept.retain(|row| !row.changed.is_empty());
        self.write(tx, child, kept).await
    }

    async fn write(&mut self, tx: &mut Tx, child: &Arc<Object>, rows: Vec<Row>) -> Result<()> {
        let mut records = Vec::with_capacity(rows.len());
        for Row { before, values, changed, moved } in rows {
            self.steps.note(child, before.id, &before.values, &values, &changed);
            self.steps.moved += i64::from(moved);
            records.push(ChangedRecord { before, values, changed });
        }
        self.engine.change_many(tx, self.model, self.actor, child, records, &self.origin()).await
    }

    /// Saved views whose filter names a record that goes name the one that stays.
    pub(super) async fn views(&mut self, tx: &mut Tx, stays: Uuid, gone: &[Uuid]) -> Result<()> {
        let position = tx.dialect().position();
        for id in gone {
            let rows = tx
                .rows(sql!(&format!("SELECT id, body FROM saved_view WHERE {position}(body, $1) > 0"), id.to_string()))
                .await?;
            for row in rows {
                let (view, body) = (row.must_id(0)?, row.must_text(1)?);
                let new = body.replace(&id.to_string(), &stays.to_string());
                tx.run(sql!("UPDATE saved_view SET body = $1 WHERE id = $2", new.as_str(), view)).await?;
                let side = |body: String| Map::from_iter([("body".to_owned(), Json::String(body))]);
                self.steps.push(VIEW, view, side(body), side(new));
            }
        }
        Ok(())
    }

    /// Disputes about records that go are about the one that stays.
    pub(super) async fn disputes(&mut self, tx: &mut Tx, object: &str, stays: Uuid, gone: &[Uuid]) -> Result<()> {
        for (id, was) in moved::gather(tx, object, stays, gone).await? {
            let side = |account: Uuid| Map::from_iter([(moved::FIELD.to_owned(), Json::String(account.to_string()))]);
            self.steps.push(moved::STEP, id, side(was), side(stays));
        }
        Ok(())
    }
}

/// A row with its references to records that go turned to the one that stays; a record does not refer to itself.
fn rewritten(child: &Object, target: &Object, fields: &References, stays: Uuid, gone: &[Uuid], before: Stored) -> Row {
    let mut values = before.values.clone();
    let mut changed = Vec::new();
    let itself = child.name == target.name && before.id == stays;
    for &(i, _) in fields {
        let new = match (&child.fields[i].kind, &values[i]) {
            (_, value) if !is_filled(value) => continue,
            (FieldKind::Reference { .. }, Value::Id(id)) if gone.contains(id) => Value::Id(stays),
            (FieldKind::AnyReference { .. }, Value::Any(object, id)) if *object == target.name && gone.contains(id) => {
                Value::Any(object.clone(), stays)
            }
            _ => continue,
        };
        values[i] = if itself { Value::Null } else { new };
        changed.push(i);
    }
    let moved = !changed.is_empty();
    Row { before, values, changed, moved }
}
