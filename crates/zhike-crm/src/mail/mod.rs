//! 邮件提醒: the letters that `zhike-records` has written down to be told, written as each reader may see things at that moment, and
//! handed to the mail server.

mod deliver;
mod digest;
mod letters;
mod rules;
mod trial;

#[cfg(test)]
mod tests;

pub use deliver::{deliver, register};
pub use rules::checked;
pub use trial::{Trial, try_out};
