//! 团队: how those one answers for are doing, at a glance: pipeline, forecast, activity, money overdue, customers about to go back.

mod queries;
mod rules;

pub use queries::{Overdue, StageSum, Team, team};
pub use rules::{Active, active};
