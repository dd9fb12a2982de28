//! What a database says, as [`zhike_types::Error`].

use zhike_types::{Error, Text};

/// A database's own error.
#[derive(Debug, thiserror::Error)]
#[error("{context}: {source}")]
pub struct DbError {
    pub context: String,
    #[source]
    pub source: sqlx::Error,
}

impl DbError {
    pub(crate) fn wrap(source: sqlx::Error, statement: &str) -> Error {
        let busy = match &source {
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) => true,
            sqlx::Error::Database(error) => {
                // SQLite: 5 busy, 6 locked, 13 full; PostgreSQL: class 53 resources, 57P admin, 40001/40P01 to be tried again
                let code = error.code().unwrap_or_default();
                matches!(code.as_ref(), "5" | "6" | "13" | "40001" | "40P01")
                    || code.starts_with("53")
                    || code.starts_with("57P")
            }
            _ => false,
        };
        if busy {
            tracing::warn!(error = %source, "the database does not take the statement now");
            return Error::Unavailable(Text::new(
                "数据库正忙，请稍后再试。",
                "The database is busy. Please try again shortly.",
            ));
        }
        let context = statement.chars().take(300).collect();
        Error::internal(Self { context, source })
    }
}

/// Whether a sum went beyond 64 bits: SQLite says so in words only, PostgreSQL as 22003 (`numeric_value_out_of_range`).
pub fn is_overflow(error: &Error) -> bool {
    let Error::Internal(cause) = error else { return false };
    let Some(DbError { source: sqlx::Error::Database(error), .. }) = cause.downcast_ref::<DbError>() else {
        return false;
    };
    error.code().as_deref() == Some("22003") || error.message() == "integer overflow"
}

/// Whether the error is a violated unique index, and of which: the index's name (PostgreSQL) or its columns
/// (`account.credit_code`, SQLite).
pub fn constraint_of(error: &Error) -> Option<String> {
    let Error::Internal(cause) = error else { return None };
    let DbError { source: sqlx::Error::Database(error), .. } = cause.downcast_ref::<DbError>()? else { return None };
    if !error.is_unique_violation() {
        return None;
    }
    error.constraint().map(str::to_owned).or_else(|| {
        // "UNIQUE constraint failed: account.credit_code" or "…: index 'account_credit_code_unique'"
        error
            .message()
            .split_once(": ")
            .map(|(_, names)| names.trim_start_matches("index ").trim_matches('\'').to_owned())
    })
}
