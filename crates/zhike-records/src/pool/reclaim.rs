//! 收回: records whose owner does not look after them go back to the pool, by its rule. The rule becomes one condition in SQL; a run
//! steps once through the records that it finds and writes a hundred at a time.

use std::sync::Arc;

use zhike_db::{Sql, Tx};
use zhike_jobs::{Ended, Run};
use zhike_model::{Model, Object};
use zhike_types::{Error, Result, Uuid, boxed};

use super::{DAY, Pool, hand::Turn, read::MoveKind};
use crate::{
    Actor, Engine, ListQuery, Page, Source, convert,
    filter::Context,
    load::{Columns, Stored},
    people::needs_duty,
};

pub(crate) const JOB: &str = "pool-reclaim";
/// How often it runs, in ms: at each full hour.
const EVERY: i64 = 3_600_000;
/// Records looked for at once, and written in one transaction.
const FOUND: usize = 1_000;
const AT_ONCE: usize = 100;
/// Owners and records that a dry run names.
const OWNERS: i64 = 20;
const SHOWN: usize = 20;

/// What a run took back for a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reclaimed {
    pub pool: String,
    pub records: i64,
    /// The rule cannot be read any more.
    pub broken: bool,
}

/// What a rule would take back now.
#[derive(Debug, Clone)]
pub struct DryRun {
    pub records: i64,
    /// What the rule finds and the condition protects.
    pub protected: i64,
    /// What the rule finds and its owner has not had for long enough.
    pub fresh: i64,
    /// Whose, the most first; of these, the first twenty.
    pub owners: Vec<(String, i64)>,
    /// Some of them, as far as the actor sees them.
    pub page: Page,
}

/// The job.
pub(crate) async fn run(engine: Engine, job: Run) -> Result<Ended> {
    match engine.reclaim_with(Some(&job)).await? {
        Some(_) => Ok(Ended::Done),
        None => Ok(Ended::Stopped),
    }
}

impl Engine {
    /// Takes back what the pools' rules say; an operator's or the schedule's doing.
    #[boxed]
    pub async fn reclaim(&self) -> Result<Vec<Reclaimed>> {
        Ok(self.reclaim_with(None).await?.unwrap_or_default())
    }

    /// How many records each pool would take back now.
    #[boxed]
    pub async fn reclaim_counts(&self) -> Result<Vec<Reclaimed>> {
        let model = self.model();
        let mut counts = Vec::new();
        let mut tx = self.0.db.read().await?;
        for pool in Pool::all(&mut tx).await? {
            let Some((object, condition)) = self.to_reclaim(&model, &pool)? else { continue };
            let (records, broken) = match condition {
                Ok(condition) => (count(&mut tx, &object, &condition).await?, false),
                Err(_) => (0, true),
            };
            counts.push(Reclaimed { pool: pool.name, records, broken });
        }
        Ok(counts)
    }

    /// None when the process wants to end first.
    async fn reclaim_with(&self, job: Option<&Run>) -> Result<Option<Vec<Reclaimed>>> {
        let model = self.model();
        let pools = Pool::all(&mut self.0.db.read().await?).await?;
        let mut done = Vec::new();
        for pool in pools {
            let Some((object, condition)) = self.to_reclaim(&model, &pool)? else { continue };
            let Ok(condition) = condition else {
                tracing::warn!(pool = %pool.name, "a pool's rule cannot be read; nothing is taken back");
                done.push(Reclaimed { pool: pool.name, records: 0, broken: true });
                continue;
            };
            let Some(records) = self.reclaim_pool(&model, &object, &pool, &condition, job).await? else {
                return Ok(None);
            };
            done.push(Reclaimed { pool: pool.name, records, broken: false });
        }
        self.forget_old(job).await?;
        Ok(Some(done))
    }

