//! 防撞客: what is there already. `POST …/matches` asks before anything is written, `GET …/existence` only whose it is; a write that
//! meets a record much like its own is answered with it, and may be sent again with `Zhike-Duplicates: allow`.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse as _, Json, Response},
};
use serde_json::{Map, Value, json};
use zhike_records::{Alike, Alikes, Band, Engine, Input, OnAlike, Relation};
use zhike_types::{Error, Lang, Text};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    lists::known,
    params::Params,
    path::At,
    problem::{Met, Problem},
};

const DUPLICATES: HeaderName = HeaderName::from_static("zhike-duplicates");

pub async fn find(
    State(engine): State<Engine>,
    caller: Caller,
    At(object): At<String>,
    mut params: Params,
    Body(fields): Body<Map<String, Value>>,
) -> Answer {
    known(&engine, &object)?;
    let except = params.id("except");
    params.finish()?;
    let found = match engine.matches(&caller.actor, &object, &Input::from_json(fields), except).await {
        Err(error @ Error::TooMany(_)) => return Ok(until_tomorrow(&engine, error)),
        found => found?,
    };
    Ok(Json(json!({ "data": list(&engine, &found, caller.actor.lang) })).into_response())
}

pub async fn existence(
    State(engine): State<Engine>,
    caller: Caller,
    At(object): At<String>,
    mut params: Params,
) -> Answer {
    known(&engine, &object)?;
    let question = params.needed("q");
    params.finish()?;
    let answer = match engine.exists_check(&caller.actor, &object, &question).await {
        Err(error @ Error::TooMany(_)) => return Ok(until_tomorrow(&engine, error)),
        answer => answer?,
    };
    let holders = answer.holders.iter();
    let holders: Vec<Value> = holders
        .map(|holder| json!({ "owner": holder.owner, "department": holder.department, "mine": holder.mine }))
        .collect();
    Ok(Json(json!({ "exists": !holders.is_empty(), "holders": holders, "left": answer.left })).into_response())
}

/// A day's limit is reached: when to ask again.
fn until_tomorrow(engine: &Engine, error: Error) -> Response {
    let mut response = Problem::from(error).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(engine.seconds_to_tomorrow()));
    response
}

/// What the caller wants done with a record that is there already.
pub fn policy(headers: &HeaderMap, reason: Option<&str>) -> Result<OnAlike, Problem> {
    match headers.get(DUPLICATES).map(HeaderValue::as_bytes) {
        None | Some(b"ask") => Ok(OnAlike::Ask),
        Some(b"allow") => Ok(OnAlike::Allow { reason: reason.unwrap_or_default().to_owned() }),
        Some(_) => {
            let message = Text::new("要写 ask 或 allow。", "It must be ask or allow.");
            Err(Problem::invalid("Zhike-Duplicates", "invalid", message))
        }
    }
}

/// A write that failed; the records that it met stand in the problem.
pub fn problem(engine: &Engine, error: Error, lang: Lang) -> Problem {
    let found = Alikes::of(&error).map(|found| Met::Alike(list(engine, &found.matches, lang), found.may_go_on));
    Problem { met: found.map(Box::new), ..error.into() }
}

fn list(engine: &Engine, found: &[Alike], lang: Lang) -> Value {
    let one = |alike: &Alike| {
        json!({
            "object": alike.object,
            "band": band(alike.band),
            "probability": alike.probability.map(|probability| (probability * 10_000.0).round() / 10_000.0),
            "visible": alike.record.is_some(),
            "record": alike.record.as_ref().map(|record| engine.to_json(record)),
            "owner": alike.owner,
            "department": alike.department,
            "reasons": alike.reasons.iter().map(|reason| reason.get(lang)).collect::<Vec<_>>(),
        })
    };
    Value::Array(found.iter().map(one).collect())
}

pub fn band(band: Band) -> &'static str {
    match band {
        Band::Same => "same",
        Band::Review => "review",
        Band::Related(Relation::Branch) => "branch",
        Band::Related(Relation::Branches) => "branches",
        Band::None => "none",
    }
}
