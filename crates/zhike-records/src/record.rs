//! A record as an actor may see it.

use std::{collections::HashMap, sync::Arc};

use zhike_model::{Field, Object, Role};
use zhike_types::{Uuid, Value};

/// One record: values of its object's fields, already masked for the actor who asked.
#[derive(Debug, Clone)]
pub struct Record {
    pub object: Arc<Object>,
    pub id: Uuid,
    /// The order of creation in its table; pages break ties by it.
    pub seq: i64,
    pub version: i64,
    /// One for each field of the object, in its order; `Null` where it was not asked for.
    pub values: Vec<Value>,
    pub states: Arc<Vec<FieldState>>,
    /// Titles of the records that references name, as far as the actor may see them.
    pub titles: Arc<HashMap<Uuid, Title>>,
    /// Whether the actor may change it.
    pub may_change: bool,
    pub may_delete: bool,
    /// Whether the actor may bring it back from the recycle bin, and delete it there for ever.
    pub may_restore: bool,
    pub may_purge: bool,
    /// Known whatever the actor may see of the field: what lies in the recycle bin is not shown as live.
    pub(crate) deleted_at: Option<i64>,
}

/// What was done to a field's value on its way to the actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldState {
    /// It was not asked for.
    Unread,
    /// The actor may not see it: the value is `Null`.
    Hidden,
    /// The value is its masked text.
    Masked,
    /// Seen, not to be written.
    ReadOnly,
    Writable,
}

/// What a reference shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    pub object: String,
    pub text: String,
}

impl Record {
    pub fn value(&self, field: &str) -> &Value {
        static NULL: Value = Value::Null;
        self.object.index_of(field).map_or(&NULL, |i| &self.values[i])
    }

    pub fn state(&self, field: &str) -> FieldState {
        self.object.index_of(field).map_or(FieldState::Hidden, |i| self.states[i])
    }

    /// Fields with their values and states, in the object's order.
    pub fn fields(&self) -> impl Iterator<Item = (&Field, &Value, FieldState)> {
        self.object
            .fields
            .iter()
            .zip(&self.values)
            .zip(self.states.iter())
            .map(|((field, value), state)| (field, value, *state))
    }

    pub fn role_value(&self, role: Role) -> &Value {
        static NULL: Value = Value::Null;
        self.object.role_index(role).map_or(&NULL, |i| &self.values[i])
    }

    /// Milliseconds since 1970; none when the record is not in the recycle bin.
    pub fn deleted_at(&self) -> Option<i64> {
        self.deleted_at
    }

    /// The record's name: its title field's text, or that of the record a title names as far as the actor may see it.
    pub fn title(&self) -> &str {
        match self.value(&self.object.title) {
            Value::Id(id) => self.titles.get(id).map_or("", |title| title.text.as_str()),
            value => value.as_text().unwrap_or_default(),
        }
    }

    /// The title of the record a reference names; none when the actor may not see that record.
    pub fn reference(&self, field: &str) -> Option<(&Title, Uuid)> {
        let id = self.value(field).as_id()?;
        self.titles.get(&id).map(|title| (title, id))
    }
}
