//! Letters to people: written as MIME ([`Letter`], [`Envelope`]) and handed to a mail server by SMTP ([`Connection`]). Knows nothing of
//! records, users or the database; who sends what to whom, and when again, is decided above.

mod failure;
mod letter;
mod mime;
mod server;
mod smtp;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

pub use failure::{Failure, Kind};
pub use letter::{Letter, Line, Section};
pub use mime::{Envelope, is_address};
pub use server::{Security, Server};
pub use smtp::Connection;
