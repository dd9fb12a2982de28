//! The program under test, and what it said when it ended.

use std::{
    ffi::OsStr,
    path::PathBuf,
    process::{Command, Output},
};

/// What the environment tells a test; the one place that reads it.
#[expect(clippy::disallowed_methods, reason = "`make test` and nextest hand over addresses as variables")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The path of `zhike`: from `ZHIKE_TEST_BINARY`, or beside the folder of the test binary.
fn path() -> PathBuf {
    let path = variable("ZHIKE_TEST_BINARY").map_or_else(
        || {
            let test = std::env::current_exe().expect("a test knows its own file");
            test.ancestors().nth(2).expect("test binaries stand in target/debug/deps").join("zhike")
        },
        PathBuf::from,
    );
    assert!(
        path.is_file(),
        "{} is not there: run `make test`, or `cargo build -p zhike` before `cargo test`",
        path.display()
    );
    path
}

/// A command with an environment that is the same on every machine.
pub(crate) fn command() -> Command {
    let mut command = Command::new(path());
    command.env_clear().env("LANG", "en_US.UTF-8").env("TZ", "UTC").env("NO_COLOR", "1");
    for name in ["PATH", "HOME", "TMPDIR", "RUST_BACKTRACE"] {
        if let Some(value) = variable(name) {
            command.env(name, value);
        }
    }
    command
}

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Finished {
    line: String,
    /// `None` when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    pub(crate) fn new<S: AsRef<OsStr>>(arguments: &[S], output: &Output) -> Self {
        let words: Vec<_> = arguments.iter().map(|word| word.as_ref().to_string_lossy()).collect();
        Self {
            line: format!("zhike {}", words.join(" ")),
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// # Panics
    /// When the command failed.
    #[must_use]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "`{}` failed:\n{}{}", self.line, self.stdout, self.stderr);
        self
    }

    /// # Panics
    /// When the command did not end with this code.
    #[must_use]
    pub fn ended_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "`{}`:\n{}{}", self.line, self.stdout, self.stderr);
        self
    }
}
