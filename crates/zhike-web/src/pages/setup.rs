//! First start: the one-time link makes the administrator.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use zhike_types::{Error, FieldError};

use crate::{
    App,
    fault::Answer,
    frame::{html, html_as},
    link::Pairs,
    session::{Prefs, Visitor, set_session},
    ui,
    words::Say,
};

#[derive(Template)]
#[template(path = "door/setup.html")]
struct SetupPage {
    prefs: Prefs,
    key: String,
    name: String,
    login: String,
    errors: Vec<FieldError>,
}

impl SetupPage {
    fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == field).map(|error| error.message.get(self.prefs.lang))
    }

    fn others(&self) -> Vec<&str> {
        let known = ["name", "login", "password"];
        self.errors
            .iter()
            .filter(|error| !known.contains(&error.field.as_str()))
            .map(|error| error.message.get(self.prefs.lang))
            .collect()
    }
}

pub async fn show(State(app): State<App>, visitor: Visitor, Query(pairs): Query<Pairs>) -> Answer {
    if app.engine.anybody_can_sign_in().await? {
        return Ok(Redirect::to("/signin").into_response());
    }
    html(&SetupPage {
        prefs: visitor.prefs,
        key: pairs.get("key").unwrap_or_default().to_owned(),
        name: String::new(),
        login: "admin".into(),
        errors: Vec::new(),
    })
}

pub async fn make(State(app): State<App>, visitor: Visitor, Form(pairs): Form<Pairs>) -> Answer {
    let text = |name: &str| pairs.get(name).unwrap_or_default().trim().to_owned();
    let (key, name, login, password) =
        (text("key"), text("name"), text("login"), pairs.get("password").unwrap_or_default());
    match app.engine.setup(&key, &name, &login, password).await {
        Ok(_) => {
            let secret = app.engine.sign_in(&login, password, &visitor.address, &visitor.agent).await?;
            let mut response = Redirect::to("/").into_response();
            set_session(response.headers_mut(), app.https, &secret);
            Ok(response)
        }
        Err(Error::Invalid(errors)) => {
            html_as(StatusCode::UNPROCESSABLE_ENTITY, &SetupPage { prefs: visitor.prefs, key, name, login, errors })
        }
        Err(error) => Err(error.into()),
    }
}
