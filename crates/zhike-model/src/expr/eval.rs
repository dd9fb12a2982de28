//! The tree's meaning, in process. `zhike-records` says the same in SQL.

use std::cmp::Ordering;

use zhike_types::{Uuid, Value};

use super::{
    Arithmetic, Bound, Constant, DatePart, DurationUnit, Expr, Literal, Order, Path, Quantifier, Record, Records,
    Stored, TextTest, Type, calendar, date_bound, stored_bound, stored_equal,
};
use crate::FieldKind;

/// A value while it is worked with. What a number means, the node's [`Type`] says: days for a Date, milliseconds for
/// a DateTime or Duration. All are doubles, whose whole numbers are exact to 2^53.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Id(Uuid),
    Keys(Vec<String>),
}

/// The moment, the place and the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scope {
    /// Milliseconds since 1970-01-01T00:00Z.
    pub now: i64,
    /// Days since 1970-01-01, in the installation's zone.
    pub today: i64,
    /// Seconds that the installation's zone is ahead of UTC. Fixed: Asia/Shanghai has had one offset since 1992.
    pub offset: i64,
    pub me: Option<Uuid>,
    pub my_department: Option<Uuid>,
}

const DAY: f64 = 86_400_000.0;

impl Scope {
    /// The scope of a moment; `offset` in seconds.
    pub fn at(now: i64, offset: i64, me: Option<Uuid>, my_department: Option<Uuid>) -> Self {
        Self { now, today: (now + offset * 1000).div_euclid(DAY as i64), offset, me, my_department }
    }

    /// How a stored integer must stand to a constant, on the bare column. `ty` is the constant's type: a date field may
    /// be compared with a Date or a DateTime. None when the constant is null: then nothing holds.
    pub fn bound(&self, order: Order, stored: Stored, constant: &Datum, ty: Type) -> Option<Bound> {
        let Datum::Number(number) = *constant else { return None };
        Some(match (stored, ty) {
            (Stored::Number { scale }, _) => stored_bound(order, number, scale),
            (Stored::Duration, _) => stored_bound(order, number / 1000.0, 0),
            (Stored::Date, Type::DateTime) => date_bound(order, number, self.offset),
            _ => stored_bound(order, number, 0),
        })
    }
}

