//! 日历: a month, a week, a day of what is to be done, one's own or the team's; on a phone a list by days.

mod feed;
mod reminders;

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
};
use zhike_crm::calendar::{Asked, Entry, Kind, Shape, Whose, entries, hours, kinds, move_to, span};
use zhike_records::DataScope;
use zhike_types::{Error, Lang, Uuid, date_of, days_of};

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
/// So many stand in a day of a month, in an hour of a week; the rest is a click away.
const IN_MONTH: usize = 4;
const IN_HOUR: usize = 3;
/// What tells kinds apart, with their names beside it; what merely ends shares one.
const TONES: [&str; 8] = ["blue", "green", "amber", "purple", "gray", "red", "gray", "teal"];

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

struct Day {
    iso: String,
    number: String,
    label: String,
    href: String,
    new: String,
    today: bool,
    outside: bool,
    weekend: bool,
    /// What is shown, by hour in a week and on a day: the first is the whole day.
    slots: Vec<Slot>,
    empty: bool,
}

struct Slot {
    hour: Option<i8>,
    lines: Vec<Line>,
    more: usize,
}

struct Line {
    id: String,
    href: String,
    time: String,
    name: String,
    about: String,
    who: String,
    kind: String,
    tone: &'static str,
    done: bool,
    /// Where it is moved to another day, and by what name.
    moves: Option<(String, String)>,
}

/// What an address asks for.
struct Wish {
    shape: Shape,
    day: i64,
    whose: Whose,
    only: Option<String>,
}

impl Wish {
    fn of(signed: &Signed, pairs: &Pairs) -> Self {
        let engine = &signed.app.engine;
        let day = pairs.get("date").and_then(|text| text.parse::<jiff::civil::Date>().ok()).map(days_of);
        Self {
            shape: pairs.get("view").and_then(Shape::of).unwrap_or_default(),
            day: day.unwrap_or_else(|| engine.zone().day_of(engine.now())),
            whose: match (pairs.get("owner").and_then(|id| id.parse().ok()), pairs.get("whose")) {
                (Some(owner), _) if wide(signed) && signed.actor.user_id != Some(owner) => Whose::Colleague(owner),
                (None, Some("all")) if wide(signed) => Whose::Everybody,
                _ => Whose::Mine,
            },
            only: pairs.get("only").map(str::to_owned).filter(|only| !only.is_empty()),
        }
    }

    fn href(&self, shape: Shape, day: i64) -> String {
        let mut pairs = self.kept(shape, day);
        match self.whose {
            Whose::Mine => {}
            Whose::Everybody => pairs.push(("whose".to_owned(), "all".to_owned())),
            Whose::Colleague(owner) => pairs.push(("owner".to_owned(), owner.to_string())),
        }
        Pairs(pairs).on(PLACE)
    }

    /// What stays when it is somebody else's.
    fn kept(&self, shape: Shape, day: i64) -> Vec<(String, String)> {
        let mut pairs = vec![("view".to_owned(), shape.key().to_owned()), ("date".to_owned(), iso(day))];
        pairs.extend(self.only.clone().map(|only| ("only".to_owned(), only)));
        pairs
    }
}

fn iso(day: i64) -> String {
    date_of(day).map(|date| date.to_string()).unwrap_or_default()
}

/// Whether there is anybody else whose days may be seen.
fn wide(signed: &Signed) -> bool {
    ["task", "account"]
        .iter()
        .any(|name| signed.actor.rights.object(name).is_some_and(|rights| rights.read > DataScope::Own))
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

fn weekdays(lang: Lang) -> [&'static str; 7] {
    match lang {
        Lang::Zh => ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
        Lang::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    }
}

fn title(shape: Shape, day: i64, lang: Lang) -> String {
    let Some(date) = date_of(day) else { return String::new() };
    let (first, count) = span(shape, day);
    let last = date_of(first + count - 1).unwrap_or(date);
    match (shape, lang) {
        (Shape::Month, Lang::Zh) => format!("{}年{}月", date.year(), date.month()),
        (Shape::Month, Lang::En) => date.strftime("%B %Y").to_string(),
        (Shape::Day, _) => day_label(day, lang),
        (Shape::Week, _) => {
            let from = date_of(first).unwrap_or(date);
            match lang {
                Lang::Zh => {
                    format!("{}年{}月{}日至{}月{}日", from.year(), from.month(), from.day(), last.month(), last.day())
                }
                Lang::En => format!("{} to {}", from.strftime("%-d %b"), last.strftime("%-d %b %Y")),
            }
        }
    }
}

fn day_label(day: i64, lang: Lang) -> String {
    let Some(date) = date_of(day) else { return String::new() };
    let weekday = weekdays(lang)[date.weekday().to_monday_zero_offset() as usize];
    match lang {
        Lang::Zh => format!("{}年{}月{}日 {weekday}", date.year(), date.month(), date.day()),
        Lang::En => date.strftime("%A, %-d %B %Y").to_string(),
    }
}

/// Whether it stands above the hours: it has none, or more than one day of them.
fn whole(entry: &Entry) -> bool {
    entry.all_day || entry.first != entry.last
}

struct Grid<'a> {
    signed: &'a Signed,
    wish: &'a Wish,
    kinds: &'a [Kind],
    today: i64,
    hours: std::ops::RangeInclusive<i8>,
}

