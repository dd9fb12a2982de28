//! 退回 and 分配, from a record's page and from a list.

use askama::Template;
use axum::{Form, extract::Path, http::StatusCode, response::Response};
use zhike_model::Object;
use zhike_records::{BulkOutcome, POOL_REASON_MOST, Pool, Return, Selection};
use zhike_types::{Error, FieldError, Lang, Uuid};

use crate::{
    fault::{self, Answer, Fault},
    form::Choice,
    frame::sheet,
    link::Pairs,
    pages::{list::selection, views::go},
    session::Signed,
    ui,
    value::title_of,
    words::{Say, t},
};

/// People that one form takes.
const PEOPLE: usize = 5;

#[derive(Template)]
#[template(path = "pool/return.html")]
struct ReturnSheet {
    lang: Lang,
    action: String,
    /// What is given back: a name, or how many.
    what: String,
    kept: Vec<(String, String)>,
    pools: Vec<Choice>,
    /// The reasons of all these pools.
    reasons: Vec<Choice>,
    note: String,
    most: usize,
    errors: Vec<FieldError>,
    problem: Option<String>,
    floats: bool,
    back: String,
}

impl ReturnSheet {
    fn error(&self, field: &str) -> Option<String> {
        let error = self.errors.iter().find(|error| error.field == field)?;
        Some(error.message.get(self.lang).to_owned())
    }
}

#[derive(Template)]
#[template(path = "pool/assign.html")]
struct AssignSheet {
    lang: Lang,
    action: String,
    what: String,
    kept: Vec<(String, String)>,
    /// How many may be chosen.
    people: Vec<usize>,
    reason: String,
    most: usize,
    problem: Option<String>,
    floats: bool,
    back: String,
}

fn problem_of(error: Option<&Error>, lang: Lang) -> Option<String> {
    error.map(|error| error.message().get(lang).to_owned())
}

fn wish(pairs: &Pairs) -> Result<Return, Fault> {
    Ok(Return {
        pool: pairs.get("pool").map(crate::pages::id).transpose()?,
        reason: pairs.get("reason").unwrap_or_default().to_owned(),
        note: pairs.get("note").unwrap_or_default().to_owned(),
    })
}

