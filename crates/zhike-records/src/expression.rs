//! Expressions as SQL: the same tree that `zhike_model::expr::eval` answers in process, as a condition of a statement.
//!
//! Where a condition stands positively, null and false are the same to a WHERE, so plain comparisons that an index can serve are
//! written (`owner_id = $1`); under a negation or as a value they are made two-valued. A field behind references becomes
//! `reference IN (SELECT id …)`, which both databases can turn round. What reads no field is worked out here and bound.

mod calendar;
mod condition;
mod path;
mod readable;
mod stored;
#[cfg(test)]
mod tests;
mod value;

use std::cell::Cell;

use zhike_db::{Dialect, Sql};
use zhike_model::{
    Field, FieldKind, Model, Object,
    expr::{Expr, Scope},
};
use zhike_types::Result;

/// What a translation needs to know beside the expression.
pub(crate) struct Translation<'a> {
    pub model: &'a Model,
    pub dialect: Dialect,
    pub scope: &'a Scope,
    pub access: &'a dyn Access,
}

/// What the one who asks may see.
pub(crate) trait Access {
    /// Writes the condition that the object's record of this alias may be seen, and says whether it wrote one. Records
    /// behind references and relations that may not be seen do not exist for the expression.
    fn records(&self, model: &Model, object: &Object, alias: &str, sql: &mut Sql) -> bool;

    /// An error when the field may not be read as it is: a hidden or masked field cannot be asked about, the answer would tell it.
    fn field(&self, object: &Object, field: &Field) -> Result<()>;
}

/// Writes the expression as one condition over the record of `alias`. Where it does not hold it may be null: it stands in a
/// WHERE, not under a NOT.
pub(crate) fn condition(with: &Translation<'_>, expr: &Expr, alias: &str, sql: &mut Sql) -> Result<()> {
    with.check_readable(expr)?;
    Writer::new(with, alias).positive(expr, sql);
    Ok(())
}

/// Writes the expression's value over the record of `alias` as the main column of a field of that kind holds it: what
/// [`zhike_model::expr::store`] gives in process.
pub(crate) fn stored_value(
    with: &Translation<'_>,
    expr: &Expr,
    kind: &FieldKind,
    alias: &str,
    sql: &mut Sql,
) -> Result<()> {
    with.check_readable(expr)?;
    Writer::new(with, alias).stored(expr, kind, sql);
    Ok(())
}

/// One translation under way.
struct Writer<'a> {
    with: &'a Translation<'a>,
    /// The aliases of the record itself and of the relations' variables around.
    aliases: Vec<String>,
    /// Aliases made up so far.
    made: Cell<usize>,
}

impl<'a> Writer<'a> {
    fn new(with: &'a Translation<'a>, alias: &str) -> Self {
        Self { with, aliases: vec![alias.to_owned()], made: Cell::new(0) }
    }

    /// An alias no other part of the statement uses.
    fn alias(&self) -> String {
        self.made.set(self.made.get() + 1);
        format!("x{}", self.made.get())
    }
}
