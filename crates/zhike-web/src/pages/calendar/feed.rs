//! 日历订阅: one's own calendar at a secret address, for the calendar of a phone or of Outlook.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use zhike_crm::calendar::{Asked, Entry, Event, Kind, When, Whose, entries, feed, kinds};
use zhike_records::Actor;
use zhike_types::Error;

use super::PLACE;
use crate::{
    App,
    fault::{Answer, Fault},
    pages::settings,
    session::{Flash, Signed, Visitor},
    value::title_of,
    words::Say,
};

/// So many days back and ahead.
const BEFORE: i64 = 31;
const AHEAD: i64 = 366;

/// What programs fetch: no session, the address is the secret.
pub async fn serve(
    State(app): State<App>,
    Path(name): Path<String>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let secret = name.strip_suffix(".ics").ok_or(Error::NotFound)?;
    let engine = &app.engine;
    let actor = engine.actor_of_calendar_feed(secret, &visitor.address).await?.ok_or(Error::NotFound)?;
    let today = engine.zone().day_of(engine.now());
    let asked = Asked { first: today - BEFORE, days: BEFORE + AHEAD, whose: Whose::Mine, only: None };
    let kinds = kinds(engine, &actor);
    let found = entries(engine, &actor, &asked).await?;
    let base = base(&app, &headers);
    let events: Vec<Event> =
        found.entries.iter().map(|entry| event(&app, &actor, &kinds[entry.kind], entry, &base)).collect();
    let name = actor.lang.t("知客", "Zhike");
    let text = feed(&format!("{name} · {}", actor.name), &events, engine.now());
    let mut response = text.into_response();
    let fixed = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"zhike.ics\""),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

fn event(app: &App, actor: &Actor, kind: &Kind, entry: &Entry, base: &str) -> Event {
    let engine = &app.engine;
    let lang = actor.lang;
    let record = &entry.record;
    let label = kind.label().get(lang);
    let about = kind.calendar().about.as_ref().and_then(|about| record.reference(about));
    let about = about.map(|(title, _)| title.text.clone()).unwrap_or_default();
    let title = title_of(engine, record, lang);
    let done = if entry.done { "✓ " } else { "" };
    let facts = [label.to_owned(), about.clone(), lang.t("在知客里打开看详情。", "Open it in Zhike.").to_owned()];
    Event {
        uid: format!("{}-{}-{}@zhike", record.object.name, kind.calendar().name, record.id),
        changed: record.value("updated_at").as_int().unwrap_or_else(|| engine.now()),
        when: if entry.all_day { When::Days(entry.first, entry.last) } else { When::At(entry.start, entry.end) },
        summary: if about.is_empty() { format!("{done}{title}") } else { format!("{done}{title} · {about}") },
        description: facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join("\n"),
        url: format!("{base}/{}/{}", record.object.name, record.id),
        category: label.to_owned(),
        done: entry.done,
    }
}

/// How this installation is reached, as the one who asks reaches it.
pub fn base(app: &App, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = if app.https { "https" } else { "http" };
    format!("{scheme}://{host}")
}

/// A new address; shown once.
pub async fn renew(signed: Signed, headers: HeaderMap) -> Answer {
    let secret = signed.app.engine.renew_calendar_feed(&signed.actor).await?;
    let address = format!("{}{PLACE}/feed/{secret}.ics", base(&signed.app, &headers));
    settings::with_feed(&signed, address).await
}

pub async fn end(signed: Signed) -> Answer {
    match signed.app.engine.end_calendar_feed(&signed.actor).await {
        // a second click
        Ok(()) | Err(Error::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    let said = signed.lang().t("订阅地址已作废", "The address is worth nothing any more");
    Ok(Flash::new(said).redirect("/settings#calendar-feed"))
}
