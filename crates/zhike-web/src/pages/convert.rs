//! 转为客户: a record becomes others. One form holds what each is to be: a new one, one that is there, or nothing.

mod form;
mod shown;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
};
use zhike_model::Object;
use zhike_records::{Alikes, Becoming, ConversionInput, ConversionProposal, Input, OnAlike};
use zhike_types::{Error, Lang, Uuid};

use crate::{
    fault::{self, Answer, Fault},
    form::Control,
    frame::{Frame, html_as},
    link::{Pairs, local},
    pages::alike,
    session::{Flash, Signed},
    ui::{self, Markup},
    value::{shortened, title_of},
    words::{Say, t},
};

pub use shown::{Conversion, became, of};

#[derive(Template)]
#[template(path = "convert/convert.html")]
struct ConvertPage {
    frame: Frame,
    lang: Lang,
    /// The record's own page.
    place: String,
    /// Where one came from; empty for the record's own page.
    back: String,
    /// What the button says.
    deed: String,
    /// What came of it already, when somebody was faster.
    over: Option<Over>,
    problems: Vec<String>,
    alike: Markup,
    targets: Vec<Target>,
}

/// What somebody who comes late is told.
struct Over {
    text: String,
    became: Vec<shown::Became>,
}

/// What one target is to be.
struct Target {
    object: String,
    label: String,
    /// What is chosen: `new`, `none`, `other` or a record's id.
    chosen: String,
    may_create: bool,
    optional: bool,
    /// Whether others are looked for while somebody types.
    compared: bool,
    controls: Vec<Control>,
    found: Markup,
    pick: Control,
    error: Option<String>,
}

/// The record's page says what the deed is called.
pub fn deed(signed: &Signed, object: &Object) -> Option<String> {
    let lang = signed.lang();
    let first = object.convert.as_ref()?.targets.first()?;
    let label = signed.app.engine.model().object(&first.object)?.label.get(lang).to_owned();
    Some(match lang {
        Lang::Zh => format!("转为{label}"),
        Lang::En => format!("Convert into {}", label.to_lowercase()),
    })
}

pub async fn show(signed: Signed, Path((object, id)): Path<(String, String)>, Query(query): Query<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let id = super::id(&id)?;
    match signed.app.engine.conversion(&signed.actor, &object.name, id).await {
        Ok(proposal) => {
            let pairs = Pairs::default().with("back", back(&query));
            page(&signed, &proposal, &pairs, None).await
        }
        Err(error @ Error::Conflict(_)) => over(&signed, &object, id, &error, back(&query)).await,
        Err(error) => Err(error.into()),
    }
}

/// Where one came from, when that was not the record's own page: its board.
fn back(pairs: &Pairs) -> &str {
    pairs.get("back").filter(|back| !back.is_empty()).map_or("", local)
}

