//! Claiming a customer.

use std::sync::Arc;

use serde_json::{Map, json};
use zhike_db::{Sql, Tx, sql};
use zhike_model::{Model, NumberSeries, Object};
use zhike_types::{Error, FieldError, Result, Text, Uuid, boxed, days_of, text};

use super::{Dispute, EVIDENCE_MOST, OBJECT};
use crate::{
    Actor, Engine,
    access::{self, Need},
    audit::{self, Deed},
    idempotency,
    load::Stored,
    merge, series,
};

const PATTERN: &str = "ZD{yyyy}{mm}-{0000}";

/// A claim to a customer.
#[derive(Debug, Clone)]
pub struct DisputeClaim {
    pub customer: Claimed,
    /// When the claimant first had to do with the customer, as it was typed; empty when that is not known.
    pub first_contact_on: String,
    pub evidence: String,
}

/// Which customer is claimed.
#[derive(Debug, Clone)]
pub enum Claimed {
    /// One that the claimant sees.
    Record(Uuid),
    /// Its name, telephone number or credit code.
    Named(String),
}

/// A claim understood.
struct Checked {
    asked: Option<String>,
    first_contact_on: Option<i64>,
    evidence: String,
}

impl Engine {
    /// Files a claim. One that names the customer counts as a question of [`Engine::exists_check`] and is on record as one, found
    /// or not; of several that may be meant, the likeliest is claimed that is not the claimant's own.
    ///
    /// # Errors
    /// `Invalid` when the customer is not there or something is missing, `Conflict` when it is the claimant's own or already claimed
    /// by it, `TooMany` after the day's questions, `Forbidden` for who may not have customers.
    #[boxed]
    pub async fn file_dispute(&self, actor: &Actor, claim: &DisputeClaim) -> Result<Dispute> {
        let model = self.model();
        let object = access::object_for(&model, actor, OBJECT)?;
        let me = may_claim(actor, object)?;
        let checked = self.checked(claim)?;
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        let id = self.0.ids.next();
        // the first mark is what a lost answer tells of: not the customer
        idempotency::mark(&mut tx, actor, "dispute", Some(id)).await?;
        let account = match &claim.customer {
            Claimed::Record(account) => self.seen(&mut tx, &model, actor, object, me, *account).await?,
            Claimed::Named(_) => {
                let asked = checked.asked.as_deref().unwrap_or_default();
                match self.named(&mut tx, &model, actor, object, me, asked).await? {
                    Ok(account) => account,
                    Err(refused) => {
                        // the question was asked all the same
                        tx.commit().await?;
                        return Err(refused);
                    }
                }
            }
        };
        self.keep_claim(&mut tx, actor, object, me, id, &account, checked).await?;
        tx.commit().await?;
        self.written();
        self.dispute(actor, id).await
    }

