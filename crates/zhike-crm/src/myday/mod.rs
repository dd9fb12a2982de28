//! My day (我的一天): what the home page shows to somebody who starts to work.

mod queries;
mod rules;
#[cfg(test)]
mod tests;

pub use queries::{MyDay, Whose, my_day};
pub use rules::{Due, TimeOfDay, due, silent_days, time_of_day};
