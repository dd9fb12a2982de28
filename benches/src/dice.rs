//! Seeded chance: the same requests in the same order at every run.

use zhike_types::{Entropy as _, SeededEntropy};

/// A seeded source of choices.
#[derive(Debug)]
pub struct Dice(SeededEntropy);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(SeededEntropy::new(seed))
    }

    /// A number below the bound; 0 when the bound is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let mut bytes = [0_u8; 8];
        self.0.fill(&mut bytes);
        // Multiply and shift (Lemire 2019): the bias, bound / 2^64, is none that a load would notice.
        ((u128::from(u64::from_le_bytes(bytes)) * bound as u128) >> 64) as usize
    }

    /// One of them.
    ///
    /// # Panics
    /// When there is none.
    pub fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

#[cfg(test)]
mod tests;
