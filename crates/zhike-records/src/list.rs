//! Lists: filter, order, keyset pages.
//!
//! Empty values come last in either direction. A page is read in two steps when it must be: first the records that have
//! a value in the first sort column, then those that have none: each step is a plain range of an index on both databases,
//! so that a page deep in a list costs what the first one costs.

use std::sync::Arc;

use serde_json::Value as Json;
use zhike_db::{Arg, ColumnType, Sql};
use zhike_model::{Object, SortKey};
use zhike_types::{Error, Result, Text, Uuid, Value, boxed, hex, unhex};

use crate::{
    Actor, Engine, FieldRight, ListQuery, Page, Record,
    access::{self, Need},
    bin,
    load::{Columns, Stored, needs_team, present},
    merge,
    order::OrderBy,
};

/// The most records one page can have.
pub(crate) const LIMIT_MAX: usize = 1_000;
const LIMIT_DEFAULT: usize = 50;

/// One sort key, ready for SQL.
#[derive(Debug, Clone)]
struct Order {
    by: OrderBy,
    descending: bool,
}

/// Where the page before ended: the last record's sort values and number.
#[derive(Debug, Clone, PartialEq)]
struct Cursor {
    values: Vec<Json>,
    seq: i64,
}

impl Cursor {
    fn encode(&self) -> String {
        let mut all = self.values.clone();
        all.push(self.seq.into());
        let text = serde_json::to_string(&all).expect("JSON values are JSON");
        hex(text.as_bytes())
    }

    fn decode(text: &str, orders: &[Order]) -> Result<Self> {
        let broken = || {
            Error::invalid(
                "after",
                "invalid",
                Text::new(
                    "翻页位置不对，请从第一页重新打开。",
                    "The page position is not valid; start again from the first page.",
                ),
            )
        };
        let mut values: Vec<Json> = serde_json::from_slice(&unhex(text).ok_or_else(broken)?).map_err(|_| broken())?;
        let seq = values.pop().and_then(|seq| seq.as_i64()).ok_or_else(broken)?;
        let fits = values.len() == orders.len()
            && values.iter().zip(orders).all(|(value, order)| {
                value.is_null()
                    || match order.by.kind() {
                        ColumnType::Int => value.is_i64(),
                        ColumnType::Bool => value.is_boolean(),
                        ColumnType::Id => value.as_str().is_some_and(|id| Uuid::parse_str(id).is_ok()),
                        _ => value.is_string(),
                    }
            });
        if fits { Ok(Self { values, seq }) } else { Err(broken()) }
    }
}

fn arg(value: &Json, kind: ColumnType) -> Arg {
    match kind {
        ColumnType::Int => Arg::Int(value.as_i64()),
        ColumnType::Bool => Arg::Bool(value.as_bool()),
        ColumnType::Id => Arg::Id(value.as_str().and_then(|id| Uuid::parse_str(id).ok())),
        _ => Arg::Text(value.as_str().map(str::to_owned)),
    }
}

/// Sort keys as columns; a field that the actor may not see plainly would leak its order.
fn orders(object: &Object, actor: &Actor, sort: &[SortKey]) -> Result<Vec<Order>> {
    let mut orders: Vec<Order> = Vec::new();
    for key in sort {
        let field = object.field(&key.field).ok_or_else(|| unknown_field("sort", &key.field))?;
        refuse_unreadable(object, actor, field, "sort")?;
        let by = OrderBy::of(object, &key.field).ok_or_else(|| {
            let (zh, en) = (field.label.zh.as_ref(), field.label.en.as_ref());
            Error::invalid(
                "sort",
                "invalid",
                zhike_types::text!("不能按「{zh}」排序。", "The list cannot be sorted by {en}."),
            )
        })?;
        if orders.iter().all(|order| order.by != by) {
            orders.push(Order { by, descending: key.descending });
        }
    }
    Ok(orders)
}

pub(crate) fn check_sort(object: &Object, actor: &Actor, sort: &[SortKey]) -> Result<()> {
    orders(object, actor, sort).map(drop)
}

pub(crate) fn unknown_field(parameter: &str, name: &str) -> Error {
    Error::invalid(parameter, "unknown", zhike_types::text!("没有「{name}」这个字段。", "There is no field `{name}`."))
}

