//! What stands in a stretch of days: a statement for each kind, bounded by the days, with rights, scope and masks of any list.

use std::sync::Arc;

use zhike_model::{Calendar, FieldKind, Object, SortKey};
use zhike_records::{Actor, Engine, FieldState, ListQuery, Record};
use zhike_types::{Result, Text, Uuid, Value, boxed, date_of};

/// The most entries of one kind that are read.
const MOST: usize = 1_000;
/// What has an end is looked for so many days before: nothing planned lasts longer.
const LONGEST: i64 = 31;
const MINUTE: i64 = 60_000;

/// A kind of entry, as `task.due`.
#[derive(Debug, Clone)]
pub struct Kind {
    pub key: String,
    pub object: Arc<Object>,
    /// Its place among the object's calendars.
    place: usize,
}

impl Kind {
    pub fn calendar(&self) -> &Calendar {
        &self.object.calendars[self.place]
    }

    pub fn label(&self) -> &Text {
        &self.calendar().label
    }
}

/// Whose days: one's own, those of everybody whose records one may see, or one colleague's as far as one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Whose {
    #[default]
    Mine,
    Everybody,
    Colleague(Uuid),
}

/// A stretch of days.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Days since 1970-01-01.
    pub first: i64,
    pub days: i64,
    pub whose: Whose,
    /// This kind only.
    pub only: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub record: Record,
    /// Its kind's place among [`kinds`].
    pub kind: usize,
    /// Milliseconds since 1970; of a day without an hour its beginning.
    pub start: i64,
    pub end: Option<i64>,
    pub all_day: bool,
    /// The days it stands on, first and last.
    pub first: i64,
    pub last: i64,
    pub done: bool,
    /// Whether the actor can put it on another day.
    pub moves: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Found {
    /// By their start.
    pub entries: Vec<Entry>,
    /// There is more than was read.
    pub more: bool,
}

/// The kinds of entries that the actor may see, in the order of the packs.
pub fn kinds(engine: &Engine, actor: &Actor) -> Vec<Kind> {
    let model = engine.model();
    let readable = model.objects().iter().filter(|object| engine.may(actor, &object.name).read);
    readable
        .flat_map(|object| {
            let kind = |(place, calendar): (usize, &Calendar)| Kind {
                key: format!("{}.{}", object.name, calendar.name),
                object: Arc::clone(object),
                place,
            };
            object.calendars.iter().enumerate().map(kind).collect::<Vec<_>>()
        })
        .collect()
}

/// The entries of a stretch of days.
#[boxed]
pub async fn entries(engine: &Engine, actor: &Actor, asked: &Asked) -> Result<Found> {
    let mut found = Found::default();
    for (place, kind) in kinds(engine, actor).into_iter().enumerate() {
        if asked.only.as_ref().is_some_and(|only| *only != kind.key) {
            continue;
        }
        let filter = filter(&kind, asked);
        let page = engine.list(actor, &query(&kind, filter)).await?;
        found.more |= page.next.is_some();
        let last = asked.first + asked.days - 1;
        let all = page.records.into_iter().filter_map(|record| entry(engine, actor, place, kind.calendar(), record));
        found.entries.extend(all.filter(|entry| entry.last >= asked.first && entry.first <= last));
    }
    // whole days first
    found.entries.sort_by_key(|entry| (entry.first, !entry.all_day, entry.start));
    Ok(found)
}

/// What reminds now of the actor's own: its time to be reminded has come and its end has not been a day ago.
#[boxed]
pub async fn reminders(engine: &Engine, actor: &Actor) -> Result<Found> {
    let now = engine.now();
    let today = engine.zone().day_of(now);
    let asked = Asked { first: today - 1, days: 3, whose: Whose::Mine, only: None };
    let mut found = Found::default();
    for (place, kind) in kinds(engine, actor).into_iter().enumerate() {
        let Some(minutes) = kind.calendar().remind else { continue };
        let page = engine.list(actor, &query(&kind, filter(&kind, &asked))).await?;
        let all = page.records.into_iter().filter_map(|record| entry(engine, actor, place, kind.calendar(), record));
        found.entries.extend(all.filter(|entry| {
            let from = entry.start - minutes * MINUTE;
            let until = entry.end.unwrap_or(entry.start) + 24 * 60 * MINUTE;
            !entry.done && (from..until).contains(&now)
        }));
    }
    found.entries.sort_by_key(|entry| (entry.first, !entry.all_day, entry.start));
    Ok(found)
}

