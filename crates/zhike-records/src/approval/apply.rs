//! Going on: from step to step, and at the end the write that was asked for, in the transaction of the last signature.

use zhike_db::{Tx, sql};
use zhike_model::Model;
use zhike_types::{Error, Lang, Result, Text, Uuid, boxed};

use super::{
    gate::changed_since,
    held::{self, Held, Meanwhile, NewDeed, SeatRow},
    people,
    rules::{self, ApprovalState, SeatState},
};
use crate::{
    Actor, Engine, Input, Rights, Source,
    access::Need,
    columns::{from_stored_json, stored_json},
    draft::department_of,
    mail,
};

impl Engine {
    /// Begins with a step: makes the seats of the first one that is to be signed, from here on. After the last, the write is made.
    #[boxed]
    pub(super) async fn go_on(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        held: &mut Held,
        from: usize,
    ) -> Result<()> {
        let now = self.now();
        for at in from..held.steps.len() {
            let step = held.steps[at].clone();
            if step.skipped {
                continue;
            }
            let people = people::of_step(tx, &step.who, step.optional, held.asker(held.owner())).await?;
            if people.is_empty() {
                let deed = NewDeed { action: "skip", step: Some(at), ..NewDeed::default() };
                held::keep_deed(tx, held.id, &Actor::system(Source::System), now, &deed).await?;
                continue;
            }
            for (place, (user, name)) in people.iter().enumerate() {
                held::insert_seat(tx, self.0.ids.next(), held.id, at, place as i64, None, (*user, name)).await?;
            }
            held.step = at;
            held.state = ApprovalState::Open;
            return self.open_seats(tx, held).await;
        }
        self.pass(tx, model, actor, held).await
    }

    /// Says who may sign now, after something changed in the step.
    pub(super) async fn open_seats(&self, tx: &mut Tx, held: &Held) -> Result<()> {
        let rows = held::seats_of_step(tx, held.id, held.step).await?;
        let seats: Vec<rules::Seat> = rows.iter().map(|row| row.seat.clone()).collect();
        let open = rules::open(held.steps[held.step].sign, &seats);
        for row in &rows {
            let may_sign = open.contains(&row.seat.id);
            if may_sign != row.may_sign {
                tx.run(sql!(
                    "UPDATE approval_seat SET may_sign = $1, asked_at = COALESCE(asked_at, $2) WHERE id = $3",
                    may_sign,
                    self.now(),
                    row.seat.id
                ))
                .await?;
                if may_sign {
                    mail::asked(self, tx, row.seat.user, held.id).await?;
                }
            }
        }
        Ok(())
    }

    /// Whether the step is done.
    pub(super) fn step_is_done(held: &Held, rows: &[SeatRow]) -> bool {
        let seats: Vec<rules::Seat> = rows.iter().map(|row| row.seat.clone()).collect();
        rules::is_done(held.steps[held.step].sign, &seats)
    }

    /// The last signature is given: what was asked for is made.
    #[boxed]
    async fn pass(&self, tx: &mut Tx, model: &Model, actor: &Actor, held: &mut Held) -> Result<()> {
        let submitter = submitter(tx, held, actor).await?;
        self.put_back(tx, model, &submitter, held).await?;
        let object = model.object(&held.object).ok_or(Error::NotFound)?;
        let mut input: Input =
            Input { fields: serde_json::from_str(&held.input).map_err(Error::internal)?, ..Input::default() };
        let number = &held.number;
        input.reason = Some(match actor.lang {
            Lang::Zh => format!("审批通过 {number}"),
            Lang::En => format!("approved {number}"),
        });
        input.duplicates = crate::OnAlike::Allow { reason: number.clone() };
        input.approved = true;
        let id = match held.record {
            Some(id) => {
                self.change_in(tx, model, &submitter, object, id, None, &input, None).await?;
                id
            }
            None => self.create_in(tx, model, &submitter, object, &input, None).await?,
        };
        if held.record.is_none() {
            held.made = Some(id);
        }
        let system = Actor::system(Source::System);
        let now = self.find(tx, model, &system, object, id, Need::Read).await?.ok_or(Error::NotFound)?;
        for (name, signed) in &held.relied {
            if object.index_of(name).is_some_and(|i| stored_json(&now.values[i]) != *signed) {
                return Err(changed_since(object, name));
            }
        }
        let deed = NewDeed { action: "pass", ..NewDeed::default() };
        held::keep_deed(tx, held.id, &Actor { source: actor.source, ..system }, self.now(), &deed).await?;
        self.end_approval(tx, held, ApprovalState::Passed).await
    }

