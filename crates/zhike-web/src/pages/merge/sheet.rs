//! From one record: which other it is merged into. And an old link to a record that went into another.

use askama::Template;
use axum::{extract::Path, http::StatusCode};
use zhike_model::Object;
use zhike_types::{Error, Lang, Uuid};

use crate::{
    fault::Answer,
    frame::sheet,
    session::{Flash, Signed},
    value::title_of,
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "merge/choose.html")]
struct ChooseSheet {
    lang: Lang,
    object: String,
    label: String,
    id: String,
    name: String,
}

/// Asks for the other one.
pub async fn choose(signed: Signed, Path((object, id)): Path<(String, String)>) -> Answer {
    let object = signed.object(&object)?;
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let record = engine.read(&signed.actor, &object.name, super::super::id(&id)?).await?;
    let label = object.label.get(lang).to_owned();
    let title = t!(lang, "合并到其他{}", "Merge into another {}", one(&object, lang));
    let name = title_of(engine, &record, lang);
    let page = ChooseSheet { lang, object: object.name.clone(), label, id: record.id.to_string(), name };
    sheet(&signed, StatusCode::OK, &title, &format!("/{}", object.name), &page)
}

/// What one is called in a sentence: 客户, customer.
fn one(object: &Object, lang: Lang) -> String {
    match lang {
        Lang::Zh => object.label.zh.to_string(),
        Lang::En => object.label.en.to_lowercase(),
    }
}

/// To where a record went that was merged away.
pub async fn follow(signed: &Signed, object: &Object, id: Uuid) -> Answer {
    let into = signed.app.engine.merged_into(&signed.actor, &object.name, id).await?.ok_or(Error::NotFound)?;
    let lang = signed.lang();
    let said = t!(lang, "您打开的{}已经合并到这一条", "The {} you opened was merged into this one", one(object, lang));
    let flash = Flash { tone: "blue".to_owned(), ..Flash::new(said) };
    Ok(flash.redirect(&format!("/{}/{into}", object.name)))
}
