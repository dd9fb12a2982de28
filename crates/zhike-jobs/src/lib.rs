//! Durable jobs: enqueued in the caller's transaction, run when it has committed, taken up again after a crash.

mod spawn;

pub use spawn::spawn;
