//! The book of letters. A row is `waiting` until it is taken (`sending`), then `sent`, `skipped` (its reader wants none, has no
//! address, or there is nothing to say), `failed`, or `waiting` again. What goes out in the letter of another row is `joined`.
//!
//! A row that is `sending` and whose sender is gone is taken again after a while: of a letter that was under way at that moment nobody
//! knows whether it arrived. It goes out again with the same Message-ID.

use zhike_db::{Row, Sql, Tx, sql};
use zhike_jobs::Run;
use zhike_types::{Error, Result, Text, Uuid, boxed};

use super::{
    DAY, DUTY, HOUR, MINUTE, MailChoices,
    choices::KEY,
    server::{forget_trouble, note_trouble},
};
use crate::{Actor, Engine, Source, people::needs_duty};

/// How long a letter may be under way before it counts as lost, in ms.
const UNDER_WAY: i64 = 10 * MINUTE;
/// A letter that was not taken within this time is given up.
const GIVEN_UP: i64 = 2 * DAY;
/// Rows that go out in one letter.
const JOINED: i64 = 200;

/// A letter to be written.
#[derive(Debug, Clone)]
pub struct Mail {
    pub id: Uuid,
    pub user: Uuid,
    /// `approval`, `given`, `reclaim`, `digest`
    pub kind: String,
    /// Milliseconds since 1970.
    pub at: i64,
    pub items: Vec<MailItem>,
}

/// One of the things it tells of.
#[derive(Debug, Clone)]
pub struct MailItem {
    pub object: String,
    pub record: Option<Uuid>,
    /// Some of those that were given.
    pub records: Vec<Uuid>,
    /// How many were given; within how many days a record is taken back.
    pub count: i64,
    /// Who gave them; the pool.
    pub origin: String,
}

/// To whom it goes.
#[derive(Debug, Clone)]
pub struct MailReader {
    pub actor: Actor,
    pub address: String,
    pub choices: MailChoices,
}

