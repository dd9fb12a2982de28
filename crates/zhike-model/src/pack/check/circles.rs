//! What computed fields hang on: no circles, an order, and who must be told of a change.

use std::collections::{BTreeSet, HashMap};

use zhike_types::text;

use super::super::place::Problems;
use crate::{
    Computation, Dependent, Field, FieldKind, Model, Object, Via,
    expr::{self, Needs, Step},
};

/// A field of an object.
type Name = (String, String);

/// One field that a computed field reads, and how it gets there.
struct Reading {
    reads: Name,
    via: Via,
}

pub(super) fn check(model: &Model, problems: &Problems<'_>) -> Option<Computation> {
    let mut readings: HashMap<Name, Vec<Reading>> = HashMap::new();
    for object in model.objects() {
        for field in object.fields.iter().filter(|field| is_computed(field)) {
            readings.insert((object.name.clone(), field.name.clone()), read_by(model, object, field));
        }
    }
    let mut computation = Computation::default();
    let mut state =
        Search { readings: &readings, done: BTreeSet::new(), open: Vec::new(), circle: None, sorted: Vec::new() };
    for object in model.objects() {
        for field in object.fields.iter().filter(|field| is_computed(field)) {
            state.visit(&(object.name.clone(), field.name.clone()));
        }
    }
    if let Some(circle) = state.circle {
        let (object, field) = &circle[0];
        let names = circle.iter().map(|(object, field)| format!("{object}.{field}")).collect::<Vec<_>>().join(" → ");
        problems.under(
            &format!("{object}/field/{field}/type"),
            text!(
                "公式、汇总绕成了圈：{names}。请断开其中一个。",
                "These formulas and roll-ups are computed from each other in a circle: {names}. Break it."
            ),
        );
        return None;
    }
    for (object, field) in state.sorted {
        if let Some(index) = model.object(&object).and_then(|object| object.index_of(&field)) {
            computation.order.entry(object).or_default().push(index);
        }
    }
    for object in model.objects() {
        for field in object.fields.iter().filter(|field| is_computed(field)) {
            let name = (object.name.clone(), field.name.clone());
            for reading in &readings[&name] {
                let dependent = Dependent { object: name.0.clone(), field: name.1.clone(), via: reading.via.clone() };
                let told = computation.dependents.entry(reading.reads.clone()).or_default();
                if !told.contains(&dependent) {
                    told.push(dependent);
                }
            }
        }
    }
    Some(computation)
}

fn is_computed(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Formula { .. } | FieldKind::Rollup { .. })
}

fn read_by(model: &Model, object: &Object, field: &Field) -> Vec<Reading> {
    let mut readings = Vec::new();
    match &field.kind {
        FieldKind::Formula { expression, .. } => {
            if let Ok(expr) = expr::parse(model, &object.name, expression, None) {
                through(model, object, &expr::needs(&expr), &mut Vec::new(), &mut readings);
            }
        }
        FieldKind::Rollup { relation, field, filter, .. } => {
            let Some(relation) = model.relation(&object.name, relation) else { return readings };
            let mut names: BTreeSet<String> = field.iter().cloned().collect();
            names.insert(relation.field.clone());
            names.insert("deleted_at".to_owned());
            if let Some(expr) =
                filter.as_ref().and_then(|filter| expr::parse_condition(model, &relation.object, filter).ok())
            {
                names.extend(expr::needs(&expr).fields);
            }
            let via = Via::Parent(relation.field.clone());
            readings.extend(
                names.into_iter().map(|name| Reading { reads: (relation.object.clone(), name), via: via.clone() }),
            );
        }
        _ => {}
    }
    let own = field.currency_of.as_ref().filter(|of| object.field(of).is_some());
    readings.extend(own.map(|of| Reading { reads: (object.name.clone(), of.clone()), via: Via::Same }));
    readings
}

fn through(model: &Model, object: &Object, needs: &Needs, steps: &mut Vec<Step>, readings: &mut Vec<Reading>) {
    let via = if steps.is_empty() { Via::Same } else { Via::References(steps.clone()) };
    for name in &needs.fields {
        readings.push(Reading { reads: (object.name.clone(), name.clone()), via: via.clone() });
    }
    for (name, behind) in &needs.follow {
        let Some(FieldKind::Reference { object: target, .. }) = object.field(name).map(|field| &field.kind) else {
            continue;
        };
        let Some(target) = model.object(target) else { continue };
        steps.push(Step { object: object.name.clone(), field: name.clone(), target: target.name.clone() });
        through(model, target, behind, steps, readings);
        steps.pop();
    }
}

/// Depth first: what is read comes before what reads it.
struct Search<'a> {
    readings: &'a HashMap<Name, Vec<Reading>>,
    done: BTreeSet<Name>,
    open: Vec<Name>,
    circle: Option<Vec<Name>>,
    sorted: Vec<Name>,
}

impl Search<'_> {
    fn visit(&mut self, name: &Name) {
        if self.circle.is_some() || self.done.contains(name) {
            return;
        }
        if let Some(start) = self.open.iter().position(|open| open == name) {
            let mut circle = self.open[start..].to_vec();
            circle.push(name.clone());
            self.circle = Some(circle);
            return;
        }
        let Some(readings) = self.readings.get(name) else { return };
        self.open.push(name.clone());
        for reading in readings {
            self.visit(&reading.reads);
        }
        self.open.pop();
        self.done.insert(name.clone());
        self.sorted.push(name.clone());
    }
}
