//! Search over all objects: two Chinese characters, pinyin, initials, a phone's last digits, an e-mail's start. Results obey
//! scope and masks.
//!
//! The index finds candidates, newest first, a bounded number; their values are then compared with what was typed, which gives
//! the order and what to emphasise. What one may not see plainly one cannot find by.

mod aging;
mod candidates;

use std::{collections::HashMap, sync::Arc};

use zhike_db::{Sql, Tx};
use zhike_model::{Model, Object};
use zhike_text::tokens::{self, Query, Rank};
use zhike_types::{Result, Value, boxed};

use self::candidates::{Asked, Candidate};
use crate::{
    Actor, Engine, FieldRight, Hit, Record, SearchGroup,
    access::{self, Need, Reach},
    keys,
    load::{Columns, Stored, needs_team, present},
};

/// The most characters of a query that are looked at.
const QUERY_MAX: usize = 80;

/// A byte range to emphasise.
type Range = Option<(usize, usize)>;

/// How well a record meets a query: the smaller the better; by which field, and where in it.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    score: u32,
    field: usize,
    range: Range,
}

impl Engine {
    /// The best hits of each object, objects with the best hit first. `objects` empty means all.
    #[boxed]
    pub async fn search(
        &self,
        actor: &Actor,
        text: &str,
        objects: &[String],
        limit: usize,
    ) -> Result<Vec<SearchGroup>> {
        let model = self.model();
        let text: String = text.chars().take(QUERY_MAX).collect();
        let query = tokens::query(&text);
        if query.words.iter().all(|word| word.alternatives.is_empty()) {
            return Ok(Vec::new());
        }
        let limit = limit.clamp(1, 100);
        let sought = |object: &&Arc<Object>| {
            (objects.is_empty() || objects.contains(&object.name))
                && access::reach(object, actor, Need::Read) != Reach::Nothing
        };
        let mut tx = self.0.db.read().await?;
        let start = candidates::start_token(&query);
        let asked = model.objects().iter().filter(sought);
        let asked: Vec<Asked<'_, '_>> = asked.filter_map(|object| Asked::of(object, &query, start.as_ref())).collect();
        let found = candidates::read(&mut tx, &model, actor, &asked).await?;
        let words = words(&query);
        let mut groups: Vec<(u32, SearchGroup)> = Vec::new();
        for (asked, found) in asked.iter().zip(found) {
            let (ranked, more) = best(asked, actor, &found, &words, limit);
            let Some(best) = ranked.first().map(|(ranked, _)| ranked.score) else { continue };
            let hits = self.hits(&mut tx, &model, actor, asked.object, ranked).await?;
            groups.push((best, SearchGroup { object: Arc::clone(asked.object), hits, more }));
        }
        groups.sort_by_key(|(best, _)| *best);
        Ok(groups.into_iter().map(|(_, group)| group).collect())
    }

    /// What was found, as the actor sees it.
    async fn hits(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        ranked: Vec<(Ranked, i64)>,
    ) -> Result<Vec<Hit>> {
        let numbers = ranked.iter().map(|(_, seq)| *seq).collect();
        let records = self.numbered(tx, model, actor, object, numbers).await?;
        let mut ranked: HashMap<i64, Ranked> = ranked.into_iter().map(|(ranked, seq)| (seq, ranked)).collect();
        let hit = |record: Record| {
            let Ranked { field, range, .. } = ranked.remove(&record.seq)?;
            let text = record.values[field].as_text().unwrap_or_default().to_owned();
            Some(Hit { field: object.fields[field].name.clone(), text, range, record })
        };
        Ok(records.into_iter().filter_map(hit).collect())
    }

    /// The records with these numbers, in this order, as the actor sees them.
    async fn numbered(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        numbers: Vec<i64>,
    ) -> Result<Vec<Record>> {
        let mut columns = Columns::all(object);
        columns.team = needs_team(object, actor);
        let mut sql = Sql::new("SELECT ");
        columns.select(model, actor, "t", &mut sql);
        sql.push(" FROM ").name(&object.name).push(" t WHERE t.deleted_at IS NULL AND t.seq IN (");
        sql.padded(&numbers).push(")");
        let mut stored: Vec<Stored> = tx.rows(sql).await?.iter().map(|row| columns.read(row)).collect::<Result<_>>()?;
        stored.sort_by_key(|record| numbers.iter().position(|seq| *seq == record.seq));
        present(tx, &self.0.titles, model, actor, &columns, stored).await
    }
}

/// The best `limit` of the candidates that meet the words, with their numbers, and whether there are more.
fn best(
    asked: &Asked<'_, '_>,
    actor: &Actor,
    found: &[Candidate],
    words: &[Query],
    limit: usize,
) -> (Vec<(Ranked, i64)>, bool) {
    let mut ranked: Vec<(Ranked, i64)> =
        found.iter().filter_map(|record| Some((rank(asked, actor, &record.values, words)?, record.seq))).collect();
    // better first, then newer
    ranked.sort_by_key(|(ranked, seq)| (ranked.score, std::cmp::Reverse(*seq)));
    let more = ranked.len() > limit;
    ranked.truncate(limit);
    (ranked, more)
}

/// The words that say something, each as a query of its own.
fn words(query: &Query) -> Vec<Query> {
    let said = query.words.iter().filter(|word| !word.alternatives.is_empty());
    said.map(|word| Query { words: vec![word.clone()] }).collect()
}

/// How well a record meets all words: the sum over words of the best field's rank, weighted; smaller is better. With it the field
/// that meets the first word best and where.
fn rank(asked: &Asked<'_, '_>, actor: &Actor, values: &[Value], words: &[Query]) -> Option<Ranked> {
    let object = asked.object;
    let mut total = 0;
    let mut shown: Option<(usize, Range)> = None;
    for one in words {
        let mut best: Option<Ranked> = None;
        for (&i, value) in asked.fields.iter().zip(values) {
            let field = &object.fields[i];
            let Some(rule) = field.search else { continue };
            // finding by a masked value would tell it, digit by digit
            if actor.rights.field(&object.name, field) < FieldRight::Read {
                continue;
            }
            let found = match value {
                Value::Text(text) => tokens::matches(keys::token_kind(field), text, one),
                Value::List(all) => all.iter().find_map(|key| tokens::matches(tokens::Kind::Text, key, one)),
                _ => None,
            };
            if let Some(found) = found {
                let score = u32::from(found.rank.number()) * 10 + (10 - u32::from(rule.weight.min(10)));
                let range = found.at.filter(|_| found.rank != Rank::Tail).map(|range| (range.start, range.end));
                if best.is_none_or(|known| score < known.score) {
                    best = Some(Ranked { score, field: i, range });
                }
            }
        }
        let Ranked { score, field, range } = best?;
        total += score;
        shown.get_or_insert((field, range));
    }
    shown.map(|(field, range)| Ranked { score: total, field, range })
}