impl Datum {
    pub fn is_null(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Keys(keys) => keys.is_empty(),
            _ => false,
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The expression's value for a record. Total: it gives a value for every record.
pub fn eval(expr: &Expr, record: &dyn Record, scope: &Scope) -> Datum {
    Evaluator { scope, records: vec![record] }.eval(expr)
}

/// Whether a condition holds: null does not.
pub fn holds(expr: &Expr, record: &dyn Record, scope: &Scope) -> bool {
    eval(expr, record, scope) == Datum::Bool(true)
}

/// The value of an expression that reads no field ([`Expr::is_constant`]).
pub fn constant(expr: &Expr, scope: &Scope) -> Datum {
    eval(expr, &super::Row::default(), scope)
}

/// As the engine stores it in a field of that kind: a formula's result. Numbers are rounded half away from zero
/// to the field's scale; what does not fit (a text too long, a date outside the years 1 to 9999) is cut or null.
pub fn store(datum: &Datum, kind: &FieldKind) -> Value {
    let kind = kind.value_kind();
    match datum {
        Datum::Null => Value::Null,
        Datum::Bool(flag) => Value::Bool(*flag),
        Datum::Id(id) => Value::Id(*id),
        Datum::Keys(keys) => Value::List(keys.clone()),
        Datum::Text(text) => match kind {
            FieldKind::Text { max } => Value::Text(text.chars().take(*max).collect()),
            _ => Value::Text(text.clone()),
        },
        Datum::Number(number) => {
            let stored = match kind {
                FieldKind::Duration => number / 1000.0,
                FieldKind::Date | FieldKind::DateTime => *number,
                _ => number * 10_f64.powi(kind.scale() as i32),
            };
            let in_range = match kind {
                FieldKind::Date => (calendar::FIRST_DAY as f64..=calendar::LAST_DAY as f64).contains(&stored),
                FieldKind::DateTime => {
                    (calendar::FIRST_DAY as f64 * DAY..(calendar::LAST_DAY + 1) as f64 * DAY).contains(&stored)
                }
                _ => stored.abs() < 9e18,
            };
            match (in_range, kind) {
                (false, _) => Value::Null,
                (true, FieldKind::Money { currency }) => Value::money(round(stored) as i64, *currency),
                (true, _) => Value::Int(round(stored) as i64),
            }
        }
    }
}

/// Half away from zero, in the steps that SQL takes too.
fn round(number: f64) -> f64 {
    truncate(if number < 0.0 { number - 0.5 } else { number + 0.5 })
}

/// Towards zero. A double of 2^53 or more is whole already.
fn truncate(number: f64) -> f64 {
    if number.abs() < 9_007_199_254_740_992.0 { (number as i64) as f64 } else { number }
}

struct Evaluator<'a> {
    scope: &'a Scope,
    /// The record itself, then the variables of the relations around.
    records: Vec<&'a dyn Record>,
}

impl<'a> Evaluator<'a> {
    fn eval(&mut self, expr: &Expr) -> Datum {
        match expr {
            Expr::Literal(literal) => from_literal(literal),
            Expr::Constant(constant) => self.constant(*constant),
            Expr::Field(path) => from_stored(&self.read(path), path.stored),
            Expr::IsNull(a) => Datum::Bool(self.eval(a).is_null()),
            Expr::Not(a) => Datum::Bool(!self.truth(a)),
            Expr::And(all) => Datum::Bool(all.iter().all(|a| self.truth(a))),
            Expr::Or(all) => Datum::Bool(all.iter().any(|a| self.truth(a))),
            Expr::Equal(a, b) => Datum::Bool(self.eval(a) == self.eval(b)),
            Expr::EqualStored(path, constant) => {
                Datum::Bool(match (self.read(path).as_int(), self.eval(constant).number()) {
                    (None, None) => true,
                    (Some(stored), Some(number)) => stored_equal(number, scale(path)) == Some(stored),
                    _ => false,
                })
            }
            Expr::Compare(order, a, b) => Datum::Bool(self.compare(a, b).is_some_and(|ordering| order.holds(ordering))),
            Expr::CompareStored(order, path, constant) => {
                let bound = self.scope.bound(*order, path.stored, &self.eval(constant), constant.ty());
                Datum::Bool(self.read(path).as_int().zip(bound).is_some_and(|(stored, bound)| bound.holds(stored)))
            }
            Expr::In { item, list, null } => Datum::Bool(self.is_in(item, list, *null)),
            Expr::Holds { keys, key } => Datum::Bool(self.read(keys).as_list().contains(key)),
            Expr::Text { test, text, part } => {
                let (text, part) = (self.eval(text), self.eval(part));
                Datum::Bool(text.text().zip(part.text()).is_some_and(|(text, part)| match test {
                    TextTest::Contains => text.contains(part),
                    TextTest::StartsWith => text.starts_with(part),
                    TextTest::EndsWith => text.ends_with(part),
                }))
            }
            Expr::Arithmetic(op, a, b) => self.two_numbers(a, b, |a, b| arithmetic(*op, a, b)),
            Expr::Negate(a) => self.one_number(a, |a| 0.0 - a),
            Expr::Abs(a) => self.one_number(a, f64::abs),
            Expr::Round(a) => self.one_number(a, round),
            Expr::Least(all) => self.extreme(all, |a, b| if b < a { b } else { a }),
            Expr::Greatest(all) => self.extreme(all, |a, b| if b > a { b } else { a }),
            Expr::Concat(parts) => {
                let texts: Option<Vec<String>> =
                    parts.iter().map(|part| self.eval(part).text().map(str::to_owned)).collect();
                texts.map_or(Datum::Null, |texts| Datum::Text(texts.concat()))
            }
            Expr::Length(a) => {
                self.eval(a).text().map_or(Datum::Null, |text| Datum::Number(text.chars().count() as f64))
            }
            Expr::KeyCount(path) => Datum::Number(self.read(path).as_list().len() as f64),
            Expr::Shift { at, by, back } => {
                let unit = if at.ty() == Type::Date { DAY } else { 1.0 };
                self.two_numbers(at, by, |at, by| Some(if *back { at - by / unit } else { at + by / unit }))
            }
            Expr::Between(a, b) => {
                let unit = if a.ty() == Type::Date { DAY } else { 1.0 };
                self.two_numbers(a, b, |a, b| Some((a - b) * unit))
            }
            Expr::AddDuration { left, right, back } => {
                self.two_numbers(left, right, |a, b| Some(if *back { a - b } else { a + b }))
            }
            Expr::StartOfDay(a) => {
                let offset = self.scope.offset as f64 * 1000.0;
                self.one_number(a, |day| day * DAY - offset)
            }
            Expr::Part(part, a) => {
                let (ty, offset) = (a.ty(), self.scope.offset);
                self.eval(a)
                    .number()
                    .and_then(|number| date_part(*part, number, ty, offset))
                    .map_or(Datum::Null, Datum::Number)
            }
            Expr::InUnits(unit, a) => {
                let millis = match unit {
                    DurationUnit::Days => DAY,
                    DurationUnit::Hours => 3_600_000.0,
                    DurationUnit::Minutes => 60_000.0,
                    DurationUnit::Seconds => 1000.0,
                };
                self.one_number(a, |duration| truncate(duration / millis))
            }
            Expr::If { condition, then, otherwise } => {
                let branch = if self.truth(condition) { then } else { otherwise };
                self.eval(branch)
            }
            Expr::Related { quantifier, records, condition } => {
                self.related(*quantifier, records, condition.as_deref())
            }
        }
    }

