//! What is written down to be told: in the transaction of what happened.

use std::collections::HashMap;

use zhike_db::{Tx, sql};
use zhike_model::{Object, Role};
use zhike_types::{Result, Uuid, Value};

use super::server::is_on;
use crate::{Actor, Engine};

/// What is given at one time comes in one letter: so long is waited for more, in ms.
const GATHER: i64 = 30_000;
/// Records that a letter names of what was given at one stroke.
const NAMED: usize = 5;

/// A row of `mail`.
pub(super) struct New<'a> {
    pub user: Uuid,
    pub kind: &'static str,
    pub object: &'a str,
    pub record: Option<Uuid>,
    pub records: &'a [Uuid],
    pub count: usize,
    pub origin: &'a str,
    pub key: Option<String>,
    pub due_at: i64,
}

/// Written once under its key.
pub(super) async fn insert(engine: &Engine, tx: &mut Tx, new: New<'_>) -> Result<()> {
    let records = new.records.iter().map(Uuid::to_string).collect::<Vec<_>>().join(" ");
    tx.run(sql!(
        "INSERT INTO mail (id, user_id, kind, object, record_id, records, count, origin, key, state, attempts, due_at, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', 0, $10, $11) ON CONFLICT (key) DO NOTHING",
        engine.0.ids.next(),
        new.user,
        new.kind,
        new.object,
        new.record,
        records,
        new.count as i64,
        new.origin,
        new.key,
        new.due_at,
        engine.now()
    ))
    .await
    .map(drop)
}

/// Somebody's signature is asked for.
pub(crate) async fn asked(engine: &Engine, tx: &mut Tx, user: Uuid, approval: Uuid) -> Result<()> {
    if !is_on(tx).await? {
        return Ok(());
    }
    let new = New {
        user,
        kind: "approval",
        object: crate::approval::OBJECT,
        record: Some(approval),
        records: &[],
        count: 1,
        origin: "",
        key: None,
        due_at: engine.now(),
    };
    insert(engine, tx, new).await
}

/// Records have become somebody's, by somebody else's doing.
pub(crate) async fn given(
    engine: &Engine,
    tx: &mut Tx,
    actor: &Actor,
    object: &Object,
    to: &[(Uuid, Uuid)],
) -> Result<()> {
    let mut people: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (record, user) in to.iter().filter(|(_, user)| actor.user_id != Some(*user)) {
        people.entry(*user).or_default().push(*record);
    }
    if people.is_empty() || !is_on(tx).await? {
        return Ok(());
    }
    // in one order for everybody
    let mut people: Vec<(Uuid, Vec<Uuid>)> = people.into_iter().collect();
    people.sort_unstable();
    let origin = if actor.user_id.is_some() { actor.name.as_ref() } else { "" };
    for (user, records) in people {
        let named = &records[..records.len().min(NAMED)];
        let new = New {
            user,
            kind: "given",
            object: &object.name,
            record: None,
            records: named,
            count: records.len(),
            origin,
            key: None,
            due_at: engine.now() + GATHER,
        };
        insert(engine, tx, new).await?;
    }
    Ok(())
}

/// The same of one record that was made or changed by hand.
pub(crate) async fn given_one(
    engine: &Engine,
    tx: &mut Tx,
    actor: &Actor,
    object: &Object,
    id: Uuid,
    before: Option<&[Value]>,
    values: &[Value],
) -> Result<()> {
    let Some(owner) = object.role_index(Role::Owner) else { return Ok(()) };
    match values[owner].as_id() {
        Some(user) if before.is_none_or(|before| before[owner] != values[owner]) => {
            given(engine, tx, actor, object, &[(id, user)]).await
        }
        _ => Ok(()),
    }
}
