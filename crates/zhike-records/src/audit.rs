//! The audit: who did what, when, from where, with the values before and after. Rows are written in the transaction of what
//! they tell; a moment later the sealer chains them by hash (each hash covers the one before), so that a changed, removed or
//! inserted row shows.

use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};
use zhike_db::{Arg, Sql, Tx, sql};
use zhike_model::{FieldKind, Object};
use zhike_types::{Error, Result, Uuid, Value};

use crate::{
    Actor, AuditEntry, AuditQuery, Engine, FieldChange, FieldState, LogEntry,
    access::Need,
    bulk::{self, Origin},
    columns::from_stored_json,
    idempotency, load, merge,
};

/// One thing done to one record.
pub(crate) struct Deed {
    pub action: &'static str,
    pub object: String,
    pub record_id: Option<Uuid>,
    pub before: Option<Map<String, Json>>,
    pub after: Option<Map<String, Json>>,
    pub reason: Option<String>,
    pub batch: Option<Uuid>,
    /// The fields that changed, for the event; none writes no event.
    pub fields: Option<Vec<String>>,
}

/// Rows a statement.
const ROWS_A_STATEMENT: usize = 64;

/// Says that the transaction will write audit rows: the sealer waits for it.
pub(crate) async fn open(tx: &mut Tx) -> Result<()> {
    match tx.dialect().audit_gate(false) {
        Some(gate) => tx.run(Sql::new(gate)).await.map(drop),
        None => Ok(()),
    }
}

/// Writes audit and event rows.
pub(crate) async fn record(tx: &mut Tx, actor: &Actor, now: i64, deeds: Vec<Deed>) -> Result<()> {
    open(tx).await?;
    if let Some(deed) = deeds.first() {
        idempotency::mark(tx, actor, &deed.object, deed.record_id).await?;
    }
    let origin = actor.origin();
    for piece in bulk::portions(&deeds, ROWS_A_STATEMENT) {
        let mut sql = Sql::new(
            "INSERT INTO audit (at, actor_id, actor, source, action, object, record_id, before, after, reason, batch_id) VALUES ",
        );
        for (i, deed) in piece.iter().enumerate() {
            let json = |map: &Option<Map<String, Json>>| {
                map.as_ref().map(|map| serde_json::to_string(map).expect("JSON is JSON"))
            };
            sql.push(if i == 0 { "(" } else { ", (" });
            let args: [Arg; 11] = [
                now.into(),
                actor.user_id.into(),
                (&*actor.name).into(),
                origin.as_str().into(),
                deed.action.into(),
                deed.object.as_str().into(),
                deed.record_id.into(),
                json(&deed.before).into(),
                json(&deed.after).into(),
                deed.reason.as_deref().into(),
                deed.batch.into(),
            ];
            sql.list(args).push(")");
        }
        tx.run(sql).await?;
    }
    let told: Vec<(&Deed, Uuid, String)> =
        deeds.iter().filter_map(|deed| Some((deed, deed.record_id?, deed.fields.as_ref()?.join(" ")))).collect();
    for piece in bulk::portions(&told, ROWS_A_STATEMENT) {
        let mut sql = Sql::new("INSERT INTO event (at, kind, object, record_id, actor_id, fields, batch_id) VALUES ");
        for (i, (deed, id, fields)) in piece.iter().enumerate() {
            sql.push(if i == 0 { "(" } else { ", (" });
            let args: [Arg; 7] = [
                now.into(),
                deed.action.into(),
                deed.object.as_str().into(),
                (*id).into(),
                actor.user_id.into(),
                fields.as_str().into(),
                deed.batch.into(),
            ];
            sql.list(args).push(")");
        }
        tx.run(sql).await?;
    }
    Ok(())
}

/// The statements that put new records of one object on record, (id, its values as JSON): audit rows and events. What they share
/// is said once.
pub(crate) fn statements(
    actor: &Actor,
    object: &Object,
    origin: &Origin,
    new: impl Iterator<Item = (Uuid, String)>,
) -> [Sql; 2] {
    let (mut audit, mut event) = (Sql::new("WITH v (id, after) AS (VALUES "), Sql::new("WITH v (id) AS (VALUES "));
    for (i, (id, after)) in new.enumerate() {
        let open = if i == 0 { "(" } else { ", (" };
        audit.push(open).bind(id).push(", ").bind(after).push(")");
        event.push(open).bind(id).push(")");
    }
    audit.push(
        ") INSERT INTO audit (at, actor_id, actor, source, action, object, reason, batch_id, record_id, after) SELECT ",
    );
    let shared: [Arg; 8] = [
        origin.now.into(),
        actor.user_id.into(),
        (&*actor.name).into(),
        actor.origin().into(),
        origin.action.into(),
        object.name.as_str().into(),
        origin.reason.as_deref().into(),
        origin.batch.into(),
    ];
    audit.list(shared).push(", v.id, v.after FROM v");
    event.push(") INSERT INTO event (at, kind, object, actor_id, fields, batch_id, record_id) SELECT ");
    let shared: [Arg; 5] =
        [origin.now.into(), origin.action.into(), object.name.as_str().into(), actor.user_id.into(), "".into()];
    event.list(shared).push(", ").bind(origin.batch).push(", v.id FROM v");
    [audit, event]
}