pub async fn make(signed: Signed, Path((object, id)): Path<(String, String)>, Form(pairs): Form<Pairs>) -> Answer {
    let lang = signed.lang();
    let object = signed.object(&object)?;
    let id = super::id(&id)?;
    let engine = &signed.app.engine;
    let proposal = match engine.conversion(&signed.actor, &object.name, id).await {
        Err(error @ Error::Conflict(_)) => return over(&signed, &object, id, &error, back(&pairs)).await,
        proposal => proposal?,
    };
    let input = input(&signed, &proposal, &pairs);
    match engine.convert(&signed.actor, &object.name, id, &input).await {
        Ok(done) => {
            let first = done.became.first().ok_or(Error::NotFound)?;
            let name = shortened(&title_of(engine, first, lang), 40);
            let label = first.object.label.get(lang);
            let said = t!(lang, "已转为{label}：{name}", "Converted: {label} {name}");
            let place = format!("/{}/{id}", object.name);
            let undo = format!("{place}/convert/undo");
            if !back(&pairs).is_empty() {
                return Ok(Flash::new(said).undo(undo).redirect(back(&pairs)));
            }
            let sees = engine.sees(&signed.actor, &first.object.name, first.id).await?;
            let to = if sees { format!("/{}/{}", first.object.name, first.id) } else { place };
            Ok(Flash::new(said).undo(undo).redirect(&to))
        }
        Err(error @ Error::Conflict(_)) => over(&signed, &object, id, &error, back(&pairs)).await,
        Err(error @ (Error::Invalid(_) | Error::Alike(..) | Error::Forbidden(_) | Error::TooMany(_))) => {
            page(&signed, &proposal, &pairs, Some(&error)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes it back.
pub async fn undo(signed: Signed, Path((object, id)): Path<(String, String)>) -> Answer {
    let lang = signed.lang();
    let object = signed.object(&object)?;
    let id = super::id(&id)?;
    let place = format!("/{}/{id}", object.name);
    match signed.app.engine.unconvert(&signed.actor, &object.name, id).await {
        Ok(_) => Ok(Flash::new(lang.t("转化已撤销", "The conversion was taken back")).redirect(&place)),
        Err(error @ (Error::Conflict(_) | Error::Forbidden(_))) => {
            let text = error.message().get(lang).to_owned();
            Ok(Flash { tone: "amber".to_owned(), ..Flash::new(text) }.redirect(&place))
        }
        Err(error) => Err(error.into()),
    }
}

/// What is much like what is typed for a target, while somebody types.
pub async fn matches(
    signed: Signed,
    Path((object, id)): Path<(String, String)>,
    Query(query): Query<Pairs>,
    Form(pairs): Form<Pairs>,
) -> Answer {
    let object = signed.object(&object)?;
    let proposal = match signed.app.engine.conversion(&signed.actor, &object.name, super::id(&id)?).await {
        // the form was sent while the question was on its way: there is nothing to choose any more
        Err(Error::Conflict(_)) => return Ok(super::list::fragment(String::new())),
        proposal => proposal?,
    };
    let wanted = query.get("target").unwrap_or_default();
    let target = proposal.targets.iter().find(|target| target.object.name == wanted).ok_or(Error::NotFound)?;
    let found = form::found(&signed, &proposal, target, &pairs).await?;
    let chosen = pairs.get(&format!("{wanted}.as")).unwrap_or_default();
    Ok(super::list::fragment(form::choices(&signed, target, &found, chosen).0))
}

/// What was asked for.
fn input(signed: &Signed, proposal: &ConversionProposal, pairs: &Pairs) -> ConversionInput {
    let mut policy = Input::default();
    alike::policy(pairs, &mut policy);
    let targets = proposal.targets.iter().map(|target| {
        let name = &target.object.name;
        let chosen = pairs.get(&format!("{name}.as")).unwrap_or("new");
        let picked = pairs.get(&format!("{name}.pick")).unwrap_or_default();
        let id = super::id(if chosen == "other" { picked } else { chosen }).ok();
        let becoming = match (chosen, id) {
            ("new", _) => Becoming::New(form::typed(signed, target, pairs)),
            (_, Some(id)) => Becoming::Existing(id),
            // nobody was picked: that is said, not taken for nothing
            ("other", None) => Becoming::Existing(Uuid::nil()),
            _ => Becoming::Nothing,
        };
        (name.clone(), becoming)
    });
    ConversionInput {
        targets: targets.collect(),
        reason: match &policy.duplicates {
            OnAlike::Allow { reason } => Some(reason.clone()),
            OnAlike::Ask => None,
        },
        duplicates: policy.duplicates,
    }
}

async fn page(signed: &Signed, proposal: &ConversionProposal, pairs: &Pairs, failed: Option<&Error>) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let record = &proposal.record;
    let name = title_of(engine, record, lang);
    let shown = shortened(&name, 40);
    let place = format!("/{}/{}", record.object.name, record.id);
    let deed = deed(signed, &record.object).unwrap_or_default();
    let errors = match failed {
        Some(Error::Invalid(errors)) => errors.as_slice(),
        _ => &[],
    };
    let mut targets = Vec::new();
    for target in &proposal.targets {
        let found = form::found(signed, proposal, target, pairs).await?;
        targets.push(form::target(signed, proposal, target, pairs, errors, &found).await);
    }
    let placed = |field: &str| proposal.targets.iter().any(|target| form::is_of(field, &target.object.name));
    let mut problems: Vec<String> =
        errors.iter().filter(|error| !placed(&error.field)).map(|error| error.message.get(lang).to_owned()).collect();
    if let Some(error @ (Error::Forbidden(_) | Error::TooMany(_))) = failed {
        problems.push(error.message().get(lang).to_owned());
    }
    let notice = match failed {
        Some(error) if Alikes::of(error).is_some() => alike::notice(engine, error, lang, true, pairs),
        _ => Markup::default(),
    };
    let page = ConvertPage {
        frame: Frame::new(signed, t!(lang, "{deed}：{shown}", "{deed}: {shown}"), &format!("/{}", record.object.name))
            .crumb(record.object.plural.get(lang), format!("/{}", record.object.name))
            .crumb(shortened(&name, 40), place.clone()),
        lang,
        place,
        back: back(pairs).to_owned(),
        deed,
        over: None,
        problems,
        alike: notice,
        targets,
    };
    html_as(failed.map_or(StatusCode::OK, fault::status), &page)
}

/// Somebody was faster, or it cannot be: what came of it, with links to what the reader may see.
async fn over(signed: &Signed, object: &Object, id: Uuid, error: &Error, back: &str) -> Answer {
    let lang = signed.lang();
    let record = signed.app.engine.read(&signed.actor, &object.name, id).await.map_err(Fault::from)?;
    let name = title_of(&signed.app.engine, &record, lang);
    let shown = shortened(&name, 40);
    let place = format!("/{}/{id}", object.name);
    let deed = deed(signed, object).unwrap_or_default();
    let page = ConvertPage {
        frame: Frame::new(signed, t!(lang, "{deed}：{shown}", "{deed}: {shown}"), &format!("/{}", object.name))
            .crumb(object.plural.get(lang), format!("/{}", object.name))
            .crumb(shortened(&name, 40), place.clone()),
        lang,
        place,
        back: back.to_owned(),
        deed,
        over: Some(Over { text: error.message().get(lang).to_owned(), became: became(signed, &record) }),
        problems: Vec::new(),
        alike: Markup::default(),
        targets: Vec::new(),
    };
    html_as(StatusCode::CONFLICT, &page)
}
