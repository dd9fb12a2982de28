//! Writes a decided batch: new and changed records, what follows from them, and what became of each row.

use std::collections::{BTreeSet, HashMap};

use zhike_db::{Arg, Sql, Tx};
use zhike_model::{Object, Role};
use zhike_types::{Error, Result, Text, Uuid, Value};

use super::{
    decide::{Batch, RowEnd, together},
    entity::Entity,
    target::Side,
    work::Work,
};
use crate::{
    approval,
    bulk::{NewRecord, Origin},
    list::is_filled,
    load::Stored,
    lock::{self, Touched},
    many::ChangedRecord,
    pool, roster, rules,
};

/// Rows a statement.
const ROWS_AT_ONCE: usize = 256;

impl Work {
    fn origin(&self) -> Origin {
        Origin { action: "create", reason: None, batch: Some(self.import), now: self.engine.now() }
    }

    /// Writes the batch in the caller's transaction.
    pub async fn write(&self, tx: &mut Tx, batch: &Batch) -> Result<()> {
        let old_roots: BTreeSet<Uuid> =
            batch.roots.all.iter().filter(|root| !root.is_new()).map(|root| root.id).collect();
        self.write_side(tx, Side::Root, &batch.roots.all, &old_roots).await?;
        if self.targets.child.is_some() {
            self.write_side(tx, Side::Child, &batch.children.all, &old_roots).await?;
        }
        self.write_rows(tx, &batch.rows).await
    }

    async fn write_side(&self, tx: &mut Tx, side: Side, entities: &[Entity], old_roots: &BTreeSet<Uuid>) -> Result<()> {
        self.put(tx, side, entities, old_roots).await?;
        let (rows, object) = (asked_of(entities), self.targets.object(side));
        let context = self.engine.context(&self.actor);
        let broken = rules::broken_of_many(tx, &self.model, object, &context, rows.clone()).await?;
        if let Some((_, error)) = broken.into_iter().next() {
            return Err(Error::Invalid(vec![error]));
        }
        approval::ask_many(&self.engine, tx, &self.model, &self.actor, object, rows).await
    }

    /// Writes records, whether they take approval or not.
    pub(super) async fn put(
        &self,
        tx: &mut Tx,
        side: Side,
        entities: &[Entity],
        old_roots: &BTreeSet<Uuid>,
    ) -> Result<()> {
        let object = self.targets.object(side);
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        // whose arrival somebody must be told of
        let mut followed = Vec::new();
        let parent = self.targets.child.as_ref().map(|(_, parent)| *parent);
        let mut now = self.as_they_are(tx, side, entities).await?;
        for entity in entities {
            match &entity.before {
                Some(_) if entity.changed.is_empty() => {}
                Some(before) => changed.push(change(before, now.remove(&entity.id), entity)),
                None => {
                    let counted = side == Side::Child
                        && self.counts.is_some()
                        && parent
                            .and_then(|parent| entity.values[parent].as_id())
                            .is_some_and(|root| !old_roots.contains(&root));
                    if !counted {
                        followed.push(entity.id);
                    }
                    new.push(self.new_record(side, entity));
                }
            }
        }
        self.engine.take_many_again(tx, &self.model, object, &mut changed).await?;
        let held: Vec<(Uuid, Vec<usize>)> = changed.iter().map(|one| (one.before.id, one.changed.clone())).collect();
        approval::refuse_held_many(tx, object, &held).await?;
        let touched: Vec<Touched<'_>> = changed
            .iter()
            .map(|one| Touched { before: Some(&one.before), values: &one.values, changed: Some(&one.changed) })
            .chain(new.iter().map(|one| Touched { before: None, values: &one.values, changed: None }))
            .collect();
        lock::refuse(&self.engine.context(&self.actor), tx, &self.model, object, &touched).await?;
        let origin = self.origin();
        let unnamed = if side == Side::Root { self.unnamed(object, &new) } else { Vec::new() };
        let in_pool = object.role_index(Role::Pool).filter(|_| side == Side::Root);
        let lies = |one: &&NewRecord| in_pool.is_some_and(|at| !one.values[at].is_null());
        let pooled: Vec<Uuid> = new.iter().filter(lies).map(|one| one.id).collect();
        self.engine.insert_many(tx, &self.model, &self.actor, object, new, &origin).await?;
        if let Some(pool) = self.plan.pool {
            pool::note_imported(tx, &self.actor, &object.name, pool, &pooled, origin.now).await?;
        }
        let fields = object.fields.iter().map(|field| field.name.clone()).collect();
        self.engine.follow_new(tx, &self.model, &self.actor, object, followed, fields).await?;
        self.engine
            .change_many(tx, &self.model, &self.actor, object, changed, &Origin { action: "change", ..origin })
            .await?;
        self.engine.assign_new(tx, &self.model, &self.actor, object, &unnamed).await?;
        let written = entities.iter().filter(|entity| entity.is_touched());
        let asked = |entity: &&Entity| {
            let changed: Vec<usize> = entity.changed.iter().copied().collect();
            entity.before.is_none() || roster::is_asked(object, &changed)
        };
        let ids: Vec<Uuid> = written.filter(asked).map(|entity| entity.id).collect();
        roster::check(tx, object, &ids).await
    }

