//! What must hold of every record of an object (`[[rule]]` of a pack).
//!
//! A rule that reads only what people fill in is judged in process, before anything is written: imported rows are, too. One that
//! reads other records or computed fields is judged by the database, with everything written. Either is asked only about a new
//! record, or when something it reads was changed: a record that was there before the rule can still be changed elsewhere.

use std::collections::BTreeSet;

use zhike_db::{Sql, Tx};
use zhike_model::{
    FieldKind, Model, Object, Rule,
    expr::{self, Expr, Type},
};
use zhike_types::{Error, FieldError, Result, Uuid, Value};

use crate::filter::{Context, LocalRow};

/// A rule ready to be asked.
struct Parsed<'m> {
    rule: &'m Rule,
    expr: Expr,
    /// The record's own fields that it begins with.
    reads: BTreeSet<String>,
    local: bool,
}

impl<'m> Parsed<'m> {
    fn all(model: &Model, object: &'m Object) -> Vec<Self> {
        object
            .rules
            .iter()
            .filter_map(|rule| {
                let expr = expr::parse(model, &object.name, &rule.holds, Some(Type::Bool)).ok()?;
                let needs = expr::needs(&expr);
                let computed = |name: &String| {
                    let kind = object.field(name).map(|field| &field.kind);
                    matches!(kind, Some(FieldKind::Formula { .. } | FieldKind::Rollup { .. }))
                };
                let local = needs.is_local() && !needs.fields.iter().any(computed);
                let reads = needs.fields.iter().chain(needs.follow.keys()).cloned().collect();
                Some(Self { rule, expr, reads, local })
            })
            .collect()
    }

    fn is_asked(&self, object: &Object, changed: Option<&[usize]>) -> bool {
        changed.is_none_or(|changed| changed.iter().any(|&i| self.reads.contains(&object.fields[i].name)))
    }

    fn broken(&self) -> FieldError {
        FieldError { field: self.rule.field.clone(), code: "rule", message: self.rule.message.clone() }
    }
}

/// The rules that can be judged by the values alone. `changed`: fields that differ; none for a new record.
pub(crate) fn check_values(
    model: &Model,
    object: &Object,
    context: &Context<'_>,
    values: &[Value],
    changed: Option<&[usize]>,
    errors: &mut Vec<FieldError>,
) {
    if object.rules.is_empty() {
        return;
    }
    let row = LocalRow { object, values, id: Uuid::nil() };
    for parsed in Parsed::all(model, object) {
        // a field that is wrong already says enough
        let told = errors.iter().any(|error| error.field == parsed.rule.field);
        if parsed.local && !told && parsed.is_asked(object, changed) && !context.holds(&parsed.expr, &row) {
            errors.push(parsed.broken());
        }
    }
}

/// The other rules, of a record that stands in its table.
pub(crate) async fn check_written(
    tx: &mut Tx,
    model: &Model,
    object: &Object,
    context: &Context<'_>,
    id: Uuid,
    changed: Option<&[usize]>,
) -> Result<()> {
    for parsed in Parsed::all(model, object) {
        if parsed.local || !parsed.is_asked(object, changed) {
            continue;
        }
        let mut sql = Sql::new("SELECT 1 FROM ");
        sql.name(&object.name).push(" t WHERE t.id = ").bind(id).push(" AND ");
        sql.append(&context.condition(model, object, &parsed.rule.holds, "t", tx.dialect())?);
        if tx.row(sql).await?.is_none() {
            return Err(Error::Invalid(vec![parsed.broken()]));
        }
    }
    Ok(())
}
