//! Who sees which requests.
//!
//! - Whoever asked; whoever is or was asked to sign, did something with it, or signs now for somebody away; who has the duty; and
//!   whoever sees the record.
//! - Of the record they read the facts that were kept, by their own rights on fields. Its files open to who is to sign now, and to
//!   who sees the record.

use std::path::PathBuf;

use zhike_db::{Row, Sql, Tx, sql};
use zhike_model::Model;
use zhike_types::{Error, Result, Uuid, boxed};

use super::{
    Approval, ApprovalDeed, ApprovalMay, ApprovalPerson, ApprovalSeat, ApprovalStepState, DUTY, absence,
    held::{self, COLUMNS, Held, SeatRow},
    people::Person,
    rules::{ApprovalState, SeatState},
    timeout::HOUR,
};
use crate::{
    Actor, Engine,
    access::{self, Need},
};

/// Which requests are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhichApprovals {
    /// 待我审批
    #[default]
    ToSign,
    /// 我发起的
    Mine,
    /// 我处理的
    Handled,
    /// All that the actor may see.
    All,
}

#[derive(Debug, Clone, Default)]
pub struct ApprovalQuery {
    pub which: WhichApprovals,
    /// Only those about this record.
    pub record: Option<Uuid>,
    pub state: Option<ApprovalState>,
    /// Only those before this number.
    pub before: Option<i64>,
    /// 1 to 200.
    pub limit: usize,
}

/// A page of requests, the newest first.
#[derive(Debug, Clone)]
pub struct ApprovalPage {
    pub approvals: Vec<Approval>,
    /// The `before` of the next page; none when this is the last.
    pub next: Option<i64>,
}

/// A file of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalFile {
    pub id: Uuid,
    pub name: String,
    pub media_type: String,
    /// Bytes.
    pub size: i64,
}

const LIMIT_MAX: usize = 200;
const FILES_MOST: i64 = 100;

impl Engine {
    /// One request.
    #[boxed]
    pub async fn approval(&self, actor: &Actor, id: Uuid) -> Result<Approval> {
        let model = self.model();
        let mut tx = self.0.db.read().await?;
        let held = Held::of(&mut tx, id).await?.ok_or(Error::NotFound)?;
        let takes_part = self.takes_part(&mut tx, actor, id).await?;
        let mut told = self.approvals_told(&mut tx, &model, actor, vec![held]).await?;
        let mut one = told.pop().filter(|one| takes_part || one.sees_record).ok_or(Error::NotFound)?;
        one.deeds = deeds(&mut tx, id).await?;
        if one.sees_record || one.may.seat.is_some() {
            one.files = files(&mut tx, &one).await?;
        }
        Ok(one)
    }

    /// Requests, the newest first; without deeds and files.
    #[boxed]
    pub async fn approvals(&self, actor: &Actor, query: &ApprovalQuery) -> Result<ApprovalPage> {
        let model = self.model();
        let mut tx = self.0.db.read().await?;
        let mut sql = Sql::new(COLUMNS);
        match query.record {
            // whoever sees the record sees what was asked about it
            Some(record) if self.sees_asked_about(&mut tx, &model, actor, record).await? => sql.push("1 = 1"),
            _ => self.which(actor, query.which, &mut sql),
        };
        if let Some(record) = query.record {
            sql.push(" AND (a.record_id = ").bind(record).push(" OR a.made_id = ").bind(record).push(")");
        }
        if let Some(state) = query.state {
            sql.push(" AND a.state = ").bind(state.key());
        }
        if let Some(before) = query.before {
            sql.push(" AND a.seq < ").bind(before);
        }
        let limit = query.limit.clamp(1, LIMIT_MAX);
        sql.push(" ORDER BY a.seq DESC LIMIT ").bind(limit as i64 + 1);
        let mut held = tx.rows(sql).await?.iter().map(Held::read).collect::<Result<Vec<_>>>()?;
        let more = held.len() > limit;
        held.truncate(limit);
        let next = held.last().filter(|_| more).map(|last| last.seq);
        Ok(ApprovalPage { approvals: self.approvals_told(&mut tx, &model, actor, held).await?, next })
    }

