//! 防撞客: finding the records that are one customer. What weighs how much stands in `zhike-match`; here records become what it
//! compares.
//!
//! - [`plan`]: which fields of an object, and of the records below it, are compared
//! - [`read`]: all records of an object, read by two readers side by side
//! - [`scan`]: all pairs that are or may be one
//! - [`stored`]: the keys by which records meet, kept beside each
//! - [`live`]: what is like a record that somebody is about to write
//! - [`ask`]: whether they go on all the same
//! - [`existence`]: 查重, whose a company is
//! - [`export`]: these pairs as CSV, with the rows of the import that they came from

mod ask;
mod existence;
mod export;
mod live;
mod plan;
mod read;
mod scan;
pub(crate) mod stored;

pub use ask::Alikes;
pub(crate) use ask::DUTY;
pub use existence::{Existence, Holder};
pub use export::ImportedRows;
pub use live::Alike;
pub use scan::{Duplicate, Duplicates};

#[cfg(test)]
mod tests;
