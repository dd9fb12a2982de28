//! Conditions.

use zhike_db::{Arg, Dialect, Sql};
use zhike_model::expr::{
    Bound, Datum, Expr, Order, Path, Quantifier, Stored, TextTest, Type, constant, date_bound, next_prefix,
    stored_equal,
};

use super::Writer;

impl Writer<'_> {
    /// A condition where null is as good as false.
    pub(super) fn positive(&mut self, expr: &Expr, sql: &mut Sql) {
        if expr.is_constant() {
            let holds = constant(expr, self.with.scope) == Datum::Bool(true);
            sql.push(if holds { "TRUE" } else { "FALSE" });
            return;
        }
        match expr {
            Expr::And(all) => self.chain(all, " AND ", sql),
            Expr::Or(all) => self.chain(all, " OR ", sql),
            Expr::Not(inner) => self.not(inner, sql),
            Expr::IsNull(inner) => self.is_null(inner, sql),
            Expr::Field(path) => self.leaf(path, sql, &|alias, column, sql| {
                sql.column(alias, column).push(" = TRUE");
            }),
            Expr::Equal(a, b) => self.equal(a, b, sql),
            Expr::EqualStored(path, b) => match (constant(b, self.with.scope), path.stored) {
                (Datum::Number(number), Stored::Number { scale }) => match stored_equal(number, scale) {
                    Some(stored) => self.test(path, " = ", &Arg::from(stored), sql),
                    None => nothing(sql),
                },
                _ => self.column_is_null(path, sql),
            },
            Expr::Compare(order, a, b) => self.compare(*order, a, b, sql),
            Expr::CompareStored(order, path, b) => {
                match self.with.scope.bound(*order, path.stored, &constant(b, self.with.scope), b.ty()) {
                    Some(bound) => self.bound(path, bound, sql),
                    None => nothing(sql),
                }
            }
            Expr::In { item, list, null } => self.is_in(item, list, *null, sql),
            Expr::Holds { keys, key } => {
                let position = self.with.dialect.position();
                self.leaf(keys, sql, &|alias, column, sql| {
                    sql.push(position)
                        .push("(")
                        .column(alias, column)
                        .push(", ")
                        .bind(format!("|{key}|"))
                        .push(") > 0");
                });
            }
            Expr::Text { test, text, part } => match constant(part, self.with.scope) {
                Datum::Text(part) => self.text(*test, text, &part, sql),
                _ => nothing(sql),
            },
            Expr::Related { quantifier, records, condition } => {
                self.related(*quantifier, records, condition.as_deref(), sql);
            }
            // A conditional, or a value that is no condition by itself.
            other => self.value(other, sql),
        }
    }

    /// A condition that is never null.
    pub(super) fn exact(&mut self, expr: &Expr, sql: &mut Sql) {
        let never_null = expr.is_constant()
            || matches!(
                expr,
                Expr::Not(_) | Expr::IsNull(_) | Expr::Related { quantifier: Quantifier::Any | Quantifier::One, .. }
            );
        if never_null {
            self.positive(expr, sql);
        } else {
            sql.push("COALESCE(");
            self.positive(expr, sql);
            sql.push(", FALSE)");
        }
    }

    fn not(&mut self, inner: &Expr, sql: &mut Sql) {
        match inner {
            Expr::IsNull(field) => match &**field {
                Expr::Field(path) if path.steps.is_empty() && path.stored != Stored::Keys => {
                    self.column(path, sql);
                    sql.push(" IS NOT NULL");
                }
                _ => {
                    sql.push("NOT ");
                    self.is_null(field, sql);
                }
            },
            Expr::Field(path) if path.steps.is_empty() => {
                sql.push("(");
                self.column(path, sql);
                sql.push(" = FALSE OR ");
                self.column(path, sql);
                sql.push(" IS NULL)");
            }
            inner => {
                sql.push("NOT ");
                self.exact(inner, sql);
            }
        }
    }

    fn chain(&mut self, all: &[Expr], between: &str, sql: &mut Sql) {
        sql.push("(");
        for (i, one) in all.iter().enumerate() {
            if i > 0 {
                sql.push(between);
            }
            self.positive(one, sql);
        }
        sql.push(")");
    }

    /// In brackets where it is more than one test, so that NOT can stand before it.
    fn is_null(&mut self, inner: &Expr, sql: &mut Sql) {
        match inner {
            Expr::Field(path) if path.stored == Stored::Keys => {
                sql.push("(COALESCE(");
                self.column(path, sql);
                sql.push(", '|') = '|')");
            }
            Expr::Field(path) => self.column_is_null(path, sql),
            inner => {
                sql.push("(");
                self.value(inner, sql);
                sql.push(" IS NULL)");
            }
        }
    }

    fn column_is_null(&self, path: &Path, sql: &mut Sql) {
        sql.push("(");
        self.column(path, sql);
        sql.push(" IS NULL)");
    }

    /// `column op $n`
    fn test(&self, path: &Path, op: &str, arg: &Arg, sql: &mut Sql) {
        self.leaf(path, sql, &|alias, column, sql| {
            sql.column(alias, column).push(op).bind(arg.clone());
        });
    }

    fn bound(&self, path: &Path, bound: Bound, sql: &mut Sql) {
        match bound {
            Bound::Is(order, bound) => self.test(path, &format!(" {} ", order.symbol()), &Arg::from(bound), sql),
            Bound::Always => self.leaf(path, sql, &|alias, column, sql| {
                sql.column(alias, column).push(" IS NOT NULL");
            }),
            Bound::Never => nothing(sql),
        }
    }

    fn equal(&mut self, a: &Expr, b: &Expr, sql: &mut Sql) {
        let (side, fixed) = match (a.is_constant(), b.is_constant()) {
            (_, true) => (a, b),
            (true, false) => (b, a),
            (false, false) => {
                sql.push("(");
                self.value(a, sql);
                sql.push(" IS NOT DISTINCT FROM ");
                self.value(b, sql);
                sql.push(")");
                return;
            }
        };
        let datum = constant(fixed, self.with.scope);
        match side {
            _ if datum.is_null() => self.is_null(side, sql),
            Expr::Field(path) => match column_arg(path.stored, &datum) {
                Some(arg) => self.test(path, " = ", &arg, sql),
                None => self.plain_equal(side, fixed, sql),
            },
            Expr::StartOfDay(day) => match (&**day, &datum) {
                // A date equals a moment only where a day begins then.
                (Expr::Field(path), Datum::Number(instant)) => {
                    let at_least = date_bound(Order::GreaterEqual, *instant, self.with.scope.offset);
                    match at_least {
                        Bound::Is(Order::GreaterEqual, day) => self.test(path, " = ", &Arg::from(day), sql),
                        _ => nothing(sql),
                    }
                }
                _ => self.plain_equal(side, fixed, sql),
            },
            _ => self.plain_equal(side, fixed, sql),
        }
    }

    fn plain_equal(&mut self, a: &Expr, b: &Expr, sql: &mut Sql) {
        sql.push("(");
        self.value(a, sql);
        sql.push(" = ");
        self.value(b, sql);
        sql.push(")");
    }

    fn compare(&mut self, order: Order, a: &Expr, b: &Expr, sql: &mut Sql) {
        for (side, fixed, order) in [(a, b, order), (b, a, order.flip())] {
            if let (Expr::Field(path @ Path { stored: Stored::Text | Stored::Currency, .. }), true) =
                (side, fixed.is_constant())
            {
                match constant(fixed, self.with.scope) {
                    Datum::Text(text) => self.test(path, &format!(" {} ", order.symbol()), &Arg::from(text), sql),
                    _ => nothing(sql),
                }
                return;
            }
        }
        // By code point also where no column brings its collation along.
        let collation = match (self.with.dialect, a.ty()) {
            (Dialect::Postgres, Type::Text) => " COLLATE \"C\"",
            _ => "",
        };
        sql.push("(");
        self.value(a, sql);
        sql.push(collation).push(" ").push(order.symbol()).push(" ");
        self.value(b, sql);
        sql.push(")");
    }

    fn is_in(&mut self, item: &Expr, list: &[Expr], null: bool, sql: &mut Sql) {
        let data: Vec<Datum> =
            list.iter().map(|one| constant(one, self.with.scope)).filter(|datum| !datum.is_null()).collect();
        if null {
            sql.push("(");
        }
        match item {
            Expr::Field(path) if path.stored != Stored::Duration => {
                let args: Vec<Arg> = data.iter().filter_map(|datum| column_arg(path.stored, datum)).collect();
                let keys: Vec<&str> = data.iter().filter_map(key_of).collect();
                if args.is_empty() {
                    nothing(sql);
                } else if keys.len() == data.len() {
                    self.leaf(path, sql, &|alias, column, sql| {
                        sql.column(alias, column).push(" IN (").keys(&keys).push(")");
                    });
                } else {
                    self.leaf(path, sql, &|alias, column, sql| {
                        sql.column(alias, column).push(" IN (").list(args.iter().cloned()).push(")");
                    });
                }
            }
            _ if data.is_empty() => nothing(sql),
            _ => {
                self.value(item, sql);
                sql.push(" IN (").list(data.iter().map(value_arg)).push(")");
            }
        }
        if null {
            sql.push(" OR ");
            self.is_null(item, sql);
            sql.push(")");
        }
    }

    fn text(&mut self, test: TextTest, operand: &Expr, part: &str, sql: &mut Sql) {
        if part.is_empty() {
            sql.push("NOT ");
            self.is_null(operand, sql);
            return;
        }
        let length = part.chars().count().to_string();
        let dialect = self.with.dialect;
        if let Expr::Field(path) = operand {
            self.leaf(path, sql, &|alias, column, sql| match (test, next_prefix(part)) {
                (TextTest::StartsWith, Some(end)) => {
                    sql.push("(")
                        .column(alias, column)
                        .push(" >= ")
                        .bind(part)
                        .push(" AND ")
                        .column(alias, column)
                        .push(" < ")
                        .bind(end)
                        .push(")");
                }
                _ => text_test(
                    test,
                    dialect,
                    &length,
                    part,
                    &mut |sql| {
                        sql.column(alias, column);
                    },
                    sql,
                ),
            });
            return;
        }
        text_test(test, dialect, &length, part, &mut |sql| self.value(operand, sql), sql);
    }
}

