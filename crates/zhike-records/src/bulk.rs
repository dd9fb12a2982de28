//! Rows into tables: the one place that inserts records, one or thousands at a time, with their search tokens, match keys,
//! audit and event rows.
//!
//! Of many records the statements are made on another thread while the database runs those before. They come in few
//! lengths, so that each text is prepared once; PostgreSQL takes many rows as copies.

use std::{collections::BTreeSet, sync::Arc};

use tokio::sync::mpsc;
pub(crate) use zhike_db::portions;
use zhike_db::{Arg, Dialect, Sql, Tx, young_keys};
use zhike_model::{Object, Role};
use zhike_types::{Result, Uuid, Value};

use crate::{
    Actor,
    audit::{self, Told},
    columns::{args_of, columns_of, sort_column, sort_key, stored_json},
    keys,
    load::Stored,
};

/// A record about to be inserted: values in the order of the object's fields.
#[derive(Debug, Clone)]
pub(crate) struct NewRecord {
    pub id: Uuid,
    pub values: Vec<Value>,
    /// Its match keys, where they are known already.
    pub keys: Option<Vec<i64>>,
}

impl NewRecord {
    pub fn new(id: Uuid, values: Vec<Value>) -> Self {
        Self { id, values, keys: None }
    }
}

/// What a batch of inserts belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub action: &'static str,
    pub reason: Option<String>,
    pub batch: Option<Uuid>,
    pub now: i64,
}

/// Records a statement.
const AT_ONCE: usize = 256;
/// Arguments a statement: SQLite takes 32,766.
const ARGS: usize = 30_000;
/// Match keys a statement.
const KEYS_AT_ONCE: usize = 2_048;
/// Fewer records are not worth a second thread.
const MANY: usize = 100;
/// Statements made before they are run.
const AHEAD: usize = 8;

/// Inserts records; returns their numbers in the order given.
pub(crate) async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    object: &Arc<Object>,
    records: Vec<NewRecord>,
    origin: &Origin,
) -> Result<Vec<i64>> {
    let numbers = allocate(tx, &object.name, records.len()).await?;
    audit::open(tx).await?;
    let insert = Insert {
        dialect: tx.dialect(),
        actor: actor.clone(),
        object: Arc::clone(object),
        records,
        numbers: numbers.clone(),
        origin: origin.clone(),
    };
    if numbers.len() < MANY {
        let mut statements = Vec::new();
        insert.statements(|sql| {
            statements.push(sql);
            true
        });
        for sql in statements {
            tx.run(sql).await?;
        }
        return Ok(numbers);
    }
    let (sender, mut receiver) = mpsc::channel(AHEAD);
    let making = zhike_jobs::blocking(move || {
        let ready = |sql: Sql| if insert.dialect == Dialect::Sqlite { sql.unnamed() } else { sql };
        insert.statements(|sql| sender.blocking_send(ready(sql)).is_ok());
    });
    while let Some(sql) = receiver.recv().await {
        tx.run(sql).await?;
    }
    making.await?;
    Ok(numbers)
}

