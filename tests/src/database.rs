//! A database for one test. PostgreSQL's are made by `psql` on the server that `ZHIKE_TEST_POSTGRES` names.

use std::process::Command;

use crate::program::variable;

/// The two databases that Zhike runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The variable that names the server on which tests make their databases; `make test` sets it.
const SERVER: &str = "ZHIKE_TEST_POSTGRES";

/// A PostgreSQL database, dropped with this value.
#[derive(Debug)]
pub(crate) struct PostgresDatabase {
    server: String,
    name: String,
}

impl PostgresDatabase {
    /// Makes an empty database. The name carries this process's number, so that `scripts/leftovers.sh` knows
    /// whether its test still runs.
    pub(crate) fn create(suffix: &str) -> Self {
        let server =
            variable(SERVER).expect("ZHIKE_TEST_POSTGRES is not set: run `make test`, which starts PostgreSQL");
        let name = format!("zhike_e2e_{}_{suffix}", std::process::id());
        let database = Self { server, name };
        database.run(&format!("CREATE DATABASE {}", database.name));
        database
    }

    /// Its address: the server's, with the database's name in the path.
    pub(crate) fn url(&self) -> String {
        let (base, query) = match self.server.split_once('?') {
            Some((base, query)) => (base, format!("?{query}")),
            None => (self.server.as_str(), String::new()),
        };
        let authority = base.find("://").map_or(0, |at| at + 3);
        let stem = base[authority..].find('/').map_or(base, |at| &base[..authority + at]);
        format!("{stem}/{}{query}", self.name)
    }

    fn run(&self, sql: &str) {
        let output = Command::new("psql")
            .args([self.server.as_str(), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--command", sql])
            .output()
            .expect("psql is installed: `scripts/setup.sh test` does that");
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        self.run(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

#[cfg(test)]
mod tests;
