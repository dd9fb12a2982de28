//! One record, as its pool shows it.

use askama::Template;
use axum::extract::Path;
use zhike_records::{FieldState, Record};
use zhike_types::Lang;

use super::{PLACE, looking::Looking};
use crate::{
    fault::Answer,
    frame::{Frame, html},
    session::Signed,
    ui,
    value::{Shower, title_of},
    words::Say,
};

struct Fact {
    label: String,
    html: ui::Markup,
}

#[derive(Template)]
#[template(path = "pool/record.html")]
struct RecordPage {
    frame: Frame,
    lang: Lang,
    place: String,
    id: String,
    name: String,
    pool: String,
    facts: Vec<Fact>,
    may_claim: bool,
    manager: bool,
}

pub async fn show(signed: Signed, Path((pool, id)): Path<(String, String)>) -> Answer {
    let lang = signed.lang();
    let looking = Looking::into_pool(&signed, crate::pages::id(&pool)?).await?;
    let record = signed.app.engine.pool_read(&looking.view, crate::pages::id(&id)?).await?;
    let name = title_of(&signed.app.engine, &record, lang);
    let pool = looking.view.pool.name.clone();
    html(&RecordPage {
        frame: Frame::new(&signed, name.clone(), PLACE)
            .crumb(lang.t("公海", "Pools"), PLACE)
            .crumb(pool.clone(), looking.place.clone()),
        lang,
        id: record.id.to_string(),
        facts: facts(&looking, &record),
        may_claim: looking.view.pool.active && signed.actor.user_id.is_some(),
        manager: looking.view.manager,
        place: looking.place,
        name,
        pool,
    })
}

fn facts(looking: &Looking, record: &Record) -> Vec<Fact> {
    let lang = looking.inner.lang();
    let shower = Shower::fact(&looking.inner.app.engine, lang);
    looking
        .object
        .fields
        .iter()
        .filter(|field| field.name != looking.object.title)
        .filter(|field| !field.system || field.name == "pool_since" || field.name == "created_at")
        .filter(|field| !matches!(record.state(&field.name), FieldState::Hidden | FieldState::Unread))
        .filter(|field| field.name == "pool_since" || !record.value(&field.name).is_null())
        .map(|field| Fact { label: field.label.get(lang).to_owned(), html: shower.show(record, &field.name) })
        .collect()
}
