//! From syntax to the typed tree.

mod arithmetic;
mod calls;
mod compare;
mod dates;
mod names;
mod related;

use cel::common::ast::{CallExpr, Expr as Cel, IdedExpr, LiteralValue, operators};
use zhike_types::{Text, text};

use super::{Constant, Expr, ExprError, LIMITS, Literal, Type, bounds::magnitude, syntax::Syntax};
use crate::{Model, Object};

/// Reads and checks an expression about a record of the object. `expected` is the type it must have, if one is asked for.
pub fn parse(model: &Model, object: &str, text: &str, expected: Option<Type>) -> Result<Expr, ExprError> {
    let Some(object) = model.object(object) else {
        return Err(ExprError::new(1, text!("没有对象“{object}”。", "There is no object `{object}`.")));
    };
    let syntax = Syntax::parse(text, |word| {
        object.fields.iter().find(|field| field.label.zh == word).map(|field| field.name.clone())
    })?;
    let mut checker = Checker { model, object, syntax: &syntax, vars: Vec::new(), nodes: 0, depth: 0 };
    let root = &syntax.root;
    match (checker.operand(root)?, expected) {
        (None, Some(expected)) => Ok(Expr::Literal(Literal::Null(expected))),
        (None, None) => Err(checker.error(root, Text::new("只有 null 不成表达式。", "Null alone is no expression."))),
        (Some(expr), None) => Ok(expr),
        (Some(expr), Some(expected)) => checker.fit(root, expr, expected),
    }
}

/// [`parse`] for something that holds or does not: a filter, a gate, a visibility condition.
pub fn parse_condition(model: &Model, object: &str, text: &str) -> Result<Expr, ExprError> {
    parse(model, object, text, Some(Type::Bool))
}

/// A variable of `exists` and its kin.
struct Var {
    name: String,
    object: String,
}

struct Checker<'a> {
    model: &'a Model,
    object: &'a Object,
    syntax: &'a Syntax,
    vars: Vec<Var>,
    nodes: usize,
    depth: usize,
}

type Checked<T> = Result<T, ExprError>;

impl<'a> Checker<'a> {
    fn error(&self, node: &IdedExpr, message: Text) -> ExprError {
        ExprError::new(self.syntax.at(node), message)
    }

    /// An expression, or none for the literal `null`, whose type its surroundings give.
    fn operand(&mut self, node: &'a IdedExpr) -> Checked<Option<Expr>> {
        if matches!(&node.expr, Cel::Literal(LiteralValue::Null)) {
            return Ok(None);
        }
        self.nodes += 1;
        self.depth += 1;
        if self.nodes > LIMITS.nodes || self.depth > LIMITS.nesting {
            return Err(self.error(
                node,
                Text::new(
                    "表达式太复杂，请拆成几个公式字段。",
                    "The expression is too complex: split it into formula fields.",
                ),
            ));
        }
        let expr = self.node(node)?;
        self.depth -= 1;
        if expr.ty() == Type::Number && !magnitude(&expr).within_limits() {
            return Err(self.error(
                node,
                Text::new(
                    "这个算式的结果可能大到或小到无法表示，请减少连乘连除。",
                    "This can grow or shrink beyond what a number can hold: use fewer products and quotients.",
                ),
            ));
        }
        Ok(Some(expr))
    }

    /// An expression that is not the bare `null`.
    fn value(&mut self, node: &'a IdedExpr) -> Checked<Expr> {
        self.operand(node)?.ok_or_else(|| self.error(node, Text::new("这里不能用 null。", "Null cannot stand here.")))
    }

    /// An expression of one type.
    fn typed(&mut self, node: &'a IdedExpr, ty: Type) -> Checked<Expr> {
        match self.operand(node)? {
            None => Ok(Expr::Literal(Literal::Null(ty))),
            Some(expr) => self.fit(node, expr, ty),
        }
    }

