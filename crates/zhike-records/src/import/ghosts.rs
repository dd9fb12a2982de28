//! What a dry run would have made so far. The rows of one file meet each other across batches; nothing of it is written to the
//! database, and a million customers do not fit in memory, so their values go to a temporary file and only hashes of what they
//! are met by stay here.

use std::{
    collections::{BTreeSet, HashMap},
    fs::File,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use zhike_model::Object;
use zhike_types::{Error, Result, Uuid, Value};

use super::{
    decide::Batch,
    entity::{Entity, Known},
    identity::Forms,
    likeness::Face,
    lookup::{A_KEY, RootRow},
    meet::{KEYS, likeliest},
    runs::Runs,
    target::Side,
    work::Work,
};
use crate::{
    columns::{from_stored_json, stored_json},
    load::Stored,
};

/// A record as it stands in the file.
#[derive(Serialize, Deserialize)]
struct Kept {
    id: Uuid,
    order: i64,
    see: bool,
    change: bool,
    values: Vec<(usize, Json)>,
    children: Vec<(Uuid, Vec<(usize, Json)>)>,
}

/// Records of a dry run.
#[derive(Debug)]
pub(crate) struct Ghosts {
    file: File,
    end: u64,
    /// Where each stands in the file.
    places: Vec<(u64, u32)>,
    by_id: HashMap<Uuid, u32>,
    by_form: HashMap<u64, u32>,
    /// The second and further ones of a form.
    more: HashMap<u64, Vec<u32>>,
    /// By the keys of the matching engine.
    keys: Runs,
}

impl Ghosts {
    pub fn new(folder: &Path) -> Result<Self> {
        let file = tempfile::tempfile_in(folder).map_err(Error::internal)?;
        Ok(Self {
            file,
            end: 0,
            places: Vec::new(),
            by_id: HashMap::new(),
            by_form: HashMap::new(),
            more: HashMap::new(),
            keys: Runs::default(),
        })
    }

    /// Adds what any of these rows may meet.
    pub fn candidates(&self, work: &Work, rows: &mut [RootRow], roots: &mut Known, children: &mut Known) -> Result<()> {
        let mut wanted: BTreeSet<u32> = BTreeSet::new();
        let mut alike: Vec<Vec<u32>> = Vec::with_capacity(rows.len());
        for row in rows.iter() {
            for form in hashes(&row.forms) {
                wanted.extend(self.by_form.get(&form));
                wanted.extend(self.more.get(&form).into_iter().flatten());
            }
            let likely = row.face.as_ref().map(|face| self.alike(face)).unwrap_or_default();
            wanted.extend(&likely);
            alike.push(likely);
        }
        let mut at_place: HashMap<u32, usize> = HashMap::new();
        let root = work.targets.object(Side::Root);
        for at in wanted {
            let kept = self.read(at)?;
            let values = values_of(root, &kept.values);
            let entity =
                Entity { may_see: kept.see, may_change: kept.change, order: kept.order, ..standing(kept.id, values) };
            let forms = work.root.0.forms(root, &entity.values);
            let place = roots.add(entity, &forms);
            at_place.insert(at, place);
            let Some((identity, _)) = &work.child else { continue };
            let object = work.targets.object(Side::Child);
            for (id, values) in kept.children {
                let child = standing(id, values_of(object, &values));
                let forms = identity.forms(object, &child.values);
                let child = children.add(child, &forms);
                roots.all[place].children.push(child);
            }
        }
        for (row, alike) in rows.iter_mut().zip(alike) {
            row.found.extend(alike.iter().filter_map(|at| at_place.get(at)));
        }
        Ok(())
    }

    /// The records that a row is most like by their keys.
    fn alike(&self, face: &Face) -> Vec<u32> {
        let mut shared: HashMap<u32, usize> = HashMap::new();
        for (keys, worth) in [(&face.keys, 1), (&face.lines, KEYS)] {
            for at in keys.iter().flat_map(|key| self.keys.of(*key, A_KEY)) {
                *shared.entry(at).or_default() += worth;
            }
        }
        likeliest(shared, |at| *at)
    }

    /// Keeps what a batch made or changed.
    pub fn keep(&mut self, work: &Work, batch: &Batch) -> Result<()> {
        let (mut out, mut keys) = (Vec::new(), Vec::new());
        let start = self.end;
        for root in &batch.roots.all {
            let touched = root.is_new()
                || !root.changed.is_empty()
                || root
                    .children
                    .iter()
                    .any(|&at| batch.children.all[at].is_new() || !batch.children.all[at].changed.is_empty());
            if !touched {
                continue;
            }
            let json = |values: &[Value]| {
                values
                    .iter()
                    .enumerate()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(i, value)| (i, stored_json(value)))
                    .collect()
            };
            let children = root
                .children
                .iter()
                .map(|&at| &batch.children.all[at])
                .map(|child| (child.id, json(&child.values)))
                .collect();
            // new ones come after all that stand in the database, in the order they were made
            let known = self.by_id.get(&root.id).copied().unwrap_or(self.places.len() as u32);
            let order = if root.order == i64::MAX { i64::MAX / 2 + i64::from(known) } else { root.order };
            let kept = Kept {
                id: root.id,
                order,
                see: root.may_see,
                change: root.may_change,
                values: json(&root.values),
                children,
            };
            let begin = out.len();
            serde_json::to_writer(&mut out, &kept).map_err(Error::internal)?;
            let place = (start + begin as u64, (out.len() - begin) as u32);
            let at = match self.by_id.get(&root.id) {
                Some(at) => {
                    self.places[*at as usize] = place;
                    *at
                }
                None => {
                    let at = self.places.len() as u32;
                    self.places.push(place);
                    self.by_id.insert(root.id, at);
                    at
                }
            };
            if let Some(likeness) = &work.likeness {
                let people = root.children.iter().map(|&child| batch.children.all[child].values.as_slice());
                keys.extend(likeness.keys(&work.targets.root, &root.values, people).into_iter().map(|key| (key, at)));
            }
            for form in hashes(&work.root.0.forms(&work.targets.root, &root.values)) {
                let first = *self.by_form.entry(form).or_insert(at);
                if first != at {
                    let more = self.more.entry(form).or_default();
                    if !more.contains(&at) {
                        more.push(at);
                    }
                }
            }
        }
        self.file.seek(SeekFrom::Start(start)).and_then(|_| self.file.write_all(&out)).map_err(Error::internal)?;
        self.end += out.len() as u64;
        self.keys.add(keys);
        Ok(())
    }

    fn read(&self, at: u32) -> Result<Kept> {
        let (offset, length) = self.places[at as usize];
        let mut buffer = vec![0; length as usize];
        let mut file = &self.file;
        file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut buffer)).map_err(Error::internal)?;
        serde_json::from_slice(&buffer).map_err(Error::internal)
    }
}

fn hashes(forms: &Forms) -> Vec<u64> {
    let hash = |form: &String| {
        let mut hasher = DefaultHasher::new();
        form.hash(&mut hasher);
        hasher.finish()
    };
    forms.strong.iter().chain(&forms.weak).map(hash).collect()
}

/// A record as if it stood in the database.
fn standing(id: Uuid, values: Vec<Value>) -> Entity {
    let stored = Stored { id, seq: 0, values: values.clone(), in_team: false };
    Entity { before: Some(stored), ..Entity::made(id, values) }
}

fn values_of(object: &Object, kept: &[(usize, Json)]) -> Vec<Value> {
    let mut values = vec![Value::Null; object.fields.len()];
    for (i, json) in kept {
        if let Some(field) = object.fields.get(*i) {
            values[*i] = from_stored_json(field, json);
        }
    }
    values
}