impl Grid<'_> {
    fn day(&self, day: i64, entries: &[Entry]) -> Day {
        let lang = self.signed.lang();
        let zone = self.signed.app.engine.zone();
        let here: Vec<&Entry> = entries.iter().filter(|entry| (entry.first..=entry.last).contains(&day)).collect();
        let slot = |hour: Option<i8>, all: Vec<&Entry>, most: usize| Slot {
            hour,
            more: all.len().saturating_sub(most),
            lines: all.into_iter().take(most).map(|entry| self.line(entry, day)).collect(),
        };
        let slots = match self.wish.shape {
            Shape::Month => vec![slot(None, here.clone(), IN_MONTH)],
            shape @ (Shape::Week | Shape::Day) => {
                let most = if shape == Shape::Day { usize::MAX } else { IN_HOUR };
                let (whole, timed): (Vec<&Entry>, Vec<&Entry>) = here.iter().partition(|entry| whole(entry));
                let of =
                    |hour: i8| timed.iter().copied().filter(|entry| zone.civil(entry.start).hour() == hour).collect();
                std::iter::once(slot(None, whole, most))
                    .chain(self.hours.clone().map(|hour| slot(Some(hour), of(hour), most)))
                    .collect()
            }
        };
        let date = date_of(day);
        let month = |day: i64| date_of(day).map(|date| (date.year(), date.month()));
        let weekday = (day + 3).rem_euclid(7);
        Day {
            iso: iso(day),
            number: date.map(|date| date.day().to_string()).unwrap_or_default(),
            label: day_label(day, lang),
            href: self.wish.href(Shape::Day, day),
            new: format!("{PLACE}/new?date={}", iso(day)),
            today: day == self.today,
            outside: self.wish.shape == Shape::Month && month(day) != month(self.wish.day),
            weekend: weekday >= 5,
            slots,
            empty: here.is_empty(),
        }
    }

    fn line(&self, entry: &Entry, day: i64) -> Line {
        let lang = self.signed.lang();
        let engine = &self.signed.app.engine;
        let zone = engine.zone();
        let record = &entry.record;
        let kind = &self.kinds[entry.kind];
        let calendar = kind.calendar();
        let clock = |at: i64| zone.civil(at).strftime("%H:%M").to_string();
        let time = match (entry.all_day, self.wish.shape, entry.end) {
            (true, ..) => String::new(),
            _ if entry.first != day => String::new(),
            (_, Shape::Month, _) | (.., None) => clock(entry.start),
            (.., Some(end)) => format!("{}–{}", clock(entry.start), clock(end)),
        };
        let address = format!("/{}/{}", record.object.name, record.id);
        let title = title_of(engine, record, lang);
        Line {
            id: format!("e-{}-{}-{}", calendar.name, record.id.simple(), day),
            href: address,
            time,
            about: calendar
                .about
                .as_ref()
                .and_then(|about| record.reference(about))
                .map(|(title, _)| shortened(&title.text, 30))
                .unwrap_or_default(),
            name: shortened(&title, 80),
            who: match self.wish.whose {
                Whose::Everybody => engine.show(record, "owner", lang),
                Whose::Mine | Whose::Colleague(_) => String::new(),
            },
            kind: kind.label().get(lang).to_owned(),
            tone: TONES[entry.kind % TONES.len()],
            done: entry.done,
            moves: entry
                .moves
                .then(|| (format!("{PLACE}/{}/{}/move", record.object.name, record.id), calendar.name.clone())),
        }
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