fn filter(kind: &Kind, asked: &Asked) -> String {
    let calendar = kind.calendar();
    let start = &calendar.start;
    let day = |days: i64| date_of(days).map(|date| format!("date(\"{date}\")")).unwrap_or_default();
    let (first, after) = (day(asked.first), day(asked.first + asked.days));
    let mut all = Vec::new();
    match asked.whose {
        Whose::Mine => all.push("owner == me".to_owned()),
        Whose::Everybody => {}
        Whose::Colleague(user) => all.push(format!("owner == \"{user}\"")),
    }
    all.push(match &calendar.end {
        None => format!("{start} >= {first} && {start} < {after}"),
        Some(end) => {
            let before = day(asked.first - LONGEST);
            format!("{start} >= {before} && {start} < {after} && ({start} >= {first} || {end} >= {first})")
        }
    });
    if !calendar.filter.is_empty() {
        all.push(format!("({})", calendar.filter));
    }
    all.join(" && ")
}

fn query(kind: &Kind, filter: String) -> ListQuery {
    let calendar = kind.calendar();
    let mut fields = vec![calendar.start.clone()];
    fields.extend(calendar.end.clone());
    fields.extend(calendar.about.clone());
    // what the condition of being done reads; words that are no fields do no harm
    if let Some(done) = &calendar.done {
        let words = done.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').map(str::to_owned);
        fields.extend(words.filter(|word| kind.object.field(word).is_some()));
    }
    ListQuery {
        object: kind.object.name.clone(),
        filter,
        sort: vec![SortKey { field: calendar.start.clone(), descending: false }],
        fields: Some(fields),
        limit: MOST,
        lenient: true,
        ..ListQuery::default()
    }
}

fn entry(engine: &Engine, actor: &Actor, kind: usize, calendar: &Calendar, record: Record) -> Option<Entry> {
    let zone = engine.zone();
    let instant =
        |name: &str| match (record.value(name), record.object.field(name).map(|field| field.kind.value_kind())) {
            (Value::Int(days), Some(FieldKind::Date)) => Some(zone.start_of_day(*days)),
            (Value::Int(at), Some(_)) => Some(*at),
            _ => None,
        };
    let all_day = matches!(record.object.field(&calendar.start)?.kind.value_kind(), FieldKind::Date);
    let start = instant(&calendar.start)?;
    let end = calendar.end.as_ref().and_then(|end| instant(end)).filter(|&end| end >= start);
    let first = zone.day_of(start);
    // what ends at midnight does not stand on the next day
    let last = end.map_or(first, |end| zone.day_of(if all_day { end } else { (end - 1).max(start) }));
    let done = calendar.done.as_ref().is_some_and(|done| engine.holds(actor, &record, done));
    let writable = |name: &String| record.state(name) == FieldState::Writable;
    let moves = calendar.moves
        && record.may_change
        && !done
        && writable(&calendar.start)
        && calendar.end.as_ref().is_none_or(writable);
    Some(Entry { record, kind, start, end, all_day, first, last, done, moves })
}

/// Whether an expression can be read; what cannot is the pack's to mend.
#[cfg(test)]
pub(super) fn reads(model: &zhike_model::Model, object: &str, filter: &str) -> bool {
    zhike_model::expr::parse_condition(model, object, filter).is_ok()
}

#[cfg(test)]
pub(super) fn filter_of(object: &Arc<Object>, place: usize, asked: &Asked) -> String {
    filter(&Kind { key: String::new(), object: Arc::clone(object), place }, asked)
}
