//! What people decided about pairs, in the table `match_decision`: one row a pair, the latest decision.
//!
//! While a merge stands, what was decided about a record that went away counts for the one that stands for it, and for the record
//! itself again once the merge is undone: the rows stay as they are, only how they are read changes. Where several decisions come to
//! be about one pair that way, the latest counts.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value as Json};
use zhike_db::{Arg, Row, Sql, Tx, constraint_of, sql};
use zhike_model::{Model, Object};
use zhike_types::{Error, Result, Text, Uuid, boxed, text};

use super::{
    DecidedPair, Decision, DecisionPage,
    parts::changed,
    queue::{live, readable},
    scans::reviewed,
};
use crate::{
    Actor, Engine, REASON_MOST,
    access::Need,
    audit::{self, Deed},
    bulk,
    load::present,
    merge,
};

/// Two records, the lesser id first.
pub(crate) type Pair = (Uuid, Uuid);

pub(super) fn pair(one: Uuid, other: Uuid) -> Pair {
    if one < other { (one, other) } else { (other, one) }
}

/// The latest decision about a pair, and its number.
type Standing = HashMap<Pair, (i64, Decision)>;

/// Decisions of an object read at once.
const AT_ONCE: i64 = 2_000;
/// Records asked about in one statement.
const MOST: usize = 8_192;
/// Rows a statement.
const ROWS: usize = 64;
/// Decisions looked at for one page.
const LOOKED_AT: usize = 2_000;

impl Decision {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Different => "different",
            Self::Same => "same",
            Self::Open => "open",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "different" => Self::Different,
            "same" => Self::Same,
            _ => Self::Open,
        }
    }

    /// What the audit calls it.
    fn action(self) -> &'static str {
        match self {
            Self::Different => "told-apart",
            Self::Same => "told-same",
            Self::Open => "told-open",
        }
    }
}

/// The pairs among these records that were decided to be two, the lesser id first.
pub(crate) async fn decided_different(tx: &mut Tx, ids: &[Uuid]) -> Result<HashSet<Pair>> {
    let decided = among(tx, ids).await?;
    Ok(decided.into_iter().filter(|(_, decision)| *decision == Decision::Different).map(|(pair, _)| pair).collect())
}

