//! Functions and methods.

use cel::common::ast::IdedExpr;
use zhike_types::{Text, text};

use super::{Checked, Checker};
use crate::{
    FieldKind,
    expr::{Arithmetic, DatePart, DurationUnit, Expr, Literal, Path, Stored, TextTest, Type},
    nearest::nearest,
};

const FUNCTIONS: [&str; 22] = [
    "has",
    "size",
    "date",
    "timestamp",
    "duration",
    "days",
    "hours",
    "minutes",
    "year",
    "month",
    "day",
    "weekday",
    "hour",
    "minute",
    "within",
    "currency",
    "abs",
    "round",
    "min",
    "max",
    "in",
    "exists",
];

const METHODS: [&str; 20] = [
    "contains",
    "startsWith",
    "endsWith",
    "size",
    "exists",
    "all",
    "exists_one",
    "existsOne",
    "filter",
    "getFullYear",
    "getMonth",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getHours",
    "getMinutes",
    "getSeconds",
    "getDays",
    "hasAny",
    "in",
];

impl<'a> Checker<'a> {
    /// `name(args)`
    pub(super) fn function(&mut self, node: &'a IdedExpr, name: &str, args: &'a [IdedExpr]) -> Checked<Expr> {
        const MINUTE: i64 = 60_000;
        match (name, args) {
            ("has", [x]) => self.has(x),
            ("size", [x]) => self.size(x),
            ("date", [x]) => self.date(x),
            ("timestamp", [x]) => self.timestamp(x),
            ("duration", [x]) => self.duration(x),
            ("days", [x]) => self.units(x, 24 * 60 * MINUTE),
            ("hours", [x]) => self.units(x, 60 * MINUTE),
            ("minutes", [x]) => self.units(x, MINUTE),
            ("year", [x]) => self.part(x, DatePart::Year),
            ("month", [x]) => self.part(x, DatePart::Month),
            ("day", [x]) => self.part(x, DatePart::Day),
            ("weekday", [x]) => self.part(x, DatePart::Weekday),
            ("hour", [x]) => self.part(x, DatePart::Hour),
            ("minute", [x]) => self.part(x, DatePart::Minute),
            ("within", [region, area]) => self.within(region, area),
            ("currency", [x]) => self.currency(x),
            ("abs", [x]) => Ok(Expr::Abs(Box::new(self.typed(x, Type::Number)?))),
            ("round", [x]) => Ok(Expr::Round(Box::new(self.typed(x, Type::Number)?))),
            ("round", [x, digits]) => self.round_to(x, digits),
            ("min", [_, _, ..]) => Ok(Expr::Least(self.numbers(args)?)),
            ("max", [_, _, ..]) => Ok(Expr::Greatest(self.numbers(args)?)),
            ("lower" | "upper" | "lowerAscii" | "upperAscii", _) => Err(self.no_folding(node)),
            ("matches", _) => Err(self.no_patterns(node)),
            ("string" | "int" | "double" | "uint" | "bool", _) => Err(self.error(node, text!(
                "不需要 {name}(…)：字段已有类型，数字之间可以直接比较和计算。",
                "There is no need of {name}(…): fields have their types, and numbers compare and calculate as they are."
            ))),
            _ => Err(self.unknown_call(node, name, &FUNCTIONS)),
        }
    }

