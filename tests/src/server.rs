//! `zhike serve`, started for one test.

use std::{
    fs::File,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use crate::{Client, Site, demo};

/// How long a debug build on a busy machine may take to make its tables.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server; killed when dropped.
#[derive(Debug)]
pub struct Server<'site> {
    site: &'site Site,
    child: Child,
    log: PathBuf,
    base: String,
}

impl<'site> Server<'site> {
    pub(crate) fn start(site: &'site Site) -> Self {
        let log = site.folder().join("server.log");
        let file = File::create(&log).expect("the temporary folder is writable");
        let child = site
            .command(&["serve", "--listen", "127.0.0.1:0"])
            // The folder in the command line is how `scripts/leftovers.sh` knows a killed run's server.
            .arg("--data")
            .arg(site.data())
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("a file can be opened twice"))
            .stderr(file)
            .spawn()
            .expect("the program starts");
        std::fs::write(site.folder().join("server.pid"), child.id().to_string()).expect("the folder is writable");
        let mut server = Self { site, child, log, base: String::new() };
        server.base = server.wait_until_listening();
        server
    }

    /// Waits for the line `listening on http://127.0.0.1:PORT` and answers its address.
    fn wait_until_listening(&mut self) -> String {
        let started = Instant::now();
        loop {
            let log = self.log();
            // Whole lines only: half a port number is a number too.
            let address = log.split_inclusive('\n').filter(|line| line.ends_with('\n')).find_map(|line| {
                let (_, address) = line.split_once("listening on ")?;
                address.split_whitespace().next()
            });
            if let Some(address) = address {
                return address.trim_end_matches('/').to_owned();
            }
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                panic!("`zhike serve` ended with {status} instead of listening:\n{log}");
            }
            assert!(started.elapsed() < PATIENCE, "`zhike serve` did not listen within {PATIENCE:?}:\n{log}");
            pause();
        }
    }

    /// `http://127.0.0.1:PORT`
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// A visitor who has not signed in.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.base)
    }

    /// A user of the demo data in a browser: a session cookie, forms.
    pub fn signed_in(&self, user: &str) -> Client {
        Client::new(&self.base).sign_in(user, demo::PASSWORD)
    }

    /// A program that acts for a user: a bearer token.
    pub fn token(&self, user: &str) -> Client {
        Client::new(&self.base).with_header("Authorization", &format!("Bearer {}", self.site.token(user)))
    }

    /// As a crash: no time to write anything.
    pub fn kill(mut self) {
        self.end();
    }

    /// As an administrator's stop: asked to end (SIGTERM), and waited for.
    pub fn stop(mut self) -> ExitStatus {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()), "the server runs and can be asked to end");
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                return status;
            }
            assert!(started.elapsed() < PATIENCE, "the server did not end when asked to:\n{}", self.log());
            pause();
        }
    }

    fn end(&mut self) {
        // Both fail only when it has ended already.
        let _killed = self.child.kill();
        let _waited = self.child.wait();
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        self.end();
        if std::thread::panicking() {
            eprintln!("--- what the server wrote\n{}", self.log());
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "another process's progress can only be looked at again")]
fn pause() {
    std::thread::sleep(Duration::from_millis(10));
}