    /// How many there are of a kind.
    #[boxed]
    pub async fn approvals_count(&self, actor: &Actor, which: WhichApprovals) -> Result<i64> {
        let mut sql = Sql::new("SELECT COUNT(*) FROM approval a WHERE ");
        self.which(actor, which, &mut sql);
        self.0.db.read().await?.number(sql).await
    }

    /// A file of the record, for who signs.
    #[boxed]
    pub async fn approval_file(&self, actor: &Actor, id: Uuid, file: Uuid) -> Result<(ApprovalFile, PathBuf)> {
        let approval = self.approval(actor, id).await?;
        let file = approval.files.into_iter().find(|known| known.id == file).ok_or(Error::NotFound)?;
        let row = self.0.db.read().await?.row(sql!("SELECT hash FROM attachment WHERE id = $1", file.id)).await?;
        let hash = row.map(|row| row.text(0)).transpose()?.flatten().ok_or(Error::NotFound)?;
        Ok((file, self.blob_path(&hash)))
    }

    /// Whether the actor may hear of it.
    pub(crate) async fn sees_approval(&self, actor: &Actor, id: Uuid) -> Result<bool> {
        let model = self.model();
        let mut tx = self.0.db.read().await?;
        if self.takes_part(&mut tx, actor, id).await? {
            return Ok(true);
        }
        let row = tx.row(sql!("SELECT COALESCE(record_id, made_id) FROM approval WHERE id = $1", id)).await?;
        match row.map(|row| row.id(0)).transpose()?.flatten() {
            Some(record) => self.sees_asked_about(&mut tx, &model, actor, record).await,
            None => Ok(false),
        }
    }

