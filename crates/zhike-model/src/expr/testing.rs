//! Random well-typed expressions, and a small world of records for them to be about. What SQL lets through must be what the
//! evaluator says: the property test of `zhike-records` holds the two together with these.

mod generate;
mod world;

pub use self::{
    generate::{condition, value},
    world::{Stored, World},
};

/// SplitMix64: the same choices from the same seed.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// True once in `n`.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub fn uuid(&mut self) -> zhike_types::Uuid {
        zhike_types::Uuid::from_u64_pair(self.next(), self.next())
    }
}

/// Few, so that records and literals meet; some awkward.
pub(crate) const TEXTS: [&str; 12] = ["", "a", "A", "ab", "b", "青岛", "青岛啤酒", "岛", "%", "a_b", "|", "😀z"];

/// Days; the epoch, leap days, the ends of the calendar.
pub(crate) const DAYS: [i64; 10] = [0, -1, 19_782, 19_783, 19_889, 19_888, 11_016, -719_162, 2_932_896, 19_000];

/// 2024-06-15T08:30:00+08:00: the moment of the tests.
pub const NOW: i64 = 1_718_411_400_000;

/// Stored integers of numbers, whatever their scale.
pub(crate) const INTEGERS: [i64; 12] = [0, 1, -1, 2, 7, 12, 25, 100, 125, 1250, -333, 99_999_999];
