//! The audit: who did what, when, from where, with the values before and after. Rows are written in the transaction of what
//! they tell; a moment later the sealer chains them by hash (each hash covers the one before), so that a changed, removed or
//! inserted row shows.

mod mentions;
mod period;
mod read;
mod seal;

pub(crate) use seal::broken_links;

use serde_json::{Map, Value as Json};
use zhike_db::{Arg, Dialect, Sql, Tx};
use zhike_model::Object;
use zhike_types::{Result, Uuid};

use crate::{
    Actor, Engine,
    bulk::{self, Origin},
    idempotency,
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

impl Deed {
    /// A deed of which nothing more is to be told.
    pub fn about(action: &'static str, object: &str) -> Self {
        Self {
            action,
            object: object.to_owned(),
            record_id: None,
            before: None,
            after: None,
            reason: None,
            batch: None,
            fields: None,
        }
    }
}

/// Rows a statement.
const ROWS_A_STATEMENT: usize = 256;

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

/// New records of one object being put on record, (id, its values as JSON). What they share is said once.
pub(crate) struct Told<'a> {
    pub actor: &'a Actor,
    pub object: &'a Object,
    pub origin: &'a Origin,
}

const AUDIT: [&str; 10] =
    ["at", "actor_id", "actor", "source", "action", "object", "reason", "batch_id", "record_id", "after"];
const EVENT: [&str; 7] = ["at", "kind", "object", "actor_id", "fields", "batch_id", "record_id"];

impl Told<'_> {
    /// All but the last two columns of audit rows.
    fn deed(&self) -> [Arg; 8] {
        let Self { actor, object, origin } = self;
        [
            origin.now.into(),
            actor.user_id.into(),
            (&*actor.name).into(),
            actor.origin().into(),
            origin.action.into(),
            object.name.as_str().into(),
            origin.reason.as_deref().into(),
            origin.batch.into(),
        ]
    }

    /// All but the last column of events.
    fn event(&self) -> [Arg; 6] {
        let Self { actor, object, origin } = self;
        [
            origin.now.into(),
            origin.action.into(),
            object.name.as_str().into(),
            actor.user_id.into(),
            "".into(),
            origin.batch.into(),
        ]
    }

    /// The statements that insert audit rows and events.
    pub fn statements(&self, dialect: Dialect, new: Vec<(Uuid, String)>) -> [Sql; 2] {
        let (mut audit, mut event) = (Sql::new("WITH v (id, after) AS (VALUES "), Sql::new("WITH v (id) AS (VALUES "));
        for (i, (id, after)) in new.into_iter().enumerate() {
            let open = if i == 0 { "(" } else { ", (" };
            audit.push(open).bind(id).push(", ").bind(after).push(")");
            event.push(open).bind(id).push(")");
        }
        for (sql, table, columns) in [(&mut audit, "audit", AUDIT.join(", ")), (&mut event, "event", EVENT.join(", "))]
        {
            sql.push(") ").push(dialect.insert_or_end()).push(table).push(" (").push(&columns).push(") SELECT ");
        }
        audit.list(self.deed()).push(", v.id, v.after FROM v");
        event.list(self.event()).push(", v.id FROM v");
        [audit, event]
    }

    /// The same as copies.
    pub fn copies(&self, new: Vec<(Uuid, String)>) -> [Sql; 2] {
        let (mut audit, mut event) = (Sql::copy("audit", &AUDIT), Sql::copy("event", &EVENT));
        let mut deed = [self.deed().as_slice(), &[Arg::Id(None), Arg::Text(None)]].concat();
        let mut told = [self.event().as_slice(), &[Arg::Id(None)]].concat();
        for (id, after) in new {
            (deed[8], deed[9], told[6]) = (id.into(), after.into(), id.into());
            audit.row(&deed);
            event.row(&told);
        }
        [audit, event]
    }
}

/// The newest number of `audit` or `event`.
pub(crate) async fn newest(tx: &mut Tx, table: &str) -> Result<i64> {
    let mut sql = Sql::new("SELECT COALESCE(MAX(seq), 0) FROM ");
    sql.name(table);
    tx.number(sql).await
}

/// The same, and everything up to it shows: what is written from now on has a higher number, whenever its transaction began.
pub(crate) async fn horizon(engine: &Engine, table: &str) -> Result<i64> {
    if engine.db().dialect() == Dialect::Sqlite {
        return newest(&mut engine.db().read().await?, table).await;
    }
    // numbers are given before they show: whoever has one is waited for
    let mut tx = engine.db().begin().await?;
    if let Some(gate) = tx.dialect().audit_gate(true) {
        tx.run(Sql::new(gate)).await?;
    }
    let newest = newest(&mut tx, table).await?;
    tx.commit().await?;
    Ok(newest)
}