/// Masked fields are masked everywhere, also when one sorts, filters or groups by them.
pub(crate) fn refuse_unreadable(
    object: &Object,
    actor: &Actor,
    field: &zhike_model::Field,
    parameter: &str,
) -> Result<()> {
    match actor.rights.field(&object.name, field) {
        FieldRight::Hidden => Err(unknown_field(parameter, &field.name)),
        FieldRight::Masked => {
            let (zh, en) = (&field.label.zh, &field.label.en);
            Err(Error::Forbidden(zhike_types::text!(
                "「{zh}」对您是脱敏显示的，不能用来筛选、排序或汇总。",
                "{en} is masked for you, so it cannot be filtered, sorted or grouped by."
            )))
        }
        FieldRight::Read | FieldRight::Write => Ok(()),
    }
}

/// Whether the actor may see which records the relation brings together.
pub(crate) fn sees_relation(actor: &Actor, child: &Object, relation: &zhike_model::Relation) -> bool {
    child.field(&relation.field).is_some_and(|field| actor.rights.field(&child.name, field) >= FieldRight::Read)
}

/// One step of reading a page: records with a value in the first sort column, or those without.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Whole,
    Valued,
    Empty,
}

impl Engine {
    /// Whether a list of the object can be sorted by the field, for the actor.
    pub fn may_sort(&self, actor: &Actor, object: &Object, field: &str) -> bool {
        OrderBy::of(object, field).is_some() && self.may_ask(actor, object, field)
    }

    /// Whether the actor sees the field as it is, and so may filter, group and sum by it.
    pub fn may_ask(&self, actor: &Actor, object: &Object, field: &str) -> bool {
        object.field(field).is_some_and(|field| actor.rights.field(&object.name, field) >= FieldRight::Read)
    }

    /// A page of the records that the filter finds and the actor may see.
    #[boxed]
    pub async fn list(&self, actor: &Actor, query: &ListQuery) -> Result<Page> {
        self.list_where(actor, query, None).await
    }

