//! 按规则分配: chosen records go where the rules say; first it is shown.

use askama::Template;
use axum::{Form, extract::Path, http::StatusCode};
use zhike_records::RuleOutcome;
use zhike_types::{Error, Lang};

use super::{list::selection, views::go};
use crate::{
    fault::{self, Answer},
    frame::sheet,
    link::Pairs,
    session::Signed,
    ui,
    words::{Say, t},
};

/// Records that the preview names.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "assignment/sheet.html")]
struct RuleSheet {
    lang: Lang,
    object: String,
    kept: Vec<(String, String)>,
    /// Who gets how many.
    people: Vec<(String, usize)>,
    /// Record, person, rule.
    given: Vec<(String, String, String)>,
    more: usize,
    left: usize,
    refused: usize,
    problem: Option<String>,
    floats: bool,
}

pub async fn form(signed: Signed, Path(object): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let chosen = selection(&signed, &object, &pairs).await?;
    let told = signed.app.engine.assign_by_rules(&signed.actor, &object.name, &chosen, true).await;
    match told {
        Ok(told) => show(&signed, StatusCode::OK, &object.name, &pairs, &told, None),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let status = fault::status(&error);
            show(&signed, status, &object.name, &pairs, &RuleOutcome::default(), Some(&error))
        }
        Err(error) => Err(error.into()),
    }
}

fn show(
    signed: &Signed,
    status: StatusCode,
    object: &str,
    pairs: &Pairs,
    told: &RuleOutcome,
    failed: Option<&Error>,
) -> Answer {
    let lang = signed.lang();
    let mut people: Vec<(String, usize)> = Vec::new();
    for one in &told.given {
        match people.iter_mut().find(|(name, _)| *name == one.user_name) {
            Some((_, count)) => *count += 1,
            None => people.push((one.user_name.clone(), 1)),
        }
    }
    let given = told.given.iter().take(SHOWN);
    let page = RuleSheet {
        lang,
        object: object.to_owned(),
        kept: pairs.0.clone(),
        people,
        given: given.map(|one| (one.title.clone(), one.user_name.clone(), one.rule.clone())).collect(),
        more: told.given.len().saturating_sub(SHOWN),
        left: told.left.len(),
        refused: told.refused,
        problem: failed.map(|error| match error {
            Error::Invalid(errors) => {
                errors.iter().map(|error| error.message.get(lang)).collect::<Vec<_>>().join(lang.t("；", "; "))
            }
            error => error.message().get(lang).to_owned(),
        }),
        floats: signed.sheet(),
    };
    sheet(signed, status, lang.t("按规则分配", "Assign by the rules"), &format!("/{object}"), &page)
}

pub async fn give(signed: Signed, Path(object): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let lang = signed.lang();
    let object = signed.object(&object)?;
    let chosen = selection(&signed, &object, &pairs).await?;
    let done = signed.app.engine.assign_by_rules(&signed.actor, &object.name, &chosen, false).await?;
    let (given, left) = (ui::count(done.given.len() as i64), done.left.len() + done.refused);
    let text = if left == 0 {
        t!(lang, "已按规则分配 {given} 条", "Assigned {given} by the rules")
    } else {
        t!(lang, "已按规则分配 {given} 条，{left} 条没有动", "Assigned {given} by the rules; {left} stay as they are")
    };
    let kept = pairs.0.iter().filter(|(name, _)| matches!(name.as_str(), "view" | "filter" | "sort" | "cols" | "q"));
    Ok(go(&signed, &Pairs(kept.cloned().collect()).on(&format!("/{}", object.name)), text))
}
