//! Keyset pages: sort keys as columns, the cursor, the two steps of a page.

use serde_json::Value as Json;
use zhike_db::{Arg, ColumnType, Sql};
use zhike_model::{Object, SortKey};
use zhike_types::{Error, Result, Text, Uuid, hex, unhex};

use super::{refuse_unreadable, unknown_field};
use crate::{Actor, order::OrderBy};

/// One sort key, ready for SQL.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub by: OrderBy,
    pub descending: bool,
}

/// Where the page before ended: the last record's sort values and number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cursor {
    pub values: Vec<Json>,
    pub seq: i64,
}

impl Cursor {
    pub fn encode(&self) -> String {
        let mut all = self.values.clone();
        all.push(self.seq.into());
        let text = serde_json::to_string(&all).expect("JSON values are JSON");
        hex(text.as_bytes())
    }

    pub fn decode(text: &str, orders: &[Order]) -> Result<Self> {
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
pub(super) fn orders(object: &Object, actor: &Actor, sort: &[SortKey]) -> Result<Vec<Order>> {
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

/// One step of reading a page: records with a value in the first sort column, or those without.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Step {
    Whole,
    Valued,
    Empty,
}

pub(super) fn order_by(orders: &[Order], step: Step, sql: &mut Sql) {
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
pub(super) fn beyond(orders: &[Order], cursor: &Cursor, step: Step, sql: &mut Sql) {
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
