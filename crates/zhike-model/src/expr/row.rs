//! The record an expression is asked about.

use std::collections::HashMap;

use zhike_types::Value;

/// What the evaluator reads. The engine fills what [`super::needs`] names; anything else is never asked for.
pub trait Record {
    /// The stored value; `id` is the record's own identifier. Null when there is none.
    fn value(&self, field: &str) -> Value;
    /// The record that a reference names, deleted or not; none when the reference is empty.
    fn follow(&self, field: &str) -> Option<&dyn Record>;
    /// The live records of a relation.
    fn related(&self, relation: &str) -> Vec<&dyn Record>;
}

/// A record held in maps.
#[derive(Debug, Clone, Default)]
pub struct Row {
    pub values: HashMap<String, Value>,
    pub references: HashMap<String, Row>,
    pub related: HashMap<String, Vec<Row>>,
}

impl Record for Row {
    fn value(&self, field: &str) -> Value {
        self.values.get(field).cloned().unwrap_or_default()
    }

    fn follow(&self, field: &str) -> Option<&dyn Record> {
        self.references.get(field).map(|row| row as &dyn Record)
    }

    fn related(&self, relation: &str) -> Vec<&dyn Record> {
        self.related.get(relation).into_iter().flatten().map(|row| row as &dyn Record).collect()
    }
}
