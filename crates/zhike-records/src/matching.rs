//! 防撞客: finding the records that are one customer. What weighs how much stands in `zhike-match`; here records become what it
//! compares.
//!
//! - [`plan`]: which fields of an object, and of the records below it, are compared
//! - [`read`]: all records of an object, read by two readers side by side
//! - [`scan`]: all pairs that are or may be one
//! - [`stored`]: the keys by which records meet, kept beside each
//! - [`aging`]: new keys among the old ones
//! - [`weights`]: what the last scan learnt of the records
//! - [`candidates`]: which of them may be the one in question
//! - [`weigh`]: how like it each is
//! - [`live`]: what is like a record that somebody is about to write
//! - [`across`]: a lead compared with the customers, and the other way round
//! - [`told`]: how much of that a day
//! - [`limits`]: how much a day allows
//! - [`ask`]: whether they go on all the same
//! - [`existence`]: 查重, whose a company is
//! - [`export`]: these pairs as CSV, with the rows of the import that they came from

mod across;
mod aging;
mod ask;
mod candidates;
mod existence;
mod export;
mod limits;
mod live;
pub(crate) mod placed;
mod plan;
mod read;
mod scan;
pub(crate) mod stored;
mod told;
mod weigh;
mod weights;

pub(crate) use aging::Aging;
pub use ask::Alikes;
pub(crate) use ask::DUTY;
pub(crate) use candidates::{compared, records as record_count};
pub use existence::{Existence, Holder};
pub use export::ImportedRows;
pub use limits::DailyLimits;
pub use live::Alike;
pub(crate) use plan::MatchPlan;
pub(crate) use scan::Found;
pub use scan::{Duplicate, Duplicates};
pub use stored::is_compared;
pub(crate) use told::ToldToday;
pub(crate) use weights::{Known, WeightsInUse};

#[cfg(test)]
pub(crate) mod tests;
