//! A list read in columns: the first page for each value of a field, in one statement. What a board (看板) shows.

use zhike_db::Sql;
use zhike_types::{Result, Value, boxed};

use crate::{
    Actor, Engine, ListQuery, Page,
    list::{Reading, refuse_unreadable, unknown_field},
    load::present,
};

/// Statements joined into one; SQLite takes 500.
const JOINED: usize = 100;

impl Engine {
    /// For each value of the field, in the order given, a page of those records of the list that have it; `Null` finds those that
    /// have none. A cursor (`after`) goes for all of them, and so makes sense for one.
    #[boxed]
    pub async fn columns(&self, actor: &Actor, query: &ListQuery, field: &str, values: &[Value]) -> Result<Vec<Page>> {
        let model = self.model();
        let nothing = || values.iter().map(|_| Page { records: Vec::new(), next: None }).collect();
        let Some(reading) = Reading::of(self, &model, actor, query)? else { return Ok(nothing()) };
        let known = reading.object.field(field).ok_or_else(|| unknown_field("field", field))?;
        refuse_unreadable(reading.object, actor, known, "field")?;
        let column = known.column();

        let mut statements = Vec::new();
        for (place, value) in values.iter().enumerate() {
            let mut bound = Sql::default();
            bound.column("t", &column);
            if value.is_null() {
                bound.push(" IS NULL");
            } else {
                bound.push(" = ").bind(value);
            }
            for &step in reading.steps() {
                statements.push(reading.statement(step, Some(&bound), reading.limit + 1, Some(place)));
            }
        }
        let mut found: Vec<Vec<_>> = values.iter().map(|_| Vec::new()).collect();
        let mut tx = self.0.db.read().await?;
        // a column's steps follow each other, and each begins a part of its own: what comes is in order
        for part in statements.chunks(JOINED) {
            for row in tx.rows(joined(part)).await? {
                let place = usize::try_from(row.must_int(reading.width())?).unwrap_or_default();
                if let Some(found) = found.get_mut(place) {
                    found.push(reading.read(&row)?);
                }
            }
        }
        let pages: Vec<_> = found.into_iter().map(|found| reading.page(found)).collect();
        // together: a name that stands on many cards is looked up once
        let (counts, nexts): (Vec<usize>, Vec<_>) =
            pages.iter().map(|(stored, next)| (stored.len(), next.clone())).unzip();
        let stored = pages.into_iter().flat_map(|(stored, _)| stored).collect();
        let mut records = present(&mut tx, &self.0.titles, &model, actor, &reading.columns, stored).await?.into_iter();
        let page = |(count, next)| Page { records: records.by_ref().take(count).collect(), next };
        Ok(counts.into_iter().zip(nexts).map(page).collect())
    }
}

/// `SELECT * FROM (…) AS c0 UNION ALL SELECT * FROM (…) AS c1 …`: brackets around a part alone mean nothing to SQLite.
fn joined(parts: &[Sql]) -> Sql {
    let mut sql = Sql::default();
    for (i, part) in parts.iter().enumerate() {
        sql.push(if i == 0 { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
        sql.append(part).push(&format!(") AS c{i}"));
    }
    sql
}
