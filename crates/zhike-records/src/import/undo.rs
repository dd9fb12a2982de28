//! Taking an import back: what it made goes for ever, what it changed is as it was before; except where somebody worked with it
//! since. The audit says what the import did; it is read from the end to the beginning.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use serde_json::{Map, Value as Json};
use zhike_db::{Sql, Tx, sql};
use zhike_jobs::{Ended, Run};
use zhike_model::{FieldKind, Object, OnDelete};
use zhike_types::{Error, Result, Text, Uuid, boxed};

use super::{
    plan::{ImportInfo, ImportState, UndoCounts},
    run::{Args, actor_of},
    table::Entry,
};
use crate::{
    Actor, Engine,
    access::Need,
    audit::{self, Deed},
    bulk,
    columns::from_stored_json,
    derive::{self, Changed},
    load::{Columns, Stored},
    lock::{self, Touched},
};

pub(crate) const JOB: &str = "import-undo";
/// Audit rows a transaction.
const ROWS_A_BATCH: i64 = 500;

impl Engine {
    /// Takes a whole import back, in the background.
    #[boxed]
    pub async fn import_undo(&self, actor: &Actor, id: Uuid) -> Result<ImportInfo> {
        let mut tx = self.0.db.begin().await?;
        let mut entry = self.own_import(&mut tx, actor, id).await?;
        self.targets(actor, &entry.info.object)?;
        if !matches!(entry.info.state, ImportState::Done | ImportState::Failed) {
            return Err(Error::Conflict(Text::new(
                "只有已经结束的导入才能撤销。",
                "Only an import that has ended can be undone.",
            )));
        }
        entry.info.state = ImportState::Undoing;
        entry.info.undo = Some(UndoCounts::default());
        entry.cursor = i64::MAX;
        entry.save(&mut tx).await?;
        self.0.jobs.enqueue(&mut tx, JOB, &Args { import: id, dry: false }).await?;
        tx.commit().await?;
        self.work()?;
        self.0.jobs.wake();
        Ok(entry.info)
    }
}

/// The job.
pub(crate) async fn run(engine: Engine, job: Run) -> Result<Ended> {
    let args: Args = job.args()?;
    let mut entry = Entry::read(&mut engine.db().read().await?, args.import).await?;
    let actor = actor_of(&engine, entry.info.user_id).await?;
    loop {
        if job.stopping() {
            return Ok(Ended::Stopped);
        }
        let mut tx = engine.db().begin().await?;
        crate::merge::beside(&mut tx).await?;
        let undo = Undo { engine: &engine, actor: &actor, import: args.import };
        let went_on = undo.batch(&mut tx, &mut entry).await?;
        if !went_on {
            entry.info.state = ImportState::Undone;
            entry.info.finished_at = Some(engine.now());
        }
        entry.save(&mut tx).await?;
        job.advanced(&mut tx).await?;
        tx.commit().await?;
        engine.written();
        if !went_on {
            return Ok(Ended::Done);
        }
    }
}

/// The batch under which an undo's own audit rows stand: told from the import's, so that one that was interrupted knows its own.
fn batch_of(import: Uuid) -> Uuid {
    let mut bytes = *import.as_bytes();
    bytes[15] ^= 0xff;
    Uuid::from_bytes(bytes)
}

/// One of the import's audit rows.
struct Done {
    seq: i64,
    action: String,
    object: String,
    id: Uuid,
    before: Map<String, Json>,
    after: Map<String, Json>,
}

struct Undo<'e> {
    engine: &'e Engine,
    actor: &'e Actor,
    import: Uuid,
}

