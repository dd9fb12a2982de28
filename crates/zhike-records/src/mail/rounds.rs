//! 定时: whose summary is due, and who is about to lose something. A job looks once a minute.

use std::collections::HashSet;

use zhike_db::{Sql, schema, sql};
use zhike_jobs::Jobs;
use zhike_types::{Result, Uuid, boxed};

use super::{
    DAY, HOUR, MAIL_JOB,
    choices::{KEY, MailChoices},
    server::is_on,
    tell::{New, insert},
};
use crate::{Ended, Engine, Run, Source};

pub(crate) const ROUND: &str = "mail-round";
/// A summary that could not be written down within this time of its hour is left out, in ms.
const LATE: i64 = 2 * HOUR;
/// How long rows are kept.
const KEPT: i64 = 30 * DAY;
/// Warnings of one user that are looked at.
const WARNINGS: usize = 50;
/// Between two looks at what pools are about to take back.
const WARN_EVERY: i64 = HOUR;
/// The fact in `meta` that says when that was.
const LOOKED: &str = "mail-looked";

/// The job.
pub(crate) async fn run(engine: Engine, job: Run) -> Result<Ended> {
    engine.mail_round_with(Some(&job)).await
}

impl Engine {
    /// Writes down what is due now.
    #[boxed]
    pub async fn mail_round(&self) -> Result<()> {
        self.mail_round_with(None).await.map(drop)
    }

    async fn mail_round_with(&self, job: Option<&Run>) -> Result<Ended> {
        let now = self.now();
        let mut tx = self.0.db.read().await?;
        if !is_on(&mut tx).await? {
            return Ok(Ended::Done);
        }
        let mut users =
            Sql::new("SELECT u.id, s.value FROM \"user\" u LEFT JOIN user_setting s ON s.user_id = u.id AND s.key = ");
        users
            .bind(KEY)
            .push(" WHERE u.deleted_at IS NULL AND u.email IS NOT NULL AND (u.active IS NULL OR u.active = ");
        users.bind(true).push(") ORDER BY u.id");
        let rows = tx.rows(users).await?;
        let today = self.zone().day_of(now);
        let since = self.zone().start_of_day(today);
        let told: HashSet<Uuid> = tx
            .rows(sql!("SELECT user_id FROM mail WHERE kind = 'digest' AND at >= $1", since))
            .await?
            .iter()
            .map(|row| row.must_id(0))
            .collect::<Result<_>>()?;
        let warned = schema::meta(&mut tx, LOOKED).await?.and_then(|at| at.parse().ok()).unwrap_or(0);
        drop(tx);
        let mut due = Vec::new();
        let mut warn = Vec::new();
        for row in &rows {
            let user = row.must_id(0)?;
            let choices = MailChoices::read(row.text(1)?.as_deref());
            let at = choices.digest.map(|hour| self.zone().start_of_day(today) + hour * HOUR);
            if at.is_some_and(|at| (at..at + LATE).contains(&now)) && !told.contains(&user) {
                due.push(user);
            }
            if choices.reclaim {
                warn.push(user);
            }
        }
        for piece in due.chunks(200) {
            let mut tx = self.0.db.begin().await?;
            for user in piece {
                let key = Some(format!("digest:{user}:{today}"));
                insert(self, &mut tx, New { key, ..about(*user, "digest", "", now) }).await?;
            }
            tx.commit().await?;
        }
        if now - warned < WARN_EVERY {
            return Ok(Ended::Done);
        }
        for user in warn {
            if job.is_some_and(Run::stopping) {
                return Ok(Ended::Stopped);
            }
            self.warn_by_mail(user).await?;
        }
        // says when it was looked; and what is long over goes
        let mut tx = self.0.db.begin().await?;
        schema::set_meta(&mut tx, LOOKED, &now.to_string()).await?;
        tx.run(sql!("DELETE FROM mail WHERE at < $1 AND state NOT IN ('waiting', 'sending')", now - KEPT)).await?;
        tx.commit().await?;
        Ok(Ended::Done)
    }

    /// Each step of a record's warning is told once; when it comes near again another time, again.
    async fn warn_by_mail(&self, user: Uuid) -> Result<()> {
        let mut tx = self.0.db.read().await?;
        let Some(actor) = self.load_actor(&mut tx, user, Source::System, "").await? else { return Ok(()) };
        drop(tx);
        let now = self.now();
        let warnings = self.pool_warnings(&actor, WARNINGS).await?;
        if warnings.is_empty() {
            return Ok(());
        }
        let mut tx = self.0.db.begin().await?;
        for warning in warnings {
            let key = format!("reclaim:{user}:{}:{}", warning.record.id, warning.days);
            tx.run(sql!(
                "UPDATE mail SET key = NULL WHERE key = $1 AND at < $2",
                key.as_str(),
                now - (warning.days + 1) * DAY
            ))
            .await?;
            let new = New {
                key: Some(key),
                record: Some(warning.record.id),
                count: usize::try_from(warning.days).unwrap_or_default(),
                origin: &warning.pool,
                ..about(user, "reclaim", &warning.record.object.name, now)
            };
            insert(self, &mut tx, new).await?;
        }
        tx.commit().await
    }

    /// Sees to it that what is due is sent, and looked for.
    pub(crate) async fn schedule_mail(&self, round: bool) -> Result<()> {
        let now = self.now();
        let mut wanted = Vec::new();
        let mut tx = self.0.db.read().await?;
        if !is_on(&mut tx).await? {
            return Ok(());
        }
        let due = sql!("SELECT 1 FROM mail WHERE state IN ('waiting', 'sending') AND due_at <= $1 LIMIT 1", now);
        if tx.row(due).await?.is_some() && !Jobs::is_pending(&mut tx, MAIL_JOB).await? {
            wanted.push(MAIL_JOB);
        }
        if round && !Jobs::is_pending(&mut tx, ROUND).await? {
            wanted.push(ROUND);
        }
        drop(tx);
        if wanted.is_empty() {
            return Ok(());
        }
        let mut tx = self.0.db.begin().await?;
        for job in wanted {
            if !Jobs::is_pending(&mut tx, job).await? {
                self.0.jobs.enqueue_at(&mut tx, job, &(), now).await?;
            }
        }
        tx.commit().await?;
        self.0.jobs.wake();
        Ok(())
    }
}

fn about<'a>(user: Uuid, kind: &'static str, object: &'a str, now: i64) -> New<'a> {
    New { user, kind, object, record: None, records: &[], count: 0, origin: "", key: None, due_at: now }
}
