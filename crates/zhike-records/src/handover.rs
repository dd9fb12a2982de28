//! 交接: what somebody leaves goes to others, in one transaction that can be taken back.
//!
//! - **Records of owned objects** go by the parts of the hand-over, the first part that holds; several receivers of a part are dealt its
//!   records in rounds.
//! - **What hangs on a record goes along** where the model says so (`follows_owner`), to the receiver of what it hangs on: a
//!   customer's contacts, open deals and open tasks. What the leaver has under the customers of others goes to one receiver of its
//!   own (`rest`).
//! - Only owner and department change. Stages, texts, custom fields, who made and who wrote what stay as they are, and so does all
//!   that is closed.
//! - Each change stands in the audit under the number of the hand-over; by these rows it is undone, except where a record has had
//!   another owner since.

mod give;
mod plan;
mod read;
mod undo;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zhike_types::{Error, FieldError, Result, Text, Uuid, boxed};

use crate::{Actor, Engine, people::needs_duty};

pub use read::{HandoverPage, UndoneHandover};

/// The duty of who hands the records of others over.
pub(crate) const DUTY: &str = "handover";
/// The most characters of a reason.
const REASON: usize = 500;
/// The most parts, and receivers of one.
const PARTS: usize = 50;

/// Who leaves what to whom.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoverInput {
    /// Whose records they are.
    pub from: Uuid,
    #[serde(default)]
    pub parts: Vec<HandoverPart>,
    /// Who gets what hangs on records that do not go along.
    #[serde(default)]
    pub rest: Option<Uuid>,
    #[serde(default)]
    pub reason: String,
}

/// Some records of an object and who gets them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoverPart {
    pub object: String,
    /// CEL; empty takes all.
    #[serde(default)]
    pub filter: String,
    /// One gets all of them, several are dealt them in rounds.
    pub to: Vec<Uuid>,
}

/// What would go, before it does.
#[derive(Debug, Clone, Serialize)]
pub struct HandoverPlan {
    pub lines: Vec<HandoverLine>,
    pub left: Vec<LeftBehind>,
}

/// So many records of an object for one receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverLine {
    pub object: String,
    pub to: Uuid,
    pub count: i64,
}

/// What stays with the leaver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftBehind {
    pub object: String,
    pub count: i64,
    pub why: WhyLeft,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyLeft {
    /// No part takes them.
    NotChosen,
    /// The one who hands over may not change them.
    NotYours,
}

/// A hand-over that was made.
#[derive(Debug, Clone, Serialize)]
pub struct Handover {
    pub id: Uuid,
    pub seq: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    pub actor: String,
    pub actor_id: Option<Uuid>,
    pub from: Uuid,
    pub reason: String,
    pub lines: Vec<HandoverLine>,
    pub undone: Option<UndoneHandover>,
}

/// What somebody has that could be handed over.
pub type Holdings = BTreeMap<String, i64>;

impl Engine {
    /// How many records of each object somebody could hand over.
    ///
    /// # Errors
    /// `Forbidden` without the duty `handover`; `NotFound` when there is no such user.
    #[boxed]
    pub async fn handover_holdings(&self, actor: &Actor, from: Uuid) -> Result<Holdings> {
        needs_duty(actor, DUTY)?;
        let model = self.model();
        let mut tx = self.0.db.read().await?;
        plan::must_be_user(&mut tx, from).await?;
        plan::holdings(self, &mut tx, &model, actor, from).await
    }

    /// What would go where. Writes nothing; a reason need not be given yet.
    ///
    /// # Errors
    /// As [`Engine::hand_over`], but for the reason.
    #[boxed]
    pub async fn handover_plan(&self, actor: &Actor, input: &HandoverInput) -> Result<HandoverPlan> {
        needs_duty(actor, DUTY)?;
        let model = self.model();
        let mut tx = self.0.db.read().await?;
        Ok(plan::plan(self, &mut tx, &model, actor, input).await?.told())
    }

    /// Hands over.
    ///
    /// # Errors
    /// `Forbidden` without the duty `handover`; `Invalid` when a receiver is unknown, inactive or the leaver, a filter is wrong, the
    /// reason is missing or nothing would go; `Unavailable` when somebody changes one of the records at that moment.
    #[boxed]
    pub async fn hand_over(&self, actor: &Actor, input: &HandoverInput) -> Result<Handover> {
        needs_duty(actor, DUTY)?;
        let reason = reason(&input.reason)?;
        let id = give::give(self, actor, input, &reason).await?;
        self.handover(actor, id).await
    }
}

fn reason(text: &str) -> Result<String> {
    let text = text.trim();
    let message = match text.chars().count() {
        0 => Text::new("请写明交接原因，例如：王芳离职。", "Say why, for instance: 王芳 leaves."),
        1..=REASON => return Ok(text.to_owned()),
        _ => Text::new("原因最多 500 字。", "At most 500 characters."),
    };
    Err(Error::invalid("reason", "required", message))
}

fn wrong(field: impl Into<String>, code: &'static str, message: Text) -> FieldError {
    FieldError { field: field.into(), code, message }
}
