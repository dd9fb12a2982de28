//! What went wrong, as RFC 9457 has it. A handler answers with the [`Problem`] alone; `boundary` renders it in the caller's
//! language.

use std::{any::Any, sync::Arc};

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value as Json, json};
use zhike_types::{Error, FieldError, Lang, Text};

/// What stands in the way of a write, as far as the caller sees it.
#[derive(Debug, Clone)]
pub enum Met {
    /// Records much like it, and whether to go on all the same.
    Alike(Json, bool),
    /// What it has become already, by object.
    Became(Json),
}

/// One failure, before it is put into words.
#[derive(Debug, Clone)]
pub struct Problem {
    pub status: StatusCode,
    pub detail: Text,
    pub errors: Vec<FieldError>,
    /// The version a record has now.
    pub current: Option<i64>,
    /// What stands in the way.
    pub met: Option<Box<Met>>,
    /// What takes approval, and where to ask.
    pub approval: Option<Box<(Json, Json)>>,
    /// For the log, never for the caller.
    pub cause: Option<Arc<String>>,
}

impl Problem {
    pub fn new(status: StatusCode, detail: Text) -> Self {
        Self { status, detail, errors: Vec::new(), current: None, met: None, approval: None, cause: None }
    }

    pub fn not_found() -> Self {
        Error::NotFound.into()
    }

    pub fn forbidden(zh: &'static str, en: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, Text::new(zh, en))
    }

    /// One message about one field or parameter.
    pub fn invalid(field: impl Into<String>, code: &'static str, message: Text) -> Self {
        Error::invalid(field, code, message).into()
    }

    /// Of an answer that says nothing but its status.
    pub fn bare(status: StatusCode) -> Self {
        let detail = match status {
            StatusCode::NOT_FOUND => Error::NotFound.message(),
            StatusCode::METHOD_NOT_ALLOWED => Text::new(
                "这个地址不支持这种方法；支持哪些见 Allow。",
                "This address does not take that method; see Allow for those it takes.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => Text::new("内容太大。", "The content is too large."),
            StatusCode::RANGE_NOT_SATISFIABLE => Text::new("文件没有这么长。", "The file is not that long."),
            status if status.is_client_error() => Text::new("请求有误。", "The request is wrong."),
            _ => Error::internal("").message(),
        };
        Self::new(status, detail)
    }

    /// The word that ends `type`, and the title.
    pub fn kind(&self) -> (&'static str, Text) {
        kind(self.status)
    }

    pub fn render(&self, lang: Lang, instance: Option<&str>) -> Json {
        let (word, title) = self.kind();
        let mut map = Map::new();
        map.insert("type".to_owned(), json!(format!("/api/docs#problem-{word}")));
        map.insert("title".to_owned(), json!(title.get(lang)));
        map.insert("status".to_owned(), json!(self.status.as_u16()));
        map.insert("detail".to_owned(), json!(self.detail.get(lang)));
        if let Some(instance) = instance {
            map.insert("instance".to_owned(), json!(instance));
        }
        if let Some(current) = self.current {
            map.insert("current".to_owned(), json!(current));
        }
        match self.met.as_deref() {
            Some(Met::Alike(matches, may_go_on)) => {
                map.insert("matches".to_owned(), matches.clone());
                map.insert("may_go_on".to_owned(), json!(may_go_on));
            }
            Some(Met::Became(became)) => {
                map.insert("became".to_owned(), became.clone());
            }
            None => {}
        }
        if let Some((zh, en)) = self.approval.as_deref() {
            map.insert("approval".to_owned(), if lang == Lang::Zh { zh.clone() } else { en.clone() });
        }
        if !self.errors.is_empty() {
            let errors: Vec<Json> = self
                .errors
                .iter()
                .map(|error| json!({ "field": error.field, "code": error.code, "message": error.message.get(lang) }))
                .collect();
            map.insert("errors".to_owned(), json!(errors));
        }
        Json::Object(map)
    }
}

/// Every kind of problem: its status, the word for it, the title, and when it comes.
pub const KINDS: [(u16, &str, &str, &str); 14] = [
    (400, "malformed", "看不懂的请求", "Malformed request"),
    (401, "unauthenticated", "需要登录", "Sign-in needed"),
    (403, "forbidden", "没有权限", "Not allowed"),
    (404, "not-found", "没有找到", "Not found"),
    (405, "method-not-allowed", "不支持的方法", "Method not allowed"),
    (409, "conflict", "有冲突", "Conflict"),
    (412, "stale", "已被别人修改", "Changed meanwhile"),
    (413, "too-large", "内容太大", "Too large"),
    (415, "unsupported-media-type", "不支持的内容类型", "Unsupported media type"),
    (416, "no-such-range", "文件没有这一段", "The file has no such part"),
    (422, "invalid", "内容有误", "Not acceptable as it is"),
    (429, "too-many", "请求太频繁", "Too many requests"),
    (503, "unavailable", "暂时不可用", "Not available for the moment"),
    (500, "internal", "系统出错", "Something went wrong"),
];

fn kind(status: StatusCode) -> (&'static str, Text) {
    let known = KINDS.iter().find(|(code, ..)| *code == status.as_u16());
    let fallback = if status.is_client_error() { &KINDS[0] } else { &KINDS[13] };
    let (_, word, zh, en) = known.unwrap_or(fallback);
    (word, Text::new(*zh, *en))
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::Unauthenticated => StatusCode::UNAUTHORIZED,
            Error::Forbidden(_) => StatusCode::FORBIDDEN,
            Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Stale { .. } => StatusCode::PRECONDITION_FAILED,
            Error::Conflict(_) | Error::Alike(..) | Error::NeedsApproval(..) => StatusCode::CONFLICT,
            Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut problem = Self::new(status, error.message());
        let met = |lang| super::approvals::met(&error, lang);
        problem.approval = met(Lang::Zh).zip(met(Lang::En)).map(Box::new);
        match error {
            Error::Invalid(errors) => problem.errors = errors,
            Error::Stale { current } => problem.current = Some(current),
            Error::Internal(cause) => problem.cause = Some(Arc::new(cause.to_string())),
            _ => {}
        }
        problem
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Error::internal(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A handler's bug must not close the connection.
#[expect(clippy::needless_pass_by_value, reason = "the signature that CatchPanicLayer asks for")]
pub fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let words =
        cause.downcast_ref::<&str>().map(|word| (*word).to_owned()).or_else(|| cause.downcast_ref::<String>().cloned());
    Problem::from(Error::internal(format!("panic: {}", words.unwrap_or_default()))).into_response()
}
