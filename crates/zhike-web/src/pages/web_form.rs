//! 网页表单 as strangers see it: no signing in, no script needed, one page to fill in and one that says thank you.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use zhike_crm::web_form::{self, Question, WebForm};
use zhike_model::FieldKind;
use zhike_types::{Error, FieldError, Text};

use crate::{
    App,
    fault::Answer,
    frame::html_as,
    link::Pairs,
    session::{Prefs, Visitor},
    ui,
    words::Say,
};

/// No person sees it; what fills it in is a program.
const TRAP: &str = "homepage";

#[derive(Template)]
#[template(path = "door/form.html")]
struct FormPage {
    prefs: Prefs,
    /// None where the form is closed.
    form: Option<WebForm>,
    sent: bool,
    answers: Pairs,
    agreed: bool,
    errors: Vec<FieldError>,
}

impl FormPage {
    /// With nothing filled in.
    fn of(prefs: Prefs, form: Option<WebForm>) -> Self {
        Self { prefs, form, sent: false, answers: Pairs::default(), agreed: false, errors: Vec::new() }
    }

    fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == field).map(|error| error.message.get(self.prefs.lang))
    }

    fn label<'q>(&self, question: &'q Question) -> &'q str {
        if question.name == "name" {
            return self.prefs.lang.t("单位名称或姓名", "Company or your name");
        }
        question.label.get(self.prefs.lang)
    }

    fn answer(&self, question: &Question) -> &str {
        self.answers.get(&question.name).unwrap_or_default()
    }

    /// What is wrong with none of its questions.
    fn others(&self) -> Vec<&str> {
        let asked = |field: &str| {
            field == "agreed" || self.form.iter().any(|form| form.asks.iter().any(|question| question.name == field))
        };
        let others = self.errors.iter().filter(|error| !asked(&error.field));
        others.map(|error| error.message.get(self.prefs.lang)).collect()
    }

    fn heading(&self) -> &str {
        self.form.as_ref().map_or_else(|| self.prefs.lang.t("表单已关闭", "This form is closed"), |form| &form.name)
    }

    fn thanks(&self) -> &str {
        let own = self.form.as_ref().map(|form| form.thanks.as_str()).filter(|thanks| !thanks.is_empty());
        own.unwrap_or_else(|| self.prefs.lang.t("已收到，我们会尽快联系您。", "We have it and will be in touch soon."))
    }

    /// The kind of `<input>`, what browsers may fill it with, and what stands in it as an example.
    fn input(question: &Question) -> (&'static str, &'static str, &'static str) {
        match (question.name.as_str(), &question.kind) {
            ("name", _) => ("text", "organization", ""),
            ("contact_name", _) => ("text", "name", ""),
            ("contact_title", _) => ("text", "organization-title", ""),
            ("mobile", _) => ("tel", "tel", "13905320001"),
            (_, FieldKind::Phone) => ("tel", "off", "0532-88930001"),
            (_, FieldKind::Email) => ("email", "email", "name@example.com"),
            (_, FieldKind::Region) => ("text", "off", "山东省青岛市"),
            ("address", _) => ("text", "street-address", ""),
            _ => ("text", "off", ""),
        }
    }

    fn is_long(question: &Question) -> bool {
        question.kind == FieldKind::LongText
    }
}

pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    let form = match web_form::open(&app.engine, super::id(&id)?).await {
        Ok(form) => Some(form),
        Err(Error::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    let status = if form.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let sent = form.is_some() && pairs.get("sent").is_some();
    html_as(status, &FormPage { sent, ..FormPage::of(visitor.prefs, form) })
}

pub async fn send(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Answer {
    let id = super::id(&id)?;
    let thanks = || Redirect::to(&format!("/f/{id}?sent=1")).into_response();
    if pairs.get(TRAP).is_some_and(|text| !text.is_empty()) {
        return Ok(thanks());
    }
    let agreed = pairs.get("agreed").is_some();
    let lang = visitor.prefs.lang;
    let error = match web_form::fill(&app.engine, id, &pairs.0, agreed, lang, &visitor.address).await {
        Ok(()) => return Ok(thanks()),
        Err(error) => error,
    };
    let errors = match error {
        Error::Invalid(errors) => errors,
        Error::NotFound => {
            return html_as(StatusCode::NOT_FOUND, &FormPage::of(visitor.prefs, None));
        }
        error @ (Error::Internal(_) | Error::Unavailable(_)) => return Err(error.into()),
        // what stands in the way is the house's own affair
        error => {
            tracing::warn!(form = %id, error = %error, "a web form could not be taken");
            let message = Text::new(
                "现在不能提交，请稍后再试，或用其他方式联系我们。",
                "It cannot be taken now. Try again later, or reach us another way.",
            );
            vec![FieldError { field: String::new(), code: "refused", message }]
        }
    };
    let form = web_form::open(&app.engine, id).await?;
    let page = FormPage { answers: pairs, agreed, errors, ..FormPage::of(visitor.prefs, Some(form)) };
    html_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
