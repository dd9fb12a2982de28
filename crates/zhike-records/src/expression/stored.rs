//! Values as a field's column holds them: the result of a formula.

use zhike_db::Sql;
use zhike_model::{FieldKind, expr::Expr};

use super::Writer;

/// Days and milliseconds of the years 0001 to 9999.
const DAYS: &str = "BETWEEN -719162 AND 2932896";
const MILLIS: &str = "BETWEEN -62135596800000 AND 253402300799999";

impl Writer<'_> {
    pub(super) fn stored(&mut self, expr: &Expr, kind: &FieldKind, sql: &mut Sql) {
        match kind.value_kind() {
            FieldKind::Text { max } => {
                sql.push("substr(");
                self.value(expr, sql);
                sql.push(", 1, ").push(&max.to_string()).push(")");
            }
            FieldKind::Date => self.whole(expr, None, DAYS, sql),
            FieldKind::DateTime => self.whole(expr, None, MILLIS, sql),
            FieldKind::Duration => self.whole(expr, Some((" / ", 1000)), "", sql),
            kind if kind.is_number() => self.whole(expr, Some((" * ", 10_i64.pow(kind.scale()))), "", sql),
            _ => self.value(expr, sql),
        }
    }

    /// Scaled, rounded half away from zero, an integer; null where it would not fit.
    fn whole(&mut self, expr: &Expr, factor: Option<(&str, i64)>, range: &str, sql: &mut Sql) {
        let (scaled, rounded) = (self.alias(), self.alias());
        let fits = if range.is_empty() {
            format!("abs({scaled}.v) < 9000000000000000000.0")
        } else {
            format!("{scaled}.v {range}")
        };
        sql.push(&format!("(SELECT CASE WHEN {rounded}.v IS NOT NULL THEN CAST("));
        self.truncation(&format!("{rounded}.v"), sql);
        sql.push(&format!(
            " AS BIGINT) END FROM (SELECT CASE WHEN {fits} THEN {scaled}.v + CASE WHEN {scaled}.v < 0 THEN "
        ));
        sql.bind(-0.5).push(" ELSE ").bind(0.5).push(" END END AS v FROM (SELECT ");
        self.value(expr, sql);
        if let Some((op, factor)) = factor.filter(|(_, factor)| *factor != 1) {
            sql.push(op);
            self.real(factor, sql);
        }
        sql.push(&format!(" AS v) AS {scaled}) AS {rounded})"));
    }
}
