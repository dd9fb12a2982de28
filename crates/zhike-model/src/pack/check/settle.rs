//! The types of formulas and roll-ups, which hang on each other: worked out in rounds until all are known.

use zhike_types::{Text, text};

use crate::led_to;

use super::super::place::Problems;
use crate::{
    Class, Field, FieldKind, Model, Object, RollupOp,
    expr::{self, Expr, Needs, Type},
    nearest::nearest,
};

/// A model in which every computed field has its type; none (and problems) when one cannot have.
pub(super) fn settle(mut objects: Vec<Object>, problems: &Problems<'_>) -> Option<Model> {
    loop {
        let model = Model::new(objects.clone(), 0);
        let (mut settled, mut open) = (false, Vec::new());
        for (i, object) in model.objects().iter().enumerate() {
            for (j, field) in object.fields.iter().enumerate().filter(|(_, field)| is_open(field)) {
                match result(&model, object, field) {
                    Ok(kind) => {
                        set_result(&mut objects[i].fields[j].kind, kind);
                        settled = true;
                    }
                    Err(problem) => open.push((object.name.clone(), field.name.clone(), problem)),
                }
            }
        }
        if open.is_empty() {
            return Some(Model::new(objects, 0));
        }
        if !settled {
            // What only waits for another broken formula would not help anybody.
            let real = open.iter().any(|(_, _, problem)| !problem.waits);
            for (object, field, problem) in open.into_iter().filter(|(_, _, problem)| !real || !problem.waits) {
                let path = format!("{object}/field/{field}/{}", problem.key);
                match problem.column {
                    Some(column) => problems.inside(&path, column, problem.message),
                    None => problems.under(&path, problem.message),
                }
            }
            return None;
        }
    }
}

struct Unsettled {
    key: &'static str,
    column: Option<usize>,
    message: Text,
    waits: bool,
}

fn is_open(field: &Field) -> bool {
    matches!(&field.kind, FieldKind::Formula { result, .. } | FieldKind::Rollup { result, .. } if **result == FieldKind::Json)
}

fn set_result(kind: &mut FieldKind, settled: FieldKind) {
    if let FieldKind::Formula { result, .. } | FieldKind::Rollup { result, .. } = kind {
        **result = settled;
    }
}

fn result(model: &Model, object: &Object, field: &Field) -> Result<FieldKind, Unsettled> {
    match &field.kind {
        FieldKind::Formula { expression, .. } => formula(model, object, expression),
        FieldKind::Rollup { relation, op, field, .. } => rollup(model, object, relation, *op, field.as_deref()),
        kind => Ok(kind.clone()),
    }
}

fn formula(model: &Model, object: &Object, expression: &str) -> Result<FieldKind, Unsettled> {
    let expr = expr::parse(model, &object.name, expression, None).map_err(|error| Unsettled {
        key: "formula",
        column: Some(error.at),
        waits: error.unsettled,
        message: error.message,
    })?;
    if let Expr::Field(path) = &expr
        && let Some(field) = model.object(&path.object).and_then(|object| object.field(&path.field))
        && !matches!(expr.ty(), Type::Id | Type::Keys)
    {
        return Ok(match field.kind.value_kind() {
            FieldKind::AutoNumber { .. } => FieldKind::Text { max: 60 },
            kind => kind.clone(),
        });
    }
    Ok(match expr.ty() {
        Type::Bool => FieldKind::Boolean,
        Type::Number => FieldKind::Decimal { scale: 2 },
        Type::Text => FieldKind::Text { max: 500 },
        Type::Date => FieldKind::Date,
        Type::DateTime => FieldKind::DateTime,
        Type::Duration => FieldKind::Duration,
        Type::Id | Type::Keys => {
            return Err(Unsettled {
                key: "formula",
                column: Some(1),
                waits: false,
                message: Text::new(
                    "公式的结果不能是引用或多个选项。要显示名称请写 .name。",
                    "A formula cannot give a reference or a list of keys. To show a name, write .name.",
                ),
            });
        }
    })
}

