//! Weights from the user's own data, without known answers.
//!
//! u comes from random pairs, nearly all of which are of two entities. m comes from pairs that meet by a key, by expectation
//! and maximisation (Dempster, Laird and Rubin 1977; Winkler 1988), one rule at a time: what the rule itself looks at is
//! left out there, for all its pairs agree in it. Both are drawn towards the weights given, so that little data changes
//! little.

use std::thread;

use crate::features::Store;
use crate::letters::join;
use crate::level::{LEVELS, Level};
use crate::scan::candidates;
use crate::schema::{Kind, Part, Schema};
use crate::score::Matcher;
use crate::weights::{LEAST_RECORDS, Weights};

/// Random pairs for u: so many for each record, at least and at most.
const RANDOM: (u64, u64, u64) = (40, 100_000, 600_000);
/// Pairs of a rule for m; a thread keeps up to so many of each.
const KEPT: usize = 8_000;
/// The weights given count as if they were seen on so many random pairs, pairs that are one, and records.
const BELIEF_U: f64 = 200_000.0;
const BELIEF_M: f64 = 400.0;
const BELIEF_RECORDS: f64 = 1_000.0;
/// A level is never so sure or so rare that one comparison decides alone by more than this.
const LEAST: f64 = 1e-7;
const ROUNDS: usize = 25;

/// Weights like `weights`, fitted to the records of the store, whose rarities have been set ([`crate::count`]). The same
/// store gives the same weights.
pub fn estimate(schema: &Schema, store: &Store, weights: &Weights, threads: usize) -> Weights {
    let mut fitted = weights.clone();
    fitted.records = (store.len() as u64).max(LEAST_RECORDS);
    if store.len() < 2 {
        return fitted;
    }
    fit_u(schema, store, &mut fitted, threads.max(1));
    fit_m(schema, store, &mut fitted, threads.max(1));
    fitted
}