impl Undo<'_> {
    /// Takes back some of what is left; false when nothing is.
    async fn batch(&self, tx: &mut Tx, entry: &mut Entry) -> Result<bool> {
        let rows = tx
            .rows(sql!(
                "SELECT seq, action, object, record_id, before, after FROM audit WHERE batch_id = $1 AND seq < $2 AND record_id IS NOT NULL ORDER BY seq DESC LIMIT $3",
                self.import,
                entry.cursor,
                ROWS_A_BATCH
            ))
            .await?;
        let parse = |text: Option<String>| {
            text.and_then(|text| serde_json::from_str::<Map<String, Json>>(&text).ok()).unwrap_or_default()
        };
        let mut all = Vec::with_capacity(rows.len());
        for row in &rows {
            let (before, after) = (parse(row.text(4)?), parse(row.text(5)?));
            all.push(Done {
                seq: row.must_int(0)?,
                action: row.must_text(1)?,
                object: row.must_text(2)?,
                id: row.must_id(3)?,
                before,
                after,
            });
        }
        let Some(last) = all.last() else { return Ok(false) };
        entry.cursor = last.seq;
        let counts = entry.info.undo.get_or_insert_default();
        // neighbours of one kind are taken together, in the order they stand
        let mut rest = all.as_slice();
        while let Some(first) = rest.first() {
            let run = rest.iter().take_while(|done| done.object == first.object && done.action == first.action).count();
            let (piece, after) = rest.split_at(run);
            rest = after;
            match first.action.as_str() {
                "create" => self.remove(tx, piece, counts).await?,
                "change" => {
                    for done in piece {
                        self.put_back(tx, done, counts).await?;
                    }
                }
                _ => {}
            }
        }
        Ok(true)
    }

    /// Removes records for ever that nobody else touched and nothing refers to.
    async fn remove(&self, tx: &mut Tx, piece: &[Done], counts: &mut UndoCounts) -> Result<()> {
        let model = self.engine.model();
        let Some(object) = piece.first().and_then(|done| model.object(&done.object)) else { return Ok(()) };
        let ids: Vec<Uuid> = piece.iter().map(|done| done.id).collect();
        let mut kept = self.touched(tx, &ids).await?;
        for relation in model.relations(&object.name).iter().filter(|relation| relation.on_delete != OnDelete::Keep) {
            let column = format!("{}_id", relation.field);
            let mut sql = Sql::new("SELECT DISTINCT ");
            sql.name(&column)
                .push(" FROM ")
                .name(&relation.object)
                .push(" WHERE ")
                .name(&column)
                .push(" IN (")
                .list(ids.iter().copied())
                .push(")");
            for row in tx.rows(sql).await? {
                kept.insert(row.must_id(0)?);
            }
        }
        let stored = self.stored(tx, object, &ids).await?;
        let context = self.engine.context(self.actor);
        if stored.iter().any(|one| !kept.contains(&one.id)) {
            let going: Vec<Touched<'_>> = stored.iter().map(Touched::whole).collect();
            match lock::refuse(&context, tx, &model, object, &going).await {
                Err(Error::Conflict(_)) => {
                    for one in &going {
                        if let (Err(Error::Conflict(_)), Some(before)) =
                            (lock::refuse(&context, tx, &model, object, &[*one]).await, one.before)
                        {
                            kept.insert(before.id);
                        }
                    }
                }
                done => done?,
            }
        }
        let (gone, left): (Vec<Stored>, Vec<Stored>) =
            stored.into_iter().partition(|stored| !kept.contains(&stored.id));
        counts.removed += gone.len() as i64;
        counts.kept += left.len() as i64;
        if gone.is_empty() {
            return Ok(());
        }
        bulk::unindex_many(tx, object, &gone).await?;
        let mut sql = Sql::new("DELETE FROM ");
        sql.name(&object.name).push(" WHERE id IN (").list(gone.iter().map(|stored| stored.id)).push(")");
        tx.run(sql).await?;
        let deeds = gone.iter().map(|stored| Deed {
            record_id: Some(stored.id),
            reason: Some("import undone".to_owned()),
            batch: Some(batch_of(self.import)),
            fields: Some(Vec::new()),
            ..Deed::about("purge", &object.name)
        });
        audit::record(tx, self.actor, self.engine.now(), deeds.collect()).await?;
        let mut left: Vec<(String, Uuid)> = Vec::new();
        for stored in &gone {
            self.engine.0.titles.forget(stored.id);
            for (field, value) in object.fields.iter().zip(&stored.values) {
                if let (FieldKind::Reference { .. }, Some(id), false) = (&field.kind, value.as_id(), field.system) {
                    left.push((field.name.clone(), id));
                }
            }
        }
        left.sort();
        left.dedup();
        let fields = object.fields.iter().map(|field| field.name.clone()).collect();
        let change = Changed { object: object.name.clone(), ids: Vec::new(), fields: Some(fields), left };
        derive::refresh(tx, &model, &self.engine.context(self.actor), change).await
    }

    /// Records that somebody else did something with: everything later than the import, as the import made them.
    async fn touched(&self, tx: &mut Tx, ids: &[Uuid]) -> Result<HashSet<Uuid>> {
        let mut sql = Sql::new("SELECT DISTINCT record_id FROM audit WHERE record_id IN (");
        sql.list(ids.iter().copied()).push(") AND (batch_id IS NULL OR batch_id NOT IN (");
        sql.list([self.import, batch_of(self.import)]).push("))");
        tx.rows(sql).await?.iter().map(|row| row.must_id(0)).collect()
    }

    async fn stored(&self, tx: &mut Tx, object: &Arc<Object>, ids: &[Uuid]) -> Result<Vec<Stored>> {
        let columns = Columns::all(object);
        let mut sql = Sql::new("SELECT ");
        columns.select(&self.engine.model(), self.actor, "t", &mut sql);
        sql.push(" FROM ").name(&object.name).push(" t WHERE t.id IN (").list(ids.iter().copied()).push(")");
        tx.rows(sql).await?.iter().map(|row| columns.read(row)).collect()
    }

    /// Puts values back that nobody changed since.
    async fn put_back(&self, tx: &mut Tx, done: &Done, counts: &mut UndoCounts) -> Result<()> {
        let model = self.engine.model();
        let Some(object) = model.object(&done.object) else { return Ok(()) };
        let Some(stored) =
            self.engine.find(tx, &model, &Actor::system(self.actor.source), object, done.id, Need::Read).await?
        else {
            return Ok(());
        };
        if self.made_here(tx, done.id).await? {
            // it goes as a whole, or stays as a whole
            return Ok(());
        }
        let since = self.changed_since(tx, done).await?;
        let mut values = stored.values.clone();
        let mut changed = Vec::new();
        let mut stays = false;
        for (i, field) in object.fields.iter().enumerate() {
            let Some(after) = done.after.get(&field.name) else { continue };
            if since.contains(&field.name) || stored.values[i] != from_stored_json(field, after) {
                stays = true;
                continue;
            }
            values[i] =
                done.before.get(&field.name).map_or(zhike_types::Value::Null, |before| from_stored_json(field, before));
            changed.push(i);
        }
        let one = Touched { before: Some(&stored), values: &values, changed: Some(&changed) };
        match lock::refuse(&self.engine.context(self.actor), tx, &model, object, &[one]).await {
            Err(Error::Invalid(_)) if !changed.is_empty() => {
                changed.clear();
                stays = true;
            }
            done => done?,
        }
        if stays || stored.is_deleted(object) {
            counts.kept += 1;
        } else {
            counts.restored += 1;
        }
        if changed.is_empty() || stored.is_deleted(object) {
            return Ok(());
        }
        let reason = Some("import undone".to_owned());
        self.engine
            .store(
                tx,
                &model,
                self.actor,
                object,
                &stored,
                values,
                &changed,
                "change",
                reason,
                Some(batch_of(self.import)),
            )
            .await
    }

    async fn made_here(&self, tx: &mut Tx, id: Uuid) -> Result<bool> {
        let row = tx
            .row(sql!(
                "SELECT 1 FROM audit WHERE record_id = $1 AND batch_id = $2 AND action = 'create' LIMIT 1",
                id,
                self.import
            ))
            .await?;
        Ok(row.is_some())
    }

    /// Fields of the record that somebody else changed after this row.
    async fn changed_since(&self, tx: &mut Tx, done: &Done) -> Result<HashSet<String>> {
        let mut sql = Sql::new("SELECT after FROM audit WHERE record_id = ");
        sql.bind(done.id).push(" AND seq > ").bind(done.seq).push(" AND (batch_id IS NULL OR batch_id NOT IN (");
        sql.list([self.import, batch_of(self.import)]).push("))");
        let mut fields = HashSet::new();
        for row in tx.rows(sql).await? {
            let after: BTreeMap<String, Json> =
                row.text(0)?.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
            fields.extend(after.into_keys());
        }
        Ok(fields)
    }
}
