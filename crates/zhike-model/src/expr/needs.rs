//! What an expression reads, so that the engine can fetch it first.

use std::collections::{BTreeMap, BTreeSet};

use super::{Expr, Step};

/// What must be loaded of one record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// Fields read (`id` too, where it is).
    pub fields: BTreeSet<String>,
    /// References followed, with what is read behind them.
    pub follow: BTreeMap<String, Needs>,
    /// Relations read, with what is read of each record.
    pub related: BTreeMap<String, Needs>,
}

/// Everything the expression reads, from the record down.
pub fn needs(expr: &Expr) -> Needs {
    let mut root = Needs::default();
    collect(expr, &mut root, &mut Vec::new());
    root
}

impl Needs {
    /// Whether the record itself is enough.
    pub fn is_local(&self) -> bool {
        self.follow.is_empty() && self.related.is_empty()
    }

    fn walk(&mut self, steps: &[Step]) -> &mut Self {
        steps.iter().fold(self, |needs, step| {
            needs.fields.insert(step.field.clone());
            needs.follow.entry(step.field.clone()).or_default()
        })
    }
}

/// How to reach what a variable stands for: the variable and steps the relation starts from, and its name.
type Binding = (usize, Vec<Step>, String);

fn at<'a>(root: &'a mut Needs, bindings: &[Binding], var: usize) -> &'a mut Needs {
    if var == 0 {
        return root;
    }
    let (from, steps, relation) = &bindings[var - 1];
    at(root, bindings, *from).walk(steps).related.entry(relation.clone()).or_default()
}

fn collect(expr: &Expr, root: &mut Needs, bindings: &mut Vec<Binding>) {
    if let Some(path) = expr.own_path() {
        at(root, bindings, path.var).walk(&path.steps).fields.insert(path.field.clone());
    }
    if let Expr::Related { records, condition, .. } = expr {
        at(root, bindings, records.var).walk(&records.steps).related.entry(records.relation.clone()).or_default();
        bindings.push((records.var, records.steps.clone(), records.relation.clone()));
        if let Some(condition) = condition {
            collect(condition, root, bindings);
        }
        bindings.pop();
        return;
    }
    for child in expr.children() {
        collect(child, root, bindings);
    }
}
