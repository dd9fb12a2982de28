//! `contacts.exists(c, …)` and the like, over relations and over keys.

use cel::common::ast::{Expr as Cel, IdedExpr, operators};
use zhike_types::{Text, text};

use super::{Checked, Checker, Var};
use crate::expr::{Expr, LIMITS, Literal, Path, Quantifier, Stored, Type};

impl<'a> Checker<'a> {
    /// `target.exists(variable, condition)`, `all`, `exists_one`.
    pub(super) fn quantified(
        &mut self,
        node: &'a IdedExpr,
        target: &'a IdedExpr,
        name: &str,
        args: &'a [IdedExpr],
    ) -> Checked<Expr> {
        let [variable, condition] = args else {
            return Err(self.error(
                node,
                text!("{name} 要两个参数：{name}(x, 条件)。", "{name} takes two arguments: {name}(x, condition)."),
            ));
        };
        let is_keys = !matches!(target.expr, Cel::Call(_)) && self.records(target, "")?.is_none();
        if is_keys {
            return self.any_key(node, target, name, variable, condition);
        }
        match name {
            "all" => {
                let negated = self.related(target, variable, condition, Quantifier::Any, true)?;
                Ok(Expr::Not(Box::new(negated)))
            }
            "exists" => self.related(target, variable, condition, Quantifier::Any, false),
            _ => self.related(target, variable, condition, Quantifier::One, false),
        }
    }

    fn related(
        &mut self,
        target: &'a IdedExpr,
        variable: &'a IdedExpr,
        condition: &'a IdedExpr,
        quantifier: Quantifier,
        negated: bool,
    ) -> Checked<Expr> {
        let name = self.variable(variable)?;
        let Some(records) = self.records(target, &name)? else { return Err(self.no_records(target)) };
        if self.vars.len() >= LIMITS.relations {
            let limit = LIMITS.relations;
            return Err(
                self.error(target, text!("关系最多套 {limit} 层。", "Relations are nested at most {limit} deep."))
            );
        }
        self.vars.push(Var { name, object: records.target.clone() });
        let condition = self.typed(condition, Type::Bool);
        self.vars.pop();
        let condition = condition?;
        let condition = if negated { Expr::Not(Box::new(condition)) } else { condition };
        Ok(Expr::Related { quantifier, records, condition: Some(Box::new(condition)) })
    }

    fn variable(&self, node: &IdedExpr) -> Checked<String> {
        match &node.expr {
            Cel::Ident(name) if ["now", "today", "me", "my_department", "id"].contains(&name.as_str()) => Err(self
                .error(
                    node,
                    text!(
                        "变量不能叫“{name}”，请换一个名称。",
                        "A variable cannot be called `{name}`: choose another name."
                    ),
                )),
            Cel::Ident(name) if self.vars.iter().all(|var| var.name != *name) => Ok(name.clone()),
            Cel::Ident(name) => Err(self.error(
                node,
                text!("变量“{name}”已经用过，请换一个名称。", "The variable `{name}` is in use: choose another name."),
            )),
            _ => Err(self.error(
                node,
                Text::new(
                    "第一个参数是变量名，如 exists(c, c.name == \"…\")。",
                    "The first argument is a name for each record: exists(c, c.name == \"…\").",
                ),
            )),
        }
    }

    fn no_records(&self, node: &IdedExpr) -> crate::expr::ExprError {
        self.error(
            node,
            Text::new("这里要一组相关记录，如 contacts。", "This takes related records, such as contacts."),
        )
    }

    /// `size(x)`, `x.size()`
    pub(super) fn size(&mut self, target: &'a IdedExpr) -> Checked<Expr> {
        if let Cel::Call(call) = &target.expr
            && call.func_name == operators::FILTER
        {
            return match (&call.target, call.args.as_slice()) {
                (Some(records), [variable, condition]) => {
                    self.related(records, variable, condition, Quantifier::Count, false)
                }
                _ => Err(self.error(
                    target,
                    Text::new(
                        "filter 要两个参数：filter(x, 条件)。",
                        "filter takes two arguments: filter(x, condition).",
                    ),
                )),
            };
        }
        if let Some(records) = self.records(target, "")? {
            return Ok(Expr::Related { quantifier: Quantifier::Count, records, condition: None });
        }
        match self.value(target)? {
            Expr::Field(path @ Path { stored: Stored::Keys, .. }) => Ok(Expr::KeyCount(path)),
            text => Ok(Expr::Length(Box::new(self.fit(target, text, Type::Text)?))),
        }
    }

    /// `has(x)`: the field is filled, the relation has a record.
    pub(super) fn has(&mut self, target: &'a IdedExpr) -> Checked<Expr> {
        if let Some(records) = self.records(target, "")? {
            return Ok(Expr::Related { quantifier: Quantifier::Any, records, condition: None });
        }
        Ok(Expr::Not(Box::new(Expr::IsNull(Box::new(self.value(target)?)))))
    }

    /// `tags.exists(t, t == "VIP")`, `tags.exists(t, t in ["a", "b"])`: said with `in` otherwise.
    fn any_key(
        &mut self,
        node: &'a IdedExpr,
        target: &'a IdedExpr,
        name: &str,
        variable: &'a IdedExpr,
        condition: &'a IdedExpr,
    ) -> Checked<Expr> {
        let Expr::Field(path @ Path { stored: Stored::Keys, .. }) = self.value(target)? else {
            return Err(self.no_records(target));
        };
        let variable = self.variable(variable)?;
        let is_variable = |node: &IdedExpr| matches!(&node.expr, Cel::Ident(ident) if *ident == variable);
        let keys: Option<Vec<&'a IdedExpr>> = match (&condition.expr, name) {
            (Cel::Call(call), "exists") => match (call.func_name.as_str(), call.args.as_slice()) {
                (operators::EQUALS, [left, right]) if is_variable(left) => Some(vec![right]),
                (operators::EQUALS, [left, right]) if is_variable(right) => Some(vec![left]),
                (operators::IN, [left, right]) if is_variable(left) => match &right.expr {
                    Cel::List(list) => Some(list.elements.iter().collect()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let Some(keys) = keys else {
            return Err(self.error(
                node,
                Text::new(
                    "选项和标签上只支持 \"VIP\" in tags 或 tags.exists(t, t == \"VIP\")。",
                    "On keys and tags write \"VIP\" in tags, or tags.exists(t, t == \"VIP\").",
                ),
            ));
        };
        let mut any = Vec::with_capacity(keys.len());
        for key in keys {
            let Expr::Literal(Literal::Text(text)) = self.typed(key, Type::Text)? else {
                return Err(self.error(key, Text::new("这里要写明一个选项。", "This takes one key in quotes.")));
            };
            any.push(self.holds(key, path.clone(), text)?);
        }
        Ok(match any.len() {
            0 => Expr::Literal(Literal::Bool(false)),
            1 => any.swap_remove(0),
            _ => Expr::Or(any),
        })
    }
}
