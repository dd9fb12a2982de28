//! A new record: the full form, and the short one in a dialog or drawer.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect},
};
use serde_json::json;
use zhike_model::{Field, FieldKind, Object, Role};
use zhike_records::{ListQuery, Record, is_compared};
use zhike_types::{Error, FieldError, Lang, Result, Value};

use crate::{
    fault::Answer,
    form::{Form as RecordForm, Maker, Typed, dependent, input_of, money},
    frame::{Saved, ascii, saved, sheet},
    link::{Pairs, local},
    pages::{alike, approvals},
    sent::{Sent, fill_files, takes_files},
    session::Signed,
    ui::{self, Markup},
    value::title_of,
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "record/new.html")]
struct NewSheet {
    lang: Lang,
    title: String,
    object: String,
    /// What is there already.
    alike: Markup,
    /// Whether to look for it while somebody types.
    compared: bool,
    form: RecordForm,
    /// Where to go when it is saved, if not to the new record.
    next: String,
    /// Words for the draft that the browser keeps.
    draft: String,
    /// The short form offers the full one.
    full: Option<String>,
    full_asked: bool,
    /// In a dialog or drawer, not a page of its own.
    floats: bool,
}

/// The form; names in the address are filled in: `/contact/new?account=ID`.
pub async fn new(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    if !signed.app.engine.may(&signed.actor, &object.name).create {
        return Err(Error::Forbidden(zhike_types::text!(
            "您没有新建{}的权限。",
            "You may not create {}.",
            object.label.get(signed.lang())
        ))
        .into());
    }
    let mut typed = Typed::of(&object, &pairs);
    inherit(&signed, &object, &mut typed).await;
    offer(&signed, &object, &mut typed).await;
    for (name, text) in begins(&signed, &object, &typed).await? {
        typed.begin(&name, text);
    }
    let owner = object.role_index(Role::Owner).map(|index| &object.fields[index].name);
    if let (Some(owner), Some(me)) = (owner, signed.actor.user_id) {
        let asked = object.layout.quick_create.contains(owner) || !signed.sheet();
        if asked && !typed.has(owner) {
            typed.set(owner, me.to_string());
        }
    }
    answer(&signed, StatusCode::OK, &object, &pairs, &typed, &[], Markup::default()).await
}

/// A reference that a link fills in brings along what its record has in common with the new one: a task about a contact is
/// about the contact's account.
pub async fn inherit(signed: &Signed, object: &Object, typed: &mut Typed) {
    for field in &object.fields {
        let Some(target) = field.kind.reference_to() else { continue };
        let Some(id) = typed.get(&field.name).and_then(|text| super::id(text).ok()) else { continue };
        let Ok(record) = signed.app.engine.read(&signed.actor, target, id).await else { continue };
        for other in object.fields.iter().filter(|other| !other.system && other.name != field.name) {
            let same = record
                .object
                .field(&other.name)
                .is_some_and(|theirs| theirs.kind == other.kind || lead_to_one(&theirs.kind, &other.kind));
            let missing = same && other.kind.is_reference() && !typed.has(&other.name);
            if let Some(id) = record.value(&other.name).as_id().filter(|_| missing) {
                typed.set(&other.name, id.to_string());
            }
        }
    }
}

fn lead_to_one(a: &FieldKind, b: &FieldKind) -> bool {
    a.reference_to().is_some() && a.reference_to() == b.reference_to()
}

/// What a pack says is likely, of the records that name what the new one names: the contract's first plan that is still open.
async fn offer(signed: &Signed, object: &Object, typed: &mut Typed) {
    let engine = &signed.app.engine;
    let model = engine.model();
    for field in &object.fields {
        if typed.has(&field.name) {
            continue;
        }
        let target = field.kind.reference_to().and_then(|target| model.object(target));
        let Some((target, view)) = target.and_then(|target| Some((target, target.view(field.offers.as_deref()?)?)))
        else {
            continue;
        };
        let named = object.references_shared(target).filter_map(|name| Some((name, super::id(typed.get(name)?).ok()?)));
        let mut conditions: Vec<String> = named.map(|(name, id)| format!("{name} == \"{id}\"")).collect();
        if conditions.is_empty() {
            continue;
        }
        if !view.filter.is_empty() {
            conditions.push(format!("({})", view.filter));
        }
        let query = ListQuery {
            object: target.name.clone(),
            filter: conditions.join(" && "),
            sort: view.sort.clone(),
            limit: 1,
            lenient: true,
            ..ListQuery::default()
        };
        // an offer that cannot be made is none
        if let Ok(page) = engine.list(&signed.actor, &query).await
            && let [first] = page.records.as_slice()
        {
            typed.set(&field.name, first.id.to_string());
        }
    }
}