/// A row of the book, for the administrator.
#[derive(Debug, Clone)]
pub struct MailLine {
    pub seq: i64,
    pub id: Uuid,
    pub user: Uuid,
    pub user_name: String,
    pub kind: String,
    pub state: String,
    pub attempts: i64,
    pub at: i64,
    pub due_at: i64,
    pub ended_at: Option<i64>,
    pub address: Option<String>,
    /// What the server said last; why it was left out.
    pub answer: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct MailPage {
    pub mails: Vec<MailLine>,
    pub next: Option<i64>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MailCounts {
    pub waiting: i64,
    /// Of the last thirty days, as the others.
    pub sent: i64,
    pub skipped: i64,
    pub failed: i64,
}

/// So long is waited after an attempt: 1, 2, 4 … minutes, at most two hours.
fn pause(attempts: i64) -> i64 {
    (MINUTE << attempts.clamp(1, 8).saturating_sub(1)).min(2 * HOUR)
}

impl Engine {
    /// The next letter that is due, which nobody else takes then.
    #[boxed]
    pub async fn take_mail(&self) -> Result<Option<Mail>> {
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        let mut sql = Sql::new(
            "SELECT id, user_id, kind, at, attempts FROM mail WHERE state IN ('waiting', 'sending') AND due_at <= ",
        );
        sql.bind(now).push(" ORDER BY due_at, seq LIMIT 1").push(tx.dialect().skip_locked());
        let Some(row) = tx.row(sql).await? else { return Ok(None) };
        let (id, user, kind, at) = (row.must_id(0)?, row.must_id(1)?, row.must_text(2)?, row.must_int(3)?);
        tx.run(sql!(
            "UPDATE mail SET state = 'sending', attempts = attempts + 1, due_at = $1 WHERE id = $2",
            now + UNDER_WAY,
            id
        ))
        .await?;
        // a letter that went out once keeps what it says
        if row.must_int(4)? == 0 && matches!(kind.as_str(), "given" | "reclaim") {
            tx.run(sql!(
                "UPDATE mail SET state = 'joined', with_id = $1 WHERE seq IN (SELECT m.seq FROM mail m WHERE m.user_id = $2 AND m.kind = $3 \
                 AND m.state = 'waiting' AND m.attempts = 0 AND m.id <> $4 ORDER BY m.seq LIMIT $5)",
                id,
                user,
                kind.as_str(),
                id,
                JOINED
            ))
            .await?;
        }
        let items = items(&mut tx, id).await?;
        tx.commit().await?;
        Ok(Some(Mail { id, user, kind, at, items }))
    }

    /// To whom a letter goes: none when there is no such active user or no address.
    #[boxed]
    pub async fn mail_reader(&self, user: Uuid) -> Result<Option<MailReader>> {
        let mut tx = self.0.db.read().await?;
        let Some(actor) = self.load_actor(&mut tx, user, Source::System, "").await? else { return Ok(None) };
        let row = tx.row(sql!("SELECT email FROM \"user\" WHERE id = $1", user)).await?;
        let address = row.map(|row| row.text(0)).transpose()?.flatten().unwrap_or_default();
        let row = tx.row(sql!("SELECT value FROM user_setting WHERE user_id = $1 AND key = $2", user, KEY)).await?;
        let choices = row.map(|row| row.must_text(0)).transpose()?;
        let choices = MailChoices::read(choices.as_deref());
        Ok((!address.trim().is_empty()).then(|| MailReader { actor, address: address.trim().to_owned(), choices }))
    }

    /// The server has taken it.
    #[boxed]
    pub async fn mail_sent(&self, job: Option<&Run>, id: Uuid, address: &str, answer: &str) -> Result<()> {
        let mut tx = self.0.db.begin().await?;
        self.end_mail(&mut tx, id, "sent", Some(address), answer).await?;
        forget_trouble(&mut tx).await?;
        advanced(job, &mut tx).await?;
        tx.commit().await
    }

    /// It is not sent: `nothing`, `unwanted`, `address`, `late`.
    #[boxed]
    pub async fn mail_skipped(&self, job: Option<&Run>, id: Uuid, why: &str) -> Result<()> {
        let mut tx = self.0.db.begin().await?;
        self.end_mail(&mut tx, id, "skipped", None, why).await?;
        advanced(job, &mut tx).await?;
        tx.commit().await
    }

    /// The server will never take it.
    #[boxed]
    pub async fn mail_failed(&self, job: Option<&Run>, id: Uuid, address: &str, answer: &str) -> Result<()> {
        let mut tx = self.0.db.begin().await?;
        self.end_mail(&mut tx, id, "failed", Some(address), answer).await?;
        advanced(job, &mut tx).await?;
        tx.commit().await
    }

    /// It goes again later. `trouble`: no other letter would fare better, so all of them wait.
    #[boxed]
    pub async fn mail_again(
        &self,
        job: Option<&Run>,
        id: Uuid,
        address: &str,
        answer: &str,
        trouble: Option<&Text>,
    ) -> Result<()> {
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        let row = tx.row(sql!("SELECT attempts, at FROM mail WHERE id = $1", id)).await?.ok_or(Error::NotFound)?;
        let (attempts, at) = (row.must_int(0)?, row.must_int(1)?);
        let due = now + pause(attempts);
        if now - at > GIVEN_UP {
            self.end_mail(&mut tx, id, "failed", Some(address), answer).await?;
        } else {
            tx.run(sql!(
                "UPDATE mail SET state = 'waiting', due_at = $1, address = $2, answer = $3 WHERE id = $4 AND state = 'sending'",
                due,
                address,
                answer,
                id
            ))
            .await?;
        }
        if let Some(trouble) = trouble {
            tx.run(sql!("UPDATE mail SET due_at = $1 WHERE state = 'waiting' AND due_at < $2", due, due)).await?;
            note_trouble(&mut tx, now, trouble).await?;
        }
        advanced(job, &mut tx).await?;
        tx.commit().await
    }

    async fn end_mail(&self, tx: &mut Tx, id: Uuid, state: &str, address: Option<&str>, answer: &str) -> Result<()> {
        tx.run(sql!(
            "UPDATE mail SET state = $1, ended_at = $2, address = $3, answer = $4 WHERE id = $5 AND state = 'sending'",
            state,
            self.now(),
            address,
            answer,
            id
        ))
        .await
        .map(drop)
    }

    /// A letter that failed goes again, as if it were new.
    #[boxed]
    pub async fn retry_mail(&self, actor: &Actor, id: Uuid) -> Result<()> {
        needs_duty(actor, DUTY)?;
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        let again = tx
            .run(sql!(
                "UPDATE mail SET state = 'waiting', attempts = 0, at = $1, due_at = $2, ended_at = NULL WHERE id = $3 AND state = 'failed'",
                now,
                now,
                id
            ))
            .await?;
        if again == 0 && tx.row(sql!("SELECT 1 FROM mail WHERE id = $1", id)).await?.is_none() {
            return Err(Error::NotFound);
        }
        tx.commit().await?;
        // a second click finds it waiting, which is what was wanted
        Ok(())
    }

    /// The book, the latest first: all but what went out with another; of one state only, when one is given.
    #[boxed]
    pub async fn mails(
        &self,
        actor: &Actor,
        state: Option<&str>,
        before: Option<i64>,
        limit: usize,
    ) -> Result<MailPage> {
        needs_duty(actor, DUTY)?;
        let mut sql = Sql::new(
            "SELECT m.seq, m.id, m.user_id, u.name, m.kind, m.state, m.attempts, m.at, m.due_at, m.ended_at, m.address, m.answer \
             FROM mail m LEFT JOIN \"user\" u ON u.id = m.user_id WHERE m.state <> 'joined'",
        );
        if let Some(state) = state {
            sql.push(" AND m.state = ").bind(state);
        }
        if let Some(before) = before {
            sql.push(" AND m.seq < ").bind(before);
        }
        sql.push(" ORDER BY m.seq DESC LIMIT ").bind(limit as i64 + 1);
        let rows = self.0.db.read().await?.rows(sql).await?;
        let mut mails = rows.iter().map(line).collect::<Result<Vec<_>>>()?;
        let next = (mails.len() > limit).then(|| mails[limit - 1].seq);
        mails.truncate(limit);
        Ok(MailPage { mails, next })
    }

    #[boxed]
    pub async fn mail_counts(&self, actor: &Actor) -> Result<MailCounts> {
        needs_duty(actor, DUTY)?;
        let mut counts = MailCounts::default();
        for row in self.0.db.read().await?.rows(sql!("SELECT state, COUNT(*) FROM mail GROUP BY state")).await? {
            let count = row.must_int(1)?;
            match row.must_text(0)?.as_str() {
                "waiting" | "sending" => counts.waiting += count,
                "sent" => counts.sent = count,
                "skipped" => counts.skipped = count,
                "failed" => counts.failed = count,
                _ => {}
            }
        }
        Ok(counts)
    }
}

async fn advanced(job: Option<&Run>, tx: &mut Tx) -> Result<()> {
    match job {
        Some(job) => job.advanced(tx).await,
        None => Ok(()),
    }
}

async fn items(tx: &mut Tx, id: Uuid) -> Result<Vec<MailItem>> {
    let rows = tx
        .rows(sql!(
            "SELECT object, record_id, records, count, origin FROM mail WHERE id = $1 OR with_id = $2 ORDER BY seq",
            id,
            id
        ))
        .await?;
    let item = |row: &Row| {
        Ok(MailItem {
            object: row.must_text(0)?,
            record: row.id(1)?,
            records: row.must_text(2)?.split_whitespace().filter_map(|id| Uuid::parse_str(id).ok()).collect(),
            count: row.must_int(3)?,
            origin: row.must_text(4)?,
        })
    };
    rows.iter().map(item).collect()
}

fn line(row: &Row) -> Result<MailLine> {
    Ok(MailLine {
        seq: row.must_int(0)?,
        id: row.must_id(1)?,
        user: row.must_id(2)?,
        user_name: row.text(3)?.unwrap_or_default(),
        kind: row.must_text(4)?,
        state: row.must_text(5)?,
        attempts: row.must_int(6)?,
        at: row.must_int(7)?,
        due_at: row.must_int(8)?,
        ended_at: row.int(9)?,
        address: row.text(10)?,
        answer: row.text(11)?,
    })
}

#[cfg(test)]
mod tests {
    use super::{HOUR, MINUTE, pause};

    #[test]
    fn pauses_grow() {
        assert_eq!([1, 2, 3, 7, 8, 50].map(pause), [1, 2, 4, 64, 120, 120].map(|minutes| minutes * MINUTE));
        assert_eq!(pause(99), 2 * HOUR);
    }
}
