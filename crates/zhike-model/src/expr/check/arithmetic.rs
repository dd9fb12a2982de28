//! `+ - * / %` over numbers, texts, dates and durations.

use cel::common::ast::{IdedExpr, operators};
use zhike_types::{Text, text};

use super::{Checked, Checker, type_name};
use crate::expr::{Arithmetic, Expr, Literal, Type};

const DAY: i64 = 86_400_000;

impl<'a> Checker<'a> {
    pub(super) fn arithmetic(
        &mut self,
        node: &'a IdedExpr,
        operator: &str,
        left: &'a IdedExpr,
        right: &'a IdedExpr,
    ) -> Checked<Expr> {
        let (Some(a), Some(b)) = (self.operand(left)?, self.operand(right)?) else {
            return Err(self.error(node, Text::new("不能用 null 计算。", "Null cannot be calculated with.")));
        };
        let op = match operator {
            operators::ADD => Arithmetic::Add,
            operators::SUBSTRACT => Arithmetic::Subtract,
            operators::MULTIPLY => Arithmetic::Multiply,
            operators::DIVIDE => Arithmetic::Divide,
            _ => Arithmetic::Remainder,
        };
        let back = op == Arithmetic::Subtract;
        let adds = matches!(op, Arithmetic::Add | Arithmetic::Subtract);
        Ok(match (a.ty(), b.ty()) {
            (Type::Number, Type::Number) => Expr::Arithmetic(op, Box::new(a), Box::new(b)),
            (Type::Text, Type::Text) if op == Arithmetic::Add => concat(a, b),
            (Type::Date | Type::DateTime, Type::Duration) if adds => shift(a, b, back),
            (Type::Duration, Type::Date | Type::DateTime) if op == Arithmetic::Add => shift(b, a, false),
            (Type::Duration, Type::Duration) if adds => add_durations(a, b, back),
            (Type::Date, Type::Date) | (Type::DateTime, Type::DateTime) if back => {
                Expr::Between(Box::new(a), Box::new(b))
            }
            (Type::Date, Type::DateTime) if back => Expr::Between(Box::new(Expr::StartOfDay(Box::new(a))), Box::new(b)),
            (Type::DateTime, Type::Date) if back => Expr::Between(Box::new(a), Box::new(Expr::StartOfDay(Box::new(b)))),
            (Type::Date | Type::DateTime, Type::Number) if adds => {
                return Err(self.error(
                    right,
                    Text::new(
                        "日期加减天数请写 days(30)，加减小时请写 hours(2)。",
                        "To move a date, write days(30) or hours(2).",
                    ),
                ));
            }
            (x, y) => {
                let ((a_zh, a_en), (b_zh, b_en)) = (type_name(x), type_name(y));
                let symbol = operator.trim_matches('_');
                return Err(self.error(
                    node,
                    text!("{a_zh}和{b_zh}不能用 {symbol} 计算。", "{symbol} does not work on {a_en} and {b_en}."),
                ));
            }
        })
    }

    pub(super) fn negate(&mut self, operand: &'a IdedExpr) -> Checked<Expr> {
        let value = self.value(operand)?;
        match (value, operand) {
            (Expr::Literal(Literal::Number(number)), _) => Ok(Expr::Literal(Literal::Number(0.0 - number))),
            (Expr::Literal(Literal::Duration(millis)), _) => Ok(Expr::Literal(Literal::Duration(-millis))),
            (value, _) if value.ty() == Type::Duration => {
                Ok(add_durations(Expr::Literal(Literal::Duration(0)), value, true))
            }
            (value, node) => Ok(Expr::Negate(Box::new(self.fit(node, value, Type::Number)?))),
        }
    }
}

fn concat(a: Expr, b: Expr) -> Expr {
    let mut parts = Vec::new();
    for side in [a, b] {
        match side {
            Expr::Concat(more) => parts.extend(more),
            other => parts.push(other),
        }
    }
    Expr::Concat(parts)
}

/// A date moved by whole days stays a date; by anything else it becomes a moment.
fn shift(at: Expr, by: Expr, back: bool) -> Expr {
    let whole_days = matches!(by, Expr::Literal(Literal::Duration(millis)) if millis % DAY == 0);
    let at = if at.ty() == Type::Date && !whole_days { Expr::StartOfDay(Box::new(at)) } else { at };
    Expr::Shift { at: Box::new(at), by: Box::new(by), back }
}

fn add_durations(left: Expr, right: Expr, back: bool) -> Expr {
    if let (Expr::Literal(Literal::Duration(a)), Expr::Literal(Literal::Duration(b))) = (&left, &right) {
        let (a, b) = (*a, *b);
        // Literals are at most 10^14 each and an expression has a few hundred nodes: the sum stays far inside an i64.
        return Expr::Literal(Literal::Duration(if back { a - b } else { a + b }));
    }
    Expr::AddDuration { left: Box::new(left), right: Box::new(right), back }
}
