//! 公海: records that nobody owns and that members of a pool may claim.
//!
//! - [`settings`]: a pool as somebody set it up, checked when it is saved. Pools are records of the model like any other
//! - [`members`]: who may claim from a pool, and who manages it
//! - [`lens`]: looking into a pool: an actor that sees what lies there, as far as the pool shows it, and nothing else
//! - [`claim`], [`give`]: 领取; 分配 and 退回. [`rules`] says who may, [`counts`] counts
//! - [`hand`]: the one place where a record goes from hand to hand, with what hangs on it
//! - [`reclaim`]: 收回: what nobody looks after goes back, by the pool's rule; [`warn`] says beforehand
//! - [`settle`]: whatever writes a record keeps this true: what has an owner lies in no pool
//!
//! A record in a pool has neither owner nor department, so that no data scope but "all" sees it outside the lens.

mod claim;
mod counts;
mod give;
mod hand;
mod into;
mod lens;
mod members;
mod read;
mod reclaim;
mod rules;
mod settings;
mod settle;
mod warn;

#[cfg(test)]
mod tests;

pub use give::Return;
pub use lens::{Lens, PoolPage, PoolView};
pub use read::{Move, MoveKind, PoolActions, PoolInfo};
pub use reclaim::{DryRun, Reclaimed};
pub use settings::Pool;
pub use warn::Warning;

pub(crate) use give::Rounds;
pub(crate) use hand::{Holder, Turn};
pub(crate) use into::note_imported;
pub(crate) use reclaim::{JOB, run};
pub(crate) use settings::{check, is_kept_from, may_delete};
pub(crate) use settle::settle;

/// The duty of those who set up pools; they manage all of them.
pub(crate) const DUTY: &str = "pools";
/// The most characters of a reason with its note.
pub const POOL_REASON_MOST: usize = 500;

/// Milliseconds.
const DAY: i64 = 86_400_000;
