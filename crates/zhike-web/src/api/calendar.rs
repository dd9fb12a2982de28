//! 日历: what stands when, what is near, and the address of one's feed.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Json},
};
use serde_json::{Value, json};
use zhike_crm::calendar::{Asked, Entry, Kind, Whose, entries, kinds, reminders};
use zhike_records::Engine;
use zhike_types::{Error, Text, date_of, days_of};

use super::{
    Answer, Api,
    caller::{By, Caller},
    once::Secret,
    params::Params,
    problem::Problem,
};
use crate::pages::calendar as pages;

/// A stretch is a quarter at most.
const DAYS: i64 = 93;

pub async fn list(State(engine): State<Engine>, caller: Caller, mut params: Params) -> Answer {
    let day = |name: &str, text: String| {
        text.parse::<jiff::civil::Date>().map(days_of).map_err(|_| {
            Problem::invalid(name, "invalid", Text::new("日期写作 2026-11-22。", "Write a date as 2026-11-22."))
        })
    };
    let (from, until) = (params.needed("from"), params.needed("until"));
    let whose = params.text("whose");
    let (only, owner) = (params.text("only"), params.id("owner"));
    params.finish()?;
    let (first, until) = (day("from", from)?, day("until", until)?);
    if until <= first || until - first > DAYS {
        let text = Text::new("until 要晚于 from，最多相隔 93 天。", "`until` comes after `from`, by 93 days at most.");
        return Err(Problem::invalid("until", "invalid", text));
    }
    let whose = match (whose.as_deref(), owner) {
        (Some(_), Some(_)) => {
            let text = Text::new("owner 和 whose 写一个。", "Give `owner` or `whose`, not both.");
            return Err(Problem::invalid("owner", "invalid", text));
        }
        (None, Some(owner)) => Whose::Colleague(owner),
        (None | Some("mine"), None) => Whose::Mine,
        (Some("all"), None) => Whose::Everybody,
        _ => {
            let text = Text::new("whose 是 mine 或 all。", "`whose` is mine or all.");
            return Err(Problem::invalid("whose", "invalid", text));
        }
    };
    let kinds = kinds(&engine, &caller.actor);
    if only.as_ref().is_some_and(|only| kinds.iter().all(|kind| kind.key != *only)) {
        return Err(Problem::invalid("only", "unknown", Text::new("没有这一种。", "There is no such kind.")));
    }
    if let Whose::Colleague(owner) = whose
        && !engine.read(&caller.actor, "user", owner).await.is_ok_and(|user| user.deleted_at().is_none())
    {
        return Err(Problem::invalid("owner", "unknown", Text::new("没有这位同事。", "There is no such colleague.")));
    }
    let found = entries(&engine, &caller.actor, &Asked { first, days: until - first, whose, only }).await?;
    let data: Vec<Value> = found.entries.iter().map(|entry| told(&engine, &kinds, entry)).collect();
    Ok(Json(json!({ "data": data, "more": found.more })).into_response())
}

pub async fn near(State(engine): State<Engine>, caller: Caller, params: Params) -> Answer {
    params.finish()?;
    let kinds = kinds(&engine, &caller.actor);
    let found = reminders(&engine, &caller.actor).await?;
    let data: Vec<Value> = found.entries.iter().map(|entry| told(&engine, &kinds, entry)).collect();
    Ok(Json(json!({ "data": data })).into_response())
}

fn told(engine: &Engine, kinds: &[Kind], entry: &Entry) -> Value {
    let kind = &kinds[entry.kind];
    let record = &entry.record;
    let about = kind.calendar().about.as_ref().and_then(|about| record.reference(about));
    let day = |days: i64| date_of(days).map(|date| date.to_string());
    let instant = |at: i64| engine.instant_json(at);
    json!({
        "kind": kind.key,
        "object": record.object.name,
        "id": record.id,
        "version": record.version,
        "title": record.title(),
        "about": about.map(|(title, id)| json!({ "object": title.object, "id": id, "title": title.text })),
        "owner": record.value("owner").as_id(),
        "start": if entry.all_day { json!(day(entry.first)) } else { instant(entry.start) },
        "end": entry.end.map(|end| if entry.all_day { json!(day(entry.last)) } else { instant(end) }),
        "all_day": entry.all_day,
        "done": entry.done,
        "moves": entry.moves,
        "start_field": kind.calendar().start,
    })
}

pub async fn feed(State(engine): State<Engine>, caller: Caller, params: Params) -> Answer {
    params.finish()?;
    let feed = engine.calendar_feed(&caller.actor).await?.ok_or(Error::NotFound)?;
    let used = feed.used_at.map(|at| engine.instant_json(at));
    Ok(Json(json!({ "created_at": engine.instant_json(feed.created_at), "used_at": used })).into_response())
}

/// As with tokens: one that leaks must not outlive its end by having children.
pub async fn renew_feed(State(api): State<Api>, caller: Caller, params: Params, headers: HeaderMap) -> Answer {
    params.finish()?;
    if matches!(caller.by, By::Token(_)) {
        return Err(Problem::forbidden(
            "令牌不能生成订阅地址。请在页面的设置里生成。",
            "A token cannot make a feed. Make it in the settings on the pages.",
        ));
    }
    let secret = api.engine.renew_calendar_feed(&caller.actor).await?;
    let url = format!("{}{}/feed/{secret}.ics", pages::base(&api.app, &headers), pages::PLACE);
    let mut response = (StatusCode::CREATED, Json(json!({ "url": url }))).into_response();
    response.extensions_mut().insert(Secret);
    Ok(response)
}

pub async fn end_feed(State(engine): State<Engine>, caller: Caller, params: Params) -> Answer {
    params.finish()?;
    engine.end_calendar_feed(&caller.actor).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
