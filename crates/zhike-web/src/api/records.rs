//! One record: make, read, change, delete, bring back.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Json, Response},
};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use zhike_records::{Engine, Input, Record};
use zhike_types::{Error, Text};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    condition,
    lists::known,
    matches, merges,
    params::Params,
    path::{At, Id},
    problem::Problem,
};

const REASON: HeaderName = HeaderName::from_static("x-reason");
/// Bytes of a reason as it is sent: some 200 Chinese characters.
const REASON_LIMIT: usize = 2000;

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
    input.reason = reason(&headers)?;
    input.duplicates = matches::policy(&headers, input.reason.as_deref())?;
    let made = engine.create(&caller.actor, &object, input).await;
    let record = made.map_err(|error| matches::problem(&engine, error, caller.actor.lang))?;
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
    let record = match engine.read(&caller.actor, &object, id).await {
        Err(Error::NotFound) => return merges::moved(&engine, &caller, &object, id).await,
        read => read?,
    };
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
    input.reason = reason(&headers)?;
    input.duplicates = matches::policy(&headers, input.reason.as_deref())?;
    let changed = engine.change(&caller.actor, &object, id, condition::if_match(&headers), input).await;
    let record = changed.map_err(|error| matches::problem(&engine, error, caller.actor.lang))?;
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
    engine.delete(&caller.actor, &object, id, condition::if_match(&headers), reason(&headers)?).await?;
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
pub fn whole(engine: &Engine, record: &Record) -> Response {
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
pub fn reason(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(REASON) else { return Ok(None) };
    let wrong = || {
        let message = Text::new(
            "要写百分号编码的 UTF-8，最多 500 字。",
            "It must be percent-encoded UTF-8 of 500 characters at most.",
        );
        Problem::invalid("X-Reason", "invalid", message)
    };
    let text = value.to_str().ok().filter(|text| is_percent_encoded(text)).ok_or_else(wrong)?;
    let reason = percent_decode_str(text).decode_utf8_lossy();
    if reason.contains('\0') || text.len() > REASON_LIMIT {
        return Err(wrong());
    }
    Ok(Some(reason.into_owned()).filter(|reason| !reason.trim().is_empty()))
}

/// Visible ASCII, and every `%` with its two digits.
fn is_percent_encoded(text: &str) -> bool {
    let mut rest = text.split('%');
    let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
    let encoded = |part: &str| part.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    rest.next();
    visible && rest.all(encoded)
}
