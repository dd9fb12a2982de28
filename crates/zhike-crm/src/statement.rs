//! 季度告知书: what a customer bought, paid, owes and was served in a quarter, told to it on paper. A statement keeps what was told: its lines
//! are its own, and its amounts are their sums. Follow-ups are told by day and way alone; what was noted of them is ours.

mod queries;

pub use queries::{Stated, StatementWish, make_statements, statements_of};
