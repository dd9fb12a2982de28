//! Durable jobs: enqueued in the caller's transaction, so that a job exists exactly when what asked for it does; run when it has
//! committed, by whichever process works on jobs; taken up again after a crash; tried again, later each time, when they fail.
//!
//! A job that runs is leased for a minute and the lease renewed. A worker that has died shows at once where the data folder
//! is shared (its lock file can be locked by others), elsewhere when its lease runs out. A job may therefore run twice: what
//! it does in steps, it commits together with how far it is.

mod jobs;
mod presence;
mod spawn;
mod table;
#[cfg(test)]
mod tests;

pub use jobs::{Ended, Jobs, Run};
pub use spawn::{blocking, spawn};
