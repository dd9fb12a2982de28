//! One record: make, read, change, delete, bring back.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Json, Response},
};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use zhike_records::{Engine, Input, Record};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    condition,
    lists::known,
    params::Params,
    path::{At, Id},
};

const REASON: HeaderName = HeaderName::from_static("x-reason");

pub async fn create(
    State(engine): State<Engine>,
    caller: Caller,
    At(object): At<String>,
    params: Params,
    headers: HeaderMap,
    Body(fields): Body<Map<String, Value>>,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let mut input = Input::from_json(fields);
    input.reason = reason(&headers);
    let record = engine.create(&caller.actor, &object, input).await?;
    Ok(created(&engine, &record))
}

pub async fn read(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
    headers: HeaderMap,
) -> Answer {
    params.finish()?;
    let record = engine.read(&caller.actor, &object, id).await?;
    if condition::has(&headers, record.version) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, condition::etag(record.version))]).into_response());
    }
    Ok(whole(&engine, &record))
}

pub async fn change(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
    headers: HeaderMap,
    Body(fields): Body<Map<String, Value>>,
) -> Answer {
    params.finish()?;
    let mut input = Input::from_json(fields);
    input.reason = reason(&headers);
    let record = engine.change(&caller.actor, &object, id, condition::if_match(&headers), input).await?;
    Ok(whole(&engine, &record))
}

pub async fn delete(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
    headers: HeaderMap,
) -> Answer {
    params.finish()?;
    engine.delete(&caller.actor, &object, id, condition::if_match(&headers), reason(&headers)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub async fn restore(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
) -> Answer {
    params.finish()?;
    let record = engine.restore(&caller.actor, &object, id).await?;
    Ok(whole(&engine, &record))
}

/// A record as it is now, with its version.
fn whole(engine: &Engine, record: &Record) -> Response {
    ([(header::ETAG, condition::etag(record.version))], Json(engine.to_json(record))).into_response()
}

/// A record that was not there before.
pub fn created(engine: &Engine, record: &Record) -> Response {
    let mut response = (StatusCode::CREATED, whole(engine, record)).into_response();
    let location = format!("/api/v1/{}/{}", record.object.name, record.id);
    let location = HeaderValue::try_from(location).expect("an object's name and an id are ASCII");
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// Why, for the audit: percent-encoded, because a header holds ASCII only.
fn reason(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(REASON)?.to_str().ok()?;
    let reason = percent_decode_str(text).decode_utf8_lossy().replace('\0', "");
    Some(reason.chars().take(500).collect()).filter(|reason: &String| !reason.trim().is_empty())
}
