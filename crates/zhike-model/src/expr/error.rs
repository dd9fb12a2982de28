//! What is wrong with an expression, and where.

use zhike_types::Text;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {at}: {}", message.en)]
pub struct ExprError {
    /// The character it begins at, from 1.
    pub at: usize,
    pub message: Text,
    /// It reads a formula whose own type is not known yet: packs try again when it is.
    pub(crate) unsettled: bool,
}

impl ExprError {
    pub(crate) fn new(at: usize, message: Text) -> Self {
        Self { at, message, unsettled: false }
    }
}
