//! What every layer speaks of: identifiers, time, text in two languages, values of fields, errors.
//!
//! Nothing here does I/O except [`SystemClock`] and [`OsEntropy`], the one home of the clock and of randomness.

mod clock;
mod error;
mod hex;
mod ids;
mod lang;
mod money;
mod value;

/// An `async fn` whose body is compiled where it stands, at the price of an allocation a call: the compiler builds any other one
/// anew in each crate that awaits it. It belongs on what other crates call. (The macro's other use, recursion, gave it its name.)
pub use async_recursion::async_recursion as boxed;
pub use clock::{Clock, FixedClock, SystemClock, Zone, date_of, days_of};
pub use error::{Error, FieldError, Result};
pub use hex::{hex, unhex};
pub use ids::{Entropy, Ids, OsEntropy, SeededEntropy};
pub use lang::{Lang, Text};
pub use money::{Currency, Money};
pub use uuid::Uuid;
pub use value::Value;
