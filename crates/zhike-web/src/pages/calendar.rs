//! 日历: a month, a week, a day of what is to be done, one's own or the team's; on a phone a list by days.

mod feed;
mod grid;
mod reminders;
mod wish;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
};
use zhike_crm::calendar::{Asked, Entry, Kind, Shape, Whose, entries, hours, kinds, move_to, span};
use zhike_types::{Error, Lang, Uuid, days_of};

use self::{
    grid::{Day, Grid, TONES, whole},
    wish::{Wish, day_label, iso, title, weekdays, wide},
};

use crate::{
    fault::Answer,
    frame::{Frame, Saved, html, saved, sheet},
    link::Pairs,
    session::Signed,
    ui,
    value::{shortened, title_of},
    words::{Say, t},
};

pub use feed::{base, end as end_feed, renew as renew_feed, serve};
pub use reminders::{count as count_reminders, show as reminders};

pub const PLACE: &str = "/calendar";
#[derive(Template)]
#[template(path = "calendar/page.html")]
struct Page {
    frame: Frame,
    lang: Lang,
    shape: Shape,
    title: String,
    previous: String,
    next: String,
    now: String,
    shapes: Vec<(String, &'static str, &'static str, bool)>,
    whose: Option<(String, String, bool)>,
    /// The colleague whose days are shown, by id and name, and what the choice of another keeps.
    colleague: Option<(Uuid, String)>,
    kept: Vec<(String, String)>,
    /// Kinds: address, label, tone, chosen.
    kinds: Vec<(String, String, &'static str, bool)>,
    everything: String,
    all_kinds: bool,
    weekdays: Vec<&'static str>,
    days: Vec<Day>,
    /// Of a week or a day: its hours.
    hours: Vec<String>,
    rows: usize,
    more: bool,
    none: bool,
    may_create: bool,
    /// What it hears of.
    live: String,
}

pub async fn show(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let mut wish = Wish::of(&signed, &pairs);
    let engine = &signed.app.engine;
    let mut colleague = None;
    if let Whose::Colleague(owner) = wish.whose {
        match engine.read(&signed.actor, "user", owner).await {
            Ok(user) => colleague = Some((owner, title_of(engine, &user, signed.lang()))),
            Err(Error::NotFound) => wish.whose = Whose::Mine,
            Err(error) => return Err(error.into()),
        }
    }
    let (first, days) = span(wish.shape, wish.day);
    let asked = Asked { first, days, whose: wish.whose, only: wish.only.clone() };
    let found = entries(engine, &signed.actor, &asked).await?;
    let all = kinds(engine, &signed.actor);
    let page = page(&signed, &wish, &all, &found.entries, found.more);
    html(&Page { colleague, ..page })
}

fn page(signed: &Signed, wish: &Wish, kinds: &[Kind], entries: &[Entry], more: bool) -> Page {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let zone = engine.zone();
    let (first, count) = span(wish.shape, wish.day);
    let today = zone.day_of(engine.now());
    let shown = match wish.shape {
        Shape::Week | Shape::Day => {
            hours(entries.iter().filter(|entry| !whole(entry)).map(|entry| zone.civil(entry.start).hour()))
        }
        Shape::Month => 0..=0,
    };
    let grid = Grid { signed, wish, kinds, today, hours: shown.clone() };
    let label = lang.t("日历", "Calendar");
    let with = |everybody: bool| {
        let whose = if everybody { Whose::Everybody } else { Whose::Mine };
        Wish { whose, only: wish.only.clone(), ..*wish }.href(wish.shape, wish.day)
    };
    let only = |key: Option<String>| Wish { only: key, ..*wish }.href(wish.shape, wish.day);
    let mut objects: Vec<&str> = kinds.iter().map(|kind| kind.object.name.as_str()).collect();
    objects.dedup();
    Page {
        frame: Frame::new(signed, label, PLACE),
        lang,
        shape: wish.shape,
        title: title(wish.shape, wish.day, lang),
        previous: wish.href(wish.shape, wish.shape.beside(wish.day, -1)),
        next: wish.href(wish.shape, wish.shape.beside(wish.day, 1)),
        now: wish.href(wish.shape, today),
        shapes: [
            (Shape::Month, lang.t("月", "Month"), "m"),
            (Shape::Week, lang.t("周", "Week"), "w"),
            (Shape::Day, lang.t("日", "Day"), "d"),
        ]
        .into_iter()
        .map(|(shape, label, key)| (wish.href(shape, wish.day), label, key, shape == wish.shape))
        .collect(),
        whose: wide(signed).then(|| (with(false), with(true), wish.whose == Whose::Everybody)),
        colleague: None,
        kept: wish.kept(wish.shape, wish.day),
        kinds: kinds
            .iter()
            .enumerate()
            .map(|(i, kind)| {
                let chosen = wish.only.as_ref() == Some(&kind.key);
                (only(Some(kind.key.clone())), kind.label().get(lang).to_owned(), TONES[i % TONES.len()], chosen)
            })
            .collect(),
        everything: only(None),
        all_kinds: wish.only.is_none(),
        weekdays: weekdays(lang).to_vec(),
        days: (first..first + count).map(|day| grid.day(day, entries)).collect(),
        hours: match wish.shape {
            Shape::Week | Shape::Day => shown.clone().map(|hour| format!("{hour:02}:00")).collect(),
            Shape::Month => Vec::new(),
        },
        rows: shown.count() + 2,
        more,
        none: entries.is_empty(),
        // what is made is one's own, and would not stand among a colleague's
        may_create: !matches!(wish.whose, Whose::Colleague(_)) && !creatable(signed).is_empty(),
        live: objects.join(" "),
    }
}

/// Puts an entry on another day; the toast undoes it.
pub async fn put(signed: Signed, Path((object, id)): Path<(String, String)>, Form(pairs): Form<Pairs>) -> Answer {
    let lang = signed.lang();
    let object = signed.object(&object)?;
    let day = pairs.get("date").and_then(|text| text.parse::<jiff::civil::Date>().ok()).map(days_of);
    let day = day.ok_or_else(|| {
        Error::invalid("date", "invalid", zhike_types::Text::new("没有这一天。", "There is no such day."))
    })?;
    let hour = pairs.get("hour").and_then(|text| text.parse().ok());
    let calendar = pairs.get("calendar").unwrap_or_default();
    let engine = &signed.app.engine;
    let record = move_to(engine, &signed.actor, &object.name, super::id(&id)?, calendar, day, hour).await?;
    let label = title_of(engine, &record, lang);
    let (short, to) = (shortened(&label, 24), day_label(day, lang));
    Ok(saved(
        &signed,
        Saved {
            object: object.name.clone(),
            id: record.id.to_string(),
            url: format!("/{}/{}", object.name, record.id),
            text: t!(lang, "“{short}”移到了{to}", "“{short}” is on {to} now"),
            undo: format!("/{}/{}/take-back?version={}", object.name, record.id, record.version),
            label,
        },
    ))
}

#[derive(Template)]
#[template(path = "calendar/new.html")]
struct New {
    lang: Lang,
    day: String,
    choices: Vec<(String, String, String)>,
}

/// Kinds of which the actor can make one on a day: what is planned, not what merely falls due.
fn creatable(signed: &Signed) -> Vec<Kind> {
    let engine = &signed.app.engine;
    let fits = |kind: &Kind| {
        let calendar = kind.calendar();
        let may = calendar.moves && calendar.remind.is_some() && engine.may(&signed.actor, &kind.object.name).create;
        may && engine.may_ask(&signed.actor, &kind.object, &calendar.start)
    };
    kinds(engine, &signed.actor).into_iter().filter(fits).collect()
}

pub async fn new(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let lang = signed.lang();
    let day = Wish::of(&signed, &pairs).day;
    let hour = pairs.get("hour").and_then(|text| text.parse::<i8>().ok()).filter(|hour| (0..24).contains(hour));
    let hour = hour.unwrap_or(9);
    let choices = creatable(&signed)
        .into_iter()
        .map(|kind| {
            let start = format!("{}T{hour:02}:00", iso(day));
            let pairs = Pairs(vec![(kind.calendar().start.clone(), start), ("_next".to_owned(), PLACE.to_owned())]);
            let object = &kind.object;
            (pairs.on(&format!("/{}/new", object.name)), object.icon.clone(), object.label.get(lang).to_owned())
        })
        .collect();
    let page = New { lang, day: day_label(day, lang), choices };
    sheet(&signed, StatusCode::OK, lang.t("新建", "New"), PLACE, &page)
}
