//! Bearer tokens of programs: shown once, kept as a hash, never able to do more than their user.

use std::sync::Arc;

use serde::Serialize;
use zhike_db::sql;
use zhike_types::{Error, Result, Text, Uuid, boxed};

use crate::{
    Actor, Engine, Source, TokenScope,
    people::{digest, feed::SCOPE, needs_duty},
};

/// So that a token found in a log or a repository is known for what it is.
const PREFIX: &str = "zk_";
const DAY: i64 = 86_400_000;
/// How often a use is noted.
const USED_EVERY: i64 = 60_000;

#[derive(Debug, Clone, Serialize)]
pub struct TokenInfo {
    pub id: Uuid,
    pub user_id: Uuid,
    pub name: String,
    /// `*`, or words such as `account:read contact:write`.
    pub scope: String,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub used_at: Option<i64>,
    pub revoked_at: Option<i64>,
}

impl Engine {
    /// Makes a token; the second value is the token itself, which nobody can read again. `days`: none means a year.
    #[boxed]
    pub async fn create_token(
        &self,
        actor: &Actor,
        user: Uuid,
        name: &str,
        scope: &str,
        days: Option<i64>,
    ) -> Result<(TokenInfo, String)> {
        if actor.user_id != Some(user) {
            needs_duty(actor, "users")?;
        }
        let name = zhike_text::tidy(name);
        if name.is_empty() || name.chars().count() > 80 {
            return Err(Error::invalid(
                "name",
                "required",
                Text::new("请给令牌起一个名字，说明用在哪里。", "Give the token a name that says where it is used."),
            ));
        }
        let scope = if scope.trim().is_empty() { "*" } else { scope.trim() };
        TokenScope::parse(scope, &self.model())?;
        if days.is_some_and(|days| !(1..=366).contains(&days)) {
            return Err(Error::invalid(
                "days",
                "invalid",
                Text::new("有效期 1 到 366 天。", "A token lives for 1 to 366 days."),
            ));
        }
        let now = self.now();
        let secret = format!("{PREFIX}{}", self.0.ids.secret());
        let info = TokenInfo {
            id: self.0.ids.next(),
            user_id: user,
            name,
            scope: scope.to_owned(),
            created_at: now,
            expires_at: Some(now + days.unwrap_or(365) * DAY),
            used_at: None,
            revoked_at: None,
        };
        let mut tx = self.0.db.begin().await?;
        if self.load_actor(&mut tx, user, Source::Api, "").await?.is_none() {
            return Err(Error::NotFound);
        }
        tx.run(sql!(
            "INSERT INTO api_token (id, hash, user_id, name, scope, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            info.id,
            digest(&secret),
            user,
            info.name.as_str(),
            info.scope.as_str(),
            now,
            info.expires_at
        ))
        .await?;
        self.note(&mut tx, actor, "token", user).await?;
        tx.commit().await?;
        Ok((info, secret))
    }

    /// The actor of a live token, its rights cut to the token's scope.
    #[boxed]
    pub async fn actor_of_token(&self, bearer: &str, address: &str) -> Result<Option<Actor>> {
        if !bearer.starts_with(PREFIX) {
            return Ok(None);
        }
        let now = self.now();
        let hash = digest(bearer);
        if let Some(actor) = self.0.actors.get(&hash) {
            return Ok(Some(Actor { address: address.into(), ..actor }));
        }
        let epoch = self.0.actors.epoch();
        let mut tx = self.0.db.read().await?;
        let row = tx
            .row(sql!(
                "SELECT id, user_id, scope, used_at FROM api_token WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)",
                hash.clone(),
                now
            ))
            .await?;
        let Some(row) = row else { return Ok(None) };
        let (id, user, scope) = (row.must_id(0)?, row.must_id(1)?, row.must_text(2)?);
        let used = row.int(3)?;
        let actor = self.load_actor(&mut tx, user, Source::Api, address).await?;
        drop(tx);
        if used.is_none_or(|used| now - used > USED_EVERY) {
            let mut tx = self.0.db.begin().await?;
            tx.run(sql!("UPDATE api_token SET used_at = $1 WHERE id = $2", now, id)).await?;
            tx.commit().await?;
        }
        let actor =
            actor.map(|actor| Actor { rights: Arc::new(TokenScope::stored(&scope).limit(&actor.rights)), ..actor });
        if let Some(actor) = &actor {
            self.0.actors.put(hash, epoch, actor);
        }
        Ok(actor)
    }

    /// The actor's own tokens; everybody's for who manages users. Newest first.
    #[boxed]
    pub async fn tokens(&self, actor: &Actor) -> Result<Vec<TokenInfo>> {
        let mut query = zhike_db::Sql::new(
            "SELECT id, user_id, name, scope, created_at, expires_at, used_at, revoked_at FROM api_token",
        );
        query.push(" WHERE scope <> ").bind(SCOPE);
        if !actor.rights.may("users") {
            query.push(" AND user_id = ").bind(actor.user_id.ok_or(Error::Unauthenticated)?);
        }
        query.push(" ORDER BY created_at DESC LIMIT 500");
        let rows = self.0.db.read().await?.rows(query).await?;
        rows.iter()
            .map(|row| {
                Ok(TokenInfo {
                    id: row.must_id(0)?,
                    user_id: row.must_id(1)?,
                    name: row.must_text(2)?,
                    scope: row.must_text(3)?,
                    created_at: row.must_int(4)?,
                    expires_at: row.int(5)?,
                    used_at: row.int(6)?,
                    revoked_at: row.int(7)?,
                })
            })
            .collect()
    }

    #[boxed]
    pub async fn revoke_token(&self, actor: &Actor, id: Uuid) -> Result<()> {
        let mut query =
            sql!("UPDATE api_token SET revoked_at = $1 WHERE revoked_at IS NULL AND id = $2", self.now(), id);
        if !actor.rights.may("users") {
            query.push(" AND user_id = ").bind(actor.user_id.ok_or(Error::Unauthenticated)?);
        }
        let mut tx = self.0.db.begin().await?;
        if tx.run(query).await? == 0 {
            return Err(Error::NotFound);
        }
        let user = tx
            .row(sql!("SELECT user_id FROM api_token WHERE id = $1", id))
            .await?
            .ok_or(Error::NotFound)?
            .must_id(0)?;
        self.note(&mut tx, actor, "token-revoked", user).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }
}