    /// The expression as one of the type wanted, where that is only a matter of form.
    fn fit(&self, node: &IdedExpr, expr: Expr, wanted: Type) -> Checked<Expr> {
        match (expr.ty(), wanted) {
            (found, wanted) if found == wanted => Ok(expr),
            (Type::Date, Type::DateTime) => Ok(Expr::StartOfDay(Box::new(expr))),
            (Type::Text, Type::Id) => self.id_literal(node, &expr),
            (found, wanted) => {
                let (found_zh, found_en) = type_name(found);
                let (wanted_zh, wanted_en) = type_name(wanted);
                Err(self.error(
                    node,
                    text!("这里要{wanted_zh}，得到的是{found_zh}。", "This must be {wanted_en}, but is {found_en}."),
                ))
            }
        }
    }

    fn id_literal(&self, node: &IdedExpr, expr: &Expr) -> Checked<Expr> {
        if let Expr::Literal(Literal::Text(text)) = expr {
            if let Ok(id) = zhike_types::Uuid::try_parse(text) {
                return Ok(Expr::Literal(Literal::Id(id)));
            }
            return Err(self.error(node, text!(
                "“{text}”不是记录的编号。引用字段和记录的编号（UUID）、me 或 null 比较；要按名称比较请写 .name，例如 owner.name == \"{text}\"。",
                "`{text}` is no record's id. A reference is compared with an id (UUID), me or null; to compare a name, write .name, such as owner.name == \"{text}\"."
            )));
        }
        Err(self.error(
            node,
            Text::new(
                "引用字段只能和另一个引用、me 或 null 比较。",
                "A reference is compared with another reference, me or null.",
            ),
        ))
    }

    fn node(&mut self, node: &'a IdedExpr) -> Checked<Expr> {
        match &node.expr {
            Cel::Literal(literal) => self.literal(node, literal),
            Cel::Ident(name) => match name.as_str() {
                _ if self.vars.iter().any(|var| var.name == *name) => Ok(Expr::Field(self.path(node)?)),
                "now" => Ok(Expr::Constant(Constant::Now)),
                "today" => Ok(Expr::Constant(Constant::Today)),
                "me" => Ok(Expr::Constant(Constant::Me)),
                "my_department" => Ok(Expr::Constant(Constant::MyDepartment)),
                _ => Ok(Expr::Field(self.path(node)?)),
            },
            Cel::Select(_) => Ok(Expr::Field(self.path(node)?)),
            Cel::Call(call) => self.call(node, call),
            Cel::List(_) => Err(self.error(
                node,
                Text::new(
                    "列表只能放在 in 的右边：kind in [\"a\", \"b\"]。",
                    "A list stands only to the right of `in`: kind in [\"a\", \"b\"].",
                ),
            )),
            Cel::Map(_) | Cel::Struct(_) | Cel::Comprehension(_) | Cel::Unspecified => {
                Err(self.error(node, Text::new("这里不支持 {…}。", "{…} is not supported here.")))
            }
        }
    }

    fn literal(&self, node: &IdedExpr, literal: &LiteralValue) -> Checked<Expr> {
        Ok(Expr::Literal(match literal {
            LiteralValue::Boolean(flag) => Literal::Bool(*flag.inner()),
            LiteralValue::Int(number) => Literal::Number(self.number(node, *number.inner() as f64)?),
            LiteralValue::UInt(number) => Literal::Number(self.number(node, *number.inner() as f64)?),
            LiteralValue::Double(number) => Literal::Number(self.number(node, *number.inner())?),
            LiteralValue::String(text) => Literal::Text(self.text_literal(node, text.inner())?),
            LiteralValue::Null => {
                return Err(self.error(node, Text::new("这里不能用 null。", "Null cannot stand here.")));
            }
            LiteralValue::Bytes(_) => {
                return Err(self.error(
                    node,
                    Text::new("不支持字节串 b\"…\"，请去掉 b。", "Bytes b\"…\" are not supported: leave out the b."),
                ));
            }
        }))
    }

