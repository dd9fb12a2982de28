//! What the index finds. All objects are asked in one statement, and an object's candidates come as one text: row by row, a
//! thousand of them would cross from the database's thread one at a time.

use std::{collections::HashSet, sync::Arc};

use serde::Deserialize;
use zhike_db::{ColumnType, Dialect, Sql, Tx};
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
pub(super) struct Asked<'m> {
    pub object: &'m Arc<Object>,
    /// What candidates are compared by: the fields that are searched.
    pub fields: Vec<usize>,
    /// Names that begin with the first word come before the newest that hold it somewhere.
    expressions: Vec<(String, i64)>,
}

/// A record that the index found, not yet masked: the values of [`Asked::fields`].
pub(super) struct Candidate {
    pub seq: i64,
    pub values: Vec<Value>,
}

/// As the database writes it.
#[derive(Deserialize)]
struct Found(i64, Vec<Option<String>>);

impl<'m> Asked<'m> {
    /// None when no record of the object can have a token of each word.
    pub fn of(object: &'m Arc<Object>, query: &Query, dialect: Dialect) -> Option<Self> {
        let searched = |i: &usize| {
            let field = &object.fields[*i];
            field.search.is_some() && column_type(&field.kind) == ColumnType::Text
        };
        let fields: Vec<usize> = (0..object.fields.len()).filter(searched).collect();
        let kinds: Vec<Kind> = fields.iter().map(|&i| keys::token_kind(&object.fields[i])).collect();
        let wanted = expression(dialect, query, &kinds)?;
        let mut expressions = Vec::new();
        if let Some(start) = start_token(query).filter(|start| kinds.iter().any(|kind| start.is_of(*kind))) {
            let first = format!("{} {} {wanted}", term(dialect, &start), all_of(dialect));
            expressions.push((first, CANDIDATES / 2));
        }
        expressions.push((wanted, CANDIDATES));
        Some(Self { object, fields, expressions })
    }

    /// The statement of one expression: a row with a text, null when nothing is found. The newest on SQLite, any on PostgreSQL.
    fn select(&self, model: &Model, actor: &Actor, dialect: Dialect, wanted: &str, limit: i64, sql: &mut Sql) {
        let object = self.object;
        let index = format!("{}_search", object.name);
        let (rows, array) = dialect.json_arrays();
        sql.push("CAST(").push(rows).push("(").push(array).push("(f.seq, ").push(array).push("(");
        for (at, &i) in self.fields.iter().enumerate() {
            sql.push(if at == 0 { "" } else { ", " }).column("f", &object.fields[i].column());
        }
        sql.push("))) AS TEXT) FROM (SELECT t.seq");
        for &i in &self.fields {
            sql.push(", ").column("t", &object.fields[i].column());
        }
        sql.push(" FROM ").name(&index).push(" s ");
        match dialect {
            Dialect::Sqlite => {
                // tokens are read newest first, and reading stops early
                sql.push("CROSS JOIN ").name(&object.name).push(" t ON t.seq = s.rowid WHERE ");
                sql.column("s", &index).push(" MATCH ").bind(wanted);
            }
            Dialect::Postgres => {
                sql.push("JOIN ").name(&object.name).push(" t ON t.seq = s.seq WHERE s.tokens @@ CAST(");
                sql.bind(wanted).push(" AS tsquery)");
            }
        }
        sql.push(" AND t.deleted_at IS NULL");
        if access::reach(object, actor, Need::Read) != access::Reach::All {
            sql.push(" AND ");
            access::predicate(model, object, actor, Need::Read, "t", sql);
        }
        if dialect == Dialect::Sqlite {
            sql.push(" ORDER BY s.rowid DESC");
        }
        sql.push(" LIMIT ").bind(limit).push(") f");
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
    asked: &[Asked<'_>],
) -> Result<Vec<Vec<Candidate>>> {
    let dialect = tx.dialect();
    let mut all: Vec<Vec<Candidate>> = asked.iter().map(|_| Vec::new()).collect();
    let mut sql = Sql::default();
    for (at, asked) in asked.iter().enumerate() {
        for (wanted, limit) in &asked.expressions {
            sql.push(if sql.text().is_empty() { "" } else { " UNION ALL " });
            sql.push(&format!("SELECT '{at}' AS place, "));
            asked.select(model, actor, dialect, wanted, *limit, &mut sql);
        }
    }
    if asked.is_empty() {
        return Ok(all);
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

/// The query in the database's own language: words all, alternatives any, tokens all. Tokens that values of these kinds never have
/// are not looked for; none when a word has no others.
fn expression(dialect: Dialect, query: &Query, kinds: &[Kind]) -> Option<String> {
    let (and, or) = match dialect {
        Dialect::Sqlite => (" AND ", " OR "),
        Dialect::Postgres => (" & ", " | "),
    };
    let possible = |group: &&Vec<Token>| group.iter().all(|token| kinds.iter().any(|kind| token.is_of(*kind)));
    let words = query.words.iter().filter(|word| !word.alternatives.is_empty()).map(|word: &Word| {
        let group = |group: &Vec<Token>| {
            format!("({})", group.iter().map(|token| term(dialect, token)).collect::<Vec<_>>().join(and))
        };
        let groups: Vec<String> = word.alternatives.iter().filter(possible).map(group).collect();
        (!groups.is_empty()).then(|| format!("({})", groups.join(or)))
    });
    let words = words.collect::<Option<Vec<String>>>()?;
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
