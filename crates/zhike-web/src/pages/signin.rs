//! In and out.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use zhike_records::Source;
use zhike_types::Error;

use crate::{
    App, DemoLogin,
    fault::Answer,
    frame::{html, html_as},
    link::{Pairs, local},
    session::{Prefs, Signed, Visitor, end_session, set_cookie, set_session},
    ui,
    words::Say,
};

#[derive(Template)]
#[template(path = "door/signin.html")]
struct SignInPage {
    prefs: Prefs,
    login: String,
    next: String,
    error: Option<String>,
    demo: Vec<DemoLogin>,
}

pub async fn show(State(app): State<App>, visitor: Visitor, Query(pairs): Query<Pairs>) -> Answer {
    let next = local(pairs.get("next").unwrap_or("/")).to_owned();
    html(&SignInPage {
        prefs: visitor.prefs,
        login: pairs.get("login").unwrap_or_default().to_owned(),
        next,
        error: None,
        demo: app.demo_logins.to_vec(),
    })
}

pub async fn enter(State(app): State<App>, visitor: Visitor, Form(pairs): Form<Pairs>) -> Answer {
    let login = pairs.get("login").unwrap_or_default().trim().to_owned();
    let next = local(pairs.get("next").unwrap_or("/")).to_owned();
    let failed = match app
        .engine
        .sign_in(&login, pairs.get("password").unwrap_or_default(), &visitor.address, &visitor.agent)
        .await
    {
        Ok(secret) => {
            let mut response = Redirect::to(&next).into_response();
            set_session(response.headers_mut(), app.https, &secret);
            restore_look(&app, &visitor, &secret, &mut response).await;
            return Ok(response);
        }
        Err(error @ (Error::Internal(_) | Error::Unavailable(_))) => return Err(error.into()),
        Err(error) => error,
    };
    let lang = visitor.prefs.lang;
    let (status, text) = match &failed {
        Error::TooMany(text) | Error::Forbidden(text) | Error::Conflict(text) => {
            (StatusCode::TOO_MANY_REQUESTS, text.get(lang).to_owned())
        }
        Error::Invalid(errors) if !errors.is_empty() => {
            (StatusCode::UNPROCESSABLE_ENTITY, failed.message().get(lang).to_owned())
        }
        _ => (
            StatusCode::UNPROCESSABLE_ENTITY,
            lang.t("登录名或密码不对，请再试一次。", "The sign-in name or the password is wrong; try again.")
                .to_owned(),
        ),
    };
    html_as(
        status,
        &SignInPage { prefs: visitor.prefs, login, next, error: Some(text), demo: app.demo_logins.to_vec() },
    )
}

/// What the user set on another machine holds on this one.
async fn restore_look(app: &App, visitor: &Visitor, secret: &str, response: &mut axum::response::Response) {
    let Ok(Some(actor)) = app.engine.actor_of_session(secret, Source::Page, &visitor.address).await else { return };
    for name in ["lang", "theme", "density"] {
        let Ok(Some(value)) = app.engine.setting(&actor, name).await else { continue };
        if value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            set_cookie(response.headers_mut(), &format!("zk-{name}"), &value, 31_536_000, false);
        }
    }
}

pub async fn leave(signed: Signed) -> Answer {
    signed.app.engine.sign_out(&signed.secret).await?;
    let mut response = Redirect::to("/signin").into_response();
    end_session(response.headers_mut(), signed.app.https);
    Ok(response)
}
