//! How long requests took.

use std::time::Duration;

/// Times of requests, in microseconds.
#[derive(Debug, Clone, Default)]
pub struct Latencies {
    micros: Vec<u32>,
    sorted: bool,
}

impl Latencies {
    pub fn record(&mut self, took: Duration) {
        self.micros.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
        self.sorted = false;
    }

    /// Takes another client's times in.
    pub fn merge(&mut self, other: Self) {
        self.micros.extend(other.micros);
        self.sorted = false;
    }

    pub fn count(&self) -> usize {
        self.micros.len()
    }

    /// The nearest-rank percentile (NIST/SEMATECH e-Handbook §7.2.6.2 names the ways; this one is always a time that was
    /// seen): the smallest time that at least `percent` of all requests did not exceed. None when nothing was recorded.
    pub fn percentile(&mut self, percent: f64) -> Option<Duration> {
        if !self.sorted {
            self.micros.sort_unstable();
            self.sorted = true;
        }
        let rank = (percent / 100.0 * self.micros.len() as f64).ceil() as usize;
        let micros = *self.micros.get(rank.max(1) - 1).or(self.micros.last())?;
        Some(Duration::from_micros(u64::from(micros)))
    }
}

#[cfg(test)]
mod tests;
