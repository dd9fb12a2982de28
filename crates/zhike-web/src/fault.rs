//! What went wrong, as a page. A handler answers with the error alone; on the way out it is rendered in the visitor's
//! language, for a person or for a script, and an internal one is logged, here and nowhere else.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use serde_json::json;
use zhike_types::{Error, Lang};

use crate::{
    App,
    session::Prefs,
    ui,
    words::{Say, t},
};

/// An error on its way to [`render`].
#[derive(Debug, Clone)]
pub struct Fault(Arc<Error>);

pub type Answer = Result<Response, Fault>;

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self(Arc::new(error))
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        Error::internal(error).into()
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Error::internal(error).into()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = status(&self.0).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

pub fn status(error: &Error) -> StatusCode {
    match error {
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Unauthenticated => StatusCode::UNAUTHORIZED,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Stale { .. } | Error::Conflict(_) | Error::Alike(..) | Error::NeedsApproval(..) => StatusCode::CONFLICT,
        Error::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[derive(Template)]
#[template(path = "fault.html")]
pub(crate) struct FaultPage {
    pub prefs: Prefs,
    pub code: u16,
    pub title: String,
    pub text: String,
    pub incident: Option<String>,
}

/// Renders the fault of an answer that carries one; an answer without a body (a wrong method, an unknown asset) too.
pub async fn render(State(app): State<App>, request: Request, next: Next) -> Response {
    let prefs = Prefs::of(request.headers());
    let scripted = request.headers().contains_key("hx-request");
    let response = next.run(request).await;
    let Some(Fault(error)) = response.extensions().get::<Fault>().cloned() else {
        return if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            page(prefs, StatusCode::METHOD_NOT_ALLOWED, &Error::NotFound, None)
        } else {
            response
        };
    };
    let incident = log(&app, &error);
    let status = status(&error);
    let later = response.headers().get(header::RETRY_AFTER).cloned();
    let mut response =
        if scripted { problem(prefs.lang, status, &error) } else { page(prefs, status, &error, incident) };
    if let Some(seconds) = later {
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// Writes an internal error to the log; the number that the user reads leads to it.
fn log(app: &App, error: &Error) -> Option<String> {
    let Error::Internal(cause) = error else { return None };
    let id = app.engine.ids().next().simple().to_string();
    let incident = id[24..].to_owned();
    tracing::error!(%incident, %cause, "a page failed");
    Some(incident)
}

/// For a script: the words of its toast. 409 and 422 are forms that it would swap in, so this says 400.
fn problem(lang: Lang, status: StatusCode, error: &Error) -> Response {
    let status = if matches!(status.as_u16(), 409 | 422) { StatusCode::BAD_REQUEST } else { status };
    let body = json!({"type": "about:blank", "title": title(lang, status), "status": status.as_u16(), "detail": error.message().get(lang)});
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

fn page(prefs: Prefs, status: StatusCode, error: &Error, incident: Option<String>) -> Response {
    let title = title(prefs.lang, status).to_owned();
    let text = error.message().get(prefs.lang).to_owned();
    let html = FaultPage { prefs, code: status.as_u16(), title, text, incident }.render().unwrap_or_default();
    (status, Html(html)).into_response()
}

fn title(lang: Lang, status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 | 422 => lang.t("内容需要修改", "Something needs changing"),
        401 => lang.t("请先登录", "Please sign in"),
        403 => lang.t("没有权限", "You may not do this"),
        404 => lang.t("找不到这个页面", "This page is not here"),
        405 => lang.t("不能这样打开", "It cannot be opened like this"),
        409 => lang.t("与现有数据冲突", "It conflicts with what is there"),
        413 => lang.t("文件太大", "The file is too large"),
        429 => lang.t("操作太频繁", "Too many requests"),
        503 => lang.t("暂时不可用", "Not available for the moment"),
        _ => lang.t("系统出错了", "Something went wrong"),
    }
}

impl FaultPage {
    /// What to do next.
    fn advice(&self) -> String {
        let lang = self.prefs.lang;
        match self.code {
            403 => t!(
                lang,
                "如果工作需要，请联系系统管理员开通权限。",
                "If you need it for your work, ask your administrator."
            ),
            404 => t!(
                lang,
                "可能已被删除，或者不在您的数据范围内。可以在搜索里找一找，或到回收站看看。",
                "It may have been deleted, or lie outside your data scope. Try the search, or look into the recycle bin."
            ),
            405 => t!(lang, "请从页面上的按钮或链接进入。", "Please use the buttons and links of the pages."),
            409 => t!(lang, "请返回上一页，刷新后再试。", "Go back, reload the page and try again."),
            500 => t!(
                lang,
                "返回上一页再试一次；如果还是不行，把上面的编号告诉管理员。",
                "Go back and try again; if it fails again, tell your administrator the number above."
            ),
            _ => t!(lang, "返回上一页再试一次。", "Go back and try again."),
        }
    }
}
