//! Writes a decided batch: new and changed records, what follows from them, and what became of each row.

use std::collections::BTreeSet;

use zhike_db::{Sql, Tx};
use zhike_types::{Error, Result, Text, Uuid, Value};

use super::{
    decide::{Batch, RowEnd, together},
    entity::Entity,
    target::Side,
    work::Work,
};
use crate::{
    bulk::{NewRecord, Origin},
    many::ChangedRecord,
};

/// Rows a statement.
const ROWS_AT_ONCE: usize = 64;

impl Work {
    fn origin(&self) -> Origin {
        Origin { action: "create", reason: None, batch: Some(self.import), now: self.engine.now() }
    }

    /// Writes the batch in the caller's transaction.
    pub async fn write(&self, tx: &mut Tx, mut batch: Batch) -> Result<()> {
        if let Some(counts) = &self.counts {
            for root in batch.roots.all.iter_mut().filter(|root| root.is_new()) {
                for &at in counts {
                    root.values[at] = Value::Int(root.children.len() as i64);
                }
            }
        }
        let old_roots: BTreeSet<Uuid> =
            batch.roots.all.iter().filter(|root| !root.is_new()).map(|root| root.id).collect();
        self.write_side(tx, Side::Root, batch.roots.all, &old_roots).await?;
        if self.targets.child.is_some() {
            self.write_side(tx, Side::Child, batch.children.all, &old_roots).await?;
        }
        self.write_rows(tx, &batch.rows).await
    }

    async fn write_side(
        &self,
        tx: &mut Tx,
        side: Side,
        entities: Vec<Entity>,
        old_roots: &BTreeSet<Uuid>,
    ) -> Result<()> {
        let object = self.targets.object(side);
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        // whose arrival somebody must be told of
        let mut followed = Vec::new();
        let parent = self.targets.child.as_ref().map(|(_, parent)| *parent);
        for entity in entities {
            match entity.before {
                Some(_) if entity.changed.is_empty() => {}
                Some(before) => changed.push(ChangedRecord {
                    before,
                    values: entity.values,
                    changed: entity.changed.into_iter().collect(),
                }),
                None => {
                    let counted = side == Side::Child
                        && self.counts.is_some()
                        && parent
                            .and_then(|parent| entity.values[parent].as_id())
                            .is_some_and(|root| !old_roots.contains(&root));
                    if !counted {
                        followed.push(entity.id);
                    }
                    new.push(NewRecord { id: entity.id, values: entity.values, keys: entity.keys });
                }
            }
        }
        let origin = self.origin();
        self.engine.insert_many(tx, &self.model, &self.actor, object, new, &origin).await?;
        let fields = object.fields.iter().map(|field| field.name.clone()).collect();
        self.engine.follow_new(tx, &self.model, &self.actor, object, followed, fields).await?;
        self.engine
            .change_many(tx, &self.model, &self.actor, object, changed, &Origin { action: "change", ..origin })
            .await
    }

    async fn write_rows(&self, tx: &mut Tx, rows: &[RowEnd]) -> Result<()> {
        for chunk in crate::bulk::portions(rows, ROWS_AT_ONCE) {
            let mut sql =
                Sql::new("INSERT INTO import_row (import_id, row, outcome, record_id, child_id, reason) VALUES ");
            for (i, row) in chunk.iter().enumerate() {
                let reason = (!row.reasons.is_empty())
                    .then(|| serde_json::to_string(&row.reasons))
                    .transpose()
                    .map_err(Error::internal)?;
                sql.push(if i == 0 { "(" } else { ", (" })
                    .bind(self.import)
                    .push(", ")
                    .bind(row.number as i64)
                    .push(", ")
                    .bind(row.outcome.name());
                sql.push(", ").bind(row.record).push(", ").bind(row.child).push(", ").bind(reason).push(")");
            }
            tx.run(sql).await?;
        }
        Ok(())
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

/// The reasons that a row's entry keeps.
pub(crate) fn reasons_of(json: &str) -> Text {
    serde_json::from_str::<Vec<super::plan::Reason>>(json).map(|reasons| together(&reasons)).unwrap_or_default()
}
