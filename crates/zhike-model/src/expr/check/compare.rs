//! `==`, `!=`, `<`, `in`, `? :`.

use cel::common::ast::{Expr as Cel, IdedExpr};
use zhike_types::{Text, text};

use super::{Checked, Checker, type_name};
use crate::{
    SelectOption,
    expr::{Expr, LIMITS, Literal, Order, Path, Stored, Type},
    nearest::nearest,
};

impl<'a> Checker<'a> {
    pub(super) fn equal(&mut self, left: &'a IdedExpr, right: &'a IdedExpr) -> Checked<Expr> {
        let (a, b) = match (self.operand(left)?, self.operand(right)?) {
            (None, None) => return Ok(Expr::Literal(Literal::Bool(true))),
            (Some(operand), None) | (None, Some(operand)) => return Ok(Expr::IsNull(Box::new(operand))),
            (Some(a), Some(b)) => (a, b),
        };
        if a.ty() == Type::Keys || b.ty() == Type::Keys {
            return Err(self.error(
                left,
                Text::new(
                    "多个选项不能用 == 比较。请写 \"key\" in 字段，或 size(字段)。",
                    "A list of keys is not compared with ==: write \"key\" in field, or size(field).",
                ),
            ));
        }
        self.check_option(&a, &b, right)?;
        self.check_option(&b, &a, left)?;
        let (a, b) = self.unify(left, a, right, b)?;
        Ok(match (a, b) {
            (Expr::Field(path @ Path { stored: Stored::Number { .. }, .. }), constant)
            | (constant, Expr::Field(path @ Path { stored: Stored::Number { .. }, .. }))
                if constant.is_constant() =>
            {
                Expr::EqualStored(path, Box::new(constant))
            }
            (a, b) => Expr::Equal(Box::new(a), Box::new(b)),
        })
    }

    pub(super) fn compare(&mut self, order: Order, left: &'a IdedExpr, right: &'a IdedExpr) -> Checked<Expr> {
        let (a, b) = (self.value(left)?, self.value(right)?);
        for (node, side) in [(left, &a), (right, &b)] {
            if matches!(side.ty(), Type::Bool | Type::Id | Type::Keys) {
                let symbol = order.symbol();
                let (zh, en) = type_name(side.ty());
                return Err(self.error(
                    node,
                    text!(
                        "{zh}没有大小，不能用 {symbol} 比较。",
                        "There is no order of {en}: {symbol} cannot compare it."
                    ),
                ));
            }
        }
        if let Some(stored) = stored_side(order, &a, &b).or_else(|| stored_side(order.flip(), &b, &a)) {
            return Ok(stored);
        }
        let (a, b) = self.unify(left, a, right, b)?;
        Ok(stored_side(order, &a, &b)
            .or_else(|| stored_side(order.flip(), &b, &a))
            .unwrap_or_else(|| Expr::Compare(order, Box::new(a), Box::new(b))))
    }

    /// Both sides in one type.
    fn unify(&self, left: &IdedExpr, a: Expr, right: &IdedExpr, b: Expr) -> Checked<(Expr, Expr)> {
        match (a.ty(), b.ty()) {
            (Type::Date, Type::DateTime) | (Type::Text, Type::Id) => {
                let wanted = b.ty();
                Ok((self.fit(left, a, wanted)?, b))
            }
            (Type::DateTime, Type::Date) | (Type::Id, Type::Text) => {
                let wanted = a.ty();
                let b = self.fit(right, b, wanted)?;
                Ok((a, b))
            }
            (x, y) if x == y => Ok((a, b)),
            (x @ (Type::Date | Type::DateTime), Type::Text) | (Type::Text, x @ (Type::Date | Type::DateTime)) => {
                let (zh, en) = type_name(x);
                Err(self.error(right, text!(
                    "{zh}不能和文字比较，请写 date(\"2024-01-31\")、timestamp(\"2024-01-31T09:00:00+08:00\") 或 today。",
                    "{en} is not compared with a text: write date(\"2024-01-31\"), timestamp(\"2024-01-31T09:00:00+08:00\") or today."
                )))
            }
            (x, y) => {
                let ((a_zh, a_en), (b_zh, b_en)) = (type_name(x), type_name(y));
                Err(self.error(right, text!("{a_zh}和{b_zh}不能放在一起。", "{a_en} and {b_en} do not go together.")))
            }
        }
    }

    pub(super) fn conditional(
        &mut self,
        condition: &'a IdedExpr,
        then: &'a IdedExpr,
        otherwise: &'a IdedExpr,
    ) -> Checked<Expr> {
        let condition = Box::new(self.typed(condition, Type::Bool)?);
        let (a, b) = match (self.operand(then)?, self.operand(otherwise)?) {
            (None, None) => {
                return Err(
                    self.error(then, Text::new("两边都是 null，没有意义。", "Both sides are null: this says nothing."))
                );
            }
            (Some(a), None) => {
                let null = Expr::Literal(Literal::Null(a.ty()));
                (a, null)
            }
            (None, Some(b)) => (Expr::Literal(Literal::Null(b.ty())), b),
            (Some(a), Some(b)) => self.unify(then, a, otherwise, b)?,
        };
        if a.ty() == Type::Keys {
            return Err(self.error(then, Text::new("多个选项不能放在 ? : 里。", "A list of keys cannot stand in ? :.")));
        }
        Ok(Expr::If { condition, then: Box::new(a), otherwise: Box::new(b) })
    }

