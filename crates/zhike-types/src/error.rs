//! One error for everything a user can cause or meet. The interface layer turns it into a page, a form with messages
//! or problem+json (RFC 9457), and logs it there, once.
//!
//! - [`Error::NotFound`]: it is not there, or the actor may not know that it is: the two are the same answer.
//! - [`Error::Forbidden`]: the actor may see it and may not do this to it.
//! - [`Error::Invalid`]: what was sent cannot be taken; each message names its field and says what to do.
//! - [`Error::Conflict`]: somebody was faster, or a rule between records forbids it.
//! - [`Error::Alike`]: a conflict with records that are shown, and that one may pass with a reason.
//! - [`Error::NeedsApproval`]: a conflict with a process of approval: it can be asked for.
//! - [`Error::Unavailable`]: try again later (a full disk, a database that does not answer).
//! - [`Error::Internal`]: our bug; the user reads an incident number, the log holds the cause.

use crate::Text;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A message about one field; an empty `field` is about the whole input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    pub field: String,
    /// A stable word for programs: `required`, `unique`, `invalid`, `too_long`, `unknown`, `read_only` …
    pub code: &'static str,
    pub message: Text,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("not found")]
    NotFound,
    #[error("sign-in needed")]
    Unauthenticated,
    #[error("forbidden: {}", .0.en)]
    Forbidden(Text),
    #[error("invalid: {}", .0.iter().map(|e| format!("{}: {}", e.field, e.message.en)).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<FieldError>),
    /// The record has moved on: the version it has now.
    #[error("changed meanwhile: now at version {current}")]
    Stale { current: i64 },
    #[error("conflict: {}", .0.en)]
    Conflict(Text),
    /// What is to be written is there already, or seems to be. The second part says what was found; who shows it knows its
    /// type.
    #[error("there already: {}", .0.en)]
    Alike(Text, Box<dyn std::any::Any + Send + Sync>),
    /// It is not made but asked for. The second part says what was met; who shows it knows its type.
    #[error("needs approval: {}", .0.en)]
    NeedsApproval(Text, Box<dyn std::any::Any + Send + Sync>),
    #[error("too many requests: {}", .0.en)]
    TooMany(Text),
    #[error("unavailable: {}", .0.en)]
    Unavailable(Text),
    #[error("internal: {0}")]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// One message about one field.
    pub fn invalid(field: impl Into<String>, code: &'static str, message: Text) -> Self {
        Self::Invalid(vec![FieldError { field: field.into(), code, message }])
    }

    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// What the user reads.
    pub fn message(&self) -> Text {
        match self {
            Self::NotFound => Text::new("没有找到，或者您没有查看权限。", "Not found, or you may not see it."),
            Self::Unauthenticated => Text::new("请先登录。", "Please sign in."),
            Self::Forbidden(text)
            | Self::Conflict(text)
            | Self::Alike(text, _)
            | Self::NeedsApproval(text, _)
            | Self::TooMany(text)
            | Self::Unavailable(text) => text.clone(),
            Self::Invalid(errors) => Text::new(
                errors.iter().map(|e| e.message.zh.as_ref()).collect::<Vec<_>>().join("；"),
                errors.iter().map(|e| e.message.en.as_ref()).collect::<Vec<_>>().join("; "),
            ),
            Self::Stale { .. } => Text::new(
                "这条记录刚被别人改过。请看一下现在的内容，再决定是否保存。",
                "Somebody changed this record meanwhile. Look at it as it is now, then save again.",
            ),
            Self::Internal(_) => Text::new(
                "系统出错了，已经记录下来。请稍后再试。",
                "Something went wrong and was logged. Please try again later.",
            ),
        }
    }
}
