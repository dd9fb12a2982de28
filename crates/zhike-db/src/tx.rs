//! A connection in use: a transaction, or a reader.

use std::fmt;

use sqlx::{
    Arguments as _, AssertSqlSafe, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction, pool::PoolConnection,
    postgres::PgArguments, sqlite::SqliteArguments,
};
use zhike_types::{Error, Result, Uuid, boxed};

use crate::{Arg, DbError, Dialect, Row, Sql};

/// Rows that one statement holds.
const HELD_AT_ONCE: usize = 512;

/// A transaction (rolled back when dropped without [`Tx::commit`]), or a reader without one.
#[derive(Debug)]
pub struct Tx(Box<dyn Hold>);

#[derive(Debug)]
enum Held {
    SqliteWrite(Transaction<'static, Sqlite>),
    SqliteRead(PoolConnection<Sqlite>),
    PostgresWrite(Transaction<'static, Postgres>),
    PostgresRead(PoolConnection<Postgres>),
}

/// Stands between [`Tx`] and what it holds: how a connection goes back to its pool is compiled here once, and not again in each crate
/// that lets go of a transaction.
trait Hold: fmt::Debug + Send + Sync {
    fn held(&self) -> &Held;
    fn held_mut(&mut self) -> &mut Held;
    fn into_held(self: Box<Self>) -> Held;
}

impl Hold for Held {
    fn held(&self) -> &Held {
        self
    }

    fn held_mut(&mut self) -> &mut Held {
        self
    }

    fn into_held(self: Box<Self>) -> Held {
        *self
    }
}

enum Connection<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Tx {
    pub(crate) fn sqlite_write(tx: Transaction<'static, Sqlite>) -> Self {
        Self(Box::new(Held::SqliteWrite(tx)))
    }

    pub(crate) fn sqlite_read(connection: PoolConnection<Sqlite>) -> Self {
        Self(Box::new(Held::SqliteRead(connection)))
    }

    pub(crate) fn postgres_write(tx: Transaction<'static, Postgres>) -> Self {
        Self(Box::new(Held::PostgresWrite(tx)))
    }

    pub(crate) fn postgres_read(connection: PoolConnection<Postgres>) -> Self {
        Self(Box::new(Held::PostgresRead(connection)))
    }

    pub fn dialect(&self) -> Dialect {
        match self.0.held() {
            Held::SqliteWrite(_) | Held::SqliteRead(_) => Dialect::Sqlite,
            Held::PostgresWrite(_) | Held::PostgresRead(_) => Dialect::Postgres,
        }
    }

    fn connection(&mut self) -> Connection<'_> {
        match self.0.held_mut() {
            Held::SqliteWrite(tx) => Connection::Sqlite(tx),
            Held::SqliteRead(connection) => Connection::Sqlite(connection),
            Held::PostgresWrite(tx) => Connection::Postgres(tx),
            Held::PostgresRead(connection) => Connection::Postgres(connection),
        }
    }

    fn parts(&self, sql: Sql) -> (String, Vec<Arg>) {
        match self.dialect() {
            Dialect::Sqlite => sql.unnamed().into_parts(),
            Dialect::Postgres => sql.into_parts(),
        }
    }

    /// All rows.
    #[boxed]
    pub async fn rows(&mut self, sql: Sql) -> Result<Vec<Row>> {
        let (text, args) = self.parts(sql);
        match self.connection() {
            Connection::Sqlite(connection) => sqlx::query_with(AssertSqlSafe(text.as_str()), sqlite_arguments(args)?)
                .fetch_all(connection)
                .await
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Connection::Postgres(connection) => {
                sqlx::query_with(AssertSqlSafe(text.as_str()), postgres_arguments(args)?)
                    .fetch_all(connection)
                    .await
                    .map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        }
        .map_err(|error| DbError::wrap(error, &text))
    }

    /// The first row, if any.
    #[boxed]
    pub async fn row(&mut self, sql: Sql) -> Result<Option<Row>> {
        Ok(self.rows(sql).await?.into_iter().next())
    }

    /// Runs a statement; how many rows it touched.
    #[boxed]
    pub async fn run(&mut self, mut sql: Sql) -> Result<u64> {
        let copied = sql.take_copied();
        let (text, args) = self.parts(sql);
        if let (Some(rows), Connection::Postgres(connection)) = (copied, self.connection()) {
            return copy(connection, &text, rows).await.map_err(|error| DbError::wrap(error, &text));
        }
        match self.connection() {
            Connection::Sqlite(connection) => sqlx::query_with(AssertSqlSafe(text.as_str()), sqlite_arguments(args)?)
                .execute(connection)
                .await
                .map(|done| done.rows_affected()),
            Connection::Postgres(connection) => {
                sqlx::query_with(AssertSqlSafe(text.as_str()), postgres_arguments(args)?)
                    .execute(connection)
                    .await
                    .map(|done| done.rows_affected())
            }
        }
        .map_err(|error| DbError::wrap(error, &text))
    }

    /// A single number, such as a count.
    #[boxed]
    pub async fn number(&mut self, sql: Sql) -> Result<i64> {
        self.row(sql).await?.ok_or(Error::NotFound)?.int(0).map(Option::unwrap_or_default)
    }

    /// Holds rows until the transaction ends: who wants them too waits here, and then sees what this one wrote. In the order of their ids,
    /// so that two never wait for each other. SQLite has one writer, who holds everything anyway.
    #[boxed]
    pub async fn hold(&mut self, table: &str, ids: &[Uuid]) -> Result<()> {
        if self.dialect() == Dialect::Sqlite {
            return Ok(());
        }
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        for piece in ids.chunks(HELD_AT_ONCE) {
            let mut sql = Sql::new("SELECT 1 FROM ");
            sql.name(table)
                .push(" WHERE id IN (")
                .padded(piece)
                .push(") ORDER BY id")
                .push(self.dialect().for_update());
            self.rows(sql).await?;
        }
        Ok(())
    }

    /// Makes everything since `begin` last. A reader has nothing to commit.
    #[boxed]
    pub async fn commit(self) -> Result<()> {
        match self.0.into_held() {
            Held::SqliteWrite(tx) => tx.commit().await,
            Held::PostgresWrite(tx) => tx.commit().await,
            Held::SqliteRead(_) | Held::PostgresRead(_) => Ok(()),
        }
        .map_err(|error| DbError::wrap(error, "COMMIT"))
    }
}

async fn copy(connection: &mut PgConnection, statement: &str, rows: Vec<u8>) -> sqlx::Result<u64> {
    let mut copy = connection.copy_in_raw(statement).await?;
    copy.send(rows).await?;
    copy.finish().await
}

fn sqlite_arguments(args: Vec<Arg>) -> Result<SqliteArguments> {
    let mut out = SqliteArguments::default();
    for arg in args {
        match arg {
            Arg::Bool(v) => out.add(v),
            Arg::Int(v) => out.add(v),
            Arg::Real(v) => out.add(v),
            Arg::Text(v) => out.add(v),
            Arg::Id(v) => out.add(v),
            Arg::Bytes(v) => out.add(v),
        }
        .map_err(Error::Internal)?;
    }
    Ok(out)
}

fn postgres_arguments(args: Vec<Arg>) -> Result<PgArguments> {
    let mut out = PgArguments::default();
    for arg in args {
        match arg {
            Arg::Bool(v) => out.add(v),
            Arg::Int(v) => out.add(v),
            Arg::Real(v) => out.add(v),
            Arg::Text(v) => out.add(v),
            Arg::Id(v) => out.add(v),
            Arg::Bytes(v) => out.add(v),
        }
        .map_err(Error::Internal)?;
    }
    Ok(out)
}
