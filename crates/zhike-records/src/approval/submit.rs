//! Asking for approval.

use serde_json::json;
use zhike_db::{Sql, Tx, sql};
use zhike_model::{Model, NumberSeries};
use zhike_types::{Error, Result, Text, Uuid, boxed};

use super::{
    Approval, OBJECT, apply,
    gate::NeedsApproval,
    held::{self, Held, Meanwhile, NewDeed},
    process::told,
    rules::ApprovalState,
    written,
};
use crate::{
    Actor, Engine, Given, Input,
    access::{self, Need},
    audit::{self, Deed},
    idempotency, import, series,
};

const PATTERN: &str = "SP{yyyy}{mm}-{0000}";

/// A write that is asked for.
#[derive(Debug, Clone)]
pub struct ApprovalWish {
    pub object: String,
    /// None for a new record.
    pub record: Option<Uuid>,
    /// The version that the asker saw.
    pub version: Option<i64>,
    pub input: Input,
    pub comment: String,
}

impl Engine {
    /// Asks for approval of a write. One of the actor's own about the same record that was sent back goes on with what is asked for
    /// now.
    ///
    /// # Errors
    /// As the write itself would fail; `Conflict` when it takes no approval: then simply write, or when nobody could sign.
    #[boxed]
    pub async fn submit_approval(&self, actor: &Actor, wish: ApprovalWish) -> Result<Approval> {
        let id = self.submit(actor, wish, None).await?;
        self.approval(actor, id).await
    }

    /// What a write would meet: nothing is written or kept.
    ///
    /// # Errors
    /// As [`Engine::submit_approval`].
    #[boxed]
    pub async fn approval_needed(&self, actor: &Actor, wish: &ApprovalWish) -> Result<NeedsApproval> {
        let model = self.model();
        let object = access::object_for(&model, actor, &wish.object)?;
        let mut tx = self.0.db.begin().await?;
        let tried = self.tried(&mut tx, &model, actor, &wish.object, wish.record, wish.version, &wish.input).await;
        drop(tx);
        match tried {
            Ok(needs) => Ok(needs),
            Err(error) => Err(self.turned_down(actor, object, error).await),
        }
    }

