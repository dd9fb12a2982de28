//! Fields, references followed, related records.

use zhike_db::Sql;
use zhike_model::expr::{Expr, Path, Quantifier, Records, Step, Stored};

use super::Writer;

impl Writer<'_> {
    /// The column that holds a field.
    fn column_of(&self, object: &str, field: &str) -> String {
        self.with
            .model
            .object(object)
            .and_then(|object| object.field(field))
            .map_or_else(|| field.to_owned(), zhike_model::Field::column)
    }

    /// The column that a path reads at its end.
    fn end_of(&self, path: &Path) -> String {
        match path.stored {
            Stored::Currency => format!("{}_currency", path.field),
            _ => self.column_of(&path.object, &path.field),
        }
    }

    /// A condition on a field's bare column that is not true where the column is null.
    ///
    /// Behind references it reads `reference_id IN (SELECT id FROM … WHERE condition)`.
    pub(super) fn leaf(&self, path: &Path, sql: &mut Sql, test: &dyn Fn(&str, &str, &mut Sql)) {
        let alias = self.aliases[path.var].clone();
        let column = self.end_of(path);
        self.leaf_behind(&alias, &path.steps, &column, sql, test);
    }

    fn leaf_behind(
        &self,
        alias: &str,
        steps: &[Step],
        column: &str,
        sql: &mut Sql,
        test: &dyn Fn(&str, &str, &mut Sql),
    ) {
        let Some((step, rest)) = steps.split_first() else {
            test(alias, column, sql);
            return;
        };
        let inner = self.alias();
        sql.column(alias, &self.column_of(&step.object, &step.field)).push(" IN (SELECT ").column(&inner, "id");
        sql.push(" FROM ").name(&step.target).push(" ").push(&inner).push(" WHERE ");
        self.visible(&step.target, &inner, sql);
        self.leaf_behind(&inner, rest, column, sql, test);
        sql.push(")");
    }

    /// The field's bare column, as a scalar: null where a reference on the way is empty.
    pub(super) fn column(&self, path: &Path, sql: &mut Sql) {
        let column = self.end_of(path);
        self.scalar(path.var, &path.steps, &column, sql);
    }

    fn scalar(&self, var: usize, steps: &[Step], column: &str, sql: &mut Sql) {
        let mut alias = self.aliases[var].clone();
        if steps.is_empty() {
            sql.column(&alias, column);
            return;
        }
        let inner: Vec<String> = steps.iter().map(|_| self.alias()).collect();
        sql.push("(SELECT ").column(&inner[inner.len() - 1], column).push(" FROM ");
        for (i, (step, name)) in steps.iter().zip(&inner).enumerate() {
            sql.push(if i == 0 { "" } else { ", " }).name(&step.target).push(" ").push(name);
        }
        sql.push(" WHERE ");
        for (i, (step, name)) in steps.iter().zip(&inner).enumerate() {
            sql.push(if i == 0 { "" } else { " AND " });
            self.visible(&step.target, name, sql);
            sql.column(name, "id").push(" = ").column(&alias, &self.column_of(&step.object, &step.field));
            alias.clone_from(name);
        }
        sql.push(")");
    }

    /// What may be seen of the object and ` AND `, where that is not everything.
    fn visible(&self, object: &str, alias: &str, sql: &mut Sql) {
        let model = self.with.model;
        if let Some(object) = model.object(object)
            && self.with.access.records(model, object, alias, sql)
        {
            sql.push(" AND ");
        }
    }

    /// `EXISTS (…)`, or how many there are.
    pub(super) fn related(
        &mut self,
        quantifier: Quantifier,
        records: &Records,
        condition: Option<&Expr>,
        sql: &mut Sql,
    ) {
        let alias = self.alias();
        sql.push(if quantifier == Quantifier::Any { "EXISTS (SELECT 1 FROM " } else { "(SELECT count(*) FROM " });
        sql.name(&records.target).push(" ").push(&alias).push(" WHERE ");
        sql.column(&alias, &format!("{}_id", records.field)).push(" = ");
        self.scalar(records.var, &records.steps, "id", sql);
        if records.any {
            sql.push(" AND ")
                .column(&alias, &format!("{}_object", records.field))
                .push(" = ")
                .bind(records.object.as_str());
        }
        sql.push(" AND ");
        self.visible(&records.target, &alias, sql);
        sql.column(&alias, "deleted_at").push(" IS NULL");
        if let Some(condition) = condition {
            sql.push(" AND ");
            self.aliases.push(alias);
            self.positive(condition, sql);
            self.aliases.pop();
        }
        sql.push(if quantifier == Quantifier::One { ") = 1" } else { ")" });
    }
}
