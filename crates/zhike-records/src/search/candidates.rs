//! What the index finds. All objects are asked in one statement, and an object's candidates come as one text: row by row, a
//! thousand of them would cross from the database's thread one at a time.

use std::{collections::HashSet, sync::Arc};

use serde::Deserialize;
use zhike_db::{ColumnType, Dialect, Group, Sql, Term, Tx, has_young_word};
use zhike_model::{FieldKind, Model, Object};
use zhike_text::tokens::{Kind, Query, Token, Word};
use zhike_types::{Error, Result, Value};

use crate::{
    Actor,
    access::{self, Need},
    columns::column_type,
    keys,
};

/// How many candidates of an object are looked at: the best of the newest.
const CANDIDATES: i64 = 200;

/// An object that may hold what is sought.
pub(super) struct Asked<'m, 'q> {
    pub object: &'m Arc<Object>,
    /// What candidates are compared by: the fields that are searched.
    pub fields: Vec<usize>,
    wanted: Vec<Group<'q>>,
    /// Names that begin so come before the newest that hold it somewhere.
    start: Option<Term<'q>>,
}

/// A record that the index found, not yet masked: the values of [`Asked::fields`].
pub(super) struct Candidate {
    pub seq: i64,
    pub values: Vec<Value>,
}

/// As the database writes it.
#[derive(Deserialize)]
struct Found(i64, Vec<Option<String>>);

impl<'m, 'q> Asked<'m, 'q> {
    /// None when no record of the object can have a token of each word. `start`: see [`start_token`].
    pub fn of(object: &'m Arc<Object>, query: &'q Query, start: Option<&'q Token>) -> Option<Self> {
        let searched = |i: &usize| {
            let field = &object.fields[*i];
            field.search.is_some() && column_type(&field.kind) == ColumnType::Text
        };
        let fields: Vec<usize> = (0..object.fields.len()).filter(searched).collect();
        let kinds: Vec<Kind> = fields.iter().map(|&i| keys::token_kind(&object.fields[i])).collect();
        let wanted = wanted(query, &kinds)?;
        let start = start.filter(|start| kinds.iter().any(|kind| start.is_of(*kind))).map(term);
        Some(Self { object, fields, wanted, start })
    }

    /// Statements of a row with a text each, null when nothing is found: those that begin so, the newest on SQLite and any on
    /// PostgreSQL, and those whose words are young.
    fn selects(&self, model: &Model, actor: &Actor, dialect: Dialect, has_young: bool) -> Vec<Sql> {
        let name = &self.object.name;
        let newest = Sql::new(if dialect == Dialect::Sqlite { " ORDER BY s.rowid DESC" } else { "" });
        let select = |from: &Sql, order: &Sql, limit| self.select(model, actor, dialect, from, order, limit);
        let mut selects = Vec::new();
        if let Some(start) = self.start {
            let mut beginning = vec![vec![vec![start]]];
            beginning.extend(self.wanted.iter().cloned());
            selects.push(select(&dialect.found_words(name, &beginning), &newest, CANDIDATES / 2));
        }
        selects.push(select(&dialect.found_words(name, &self.wanted), &newest, CANDIDATES));
        if has_young {
            let mut order = Sql::new(" ORDER BY ");
            if let Some(start) = self.start {
                order.append(&has_young_word(start)).push(" DESC, ");
            }
            order.push("s.rowid DESC");
            selects.push(select(&dialect.found_young_words(name, &self.wanted), &order, CANDIDATES));
        }
        selects
    }

