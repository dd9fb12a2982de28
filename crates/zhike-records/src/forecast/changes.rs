//! What became of the forecast since a day: deals added, won, lost, moved, raised, lowered. Where a deal stood then is what stands there
//! now with the audit's changes taken back, the latest first.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Map, Value as Json};
use zhike_db::{Sql, Tx, sql};
use zhike_model::{Model, Object};
use zhike_types::{Currency, Result, Uuid, Value};

use super::{
    ForecastQuery, OBJECT, Open,
    read::{Scope, offered},
    rules::{Stand, State, became},
};
use crate::{
    Actor, Engine,
    access::{self, Need},
    columns::from_stored_json,
};

/// What became of a deal, as a forecast sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Added,
    MovedIn,
    Raised,
    Lowered,
    MovedOut,
    Won,
    Lost,
    Removed,
}

/// What changed: `start` and all changes are `now`.
#[derive(Debug, Clone)]
pub struct ForecastChanges {
    pub currency: Currency,
    /// Ms since 1970.
    pub since: i64,
    pub start: i64,
    pub now: i64,
    /// By kind: how many deals, and by how much the sum changed.
    pub kinds: BTreeMap<ChangeKind, (i64, i64)>,
    /// The largest changes first, a hundred at most.
    pub deals: Vec<ChangedDeal>,
}

#[derive(Debug, Clone)]
pub struct ChangedDeal {
    pub id: Uuid,
    pub name: String,
    pub owner: Option<String>,
    pub kind: ChangeKind,
    pub by: i64,
    /// The day it is expected now.
    pub close: Option<i64>,
}

/// So many are named.
const NAMED: usize = 100;

/// A deal as the database has it.
#[derive(Debug, Clone)]
struct Deal {
    id: Uuid,
    name: String,
    owner: Option<Uuid>,
    created_at: i64,
    deleted: bool,
    stage: Option<Uuid>,
    close: Option<i64>,
    amount: Option<(i64, Currency)>,
}

pub(super) async fn changes(
    engine: &Engine,
    actor: &Actor,
    query: &ForecastQuery,
    since: i64,
) -> Result<ForecastChanges> {
    let model = engine.model();
    let object = offered(&model, actor)?;
    let periods = query.periods()?;
    let days = (periods[0].days().0, periods[periods.len() - 1].days().1);
    let mut tx = engine.db().read().await?;
    let scope = Scope::of(&mut tx, actor, object, query.department).await?;
    let currency = query.currency.unwrap_or_default();
    let stands = stands(&mut tx).await?;
    let touched = touched(&mut tx, &model, actor, object, since).await?;
    let mut past = past(&mut tx, &model, actor, object, since).await?;
    let now = now(&mut tx, &model, actor, object, &scope, days, currency).await?;
    drop(tx);

    let state = |deal: &Deal| -> Option<State> {
        let (amount, own) = deal.amount?;
        (own == currency && !deal.deleted).then(|| State {
            stand: deal.stage.and_then(|stage| stands.get(&stage).copied()).unwrap_or(Stand::Open),
            close: deal.close,
            amount,
        })
    };
    let mut kinds: BTreeMap<ChangeKind, (i64, i64)> = BTreeMap::new();
    let mut deals = Vec::new();
    for deal in touched {
        let mut before = deal.clone();
        for audited in past.remove(&deal.id).unwrap_or_default() {
            take_back(object, &mut before, &audited);
        }
        let was = (deal.created_at < since).then(|| state(&before)).flatten();
        // what somebody else had then was not in this forecast, and what they have now is not
        let (was, is) = (was.filter(|_| scope.holds(before.owner)), state(&deal).filter(|_| scope.holds(deal.owner)));
        let Some((kind, by)) = became(was, is, days) else { continue };
        let sum = kinds.entry(kind).or_default();
        *sum = (sum.0 + 1, sum.1.saturating_add(by));
        let owner = deal.owner.and_then(|owner| scope.people.users.get(&owner)).map(|user| user.name.clone());
        deals.push(ChangedDeal { id: deal.id, name: deal.name, owner, kind, by, close: deal.close });
    }
    deals.sort_by_key(|deal| (std::cmp::Reverse(deal.by.saturating_abs()), deal.id));
    deals.truncate(NAMED);
    let moved = kinds.values().fold(0_i64, |sum, (_, by)| sum.saturating_add(*by));
    Ok(ForecastChanges { currency, since, start: now.amount.saturating_sub(moved), now: now.amount, kinds, deals })
}

