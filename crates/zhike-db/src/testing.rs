//! Databases for tests: a new one each, on both engines, gone afterwards.

use std::path::PathBuf;

use uuid::Uuid;
use zhike_types::{Entropy as _, OsEntropy, Result};

use crate::{Db, Options, Sql};

/// The variable that names the server on which tests make their databases; `make test` sets it.
pub const SERVER: &str = "ZHIKE_TEST_POSTGRES";

/// A database that is removed when dropped with [`TestDb::remove`], or at the next run's start.
#[derive(Debug)]
pub struct TestDb {
    pub db: Db,
    pub folder: PathBuf,
    /// The PostgreSQL database's address; none for SQLite.
    pub url: Option<String>,
    server: Option<(String, String)>,
}

fn random_name() -> String {
    let mut bytes = [0_u8; 16];
    OsEntropy.fill(&mut bytes);
    format!("zhike_test_{}", Uuid::from_bytes(bytes).simple())
}

impl TestDb {
    pub async fn sqlite() -> Result<Self> {
        let folder = std::env::temp_dir().join(random_name());
        let db = Db::open(&Options::new(&folder, None)).await?;
        Ok(Self { db, folder, url: None, server: None })
    }

    /// # Panics
    /// When the variable [`SERVER`] is not set: a test that passes over PostgreSQL is no test.
    pub async fn postgres() -> Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "the test server's address comes from `make test`")]
        let server =
            std::env::var(SERVER).expect("ZHIKE_TEST_POSTGRES is not set: run `make test`, which starts PostgreSQL");
        let name = random_name();
        let folder = std::env::temp_dir().join(&name);
        let admin = sqlx::PgPool::connect(&server).await.map_err(zhike_types::Error::internal)?;
        run(&admin, &format!("CREATE DATABASE {name}")).await?;
        admin.close().await;
        let (base, query) = server.split_once('?').map_or((server.as_str(), ""), |(base, query)| (base, query));
        let stem = base.rsplit_once('/').map_or(base, |(stem, _)| stem);
        let url = if query.is_empty() { format!("{stem}/{name}") } else { format!("{stem}/{name}?{query}") };
        let db = Db::open(&Options { connections: 6, ..Options::new(&folder, Some(url.clone())) }).await?;
        Ok(Self { db, folder, url: Some(url), server: Some((server, name)) })
    }

    /// Both, for a test that runs on each.
    pub async fn both() -> Result<Vec<Self>> {
        Ok(vec![Self::sqlite().await?, Self::postgres().await?])
    }

    pub async fn remove(self) -> Result<()> {
        self.db.close().await;
        if let Some((server, name)) = &self.server {
            let admin = sqlx::PgPool::connect(server).await.map_err(zhike_types::Error::internal)?;
            run(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
            admin.close().await;
        }
        std::fs::remove_dir_all(&self.folder).map_err(zhike_types::Error::internal)
    }
}

async fn run(pool: &sqlx::PgPool, text: &str) -> Result<()> {
    sqlx::raw_sql(sqlx::AssertSqlSafe(Sql::new(text).text().to_owned()))
        .execute(pool)
        .await
        .map_err(zhike_types::Error::internal)
        .map(drop)
}
