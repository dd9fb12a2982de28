//! Numbers out of a seed: SplitMix64 (Steele, Lea & Flood 2014) and what is drawn with it.
//!
//! Only exact arithmetic: the system's `ln`, `exp` and `cos` differ in the last bit from machine to machine, and the
//! same seed must give the same data everywhere.

/// A stream of draws.
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Two numbers into one that looks like neither.
pub(super) fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_add(b.wrapping_mul(GOLDEN)).wrapping_add(GOLDEN);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Chance {
    /// The stream of one thing (`index`) of one sort (`salt`) of the world that `seed` makes.
    pub fn of(seed: u64, salt: u64, index: u64) -> Self {
        Self(mix(mix(seed, salt), index))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0, 0)
    }

    /// 0 to `bound` − 1; 0 when the bound is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as u64) as i64
    }

    /// 0 ≤ x < 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True so often.
    pub fn hit(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }

    /// [`pick`](Self::pick) of a list of words.
    pub fn word(&mut self, from: &[&'static str]) -> &'static str {
        from[self.below(from.len() as u64) as usize]
    }

    /// One of the first more often than one of the last: the smaller of two draws.
    pub fn early<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let length = from.len() as u64;
        &from[self.below(length).min(self.below(length)) as usize]
    }

    /// An index, as often as its weight says.
    pub fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: u64 = weights.iter().map(|weight| u64::from(*weight)).sum();
        let mut left = self.below(total);
        for (index, weight) in weights.iter().enumerate() {
            if left < u64::from(*weight) {
                return index;
            }
            left -= u64::from(*weight);
        }
        0
    }

    /// The standard normal distribution, as the sum of twelve (Irwin–Hall): good to three deviations.
    pub fn normal(&mut self) -> f64 {
        let mut sum = 0_u64;
        for _ in 0..3 {
            let bits = self.next();
            sum += (bits & 0xffff) + ((bits >> 16) & 0xffff) + ((bits >> 32) & 0xffff) + (bits >> 48);
        }
        (sum as f64 + 6.0) / 65_536.0 - 6.0
    }

    /// A whole number with this mean, zero included, few far above twice of it.
    pub fn count(&mut self, mean: f64) -> u64 {
        let drawn = mean * 2.0 * self.unit();
        let whole = drawn as u64;
        whole + u64::from(self.hit(drawn - whole as f64))
    }
}

/// Cumulative weights: an index by binary search, for long lists.
#[derive(Debug, Clone)]
pub(super) struct Weighted(Vec<u64>);

impl Weighted {
    pub fn new(weights: impl IntoIterator<Item = u64>) -> Self {
        let mut sum = 0;
        Self(
            weights
                .into_iter()
                .map(|weight| {
                    sum += weight;
                    sum
                })
                .collect(),
        )
    }

    pub fn draw(&self, chance: &mut Chance) -> usize {
        let at = chance.below(self.0.last().copied().unwrap_or(0));
        self.0.partition_point(|sum| *sum <= at)
    }
}

/// 2^x by a Taylor polynomial of its fractional part; right to a millionth.
pub(super) fn exp2(x: f64) -> f64 {
    let whole = x.floor();
    let y = (x - whole) * std::f64::consts::LN_2;
    let fraction = 1.0 + y * (1.0 + y / 2.0 * (1.0 + y / 3.0 * (1.0 + y / 4.0 * (1.0 + y / 5.0 * (1.0 + y / 6.0)))));
    let scale = if whole >= 0.0 {
        (1_u64 << (whole as u32).min(62)) as f64
    } else {
        1.0 / (1_u64 << (-whole as u32).min(62)) as f64
    };
    fraction * scale
}

/// Rounded to so many leading digits: 18,734,220 → 18,700,000 with three.
pub(super) fn leading(number: i64, digits: u32) -> i64 {
    let mut step = 1;
    while number / step >= 10_i64.pow(digits) {
        step *= 10;
    }
    (number + step / 2) / step * step
}
