//! How a command fails: in words that say what to do.

use std::process::ExitCode;

use zhike_types::{Error, Lang, Text};

/// Exit code 1: the command was understood and did not succeed.
const FAILED: u8 = 1;
/// Exit code 2: it was not understood.
pub const MISUSED: u8 = 2;

/// What went wrong.
#[derive(Debug)]
pub enum Failure {
    Engine(Error),
    /// Said by the command itself.
    Said(Text),
}

impl Failure {
    /// A file that cannot be read or written.
    pub fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        let path = path.display();
        Self::Said(zhike_types::text!("文件 {path}：{error}", "File {path}: {error}"))
    }

    pub fn report(self, lang: Lang) -> ExitCode {
        let head = Text::new("错误", "error");
        for line in self.lines(lang) {
            eprintln!("{}: {line}", head.get(lang));
        }
        ExitCode::from(FAILED)
    }

    fn lines(&self, lang: Lang) -> Vec<String> {
        match self {
            Self::Said(text) => vec![text.get(lang).to_owned()],
            // the operator may know the cause, and has no log but this
            Self::Engine(Error::Internal(cause)) => vec![cause.to_string()],
            Self::Engine(Error::Invalid(errors)) => errors
                .iter()
                .map(|error| match error.field.as_str() {
                    "" => error.message.get(lang).to_owned(),
                    field => format!("{field}: {}", error.message.get(lang)),
                })
                .collect(),
            Self::Engine(error) => vec![error.message().get(lang).to_owned()],
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Said(Text::same(error.to_string()))
    }
}
