//! The records that a batch of rows is about: those that are there already and those the rows make, met by one another.

use std::collections::{BTreeSet, HashMap};

use zhike_types::{Uuid, Value};

use super::identity::{Forms, Identity};
use crate::load::Stored;

/// A record under the hands of the import.
#[derive(Debug, Clone)]
pub(crate) struct Entity {
    pub id: Uuid,
    /// As it stands in the database; none: it is new.
    pub before: Option<Stored>,
    pub values: Vec<Value>,
    pub changed: BTreeSet<usize>,
    pub may_see: bool,
    pub may_change: bool,
    /// Among several that a row may mean, the lowest is meant: the one that was there first.
    pub order: i64,
    /// It may not be met by name: every row is to make a record of its own.
    pub foreign: bool,
    /// Records under it, by their place among the children.
    pub children: Vec<usize>,
    /// Its match keys, where its row has told them.
    pub keys: Option<Vec<i64>>,
    /// It is here as the batch before left it, which the database may not show yet.
    pub carried: bool,
}

impl Entity {
    pub fn made(id: Uuid, values: Vec<Value>) -> Self {
        Self {
            id,
            before: None,
            values,
            changed: BTreeSet::new(),
            may_see: true,
            may_change: true,
            order: i64::MAX,
            foreign: false,
            children: Vec::new(),
            keys: None,
            carried: false,
        }
    }

    /// Whether a batch made or changed it.
    pub fn is_touched(&self) -> bool {
        self.is_new() || !self.changed.is_empty()
    }

    pub fn is_new(&self) -> bool {
        self.before.is_none()
    }

    pub fn set(&mut self, field: usize, value: Value) {
        if self.values[field] != value {
            self.values[field] = value;
            self.changed.insert(field);
            self.keys = None;
        }
    }
}

/// Records of one object, found by what they are met by.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub all: Vec<Entity>,
    by_id: HashMap<Uuid, usize>,
    strong: HashMap<String, usize>,
    weak: HashMap<String, Vec<usize>>,
}

impl Known {
    pub fn by_id(&self, id: Uuid) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// Takes a record in; one that is known already stays as it is.
    pub fn add(&mut self, entity: Entity, forms: &Forms) -> usize {
        if let Some(at) = self.by_id(entity.id) {
            return at;
        }
        let at = self.all.len();
        self.by_id.insert(entity.id, at);
        self.all.push(entity);
        self.index(at, forms);
        at
    }

    /// Makes what a record is met by known, after values were added to it.
    pub fn index(&mut self, at: usize, forms: &Forms) {
        for form in &forms.strong {
            self.strong.entry(form.clone()).or_insert(at);
        }
        for form in &forms.weak {
            let members = self.weak.entry(form.clone()).or_default();
            if !members.contains(&at) {
                members.push(at);
            }
        }
    }

    /// Puts a record that is known already as somebody else knows it.
    pub fn replace(&mut self, at: usize, entity: Entity, forms: &Forms) {
        self.all[at] = entity;
        self.index(at, forms);
    }

    /// The records that share a form, whatever else tells them apart.
    pub fn sharing<'k>(&'k self, forms: &'k Forms) -> impl Iterator<Item = usize> + 'k {
        let strong = forms.strong.iter().filter_map(|form| self.strong.get(form));
        strong.chain(forms.weak.iter().filter_map(|form| self.weak.get(form)).flatten()).copied()
    }

    /// The record that has one of these unique values.
    pub fn strong(&self, forms: &Forms) -> Option<usize> {
        forms.strong.iter().find_map(|form| self.strong.get(form)).copied()
    }

    /// The records that have the name of these values, and no unique value of another.
    pub fn named(&self, identity: &Identity, forms: &Forms, values: &[Value]) -> Vec<usize> {
        let alike = forms.weak.iter().filter_map(|form| self.weak.get(form)).flatten().copied();
        alike.filter(|&at| !self.all[at].foreign && !identity.differ(&self.all[at].values, values)).collect()
    }

    /// The record that these values are about.
    pub fn find(&self, identity: &Identity, forms: &Forms, values: &[Value]) -> Option<usize> {
        let first = || self.named(identity, forms, values).into_iter().min_by_key(|&at| (self.all[at].order, at));
        self.strong(forms).or_else(first)
    }
}
