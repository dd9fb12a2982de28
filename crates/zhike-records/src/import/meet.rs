//! Which record a row is about: the one it was about before, the one with its credit code, the one with its name when nothing
//! speaks against it. What is merely like it is told of.

use std::{collections::HashMap, sync::Arc};

use zhike_match::Features;
use zhike_model::Object;
use zhike_types::{Text, Value, text};

use super::{
    decide::Batch,
    entity::{Entity, Known},
    identity::Identity,
    likeness::{Face, Judge, Likeness},
    lookup::RootRow,
    plan::{RowBand, RowLike},
};

/// Records that a row is weighed against: those that share most keys with it.
pub(crate) const MOST: usize = 6;
/// Keys that two must share to be weighed; one of a telephone or a mail address is enough.
pub(crate) const KEYS: usize = 2;

/// What a row met.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Met {
    pub band: RowBand,
    /// The record it is about, or the one that is most like it.
    pub at: Option<usize>,
}

/// Records of a batch by their keys.
#[derive(Debug, Default)]
pub(crate) struct Keyed(HashMap<i64, Vec<usize>>);

impl Keyed {
    fn add(&mut self, at: usize, face: &Face) {
        for key in face.keys.iter().chain(&face.lines) {
            let members = self.0.entry(*key).or_default();
            if !members.contains(&at) {
                members.push(at);
            }
        }
    }

    /// The records that share enough keys with a row.
    pub fn sharing(&self, face: &Face, roots: &Known) -> Vec<usize> {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for (keys, worth) in [(&face.keys, 1), (&face.lines, KEYS)] {
            for at in keys.iter().filter_map(|key| self.0.get(key)).flatten() {
                *shared.entry(*at).or_default() += worth;
            }
        }
        likeliest(shared, |at| roots.all[*at].order)
    }
}

/// Finds what rows meet.
pub(crate) struct Meeting<'w> {
    object: &'w Object,
    identity: &'w Identity,
    judge: Option<(&'w Likeness, Judge<'w>)>,
    /// Records of this batch by their keys: the database does not know them yet.
    keyed: Keyed,
    faces: HashMap<usize, Arc<Features>>,
}

impl<'w> Meeting<'w> {
    pub fn new(object: &'w Object, identity: &'w Identity, likeness: Option<&'w Likeness>) -> Self {
        let judge = likeness.map(|likeness| (likeness, Judge::new(likeness)));
        Self { object, identity, judge, keyed: Keyed::default(), faces: HashMap::new() }
    }

    pub fn find(&mut self, batch: &Batch, row: &RootRow) -> Met {
        let roots = &batch.roots;
        let before = row.before.filter(|&at| !roots.all[at].foreign);
        if let Some(at) = before.or_else(|| roots.strong(&row.forms)) {
            return Met { band: RowBand::Same, at: Some(at) };
        }
        let named = roots.named(self.identity, &row.forms, &row.values);
        if self.judge.is_none() || row.face.is_none() {
            let first = named.into_iter().min_by_key(|&at| (roots.all[at].order, at));
            return Met { band: first.map_or(RowBand::New, |_| RowBand::Same), at: first };
        }
        self.weigh(batch, row, &named)
    }

    fn weigh(&mut self, batch: &Batch, row: &RootRow, named: &[usize]) -> Met {
        let roots = &batch.roots;
        let others = row.face.as_ref().map(|face| self.keyed.sharing(face, roots)).unwrap_or_default();
        let mut all: Vec<usize> = named.iter().chain(&row.found).chain(&others).copied().collect();
        all.sort_unstable();
        all.dedup();
        let mut best: Option<(bool, f32, usize)> = None;
        for at in all {
            let entity = &roots.all[at];
            let is_named = named.contains(&at);
            // people without a number in common are not even alike
            let strangers = self.is_person(&row.values) && self.identity.differ(&entity.values, &row.values);
            if entity.foreign || (strangers && !is_named) {
                continue;
            }
            let features = self.features(batch, at);
            let (Some((_, judge)), Some(face)) = (&self.judge, &row.face) else { continue };
            let weighed = judge.weigh(&face.features, &features, is_named);
            if !weighed.is_same && !weighed.is_like {
                continue;
            }
            let better = best.is_none_or(|(same, bits, known)| {
                (weighed.is_same, weighed.bits) > (same, bits)
                    || ((weighed.is_same, weighed.bits) == (same, bits)
                        && (entity.order, at) < (roots.all[known].order, known))
            });
            if better {
                best = Some((weighed.is_same, weighed.bits, at));
            }
        }
        let band = best.map_or(RowBand::New, |(same, ..)| if same { RowBand::Same } else { RowBand::Review });
        Met { band, at: best.map(|(.., at)| at) }
    }

