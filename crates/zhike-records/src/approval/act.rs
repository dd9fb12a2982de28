//! What is done with a request: signing, rejecting, sending back, asking others, handing on, withdrawing, saying something.

use zhike_db::{Tx, sql};
use zhike_model::Model;
use zhike_types::{Error, Result, Text, Uuid, boxed, text};

use super::{
    Approval, ApprovalWish, DUTY, OBJECT, absence, apply,
    held::{self, Held, NewDeed, SeatRow},
    people::{self, Person},
    rules::{ApprovalState, SeatState, Side},
    written,
};
use crate::{Actor, Engine, Input, access, audit, idempotency, mail};

/// What somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApprovalAct {
    /// 同意
    Approve,
    /// 驳回: it ends, and nothing changes.
    Reject,
    /// 退回: to who asked, or to an earlier step.
    SendBack {
        to: Option<usize>,
    },
    /// 加签: others sign as well, before me or after.
    AddSign {
        users: Vec<Uuid>,
        side: Side,
    },
    /// 转交: another signs in my place. Who has the duty hands on what lies with others.
    Delegate {
        to: Uuid,
    },
    Comment,
    /// 撤回, by who asked.
    Withdraw,
    /// Asking once more for what was sent back.
    Resubmit,
}

/// The most people asked at once.
const ASKED_MOST: usize = 10;

/// A seat under somebody's hand, and for whom it is signed.
struct Mine {
    row: SeatRow,
    absent: Option<Person>,
}

impl Engine {
    /// Does something with a request. `seat`: the one that the actor saw, so that a second click does not sign another; none takes
    /// the first that is the actor's.
    ///
    /// # Errors
    /// `Conflict` when it has ended or somebody else has signed for that seat, or when what was asked for cannot be made any more;
    /// `Forbidden` for who is not asked; `Invalid` without a comment where one is needed.
    #[boxed]
    pub async fn act_on_approval(
        &self,
        actor: &Actor,
        id: Uuid,
        seat: Option<Uuid>,
        act: ApprovalAct,
        comment: &str,
    ) -> Result<Approval> {
        // whoever may not see it does not learn that it is there
        let seen = self.approval(actor, id).await?;
        let needed = matches!(act, ApprovalAct::Reject | ApprovalAct::SendBack { .. } | ApprovalAct::Comment);
        let comment = written(comment, needed)?;
        if act == ApprovalAct::Resubmit {
            return self.resubmit(actor, &seen, comment).await;
        }
        let model = self.model();
        let mut tx = self.0.db.begin().await?;
        crate::merge::beside(&mut tx).await?;
        idempotency::mark(&mut tx, actor, OBJECT, Some(id)).await?;
        audit::open(&mut tx).await?;
        let mut held = Held::hold(&mut tx, id).await?;
        let action = match act {
            ApprovalAct::Approve => self.approve(&mut tx, &model, actor, &mut held, seat, comment.as_deref()).await?,
            ApprovalAct::Reject => self.reject(&mut tx, &model, actor, &mut held, seat, comment.as_deref()).await?,
            ApprovalAct::SendBack { to } => {
                self.send_back(&mut tx, &model, actor, &mut held, seat, to, comment.as_deref()).await?
            }
            ApprovalAct::AddSign { users, side } => {
                self.add_sign(&mut tx, actor, &held, seat, &users, side, comment.as_deref()).await?
            }
            ApprovalAct::Delegate { to } => {
                self.delegate_seat(&mut tx, actor, &held, seat, to, comment.as_deref()).await?
            }
            ApprovalAct::Withdraw => self.withdraw(&mut tx, &model, actor, &mut held, comment.as_deref()).await?,
            ApprovalAct::Comment | ApprovalAct::Resubmit => {
                let deed = NewDeed {
                    action: "comment",
                    step: Some(held.step),
                    comment: comment.as_deref(),
                    ..NewDeed::default()
                };
                held::keep_deed(&mut tx, held.id, actor, self.now(), &deed).await?;
                "approval-comment"
            }
        };
        self.leave(&mut tx, actor, &held, action, comment).await?;
        tx.commit().await?;
        self.written();
        self.approval(actor, id).await
    }

