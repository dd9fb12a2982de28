//! Idempotency keys: a request sent twice under one key acts once. Who calls keeps the answer of a success here; the second
//! request gets it again. Failures are not kept: they changed nothing, so trying again is safe.
//!
//! A key is claimed before anything is done, and every transaction that writes for it says so in its own row ([`mark`]): whatever
//! happens between the write and the keeping of its answer, the key knows that it was acted on. The claim carries its time; one
//! that was taken for lost and claimed anew finds out at its first write, and undoes it.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};
use zhike_db::{Tx, sql};
use zhike_types::{Error, Result, Text, Uuid, boxed};

use crate::{Actor, Engine};

/// How long a key is remembered, in milliseconds: a day outlasts every sensible retry.
const KEPT: i64 = 24 * 60 * 60 * 1000;
/// A first request that has not ended after this time, in milliseconds, died with its process.
const LOST: i64 = 10 * 60 * 1000;

/// What is known about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// Nobody used it: act with this in the actor's `once`, then [`Engine::keep_answer`] or [`Engine::forget_attempt`].
    First(Arc<Claim>),
    /// The same request succeeded before: this was the answer.
    Replay(KeptAnswer),
    /// The same request is being worked on.
    Running,
    /// It was acted on, and the answer got lost: the first thing written was this.
    Acted { object: String, id: Option<Uuid> },
    /// The key belongs to another request.
    Other,
}

/// A key that is being acted on.
#[derive(Debug, PartialEq, Eq)]
pub struct Claim {
    key: String,
    /// When it was claimed: tells this claim from a later one of the same key.
    at: i64,
}

/// The state of a key that is claimed, and of one that was acted on and has no answer yet. An answer's status stands there later.
const CLAIMED: i64 = 0;
const ACTED: i64 = 1;

/// Says, in the transaction of a write, that the actor's key is acted on; the first write of it is remembered.
pub(crate) async fn mark(tx: &mut Tx, actor: &Actor, object: &str, id: Option<Uuid>) -> Result<()> {
    let Some(claim) = &actor.once else { return Ok(()) };
    let what = json!({ "object": object, "id": id }).to_string();
    let held = tx
        .run(sql!(
            "UPDATE idempotency SET body = CASE WHEN status = $1 THEN $2 ELSE body END, status = $3 \
             WHERE user_id = $4 AND key = $5 AND at = $6 AND status IN ($7, $8)",
            CLAIMED,
            what,
            ACTED,
            owner(actor),
            claim.key.as_str(),
            claim.at,
            CLAIMED,
            ACTED
        ))
        .await?;
    if held == 1 {
        return Ok(());
    }
    Err(Error::Conflict(Text::new(
        "这个请求已经被重发的同一个请求接手，没有执行。",
        "The same request was sent again and took over; this one did nothing.",
    )))
}

/// An answer that can be given again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptAnswer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Engine {
    /// Claims a key for a request; `request` is the SHA-256 of all that tells it from another one.
    #[boxed]
    pub async fn attempt(&self, actor: &Actor, key: &str, request: &[u8]) -> Result<Attempt> {
        let user = owner(actor);
        let now = self.now();
        let mut tx = self.db().begin().await?;
        tx.run(sql!(
            "DELETE FROM idempotency WHERE user_id = $1 AND (at < $2 OR (status = $3 AND at < $4))",
            user,
            now - KEPT,
            CLAIMED,
            now - LOST
        ))
        .await?;
        let claimed = tx
            .run(sql!(
                "INSERT INTO idempotency (user_id, key, request, status, headers, body, at) VALUES ($1, $2, $3, 0, '{}', '', $4) \
                 ON CONFLICT (user_id, key) DO NOTHING",
                user,
                key,
                request.to_vec(),
                now,
            ))
            .await?;
        if claimed == 1 {
            tx.commit().await?;
            return Ok(Attempt::First(Arc::new(Claim { key: key.to_owned(), at: now })));
        }
        let row = tx
            .row(sql!(
                "SELECT request, status, headers, body, at FROM idempotency WHERE user_id = $1 AND key = $2",
                user,
                key
            ))
            .await?
            .ok_or_else(|| Error::internal("an idempotency key vanished while it was being claimed"))?;
        let attempt = if row.bytes(0)?.unwrap_or_default() != request {
            Attempt::Other
        } else if row.must_int(1)? == CLAIMED || (row.must_int(1)? == ACTED && row.must_int(4)? > now - LOST) {
            Attempt::Running
        } else if row.must_int(1)? == ACTED {
            let what: Json = serde_json::from_str(&row.must_text(3)?).map_err(Error::internal)?;
            Attempt::Acted {
                object: what["object"].as_str().unwrap_or_default().to_owned(),
                id: what["id"].as_str().and_then(|id| Uuid::parse_str(id).ok()),
            }
        } else {
            let status = u16::try_from(row.must_int(1)?).map_err(Error::internal)?;
            let headers: Map<String, Json> = serde_json::from_str(&row.must_text(2)?).map_err(Error::internal)?;
            let headers =
                headers.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))).collect();
            Attempt::Replay(KeptAnswer { status, headers, body: row.must_text(3)? })
        };
        tx.commit().await?;
        Ok(attempt)
    }

    /// The request succeeded: its answer, for whoever asks again.
    #[boxed]
    pub async fn keep_answer(&self, actor: &Actor, key: &str, answer: &KeptAnswer) -> Result<()> {
        let headers: Map<String, Json> =
            answer.headers.iter().map(|(name, value)| (name.clone(), Json::from(value.as_str()))).collect();
        let mut tx = self.db().begin().await?;
        tx.run(sql!(
            "UPDATE idempotency SET status = $1, headers = $2, body = $3 WHERE user_id = $4 AND key = $5",
            i64::from(answer.status),
            Json::Object(headers).to_string(),
            answer.body.as_str(),
            owner(actor),
            key,
        ))
        .await?;
        tx.commit().await
    }

    /// The request failed: the key is free again.
    #[boxed]
    pub async fn forget_attempt(&self, actor: &Actor, key: &str) -> Result<()> {
        let mut tx = self.db().begin().await?;
        tx.run(sql!(
            "DELETE FROM idempotency WHERE user_id = $1 AND key = $2 AND status = $3",
            owner(actor),
            key,
            CLAIMED
        ))
        .await?;
        tx.commit().await
    }
}

/// Keys are a user's own; the system's are under the nil id.
fn owner(actor: &Actor) -> Uuid {
    actor.user_id.unwrap_or(Uuid::nil())
}

#[cfg(test)]
mod tests;