/// The form of giving back: the pools to choose from, and why.
fn return_sheet(
    signed: &Signed,
    status: StatusCode,
    (action, what, back): (String, String, String),
    pools: &[Pool],
    pairs: &Pairs,
    failed: Option<&Error>,
) -> Answer {
    let lang = signed.lang();
    let chosen = pairs.get("pool").unwrap_or_default();
    let mut reasons: Vec<&String> = Vec::new();
    for reason in pools.iter().flat_map(|pool| &pool.reasons) {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let typed = pairs.get("reason").unwrap_or_default();
    let page = ReturnSheet {
        lang,
        action,
        what,
        kept: kept(pairs),
        pools: pools
            .iter()
            .map(|pool| {
                let id = pool.id.to_string();
                Choice::new(&id, &pool.name, id == chosen)
            })
            .collect(),
        reasons: reasons.into_iter().map(|reason| Choice::new(reason, reason, reason == typed)).collect(),
        note: pairs.get("note").unwrap_or_default().to_owned(),
        most: POOL_REASON_MOST,
        errors: match failed {
            Some(Error::Invalid(errors)) => errors.clone(),
            _ => Vec::new(),
        },
        problem: failed
            .filter(|error| !matches!(error, Error::Invalid(_)))
            .and_then(|error| problem_of(Some(error), lang)),
        floats: signed.sheet(),
        back,
    };
    sheet(signed, status, lang.t("退回公海", "Give back to a pool"), super::PLACE, &page)
}

/// The form's own words, sent along.
fn kept(pairs: &Pairs) -> Vec<(String, String)> {
    let own = ["pool", "reason", "note", "to"];
    pairs.0.iter().filter(|(name, _)| !own.contains(&name.as_str())).cloned().collect()
}

/// The pools that what somebody has may go back to, the likeliest first.
async fn pools_for(signed: &Signed, object: &Object, ids: &[Uuid]) -> Result<Vec<Pool>, Fault> {
    let all = signed.app.engine.pools(&signed.actor).await?;
    Ok(all
        .into_iter()
        .map(|info| info.pool)
        .filter(|pool| pool.object == object.name && pool.active)
        .filter(|pool| ids.is_empty() || ids.contains(&pool.id))
        .collect())
}

pub async fn give_back_form(signed: Signed, Path((object, id)): Path<(String, String)>) -> Answer {
    one_back(&signed, &object, &id, &Pairs::default(), None).await
}

async fn one_back(signed: &Signed, object: &str, id: &str, pairs: &Pairs, failed: Option<&Error>) -> Answer {
    let object = signed.object(object)?;
    let engine = &signed.app.engine;
    let record = engine.read(&signed.actor, &object.name, crate::pages::id(id)?).await?;
    let actions = engine.pool_actions(&signed.actor, &record).await?;
    let ids: Vec<Uuid> = actions.back_to.iter().map(|(id, _)| *id).collect();
    let mut pools = pools_for(signed, &object, &ids).await?;
    pools.sort_by_key(|pool| ids.iter().position(|id| *id == pool.id));
    let status = failed.map_or(StatusCode::OK, fault::status);
    let place = format!("/{}/{}", object.name, record.id);
    let words = (format!("{place}/return"), title_of(engine, &record, signed.lang()), place);
    return_sheet(signed, status, words, &pools, pairs, failed)
}

pub async fn give_back(signed: Signed, Path((object, id)): Path<(String, String)>, Form(pairs): Form<Pairs>) -> Answer {
    let lang = signed.lang();
    let known = signed.object(&object)?;
    let engine = &signed.app.engine;
    match engine.give_back(&signed.actor, &known.name, crate::pages::id(&id)?, &wish(&pairs)?).await {
        Ok(record) => {
            let name = title_of(engine, &record, lang);
            let sees = engine.sees(&signed.actor, &known.name, record.id).await?;
            let to = if sees { format!("/{}/{id}", known.name) } else { format!("/{}", known.name) };
            Ok(go(&signed, &to, t!(lang, "已退回公海：{name}", "{name} lies in the pool now")))
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Forbidden(_))) => {
            one_back(&signed, &object, &id, &pairs, Some(&error)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Many, from a list: first the form, then the doing (`reason` says which).
pub async fn give_back_many(signed: Signed, Path(object): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let lang = signed.lang();
    let object = signed.object(&object)?;
    let engine = &signed.app.engine;
    let chosen = selection(&signed, &object, &pairs).await?;
    let count = how_many(&signed, &object, &chosen).await?;
    let action = format!("/{}/bulk/return", object.name);
    let what = t!(lang, "{} 条记录", "{} records", ui::count(count));
    let back = format!("/{}", object.name);
    let pools = pools_for(&signed, &object, &[]).await?;
    if pairs.any("reason").is_none() {
        return return_sheet(&signed, StatusCode::OK, (action, what, back), &pools, &pairs, None);
    }
    // what no record could take is said once
    let missing = wish(&pairs)?.reason.is_empty().then(|| {
        let message = zhike_types::Text::new("请选择退回原因。", "Choose why you return them.");
        Error::invalid("reason", "required", message)
    });
    if let Some(error) = missing {
        return return_sheet(&signed, fault::status(&error), (action, what, back), &pools, &pairs, Some(&error));
    }
    let outcome = engine.give_back_many(&signed.actor, &object.name, &chosen, &wish(&pairs)?).await?;
    let failed = failures(&outcome, lang);
    let said = t!(lang, "已退回 {} 条{failed}", "Gave back {}{failed}", outcome.done);
    Ok(go(&signed, &list_of(&object, &pairs), said))
}

async fn how_many(signed: &Signed, object: &Object, selection: &Selection) -> Result<i64, Fault> {
    Ok(match selection {
        Selection::Ids(ids) if ids.is_empty() => {
            let message = zhike_types::Text::new("请先勾选记录。", "Tick the records first.");
            return Err(Error::invalid("", "required", message).into());
        }
        Selection::Ids(ids) => ids.len() as i64,
        Selection::Filter(filter) => signed.app.engine.count(&signed.actor, &object.name, filter, false).await?,
    })
}

fn failures(outcome: &BulkOutcome, lang: Lang) -> String {
    match outcome.failed.first() {
        None => String::new(),
        Some((_, title, why)) => {
            t!(lang, "，{} 条没有成功（{title}：{}）", ", {} failed ({title}: {})", outcome.failed.len(), why.get(lang))
        }
    }
}

/// The list that the form stood on.
fn list_of(object: &Object, pairs: &Pairs) -> String {
    let kept = pairs.0.iter().filter(|(name, _)| matches!(name.as_str(), "view" | "filter" | "sort" | "cols" | "q"));
    Pairs(kept.cloned().collect()).on(&format!("/{}", object.name))
}

/// Whom a form names, each once.
pub fn people(pairs: &Pairs) -> Result<Vec<Uuid>, Fault> {
    let mut people: Vec<Uuid> = Vec::new();
    for id in pairs.all("to") {
        let id = crate::pages::id(id)?;
        if !people.contains(&id) {
            people.push(id);
        }
    }
    Ok(people)
}

/// The form of assigning: `count` records (0: as many as were said before), to some people in turn.
pub fn assign_sheet(
    signed: &Signed,
    status: StatusCode,
    action: &str,
    place: &str,
    count: i64,
    pairs: &Pairs,
    failed: Option<&Error>,
) -> Answer {
    let lang = signed.lang();
    let what = if count == 0 { String::new() } else { t!(lang, "{} 条记录", "{} records", ui::count(count)) };
    let many = count != 1;
    assign_page(signed, status, (action, what, place), many, pairs, failed)
}

fn assign_page(
    signed: &Signed,
    status: StatusCode,
    (action, what, back): (&str, String, &str),
    many: bool,
    pairs: &Pairs,
    failed: Option<&Error>,
) -> Answer {
    let lang = signed.lang();
    let page = AssignSheet {
        lang,
        action: action.to_owned(),
        what,
        kept: kept(pairs),
        people: (1..=if many { PEOPLE } else { 1 }).collect(),
        reason: pairs.get("reason").unwrap_or_default().to_owned(),
        most: POOL_REASON_MOST,
        problem: problem_of(failed, lang),
        floats: signed.sheet(),
        back: back.to_owned(),
    };
    sheet(signed, status, lang.t("分配", "Assign"), back, &page)
}

/// After many were assigned.
pub fn assigned(signed: &Signed, to: &str, outcome: &BulkOutcome) -> Response {
    let lang = signed.lang();
    let failed = failures(outcome, lang);
    go(signed, to, t!(lang, "已分配 {} 条{failed}", "Assigned {}{failed}", outcome.done))
}

pub async fn assign_form(signed: Signed, Path((object, id)): Path<(String, String)>) -> Answer {
    one_given(&signed, &object, &id, &Pairs::default(), None).await
}

async fn one_given(signed: &Signed, object: &str, id: &str, pairs: &Pairs, failed: Option<&Error>) -> Answer {
    let object = signed.object(object)?;
    let record = signed.app.engine.read(&signed.actor, &object.name, crate::pages::id(id)?).await?;
    let place = format!("/{}/{}", object.name, record.id);
    let what = title_of(&signed.app.engine, &record, signed.lang());
    let status = failed.map_or(StatusCode::OK, fault::status);
    assign_page(signed, status, (&format!("{place}/assign"), what, &place), false, pairs, failed)
}

pub async fn assign(signed: Signed, Path((object, id)): Path<(String, String)>, Form(pairs): Form<Pairs>) -> Answer {
    let lang = signed.lang();
    let known = signed.object(&object)?;
    let engine = &signed.app.engine;
    let reason = pairs.get("reason").unwrap_or_default();
    let done = match people(&pairs)?.first() {
        Some(to) => engine.assign(&signed.actor, &known.name, crate::pages::id(&id)?, *to, reason).await,
        None => {
            let message = zhike_types::Text::new("请选择分配给谁。", "Choose whom to assign it to.");
            Err(Error::invalid("owner", "required", message))
        }
    };
    match done {
        Ok(record) => {
            let name = title_of(engine, &record, lang);
            let sees = engine.sees(&signed.actor, &known.name, record.id).await?;
            let to = if sees { format!("/{}/{id}", known.name) } else { format!("/{}", known.name) };
            Ok(go(&signed, &to, t!(lang, "已分配：{name}", "{name} is assigned")))
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Forbidden(_))) => {
            one_given(&signed, &object, &id, &pairs, Some(&error)).await
        }
        Err(error) => Err(error.into()),
    }
}

pub async fn assign_many_form(signed: Signed, Path(object): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let chosen = selection(&signed, &object, &pairs).await?;
    let count = how_many(&signed, &object, &chosen).await?;
    let (action, back) = (format!("/{}/bulk/assign", object.name), format!("/{}", object.name));
    assign_sheet(&signed, StatusCode::OK, &action, &back, count, &pairs, None)
}

pub async fn assign_many(signed: Signed, Path(object): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let chosen = selection(&signed, &object, &pairs).await?;
    let reason = pairs.get("reason").unwrap_or_default();
    let people = people(&pairs)?;
    match signed.app.engine.assign_many(&signed.actor, &object.name, &chosen, &people, reason).await {
        Ok(outcome) => Ok(assigned(&signed, &list_of(&object, &pairs), &outcome)),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let count = how_many(&signed, &object, &chosen).await?;
            let (action, back) = (format!("/{}/bulk/assign", object.name), format!("/{}", object.name));
            assign_sheet(&signed, StatusCode::UNPROCESSABLE_ENTITY, &action, &back, count, &pairs, Some(&error))
        }
        Err(error) => Err(error.into()),
    }
}
