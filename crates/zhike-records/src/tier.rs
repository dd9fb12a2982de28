//! 客户分级: customers are put into the tiers of schemes by their conditions. Schemes, tiers and standings are records of the sales
//! pack; here is what a pack cannot say: working a scheme out, one statement for each tier and never one for each customer.
//!
//! A standing follows what is proposed until somebody sets another tier by hand; then that one stays, whatever is proposed later,
//! until it is set back. A change by hand is a write like any other: it says why, and may take approval.

use std::{collections::HashMap, sync::Arc};

use zhike_db::{Dialect, Sql, Tx};
use zhike_jobs::Run;
use zhike_model::{Model, Object, Role};
use zhike_types::{Error, Result, Text, Uuid, Value, boxed};

use self::placing::Placing;
use crate::{
    Actor, Engine, Record, Source, access,
    bulk::{NewRecord, Origin},
    load::{Columns, Stored},
    many::ChangedRecord,
    merge,
};

mod bands;
mod nightly;
mod placing;
mod settings;
mod stays;

#[cfg(test)]
mod tests;

pub use bands::TierBand;
pub(crate) use nightly::{JOB, run};
pub(crate) use settings::{check, settle};
pub use stays::Stay;

const SCHEME: &str = "tier_scheme";
const TIER: &str = "tier";
const STANDING: &str = "account_tier";
const ABOUT: &str = "account";
/// Customers a transaction.
const AT_ONCE: usize = 2_000;
/// Moves that a trial names.
const NAMED: usize = 50;

/// What working a scheme out does, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TierOutcome {
    /// Tier and how many customers the rules put there, in their order.
    pub tiers: Vec<(String, i64)>,
    /// How many customers are on each level, where tiers go by customers × margin.
    pub bands: Vec<TierBand>,
    /// Customers that no tier takes.
    pub none: i64,
    /// Who gets a standing for the first time.
    pub new: i64,
    pub same: i64,
    /// Who goes from tier to tier: so many, and the first of them.
    pub moved: i64,
    pub named: Vec<TierMove>,
    /// Set by hand: what is proposed changes, the tier stays.
    pub kept: i64,
}

/// Somebody goes from one tier to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierMove {
    pub account: Uuid,
    pub name: String,
    pub from: String,
    pub to: String,
}

impl Engine {
    /// Works a scheme out for all customers; `dry` only tells. For who keeps schemes.
    ///
    /// # Errors
    /// `Conflict` when the scheme is not in use; `Invalid` when it has no tiers or a condition cannot be read.
    #[boxed]
    pub async fn work_out_tiers(&self, actor: &Actor, scheme: Uuid, dry: bool) -> Result<TierOutcome> {
        let model = self.model();
        let known = access::object_for(&model, actor, SCHEME)?;
        let kept = self.read(actor, &known.name, scheme).await?;
        if !kept.may_change {
            return Err(access::forbidden("您不能重算分级方案。", "You may not work tier schemes out."));
        }
        if kept.value("active").as_bool() == Some(false) {
            return Err(Error::Conflict(Text::new("这个方案已停用。", "This scheme is not in use.")));
        }
        self.work_out(actor, &kept, dry, None).await.map(Option::unwrap_or_default)
    }

    /// None: the process wants to end; what was written stays, and the rest follows with the next run.
    #[boxed]
    async fn work_out(
        &self,
        actor: &Actor,
        scheme: &Record,
        dry: bool,
        job: Option<&Run>,
    ) -> Result<Option<TierOutcome>> {
        let model = self.model();
        let about = model.object(ABOUT).ok_or(Error::NotFound)?;
        let standing = model.object(STANDING).ok_or(Error::NotFound)?;
        let placing = self.placed(&model, about, scheme).await?;
        let mut outcome = TierOutcome {
            tiers: placing.tiers.iter().map(|tier| (tier.name.clone(), 0)).collect(),
            bands: placing.bands.clone(),
            ..TierOutcome::default()
        };
        for (_, at) in &placing.places {
            match at {
                Some((at, _)) => outcome.tiers[*at].1 += 1,
                None => outcome.none += 1,
            }
        }
        let batch = self.0.ids.next();
        for piece in placing.places.chunks(AT_ONCE) {
            if job.is_some_and(Run::stopping) {
                return Ok(None);
            }
            let mut tx = self.0.db.begin().await?;
            merge::beside(&mut tx).await?;
            if tx.dialect() == Dialect::Postgres {
                // two at one moment make no standing twice
                let mut sql = Sql::new("SELECT 1 FROM tier_scheme WHERE id = ");
                sql.bind(scheme.id).push(tx.dialect().for_update());
                tx.row(sql).await?;
            }
            self.put(&mut tx, &model, actor, standing, scheme.id, &placing, piece, batch, &mut outcome).await?;
            if dry {
                continue;
            }
            if let Some(job) = job {
                job.advanced(&mut tx).await?;
            }
            tx.commit().await?;
        }
        for one in &mut outcome.named {
            if let Ok(record) = self.read(actor, ABOUT, one.account).await {
                record.title().clone_into(&mut one.name);
            }
        }
        if !dry {
            let how = if actor.user_id.is_none() { "nightly" } else { "asked" };
            let mut tx = self.0.db.begin().await?;
            tx.run(zhike_db::sql!(
                "UPDATE tier_scheme SET worked_out_at = $1, last_run = $2, last_new = $3, last_moved = $4, last_kept = $5, last_problem = NULL \
                 WHERE id = $6",
                self.now(),
                how,
                outcome.new,
                outcome.moved,
                outcome.kept,
                scheme.id
            ))
            .await?;
            tx.commit().await?;
            self.written();
        }
        Ok(Some(outcome))
    }

