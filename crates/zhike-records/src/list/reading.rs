//! A list about to be read: what its statements have in common, be it one page or a board's columns.

use std::sync::Arc;

use serde_json::Value as Json;
use zhike_db::{ColumnType, Row, Sql};
use zhike_model::{Model, Object};
use zhike_types::{Error, Result};

use super::{
    LIMIT_DEFAULT, LIMIT_MAX,
    keyset::{Cursor, Order, Step, beyond, order_by, orders},
    unknown_field,
};
use crate::{
    Actor, Engine, ListQuery,
    access::{self, Need},
    bin,
    load::{Columns, Stored, needs_team},
};

pub(crate) struct Reading<'a> {
    model: &'a Model,
    actor: &'a Actor,
    pub object: &'a Arc<Object>,
    pub columns: Columns<'a>,
    orders: Vec<Order>,
    cursor: Option<Cursor>,
    filter: Option<Sql>,
    bin: bool,
    /// All that the bound lets through is in the actor's sight already.
    pub in_sight: bool,
    /// Records on a page.
    pub limit: usize,
}

/// A record with the values that it is ordered by.
pub(crate) type Found = (Stored, Vec<Json>);

impl<'a> Reading<'a> {
    /// None when the query is lenient and asks about what the actor may not see: it finds nothing.
    pub fn of(engine: &Engine, model: &'a Model, actor: &'a Actor, query: &ListQuery) -> Result<Option<Self>> {
        let object = access::object_for(model, actor, &query.object)?;
        let mut sort = std::borrow::Cow::Borrowed(&query.sort);
        if query.lenient {
            sort.to_mut().retain(|key| engine.may_sort(actor, object, &key.field));
        }
        let orders = orders(object, actor, &sort)?;
        let cursor = query.after.as_deref().map(|after| Cursor::decode(after, &orders)).transpose()?;
        let limit = if query.limit == 0 { LIMIT_DEFAULT } else { query.limit.min(LIMIT_MAX) };
        let mut columns = match &query.fields {
            Some(names) => {
                if let Some(name) = names.iter().find(|name| object.field(name).is_none()) {
                    return Err(unknown_field("fields", name));
                }
                Columns::named(object, names)
            }
            None => Columns::all(object),
        };
        columns.team = needs_team(object, actor);
        let filter = match engine.filter(model, object, actor, &query.filter) {
            Err(Error::Forbidden(_) | Error::Invalid(_)) if query.lenient => return Ok(None),
            filter => filter?,
        };
        Ok(Some(Self { model, actor, object, columns, orders, cursor, filter, bin: query.bin, in_sight: false, limit }))
    }

    /// The steps that a page is read in.
    pub fn steps(&self) -> &'static [Step] {
        match (&self.orders[..], &self.cursor) {
            ([], _) => &[Step::Whole],
            // a column that is never empty needs one step
            ([first, ..], _) if first.by.is_never_empty() => &[Step::Whole],
            (_, Some(cursor)) if cursor.values[0].is_null() => &[Step::Empty],
            _ => &[Step::Valued, Step::Empty],
        }
    }

    /// One step's statement. `mark` is a number that stands behind each row, for who reads several statements as one.
    pub fn statement(&self, step: Step, bound: Option<&Sql>, room: usize, mark: Option<usize>) -> Sql {
        let mut sql = Sql::new("SELECT ");
        self.columns.select(self.model, self.actor, "t", &mut sql);
        for order in &self.orders {
            sql.push(", ");
            order.by.select("t", &mut sql);
        }
        if let Some(mark) = mark {
            sql.push(&format!(", CAST({mark} AS BIGINT)"));
        }
        sql.push(" FROM ").name(&self.object.name).push(" t WHERE ");
        live_or_bin(self.actor, self.bin, &mut sql);
        if !self.in_sight && access::reach(self.object, self.actor, Need::Read) != access::Reach::All {
            sql.push(" AND ");
            access::predicate(self.model, self.object, self.actor, Need::Read, "t", &mut sql);
        }
        if let Some(filter) = &self.filter {
            sql.push(" AND ").append(filter);
        }
        if let Some(bound) = bound {
            sql.push(" AND ").append(bound);
        }
        match (step, self.orders.first()) {
            (Step::Valued, Some(first)) => {
                sql.push(" AND ");
                first.by.push_filled("t", &mut sql);
            }
            (Step::Empty, Some(first)) => {
                sql.push(" AND ");
                first.by.push("t", &mut sql);
                sql.push(" IS NULL");
            }
            _ => {}
        }
        if let Some(cursor) = self.after(step) {
            sql.push(" AND ");
            beyond(&self.orders, cursor, step, &mut sql);
        }
        order_by(&self.orders, step, &mut sql);
        sql.push(" LIMIT ").bind(room as i64);
        sql
    }

    fn after(&self, step: Step) -> Option<&Cursor> {
        let fits = |cursor: &&Cursor| step == Step::Whole || (step == Step::Empty) == cursor.values[0].is_null();
        self.cursor.as_ref().filter(fits)
    }

    pub fn read(&self, row: &Row) -> Result<Found> {
        let start = self.width() - self.orders.len();
        let keys = self.orders.iter().enumerate().map(|(i, order)| {
            Ok(match order.by.kind() {
                ColumnType::Int => row.int(start + i)?.map_or(Json::Null, Json::from),
                ColumnType::Bool => row.bool(start + i)?.map_or(Json::Null, Json::from),
                ColumnType::Id => row.id(start + i)?.map_or(Json::Null, |id| id.to_string().into()),
                _ => row.text(start + i)?.map_or(Json::Null, Json::from),
            })
        });
        let keys = keys.collect::<Result<_>>()?;
        Ok((self.columns.read(row)?, keys))
    }

    /// How many columns a row has; a mark stands behind them.
    pub fn width(&self) -> usize {
        let fields: usize = self.columns.fields.iter().map(|&i| crate::columns::width(&self.object.fields[i])).sum();
        2 + fields + usize::from(self.columns.team) + self.orders.len()
    }

    /// The page out of at most one record more than it has, and the cursor of the page behind it.
    pub fn page(&self, mut found: Vec<Found>) -> (Vec<Stored>, Option<String>) {
        let more = found.len() > self.limit;
        found.truncate(self.limit);
        let next =
            found.last().filter(|_| more).map(|(last, keys)| Cursor { values: keys.clone(), seq: last.seq }.encode());
        (found.into_iter().map(|(stored, _)| stored).collect(), next)
    }
}

pub(super) fn live_or_bin(actor: &Actor, bin: bool, sql: &mut Sql) {
    if bin {
        bin::shown(actor, "t", sql);
    } else {
        sql.push("t.deleted_at IS NULL");
    }
}
