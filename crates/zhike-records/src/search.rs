//! Search over all objects: two Chinese characters, pinyin, initials, a phone's last digits, an e-mail's start. Results obey
//! scope and masks.
//!
//! The index finds candidates, newest first, a bounded number; their values are then compared with what was typed, which gives
//! the order and what to emphasise. What one may not see plainly one cannot find by.

use std::{collections::HashMap, sync::Arc};

use zhike_db::{Dialect, Sql, Tx};
use zhike_model::{Model, Object};
use zhike_text::tokens::{self, Query, Rank, Token, Word};
use zhike_types::Result;

use crate::{
    Actor, Engine, FieldRight, Hit, Record, SearchGroup,
    access::{self, Need, Reach},
    keys,
    load::{Columns, Stored, needs_team, present},
};

/// How many candidates of an object are looked at: the best of the newest.
const CANDIDATES: i64 = 200;
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
        let mut groups: Vec<(u32, SearchGroup)> = Vec::new();
        let mut tx = self.0.db.read().await?;
        for object in model.objects() {
            let searchable = object.fields.iter().any(|field| field.search.is_some());
            let wanted = objects.is_empty() || objects.contains(&object.name);
            if !searchable || !wanted || access::reach(object, actor, Need::Read) == Reach::Nothing {
                continue;
            }
            if let Some(group) = self.search_object(&mut tx, &model, actor, object, &query, limit).await? {
                groups.push(group);
            }
        }
        groups.sort_by_key(|(best, _)| *best);
        Ok(groups.into_iter().map(|(_, group)| group).collect())
    }

    async fn search_object(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        query: &Query,
        limit: usize,
    ) -> Result<Option<(u32, SearchGroup)>> {
        let dialect = tx.dialect();
        let Some(wanted) = expression(dialect, query) else { return Ok(None) };
        let columns = searched(object);
        let mut stored = Vec::new();
        // names that begin with the first word come before the newest that hold it somewhere
        if let Some(start) = start_token(query) {
            let first = format!("{} {} {wanted}", term(dialect, &start), all_of(dialect));
            stored = self.candidates(tx, model, actor, &columns, first, CANDIDATES / 2).await?;
        }
        for record in self.candidates(tx, model, actor, &columns, wanted, CANDIDATES).await? {
            if stored.iter().all(|known| known.seq != record.seq) {
                stored.push(record);
            }
        }
        let words = words(query);
        let mut ranked: Vec<(Ranked, i64)> = stored
            .iter()
            .filter_map(|record| Some((rank(object, actor, &record.values, &words)?, record.seq)))
            .collect();
        // better first, then newer
        ranked.sort_by_key(|(ranked, seq)| (ranked.score, std::cmp::Reverse(*seq)));
        let more = ranked.len() > limit;
        ranked.truncate(limit);
        let Some(best) = ranked.first().map(|(ranked, _)| ranked.score) else { return Ok(None) };
        let chosen = ranked.iter().map(|(_, seq)| *seq).collect();
        let records = self.numbered(tx, model, actor, object, chosen).await?;
        let mut ranked: HashMap<i64, Ranked> = ranked.into_iter().map(|(ranked, seq)| (seq, ranked)).collect();
        let hits = records
            .into_iter()
            .filter_map(|record| {
                let Ranked { field, range, .. } = ranked.remove(&record.seq)?;
                let text = record.values[field].as_text().unwrap_or_default().to_owned();
                Some(Hit { field: object.fields[field].name.clone(), text, range, record })
            })
            .collect();
        Ok(Some((best, SearchGroup { object: Arc::clone(object), hits, more })))
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
        sql.list(numbers.iter().copied()).push(")");
        let mut stored: Vec<Stored> = tx.rows(sql).await?.iter().map(|row| columns.read(row)).collect::<Result<_>>()?;
        stored.sort_by_key(|record| numbers.iter().position(|seq| *seq == record.seq));
        present(tx, &self.0.titles, model, actor, &columns, stored).await
    }

    /// Records whose tokens meet an expression, as the actor may see them: the newest on SQLite, any on PostgreSQL.
    async fn candidates(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        columns: &Columns<'_>,
        wanted: String,
        limit: i64,
    ) -> Result<Vec<Stored>> {
        let object = columns.object;
        let dialect = tx.dialect();
        let mut sql = Sql::new("SELECT ");
        columns.select(model, actor, "t", &mut sql);
        let index = format!("{}_search", object.name);
        match dialect {
            Dialect::Sqlite => {
                // the inner query stops early: tokens are read newest first
                sql.push(" FROM ")
                    .name(&index)
                    .push(" s CROSS JOIN ")
                    .name(&object.name)
                    .push(" t ON t.seq = s.rowid WHERE ")
                    .column("s", &index)
                    .push(" MATCH ")
                    .bind(wanted);
            }
            Dialect::Postgres => {
                sql.push(" FROM ")
                    .name(&index)
                    .push(" s JOIN ")
                    .name(&object.name)
                    .push(" t ON t.seq = s.seq WHERE s.tokens @@ CAST(")
                    .bind(wanted)
                    .push(" AS tsquery)");
            }
        }
        sql.push(" AND t.deleted_at IS NULL");
        if access::reach(object, actor, Need::Read) != Reach::All {
            sql.push(" AND ");
            access::predicate(model, object, actor, Need::Read, "t", &mut sql);
        }
        if dialect == Dialect::Sqlite {
            sql.push(" ORDER BY s.rowid DESC");
        }
        sql.push(" LIMIT ").bind(limit);
        tx.rows(sql).await?.iter().map(|row| columns.read(row)).collect()
    }
}

