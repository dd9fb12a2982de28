//! Expressions as SQL. (Interface by the lead, used by `filter.rs`; bodies by whoever translates: see `expression/sql.rs`.)

use zhike_db::{Dialect, Sql};
use zhike_model::{Field, FieldKind, Model, Object, expr};
use zhike_types::Result;

/// What a translation needs to know.
pub(crate) struct Translation<'a> {
    pub model: &'a Model,
    pub dialect: Dialect,
    pub scope: &'a expr::Scope,
    pub access: &'a dyn Access,
}

/// What the actor may see through an expression.
pub(crate) trait Access: Sync {
    /// Writes a condition that bounds records of the object reached by reference or relation; false (nothing written) when
    /// all may be seen.
    fn records(&self, model: &Model, object: &Object, alias: &str, sql: &mut Sql) -> bool;
    /// Refuses a field that the actor may not ask about.
    fn field(&self, object: &Object, field: &Field) -> Result<()>;
}

/// Writes a condition (type Bool) in a positive position: plain, so that indexes serve it; null counts as false.
pub(crate) fn condition(translation: &Translation<'_>, parsed: &expr::Expr, alias: &str, sql: &mut Sql) -> Result<()> {
    let _ = (translation.model, translation.dialect, translation.scope, parsed, alias, sql);
    let _ = |object: &Object, field: &Field, sql: &mut Sql| (translation.access.field(object, field), translation.access.records(translation.model, object, "x", sql));
    todo!("translation")
}

/// Writes an expression's value as it is stored in a field of this kind (see [`expr::store`]).
pub(crate) fn stored_value(translation: &Translation<'_>, parsed: &expr::Expr, kind: &FieldKind, alias: &str, sql: &mut Sql) -> Result<()> {
    let _ = (translation.model, parsed, kind, alias, sql);
    todo!("translation")
}
