//! 审批: a write that meets a process is not made; it is asked for, signed, and made with the last signature.
//!
//! - [`process`]: what takes approval and who signs. Versions are rows; a request keeps the steps with which it began
//! - [`gate`]: every write of a record asks here whether it meets a process, and whether the record is held by one that is open
//! - [`many`]: the gate for many rows at once, which are told one by one
//! - [`submit`]: a request: the write is tried in a savepoint, so that whatever is wrong with it is said at once; then it is kept
//! - [`rules`]: who may sign now and when a step is done; values in, values out
//! - [`people`]: who that is: managers, roles, owners, deputies
//! - [`act`]: signing, rejecting, sending back, asking others, handing on, withdrawing
//! - [`timeout`]: what becomes of what waits for too long
//! - [`apply`]: the write, in the transaction of the last signature
//! - [`read`]: who sees which requests, and what of them
//!
//! Requests stand in tables of their own and not among the objects of the model: who signs reads the facts that were kept when
//! it was asked, by its own rights on fields, and gets no right to the record (docs/adr/0017).

mod absence;
mod act;
mod apply;
mod gate;
mod held;
mod many;
mod people;
mod process;
mod read;
mod rules;
mod submit;
mod timeout;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use zhike_model::{ApprovalSign, ApprovalTimeout, ApprovalWho};
use zhike_types::{Error, Result, Text, Uuid, text};

use crate::Record;

pub use absence::ApprovalAbsence;
pub use act::ApprovalAct;
pub use gate::{MetProcess, NeedsApproval};
pub(crate) use gate::{ask, is_own, refuse_held, refuse_held_many};
pub(crate) use many::{AskedRow, ask_many, is_asked, perhaps, taking};
pub use process::{ApprovalProcess, ApprovalProcessInput};
pub use read::{ApprovalFile, ApprovalPage, ApprovalQuery, WhichApprovals};
pub use rules::{ApprovalState, SeatState, Side};
pub use submit::ApprovalWish;
pub(crate) use timeout::{JOB, run};

/// The duty of who keeps the processes, and hands on what somebody else left lying.
pub(crate) const DUTY: &str = "approval";
/// What events and the audit call a request.
pub(crate) const OBJECT: &str = "approval";
/// The most characters of a comment.
pub const APPROVAL_COMMENT_MOST: usize = 500;

/// A request, as an actor may see it.
#[derive(Debug, Clone)]
pub struct Approval {
    pub id: Uuid,
    /// Later ones have greater numbers; pages go by it.
    pub seq: i64,
    /// `SP202611-0003`
    pub number: String,
    /// Milliseconds since 1970.
    pub at: i64,
    pub state: ApprovalState,
    /// The processes that were met, with the version of each.
    pub processes: Vec<MetProcess>,
    pub object: String,
    /// None while a new record is asked for; then the record that was made.
    pub record_id: Option<Uuid>,
    /// Whether the actor sees the record itself.
    pub sees_record: bool,
    pub submitter: ApprovalPerson,
    pub comment: Option<String>,
    pub ended_at: Option<i64>,
    /// The facts as they were when it was asked for, masked for who reads. Fields that were not kept are unread.
    pub before: Record,
    /// The same as they would be.
    pub after: Record,
    /// The fields that change.
    pub changes: Vec<String>,
    /// The facts to be shown beside them.
    pub facts: Vec<String>,
    /// When the first of those whose turn it is has had it for as long as the step allows; none where it allows any time.
    pub due_at: Option<i64>,
    /// How often they were reminded in this step.
    pub reminders: i64,
    /// The step that it has come to.
    pub step: usize,
    pub steps: Vec<ApprovalStepState>,
    /// What was done, in order; with single requests only.
    pub deeds: Vec<ApprovalDeed>,
    /// The record's files, for who is asked to sign or sees the record; with single requests only.
    pub files: Vec<ApprovalFile>,
    pub may: ApprovalMay,
}

/// Somebody, and whether it is the one who reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApprovalPerson {
    pub id: Uuid,
    pub name: String,
    pub me: bool,
}

/// A step of a request.
#[derive(Debug, Clone)]
pub struct ApprovalStepState {
    pub name: String,
    pub who: ApprovalWho,
    pub sign: ApprovalSign,
    pub timeout: Option<ApprovalTimeout>,
    /// Its condition left it out.
    pub skipped: bool,
    pub seats: Vec<ApprovalSeat>,
}

/// Somebody who signs, or is to.
#[derive(Debug, Clone)]
pub struct ApprovalSeat {
    pub id: Uuid,
    pub person: ApprovalPerson,
    pub state: SeatState,
    /// It is this one's turn.
    pub may_sign: bool,
    /// Who was asked by another signer, and whether before or after that one.
    pub asked: Option<Side>,
    /// Who signs for it while it is away.
    pub deputy: Option<ApprovalPerson>,
    pub signed_at: Option<i64>,
}

/// Something done to a request. Kept for ever.
#[derive(Debug, Clone)]
pub struct ApprovalDeed {
    pub at: i64,
    /// `submit`, `resubmit`, `approve`, `reject`, `return`, `add-before`, `add-after`, `delegate`, `comment`, `withdraw`, `skip`,
    /// `pass`; by time: `remind`, `time-up`, `time-pass`, `time-reject`.
    pub action: String,
    pub step: Option<usize>,
    pub actor: String,
    pub actor_id: Option<Uuid>,
    /// Who was away and was signed for.
    pub for_name: Option<String>,
    /// The people asked, or the step gone back to.
    pub others: Option<String>,
    pub comment: Option<String>,
}

/// What the actor may do with a request.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct ApprovalMay {
    /// The seat that it may sign for now.
    pub seat: Option<Uuid>,
    /// Whom it would sign for, where that is somebody else.
    pub for_name: Option<String>,
    /// The steps that it may be sent back to.
    pub back_to: Vec<usize>,
    pub withdraw: bool,
    pub resubmit: bool,
    pub comment: bool,
    /// To hand on what lies with others.
    pub reassign: bool,
}

/// A step as a request keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KeptStep {
    pub name: String,
    pub who: ApprovalWho,
    pub sign: ApprovalSign,
    pub optional: bool,
    pub skipped: bool,
    #[serde(default)]
    pub timeout: Option<ApprovalTimeout>,
}

/// A comment as it is kept.
fn written(comment: &str, needed: bool) -> Result<Option<String>> {
    let comment = zhike_text::tidy_lines(comment);
    if comment.chars().count() > APPROVAL_COMMENT_MOST {
        let message = text!("最多 {APPROVAL_COMMENT_MOST} 字。", "{APPROVAL_COMMENT_MOST} characters at most.");
        return Err(Error::invalid("comment", "too_long", message));
    }
    if comment.is_empty() && needed {
        let message = Text::new("请写明意见：申请人会看到。", "Say why: whoever asked reads it.");
        return Err(Error::invalid("comment", "required", message));
    }
    Ok(Some(comment).filter(|comment| !comment.is_empty()))
}
