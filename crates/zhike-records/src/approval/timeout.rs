//! 超时: what becomes of a step that somebody has had for too long, where the step says so: they are reminded, their superior signs,
//! or it passes, or it is refused. A job looks every ten minutes; time runs from when each of them was asked.
//!
//! Nothing passes by time unless its step says so. What cannot be done (the change cannot be made any more, there is no superior)
//! becomes a reminder: people look at it.

use zhike_db::{Tx, sql};
use zhike_jobs::{Ended, Jobs, Run};
use zhike_model::{ApprovalThen, Model};
use zhike_types::{Error, Lang, Result, Uuid, boxed};

use super::{
    KeptStep, apply,
    held::{self, Held, NewDeed, SeatRow},
    people::{self, Asker, Person},
    rules::{ApprovalState, SeatState},
};
use crate::{Actor, Engine, Source, audit, draft::department_of};

pub(crate) const JOB: &str = "approval-timeout";
/// How often it looks, in ms.
const EVERY: i64 = 600_000;
pub(super) const HOUR: i64 = 3_600_000;
/// Requests read at once.
const AT_ONCE: i64 = 200;

pub(crate) async fn run(engine: Engine, job: Run) -> Result<Ended> {
    Ok(match engine.time_out_with(Some(&job)).await? {
        Some(_) => Ended::Done,
        None => Ended::Stopped,
    })
}

impl Engine {
    /// Does what the steps say of requests that wait for too long; how many there were.
    #[boxed]
    pub async fn time_out_approvals(&self) -> Result<i64> {
        Ok(self.time_out_with(None).await?.unwrap_or_default())
    }

    /// None when the process wants to end first.
    async fn time_out_with(&self, job: Option<&Run>) -> Result<Option<i64>> {
        let (mut done, mut after) = (0, 0);
        loop {
            let rows = self
                .0
                .db
                .read()
                .await?
                .rows(sql!(
                    "SELECT id, seq, step, steps FROM approval WHERE state = 'open' AND seq > $1 ORDER BY seq LIMIT $2",
                    after,
                    AT_ONCE
                ))
                .await?;
            for row in &rows {
                if job.is_some_and(Run::stopping) {
                    return Ok(None);
                }
                let steps: Vec<KeptStep> = serde_json::from_str(&row.must_text(3)?).map_err(Error::internal)?;
                let at = usize::try_from(row.must_int(2)?).unwrap_or(0);
                if steps.get(at).is_some_and(|step| step.timeout.is_some()) {
                    done += i64::from(self.time_out(row.must_id(0)?, job).await?);
                }
            }
            match rows.last() {
                Some(last) => after = last.must_int(1)?,
                None => return Ok(Some(done)),
            }
        }
    }

    async fn time_out(&self, id: Uuid, job: Option<&Run>) -> Result<bool> {
        match self.time_out_as(id, job, None).await {
            // what was asked for cannot be made as it stands: that is for people
            Err(error @ (Error::Conflict(_) | Error::Invalid(_) | Error::NotFound | Error::Alike(..))) => {
                self.time_out_as(id, job, Some(error.message().get(Lang::Zh))).await
            }
            done => done,
        }
    }

    /// `stuck`: why it could not be done; it is a reminder then.
    #[boxed]
    async fn time_out_as(&self, id: Uuid, job: Option<&Run>, stuck: Option<&str>) -> Result<bool> {
        let model = self.model();
        let mut tx = self.0.db.begin().await?;
        crate::merge::beside(&mut tx).await?;
        audit::open(&mut tx).await?;
        let mut held = Held::hold(&mut tx, id).await?;
        let now = self.now();
        let timeout = held.steps.get(held.step).and_then(|step| step.timeout);
        let Some(timeout) = timeout.filter(|_| held.state == ApprovalState::Open) else { return Ok(false) };
        let before = now - timeout.hours * HOUR;
        let rows = held::seats_of_step(&mut tx, id, held.step).await?;
        let late: Vec<&SeatRow> =
            rows.iter().filter(|row| row.may_sign && row.asked_at.is_some_and(|at| at <= before)).collect();
        if late.is_empty() {
            return Ok(false);
        }
        // a reminder comes again after as long
        let reminded = tx
            .row(sql!(
                "SELECT 1 FROM approval_deed WHERE approval_id = $1 AND step = $2 AND action = 'remind' AND at > $3 LIMIT 1",
                id,
                held.step as i64,
                before
            ))
            .await?
            .is_some();
        let reminds = stuck.is_some() || timeout.then == ApprovalThen::Remind;
        if reminded && reminds {
            return Ok(false);
        }
        let system = Actor::system(Source::System);
        let action = if reminds {
            self.remind(&mut tx, &system, &held, &late, stuck).await?;
            "approval-remind"
        } else {
            match timeout.then {
                ApprovalThen::Superior => {
                    if self.hand_up(&mut tx, &system, &held, &rows, &late).await? {
                        "approval-delegate"
                    } else if reminded {
                        return Ok(false);
                    } else {
                        self.remind(&mut tx, &system, &held, &late, None).await?;
                        "approval-remind"
                    }
                }
                ApprovalThen::Pass => self.pass_late(&mut tx, &model, &system, &mut held, &late).await?,
                ApprovalThen::Reject | ApprovalThen::Remind => {
                    for row in &late {
                        self.keep_time(&mut tx, &system, &held, "time-reject", row, None).await?;
                    }
                    let submitter = apply::submitter(&mut tx, &held, &system).await?;
                    self.put_back(&mut tx, &model, &submitter, &held).await?;
                    self.end_approval(&mut tx, &mut held, ApprovalState::Rejected).await?;
                    "approval-reject"
                }
            }
        };
        self.leave(&mut tx, &system, &held, action, None).await?;
        if let Some(job) = job {
            job.advanced(&mut tx).await?;
        }
        tx.commit().await?;
        self.written();
        Ok(true)
    }