/// What the new record would begin with, as a form holds it.
async fn begins(signed: &Signed, object: &Object, typed: &Typed) -> Result<Vec<(String, String)>> {
    let engine = &signed.app.engine;
    let input = typed.input(object, &BTreeMap::new());
    let begins = engine.would_begin(&signed.actor, &object.name, &input).await?;
    let text = |(name, value): (String, Value)| {
        let plain = engine.value_to_form(object.field(&name)?, &value);
        Some((name, money(&value).unwrap_or(plain)))
    };
    Ok(begins.into_iter().filter_map(text).collect())
}

async fn answer(
    signed: &Signed,
    status: StatusCode,
    object: &Object,
    pairs: &Pairs,
    typed: &Typed,
    errors: &[FieldError],
    alike: Markup,
) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let of_fields = engine.field_states(&signed.actor, object);
    let titles = titles(signed, object, typed).await;
    let prefix = if signed.sheet() { "s-" } else { "f-" };
    let maker = Maker {
        engine,
        model: &engine.model(),
        object,
        lang,
        states: &of_fields,
        record: None,
        typed,
        titles: &titles,
        errors,
        notices: &BTreeMap::new(),
        prefix,
        files: takes_files(engine, &signed.actor, object),
    };
    let full_asked = pairs.get("_full").is_some() || !signed.sheet();
    let form = if full_asked { maker.full() } else { maker.quick() };
    let page = NewSheet {
        lang,
        title: t!(lang, "新建{}", "New {}", object.label.get(lang)),
        object: object.name.clone(),
        alike,
        compared: is_compared(object),
        form,
        next: pairs.get("_next").map(|next| local(next).to_owned()).unwrap_or_default(),
        draft: format!("{}-new", object.name),
        full: (!full_asked).then(|| pairs.on(&format!("/{}/new", object.name))),
        full_asked,
        floats: signed.sheet(),
    };
    sheet(signed, status, &page.title, &format!("/{}", object.name), &page)
}

/// Titles of the records that typed references name.
pub async fn titles(signed: &Signed, object: &Object, typed: &Typed) -> HashMap<String, String> {
    let mut titles = HashMap::new();
    for field in &object.fields {
        let Some(text) = typed.get(&field.name).filter(|text| !text.is_empty()) else { continue };
        let (target, id) = match (&field.kind, text.split_once(':')) {
            (FieldKind::Reference { object, .. }, _) => (object.as_str(), text),
            (FieldKind::AnyReference { .. }, Some((object, id))) => (object, id),
            _ => continue,
        };
        let Ok(id) = super::id(id) else { continue };
        if let Ok(record) = signed.app.engine.read(&signed.actor, target, id).await {
            titles.insert(text.to_owned(), title_of(&signed.app.engine, &record, signed.lang()));
        }
    }
    titles
}

pub async fn create(signed: Signed, Path(object): Path<String>, sent: Sent) -> Answer {
    let object = signed.object(&object)?;
    let Sent { pairs, files } = sent;
    let (typed, mut input) = input_of(&object, &pairs);
    // An empty control of a new record says nothing: defaults and initial values stay.
    input.fields.retain(|(_, given)| !matches!(given, zhike_records::Given::Text(text) if text.is_empty()));
    alike::policy(&pairs, &mut input);
    match signed.app.engine.create(&signed.actor, &object.name, input).await {
        Ok(record) => {
            // The record stands, whatever becomes of the file: the form must not come back to make it twice.
            let id = record.id;
            match fill_files(&signed, record, files).await {
                Ok(record) => Ok(created(&signed, &object, &record, &pairs, None)),
                Err(error) => {
                    let record = signed.app.engine.read(&signed.actor, &object.name, id).await?;
                    let why = error.message().get(signed.lang()).to_owned();
                    Ok(created(&signed, &object, &record, &pairs, Some(&why)))
                }
            }
        }
        Err(Error::Invalid(errors)) => {
            answer(&signed, StatusCode::UNPROCESSABLE_ENTITY, &object, &pairs, &typed, &errors, Markup::default()).await
        }
        Err(Error::Conflict(text) | Error::TooMany(text)) => {
            let errors = [FieldError { field: String::new(), code: "conflict", message: text }];
            answer(&signed, StatusCode::UNPROCESSABLE_ENTITY, &object, &pairs, &typed, &errors, Markup::default()).await
        }
        Err(error @ Error::NeedsApproval(..)) => approvals::ask::needed(&signed, &object, None, &pairs, &error).await,
        Err(error @ Error::Alike(..)) => {
            let notice = alike::notice(&signed.app.engine, &error, signed.lang(), true, &pairs);
            answer(&signed, StatusCode::CONFLICT, &object, &pairs, &typed, &[], notice).await
        }
        Err(error) => Err(error.into()),
    }
}