    pub(super) fn is_in(&mut self, item: &'a IdedExpr, list: &'a IdedExpr) -> Checked<Expr> {
        let Cel::List(items) = &list.expr else { return self.in_keys(item, list) };
        let limit = LIMITS.list;
        if items.elements.len() > limit {
            return Err(self.error(list, text!("列表最多 {limit} 项。", "A list has at most {limit} items.")));
        }
        let mut value = self.operand(item)?;
        if value.as_ref().is_some_and(|value| value.ty() == Type::Keys) {
            return Err(self.error(
                item,
                Text::new("请反过来写：\"key\" in 字段。", "Write it the other way round: \"key\" in field."),
            ));
        }
        let (mut checked, mut null) = (Vec::with_capacity(items.elements.len()), false);
        for element in &items.elements {
            let Some(expr) = self.operand(element)? else {
                null = true;
                continue;
            };
            if !expr.is_constant() {
                return Err(self.error(
                    element,
                    Text::new(
                        "列表里只能放固定的值；和字段比较请用 ==。",
                        "A list holds fixed values only; to compare with a field use ==.",
                    ),
                ));
            }
            let Some(item_value) = value.take() else { continue };
            self.check_option(&item_value, &expr, element)?;
            let (unified, expr) = self.unify(item, item_value, element, expr)?;
            value = Some(unified);
            checked.push(expr);
        }
        match value {
            // null in [...]: decided already.
            None => Ok(Expr::Literal(Literal::Bool(null))),
            Some(value) => {
                // The item may have turned into a datetime half-way: earlier items follow.
                let ty = value.ty();
                for (expr, element) in checked.iter_mut().zip(items.elements.iter()) {
                    if expr.ty() != ty {
                        *expr = self.fit(element, expr.clone(), ty)?;
                    }
                }
                Ok(Expr::In { item: Box::new(value), list: checked, null })
            }
        }
    }

    /// `"VIP" in tags`
    fn in_keys(&mut self, item: &'a IdedExpr, list: &'a IdedExpr) -> Checked<Expr> {
        if self.records(list, "")?.is_some() {
            return Err(self.error(
                list,
                Text::new(
                    "这里是一组记录，请用 .exists(x, x.字段 == …)。",
                    "These are records: use .exists(x, x.field == …).",
                ),
            ));
        }
        let Expr::Field(path @ Path { stored: Stored::Keys, .. }) = self.value(list)? else {
            return Err(self.error(
                list,
                Text::new(
                    "in 的右边要列表 [\"a\", \"b\"] 或多选、标签字段。",
                    "To the right of `in` stands a list [\"a\", \"b\"], a multi-select or tags.",
                ),
            ));
        };
        let Expr::Literal(Literal::Text(key)) = self.typed(item, Type::Text)? else {
            return Err(self.error(
                item,
                Text::new(
                    "in 的左边要写明一个选项，如 \"VIP\" in tags。",
                    "To the left of `in` write one key, such as \"VIP\" in tags.",
                ),
            ));
        };
        self.holds(item, path, key)
    }

    /// `keys` hold `key`.
    pub(super) fn holds(&self, node: &IdedExpr, keys: Path, key: String) -> Checked<Expr> {
        if key.is_empty() || key.contains('|') {
            return Err(self.error(
                node,
                Text::new("选项和标签不能为空，也不能含“|”。", "A key or tag is not empty and holds no `|`."),
            ));
        }
        self.check_key(&keys, &key, node)?;
        Ok(Expr::Holds { keys, key })
    }

    /// A literal beside a select field must be one of its options.
    fn check_option(&self, side: &Expr, other: &Expr, other_node: &IdedExpr) -> Checked<()> {
        match (side, other) {
            (Expr::Field(path), Expr::Literal(Literal::Text(key))) => self.check_key(path, key, other_node),
            _ => Ok(()),
        }
    }

    fn check_key(&self, path: &Path, key: &str, node: &IdedExpr) -> Checked<()> {
        let Some(field) = self.model.object(&path.object).and_then(|object| object.field(&path.field)) else {
            return Ok(());
        };
        let options = field.kind.value_kind().options();
        if options.is_empty() || options.iter().any(|option| option.key == key) {
            return Ok(());
        }
        let named = |option: &&SelectOption| {
            option.label.zh == key || option.label.en == key || option.synonyms.iter().any(|word| word == key)
        };
        let near = options
            .iter()
            .find(named)
            .map(|option| option.key.as_str())
            .or_else(|| nearest(key, options.iter().map(|o| o.key.as_str())));
        let (name, zh, en) = (&field.name, &field.label.zh, &field.label.en);
        let all = options.iter().map(|option| option.key.as_str()).collect::<Vec<_>>().join(", ");
        Err(self.error(
            node,
            match near {
                Some(near) => text!(
                    "“{name}”（{zh}）没有选项“{key}”。请写 \"{near}\"。可以用：{all}。",
                    "`{name}` ({en}) has no option `{key}`. Write \"{near}\". There are: {all}."
                ),
                None => text!(
                    "“{name}”（{zh}）没有选项“{key}”。可以用：{all}。",
                    "`{name}` ({en}) has no option `{key}`. There are: {all}."
                ),
            },
        ))
    }
}

/// `field order constant` on the stored integer, where that is possible.
fn stored_side(order: Order, field: &Expr, constant: &Expr) -> Option<Expr> {
    let Expr::Field(path) = field else { return None };
    let fits = match path.stored {
        Stored::Number { .. } => constant.ty() == Type::Number,
        Stored::Date => matches!(constant.ty(), Type::Date | Type::DateTime),
        Stored::DateTime => constant.ty() == Type::DateTime,
        Stored::Duration => constant.ty() == Type::Duration,
        Stored::Bool | Stored::Text | Stored::Id | Stored::Keys | Stored::Currency => false,
    };
    (fits && constant.is_constant()).then(|| Expr::CompareStored(order, path.clone(), Box::new(constant.clone())))
}