/// The token of names that begin with the query's first two Han characters.
fn start_token(query: &Query) -> Option<Token> {
    let start: String = query.words.first()?.typed.chars().take(2).collect();
    let fits = start.chars().count() == 2 && start.chars().all(zhike_text::han::is_han);
    fits.then(|| Token { text: format!("s{start}"), prefix: false })
}

fn all_of(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "AND",
        Dialect::Postgres => "&",
    }
}

/// What candidates are compared by: the fields that are searched.
fn searched(object: &Arc<Object>) -> Columns<'_> {
    let fields = (0..object.fields.len()).filter(|&i| object.fields[i].search.is_some()).collect();
    Columns { object, fields, team: false }
}

/// The words that say something, each as a query of its own.
fn words(query: &Query) -> Vec<Query> {
    let said = query.words.iter().filter(|word| !word.alternatives.is_empty());
    said.map(|word| Query { words: vec![word.clone()] }).collect()
}

/// How well a record meets all words: the sum over words of the best field's rank, weighted; smaller is better. With it the field
/// that meets the first word best and where.
fn rank(object: &Object, actor: &Actor, values: &[zhike_types::Value], words: &[Query]) -> Option<Ranked> {
    let mut total = 0;
    let mut shown: Option<(usize, Range)> = None;
    for one in words {
        let mut best: Option<Ranked> = None;
        for (i, field) in object.fields.iter().enumerate() {
            let Some(rule) = field.search else { continue };
            // finding by a masked value would tell it, digit by digit
            if actor.rights.field(&object.name, field) < FieldRight::Read {
                continue;
            }
            let found = match &values[i] {
                zhike_types::Value::Text(text) => tokens::matches(keys::token_kind(field), text, one),
                zhike_types::Value::List(all) => {
                    all.iter().find_map(|key| tokens::matches(tokens::Kind::Text, key, one))
                }
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

/// The query in the database's own language: words all, alternatives any, tokens all.
fn expression(dialect: Dialect, query: &Query) -> Option<String> {
    let (and, or) = match dialect {
        Dialect::Sqlite => (" AND ", " OR "),
        Dialect::Postgres => (" & ", " | "),
    };
    let words: Vec<String> = query
        .words
        .iter()
        .filter(|word| !word.alternatives.is_empty())
        .map(|word: &Word| {
            let groups: Vec<String> = word
                .alternatives
                .iter()
                .map(|group| {
                    format!("({})", group.iter().map(|token| term(dialect, token)).collect::<Vec<_>>().join(and))
                })
                .collect();
            format!("({})", groups.join(or))
        })
        .collect();
    (!words.is_empty()).then(|| words.join(and))
}

/// Tokens hold letters, digits, `_` and Han characters only, so quoting is enough.
fn term(dialect: Dialect, token: &Token) -> String {
    match (dialect, token.prefix) {
        (Dialect::Sqlite, false) => format!("\"{}\"", token.text),
        (Dialect::Sqlite, true) => format!("\"{}\"*", token.text),
        (Dialect::Postgres, false) => format!("'{}'", token.text),
        (Dialect::Postgres, true) => format!("'{}':*", token.text),
    }
}
