//! The objects' tables, made and altered from the model: additive and online, never dropping.

use std::{
    collections::{BTreeSet, HashSet},
    fmt::Write as _,
};

use zhike_db::{ColumnType, Db, Dialect, MATCH_TABLES, SEARCH_TABLES, Sql, Tx, schema, sql};
use zhike_model::{Access, Field, FieldKind, Measure, Model, Object, View};
use zhike_text::tokens;
use zhike_types::Result;

use crate::{
    columns::{columns_of, sort_column},
    concentration, forecast, matching,
    order::OrderBy,
    refill,
};

/// Brings the tables up to the model; quick when they are.
pub(crate) async fn synchronise(db: &Db, model: &Model) -> Result<()> {
    let print = format!(
        "{:016x} {} {} {MATCH_TABLES} {SEARCH_TABLES}",
        model.fingerprint(),
        matching::stored::print(),
        tokens::EDITION
    );
    if schema::meta(&mut db.read().await?, "model").await?.as_deref() == Some(&print) {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    if db.dialect() == Dialect::Postgres {
        tx.run(Sql::new("LOCK TABLE meta IN EXCLUSIVE MODE")).await?;
    }
    let mut added = Vec::new();
    for object in model.objects() {
        added.push(make_or_alter(&mut tx, object).await?);
        for statement in indexes(model, object) {
            tx.run(Sql::new(&statement)).await?;
        }
    }
    // with all columns of all objects there: roll-ups read other tables
    for (object, change) in model.objects().iter().zip(added) {
        if let Change::Altered(columns) = &change {
            refill::compute_new(&mut tx, model, object, columns).await?;
        }
        refill::index_anew(&mut tx, model, object, matches!(change, Change::Made)).await?;
    }
    schema::set_meta(&mut tx, "model", &print).await?;
    tx.commit().await
}

/// What became of a table.
enum Change {
    Made,
    /// The columns it got.
    Altered(BTreeSet<String>),
}

async fn make_or_alter(tx: &mut Tx, object: &Object) -> Result<Change> {
    let dialect = tx.dialect();
    let table = &object.name;
    let known = existing_columns(tx, table).await?;
    if known.is_empty() {
        let mut text = format!(
            "CREATE TABLE \"{table}\" (seq {}, id {} NOT NULL",
            dialect.sequence_key(),
            dialect.column_type(ColumnType::Id)
        );
        for (name, kind, not_null) in all_columns(object) {
            let not_null = if not_null { " NOT NULL" } else { "" };
            write!(text, ", \"{name}\" {}{not_null}", dialect.column_type(kind))
                .expect("a string takes what is written");
        }
        text.push(')');
        text.push_str(dialect.table_suffix());
        tx.run(Sql::new(&text)).await?;
        make_indexes_of_words(tx, object, false).await?;
        return Ok(Change::Made);
    }
    let mut added = BTreeSet::new();
    for (name, kind, _) in all_columns(object) {
        if !known.contains(&name) {
            tx.run(Sql::new(&format!("ALTER TABLE \"{table}\" ADD COLUMN \"{name}\" {}", dialect.column_type(kind))))
                .await?;
            added.insert(name);
        }
    }
    make_indexes_of_words(tx, object, true).await?;
    Ok(Change::Altered(added))
}

/// The tables of search tokens and match keys, of objects that have such.
async fn make_indexes_of_words(tx: &mut Tx, object: &Object, look: bool) -> Result<()> {
    let (dialect, table) = (tx.dialect(), &object.name);
    let (search, words) = dialect.create_search_tables(table);
    let wanted = [
        (object.is_searched(), search, words),
        (object.is_matched(), "match_young", dialect.create_match_tables(table)),
    ];
    for (needed, name, statements) in wanted {
        if !needed || (look && !existing_columns(tx, &format!("{table}_{name}")).await?.is_empty()) {
            continue;
        }
        for statement in statements {
            tx.run(Sql::new(&statement)).await?;
        }
    }
    Ok(())
}

/// Short columns first: a scan that filters by them need not step over long texts.
fn all_columns(object: &Object) -> Vec<(String, ColumnType, bool)> {
    let long = |field: &Field| matches!(field.kind, FieldKind::LongText | FieldKind::Rich | FieldKind::Json);
    let (late, early): (Vec<&Field>, Vec<&Field>) = object.fields.iter().partition(|field| long(field));
    let mut columns = Vec::new();
    for field in early.into_iter().chain(late) {
        let not_null = field.system && matches!(field.name.as_str(), "version" | "created_at" | "updated_at");
        columns.extend(columns_of(field).into_iter().map(|(name, kind)| (name, kind, not_null)));
        if field.name == object.title
            && let Some(sort) = sort_column(object)
        {
            columns.push((sort, ColumnType::Text, false));
        }
    }
    columns
}

async fn existing_columns(tx: &mut Tx, table: &str) -> Result<HashSet<String>> {
    let query = match tx.dialect() {
        Dialect::Sqlite => sql!("SELECT name FROM pragma_table_info($1)", table),
        Dialect::Postgres => {
            sql!(
                "SELECT column_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1",
                table
            )
        }
    };
    tx.rows(query).await?.iter().map(|row| row.must_text(0)).collect()
}

/// A name for an index that fits PostgreSQL's 63 bytes and says what it is for as far as that goes.
pub(crate) fn index_name(table: &str, parts: &str) -> String {
    let full = format!("{table}_{parts}_ix");
    if full.len() <= 60 {
        return full;
    }
    let hash = full
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{}_{hash:016x}_ix", &full[..40])
}

/// The indexes every object of the kind needs.
fn indexes(model: &Model, object: &Object) -> Vec<String> {
    let table = &object.name;
    let mut statements = vec![format!("CREATE UNIQUE INDEX IF NOT EXISTS \"{table}_id\" ON \"{table}\" (id)")];
    let mut add = |parts: &str, columns: &str, condition: &str| {
        statements.push(format!(
            "CREATE INDEX IF NOT EXISTS \"{}\" ON \"{table}\" ({columns}) WHERE {condition}",
            index_name(table, parts)
        ));
    };
    for field in &object.fields {
        let column = field.column();
        match &field.kind {
            FieldKind::Reference { .. } if !field.system => {
                let order = object
                    .timeline_at
                    .as_ref()
                    .and_then(|at| object.field(at))
                    .map_or_else(|| "seq".to_owned(), Field::column);
                add(&column, &format!("\"{column}\", \"{order}\""), &format!("\"{column}\" IS NOT NULL"));
            }
            FieldKind::AnyReference { .. } => {
                add(&column, &format!("\"{column}\", seq"), &format!("\"{column}\" IS NOT NULL"));
            }
            // rows of lists name such a record by its number
            FieldKind::AutoNumber { .. } if !object.is_matched() => {
                add(&column, &format!("\"{column}\""), "deleted_at IS NULL");
            }
            _ => {}
        }
        if field.name == "owner" && object.access != Access::Open {
            add("owner", "owner_id, seq", "deleted_at IS NULL");
        }
    }
    if let Some((parts, columns)) = board_index(object) {
        add(&parts, &columns, "deleted_at IS NULL");
    }
    for measure in &object.measures {
        if let Some((parts, columns)) = measure_index(model, object, measure) {
            add(&parts, &columns, "deleted_at IS NULL");
        }
    }
    for calendar in &object.calendars {
        // whose it is, then when: a page of the calendar is a range
        if let Some(start) = object.field(&calendar.start).filter(|_| object.access != Access::Open) {
            let start = start.column();
            let condition = format!("deleted_at IS NULL AND \"{start}\" IS NOT NULL");
            add(&format!("calendar_{}", calendar.name), &format!("owner_id, \"{start}\""), &condition);
        }
    }
    if let Some(columns) = forecast::index(object) {
        add("forecast_stage", columns, "deleted_at IS NULL AND result = 'open'");
    }
    if let Some(columns) = concentration::index(object) {
        add("concentration", columns, "deleted_at IS NULL");
    }
    if object.pool {
        add("pool", "pool_id, pool_since, seq", "deleted_at IS NULL AND pool_id IS NOT NULL");
    }
    add("bin", "deleted_at, seq", "deleted_at IS NOT NULL");
    for field in object.fields.iter().filter(|field| field.unique) {
        let column = field.column();
        statements.push(format!(
            "CREATE UNIQUE INDEX IF NOT EXISTS \"{table}_{column}_unique\" ON \"{table}\" (\"{column}\") WHERE deleted_at IS NULL AND \"{column}\" IS NOT NULL"
        ));
    }
    if forecast::index(object).is_some() {
        // what it was before it had the stage
        statements.push(format!("DROP INDEX IF EXISTS \"{}\"", index_name(table, "forecast")));
    }
    let mut seen = HashSet::new();
    for view in &object.views {
        if let Some((name, statement)) = view_index(model, object, view)
            && seen.insert(name)
        {
            statements.push(statement);
        }
    }
    statements
}

/// The index that serves a view: the columns its filter holds equal, then its order; behind that the columns it wants to be one
/// of several values, so that the records passed over on the way are not even looked at. Where the values are keys, only records
/// with one of them are in the index at all.
pub(crate) fn view_index(model: &Model, object: &Object, view: &View) -> Option<(String, String)> {
    let filter = crate::filter::FilterColumns::of(model, object, &view.filter);
    let plain = |column: String| (format!("\"{column}\""), column);
    let mut parts: Vec<(String, String)> = filter.equal.into_iter().map(plain).collect();
    let mut ordered = false;
    for key in &view.sort {
        let by = OrderBy::of(object, &key.field)?;
        let part = by.index_part();
        let behind = std::mem::replace(&mut ordered, true);
        if parts.contains(&part) {
            continue;
        }
        // behind the first column of an order, "empty last" is a part of its own
        if behind && !by.is_never_empty() {
            let direction = if key.descending { " DESC" } else { "" };
            parts.push((format!("({} IS NULL){direction}", part.0), "null".to_owned()));
        }
        parts.push(part);
    }
    if parts.is_empty() {
        return None;
    }
    let mut name = parts.iter().map(|(_, word)| word.as_str()).collect::<Vec<_>>().join("_");
    parts.push(plain("seq".to_owned()));
    if ordered {
        for column in filter.among {
            let part = plain(column);
            if !parts.contains(&part) {
                name = format!("{name}_in_{}", part.1);
                parts.push(part);
            }
        }
    }
    let mut condition = "deleted_at IS NULL".to_owned();
    for (column, keys) in filter.keys {
        let mut part = Sql::default();
        part.name(&column).push(" IN (").keys(&keys).push(")");
        condition = format!("{condition} AND {}", part.text());
        name = format!("{name}_{column}_{}", keys.join("_").replace('-', "_"));
    }
    let name = index_name(&object.name, &name);
    let list = parts.iter().map(|(part, _)| part.as_str()).collect::<Vec<_>>().join(", ");
    let statement = format!("CREATE INDEX IF NOT EXISTS \"{name}\" ON \"{}\" ({list}) WHERE {condition}", object.name);
    Some((name, statement))
}

/// A word for the index that serves the sums of a measure, and its columns, all that its sums read: what the filter holds equal, the date,
/// the person, the amount. What is only counted, or dated elsewhere, takes the indexes that are there.
fn measure_index(model: &Model, object: &Object, measure: &Measure) -> Option<(String, String)> {
    let own = |name: &str| object.field(name).filter(|_| !name.contains('.'));
    let (sum, at, credit) = (own(measure.sum.as_deref()?)?, own(&measure.at)?, own(&measure.credit)?);
    let filter = crate::filter::FilterColumns::of(model, object, &measure.filter);
    let mut columns = filter.equal;
    columns.extend([at.column(), credit.column()]);
    columns.extend(sum.second_column());
    columns.push(sum.column());
    columns.extend(filter.among.into_iter().chain(filter.keys.into_iter().map(|(column, _)| column)));
    columns.push("deleted_at".to_owned());
    let mut seen = HashSet::new();
    columns.retain(|column| seen.insert(column.clone()));
    let list = columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
    Some((format!("measure_{}", measure.name), list))
}

/// A word for the index that serves a board, and its columns: a stage, then the order of its cards.
fn board_index(object: &Object) -> Option<(String, String)> {
    let board = object.layout.board.as_ref()?;
    let column = object.field(&board.field)?.column();
    let mut parts = vec![(format!("\"{column}\""), column)];
    for key in &board.sort {
        parts.push(OrderBy::of(object, &key.field)?.index_part());
    }
    let name = parts.iter().map(|(_, word)| word.as_str()).collect::<Vec<_>>().join("_");
    let columns = parts.iter().map(|(part, _)| part.as_str()).chain(["seq"]).collect::<Vec<_>>().join(", ");
    Some((name, columns))
}
