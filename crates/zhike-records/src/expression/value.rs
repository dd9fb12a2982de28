//! Values: doubles, texts, truth values, ids.

use zhike_db::{Dialect, Sql};
use zhike_model::expr::{Arithmetic, Datum, DurationUnit, Expr, Path, Quantifier, Stored, Type, constant};

use super::{
    Writer,
    condition::{sql_type, value_arg},
};

const DAY: i64 = 86_400_000;

impl Writer<'_> {
    /// The value, null where it has none.
    pub(super) fn value(&mut self, expr: &Expr, sql: &mut Sql) {
        if expr.is_constant() {
            match constant(expr, self.with.scope) {
                Datum::Null | Datum::Keys(_) => {
                    sql.push("CAST(NULL AS ").push(sql_type(self.with.dialect, expr.ty())).push(")");
                }
                datum => {
                    sql.bind(value_arg(&datum));
                }
            }
            return;
        }
        match expr {
            Expr::Field(path) => self.field(path, sql),
            Expr::Arithmetic(op, a, b) => self.arithmetic(*op, a, b, sql),
            Expr::Negate(a) => {
                sql.push("(- ");
                self.value(a, sql);
                sql.push(")");
            }
            Expr::Abs(a) => {
                sql.push("abs(");
                self.value(a, sql);
                sql.push(")");
            }
            Expr::Round(a) => self.round(a, sql),
            Expr::Least(all) => self.extreme(self.with.dialect.least(), all, sql),
            Expr::Greatest(all) => self.extreme(self.with.dialect.greatest(), all, sql),
            Expr::Concat(parts) => {
                sql.push("(");
                for (i, part) in parts.iter().enumerate() {
                    sql.push(if i == 0 { "" } else { " || " });
                    self.value(part, sql);
                }
                sql.push(")");
            }
            Expr::Length(a) => {
                sql.push("CAST(length(");
                self.value(a, sql);
                self.close_real(sql.push(")"));
            }
            Expr::KeyCount(path) => self.key_count(path, sql),
            Expr::Shift { at, by, back } => {
                sql.push("(");
                self.value(at, sql);
                sql.push(if *back { " - " } else { " + " });
                self.value(by, sql);
                if at.ty() == Type::Date {
                    sql.push(" / ");
                    self.real(DAY, sql);
                }
                sql.push(")");
            }
            Expr::Between(a, b) if a.ty() == Type::Date => {
                sql.push("(");
                self.infix(a, " - ", b, sql);
                sql.push(" * ");
                self.real(DAY, sql);
                sql.push(")");
            }
            Expr::Between(a, b) => self.infix(a, " - ", b, sql),
            Expr::AddDuration { left, right, back } => self.infix(left, if *back { " - " } else { " + " }, right, sql),
            Expr::StartOfDay(a) => {
                sql.push("(");
                self.value(a, sql);
                sql.push(" * ");
                self.real(DAY, sql);
                sql.push(" - ");
                self.real(self.with.scope.offset * 1000, sql);
                sql.push(")");
            }
            Expr::Part(part, a) => self.date_part(*part, a, sql),
            Expr::InUnits(unit, a) => {
                let millis = match unit {
                    DurationUnit::Days => DAY,
                    DurationUnit::Hours => 3_600_000,
                    DurationUnit::Minutes => 60_000,
                    DurationUnit::Seconds => 1000,
                };
                let inner = self.alias();
                self.truncated(&inner, sql, |writer, sql| {
                    writer.value(a, sql);
                    sql.push(" / ");
                    writer.real(millis, sql);
                    sql.push(" AS v");
                });
            }
            Expr::If { condition, then, otherwise } => {
                sql.push("(CASE WHEN ");
                self.positive(condition, sql);
                sql.push(" THEN ");
                self.value(then, sql);
                sql.push(" ELSE ");
                self.value(otherwise, sql);
                sql.push(" END)");
            }
            Expr::Related { quantifier: Quantifier::Count, records, condition } => {
                sql.push("CAST(");
                self.related(Quantifier::Count, records, condition.as_deref(), sql);
                self.close_real(sql);
            }
            condition => {
                sql.push("(");
                self.exact(condition, sql);
                sql.push(")");
            }
        }
    }

    /// ` AS DOUBLE PRECISION)`
    pub(super) fn close_real(&self, sql: &mut Sql) {
        sql.push(" AS ").push(self.with.dialect.real()).push(")");
    }

    /// A whole number as a double.
    pub(super) fn real(&self, number: i64, sql: &mut Sql) {
        self.close_real(sql.push("CAST(").push(&number.to_string()));
    }

    fn infix(&mut self, a: &Expr, between: &str, b: &Expr, sql: &mut Sql) {
        sql.push("(");
        self.value(a, sql);
        sql.push(between);
        self.value(b, sql);
        sql.push(")");
    }

    fn field(&self, path: &Path, sql: &mut Sql) {
        let factor = match path.stored {
            Stored::Number { scale } => Some((" / ", 10_i64.pow(scale))),
            Stored::Duration => Some((" * ", 1000)),
            Stored::Date | Stored::DateTime => Some((" / ", 1)),
            Stored::Bool | Stored::Text | Stored::Id | Stored::Keys | Stored::Currency => None,
        };
        let Some((op, factor)) = factor else {
            self.column(path, sql);
            return;
        };
        sql.push(if factor == 1 { "CAST(" } else { "(CAST(" });
        self.column(path, sql);
        self.close_real(sql);
        if factor != 1 {
            sql.push(op);
            self.real(factor, sql);
            sql.push(")");
        }
    }

    fn arithmetic(&mut self, op: Arithmetic, a: &Expr, b: &Expr, sql: &mut Sql) {
        match op {
            Arithmetic::Add => self.infix(a, " + ", b, sql),
            Arithmetic::Subtract => self.infix(a, " - ", b, sql),
            Arithmetic::Multiply => self.infix(a, " * ", b, sql),
            Arithmetic::Divide => {
                sql.push("(");
                self.value(a, sql);
                sql.push(" / NULLIF(");
                self.value(b, sql);
                sql.push(", 0))");
            }
            // a - b * trunc(a / b), each operand written once
            Arithmetic::Remainder => {
                let (pair, quotient) = (self.alias(), self.alias());
                sql.push("(SELECT ").push(&quotient).push(".a - ").push(&quotient).push(".b * ");
                self.truncation(&format!("{quotient}.q"), sql);
                sql.push(" FROM (SELECT ");
                sql.push(&format!("{pair}.a AS a, {pair}.b AS b, {pair}.a / {pair}.b AS q FROM (SELECT "));
                self.value(a, sql);
                sql.push(" AS a, NULLIF(");
                self.value(b, sql);
                sql.push(&format!(", 0) AS b) AS {pair}) AS {quotient})"));
            }
        }
    }

    /// `trunc(x ± 0.5)`, the operand written once.
    fn round(&mut self, a: &Expr, sql: &mut Sql) {
        let (value, moved) = (self.alias(), self.alias());
        self.truncated(&moved, sql, |writer, sql| {
            sql.push(&format!("{value}.v + CASE WHEN {value}.v < 0 THEN "));
            sql.bind(-0.5).push(" ELSE ").bind(0.5).push(" END AS v FROM (SELECT ");
            writer.value(a, sql);
            sql.push(" AS v) AS ").push(&value);
        });
    }

    /// `(SELECT trunc(alias.v) FROM (SELECT …) AS alias)`: what `value` writes names its column `v`.
    fn truncated(&mut self, alias: &str, sql: &mut Sql, value: impl FnOnce(&mut Self, &mut Sql)) {
        sql.push("(SELECT ");
        self.truncation(&format!("{alias}.v"), sql);
        sql.push(" FROM (SELECT ");
        value(self, sql);
        sql.push(") AS ").push(alias).push(")");
    }

    /// Towards zero; SQLite is built without a mathematical `trunc`.
    pub(super) fn truncation(&self, column: &str, sql: &mut Sql) {
        match self.with.dialect {
            Dialect::Postgres => sql.push("trunc(").push(column).push(")"),
            Dialect::Sqlite => sql.push(&format!(
                "CASE WHEN abs({column}) < 9007199254740992.0 THEN CAST(CAST({column} AS INTEGER) AS REAL) ELSE {column} END"
            )),
        };
    }

    /// PostgreSQL's `least` passes over nulls: here one null makes all null.
    fn extreme(&mut self, function: &str, all: &[Expr], sql: &mut Sql) {
        let alias = self.alias();
        let columns: Vec<String> = (0..all.len()).map(|i| format!("{alias}.v{i}")).collect();
        sql.push("(SELECT ").push(function).push("(").push(&columns.join(", ")).push(") FROM (SELECT ");
        for (i, one) in all.iter().enumerate() {
            sql.push(if i == 0 { "" } else { ", " });
            self.value(one, sql);
            sql.push(&format!(" AS v{i}"));
        }
        sql.push(") AS ").push(&alias).push(" WHERE ");
        sql.push(&columns.iter().map(|column| format!("{column} IS NOT NULL")).collect::<Vec<_>>().join(" AND "));
        sql.push(")");
    }

    /// Bars less one: `|a|b|` holds two.
    fn key_count(&self, path: &Path, sql: &mut Sql) {
        sql.push("CAST(length(COALESCE(");
        self.column(path, sql);
        sql.push(", '|')) - length(replace(COALESCE(");
        self.column(path, sql);
        sql.push(", '|'), '|', '')) - 1");
        self.close_real(sql);
    }
}
