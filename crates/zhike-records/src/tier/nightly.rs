//! Each night the schemes that say so are worked out anew, as somebody who asks would have it. A run that was cut off begins again: what
//! it wrote is found as it should be.

use zhike_jobs::{Ended, Jobs, Run};
use zhike_types::{Error, FieldError, Lang, Result, Uuid};

use super::SCHEME;
use crate::{Actor, Engine, Source};

pub(crate) const JOB: &str = "tier-nightly";
/// Two hours after midnight, where the installation is.
const AFTER_MIDNIGHT: i64 = 2 * 3_600_000;
/// A scheme that a run has worked out is not worked out again by the same run when that goes on after a restart.
const ONE_NIGHT: i64 = 12 * 3_600_000;
/// The most characters of one language's line; the field takes 500.
const LINE: usize = 249;

pub(crate) async fn run(engine: Engine, job: Run) -> Result<Ended> {
    engine.work_out_nightly(Some(&job)).await.map(|whole| if whole { Ended::Done } else { Ended::Stopped })
}

/// What is wrong, for readers of both languages: a line in Chinese, one in English.
fn told(errors: &[FieldError]) -> String {
    let line = |lang: Lang, between: &str| -> String {
        let told: Vec<&str> = errors.iter().map(|error| error.message.get(lang)).collect();
        told.join(between).replace('\n', " ").chars().take(LINE).collect()
    };
    format!("{}\n{}", line(Lang::Zh, "；"), line(Lang::En, "; "))
}

impl Engine {
    /// False: not to its end.
    pub(super) async fn work_out_nightly(&self, job: Option<&Run>) -> Result<bool> {
        let system = Actor::system(Source::System);
        let before = self.now() - ONE_NIGHT;
        for id in self.nightly_schemes(Some(before)).await? {
            let Ok(scheme) = self.read(&system, SCHEME, id).await else { continue };
            match self.work_out(&system, &scheme, false, job).await {
                Ok(Some(_)) => {}
                Ok(None) => return Ok(false),
                // what only people can set right waits for them, and is told on the scheme's page
                Err(Error::Invalid(errors)) => {
                    let told = told(&errors);
                    let mut tx = self.0.db.begin().await?;
                    tx.run(zhike_db::sql!("UPDATE tier_scheme SET last_problem = $1 WHERE id = $2", told, id)).await?;
                    tx.commit().await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Schemes in use that are to be worked out nightly; `before`: and were not since then by a run.
    async fn nightly_schemes(&self, before: Option<i64>) -> Result<Vec<Uuid>> {
        if self.model().object(SCHEME).is_none() {
            return Ok(Vec::new());
        }
        let before = before.unwrap_or(i64::MAX);
        let rows = zhike_db::sql!(
            "SELECT id FROM tier_scheme WHERE deleted_at IS NULL AND active = $1 AND nightly = $2 \
             AND (worked_out_at IS NULL OR worked_out_at < $3 OR last_run IS NULL OR last_run <> 'nightly') ORDER BY seq",
            true,
            true,
            before
        );
        self.0.db.read().await?.rows(rows).await?.iter().map(|row| row.must_id(0)).collect()
    }

    /// Sees to it that a run waits for the next night, when there is a scheme for it at all.
    pub(crate) async fn schedule_tiers(&self) -> Result<()> {
        if self.nightly_schemes(None).await?.is_empty() || Jobs::is_pending(&mut self.0.db.read().await?, JOB).await? {
            return Ok(());
        }
        let now = self.now();
        let zone = self.zone();
        let tonight = |day: i64| zone.start_of_day(day) + AFTER_MIDNIGHT;
        let day = zone.day_of(now);
        let at = if tonight(day) > now { tonight(day) } else { tonight(day + 1) };
        let mut tx = self.0.db.begin().await?;
        if !Jobs::is_pending(&mut tx, JOB).await? {
            self.0.jobs.enqueue_at(&mut tx, JOB, &(), at).await?;
        }
        tx.commit().await
    }
}
