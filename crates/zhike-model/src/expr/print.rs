//! A tree back to CEL, in one canonical form: what is printed parses to the same tree.

use zhike_types::date_of;

use super::{
    Arithmetic, Constant, DatePart, DurationUnit, Expr, Literal, Path, Quantifier, Records, Step, Stored, TextTest,
};

/// How tightly an operator binds, as CEL has it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Conditional,
    Or,
    And,
    Relation,
    Sum,
    Product,
    Unary,
    Member,
}

/// The expression as CEL.
pub fn print(expr: &Expr) -> String {
    let mut printer = Printer { out: String::new(), vars: Vec::new() };
    printer.write(expr, Level::Conditional);
    printer.out
}

struct Printer {
    out: String,
    vars: Vec<String>,
}

impl Printer {
    fn write(&mut self, expr: &Expr, around: Level) {
        let own = level(expr);
        if own < around {
            self.out.push('(');
        }
        self.bare(expr);
        if own < around {
            self.out.push(')');
        }
    }

    fn bare(&mut self, expr: &Expr) {
        match expr {
            Expr::Literal(literal) => self.literal(literal),
            Expr::Constant(constant) => self.out.push_str(match constant {
                Constant::Now => "now",
                Constant::Today => "today",
                Constant::Me => "me",
                Constant::MyDepartment => "my_department",
            }),
            Expr::Field(path) => self.path(path),
            Expr::IsNull(a) => self.infix(a, " == null"),
            Expr::Not(inner) => self.not(inner),
            Expr::And(all) => self.chain(all, " && ", Level::Relation),
            Expr::Or(all) => self.chain(all, " || ", Level::And),
            Expr::Equal(a, b) => self.binary(a, " == ", b, Level::Sum),
            Expr::EqualStored(path, b) => self.stored(path, " == ", b),
            Expr::Compare(order, a, b) => self.binary(a, &format!(" {} ", order.symbol()), b, Level::Sum),
            Expr::CompareStored(order, path, b) => self.stored(path, &format!(" {} ", order.symbol()), b),
            Expr::In { item, list, null } => self.list(item, list, *null),
            Expr::Holds { keys, key } => {
                self.quote(key);
                self.out.push_str(" in ");
                self.path(keys);
            }
            Expr::Text { test, text, part } => self.text_test(*test, text, part),
            Expr::Arithmetic(op, a, b) => self.arithmetic(*op, a, b),
            Expr::Negate(a) => {
                // Brackets keep a second minus, and a number from folding into the literal.
                self.out.push('-');
                self.write(a, Level::Member);
            }
            Expr::Abs(a) => self.call("abs", std::slice::from_ref(a)),
            Expr::Round(a) => self.call("round", std::slice::from_ref(a)),
            Expr::Least(all) => self.call("min", all),
            Expr::Greatest(all) => self.call("max", all),
            Expr::Concat(parts) => self.chain(parts, " + ", Level::Product),
            Expr::Length(a) => self.call("size", std::slice::from_ref(a)),
            Expr::KeyCount(path) => {
                self.out.push_str("size(");
                self.path(path);
                self.out.push(')');
            }
            Expr::Shift { at, by, back } => self.binary(at, if *back { " - " } else { " + " }, by, Level::Product),
            Expr::Between(a, b) => self.binary(a, " - ", b, Level::Product),
            Expr::AddDuration { left, right, back } => {
                self.binary(left, if *back { " - " } else { " + " }, right, Level::Product);
            }
            // Its surroundings make a date a moment again.
            Expr::StartOfDay(a) => self.write(a, Level::Unary),
            Expr::Part(part, a) => self.part(*part, a),
            Expr::InUnits(unit, a) => {
                self.write(a, Level::Member);
                self.out.push_str(match unit {
                    DurationUnit::Days => ".getDays()",
                    DurationUnit::Hours => ".getHours()",
                    DurationUnit::Minutes => ".getMinutes()",
                    DurationUnit::Seconds => ".getSeconds()",
                });
            }
            Expr::If { condition, then, otherwise } => {
                self.write(condition, Level::Or);
                self.out.push_str(" ? ");
                self.write(then, Level::Or);
                self.out.push_str(" : ");
                self.write(otherwise, Level::Conditional);
            }
            Expr::Related { quantifier, records, condition } => {
                self.related(*quantifier, records, condition.as_deref());
            }
        }
    }

    fn infix(&mut self, a: &Expr, rest: &str) {
        self.write(a, Level::Sum);
        self.out.push_str(rest);
    }

