//! Opening a database.

use std::{fmt, path::PathBuf, str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    PgPool, Postgres, Sqlite, SqlitePool,
    pool::PoolOptions,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use zhike_types::{Error, Result, Text, boxed};

use crate::{DbError, Dialect, Sql, Tx, sql, statistics};

/// SQLite versions before this one can corrupt a write-ahead log when several connections reset it at once.
const SQLITE_AT_LEAST: (i64, i64, i64) = (3, 51, 3);

/// Where the data is.
#[derive(Debug, Clone)]
pub struct Options {
    /// `postgres://…`; none means SQLite in `data`.
    pub url: Option<String>,
    /// The data folder; SQLite's file is `zhike.db` in it.
    pub data: PathBuf,
    /// Connections for reading (SQLite), or altogether (PostgreSQL).
    pub connections: u32,
    /// How much of SQLite's file the writer keeps in memory, in MiB.
    pub writer_cache: u32,
    /// How much of it each reader keeps, in MiB.
    pub reader_cache: u32,
    /// How much of it each reader reads without copying it, in MiB.
    pub reader_map: u32,
    /// How much PostgreSQL's list of new search words may hold before the writer at hand has to sort it in, in MiB.
    pub pending_words: u32,
}

/// Enough for single writes and for the batches of an import beside them.
const WRITER_CACHE: u32 = 32;
const READER_CACHE: u32 = 8;
const PENDING_WORDS: u32 = 4;

/// All search indexes of the installation.
const MERGE_NEW_TOKENS: &str = "SELECT gin_clean_pending_list(c.oid) FROM pg_class c JOIN pg_am a ON a.oid = c.relam \
    WHERE a.amname = 'gin' AND c.relnamespace = current_schema()::regnamespace AND c.relname LIKE '%\\_search\\_tokens'";

/// Tables of the installation with rows that the planner knows nothing of.
const NEVER_ANALYZED: &str = "SELECT CAST(c.relname AS TEXT) FROM pg_class c WHERE c.relkind = 'r' \
    AND c.relnamespace = current_schema()::regnamespace AND c.reltuples < 0 AND pg_relation_size(c.oid) > 0";

impl Options {
    /// SQLite in the folder unless a URL is given, with as many connections as suit each: SQLite's readers share one machine's
    /// processors, PostgreSQL's wait for a network and for locks.
    pub fn new(data: impl Into<PathBuf>, url: Option<String>) -> Self {
        let connections = if url.as_deref().is_some_and(|url| url.starts_with("postgres")) { 16 } else { 4 };
        Self {
            url,
            data: data.into(),
            connections,
            writer_cache: WRITER_CACHE,
            reader_cache: READER_CACHE,
            reader_map: 0,
            pending_words: PENDING_WORDS,
        }
    }
}

/// An open database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db(Arc<dyn Hold>);

#[derive(Debug)]
enum Pools {
    /// One writer and several readers of one file; the keeper moves the log into the file beside them.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        keeper: SqlitePool,
    },
    Postgres(PgPool),
}

/// Stands between [`Db`] and its pools, so that how they connect and close is compiled in this crate alone.
trait Hold: fmt::Debug + Send + Sync {
    fn pools(&self) -> &Pools;
}

impl Hold for Pools {
    fn pools(&self) -> &Pools {
        self
    }
}