    fn select(&self, model: &Model, actor: &Actor, dialect: Dialect, from: &Sql, order: &Sql, limit: i64) -> Sql {
        let object = self.object;
        let mut sql = Sql::new("");
        let (rows, array) = dialect.json_arrays();
        sql.push("CAST(").push(rows).push("(").push(array).push("(f.seq, ").push(array).push("(");
        for (at, &i) in self.fields.iter().enumerate() {
            sql.push(if at == 0 { "" } else { ", " }).column("f", &object.fields[i].column());
        }
        sql.push("))) AS TEXT) FROM (SELECT t.seq");
        for &i in &self.fields {
            sql.push(", ").column("t", &object.fields[i].column());
        }
        sql.append(from).push(" AND t.deleted_at IS NULL");
        if access::reach(object, actor, Need::Read) != access::Reach::All {
            sql.push(" AND ");
            access::predicate(model, object, actor, Need::Read, "t", &mut sql);
        }
        sql.append(order).push(" LIMIT ").bind(limit).push(") f");
        sql
    }

    fn candidate(&self, Found(seq, texts): Found) -> Candidate {
        let value = |(&i, text): (&usize, Option<String>)| match (text, &self.object.fields[i].kind) {
            (None, _) => Value::Null,
            (Some(joined), FieldKind::MultiSelect { .. } | FieldKind::Tags) => Value::List(Value::split_keys(&joined)),
            (Some(text), _) => Value::Text(text),
        };
        Candidate { seq, values: self.fields.iter().zip(texts).map(value).collect() }
    }
}

/// The candidates of each object, each record once.
pub(super) async fn read(
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    asked: &[Asked<'_, '_>],
) -> Result<Vec<Vec<Candidate>>> {
    let dialect = tx.dialect();
    let mut all: Vec<Vec<Candidate>> = asked.iter().map(|_| Vec::new()).collect();
    if asked.is_empty() {
        return Ok(all);
    }
    let names: Vec<&str> = asked.iter().map(|asked| asked.object.name.as_str()).collect();
    let mut young = HashSet::new();
    if let Some(sql) = dialect.objects_with_young_words(&names) {
        for row in tx.rows(sql).await? {
            young.insert(row.must_int(0)? as usize);
        }
    }
    let mut sql = Sql::default();
    for (at, asked) in asked.iter().enumerate() {
        for select in asked.selects(model, actor, dialect, young.contains(&at)) {
            sql.push(if sql.text().is_empty() { "" } else { " UNION ALL " });
            sql.push(&format!("SELECT '{at}' AS place, ")).append(&select);
        }
    }
    for row in tx.rows(sql).await? {
        let at: usize = row.must_text(0)?.parse().map_err(Error::internal)?;
        let Some(text) = row.text(1)? else { continue };
        let found: Vec<Found> = serde_json::from_str(&text).map_err(Error::internal)?;
        all[at].extend(found.into_iter().map(|found| asked[at].candidate(found)));
    }
    for candidates in &mut all {
        let mut known = HashSet::with_capacity(candidates.len());
        candidates.retain(|candidate| known.insert(candidate.seq));
    }
    Ok(all)
}

/// The token of names that begin with the query's first two Han characters.
pub(super) fn start_token(query: &Query) -> Option<Token> {
    let start: String = query.words.first()?.typed.chars().take(2).collect();
    let fits = start.chars().count() == 2 && start.chars().all(zhike_text::han::is_han);
    fits.then(|| Token { text: format!("s{start}"), prefix: false })
}

/// What records with values of these kinds must have. Tokens that such values never have are not looked for; none when a word has
/// no others.
fn wanted<'q>(query: &'q Query, kinds: &[Kind]) -> Option<Vec<Group<'q>>> {
    let possible = |group: &&Vec<Token>| group.iter().all(|token| kinds.iter().any(|kind| token.is_of(*kind)));
    let words = query.words.iter().filter(|word| !word.alternatives.is_empty()).map(|word: &Word| {
        let groups = word.alternatives.iter().filter(possible).map(|group| group.iter().map(term).collect());
        Some(groups.collect::<Group<'_>>()).filter(|groups| !groups.is_empty())
    });
    words.collect::<Option<Vec<Group<'q>>>>().filter(|words| !words.is_empty())
}

/// Tokens hold letters, digits, `_` and Han characters only, as the index wants them.
fn term(token: &Token) -> Term<'_> {
    Term { text: &token.text, prefix: token.prefix }
}
