//! Which events have been told: all up to a number, but for those that were not there yet when a later one was.

/// How long a number that was passed over is looked for, in milliseconds: longer than any transaction of ours lasts. One that was
/// rolled back never comes.
const PATIENCE: i64 = 5 * 60 * 1000;
/// Runs of missing numbers that are looked for at once; the oldest are given up first.
const RUNS: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Seen {
    last: i64,
    /// Runs of numbers, both ends included, and when they were passed over; the oldest first.
    missing: Vec<(i64, i64, i64)>,
}

impl Seen {
    /// The highest number told.
    pub fn last(&self) -> i64 {
        self.last
    }

    /// Everything up to here is history.
    pub fn skip_to(&mut self, seq: i64) {
        self.last = self.last.max(seq);
    }

    /// The runs that are still looked for.
    pub fn gaps(&mut self, now: i64) -> Vec<(i64, i64)> {
        self.missing.retain(|(.., since)| now - since < PATIENCE);
        self.missing.iter().map(|&(from, to, _)| (from, to)).collect()
    }

    /// An event is told.
    pub fn note(&mut self, seq: i64, now: i64) {
        if seq > self.last {
            // a database that was empty may begin anywhere
            if seq > self.last + 1 && self.last > 0 {
                self.missing.push((self.last + 1, seq - 1, now));
                let over = self.missing.len().saturating_sub(RUNS);
                self.missing.drain(..over);
            }
            self.last = seq;
            return;
        }
        let Some(at) = self.missing.iter().position(|&(from, to, _)| (from..=to).contains(&seq)) else { return };
        let (from, to, since) = self.missing.remove(at);
        let rest = [(from, seq - 1, since), (seq + 1, to, since)];
        self.missing.splice(at..at, rest.into_iter().filter(|(from, to, _)| from <= to));
    }
}

#[cfg(test)]
mod tests {
    use super::{PATIENCE, RUNS, Seen};

    #[test]
    fn what_was_passed_over_is_looked_for_until_it_comes_or_never_will() {
        let mut seen = Seen::default();
        for seq in [10, 11, 15] {
            seen.note(seq, 0);
        }
        assert_eq!(seen.gaps(1), [(12, 14)]);
        seen.note(13, 2);
        assert_eq!((seen.last(), seen.gaps(3)), (15, vec![(12, 12), (14, 14)]));
        seen.note(12, 4);
        assert_eq!(seen.gaps(PATIENCE - 1), [(14, 14)]);
        assert_eq!(seen.gaps(PATIENCE), []);
    }

    #[test]
    fn many_gaps_are_not_kept() {
        let mut seen = Seen::default();
        for seq in 0..200 {
            seen.note(1 + seq * 2, 0);
        }
        assert_eq!(seen.gaps(0).len(), RUNS);
    }
}
