//! Names: fields, references followed, relations.

use std::sync::Arc;

use cel::common::ast::{Expr as Cel, IdedExpr};
use zhike_types::{Text, text};

use super::{Checked, Checker};
use crate::{
    Field, FieldKind, Object, Relation,
    expr::{ExprError, Path, Records, Step, Stored},
    nearest::nearest,
};

/// A record reached: from which variable, by which references, of which object.
pub(super) struct Place<'a> {
    pub var: usize,
    pub steps: Vec<Step>,
    pub object: &'a Arc<Object>,
}

/// What a name or a chain of names means.
pub(super) enum Meaning<'a> {
    /// A variable itself.
    Record(Place<'a>),
    Field(Place<'a>, &'a Field),
    /// The record's own identifier.
    Id(Place<'a>),
    Relation(Place<'a>, &'a Relation),
}

impl<'a> Checker<'a> {
    fn place(&self, var: usize) -> Place<'a> {
        let name = if var == 0 { &self.object.name } else { &self.vars[var - 1].object };
        Place {
            var,
            steps: Vec::new(),
            object: self.model.object(name).expect("variables stand for objects of the model"),
        }
    }

    /// What `a.b.c` means; none when it is not a chain of names.
    pub(super) fn meaning(&self, node: &IdedExpr) -> Checked<Option<Meaning<'a>>> {
        match &node.expr {
            Cel::Ident(name) => match self.vars.iter().rposition(|var| var.name == *name) {
                Some(index) => Ok(Some(Meaning::Record(self.place(index + 1)))),
                None => self.member_of(node, self.place(0), name).map(Some),
            },
            Cel::Select(select) => {
                let Some(record) = self.record(&select.operand)? else { return Ok(None) };
                self.member_of(node, record, &select.field).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The record that a chain of names leads to.
    fn record(&self, node: &IdedExpr) -> Checked<Option<Place<'a>>> {
        if let Cel::Ident(name) = &node.expr
            && (name == "me" || name == "my_department")
        {
            return Err(self.error(
                node,
                text!(
                    "{name} 是一个编号，不能再取它的字段；本人的部门请用 my_department。",
                    "{name} is an id: it has no fields. For your department use my_department."
                ),
            ));
        }
        match self.meaning(node)? {
            None => Ok(None),
            Some(Meaning::Record(place)) => Ok(Some(place)),
            Some(Meaning::Field(mut place, field)) => match &field.kind {
                FieldKind::Reference { object, .. } => {
                    let target = self.model.object(object).ok_or_else(|| unknown_object(self, node, object))?;
                    place.steps.push(Step {
                        object: place.object.name.clone(),
                        field: field.name.clone(),
                        target: target.name.clone(),
                    });
                    place.object = target;
                    Ok(Some(place))
                }
                FieldKind::AnyReference { .. } => {
                    let name = &field.name;
                    Err(self.error(
                        node,
                        text!(
                            "“{name}”可能指向不同的对象，不能再取它的字段。",
                            "`{name}` may lead to different objects, so its fields cannot be read here."
                        ),
                    ))
                }
                _ => {
                    let (name, zh, en) = (&field.name, &field.label.zh, &field.label.en);
                    Err(self.error(
                        node,
                        text!(
                            "“{name}”（{zh}）不是引用，后面不能再跟“.”。",
                            "`{name}` ({en}) is no reference: nothing can follow with a dot."
                        ),
                    ))
                }
            },
            Some(Meaning::Relation(_, relation)) => {
                let name = &relation.name;
                Err(self.error(
                    node,
                    text!(
                        "“{name}”是一组记录。请用 {name}.exists(x, …)、{name}.all(x, …) 或 size({name})。",
                        "`{name}` is many records: use {name}.exists(x, …), {name}.all(x, …) or size({name})."
                    ),
                ))
            }
            Some(Meaning::Id(_)) => {
                Err(self.error(node, Text::new("id 后面不能再跟“.”。", "Nothing can follow `id` with a dot.")))
            }
        }
    }

    fn member_of(&self, node: &IdedExpr, place: Place<'a>, name: &str) -> Checked<Meaning<'a>> {
        if name == "id" {
            return Ok(Meaning::Id(place));
        }
        if let Some(field) = place.object.field(name) {
            return Ok(Meaning::Field(place, field));
        }
        if let Some(relation) = self.model.relation(&place.object.name, name).filter(|_| !name.is_empty()) {
            return Ok(Meaning::Relation(place, relation));
        }
        Err(self.unknown(node, place.object, name))
    }

    fn unknown(&self, node: &IdedExpr, object: &Object, name: &str) -> ExprError {
        let label = object
            .fields
            .iter()
            .find(|field| field.label.zh == name || field.label.en == name)
            .map(|field| field.name.as_str());
        let relations = self
            .model
            .relations(&object.name)
            .iter()
            .map(|relation| relation.name.as_str())
            .filter(|name| !name.is_empty());
        let names = object.fields.iter().map(|field| field.name.as_str()).chain(relations);
        let constants = ["now", "today", "me", "my_department"];
        let (zh, en) = (&object.label.zh, &object.label.en);
        self.error(
            node,
            match label.or_else(|| nearest(name, names.chain(constants))) {
                Some(near) => text!(
                    "{zh}没有字段“{name}”。是不是“{near}”？",
                    "{en} has no field `{name}`. Did you mean `{near}`?"
                ),
                None => {
                    text!("{zh}没有字段“{name}”。文字要加引号。", "{en} has no field `{name}`. A text needs quotes.")
                }
            },
        )
    }

    /// The field that a name or chain of names reads.
    pub(super) fn path(&self, node: &IdedExpr) -> Checked<Path> {
        match self.meaning(node)? {
            Some(Meaning::Field(place, field)) => Ok(Path {
                var: place.var,
                steps: place.steps,
                object: place.object.name.clone(),
                field: field.name.clone(),
                stored: self.stored(node, field)?,
            }),
            Some(Meaning::Id(place) | Meaning::Record(place)) => Ok(Path {
                var: place.var,
                steps: place.steps,
                object: place.object.name.clone(),
                field: "id".to_owned(),
                stored: Stored::Id,
            }),
            Some(Meaning::Relation(_, relation)) => {
                let name = &relation.name;
                Err(self.error(
                    node,
                    text!(
                        "“{name}”是一组记录，不能直接比较。请用 {name}.exists(x, …) 或 size({name})。",
                        "`{name}` is many records and no value: use {name}.exists(x, …) or size({name})."
                    ),
                ))
            }
            None => Err(self.error(node, Text::new("“.”只能跟在引用字段后面。", "A dot can follow only a reference."))),
        }
    }

    /// The relation that a name or chain of names leads to; its variable gets the next number.
    pub(super) fn records(&self, node: &IdedExpr, name: &str) -> Checked<Option<Records>> {
        let Some(Meaning::Relation(place, relation)) = self.meaning(node)? else { return Ok(None) };
        Ok(Some(Records {
            var: place.var,
            steps: place.steps,
            object: place.object.name.clone(),
            relation: relation.name.clone(),
            target: relation.object.clone(),
            field: relation.field.clone(),
            any: relation.any,
            binds: self.vars.len() + 1,
            name: name.to_owned(),
        }))
    }

    fn stored(&self, node: &IdedExpr, field: &Field) -> Checked<Stored> {
        Ok(match field.kind.value_kind() {
            FieldKind::Boolean => Stored::Bool,
            FieldKind::Integer | FieldKind::Decimal { .. } | FieldKind::Money { .. } | FieldKind::Percent { .. } => {
                Stored::Number { scale: field.kind.scale() }
            }
            FieldKind::Date => Stored::Date,
            FieldKind::DateTime => Stored::DateTime,
            FieldKind::Duration => Stored::Duration,
            FieldKind::MultiSelect { .. } | FieldKind::Tags => Stored::Keys,
            FieldKind::Reference { .. } | FieldKind::AnyReference { .. } | FieldKind::File | FieldKind::Image => {
                Stored::Id
            }
            FieldKind::Json => {
                let name = &field.name;
                let computed = matches!(field.kind, FieldKind::Formula { .. } | FieldKind::Rollup { .. });
                let mut error = self.error(
                    node,
                    if computed {
                        text!(
                            "公式“{name}”绕了一圈又用到自己，请断开这个循环。",
                            "The formula `{name}` comes back to itself. Break the circle."
                        )
                    } else {
                        text!(
                            "JSON 字段“{name}”不能用在表达式里。",
                            "The JSON field `{name}` cannot be used in an expression."
                        )
                    },
                );
                error.unsettled = computed;
                return Err(error);
            }
            _ => Stored::Text,
        })
    }
}

fn unknown_object(checker: &Checker<'_>, node: &IdedExpr, object: &str) -> ExprError {
    checker.error(node, text!("没有对象“{object}”。", "There is no object `{object}`."))
}
