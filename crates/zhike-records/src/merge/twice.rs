//! What would stand twice once two records are one: the same user in the team, the same relation, a second record where only
//! one may be. The model tells which rows these are.

use zhike_model::{Field, FieldKind, Model, Object};
use zhike_types::Value;

use crate::list::is_filled;

/// A way in which rows of an object stand twice: alike in these fields.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub key: Vec<usize>,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Who works on a record, and whether they may write: the freer of two levels stays.
    Team { level: usize },
    /// A reference that no two live records share.
    Unique,
    /// A row that says nothing but how two records stand to each other.
    Relation,
}

const LEVEL: &str = "level";
const WRITE: &str = "write";

/// The rules for rows of `child` that refer to records of `target`.
pub(super) fn rules(model: &Model, child: &Object, target: &Object) -> Vec<Rule> {
    if target.team.as_ref() == Some(&child.name)
        && let (Some(of), Some(user), Some(level)) =
            (child.index_of(&target.name), child.index_of("user"), child.index_of(LEVEL))
    {
        return vec![Rule { key: vec![of, user], kind: Kind::Team { level } }];
    }
    let names = |field: &Field| matches!(&field.kind, FieldKind::Reference { object, .. } if *object == target.name);
    let mut rules: Vec<Rule> = child
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| field.unique && names(field))
        .map(|(i, _)| Rule { key: vec![i], kind: Kind::Unique })
        .collect();
    let is_team = model.objects().iter().any(|object| object.team.as_ref() == Some(&child.name));
    let required: Vec<usize> =
        (0..child.fields.len()).filter(|&i| child.fields[i].required && !child.fields[i].system).collect();
    let references = required.iter().filter(|&&i| matches!(child.fields[i].kind, FieldKind::Reference { .. })).count();
    let says_more = required
        .iter()
        .any(|&i| !matches!(child.fields[i].kind, FieldKind::Reference { .. } | FieldKind::Select { .. }));
    if !is_team && !says_more && references >= 2 && required.iter().any(|&i| names(&child.fields[i])) {
        rules.push(Rule { key: required, kind: Kind::Relation });
    }
    rules
}

impl Rule {
    /// What rows that stand twice share; none when the row lacks part of it.
    pub fn key_of(&self, values: &[Value]) -> Option<String> {
        let parts: Vec<&Value> = self.key.iter().map(|&i| &values[i]).collect();
        parts.iter().all(|value| is_filled(value)).then(|| format!("{parts:?}"))
    }

    /// Whether a row of the rule's key adds nothing to the one that stays.
    pub fn adds_nothing(&self, object: &Object, row: &[Value], kept: &[Value]) -> bool {
        if self.kind != Kind::Relation {
            return true;
        }
        object.fields.iter().enumerate().all(|(i, field)| {
            let computed = matches!(field.kind, FieldKind::Formula { .. } | FieldKind::Rollup { .. });
            field.system || computed || !is_filled(&row[i]) || row[i] == kept[i]
        })
    }

    /// Whether a row relates a record to itself.
    pub fn is_to_itself(&self, values: &[Value]) -> bool {
        let ends: Vec<_> = self.key.iter().filter_map(|&i| values[i].as_id()).collect();
        self.kind == Kind::Relation && ends.len() > 1 && ends.iter().all(|end| *end == ends[0])
    }

    /// The field that the row which stays takes over from the one that goes.
    pub fn raised(&self, row: &[Value], kept: &[Value]) -> Option<usize> {
        let Kind::Team { level } = self.kind else { return None };
        let writes = |values: &[Value]| values[level].as_text() == Some(WRITE);
        (writes(row) && !writes(kept)).then_some(level)
    }
}
