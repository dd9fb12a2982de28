//! Looking into a pool: an actor that sees what lies there, as far as the pool shows it, and nothing else. Lists, counts, filters,
//! sums and the search obey it because they ask the actor, as ever.

use std::{collections::BTreeMap, sync::Arc};

use zhike_db::{Sql, sql};
use zhike_model::{Model, Object, Role};
use zhike_types::{Error, Result, Uuid, boxed};

use super::{
    Pool, counts,
    members::Standings,
    rules::{self, Standing},
};
use crate::{Actor, DataScope, Engine, FieldRight, ListQuery, ObjectRights, Page, Record, Rights};

/// What an actor is bounded to that looks into a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lens {
    pub(crate) object: String,
    pub(crate) pool: Uuid,
}

impl Lens {
    /// What it shows, over the alias.
    pub(crate) fn condition(&self, alias: &str, sql: &mut Sql) {
        sql.push("(").column(alias, "pool_id").push(" = ").bind(self.pool);
        sql.push(" AND ").column(alias, "deleted_at").push(" IS NULL)");
    }
}

/// A pool and somebody who looks into it.
#[derive(Debug, Clone)]
pub struct PoolView {
    pub pool: Pool,
    /// The one who looks, bounded by the lens.
    pub actor: Actor,
    pub manager: bool,
}

/// A page of what lies in a pool.
#[derive(Debug, Clone)]
pub struct PoolPage {
    pub page: Page,
    /// The day's views are used up: what is not here was not shown.
    pub cut: bool,
}

/// Objects whose records' names everybody may know that may use them.
const NAMED: [&str; 4] = ["user", "department", "tag", "pool"];

impl Engine {
    /// Looks into a pool.
    ///
    /// # Errors
    /// `NotFound` for who is neither member nor manager, and for members when the pool is out of use.
    #[boxed]
    pub async fn pool_view(&self, actor: &Actor, pool: Uuid) -> Result<PoolView> {
        let model = self.model();
        let mut tx = self.0.db.read().await?;
        let pool = Pool::of(&mut tx, pool).await?.ok_or(Error::NotFound)?;
        let standing = Standings::of(&mut tx, actor).await?.to(&model, actor, &pool);
        let sees = standing.manager || (standing.member && pool.active);
        let object = model.object(&pool.object).filter(|_| sees).ok_or(Error::NotFound)?;
        let actor = bounded(&model, actor, object, &pool, standing);
        Ok(PoolView { pool, actor, manager: standing.manager })
    }

    /// A page of what lies in a pool; what it shows counts as seen.
    #[boxed]
    pub async fn pool_list(&self, view: &PoolView, query: &ListQuery) -> Result<PoolPage> {
        let mut page = self.list(&view.actor, query).await?;
        let cut = self.note_seen(view, &mut page.records).await?;
        if cut {
            page.next = None;
        }
        Ok(PoolPage { page, cut })
    }

    /// One record that lies in a pool; it counts as seen.
    ///
    /// # Errors
    /// `NotFound` where it does not lie there, `TooMany` when the day's views are used up.
    #[boxed]
    pub async fn pool_read(&self, view: &PoolView, id: Uuid) -> Result<Record> {
        let mut found = vec![self.read(&view.actor, &view.pool.object, id).await?];
        if self.note_seen(view, &mut found).await? {
            let most = view.pool.views_a_day.unwrap_or(0);
            return Err(Error::TooMany(zhike_types::text!(
                "您今天已经看过 {most} 条，到上限了。明天再来。",
                "You have looked at {most} today, which is the limit. Come back tomorrow."
            )));
        }
        found.pop().ok_or(Error::NotFound)
    }

    /// Notes what somebody is shown, and takes out what goes beyond the day's limit; says whether anything did.
    async fn note_seen(&self, view: &PoolView, records: &mut Vec<Record>) -> Result<bool> {
        let (Some(most), Some(me), false) = (view.pool.views_a_day, view.actor.user_id, view.manager) else {
            return Ok(false);
        };
        if records.is_empty() {
            return Ok(false);
        }
        let (pool, day) = (view.pool.id, self.zone().day_of(self.now()));
        let mut tx = self.0.db.begin().await?;
        tx.hold("user", &[me]).await?;
        let mut sql =
            sql!("SELECT record_id FROM pool_seen WHERE user_id = $1 AND pool_id = $2 AND day = $3", me, pool, day);
        sql.push(" AND record_id IN (").list(records.iter().map(|record| record.id)).push(")");
        let known = tx.rows(sql).await?.iter().map(|row| row.must_id(0)).collect::<Result<Vec<Uuid>>>()?;
        let mut left = rules::left(Some(most), counts::seen(&mut tx, pool, me, day).await?).unwrap_or(0);
        let mut new = Vec::new();
        let before = records.len();
        records.retain(|record| {
            if known.contains(&record.id) {
                return true;
            }
            if left == 0 {
                return false;
            }
            left -= 1;
            new.push(record.id);
            true
        });
        if !new.is_empty() {
            let mut sql = Sql::new("INSERT INTO pool_seen (user_id, pool_id, day, record_id) VALUES ");
            for (i, id) in new.iter().enumerate() {
                sql.push(if i == 0 { "(" } else { ", (" }).bind(me).push(", ").bind(pool).push(", ").bind(day);
                sql.push(", ").bind(*id).push(")");
            }
            sql.push(" ON CONFLICT DO NOTHING");
            tx.run(sql).await?;
            tx.commit().await?;
        }
        Ok(records.len() < before)
    }
}

/// The actor, bounded to what the pool shows it: no field that the pool does not name, nothing to be written.
fn bounded(model: &Model, actor: &Actor, object: &Object, pool: &Pool, standing: Standing) -> Actor {
    let own = |object: &Object| -> BTreeMap<String, FieldRight> {
        let right = |field| actor.rights.field(&object.name, field).min(FieldRight::Read);
        object.fields.iter().map(|field| (field.name.clone(), right(field))).collect()
    };
    let look = |fields| ObjectRights { read: DataScope::All, fields, ..ObjectRights::default() };
    let mut objects: BTreeMap<String, ObjectRights> = NAMED
        .iter()
        .filter(|name| actor.rights.object(name).is_some_and(ObjectRights::may_read))
        .filter_map(|name| model.object(name).map(|named| ((*name).to_owned(), look(own(named)))))
        .collect();
    let mut fields = own(object);
    for field in &object.fields {
        let shown = standing.manager
            || field.name == object.title
            || field.role == Some(Role::PoolSince)
            || pool.fields.contains(&field.name);
        if !shown {
            fields.insert(field.name.clone(), FieldRight::Hidden);
        }
    }
    objects.insert(object.name.clone(), look(fields));
    let rights = Rights { objects, duties: [].into(), roles: Vec::new(), ..(*actor.rights).clone() };
    let lens = Lens { object: object.name.clone(), pool: pool.id };
    Actor { rights: Arc::new(rights), lens: Some(Arc::new(lens)), ..actor.clone() }
}