impl Engine {
    /// What was done to a record, newest first; values masked as the actor sees them.
    pub async fn history(
        &self,
        actor: &Actor,
        object: &str,
        id: Uuid,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>> {
        let model = self.model();
        let object = crate::access::object_for(&model, actor, object)?;
        let mut tx = self.0.db.read().await?;
        if self.find(&mut tx, &model, actor, object, id, Need::Read).await?.is_none() {
            return Err(Error::NotFound);
        }
        let mut query = sql!(
            "SELECT seq, at, actor, actor_id, source, action, reason, before, after, record_id FROM audit WHERE object = $1 AND record_id IN (",
            object.name.as_str()
        );
        // what was merged into it brought its history along
        let mut all = merge::absorbed(&mut tx, id).await?;
        all.push(id);
        query.list(all).push(")");
        if let Some(before) = before {
            query.push(" AND seq < ").bind(before);
        }
        query.push(" ORDER BY seq DESC LIMIT ").bind(limit.clamp(1, 500) as i64);
        let states = load::field_states(object, actor);
        let mut entries = Vec::new();
        for row in tx.rows(query).await? {
            let (entry, old, new) = entry(&row)?;
            let merged_from = row.id(9)?.filter(|whose| *whose != id);
            entries.push(AuditEntry {
                changes: self.changes(object, actor, &states, &old, &new),
                merged_from,
                ..entry
            });
        }
        Ok(entries)
    }

    /// The audit over all records, newest first: for the duty `audit`, whatever the actor's data scope. Values are masked as the
    /// actor's roles have it; of an object that the actor may not read only who did what and when is told.
    pub async fn audit_log(&self, actor: &Actor, query: &AuditQuery) -> Result<Vec<LogEntry>> {
        crate::people::needs_duty(actor, "audit")?;
        let mut sql = Sql::new(
            "SELECT seq, at, actor, actor_id, source, action, reason, before, after, object, record_id FROM audit WHERE seq < ",
        );
        sql.bind(query.before.unwrap_or(i64::MAX));
        if let Some(object) = &query.object {
            sql.push(" AND object = ").bind(object.as_str());
        }
        if let Some(user) = query.user {
            sql.push(" AND actor_id = ").bind(user);
        }
        sql.push(" ORDER BY seq DESC LIMIT ").bind(query.limit.clamp(1, 500) as i64);
        let model = self.model();
        let mut entries = Vec::new();
        for row in self.0.db.read().await?.rows(sql).await? {
            let (mut entry, old, new) = entry(&row)?;
            let object = row.must_text(9)?;
            entry.changes = match model.object(&object) {
                Some(known) if crate::access::object_for(&model, actor, &object).is_ok() => {
                    self.changes(known, actor, &load::field_states(known, actor), &old, &new)
                }
                Some(_) => Vec::new(),
                // roles, views, packs: no record, no fields
                None => plain_changes(&old, &new),
            };
            entries.push(LogEntry { entry, object, record_id: row.id(10)? });
        }
        Ok(entries)
    }

    fn changes(
        &self,
        object: &Object,
        actor: &Actor,
        states: &[FieldState],
        old: &Map<String, Json>,
        new: &Map<String, Json>,
    ) -> Vec<FieldChange> {
        object
            .fields
            .iter()
            .zip(states)
            .filter(|(field, state)| {
                **state != FieldState::Hidden && (old.contains_key(&field.name) || new.contains_key(&field.name))
            })
            .map(|(field, state)| {
                let text = |map: &Map<String, Json>| {
                    let value = map.get(&field.name).map_or(Value::Null, |json| from_stored_json(field, json));
                    let value = if *state == FieldState::Masked { load::mask(field, &value) } else { value };
                    match (&field.kind, &value) {
                        (FieldKind::Reference { .. }, Value::Id(id)) => id.to_string(),
                        _ => crate::show::show_value(field, &value, actor.lang, &self.0.zone),
                    }
                };
                FieldChange { field: field.name.clone(), before: text(old), after: text(new) }
            })
            .collect()
    }
}

/// Fields by name, as they were stored.
type Values = Map<String, Json>;

/// A row of the audit without its changes, and the values before and after as they are stored.
fn entry(row: &zhike_db::Row) -> Result<(AuditEntry, Values, Values)> {
    let parse =
        |text: Option<String>| text.and_then(|text| serde_json::from_str::<Values>(&text).ok()).unwrap_or_default();
    let entry = AuditEntry {
        seq: row.must_int(0)?,
        at: row.must_int(1)?,
        actor: row.must_text(2)?,
        actor_id: row.id(3)?,
        source: row.must_text(4)?,
        action: row.must_text(5)?,
        reason: row.text(6)?,
        changes: Vec::new(),
        merged_from: None,
    };
    Ok((entry, parse(row.text(7)?), parse(row.text(8)?)))
}

fn plain_changes(old: &Map<String, Json>, new: &Map<String, Json>) -> Vec<FieldChange> {
    let text = |map: &Map<String, Json>, name: &String| match map.get(name) {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let change = |name: &String| FieldChange { field: name.clone(), before: text(old, name), after: text(new, name) };
    names.into_iter().map(change).collect()
}

/// How many rows one link of the chain covers at most.
const SEAL_AT_ONCE: i64 = 5_000;

/// Chains rows that are not chained yet: a link covers a run of rows. Returns how many rows it sealed.
pub(crate) async fn seal(tx: &mut Tx, now: i64) -> Result<usize> {
    if let Some(gate) = tx.dialect().audit_gate(true) {
        tx.run(Sql::new(gate)).await?;
    }
    let (link, upto, hash) =
        match tx.row(Sql::new("SELECT link, upto, hash FROM audit_chain ORDER BY link DESC LIMIT 1")).await? {
            None => (0, 0, vec![0_u8; 32]),
            Some(row) => (row.must_int(0)?, row.must_int(1)?, row.bytes(2)?.unwrap_or_default()),
        };
    let rows = tx.rows(sql!(&format!("{ROWS} WHERE seq > $1 ORDER BY seq LIMIT $2"), upto, SEAL_AT_ONCE)).await?;
    let Some(last) = rows.last() else { return Ok(0) };
    let upto = last.must_int(0)?;
    let hash = link_hash(&hash, &rows)?;
    let count = rows.len() as i64;
    tx.run(sql!(
        "INSERT INTO audit_chain (link, upto, rows, at, hash) VALUES ($1, $2, $3, $4, $5)",
        link + 1,
        upto,
        count,
        now,
        hash
    ))
    .await?;
    Ok(rows.len())
}

fn link_hash(before: &[u8], rows: &[zhike_db::Row]) -> Result<Vec<u8>> {
    let mut digest = Sha256::new();
    digest.update(before);
    for row in rows {
        digest.update(row_digest(row)?);
    }
    Ok(digest.finalize().to_vec())
}

const ROWS: &str =
    "SELECT seq, at, actor_id, actor, source, action, object, record_id, before, after, reason, batch_id FROM audit";

/// SHA-256 over a row's columns, each with its length, so that no two rows read alike.
fn row_digest(row: &zhike_db::Row) -> Result<[u8; 32]> {
    let mut digest = Sha256::new();
    let mut feed = |bytes: Option<&[u8]>| match bytes {
        None => digest.update([0]),
        Some(bytes) => {
            digest.update([1]);
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        }
    };
    feed(Some(&row.must_int(0)?.to_le_bytes()));
    feed(Some(&row.must_int(1)?.to_le_bytes()));
    for column in [2, 7, 11] {
        feed(row.id(column)?.as_ref().map(|id| id.as_bytes().as_slice()));
    }
    for column in [3, 4, 5, 6, 8, 9, 10] {
        feed(row.text(column)?.as_deref().map(str::as_bytes));
    }
    Ok(digest.finalize().into())
}

/// Links of the chain whose rows do not give their hash any more.
pub(crate) async fn broken_links(tx: &mut Tx) -> Result<Vec<i64>> {
    let mut broken = Vec::new();
    let (mut hash, mut from, mut expected) = (vec![0_u8; 32], 0, 1);
    for link in tx.rows(Sql::new("SELECT link, upto, hash FROM audit_chain ORDER BY link")).await? {
        let (number, upto) = (link.must_int(0)?, link.must_int(1)?);
        let stored = link.bytes(2)?.unwrap_or_default();
        let rows = tx.rows(sql!(&format!("{ROWS} WHERE seq > $1 AND seq <= $2 ORDER BY seq"), from, upto)).await?;
        if number != expected || link_hash(&hash, &rows)? != stored {
            broken.push(number);
        }
        (hash, from, expected) = (stored, upto, number + 1);
    }
    Ok(broken)
}