    /// The same, bounded by a further condition over `t`.
    pub(crate) async fn list_where(&self, actor: &Actor, query: &ListQuery, bound: Option<&Sql>) -> Result<Page> {
        let model = self.model();
        let object = access::object_for(&model, actor, &query.object)?;
        let mut sort = std::borrow::Cow::Borrowed(&query.sort);
        if query.lenient {
            sort.to_mut().retain(|key| self.may_sort(actor, object, &key.field));
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

        let filter = match self.filter(&model, object, actor, &query.filter) {
            Err(Error::Forbidden(_) | Error::Invalid(_)) if query.lenient => {
                return Ok(Page { records: Vec::new(), next: None });
            }
            filter => filter?,
        };
        let steps: &[Step] = match (&orders[..], &cursor) {
            ([], _) => &[Step::Whole],
            // a column that is never empty needs one step
            ([first, ..], _) if first.by.is_never_empty() => &[Step::Whole],
            (_, Some(cursor)) if cursor.values[0].is_null() => &[Step::Empty],
            _ => &[Step::Valued, Step::Empty],
        };
        let mut tx = self.0.db.read().await?;
        let mut found: Vec<(Stored, Vec<Json>)> = Vec::new();
        for &step in steps {
            let room = limit + 1 - found.len();
            let after = cursor
                .as_ref()
                .filter(|cursor| step == Step::Whole || (step == Step::Empty) == cursor.values[0].is_null());
            let mut sql = Sql::new("SELECT ");
            columns.select(&model, actor, "t", &mut sql);
            for order in &orders {
                sql.push(", ");
                order.by.select("t", &mut sql);
            }
            sql.push(" FROM ").name(&object.name).push(" t WHERE ");
            live_or_bin(actor, query.bin, &mut sql);
            if access::reach(object, actor, Need::Read) != access::Reach::All {
                sql.push(" AND ");
                access::predicate(&model, object, actor, Need::Read, "t", &mut sql);
            }
            if let Some(filter) = &filter {
                sql.push(" AND ").append(filter);
            }
            if let Some(bound) = bound {
                sql.push(" AND ").append(bound);
            }
            match (step, orders.first()) {
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
            if let Some(cursor) = after {
                sql.push(" AND ");
                beyond(&orders, cursor, step, &mut sql);
            }
            order_by(&orders, step, &mut sql);
            sql.push(" LIMIT ").bind(room as i64);
            for row in tx.rows(sql).await? {
                let keys = row_keys(&row, &columns, &orders)?;
                found.push((columns.read(&row)?, keys));
            }
            if found.len() > limit {
                break;
            }
        }
        let more = found.len() > limit;
        found.truncate(limit);
        let next =
            found.last().filter(|_| more).map(|(last, keys)| Cursor { values: keys.clone(), seq: last.seq }.encode());
        let stored = found.into_iter().map(|(stored, _)| stored).collect();
        let records = present(&mut tx, &self.0.titles, &model, actor, &columns, stored).await?;
        Ok(Page { records, next })
    }

    /// How many records the filter finds among those the actor may see.
    #[boxed]
    pub async fn count(&self, actor: &Actor, object: &str, filter: &str, bin: bool) -> Result<i64> {
        let model = self.model();
        let object = access::object_for(&model, actor, object)?;
        let mut sql = Sql::new("SELECT COUNT(*) FROM ");
        sql.name(&object.name).push(" t WHERE ");
        live_or_bin(actor, bin, &mut sql);
        if access::reach(object, actor, Need::Read) != access::Reach::All {
            sql.push(" AND ");
            access::predicate(&model, object, actor, Need::Read, "t", &mut sql);
        }
        if let Some(filter) = self.filter(&model, object, actor, filter)? {
            sql.push(" AND ").append(&filter);
        }
        self.0.db.read().await?.number(sql).await
    }

    /// One record, live or in the recycle bin.
    #[boxed]
    pub async fn read(&self, actor: &Actor, object: &str, id: Uuid) -> Result<Record> {
        let model = self.model();
        let object = access::object_for(&model, actor, object)?;
        let mut tx = self.0.db.read().await?;
        let stored = self.find(&mut tx, &model, actor, object, id, Need::Read).await?.ok_or(Error::NotFound)?;
        // what was merged is another record now: `merged_into` says which
        if stored.is_deleted(object) && merge::is_away(&mut tx, id).await? {
            return Err(Error::NotFound);
        }
        let columns = Columns::all(object);
        let mut records = present(&mut tx, &self.0.titles, &model, actor, &columns, vec![stored]).await?;
        records.pop().ok_or(Error::NotFound)
    }

    /// Whether the actor may see the record.
    #[boxed]
    pub async fn sees(&self, actor: &Actor, object: &str, id: Uuid) -> Result<bool> {
        let model = self.model();
        let Ok(object) = access::object_for(&model, actor, object) else { return Ok(false) };
        let mut sql = Sql::new("SELECT 1 FROM ");
        sql.name(&object.name).push(" t WHERE t.id = ").bind(id).push(" AND ");
        access::predicate(&model, object, actor, Need::Read, "t", &mut sql);
        Ok(self.0.db.read().await?.row(sql).await?.is_some())
    }

    /// A stored record that the actor may see (change, delete).
    pub(crate) async fn find(
        &self,
        tx: &mut zhike_db::Tx,
        model: &zhike_model::Model,
        actor: &Actor,
        object: &Arc<Object>,
        id: Uuid,
        need: Need,
    ) -> Result<Option<Stored>> {
        let mut columns = Columns::all(object);
        columns.team = needs_team(object, actor);
        let mut sql = Sql::new("SELECT ");
        columns.select(model, actor, "t", &mut sql);
        sql.push(" FROM ").name(&object.name).push(" t WHERE t.id = ").bind(id).push(" AND ");
        access::predicate(model, object, actor, need, "t", &mut sql);
        tx.row(sql).await?.map(|row| columns.read(&row)).transpose()
    }

    /// The records of a relation of a record that the actor may see. None when it may not see the field that relates them: the
    /// list would tell it.
    #[boxed]
    pub async fn related(
        &self,
        actor: &Actor,
        object: &str,
        id: Uuid,
        relation: &str,
        query: &ListQuery,
    ) -> Result<Page> {
        if !self.sees(actor, object, id).await? {
            return Err(Error::NotFound);
        }
        self.related_in_sight(actor, object, id, relation, query).await
    }

    /// The same of a record that the actor has read.
    #[boxed]
    pub async fn related_of(&self, actor: &Actor, record: &Record, relation: &str, query: &ListQuery) -> Result<Page> {
        self.related_in_sight(actor, &record.object.name, record.id, relation, query).await
    }

    async fn related_in_sight(
        &self,
        actor: &Actor,
        object: &str,
        id: Uuid,
        relation: &str,
        query: &ListQuery,
    ) -> Result<Page> {
        let model = self.model();
        let relation = model.relation(object, relation).ok_or(Error::NotFound)?;
        let child = access::object_for(&model, actor, &relation.object)?;
        if !sees_relation(actor, child, relation) {
            return Ok(Page { records: Vec::new(), next: None });
        }
        let mut bound = Sql::default();
        bound.column("t", &format!("{}_id", relation.field)).push(" = ").bind(id);
        if relation.any {
            bound.push(" AND ").column("t", &format!("{}_object", relation.field)).push(" = ").bind(object);
        }
        self.list_where(actor, &ListQuery { object: child.name.clone(), ..query.clone() }, Some(&bound)).await
    }
}

fn live_or_bin(actor: &Actor, bin: bool, sql: &mut Sql) {
    if bin {
        bin::shown(actor, "t", sql);
    } else {
        sql.push("t.deleted_at IS NULL");
    }
}

/// The sort values of a row, which stand after the record's own columns.
fn row_keys(row: &zhike_db::Row, columns: &Columns<'_>, orders: &[Order]) -> Result<Vec<Json>> {
    let before: usize = columns.fields.iter().map(|&i| crate::columns::width(&columns.object.fields[i])).sum();
    let team = usize::from(columns.team);
    let start = 2 + before + team;
    orders
        .iter()
        .enumerate()
        .map(|(i, order)| {
            Ok(match order.by.kind() {
                ColumnType::Int => row.int(start + i)?.map_or(Json::Null, Json::from),
                ColumnType::Bool => row.bool(start + i)?.map_or(Json::Null, Json::from),
                ColumnType::Id => row.id(start + i)?.map_or(Json::Null, |id| id.to_string().into()),
                _ => row.text(start + i)?.map_or(Json::Null, Json::from),
            })
        })
        .collect()
}

fn order_by(orders: &[Order], step: Step, sql: &mut Sql) {
    sql.push(" ORDER BY ");
    let mut direction = "";
    for (i, order) in orders.iter().enumerate() {
        direction = if order.descending { " DESC" } else { "" };
        if i == 0 {
            if step == Step::Empty {
                continue;
            }
        } else {
            // empty last, in either direction
            order.by.push("t", sql);
            sql.push(" IS NULL, ");
        }
        order.by.push("t", sql);
        sql.push(direction).push(", ");
    }
    if orders.is_empty() {
        direction = " DESC";
    }
    sql.column("t", "seq").push(direction);
}

/// The condition that a record comes after the cursor.
fn beyond(orders: &[Order], cursor: &Cursor, step: Step, sql: &mut Sql) {
    let Some((first, rest)) = orders.split_first() else {
        sql.push("t.seq < ").bind(cursor.seq);
        return;
    };
    let last = orders.last().is_some_and(|order| order.descending);
    if step == Step::Empty {
        after_rest(rest, &cursor.values[1..], cursor.seq, last, sql);
        return;
    }
    let sign = if first.descending { " < " } else { " > " };
    let value = || arg(&cursor.values[0], first.by.kind());
    if rest.is_empty() {
        sql.push("(");
        first.by.push("t", sql);
        sql.push(", t.seq)").push(sign).push("(").bind(value()).push(", ").bind(cursor.seq).push(")");
        return;
    }
    // the first condition alone is the index range; the second settles ties
    let or_equal = if first.descending { " <= " } else { " >= " };
    first.by.push("t", sql);
    sql.push(or_equal).bind(value()).push(" AND (");
    first.by.push("t", sql);
    sql.push(sign).bind(value());
    sql.push(" OR (");
    after_rest(rest, &cursor.values[1..], cursor.seq, last, sql);
    sql.push("))");
}

fn after_rest(orders: &[Order], values: &[Json], seq: i64, seq_descending: bool, sql: &mut Sql) {
    let Some((order, rest)) = orders.split_first() else {
        sql.push("t.seq").push(if seq_descending { " < " } else { " > " }).bind(seq);
        return;
    };
    let value = arg(&values[0], order.by.kind());
    if values[0].is_null() {
        order.by.push("t", sql);
        sql.push(" IS NULL AND (");
        after_rest(rest, &values[1..], seq, seq_descending, sql);
        sql.push(")");
        return;
    }
    let sign = if order.descending { " < " } else { " > " };
    sql.push("(");
    order.by.push("t", sql);
    sql.push(sign).bind(value.clone()).push(" OR ");
    order.by.push("t", sql);
    sql.push(" IS NULL OR (");
    order.by.push("t", sql);
    sql.push(" = ").bind(value).push(" AND (");
    after_rest(rest, &values[1..], seq, seq_descending, sql);
    sql.push(")))");
}

/// Whether a value counts as given.
pub(crate) fn is_filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Text(text) | Value::Json(text) => !text.is_empty(),
        Value::List(keys) => !keys.is_empty(),
        _ => true,
    }
}
