//! A request's JSON.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use zhike_types::{Text, text};

use super::problem::Problem;

/// A body of `application/json`, read strictly.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Text::new(
                    "内容要用 JSON 写，并注明 Content-Type: application/json。",
                    "Send JSON, and say Content-Type: application/json.",
                ),
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| Problem::bare(rejection.status()))?;
        let json: Json = serde_json::from_slice(&bytes).map_err(|error| {
            Problem::new(StatusCode::BAD_REQUEST, text!("不是正确的 JSON：{}", "This is not JSON: {}", error))
        })?;
        if holds_nul(&json) {
            let message = Text::new("文字里不能含有空字符。", "Texts may not hold the character NUL.");
            return Err(Problem::invalid("", "invalid", message));
        }
        let value = T::deserialize(json).map_err(|error| {
            Problem::invalid("", "invalid", text!("内容的结构不对：{}", "The content's structure is wrong: {}", error))
        })?;
        Ok(Self(value))
    }
}

/// `application/json` and what ends in `+json`, as RFC 6839 has it.
pub fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// PostgreSQL's texts cannot hold it, so SQLite's may not either.
fn holds_nul(json: &Json) -> bool {
    match json {
        Json::String(text) => text.contains('\0'),
        Json::Array(items) => items.iter().any(holds_nul),
        Json::Object(map) => map.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}
