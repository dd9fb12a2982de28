//! Which mail server takes the letters; a fact of the installation. Its password is written and never told.

use zhike_db::{Tx, schema, sql};
use zhike_types::{Error, Result, Text, boxed};

use super::DUTY;
use crate::{
    Actor, Engine,
    audit::{self, Deed},
    people::needs_duty,
};

/// The fact in `meta`.
const SERVER: &str = "mail-server";
/// What is wrong with it, as long as it is.
const TROUBLE: &str = "mail-trouble";

#[derive(Clone, PartialEq, Eq, Default)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    /// `tls`, `starttls`, `none`
    pub security: String,
    pub user: String,
    /// For who sends; never for who reads.
    pub password: String,
    pub from: String,
    pub from_name: String,
    /// Where people reach this installation: `https://crm.example.com`.
    pub site: String,
    /// The most letters a minute.
    pub per_minute: i64,
}

/// Why nothing goes out now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailTrouble {
    pub at: i64,
    pub text: Text,
}

impl MailServer {
    /// All but the password.
    fn told(&self) -> serde_json::Map<String, serde_json::Value> {
        [
            ("host", self.host.as_str().into()),
            ("port", self.port.into()),
            ("security", self.security.as_str().into()),
            ("user", self.user.as_str().into()),
            ("from", self.from.as_str().into()),
            ("from_name", self.from_name.as_str().into()),
            ("site", self.site.as_str().into()),
            ("per_minute", self.per_minute.into()),
        ]
        .into_iter()
        .map(|(name, value): (&str, serde_json::Value)| (name.to_owned(), value))
        .collect()
    }

    fn read(text: &str) -> Result<Self> {
        let json: serde_json::Value = serde_json::from_str(text).map_err(Error::internal)?;
        let word = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        let number = |name: &str| json[name].as_i64().unwrap_or_default();
        Ok(Self {
            host: word("host"),
            port: u16::try_from(number("port")).unwrap_or_default(),
            security: word("security"),
            user: word("user"),
            password: word("password"),
            from: word("from"),
            from_name: word("from_name"),
            site: word("site"),
            per_minute: number("per_minute").clamp(1, 6_000),
        })
    }
}

/// Whether there is a server: without, nothing is written down that nobody would send.
pub(super) async fn is_on(tx: &mut Tx) -> Result<bool> {
    Ok(tx.row(sql!("SELECT 1 FROM meta WHERE key = $1", SERVER)).await?.is_some())
}

impl Engine {
    /// The server, with its password: for who sends. Whoever shows it leaves that out.
    #[boxed]
    pub async fn mail_server(&self, actor: &Actor) -> Result<Option<MailServer>> {
        needs_duty(actor, DUTY)?;
        let text = schema::meta(&mut self.0.db.read().await?, SERVER).await?;
        text.as_deref().map(MailServer::read).transpose()
    }

    /// Whether letters are sent here at all: everybody may know.
    #[boxed]
    pub async fn sends_mail(&self) -> Result<bool> {
        is_on(&mut self.0.db.read().await?).await
    }

    /// Letters go by this server from now on. It has been looked through (`zhike_crm::mail`).
    #[boxed]
    pub async fn set_mail_server(&self, actor: &Actor, server: &MailServer) -> Result<()> {
        needs_duty(actor, DUTY)?;
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        audit::open(&mut tx).await?;
        let was = schema::meta(&mut tx, SERVER).await?.as_deref().map(MailServer::read).transpose()?;
        let mut after = server.told();
        if was.as_ref().is_none_or(|was| was.password != server.password) {
            after.insert("password".into(), "changed".into());
        }
        let mut kept = server.told();
        kept.insert("password".into(), server.password.as_str().into());
        schema::set_meta(&mut tx, SERVER, &serde_json::Value::Object(kept).to_string()).await?;
        tx.run(sql!("DELETE FROM meta WHERE key = $1", TROUBLE)).await?;
        // what waited for a server that was wrong is tried with this one
        tx.run(sql!("UPDATE mail SET due_at = $1 WHERE state = 'waiting' AND due_at > $2 AND attempts > 0", now, now))
            .await?;
        let deed = Deed {
            before: was.as_ref().map(MailServer::told),
            after: Some(after),
            ..Deed::about("mail-server", "mail")
        };
        audit::record(&mut tx, actor, now, vec![deed]).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }

    /// No letters from now on; what waits is not sent later either.
    #[boxed]
    pub async fn end_mail_server(&self, actor: &Actor) -> Result<()> {
        needs_duty(actor, DUTY)?;
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        audit::open(&mut tx).await?;
        if tx.run(sql!("DELETE FROM meta WHERE key = $1", SERVER)).await? == 0 {
            return Err(Error::NotFound);
        }
        tx.run(sql!("DELETE FROM meta WHERE key = $1", TROUBLE)).await?;
        tx.run(sql!(
            "UPDATE mail SET state = 'skipped', ended_at = $1, answer = 'off' WHERE state IN ('waiting', 'sending')",
            now
        ))
        .await?;
        audit::record(&mut tx, actor, now, vec![Deed::about("mail-server-ended", "mail")]).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }

    /// Why nothing goes out now.
    #[boxed]
    pub async fn mail_trouble(&self, actor: &Actor) -> Result<Option<MailTrouble>> {
        needs_duty(actor, DUTY)?;
        let Some(text) = schema::meta(&mut self.0.db.read().await?, TROUBLE).await? else { return Ok(None) };
        let json: serde_json::Value = serde_json::from_str(&text).map_err(Error::internal)?;
        let word = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        Ok(Some(MailTrouble { at: json["at"].as_i64().unwrap_or_default(), text: Text::new(word("zh"), word("en")) }))
    }
}

pub(super) async fn note_trouble(tx: &mut Tx, now: i64, text: &Text) -> Result<()> {
    let json = serde_json::json!({ "at": now, "zh": text.zh, "en": text.en });
    schema::set_meta(tx, TROUBLE, &json.to_string()).await
}

pub(super) async fn forget_trouble(tx: &mut Tx) -> Result<()> {
    tx.run(sql!("DELETE FROM meta WHERE key = $1", TROUBLE)).await.map(drop)
}
