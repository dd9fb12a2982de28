//! A card moved to another stage, and back.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde_json::json;
use zhike_crm::board::{self, Moved, Stage, key_of};
use zhike_model::{FieldKind, Object};
use zhike_records::{Record, may_convert};
use zhike_types::{Error, FieldError, Lang, Text, Uuid};

use crate::{
    fault::{Answer, Fault},
    form::{Form as RecordForm, Maker, Typed, input_of},
    frame::{Saved, ascii, saved, sheet},
    link::{Pairs, local},
    pages::{alike, approvals},
    sent::{Sent, takes_files},
    session::{Flash, Signed},
    ui::Markup,
    value::{shortened, title_of},
    words::{Say, t},
};

/// The few fields that a stage wants before a record enters it.
#[derive(Template)]
#[template(path = "board/fields.html")]
struct FieldsSheet {
    lang: Lang,
    title: String,
    lead: String,
    object: String,
    id: String,
    stage: String,
    from: String,
    alike: Markup,
    form: RecordForm,
}

/// What a form says of a move; names that begin with `_` are no field's.
struct Move {
    to: String,
    from: String,
    version: Option<i64>,
}

/// Moves a record to the stage `_stage`, with the fields that were sent along.
pub async fn stage(signed: Signed, Path((object, id)): Path<(String, String)>, sent: Sent) -> Answer {
    let object = signed.object(&object)?;
    let id = crate::pages::id(&id)?;
    let field = board_field(&object)?;
    let pairs = sent.pairs;
    let asked = Move {
        to: pairs.get("_stage").unwrap_or_default().to_owned(),
        from: pairs.get("_from").unwrap_or_default().to_owned(),
        version: pairs.get("_version").and_then(|text| text.parse().ok()),
    };
    let (mut typed, mut input) = input_of(&object, &pairs);
    input.fields.retain(|(name, _)| *name != field);
    let wanted: Vec<String> = typed.names().filter(|name| **name != field).cloned().collect();
    input = input.set(&field, asked.to.as_str());
    alike::policy(&pairs, &mut input);
    let engine = &signed.app.engine;
    if converts(&object, &field, &asked.to) {
        let record = engine.read(&signed.actor, &object.name, id).await?;
        if key_of(record.value(&field)) == asked.from && may_convert(engine, &signed.actor, &record) {
            return Ok(to_conversion(&signed, &record, pairs.get("_back").unwrap_or_default()));
        }
    }
    match board::move_to(engine, &signed.actor, &object, id, asked.version, &asked.from, input).await {
        Ok(Moved::Done(record)) => done(&signed, &object, &record).await,
        Ok(Moved::Elsewhere { record, by }) => elsewhere(&signed, &object, &record, by).await,
        Err(Error::Invalid(errors)) => {
            let names = form_fields(&object, &field, wanted, &errors);
            if names.is_empty() {
                return Err(Error::Invalid(errors).into());
            }
            typed.set(&field, asked.to.as_str());
            let record = engine.read(&signed.actor, &object.name, id).await?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            fields(&signed, status, &record, &asked, &names, &typed, &errors, Markup::default()).await
        }
        Err(error @ Error::NeedsApproval(..)) => {
            let own = pairs.0.iter().filter(|(name, _)| !matches!(name.as_str(), "_stage" | "_from" | "_back"));
            let pairs = Pairs(own.cloned().collect()).with(&field, asked.to.as_str());
            approvals::ask::needed(&signed, &object, Some(id), &pairs, &error).await
        }
        Err(error @ Error::Alike(..)) => {
            typed.set(&field, asked.to.as_str());
            let record = engine.read(&signed.actor, &object.name, id).await?;
            let notice = alike::notice(engine, &error, signed.lang(), false, &pairs);
            fields(&signed, StatusCode::CONFLICT, &record, &asked, &wanted, &typed, &[], notice).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the stage is one that nobody sets by hand: a record comes into it by becoming others.
fn converts(object: &Object, field: &str, stage: &str) -> bool {
    object.convert.as_ref().is_some_and(|conversion| conversion.field == field && conversion.stage == stage)
}

/// The page on which the record is converted, which then leads back to where the card stood.
fn to_conversion(signed: &Signed, record: &Record, back: &str) -> Response {
    let name = &record.object.name;
    let board = if back.is_empty() { format!("/{name}/board") } else { local(back).to_owned() };
    let page = Pairs::default().with("back", &board).on(&format!("/{name}/{}/convert", record.id));
    if signed.sheet() {
        return (StatusCode::NO_CONTENT, [("zk-goto", page)]).into_response();
    }
    Redirect::to(&page).into_response()
}

fn board_field(object: &Object) -> Result<String, Fault> {
    object.layout.board.as_ref().map(|board| board.field.clone()).ok_or_else(|| Error::NotFound.into())
}

/// The fields of the small form: those it had, and those that the stage wants.
fn form_fields(object: &Object, field: &str, mut names: Vec<String>, errors: &[FieldError]) -> Vec<String> {
    let wanted = errors.iter().filter(|error| error.code == "required" && error.field != field);
    for error in wanted {
        let fits = object.field(&error.field).is_some_and(|field| !field.read_only);
        if fits && !names.contains(&error.field) {
            names.push(error.field.clone());
        }
    }
    names
}

/// A stage's name, as people read it.
async fn label(signed: &Signed, object: &Object, key: &str) -> Result<String, Fault> {
    let field = object.field(&board_field(object)?).ok_or(Error::NotFound)?;
    if let FieldKind::Reference { object: target, .. } = &field.kind {
        let Ok(id) = key.parse::<Uuid>() else { return Ok(String::new()) };
        let record = signed.app.engine.read(&signed.actor, target, id).await;
        return Ok(record.map(|record| record.title().to_owned()).unwrap_or_default());
    }
    let stages = board::stages(&signed.app.engine, &signed.actor, object, None).await?.stages;
    let known: Option<Stage> = stages.into_iter().find(|stage| stage.key == key);
    Ok(known.map(|stage| stage.label.get(signed.lang()).to_owned()).unwrap_or_default())
}

async fn done(signed: &Signed, object: &Object, record: &Record) -> Answer {
    let lang = signed.lang();
    let name = title_of(&signed.app.engine, record, lang);
    let stage = label(signed, object, &key_of(record.value(&board_field(object)?))).await?;
    let short = shortened(&name, 24);
    Ok(saved(
        signed,
        Saved {
            object: object.name.clone(),
            id: record.id.to_string(),
            label: name,
            url: format!("/{}/{}", object.name, record.id),
            text: t!(lang, "“{short}”已移到「{stage}」", "“{short}” is in {stage} now"),
            undo: format!("/{}/{}/take-back?version={}", object.name, record.id, record.version),
        },
    ))
}

/// A colleague was faster: said in words; the page then shows the card where it stands.
async fn elsewhere(signed: &Signed, object: &Object, record: &Record, by: Option<String>) -> Answer {
    let lang = signed.lang();
    let name = shortened(&title_of(&signed.app.engine, record, lang), 24);
    let stage = label(signed, object, &key_of(record.value(&board_field(object)?))).await?;
    let who = by.unwrap_or_else(|| lang.t("同事", "a colleague").to_owned());
    let text = if record.deleted_at().is_some() {
        t!(lang, "{who}刚把“{name}”放进了回收站", "“{name}” was just put into the recycle bin by {who}")
    } else {
        t!(
            lang,
            "{who}刚把“{name}”移到了「{stage}」，没有再移动",
            "{who} has just moved “{name}” to {stage}; it was left there"
        )
    };
    if signed.sheet() {
        let json = json!({ "zk-toast": { "text": text, "tone": "amber" } }).to_string();
        return Ok((StatusCode::NO_CONTENT, [("hx-trigger", ascii(&json))]).into_response());
    }
    Ok(Flash { tone: "amber".into(), ..Flash::new(text) }.redirect(&format!("/{}/{}", object.name, record.id)))
}

#[expect(clippy::too_many_arguments, reason = "a form with all that may be said about it")]
async fn fields(
    signed: &Signed,
    status: StatusCode,
    record: &Record,
    asked: &Move,
    names: &[String],
    typed: &Typed,
    errors: &[FieldError],
    alike: Markup,
) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let object = &record.object;
    let titles: HashMap<String, String> = crate::pages::create::titles(signed, object, typed).await;
    let maker = Maker {
        engine,
        model: &engine.model(),
        object,
        lang,
        states: &record.states,
        record: Some(record),
        typed,
        titles: &titles,
        // that a field is wanted is what the form is for; what is wrong with one that was filled is said
        errors: &errors
            .iter()
            .filter(|error| error.code != "required" || typed.has(&error.field))
            .cloned()
            .collect::<Vec<_>>(),
        notices: &BTreeMap::new(),
        prefix: "m-",
        files: takes_files(engine, &signed.actor, object),
    };
    let stage = label(signed, object, &asked.to).await?;
    let name = title_of(engine, record, lang);
    let title = t!(lang, "移到「{stage}」", "Move to {stage}");
    let page = FieldsSheet {
        lang,
        lead: t!(lang, "“{name}”进入「{stage}」之前，请先填写：", "Before “{name}” goes to {stage}, please fill in:"),
        object: object.name.clone(),
        id: record.id.to_string(),
        stage: asked.to.clone(),
        from: asked.from.clone(),
        alike,
        form: maker.wanted(names),
        title: title.clone(),
    };
    sheet(signed, status, &title, &format!("/{}", object.name), &page)
}

/// Undoes the change that made the version: the toast's 撤销.
pub async fn take_back(
    signed: Signed,
    Path((object, id)): Path<(String, String)>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    let object = signed.object(&object)?;
    let id = crate::pages::id(&id)?;
    let version = pairs.get("version").and_then(|text| text.parse().ok()).unwrap_or_default();
    match signed.app.engine.take_back(&signed.actor, &object.name, id, version).await {
        Ok(_) => {}
        Err(Error::Stale { .. }) => {
            return Err(Error::Conflict(Text::new(
                "这条记录之后又被修改过，不能撤销了。",
                "The record was changed since, so this cannot be undone.",
            ))
            .into());
        }
        Err(error) => return Err(error.into()),
    }
    let back: Response = if signed.asked == crate::session::Asked::Page {
        Flash::new(signed.lang().t("已撤销", "Undone")).redirect(&format!("/{}/{id}", object.name))
    } else {
        StatusCode::NO_CONTENT.into_response()
    };
    Ok(back)
}
