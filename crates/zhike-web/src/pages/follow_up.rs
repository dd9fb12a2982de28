//! The composer of a record's timeline: what was said, and when to come back, in two clicks.

use axum::{
    Form,
    extract::Path,
    response::{IntoResponse, Response},
};
use zhike_model::{Model, Relation};
use zhike_records::{Input, Record};
use zhike_types::Error;

use super::create::inherit;
use crate::{
    fault::Answer,
    form::{Choice, Typed},
    link::Pairs,
    session::{Flash, Signed},
    words::Say,
};

/// The object whose records tell of contacts with a customer.
pub const INTERACTION: &str = "interaction";

/// How an interaction refers to records of an object, when it does. A relation without a name is one that every record has
/// (who made it, who owns it).
pub fn relation<'m>(model: &'m Model, object: &str) -> Option<&'m Relation> {
    model.relations(object).iter().find(|relation| relation.object == INTERACTION && !relation.name.is_empty())
}

/// What the composer offers.
pub struct Composer {
    pub action: String,
    pub draft: String,
    pub channels: Vec<(Choice, &'static str)>,
    pub results: Vec<Choice>,
}

/// The composer of a record's page; none when nothing follows it up or the actor may not write it.
pub fn composer(signed: &Signed, record: &Record) -> Option<Composer> {
    let engine = &signed.app.engine;
    let model = engine.model();
    relation(&model, &record.object.name)?;
    let object = model.object(INTERACTION).filter(|_| engine.may(&signed.actor, INTERACTION).create)?;
    let lang = signed.lang();
    let options = |name: &str| object.field(name).map(|field| field.kind.options()).unwrap_or_default();
    let first = object
        .field("channel")
        .and_then(|field| field.default.as_ref())
        .and_then(|value| value.as_text())
        .unwrap_or("phone")
        .to_owned();
    Some(Composer {
        action: format!("/{}/{}/follow-up", record.object.name, record.id),
        draft: format!("follow-up-{}", record.id),
        channels: options("channel")
            .iter()
            .filter(|option| !option.retired)
            .map(|option| (Choice::new(&option.key, option.label.get(lang), option.key == first), icon(&option.key)))
            .collect(),
        results: options("result")
            .iter()
            .filter(|option| !option.retired)
            .map(|option| Choice::new(&option.key, option.label.get(lang), false))
            .collect(),
    })
}

/// The icon of a channel.
pub fn icon(channel: &str) -> &'static str {
    match channel {
        "phone" => "phone",
        "visit" => "map-pin",
        "wechat" => "message-circle",
        "email" => "mail",
        "meeting" => "users",
        "video" => "video",
        "message" => "message-square",
        "exhibition" => "store",
        _ => "ellipsis",
    }
}

pub async fn create(signed: Signed, Path((object, id)): Path<(String, String)>, Form(pairs): Form<Pairs>) -> Answer {
    let parent = signed.object(&object)?;
    let engine = &signed.app.engine;
    let record = engine.read(&signed.actor, &parent.name, super::id(&id)?).await?;
    let model = engine.model();
    let relation = relation(&model, &parent.name).ok_or(Error::NotFound)?;
    let object = signed.object(INTERACTION)?;
    let mut typed =
        Typed::of(&object, &Pairs(pairs.0.into_iter().filter(|(_, text)| !text.trim().is_empty()).collect()));
    typed.set(&relation.field, record.id.to_string());
    inherit(&signed, &object, &mut typed).await;
    let input: Input = typed.input(&object, &std::collections::BTreeMap::new());
    engine.create(&signed.actor, INTERACTION, input).await?;
    Ok(done(&signed, &record))
}

fn done(signed: &Signed, record: &Record) -> Response {
    let text = signed.lang().t("跟进已保存", "Follow-up saved");
    Flash::new(text).redirect(&format!("/{}/{}", record.object.name, record.id)).into_response()
}