fn created(
    signed: &Signed,
    object: &Object,
    record: &Record,
    pairs: &Pairs,
    without_file: Option<&str>,
) -> axum::response::Response {
    let lang = signed.lang();
    let label = title_of(&signed.app.engine, record, lang);
    let mut text = t!(lang, "已新建{} {label}", "Created {} {label}", object.label.get(lang));
    if let Some(why) = without_file {
        text.push_str(&t!(lang, "，但文件没有上传：{why}", ", but the file was not uploaded: {why}"));
    }
    if pairs.get("then") == Some("new") && !signed.sheet() {
        return crate::session::Flash::new(text).redirect(&format!("/{}/new", object.name));
    }
    let next = pairs.get("_next").map(|next| local(next).to_owned());
    let url = next.unwrap_or_else(|| format!("/{}/{}", object.name, record.id));
    saved(
        signed,
        Saved { object: object.name.clone(), id: record.id.to_string(), label, url, text, undo: String::new() },
    )
}

/// The controls that show or hide with others, judged by what the form holds now, and what the record would take over. Writes nothing.
pub async fn dependents(
    signed: Signed,
    Path(object): Path<String>,
    headers: HeaderMap,
    Form(pairs): Form<Pairs>,
) -> Answer {
    let object = signed.object(&object)?;
    let typed = Typed::of(&object, &pairs);
    let told = tell_taken(&signed, &object, &typed, &headers).await?;
    let engine = &signed.app.engine;
    let of_fields = engine.field_states(&signed.actor, &object);
    let titles = titles(&signed, &object, &typed).await;
    let prefix = pairs.get("_prefix").unwrap_or(if signed.sheet() { "s-" } else { "f-" });
    let maker = Maker {
        engine,
        model: &engine.model(),
        object: &object,
        lang: signed.lang(),
        states: &of_fields,
        record: None,
        typed: &typed,
        titles: &titles,
        errors: &[],
        notices: &BTreeMap::new(),
        prefix,
        files: false,
    };
    let mut form = maker.full();
    // Only what the form itself sent may be swapped in it.
    for section in &mut form.sections {
        section.controls.retain(|control| typed.has(&control.name));
    }
    let fragment = super::list::fragment(dependent(&form).0);
    Ok(match told {
        Some(told) => ([("hx-trigger", told)], fragment).into_response(),
        None => fragment,
    })
}

/// What the fields take that the changed one decides, for the script that puts it into the form's controls (`zk-taken`). Where the form
/// names another record now, it goes over what stands there.
async fn tell_taken(signed: &Signed, object: &Object, typed: &Typed, headers: &HeaderMap) -> Result<Option<String>> {
    let by = headers.get("hx-trigger-name").and_then(|name| name.to_str().ok()).unwrap_or_default();
    let decided = |field: &Field| field.taken_by().any(|name| name == by);
    if !object.fields.iter().any(decided) {
        return Ok(None);
    }
    let taken = begins(signed, object, typed).await?;
    let mut values = Vec::new();
    for field in object.fields.iter().filter(|field| decided(field)) {
        let name = &field.name;
        let text = taken.iter().find(|(taken, _)| taken == name).map_or("", |(_, text)| text);
        match (&field.kind, text.rsplit_once(' ')) {
            (FieldKind::Money { .. }, Some((amount, code))) => {
                values.push(json!([name, amount]));
                values.push(json!([format!("{name}_currency"), code]));
            }
            (FieldKind::Reference { .. }, _) => {
                let mut one = Typed::default();
                one.set(name, text);
                values.push(json!([name, text, titles(signed, object, &one).await.remove(text)]));
            }
            _ => values.push(json!([name, text])),
        }
    }
    let again = object.field(by).is_some_and(|field| field.kind.is_reference());
    let told = json!({ "zk-taken": { "values": values, "again": again } });
    Ok(Some(ascii(&told.to_string())))
}

/// What may be created, to choose from.
#[derive(Template)]
#[template(path = "record/choose.html")]
struct ChooseSheet {
    lang: Lang,
    choices: Vec<(String, String, String)>,
}

pub async fn choose(signed: Signed) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let model = engine.model();
    let offered = model.objects().iter().filter(|object| {
        object.group.as_deref().is_some_and(|group| group != "admin") && engine.may(&signed.actor, &object.name).create
    });
    let choices: Vec<_> =
        offered.map(|object| (object.name.clone(), object.label.get(lang).to_owned(), object.icon.clone())).collect();
    if let [(only, ..)] = choices.as_slice() {
        return Ok(Redirect::to(&format!("/{only}/new")).into_response());
    }
    sheet(&signed, StatusCode::OK, lang.t("新建", "New"), "", &ChooseSheet { lang, choices })
}
