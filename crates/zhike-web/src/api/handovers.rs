//! Hand-overs: what would go where, doing it, taking it back.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Json},
};
use serde_json::{Value, json};
use zhike_records::{Engine, Handover, HandoverInput};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    params::Params,
    path::{At, Id},
};

pub async fn plan(
    State(engine): State<Engine>,
    caller: Caller,
    params: Params,
    Body(input): Body<HandoverInput>,
) -> Answer {
    params.finish()?;
    Ok(Json(engine.handover_plan(&caller.actor, &input).await?).into_response())
}

pub async fn create(
    State(engine): State<Engine>,
    caller: Caller,
    params: Params,
    Body(input): Body<HandoverInput>,
) -> Answer {
    params.finish()?;
    let made = engine.hand_over(&caller.actor, &input).await?;
    let location = format!("/api/v1/handovers/{}", made.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(told(&engine, &made))).into_response())
}

pub async fn list(State(engine): State<Engine>, caller: Caller, mut params: Params) -> Answer {
    let before = params.number("before", 1..=i64::MAX);
    let limit = params.number("limit", 1..=200).unwrap_or(50) as usize;
    params.finish()?;
    let page = engine.handovers(&caller.actor, before, limit).await?;
    let data: Vec<Value> = page.handovers.iter().map(|made| told(&engine, made)).collect();
    Ok(Json(json!({ "data": data, "next": page.next })).into_response())
}

pub async fn read(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    Ok(Json(told(&engine, &engine.handover(&caller.actor, id).await?)).into_response())
}

pub async fn undo(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    Ok(Json(told(&engine, &engine.undo_handover(&caller.actor, id).await?)).into_response())
}

fn told(engine: &Engine, made: &Handover) -> Value {
    json!({
        "id": made.id,
        "seq": made.seq,
        "at": engine.instant_json(made.at),
        "actor": made.actor,
        "actor_id": made.actor_id,
        "from": made.from,
        "reason": made.reason,
        "lines": made.lines,
        "undone": made.undone.as_ref().map(|undone| {
            json!({
                "at": engine.instant_json(undone.at),
                "actor": undone.actor,
                "actor_id": undone.actor_id,
                "kept": undone.kept,
            })
        }),
    })
}
