//! Measures (业绩指标): what targets are set for and people are ranked by.
//!
//! A measure belongs to an object: which of its records count, at what day, what of them is summed, and to whom it is credited.

use std::sync::Arc;

use zhike_types::Text;

use crate::{Field, FieldKind, Model, Object, Relation};

/// What is counted or summed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// Unique in the whole model: it is the key of the option that targets are set for.
    pub name: String,
    pub label: Text,
    pub help: Option<Text>,
    /// The number summed; left out, records are counted.
    pub sum: Option<String>,
    /// The date that says to which period a record belongs; it may stand behind references: `opportunity.closed_at`.
    pub at: String,
    /// CEL; empty takes all.
    pub filter: String,
    /// The reference to the user whose success it is: `owner`, `opportunity.owner`.
    pub credit: String,
    /// The relation whose records say who has which share of it (业绩分配): `splits`, `contract.opportunity.splits`.
    pub splits: Option<String>,
    /// The reference to what was sold, for targets of one product.
    pub product: Option<String>,
}

/// A field behind references.
#[derive(Debug, Clone)]
pub struct Reached<'m> {
    /// The references followed, with the object that each leads to.
    pub steps: Vec<(&'m Field, &'m Arc<Object>)>,
    pub field: &'m Field,
}

/// The records that part what is credited.
#[derive(Debug, Clone)]
pub struct Parts<'m> {
    pub steps: Vec<(&'m Field, &'m Arc<Object>)>,
    pub relation: &'m Relation,
    pub object: &'m Arc<Object>,
    /// Whose share it is.
    pub person: &'m Field,
    /// How much of it.
    pub share: &'m Field,
}

impl Model {
    /// All measures with their objects, in the order of the packs.
    pub fn measures(&self) -> impl Iterator<Item = (&Arc<Object>, &Measure)> {
        self.objects().iter().flat_map(|object| object.measures.iter().map(move |measure| (object, measure)))
    }

    pub fn measure(&self, name: &str) -> Option<(&Arc<Object>, &Measure)> {
        self.measures().find(|(_, measure)| measure.name == name)
    }

    /// The field at the end of a path such as `opportunity.owner`.
    pub fn reach<'m>(&'m self, object: &'m Object, path: &str) -> Option<Reached<'m>> {
        let (way, name) = path.rsplit_once('.').map_or((None, path), |(way, name)| (Some(way), name));
        let steps = self.steps(object, way)?;
        let end = steps.last().map_or(object, |(_, object)| object);
        Some(Reached { field: end.field(name)?, steps })
    }

    /// The records at the end of a path such as `opportunity.splits`: of an object with a reference to a user and a per cent.
    pub fn parts<'m>(&'m self, object: &'m Object, path: &str) -> Option<Parts<'m>> {
        let (way, name) = path.rsplit_once('.').map_or((None, path), |(way, name)| (Some(way), name));
        let steps = self.steps(object, way)?;
        let end = steps.last().map_or(object.name.as_str(), |(_, object)| &object.name);
        let relation = self.relation(end, name).filter(|relation| !relation.any)?;
        let child = self.object(&relation.object)?;
        let own = || child.fields.iter().filter(|field| !field.system);
        let person = own().find(|field| is_user(&field.kind))?;
        let share = own().find(|field| matches!(field.kind, FieldKind::Percent { .. }))?;
        Some(Parts { steps, relation, object: child, person, share })
    }

    fn steps<'m>(&'m self, object: &'m Object, way: Option<&str>) -> Option<Vec<(&'m Field, &'m Arc<Object>)>> {
        let mut steps = Vec::new();
        let mut at = object;
        for name in way.into_iter().flat_map(|way| way.split('.')) {
            let field = at.field(name)?;
            let FieldKind::Reference { object: target, .. } = &field.kind else { return None };
            let target = self.object(target)?;
            steps.push((field, target));
            at = target;
        }
        Some(steps)
    }
}

/// Whether a field names a user.
pub(crate) fn is_user(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Reference { object, .. } if object == "user")
}