/// What each stage means.
async fn stands(tx: &mut Tx) -> Result<HashMap<Uuid, Stand>> {
    let mut stands = HashMap::new();
    for row in tx.rows(Sql::new("SELECT id, kind FROM pipeline_stage")).await? {
        let stand = match row.text(1)?.as_deref() {
            Some("won") => Stand::Won,
            Some("lost") => Stand::Lost,
            _ => Stand::Open,
        };
        stands.insert(row.must_id(0)?, stand);
    }
    Ok(stands)
}

/// Deals that were written since.
async fn touched(tx: &mut Tx, model: &Model, actor: &Actor, object: &Object, since: i64) -> Result<Vec<Deal>> {
    let mut sql = Sql::new(
        "SELECT t.id, t.name, t.owner_id, t.created_at, t.deleted_at, t.stage_id, t.expected_close, t.amount, t.amount_currency \
         FROM opportunity t WHERE t.updated_at >= ",
    );
    sql.bind(since).push(" AND ");
    access::predicate(model, object, actor, Need::Read, "t", &mut sql);
    let mut deals = Vec::new();
    for row in tx.rows(sql).await? {
        let currency = row.text(8)?.and_then(|code| Currency::parse(&code)).unwrap_or_default();
        deals.push(Deal {
            id: row.must_id(0)?,
            name: row.text(1)?.unwrap_or_default(),
            owner: row.id(2)?,
            created_at: row.must_int(3)?,
            deleted: row.int(4)?.is_some(),
            stage: row.id(5)?,
            close: row.int(6)?,
            amount: row.int(7)?.map(|amount| (amount, currency)),
        });
    }
    Ok(deals)
}

/// What they were before each change, the latest change first.
async fn past(
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Object,
    since: i64,
) -> Result<HashMap<Uuid, Vec<Map<String, Json>>>> {
    let mut sql = Sql::new(
        "SELECT a.record_id, a.before, a.action FROM opportunity t JOIN audit a ON a.record_id = t.id WHERE t.updated_at >= ",
    );
    sql.bind(since).push(" AND a.at >= ").bind(since).push(" AND a.object = ").bind(OBJECT).push(" AND ");
    access::predicate(model, object, actor, Need::Read, "t", &mut sql);
    sql.push(" ORDER BY a.seq DESC");
    let mut past: HashMap<Uuid, Vec<Map<String, Json>>> = HashMap::new();
    for row in tx.rows(sql).await? {
        let before = row.text(1)?.and_then(|text| serde_json::from_str::<Map<String, Json>>(&text).ok());
        let mut before = before.unwrap_or_default();
        match row.text(2)?.as_deref() {
            // the columns say since when; what counts is whether it was there
            Some("delete") => {
                before.insert("deleted_at".to_owned(), Json::Null);
            }
            Some("restore") => {
                before.insert("deleted_at".to_owned(), Json::Bool(true));
            }
            _ => {}
        }
        past.entry(row.must_id(0)?).or_default().push(before);
    }
    Ok(past)
}

/// One change taken back.
fn take_back(object: &Object, deal: &mut Deal, before: &Map<String, Json>) {
    let value = |name: &str| {
        let field = object.field(name)?;
        before.get(name).map(|json| from_stored_json(field, json))
    };
    if let Some(value) = value("amount") {
        deal.amount = match value {
            Value::Money(money) => Some((money.minor, money.currency)),
            _ => None,
        };
    }
    if let Some(value) = value("expected_close") {
        deal.close = value.as_int();
    }
    if let Some(value) = value("stage") {
        deal.stage = value.as_id();
    }
    if let Some(value) = value("owner") {
        deal.owner = value.as_id();
    }
    if let Some(deleted) = before.get("deleted_at") {
        deal.deleted = !deleted.is_null();
    }
}

/// What is open in those days.
async fn now(
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Object,
    scope: &Scope,
    days: (i64, i64),
    currency: Currency,
) -> Result<Open> {
    let mut sql = sql!(
        "SELECT t.owner_id, COUNT(*), CAST(COALESCE(SUM(t.amount), 0) AS BIGINT) FROM opportunity t \
         WHERE t.deleted_at IS NULL AND t.result = 'open' AND t.expected_close >= $1 AND t.expected_close < $2 \
         AND t.amount IS NOT NULL AND COALESCE(t.amount_currency, 'CNY') = $3 AND ",
        days.0,
        days.1,
        currency.code()
    );
    access::predicate(model, object, actor, Need::Read, "t", &mut sql);
    scope.narrow(&mut sql);
    sql.push(" GROUP BY t.owner_id");
    let mut open = Open::default();
    for row in tx.rows(sql).await? {
        if scope.holds(row.id(0)?) {
            open.add(Open { deals: row.must_int(1)?, amount: row.must_int(2)?, weighted: 0 });
        }
    }
    Ok(open)
}
