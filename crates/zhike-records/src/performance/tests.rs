//! Rankings against a naive oracle: what the actor sees in lists, added up by hand.

mod measured;
mod rules;
mod targets;
