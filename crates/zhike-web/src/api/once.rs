//! `Idempotency-Key`: a request that comes again under its key acts once and gets the same answer.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest as _, Sha256};
use zhike_records::{Actor, Attempt, KeptAnswer};
use zhike_types::{Text, Uuid, text};

use super::{Answer, Api, JSON_LIMIT, caller::Caller, problem::Problem, records, upload};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// What makes a request another one, beside method, address and body.
const TOLD_APART: [HeaderName; 3] =
    [header::IF_MATCH, HeaderName::from_static("x-reason"), HeaderName::from_static("zhike-duplicates")];
/// What an answer is not complete without.
const KEPT: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

pub async fn once(State(api): State<Api>, caller: Caller, request: Request, next: Next) -> Response {
    let acts = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH | Method::DELETE);
    let Some(key) = request.headers().get(KEY).filter(|_| acts).cloned() else { return next.run(request).await };
    #[expect(
        clippy::disallowed_methods,
        reason = "awaited here; a caller that hangs up and tries again must find an answer kept"
    )]
    let task = tokio::spawn(async move { answer(&api, &caller, &key, request, next).await });
    match task.await {
        Ok(answered) => answered.unwrap_or_else(Problem::into_response),
        Err(error) => Problem::from(zhike_types::Error::internal(error)).into_response(),
    }
}

/// Marks an answer that holds a secret: it is given once and never kept.
#[derive(Clone)]
pub struct Secret;

async fn answer(api: &Api, caller: &Caller, key: &HeaderValue, request: Request, next: Next) -> Answer {
    let key = key
        .to_str()
        .ok()
        .filter(|key| (1..=200).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()))
        .ok_or_else(|| {
            let message = Text::new(
                "要写 1 到 200 个 ASCII 字符，不含空格。",
                "It must be 1 to 200 ASCII characters without blanks.",
            );
            Problem::invalid("Idempotency-Key", "invalid", message)
        })?;
    let multipart = media_type(request.headers()).starts_with("multipart/");
    let (mut parts, body) = request.into_parts();
    let mut digest = Sha256::new();
    digest.update(format!("{} {}\n", parts.method, parts.uri));
    for name in TOLD_APART {
        digest.update(parts.headers.get(name).map(HeaderValue::as_bytes).unwrap_or_default());
        digest.update(b"\n");
    }
    let body = if multipart {
        upload::spooled(&parts, body, &mut digest).await?
    } else {
        let bytes = to_bytes(body, JSON_LIMIT).await.map_err(|_| Problem::bare(StatusCode::PAYLOAD_TOO_LARGE))?;
        digest.update(&bytes);
        Body::from(bytes)
    };
    match api.engine.attempt(&caller.actor, key, &digest.finalize()).await? {
        Attempt::First(claim) => {
            let actor = Actor { once: Some(claim), ..caller.actor.clone() };
            parts.extensions.insert(Caller { actor, by: caller.by.clone() });
        }
        Attempt::Replay(kept) => return Ok(replay(kept)),
        Attempt::Running => {
            let text = Text::new("同一个请求正在处理，请稍候。", "The same request is being worked on; wait a moment.");
            return Err(Problem::new(StatusCode::CONFLICT, text));
        }
        Attempt::Acted { object, id } => return acted(api, caller, &parts, object, id).await,
        Attempt::Other => {
            let text = Text::new(
                "这个键已经用在另一个请求上，请换一个。",
                "This key was used for another request; take a new one.",
            );
            return Err(Problem::invalid("Idempotency-Key", "reused", text));
        }
    }
    let response = next.run(Request::from_parts(parts, body)).await;
    if !response.status().is_success() || response.extensions().get::<Secret>().is_some() {
        api.engine.forget_attempt(&caller.actor, key).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(zhike_types::Error::internal)?;
    let headers =
        KEPT.iter().filter_map(|name| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned())));
    let kept = KeptAnswer {
        status: parts.status.as_u16(),
        headers: headers.collect(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    };
    api.engine.keep_answer(&caller.actor, key, &kept).await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// The first request was carried out, and the server stopped before its answer was kept. A record that it made is the answer; of
/// anything else it can only be said that it was done.
async fn acted(api: &Api, caller: &Caller, parts: &Parts, object: String, id: Option<Uuid>) -> Answer {
    let creates = parts.method == Method::POST && parts.uri.path().trim_matches('/').ends_with(&object);
    if let Some(id) = id.filter(|_| creates)
        && let Ok(record) = api.engine.read(&caller.actor, &object, id).await
    {
        let mut response = records::created(&api.engine, &record);
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        return Ok(response);
    }
    let id = id.map(|id| format!("/{id}")).unwrap_or_default();
    let text = text!(
        "这个请求已经执行过（{object}{id}），但当时的回答没有留下来。请读取数据查看结果，不要再次提交。",
        "This request was carried out ({object}{id}), but its answer was lost. Read the data to see the result; do not send it again."
    );
    Err(Problem::new(StatusCode::CONFLICT, text))
}

fn replay(kept: KeptAnswer) -> Response {
    let mut response = Response::new(Body::from(Bytes::from(kept.body)));
    *response.status_mut() = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    for (name, value) in kept.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn media_type(headers: &HeaderMap) -> String {
    text_of(headers, &header::CONTENT_TYPE).to_ascii_lowercase()
}

fn text_of<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