    /// Within the limits: then the double's shortest decimal form is what was written.
    fn number(&self, node: &IdedExpr, number: f64) -> Checked<f64> {
        let decimals = format!("{}", number.abs()).split_once('.').map_or(0, |(_, fraction)| fraction.len());
        if number.is_finite() && number.abs() <= LIMITS.number && decimals <= LIMITS.decimals {
            return Ok(number);
        }
        let decimals = LIMITS.decimals;
        Err(self.error(
            node,
            text!(
                "数字最大 1000 万亿（10^15），小数最多 {decimals} 位。",
                "A number is at most 10^15 and has at most {decimals} digits after the point."
            ),
        ))
    }

    fn text_literal(&self, node: &IdedExpr, literal: &str) -> Checked<String> {
        let limit = LIMITS.text;
        if literal.contains('\0') {
            return Err(self.error(node, Text::new("文字里不能有 \\0 字符。", "A text cannot hold the character \\0.")));
        }
        if literal.chars().count() > limit {
            return Err(
                self.error(node, text!("文字最多 {limit} 个字符。", "A text is at most {limit} characters long."))
            );
        }
        Ok(literal.to_owned())
    }

    fn call(&mut self, node: &'a IdedExpr, call: &'a CallExpr) -> Checked<Expr> {
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND, _) => self.logic(node, operators::LOGICAL_AND).map(Expr::And),
            (operators::LOGICAL_OR, _) => self.logic(node, operators::LOGICAL_OR).map(Expr::Or),
            (operators::LOGICAL_NOT, [operand]) => Ok(Expr::Not(Box::new(self.typed(operand, Type::Bool)?))),
            (operators::EQUALS, [left, right]) => self.equal(left, right),
            (operators::NOT_EQUALS, [left, right]) => Ok(Expr::Not(Box::new(self.equal(left, right)?))),
            (operators::LESS, [left, right]) => self.compare(super::Order::Less, left, right),
            (operators::LESS_EQUALS, [left, right]) => self.compare(super::Order::LessEqual, left, right),
            (operators::GREATER, [left, right]) => self.compare(super::Order::Greater, left, right),
            (operators::GREATER_EQUALS, [left, right]) => self.compare(super::Order::GreaterEqual, left, right),
            (operators::IN, [item, list]) => self.is_in(item, list),
            (operators::CONDITIONAL, [condition, then, otherwise]) => self.conditional(condition, then, otherwise),
            (
                operators::ADD | operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO,
                [left, right],
            ) => self.arithmetic(node, &call.func_name, left, right),
            (operators::NEGATE, [operand]) => self.negate(operand),
            (operators::INDEX | operators::OPT_INDEX | operators::OPT_SELECT, _) => {
                Err(self.error(node, Text::new("这里不支持 [下标]。", "Indexing with [...] is not supported.")))
            }
            (name, args) => match &call.target {
                Some(target) => self.member(node, target, name, args),
                None => self.function(node, name, args),
            },
        }
    }

    /// The operands of a chain of `&&` or `||`, flat: CEL makes a balanced tree of it.
    fn logic(&mut self, node: &'a IdedExpr, operator: &str) -> Checked<Vec<Expr>> {
        let mut operands = Vec::new();
        let mut waiting = vec![node];
        while let Some(next) = waiting.pop() {
            match &next.expr {
                Cel::Call(call) if call.func_name == operator => waiting.extend(call.args.iter().rev()),
                _ => operands.push(self.typed(next, Type::Bool)?),
            }
        }
        Ok(operands)
    }
}

/// The type's name in a sentence, in both languages.
fn type_name(ty: Type) -> (&'static str, &'static str) {
    match ty {
        Type::Bool => ("是或否", "a yes or no"),
        Type::Number => ("数字", "a number"),
        Type::Text => ("文字", "a text"),
        Type::Date => ("日期", "a date"),
        Type::DateTime => ("时间", "a date and time"),
        Type::Duration => ("时长", "a duration"),
        Type::Id => ("引用（记录）", "a reference"),
        Type::Keys => ("多个选项", "a list of keys"),
    }
}
