//! Who may sign in, as whom, and with what rights.

mod cache;
mod credentials;
mod feed;
mod roles;
mod sessions;
mod setup;
mod tokens;

pub(crate) use cache::ActorCache;
pub use feed::CalendarFeed;
pub use roles::RoleInfo;
pub use sessions::SessionInfo;
pub use tokens::TokenInfo;

use std::sync::Arc;

use zhike_db::{Sql, Tx, sql};
use zhike_types::{Error, Lang, Result, Uuid, boxed};

use crate::{Actor, Engine, Rights, Source, access};

/// SHA-256 of a secret: what the database keeps of sessions and tokens. The secrets have 256 random bits, so that a plain hash
/// is enough (passwords go through Argon2id).
pub(crate) fn digest(secret: &str) -> Vec<u8> {
    use sha2::Digest as _;
    sha2::Sha256::digest(secret.as_bytes()).to_vec()
}

/// Only who manages users may do this.
pub(crate) fn needs_duty(actor: &Actor, duty: &str) -> Result<()> {
    if actor.rights.may(duty) {
        return Ok(());
    }
    Err(access::forbidden(
        "需要管理员权限。请联系您的管理员。",
        "This needs an administrator's rights. Ask your administrator.",
    ))
}

impl Engine {
    /// The user as an actor, with the rights of all its roles; none when there is no such active user.
    pub(crate) async fn load_actor(
        &self,
        tx: &mut Tx,
        user: Uuid,
        source: Source,
        address: &str,
    ) -> Result<Option<Actor>> {
        let row = tx
            .row(sql!(
                "SELECT name, department_id, active, lang FROM \"user\" WHERE id = $1 AND deleted_at IS NULL",
                user
            ))
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.bool(2)? == Some(false) {
            return Ok(None);
        }
        let department = row.id(1)?;
        let mut rights: Option<Rights> = None;
        for role in tx
            .rows(sql!("SELECT r.rights FROM role r JOIN user_role u ON u.role_id = r.id WHERE u.user_id = $1", user))
            .await?
        {
            let one: Rights = serde_json::from_str(&role.must_text(0)?).map_err(Error::internal)?;
            rights = Some(rights.map_or_else(|| one.clone(), |known| known.join(&one)));
        }
        Ok(Some(Actor {
            user_id: Some(user),
            name: row.must_text(0)?.into(),
            department_id: department,
            departments: departments_below(tx, department).await?.into(),
            rights: Arc::new(rights.unwrap_or_default()),
            source,
            lang: row.text(3)?.as_deref().map_or(Lang::Zh, Lang::from_tag),
            address: address.into(),
            once: None,
            lens: None,
        }))
    }

    /// A user as an actor (commands, jobs on somebody's behalf).
    #[boxed]
    pub async fn actor_of_user(&self, user: Uuid, source: Source) -> Result<Actor> {
        let mut tx = self.0.db.read().await?;
        self.load_actor(&mut tx, user, source, "").await?.ok_or(Error::NotFound)
    }

    /// The user with this login; none when there is none.
    #[boxed]
    pub async fn user_by_login(&self, login: &str) -> Result<Option<Uuid>> {
        let row = self
            .0
            .db
            .read()
            .await?
            .row(sql!(
                "SELECT id FROM \"user\" WHERE deleted_at IS NULL AND login IN ($1, $2)",
                login,
                zhike_text::fold(login)
            ))
            .await?;
        row.map(|row| row.must_id(0)).transpose()
    }
}

/// A department and all below it.
async fn departments_below(tx: &mut Tx, top: Option<Uuid>) -> Result<Vec<Uuid>> {
    let Some(top) = top else { return Ok(Vec::new()) };
    let mut all = vec![top];
    let mut level = vec![top];
    // a tree of departments is not deep, and a ring cannot be made
    for _ in 0..32 {
        let mut query = Sql::new("SELECT id FROM department WHERE deleted_at IS NULL AND parent_id IN (");
        query.list(level.iter().copied()).push(")");
        level = tx.rows(query).await?.iter().map(|row| row.must_id(0)).collect::<Result<Vec<_>>>()?;
        level.retain(|id| !all.contains(id));
        if level.is_empty() {
            break;
        }
        all.extend(&level);
    }
    Ok(all)
}
