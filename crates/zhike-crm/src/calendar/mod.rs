//! 日历: what stands when, of all objects whose pack says so (`[[calendar]]`): a page, a feed for other calendars, reminders.

mod actions;
mod ics;
mod queries;
mod rules;

#[cfg(test)]
mod tests;

pub use actions::move_to;
pub use ics::{Event, When, feed};
pub use queries::{Asked, Entry, Found, Kind, Whose, entries, kinds, reminders};
pub use rules::{Shape, hours, monday, span};