    /// `target.name(args)`
    pub(super) fn member(
        &mut self,
        node: &'a IdedExpr,
        target: &'a IdedExpr,
        name: &str,
        args: &'a [IdedExpr],
    ) -> Checked<Expr> {
        match (name, args) {
            ("contains", [part]) => self.text_test(TextTest::Contains, target, part),
            ("startsWith", [part]) => self.text_test(TextTest::StartsWith, target, part),
            ("endsWith", [part]) => self.text_test(TextTest::EndsWith, target, part),
            ("size", []) => self.size(target),
            ("exists" | "all" | "exists_one" | "existsOne", _) => self.quantified(node, target, name, args),
            ("filter", _) => Err(self.error(
                node,
                Text::new(
                    "filter 得到的是一组记录，请再取个数：size(contacts.filter(c, …))；只问有没有请用 exists。",
                    "filter gives records: count them with size(contacts.filter(c, …)), or ask with exists.",
                ),
            )),
            ("map", _) => Err(self.error(
                node,
                Text::new("不支持 map；汇总请用汇总字段。", "map is not supported: use a roll-up field."),
            )),
            ("matches", _) => Err(self.no_patterns(node)),
            ("lowerAscii" | "upperAscii" | "lower" | "upper" | "toLowerCase", _) => Err(self.no_folding(node)),
            ("getFullYear", []) => self.part(target, DatePart::Year),
            // CEL counts months and days of the month from 0.
            ("getMonth", []) => Ok(minus_one(self.part(target, DatePart::Month)?)),
            ("getDayOfMonth", []) => Ok(minus_one(self.part(target, DatePart::Day)?)),
            ("getDate", []) => self.part(target, DatePart::Day),
            ("getDayOfWeek", []) => self.part(target, DatePart::Weekday),
            ("getDays", []) => self.units_of(target, DurationUnit::Days, None),
            ("getHours", []) => self.units_of(target, DurationUnit::Hours, Some(DatePart::Hour)),
            ("getMinutes", []) => self.units_of(target, DurationUnit::Minutes, Some(DatePart::Minute)),
            ("getSeconds", []) => self.units_of(target, DurationUnit::Seconds, None),
            _ => Err(self.unknown_call(node, name, &METHODS)),
        }
    }

    fn unknown_call(&self, node: &IdedExpr, name: &str, known: &[&str]) -> crate::expr::ExprError {
        self.error(
            node,
            match nearest(name, known.iter().copied()) {
                Some(near) if near == name => {
                    text!("函数“{name}”的参数个数不对。", "The function `{name}` takes another number of arguments.")
                }
                Some(near) => {
                    text!("没有函数“{name}”。是不是“{near}”？", "There is no function `{name}`. Did you mean `{near}`?")
                }
                None => text!("没有函数“{name}”。", "There is no function `{name}`."),
            },
        )
    }

    fn no_patterns(&self, node: &IdedExpr) -> crate::expr::ExprError {
        self.error(
            node,
            Text::new(
                "不支持正则表达式（matches）：两种数据库的写法不同。请用 contains、startsWith 或 endsWith。",
                "Patterns (matches) are not supported: databases differ in them. Use contains, startsWith or endsWith.",
            ),
        )
    }

    fn no_folding(&self, node: &IdedExpr) -> crate::expr::ExprError {
        self.error(
            node,
            Text::new(
                "不支持大小写转换。查找客户请用搜索框，它不分大小写、全角半角。",
                "There is no changing of case. To find a record use search, which ignores case and width.",
            ),
        )
    }

    fn numbers(&mut self, args: &'a [IdedExpr]) -> Checked<Vec<Expr>> {
        args.iter().map(|arg| self.typed(arg, Type::Number)).collect()
    }

    /// `round(x, 2)` is `round(x * 100) / 100`.
    fn round_to(&mut self, x: &'a IdedExpr, digits: &'a IdedExpr) -> Checked<Expr> {
        let value = self.typed(x, Type::Number)?;
        match self.typed(digits, Type::Number)? {
            Expr::Literal(Literal::Number(digits)) if digits.fract() == 0.0 && (0.0..=6.0).contains(&digits) => {
                let factor = || Box::new(Expr::Literal(Literal::Number(10_f64.powi(digits as i32))));
                let scaled = Expr::Arithmetic(Arithmetic::Multiply, Box::new(value), factor());
                Ok(Expr::Arithmetic(Arithmetic::Divide, Box::new(Expr::Round(Box::new(scaled))), factor()))
            }
            _ => Err(self
                .error(digits, Text::new("小数位数是 0 到 6 的整数。", "The digits are a whole number from 0 to 6."))),
        }
    }

