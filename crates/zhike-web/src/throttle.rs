//! How often the costly things may be asked for: signing in, setting a password, uploads, imports, exports. A bucket of tokens for
//! each caller and kind; one that is empty answers 429 with `Retry-After`. Everything else is not counted.
//!
//! An office shares one address: the limits are far above what people do, and stop a program that runs wild. Guessing one
//! account's password is stopped before that, by the account itself.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash as _, Hasher as _},
    sync::Mutex,
};

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use zhike_types::{Error, text};

use crate::{App, api, fault::Fault, session};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    /// By address: nobody is known yet.
    SignIn,
    Password,
    /// A calendar at its secret address: by address, too.
    Feed,
    /// A web form that anybody fills in: by address, too.
    WebForm,
    Upload,
    Import,
    Export,
}

impl Kind {
    /// So many at once, and so many a minute after that.
    fn limits(self) -> (f64, f64) {
        match self {
            Self::SignIn => (120.0, 60.0),
            Self::Password => (20.0, 10.0),
            Self::Feed => (240.0, 120.0),
            Self::WebForm => (30.0, 10.0),
            Self::Upload => (600.0, 300.0),
            Self::Import | Self::Export => (120.0, 60.0),
        }
    }

    /// Of a request to a page, by the parts of its path.
    fn of_page(method: &Method, path: &[&str]) -> Option<Self> {
        match (method, path) {
            (&Method::POST, ["signin" | "setup"]) => Some(Self::SignIn),
            (&Method::POST, ["settings", "password"] | ["admin", "users", _, "credential"]) => Some(Self::Password),
            (&Method::GET, ["calendar", "feed", _]) => Some(Self::Feed),
            (&Method::POST, ["f", _]) => Some(Self::WebForm),
            (&Method::POST, ["imports"]) => Some(Self::Import),
            (&Method::POST, [_, _, "files"]) => Some(Self::Upload),
            (&Method::GET, [_, "export"]) => Some(Self::Export),
            _ => None,
        }
    }

    /// Of a request to the API, below `/api`.
    fn of_api(method: &Method, path: &[&str]) -> Option<Self> {
        match (method, path) {
            (&Method::POST, ["v1", "imports"]) => Some(Self::Import),
            (&Method::POST, ["v1", "exports"]) => Some(Self::Export),
            (&Method::POST, ["v1", _, _, "attachments"]) => Some(Self::Upload),
            _ => None,
        }
    }
}

/// More buckets than this and the full ones are emptied out: a full bucket is as good as none.
const BUCKETS: usize = 10_000;

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    /// When it held them, milliseconds since 1970.
    at: i64,
}

impl Bucket {
    fn filled(self, kind: Kind, now: i64) -> f64 {
        let (burst, a_minute) = kind.limits();
        (self.tokens + (now - self.at).max(0) as f64 * a_minute / 60_000.0).min(burst)
    }
}

/// The buckets of this process.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<(Kind, u64), Bucket>>);

impl Throttle {
    /// Takes a token, or says after how many seconds there is one.
    fn take(&self, kind: Kind, who: &str, now: i64) -> Result<(), u64> {
        let mut hasher = DefaultHasher::new();
        who.hash(&mut hasher);
        let mut buckets = self.0.lock().expect("no holder panics");
        if buckets.len() >= BUCKETS {
            buckets.retain(|(kind, _), bucket| bucket.filled(*kind, now) < kind.limits().0);
        }
        let (burst, a_minute) = kind.limits();
        let bucket = buckets.entry((kind, hasher.finish())).or_insert(Bucket { tokens: burst, at: now });
        let tokens = bucket.filled(kind, now);
        let enough = tokens >= 1.0;
        *bucket = Bucket { tokens: if enough { tokens - 1.0 } else { tokens }, at: now };
        if enough { Ok(()) } else { Err(((1.0 - tokens) * 60.0 / a_minute).ceil().max(1.0) as u64) }
    }
}

pub async fn pages(State(app): State<App>, request: Request, next: Next) -> Response {
    guard(&app, Kind::of_page, |error| Fault::from(error).into_response(), request, next).await
}

pub async fn api(State(app): State<App>, request: Request, next: Next) -> Response {
    guard(&app, Kind::of_api, api::refused, request, next).await
}

async fn guard(
    app: &App,
    kind: fn(&Method, &[&str]) -> Option<Kind>,
    refused: fn(Error) -> Response,
    request: Request,
    next: Next,
) -> Response {
    let path: Vec<&str> = request.uri().path().split('/').filter(|part| !part.is_empty()).collect();
    let Some(kind) = kind(request.method(), &path) else { return next.run(request).await };
    let (parts, body) = request.into_parts();
    if let Err(seconds) = app.throttle.take(kind, &who(kind, &parts, app), app.engine.now()) {
        let error = Error::TooMany(text!(
            "操作太频繁，请 {seconds} 秒后再试。",
            "Too many requests of this kind. Try again in {seconds} seconds."
        ));
        let mut response = refused(error);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        return response;
    }
    next.run(Request::from_parts(parts, body)).await
}

/// Whose bucket: the token's or session's, else the address's.
fn who(kind: Kind, parts: &Parts, app: &App) -> String {
    let known = || {
        let bearer = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        bearer.or_else(|| session::cookie(&parts.headers, session::session_cookie_name(app.https)))
    };
    let known = if matches!(kind, Kind::SignIn | Kind::WebForm) { None } else { known() };
    known.unwrap_or_else(|| session::address(parts, app))
}

#[cfg(test)]
mod tests {
    use super::{BUCKETS, Kind, Throttle};

    #[test]
    fn a_bucket_is_emptied_and_fills_again_and_is_its_callers_own() {
        let throttle = Throttle::default();
        let (burst, a_minute) = Kind::Password.limits();
        for _ in 0..burst as u64 {
            assert_eq!(throttle.take(Kind::Password, "a", 0), Ok(()));
        }
        let wait = 60 / a_minute as u64;
        assert_eq!(throttle.take(Kind::Password, "a", 0), Err(wait));
        assert_eq!(throttle.take(Kind::Password, "b", 0), Ok(()));
        assert_eq!(throttle.take(Kind::Export, "a", 0), Ok(()));
        assert_eq!(throttle.take(Kind::Password, "a", wait as i64 * 1_000), Ok(()));
        assert_eq!(throttle.take(Kind::Password, "a", wait as i64 * 1_000), Err(wait));
    }

    #[test]
    fn buckets_that_are_full_again_are_forgotten() {
        let throttle = Throttle::default();
        for number in 0..BUCKETS + 5 {
            let _taken = throttle.take(Kind::SignIn, &number.to_string(), number as i64 * 60_000);
        }
        assert!(throttle.0.lock().expect("nobody panicked").len() < BUCKETS);
    }
}