    async fn takes_part(&self, tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<bool> {
        let mut sql = Sql::new("SELECT 1 FROM approval a WHERE a.id = ");
        sql.bind(id).push(" AND ");
        self.which(actor, WhichApprovals::All, &mut sql);
        Ok(tx.row(sql).await?.is_some())
    }

    /// Whether it is a record that somebody asked about, and that the actor sees.
    async fn sees_asked_about(&self, tx: &mut Tx, model: &Model, actor: &Actor, record: Uuid) -> Result<bool> {
        let row = tx
            .row(sql!("SELECT object FROM approval WHERE record_id = $1 OR made_id = $2 LIMIT 1", record, record))
            .await?;
        match row {
            Some(row) => self.sees_in(tx, model, actor, &row.must_text(0)?, record).await,
            None => Ok(false),
        }
    }

    /// Over `a`, one condition.
    fn which<'s>(&self, actor: &Actor, which: WhichApprovals, sql: &'s mut Sql) -> &'s mut Sql {
        let me = actor.user_id.unwrap_or(Uuid::nil());
        let handled = |sql: &mut Sql| {
            sql.push("a.id IN (SELECT d.approval_id FROM approval_deed d WHERE d.actor_id = ").bind(me).push(")");
        };
        let asked = |sql: &mut Sql| {
            sql.push("a.id IN (SELECT s.approval_id FROM approval_seat s WHERE s.may_sign = ").bind(true).push(" AND ");
            absence::seat_of(me, self.now(), "s", sql);
            sql.push(")");
        };
        match which {
            WhichApprovals::ToSign => {
                sql.push("a.state = 'open' AND a.submitter_id <> ").bind(me).push(" AND ");
                asked(sql);
            }
            WhichApprovals::Mine => {
                sql.push("a.submitter_id = ").bind(me);
            }
            WhichApprovals::Handled => {
                sql.push("a.submitter_id <> ").bind(me).push(" AND ");
                handled(sql);
            }
            WhichApprovals::All if actor.user_id.is_none() || actor.rights.may(DUTY) => {
                sql.push("1 = 1");
            }
            WhichApprovals::All => {
                sql.push("(a.submitter_id = ").bind(me);
                sql.push(" OR a.id IN (SELECT s.approval_id FROM approval_seat s WHERE s.user_id = ")
                    .bind(me)
                    .push(") OR ");
                handled(sql);
                sql.push(" OR ");
                asked(sql);
                sql.push(")");
            }
        }
        sql
    }

    /// Requests as the actor may see them.
    async fn approvals_told(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        held: Vec<Held>,
    ) -> Result<Vec<Approval>> {
        let ids: Vec<Uuid> = held.iter().map(|held| held.id).collect();
        let seats = held::seats(tx, &ids).await?;
        let users: Vec<Uuid> = seats.iter().filter(|row| row.may_sign).map(|row| row.seat.user).collect();
        let deputies = absence::deputies(tx, &users, self.now()).await?;
        let reminders = reminders(tx, &held).await?;
        let mut all = Vec::with_capacity(held.len());
        for held in held {
            // an object that a pack took away again: nothing can be shown of it
            let Some(object) = model.object(&held.object) else { continue };
            let mine: Vec<&SeatRow> = seats.iter().filter(|row| row.approval == held.id).collect();
            let record = held.record.or(held.made);
            let sees_record = match record {
                Some(id) => self.sees_in(tx, model, actor, &held.object, id).await?,
                None => false,
            };
            let timeout = held.steps.get(held.step).and_then(|step| step.timeout);
            let asked = mine.iter().filter(|row| row.may_sign).filter_map(|row| row.asked_at).min();
            let due_at = timeout.zip(asked).map(|(timeout, at)| at + timeout.hours * HOUR);
            all.push(Approval {
                before: held.record(object, actor, false),
                after: held.record(object, actor, true),
                changes: held.changes.iter().map(|change| change.field.clone()).collect(),
                facts: held.facts.show.clone(),
                steps: steps(actor, &held, &mine, &deputies),
                deeds: Vec::new(),
                files: Vec::new(),
                may: may(actor, &held, &mine, &deputies),
                sees_record,
                record_id: record,
                submitter: person(actor, held.submitter, &held.submitter_name),
                id: held.id,
                seq: held.seq,
                number: held.number,
                at: held.at,
                state: held.state,
                processes: held.processes,
                object: held.object,
                comment: held.comment,
                ended_at: held.ended_at,
                step: held.step,
                due_at,
                reminders: reminders.iter().filter(|(id, step)| *id == held.id && *step == held.step as i64).count()
                    as i64,
            });
        }
        Ok(all)
    }

    async fn sees_in(&self, tx: &mut Tx, model: &Model, actor: &Actor, object: &str, id: Uuid) -> Result<bool> {
        let Ok(object) = access::object_for(model, actor, object) else { return Ok(false) };
        let mut sql = Sql::new("SELECT 1 FROM ");
        sql.name(&object.name).push(" t WHERE t.id = ").bind(id).push(" AND ");
        access::predicate(model, object, actor, Need::Read, "t", &mut sql);
        Ok(tx.row(sql).await?.is_some())
    }
}

fn person(actor: &Actor, id: Uuid, name: &str) -> ApprovalPerson {
    ApprovalPerson { id, name: name.to_owned(), me: actor.user_id == Some(id) }
}

fn steps(actor: &Actor, held: &Held, seats: &[&SeatRow], deputies: &[(Uuid, Person)]) -> Vec<ApprovalStepState> {
    let seat = |row: &&SeatRow| {
        let deputy = deputies.iter().find(|(user, _)| *user == row.seat.user && row.may_sign);
        ApprovalSeat {
            id: row.seat.id,
            person: person(actor, row.seat.user, &row.name),
            state: row.seat.state,
            may_sign: row.may_sign,
            asked: row.seat.parent.map(|(_, side)| side),
            deputy: deputy.map(|(_, (id, name))| person(actor, *id, name)),
            signed_at: row.signed_at,
        }
    };
    held.steps
        .iter()
        .enumerate()
        .map(|(at, step)| ApprovalStepState {
            name: step.name.clone(),
            who: step.who.clone(),
            sign: step.sign,
            skipped: step.skipped,
            timeout: step.timeout,
            seats: seats.iter().filter(|row| row.step == at && row.seat.state != SeatState::Void).map(seat).collect(),
        })
        .collect()
}

