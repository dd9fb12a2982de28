//! Rows into tables: the one place that inserts records, one or thousands at a time, with their search tokens, match keys,
//! audit and event rows.

use serde_json::Map;
use zhike_db::{Arg, Sql, Tx};
use zhike_model::Object;
use zhike_types::{Result, Uuid, Value};

use crate::{
    Actor,
    audit::{self, Deed},
    columns::{args_of, columns_of, sort_column, sort_key, stored_json},
    keys,
    load::Stored,
};

/// A record about to be inserted: values in the order of the object's fields.
#[derive(Debug, Clone)]
pub(crate) struct NewRecord {
    pub id: Uuid,
    pub values: Vec<Value>,
}

/// SQLite takes 32,766 arguments a statement, PostgreSQL 65,535.
const ARGUMENTS_A_STATEMENT: usize = 30_000;

/// What a batch of inserts belongs to.
pub(crate) struct Origin {
    pub action: &'static str,
    pub reason: Option<String>,
    pub batch: Option<Uuid>,
    pub now: i64,
}

/// Inserts records; returns their numbers in the order given.
pub(crate) async fn insert(tx: &mut Tx, actor: &Actor, object: &Object, records: &[NewRecord], origin: &Origin) -> Result<Vec<i64>> {
    let title = object.index_of(&object.title);
    let sort = sort_column(object).zip(title);
    let width = 1 + object.fields.iter().map(|field| columns_of(field).len()).sum::<usize>() + usize::from(sort.is_some());
    let mut numbers = std::collections::HashMap::with_capacity(records.len());
    for chunk in records.chunks((ARGUMENTS_A_STATEMENT / width).max(1)) {
        let mut sql = Sql::new("INSERT INTO ");
        sql.name(&object.name).push(" (id");
        for (name, _) in object.fields.iter().flat_map(columns_of) {
            sql.push(", ").name(&name);
        }
        if let Some((column, _)) = &sort {
            sql.push(", ").name(column);
        }
        sql.push(") VALUES ");
        for (i, record) in chunk.iter().enumerate() {
            sql.push(if i == 0 { "(" } else { ", (" }).bind(record.id);
            for arg in object.fields.iter().zip(&record.values).flat_map(|(field, value)| args_of(field, value)) {
                sql.push(", ").bind(arg);
            }
            if let Some((_, title)) = &sort {
                sql.push(", ").bind(Arg::Text(record.values[*title].as_text().map(|text| sort_key(object, text))));
            }
            sql.push(")");
        }
        sql.push(" RETURNING id, seq");
        for row in tx.rows(sql).await? {
            numbers.insert(row.must_id(0)?, row.must_int(1)?);
        }
    }
    let numbers: Vec<i64> = records.iter().map(|record| numbers.get(&record.id).copied().unwrap_or_default()).collect();
    index(tx, object, records.iter().zip(&numbers).map(|(record, seq)| (*seq, record.values.as_slice()))).await?;
    let deeds = records
        .iter()
        .map(|record| Deed {
            action: origin.action,
            object: object.name.clone(),
            record_id: Some(record.id),
            before: None,
            after: Some(filled(object, &record.values)),
            reason: origin.reason.clone(),
            batch: origin.batch,
            fields: Some(Vec::new()),
        })
        .collect();
    audit::record(tx, actor, origin.now, deeds).await?;
    Ok(numbers)
}

