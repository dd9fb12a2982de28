//! How a dispute ends.

use std::sync::Arc;

use serde_json::json;
use zhike_db::{Tx, sql};
use zhike_model::{Model, Object};
use zhike_types::{Error, Result, Text, Uuid, boxed, text};

use super::{
    DISPUTE_REASON_MOST, Dispute, DisputeState, OBJECT, Ruling,
    claim::{hold, told},
    read::Row,
    rules,
};
use crate::{
    Actor, Engine, Input, Rights, Source,
    access::{self, Need},
    audit, idempotency,
    load::Stored,
    merge,
};

impl Engine {
    /// Decides. The claimant becomes the owner, or joins the team, in the same transaction and by the rights of who decides.
    ///
    /// # Errors
    /// `Conflict` when it has ended already (somebody else was faster), when the customer is in the recycle bin, is the claimant's by
    /// now, or the claimant works here no more; `Forbidden` for both sides, without the duty `disputes`, and for who may not
    /// change the customer.
    #[boxed]
    pub async fn decide_dispute(&self, actor: &Actor, id: Uuid, ruling: Ruling, reason: &str) -> Result<Dispute> {
        let reason = written(reason, true)?;
        let model = self.model();
        let object = access::object_for(&model, actor, OBJECT)?;
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        idempotency::mark(&mut tx, actor, "dispute", Some(id)).await?;
        let row = self.open_dispute(&mut tx, &model, actor, id).await?;
        if !row.sees {
            return Err(Error::NotFound);
        }
        if let Some(refusal) = row.standing(actor).refusal() {
            return Err(refusal);
        }
        let account = self.locked(&mut tx, &model, actor, object, row.account, Need::Change).await?;
        if account.is_deleted(object) {
            merge::refuse_away(&mut tx, &model, actor, object, account.id).await?;
            return Err(Error::Conflict(Text::new(
                "这个客户在回收站里。恢复以后才能裁决。",
                "This customer is in the recycle bin. Restore it, then decide.",
            )));
        }
        let owner = account.value(object, "owner").as_id();
        if ruling != Ruling::Holder {
            self.check_claimant(&mut tx, row.claimant, owner).await?;
        }
        let said = reason.clone().map(|reason| format!("{} {reason}", row.number));
        match ruling {
            Ruling::Claimant => {
                let mut input = Input::default().set("owner", row.claimant.to_string());
                input.reason.clone_from(&said);
                self.change_in(&mut tx, &model, actor, object, account.id, None, &input, None).await?;
            }
            Ruling::Joint => self.join(&mut tx, &model, actor, object, &account, row.claimant, said.as_ref()).await?,
            Ruling::Holder => {}
        }
        // whoever loses it is told of it: that is the owner of today
        let (holder, department) = match owner {
            Some(owner) => (Some(owner), account.value(object, "department").as_id()),
            None => (row.holder, row.holder_department),
        };
        tx.run(sql!(
            "UPDATE dispute SET holder_id = $1, holder_department_id = $2 WHERE id = $3",
            holder,
            department,
            id
        ))
        .await?;
        self.end(&mut tx, actor, &row, DisputeState::Decided(ruling), ruling.action(), reason).await?;
        tx.commit().await?;
        self.written();
        self.dispute(actor, id).await
    }

    /// Takes a claim back; it stays on record.
    #[boxed]
    pub async fn withdraw_dispute(&self, actor: &Actor, id: Uuid, reason: &str) -> Result<Dispute> {
        let reason = written(reason, false)?;
        let model = self.model();
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        idempotency::mark(&mut tx, actor, "dispute", Some(id)).await?;
        let row = self.open_dispute(&mut tx, &model, actor, id).await?;
        if !row.standing(actor).may_withdraw() {
            return Err(access::forbidden("只有申诉人可以撤回。", "Only the claimant can withdraw it."));
        }
        self.end(&mut tx, actor, &row, DisputeState::Withdrawn, "dispute-withdrawn", reason).await?;
        tx.commit().await?;
        self.written();
        self.dispute(actor, id).await
    }