    fn checked(&self, claim: &DisputeClaim) -> Result<Checked> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, code, message| {
            errors.push(FieldError { field: field.to_owned(), code, message });
        };
        let asked = match &claim.customer {
            Claimed::Record(_) => None,
            Claimed::Named(text) => Some(zhike_text::tidy(text)),
        };
        if asked.as_ref().is_some_and(String::is_empty) {
            let message = Text::new(
                "请写明是哪个客户：全称、电话或统一社会信用代码。",
                "Say which customer: its full name, telephone number or credit code.",
            );
            wrong("customer", "required", message);
        }
        let evidence = zhike_text::tidy_lines(&claim.evidence);
        if evidence.is_empty() {
            let message = Text::new(
                "请写明依据：什么时候、和谁、谈到哪一步。",
                "Say what speaks for you: when, with whom, how far it went.",
            );
            wrong("evidence", "required", message);
        } else if evidence.chars().count() > EVIDENCE_MOST {
            let message = text!(
                "最多 {EVIDENCE_MOST} 字，其余请放进附件。",
                "{EVIDENCE_MOST} characters at most; attach the rest."
            );
            wrong("evidence", "too_long", message);
        }
        let first_contact_on = match zhike_text::tidy(&claim.first_contact_on).as_str() {
            "" => None,
            typed => match zhike_text::date::parse_date(typed).map(days_of) {
                Ok(day) if day > self.zone().day_of(self.now()) => {
                    let message = Text::new("首次联系不能晚于今天。", "The first contact cannot be later than today.");
                    wrong("first_contact_on", "invalid", message);
                    None
                }
                Ok(day) => Some(day),
                Err(_) => {
                    let message = Text::new("请写日期，例如 2026-03-02。", "Give a date, such as 2026-03-02.");
                    wrong("first_contact_on", "invalid", message);
                    None
                }
            },
        };
        if errors.is_empty() { Ok(Checked { asked, first_contact_on, evidence }) } else { Err(Error::Invalid(errors)) }
    }

    /// A customer that the claimant sees.
    async fn seen(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        me: Uuid,
        account: Uuid,
    ) -> Result<Stored> {
        let stored = self.locked(tx, model, actor, object, account, Need::Read).await?;
        if stored.is_deleted(object) {
            merge::refuse_away(tx, model, actor, object, account).await?;
            return Err(Error::Conflict(Text::new(
                "这个客户在回收站里。请先恢复，再提申诉。",
                "This customer is in the recycle bin. Restore it first, then claim it.",
            )));
        }
        if stored.value(object, "owner").as_id() == Some(me) {
            return Err(own());
        }
        let open = sql!(
            "SELECT number FROM dispute WHERE account_id = $1 AND claimant_id = $2 AND state = 'open' LIMIT 1",
            account,
            me
        );
        match tx.row(open).await? {
            Some(row) => Err(twice(&row.must_text(0)?)),
            None => Ok(stored),
        }
    }

    /// The likeliest customer of a name, number or code that is not the claimant's own; within it, why there is none.
    async fn named(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        me: Uuid,
        asked: &str,
    ) -> Result<Result<Stored>> {
        // by the claimant's own words alone: that two names are one customer is not told
        let open = sql!(
            "SELECT number, asked FROM dispute WHERE claimant_id = $1 AND state = 'open' AND asked IS NOT NULL",
            me
        );
        for row in tx.rows(open).await? {
            if row.text(1)?.is_some_and(|known| zhike_text::fold(&known) == zhike_text::fold(asked)) {
                return Err(twice(&row.must_text(0)?));
            }
        }
        let found = match self.look_up(tx, model, actor, object, asked).await {
            Ok(found) => found.found,
            Err(Error::Invalid(mut errors)) => {
                for error in &mut errors {
                    "customer".clone_into(&mut error.field);
                }
                return Err(Error::Invalid(errors));
            }
            Err(error) => return Err(error),
        };
        let nobody = found.is_empty();
        let other = found.into_iter().find(|scored| scored.stored.value(object, "owner").as_id() != Some(me));
        Ok(match other {
            Some(scored) => Ok(scored.stored),
            None if nobody => Err(Error::invalid(
                "customer",
                "not_found",
                Text::new(
                    "系统里没有找到这个客户。换用全称、电话或统一社会信用代码再试；确实没有，直接新建就可以。",
                    "No such customer is here. Try its full name, telephone number or credit code; if it is not there, simply create it.",
                ),
            )),
            None => Err(own()),
        })
    }

    #[expect(clippy::too_many_arguments, reason = "a claim is whose, to what, with what")]
    async fn keep_claim(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        object: &Object,
        me: Uuid,
        id: Uuid,
        account: &Stored,
        claim: Checked,
    ) -> Result<()> {
        let now = self.now();
        let pattern = NumberSeries { pattern: PATTERN.to_owned() };
        let date = self.zone().civil(now).date();
        let number = series::next(tx, "dispute", "number", &pattern, date, 1).await?.pop().unwrap_or_default();
        let whose = |field| account.value(object, field).as_id();
        let (holder, department) = (whose("owner"), whose("owner").and(whose("department")));
        tx.run(sql!(
            "INSERT INTO dispute (id, number, account_id, asked, claimant_id, claimant_department_id, holder_id, holder_department_id, \
             first_contact_on, evidence, at, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open')",
            id,
            number.as_str(),
            account.id,
            claim.asked.as_deref(),
            me,
            actor.department_id,
            holder,
            department,
            claim.first_contact_on,
            claim.evidence.as_str(),
            now
        ))
        .await?;
        let after = json!({
            "dispute": id, "number": number, "asked": claim.asked, "holder": holder,
            "first_contact_on": claim.first_contact_on, "evidence": claim.evidence,
        });
        let deed = told("dispute", account.id, after, Some(number));
        audit::record(tx, actor, now, vec![deed]).await
    }
}

/// A deed of a dispute, in the audit of the customer; those who see it hear of it.
pub(super) fn told(action: &'static str, account: Uuid, after: serde_json::Value, reason: Option<String>) -> Deed {
    let after = match after {
        serde_json::Value::Object(map) => map,
        _ => Map::new(),
    };
    Deed {
        record_id: Some(account),
        after: Some(after),
        reason,
        fields: Some(Vec::new()),
        ..Deed::about(action, OBJECT)
    }
}

/// Whoever may have customers may claim one.
fn may_claim(actor: &Actor, object: &Object) -> Result<Uuid> {
    let creates = actor.rights.object(&object.name).is_some_and(|rights| rights.create);
    actor.user_id.filter(|_| creates).ok_or_else(|| {
        access::forbidden(
            "提撞单申诉需要有新建客户的权限。请联系管理员。",
            "Claiming a customer takes the right to create one. Ask your administrator.",
        )
    })
}

fn own() -> Error {
    Error::Conflict(Text::new("这个客户就是您的，不用申诉。", "This customer is yours already."))
}

fn twice(number: &str) -> Error {
    Error::Conflict(text!(
        "您已经就这个客户提过申诉（{number}），还在等裁决。可以在那一件里补充附件。",
        "You have claimed this customer already ({number}); it is not decided yet. Add files to that one."
    ))
}

/// Holds a dispute until the transaction ends.
pub(super) async fn hold(tx: &mut Tx, id: Uuid) -> Result<()> {
    let mut sql = Sql::new("SELECT 1 FROM dispute WHERE id = ");
    sql.bind(id).push(tx.dialect().for_update());
    tx.row(sql).await?.map(drop).ok_or(Error::NotFound)
}
