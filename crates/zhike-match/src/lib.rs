//! 防撞客: tells which records are the same customer, contact or person. Pure functions: texts in, scores out.
//!
//! - [`Schema`]: what of a record is compared, and the rules by which records meet
//! - [`Extractor`], [`Features`], [`Store`]: a record's values, normalised and ready for comparison
//! - [`keys()`]: the keys to store and index, by which a record finds its candidates
//! - [`Weights`]: the model of Fellegi and Sunter (1969); [`Weights::shipped`] before any data, [`estimate()`] from it
//! - [`Matcher`]: the score of a pair and its explanation, comparison by comparison
//! - [`scan()`] and [`clusters`]: all pairs of a collection, and the groups they make
//!
//! The method is described in `docs/matching.md`.

mod address;
mod clusters;
mod code;
mod email;
mod estimate;
mod features;
mod frequencies;
mod keys;
mod letters;
mod level;
mod organisation;
mod outcome;
mod person;
mod phone;
mod place;
mod plain;
mod scan;
mod schema;
mod score;
mod show;
mod similar;
mod weights;

pub use clusters::{Barred, Cluster, clusters};
pub use estimate::estimate;
pub use features::{Extractor, Features, Store, View};
pub use frequencies::{COMMON, Frequencies, count};
pub use keys::{Key, keys};
pub use level::Level;
pub use outcome::{Band, Explanation, Line, Relation, Score};
pub use scan::{Pair, scan};
pub use schema::{Comparison, Kind, Part, Rule, Schema, VALUES};
pub use score::Matcher;
pub use weights::{ComparisonWeights, LevelWeight, Weights};
