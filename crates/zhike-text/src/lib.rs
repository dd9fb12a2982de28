//! Chinese business text as pure functions. Nothing here does I/O or reads a clock.
//!
//! - [`fold()`] and [`tidy()`]: one form for what people type in many, for comparing and for keeping
//! - [`han`], [`pinyin_of`], [`surname`], [`name`]: characters, their sounds and sort order, names of people
//! - [`phone`], [`email`], [`url`], [`credit_code`], [`id_number`], [`bank_card`]: read, one way to write, mask
//! - [`region`]: administrative divisions and their codes
//! - [`date`], [`number`]: dates, times, amounts, durations, yes and no as people write them; [`capitals()`]: amounts in capitals
//! - [`tokens`]: the search index's tokens, queries and ranking; [`match_key`]: light keys by which rows meet
//! - [`words`]: what a column holds
//!
//! Readers return a [`Reason`] that says what is wrong in the words of the person who typed it.

pub mod bank_card;
mod capitals;
pub mod credit_code;
pub mod date;
pub mod email;
pub mod fold;
pub mod han;
pub mod id_number;
mod legal_form;
pub mod match_key;
pub mod name;
pub mod number;
pub mod phone;
pub mod pinyin_of;
mod reason;
pub mod region;
mod stars;
pub mod surname;
pub mod tokens;
pub mod url;
pub mod words;

pub use capitals::capitals;
pub use fold::{fold, tidy, tidy_lines};
pub use reason::Reason;
