//! Every expression in a pack typechecks where it stands.

use zhike_types::{Text, text};

use super::super::place::Problems;
use crate::{
    FieldKind, Model, Object,
    expr::{self, Constant, Expr, Type},
};

pub(super) fn check(model: &Model, problems: &Problems<'_>) {
    for object in model.objects() {
        let checker = Checker { model, object, problems };
        for field in &object.fields {
            checker.field(field);
        }
        for view in object.views.iter().filter(|view| !view.filter.trim().is_empty()) {
            checker.condition(&object.name, &view.filter, &format!("{}/view/{}/filter", object.name, view.name));
        }
        for flow in &object.flows {
            for stage in &flow.stages {
                if let Some((gate, _)) = &stage.gate {
                    checker.condition(
                        &object.name,
                        gate,
                        &format!("{}/flow/{}/{}/gate", object.name, flow.field, stage.key),
                    );
                }
            }
        }
    }
}

struct Checker<'a> {
    model: &'a Model,
    object: &'a Object,
    problems: &'a Problems<'a>,
}

impl Checker<'_> {
    fn condition(&self, object: &str, expression: &str, path: &str) -> Option<Expr> {
        self.typed(object, expression, Some(Type::Bool), path)
    }

    fn typed(&self, object: &str, expression: &str, ty: Option<Type>, path: &str) -> Option<Expr> {
        match expr::parse(self.model, object, expression, ty) {
            Ok(expr) => Some(expr),
            Err(error) => {
                self.problems.inside(path, error.at, error.message);
                None
            }
        }
    }

    fn field(&self, field: &crate::Field) {
        let object = &self.object.name;
        let at = |key: &str| format!("{object}/field/{}/{key}", field.name);
        if let Some(condition) = &field.visible_when {
            let expr = self.condition(object, condition, &at("visible_when"));
            if expr.is_some_and(|expr| !expr::needs(&expr).is_local()) {
                self.problems.under(
                    &at("visible_when"),
                    Text::new(
                        "显示条件只能用本记录的字段：表单要马上能判断。",
                        "A visibility condition reads this record's own fields only: the form must decide at once.",
                    ),
                );
            }
        }
        if let Some(condition) = &field.follows_owner {
            let expr = self.condition(object, condition, &at("follows_owner"));
            let fits = matches!(field.kind, FieldKind::Reference { .. });
            if !fits || expr.is_some_and(|expr| !expr::needs(&expr).is_local()) {
                self.problems.under(
                    &at("follows_owner"),
                    Text::new(
                        "follows_owner 写在引用字段上，条件只能用本记录的字段，例如 \"true\" 或 \"!done\"。",
                        "`follows_owner` stands on a reference and reads this record's own fields only, such as \"true\" or \"!done\".",
                    ),
                );
            }
        }
        if let Some(initial) = &field.initial {
            self.initial(field, initial, &at("initial"));
        }
        match &field.kind {
            FieldKind::Formula { expression, result } => {
                let Some(expr) = self.typed(object, expression, None, &at("formula")) else { return };
                self.lasting(&expr, &at("formula"));
                if !expr::needs(&expr).related.is_empty() {
                    self.problems.under(
                        &at("formula"),
                        Text::new(
                            "公式不能直接用相关记录。请先加一个汇总字段（rollup），再在公式里用它。",
                            "A formula cannot read related records. Add a roll-up field, and read that.",
                        ),
                    );
                }
                if expr.ty() != type_of(result) && !(expr.ty() == Type::Date && **result == FieldKind::DateTime) {
                    let name = result.name();
                    self.problems.under(
                        &at("result"),
                        text!(
                            "公式的结果不是 {name}，请改 result 或公式。",
                            "The formula does not give {name}. Change `result` or the formula."
                        ),
                    );
                }
            }
            FieldKind::Rollup { relation, filter: Some(filter), .. } => {
                let Some(relation) = self.model.relation(object, relation) else { return };
                if let Some(expr) = self.condition(&relation.object, filter, &at("filter")) {
                    self.lasting(&expr, &at("filter"));
                    if !expr::needs(&expr).is_local() {
                        self.problems.under(&at("filter"), Text::new(
                            "汇总的条件只能用被汇总记录自己的字段；需要别处的值时先加公式字段。",
                            "A roll-up's filter reads the rolled-up record's own fields only; for others add a formula field there.",
                        ));
                    }
                }
            }
            _ => {}
        }
    }

    fn initial(&self, field: &crate::Field, initial: &str, path: &str) {
        let wanted = match &field.kind {
            FieldKind::AnyReference { .. }
            | FieldKind::MultiSelect { .. }
            | FieldKind::Tags
            | FieldKind::Json
            | FieldKind::File
            | FieldKind::Image => {
                self.problems.under(
                    path,
                    Text::new("这种类型的字段不能有 initial。", "A field of this type cannot have `initial`."),
                );
                return;
            }
            kind => type_of(kind),
        };
        if let Some(expr) = self.typed(&self.object.name, initial, Some(wanted), path)
            && !expr.is_constant()
        {
            self.problems.under(
                path,
                Text::new(
                    "initial 只能用 now、today、me、my_department 和固定的值。",
                    "`initial` takes now, today, me, my_department and fixed values only.",
                ),
            );
        }
    }

    /// What is stored cannot hang on the clock or on who looks.
    fn lasting(&self, expr: &Expr, path: &str) {
        if has_constant(expr) {
            self.problems.under(path, Text::new(
                "存储的公式和汇总不能用 now、today、me：它们的值会随时间和使用者变化。请在视图的 filter 里用。",
                "A stored formula or roll-up cannot use now, today or me: their values change by themselves. Use them in a view's filter.",
            ));
        }
    }
}

pub(super) fn has_constant(expr: &Expr) -> bool {
    matches!(expr, Expr::Constant(Constant::Now | Constant::Today | Constant::Me | Constant::MyDepartment))
        || expr.children().into_iter().any(has_constant)
}

/// The type of an expression that gives a value of the kind.
pub(super) fn type_of(kind: &FieldKind) -> Type {
    match kind.value_kind() {
        FieldKind::Integer | FieldKind::Decimal { .. } | FieldKind::Money { .. } | FieldKind::Percent { .. } => {
            Type::Number
        }
        FieldKind::Date => Type::Date,
        FieldKind::DateTime => Type::DateTime,
        FieldKind::Duration => Type::Duration,
        FieldKind::Boolean => Type::Bool,
        FieldKind::Reference { .. } | FieldKind::AnyReference { .. } | FieldKind::File | FieldKind::Image => Type::Id,
        FieldKind::MultiSelect { .. } | FieldKind::Tags => Type::Keys,
        _ => Type::Text,
    }
}
