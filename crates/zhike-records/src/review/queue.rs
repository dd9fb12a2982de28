//! The queue: what the last scan found and nobody has settled, as one actor may see it.
//!
//! Items come in the order of the scan. Which of their records are there and seen is asked by number, a few hundred at once, so that a
//! page costs the same among a thousand items and among a million. An actor who sees little has most items passed over: a page looks
//! at so many and no more, and the next one goes on behind them.

use std::{collections::HashMap, sync::Arc};

use zhike_db::{Arg, Row, Sql, Tx};
use zhike_match::Band;
use zhike_model::{Model, Object};
use zhike_types::{Error, Result, Text, Uuid, boxed};

use super::{
    Counted, OpenCounts, Queue, QueueItem, decisions,
    items::{self, Range},
    parts::{self, Part},
    scans::{Entry, reviewed},
};
use crate::{
    Actor, Engine, Record,
    access::{self, Need},
    bulk,
    load::{Columns, Stored, needs_team, present},
    matching::MatchPlan,
};

const LIMIT_MAX: usize = 100;
/// Items looked at at once: as many as a page wants, then more and more.
const AT_ONCE: usize = 1_000;
/// Items looked at for one page.
const LOOKED_AT: usize = 10_000;
/// Items are counted up to here.
const COUNTED: usize = 1_000;
/// Records asked about in one statement.
const RECORDS_AT_ONCE: usize = 1_024;

/// A live record, and whether the actor may see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Live {
    pub seq: i64,
    pub id: Uuid,
    pub visible: bool,
}

/// Which of these records are live, by `id` or `seq`.
pub(super) async fn live(
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Object,
    column: &str,
    mut asked: Vec<Arg>,
) -> Result<Vec<Live>> {
    let mut found = Vec::with_capacity(asked.len());
    if let [Arg::Int(_), ..] = asked.as_slice() {
        // neighbours in the table are read together
        asked.sort_unstable_by_key(|arg| if let Arg::Int(Some(seq)) = arg { *seq } else { 0 });
    }
    for piece in bulk::portions(&asked, RECORDS_AT_ONCE) {
        let mut sql = Sql::new("SELECT t.seq, t.id, CAST(CASE WHEN ");
        access::predicate(model, object, actor, Need::Read, "t", &mut sql);
        sql.push(" THEN 1 ELSE 0 END AS BIGINT) FROM ").name(&object.name).push(" t WHERE t.deleted_at IS NULL AND ");
        sql.column("t", column).push(" IN (").list(piece.iter().cloned()).push(")");
        let of = |row: &Row| {
            Ok::<_, Error>(Live { seq: row.must_int(0)?, id: row.must_id(1)?, visible: row.must_int(2)? == 1 })
        };
        for row in tx.rows(sql).await? {
            found.push(of(&row)?);
        }
    }
    Ok(found)
}

/// The live records of these ids that the actor may see, with all their fields.
pub(super) async fn readable<'o>(
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &'o Arc<Object>,
    ids: Vec<Uuid>,
) -> Result<(Columns<'o>, Vec<Stored>)> {
    let mut columns = Columns::all(object);
    columns.team = needs_team(object, actor);
    let mut sql = Sql::new("SELECT ");
    columns.select(model, actor, "t", &mut sql);
    sql.push(" FROM ").name(&object.name).push(" t WHERE t.deleted_at IS NULL AND t.id IN (").list(ids).push(") AND ");
    access::predicate(model, object, actor, Need::Read, "t", &mut sql);
    let stored = tx.rows(sql).await?.iter().map(|row| columns.read(row)).collect::<Result<Vec<Stored>>>()?;
    Ok((columns, stored))
}