fn rollup(
    model: &Model,
    object: &Object,
    relation: &str,
    op: RollupOp,
    field: Option<&str>,
) -> Result<FieldKind, Unsettled> {
    let problem = |key, message| Unsettled { key, column: None, message, waits: false };
    let Some(found) = model.relation(&object.name, relation) else {
        let names =
            model.relations(&object.name).iter().map(|relation| relation.name.as_str()).filter(|name| !name.is_empty());
        let near = nearest(relation, names.clone()).unwrap_or_default().to_owned();
        let all = names.collect::<Vec<_>>().join(", ");
        let name = &object.name;
        return Err(problem(
            "relation",
            if near.is_empty() {
                text!(
                    "{name} 没有关系“{relation}”。可以用：{all}。",
                    "{name} has no relation `{relation}`. There are: {all}."
                )
            } else {
                text!(
                    "{name} 没有关系“{relation}”。是不是“{near}”？",
                    "{name} has no relation `{relation}`. Did you mean `{near}`?"
                )
            },
        ));
    };
    if op == RollupOp::Count {
        return Ok(FieldKind::Integer);
    }
    let Some(field) = field else {
        return Err(problem(
            "op",
            Text::new("缺少“field”：对哪个字段汇总。", "`field` is missing: which field to roll up."),
        ));
    };
    let target = model.object(&found.object).and_then(|target| target.field(field));
    let Some(target) = target else {
        let of = &found.object;
        return Err(problem("field", text!("{of} 没有字段“{field}”。", "{of} has no field `{field}`.")));
    };
    let kind = target.kind.value_kind().clone();
    if is_open(target) {
        let mut waiting = problem(
            "field",
            text!(
                "公式“{field}”绕了一圈又用到自己，请断开这个循环。",
                "The formula `{field}` comes back to itself. Break the circle."
            ),
        );
        waiting.waits = true;
        return Err(waiting);
    }
    match op {
        RollupOp::Min | RollupOp::Max if kind.is_number() || matches!(kind, FieldKind::Date | FieldKind::DateTime) => {
            Ok(kind)
        }
        RollupOp::Average if matches!(kind, FieldKind::Integer) => Ok(FieldKind::Decimal { scale: 2 }),
        RollupOp::Sum | RollupOp::Average if kind.is_number() => Ok(kind),
        _ => Err(problem(
            "op",
            text!(
                "“{field}”不能这样汇总：sum、average 只用于数字，min、max 用于数字和日期。",
                "`{field}` cannot be rolled up so: sum and average take numbers, min and max numbers and dates."
            ),
        )),
    }
}

/// A computed field is as sensitive as the most sensitive field it shows.
pub(super) fn with_classes(model: &Model) -> Vec<Object> {
    let mut objects: Vec<Object> = model.objects().iter().map(|object| (**object).clone()).collect();
    // Classes only rise, and there are three: as many rounds as the longest chain of formulas.
    loop {
        let current = Model::new(objects.clone(), 0);
        let mut raised = false;
        for object in &mut objects {
            for i in 0..object.fields.len() {
                let class = class_of(&current, &object.name, &object.fields[i]);
                if class > object.fields[i].class {
                    object.fields[i].class = class;
                    raised = true;
                }
            }
        }
        if !raised {
            return objects;
        }
    }
}

fn class_of(model: &Model, object: &str, field: &Field) -> Class {
    match &field.kind {
        FieldKind::Formula { expression, .. } => expr::parse(model, object, expression, None)
            .map_or(Class::General, |expr| highest(model, object, &expr::needs(&expr))),
        FieldKind::Rollup { relation, field: Some(field), op, .. } if *op != RollupOp::Count => model
            .relation(object, relation)
            .and_then(|relation| model.object(&relation.object)?.field(field))
            .map_or(Class::General, |field| field.class),
        // what is taken over is as secret as where it comes from
        _ => taken(model, object, field).map(|from| from.class).max().unwrap_or_default(),
    }
}

/// The fields that one takes over from.
fn taken<'m>(model: &'m Model, object: &str, field: &'m Field) -> impl Iterator<Item = &'m Field> {
    let object = model.object(object);
    let taken = field.takes.iter().filter_map(move |path| led_to(model, object?, path));
    let looked_up = field.lookup.iter().filter_map(|lookup| model.object(&lookup.object)?.field(&lookup.value));
    taken.chain(looked_up)
}

fn highest(model: &Model, object: &str, needs: &Needs) -> Class {
    let Some(object) = model.object(object) else { return Class::General };
    let own = needs.fields.iter().filter_map(|name| object.field(name)).map(|field| field.class);
    let behind = needs.follow.iter().filter_map(|(name, needs)| match &object.field(name)?.kind {
        FieldKind::Reference { object, .. } => Some(highest(model, object, needs)),
        _ => None,
    });
    let related = needs
        .related
        .iter()
        .filter_map(|(name, needs)| Some(highest(model, &model.relation(&object.name, name)?.object, needs)));
    own.chain(behind).chain(related).max().unwrap_or_default()
}
