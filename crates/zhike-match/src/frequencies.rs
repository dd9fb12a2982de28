//! How common values are. A rare brand that two records share says much, 华夏 says little (Winkler 2000).

use std::collections::BTreeMap;
use std::thread;

use serde::{Deserialize, Serialize};

use crate::features::{Features, Part, Store, View, each_value_mut, identity};
use crate::letters::join;
use crate::schema::{Kind, Schema};

/// The common values of a collection of records, by hash, with how many records have them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Frequencies {
    pub records: u64,
    /// Values that at least [`COMMON`] records have.
    common: BTreeMap<u64, u32>,
}

/// A value of fewer records than these is rare.
pub const COMMON: u32 = 8;

/// So many records of one value may all be one entity's: they do not make it common.
const OWN: u32 = 4;

impl Frequencies {
    /// Sets the rarity of the values of one record, before it is compared.
    pub fn mark(&self, schema: &Schema, features: &mut Features) {
        self.mark_words(schema, features.words_mut());
    }

    fn mark_words(&self, schema: &Schema, words: &mut [u16]) {
        for (at, comparison) in schema.comparisons.iter().enumerate().filter(|(_, comparison)| counts(comparison.kind))
        {
            each_value_mut(words, at, |value| {
                let hash = join(identity(comparison.kind, value), at as u64);
                rarity(self.common.get(&hash).copied().unwrap_or(1), self.records)
            });
        }
    }
}

/// Codes of one company and dates weigh the same whoever has them.
pub(crate) fn counts(kind: Kind) -> bool {
    !matches!(kind, Kind::CreditCode | Kind::Date)
}

/// See [`crate::features::Value::rarity`].
fn rarity(count: u32, records: u64) -> u16 {
    if count <= OWN || records == 0 {
        return 0;
    }
    let frequency = f64::from(count - OWN) / records as f64;
    1 + (-frequency.log2() * 64.0).clamp(0.0, 4000.0) as u16
}

/// Counts of values in a fixed space: a count–min sketch (Cormode and Muthukrishnan 2005) of two rows. A count may be too
/// high by what happens to fall together, never too low.
pub(crate) struct Sketch {
    rows: [Vec<u16>; 2],
    mask: u64,
}

impl Sketch {
    pub(crate) fn for_values(values: usize) -> Self {
        let size = (values * 2).next_power_of_two().clamp(1 << 12, 1 << 23);
        Self { rows: [vec![0; size], vec![0; size]], mask: size as u64 - 1 }
    }

    fn places(&self, hash: u64) -> [usize; 2] {
        [(hash & self.mask) as usize, ((hash >> 32) & self.mask) as usize]
    }

    pub(crate) fn add(&mut self, hash: u64) {
        let places = self.places(hash);
        for (row, place) in self.rows.iter_mut().zip(places) {
            row[place] = row[place].saturating_add(1);
        }
    }

    fn join(mut self, other: Self) -> Self {
        for (row, more) in self.rows.iter_mut().zip(other.rows) {
            row.iter_mut().zip(more).for_each(|(count, more)| *count = count.saturating_add(more));
        }
        self
    }

    pub(crate) fn count(&self, hash: u64) -> u32 {
        let [one, other] = self.places(hash);
        u32::from(self.rows[0][one].min(self.rows[1][other]))
    }
}

/// Counts the values of a store, sets their rarity in it, and gives the common ones.
pub fn count(schema: &Schema, store: &mut Store, threads: usize) -> Frequencies {
    let (records, threads) = (store.len(), threads.max(1));
    let share = records.div_ceil(threads).max(1);
    let counted = &*store;
    let sketches: Vec<Sketch> = thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    let mut sketch = Sketch::for_values(records * schema.comparisons.len());
                    for record in (thread * share).min(records)..((thread + 1) * share).min(records) {
                        each_identity(schema, counted.get(record), |hash| sketch.add(hash));
                    }
                    sketch
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().expect("counting does not panic")).collect()
    });
    let sketch = sketches.into_iter().reduce(Sketch::join).expect("a thread");
    let common: Vec<BTreeMap<u64, u32>> = thread::scope(|scope| {
        let sketch = &sketch;
        let handles: Vec<_> = store
            .parts_mut(threads)
            .into_iter()
            .map(|part| scope.spawn(move || mark(schema, part, sketch, records as u64)))
            .collect();
        handles.into_iter().map(|handle| handle.join().expect("marking does not panic")).collect()
    });
    Frequencies { records: records as u64, common: common.into_iter().flatten().collect() }
}

fn mark(schema: &Schema, part: Part<'_>, sketch: &Sketch, records: u64) -> BTreeMap<u64, u32> {
    let mut common = BTreeMap::new();
    part.each(|words| {
        for (at, comparison) in schema.comparisons.iter().enumerate().filter(|(_, comparison)| counts(comparison.kind))
        {
            each_value_mut(words, at, |value| {
                let hash = join(identity(comparison.kind, value), at as u64);
                let count = sketch.count(hash);
                if count >= COMMON {
                    common.insert(hash, count);
                }
                rarity(count, records)
            });
        }
    });
    common
}

fn each_identity(schema: &Schema, features: View<'_>, mut each: impl FnMut(u64)) {
    for (at, comparison) in schema.comparisons.iter().enumerate().filter(|(_, comparison)| counts(comparison.kind)) {
        for value in features.values(at) {
            each(join(identity(comparison.kind, value.words), at as u64));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{COMMON, Sketch, count, rarity};
    use crate::{Extractor, Schema, Store};

    #[test]
    fn a_sketch_never_counts_too_few() {
        let mut sketch = Sketch::for_values(100);
        for value in 0_u64..200 {
            for _ in 0..=value % 5 {
                sketch.add(crate::letters::finish(value));
            }
        }
        assert!((0_u64..200).all(|value| u64::from(sketch.count(crate::letters::finish(value))) > value % 5));
    }

    #[test]
    fn a_few_records_do_not_make_a_value_common() {
        assert_eq!(rarity(4, 1000), 0);
        assert!(rarity(5, 1000) > rarity(50, 1000));
        assert_eq!(rarity(1004, 1000), 1);
    }

    #[test]
    fn common_values_are_the_same_however_many_threads_count() {
        let schema = Schema::customer();
        let mut extractor = Extractor::new(&schema);
        let counted = |threads: usize, extractor: &mut Extractor<'_>| {
            let mut store = Store::new();
            for row in 0..60 {
                let name = if row % 3 == 0 {
                    "华夏贸易有限公司".to_owned()
                } else {
                    format!("青岛海{row}电器有限公司")
                };
                store.add(extractor, &[(0, &name)]);
            }
            count(&schema, &mut store, threads)
        };
        let one = counted(1, &mut extractor);
        assert_eq!(one, counted(2, &mut extractor));
        assert!(one.common.values().all(|count| *count >= COMMON) && !one.common.is_empty());
    }
}
