//! What of an item is still open. Records that were merged away or deleted since are not in it, and a group that holds two records
//! which somebody told apart falls into parts, none of which holds both.

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha256};
use zhike_db::{Arg, Tx};
use zhike_match::{Band, Score};
use zhike_model::Model;
use zhike_types::{Error, Result, Text, Uuid};

use super::{
    Decision,
    decisions::{Pair, among, pair},
    items::Item,
    queue::{Live, live},
};
use crate::{Actor, Engine, matching::MatchPlan};

/// An open group or pair, or what is left of one.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub scan: i64,
    pub number: i64,
    pub band: Band,
    pub bits: f32,
    /// Two at least, those that the actor sees, in the order of their numbers.
    pub visible: Vec<Uuid>,
    pub hidden: u64,
    pub said_same: bool,
}

impl Part {
    /// The item and what the actor sees of it: another id as soon as that is something else.
    pub fn id(&self) -> String {
        let mut digest = Sha256::new();
        let mut ids = self.visible.clone();
        ids.sort_unstable();
        for id in ids {
            digest.update(id.as_bytes());
        }
        let hash = digest.finalize();
        format!("{}-{}-{}", self.scan, self.number, zhike_types::hex(&hash[..6]))
    }

    pub fn probability(&self) -> f64 {
        Score { bits: self.bits, band: self.band }.probability()
    }
}

/// Scan and number of an item, by the id of one of its parts.
pub(super) fn place_of(id: &str) -> Option<(i64, i64)> {
    let mut words = id.split('-');
    let (scan, number) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let hash = words.next()?;
    (words.next().is_none() && hash.len() == 12 && scan >= 0 && number >= 0).then_some((scan, number))
}

/// An id that does not say what it said any more.
pub(super) fn changed() -> Error {
    Error::Conflict(Text::new(
        "这一组已经变了：可能有人处理过，或者又扫描了一次。请刷新再看。",
        "This item has changed: somebody has dealt with it, or there was another scan. Look again.",
    ))
}

impl Engine {
    /// The open parts of items that the actor sees two records of, item by item.
    #[expect(clippy::too_many_arguments, reason = "who asks about what, and where it stands")]
    pub(super) async fn open_parts(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        plan: &MatchPlan,
        scan: i64,
        groups: i64,
        items: Vec<Item>,
    ) -> Result<Vec<(i64, Vec<Part>)>> {
        let numbers: Vec<Arg> = items.iter().flat_map(|item| &item.members).map(|seq| Arg::from(*seq)).collect();
        let found = live(tx, model, actor, &plan.object, "seq", numbers).await?;
        let found: HashMap<i64, Live> = found.into_iter().map(|live| (live.seq, live)).collect();
        let mut open: Vec<(Item, Vec<Live>)> = Vec::new();
        for item in items {
            let members: Vec<Live> = item.members.iter().filter_map(|seq| found.get(seq).copied()).collect();
            if members.iter().filter(|live| live.visible).count() >= 2 {
                open.push((item, members));
            }
        }
        let ids: Vec<Uuid> = open.iter().flat_map(|(_, members)| members.iter().map(|live| live.id)).collect();
        let decided = if ids.is_empty() { HashMap::new() } else { among(tx, &ids).await? };
        let mut parts = Vec::with_capacity(open.len());
        for (item, members) in open {
            let band = if item.number < groups { Band::Same } else { Band::Review };
            let pieces = if told_apart(&members, &decided) {
                self.apart(tx, plan, &members, &decided).await?
            } else {
                vec![(item.bits, members)]
            };
            let shown = pieces.into_iter().filter_map(|(bits, members)| {
                let visible: Vec<Uuid> = members.iter().filter(|live| live.visible).map(|live| live.id).collect();
                (visible.len() >= 2).then(|| Part {
                    scan,
                    number: item.number,
                    band,
                    bits,
                    hidden: (members.len() - visible.len()) as u64,
                    said_same: said_same(&visible, &decided),
                    visible,
                })
            });
            parts.push((item.number, shown.collect()));
        }
        Ok(parts)
    }

    /// Groups the members anew, those that were told apart kept apart.
    async fn apart(
        &self,
        tx: &mut Tx,
        plan: &MatchPlan,
        members: &[Live],
        decided: &HashMap<Pair, Decision>,
    ) -> Result<Vec<(f32, Vec<Live>)>> {
        if members.len() == 2 {
            return Ok(Vec::new());
        }
        let ids: Vec<Uuid> = members.iter().map(|live| live.id).collect();
        let weighing = self.weighing(tx, plan, &ids).await?;
        let is_apart = |one: Uuid, other: Uuid| decided.get(&pair(one, other)) == Some(&Decision::Different);
        let regrouped = weighing.regroup(&ids, is_apart).into_iter();
        Ok(regrouped.map(|(bits, places)| (bits, places.into_iter().map(|at| members[at]).collect())).collect())
    }
}

/// Whether two of them were decided to be two.
fn told_apart(members: &[Live], decided: &HashMap<Pair, Decision>) -> bool {
    let is = |one: &Live, other: &Live| decided.get(&pair(one.id, other.id)) == Some(&Decision::Different);
    !decided.is_empty()
        && members.iter().enumerate().any(|(at, one)| members[at + 1..].iter().any(|other| is(one, other)))
}

/// Whether decisions make one of all of them, if need be by way of each other.
fn said_same(ids: &[Uuid], decided: &HashMap<Pair, Decision>) -> bool {
    let Some((first, _)) = ids.split_first().filter(|_| !decided.is_empty()) else { return false };
    let (mut reached, mut wave) = (HashSet::from([*first]), vec![*first]);
    while let Some(one) = wave.pop() {
        for other in ids {
            if !reached.contains(other) && decided.get(&pair(one, *other)) == Some(&Decision::Same) {
                reached.insert(*other);
                wave.push(*other);
            }
        }
    }
    reached.len() == ids.len()
}
