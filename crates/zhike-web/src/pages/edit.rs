//! Changing a whole record. When somebody else was faster, the form comes back with what one typed and with what changed
//! meanwhile; saving again overwrites.

use std::collections::BTreeMap;

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use zhike_model::{Model, Object};
use zhike_records::{AuditEntry, Record, is_compared};
use zhike_types::{Error, FieldError, Lang};

use crate::{
    fault::{Answer, Fault},
    form::{Form as RecordForm, Maker, Typed, input_of},
    frame::{Frame, Saved, html_as, saved},
    link::Pairs,
    pages::{alike, approvals, deeds},
    sent::{Sent, fill_files, takes_files},
    session::Signed,
    ui::{self, Markup},
    value::{shortened, title_of, who},
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "record/edit.html")]
struct EditPage {
    frame: Frame,
    lang: Lang,
    object: String,
    id: String,
    name: String,
    /// What is there already.
    alike: Markup,
    /// Whether to look for it while somebody types.
    compared: bool,
    form: RecordForm,
    /// What others changed while the user typed.
    meanwhile: Vec<Meanwhile>,
}

struct Meanwhile {
    who: String,
    field: String,
    before: String,
    after: String,
}

pub async fn show(signed: Signed, Path((object, id)): Path<(String, String)>) -> Answer {
    let object = signed.object(&object)?;
    let record = signed.app.engine.read(&signed.actor, &object.name, super::id(&id)?).await?;
    if !record.may_change {
        return Err(Error::Forbidden(zhike_types::Text::new(
            "您可以查看这条记录，但不能修改它。",
            "You may see this record, not change it.",
        ))
        .into());
    }
    answer(&signed, StatusCode::OK, &record, &Typed::default(), &[], Vec::new(), Markup::default()).await
}

pub async fn save(signed: Signed, Path((object, id)): Path<(String, String)>, sent: Sent) -> Answer {
    let object = signed.object(&object)?;
    let Sent { pairs, files } = sent;
    let engine = &signed.app.engine;
    let id = super::id(&id)?;
    let version = pairs.get("_version").and_then(|text| text.parse().ok());
    let (typed, mut input) = input_of(&object, &pairs);
    alike::policy(&pairs, &mut input);
    if input.fields.is_empty() && files.is_empty() {
        let record = engine.read(&signed.actor, &object.name, id).await?;
        return Ok(done(&signed, &record, signed.lang().t("没有修改", "Nothing changed").to_owned()));
    }
    let written = match engine.change(&signed.actor, &object.name, id, version, input).await {
        Ok(record) => fill_files(&signed, record, files).await,
        failed => failed,
    };
    match written {
        Ok(record) => Ok(done(&signed, &record, signed.lang().t("已保存", "Saved").to_owned())),
        Err(Error::Invalid(errors)) => {
            let record = engine.read(&signed.actor, &object.name, id).await?;
            answer(&signed, StatusCode::UNPROCESSABLE_ENTITY, &record, &typed, &errors, Vec::new(), Markup::default())
                .await
        }
        Err(Error::Stale { current }) => {
            let record = engine.read(&signed.actor, &object.name, id).await?;
            let missed = usize::try_from(current - version.unwrap_or(current)).unwrap_or(1).clamp(1, 20);
            let history = engine.history(&signed.actor, &object.name, id, None, missed).await?;
            let kept = only_changed(&object, &pairs, &typed);
            let missed = meanwhile(&engine.model(), &object, &history, signed.lang());
            answer(&signed, StatusCode::CONFLICT, &record, &kept, &[], missed, Markup::default()).await
        }
        Err(Error::TooMany(message)) => {
            let record = engine.read(&signed.actor, &object.name, id).await?;
            let errors = [FieldError { field: String::new(), code: "too_many", message }];
            let status = StatusCode::TOO_MANY_REQUESTS;
            answer(&signed, status, &record, &typed, &errors, Vec::new(), Markup::default()).await
        }
        Err(error @ Error::NeedsApproval(..)) => {
            approvals::ask::needed(&signed, &object, Some(id), &pairs, &error).await
        }
        Err(error @ Error::Alike(..)) => {
            let record = engine.read(&signed.actor, &object.name, id).await?;
            let notice = alike::notice(engine, &error, signed.lang(), false, &pairs);
            answer(&signed, StatusCode::CONFLICT, &record, &typed, &[], Vec::new(), notice).await
        }
        Err(error) => Err(error.into()),
    }
}

/// What the user really changed: other controls show the record as it is now.
fn only_changed(object: &Object, pairs: &Pairs, typed: &Typed) -> Typed {
    let (_, input) = input_of(object, pairs);
    let changed: Vec<&String> = input.fields.iter().map(|(name, _)| name).collect();
    let kept = pairs.0.iter().filter(|(name, _)| changed.contains(&name) && typed.has(name));
    Typed::of(object, &Pairs(kept.cloned().collect()))
}

fn meanwhile(model: &Model, object: &Object, history: &[AuditEntry], lang: Lang) -> Vec<Meanwhile> {
    let changes = history.iter().flat_map(|entry| entry.changes.iter().map(move |change| (entry, change)));
    changes
        .filter_map(|(entry, change)| {
            let field = object.field(&change.field).filter(|field| !field.system)?;
            let (before, after) = deeds::texts(model, field, change, lang, 80);
            Some(Meanwhile {
                who: who(entry.actor_id.is_some().then_some(&entry.actor), lang),
                field: field.label.get(lang).to_owned(),
                before,
                after,
            })
        })
        .collect()
}

async fn answer(
    signed: &Signed,
    status: StatusCode,
    record: &Record,
    typed: &Typed,
    errors: &[FieldError],
    meanwhile: Vec<Meanwhile>,
    alike: Markup,
) -> Answer {
    html_as(status, &page(signed, record, typed, errors, meanwhile, alike).await?)
}

async fn page(
    signed: &Signed,
    record: &Record,
    typed: &Typed,
    errors: &[FieldError],
    meanwhile: Vec<Meanwhile>,
    alike: Markup,
) -> Result<EditPage, Fault> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let object = &record.object;
    let titles = super::create::titles(signed, object, typed).await;
    let notices: BTreeMap<String, String> = BTreeMap::new();
    let maker = Maker {
        engine,
        model: &engine.model(),
        object,
        lang,
        states: &record.states,
        record: Some(record),
        typed,
        titles: &titles,
        errors,
        notices: &notices,
        prefix: "f-",
        files: takes_files(engine, &signed.actor, object),
    };
    let name = title_of(engine, record, lang);
    let form = maker.full();
    Ok(EditPage {
        frame: Frame::new(signed, t!(lang, "编辑", "Edit"), &format!("/{}", object.name))
            .crumb(object.plural.get(lang), format!("/{}", object.name))
            .crumb(shortened(&name, 40), format!("/{}/{}", object.name, record.id)),
        lang,
        object: object.name.clone(),
        id: record.id.to_string(),
        name,
        alike,
        compared: is_compared(object),
        form,
        meanwhile,
    })
}

fn done(signed: &Signed, record: &Record, text: String) -> axum::response::Response {
    let label = title_of(&signed.app.engine, record, signed.lang());
    let url = format!("/{}/{}", record.object.name, record.id);
    saved(
        signed,
        Saved { object: record.object.name.clone(), id: record.id.to_string(), label, url, text, undo: String::new() },
    )
}
