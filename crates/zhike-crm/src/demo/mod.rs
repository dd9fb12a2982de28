//! Demo data: made customers of a made company, in Chinese, consistent with one another and as real ones are spread.
//!
//! [`World`] is pure: a [`Plan`] (seed and number of customers) and today's date give the same records, ids included, on every
//! machine. [`fill`] writes them through the record engine. People, telephone numbers and addresses are invented;
//! internet names end in `.example` (RFC 2606).

mod account;
mod approvals;
mod calendar;
mod chance;
mod codes;
mod contact;
mod identity;
mod interaction;
mod keeping;
mod links;
mod load;
mod places;
mod pools;
mod rosters;
mod sales;
mod staff;
mod task;
#[cfg(test)]
mod tests;
mod text;
mod words;
mod world;

pub use load::{Filled, Progress, fill};
pub use staff::{Login, PASSWORD, logins};
pub use world::{Batch, OBJECTS, World};

/// What `zhike demo` is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    pub customers: u64,
    pub seed: u64,
    /// Interactions a customer on average; none means 3, or 1 from 100,000 customers on, so that a million load in minutes.
    pub interactions: Option<f64>,
    /// Add to a database that holds customers already.
    pub add: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self { customers: 500, seed: 1, interactions: None, add: false }
    }
}

impl Plan {
    /// Interactions a customer on average.
    pub fn interactions(&self) -> f64 {
        self.interactions.unwrap_or(if self.customers < 100_000 { 3.0 } else { 1.0 }).clamp(0.0, 100.0)
    }
}
