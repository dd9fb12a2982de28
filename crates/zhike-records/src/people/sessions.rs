//! Sessions of people at a browser: a random secret in a cookie, its hash in the database.

use serde::Serialize;
use zhike_db::{Tx, sql};
use zhike_types::{Error, Result, Uuid, boxed, hex};

use crate::{Actor, Engine, Source, people::digest};

/// A session ends after this long without a request (ms).
const IDLE: i64 = 12 * 3_600_000;
/// And after this long in any case.
const ABSOLUTE: i64 = 7 * 24 * 3_600_000;
/// How often a request is noted: not every one is worth a write.
const SEEN_EVERY: i64 = 60_000;

#[derive(Debug, Clone, Serialize)]
pub struct SessionInfo {
    pub created_at: i64,
    pub seen_at: i64,
    pub address: String,
    pub agent: String,
    pub current: bool,
    /// What `end_session` takes: enough of the hash to name the session, no secret.
    pub handle: String,
}

impl Engine {
    /// Signs in; the session's secret, for the cookie.
    #[boxed]
    pub async fn sign_in(&self, login: &str, password: &str, address: &str, agent: &str) -> Result<String> {
        let user = self.authenticate(login, password, address).await?;
        let mut tx = self.0.db.begin().await?;
        if self.load_actor(&mut tx, user, Source::Page, address).await?.is_none() {
            return Err(Error::Forbidden(zhike_types::Text::new(
                "这个账号已停用，请联系管理员。",
                "This account is disabled. Ask your administrator.",
            )));
        }
        let secret = self.0.ids.secret();
        let now = self.now();
        let agent: String = agent.chars().take(300).collect();
        tx.run(sql!(
            "INSERT INTO session (hash, user_id, created_at, seen_at, address, agent) VALUES ($1, $2, $3, $4, $5, $6)",
            digest(&secret),
            user,
            now,
            now,
            address,
            agent
        ))
        .await?;
        // no change of the record: whoever has it open need not read it again
        tx.run(sql!("UPDATE \"user\" SET last_sign_in_at = $1 WHERE id = $2", now, user)).await?;
        tx.run(sql!("DELETE FROM session WHERE seen_at < $1 OR created_at < $2", now - IDLE, now - ABSOLUTE)).await?;
        tx.commit().await?;
        Ok(secret)
    }

    #[boxed]
    pub async fn sign_out(&self, secret: &str) -> Result<()> {
        let mut tx = self.0.db.begin().await?;
        tx.run(sql!("DELETE FROM session WHERE hash = $1", digest(secret))).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }

    /// The actor of a live session, for something that nobody at the browser asked for: an open page that listens does not keep
    /// its session alive.
    #[boxed]
    pub async fn peek_session(&self, secret: &str, source: Source, address: &str) -> Result<Option<Actor>> {
        let hash = digest(secret);
        let mut tx = self.0.db.read().await?;
        match self.live_session(&mut tx, &hash).await? {
            Some((user, _)) => self.load_actor(&mut tx, user, source, address).await,
            None => Ok(None),
        }
    }

    /// Whose session it is and when it was last used; none when it has ended.
    async fn live_session(&self, tx: &mut Tx, hash: &[u8]) -> Result<Option<(Uuid, i64)>> {
        let now = self.now();
        let row = tx
            .row(sql!(
                "SELECT user_id, seen_at FROM session WHERE hash = $1 AND seen_at >= $2 AND created_at >= $3",
                hash.to_vec(),
                now - IDLE,
                now - ABSOLUTE
            ))
            .await?;
        row.map(|row| Ok((row.must_id(0)?, row.must_int(1)?))).transpose()
    }

    /// The actor of a live session, which is thereby used.
    #[boxed]
    pub async fn actor_of_session(&self, secret: &str, source: Source, address: &str) -> Result<Option<Actor>> {
        let now = self.now();
        let hash = digest(secret);
        if let Some(actor) = self.0.actors.get(&hash) {
            return Ok(Some(Actor { source, address: address.into(), ..actor }));
        }
        let epoch = self.0.actors.epoch();
        let mut tx = self.0.db.read().await?;
        let Some((user, seen)) = self.live_session(&mut tx, &hash).await? else { return Ok(None) };
        let actor = self.load_actor(&mut tx, user, source, address).await?;
        drop(tx);
        if let Some(actor) = &actor {
            self.0.actors.put(hash.clone(), epoch, actor);
        }
        if now - seen > SEEN_EVERY {
            let mut tx = self.0.db.begin().await?;
            tx.run(sql!("UPDATE session SET seen_at = $1 WHERE hash = $2", now, hash)).await?;
            tx.commit().await?;
        }
        Ok(actor)
    }

    /// The actor's own live sessions, the latest first.
    #[boxed]
    pub async fn sessions(&self, actor: &Actor, current_secret: &str) -> Result<Vec<SessionInfo>> {
        let me = actor.user_id.ok_or(Error::Unauthenticated)?;
        let now = self.now();
        let rows = self
            .0
            .db
            .read()
            .await?
            .rows(sql!("SELECT hash, created_at, seen_at, address, agent FROM session WHERE user_id = $1 AND seen_at >= $2 ORDER BY seen_at DESC", me, now - IDLE))
            .await?;
        let current = digest(current_secret);
        rows.iter()
            .map(|row| {
                let hash = row.bytes(0)?.unwrap_or_default();
                Ok(SessionInfo {
                    created_at: row.must_int(1)?,
                    seen_at: row.must_int(2)?,
                    address: row.must_text(3)?,
                    agent: row.must_text(4)?,
                    current: hash == current,
                    handle: handle(&hash),
                })
            })
            .collect()
    }

    /// Ends one of the actor's own sessions.
    #[boxed]
    pub async fn end_session(&self, actor: &Actor, wanted: &str) -> Result<()> {
        let me = actor.user_id.ok_or(Error::Unauthenticated)?;
        let mut tx = self.0.db.begin().await?;
        for row in tx.rows(sql!("SELECT hash FROM session WHERE user_id = $1", me)).await? {
            let hash = row.bytes(0)?.unwrap_or_default();
            if handle(&hash) == wanted {
                tx.run(sql!("DELETE FROM session WHERE hash = $1", hash)).await?;
                tx.commit().await?;
                self.written();
                return Ok(());
            }
        }
        Err(Error::NotFound)
    }
}

fn handle(hash: &[u8]) -> String {
    hex(&hash[..hash.len().min(8)])
}
