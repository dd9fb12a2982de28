//! The forecast against a naive oracle, and its changes against what was done.

mod read;
mod rules;
