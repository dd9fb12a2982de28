//! Duplicates reviewed: `…/scans` looks for them, `…/duplicates` is what the last scan found and nobody has settled, `…/duplicates/A/B`
//! explains a pair and takes what is decided about it, `…/decisions` lists that.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Json},
};
use serde::Deserialize;
use serde_json::{Value, json};
use zhike_records::{Band, Decision, Engine, Scan, ScanState, Waterfall};
use zhike_types::{Error, Lang, Text, Uuid};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    lists::known,
    matches::band,
    params::Params,
    path::{At, Id},
    problem::Problem,
};

pub async fn scan(State(engine): State<Engine>, caller: Caller, At(object): At<String>, params: Params) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let scan = engine.scan_start(&caller.actor, &object).await.map_err(in_path)?;
    let location = HeaderValue::try_from(format!("/api/v1/{object}/scans/{}", scan.id));
    let location = location.expect("an object's name and an id are ASCII");
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(scan_json(&engine, &scan, caller.actor.lang)))
        .into_response())
}

/// `latest`: the one that was asked for last.
pub async fn read_scan(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, id)): At<(String, String)>,
    params: Params,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let scan = match id.as_str() {
        "latest" => engine.scan_latest(&caller.actor, &object).await.map_err(in_path)?.ok_or(Error::NotFound)?,
        id if id.len() == 36 => {
            let id = Uuid::parse_str(id).map_err(|_| Problem::not_found())?;
            engine.scan_of(&caller.actor, &object, id).await.map_err(in_path)?
        }
        _ => return Err(Problem::not_found()),
    };
    Ok(Json(scan_json(&engine, &scan, caller.actor.lang)).into_response())
}

pub async fn list(State(engine): State<Engine>, caller: Caller, At(object): At<String>, mut params: Params) -> Answer {
    known(&engine, &object)?;
    let wanted = params.text("band");
    let after = params.text("after");
    let limit = params.number("limit", 1..=100).unwrap_or(50) as usize;
    params.finish()?;
    let wanted = match wanted.as_deref() {
        None => None,
        Some("same") => Some(Band::Same),
        Some("review") => Some(Band::Review),
        Some(_) => {
            let message = Text::new("要写 same 或 review。", "It must be same or review.");
            return Err(Problem::invalid("band", "invalid", message));
        }
    };
    let queue = engine.review_queue(&caller.actor, &object, wanted, after.as_deref(), limit).await.map_err(in_path)?;
    let lang = caller.actor.lang;
    let items = queue.items.iter().map(|item| {
        json!({
            "id": item.id,
            "band": band(item.band),
            "score": rounded(item.score),
            "records": item.records.iter().map(|record| engine.to_json(record)).collect::<Vec<_>>(),
            "hidden": item.hidden,
            "reasons": item.reasons.iter().map(|reason| reason.get(lang)).collect::<Vec<_>>(),
            "said_same": item.said_same,
        })
    });
    let data: Vec<Value> = items.collect();
    Ok(Json(json!({ "data": data, "next": queue.next })).into_response())
}

pub async fn explain(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(left), Id(right))): At<(String, Id, Id)>,
    params: Params,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    explained(&engine, &caller, &object, left, right).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    decision: Decision,
    reason: Option<String>,
}

/// What is decided about the pair. `open` takes it back.
pub async fn decide(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(left), Id(right))): At<(String, Id, Id)>,
    params: Params,
    Body(wish): Body<Wish>,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let reason = wish.reason.as_deref();
    engine.decide(&caller.actor, &object, left, right, wish.decision, reason).await.map_err(in_path)?;
    explained(&engine, &caller, &object, left, right).await
}

async fn explained(engine: &Engine, caller: &Caller, object: &str, left: Uuid, right: Uuid) -> Answer {
    let fall = engine.explain_pair(&caller.actor, object, left, right).await.map_err(in_path)?;
    Ok(Json(waterfall(engine, &fall, caller.actor.lang)).into_response())
}

pub async fn decisions(
    State(engine): State<Engine>,
    caller: Caller,
    At(object): At<String>,
    mut params: Params,
) -> Answer {
    known(&engine, &object)?;
    let before = params.number("before", 1..=i64::MAX);
    let limit = params.number("limit", 1..=200).unwrap_or(50) as usize;
    params.finish()?;
    let page = engine.decisions(&caller.actor, &object, before, limit).await.map_err(in_path)?;
    let pairs = page.pairs.iter().map(|made| {
        json!({
            "seq": made.seq,
            "left": engine.to_json(&made.left),
            "right": engine.to_json(&made.right),
            "decision": made.decision,
            "at": engine.instant_json(made.at),
            "by": made.by,
            "reason": made.reason,
        })
    });
    let data: Vec<Value> = pairs.collect();
    Ok(Json(json!({ "data": data, "next": page.next })).into_response())
}

/// The object stands in the path: one that is not compared has no duplicates there.
fn in_path(error: Error) -> Error {
    match error {
        Error::Invalid(errors) if errors.iter().any(|error| error.code == "unmatched") => Error::NotFound,
        error => error,
    }
}

/// Four digits behind the point are as exact as a model is.
fn rounded(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}

fn scan_json(engine: &Engine, scan: &Scan, lang: Lang) -> Value {
    let (state, done, total, error) = match &scan.state {
        ScanState::Waiting => ("waiting", 0, None, None),
        ScanState::Running { done, total } => ("running", *done, Some(*total), None),
        ScanState::Done => ("done", scan.records, Some(scan.records), None),
        ScanState::Failed { message } => ("failed", 0, None, Some(message.get(lang))),
    };
    json!({
        "id": scan.id,
        "object": scan.object,
        "state": state,
        "done": done,
        "total": total,
        "error": error,
        "started_at": engine.instant_json(scan.started_at),
        "ended_at": scan.ended_at.map(|at| engine.instant_json(at)),
        "by": scan.by,
        "records": scan.records,
        "groups": scan.groups,
        "same_pairs": scan.same_pairs,
        "review_pairs": scan.review_pairs,
    })
}

fn waterfall(engine: &Engine, fall: &Waterfall, lang: Lang) -> Value {
    let bits = |bits: f32| rounded(f64::from(bits));
    let lines = fall.lines.iter().map(|line| {
        json!({
            "label": line.label.get(lang),
            "left": line.left,
            "right": line.right,
            "level": line.level.get(lang),
            "bits": bits(line.bits),
        })
    });
    json!({
        "left": engine.to_json(&fall.left),
        "right": engine.to_json(&fall.right),
        "prior_bits": bits(fall.prior_bits),
        "lines": lines.collect::<Vec<_>>(),
        "held_bits": bits(fall.held_bits),
        "held": fall.held.as_ref().map(|held| held.get(lang)),
        "total_bits": bits(fall.total_bits),
        "probability": rounded(fall.probability),
        "band": band(fall.band),
        "decision": fall.decision,
    })
}