fn fit_u(schema: &Schema, store: &Store, weights: &mut Weights, threads: usize) {
    let comparisons = schema.comparisons.len();
    let matcher = Matcher::new(schema, weights);
    let records = store.len() as u64;
    let share = (records * RANDOM.0).clamp(RANDOM.1, RANDOM.2) / threads as u64;
    let counts: Vec<Vec<[f64; LEVELS]>> = thread::scope(|scope| {
        let handles: Vec<_> = (0..threads as u64)
            .map(|thread| {
                let matcher = &matcher;
                scope.spawn(move || {
                    let mut counts = vec![[0.0; LEVELS]; comparisons];
                    let mut levels = vec![0; comparisons];
                    for at in thread * share..(thread + 1) * share {
                        let random = join(at, 1);
                        let (left, right) = ((random >> 32) % records, (random & 0xffff_ffff) % records);
                        if left == right {
                            continue;
                        }
                        let (a, b) = (store.get(left as usize), store.get(right as usize));
                        let (bits, _) = matcher.levels(a, b, &mut levels);
                        // The few that are one are left out.
                        let other = 1.0 / (1.0 + f64::from(bits).exp2());
                        for (counts, level) in counts.iter_mut().zip(&levels) {
                            counts[usize::from(*level)] += other;
                        }
                    }
                    counts
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().expect("comparing does not panic")).collect()
    });
    for (at, comparison) in weights.comparisons.iter_mut().enumerate() {
        let count = |level: Level| counts.iter().map(|counts| counts[at][level as usize]).sum::<f64>();
        let all: f64 = comparison.levels.iter().map(|level| count(level.level)).sum();
        for level in &mut comparison.levels {
            level.u = ((count(level.level) + BELIEF_U * level.u) / (all + BELIEF_U)).max(LEAST);
        }
    }
}

/// Sampled pairs of one rule.
#[derive(Default, Clone)]
struct Sample {
    /// All pairs of the rule.
    pairs: u64,
    /// One pair in 2 to the power of this is kept.
    thinned: u32,
    kept: Vec<(u64, u32, u32)>,
}

impl Sample {
    fn add(&mut self, left: u32, right: u32) {
        self.pairs += 1;
        let mark = join(u64::from(left), u64::from(right));
        if mark.trailing_zeros() < self.thinned {
            return;
        }
        self.kept.push((mark, left, right));
        if self.kept.len() > KEPT {
            self.thin(self.thinned + 1);
        }
    }

    fn thin(&mut self, to: u32) {
        self.thinned = to;
        self.kept.retain(|(mark, _, _)| mark.trailing_zeros() >= to);
    }

    fn join(mut self, mut other: Self) -> Self {
        let most = self.thinned.max(other.thinned);
        self.thin(most);
        other.thin(most);
        self.kept.append(&mut other.kept);
        self.pairs += other.pairs;
        self
    }
}

fn fit_m(schema: &Schema, store: &Store, weights: &mut Weights, threads: usize) {
    let comparisons = schema.comparisons.len();
    // Of a large store one group in so many is enough.
    let blocks = (store.len() as u64 / 100_000).max(1);
    let samples = candidates(
        schema,
        store,
        threads,
        &|| vec![Sample::default(); schema.rules.len()],
        &|samples: &mut Vec<Sample>, rule, left, right| samples[rule].add(left, right),
        blocks,
    );
    let samples = samples.into_iter().reduce(|one, other| one.into_iter().zip(other).map(|(a, b)| a.join(b)).collect());
    let matcher = Matcher::new(schema, weights);
    let mut seen = vec![[0.0; LEVELS]; comparisons];
    let mut most_matches = 0.0_f64;
    for (rule, mut sample) in schema.rules.iter().zip(samples.unwrap_or_default()) {
        if rule.refines.is_some() || sample.kept.len() < 20 {
            continue;
        }
        sample.kept.sort_unstable();
        let patterns: Vec<Vec<u8>> = sample
            .kept
            .iter()
            .filter_map(|(_, left, right)| {
                let mut levels = vec![0; comparisons];
                // Branches, and what the rules of the field keep apart, are two: there is nothing to estimate.
                matcher.levels(store.get(*left as usize), store.get(*right as usize), &mut levels).1.then_some(levels)
            })
            .collect();
        if patterns.is_empty() {
            continue;
        }
        let used: Vec<bool> = (0..comparisons).map(|at| rule.parts.iter().any(|(part, _)| *part == at)).collect();
        let (share, expected) = maximise(weights, &patterns, &used);
        let open = patterns.len() as f64 / sample.kept.len() as f64;
        // Two names that begin alike meet twice by that rule.
        if rule.parts.iter().all(|(_, part)| *part != Part::Start) {
            most_matches = most_matches.max(share * open * (sample.pairs * blocks) as f64);
        }
        for (seen, expected) in seen.iter_mut().zip(&expected) {
            seen.iter_mut().zip(expected).for_each(|(seen, expected)| *seen += expected);
        }
    }
    for ((comparison, seen), kind) in
        weights.comparisons.iter_mut().zip(&seen).zip(schema.comparisons.iter().map(|one| one.kind))
    {
        let all: f64 = comparison.levels.iter().map(|level| seen[level.level as usize]).sum();
        for level in &mut comparison.levels {
            // What the rules of the field keep apart has not been looked at: the weight given stays.
            let ruled = matches!(
                (kind, level.level),
                (Kind::Organisation | Kind::CreditCode, Level::Different)
                    | (Kind::Region | Kind::Trade, Level::Contrary)
            );
            if !ruled {
                level.m = ((seen[level.level as usize] + BELIEF_M * level.m) / (all + BELIEF_M)).max(1e-4);
            }
        }
    }
    // The best rule finds nearly all; the rest is made up by a little.
    let records = store.len() as f64;
    let fitted = (most_matches * 1.05 + weights.duplicates * BELIEF_RECORDS) / (records + BELIEF_RECORDS);
    weights.duplicates = fitted.clamp(0.02, 4.0);
}

/// The share of the pairs that are one, and how often each level is expected among them.
fn maximise(weights: &Weights, patterns: &[Vec<u8>], used: &[bool]) -> (f64, Vec<[f64; LEVELS]>) {
    let comparisons = weights.comparisons.len();
    let mut m = vec![[1.0; LEVELS]; comparisons];
    let mut u = vec![[1.0; LEVELS]; comparisons];
    for (at, comparison) in weights.comparisons.iter().enumerate().filter(|(at, _)| !used[*at]) {
        for level in &comparison.levels {
            m[at][level.level as usize] = level.m;
            u[at][level.level as usize] = level.u;
        }
    }
    let shipped = m.clone();
    let mut share = 0.3;
    let mut expected = vec![[0.0; LEVELS]; comparisons];
    for _ in 0..ROUNDS {
        for levels in &mut expected {
            levels.fill(0.0);
        }
        let mut matches = 0.0;
        for pattern in patterns {
            let mut ratio = (1.0 - share) / share;
            for (at, level) in pattern.iter().enumerate() {
                ratio *= u[at][usize::from(*level)] / m[at][usize::from(*level)];
            }
            let probability = 1.0 / (1.0 + ratio);
            matches += probability;
            for (at, level) in pattern.iter().enumerate().filter(|(at, _)| !used[*at]) {
                expected[at][usize::from(*level)] += probability;
            }
        }
        share = (matches / patterns.len() as f64).clamp(0.001, 0.999);
        for at in (0..comparisons).filter(|at| !used[*at]) {
            let valued = |level: &usize| *level != Level::Missing as usize && shipped[at][*level] < 1.0;
            let all: f64 = (0..LEVELS).filter(valued).map(|level| expected[at][level]).sum();
            for level in (0..LEVELS).filter(valued) {
                m[at][level] = (expected[at][level] + BELIEF_M / 8.0 * shipped[at][level]) / (all + BELIEF_M / 8.0);
            }
        }
    }
    (share, expected)
}
