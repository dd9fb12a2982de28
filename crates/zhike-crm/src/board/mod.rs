//! Boards (看板): the records of an object with stages as cards, a column for each stage, moved from one to the next.

mod actions;
mod queries;
mod rules;
mod stages;
#[cfg(test)]
mod tests;

pub use actions::{Moved, move_to};
pub use queries::{Board, Column, Figures, Query, figures, read};
pub use rules::{days_in_stage, is_rotten, key_of};
pub use stages::{Stage, Stages, may_use, since_of, stages};
