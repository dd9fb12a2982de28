//! The expression language: CEL, typed against an [`Object`](crate::Object), so that filters, formulas, conditions and gates mean
//! the same in SQL and in process. `docs/expressions.md` is the reference for people.
//!
//! An expression is [`parse`]d once into an [`Expr`], whose every node has a type. [`eval`] answers for a record in hand;
//! `zhike-records` translates the same tree to SQL. Both are *total*: a checked expression never fails, whatever the record
//! holds. What that takes is decided here, once:
//!
//! - Logic has two values. A comparison or a text test with a null operand is false, a null boolean counts as false.
//! - `==` and `!=` are null-safe: `null == null` holds, `x != "a"` holds where `x` is null. `x in [...]` is false for null unless
//!   the list holds null.
//! - Arithmetic is IEEE 754 double; a null operand or division by zero gives null. The magnitudes an expression can reach
//!   are bounded when it is checked ([`LIMITS`]), so that no database ever overflows.
//! - A stored number compared with something that reads no field is compared exactly, on the stored integer ([`stored_bound`]).
//! - Dates are days, datetimes and durations milliseconds; a date compared with a datetime is the start of its day
//!   in [`Scope::offset`].
//! - Following an empty reference gives null; a relation holds the live records only.

mod bounds;
mod calendar;
mod check;
mod error;
mod eval;
mod needs;
mod print;
mod row;
mod scan;
mod stored;
mod syntax;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod tree;

pub use self::{
    bounds::{LIMITS, Limits},
    check::{parse, parse_condition},
    error::ExprError,
    eval::{Datum, Scope, constant, eval, holds, store},
    needs::{Needs, needs},
    print::print,
    row::{Record, Row},
    stored::{Bound, date_bound, next_prefix, scaled_literal, stored_bound, stored_equal},
    tree::{
        Arithmetic, Constant, DatePart, DurationUnit, Expr, Literal, Order, Path, Quantifier, Records, Step, Stored,
        TextTest, Type,
    },
};
