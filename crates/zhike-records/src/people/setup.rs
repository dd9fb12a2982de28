//! The first start: a one-time link makes the administrator; there are no default accounts (ASVS 6.3.2).

use zhike_db::{schema, sql};
use zhike_types::{Error, Result, Text, Uuid, boxed, hex};

use crate::{Actor, Engine, Input, Source, people::digest};

const KEY: &str = "setup-key";

impl Engine {
    /// Whether the installation has its first user: then the set-up link is done with.
    #[boxed]
    pub async fn anybody_can_sign_in(&self) -> Result<bool> {
        Ok(self.0.db.read().await?.row(sql!("SELECT 1 FROM credential LIMIT 1")).await?.is_some())
    }

    /// A new one-time secret for `/setup?key=…` while nobody can sign in; the ones before stop working.
    #[boxed]
    pub async fn setup_key(&self) -> Result<Option<String>> {
        if self.anybody_can_sign_in().await? {
            return Ok(None);
        }
        let secret = self.0.ids.secret();
        let hash = hex(&digest(&secret));
        let mut tx = self.0.db.begin().await?;
        schema::set_meta(&mut tx, KEY, &hash).await?;
        tx.commit().await?;
        Ok(Some(secret))
    }

    /// Makes the administrator. The key works once, and only while nobody can sign in.
    #[boxed]
    pub async fn setup(&self, key: &str, name: &str, login: &str, password: &str) -> Result<Uuid> {
        let hash = hex(&digest(key));
        let mut tx = self.0.db.begin().await?;
        let open = tx.row(sql!("SELECT 1 FROM credential LIMIT 1")).await?.is_none();
        if !open || schema::meta(&mut tx, KEY).await?.as_deref() != Some(&hash) {
            return Err(Error::Forbidden(Text::new(
                "这个链接已经用过或失效。请在服务器上重新启动知客，获取新的链接。",
                "This link was used or has expired. Start Zhike again on the server for a new one.",
            )));
        }
        let system = Actor::system(Source::System);
        let model = self.model();
        let object = model.object("user").ok_or(Error::NotFound)?;
        let user = self
            .create_in(
                &mut tx,
                &model,
                &system,
                object,
                &Input::default().set("name", name).set("login", zhike_text::fold(login)),
                None,
            )
            .await?;
        self.set_credential_in(&mut tx, &system, user, login, password).await?;
        tx.run(sql!("INSERT INTO user_role (user_id, role_id) SELECT $1, id FROM role WHERE name = 'admin'", user))
            .await?;
        tx.run(sql!("DELETE FROM meta WHERE key = $1", KEY)).await?;
        tx.commit().await?;
        self.written();
        Ok(user)
    }
}