    /// New records of a list that names no owners: they are the importer's, unless a rule says whose they are.
    fn unnamed(&self, object: &Object, new: &[NewRecord]) -> Vec<Uuid> {
        let Some(owner) = object.role_index(Role::Owner).filter(|_| self.plan.pool.is_none()) else {
            return Vec::new();
        };
        let named = format!("{}.{}", object.name, object.fields[owner].name);
        if self.plan.columns.iter().any(|column| column.target.as_deref() == Some(named.as_str())) {
            return Vec::new();
        }
        new.iter().filter(|one| one.values[owner].as_id() == self.actor.user_id).map(|one| one.id).collect()
    }

    /// Records that the batch before left and this one changes: as the database has them by now.
    async fn as_they_are(&self, tx: &mut Tx, side: Side, entities: &[Entity]) -> Result<HashMap<Uuid, Stored>> {
        let carried = entities.iter().filter(|entity| entity.carried && !entity.changed.is_empty());
        let ids: Vec<Uuid> = carried.map(|entity| entity.id).collect();
        let Some(lookup) = self.lookup(side).filter(|_| !ids.is_empty()) else { return Ok(HashMap::new()) };
        let now = lookup.stored(tx, &ids).await?;
        if now.len() < ids.len() {
            let text = Text::new("有记录刚被别人删除，请重试。", "Somebody deleted a record meanwhile. Try again.");
            return Err(Error::Unavailable(text));
        }
        Ok(now)
    }

    fn new_record(&self, side: Side, entity: &Entity) -> NewRecord {
        let mut values = entity.values.clone();
        for &at in self.counts.iter().flatten().filter(|_| side == Side::Root) {
            values[at] = Value::Int(entity.children.len() as i64);
        }
        NewRecord { id: entity.id, values, keys: entity.keys.clone() }
    }

    async fn write_rows(&self, tx: &mut Tx, rows: &[RowEnd]) -> Result<()> {
        let columns = ["import_id", "row", "outcome", "record_id", "child_id", "reason"];
        if tx.dialect().copies(rows.len()) {
            let mut sql = Sql::copy("import_row", &columns);
            for row in rows {
                sql.row(&self.row(row)?);
            }
            return tx.run(sql).await.map(drop);
        }
        for chunk in crate::bulk::portions(rows, ROWS_AT_ONCE) {
            let mut sql = Sql::new(tx.dialect().insert_or_end());
            sql.push("import_row (").push(&columns.join(", ")).push(") VALUES ");
            for (i, row) in chunk.iter().enumerate() {
                sql.push(if i == 0 { "(" } else { ", (" }).list(self.row(row)?).push(")");
            }
            tx.run(sql).await?;
        }
        Ok(())
    }

    fn row(&self, row: &RowEnd) -> Result<[Arg; 6]> {
        let reason = (!row.reasons.is_empty()).then(|| serde_json::to_string(&row.reasons)).transpose();
        Ok([
            self.import.into(),
            (row.number as i64).into(),
            row.outcome.name().into(),
            row.record.into(),
            row.child.into(),
            reason.map_err(Error::internal)?.into(),
        ])
    }

    /// Notes the failed and skipped rows of a dry run.
    pub async fn note(&self, tx: &mut Tx, rows: &[RowEnd]) -> Result<()> {
        let told: Vec<RowEnd> = rows
            .iter()
            .filter(|row| !row.reasons.is_empty())
            .map(|row| RowEnd { record: None, child: None, ..row.clone() })
            .collect();
        self.write_rows(tx, &told).await
    }
}

/// What approval is asked about: id, what it was, what it is, what changed.
pub(super) fn asked_of(entities: &[Entity]) -> impl Iterator<Item = approval::AskedRow<'_>> + Clone {
    entities.iter().filter(|entity| entity.is_touched()).map(|entity| {
        let differs: Vec<usize> = match &entity.before {
            Some(_) => entity.changed.iter().copied().collect(),
            None => (0..entity.values.len()).filter(|&i| is_filled(&entity.values[i])).collect(),
        };
        (entity.id, entity.before.as_ref(), entity.values.as_slice(), differs)
    })
}

/// `now`: as it stands, when that may be otherwise than it was when it was decided.
fn change(before: &Stored, now: Option<Stored>, entity: &Entity) -> ChangedRecord {
    let changed = entity.changed.iter().copied().collect();
    let Some(now) = now else {
        return ChangedRecord { before: before.clone(), values: entity.values.clone(), changed };
    };
    let mut values = now.values.clone();
    for &field in &entity.changed {
        values[field] = entity.values[field].clone();
    }
    ChangedRecord { before: now, values, changed }
}

/// The reasons that a row's entry keeps.
pub(crate) fn reasons_of(json: &str) -> Text {
    serde_json::from_str::<Vec<super::plan::Reason>>(json).map(|reasons| together(&reasons)).unwrap_or_default()
}