/// Writes the search tokens and match keys of records (`seq`, values).
pub(crate) async fn index<'a>(tx: &mut Tx, object: &Object, records: impl Iterator<Item = (i64, &'a [Value])>) -> Result<()> {
    let mut tokens: Vec<(i64, String)> = Vec::new();
    let mut matches: Vec<(i64, i64)> = Vec::new();
    let mut words = Vec::new();
    for (seq, values) in records {
        words.clear();
        keys::search_tokens(object, values, &mut words);
        if !words.is_empty() {
            tokens.push((seq, words.join(" ")));
        }
        matches.extend(keys::match_keys(object, values).into_iter().map(|key| (key, seq)));
    }
    let mut rest = tokens.into_iter().peekable();
    while rest.peek().is_some() {
        let chunk = rest.by_ref().take(1_000).collect();
        tx.run(tx.dialect().insert_search(&object.name, chunk)).await?;
    }
    // neighbours in the index are written together
    matches.sort_unstable();
    for chunk in matches.chunks(5_000) {
        let mut sql = Sql::new("INSERT INTO ");
        sql.name(&format!("{}_match", object.name)).push(" (key, seq) VALUES ");
        for (i, (key, seq)) in chunk.iter().enumerate() {
            sql.push(if i == 0 { "(" } else { ", (" }).bind(*key).push(", ").bind(*seq).push(")");
        }
        sql.push(" ON CONFLICT DO NOTHING");
        tx.run(sql).await?;
    }
    Ok(())
}

/// Cuts a slice into pieces of `most`, then of halves of it: few different lengths, so that a statement over a piece is prepared
/// once and found again.
pub(crate) fn portions<T>(mut items: &[T], most: usize) -> impl Iterator<Item = &[T]> {
    let mut size = most;
    std::iter::from_fn(move || {
        if items.is_empty() {
            return None;
        }
        while size > items.len() {
            size /= 2;
        }
        let (piece, rest) = items.split_at(size.max(1));
        items = rest;
        Some(piece)
    })
}

/// Puts changed records' search tokens and match keys right: (as it was, as it is).
pub(crate) async fn reindex(tx: &mut Tx, object: &Object, records: &[(&Stored, &[Value])]) -> Result<()> {
    for piece in portions(records, 256) {
        let numbers = piece.iter().map(|(before, _)| before.seq).collect();
        tx.run(tx.dialect().delete_searches(&object.name, numbers)).await?;
    }
    for (before, values) in records {
        let now = keys::match_keys(object, values);
        for key in keys::match_keys(object, &before.values).into_iter().filter(|key| !now.contains(key)) {
            let mut sql = Sql::new("DELETE FROM ");
            sql.name(&format!("{}_match", object.name)).push(" WHERE key = ").bind(key).push(" AND seq = ").bind(before.seq);
            tx.run(sql).await?;
        }
    }
    index(tx, object, records.iter().map(|(before, values)| (before.seq, *values))).await
}

/// Takes several records' search tokens and match keys out.
pub(crate) async fn unindex_many(tx: &mut Tx, object: &Object, records: &[Stored]) -> Result<()> {
    for piece in portions(records, 256) {
        tx.run(tx.dialect().delete_searches(&object.name, piece.iter().map(|stored| stored.seq).collect())).await?;
    }
    for stored in records {
        let keys = keys::match_keys(object, &stored.values);
        if keys.is_empty() {
            continue;
        }
        let mut sql = Sql::new("DELETE FROM ");
        sql.name(&format!("{}_match", object.name)).push(" WHERE seq = ").bind(stored.seq).push(" AND key IN (").list(keys).push(")");
        tx.run(sql).await?;
    }
    Ok(())
}

/// Takes a record's search tokens and match keys out.
pub(crate) async fn unindex(tx: &mut Tx, object: &Object, seq: i64, values: &[Value]) -> Result<()> {
    tx.run(tx.dialect().delete_search(&object.name, seq)).await?;
    let keys = keys::match_keys(object, values);
    if !keys.is_empty() {
        let mut sql = Sql::new("DELETE FROM ");
        sql.name(&format!("{}_match", object.name)).push(" WHERE seq = ").bind(seq).push(" AND key IN (").list(keys).push(")");
        tx.run(sql).await?;
    }
    Ok(())
}

/// The values that are there, as the audit keeps them.
pub(crate) fn filled(object: &Object, values: &[Value]) -> Map<String, serde_json::Value> {
    object
        .fields
        .iter()
        .zip(values)
        .filter(|(field, value)| !value.is_null() && field.role != Some(zhike_model::Role::Version))
        .map(|(field, value)| (field.name.clone(), stored_json(value)))
        .collect()
}
