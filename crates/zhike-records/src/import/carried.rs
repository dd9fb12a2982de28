//! What the batch before made and changed. A batch is decided while the one before it is written: of that one the database shows
//! nothing yet, or some, or all of it. What it left behind is therefore taken from it, and from the database only what it did not touch.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use super::{
    decide::Batch,
    entity::{Entity, Known},
    lookup::RootRow,
    work::Work,
};
use crate::load::Stored;

/// Behind all records of the database, before those that are made now.
const BEHIND: i64 = i64::MAX / 2;

/// A batch that is being written.
#[derive(Debug, Clone)]
pub(crate) struct Carried(pub Arc<Batch>);

impl Carried {
    /// Adds the roots that any of these rows may meet, and puts right what was read of the same ones.
    pub fn roots(&self, work: &Work, rows: &mut [RootRow], roots: &mut Known) {
        let old = &self.0.roots;
        let mut wanted: BTreeSet<usize> = roots.all.iter().filter_map(|root| old.by_id(root.id)).collect();
        let mut alike: Vec<Vec<usize>> = Vec::with_capacity(rows.len());
        for row in rows.iter() {
            wanted.extend(old.sharing(&row.forms));
            let likely = row.face.as_ref().map(|face| self.0.keyed.sharing(face, old)).unwrap_or_default();
            wanted.extend(&likely);
            alike.push(likely);
        }
        let mut places: HashMap<usize, usize> = HashMap::new();
        for at in wanted.into_iter().filter(|&at| self.is_touched(at)) {
            let entity = left(&old.all[at], at);
            let forms = work.root.0.forms(&work.targets.root, &entity.values);
            places.insert(at, put(roots, entity, &forms));
        }
        for (row, alike) in rows.iter_mut().zip(alike) {
            row.found.extend(alike.iter().filter_map(|at| places.get(at)));
        }
    }

    /// Adds what stands below the roots that were added.
    pub fn children(&self, work: &Work, roots: &mut Known, children: &mut Known) {
        let (Some((identity, _)), Some((object, _))) = (&work.child, &work.targets.child) else { return };
        for root in roots.all.iter_mut().filter(|root| root.carried && root.may_see && !root.foreign) {
            let Some(at) = self.0.roots.by_id(root.id) else { continue };
            for &child in &self.0.roots.all[at].children {
                let known = &self.0.children.all[child];
                if !known.is_touched() {
                    continue;
                }
                let entity = left(known, child);
                let forms = identity.forms(object, &entity.values);
                let place = put(children, entity, &forms);
                if !root.children.contains(&place) {
                    root.children.push(place);
                }
            }
        }
    }

    fn is_touched(&self, at: usize) -> bool {
        let root = &self.0.roots.all[at];
        root.is_touched() || root.children.iter().any(|&child| self.0.children.all[child].is_touched())
    }
}

fn put(known: &mut Known, entity: Entity, forms: &super::identity::Forms) -> usize {
    match known.by_id(entity.id) {
        Some(place) => {
            known.replace(place, entity, forms);
            place
        }
        None => known.add(entity, forms),
    }
}

/// A record as a batch left it. Its number and what the database works out are not known: they are read before it is changed again.
fn left(entity: &Entity, at: usize) -> Entity {
    let seq = entity.before.as_ref().map_or(0, |before| before.seq);
    Entity {
        id: entity.id,
        before: Some(Stored { id: entity.id, seq, values: entity.values.clone(), in_team: false }),
        values: entity.values.clone(),
        changed: BTreeSet::new(),
        may_see: entity.may_see,
        may_change: entity.may_change,
        order: if seq > 0 { entity.order } else { BEHIND + at as i64 },
        foreign: entity.foreign,
        children: Vec::new(),
        keys: None,
        carried: true,
    }
}