    /// The actor's seat, held open.
    async fn mine(&self, tx: &mut Tx, actor: &Actor, held: &Held, seat: Option<Uuid>) -> Result<Mine> {
        if held.state != ApprovalState::Open {
            return Err(apply::ended(held));
        }
        let me = actor.user_id.ok_or(Error::NotFound)?;
        let rows = held::seats_of_step(tx, held.id, held.step).await?;
        let users: Vec<Uuid> = rows.iter().map(|row| row.seat.user).collect();
        let deputies = absence::deputies(tx, &users, self.now()).await?;
        let signs = |row: &SeatRow| {
            row.seat.user == me || deputies.iter().any(|(user, (deputy, _))| *user == row.seat.user && *deputy == me)
        };
        let wanted = |row: &&SeatRow| seat.is_none_or(|seat| row.seat.id == seat) && signs(row);
        // nobody signs what they asked for themselves, whomever they stand in for
        if me == held.submitter {
            return Err(access::forbidden("不能审批自己提交的申请。", "Nobody signs what they asked for themselves."));
        }
        match rows.iter().filter(wanted).find(|row| row.may_sign) {
            Some(row) => {
                let absent = (row.seat.user != me).then(|| (row.seat.user, row.name.clone()));
                Ok(Mine { row: row.clone(), absent })
            }
            None if rows.iter().any(|row| wanted(&row)) || seat.is_some() => Err(Error::Conflict(Text::new(
                "这一步已经处理过，或者还没轮到您。请看一下现在的进度。",
                "This step is dealt with, or it is not your turn. Look at where it stands now.",
            ))),
            None => {
                Err(access::forbidden("这件审批现在不需要您处理。", "Nothing is asked of you in this request now."))
            }
        }
    }

