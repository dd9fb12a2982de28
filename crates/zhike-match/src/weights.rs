//! The probabilities of the model: how often pairs of one and of two entities reach each level.

use serde::{Deserialize, Serialize};

use crate::frequencies::{Frequencies, counts};
use crate::level::{LEVELS, Level};
use crate::schema::{Kind, Schema};

/// m and u of one level (Fellegi and Sunter 1969): how likely it is for two records of one entity, and for any two
/// records of different ones.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LevelWeight {
    pub level: Level,
    pub m: f64,
    pub u: f64,
}

impl LevelWeight {
    /// The weight in bits.
    pub fn bits(&self) -> f64 {
        (self.m / self.u).log2()
    }
}

/// The levels of one comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparisonWeights {
    pub name: String,
    pub levels: Vec<LevelWeight>,
    /// Whether a value that many records have says less than a rare one (Winkler 2000).
    pub by_frequency: bool,
}

/// What a scan and the live check weigh with. Serialise it to keep it; [`Weights::shipped`] works without any data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// How many pairs of one entity there are for each record.
    pub duplicates: f64,
    /// The number of records that the probability of a pair is reckoned for.
    pub records: u64,
    /// From this probability on two records are taken for the same.
    pub same: f64,
    /// From this one on somebody should look.
    pub review: f64,
    pub comparisons: Vec<ComparisonWeights>,
    /// How common values are.
    pub frequencies: Frequencies,
}

/// Fewer records than these are taken for a part of a longer list: a short list is no proof that a name is rare.
pub(crate) const LEAST_RECORDS: u64 = 5_000;

impl Weights {
    /// What works for lists of Chinese companies and for registers of persons, before any data has been seen.
    pub fn shipped(schema: &Schema) -> Self {
        let comparisons = schema
            .comparisons
            .iter()
            .map(|comparison| ComparisonWeights {
                name: comparison.name.to_string(),
                levels: defaults(comparison.kind)
                    .iter()
                    .map(|(level, m, u)| LevelWeight { level: *level, m: *m, u: *u })
                    .collect(),
                by_frequency: counts(comparison.kind),
            })
            .collect();
        Self {
            duplicates: 0.4,
            records: LEAST_RECORDS,
            same: 0.8,
            review: 0.2,
            comparisons,
            frequencies: Frequencies::default(),
        }
    }

    /// The same weights for another number of records.
    #[must_use]
    pub fn for_records(mut self, records: u64) -> Self {
        self.records = records.max(LEAST_RECORDS);
        self
    }

    /// The weight before anything is compared, in bits: of all pairs so few are one entity.
    pub fn prior(&self) -> f64 {
        // A record has `records` − 1 others to pair with, and each pair stands for two records.
        (2.0 * self.duplicates / self.records.max(2) as f64).log2()
    }
}

/// Level, m, u.
type Row = (Level, f64, f64);

fn defaults(kind: Kind) -> &'static [Row] {
    use Level::{Alike, Contrary, Different, Group, Near, Same, Sound, Surname, Swapped, Within};
    match kind {
        Kind::Organisation => &[
            (Same, 0.78, 3e-5),
            (Group, 0.03, 3e-6),
            (Sound, 0.08, 1e-5),
            (Near, 0.04, 4e-5),
            (Within, 0.03, 2e-5),
            (Alike, 0.03, 4e-4),
            (Different, 0.01, 0.9995),
        ],
        Kind::Trade => &[
            (Same, 0.88, 0.035),
            (Sound, 0.02, 0.001),
            (Near, 0.01, 0.002),
            (Within, 0.05, 0.02),
            (Alike, 0.015, 0.03),
            (Different, 0.02, 0.3),
            (Contrary, 0.005, 0.61),
        ],
        Kind::Region => &[
            (Same, 0.88, 0.04),
            (Within, 0.07, 0.01),
            (Alike, 0.03, 0.02),
            (Different, 0.015, 0.33),
            (Contrary, 0.005, 0.6),
        ],
        Kind::Person => &[
            (Same, 0.66, 2e-4),
            (Sound, 0.07, 2e-4),
            (Swapped, 0.01, 1e-4),
            (Near, 0.04, 3e-3),
            (Surname, 0.08, 0.006),
            (Alike, 0.02, 0.035),
            (Different, 0.12, 0.9555),
        ],
        Kind::Mobile => &[(Same, 0.78, 1.5e-5), (Near, 0.02, 2e-5), (Different, 0.20, 0.99996)],
        Kind::Landline => &[(Same, 0.85, 4e-5), (Within, 0.02, 1e-5), (Near, 0.02, 2e-5), (Different, 0.11, 0.9999)],
        Kind::Email => &[(Same, 0.85, 1.5e-5), (Near, 0.03, 5e-6), (Alike, 0.03, 1e-4), (Different, 0.09, 0.9998)],
        Kind::CreditCode => &[(Same, 0.96, 5e-6), (Near, 0.03, 1e-6), (Different, 0.01, 0.999_99)],
        Kind::Address => &[
            (Same, 0.66, 1.5e-4),
            (Near, 0.08, 2e-4),
            (Within, 0.04, 2e-3),
            (Alike, 0.10, 0.06),
            (Different, 0.12, 0.938),
        ],
        Kind::Date => &[(Same, 0.87, 1e-4), (Near, 0.10, 1e-3), (Alike, 0.01, 5e-3), (Different, 0.02, 0.994)],
        Kind::Text => &[
            (Same, 0.80, 5e-3),
            (Sound, 0.01, 1e-3),
            (Swapped, 0.03, 1e-4),
            (Near, 0.09, 3e-3),
            (Within, 0.02, 2e-3),
            (Alike, 0.02, 8e-3),
            (Different, 0.03, 0.98),
        ],
        Kind::Code => &[(Same, 0.86, 0.01), (Near, 0.10, 0.02), (Alike, 0.01, 0.03), (Different, 0.03, 0.94)],
    }
}

/// Weights as tables for the comparison of many pairs.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub bits: Vec<[f32; LEVELS]>,
    /// The binary logarithm of m of a full agreement, to be set against the value's own frequency; `None` where that does
    /// not count.
    pub by_frequency: Vec<Option<f32>>,
    pub prior: f32,
}

impl Table {
    pub(crate) fn of(weights: &Weights) -> Self {
        let bits = weights
            .comparisons
            .iter()
            .map(|comparison| {
                let mut bits = [0.0; LEVELS];
                for level in &comparison.levels {
                    bits[level.level as usize] = level.bits() as f32;
                }
                bits
            })
            .collect();
        let by_frequency = weights
            .comparisons
            .iter()
            .map(|comparison| {
                let same = comparison.levels.iter().find(|level| level.level == Level::Same)?;
                comparison.by_frequency.then(|| same.m.log2() as f32)
            })
            .collect();
        Self { bits, by_frequency, prior: weights.prior() as f32 }
    }
}
