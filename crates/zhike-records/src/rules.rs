//! What must hold of every record of an object (`[[rule]]` of a pack).
//!
//! A rule that reads only what people fill in is judged in process, before anything is written. One that reads other records or
//! computed fields is judged by the database, with everything written. Either is asked only about a new record, or when something it
//! reads was changed: a record that was there before the rule can still be changed elsewhere. Imported rows are asked as well, but
//! for rules `by_hand`.

use std::collections::BTreeSet;

use zhike_db::{Sql, Tx};
use zhike_model::{
    FieldKind, Model, Object, Rule,
    expr::{self, Expr, Type},
};
use zhike_types::{Error, FieldError, Result, Uuid, Value};

use crate::{
    approval::AskedRow,
    filter::{Context, LocalRow},
};

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

    /// Asked of many with everything written.
    fn is_of_many(&self) -> bool {
        !self.local && !self.rule.by_hand
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

/// Whether imported rows of the object are asked anything with everything written.
pub(crate) fn asks_many(model: &Model, object: &Object) -> bool {
    Parsed::all(model, object).iter().any(Parsed::is_of_many)
}

/// The same of many that stand in their table: those for which a rule does not hold, each with the first one.
pub(crate) async fn broken_of_many<'a>(
    tx: &mut Tx,
    model: &Model,
    object: &Object,
    context: &Context<'_>,
    rows: impl Iterator<Item = AskedRow<'a>> + Clone,
) -> Result<Vec<(Uuid, FieldError)>> {
    let mut broken: Vec<(Uuid, FieldError)> = Vec::new();
    for parsed in Parsed::all(model, object).iter().filter(|parsed| parsed.is_of_many()) {
        let asked = |(_, before, _, changed): &AskedRow<'_>| {
            parsed.is_asked(object, before.is_some().then_some(changed.as_slice()))
        };
        let ids: Vec<Uuid> = rows.clone().filter(asked).map(|(id, ..)| id).collect();
        for piece in ids.chunks(500) {
            let mut sql = Sql::new("SELECT t.id FROM ");
            sql.name(&object.name).push(" t WHERE t.id IN (").padded(piece).push(") AND ");
            sql.append(&context.condition(model, object, &parsed.rule.holds, "t", tx.dialect())?);
            let well = tx.rows(sql).await?.iter().map(|row| row.must_id(0)).collect::<Result<BTreeSet<Uuid>>>()?;
            let told = |id: &Uuid| broken.iter().any(|(known, _)| known == id);
            let wrong: Vec<Uuid> = piece.iter().copied().filter(|id| !well.contains(id) && !told(id)).collect();
            broken.extend(wrong.into_iter().map(|id| (id, parsed.broken())));
        }
    }
    Ok(broken)
}