    async fn remind(
        &self,
        tx: &mut Tx,
        system: &Actor,
        held: &Held,
        late: &[&SeatRow],
        why: Option<&str>,
    ) -> Result<()> {
        let others = Some(late.iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join("、"));
        let deed = NewDeed { action: "remind", step: Some(held.step), others, comment: why, ..NewDeed::default() };
        held::keep_deed(tx, held.id, system, self.now(), &deed).await
    }

    /// Their seats are signed by nobody: the step says that time is enough.
    async fn pass_late(
        &self,
        tx: &mut Tx,
        model: &Model,
        system: &Actor,
        held: &mut Held,
        late: &[&SeatRow],
    ) -> Result<&'static str> {
        for row in late {
            tx.run(sql!(
                "UPDATE approval_seat SET state = $1, may_sign = $2, signed_at = $3 WHERE id = $4",
                SeatState::Signed.key(),
                false,
                self.now(),
                row.seat.id
            ))
            .await?;
            self.keep_time(tx, system, held, "time-pass", row, None).await?;
        }
        self.after_signing(tx, model, system, held).await?;
        Ok(if held.state == ApprovalState::Passed { "approval-pass" } else { "approval-approve" })
    }

    /// Those above sign in their place; false where there is nobody for any of them.
    async fn hand_up(
        &self,
        tx: &mut Tx,
        system: &Actor,
        held: &Held,
        rows: &[SeatRow],
        late: &[&SeatRow],
    ) -> Result<bool> {
        let mut sign: Vec<(Uuid, Option<Uuid>)> = rows
            .iter()
            .filter(|row| row.seat.state == SeatState::Waiting)
            .map(|row| (row.seat.user, row.seat.parent.map(|(id, _)| id)))
            .collect();
        let mut any = false;
        for row in late {
            let parent = row.seat.parent.map(|(id, _)| id);
            let above = above(tx, held, row.seat.user).await?;
            // who signs this step anyway is no help
            let free = |(user, _): &Person| !sign.contains(&(*user, parent));
            let Some((user, name)) = above.into_iter().find(free) else { continue };
            tx.run(sql!(
                "UPDATE approval_seat SET user_id = $1, name = $2, asked_at = $3 WHERE id = $4",
                user,
                name.as_str(),
                self.now(),
                row.seat.id
            ))
            .await?;
            sign.push((user, parent));
            crate::mail::asked(self, tx, user, held.id).await?;
            self.keep_time(tx, system, held, "time-up", row, Some(name)).await?;
            any = true;
        }
        Ok(any)
    }

    async fn keep_time(
        &self,
        tx: &mut Tx,
        system: &Actor,
        held: &Held,
        action: &str,
        row: &SeatRow,
        others: Option<String>,
    ) -> Result<()> {
        let absent = Some((row.seat.user, row.name.as_str()));
        let deed = NewDeed { action, step: Some(held.step), absent, others, comment: None };
        held::keep_deed(tx, held.id, system, self.now(), &deed).await
    }

    /// Sees to it that the job runs again, as long as anything is open.
    pub(crate) async fn schedule_timeouts(&self) -> Result<()> {
        let mut tx = self.0.db.read().await?;
        let open = tx.row(sql!("SELECT 1 FROM approval WHERE state = 'open' LIMIT 1")).await?.is_some();
        if !open || Jobs::is_pending(&mut tx, JOB).await? {
            return Ok(());
        }
        drop(tx);
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        if !Jobs::is_pending(&mut tx, JOB).await? {
            self.0.jobs.enqueue_at(&mut tx, JOB, &(), now - now.rem_euclid(EVERY) + EVERY).await?;
        }
        tx.commit().await
    }
}

/// Those above somebody, the nearest first; not who asked.
async fn above(tx: &mut Tx, held: &Held, user: Uuid) -> Result<Vec<Person>> {
    let department = department_of(tx, user).await?;
    let mut chain = people::managers(tx, Asker { submitter: held.submitter, department, owner: None }).await?;
    chain.retain(|(id, _)| *id != user);
    Ok(chain)
}
