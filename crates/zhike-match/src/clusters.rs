//! Groups of records that are one, out of pairs: transitive, but not along a chain of weak links.

use std::collections::HashMap;

use crate::features::Store;
use crate::outcome::Band;
use crate::scan::Pair;
use crate::schema::Schema;
use crate::score::Matcher;
use crate::weights::Weights;

/// Records that are one, the earliest first.
pub type Cluster = Vec<u32>;

/// No pair speaks for joining two groups with more than this, in bits, or against it with more than the other.
const FOR: f32 = 10.0;
const AGAINST: f32 = 6.0;
/// Of large groups so many pairs are asked.
const ASKED: usize = 64;

/// Joins the pairs in [`Band::Same`], the strongest first. Two groups are joined only when all pairs between them taken
/// together speak for it, so that one wrong link does not make two companies one.
pub fn clusters(schema: &Schema, store: &Store, weights: &Weights, pairs: &[Pair]) -> Vec<Cluster> {
    let matcher = Matcher::new(schema, weights);
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
        if one == other || !agree(&matcher, store, &members[one as usize], &members[other as usize]) {
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
        let score = matcher.score(store.get(left as usize), store.get(right as usize));
        match score.band {
            Band::Related(_) => -FOR,
            _ => score.bits.clamp(-AGAINST, FOR),
        }
    });
    voices.sum::<f32>() > 0.0
}

#[cfg(test)]
mod tests {
    use super::clusters;
    use crate::{Extractor, Schema, Store, Weights, count, scan};

    fn groups(rows: &[&[(usize, &str)]]) -> Vec<Vec<u32>> {
        let schema = Schema::customer();
        let mut extractor = Extractor::new(&schema);
        let mut store = Store::new();
        for row in rows {
            store.add(&mut extractor, row);
        }
        let frequencies = count(&schema, &mut store, 1);
        let weights = Weights { frequencies, ..Weights::shipped(&schema) };
        let pairs = scan(&schema, &store, &weights, 1);
        clusters(&schema, &store, &weights, &pairs)
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
