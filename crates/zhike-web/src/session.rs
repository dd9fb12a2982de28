//! Who asks, in what language, with what look.

mod cookies;
mod flash;
mod prefs;

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use std::{net::SocketAddr, sync::Arc};
use zhike_model::Object;
use zhike_records::{Actor, Source};
use zhike_types::{Error, Lang};

pub use cookies::{cookie, end_session, session_cookie_name, set_cookie, set_session};
pub use flash::{Flash, forget_flash};
pub use prefs::{Prefs, lang_of};

use crate::{App, fault::Fault};

/// Somebody who may or may not be signed in: the sign-in page, errors.
#[derive(Clone)]
pub struct Visitor {
    pub prefs: Prefs,
    pub address: String,
    pub agent: String,
}

/// Somebody signed in, and how they ask. Who is not is sent to the sign-in page and back.
#[derive(Clone)]
pub struct Signed {
    pub app: App,
    pub actor: Actor,
    pub prefs: Prefs,
    pub flash: Option<Flash>,
    /// The session's secret, from the cookie.
    pub secret: String,
    pub asked: Asked,
    /// Path and query of the address asked for.
    pub here: String,
}

/// What part of a page is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The whole page.
    Page,
    /// By htmx: the whole page will do, it takes its part.
    Part,
    /// A `.sheet`, for a dialog or a drawer.
    Sheet,
}

impl Signed {
    pub fn lang(&self) -> Lang {
        self.prefs.lang
    }

    pub fn sheet(&self) -> bool {
        self.asked == Asked::Sheet
    }

    /// The object of that name, if the actor may use it at all.
    pub fn object(&self, name: &str) -> Result<Arc<Object>, Fault> {
        let model = self.app.engine.model();
        let object = model.object(name).ok_or(Error::NotFound)?;
        if !self.app.engine.may(&self.actor, name).read {
            return Err(Error::NotFound.into());
        }
        Ok(object.clone())
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        Ok(Self {
            prefs: Prefs::of(&parts.headers),
            address: address(parts, app),
            agent: header(&parts.headers, "user-agent"),
        })
    }
}

impl FromRequestParts<App> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let here = parts.uri.path_and_query().map_or("/", |it| it.as_str()).to_owned();
        let asked = asked(&parts.headers);
        let secret = cookie(&parts.headers, session_cookie_name(app.https)).unwrap_or_default();
        let address = address(parts, app);
        let found = if secret.is_empty() {
            Ok(None)
        } else if live(&parts.headers) {
            app.engine.peek_session(&secret, Source::Page, &address).await
        } else {
            app.engine.actor_of_session(&secret, Source::Page, &address).await
        };
        let found = found.map_err(|error| Fault::from(error).into_response())?;
        let Some(actor) = found else { return Err(to_sign_in(&here, asked)) };
        let prefs = Prefs::of(&parts.headers);
        let actor = actor.with_lang(prefs.lang);
        Ok(Self { app: app.clone(), actor, prefs, flash: Flash::of(&parts.headers), secret, asked, here })
    }
}

fn to_sign_in(here: &str, asked: Asked) -> Response {
    let target = format!("/signin?next={}", crate::link::encode(here));
    match asked {
        Asked::Page => Redirect::to(&target).into_response(),
        // The page's script goes to the sign-in page, and back to the page it stands on, not to the part it asked for.
        Asked::Part | Asked::Sheet => StatusCode::UNAUTHORIZED.into_response(),
    }
}

/// An open page reads again what a colleague changed: nobody asked for it, so that it keeps no session alive.
fn live(headers: &HeaderMap) -> bool {
    headers.get("zk-frame").is_some_and(|frame| frame == "live")
}

fn asked(headers: &HeaderMap) -> Asked {
    if headers.contains_key("zk-frame") && !live(headers) {
        Asked::Sheet
    } else if headers.contains_key("hx-request") {
        Asked::Part
    } else {
        Asked::Page
    }
}

/// Where the request came from: the connection's other end, or what the trusted proxy in front says it was.
pub fn address(parts: &Parts, app: &App) -> String {
    if app.behind_proxy {
        // The last entry is the one our own proxy wrote; earlier ones are the visitor's to invent.
        if let Some(last) =
            header(&parts.headers, "x-forwarded-for").rsplit(',').next().map(str::trim).filter(|last| !last.is_empty())
        {
            return last.to_owned();
        }
    }
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_string()).unwrap_or_default()
}

fn header(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
