//! Where a column can go: the fields of an object, and those of the people (or whatever is met again by name) under it.

use std::sync::Arc;

use zhike_model::{FieldKind, MatchRule, Model, Object, Role};
use zhike_types::Text;

use crate::{Actor, FieldRight};

/// Whether a field is the record's own or that of the record under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    Root,
    Child,
}

/// One field that a column can fill.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// `account.name`.
    pub name: String,
    pub side: Side,
    pub field: usize,
    pub label: Text,
    pub required: bool,
}

/// The objects one sheet fills, and all targets.
#[derive(Debug, Clone)]
pub(crate) struct Targets {
    pub root: Arc<Object>,
    /// The object under it and its reference to the root.
    pub child: Option<(Arc<Object>, usize)>,
    pub all: Vec<Target>,
}

impl Targets {
    pub fn of(model: &Model, actor: &Actor, root: &Arc<Object>) -> Self {
        let child = model.objects().iter().find_map(|object| {
            let field = object.index_of(object.access.parents().first()?)?;
            let refers =
                matches!(&object.fields[field].kind, FieldKind::Reference { object: to, .. } if *to == root.name);
            // only what is met again can come twice without being made twice
            let is_met = object.title_field().matching == Some(MatchRule::Person);
            let may = actor.rights.object(&object.name).is_some_and(|rights| rights.may_read() && rights.create);
            (refers && is_met && may && object.name != root.name).then(|| (Arc::clone(object), field))
        });
        let mut all = Vec::new();
        for (field, declared) in root.fields.iter().enumerate() {
            if is_fillable(actor, root, field) {
                all.push(Target {
                    name: format!("{}.{}", root.name, declared.name),
                    side: Side::Root,
                    field,
                    label: declared.label.clone(),
                    required: declared.required && !declared.fills_itself(),
                });
            }
        }
        if let Some((child, parent)) = &child {
            for (field, declared) in child.fields.iter().enumerate() {
                if field == *parent || declared.system || !is_fillable(actor, child, field) {
                    continue;
                }
                let (zh, en) = (&child.label.zh, &child.label.en);
                all.push(Target {
                    name: format!("{}.{}", child.name, declared.name),
                    side: Side::Child,
                    field,
                    label: Text::new(format!("{zh} · {}", declared.label.zh), format!("{en} · {}", declared.label.en)),
                    required: false,
                });
            }
        }
        Self { root: Arc::clone(root), child, all }
    }

    pub fn get(&self, name: &str) -> Option<&Target> {
        self.all.iter().find(|target| target.name == name)
    }

    pub fn object(&self, side: Side) -> &Arc<Object> {
        match (side, &self.child) {
            (Side::Child, Some((child, _))) => child,
            _ => &self.root,
        }
    }

    /// The target of a side's field.
    pub fn at(&self, side: Side, field: usize) -> Option<&Target> {
        self.all.iter().find(|target| target.side == side && target.field == field)
    }

    /// The target of a side's title.
    pub fn title(&self, side: Side) -> Option<&Target> {
        if side == Side::Child && self.child.is_none() {
            return None;
        }
        let object = self.object(side);
        self.at(side, object.index_of(&object.title)?)
    }
}

/// Whether a list can give the field a value: what the actor may write, and of what the system writes the number, the author
/// and the time of creation, which an old list knows better.
fn is_fillable(actor: &Actor, object: &Object, field: usize) -> bool {
    let declared = &object.fields[field];
    let writable = match (&declared.kind, declared.role) {
        (FieldKind::AutoNumber { .. }, _) | (_, Some(Role::CreatedAt | Role::CreatedBy)) => true,
        (
            FieldKind::Formula { .. }
            | FieldKind::Rollup { .. }
            | FieldKind::File
            | FieldKind::Image
            | FieldKind::Json
            | FieldKind::AnyReference { .. },
            _,
        ) => false,
        _ => !declared.read_only,
    };
    writable && actor.rights.field(&object.name, declared) == FieldRight::Write
}
