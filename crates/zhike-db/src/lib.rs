//! The databases: SQLite in one file, or PostgreSQL. One SQL text serves both; what differs stands in `dialect`.
//!
//! - [`Db`] hands out [`Tx`]: `begin` for writing (SQLite: the one writer, `BEGIN IMMEDIATE`), `read` for reading.
//! - [`Sql`] is a statement's text with its arguments; identifiers come from the model only, values are always bound.
//! - `schema` holds the system tables; the objects' tables are made by `zhike-records` from the model.

mod connect;
mod copy;
mod dialect;
mod error;
mod match_keys;
mod row;
pub mod schema;
mod search_words;
mod sql;
mod statistics;
pub mod testing;
mod tx;

pub use connect::{Db, Options};
pub use dialect::{ColumnType, Dialect};
pub use error::{DbError, constraint_of, is_overflow};
pub use match_keys::{MATCH_TABLES, young_keys};
pub use row::Row;
pub use search_words::{Group, SEARCH_TABLES, Term, has_young_word};
pub use sql::{Arg, Sql, is_key, portions};
pub use tx::Tx;