    fn truth(&mut self, expr: &Expr) -> bool {
        self.eval(expr) == Datum::Bool(true)
    }

    fn constant(&self, constant: Constant) -> Datum {
        match constant {
            Constant::Now => Datum::Number(self.scope.now as f64),
            Constant::Today => Datum::Number(self.scope.today as f64),
            Constant::Me => self.scope.me.map_or(Datum::Null, Datum::Id),
            Constant::MyDepartment => self.scope.my_department.map_or(Datum::Null, Datum::Id),
        }
    }

    fn reach(&self, var: usize, steps: &[super::Step]) -> Option<&'a dyn Record> {
        let start = self.records.get(var).copied()?;
        steps.iter().try_fold(start, |record, step| record.follow(&step.field))
    }

    fn read(&self, path: &Path) -> Value {
        self.reach(path.var, &path.steps).map_or(Value::Null, |record| record.value(&path.field))
    }

    fn compare(&mut self, a: &Expr, b: &Expr) -> Option<Ordering> {
        match (self.eval(a), self.eval(b)) {
            (Datum::Number(a), Datum::Number(b)) => a.partial_cmp(&b),
            // UTF-8 keeps the order of code points.
            (Datum::Text(a), Datum::Text(b)) => Some(a.cmp(&b)),
            _ => None,
        }
    }

    fn is_in(&mut self, item: &Expr, list: &[Expr], null: bool) -> bool {
        if let Expr::Field(path @ Path { stored: Stored::Number { .. }, .. }) = item {
            return match self.read(path).as_int() {
                None => null,
                Some(stored) => list.iter().any(|one| {
                    self.eval(one).number().is_some_and(|number| stored_equal(number, scale(path)) == Some(stored))
                }),
            };
        }
        match self.eval(item) {
            Datum::Null => null,
            item => list.iter().any(|one| self.eval(one) == item),
        }
    }

    fn one_number(&mut self, a: &Expr, f: impl FnOnce(f64) -> f64) -> Datum {
        self.eval(a).number().map_or(Datum::Null, |a| Datum::Number(f(a)))
    }

    fn two_numbers(&mut self, a: &Expr, b: &Expr, f: impl FnOnce(f64, f64) -> Option<f64>) -> Datum {
        let (a, b) = (self.eval(a).number(), self.eval(b).number());
        a.zip(b).and_then(|(a, b)| f(a, b)).map_or(Datum::Null, Datum::Number)
    }

