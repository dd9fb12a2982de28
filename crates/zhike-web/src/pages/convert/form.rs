//! The part of the form that says what one target is to be.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use zhike_records::{Alike, Band, ConversionProposal, Given, Input, ProposedTarget, Record, is_compared};
use zhike_types::{Error, FieldError, Lang};

use super::Target;
use crate::{
    fault::Fault,
    form::{Choice, Control, Kind, Maker, Typed},
    link::Pairs,
    pages::create::titles,
    session::Signed,
    ui::Markup,
    value::{shortened, subtitle_of, title_of},
    words::Say,
};

/// The records that may be it, to choose from.
#[derive(Template)]
#[template(path = "convert/found.html")]
struct Found<'a> {
    lang: Lang,
    object: &'a str,
    label: String,
    lines: Vec<Line>,
}

struct Line {
    /// None for one that the actor may not see: it can be told of, not chosen.
    id: Option<String>,
    chosen: bool,
    band: String,
    tone: &'static str,
    url: String,
    title: String,
    facts: String,
    holder: String,
    reasons: String,
}

/// Whether an error is about a target or a field of it.
pub fn is_of(field: &str, object: &str) -> bool {
    field == object || field.strip_prefix(object).is_some_and(|rest| rest.starts_with('.'))
}

/// What was sent for one target, without its name before each.
fn own(target: &ProposedTarget, pairs: &Pairs) -> Pairs {
    let prefix = format!("{}.", target.object.name);
    Pairs(pairs.prefixed(&prefix).map(|(name, text)| (name.to_owned(), text.to_owned())).collect())
}

/// What somebody typed for a new one. A control left as it began says nothing, so that what goes along unasked stays; one that was
/// emptied says so.
pub fn typed(signed: &Signed, target: &ProposedTarget, pairs: &Pairs) -> Input {
    let own = own(target, pairs);
    let mut input = Typed::of(&target.object, &own).input(&target.object, &BTreeMap::new());
    input.fields.retain(|(name, given)| {
        let empty = matches!(given, Given::Text(text) if text.trim().is_empty());
        let begins = signed.app.engine.to_form(&target.begins, name);
        target.asks.contains(name) && (!empty || !begins.is_empty())
    });
    input
}

/// The records that are much like it: of the first target all, of the others those that hang on what was chosen for the first.
pub async fn found(
    signed: &Signed,
    proposal: &ConversionProposal,
    target: &ProposedTarget,
    pairs: &Pairs,
) -> Result<Vec<Alike>, Fault> {
    let record = &proposal.record;
    if !is_compared(&target.object) {
        return Ok(Vec::new());
    }
    let typed = typed(signed, target, pairs);
    let (of, id) = (&record.object.name, record.id);
    let mut found = match signed.app.engine.conversion_matches(&signed.actor, of, id, &target.object.name, &typed).await
    {
        // the form can be filled all the same
        Err(Error::TooMany(_)) => Vec::new(),
        found => found?,
    };
    found.retain(|alike| matches!(alike.band, Band::Same | Band::Review));
    let first = &proposal.targets[0];
    if first.object.name != target.object.name {
        let whose = pairs.get(&format!("{}.as", first.object.name)).unwrap_or_default();
        let whose = if whose == "other" { pairs.get(&format!("{}.pick", first.object.name)) } else { Some(whose) };
        let whose = whose.and_then(|text| crate::pages::id(text).ok());
        let hangs = |there: &Record| {
            whose.is_some()
                && there.fields().any(|(field, value, _)| field.kind.is_reference() && value.as_id() == whose)
        };
        found.retain(|alike| alike.record.as_ref().is_some_and(hangs));
    }
    Ok(found)
}

/// What is chosen for a target: what was sent, else one that certainly is it, else a new one where one is wanted.
fn chosen(target: &ProposedTarget, first: bool, found: &[Alike], pairs: &Pairs) -> String {
    if let Some(sent) = pairs.get(&format!("{}.as", target.object.name)) {
        return sent.to_owned();
    }
    let same = found.iter().filter(|alike| alike.band == Band::Same).find_map(|alike| alike.record.as_ref());
    match same {
        Some(record) => record.id.to_string(),
        None if target.wanted && target.may_create => "new".to_owned(),
        // the first is always something
        None if first => "other".to_owned(),
        None => "none".to_owned(),
    }
}

/// The found ones as lines to choose from.
pub fn choices(signed: &Signed, target: &ProposedTarget, found: &[Alike], chosen: &str) -> Markup {
    let lang = signed.lang();
    let label = target.object.label.get(lang).to_owned();
    let part = Found {
        lang,
        object: &target.object.name,
        label,
        lines: found.iter().map(|alike| line(signed, alike, chosen)).collect(),
    };
    Markup(part.render().unwrap_or_default().trim().to_owned())
}