    /// `again`: the request that was sent back and is asked for once more.
    pub(super) async fn submit(&self, actor: &Actor, wish: ApprovalWish, again: Option<Uuid>) -> Result<Uuid> {
        let Some(me) = actor.user_id else {
            return Err(access::forbidden("系统账号不能提交审批。", "The system itself does not ask for approval."));
        };
        let comment = written(&wish.comment, false)?;
        let model = self.model();
        let object = access::object_for(&model, actor, &wish.object)?;
        let mut tx = self.0.db.begin().await?;
        match self.submit_in(&mut tx, &model, actor, me, wish, again, comment).await {
            Ok(id) => {
                tx.commit().await?;
                self.written();
                Ok(id)
            }
            Err(error) => {
                drop(tx);
                Err(self.turned_down(actor, object, error).await)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a request is whose, about what, with what")]
    #[boxed]
    async fn submit_in(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        me: Uuid,
        wish: ApprovalWish,
        again: Option<Uuid>,
        comment: Option<String>,
    ) -> Result<Uuid> {
        let object = access::object_for(model, actor, &wish.object)?;
        import::beside(tx, object).await?;
        if let Some(record) = wish.record {
            // nobody changes it between the trial and the request
            self.locked(tx, model, actor, object, record, Need::Change).await?;
        }
        let again = match again {
            Some(id) => Some(id),
            None => self.returned(tx, me, &wish).await?,
        };
        let id = again.unwrap_or_else(|| self.0.ids.next());
        idempotency::mark(tx, actor, OBJECT, Some(id)).await?;
        audit::open(tx).await?;
        let mut input = wish.input;
        let mut needs = self.tried(tx, model, actor, &wish.object, wish.record, wish.version, &input).await?;
        if let Some((field, key)) = needs.found.instead.take() {
            input.fields.retain(|(name, _)| *name != field);
            input.fields.push((field, Given::Text(key)));
            needs = self.tried(tx, model, actor, &wish.object, wish.record, wish.version, &input).await?;
        }
        let kept = serde_json::to_string(&input.fields).map_err(Error::internal)?;
        self.keep_approval(tx, model, actor, (id, again.is_some()), &wish.object, wish.record, needs, kept, comment)
            .await?;
        Ok(id)
    }

    /// One of the actor's own about the same record that was sent back.
    async fn returned(&self, tx: &mut Tx, me: Uuid, wish: &ApprovalWish) -> Result<Option<Uuid>> {
        let Some(record) = wish.record else { return Ok(None) };
        let sent_back = sql!(
            "SELECT id FROM approval WHERE record_id = $1 AND state = 'returned' AND submitter_id = $2 ORDER BY seq LIMIT 1",
            record,
            me
        );
        tx.row(sent_back).await?.map(|row| row.must_id(0)).transpose()
    }

    /// Does what is asked for, and takes it back: what is wrong with it is said, and what it meets is known.
    #[expect(clippy::too_many_arguments, reason = "a write is who, what, which, from which version, to what")]
    #[boxed]
    async fn tried(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &str,
        record: Option<Uuid>,
        version: Option<i64>,
        input: &Input,
    ) -> Result<NeedsApproval> {
        let object = access::object_for(model, actor, object)?;
        tx.run(Sql::new("SAVEPOINT approval_trial")).await?;
        let done = match record {
            Some(id) => self.change_in(tx, model, actor, object, id, version, input, None).await,
            None => self.create_in(tx, model, actor, object, input, None).await.map(drop),
        };
        tx.run(Sql::new("ROLLBACK TO SAVEPOINT approval_trial")).await?;
        tx.run(Sql::new("RELEASE SAVEPOINT approval_trial")).await?;
        match done {
            Ok(()) => Err(Error::Conflict(Text::new(
                "这个改动不需要审批，直接保存就可以。",
                "This takes no approval: simply save it.",
            ))),
            Err(Error::NeedsApproval(_, found)) => match found.downcast::<NeedsApproval>() {
                Ok(needs) => Ok(*needs),
                Err(_) => Err(Error::internal("what takes approval is known")),
            },
            Err(error) => Err(error),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a request is whose, about what, with what")]
    #[boxed]
    async fn keep_approval(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        (id, again): (Uuid, bool),
        object: &str,
        record: Option<Uuid>,
        needs: NeedsApproval,
        input: String,
        comment: Option<String>,
    ) -> Result<()> {
        let now = self.now();
        let known = model.object(object).ok_or(Error::NotFound)?;
        let found = needs.found;
        let meanwhile = match (&found.meanwhile, record) {
            (Some((field, key)), Some(_)) => {
                let before = found.changes.iter().find(|change| change.field == *field);
                before.map(|change| Meanwhile {
                    field: field.clone(),
                    before: change.before.clone(),
                    during: json!(key),
                })
            }
            _ => None,
        };
        let mut held = if again {
            let held = Held::hold(tx, id).await?;
            if held.state != ApprovalState::Returned || Some(held.submitter) != actor.user_id {
                return Err(apply::ended(&held));
            }
            self.void_from(tx, &held, 0).await?;
            held
        } else {
            let pattern = NumberSeries { pattern: PATTERN.to_owned() };
            let date = self.zone().civil(now).date();
            let number = series::next(tx, OBJECT, "number", &pattern, date, 1).await?.pop().unwrap_or_default();
            tx.run(sql!(
                "INSERT INTO approval (id, number, object, record_id, processes, steps, locks, input, facts, changes, relied, submitter_id, \
                 submitter, department_id, at, state, step, version) \
                 VALUES ($1, $2, $3, $4, '[]', '[]', '', '[]', '{\"show\":[],\"before\":{},\"after\":{},\"titles\":{}}', '[]', '[]', $5, $6, $7, $8, 'open', 0, 0)",
                id,
                number,
                known.name.as_str(),
                record,
                actor.user_id,
                &*actor.name,
                actor.department_id,
                now
            ))
            .await?;
            Held::hold(tx, id).await?
        };
        held.processes = needs.processes;
        held.steps = found.steps;
        held.facts = found.facts;
        held.changes = found.changes;
        held.relied = found.relied;
        held.meanwhile = meanwhile;
        held.input = input;
        held.comment = comment;
        held.state = ApprovalState::Open;
        held.step = 0;
        let text = |value: serde_json::Result<String>| value.map_err(Error::internal);
        tx.run(sql!(
            "UPDATE approval SET processes = $1, steps = $2, locks = $3, input = $4, facts = $5, changes = $6, relied = $7, meanwhile = $8, \
             comment = $9, department_id = $10 WHERE id = $11",
            text(serde_json::to_string(&held.processes))?,
            text(serde_json::to_string(&held.steps))?,
            found.locks.words(),
            held.input.as_str(),
            text(serde_json::to_string(&held.facts))?,
            text(serde_json::to_string(&held.changes))?,
            text(serde_json::to_string(&held.relied))?,
            held.meanwhile.as_ref().map(serde_json::to_string).transpose().map_err(Error::internal)?,
            held.comment.as_deref(),
            actor.department_id,
            id
        ))
        .await?;
        held.department = actor.department_id;
        let action = if again { "resubmit" } else { "submit" };
        let deed = NewDeed { action, comment: held.comment.as_deref(), ..NewDeed::default() };
        held::keep_deed(tx, id, actor, now, &deed).await?;
        let asker = apply::submitter(tx, &held, actor).await?;
        self.put_meanwhile(tx, model, &asker, &held).await?;
        self.go_on(tx, model, actor, &mut held, 0).await?;
        let said = held.comment.clone();
        self.leave(tx, actor, &held, if again { "approval-resubmit" } else { "approval-submit" }, said).await
    }

    /// Writes where the request stands now, and tells who hears of it: about the request, and in the history of its record.
    pub(super) async fn leave(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        held: &Held,
        action: &'static str,
        comment: Option<String>,
    ) -> Result<()> {
        tx.run(sql!(
            "UPDATE approval SET state = $1, step = $2, version = version + 1, made_id = $3, ended_at = $4 WHERE id = $5",
            held.state.key(),
            held.step as i64,
            held.made,
            held.ended_at,
            held.id
        ))
        .await?;
        let said = [Some(held.number.clone()), comment].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let deed = |object: &str, id: Uuid| Deed {
            record_id: Some(id),
            after: Some(told(held.id, &held.number, held.state.key())),
            reason: Some(said.clone()),
            fields: Some(Vec::new()),
            ..Deed::about(action, object)
        };
        let record = held.record.or(held.made).map(|id| deed(&held.object, id));
        let deeds = std::iter::once(deed(OBJECT, held.id)).chain(record).collect();
        audit::record(tx, actor, self.now(), deeds).await
    }
}
