//! 客户分级: customers are put into the tiers of schemes by their conditions. Schemes, tiers and standings are records of the sales
//! pack; here is what a pack cannot say: working a scheme out, one statement for each tier and never one for each customer.
//!
//! A standing follows what is proposed until somebody sets another tier by hand; then that one stays, whatever is proposed later,
//! until it is set back. A change by hand is a write like any other: it says why, and may take approval.

use std::{collections::HashMap, sync::Arc};

use zhike_db::{Dialect, Sql, Tx};
use zhike_model::{Model, Object, Role, expr};
use zhike_types::{Error, FieldError, Result, Text, Uuid, Value, boxed, text};

use crate::{
    Actor, Engine, Source, access,
    bulk::{NewRecord, Origin},
    columns::stored_json,
    filter::Context,
    load::{Columns, Stored},
    many::ChangedRecord,
    merge,
};

#[cfg(test)]
mod tests;

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

/// How long something stood at one value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// As stored; none: empty.
    pub value: Option<String>,
    pub from: i64,
    /// None: it stands there.
    pub to: Option<i64>,
}

struct Tier {
    id: Uuid,
    name: String,
    condition: String,
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
        let about = model.object(ABOUT).ok_or(Error::NotFound)?;
        let standing = model.object(STANDING).ok_or(Error::NotFound)?;
        let (tiers, places) =
            self.placed(&model, about, scheme, kept.value("eligible").as_text().unwrap_or("")).await?;
        let mut outcome =
            TierOutcome { tiers: tiers.iter().map(|tier| (tier.name.clone(), 0)).collect(), ..TierOutcome::default() };
        for (_, at) in &places {
            match at {
                Some(at) => outcome.tiers[*at].1 += 1,
                None => outcome.none += 1,
            }
        }
        let batch = self.0.ids.next();
        for piece in places.chunks(AT_ONCE) {
            let mut tx = self.0.db.begin().await?;
            merge::beside(&mut tx).await?;
            if tx.dialect() == Dialect::Postgres {
                // two at one moment make no standing twice
                let mut sql = Sql::new("SELECT 1 FROM tier_scheme WHERE id = ");
                sql.bind(scheme).push(tx.dialect().for_update());
                tx.row(sql).await?;
            }
            self.put(&mut tx, &model, actor, standing, scheme, &tiers, piece, batch, &mut outcome).await?;
            if !dry {
                tx.commit().await?;
            }
        }
        for one in &mut outcome.named {
            if let Ok(record) = self.read(actor, ABOUT, one.account).await {
                record.title().clone_into(&mut one.name);
            }
        }
        if !dry {
            let mut tx = self.0.db.begin().await?;
            tx.run(zhike_db::sql!("UPDATE tier_scheme SET worked_out_at = $1 WHERE id = $2", self.now(), scheme))
                .await?;
            tx.commit().await?;
            self.written();
        }
        Ok(outcome)
    }

    /// The tiers of a scheme, and the one for each customer.
    async fn placed(
        &self,
        model: &Model,
        about: &Object,
        scheme: Uuid,
        eligible: &str,
    ) -> Result<(Vec<Tier>, Vec<(Uuid, Option<usize>)>)> {
        let mut tx = self.0.db.read().await?;
        let mut sql = Sql::new("SELECT id, name, condition FROM tier WHERE deleted_at IS NULL AND scheme_id = ");
        sql.bind(scheme).push(" ORDER BY rank, seq");
        let mut tiers = Vec::new();
        for row in tx.rows(sql).await? {
            let condition = row.text(2)?.unwrap_or_default().trim().to_owned();
            tiers.push(Tier { id: row.must_id(0)?, name: row.must_text(1)?, condition });
        }
        if tiers.is_empty() {
            let message = Text::new("先给方案加上级别。", "Give the scheme tiers first.");
            return Err(Error::invalid("tiers", "required", message));
        }
        let system = Actor::system(Source::System);
        let context = self.context(&system);
        let mut all: Vec<Uuid> = of_whom(&mut tx, model, &context, about, eligible, "eligible").await?;
        all.sort_unstable();
        let mut at: HashMap<Uuid, usize> = HashMap::with_capacity(all.len());
        for (place, tier) in tiers.iter().enumerate() {
            if tier.condition.is_empty() {
                for id in &all {
                    at.entry(*id).or_insert(place);
                }
                continue;
            }
            for id in of_whom(&mut tx, model, &context, about, &tier.condition, "condition").await? {
                at.entry(id).or_insert(place);
            }
        }
        let places = all.into_iter().map(|id| (id, at.get(&id).copied())).collect();
        Ok((tiers, places))
    }

    #[expect(clippy::too_many_arguments, reason = "who puts whom into which tiers of what, as which batch")]
    async fn put(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        standing: &Arc<Object>,
        scheme: Uuid,
        tiers: &[Tier],
        places: &[(Uuid, Option<usize>)],
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
        for (id, at) in places {
            let goes: Value = at.map(|at| tiers[at].id).into();
            let told: Value = at.map_or(Value::Null, |at| because(&tiers[at].condition));
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

    /// How long a record that the actor sees stood at each value of a select field, the newest first, as its history tells.
    #[boxed]
    pub async fn stays(&self, actor: &Actor, object: &str, id: Uuid, field: &str) -> Result<Vec<Stay>> {
        let record = self.read(actor, object, id).await?;
        let known = record.object.field(field).ok_or(Error::NotFound)?;
        if actor.rights.field(object, known) < crate::FieldRight::Read {
            return Err(Error::NotFound);
        }
        let rows = zhike_db::sql!("SELECT at, before, after FROM audit WHERE record_id = $1 ORDER BY seq", id);
        let mut stays: Vec<Stay> = Vec::new();
        for row in self.0.db.read().await?.rows(rows).await? {
            let side = |text: Option<String>| -> Option<serde_json::Value> {
                serde_json::from_str::<serde_json::Value>(&text?).ok()?.get(field).cloned()
            };
            let Some(after) = side(row.text(2)?) else { continue };
            let (at, value) = (row.must_int(0)?, after.as_str().map(str::to_owned));
            match stays.last_mut() {
                Some(last) if last.value == value => continue,
                Some(last) => last.to = Some(at),
                None => {}
            }
            stays.push(Stay { value, from: at, to: None });
        }
        let now = stored_json(record.value(field)).as_str().map(str::to_owned);
        if stays.last().is_none_or(|last| last.value != now) {
            // its history began before the audit did
            let from = record.value("created_at").as_int().unwrap_or_else(|| self.now());
            stays.push(Stay { value: now, from, to: None });
        }
        stays.retain(|stay| stay.value.is_some());
        stays.reverse();
        Ok(stays)
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

/// What is kept as the reason; none of the tier that takes all that are left.
fn because(condition: &str) -> Value {
    if condition.is_empty() {
        return Value::Null;
    }
    Value::Text(condition.chars().take(500).collect())
}

/// The live customers of whom a condition holds.
async fn of_whom(
    tx: &mut Tx,
    model: &Model,
    context: &Context<'_>,
    about: &Object,
    condition: &str,
    field: &'static str,
) -> Result<Vec<Uuid>> {
    let mut sql = Sql::new("SELECT t.id FROM ");
    sql.name(&about.name).push(" t WHERE t.deleted_at IS NULL");
    if !condition.trim().is_empty() {
        if let Err(error) = expr::parse_condition(model, &about.name, condition) {
            let (zh, en) = (&error.message.zh, &error.message.en);
            let message = text!("条件「{condition}」有误：{zh}", "The condition {condition} is wrong: {en}");
            return Err(Error::invalid(field, "invalid", message));
        }
        sql.push(" AND ").append(&context.condition(model, about, condition, "t", tx.dialect())?);
    }
    tx.rows(sql).await?.iter().map(|row| row.must_id(0)).collect()
}

/// The standings of some customers in a scheme.
async fn standings(
    tx: &mut Tx,
    model: &Model,
    standing: &Arc<Object>,
    scheme: Uuid,
    places: &[(Uuid, Option<usize>)],
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

/// A tier set by hand says since when, and what it was.
pub(crate) fn settle(object: &Object, before: Option<&Stored>, values: &mut [Value], now: i64) {
    if object.name != STANDING {
        return;
    }
    let (Some(tier), Some(previous), Some(since)) =
        (object.index_of("tier"), object.index_of("previous"), object.index_of("since"))
    else {
        return;
    };
    let was = before.map_or(Value::Null, |stored| stored.values[tier].clone());
    if values[tier] != was {
        values[previous] = was;
        values[since] = Value::Int(now);
    }
}

/// What is wrong with the conditions of a scheme or tier about to be saved.
pub(crate) fn check(model: &Model, object: &Object, values: &[Value], errors: &mut Vec<FieldError>) {
    let field = match object.name.as_str() {
        SCHEME => "eligible",
        TIER => "condition",
        _ => return,
    };
    let condition = object.index_of(field).and_then(|i| values[i].as_text()).unwrap_or_default();
    if condition.trim().is_empty() {
        return;
    }
    if let Err(error) = expr::parse_condition(model, ABOUT, condition) {
        let (zh, en, at) = (&error.message.zh, &error.message.en, error.at);
        let message = text!("第 {at} 个字处有误：{zh}", "Wrong at character {at}: {en}");
        errors.push(FieldError { field: field.to_owned(), code: "invalid", message });
    }
}