fn line(signed: &Signed, alike: &Alike, chosen: &str) -> Line {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let record = alike.record.as_ref();
    let holder = [alike.owner.as_deref(), alike.department.as_deref()];
    let id = record.map(|record| record.id.to_string());
    Line {
        chosen: id.as_deref() == Some(chosen),
        id,
        band: alike.band.text().get(lang).to_owned(),
        tone: if alike.band == Band::Same { "red" } else { "amber" },
        url: record.map(|record| format!("/{}/{}", record.object.name, record.id)).unwrap_or_default(),
        title: record.map_or_else(
            || lang.t("归别人所有，您看不到详情", "Somebody else's: you may not see it").to_owned(),
            |record| shortened(&title_of(engine, record, lang), 60),
        ),
        facts: record.map(|record| subtitle_of(engine, record, lang)).unwrap_or_default(),
        holder: holder.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        reasons: alike.reasons.iter().map(|reason| reason.get(lang)).collect::<Vec<_>>().join(lang.t("、", ", ")),
    }
}

pub async fn target(
    signed: &Signed,
    proposal: &ConversionProposal,
    target: &ProposedTarget,
    pairs: &Pairs,
    errors: &[FieldError],
    found: &[Alike],
) -> Target {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let name = &target.object.name;
    let label = target.object.label.get(lang).to_owned();
    let mut typed = Typed::of(&target.object, &own(target, pairs));
    for field in target.asks.iter().filter(|field| !typed.has(field)).cloned().collect::<Vec<_>>() {
        let begins = crate::form::money(target.begins.value(&field));
        let begins = begins.unwrap_or_else(|| engine.to_form(&target.begins, &field));
        if !begins.is_empty() {
            typed.set(&field, begins);
        }
    }
    let titles = titles(signed, &target.object, &typed).await;
    let prefix = format!("{name}.");
    let own_errors: Vec<FieldError> = errors
        .iter()
        .filter_map(|error| Some(FieldError { field: error.field.strip_prefix(&prefix)?.to_owned(), ..error.clone() }))
        .collect();
    let maker = Maker {
        engine,
        model: &engine.model(),
        object: &target.object,
        lang,
        states: &target.begins.states,
        record: None,
        typed: &typed,
        titles: &titles,
        errors: &own_errors,
        notices: &BTreeMap::new(),
        prefix: &format!("{name}-"),
        files: false,
    };
    let controls = maker.among(&target.asks);
    // what is wrong with a field that the form does not ask for is said above it
    let unshown =
        |error: &&FieldError| !controls.iter().any(|control| control.name == format!("{prefix}{}", error.field));
    let unasked = own_errors.iter().find(unshown).map(|error| {
        let field = target.object.field(&error.field).map(|field| field.label.get(lang)).unwrap_or_default();
        format!("{field}{}{}", lang.t("：", ": "), error.message.get(lang))
    });
    let whole = errors.iter().find(|error| error.field == *name).map(|error| error.message.get(lang).to_owned());
    let first = proposal.targets[0].object.name == *name;
    let chosen = chosen(target, first, found, pairs);
    Target {
        object: name.clone(),
        may_create: target.may_create,
        optional: !first,
        compared: is_compared(&target.object),
        found: choices(signed, target, found, &chosen),
        pick: pick(signed, target, pairs, &label).await,
        error: whole.or(unasked),
        controls,
        chosen,
        label,
    }
}

/// One that is there and was not found by itself.
async fn pick(signed: &Signed, target: &ProposedTarget, pairs: &Pairs, label: &str) -> Control {
    let lang = signed.lang();
    let name = &target.object.name;
    let sent = pairs.get(&format!("{name}.pick")).unwrap_or_default().to_owned();
    let mut names: HashMap<String, String> = HashMap::new();
    if let Ok(id) = crate::pages::id(&sent)
        && let Ok(record) = signed.app.engine.read(&signed.actor, name, id).await
    {
        names.insert(sent.clone(), title_of(&signed.app.engine, &record, lang));
    }
    Control {
        lang,
        id: format!("{name}-pick"),
        name: format!("{name}.pick"),
        label: match lang {
            Lang::Zh => format!("哪个{label}"),
            Lang::En => format!("Which {}", label.to_lowercase()),
        },
        help: None,
        required: false,
        error: None,
        notice: None,
        wide: false,
        hidden: false,
        depends: false,
        decides: false,
        object: name.clone(),
        kind: Kind::Pick {
            url: format!("/pick/{name}"),
            create: None,
            chosen: names.get(&sent).map(|title| Choice::new(&sent, title, true)),
            target: label.to_owned(),
        },
    }
}