fn may(actor: &Actor, held: &Held, seats: &[&SeatRow], deputies: &[(Uuid, Person)]) -> ApprovalMay {
    let open = held.state == ApprovalState::Open;
    let mine = actor.user_id == Some(held.submitter);
    let signs = |row: &&&SeatRow| {
        let deputy = |(user, (deputy, _)): &(Uuid, Person)| *user == row.seat.user && Some(*deputy) == actor.user_id;
        row.may_sign && (Some(row.seat.user) == actor.user_id || deputies.iter().any(deputy))
    };
    let seat = seats.iter().find(signs).filter(|_| open && !mine);
    let back_to =
        (0..held.step).filter(|&at| seats.iter().any(|row| row.step == at && row.seat.state == SeatState::Signed));
    ApprovalMay {
        seat: seat.map(|row| row.seat.id),
        for_name: seat.filter(|row| Some(row.seat.user) != actor.user_id).map(|row| row.name.clone()),
        back_to: if seat.is_some() { back_to.collect() } else { Vec::new() },
        withdraw: mine && matches!(held.state, ApprovalState::Open | ApprovalState::Returned),
        resubmit: mine && held.state == ApprovalState::Returned,
        comment: actor.user_id.is_some(),
        reassign: open && actor.rights.may(DUTY) && actor.user_id.is_some(),
    }
}

/// The reminders of those that are open: whose, in which step.
async fn reminders(tx: &mut Tx, held: &[Held]) -> Result<Vec<(Uuid, i64)>> {
    let timed = |held: &&Held| held.steps.get(held.step).is_some_and(|step| step.timeout.is_some());
    let ids: Vec<Uuid> = held.iter().filter(timed).map(|held| held.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT approval_id, step FROM approval_deed WHERE action = 'remind' AND approval_id IN (");
    sql.padded(&ids).push(")");
    tx.rows(sql).await?.iter().map(|row| Ok((row.must_id(0)?, row.must_int(1)?))).collect()
}

async fn deeds(tx: &mut Tx, id: Uuid) -> Result<Vec<ApprovalDeed>> {
    let rows = tx
        .rows(sql!(
            "SELECT at, action, step, actor, actor_id, for_name, others, comment FROM approval_deed WHERE approval_id = $1 ORDER BY seq",
            id
        ))
        .await?;
    let read = |row: &Row| {
        Ok(ApprovalDeed {
            at: row.must_int(0)?,
            action: row.must_text(1)?,
            step: row.int(2)?.and_then(|step| usize::try_from(step).ok()),
            actor: row.must_text(3)?,
            actor_id: row.id(4)?,
            for_name: row.text(5)?,
            others: row.text(6)?,
            comment: row.text(7)?,
        })
    };
    rows.iter().map(read).collect()
}

async fn files(tx: &mut Tx, approval: &Approval) -> Result<Vec<ApprovalFile>> {
    let Some(record) = approval.record_id else { return Ok(Vec::new()) };
    let rows = tx
        .rows(sql!(
            "SELECT id, name, media_type, size FROM attachment WHERE about_object = $1 AND about_id = $2 AND deleted_at IS NULL ORDER BY seq DESC LIMIT $3",
            approval.object.as_str(),
            record,
            FILES_MOST
        ))
        .await?;
    let read = |row: &Row| {
        Ok(ApprovalFile {
            id: row.must_id(0)?,
            name: row.text(1)?.unwrap_or_default(),
            media_type: row.text(2)?.unwrap_or_default(),
            size: row.int(3)?.unwrap_or_default(),
        })
    };
    rows.iter().map(read).collect()
}
