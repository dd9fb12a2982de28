//! The records that a form's record is or may be: shown above what was typed, with a reason field for who may go on.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
};
use zhike_records::{Alike, Alikes, Band, Engine, Input, OnAlike};
use zhike_types::{Error, Lang};

use crate::{
    fault::Answer,
    form::input_of,
    link::{Pairs, encode},
    pages::disputes,
    session::Signed,
    ui::{self, Markup},
    value::{shortened, title_of},
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "record/alike.html")]
struct AlikeBox {
    lang: Lang,
    text: String,
    matches: Vec<Found>,
    may_go_on: bool,
    /// The words on the button of who may go on.
    go_on: Option<&'static str>,
    reason: String,
    problem: Option<String>,
    /// While somebody types: nothing to press yet.
    typing: bool,
}

struct Found {
    /// What it is: a lead's form tells of customers, too.
    kind: String,
    band: String,
    tone: &'static str,
    url: Option<String>,
    title: String,
    facts: String,
    holder: String,
    reasons: String,
    /// Where a colleague's customer is claimed.
    claim: Option<String>,
}

/// What the form says about records that are there already. Without a reason it is asked again.
pub fn policy(pairs: &Pairs, input: &mut Input) {
    let reason = pairs.get("_reason").map(str::trim).unwrap_or_default();
    if pairs.get("_duplicates") == Some("allow") && !reason.is_empty() {
        input.duplicates = OnAlike::Allow { reason: reason.to_owned() };
    }
}

/// The box; `new`: the record is not there yet.
pub fn notice(engine: &Engine, error: &Error, lang: Lang, new: bool, pairs: &Pairs) -> Markup {
    let Some(found) = Alikes::of(error) else { return Markup::default() };
    let go_on = if new {
        lang.t("仍要新建", "Create it all the same")
    } else {
        lang.t("仍要保存", "Save all the same")
    };
    // whoever pressed the button and is here again gave none
    let missing = pairs.get("_duplicates") == Some("allow");
    let notice = AlikeBox {
        lang,
        text: error.message().get(lang).to_owned(),
        matches: found.matches.iter().map(|alike| told(engine, alike, lang, pairs)).collect(),
        may_go_on: found.may_go_on,
        go_on: found.may_go_on.then_some(go_on),
        reason: pairs.get("_reason").unwrap_or_default().to_owned(),
        problem: missing.then(|| lang.t("请写明理由。", "Give a reason.").to_owned()),
        typing: false,
    };
    Markup(notice.render().unwrap_or_default())
}

/// What is there already while a form is filled; nothing when there is nothing. `except` in the address: the record that is being
/// changed; what was like it before is not said again.
pub async fn while_typing(
    signed: Signed,
    Path(object): Path<String>,
    Query(query): Query<Pairs>,
    Form(pairs): Form<Pairs>,
) -> Answer {
    let object = signed.object(&object)?;
    let (lang, engine) = (signed.lang(), &signed.app.engine);
    let (_, input) = input_of(&object, &pairs);
    let found = match query.get("except") {
        None => engine.matches(&signed.actor, &object.name, &input, None).await,
        Some(id) => engine.matches_of_change(&signed.actor, &object.name, super::id(id)?, &input).await,
    };
    let label = object.label.get(lang);
    let (text, found) = match found {
        Ok(found) if found.is_empty() => return Ok(super::list::fragment(String::new())),
        Ok(found) => (t!(lang, "系统里可能已经有这个{label}", "This may be there already: {label}"), found),
        // the form can be filled all the same
        Err(Error::TooMany(text)) => (text.get(lang).to_owned(), Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let notice = AlikeBox {
        lang,
        text,
        matches: found.iter().map(|alike| told(engine, alike, lang, &pairs)).collect(),
        may_go_on: true,
        go_on: None,
        reason: String::new(),
        problem: None,
        typing: true,
    };
    Ok(super::list::fragment(notice.render()?))
}

fn told(engine: &Engine, alike: &Alike, lang: Lang, pairs: &Pairs) -> Found {
    let record = alike.record.as_ref();
    let subtitle = |record: &zhike_records::Record| {
        let facts = record.object.subtitle.iter().map(|field| engine.show(record, field, lang));
        facts.filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" · ")
    };
    // one that is not seen is claimed by what was typed
    let claim = match record {
        Some(record) if record.may_change || record.object.name != "account" => None,
        Some(record) => Some(format!("{}/new?account={}", disputes::PLACE, record.id)),
        None if alike.object != "account" => None,
        None => pairs.get("name").map(|name| format!("{}/new?q={}", disputes::PLACE, encode(name.trim()))),
    };
    let holder = [alike.owner.as_deref(), alike.department.as_deref()];
    let model = engine.model();
    let kind = model.object(&alike.object).map(|object| object.label.get(lang).to_owned()).unwrap_or_default();
    Found {
        kind,
        band: alike.band.text().get(lang).to_owned(),
        tone: match alike.band {
            Band::Same => "red",
            Band::Review => "amber",
            _ => "gray",
        },
        url: record.map(|record| format!("/{}/{}", record.object.name, record.id)),
        title: record.map_or_else(
            || lang.t("归别人所有，您看不到详情", "Somebody else's: you may not see it").to_owned(),
            |record| shortened(&title_of(engine, record, lang), 60),
        ),
        facts: record.map(subtitle).unwrap_or_default(),
        holder: holder.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        claim: claim.filter(|_| matches!(alike.band, Band::Same | Band::Review)),
        reasons: alike.reasons.iter().map(|reason| reason.get(lang)).collect::<Vec<_>>().join(lang.t("、", ", ")),
    }
}