    async fn approve(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        held: &mut Held,
        seat: Option<Uuid>,
        comment: Option<&str>,
    ) -> Result<&'static str> {
        let mine = self.mine(tx, actor, held, seat).await?;
        let now = self.now();
        tx.run(sql!(
            "UPDATE approval_seat SET state = $1, may_sign = $2, signed_at = $3, signed_by = $4 WHERE id = $5",
            SeatState::Signed.key(),
            false,
            now,
            actor.user_id,
            mine.row.seat.id
        ))
        .await?;
        self.keep_act(tx, actor, held, &mine, "approve", None, comment).await?;
        self.after_signing(tx, model, actor, held).await?;
        Ok(if held.state == ApprovalState::Passed { "approval-pass" } else { "approval-approve" })
    }

    /// Goes on where the step is done, else says who may sign now.
    #[boxed]
    pub(super) async fn after_signing(&self, tx: &mut Tx, model: &Model, actor: &Actor, held: &mut Held) -> Result<()> {
        let rows = held::seats_of_step(tx, held.id, held.step).await?;
        if Self::step_is_done(held, &rows) {
            tx.run(sql!(
                "UPDATE approval_seat SET may_sign = $1 WHERE approval_id = $2 AND step = $3",
                false,
                held.id,
                held.step as i64
            ))
            .await?;
            return self.go_on(tx, model, actor, held, held.step + 1).await;
        }
        self.open_seats(tx, held).await
    }

    async fn reject(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        held: &mut Held,
        seat: Option<Uuid>,
        comment: Option<&str>,
    ) -> Result<&'static str> {
        let mine = self.mine(tx, actor, held, seat).await?;
        self.keep_act(tx, actor, held, &mine, "reject", None, comment).await?;
        let submitter = apply::submitter(tx, held, actor).await?;
        self.put_back(tx, model, &submitter, held).await?;
        self.end_approval(tx, held, ApprovalState::Rejected).await?;
        Ok("approval-reject")
    }

    #[expect(clippy::too_many_arguments, reason = "an act is whose, on what, where to, why")]
    async fn send_back(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        held: &mut Held,
        seat: Option<Uuid>,
        to: Option<usize>,
        comment: Option<&str>,
    ) -> Result<&'static str> {
        let mine = self.mine(tx, actor, held, seat).await?;
        match to {
            None => {
                self.keep_act(tx, actor, held, &mine, "return", None, comment).await?;
                let submitter = apply::submitter(tx, held, actor).await?;
                self.put_back(tx, model, &submitter, held).await?;
                self.end_approval(tx, held, ApprovalState::Returned).await?;
            }
            Some(step) => {
                if step >= held.step || held.steps[step].skipped {
                    let message = Text::new("只能退回到前面的步骤。", "It can go back to an earlier step only.");
                    return Err(Error::invalid("to", "invalid", message));
                }
                self.keep_act(tx, actor, held, &mine, "return", Some((step + 1).to_string()), comment).await?;
                self.void_from(tx, held, step).await?;
                self.go_on(tx, model, actor, held, step).await?;
            }
        }
        Ok("approval-return")
    }

    #[expect(clippy::too_many_arguments, reason = "an act is whose, on what, whom, on which side, why")]
    async fn add_sign(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        held: &Held,
        seat: Option<Uuid>,
        users: &[Uuid],
        side: Side,
        comment: Option<&str>,
    ) -> Result<&'static str> {
        let mine = self.mine(tx, actor, held, seat).await?;
        if users.is_empty() || users.len() > ASKED_MOST {
            let message = text!("请选择 1 到 {ASKED_MOST} 位同事。", "Choose from 1 to {ASKED_MOST} colleagues.");
            return Err(Error::invalid("users", "required", message));
        }
        let known = self.others(tx, held, users, "users").await?;
        if known.iter().any(|(id, _)| Some(*id) == actor.user_id || *id == mine.row.seat.user) {
            let message = Text::new("加签要选别人。", "Choose somebody else to sign as well.");
            return Err(Error::invalid("users", "invalid", message));
        }
        let rows = held::seats_of_step(tx, held.id, held.step).await?;
        let under = rows.iter().filter(|row| row.seat.parent == Some((mine.row.seat.id, side)));
        let asked: Vec<Uuid> =
            under.filter(|row| row.seat.state == SeatState::Waiting).map(|row| row.seat.user).collect();
        if let Some((_, name)) = known.iter().find(|(id, _)| asked.contains(id)) {
            let message = text!("{name} 已经在加签里。", "{name} is asked already.");
            return Err(Error::invalid("users", "invalid", message));
        }
        for (place, (user, name)) in known.iter().enumerate() {
            let parent = Some((mine.row.seat.id, side));
            let place = rows.len() as i64 + place as i64;
            held::insert_seat(tx, self.0.ids.next(), held.id, held.step, place, parent, (*user, name)).await?;
        }
        let names = known.into_iter().map(|(_, name)| name).collect::<Vec<_>>().join("、");
        let action = if side == Side::Before { "add-before" } else { "add-after" };
        self.keep_act(tx, actor, held, &mine, action, Some(names), comment).await?;
        self.open_seats(tx, held).await?;
        Ok("approval-add")
    }

    async fn delegate_seat(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        held: &Held,
        seat: Option<Uuid>,
        to: Uuid,
        comment: Option<&str>,
    ) -> Result<&'static str> {
        let mine = match self.mine(tx, actor, held, seat).await {
            Err(error) if held.state == ApprovalState::Open && actor.rights.may(DUTY) => {
                // what lies with somebody who is gone is handed on by who keeps the processes
                let rows = held::seats_of_step(tx, held.id, held.step).await?;
                let wanted = |row: &&SeatRow| row.may_sign && seat.is_none_or(|seat| row.seat.id == seat);
                let row = rows.iter().find(wanted).ok_or(error)?;
                Mine { absent: Some((row.seat.user, row.name.clone())), row: row.clone() }
            }
            mine => mine?,
        };
        let known = self.others(tx, held, &[to], "to").await?;
        let (to, name) = known.into_iter().next().ok_or(Error::NotFound)?;
        let rows = held::seats_of_step(tx, held.id, held.step).await?;
        let same = |row: &SeatRow| {
            row.seat.user == to && row.seat.state == SeatState::Waiting && row.seat.parent == mine.row.seat.parent
        };
        if to == mine.row.seat.user || rows.iter().any(same) {
            let message =
                text!("{name} 本来就要审批这一步，请选别人。", "{name} signs this step anyway; choose somebody else.");
            return Err(Error::invalid("to", "invalid", message));
        }
        tx.run(sql!(
            "UPDATE approval_seat SET user_id = $1, name = $2, asked_at = $3 WHERE id = $4",
            to,
            name.as_str(),
            self.now(),
            mine.row.seat.id
        ))
        .await?;
        mail::asked(self, tx, to, held.id).await?;
        self.keep_act(tx, actor, held, &mine, "delegate", Some(name), comment).await?;
        Ok("approval-delegate")
    }

    async fn withdraw(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        held: &mut Held,
        comment: Option<&str>,
    ) -> Result<&'static str> {
        if !matches!(held.state, ApprovalState::Open | ApprovalState::Returned) {
            return Err(apply::ended(held));
        }
        if actor.user_id != Some(held.submitter) {
            return Err(access::forbidden("只有申请人可以撤回。", "Only who asked for it may withdraw it."));
        }
        let deed = NewDeed { action: "withdraw", comment, ..NewDeed::default() };
        held::keep_deed(tx, held.id, actor, self.now(), &deed).await?;
        if held.state == ApprovalState::Open {
            let submitter = apply::submitter(tx, held, actor).await?;
            self.put_back(tx, model, &submitter, held).await?;
        }
        self.end_approval(tx, held, ApprovalState::Withdrawn).await?;
        Ok("approval-withdraw")
    }

    async fn resubmit(&self, actor: &Actor, seen: &Approval, comment: Option<String>) -> Result<Approval> {
        let held = Held::of(&mut self.0.db.read().await?, seen.id).await?.ok_or(Error::NotFound)?;
        if actor.user_id != Some(held.submitter) {
            return Err(access::forbidden("只有申请人可以重新提交。", "Only who asked for it may ask again."));
        }
        if held.state != ApprovalState::Returned {
            return Err(apply::ended(&held));
        }
        let input = Input { fields: serde_json::from_str(&held.input).map_err(Error::internal)?, ..Input::default() };
        let comment = comment.unwrap_or_default();
        let wish = ApprovalWish { object: held.object, record: held.record, version: None, input, comment };
        self.submit(actor, wish, Some(held.id)).await?;
        self.approval(actor, held.id).await
    }

    /// Colleagues who can sign: active, and not who asked for it.
    async fn others(&self, tx: &mut Tx, held: &Held, users: &[Uuid], field: &str) -> Result<Vec<Person>> {
        let known = people::active(tx, users).await?;
        if users.iter().any(|id| known.iter().all(|(known, _)| known != id)) {
            let message =
                Text::new("有人已停用或不存在，请重新选择。", "Somebody is not active any more; choose again.");
            return Err(Error::invalid(field, "unknown", message));
        }
        if users.contains(&held.submitter) {
            let message = Text::new("不能请申请人审批自己的申请。", "Whoever asked for it cannot sign it.");
            return Err(Error::invalid(field, "invalid", message));
        }
        Ok(known)
    }

    #[expect(clippy::too_many_arguments, reason = "an act is whose, on what, for whom, why")]
    async fn keep_act(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        held: &Held,
        mine: &Mine,
        action: &str,
        others: Option<String>,
        comment: Option<&str>,
    ) -> Result<()> {
        let absent = mine.absent.as_ref().map(|(id, name)| (*id, name.as_str()));
        let deed = NewDeed { action, step: Some(mine.row.step), absent, others, comment };
        held::keep_deed(tx, held.id, actor, self.now(), &deed).await
    }
}
