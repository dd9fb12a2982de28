//! 防撞客: finding the records that are one customer. What weighs how much stands in `zhike-match`; here records become what it
//! compares.
//!
//! - [`plan`]: which fields of an object, and of the records below it, are compared
//! - [`read`]: all records of an object, read by two readers side by side
//! - [`scan`]: all pairs that are or may be one
//! - [`export`]: these pairs as CSV, with the rows of the import that they came from

mod export;
mod plan;
mod read;
mod scan;

pub use export::ImportedRows;
pub use scan::{Duplicate, Duplicates};
