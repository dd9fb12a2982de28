//! Several records made one: side by side, a choice a field, what will happen, one button. And the merges that were made.

mod made;
mod sheet;
mod side_by_side;

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use zhike_model::Object;
use zhike_records::{Choice, ListQuery, MERGE_MOST, MergeInput, REASON_MOST};
use zhike_types::{Error, FieldError, Lang, Uuid, text};

pub use made::{Made, list, made_of, undo};
pub use sheet::{choose, follow};

use super::list::ListState;
use crate::{
    fault::{self, Answer, Fault},
    frame::{Frame, html_as},
    link::{Pairs, local},
    session::{Flash, Signed},
    ui,
    words::{Say, t},
};
pub use side_by_side::many;
use side_by_side::{Column, Row};

/// The choice of all values in a form.
const ALL: &str = "all";

#[derive(Template)]
#[template(path = "merge/merge.html")]
struct MergePage {
    frame: Frame,
    lang: Lang,
    object: String,
    /// The records, apart by commas.
    ids: String,
    columns: Vec<Column>,
    /// Fields in which they differ; the others are folded.
    rows: Vec<Row>,
    same: Vec<Row>,
    /// Some field can take all values.
    unites: bool,
    /// What will happen, in a sentence.
    effect: String,
    reason: String,
    reason_error: Option<String>,
    problems: Vec<String>,
    /// Why it cannot be done by who asks.
    blocked: Option<String>,
    /// Where one goes when it is done, if not to the record.
    next: String,
    back: String,
}

/// What a form asks for, as far as it is filled.
struct Asked {
    ids: Vec<Uuid>,
    survivor: Option<Uuid>,
    choices: BTreeMap<String, Choice>,
    reason: String,
    /// Where one came from and goes back to: the queue of duplicates.
    next: Option<String>,
}

impl Asked {
    fn read(object: &Object, pairs: &Pairs, ids: Vec<Uuid>) -> Self {
        let survivor = pairs.get("survivor").and_then(|id| Uuid::parse_str(id).ok()).filter(|id| ids.contains(id));
        let choice = |text: &str| match text {
            ALL => Some(Choice::United),
            id => Uuid::parse_str(id).ok().filter(|id| ids.contains(id)).map(Choice::Of),
        };
        let picked = pairs.prefixed("pick.").filter(|(field, _)| object.field(field).is_some());
        let choices = picked.filter_map(|(field, text)| Some((field.to_owned(), choice(text)?))).collect();
        let reason = pairs.get("reason").unwrap_or_default().trim().to_owned();
        let next = pairs.get("next").map(|address| local(address).to_owned());
        Self { ids, survivor, choices, reason, next }
    }

    /// Without what only repeats an earlier proposal: another survivor brings another one.
    fn own(mut self, pairs: &Pairs) -> Self {
        for (field, was) in pairs.prefixed("was.") {
            if pairs.get(&format!("pick.{field}")) == Some(was) {
                self.choices.remove(field);
            }
        }
        self
    }
}

pub async fn show(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let ids = members(&signed, &object, &pairs).await?;
    let asked = Asked::read(&object, &pairs, ids).own(&pairs);
    form(&signed, StatusCode::OK, &object, &asked, None).await
}