    /// `!=` and `all`, which the tree keeps as negations, come back as they were written.
    fn not(&mut self, inner: &Expr) {
        match inner {
            Expr::IsNull(a) => self.infix(a, " != null"),
            Expr::Equal(a, b) => self.binary(a, " != ", b, Level::Sum),
            Expr::EqualStored(path, b) => self.stored(path, " != ", b),
            Expr::Related { quantifier: Quantifier::Any, records, condition: Some(condition) }
                if matches!(&**condition, Expr::Not(_)) =>
            {
                let Expr::Not(condition) = &**condition else { return };
                self.quantified(records, "all", condition);
            }
            inner => {
                // CEL takes `!!x` for `x`, which is not the same where x is null.
                self.out.push('!');
                self.write(inner, Level::Member);
            }
        }
    }

    fn chain(&mut self, all: &[Expr], between: &str, level: Level) {
        for (i, one) in all.iter().enumerate() {
            if i > 0 {
                self.out.push_str(between);
            }
            self.write(one, level);
        }
    }

    /// The right side binds tighter, so that `a - (b - c)` keeps its brackets.
    fn binary(&mut self, a: &Expr, between: &str, b: &Expr, level: Level) {
        let left = match (level, a) {
            (Level::Product, a) if self::level(a) == Level::Sum => Level::Sum,
            _ => level,
        };
        self.write(a, left);
        self.out.push_str(between);
        self.write(b, level);
    }

    fn stored(&mut self, path: &Path, between: &str, b: &Expr) {
        self.path(path);
        self.out.push_str(between);
        self.write(b, Level::Sum);
    }

    fn arithmetic(&mut self, op: Arithmetic, a: &Expr, b: &Expr) {
        let (symbol, left, right) = match op {
            Arithmetic::Add => (" + ", Level::Sum, Level::Product),
            Arithmetic::Subtract => (" - ", Level::Sum, Level::Product),
            Arithmetic::Multiply => (" * ", Level::Product, Level::Unary),
            Arithmetic::Divide => (" / ", Level::Product, Level::Unary),
            Arithmetic::Remainder => (" % ", Level::Product, Level::Unary),
        };
        self.write(a, left);
        self.out.push_str(symbol);
        self.write(b, right);
    }

    fn call(&mut self, name: &str, args: &[impl std::borrow::Borrow<Expr>]) {
        self.out.push_str(name);
        self.out.push('(');
        for (i, arg) in args.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            self.write(arg.borrow(), Level::Conditional);
        }
        self.out.push(')');
    }

    fn list(&mut self, item: &Expr, list: &[Expr], null: bool) {
        self.write(item, Level::Sum);
        self.out.push_str(" in [");
        self.chain(list, ", ", Level::Conditional);
        if null {
            self.out.push_str(if list.is_empty() { "null" } else { ", null" });
        }
        self.out.push(']');
    }

    fn text_test(&mut self, test: TextTest, operand: &Expr, part: &Expr) {
        self.write(operand, Level::Member);
        self.out.push_str(match test {
            TextTest::Contains => ".contains(",
            TextTest::StartsWith => ".startsWith(",
            TextTest::EndsWith => ".endsWith(",
        });
        self.write(part, Level::Conditional);
        self.out.push(')');
    }

    fn part(&mut self, part: DatePart, a: &Expr) {
        let name = match part {
            DatePart::Year => "year",
            DatePart::Month => "month",
            DatePart::Day => "day",
            DatePart::Weekday => "weekday",
            DatePart::Hour => "hour",
            DatePart::Minute => "minute",
        };
        self.call(name, &[a]);
    }

    fn related(&mut self, quantifier: Quantifier, records: &Records, condition: Option<&Expr>) {
        match (quantifier, condition) {
            (Quantifier::Any, None) => {
                self.out.push_str("has(");
                self.records(records);
                self.out.push(')');
            }
            (Quantifier::Any, Some(condition)) => self.quantified(records, "exists", condition),
            (Quantifier::One, Some(condition)) => self.quantified(records, "exists_one", condition),
            (Quantifier::One, None) => {
                self.out.push_str("size(");
                self.records(records);
                self.out.push_str(") == 1");
            }
            (Quantifier::Count, condition) => {
                self.out.push_str("size(");
                match condition {
                    Some(condition) => self.quantified(records, "filter", condition),
                    None => self.records(records),
                }
                self.out.push(')');
            }
        }
    }

    fn quantified(&mut self, records: &Records, name: &str, condition: &Expr) {
        self.records(records);
        self.out.push('.');
        self.out.push_str(name);
        self.out.push('(');
        self.out.push_str(&records.name);
        self.out.push_str(", ");
        self.vars.push(records.name.clone());
        self.write(condition, Level::Conditional);
        self.vars.pop();
        self.out.push(')');
    }

    fn records(&mut self, records: &Records) {
        self.start(records.var, &records.steps);
        self.out.push_str(&records.relation);
    }

    fn path(&mut self, path: &Path) {
        if path.var > 0 && path.steps.is_empty() && path.field == "id" {
            let name = self.vars[path.var - 1].clone();
            self.out.push_str(&name);
            return;
        }
        let is_currency = path.stored == Stored::Currency;
        self.out.push_str(if is_currency { "currency(" } else { "" });
        self.start(path.var, &path.steps);
        self.out.push_str(&path.field);
        self.out.push_str(if is_currency { ")" } else { "" });
    }

    fn start(&mut self, var: usize, steps: &[Step]) {
        if var > 0 {
            let name = self.vars[var - 1].clone();
            self.out.push_str(&name);
            self.out.push('.');
        }
        for step in steps {
            self.out.push_str(&step.field);
            self.out.push('.');
        }
    }

    fn literal(&mut self, literal: &Literal) {
        match literal {
            Literal::Null(_) => self.out.push_str("null"),
            Literal::Bool(flag) => self.out.push_str(if *flag { "true" } else { "false" }),
            Literal::Number(number) => self.write_fmt(format_args!("{number}")),
            Literal::Text(text) => self.quote(text),
            Literal::Date(days) => {
                let date = date_of(*days).map(|date| date.to_string()).unwrap_or_default();
                self.write_fmt(format_args!("date(\"{date}\")"));
            }
            Literal::DateTime(millis) => {
                let at = jiff::Timestamp::from_millisecond(*millis).map(|at| at.to_string()).unwrap_or_default();
                self.write_fmt(format_args!("timestamp(\"{at}\")"));
            }
            Literal::Duration(millis) => self.out.push_str(&duration(*millis)),
            Literal::Id(id) => self.write_fmt(format_args!("\"{id}\"")),
        }
    }

    fn write_fmt(&mut self, args: std::fmt::Arguments<'_>) {
        std::fmt::Write::write_fmt(&mut self.out, args).expect("a string takes what is written");
    }

    fn quote(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                c if c.is_control() => self.write_fmt(format_args!("\\u{:04x}", u32::from(c))),
                c => self.out.push(c),
            }
        }
        self.out.push('"');
    }
}

