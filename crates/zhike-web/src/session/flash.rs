//! A message for the next page, after a form's redirect: it travels in a cookie and is shown once.

use axum::{
    extract::Request,
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use serde::{Deserialize, Serialize};

use super::cookies::{cookie, set_cookie};

const NAME: &str = "zk-flash";

/// What the next page says in a toast.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    pub text: String,
    /// Posted to undo what was done.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub undo: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tone: String,
}

impl Flash {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: "green".into(), undo: String::new() }
    }

    #[must_use]
    pub fn undo(mut self, address: impl Into<String>) -> Self {
        self.undo = address.into();
        self
    }

    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let raw = cookie(headers, NAME)?;
        serde_json::from_str(&crate::link::decode(&raw)).ok()
    }

    /// After a form: to another page, which says it.
    pub fn redirect(self, to: &str) -> Response {
        let mut response = Redirect::to(to).into_response();
        let json = serde_json::to_string(&self).unwrap_or_default();
        set_cookie(response.headers_mut(), NAME, &crate::link::encode(&json), 60, true);
        response
    }
}

/// Ends the cookie once a page has shown its message.
pub async fn forget_flash(request: Request, next: Next) -> Response {
    let had = cookie(request.headers(), NAME).is_some_and(|value| !value.is_empty());
    let part = request.headers().contains_key("hx-request") && !request.headers().contains_key("hx-boosted");
    let mut response = next.run(request).await;
    let page = response.headers().get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if had && page && !part && !response.headers().contains_key("set-cookie") {
        set_cookie(response.headers_mut(), NAME, "", 0, true);
    }
    response
}