fn text_test(
    test: TextTest,
    dialect: Dialect,
    length: &str,
    part: &str,
    operand: &mut dyn FnMut(&mut Sql),
    sql: &mut Sql,
) {
    let open = match (test, dialect) {
        (TextTest::Contains, dialect) => dialect.position(),
        (TextTest::EndsWith, Dialect::Postgres) => "right",
        _ => "substr",
    };
    sql.push(open).push("(");
    operand(sql);
    match (test, dialect) {
        (TextTest::Contains, _) => sql.push(", ").bind(part).push(") > 0"),
        (TextTest::StartsWith, _) => sql.push(", 1, ").push(length).push(") = ").bind(part),
        (TextTest::EndsWith, Dialect::Postgres) => sql.push(", ").push(length).push(") = ").bind(part),
        (TextTest::EndsWith, Dialect::Sqlite) => sql.push(", -").push(length).push(") = ").bind(part),
    };
}

fn key_of(datum: &Datum) -> Option<&str> {
    match datum {
        Datum::Text(text) if zhike_db::is_key(text) => Some(text),
        _ => None,
    }
}

fn nothing(sql: &mut Sql) {
    sql.push("FALSE");
}

/// A value as the field's column holds it; none when the column cannot hold it (no row equals it), or for durations, whose
/// column counts seconds.
fn column_arg(stored: Stored, datum: &Datum) -> Option<Arg> {
    match (stored, datum) {
        (Stored::Number { scale }, Datum::Number(number)) => stored_equal(*number, scale).map(Arg::from),
        (Stored::Date | Stored::DateTime, Datum::Number(number)) => Some(Arg::from(*number as i64)),
        (Stored::Bool, Datum::Bool(flag)) => Some(Arg::from(*flag)),
        (Stored::Text | Stored::Currency, Datum::Text(text)) => Some(Arg::from(text)),
        (Stored::Id, Datum::Id(id)) => Some(Arg::from(*id)),
        _ => None,
    }
}

/// A value as [`Writer::value`] gives it.
pub(super) fn value_arg(datum: &Datum) -> Arg {
    match datum {
        Datum::Bool(flag) => Arg::from(*flag),
        Datum::Number(number) => Arg::from(*number),
        Datum::Text(text) => Arg::from(text),
        Datum::Id(id) => Arg::from(*id),
        Datum::Null | Datum::Keys(_) => Arg::Text(None),
    }
}

/// The SQL type of a typed null.
pub(super) fn sql_type(dialect: Dialect, ty: Type) -> &'static str {
    match ty {
        Type::Bool => "BOOLEAN",
        Type::Text | Type::Keys => "TEXT",
        Type::Id if dialect == Dialect::Postgres => "UUID",
        Type::Id => "BLOB",
        Type::Number | Type::Date | Type::DateTime | Type::Duration => dialect.real(),
    }
}