    fn extreme(&mut self, all: &[Expr], choose: impl Fn(f64, f64) -> f64) -> Datum {
        let numbers: Option<Vec<f64>> = all.iter().map(|one| self.eval(one).number()).collect();
        numbers.and_then(|numbers| numbers.into_iter().reduce(choose)).map_or(Datum::Null, Datum::Number)
    }

    fn related(&mut self, quantifier: Quantifier, records: &Records, condition: Option<&Expr>) -> Datum {
        let all =
            self.reach(records.var, &records.steps).map(|record| record.related(&records.relation)).unwrap_or_default();
        let mut count = 0_usize;
        for record in all {
            self.records.push(record);
            let meets = condition.is_none_or(|condition| self.truth(condition));
            self.records.pop();
            count += usize::from(meets);
        }
        match quantifier {
            Quantifier::Any => Datum::Bool(count > 0),
            Quantifier::One => Datum::Bool(count == 1),
            Quantifier::Count => Datum::Number(count as f64),
        }
    }
}

fn scale(path: &Path) -> u32 {
    match path.stored {
        Stored::Number { scale } => scale,
        _ => 0,
    }
}

fn from_literal(literal: &Literal) -> Datum {
    match literal {
        Literal::Null(_) => Datum::Null,
        Literal::Bool(flag) => Datum::Bool(*flag),
        Literal::Number(number) => Datum::Number(*number),
        Literal::Text(text) => Datum::Text(text.clone()),
        Literal::Date(number) | Literal::DateTime(number) | Literal::Duration(number) => Datum::Number(*number as f64),
        Literal::Id(id) => Datum::Id(*id),
    }
}

fn from_stored(value: &Value, stored: Stored) -> Datum {
    let number = || value.as_int().map(|int| int as f64);
    match stored {
        Stored::Bool => value.as_bool().map_or(Datum::Null, Datum::Bool),
        Stored::Number { scale } => {
            number().map_or(Datum::Null, |number| Datum::Number(number / 10_f64.powi(scale as i32)))
        }
        Stored::Date | Stored::DateTime => number().map_or(Datum::Null, Datum::Number),
        Stored::Duration => number().map_or(Datum::Null, |seconds| Datum::Number(seconds * 1000.0)),
        Stored::Text => value.as_text().map_or(Datum::Null, |text| Datum::Text(text.to_owned())),
        Stored::Id => value.as_id().map_or(Datum::Null, Datum::Id),
        Stored::Keys => Datum::Keys(value.as_list().to_vec()),
        Stored::Currency => match value {
            Value::Money(money) => Datum::Text(money.currency.code().to_owned()),
            _ => Datum::Null,
        },
    }
}

fn arithmetic(op: Arithmetic, a: f64, b: f64) -> Option<f64> {
    match op {
        Arithmetic::Add => Some(a + b),
        Arithmetic::Subtract => Some(a - b),
        Arithmetic::Multiply => Some(a * b),
        Arithmetic::Divide => (b != 0.0).then(|| a / b),
        Arithmetic::Remainder => (b != 0.0).then(|| a - b * truncate(a / b)),
    }
}

fn date_part(part: DatePart, number: f64, ty: Type, offset: i64) -> Option<f64> {
    // The same guard as in SQL: what lies outside the calendar has no parts, and never overflows an integer.
    const MILLIS: i64 = 86_400_000;
    let (days, within) = if ty == Type::Date {
        if number.abs() > 4e6 {
            return None;
        }
        (number as i64, 0)
    } else {
        if number.abs() > 4e6 * DAY {
            return None;
        }
        let local = number as i64 + offset * 1000;
        (local.div_euclid(MILLIS), local.rem_euclid(MILLIS))
    };
    let (year, month, day) = calendar::civil(days)?;
    Some(match part {
        DatePart::Year => year,
        DatePart::Month => month,
        DatePart::Day => day,
        DatePart::Weekday => calendar::weekday(days),
        DatePart::Hour => within / 3_600_000,
        DatePart::Minute => within / 60_000 % 60,
    } as f64)
}
