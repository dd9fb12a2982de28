//! What will be taken back soon: the same rule, asked of a later moment.

use zhike_db::sql;
use zhike_model::SortKey;
use zhike_types::{Error, Result, Uuid, boxed};

use super::{DAY, Pool};
use crate::{Actor, Engine, ListQuery, Record, access};

/// A record that its owner is about to lose.
#[derive(Debug, Clone)]
pub struct Warning {
    pub record: Record,
    /// Within so many days, unless something happens.
    pub days: i64,
    pub pool: String,
}

impl Engine {
    /// One's own records that will be taken back within the days that their pool warns of, the soonest first; what one has put aside
    /// comes again at the next step.
    #[boxed]
    pub async fn pool_warnings(&self, actor: &Actor, limit: usize) -> Result<Vec<Warning>> {
        self.warnings_of(actor, limit, true).await
    }

    /// The same of everybody else whose records the actor sees: what those below are about to lose.
    #[boxed]
    pub async fn team_warnings(&self, actor: &Actor, limit: usize) -> Result<Vec<Warning>> {
        self.warnings_of(actor, limit, false).await
    }

    async fn warnings_of(&self, actor: &Actor, limit: usize, mine: bool) -> Result<Vec<Warning>> {
        let Some(me) = actor.user_id else { return Ok(Vec::new()) };
        let model = self.model();
        let mut tx = self.0.db.read().await?;
        let pools = Pool::all(&mut tx).await?;
        let rows = tx
            .rows(sql!("SELECT record_id, days FROM pool_dismissed WHERE user_id = $1 AND until >= $2", me, self.now()))
            .await?;
        let aside = rows
            .iter()
            .map(|row| Ok((row.must_id(0)?, row.must_int(1)?)))
            .collect::<Result<std::collections::HashMap<Uuid, i64>>>()?;
        drop(tx);
        let mut warnings: Vec<Warning> = Vec::new();
        for pool in pools.iter().filter(|pool| pool.active) {
            let (Some(rule), Some(&furthest)) = (pool.rule(), pool.warn_days.last()) else { continue };
            let Ok(object) = access::object_for(&model, actor, &pool.object) else { continue };
            let mut steps = vec![furthest];
            let mut found: Vec<Warning> = Vec::new();
            // the furthest first: where it finds nothing, no nearer one does
            while let Some(days) = steps.pop() {
                let at = self.now() + days * DAY;
                let condition = match self.reclaimable(&model, object, &rule, pool.grace_days, at) {
                    Ok(condition) => condition,
                    Err(Error::Internal(_)) => break,
                    Err(error) => return Err(error),
                };
                let mut bound = if mine {
                    sql!("t.owner_id = $1 AND ", me)
                } else {
                    sql!("t.owner_id IS NOT NULL AND t.owner_id <> $1 AND ", me)
                };
                bound.append(&condition);
                let query = ListQuery {
                    object: object.name.clone(),
                    sort: vec![SortKey { field: "owner_since".to_owned(), descending: false }],
                    limit: limit + aside.len(),
                    lenient: true,
                    ..ListQuery::default()
                };
                let records = self.list_where(actor, &query, Some(&bound)).await?.records;
                if records.is_empty() {
                    break;
                }
                for record in records {
                    match found.iter_mut().find(|warning| warning.record.id == record.id) {
                        Some(known) => known.days = known.days.min(days),
                        None => found.push(Warning { record, days, pool: pool.name.clone() }),
                    }
                }
                if let Some(next) = pool.warn_days.iter().rev().find(|next| **next < days) {
                    steps.push(*next);
                }
            }
            found.retain(|new| warnings.iter().all(|known| known.record.id != new.record.id));
            warnings.append(&mut found);
        }
        warnings.retain(|warning| !mine || aside.get(&warning.record.id).is_none_or(|days| warning.days < *days));
        warnings.sort_by_key(|warning| warning.days);
        warnings.truncate(limit);
        Ok(warnings)
    }

    /// Puts a warning aside until the next step.
    #[boxed]
    pub async fn dismiss_pool_warning(&self, actor: &Actor, record: Uuid, days: i64) -> Result<()> {
        let Some(me) = actor.user_id else { return Ok(()) };
        let days = days.clamp(1, 365);
        let until = self.now() + days * DAY;
        let mut tx = self.0.db.begin().await?;
        tx.run(sql!(
            "INSERT INTO pool_dismissed (user_id, record_id, days, until) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (user_id, record_id) DO UPDATE SET days = excluded.days, until = excluded.until",
            me,
            record,
            days,
            until
        ))
        .await?;
        tx.commit().await
    }
}
