//! A row of either database, read by position.

use sqlx::{Decode, Row as _, Type, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;
use zhike_types::{Error, Result};

#[derive(Debug)]
pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    fn get<T>(&self, column: usize) -> Result<Option<T>>
    where
        T: for<'r> Decode<'r, sqlx::Sqlite>
            + Type<sqlx::Sqlite>
            + for<'r> Decode<'r, sqlx::Postgres>
            + Type<sqlx::Postgres>,
    {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
        .map_err(Error::internal)
    }

    pub fn int(&self, column: usize) -> Result<Option<i64>> {
        self.get(column)
    }

    pub fn real(&self, column: usize) -> Result<Option<f64>> {
        self.get(column)
    }

    pub fn text(&self, column: usize) -> Result<Option<String>> {
        self.get(column)
    }

    pub fn bool(&self, column: usize) -> Result<Option<bool>> {
        self.get(column)
    }

    pub fn id(&self, column: usize) -> Result<Option<Uuid>> {
        self.get(column)
    }

    pub fn bytes(&self, column: usize) -> Result<Option<Vec<u8>>> {
        self.get(column)
    }

    /// A column that is never null.
    pub fn must_int(&self, column: usize) -> Result<i64> {
        self.int(column)?.ok_or_else(|| Error::internal(format!("column {column} is null")))
    }

    pub fn must_text(&self, column: usize) -> Result<String> {
        self.text(column)?.ok_or_else(|| Error::internal(format!("column {column} is null")))
    }

    pub fn must_id(&self, column: usize) -> Result<Uuid> {
        self.id(column)?.ok_or_else(|| Error::internal(format!("column {column} is null")))
    }
}