    /// What a pool in use takes back now, as a condition over `t`; within, the error of a rule that cannot be read.
    fn to_reclaim(&self, model: &Model, pool: &Pool) -> Result<Option<(Arc<Object>, Result<Sql>)>> {
        let Some(rule) = pool.rule().filter(|_| pool.active) else { return Ok(None) };
        let Some(object) = model.object(&pool.object).filter(|object| object.pool) else { return Ok(None) };
        let condition = self.reclaimable(model, object, &rule, pool.grace_days, self.now());
        match condition {
            Err(error @ (Error::Unavailable(_) | Error::NotFound)) => Err(error),
            condition => Ok(Some((Arc::clone(object), condition))),
        }
    }

    /// Records with an owner of whom the rule holds at that moment, and that their owners have had for long enough by then.
    pub(super) fn reclaimable(&self, model: &Model, object: &Object, rule: &str, grace: i64, at: i64) -> Result<Sql> {
        let mut sql = Sql::new(
            "(t.deleted_at IS NULL AND t.owner_id IS NOT NULL AND t.pool_id IS NULL AND COALESCE(t.owner_since, t.created_at) <= ",
        );
        sql.bind(at - grace * DAY).push(" AND ").append(&self.rule_at(model, object, rule, at)?);
        convert::unconverted(object, "t", &mut sql);
        sql.push(")");
        Ok(sql)
    }

    fn rule_at(&self, model: &Model, object: &Object, rule: &str, at: i64) -> Result<Sql> {
        let system = Actor::system(Source::System);
        let scope = self.scope(&system);
        let scope = zhike_model::expr::Scope::at(at, scope.offset, None, None);
        let context = Context { actor: &system, scope, bounded: false };
        context.condition(model, object, rule, "t", self.0.db.dialect())
    }

