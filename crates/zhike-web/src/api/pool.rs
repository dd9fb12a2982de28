//! 公海: public pools, and how records go from hand to hand through them.

use axum::{
    extract::State,
    response::{IntoResponse as _, Json},
};
use serde::Deserialize;
use serde_json::{Value, json};
use zhike_records::{BulkOutcome, Engine, ListQuery, PoolInfo, Return, Selection};
use zhike_types::{Lang, Uuid};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    lists::{self, known},
    params::Params,
    path::{At, Id},
    problem::Problem,
    records,
};

pub async fn claim(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    Ok(records::whole(&engine, &engine.claim(&caller.actor, &object, id).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Back {
    pool: Option<Uuid>,
    reason: String,
    #[serde(default)]
    note: String,
}

impl Back {
    fn wish(self) -> Return {
        Return { pool: self.pool, reason: self.reason, note: self.note }
    }
}

pub async fn give_back(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
    Body(back): Body<Back>,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    Ok(records::whole(&engine, &engine.give_back(&caller.actor, &object, id, &back.wish()).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    owner: Uuid,
    #[serde(default)]
    reason: String,
}

pub async fn assign(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
    Body(wish): Body<Assignment>,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let record = engine.assign(&caller.actor, &object, id, wish.owner, &wish.reason).await?;
    Ok(records::whole(&engine, &record))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignments {
    selection: Selection,
    owners: Vec<Uuid>,
    #[serde(default)]
    reason: String,
}

/// Many records to several people in turn.
pub async fn assign_many(
    State(engine): State<Engine>,
    caller: Caller,
    At(object): At<String>,
    params: Params,
    Body(wish): Body<Assignments>,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let outcome = engine.assign_many(&caller.actor, &object, &wish.selection, &wish.owners, &wish.reason).await?;
    Ok(told(&outcome, caller.actor.lang))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleAssignments {
    selection: Selection,
    /// Only tells.
    #[serde(default)]
    dry_run: bool,
}

/// Many records to whom the rules say.
pub async fn assign_by_rules(
    State(engine): State<Engine>,
    caller: Caller,
    At(object): At<String>,
    params: Params,
    Body(wish): Body<RuleAssignments>,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let done = engine.assign_by_rules(&caller.actor, &object, &wish.selection, wish.dry_run).await?;
    let given = done.given.iter().map(|one| {
        json!({ "id": one.record, "title": one.title, "owner": one.user, "owner_name": one.user_name, "rule": one.rule })
    });
    let left = done.left.iter().map(|(id, title)| json!({ "id": id, "title": title }));
    Ok(Json(json!({
        "given": given.collect::<Vec<Value>>(),
        "left": left.collect::<Vec<Value>>(),
        "refused": done.refused,
    }))
    .into_response())
}

/// The same for what lies in a pool.
pub async fn assign_from(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(pool)): At<Id>,
    params: Params,
    Body(wish): Body<Assignments>,
) -> Answer {
    params.finish()?;
    let outcome = engine.assign_from_pool(&caller.actor, pool, &wish.selection, &wish.owners, &wish.reason).await?;
    Ok(told(&outcome, caller.actor.lang))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returns {
    selection: Selection,
    pool: Option<Uuid>,
    reason: String,
    #[serde(default)]
    note: String,
}

pub async fn give_back_many(
    State(engine): State<Engine>,
    caller: Caller,
    At(object): At<String>,
    params: Params,
    Body(wish): Body<Returns>,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let back = Return { pool: wish.pool, reason: wish.reason, note: wish.note };
    let outcome = engine.give_back_many(&caller.actor, &object, &wish.selection, &back).await?;
    Ok(told(&outcome, caller.actor.lang))
}

fn told(outcome: &BulkOutcome, lang: Lang) -> axum::response::Response {
    let failed: Vec<Value> = outcome
        .failed
        .iter()
        .map(|(id, title, why)| json!({ "id": id, "title": title, "message": why.get(lang) }))
        .collect();
    Json(json!({ "done": outcome.done, "failed": failed })).into_response()
}

pub async fn list(State(engine): State<Engine>, caller: Caller, params: Params) -> Answer {
    params.finish()?;
    let pools = engine.pools(&caller.actor).await?;
    let data: Vec<Value> = pools.iter().map(|info| summary(&engine, info)).collect();
    Ok(Json(json!({ "data": data })).into_response())
}

fn summary(engine: &Engine, info: &PoolInfo) -> Value {
    let pool = &info.pool;
    let shown: Vec<&String> = {
        let model = engine.model();
        let title = model.object(&pool.object).map(|object| object.title.clone());
        pool.fields.iter().filter(|name| Some(*name) != title.as_ref()).collect()
    };
    json!({
        "id": pool.id,
        "name": pool.name,
        "object": pool.object,
        "active": pool.active,
        "manager": info.manager,
        "records": info.records,
        "fields": shown,
        "reasons": pool.reasons,
        "claimed_today": info.claimed,
        "held": info.held,
        "seen_today": info.seen,
        "claims_left": info.claims_left,
        "holds_left": info.holds_left,
        "views_left": info.views_left,
    })
}

pub async fn read(State(engine): State<Engine>, caller: Caller, At(Id(pool)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    let pools = engine.pools(&caller.actor).await?;
    let info = pools.iter().find(|info| info.pool.id == pool).ok_or_else(Problem::not_found)?;
    Ok(Json(summary(&engine, info)).into_response())
}

/// What lies in a pool, as far as the pool shows it.
pub async fn records(State(engine): State<Engine>, caller: Caller, At(Id(pool)): At<Id>, mut params: Params) -> Answer {
    let query = lists::query(&mut params);
    params.finish()?;
    let view = engine.pool_view(&caller.actor, pool).await?;
    let query = ListQuery { object: view.pool.object.clone(), ..query };
    let shown = engine.pool_list(&view, &query).await?;
    Ok(lists::page(&engine, &shown.page))
}

pub async fn record(
    State(engine): State<Engine>,
    caller: Caller,
    At((Id(pool), Id(id))): At<(Id, Id)>,
    params: Params,
) -> Answer {
    params.finish()?;
    let view = engine.pool_view(&caller.actor, pool).await?;
    Ok(records::whole(&engine, &engine.pool_read(&view, id).await?))
}

pub async fn count(State(engine): State<Engine>, caller: Caller, At(Id(pool)): At<Id>, mut params: Params) -> Answer {
    let filter = params.text("filter").unwrap_or_default();
    params.finish()?;
    let view = engine.pool_view(&caller.actor, pool).await?;
    let count = engine.count(&view.actor, &view.pool.object, &filter, false).await?;
    Ok(Json(json!({ "count": count })).into_response())
}

/// The latest moves of a pool, for its managers.
pub async fn moves(State(engine): State<Engine>, caller: Caller, At(Id(pool)): At<Id>, mut params: Params) -> Answer {
    let limit = params.number("limit", 1..=500).unwrap_or(50);
    params.finish()?;
    let moves = engine.pool_moves(&caller.actor, pool, limit).await?;
    let data: Vec<Value> = moves
        .iter()
        .map(|one| {
            json!({
                "at": engine.instant_json(one.at), "kind": one.kind.key(), "record_id": one.record,
                "user": one.user, "by": one.by, "reason": one.reason,
            })
        })
        .collect();
    Ok(Json(json!({ "data": data })).into_response())
}
