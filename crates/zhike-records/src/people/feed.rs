//! The secret address under which a user's calendar is read by other programs: shown once, kept as a hash beside the API's tokens,
//! whose requests it does not sign. It shows what its user may see at that moment; who is disabled has none.

use zhike_db::{Tx, sql};
use zhike_types::{Error, Result, Text, Uuid, boxed};

use crate::{Actor, Engine, Source, people::digest};

/// Other than that of tokens: it signs nothing else.
const PREFIX: &str = "zkc_";
/// What stands in the place of a token's scope; no token can have it.
pub(super) const SCOPE: &str = "calendar";
/// How often a use is noted.
const USED_EVERY: i64 = 60_000;

/// A user's feed, but for its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarFeed {
    pub created_at: i64,
    pub used_at: Option<i64>,
}

impl Engine {
    /// The actor's own feed; none when there is none.
    #[boxed]
    pub async fn calendar_feed(&self, actor: &Actor) -> Result<Option<CalendarFeed>> {
        let me = actor.user_id.ok_or(Error::Unauthenticated)?;
        let row = self
            .0
            .db
            .read()
            .await?
            .row(sql!(
                "SELECT created_at, used_at FROM api_token WHERE user_id = $1 AND scope = $2 AND revoked_at IS NULL",
                me,
                SCOPE
            ))
            .await?;
        row.map(|row| Ok(CalendarFeed { created_at: row.must_int(0)?, used_at: row.int(1)? })).transpose()
    }

    /// A new secret, which nobody can read again; the one before is worth nothing any more.
    #[boxed]
    pub async fn renew_calendar_feed(&self, actor: &Actor) -> Result<String> {
        let me = actor.user_id.ok_or(Error::Unauthenticated)?;
        let secret = format!("{PREFIX}{}", self.0.ids.secret());
        let mut tx = self.0.db.begin().await?;
        self.revoke_feed(&mut tx, me).await?;
        tx.run(sql!(
            "INSERT INTO api_token (id, hash, user_id, name, scope, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            self.0.ids.next(),
            digest(&secret),
            me,
            Text::new("日历订阅", "Calendar feed").get(actor.lang),
            SCOPE,
            self.now()
        ))
        .await?;
        self.note(&mut tx, actor, "calendar-feed", me).await?;
        tx.commit().await?;
        self.written();
        Ok(secret)
    }

    /// Takes the address back.
    #[boxed]
    pub async fn end_calendar_feed(&self, actor: &Actor) -> Result<()> {
        let me = actor.user_id.ok_or(Error::Unauthenticated)?;
        let mut tx = self.0.db.begin().await?;
        if self.revoke_feed(&mut tx, me).await? == 0 {
            return Err(Error::NotFound);
        }
        self.note(&mut tx, actor, "calendar-feed-ended", me).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }

    async fn revoke_feed(&self, tx: &mut Tx, user: Uuid) -> Result<u64> {
        tx.run(sql!(
            "UPDATE api_token SET revoked_at = $1 WHERE user_id = $2 AND scope = $3 AND revoked_at IS NULL",
            self.now(),
            user,
            SCOPE
        ))
        .await
    }

    /// Whose calendar an address shows; none for one that was renewed, taken back or never was, and for who is disabled.
    #[boxed]
    pub async fn actor_of_calendar_feed(&self, secret: &str, address: &str) -> Result<Option<Actor>> {
        if !secret.starts_with(PREFIX) {
            return Ok(None);
        }
        let now = self.now();
        let mut tx = self.0.db.read().await?;
        let row = tx
            .row(sql!(
                "SELECT id, user_id, used_at FROM api_token WHERE hash = $1 AND scope = $2 AND revoked_at IS NULL",
                digest(secret),
                SCOPE
            ))
            .await?;
        let Some(row) = row else { return Ok(None) };
        let (id, user, used) = (row.must_id(0)?, row.must_id(1)?, row.int(2)?);
        let actor = self.load_actor(&mut tx, user, Source::Api, address).await?;
        drop(tx);
        if actor.is_some() && used.is_none_or(|used| now - used > USED_EVERY) {
            let mut tx = self.0.db.begin().await?;
            tx.run(sql!("UPDATE api_token SET used_at = $1 WHERE id = $2", now, id)).await?;
            tx.commit().await?;
        }
        Ok(actor)
    }
}