    /// A dispute that the actor sees and that has not ended, held until the transaction ends.
    pub(super) async fn open_dispute(&self, tx: &mut Tx, model: &Model, actor: &Actor, id: Uuid) -> Result<Row> {
        // in this order: whoever waited for somebody faster reads what that one made of it
        hold(tx, id).await?;
        let row = Row::of(tx, model, actor, id).await?.ok_or(Error::NotFound)?;
        match (row.state, &row.end) {
            (DisputeState::Open, _) => Ok(row),
            (state, end) => Err(rules::ended(state, end.as_ref().map_or("", |end| &end.by))),
        }
    }

    async fn check_claimant(&self, tx: &mut Tx, claimant: Uuid, owner: Option<Uuid>) -> Result<()> {
        if owner == Some(claimant) {
            return Err(Error::Conflict(Text::new(
                "客户已经归申诉人了。请选「维持原归属」结案，或请申诉人撤回。",
                "The customer is the claimant's already. Close it with “stays as it was”, or have the claimant withdraw it.",
            )));
        }
        if self.load_actor(tx, claimant, Source::System, "").await?.is_none() {
            return Err(Error::Conflict(Text::new(
                "申诉人已停用，不能接手客户。请选「维持原归属」。",
                "The claimant works here no more and cannot take the customer. Choose “stays as it was”.",
            )));
        }
        Ok(())
    }

    /// The claimant joins the customer's team, to write. That the customer was decided about is the right to it, whoever put the
    /// claimant there before.
    #[expect(clippy::too_many_arguments, reason = "who joins what, by whom and why")]
    async fn join(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        account: &Stored,
        claimant: Uuid,
        said: Option<&String>,
    ) -> Result<()> {
        let Some(team) = object.team.as_ref().and_then(|team| model.object(team)) else { return Err(Error::NotFound) };
        let acting = &Actor { rights: Arc::new(Rights::everything()), ..actor.clone() };
        let known = tx
            .row(sql!(
                "SELECT id FROM team_member WHERE account_id = $1 AND user_id = $2 AND deleted_at IS NULL ORDER BY seq LIMIT 1",
                account.id,
                claimant
            ))
            .await?;
        let mut input = Input::default().set("level", "write");
        input.reason = said.cloned();
        if let Some(row) = known {
            return self.change_in(tx, model, acting, team, row.must_id(0)?, None, &input, None).await;
        }
        let input = input.set("account", account.id.to_string()).set("user", claimant.to_string());
        self.create_in(tx, model, acting, team, &input, None).await.map(drop)
    }

    async fn end(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        row: &Row,
        state: DisputeState,
        action: &'static str,
        reason: Option<String>,
    ) -> Result<()> {
        let now = self.now();
        tx.run(sql!(
            "UPDATE dispute SET state = $1, ended_at = $2, ended_by = $3, ender = $4, reason = $5 WHERE id = $6",
            state.key(),
            now,
            actor.user_id,
            &*actor.name,
            reason.as_deref(),
            row.id
        ))
        .await?;
        let after = json!({ "dispute": row.id, "number": row.number, "state": state.key(), "reason": reason });
        let said = [Some(row.number.clone()), reason].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let deed = told(action, row.account, after, Some(said));
        audit::record(tx, actor, now, vec![deed]).await
    }
}

/// A reason as it is kept.
fn written(reason: &str, needed: bool) -> Result<Option<String>> {
    let reason = zhike_text::tidy_lines(reason);
    if reason.chars().count() > DISPUTE_REASON_MOST {
        let message = text!("最多 {DISPUTE_REASON_MOST} 字。", "{DISPUTE_REASON_MOST} characters at most.");
        return Err(Error::invalid("reason", "too_long", message));
    }
    if reason.is_empty() && needed {
        let message = Text::new("请写明理由：双方都会看到。", "Give the reason: both sides read it.");
        return Err(Error::invalid("reason", "required", message));
    }
    Ok(Some(reason).filter(|reason| !reason.is_empty()))
}
