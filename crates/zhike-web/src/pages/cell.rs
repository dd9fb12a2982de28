//! One field edited in place: a cell of a list, a fact of a record's page. Asked for with `GET`, saved with `POST`; the answer
//! is always the whole cell.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use zhike_model::{Field, FieldKind};
use zhike_records::{FieldState, Record};
use zhike_types::{Error, FieldError, Lang, Text};

use crate::{
    fault::{Answer, Fault},
    form::{Control, Maker, Typed, input_of, money},
    frame::html_as,
    link::Pairs,
    pages::{alike, approvals, record::portrait},
    sent::{Sent, Upload, fill_files, takes_files},
    session::{Asked, Signed},
    ui::{self, Markup},
    value::Shower,
    words::Say,
};

#[derive(Template)]
#[template(path = "record/cell.html")]
struct CellPart {
    lang: Lang,
    object: String,
    id: String,
    field: String,
    label: String,
    version: i64,
    number: bool,
    /// A fact of a record's page, not a cell of a list.
    fact: bool,
    control: Option<Control>,
    was: String,
    error: Option<String>,
    /// What is there already.
    alike: Markup,
    value: Markup,
    /// The head's picture anew, when its field was saved.
    portrait: Option<Markup>,
}

impl CellPart {
    fn uploads(&self) -> bool {
        self.control.as_ref().is_some_and(Control::uploads)
    }
}

pub async fn edit(
    signed: Signed,
    Path((object, id, field)): Path<(String, String, String)>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    if signed.asked == Asked::Page {
        return Ok(axum::response::IntoResponse::into_response(axum::response::Redirect::to(&format!(
            "/{object}/{id}/edit"
        ))));
    }
    let object = signed.object(&object)?;
    let record = signed.app.engine.read(&signed.actor, &object.name, super::id(&id)?).await?;
    let fact = pairs.get("as") == Some("fact");
    part(&signed, StatusCode::OK, &record, &field, fact, true, &Typed::default(), &[], Markup::default())
}

pub async fn save(
    signed: Signed,
    Path((object, id, field)): Path<(String, String, String)>,
    Query(query): Query<Pairs>,
    sent: Sent,
) -> Answer {
    let object = signed.object(&object)?;
    let id = super::id(&id)?;
    let fact = query.get("as") == Some("fact");
    let pairs = sent.pairs;
    let currency = format!("{field}_currency");
    let of_field = |name: &String| *name == field || *name == currency || name == "_was";
    let (typed, mut input) =
        input_of(&object, &Pairs(pairs.0.iter().filter(|(name, _)| of_field(name)).cloned().collect()));
    alike::policy(&pairs, &mut input);
    let files: Vec<Upload> = sent.files.into_iter().filter(|file| file.field == field).collect();
    let version = pairs.get("_version").and_then(|text| text.parse().ok());
    let engine = &signed.app.engine;
    if input.fields.is_empty() && files.is_empty() {
        let record = engine.read(&signed.actor, &object.name, id).await?;
        return part(&signed, StatusCode::OK, &record, &field, fact, false, &Typed::default(), &[], Markup::default());
    }
    let lang = signed.lang();
    let written = if files.is_empty() {
        engine.change(&signed.actor, &object.name, id, version, input).await
    } else {
        fill_files(&signed, engine.read(&signed.actor, &object.name, id).await?, files).await
    };
    let failed = match written {
        Ok(record) => {
            return part(
                &signed,
                StatusCode::OK,
                &record,
                &field,
                fact,
                false,
                &Typed::default(),
                &[],
                Markup::default(),
            );
        }
        Err(Error::Invalid(errors)) => errors,
        Err(Error::Stale { .. }) => {
            let now = engine.read(&signed.actor, &object.name, id).await?;
            let shown = engine.show(&now, &field, lang);
            vec![stale(&field, &shown)]
        }
        Err(error @ Error::NeedsApproval(..)) => {
            let record = engine.read(&signed.actor, &object.name, id).await?;
            let why = [FieldError { field: field.clone(), code: "approval", message: error.message() }];
            let own = Pairs(pairs.0.iter().filter(|(name, _)| *name == field || *name == currency).cloned().collect());
            let link = approvals::ask::link(&signed, &object, id, &own);
            return part(&signed, StatusCode::CONFLICT, &record, &field, fact, true, &typed, &why, link);
        }
        Err(error @ Error::Alike(..)) => {
            let record = engine.read(&signed.actor, &object.name, id).await?;
            let notice = alike::notice(engine, &error, lang, false, &pairs);
            return part(&signed, StatusCode::CONFLICT, &record, &field, fact, true, &typed, &[], notice);
        }
        Err(Error::Conflict(message) | Error::TooMany(message)) => {
            vec![FieldError { field: field.clone(), code: "conflict", message }]
        }
        Err(error) => return Err(error.into()),
    };
    let record = engine.read(&signed.actor, &object.name, id).await?;
    part(&signed, StatusCode::UNPROCESSABLE_ENTITY, &record, &field, fact, true, &typed, &failed, Markup::default())
}

