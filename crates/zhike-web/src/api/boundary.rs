//! The outermost layer: headers that no answer is without, and problems put into words and logged, once.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Api, problem::Problem};
use crate::session;

pub async fn boundary(State(api): State<Api>, request: Request, next: Next) -> Response {
    let lang = session::lang_of(request.headers());
    let method = request.method().clone();
    let mut response = next.run(request).await;
    let status = response.status();
    if method == Method::OPTIONS && status == StatusCode::METHOD_NOT_ALLOWED {
        return options(&response);
    }
    let failed = status.is_client_error() || status.is_server_error();
    if failed {
        let problem = response.extensions_mut().remove::<Problem>().unwrap_or_else(|| Problem::bare(status));
        let instance = log(&api, &problem);
        let body = problem.render(lang, instance.as_deref()).to_string();
        let mut headers = std::mem::take(response.headers_mut());
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
        if status == StatusCode::UNAUTHORIZED {
            headers.entry(header::WWW_AUTHENTICATE).or_insert(HeaderValue::from_static("Bearer realm=\"zhike\""));
        }
        response = (status, body).into_response();
        *response.headers_mut() = headers;
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// What a resource can do, without a body.
fn options(refused: &Response) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(allow) = refused.headers().get(header::ALLOW) {
        response.headers_mut().insert(header::ALLOW, allow.clone());
    }
    *response.body_mut() = Body::empty();
    response
}

/// Writes our own failures to the log; the incident's name leads the caller's report to it.
fn log(api: &Api, problem: &Problem) -> Option<String> {
    if !problem.status.is_server_error() {
        return None;
    }
    let incident = format!("urn:uuid:{}", api.engine.ids().next());
    let cause = problem.cause.as_deref().map_or(&*problem.detail.en, String::as_str);
    tracing::error!(%incident, status = problem.status.as_u16(), %cause, "an API request failed");
    Some(incident)
}