impl Db {
    /// Opens the database, making SQLite's file when there is none, and brings the system tables up to date.
    #[boxed]
    pub async fn open(options: &Options) -> Result<Self> {
        let db = match options.url.as_deref() {
            None => Self::open_sqlite(options).await?,
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Self::open_postgres(url, options).await?
            }
            Some(url) if url.starts_with("sqlite:") => {
                let data = PathBuf::from(url.trim_start_matches("sqlite:").trim_start_matches("//"));
                Self::open_sqlite(&Options { data, ..options.clone() }).await?
            }
            Some(_) => {
                return Err(Error::invalid(
                    "database",
                    "invalid",
                    Text::new(
                        "数据库地址要以 postgres:// 开头；不填就用数据目录里的 SQLite。",
                        "The database URL must begin with postgres://; leave it out for SQLite in the data folder.",
                    ),
                ));
            }
        };
        crate::schema::migrate(&db).await?;
        Ok(db)
    }

    async fn open_sqlite(options: &Options) -> Result<Self> {
        std::fs::create_dir_all(&options.data).map_err(|error| folder_error(&options.data, &error))?;
        let connect = SqliteConnectOptions::new()
            .filename(options.data.join("zhike.db"))
            .create_if_missing(true)
            .page_size(8192)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(false)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(200)
            // a page of a list crosses from the database's thread at once
            .row_buffer_size(1024)
            .pragma("temp_store", "2")
            .pragma("mmap_size", "0")
            .pragma("journal_size_limit", "67108864");
        let writer = PoolOptions::<Sqlite>::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(Duration::from_mins(1))
            // behind a batch of an import waiting is nothing to warn of
            .acquire_slow_threshold(Duration::from_secs(20))
            // the keeper moves the log; only when there is none (a command) the writer does, at 128 MiB
            .connect_with(
                connect
                    .clone()
                    .pragma("cache_size", kibibytes(options.writer_cache))
                    .pragma("wal_autocheckpoint", "16384")
                    .pragma("analysis_limit", statistics::LIMIT.to_string()),
            )
            .await
            .map_err(|error| DbError::wrap(error, "opening the SQLite file"))?;
        let readers = PoolOptions::<Sqlite>::new()
            .max_connections(options.connections.max(1))
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(Duration::from_mins(1))
            .connect_lazy_with(
                connect
                    .clone()
                    .pragma("cache_size", kibibytes(options.reader_cache))
                    .pragma("mmap_size", (u64::from(options.reader_map) << 20).to_string())
                    .pragma("query_only", "1"),
            );
        let keeper = PoolOptions::<Sqlite>::new().max_connections(1).connect_lazy_with(
            connect.pragma("cache_size", "-2048").pragma("analysis_limit", statistics::LIMIT.to_string()),
        );
        let db = Self(Arc::new(Pools::Sqlite { writer, readers, keeper }));
        let version =
            db.read().await?.row(sql!("SELECT sqlite_version()")).await?.ok_or(Error::NotFound)?.must_text(0)?;
        let mut numbers = version.split('.').map(|part| part.parse::<i64>().unwrap_or(0));
        let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        if found < SQLITE_AT_LEAST {
            return Err(Error::internal(format!("SQLite {version} is older than 3.51.3, which may corrupt its log")));
        }
        Ok(db)
    }

    async fn open_postgres(url: &str, options: &Options) -> Result<Self> {
        std::fs::create_dir_all(&options.data).map_err(|error| folder_error(&options.data, &error))?;
        let connect = PgConnectOptions::from_str(url)
            .map_err(|error| DbError::wrap(error, "reading the database URL"))?
            .application_name("zhike")
            .statement_cache_capacity(200)
            // a plan for the values at hand: list filters are far too different for one plan to fit all
            .options([("plan_cache_mode", "force_custom_plan"), ("jit", "off")])
            .options([("gin_pending_list_limit", format!("{}MB", options.pending_words))]);
        // a long list is sorted in as many turns as it is larger than this
        let connect = match options.pending_words {
            PENDING_WORDS => connect,
            many => connect.options([("maintenance_work_mem", format!("{many}MB"))]),
        };
        let pool = PoolOptions::<Postgres>::new()
            .max_connections(options.connections.max(2))
            .acquire_timeout(Duration::from_mins(1))
            .connect_with(connect)
            .await
            .map_err(|error| {
                tracing::error!(%error, "PostgreSQL does not answer");
                Error::Unavailable(Text::new(
                    "连不上 PostgreSQL。请检查地址、用户名、密码，以及服务是否已启动。",
                    "PostgreSQL does not answer. Check address, user, password, and that it runs.",
                ))
            })?;
        Ok(Self(Arc::new(Pools::Postgres(pool))))
    }

    pub fn dialect(&self) -> Dialect {
        match self.0.pools() {
            Pools::Sqlite { .. } => Dialect::Sqlite,
            Pools::Postgres(_) => Dialect::Postgres,
        }
    }

    /// A transaction for writing. SQLite takes the write lock at once: a transaction that reads first and locks
    /// later fails under load.
    #[boxed]
    pub async fn begin(&self) -> Result<Tx> {
        match self.0.pools() {
            Pools::Sqlite { writer, .. } => writer.begin_with("BEGIN IMMEDIATE").await.map(Tx::sqlite_write),
            Pools::Postgres(pool) => pool.begin().await.map(Tx::postgres_write),
        }
        .map_err(|error| DbError::wrap(error, "BEGIN"))
    }

    /// A reader: each statement sees what was committed when it began.
    #[boxed]
    pub async fn read(&self) -> Result<Tx> {
        match self.0.pools() {
            Pools::Sqlite { readers, .. } => readers.acquire().await.map(Tx::sqlite_read),
            Pools::Postgres(pool) => pool.acquire().await.map(Tx::postgres_read),
        }
        .map_err(|error| DbError::wrap(error, "acquiring a connection"))
    }

    /// Statements that cannot run inside a transaction (PostgreSQL: CREATE INDEX CONCURRENTLY).
    #[boxed]
    pub async fn autocommit(&self) -> Result<Tx> {
        match self.0.pools() {
            Pools::Sqlite { writer, .. } => writer.acquire().await.map(Tx::sqlite_read),
            Pools::Postgres(pool) => pool.acquire().await.map(Tx::postgres_read),
        }
        .map_err(|error| DbError::wrap(error, "acquiring a connection"))
    }

    /// Moves SQLite's write-ahead log into the file, as far as readers allow, beside reading and writing: a writer that had to do it
    /// would keep its user waiting. PostgreSQL does that by itself.
    #[boxed]
    pub async fn checkpoint(&self) -> Result<()> {
        let Pools::Sqlite { keeper, .. } = self.0.pools() else { return Ok(()) };
        let connection = keeper.acquire().await;
        let mut connection =
            Tx::sqlite_read(connection.map_err(|error| DbError::wrap(error, "acquiring a connection"))?);
        connection.rows(sql!("PRAGMA wal_checkpoint(PASSIVE)")).await.map(drop)
    }

    /// Moves new search words from the list that every search on PostgreSQL reads through into the index. SQLite keeps young
    /// words in a table.
    #[boxed]
    pub async fn merge_new_words(&self) -> Result<()> {
        match self.0.pools() {
            Pools::Sqlite { .. } => Ok(()),
            Pools::Postgres(_) => self.autocommit().await?.rows(sql!(MERGE_NEW_TOKENS)).await.map(drop),
        }
    }

    /// Lets PostgreSQL's planner know of tables that nobody has looked at yet. Of what it does not know it thinks that there are two
    /// hundred values, so that who looks for some hundred of them is given the whole table. SQLite's planner prefers its indexes.
    #[boxed]
    pub async fn analyze_new(&self) -> Result<()> {
        let Pools::Postgres(_) = self.0.pools() else { return Ok(()) };
        let mut connection = self.autocommit().await?;
        let tables = connection.rows(sql!(NEVER_ANALYZED)).await?;
        let mut analyze = Sql::new("ANALYZE ");
        for (i, table) in tables.iter().enumerate() {
            analyze.push(if i == 0 { "" } else { ", " }).name(&table.must_text(0)?);
        }
        if tables.is_empty() { Ok(()) } else { connection.run(analyze).await.map(drop) }
    }

    /// Lets the planner know what the tables hold now.
    #[boxed]
    pub async fn analyze(&self) -> Result<()> {
        match self.0.pools() {
            Pools::Sqlite { keeper, .. } => {
                let mut connection = Tx::sqlite_read(
                    keeper.acquire().await.map_err(|error| DbError::wrap(error, "acquiring a connection"))?,
                );
                connection.run(sql!("PRAGMA optimize = 0x10002")).await?;
                let mut tx = self.begin().await?;
                statistics::publish(&mut tx).await?;
                tx.commit().await
            }
            Pools::Postgres(_) => self.autocommit().await?.run(sql!("ANALYZE")).await.map(drop),
        }
    }

    /// Builds an index of a table while reading goes on (on PostgreSQL also writing), and lets the planner know of it.
    /// `statement` is its `CREATE INDEX`.
    #[boxed]
    pub async fn build_index(&self, table: &str, index: &str, statement: &str) -> Result<()> {
        match self.0.pools() {
            Pools::Sqlite { .. } => {
                // sorted in a file: a million entries would take a hundred megabytes of memory
                self.autocommit().await?.run(sql!("PRAGMA temp_store = 1")).await?;
                let build = async {
                    let mut tx = self.begin().await?;
                    tx.run(Sql::new(statement)).await?;
                    let mut analyze = Sql::new("ANALYZE ");
                    analyze.name(index);
                    tx.run(analyze).await?;
                    statistics::publish(&mut tx).await?;
                    tx.commit().await
                };
                let built = build.await;
                self.autocommit().await?.run(sql!("PRAGMA temp_store = 2")).await?;
                built
            }
            Pools::Postgres(_) => {
                let mut connection = self.autocommit().await?;
                let statement = statement.replacen("CREATE INDEX", "CREATE INDEX CONCURRENTLY", 1);
                connection.run(Sql::new(&statement)).await?;
                let mut analyze = Sql::new("ANALYZE ");
                analyze.name(table);
                connection.run(analyze).await.map(drop)
            }
        }
    }

    /// Waits for what runs and closes all connections.
    #[boxed]
    pub async fn close(&self) {
        match self.0.pools() {
            Pools::Sqlite { writer, readers, keeper } => {
                keeper.close().await;
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// As SQLite takes the size of a cache.
fn kibibytes(mebibytes: u32) -> String {
    format!("-{}", u64::from(mebibytes) * 1024)
}

fn folder_error(folder: &std::path::Path, error: &std::io::Error) -> Error {
    let folder = folder.display();
    Error::Unavailable(zhike_types::text!(
        "不能使用数据目录 {folder}：{error}",
        "The data folder {folder} cannot be used: {error}"
    ))
}
