//! Days, their hours, and what stands in them.

use zhike_crm::calendar::{Entry, Kind, Shape, Whose};
use zhike_types::date_of;

use super::{
    PLACE,
    wish::{Wish, day_label, iso},
};
use crate::{
    session::Signed,
    value::{shortened, title_of},
};

/// So many stand in a day of a month, in an hour of a week; the rest is a click away.
const IN_MONTH: usize = 4;
const IN_HOUR: usize = 3;
/// What tells kinds apart, with their names beside it; what merely ends shares one.
pub(super) const TONES: [&str; 8] = ["blue", "green", "amber", "purple", "gray", "red", "gray", "teal"];

pub(super) struct Day {
    pub iso: String,
    pub number: String,
    pub label: String,
    pub href: String,
    pub new: String,
    pub today: bool,
    pub outside: bool,
    pub weekend: bool,
    /// What is shown, by hour in a week and on a day: the first is the whole day.
    pub slots: Vec<Slot>,
    pub empty: bool,
}

pub(super) struct Slot {
    pub hour: Option<i8>,
    pub lines: Vec<Line>,
    pub more: usize,
}

pub(super) struct Line {
    pub id: String,
    pub href: String,
    pub time: String,
    pub name: String,
    pub about: String,
    pub who: String,
    pub kind: String,
    pub tone: &'static str,
    pub done: bool,
    /// Where it is moved to another day, and by what name.
    pub moves: Option<(String, String)>,
}

/// Whether it stands above the hours: it has none, or more than one day of them.
pub(super) fn whole(entry: &Entry) -> bool {
    entry.all_day || entry.first != entry.last
}

pub(super) struct Grid<'a> {
    pub signed: &'a Signed,
    pub wish: &'a Wish,
    pub kinds: &'a [Kind],
    pub today: i64,
    pub hours: std::ops::RangeInclusive<i8>,
}

impl Grid<'_> {
    pub fn day(&self, day: i64, entries: &[Entry]) -> Day {
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