    #[expect(clippy::too_many_arguments, reason = "who puts whom into which tiers of what, as which batch")]
    async fn put(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        standing: &Arc<Object>,
        scheme: Uuid,
        placing: &Placing,
        places: &[(Uuid, Option<(usize, usize)>)],
        batch: Uuid,
        outcome: &mut TierOutcome,
    ) -> Result<()> {
        let now = self.now();
        let index = |name: &str| standing.index_of(name).ok_or_else(|| Error::internal("a standing has its fields"));
        let (account, of, tier) = (index("account")?, index("scheme")?, index("tier")?);
        let (proposed, why, proposed_at) = (index("proposed")?, index("why")?, index("proposed_at")?);
        let (previous, since, reason) = (index("previous")?, index("since")?, index("override_reason")?);
        let mut there = standings(tx, model, standing, scheme, places).await?;
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        let tiers = &placing.tiers;
        for (id, at) in places {
            let goes: Value = at.map(|(at, _)| tiers[at].id).into();
            let told = at.map_or(Value::Null, |(_, reason)| placing.reasons[reason].clone());
            let Some(before) = there.remove(id) else {
                if at.is_none() {
                    continue;
                }
                outcome.new += 1;
                let mut values = vec![Value::Null; standing.fields.len()];
                values[account] = Value::Id(*id);
                values[of] = Value::Id(scheme);
                (values[tier], values[proposed]) = (goes.clone(), goes);
                (values[why], values[proposed_at], values[since]) = (told, Value::Int(now), Value::Int(now));
                new.push((*id, NewRecord::new(self.0.ids.next(), values)));
                continue;
            };
            let mut values = before.values.clone();
            let follows = values[tier] == values[proposed];
            if values[proposed] == goes {
                outcome.same += 1;
                continue;
            }
            let was = std::mem::replace(&mut values[proposed], goes.clone());
            (values[why], values[proposed_at]) = (told, Value::Int(now));
            let mut fields = vec![proposed, why, proposed_at];
            if follows {
                outcome.moved += 1;
                if outcome.named.len() < NAMED {
                    let name = |value: &Value| {
                        let found = value.as_id().and_then(|id| tiers.iter().find(|tier| tier.id == id));
                        found.map(|tier| tier.name.clone()).unwrap_or_default()
                    };
                    let (from, to) = (name(&was), name(&goes));
                    outcome.named.push(TierMove { account: *id, name: String::new(), from, to });
                }
                values[previous] = was;
                (values[tier], values[since], values[reason]) = (goes, Value::Int(now), Value::Null);
                fields.extend([tier, previous, since, reason]);
            } else {
                outcome.kept += 1;
            }
            fields.retain(|&i| values[i] != before.values[i]);
            changed.push(ChangedRecord { before, values, changed: fields });
        }
        let origin = Origin { action: "create", reason: None, batch: Some(batch), now };
        let new = owned(tx, standing, new).await?;
        let ids = new.iter().map(|one| one.id).collect();
        self.insert_many(tx, model, actor, standing, new, &origin).await?;
        let fields = standing.fields.iter().map(|field| field.name.clone()).collect();
        self.follow_new(tx, model, actor, standing, ids, fields).await?;
        self.change_many(tx, model, actor, standing, changed, &Origin { action: "change", ..origin }).await
    }
}

/// New standings are whose the customers are; later they follow them (`follows_owner`).
async fn owned(tx: &mut Tx, standing: &Object, new: Vec<(Uuid, NewRecord)>) -> Result<Vec<NewRecord>> {
    let (Some(owner), Some(department)) = (standing.role_index(Role::Owner), standing.role_index(Role::Department))
    else {
        return Ok(new.into_iter().map(|(_, one)| one).collect());
    };
    let mut whose: HashMap<Uuid, (Option<Uuid>, Option<Uuid>)> = HashMap::with_capacity(new.len());
    for piece in new.chunks(512) {
        let ids: Vec<Uuid> = piece.iter().map(|(id, _)| *id).collect();
        let mut sql = Sql::new("SELECT id, owner_id, department_id FROM account WHERE id IN (");
        sql.padded(&ids).push(")");
        for row in tx.rows(sql).await? {
            whose.insert(row.must_id(0)?, (row.id(1)?, row.id(2)?));
        }
    }
    let with = |(id, mut one): (Uuid, NewRecord)| {
        if let Some((user, place)) = whose.get(&id) {
            (one.values[owner], one.values[department]) = ((*user).into(), (*place).into());
        }
        one
    };
    Ok(new.into_iter().map(with).collect())
}

/// The standings of some customers in a scheme.
async fn standings(
    tx: &mut Tx,
    model: &Model,
    standing: &Arc<Object>,
    scheme: Uuid,
    places: &[(Uuid, Option<(usize, usize)>)],
) -> Result<HashMap<Uuid, Stored>> {
    let columns = Columns::all(standing);
    let system = Actor::system(Source::System);
    let mut there = HashMap::new();
    for piece in places.chunks(512) {
        let ids: Vec<Uuid> = piece.iter().map(|(id, _)| *id).collect();
        let mut sql = Sql::new("SELECT ");
        columns.select(model, &system, "t", &mut sql);
        sql.push(" FROM account_tier t WHERE t.deleted_at IS NULL AND t.scheme_id = ").bind(scheme);
        sql.push(" AND t.account_id IN (").padded(&ids).push(")");
        for row in tx.rows(sql).await? {
            let stored = columns.read(&row)?;
            if let Some(account) = stored.value(standing, "account").as_id() {
                there.insert(account, stored);
            }
        }
    }
    Ok(there)
}