fn duration(millis: i64) -> String {
    const DAY: i64 = 86_400_000;
    match millis {
        0 => "duration(\"0s\")".to_owned(),
        days if days % DAY == 0 => format!("days({})", days / DAY),
        hours if hours % 3_600_000 == 0 => format!("duration(\"{}h\")", hours / 3_600_000),
        minutes if minutes % 60_000 == 0 => format!("duration(\"{}m\")", minutes / 60_000),
        seconds if seconds % 1000 == 0 => format!("duration(\"{}s\")", seconds / 1000),
        millis => format!("duration(\"{millis}ms\")"),
    }
}

fn level(expr: &Expr) -> Level {
    match expr {
        Expr::If { .. } => Level::Conditional,
        Expr::Or(_) => Level::Or,
        Expr::And(_) => Level::And,
        Expr::IsNull(_)
        | Expr::Equal(..)
        | Expr::EqualStored(..)
        | Expr::Compare(..)
        | Expr::CompareStored(..)
        | Expr::In { .. }
        | Expr::Holds { .. }
        | Expr::Related { quantifier: Quantifier::One, condition: None, .. } => Level::Relation,
        Expr::Not(inner) => match &**inner {
            Expr::IsNull(_) | Expr::Equal(..) | Expr::EqualStored(..) => Level::Relation,
            Expr::Related { quantifier: Quantifier::Any, condition: Some(condition), .. }
                if matches!(&**condition, Expr::Not(_)) =>
            {
                Level::Member
            }
            _ => Level::Unary,
        },
        Expr::Arithmetic(Arithmetic::Add | Arithmetic::Subtract, ..)
        | Expr::Concat(_)
        | Expr::Shift { .. }
        | Expr::Between(..)
        | Expr::AddDuration { .. } => Level::Sum,
        Expr::Arithmetic(..) => Level::Product,
        Expr::Negate(_) => Level::Unary,
        Expr::Literal(Literal::Number(number)) if *number < 0.0 => Level::Unary,
        Expr::StartOfDay(a) => level(a),
        Expr::Literal(_)
        | Expr::Constant(_)
        | Expr::Field(_)
        | Expr::Text { .. }
        | Expr::Abs(_)
        | Expr::Round(_)
        | Expr::Least(_)
        | Expr::Greatest(_)
        | Expr::Length(_)
        | Expr::KeyCount(_)
        | Expr::Part(..)
        | Expr::InUnits(..)
        | Expr::Related { .. } => Level::Member,
    }
}