    /// The field that had another value meanwhile has its own again.
    pub(super) async fn put_back(&self, tx: &mut Tx, model: &Model, submitter: &Actor, held: &Held) -> Result<()> {
        let (Some(meanwhile), Some(id)) = (&held.meanwhile, held.record) else { return Ok(()) };
        self.set_meanwhile(tx, model, submitter, held, id, &meanwhile.during, &meanwhile.before, &meanwhile.field).await
    }

    /// The field has another value, as long as it is decided.
    pub(super) async fn put_meanwhile(&self, tx: &mut Tx, model: &Model, submitter: &Actor, held: &Held) -> Result<()> {
        let (Some(Meanwhile { field, before, during }), Some(id)) = (&held.meanwhile, held.record) else {
            return Ok(());
        };
        self.set_meanwhile(tx, model, submitter, held, id, before, during, field).await
    }

    #[expect(clippy::too_many_arguments, reason = "a field of a record, from what to what")]
    #[boxed]
    async fn set_meanwhile(
        &self,
        tx: &mut Tx,
        model: &Model,
        submitter: &Actor,
        held: &Held,
        id: Uuid,
        from: &serde_json::Value,
        to: &serde_json::Value,
        field: &str,
    ) -> Result<()> {
        let object = model.object(&held.object).ok_or(Error::NotFound)?;
        let before = match self.locked(tx, model, submitter, object, id, Need::Change).await {
            // gone for ever: there is nothing to put back
            Err(Error::NotFound) => return Ok(()),
            before => before?,
        };
        let Some(i) = object.index_of(field) else { return Ok(()) };
        if stored_json(&before.values[i]) != *from || before.is_deleted(object) {
            return Ok(());
        }
        let mut values = before.values.clone();
        values[i] = from_stored_json(&object.fields[i], to);
        let mut changed = vec![i];
        crate::stages::note_since(object, &before, &mut values, &mut changed, self.now());
        self.store(tx, model, submitter, object, &before, values, &changed, "change", Some(held.number.clone()), None)
            .await
    }

    /// Nobody signs any more.
    pub(super) async fn end_approval(&self, tx: &mut Tx, held: &mut Held, state: ApprovalState) -> Result<()> {
        tx.run(sql!("UPDATE approval_seat SET may_sign = $1 WHERE approval_id = $2", false, held.id)).await?;
        held.state = state;
        held.ended_at = (state != ApprovalState::Returned).then(|| self.now());
        Ok(())
    }

    /// Seats of these steps and later ones count no more.
    pub(super) async fn void_from(&self, tx: &mut Tx, held: &Held, from: usize) -> Result<()> {
        tx.run(sql!(
            "UPDATE approval_seat SET state = $1, may_sign = $2 WHERE approval_id = $3 AND step >= $4",
            SeatState::Void.key(),
            false,
            held.id,
            from as i64
        ))
        .await
        .map(drop)
    }
}

/// Who asked, with every right: what it asked for was checked by its own rights when it asked, and has been signed.
pub(super) async fn submitter(tx: &mut Tx, held: &Held, actor: &Actor) -> Result<Actor> {
    let department = department_of(tx, held.submitter).await?;
    Ok(Actor {
        user_id: Some(held.submitter),
        name: held.submitter_name.as_str().into(),
        department_id: department,
        departments: department.into_iter().collect(),
        rights: Rights::everything().into(),
        source: actor.source,
        lang: actor.lang,
        address: actor.address.clone(),
        once: None,
        lens: None,
    })
}

/// It has ended, or never stood so.
pub(super) fn ended(held: &Held) -> Error {
    Error::Conflict(match held.state {
        ApprovalState::Passed => {
            Text::new("这件审批已经通过，不用再处理。", "It has passed already; nothing is left to do.")
        }
        ApprovalState::Rejected => {
            Text::new("这件审批已被驳回，不用再处理。", "It was rejected already; nothing is left to do.")
        }
        ApprovalState::Withdrawn => {
            Text::new("申请人已经撤回，不用再处理。", "It was withdrawn; nothing is left to do.")
        }
        ApprovalState::Returned => {
            Text::new("已经退回申请人，等他重新提交。", "It was sent back; whoever asked may ask again.")
        }
        ApprovalState::Open => Text::new("还在审批中。", "It is still in approval."),
    })
}
