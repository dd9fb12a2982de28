//! One installation of Zhike: a data folder and a database, empty at first and gone at the end.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use crate::{Engine, Finished, Server, database::PostgresDatabase, program};

/// An installation. Its folder and its database are removed when it is dropped.
#[derive(Debug)]
pub struct Site {
    engine: Engine,
    folder: PathBuf,
    database: Option<PostgresDatabase>,
}

impl Site {
    /// An empty data folder and an empty database.
    ///
    /// # Panics
    /// When PostgreSQL is asked for and `ZHIKE_TEST_POSTGRES` is not set.
    pub fn new(engine: Engine) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
        let folder = std::env::temp_dir().join(format!("zhike-e2e-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        let database = (engine == Engine::Postgres).then(|| PostgresDatabase::create(&number));
        Self { engine, folder, database }
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The data folder; the program makes it.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Writes a file for the program to read, and says where it is.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, content).expect("the temporary folder is writable");
        path
    }

    /// Where a file of this name would be, for the program to write.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Runs `zhike …` on this installation to its end.
    pub fn zhike<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Finished {
        let output = self.command(arguments).output().expect("the program starts");
        Finished::new(arguments, &output)
    }

    /// `zhike …` on this installation, not yet started: for tests that kill it half way.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = program::command();
        command.args(arguments).env("ZHIKE_DATA", self.data());
        if let Some(database) = &self.database {
            command.env("ZHIKE_DATABASE", database.url());
        }
        command
    }

    /// Fills it with made data: users in departments, customers, contacts, interactions, tasks.
    pub fn with_demo(&self, customers: u32) -> &Self {
        let _said = self.zhike(&["demo", "--customers", &customers.to_string(), "--seed", "1"]).succeeded();
        self
    }

    /// A new bearer token of a user.
    ///
    /// # Panics
    /// When the program prints none.
    pub fn token(&self, user: &str) -> String {
        let said = self.zhike(&["token", "create", "--user", user]).succeeded();
        said.stdout.split_whitespace().last().expect("`zhike token create` prints the token last").to_owned()
    }

    /// Starts the server and waits until it listens. It is killed when the answer is dropped.
    pub fn serve(&self) -> Server<'_> {
        Server::start(self)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // A failed test's folder is as useless as any: its server's words are in the failure's text.
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            assert!(std::thread::panicking(), "the test's folder cannot be removed: {error}");
        }
    }
}
