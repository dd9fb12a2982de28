//! 撞单申诉: two colleagues work one customer, and somebody else decides whose it is.
//!
//! - [`claim`]: a colleague claims a customer, with the date of the first contact, a text and files for evidence. Of one that it
//!   may not see it says the name, the telephone number or the credit code; that counts as a question of 查重
//! - [`evidence`]: files of both sides, and what the owner says to it
//! - [`decide`]: who has the duty `disputes` and is neither side decides, with a reason; or the claimant withdraws
//! - [`read`]: who sees what
//! - [`moved`]: a merge takes open and decided ones along
//! - [`rules`]: who may do what
//!
//! Disputes stand in tables of their own and not among the objects of the model: a claimant who may not see the customer reads
//! its own dispute and must not learn which record it is about (docs/adr). Nobody changes or deletes one. What is done is in the
//! audit of the customer, and so in its history.

mod claim;
mod decide;
mod evidence;
pub(crate) mod moved;
mod read;
mod rules;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use zhike_types::Uuid;

pub use claim::{Claimed, DisputeClaim};
pub use read::{DisputePage, DisputeQuery, WhichDisputes};
pub use rules::{DisputeState, Ruling};

/// The duty of those who decide.
pub(crate) const DUTY: &str = "disputes";
/// What is claimed.
const OBJECT: &str = "account";
/// The most characters of what is brought forward, and of a reason.
pub const EVIDENCE_MOST: usize = 2_000;
pub const DISPUTE_REASON_MOST: usize = 500;
/// The most files of one dispute.
pub const DISPUTE_FILES_MOST: usize = 20;

/// A dispute, as an actor may see it.
#[derive(Debug, Clone)]
pub struct Dispute {
    pub id: Uuid,
    /// Later ones have greater numbers; pages go by it.
    pub seq: i64,
    /// `ZD202611-0003`
    pub number: String,
    /// Milliseconds since 1970.
    pub at: i64,
    pub state: DisputeState,
    /// The customer, for who may see it.
    pub account: Option<DisputedAccount>,
    /// As the claimant called a customer that it did not see.
    pub asked: Option<String>,
    pub claimant: DisputeParty,
    /// The owner, as it was when the claim was made or decided; none where there was none.
    pub holder: Option<DisputeParty>,
    /// Days since 1970.
    pub first_contact_on: Option<i64>,
    pub evidence: String,
    /// What the owner says to it; for who may see the customer.
    pub answer: Option<Statement>,
    pub files: Vec<DisputeFile>,
    /// How it ended: decided or withdrawn.
    pub end: Option<DisputeEnd>,
    pub may_decide: bool,
    pub may_withdraw: bool,
    /// The owner may say something to it.
    pub may_answer: bool,
    pub may_add_files: bool,
}

/// One of the two sides. Their names everybody may know who asks whose a customer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeParty {
    pub id: Uuid,
    pub name: String,
    pub department: Option<String>,
    /// Whether it is the one who reads.
    pub me: bool,
}

/// The customer of a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputedAccount {
    pub id: Uuid,
    /// As the actor may see titles of the object.
    pub title: String,
    /// The owner of today.
    pub owner: Option<Uuid>,
    /// It lies in the recycle bin.
    pub deleted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub text: String,
    pub at: i64,
    pub by: String,
}

/// When it ended, by whom and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeEnd {
    pub at: i64,
    pub by: String,
    pub by_id: Option<Uuid>,
    pub reason: Option<String>,
}

/// A piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeFile {
    /// From 1, within the dispute.
    pub number: i64,
    pub name: String,
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    pub at: i64,
    pub by: String,
}

/// A piece of evidence and where its bytes lie.
#[derive(Debug, Clone)]
pub struct StoredFile {
    pub file: DisputeFile,
    pub path: PathBuf,
}
