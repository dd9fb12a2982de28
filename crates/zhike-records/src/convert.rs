//! 转化: a record becomes others, in one transaction: a lead a customer, a person there, an opportunity. What becomes of what stands
//! in the pack (`[convert]`); nothing here knows what a lead is.
//!
//! - [`targets`]: the records that it becomes, new ones or such as are there
//! - [`along`]: what refers to it goes along, so that its history is the customer's
//! - [`lock`]: what was converted changes no more, and nobody says by hand that it was
//! - [`proposal`]: what a form begins with, and which customers are much like it
//! - [`undo`]: taken back, while nobody worked on what was made
//!
//! Of many who convert one record at one moment one does: the others hear that it is a customer by now.

mod along;
mod lock;
mod proposal;
mod targets;
mod undo;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use zhike_db::Tx;
use zhike_model::{Conversion, Model, Object, Role};
use zhike_types::{Error, Result, Text, Uuid, Value, boxed, text};

use crate::{
    Actor, Alikes, Engine, Input, OnAlike, Record, access, access::Need, approval, draft, idempotency, import,
    load::Stored, merge, stages,
};

pub(crate) use lock::{check as check_lock, is_converted, states_of, unconverted};
pub use lock::{converted_into, may_convert};
pub use proposal::{ConversionProposal, ProposedTarget};

/// What the audit says of the converted record, and of what went along.
pub(crate) const ACTION: &str = "convert";
const ALONG: &str = "convert-along";
const BACK: &str = "convert-back";

/// What somebody wants a record to become. What is not named becomes what the pack says.
#[derive(Debug, Clone, Default)]
pub struct ConversionInput {
    /// By object.
    pub targets: Vec<(String, Becoming)>,
    /// Why, for the audit.
    pub reason: Option<String>,
    /// What becomes of it when a customer much like it is there.
    pub duplicates: OnAlike,
}

/// One thing that it becomes.
#[derive(Debug, Clone)]
pub enum Becoming {
    /// A new record: these fields, and for the rest what the pack takes from the converted one.
    New(Input),
    /// One that is there.
    Existing(Uuid),
    Nothing,
}

/// A conversion that was made.
#[derive(Debug, Clone)]
pub struct Converted {
    pub record: Record,
    /// What it became, in the pack's order.
    pub became: Vec<Record>,
}

impl Engine {
    /// Converts a record.
    ///
    /// # Errors
    /// `Conflict` when it is converted already, lies in a pool or in the recycle bin; `Alike` when a new record is much like one that
    /// is there; `Forbidden` for who may not change it, or not make what it becomes; `Invalid` with fields as `account.name`.
    #[boxed]
    pub async fn convert(&self, actor: &Actor, object: &str, id: Uuid, input: &ConversionInput) -> Result<Converted> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let conversion = known.convert.as_ref().ok_or(Error::NotFound)?;
        let mut tx = self.0.db.begin().await?;
        let became = match self.convert_in(&mut tx, &model, actor, (known, conversion), id, input).await {
            Ok(became) => became,
            Err(error) => {
                drop(tx);
                let about = Alikes::of(&error).and_then(|found| model.object(&found.matches.first()?.object));
                return Err(self.turned_down(actor, about.unwrap_or(known), error).await);
            }
        };
        tx.commit().await?;
        self.written();
        let mut records = Vec::with_capacity(became.len());
        for (object, id) in &became {
            records.push(self.read_own(actor, &object.name, *id).await?);
        }
        Ok(Converted { record: self.read_own(actor, object, id).await?, became: records })
    }

    async fn convert_in(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        (object, conversion): (&Arc<Object>, &Conversion),
        id: Uuid,
        input: &ConversionInput,
    ) -> Result<Vec<(Arc<Object>, Uuid)>> {
        known_targets(conversion, input)?;
        import::beside(tx, object).await?;
        let before = self.locked(tx, model, actor, object, id, Need::Change).await?;
        if before.is_deleted(object) {
            merge::refuse_away(tx, model, actor, object, id).await?;
            return Err(Error::Conflict(Text::new(
                "这条记录在回收站里，请先恢复。",
                "This record is in the recycle bin. Restore it first.",
            )));
        }
        if is_converted(object, &before.values) {
            return Err(lock::twice(model, object, conversion));
        }
        if !before.value(object, "pool").is_null() {
            return Err(Error::Conflict(Text::new(
                "这条记录在公海里，没有人负责。请先领取或分配，再转化。",
                "It lies in a pool and nobody owns it. Claim or assign it first.",
            )));
        }
        // before what it becomes: the key remembers the record
        idempotency::mark(tx, actor, &object.name, Some(id)).await?;
        let batch = self.0.ids.next();
        let became = self.become_all(tx, model, actor, (object, conversion), &before, input, batch).await?;

        let (values, changed) = self.marked(actor, object, conversion, &before, &became)?;
        // what waits for signatures stands still
        approval::refuse_held(tx, object, id, Some(&changed)).await?;
        let reason = input.reason.clone();
        self.store(tx, model, actor, object, &before, values, &changed, ACTION, reason, Some(batch)).await?;
        self.check_gates(tx, model, actor, object, id, Some(&before)).await?;
        approval::ask(self, tx, model, actor, object, id, Some(&before), &changed).await?;
        self.take_along(tx, model, actor, object, id, &became, batch).await?;
        Ok(became)
    }

    /// The record as it stands afterwards, and what of it changes.
    fn marked(
        &self,
        actor: &Actor,
        object: &Object,
        conversion: &Conversion,
        before: &Stored,
        became: &[(Arc<Object>, Uuid)],
    ) -> Result<(Vec<Value>, Vec<usize>)> {
        let mut values = before.values.clone();
        if let Some(stage) = object.index_of(&conversion.field) {
            values[stage] = Value::Text(conversion.stage.clone());
        }
        for target in &conversion.targets {
            let made = became.iter().find(|(made, _)| made.name == target.object);
            if let (Some(into), Some((_, id))) = (object.index_of(&target.into), made) {
                values[into] = Value::Id(*id);
            }
        }
        // what nobody owned is theirs who made a customer of it
        for (role, value) in [(Role::Owner, actor.user_id), (Role::Department, actor.department_id)] {
            if let Some(i) = object.role_index(role).filter(|_| before.value(object, "owner").is_null()) {
                values[i] = value.into();
            }
        }
        let mut errors = Vec::new();
        draft::check_flow(object, &values, Some(before), &mut errors);
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        let mut changed: Vec<usize> = (0..values.len()).filter(|&i| values[i] != before.values[i]).collect();
        stages::note_since(object, before, &mut values, &mut changed, self.now());
        Ok((values, changed))
    }
}

/// Refuses targets that the pack does not know.
fn known_targets(conversion: &Conversion, input: &ConversionInput) -> Result<()> {
    let names = || conversion.targets.iter().map(|target| target.object.as_str()).collect::<Vec<_>>();
    match input.targets.iter().find(|(name, _)| !names().contains(&name.as_str())) {
        None => Ok(()),
        Some((name, _)) => {
            let known = names().join(", ");
            let message =
                text!("不能转成“{name}”。可以写：{known}。", "It cannot become `{name}`. There are: {known}.");
            Err(Error::invalid(name.as_str(), "unknown", message))
        }
    }
}
