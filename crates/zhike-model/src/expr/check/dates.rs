//! `date("…")`, `timestamp("…")`, `duration("…")`.

use cel::common::ast::IdedExpr;
use jiff::{Timestamp, civil::Date};
use zhike_types::{Text, days_of, text};

use super::{Checked, Checker};
use crate::expr::{Expr, Literal, Type};

/// A duration literal is at most this long (3,170 years), in milliseconds.
const LONGEST: f64 = 1e14;

impl<'a> Checker<'a> {
    fn quoted(&mut self, node: &'a IdedExpr) -> Checked<String> {
        match self.typed(node, Type::Text)? {
            Expr::Literal(Literal::Text(text)) => Ok(text),
            _ => Err(self.error(node, Text::new("这里要写引号里的固定文字。", "This takes a fixed text in quotes."))),
        }
    }

    pub(super) fn date(&mut self, node: &'a IdedExpr) -> Checked<Expr> {
        let text = self.quoted(node)?;
        match text.parse::<Date>() {
            Ok(date) if (1..=9999).contains(&date.year()) && text.len() == 10 => {
                Ok(Expr::Literal(Literal::Date(days_of(date))))
            }
            _ => Err(self
                .error(node, text!("“{text}”不是日期，请写成 2024-01-31。", "`{text}` is no date: write 2024-01-31."))),
        }
    }

    pub(super) fn timestamp(&mut self, node: &'a IdedExpr) -> Checked<Expr> {
        let text = self.quoted(node)?;
        match text.parse::<Timestamp>() {
            Ok(at) if (-62_135_596_800_000..=253_402_300_799_999).contains(&at.as_millisecond()) => {
                Ok(Expr::Literal(Literal::DateTime(at.as_millisecond())))
            }
            _ => Err(self.error(
                node,
                text!(
                    "“{text}”不是带时区的时间，请写成 2024-01-31T09:00:00+08:00。",
                    "`{text}` is no time with a zone: write 2024-01-31T09:00:00+08:00."
                ),
            )),
        }
    }

    /// CEL's `1h30m`, with `d` for days beside.
    pub(super) fn duration(&mut self, node: &'a IdedExpr) -> Checked<Expr> {
        let text = self.quoted(node)?;
        match duration_millis(&text) {
            Some(millis) => Ok(Expr::Literal(Literal::Duration(millis))),
            None => Err(self.error(
                node,
                text!(
                    "“{text}”不是时长，请写成 720h、1h30m 或 45s；天数可写 days(30)。",
                    "`{text}` is no duration: write 720h, 1h30m or 45s; for days, days(30)."
                ),
            )),
        }
    }

    /// `days(30)`, `hours(2)`, `minutes(15)`
    pub(super) fn units(&mut self, node: &'a IdedExpr, unit: i64) -> Checked<Expr> {
        match self.typed(node, Type::Number)? {
            Expr::Literal(Literal::Number(number))
                if number.fract() == 0.0 && number.abs() * unit as f64 <= LONGEST =>
            {
                Ok(Expr::Literal(Literal::Duration(number as i64 * unit)))
            }
            _ => Err(self.error(
                node,
                Text::new("这里要写一个整数，如 days(30)。", "This takes a whole number, such as days(30)."),
            )),
        }
    }
}

fn duration_millis(text: &str) -> Option<i64> {
    let (negative, mut rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let mut total = 0.0_f64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|&end| end > 0)?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let unit = match &rest[..end] {
            "d" => 86_400_000.0,
            "h" => 3_600_000.0,
            "m" => 60_000.0,
            "s" => 1000.0,
            "ms" => 1.0,
            _ => return None,
        };
        total += number * unit;
        rest = &rest[end..];
    }
    (total.fract() == 0.0 && total <= LONGEST).then_some(if negative { -(total as i64) } else { total as i64 })
}