    fn is_person(&self, values: &[Value]) -> bool {
        self.object.index_of("kind").is_some_and(|kind| values[kind].as_text() == Some("person"))
    }

    fn features(&mut self, batch: &Batch, at: usize) -> Arc<Features> {
        if let Some(known) = self.faces.get(&at) {
            return Arc::clone(known);
        }
        let entity = &batch.roots.all[at];
        let people = entity.children.iter().map(|&child| batch.children.all[child].values.as_slice());
        let (likeness, _) = self.judge.as_ref().expect("features are asked for to be weighed");
        let features = Arc::new(likeness.features(self.object, &entity.values, people));
        self.faces.insert(at, Arc::clone(&features));
        features
    }

    /// A row made a record, or gave a record more values: from now on it is met by them too.
    pub fn took(&mut self, at: usize, row: &RootRow) {
        self.faces.remove(&at);
        if let Some(face) = &row.face {
            self.keyed.add(at, face);
        }
    }

    /// What it learned of this batch's records, for the batch after.
    pub fn into_keyed(self) -> Keyed {
        self.keyed
    }

    /// What may be told of the record that a row is like.
    pub fn told(&mut self, batch: &Batch, row: &RootRow, at: usize, title: Option<usize>) -> RowLike {
        let entity: &Entity = &batch.roots.all[at];
        let visible = entity.may_see;
        let name = title.filter(|_| visible).and_then(|title| entity.values[title].as_text()).map(str::to_owned);
        let record = (visible && !entity.is_new()).then_some(entity.id);
        if self.judge.is_none() {
            return RowLike { record, name, probability: None, reasons: Vec::new() };
        }
        let features = self.features(batch, at);
        let (Some((_, judge)), Some(face)) = (&self.judge, &row.face) else {
            return RowLike { record, name, probability: None, reasons: Vec::new() };
        };
        let (probability, reasons) = judge.reasons(&face.features, &features);
        RowLike {
            record,
            name,
            probability: visible.then_some(probability),
            reasons: if visible { reasons } else { Vec::new() },
        }
    }
}

/// Those that share enough, the ones that share most first.
pub(crate) fn likeliest<T: Eq + Copy, O: Ord>(
    shared: impl IntoIterator<Item = (T, usize)>,
    order: impl Fn(&T) -> O,
) -> Vec<T> {
    let mut shared: Vec<(T, usize)> = shared.into_iter().filter(|(_, worth)| *worth >= KEYS).collect();
    shared.sort_by(|(one, a), (other, b)| b.cmp(a).then_with(|| order(one).cmp(&order(other))));
    shared.into_iter().take(MOST).map(|(one, _)| one).collect()
}

/// Why a row that may be about a known record is left out.
pub(crate) fn why_left_out(object: &Object, like: &RowLike) -> Text {
    let (label, label_en) = (&object.label.zh, object.label.en.to_lowercase());
    let Some(name) = &like.name else {
        return text!(
            "可能与一个您没有权限查看的{label}重复，没有导入；请先查重，确认不是同一家再导入。",
            "It may be the same as a {label_en} that you may not see, and was left out. Ask whose it is, then import it again."
        );
    };
    let join = |get: fn(&Text) -> &str, between: &str| like.reasons.iter().map(get).collect::<Vec<_>>().join(between);
    let (why, why_en) = (join(|text| &text.zh, "、"), join(|text| &text.en, ", "));
    text!(
        "可能与{label}「{name}」重复（{why}），没有导入；请核对是不是同一家，再改好导入或手工新建。",
        "It may be the same as the {label_en} “{name}” ({why_en}) and was left out. Check whether they are one, then correct and import it, or make it by hand."
    )
}
