//! Lists: filter, order, keyset pages.
//!
//! Empty values come last in either direction. A page is read in two steps when it must be: first the records that have
//! a value in the first sort column, then those that have none: each step is a plain range of an index on both databases,
//! so that a page deep in a list costs what the first one costs.

mod keyset;
mod reading;

use std::sync::Arc;

use zhike_db::Sql;
use zhike_model::{Object, Relation, SortKey};
use zhike_types::{Error, Result, Uuid, Value, boxed};

pub(crate) use self::reading::Reading;
use self::reading::live_or_bin;
use crate::{
    Actor, Engine, FieldRight, ListQuery, Page, Record,
    access::{self, Need},
    load::{Columns, Stored, needs_team, present},
    merge,
    order::OrderBy,
};

/// The most records one page can have.
pub(crate) const LIMIT_MAX: usize = 1_000;
const LIMIT_DEFAULT: usize = 50;

pub(crate) fn check_sort(object: &Object, actor: &Actor, sort: &[SortKey]) -> Result<()> {
    keyset::orders(object, actor, sort).map(drop)
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
pub(crate) fn sees_relation(actor: &Actor, child: &Object, relation: &Relation) -> bool {
    child.field(&relation.field).is_some_and(|field| actor.rights.field(&child.name, field) >= FieldRight::Read)
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

    /// All records that the filter finds and the actor may see, page by page: for lists that are known to be short.
    #[boxed]
    pub async fn list_all(&self, actor: &Actor, mut query: ListQuery) -> Result<Vec<Record>> {
        let mut found = Vec::new();
        loop {
            let page = self.list(actor, &query).await?;
            found.extend(page.records);
            query.after = page.next;
            if query.after.is_none() {
                return Ok(found);
            }
        }
    }

    /// A page of the records that the filter finds and the actor may see.
    #[boxed]
    pub async fn list(&self, actor: &Actor, query: &ListQuery) -> Result<Page> {
        self.list_where(actor, query, None).await
    }

    /// The same, bounded by a further condition over `t`.
    pub(crate) async fn list_where(&self, actor: &Actor, query: &ListQuery, bound: Option<&Sql>) -> Result<Page> {
        self.list_within(actor, query, bound, false).await
    }

    /// The records that refer to one which the actor sees, under a bound that says to which.
    pub(crate) async fn list_below(
        &self,
        actor: &Actor,
        query: &ListQuery,
        bound: &Sql,
        (relation, parent): (&Relation, &Object),
    ) -> Result<Page> {
        let model = self.model();
        let follows =
            model.object(&relation.object).is_some_and(|child| access::follows(child, &relation.field, parent));
        self.list_within(actor, query, Some(bound), follows).await
    }

    async fn list_within(&self, actor: &Actor, query: &ListQuery, bound: Option<&Sql>, in_sight: bool) -> Result<Page> {
        let model = self.model();
        let Some(mut reading) = Reading::of(self, &model, actor, query)? else {
            return Ok(Page { records: Vec::new(), next: None });
        };
        reading.in_sight = in_sight;
        let mut tx = self.0.db.read().await?;
        let mut found = Vec::new();
        for &step in reading.steps() {
            let room = reading.limit + 1 - found.len();
            for row in tx.rows(reading.statement(step, bound, room, None)).await? {
                found.push(reading.read(&row)?);
            }
            if found.len() > reading.limit {
                break;
            }
        }
        let (stored, next) = reading.page(found);
        let records = present(&mut tx, &self.0.titles, &model, actor, &reading.columns, stored).await?;
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
        let query = ListQuery { object: child.name.clone(), ..query.clone() };
        let parent = model.object(object).ok_or(Error::NotFound)?;
        self.list_below(actor, &query, &bound, (relation, parent)).await
    }
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
