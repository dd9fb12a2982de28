//! A scan: all pairs of an object's records that are or may be one. The weights are estimated on these very records.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use zhike_match::{Band, Barred, Cluster, Matcher, Pair, Weights, clusters, count, estimate, scan};
use zhike_types::{Error, Result, Text, Uuid, boxed};

use super::{
    plan::MatchPlan,
    read::{self, Read},
};
use crate::{Actor, Decision, Engine, access, review};

/// Threads that compare.
const THREADS: usize = 2;
/// The most reasons that a pair is told with.
const REASONS: usize = 4;

/// What a scan found.
pub struct Duplicates {
    plan: Arc<MatchPlan>,
    read: Read,
    weights: Weights,
    /// Groups of records that are each one customer: places in `read`, and the weakest link that holds each together, in bits.
    groups: Vec<(Cluster, f32)>,
    /// Pairs to be looked at.
    review: Vec<Pair>,
    /// Pairs that somebody decided to be one and that stand in no group and among no pairs to look at.
    said: Vec<Pair>,
}

/// What is kept of a scan. Groups and pairs stand by score, with the numbers of their records.
pub(crate) struct Found {
    pub plan: Arc<MatchPlan>,
    /// As they were estimated.
    pub weights: Weights,
    /// Each with the weakest link that it holds together by, in bits.
    pub groups: Vec<(f32, Vec<i64>)>,
    /// To be looked at; those that somebody decided to be one are among them, whatever their score.
    pub pairs: Vec<(f32, Vec<i64>)>,
}

/// Two records that are or may be one.
#[derive(Debug, Clone)]
pub struct Duplicate {
    pub left: Uuid,
    pub right: Uuid,
    /// The probability that both are one, from 0 to 1.
    pub score: f64,
    pub band: Band,
    /// What speaks for it, the weightiest first.
    pub reasons: Vec<Text>,
}

impl Duplicates {
    /// How many records were compared.
    pub fn records(&self) -> u64 {
        self.read.ids.len() as u64
    }

    /// How many groups of records are each one customer.
    pub fn groups(&self) -> u64 {
        self.groups.len() as u64
    }

    /// How many pairs are taken for the same, and how many are to be looked at.
    pub fn counts(&self) -> (u64, u64) {
        let pairs = |(group, _): &(Cluster, f32)| group.len() as u64 * (group.len() as u64 - 1) / 2;
        (self.groups.iter().map(pairs).sum(), self.review.len() as u64)
    }

    /// What is to be kept of it.
    pub(crate) fn into_found(self) -> Found {
        let numbers = self.read.numbers;
        let group = |(members, bits): (Cluster, f32)| {
            (bits, members.into_iter().map(|at| numbers[at as usize]).collect::<Vec<i64>>())
        };
        let pair = |pair: Pair| (pair.score.bits, vec![numbers[pair.left as usize], numbers[pair.right as usize]]);
        let mut groups: Vec<_> = self.groups.into_iter().map(group).collect();
        let mut pairs: Vec<_> = self.review.into_iter().chain(self.said).map(pair).collect();
        for items in [&mut groups, &mut pairs] {
            items.sort_unstable_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        }
        Found { plan: self.plan, weights: self.weights, groups, pairs }
    }

    /// The pairs with what speaks for them: every pair of a group, then those to be looked at.
    pub fn pairs(&self) -> impl Iterator<Item = Duplicate> {
        let matcher = Matcher::new(&self.plan.schema, &self.weights);
        let within = |(group, _): &'_ (Cluster, f32)| {
            let group = group.clone();
            (0..group.len()).flat_map(move |at| {
                let rest: Vec<_> = group[at + 1..].iter().map(|&right| (group[at], right, Band::Same)).collect();
                rest
            })
        };
        let review = self.review.iter().map(|pair| (pair.left, pair.right, Band::Review));
        self.groups.iter().flat_map(within).chain(review).map(move |(left, right, band)| {
            let place = |at: u32| at as usize;
            let explained = matcher.explain(self.read.store.get(place(left)), self.read.store.get(place(right)));
            let mut lines: Vec<_> = explained.lines.iter().filter(|line| line.bits > 0.5).collect();
            lines.sort_by(|one, other| other.bits.total_cmp(&one.bits));
            let reason = |line: &&zhike_match::Line| {
                let label = self.plan.label(line.comparison);
                let level = line.level.text();
                Text::new(format!("{}{}", label.zh, level.zh), format!("{} {}", label.en, level.en))
            };
            Duplicate {
                left: self.read.ids[place(left)],
                right: self.read.ids[place(right)],
                score: explained.score.probability(),
                band,
                reasons: lines.iter().take(REASONS).map(reason).collect(),
            }
        })
    }
}