pub async fn merge(signed: Signed, Path(object): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let ids = members(&signed, &object, &pairs).await?;
    let asked = Asked::read(&object, &pairs, ids);
    match run(&signed, &object, &asked, &pairs).await {
        Ok(response) => Ok(response),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Stale { .. } | Error::Forbidden(_))) => {
            match form(&signed, fault::status(&error), &object, &asked, Some(&error)).await {
                Ok(page) => Ok(page),
                // one of them is not there any more: there is nothing left to show
                Err(_) => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

async fn run(signed: &Signed, object: &Object, asked: &Asked, pairs: &Pairs) -> zhike_types::Result<Response> {
    let Some(survivor) = asked.survivor else {
        let message = text!("请选择保留哪一条。", "Choose the record that stays.");
        return Err(Error::invalid("", "required", message));
    };
    if asked.reason.chars().count() > REASON_MOST {
        let message = text!("最多 {REASON_MOST} 字。", "{REASON_MOST} characters at most.");
        return Err(Error::invalid("_reason", "too_long", message));
    }
    let seen = pairs.prefixed("version.");
    let input = MergeInput {
        survivor,
        losers: asked.ids.iter().copied().filter(|id| *id != survivor).collect(),
        versions: seen.filter_map(|(id, text)| Some((Uuid::parse_str(id).ok()?, text.parse().ok()?))).collect(),
        choices: asked.choices.clone(),
        reason: Some(asked.reason.clone()).filter(|reason| !reason.is_empty()),
    };
    let merge = signed.app.engine.merge(&signed.actor, &object.name, input).await?;
    let said = t!(signed.lang(), "已合并 {} 条", "Merged {}", merge.losers.len() + 1);
    let undo = format!("/{}/merges/{}/undo", object.name, merge.id);
    let to = asked.next.clone().unwrap_or_else(|| format!("/{}/{survivor}", object.name));
    Ok(Flash::new(said).undo(undo).redirect(&to))
}

/// The records that are meant: by their ids, or all that the list finds where everything was ticked.
async fn members(signed: &Signed, object: &Object, pairs: &Pairs) -> Result<Vec<Uuid>, Fault> {
    let mut ids = Vec::new();
    if pairs.get("all") == Some("1") {
        let state = ListState::read(signed, object, pairs.clone()).await?;
        let filter = state.found(signed, object).await?;
        let query = ListQuery { filter, after: None, limit: MERGE_MOST + 1, ..state.query(object) };
        ids.extend(signed.app.engine.list(&signed.actor, &query).await?.records.iter().map(|record| record.id));
        return Ok(ids);
    }
    let listed = pairs.get("ids").unwrap_or_default().split(',').filter(|id| !id.is_empty());
    for text in listed.chain(pairs.all("id")).chain(pairs.get("survivor")) {
        let id = super::id(text)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

async fn form(signed: &Signed, status: StatusCode, object: &Object, asked: &Asked, failed: Option<&Error>) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let proposal =
        engine.merge_proposal(&signed.actor, &object.name, &asked.ids, asked.survivor, &asked.choices).await?;
    let errors: &[FieldError] = match failed {
        Some(Error::Invalid(errors)) => errors,
        _ => &[],
    };
    let (rows, same) = side_by_side::rows(signed, &proposal, asked, errors);
    let of_no_row = |error: &&FieldError| error.field != "_reason" && rows.iter().all(|row| row.field != error.field);
    let problems = match failed {
        None => Vec::new(),
        Some(Error::Invalid(errors)) => {
            errors.iter().filter(of_no_row).map(|error| error.message.get(lang).to_owned()).collect()
        }
        Some(Error::Stale { .. }) => vec![
            lang.t(
                "您选择的时候，有人修改了其中一条。下面已是最新内容，您的选择都还在；请核对后再合并。",
                "One of them was changed while you chose. This is how they are now; your choices are still here. Look again, then merge.",
            )
            .to_owned(),
        ],
        Some(error) => vec![error.message().get(lang).to_owned()],
    };
    let page = MergePage {
        frame: Frame::new(signed, t!(lang, "合并{}", "Merge {}", many(object, lang)), &format!("/{}", object.name))
            .crumb(object.plural.get(lang), format!("/{}", object.name)),
        lang,
        object: object.name.clone(),
        ids: asked.ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(","),
        columns: side_by_side::columns(signed, &proposal),
        unites: rows.iter().any(|row| row.united.is_some()),
        rows,
        same,
        effect: side_by_side::effect(signed, &proposal).await,
        reason: asked.reason.clone(),
        reason_error: errors
            .iter()
            .find(|error| error.field == "_reason")
            .map(|error| error.message.get(lang).to_owned()),
        problems,
        blocked: side_by_side::blocked(signed, &proposal),
        next: asked.next.clone().unwrap_or_default(),
        back: match asked.ids.as_slice() {
            _ if asked.next.is_some() => asked.next.clone().unwrap_or_default(),
            [only, ..] if asked.ids.len() == 2 => format!("/{}/{only}", object.name),
            _ => format!("/{}", object.name),
        },
    };
    html_as(status, &page)
}
