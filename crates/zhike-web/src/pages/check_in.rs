//! 签到: one button on the phone says where one is, with a photo.

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use zhike_records::{CheckInInput, Record};
use zhike_types::{Error, FieldError, Lang};

use crate::{
    fault::Answer,
    frame::{Saved, saved, sheet},
    link::Pairs,
    sent::{Sent, takes_files},
    session::Signed,
    ui,
    value::{shortened, title_of},
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "check_in/check_in.html")]
struct Sheet {
    lang: Lang,
    action: String,
    back: String,
    what: String,
    typed: Pairs,
    errors: Vec<FieldError>,
    /// Whether the reader may hang a photo on it.
    photo: bool,
}

impl Sheet {
    fn typed(&self, name: &str) -> &str {
        self.typed.get(name).unwrap_or_default()
    }

    fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == name).map(|error| error.message.get(self.lang))
    }

    /// What is wrong with the position: nobody typed it.
    fn position(&self) -> Option<&str> {
        ["latitude", "longitude", "accuracy"].into_iter().find_map(|name| self.error(name))
    }
}

pub async fn show(signed: Signed, Path((object, id)): Path<(String, String)>) -> Answer {
    let object = signed.object(&object)?;
    let record = signed.app.engine.read(&signed.actor, &object.name, super::id(&id)?).await?;
    if !signed.app.engine.may_check_in(&signed.actor, &record) {
        return Ok(done(&signed, &record));
    }
    form(&signed, StatusCode::OK, &record, Pairs::default(), Vec::new())
}

pub async fn make(signed: Signed, Path((object, id)): Path<(String, String)>, sent: Sent) -> Answer {
    let object = signed.object(&object)?;
    let id = super::id(&id)?;
    let engine = &signed.app.engine;
    let number = |name: &str| sent.pairs.get(name).and_then(|text| text.trim().parse::<f64>().ok());
    let input = CheckInInput {
        place: sent.pairs.get("place").unwrap_or_default().to_owned(),
        latitude: number("latitude"),
        longitude: number("longitude"),
        accuracy: number("accuracy"),
        photo: sent.files.into_iter().find(|file| file.field == "photo").map(|file| (file.name, file.bytes)),
    };
    match engine.check_in(&signed.actor, &object.name, id, input).await {
        Ok(record) => Ok(done(&signed, &record)),
        Err(Error::Invalid(errors)) => {
            let record = engine.read(&signed.actor, &object.name, id).await?;
            form(&signed, StatusCode::UNPROCESSABLE_ENTITY, &record, sent.pairs, errors)
        }
        Err(error) => Err(error.into()),
    }
}

fn form(signed: &Signed, status: StatusCode, record: &Record, typed: Pairs, errors: Vec<FieldError>) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let back = format!("/{}/{}", record.object.name, record.id);
    let page = Sheet {
        lang,
        action: format!("{back}/check-in"),
        back: back.clone(),
        what: shortened(&title_of(engine, record, lang), 60),
        typed,
        errors,
        photo: takes_files(engine, &signed.actor, &record.object),
    };
    sheet(signed, status, lang.t("签到", "Check in"), &format!("/{}", record.object.name), &page)
}

/// The record as it stands; a second click is told the same.
fn done(signed: &Signed, record: &Record) -> axum::response::Response {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let place = record.object.check_in.as_ref().map(|declared| engine.show(record, &declared.place, lang));
    let text = match place.filter(|place| !place.is_empty()) {
        Some(place) => t!(lang, "已签到：{place}", "Checked in: {place}"),
        None => lang.t("已签到", "Checked in").to_owned(),
    };
    saved(
        signed,
        Saved {
            object: record.object.name.clone(),
            id: record.id.to_string(),
            label: title_of(engine, record, lang),
            url: format!("/{}/{}", record.object.name, record.id),
            text,
            undo: String::new(),
        },
    )
}
