//! Which of a dry run's records have a key: sorted runs that are merged as they grow, sixteen bytes an entry.

#[derive(Debug, Default)]
pub(crate) struct Runs(Vec<Vec<(i64, u32)>>);

impl Runs {
    /// Takes a batch of keys and records.
    pub fn add(&mut self, mut entries: Vec<(i64, u32)>) {
        entries.sort_unstable();
        entries.dedup();
        self.0.push(entries);
        while let [.., before, last] = self.0.as_slice()
            && before.len() < last.len() * 2
        {
            let last = self.0.pop().unwrap_or_default();
            let before = self.0.last_mut().expect("two runs were there");
            before.extend(last);
            before.sort_unstable();
        }
    }

    /// The first records of a key; none when it has more than `most`: such a key says little.
    pub fn of(&self, key: i64, most: usize) -> Vec<u32> {
        let mut found = Vec::new();
        for run in &self.0 {
            let start = run.partition_point(|(known, _)| *known < key);
            found.extend(run[start..].iter().take_while(|(known, _)| *known == key).take(most + 1).map(|(_, at)| *at));
            if found.len() > most {
                return Vec::new();
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Runs;

    #[test]
    fn keys_are_found_in_all_runs() {
        let mut runs = Runs::default();
        for batch in 0..50_u32 {
            runs.add((0..20).map(|key| (i64::from(key), batch)).filter(|(key, _)| *key < 19 || batch < 3).collect());
        }
        let mut found = runs.of(19, 3);
        found.sort_unstable();
        assert_eq!(found, [0, 1, 2]);
        assert!(runs.of(0, 49).is_empty() && runs.of(0, 50).len() == 50 && runs.of(77, 9).is_empty());
    }
}
