//! What a changed model asks of the records that are there already: new formulas and roll-ups are worked out, and the search
//! index is written anew where other fields are searched or matched than before.

use std::{collections::BTreeSet, sync::Arc};

use zhike_db::{Sql, Tx, schema};
use zhike_model::{FieldKind, Model, Object, expr};
use zhike_text::tokens;
use zhike_types::{Result, Uuid};

use crate::{
    Actor, Source, bulk, derive,
    filter::Context,
    load::{Columns, Stored},
    matching,
};

/// Records taken at once.
const AT_ONCE: i64 = 1_000;

/// Works out computed fields that have just got their columns, for all records.
pub(crate) async fn compute_new(
    tx: &mut Tx,
    model: &Model,
    object: &Arc<Object>,
    new_columns: &BTreeSet<String>,
) -> Result<()> {
    let names: BTreeSet<String> = object
        .fields
        .iter()
        .filter(|field| {
            matches!(field.kind, FieldKind::Formula { .. } | FieldKind::Rollup { .. })
                && new_columns.contains(&field.column())
        })
        .map(|field| field.name.clone())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let system = Actor::system(Source::System);
    // formulas read neither the moment nor the actor
    let context = Context { actor: &system, scope: expr::Scope::default(), bounded: false };
    let mut after = 0;
    loop {
        let mut query = Sql::new("SELECT seq, id FROM ");
        query.name(&object.name).push(" WHERE seq > ").bind(after).push(" ORDER BY seq LIMIT ").bind(AT_ONCE);
        let rows = tx.rows(query).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.must_int(0)?;
        let ids = rows.iter().map(|row| row.must_id(1)).collect::<Result<Vec<Uuid>>>()?;
        derive::compute(tx, model, &context, object, &names, &ids).await?;
    }
}

/// Writes the search tokens and match keys of all records anew, when the fields they come from are others than last time.
pub(crate) async fn index_anew(tx: &mut Tx, model: &Model, object: &Arc<Object>, fresh: bool) -> Result<()> {
    let key = format!("index:{}", object.name);
    let print = fingerprint(object);
    let known = schema::meta(tx, &key).await?;
    if known.as_deref() == Some(&print) {
        return Ok(());
    }
    if !fresh && known.is_some() {
        tracing::info!(object = object.name, "the search index is written anew");
        clear(tx, object).await?;
        let columns = Columns::all(object);
        let system = Actor::system(Source::System);
        let mut after = 0;
        loop {
            let mut query = Sql::new("SELECT ");
            columns.select(model, &system, "t", &mut query);
            query
                .push(" FROM ")
                .name(&object.name)
                .push(" t WHERE t.seq > ")
                .bind(after)
                .push(" ORDER BY t.seq LIMIT ")
                .bind(AT_ONCE);
            let records = tx.rows(query).await?.iter().map(|row| columns.read(row)).collect::<Result<Vec<Stored>>>()?;
            let Some(last) = records.last() else { break };
            after = last.seq;
            bulk::index(tx, object, records.iter().map(|record| (record.seq, record.values.as_slice()))).await?;
        }
    }
    schema::set_meta(tx, &key, &print).await
}

/// Which fields are searched and matched, and as what.
fn fingerprint(object: &Object) -> String {
    let parts: Vec<String> = object
        .fields
        .iter()
        .filter(|field| field.search.is_some() || field.matching.is_some())
        .map(|field| format!("{}:{}:{}:{:?}", field.name, field.kind.name(), field.search.is_some(), field.matching))
        .chain(matching::stored::is_organisation(object).then(matching::stored::print))
        .chain([format!("tokens:{}", tokens::EDITION)])
        .collect();
    parts.join(" ")
}

async fn clear(tx: &mut Tx, object: &Object) -> Result<()> {
    let dialect = tx.dialect();
    let words = if object.is_searched() { dialect.clear_words(&object.name) } else { Vec::new() };
    let keys = object.is_matched().then(|| dialect.clear_keys(&object.name));
    for query in words.into_iter().chain(keys.into_iter().flatten()) {
        tx.run(query).await?;
    }
    Ok(())
}
