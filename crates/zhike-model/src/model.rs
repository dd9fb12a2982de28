//! The whole model and what follows from it.

use std::{collections::HashMap, sync::Arc};

use zhike_types::Text;

use crate::{Field, FieldKind, Object, OnDelete, expr::Step};

/// All objects, checked. Cheap to clone; replaced whole when an administrator changes it.
#[derive(Debug, Clone, Default)]
pub struct Model {
    objects: Vec<Arc<Object>>,
    by_name: HashMap<String, usize>,
    relations: HashMap<String, Vec<Relation>>,
    groups: Vec<Group>,
    computation: Computation,
    fingerprint: u64,
}

/// How formulas and roll-ups hang on what they read.
#[derive(Debug, Clone, Default)]
pub struct Computation {
    /// By object: its formulas and roll-ups (indexes of fields), each after those it reads on the same record.
    pub order: HashMap<String, Vec<usize>>,
    /// By object and field: what must be worked out anew when the field changes.
    pub dependents: HashMap<(String, String), Vec<Dependent>>,
}

/// A formula or roll-up that reads a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Dependent {
    /// The computed field, and the object that holds it.
    pub object: String,
    pub field: String,
    pub via: Via,
}

/// How the record with the computed field is found from the one whose field changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Via {
    /// It is the same record.
    Same,
    /// The records that reach the changed one by following these references, in this order.
    References(Vec<Step>),
    /// A roll-up: the record that the changed one names by this reference field; when that field itself changes, also the
    /// record it named before.
    Parent(String),
}

/// A group of the rail; [`Object::group`] names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub name: String,
    pub label: Text,
    pub icon: String,
}

/// The records of `object` that refer to a record by `field`.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The inverse name: `contacts`.
    pub name: String,
    /// The object that refers: `contact`.
    pub object: String,
    /// Its reference field: `account`.
    pub field: String,
    /// The reference is polymorphic: `field_object` must name the object too.
    pub any: bool,
    pub on_delete: OnDelete,
}

impl Model {
    /// From objects that have been checked together. `fingerprint` changes whenever the tables may have to.
    pub fn new(objects: Vec<Object>, fingerprint: u64) -> Self {
        let mut relations: HashMap<String, Vec<Relation>> = HashMap::new();
        for object in &objects {
            for field in &object.fields {
                for (target, relation) in relations_of(&objects, object, field) {
                    relations.entry(target).or_default().push(relation);
                }
            }
        }
        let by_name = objects.iter().enumerate().map(|(i, object)| (object.name.clone(), i)).collect();
        Self {
            objects: objects.into_iter().map(Arc::new).collect(),
            by_name,
            relations,
            groups: Vec::new(),
            computation: Computation::default(),
            fingerprint,
        }
    }

    /// The same model with the rail's groups, in their order.
    #[must_use]
    pub fn with_groups(mut self, groups: Vec<Group>) -> Self {
        self.groups = groups;
        self
    }

    #[must_use]
    pub(crate) fn with_computation(mut self, computation: Computation, fingerprint: u64) -> Self {
        self.computation = computation;
        self.fingerprint = fingerprint;
        self
    }

    /// The object's formulas and roll-ups as indexes of its fields, each after those it reads on the same record.
    pub fn computed(&self, object: &str) -> &[usize] {
        self.computation.order.get(object).map_or(&[], Vec::as_slice)
    }

    /// The formulas and roll-ups to work out anew when the field of a record changes.
    pub fn dependents(&self, object: &str, field: &str) -> &[Dependent] {
        self.computation.dependents.get(&(object.to_owned(), field.to_owned())).map_or(&[], Vec::as_slice)
    }

    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    pub fn objects(&self) -> &[Arc<Object>] {
        &self.objects
    }

    pub fn object(&self, name: &str) -> Option<&Arc<Object>> {
        self.by_name.get(name).map(|&i| &self.objects[i])
    }

    /// Everything that refers to the object's records, named or not.
    pub fn relations(&self, object: &str) -> &[Relation] {
        self.relations.get(object).map_or(&[], Vec::as_slice)
    }

    /// The relation of that inverse name.
    pub fn relation(&self, object: &str, name: &str) -> Option<&Relation> {
        self.relations(object).iter().find(|relation| relation.name == name)
    }

    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }
}

fn relations_of(objects: &[Object], object: &Object, field: &Field) -> Vec<(String, Relation)> {
    let relation = |name: &Option<String>, any: bool, on_delete: OnDelete| Relation {
        name: name.clone().unwrap_or_default(),
        object: object.name.clone(),
        field: field.name.clone(),
        any,
        on_delete,
    };
    match &field.kind {
        FieldKind::Reference { object: target, on_delete, inverse } => {
            vec![(target.clone(), relation(inverse, false, *on_delete))]
        }
        FieldKind::AnyReference { objects: targets, on_delete, inverse } => {
            let all = targets.is_empty();
            objects
                .iter()
                .filter(|target| all || targets.contains(&target.name))
                .map(|target| (target.name.clone(), relation(inverse, true, *on_delete)))
                .collect()
        }
        _ => Vec::new(),
    }
}