    fn text_test(&mut self, test: TextTest, target: &'a IdedExpr, part: &'a IdedExpr) -> Checked<Expr> {
        let value = self.value(target)?;
        if value.ty() == Type::Keys {
            return Err(self.error(
                target,
                Text::new("选项和标签请写 \"VIP\" in tags。", "On keys and tags write \"VIP\" in tags."),
            ));
        }
        let value = Box::new(self.fit(target, value, Type::Text)?);
        let found = self.typed(part, Type::Text)?;
        if !found.is_constant() {
            return Err(self.error(
                part,
                Text::new("要找的文字必须是固定的，不能是字段。", "The text to look for is a fixed one, not a field."),
            ));
        }
        Ok(Expr::Text { test, text: value, part: Box::new(found) })
    }

    fn part(&mut self, target: &'a IdedExpr, part: DatePart) -> Checked<Expr> {
        let value = self.value(target)?;
        let value = match (value.ty(), part) {
            (Type::Date, DatePart::Hour | DatePart::Minute) => Expr::StartOfDay(Box::new(value)),
            (Type::Date, _) => value,
            _ => self.fit(target, value, Type::DateTime)?,
        };
        Ok(Expr::Part(part, Box::new(value)))
    }

    /// Hours of a duration, or of the clock of a time.
    fn units_of(&mut self, target: &'a IdedExpr, unit: DurationUnit, clock: Option<DatePart>) -> Checked<Expr> {
        let value = self.value(target)?;
        match (value.ty(), clock) {
            (Type::Date, Some(part)) => Ok(Expr::Part(part, Box::new(Expr::StartOfDay(Box::new(value))))),
            (Type::DateTime, Some(part)) => Ok(Expr::Part(part, Box::new(value))),
            _ => Ok(Expr::InUnits(unit, Box::new(self.fit(target, value, Type::Duration)?))),
        }
    }

    /// `currency(amount)`: the ISO 4217 code of what was entered; what is computed is in its field's own.
    fn currency(&mut self, money: &'a IdedExpr) -> Checked<Expr> {
        if let Expr::Field(path) = self.value(money)? {
            let field = self.model.object(&path.object).and_then(|object| object.field(&path.field));
            if field.is_some_and(|field| matches!(field.kind, FieldKind::Money { .. })) {
                return Ok(Expr::Field(Path { stored: Stored::Currency, ..path }));
            }
        }
        Err(self.error(
            money,
            Text::new(
                "currency 的参数要是填写的金额字段，如 currency(amount)。",
                "currency takes a money field that people fill in, as in currency(amount).",
            ),
        ))
    }

    /// `within(region, "370000")`: the code or one below it. Two digits for the province, four for the city (GB/T 2260).
    fn within(&mut self, region: &'a IdedExpr, area: &'a IdedExpr) -> Checked<Expr> {
        let value = self.value(region)?;
        let is_region = matches!(&value, Expr::Field(Path { object, field, stored: Stored::Text, .. })
            if self.model.object(object).and_then(|object| object.field(field)).is_some_and(|field| matches!(field.kind.value_kind(), FieldKind::Region)));
        if !is_region {
            return Err(self.error(
                region,
                Text::new("within 的第一个参数要是地区字段。", "The first argument of within is a region field."),
            ));
        }
        let Expr::Literal(Literal::Text(code)) = self.typed(area, Type::Text)? else {
            return Err(self.error(
                area,
                Text::new("请写六位行政区划代码，如 \"370000\"。", "Write a region's six digits, such as \"370000\"."),
            ));
        };
        if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(
                self.error(area, text!("“{code}”不是六位行政区划代码。", "`{code}` is no region code of six digits."))
            );
        }
        let prefix = match code.as_str() {
            code if code.ends_with("0000") => &code[..2],
            code if code.ends_with("00") => &code[..4],
            code => code,
        };
        let prefix = Box::new(Expr::Literal(Literal::Text(prefix.to_owned())));
        Ok(Expr::Text { test: TextTest::StartsWith, text: Box::new(value), part: prefix })
    }
}

fn minus_one(number: Expr) -> Expr {
    Expr::Arithmetic(Arithmetic::Subtract, Box::new(number), Box::new(Expr::Literal(Literal::Number(1.0))))
}