fn stale(field: &str, now: &str) -> FieldError {
    let message = Text::new(
        format!("刚被别人改过，现在是“{now}”。再次保存会以您的为准。"),
        format!("Changed meanwhile: it is “{now}” now. Saving again keeps yours."),
    );
    FieldError { field: field.to_owned(), code: "stale", message }
}

#[expect(clippy::too_many_arguments, reason = "one cell, with all that may be said about it")]
fn part(
    signed: &Signed,
    status: StatusCode,
    record: &Record,
    name: &str,
    fact: bool,
    editing: bool,
    typed: &Typed,
    errors: &[FieldError],
    alike: Markup,
) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let field: &Field = record
        .object
        .field(name)
        .filter(|_| !matches!(record.state(name), FieldState::Hidden))
        .ok_or(Error::NotFound)?;
    let control = if editing { Some(control(signed, record, field, typed, errors)?) } else { None };
    let shower = if fact { Shower::fact(engine, lang) } else { Shower::cell(engine, lang) };
    let others: Vec<&str> = errors.iter().map(|error| error.message.get(lang)).collect();
    let was = serde_json::to_string(&BTreeMap::from([(name, own(signed, record, name))])).unwrap_or_default();
    let page = CellPart {
        lang,
        object: record.object.name.clone(),
        id: record.id.to_string(),
        field: name.to_owned(),
        label: field.label.get(lang).to_owned(),
        version: record.version,
        number: field.kind.is_number(),
        fact,
        control,
        was,
        error: (!others.is_empty()).then(|| others.join(lang.t("；", "; "))),
        alike,
        value: shower.show(record, name),
        portrait: (!editing && fact && field.kind == FieldKind::Image).then(|| portrait(signed, record)),
    };
    html_as(status, &page)
}

fn own(signed: &Signed, record: &Record, name: &str) -> String {
    match record.value(name) {
        zhike_types::Value::List(keys) => keys.join("|"),
        value => money(value).unwrap_or_else(|| signed.app.engine.to_form(record, name)),
    }
}

fn control(
    signed: &Signed,
    record: &Record,
    field: &Field,
    typed: &Typed,
    errors: &[FieldError],
) -> Result<Control, Fault> {
    let lang = signed.lang();
    if !record.may_change || record.state(&field.name) != FieldState::Writable || field.read_only {
        return Err(Error::Forbidden(Text::new("这一项不能修改。", "This field cannot be changed.")).into());
    }
    let engine = &signed.app.engine;
    let maker = Maker {
        engine,
        model: &engine.model(),
        object: &record.object,
        lang,
        states: &record.states,
        record: Some(record),
        typed,
        titles: &HashMap::new(),
        errors,
        notices: &BTreeMap::new(),
        prefix: "cell-",
        files: takes_files(engine, &signed.actor, &record.object),
    };
    let mut control = maker.control(field).ok_or(Error::NotFound)?;
    control.help = None;
    control.decides = false;
    control.depends = false;
    Ok(control)
}
