//! Who asks: a token's user, or somebody signed in on a page.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use zhike_records::{Actor, Source};
use zhike_types::Error;

use super::{Api, problem::Problem};
use crate::{guard, session};

/// Somebody whom the engine knows.
#[derive(Clone)]
pub struct Caller {
    pub actor: Actor,
    pub by: By,
}

/// By what they are known.
#[derive(Clone)]
pub enum By {
    Token(String),
    Session(String),
}

impl Caller {
    /// Asks again whether the token or the session still holds; the session is not used by that.
    pub async fn again(&self, api: &Api) -> zhike_types::Result<Option<Self>> {
        let address = &self.actor.address;
        let found = match &self.by {
            By::Token(bearer) => api.engine.actor_of_token(bearer, address).await?,
            By::Session(secret) => api.engine.peek_session(secret, Source::Api, address).await?,
        };
        Ok(found.map(|actor| Self { actor: actor.with_lang(self.actor.lang), by: self.by.clone() }))
    }
}

/// Lets nobody unknown pass, and no other site's page change anything by a visitor's cookie.
pub async fn authenticate(State(api): State<Api>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match identify(&api, &parts).await {
        Ok(caller) => {
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(response) => response,
    }
}

async fn identify(api: &Api, parts: &Parts) -> Result<Caller, Response> {
    let refused = |error: Error| Problem::from(error).into_response();
    let lang = session::lang_of(&parts.headers);
    let address = session::address(parts, &api.app);
    let (found, by) = if let Some(bearer) = bearer(&parts.headers) {
        (api.engine.actor_of_token(&bearer, &address).await.map_err(refused)?, By::Token(bearer))
    } else {
        let name = session::session_cookie_name(api.app.https);
        let secret = session::cookie(&parts.headers, name).filter(|secret| !secret.is_empty());
        let secret = secret.ok_or_else(|| refused(Error::Unauthenticated))?;
        let found = if listens(&parts.headers) {
            api.engine.peek_session(&secret, Source::Api, &address).await
        } else {
            api.engine.actor_of_session(&secret, Source::Api, &address).await
        };
        let found = found.map_err(refused)?;
        let safe = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
        if found.is_some() && !safe && !guard::same_origin(&parts.headers) {
            return Err(Problem::forbidden(
                "这个请求不是从本系统的页面发出的，没有执行。程序请改用访问令牌。",
                "This did not come from a page of this system and was not done. Programs use a token.",
            )
            .into_response());
        }
        (found, By::Session(secret))
    };
    let Some(actor) = found else {
        let mut response = refused(Error::Unauthenticated);
        let wrong = HeaderValue::from_static("Bearer realm=\"zhike\", error=\"invalid_token\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, wrong);
        return Err(response);
    };
    Ok(Caller { actor: actor.with_lang(lang), by })
}

/// A page's stream of events comes back by itself for as long as the page is open: that keeps no session alive.
fn listens(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accepted| accepted == "text/event-stream")
}

/// The token of `Authorization: Bearer …` (RFC 6750). Another scheme is a wrong token, not the absence of one.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    Some(if scheme.eq_ignore_ascii_case("bearer") { token.trim().to_owned() } else { String::new() })
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Error::Unauthenticated.into())
    }
}
