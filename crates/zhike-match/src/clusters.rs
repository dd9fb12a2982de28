//! Groups of records that are one, out of pairs: transitive, but not along a chain of weak links.

use std::collections::{HashMap, HashSet};

use crate::features::Store;
use crate::outcome::Band;
use crate::scan::Pair;
use crate::score::Matcher;

/// Records that are one, the earliest first.
pub type Cluster = Vec<u32>;

/// No pair speaks for joining two groups with more than this, in bits, or against it with more than the other.
const FOR: f32 = 10.0;
const AGAINST: f32 = 6.0;
/// Of large groups so many pairs are asked.
const ASKED: usize = 64;

/// Pairs of records that somebody knows to be two: no group holds both.
#[derive(Debug, Clone, Default)]
pub struct Barred(HashMap<u32, HashSet<u32>>);

impl Barred {
    pub fn new(pairs: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut barred: HashMap<u32, HashSet<u32>> = HashMap::new();
        for (one, other) in pairs {
            barred.entry(one).or_default().insert(other);
            barred.entry(other).or_default().insert(one);
        }
        Self(barred)
    }

    /// Whether the two are known to be two.
    pub fn is_barred(&self, one: u32, other: u32) -> bool {
        self.0.get(&one).is_some_and(|others| others.contains(&other))
    }

    fn between(&self, one: &[u32], other: &[u32]) -> bool {
        // hardly a record is barred from any other
        let (few, many) = if one.len() <= other.len() { (one, other) } else { (other, one) };
        few.iter().any(|left| self.0.get(left).is_some_and(|barred| many.iter().any(|right| barred.contains(right))))
    }
}

/// Joins the pairs in [`Band::Same`], the strongest first. Two groups are joined only when all pairs between them taken
/// together speak for it, so that one wrong link does not make two companies one, and only when no pair between them is barred.
pub fn clusters(matcher: &Matcher<'_>, store: &Store, pairs: &[Pair], barred: &Barred) -> Vec<Cluster> {
    let mut links: Vec<&Pair> = pairs.iter().filter(|pair| pair.score.band == Band::Same).collect();
    links.sort_by(|a, b| b.score.bits.total_cmp(&a.score.bits).then((a.left, a.right).cmp(&(b.left, b.right))));
    let mut of: HashMap<u32, u32> = HashMap::new();
    let mut members: Vec<Cluster> = Vec::new();
    for link in links {
        let mut group = |record: u32| {
            *of.entry(record).or_insert_with(|| {
                members.push(vec![record]);
                members.len() as u32 - 1
            })
        };
        let (one, other) = (group(link.left), group(link.right));
        let (here, there) = (&members[one as usize], &members[other as usize]);
        if one == other || barred.between(here, there) || !agree(matcher, store, here, there) {
            continue;
        }
        let (into, from) =
            if members[one as usize].len() >= members[other as usize].len() { (one, other) } else { (other, one) };
        let moved = std::mem::take(&mut members[from as usize]);
        of.extend(moved.iter().map(|record| (*record, into)));
        members[into as usize].extend(moved);
    }
    let mut out: Vec<Cluster> = members.into_iter().filter(|members| members.len() > 1).collect();
    for members in &mut out {
        members.sort_unstable();
    }
    out.sort_unstable();
    out
}

fn agree(matcher: &Matcher<'_>, store: &Store, one: &[u32], other: &[u32]) -> bool {
    if one.len() * other.len() == 1 {
        return true;
    }
    let step = (one.len() * other.len()).div_ceil(ASKED);
    let pairs = one.iter().flat_map(|left| other.iter().map(move |right| (*left, *right)));
    let voices = pairs.step_by(step).map(|(left, right)| {
        let voice = matcher.voice(store.get(left as usize), store.get(right as usize), -FOR);
        if voice == -FOR { voice } else { voice.clamp(-AGAINST, FOR) }
    });
    voices.sum::<f32>() > 0.0
}

#[cfg(test)]
mod tests {
    use super::{Barred, clusters};
    use crate::{Extractor, Matcher, Schema, Store, Weights, count, scan};

    fn groups(rows: &[&[(usize, &str)]]) -> Vec<Vec<u32>> {
        groups_without(rows, &[])
    }

    fn groups_without(rows: &[&[(usize, &str)]], barred: &[(u32, u32)]) -> Vec<Vec<u32>> {
        let schema = Schema::customer();
        let mut extractor = Extractor::new(&schema);
        let mut store = Store::new();
        for row in rows {
            store.add(&mut extractor, row);
        }
        let frequencies = count(&schema, &mut store, 1);
        let weights = Weights { frequencies, ..Weights::shipped(&schema) };
        let pairs = scan(&schema, &store, &weights, 1);
        clusters(&Matcher::new(&schema, &weights), &store, &pairs, &Barred::new(barred.iter().copied()))
    }

    #[test]
    fn what_is_the_same_comes_together() {
        let found = groups(&[
            &[(0, "青岛海尔电器有限公司"), (5, "13812346138")],
            &[(0, "济南远航物流有限公司"), (5, "13912346139")],
            &[(0, "海尔电器（青岛）有限公司")],
            &[(0, "海尔电器"), (5, "138-1234-6138")],
        ]);
        assert_eq!(found, [[0, 2, 3]]);
    }

    /// What somebody knows to be two is in no group together, whatever chain of others would join it.
    #[test]
    fn a_barred_pair_is_in_no_group() {
        let rows: &[&[(usize, &str)]] = &[
            &[(0, "青岛海尔电器有限公司"), (5, "13812346138")],
            &[(0, "海尔电器（青岛）有限公司"), (5, "13812346138")],
            &[(0, "青岛海尔电器"), (5, "138-1234-6138")],
            &[(0, "青岛海尔电器公司"), (5, "138-1234-6138")],
        ];
        assert_eq!(groups(rows), [[0, 1, 2, 3]]);
        for (left, right) in [(0, 1), (0, 3), (2, 1), (3, 2)] {
            let found = groups_without(rows, &[(left, right)]);
            assert!(found.iter().all(|group| !(group.contains(&left) && group.contains(&right))), "{found:?}");
            assert!(found.iter().any(|group| group.len() > 1), "the others still belong together: {found:?}");
        }
        let all = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
        assert!(groups_without(rows, &all).is_empty());
    }

    /// A row that names no city could be either house of a chain; it must not make them one.
    #[test]
    fn a_weak_link_does_not_join_two_companies() {
        let found = groups(&[
            &[(0, "青岛蓝海湾酒店管理有限公司"), (2, "青岛"), (6, "0532-60619201"), (4, "张三丰")],
            &[(0, "济南蓝海湾酒店管理有限公司"), (2, "济南"), (6, "0531-60619202"), (4, "李思源")],
            &[(0, "蓝海湾酒店管理有限公司"), (4, "张三丰")],
        ]);
        assert!(found.iter().all(|group| !(group.contains(&0) && group.contains(&1))), "{found:?}");
    }
}