impl Engine {
    /// A page of the open groups and pairs of which the actor sees two records, or of those of one band (`Same`: groups; `Review`:
    /// pairs). `after`: where the page before ended. `limit`: 1 to 100.
    #[boxed]
    pub async fn review_queue(
        &self,
        actor: &Actor,
        object: &str,
        band: Option<Band>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Queue> {
        let model = self.model();
        let plan = reviewed(&model, actor, object)?;
        let mut tx = self.0.db.read().await?;
        let Some(scan) = Entry::current(&mut tx, &plan.object.name).await? else {
            return Ok(Queue { items: Vec::new(), next: None });
        };
        let mut range = Range::new(scan.number, scan.scan.groups as i64, band);
        if let Some(after) = after {
            let words = after.split_once('-');
            let place = words.and_then(|(scan, at)| Some((scan.parse::<i64>().ok()?, at.parse::<i64>().ok()?)));
            let (number, at) = place.ok_or_else(broken)?;
            if scan.number != number {
                return Err(broken());
            }
            range.first = range.first.max(at);
        }
        let walk = Walk { model: &model, actor, plan: &plan, groups: scan.scan.groups as i64 };
        let (parts, next) = self.walk(&mut tx, &walk, range, limit.clamp(1, LIMIT_MAX)).await?;
        let items = self.shown(&mut tx, &walk, parts).await?;
        Ok(Queue { items, next: next.map(|next| format!("{}-{next}", scan.number)) })
    }

    /// One item of the queue.
    ///
    /// # Errors
    /// `Conflict` when it has changed since it was shown, `NotFound` for what never was one.
    #[boxed]
    pub async fn review_item(&self, actor: &Actor, object: &str, id: &str) -> Result<QueueItem> {
        let model = self.model();
        let plan = reviewed(&model, actor, object)?;
        let mut tx = self.0.db.read().await?;
        let part = self.part(&mut tx, &model, actor, &plan, id).await?;
        let walk = Walk { model: &model, actor, plan: &plan, groups: 0 };
        self.shown(&mut tx, &walk, vec![part]).await?.pop().ok_or_else(parts::changed)
    }

    /// How much is open to the actor, and how much was decided; counted up to 1,000 each.
    #[boxed]
    pub async fn review_counts(&self, actor: &Actor, object: &str) -> Result<OpenCounts> {
        let model = self.model();
        let plan = reviewed(&model, actor, object)?;
        let mut tx = self.0.db.read().await?;
        let (made, more) = decisions::seen(&mut tx, &model, actor, &plan.object, None, COUNTED).await?;
        let decided = Counted { number: made.len() as u64, more: more.is_some() };
        let Some(scan) = Entry::current(&mut tx, &plan.object.name).await? else {
            return Ok(OpenCounts { decided, ..OpenCounts::default() });
        };
        let groups = scan.scan.groups as i64;
        let walk = Walk { model: &model, actor, plan: &plan, groups };
        let mut counts = [Counted::default(); 2];
        for (count, band) in counts.iter_mut().zip([Band::Same, Band::Review]) {
            let (parts, next) = self.walk(&mut tx, &walk, Range::new(scan.number, groups, Some(band)), COUNTED).await?;
            *count = Counted { number: parts.len().min(COUNTED) as u64, more: next.is_some() };
        }
        let [same, review] = counts;
        Ok(OpenCounts { same, review, decided })
    }

    /// Open parts from the first item of a range on, and the item to go on with.
    async fn walk(
        &self,
        tx: &mut Tx,
        walk: &Walk<'_>,
        mut range: Range,
        limit: usize,
    ) -> Result<(Vec<Part>, Option<i64>)> {
        let mut parts = Vec::new();
        let (mut looked, mut size) = (0, limit.min(AT_ONCE));
        loop {
            let items = items::page(tx, range, size).await?;
            let whole = items.len() == size;
            let last = items.last().map(|item| item.number);
            for (number, open) in
                self.open_parts(tx, walk.model, walk.actor, walk.plan, range.scan, walk.groups, items).await?
            {
                parts.extend(open);
                if parts.len() >= limit {
                    let next = (whole || Some(number) != last).then_some(number + 1);
                    return Ok((parts, next));
                }
            }
            let Some(last) = last.filter(|_| whole) else { return Ok((parts, None)) };
            range.first = last + 1;
            looked += size;
            if looked >= LOOKED_AT {
                return Ok((parts, Some(range.first)));
            }
            size = (size * 2).min(AT_ONCE);
        }
    }

    /// One part as it stands, by its id.
    pub(super) async fn part(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        plan: &MatchPlan,
        id: &str,
    ) -> Result<Part> {
        let (scan, number) = parts::place_of(id).ok_or(Error::NotFound)?;
        let current = Entry::current(tx, &plan.object.name).await?.ok_or(Error::NotFound)?;
        if current.number != scan {
            return Err(parts::changed());
        }
        let groups = current.scan.groups as i64;
        let item = items::page(tx, Range { scan, first: number, end: number.saturating_add(1) }, 1).await?;
        let open = self.open_parts(tx, model, actor, plan, scan, groups, item).await?;
        open.into_iter().flat_map(|(_, parts)| parts).find(|part| part.id() == id).ok_or_else(parts::changed)
    }

    /// Parts with their records as the actor sees them, and what speaks for them.
    async fn shown(&self, tx: &mut Tx, walk: &Walk<'_>, parts: Vec<Part>) -> Result<Vec<QueueItem>> {
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let object = &walk.plan.object;
        let ids: Vec<Uuid> = parts.iter().flat_map(|part| part.visible.iter().copied()).collect();
        let weighing = self.weighing(tx, walk.plan, &ids).await?;
        let (columns, stored) = readable(tx, walk.model, walk.actor, object, ids).await?;
        let records = present(tx, &self.0.titles, walk.model, walk.actor, &columns, stored).await?;
        let records: HashMap<Uuid, Record> = records.into_iter().map(|record| (record.id, record)).collect();
        let items = parts.into_iter().filter_map(|part| {
            let shown: Vec<Record> = part.visible.iter().filter_map(|id| records.get(id).cloned()).collect();
            let [first, second, ..] = shown.as_slice() else { return None };
            Some(QueueItem {
                id: part.id(),
                band: part.band,
                score: part.probability(),
                reasons: weighing.reasons(first.id, second.id),
                hidden: part.hidden,
                said_same: part.said_same,
                records: shown,
            })
        });
        Ok(items.collect())
    }
}

/// Who goes through a scan's items, and what they are.
struct Walk<'w> {
    model: &'w Model,
    actor: &'w Actor,
    plan: &'w MatchPlan,
    groups: i64,
}

fn broken() -> Error {
    Error::invalid(
        "after",
        "invalid",
        Text::new(
            "翻页位置不对，或者刚有一次新的扫描。请从第一页重新打开。",
            "The page position is not valid, or there was another scan. Start again from the first page.",
        ),
    )
}