/// Takes numbers of a table before its rows are written.
async fn allocate(tx: &mut Tx, table: &str, count: usize) -> Result<Vec<i64>> {
    let rows = tx.rows(tx.dialect().next_numbers(table, count as i64)).await?;
    let mut numbers = rows.iter().map(|row| row.must_int(0)).collect::<Result<Vec<i64>>>()?;
    if let (Dialect::Sqlite, Some(&last)) = (tx.dialect(), numbers.first()) {
        numbers = (last + 1..=last + count as i64).collect();
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Everything that inserting some records takes.
struct Insert {
    dialect: Dialect,
    actor: Actor,
    object: Arc<Object>,
    records: Vec<NewRecord>,
    numbers: Vec<i64>,
    origin: Origin,
}

impl Insert {
    /// Makes the statements in order; `run` says whether more are wanted.
    fn statements(&self, mut run: impl FnMut(Sql) -> bool) {
        let numbered: Vec<(i64, &NewRecord)> = self.numbers.iter().copied().zip(&self.records).collect();
        let object = &self.object;
        // what none of them fills need not be said
        let filled: Vec<usize> = (0..object.fields.len())
            .filter(|&i| self.records.iter().any(|record| !record.values[i].is_null()))
            .collect();
        let sort = sort_column(object).zip(object.index_of(&object.title));
        let told = Told { actor: &self.actor, object, origin: &self.origin };
        let deeds = |piece: &[(i64, &NewRecord)]| {
            piece.iter().map(|(_, record)| (record.id, self.filled_json(&record.values))).collect()
        };
        let mut index = Index::default();
        let copies = self.dialect.copies(self.records.len());
        let written = if copies {
            // one copy a table: the end of each waits for the database's answer
            let written = run(self.copied(&numbered, &filled, sort.as_ref()))
                && told.copies(deeds(&numbered)).into_iter().all(&mut run);
            index.extend(object, &numbered);
            written
        } else {
            // some fields have two columns
            portions(&numbered, AT_ONCE.min(ARGS / (2 * filled.len() + 3))).all(|piece| {
                index.extend(object, piece);
                run(self.rows(piece, &filled, sort.as_ref()))
                    && told.statements(self.dialect, deeds(piece)).into_iter().all(&mut run)
            })
        };
        let Index { matches, tokens, .. } = index;
        let written = written
            && if copies {
                copy_matches(object, matches, &mut run)
            } else {
                write_matches(self.dialect, object, matches, &mut run)
            };
        if written {
            search(self.dialect, object, &tokens, &mut run);
        }
    }

    /// The same as [`Insert::rows`] in another form.
    fn copied(&self, piece: &[(i64, &NewRecord)], filled: &[usize], sort: Option<&(String, usize)>) -> Sql {
        let fields = &self.object.fields;
        let names: Vec<String> = filled.iter().flat_map(|&i| columns_of(&fields[i])).map(|(name, _)| name).collect();
        let mut columns = vec!["seq", "id"];
        columns.extend(names.iter().map(String::as_str));
        columns.extend(sort.map(|(column, _)| column.as_str()));
        let mut sql = Sql::copy(&self.object.name, &columns);
        let mut row: Vec<Arg> = Vec::with_capacity(columns.len());
        for (seq, record) in piece {
            row.extend([(*seq).into(), record.id.into()]);
            row.extend(filled.iter().flat_map(|&i| args_of(&fields[i], &record.values[i])));
            if let Some((_, title)) = sort {
                row.push(record.values[*title].as_text().map(|text| sort_key(&self.object, text)).into());
            }
            sql.row(&row);
            row.clear();
        }
        sql
    }

    fn rows(&self, piece: &[(i64, &NewRecord)], filled: &[usize], sort: Option<&(String, usize)>) -> Sql {
        let fields = &self.object.fields;
        let mut sql = Sql::new(self.dialect.insert_or_end());
        sql.name(&self.object.name).push(" (seq, id");
        for (name, _) in filled.iter().flat_map(|&i| columns_of(&fields[i])) {
            sql.push(", ").name(&name);
        }
        if let Some((column, _)) = sort {
            sql.push(", ").name(column);
        }
        sql.push(") VALUES ");
        for (i, (seq, record)) in piece.iter().enumerate() {
            sql.push(if i == 0 { "(" } else { ", (" }).bind(*seq).push(", ").bind(record.id);
            for arg in filled.iter().flat_map(|&i| args_of(&fields[i], &record.values[i])) {
                sql.push(", ").bind(arg);
            }
            if let Some((_, title)) = sort {
                sql.push(", ")
                    .bind(Arg::Text(record.values[*title].as_text().map(|text| sort_key(&self.object, text))));
            }
            sql.push(")");
        }
        sql
    }

    /// The values that are there, as the audit keeps them.
    fn filled_json(&self, values: &[Value]) -> String {
        let mut json = String::with_capacity(512);
        json.push('{');
        for (field, value) in self.object.fields.iter().zip(values) {
            if value.is_null() || field.role == Some(Role::Version) {
                continue;
            }
            if json.len() > 1 {
                json.push(',');
            }
            // names of fields need no escaping
            json.push('"');
            json.push_str(&field.name);
            json.push_str("\":");
            match value {
                // as [`stored_json`] would, without an object of JSON for each
                Value::Text(text) => json.push_str(&serde_json::to_string(text).expect("a text is JSON")),
                Value::Id(id) => {
                    json.push('"');
                    json.push_str(id.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()));
                    json.push('"');
                }
                other => json.push_str(&stored_json(other).to_string()),
            }
        }
        json.push('}');
        json
    }
}

/// What records are found by.
#[derive(Default)]
struct Index {
    /// (key, number)
    matches: Vec<(i64, i64)>,
    /// Blank-separated words of a number.
    tokens: Vec<(i64, String)>,
    words: Vec<String>,
}

impl Index {
    fn extend(&mut self, object: &Object, records: &[(i64, &NewRecord)]) {
        for (seq, record) in records {
            self.add(object, *seq, &record.values, record.keys.as_deref());
        }
    }

    /// `known`: the record's match keys, where they need not be worked out.
    fn add(&mut self, object: &Object, seq: i64, values: &[Value], known: Option<&[i64]>) {
        tokens_of(object, seq, values, &mut self.words, &mut self.tokens);
        match known {
            Some(keys) => self.matches.extend(keys.iter().map(|key| (*key, seq))),
            None => self.matches.extend(keys::match_keys(object, values).into_iter().map(|key| (key, seq))),
        }
    }
}

fn tokens_of(object: &Object, seq: i64, values: &[Value], words: &mut Vec<String>, out: &mut Vec<(i64, String)>) {
    words.clear();
    keys::search_tokens(object, values, words);
    if !words.is_empty() {
        out.push((seq, words.join(" ")));
    }
}

fn search(dialect: Dialect, object: &Object, tokens: &[(i64, String)], run: &mut dyn FnMut(Sql) -> bool) -> bool {
    tokens.is_empty() || dialect.insert_words(&object.name, tokens).into_iter().all(run)
}

/// Keys of records that have none yet.
fn copy_matches(object: &Object, mut matches: Vec<(i64, i64)>, run: &mut dyn FnMut(Sql) -> bool) -> bool {
    matches.sort_unstable();
    matches.dedup();
    if matches.is_empty() {
        return true;
    }
    let mut sql = Sql::copy(&young_keys(&object.name), &["key", "seq"]);
    for (key, seq) in matches {
        sql.row(&[key.into(), seq.into()]);
    }
    run(sql)
}

fn write_matches(
    dialect: Dialect,
    object: &Object,
    mut matches: Vec<(i64, i64)>,
    run: &mut dyn FnMut(Sql) -> bool,
) -> bool {
    // neighbours in the index are written together
    matches.sort_unstable();
    matches.dedup();
    let young = young_keys(&object.name);
    portions(&matches, KEYS_AT_ONCE).all(|piece| {
        let mut sql = Sql::new(dialect.insert_or_end());
        sql.name(&young).push(" (key, seq) VALUES ");
        for (i, (key, seq)) in piece.iter().enumerate() {
            sql.push(if i == 0 { "(" } else { ", (" }).bind(*key).push(", ").bind(*seq).push(")");
        }
        sql.push(" ON CONFLICT DO NOTHING");
        run(sql)
    })
}

/// Writes the search tokens and match keys of records (`seq`, values).
pub(crate) async fn index<'a>(
    tx: &mut Tx,
    object: &Object,
    records: impl Iterator<Item = (i64, &'a [Value])>,
) -> Result<()> {
    let mut index = Index::default();
    for (seq, values) in records {
        index.add(object, seq, values, None);
    }
    let Index { matches, tokens, .. } = index;
    let mut statements = Vec::new();
    let mut keep = |sql| {
        statements.push(sql);
        true
    };
    write_matches(tx.dialect(), object, matches, &mut keep);
    search(tx.dialect(), object, &tokens, &mut keep);
    for sql in statements {
        tx.run(sql).await?;
    }
    Ok(())
}

/// Puts changed records' search tokens and match keys right: (as it was, as it is).
pub(crate) async fn reindex(tx: &mut Tx, object: &Object, records: &[(&Stored, &[Value])]) -> Result<()> {
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    let (mut tokens, mut words) = (Vec::new(), Vec::new());
    for (before, values) in records {
        let was: BTreeSet<i64> = keys::match_keys(object, &before.values).into_iter().collect();
        let is: BTreeSet<i64> = keys::match_keys(object, values).into_iter().collect();
        gone.push((before.seq, was.difference(&is).copied().collect()));
        come.extend(is.difference(&was).map(|key| (*key, before.seq)));
        tokens_of(object, before.seq, values, &mut words, &mut tokens);
    }
    forget_words(tx, object, records.iter().map(|(before, _)| before.seq).collect()).await?;
    for (seq, keys) in gone {
        forget_keys(tx, object, seq, keys).await?;
    }
    let mut statements = Vec::new();
    let mut keep = |sql| {
        statements.push(sql);
        true
    };
    write_matches(tx.dialect(), object, come, &mut keep);
    search(tx.dialect(), object, &tokens, &mut keep);
    for sql in statements {
        tx.run(sql).await?;
    }
    Ok(())
}

/// Takes several records' search tokens and match keys out.
pub(crate) async fn unindex_many(tx: &mut Tx, object: &Object, records: &[Stored]) -> Result<()> {
    forget_words(tx, object, records.iter().map(|stored| stored.seq).collect()).await?;
    for stored in records {
        forget_keys(tx, object, stored.seq, keys::match_keys(object, &stored.values)).await?;
    }
    Ok(())
}

/// Takes a record's search tokens and match keys out.
pub(crate) async fn unindex(tx: &mut Tx, object: &Object, seq: i64, values: &[Value]) -> Result<()> {
    forget_words(tx, object, vec![seq]).await?;
    forget_keys(tx, object, seq, keys::match_keys(object, values)).await
}

async fn forget_keys(tx: &mut Tx, object: &Object, seq: i64, keys: Vec<i64>) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    for sql in tx.dialect().delete_keys(&object.name, seq, &keys) {
        tx.run(sql).await?;
    }
    Ok(())
}

async fn forget_words(tx: &mut Tx, object: &Object, numbers: Vec<i64>) -> Result<()> {
    if !object.is_searched() {
        return Ok(());
    }
    for piece in portions(&numbers, AT_ONCE) {
        for sql in tx.dialect().delete_words(&object.name, piece) {
            tx.run(sql).await?;
        }
    }
    Ok(())
}