    async fn reclaim_pool(
        &self,
        model: &Model,
        object: &Arc<Object>,
        pool: &Pool,
        condition: &Sql,
        job: Option<&Run>,
    ) -> Result<Option<i64>> {
        let (mut after, mut taken) = (0, 0);
        let batch = self.0.ids.next();
        loop {
            let mut sql = Sql::new("SELECT t.id, t.seq FROM ");
            sql.name(&object.name).push(" t WHERE t.seq > ").bind(after).push(" AND ").append(condition);
            sql.push(" ORDER BY t.seq LIMIT ").bind(FOUND as i64);
            let rows = self.0.db.read().await?.rows(sql).await?;
            let Some(last) = rows.last() else { return Ok(Some(taken)) };
            after = last.must_int(1)?;
            let ids = rows.iter().map(|row| row.must_id(0)).collect::<Result<Vec<Uuid>>>()?;
            for piece in ids.chunks(AT_ONCE) {
                if job.is_some_and(Run::stopping) {
                    return Ok(None);
                }
                taken += self.reclaim_piece(model, object, pool, condition, piece, batch, job).await?;
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a step of a job: what, by which rule, as which batch")]
    async fn reclaim_piece(
        &self,
        model: &Model,
        object: &Arc<Object>,
        pool: &Pool,
        condition: &Sql,
        ids: &[Uuid],
        batch: Uuid,
        job: Option<&Run>,
    ) -> Result<i64> {
        let system = Actor::system(Source::System);
        let mut tx = self.0.db.begin().await?;
        crate::merge::beside(&mut tx).await?;
        // somebody may have worked on one of them meanwhile: the rule is asked again, of what is held now
        let columns = Columns::all(object);
        let mut sql = Sql::new("SELECT ");
        columns.select(model, &system, "t", &mut sql);
        sql.push(" FROM ").name(&object.name).push(" t WHERE t.id IN (").padded(ids).push(") AND ").append(condition);
        sql.push(" ORDER BY t.seq").push(tx.dialect().for_update());
        let records = tx.rows(sql).await?.iter().map(|row| columns.read(row)).collect::<Result<Vec<Stored>>>()?;
        let count = records.len() as i64;
        let turn = Turn {
            kind: MoveKind::Reclaim,
            pool: Some(pool.id),
            to: None,
            reason: Some(pool.name.clone()),
            batch: Some(batch),
        };
        self.hand_on(&mut tx, model, &system, object, records, &turn).await?;
        if let Some(job) = job {
            job.advanced(&mut tx).await?;
        }
        tx.commit().await?;
        self.written();
        Ok(count)
    }

    /// What the limits of past days were counted by.
    async fn forget_old(&self, job: Option<&Run>) -> Result<()> {
        let (today, now) = (self.zone().day_of(self.now()), self.now());
        let mut tx = self.0.db.begin().await?;
        tx.run(zhike_db::sql!("DELETE FROM pool_seen WHERE day < $1", today)).await?;
        tx.run(zhike_db::sql!("DELETE FROM pool_dismissed WHERE until < $1", now)).await?;
        if let Some(job) = job {
            job.advanced(&mut tx).await?;
        }
        tx.commit().await
    }

    /// What a rule would take back if it ran now, before it is saved; for who sets up pools.
    ///
    /// # Errors
    /// `Invalid` with the field that cannot be read.
    #[boxed]
    pub async fn reclaim_dry_run(&self, actor: &Actor, wish: &Pool) -> Result<DryRun> {
        needs_duty(actor, super::DUTY)?;
        let model = self.model();
        let object = model.object(&wish.object).filter(|object| object.pool).ok_or(Error::NotFound)?;
        for (field, text) in [("reclaim", &wish.reclaim), ("protected", &wish.protected)] {
            if text.trim().is_empty() {
                continue;
            }
            if let Err(error) = zhike_model::expr::parse_condition(&model, &object.name, text) {
                let (zh, en, at) = (&error.message.zh, &error.message.en, error.at);
                let message = zhike_types::text!("第 {at} 个字处有误：{zh}", "Wrong at character {at}: {en}");
                return Err(Error::invalid(field, "invalid", message));
            }
        }
        let Some(rule) = wish.rule() else {
            let message = zhike_types::Text::new("请先写自动收回条件。", "Write the rule first.");
            return Err(Error::invalid("reclaim", "required", message));
        };
        let (now, grace) = (self.now(), wish.grace_days);
        let condition = self.reclaimable(&model, object, &rule, grace, now)?;
        // however long it was had: the time of having begins with the calendar
        let ever = self.reclaimable(&model, object, &rule, i64::from(i32::MIN), now)?;
        let mut tx = self.0.db.read().await?;
        let records = count(&mut tx, object, &condition).await?;
        let fresh = count(&mut tx, object, &ever).await? - records;
        let protected = if wish.protected.is_empty() {
            0
        } else {
            let all = self.reclaimable(&model, object, &wish.reclaim, grace, now)?;
            count(&mut tx, object, &all).await? - records
        };
        let mut sql = Sql::new("SELECT u.name, COUNT(*) FROM ");
        sql.name(&object.name).push(" t LEFT JOIN \"user\" u ON u.id = t.owner_id WHERE ").append(&condition);
        sql.push(" GROUP BY t.owner_id, u.name ORDER BY COUNT(*) DESC, u.name LIMIT ").bind(OWNERS);
        let owners = tx
            .rows(sql)
            .await?
            .iter()
            .map(|row| Ok((row.text(0)?.unwrap_or_default(), row.must_int(1)?)))
            .collect::<Result<_>>()?;
        drop(tx);
        let query = ListQuery { object: object.name.clone(), limit: SHOWN, ..ListQuery::default() };
        let page = self.list_where(actor, &query, Some(&condition)).await?;
        Ok(DryRun { records, protected, fresh, owners, page })
    }

    /// Sees to it that a run waits for the next full hour, when there is a rule at all.
    pub(crate) async fn schedule_reclaim(&self) -> Result<()> {
        let mut tx = self.0.db.read().await?;
        let rules = Pool::all(&mut tx).await?.iter().any(|pool| pool.active && pool.rule().is_some());
        if !rules || zhike_jobs::Jobs::is_pending(&mut tx, JOB).await? {
            return Ok(());
        }
        drop(tx);
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        if !zhike_jobs::Jobs::is_pending(&mut tx, JOB).await? {
            self.0.jobs.enqueue_at(&mut tx, JOB, &(), now - now.rem_euclid(EVERY) + EVERY).await?;
        }
        tx.commit().await
    }
}

async fn count(tx: &mut Tx, object: &Object, condition: &Sql) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM ");
    sql.name(&object.name).push(" t WHERE ").append(condition);
    tx.number(sql).await
}
