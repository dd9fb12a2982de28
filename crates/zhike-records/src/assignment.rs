//! 分配规则: to whom new records go for which nobody was named, by rules in order.
//!
//! - [`rules`]: whose turn it is; values in, values out
//! - [`settings`]: rules and their lists, which are records of the sales pack; checked when they are saved
//! - [`give`]: what comes in, or is chosen by hand, goes to people. The rule's row is held meanwhile, so that a round stays even
//!   whoever writes at the same moment, and goes on where it was after a restart

mod give;
mod rules;
mod settings;

#[cfg(test)]
mod tests;

pub(crate) use give::names_owner;
pub use give::{GivenByRule, RuleOutcome};
pub(crate) use settings::{check, is_kept_from, may_delete};

/// Its records, which the engine knows on purpose.
pub(crate) const RULE: &str = "assignment_rule";
pub(crate) const MEMBER: &str = "assignment_member";
