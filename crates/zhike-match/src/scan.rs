//! All pairs of a collection that are or may be one: rule by rule, records with the same key are compared.

use std::ops::Range;
use std::thread;

use crate::features::{Store, View};
use crate::keys::of_rule;
use crate::letters::join;
use crate::organisation::Name;
use crate::outcome::Score;
use crate::schema::{Kind, Rule, Schema};
use crate::score::Matcher;
use crate::weights::Weights;

/// Two records, the earlier one left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    pub left: u32,
    pub right: u32,
    pub score: Score,
}

/// A group of more records than this is not compared pair by pair.
const GROUP: usize = 64;
/// The same where another rule divides it.
const REFINED_GROUP: usize = 20;
/// In such a group, sorted by name, each record is compared with so many behind it.
const NEIGHBOURS: usize = 12;

/// The pairs in [`crate::Band::Same`] and [`crate::Band::Review`], by left and right, each once. The rarity of the values must have been
/// set before ([`crate::count`]). Uses so many threads.
pub fn scan(schema: &Schema, store: &Store, weights: &Weights, threads: usize) -> Vec<Pair> {
    let matcher = Matcher::new(schema, weights);
    let organisation = schema.subject_organisation();
    let compare = |found: &mut Vec<Pair>, rule: usize, left: u32, right: u32| {
        let by_name = organisation.is_some_and(|at| schema.rules[rule].parts[0].0 == at);
        if let Some(score) = matcher.worth(store.get(left as usize), store.get(right as usize), by_name) {
            found.push(Pair { left, right, score });
        }
    };
    let mut pairs: Vec<Pair> =
        candidates(schema, store, threads, &Vec::new, &compare, 1).into_iter().flatten().collect();
    pairs.sort_unstable_by_key(|pair| (pair.left, pair.right));
    pairs.dedup_by_key(|pair| (pair.left, pair.right));
    pairs
}

/// Calls `each` with a state of its own thread, the number of the rule, and two records, for every pair that meets. A pair
/// that meets by several rules is given several times. Of all groups one in `one_in` is looked at.
pub(crate) fn candidates<S: Send>(
    schema: &Schema,
    store: &Store,
    threads: usize,
    state: &(impl Fn() -> S + Sync),
    each: &(impl Fn(&mut S, usize, u32, u32) + Sync),
    one_in: u64,
) -> Vec<S> {
    let threads = threads.max(1);
    let mut states: Vec<S> = (0..threads).map(|_| state()).collect();
    let mut overfull: Vec<Option<Vec<u64>>> = vec![None; schema.rules.len()];
    for (at, rule) in schema.rules.iter().enumerate() {
        let only = match rule.refines {
            None => None,
            // The groups of the wider rule were all small: nothing is left to do.
            Some(wider) => match overfull[wider].take() {
                None => continue,
                marked => marked,
            },
        };
        let refined = schema.rules.iter().any(|other| other.refines == Some(at));
        let parts = entries(schema, store, rule, only.as_deref(), threads, one_in);
        let mut left_over: Vec<Vec<u32>> = Vec::new();
        thread::scope(|scope| {
            let handles: Vec<_> = parts
                .into_iter()
                .zip(states.iter_mut())
                .map(|(part, state)| {
                    scope
                        .spawn(move || groups(schema, store, part, refined, |left, right| each(state, at, left, right)))
                })
                .collect();
            for handle in handles {
                left_over.push(handle.join().expect("comparing does not panic"));
            }
        });
        if refined && left_over.iter().any(|records| !records.is_empty()) {
            let mut marks = vec![0_u64; store.len().div_ceil(64)];
            left_over.iter().flatten().for_each(|record| marks[*record as usize / 64] |= 1 << (record % 64));
            overfull[at] = Some(marks);
        }
    }
    states
}

/// Keys and records in one number each, so that a sort is all it takes to group them: for each thread those of its part
/// of all hashes.
fn entries(
    schema: &Schema,
    store: &Store,
    rule: &Rule,
    only: Option<&[u64]>,
    threads: usize,
    one_in: u64,
) -> Vec<Vec<Vec<u64>>> {
    let bits = record_bits(store.len());
    let share = store.len().div_ceil(threads);
    let made: Vec<Vec<Vec<u64>>> = thread::scope(|scope| {
        let handles: Vec<_> = (0..threads)
            .map(|thread| {
                let range: Range<usize> = (thread * share).min(store.len())..((thread + 1) * share).min(store.len());
                scope.spawn(move || {
                    let mut parts = vec![Vec::with_capacity(range.len() / threads + 1); threads];
                    for record in range {
                        if only.is_some_and(|marks| marks[record / 64] & (1 << (record % 64)) == 0) {
                            continue;
                        }
                        of_rule(schema, rule, store.get(record), |hash| {
                            let hash = join(hash, 0);
                            if one_in > 1 && !(hash >> 20).is_multiple_of(one_in) {
                                return;
                            }
                            let part = ((u128::from(hash) * threads as u128) >> 64) as usize;
                            parts[part].push(hash >> bits << bits | record as u64);
                        });
                    }
                    parts
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().expect("making keys does not panic")).collect()
    });
    let mut out: Vec<Vec<Vec<u64>>> = (0..threads).map(|_| Vec::new()).collect();
    for parts in made {
        parts.into_iter().zip(&mut out).for_each(|(part, out)| out.push(part));
    }
    out
}

fn record_bits(records: usize) -> u32 {
    records.max(2).next_power_of_two().trailing_zeros()
}

/// Compares within groups; gives back the records of over-full ones when another rule divides them.
fn groups(
    schema: &Schema,
    store: &Store,
    parts: Vec<Vec<u64>>,
    refined: bool,
    mut each: impl FnMut(u32, u32),
) -> Vec<u32> {
    let mut entries = parts.into_iter().reduce(|mut all, mut part| {
        all.append(&mut part);
        all
    });
    let Some(entries) = &mut entries else { return Vec::new() };
    entries.sort_unstable();
    entries.dedup();
    let bits = record_bits(store.len());
    let record = |entry: &u64| (entry & ((1 << bits) - 1)) as u32;
    let mut left_over = Vec::new();
    for group in entries.chunk_by(|a, b| a >> bits == b >> bits) {
        if group.len() <= if refined { REFINED_GROUP } else { GROUP } {
            for (at, left) in group.iter().enumerate() {
                group[at + 1..].iter().for_each(|right| each(record(left), record(right)));
            }
            continue;
        }
        if refined {
            left_over.extend(group.iter().map(record));
            continue;
        }
        // Sorted neighbourhoods (Hernández and Stolfo 1995).
        let mut sorted: Vec<u32> = group.iter().map(record).collect();
        sorted.sort_by_cached_key(|record| sorting(schema, store.get(*record as usize)));
        for (at, left) in sorted.iter().enumerate() {
            for right in sorted.iter().skip(at + 1).take(NEIGHBOURS) {
                each(*left.min(right), *left.max(right));
            }
        }
    }
    left_over
}

/// By the name, or whatever comes first, and as much of the rest as it takes to tell neighbours.
fn sorting(schema: &Schema, view: View<'_>) -> [u16; 12] {
    let mut out = [0; 12];
    let mut free = out.iter_mut();
    for (at, comparison) in schema.comparisons.iter().enumerate() {
        let Some(value) = view.values(at).next() else { continue };
        let words = match comparison.kind {
            Kind::Organisation => Name::of(value.words).core,
            _ => value.words,
        };
        // A word of 0 parts the values.
        words.iter().zip(&mut free).for_each(|(word, place)| *place = *word);
        if free.next().is_none() {
            break;
        }
    }
    out
}