/// What was decided about pairs among these records; what was taken back is not in it.
pub(super) async fn among(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Pair, Decision>> {
    Ok(only_made(latest(tx, ids).await?))
}

/// The latest decisions about pairs among these records, those of records that went into them counted in.
async fn latest(tx: &mut Tx, ids: &[Uuid]) -> Result<Standing> {
    let mut of: HashMap<Uuid, Uuid> = ids.iter().map(|id| (*id, *id)).collect();
    let mut wave: Vec<Uuid> = ids.to_vec();
    while !wave.is_empty() {
        let mut went = Vec::new();
        for piece in wave.chunks(MOST) {
            let mut sql = Sql::new("SELECT record_id, instead_id FROM merge_away WHERE active = ");
            sql.bind(true).push(" AND loser = ").bind(true).push(" AND instead_id IN (");
            sql.list(piece.iter().copied()).push(")");
            went.extend(tx.rows(sql).await?);
        }
        wave.clear();
        for row in went {
            let (id, into) = (row.must_id(0)?, row.must_id(1)?);
            if let Some(&stands) = of.get(&into)
                && of.insert(id, stands).is_none()
            {
                wave.push(id);
            }
        }
    }
    let mut standing = Standing::new();
    for piece in of.keys().copied().collect::<Vec<Uuid>>().chunks(MOST) {
        let mut sql = Sql::new("SELECT seq, left_id, right_id, decision FROM match_decision WHERE left_id IN (");
        sql.list(piece.iter().copied()).push(")");
        note(&mut standing, &tx.rows(sql).await?, &of)?;
    }
    Ok(standing)
}

/// Everything that was decided about an object's records.
pub(crate) async fn standing(tx: &mut Tx, object: &str) -> Result<HashMap<Pair, Decision>> {
    let mut standing = Standing::new();
    let mut after = 0;
    loop {
        let rows = tx
            .rows(sql!(
                "SELECT seq, left_id, right_id, decision FROM match_decision WHERE object = $1 AND seq > $2 ORDER BY seq LIMIT $3",
                object,
                after,
                AT_ONCE
            ))
            .await?;
        let Some(last) = rows.last() else { return Ok(only_made(standing)) };
        after = last.must_int(0)?;
        let of = stand_ins(tx, &rows).await?;
        note(&mut standing, &rows, &of)?;
    }
}

fn only_made(standing: Standing) -> HashMap<Pair, Decision> {
    let made = standing.into_iter().filter(|(_, (_, decision))| *decision != Decision::Open);
    made.map(|(pair, (_, decision))| (pair, decision)).collect()
}

/// Notes rows (seq, left, right, decision) whose records, or those that stand for them, are known.
fn note(standing: &mut Standing, rows: &[Row], of: &HashMap<Uuid, Uuid>) -> Result<()> {
    for row in rows {
        let seq = row.must_int(0)?;
        let (Some(&left), Some(&right)) = (of.get(&row.must_id(1)?), of.get(&row.must_id(2)?)) else { continue };
        if left == right {
            continue;
        }
        let decision = Decision::of(&row.must_text(3)?);
        let known = standing.entry(pair(left, right)).or_insert((seq, decision));
        if known.0 < seq {
            *known = (seq, decision);
        }
    }
    Ok(())
}

/// For each record of the rows (seq, left, right …) the one that stands for it today.
async fn stand_ins(tx: &mut Tx, rows: &[Row]) -> Result<HashMap<Uuid, Uuid>> {
    let mut of: HashMap<Uuid, Uuid> = HashMap::new();
    for row in rows {
        for at in [1, 2] {
            let id = row.must_id(at)?;
            of.insert(id, id);
        }
    }
    let mut wave: HashSet<Uuid> = of.keys().copied().collect();
    while !wave.is_empty() {
        let mut went: HashMap<Uuid, Uuid> = HashMap::new();
        for piece in bulk::portions(&wave.into_iter().collect::<Vec<Uuid>>(), 1_024) {
            let mut sql = Sql::new("SELECT record_id, instead_id FROM merge_away WHERE active = ");
            sql.bind(true).push(" AND loser = ").bind(true).push(" AND instead_id IS NOT NULL AND record_id IN (");
            sql.list(piece.iter().copied()).push(")");
            for row in tx.rows(sql).await? {
                went.insert(row.must_id(0)?, row.must_id(1)?);
            }
        }
        for stands in of.values_mut() {
            if let Some(into) = went.get(stands) {
                *stands = *into;
            }
        }
        wave = went.into_values().collect();
    }
    Ok(of)
}

/// Forgets what was decided about a record that goes for ever.
pub(crate) async fn forget(tx: &mut Tx, id: Uuid) -> Result<()> {
    for text in ["DELETE FROM match_decision WHERE left_id = $1", "DELETE FROM match_decision WHERE right_id = $1"] {
        tx.run(sql!(text, id)).await?;
    }
    Ok(())
}

impl Engine {
    /// Puts on record what somebody decides about two records that it sees.
    ///
    /// # Errors
    /// `NotFound` for a record that the actor may not see, `Conflict` for one that was merged away, `Invalid` for a record with
    /// itself or a reason that is too long.
    #[boxed]
    pub async fn decide(
        &self,
        actor: &Actor,
        object: &str,
        left: Uuid,
        right: Uuid,
        decision: Decision,
        reason: Option<&str>,
    ) -> Result<()> {
        let model = self.model();
        let object = &reviewed(&model, actor, object)?.object;
        if left == right {
            let message = Text::new("请给出两条不同的记录。", "Give two different records.");
            return Err(Error::invalid("right", "invalid", message));
        }
        let reason = reason_of(reason)?;
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        for id in [left, right] {
            let stored = self.find(&mut tx, &model, actor, object, id, Need::Read).await?.ok_or(Error::NotFound)?;
            if stored.is_deleted(object) {
                merge::refuse_away(&mut tx, &model, actor, object, id).await?;
                return Err(Error::NotFound);
            }
        }
        self.put_decisions(&mut tx, actor, object, &[pair(left, right)], decision, reason).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }

    /// Writes a decision about pairs, with what the audit and the events are told. What is decided so already stays as it is.
    pub(super) async fn put_decisions(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        object: &Object,
        pairs: &[Pair],
        decision: Decision,
        reason: Option<&str>,
    ) -> Result<()> {
        let mut ids: Vec<Uuid> = pairs.iter().flat_map(|(left, right)| [*left, *right]).collect();
        ids.sort_unstable();
        ids.dedup();
        let known = among(tx, &ids).await?;
        let is_known = |pair: &Pair| known.get(pair).copied().unwrap_or(Decision::Open) == decision;
        let pairs: Vec<Pair> = pairs.iter().copied().filter(|pair| reason.is_some() || !is_known(pair)).collect();
        let now = self.now();
        let by = actor.user_id.is_some().then_some(&*actor.name);
        let batch = (pairs.len() > 1).then(|| self.0.ids.next());
        let mut deeds = Vec::new();
        for piece in bulk::portions(&pairs, ROWS) {
            for (left, right) in piece {
                // another row, for a decision is as new as its number
                tx.run(sql!("DELETE FROM match_decision WHERE left_id = $1 AND right_id = $2", *left, *right)).await?;
            }
            let mut sql = Sql::new(
                "INSERT INTO match_decision (object, left_id, right_id, decision, at, user_id, by_name, reason) VALUES ",
            );
            for (i, (left, right)) in piece.iter().enumerate() {
                let args: [Arg; 8] = [
                    object.name.as_str().into(),
                    (*left).into(),
                    (*right).into(),
                    decision.word().into(),
                    now.into(),
                    actor.user_id.into(),
                    by.into(),
                    reason.into(),
                ];
                sql.push(if i == 0 { "(" } else { ", (" }).list(args).push(")");
                let before = known.get(&(*left, *right)).copied().unwrap_or(Decision::Open);
                for (id, other) in [(left, right), (right, left)] {
                    let said = |decision: Decision| {
                        Map::from_iter([
                            ("other".to_owned(), Json::from(other.to_string())),
                            ("decision".to_owned(), Json::from(decision.word())),
                        ])
                    };
                    deeds.push(Deed {
                        record_id: Some(*id),
                        before: Some(said(before)),
                        after: Some(said(decision)),
                        reason: reason.map(str::to_owned),
                        batch,
                        fields: Some(Vec::new()),
                        ..Deed::about(decision.action(), &object.name)
                    });
                }
            }
            match tx.run(sql).await {
                Err(error) if constraint_of(&error).is_some() => return Err(changed()),
                done => done?,
            };
        }
        audit::record(tx, actor, now, deeds).await
    }

    /// What was decided about records that the actor sees, the newest first; what was taken back is not in it. `before`: only those
    /// before this number. `limit`: 1 to 200.
    #[boxed]
    pub async fn decisions(
        &self,
        actor: &Actor,
        object: &str,
        before: Option<i64>,
        limit: usize,
    ) -> Result<DecisionPage> {
        let model = self.model();
        let object = &reviewed(&model, actor, object)?.object;
        let mut tx = self.0.db.read().await?;
        let (made, next) = seen(&mut tx, &model, actor, object, before, limit.clamp(1, 200)).await?;
        let ids: HashSet<Uuid> = made.iter().flat_map(|made| [made.pair.0, made.pair.1]).collect();
        let (columns, stored) = readable(&mut tx, &model, actor, object, ids.into_iter().collect()).await?;
        let records = present(&mut tx, &self.0.titles, &model, actor, &columns, stored).await?;
        let records: HashMap<Uuid, crate::Record> = records.into_iter().map(|record| (record.id, record)).collect();
        let pairs = made.into_iter().filter_map(|made| {
            Some(DecidedPair {
                seq: made.seq,
                left: records.get(&made.pair.0)?.clone(),
                right: records.get(&made.pair.1)?.clone(),
                decision: made.decision,
                at: made.at,
                by: made.by,
                reason: made.reason,
            })
        });
        Ok(DecisionPage { pairs: pairs.collect(), next })
    }
}

/// A decision that stands, about two live records.
pub(super) struct Made {
    seq: i64,
    pair: Pair,
    decision: Decision,
    at: i64,
    by: Option<String>,
    reason: Option<String>,
}

/// Decisions about records that the actor sees, the newest first, and where the next ones begin.
pub(super) async fn seen(
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Object,
    before: Option<i64>,
    limit: usize,
) -> Result<(Vec<Made>, Option<i64>)> {
    let mut made: Vec<Made> = Vec::new();
    let (mut before, mut looked) = (before.unwrap_or(i64::MAX), 0);
    while looked < LOOKED_AT {
        let rows = tx
            .rows(sql!(
                "SELECT seq, left_id, right_id, decision, at, by_name, reason FROM match_decision WHERE object = $1 AND seq < $2 \
                 ORDER BY seq DESC LIMIT $3",
                object.name.as_str(),
                before,
                limit.max(50) as i64
            ))
            .await?;
        if rows.is_empty() {
            return Ok((made, None));
        }
        looked += rows.len();
        let of = stand_ins(tx, &rows).await?;
        let ids: Vec<Uuid> = of.values().copied().collect::<HashSet<Uuid>>().into_iter().collect();
        let visible: HashSet<Uuid> =
            live(tx, model, actor, object, "id", ids.iter().map(|id| Arg::from(*id)).collect::<Vec<_>>())
                .await?
                .into_iter()
                .filter(|live| live.visible)
                .map(|live| live.id)
                .collect();
        let standing = latest(tx, &ids).await?;
        for row in &rows {
            before = row.must_int(0)?;
            let pair = pair(of[&row.must_id(1)?], of[&row.must_id(2)?]);
            let decision = Decision::of(&row.must_text(3)?);
            let shown = visible.contains(&pair.0) && visible.contains(&pair.1) && pair.0 != pair.1;
            if !shown || decision == Decision::Open || standing.get(&pair) != Some(&(before, decision)) {
                continue;
            }
            let (at, by, reason) = (row.must_int(4)?, row.text(5)?, row.text(6)?);
            made.push(Made { seq: before, pair, decision, at, by, reason });
            if made.len() == limit {
                return Ok((made, Some(before)));
            }
        }
    }
    Ok((made, Some(before)))
}

/// A reason as it is kept; one of blanks is none.
pub(super) fn reason_of(reason: Option<&str>) -> Result<Option<&str>> {
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    if reason.is_some_and(|reason| reason.chars().count() > REASON_MOST) {
        let message = text!("最多 {REASON_MOST} 字。", "{REASON_MOST} characters at most.");
        return Err(Error::invalid("reason", "too_long", message));
    }
    Ok(reason)
}