impl Engine {
    /// Compares all live records of an object. It reads everything, whoever may see it: only the operator may ask.
    /// `seen` is told how many records were read so far.
    #[boxed]
    pub async fn duplicates(&self, actor: &Actor, object: &str, seen: &(dyn Fn(u64) + Sync)) -> Result<Duplicates> {
        let model = self.model();
        let object = access::object_for(&model, actor, object)?;
        if actor.user_id.is_some() {
            return Err(Error::Forbidden(Text::new(
                "全库查重由系统进行，不以某个用户的身份。",
                "A scan of all records is the system's own work, not a user's.",
            )));
        }
        let plan = Arc::new(MatchPlan::of(&model, object)?);
        let read = read::all(self.db(), &plan, seen).await?;
        let decided = review::standing(&mut self.db().read().await?, &object.name).await?;
        zhike_jobs::blocking(move || find(plan, read, &decided)).await
    }
}

fn find(plan: Arc<MatchPlan>, mut read: Read, decided: &HashMap<(Uuid, Uuid), Decision>) -> Duplicates {
    let schema = &plan.schema;
    let frequencies = count(schema, &mut read.store, THREADS);
    let shipped = Weights { frequencies, ..Weights::shipped(schema) }.for_records(read.store.len() as u64);
    let weights = estimate(schema, &read.store, &shipped, THREADS);
    let mut found = scan(schema, &read.store, &weights, THREADS);
    let (barred, said) = places(&read, decided);
    found.retain(|pair| !barred.is_barred(pair.left, pair.right));
    let matcher = Matcher::new(schema, &weights);
    let groups = clusters(&matcher, &read.store, &found, &barred);
    let mut group_of = vec![u32::MAX; read.store.len()];
    for (number, group) in groups.iter().enumerate() {
        for record in group {
            group_of[*record as usize] = number as u32;
        }
    }
    let together = |left: u32, right: u32| {
        let (left, right) = (group_of[left as usize], group_of[right as usize]);
        left == right && left != u32::MAX
    };
    let mut strongest = vec![f32::MIN; read.store.len()];
    for pair in found.iter().filter(|pair| together(pair.left, pair.right)) {
        for record in [pair.left, pair.right] {
            let best = &mut strongest[record as usize];
            *best = best.max(pair.score.bits);
        }
    }
    let weakest = |group: &Cluster| group.iter().map(|record| strongest[*record as usize]).fold(f32::MAX, f32::min);
    let groups: Vec<(Cluster, f32)> = groups
        .into_iter()
        .map(|group| {
            let bits = weakest(&group);
            (group, bits)
        })
        .collect();
    // a pair that its groups did not carry is left to somebody's eyes
    found.retain(|pair| !together(pair.left, pair.right));
    let said = said
        .into_iter()
        .filter(|(left, right)| !together(*left, *right))
        .filter(|pair| found.binary_search_by_key(pair, |found| (found.left, found.right)).is_err())
        .map(|(left, right)| {
            let score = matcher.score(read.store.get(left as usize), read.store.get(right as usize));
            Pair { left, right, score }
        })
        .collect();
    Duplicates { groups, review: found, said, plan, read, weights }
}

/// What was decided about pairs of these records, by their places: those that are two, and those that are one.
fn places(read: &Read, decided: &HashMap<(Uuid, Uuid), Decision>) -> (Barred, Vec<(u32, u32)>) {
    if decided.is_empty() {
        return (Barred::default(), Vec::new());
    }
    let named: HashSet<Uuid> = decided.keys().flat_map(|(left, right)| [*left, *right]).collect();
    let all = read.ids.iter().enumerate().filter(|(_, id)| named.contains(id));
    let place: HashMap<Uuid, u32> = all.map(|(at, id)| (*id, at as u32)).collect();
    let of = |wanted: Decision| {
        let pairs = decided.iter().filter(move |(_, decision)| **decision == wanted);
        pairs.filter_map(|((left, right), _)| {
            let (left, right) = (*place.get(left)?, *place.get(right)?);
            Some((left.min(right), left.max(right)))
        })
    };
    (Barred::new(of(Decision::Different)), of(Decision::Same).collect())
}
