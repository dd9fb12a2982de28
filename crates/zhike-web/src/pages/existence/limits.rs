//! How much a user may learn a day of others' customers: shown to who may set it, under the question.

use axum::{Form, http::StatusCode};
use zhike_records::DailyLimits;
use zhike_types::{Error, FieldError, Lang, text};

use super::{Outcome, PLACE, page};
use crate::{
    fault::{Answer, Fault},
    frame::html_as,
    link::Pairs,
    pages::admin::needs,
    session::{Flash, Signed},
    words::Say,
};

/// The form, as it stands or as it was typed.
pub struct LimitsForm {
    pub lines: [LimitLine; 2],
    /// Shown at once: something in it is wrong.
    pub open: bool,
}

pub struct LimitLine {
    pub name: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    pub typed: String,
    pub error: Option<String>,
}

impl LimitsForm {
    fn new(lang: Lang, typed: [String; 2], errors: &[FieldError]) -> Self {
        let line = |name, typed, label: (&'static str, &'static str), help: (&'static str, &'static str)| LimitLine {
            name,
            label: lang.t(label.0, label.1),
            help: lang.t(help.0, help.1),
            typed,
            error: errors.iter().find(|error| error.field == name).map(|error| error.message.get(lang).to_owned()),
        };
        let [questions, told] = typed;
        let lines = [
            line(
                "questions",
                questions,
                ("查重次数", "Questions"),
                ("在本页查询和按名称申诉的次数。", "Asked on this page, and claims by name."),
            ),
            line(
                "told",
                told,
                ("填表时提示的客户数", "Customers told of"),
                (
                    "填表时提示“已有人跟进”的、归别人所有的客户。",
                    "Customers of others that a form tells of while it is filled.",
                ),
            ),
        ];
        Self { lines, open: !errors.is_empty() }
    }

    /// As it stands, for who may set it.
    pub async fn standing(signed: &Signed) -> Result<Option<Self>, Fault> {
        if needs(signed, "users").is_err() {
            return Ok(None);
        }
        let DailyLimits { questions, told } = signed.app.engine.daily_limits().await?;
        Ok(Some(Self::new(signed.lang(), [questions.to_string(), told.to_string()], &[])))
    }
}

pub async fn save(signed: Signed, Form(pairs): Form<Pairs>) -> Answer {
    needs(&signed, "users")?;
    let typed = ["questions", "told"].map(|name| pairs.get(name).unwrap_or_default().trim().to_owned());
    let saved = match read(&typed) {
        Ok(limits) => signed.app.engine.set_daily_limits(&signed.actor, limits).await,
        Err(error) => Err(error),
    };
    match saved {
        Ok(()) => Ok(Flash::new(signed.lang().t("已保存，马上生效", "Saved; it holds from now on")).redirect(PLACE)),
        Err(Error::Invalid(errors)) => {
            let mut page = page(&signed, &pairs, Outcome::Open).await?;
            page.limits = Some(LimitsForm::new(signed.lang(), typed, &errors));
            html_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

fn read([questions, told]: &[String; 2]) -> Result<DailyLimits, Error> {
    let wrong = |field: &str| FieldError {
        field: field.to_owned(),
        code: "invalid",
        message: text!("请填 0 或更大的整数。", "Write a whole number, 0 or more."),
    };
    match (questions.parse(), told.parse()) {
        (Ok(questions), Ok(told)) => Ok(DailyLimits { questions, told }),
        (questions, told) => {
            let errors = [questions.err().map(|_| wrong("questions")), told.err().map(|_| wrong("told"))];
            Err(Error::Invalid(errors.into_iter().flatten().collect()))
        }
    }
}
