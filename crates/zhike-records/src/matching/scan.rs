//! A scan: all pairs of an object's records that are or may be one. The weights are estimated on these very records.

use std::{collections::HashMap, sync::Arc};

use zhike_match::{Band, Matcher, Weights, clusters, count, estimate, scan};
use zhike_types::{Error, Result, Text, Uuid};

use super::{
    plan::MatchPlan,
    read::{self, Read},
};
use crate::{Actor, Engine, access};

/// Threads that compare.
const THREADS: usize = 2;
/// The most reasons that a pair is told with.
const REASONS: usize = 4;

/// What a scan found.
pub struct Duplicates {
    plan: Arc<MatchPlan>,
    read: Read,
    weights: Weights,
    /// By left and right record, places in `read`: those of one cluster, and those to be looked at.
    pairs: Vec<(u32, u32, Band)>,
    /// How many groups of records are each one customer.
    pub groups: u64,
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

    /// How many pairs are taken for the same, and how many are to be looked at.
    pub fn counts(&self) -> (u64, u64) {
        let same = self.pairs.iter().filter(|(.., band)| *band == Band::Same).count() as u64;
        (same, self.pairs.len() as u64 - same)
    }

    /// The pairs with what speaks for them: every pair of a group, then those to be looked at.
    pub fn pairs(&self) -> impl Iterator<Item = Duplicate> {
        let matcher = Matcher::new(&self.plan.schema, &self.weights);
        self.pairs.iter().map(move |&(left, right, band)| {
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
        tokio::task::spawn_blocking(move || find(plan, read)).await.map_err(Error::internal)
    }
}

fn find(plan: Arc<MatchPlan>, mut read: Read) -> Duplicates {
    let schema = &plan.schema;
    let frequencies = count(schema, &mut read.store, THREADS);
    let shipped = Weights { frequencies, ..Weights::shipped(schema) }.for_records(read.store.len() as u64);
    let weights = estimate(schema, &read.store, &shipped, THREADS);
    let found = scan(schema, &read.store, &weights, THREADS);
    let groups = clusters(schema, &read.store, &weights, &found);
    let mut group_of: HashMap<u32, usize> = HashMap::new();
    let mut pairs = Vec::with_capacity(found.len());
    for (number, group) in groups.iter().enumerate() {
        for (at, &left) in group.iter().enumerate() {
            group_of.insert(left, number);
            pairs.extend(group[at + 1..].iter().map(|&right| (left.min(right), left.max(right), Band::Same)));
        }
    }
    let together = |left: u32, right: u32| group_of.get(&left).is_some_and(|group| group_of.get(&right) == Some(group));
    // a pair that its groups did not carry is left to somebody's eyes
    let open = found.iter().filter(|pair| !together(pair.left, pair.right));
    let review: Vec<_> = open.map(|pair| (pair.left, pair.right, Band::Review)).collect();
    pairs.extend(review);
    Duplicates { groups: groups.len() as u64, plan, read, weights, pairs }
}
