//! What an address of the calendar asks for, and how its days are called.

use zhike_crm::calendar::{Shape, Whose, span};
use zhike_records::DataScope;
use zhike_types::{Lang, date_of, days_of};

use super::PLACE;
use crate::{link::Pairs, session::Signed};

/// What an address asks for.
pub(super) struct Wish {
    pub shape: Shape,
    pub day: i64,
    pub whose: Whose,
    pub only: Option<String>,
}

impl Wish {
    pub fn of(signed: &Signed, pairs: &Pairs) -> Self {
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

    pub fn href(&self, shape: Shape, day: i64) -> String {
        let mut pairs = self.kept(shape, day);
        match self.whose {
            Whose::Mine => {}
            Whose::Everybody => pairs.push(("whose".to_owned(), "all".to_owned())),
            Whose::Colleague(owner) => pairs.push(("owner".to_owned(), owner.to_string())),
        }
        Pairs(pairs).on(PLACE)
    }

    /// What stays when it is somebody else's.
    pub fn kept(&self, shape: Shape, day: i64) -> Vec<(String, String)> {
        let mut pairs = vec![("view".to_owned(), shape.key().to_owned()), ("date".to_owned(), iso(day))];
        pairs.extend(self.only.clone().map(|only| ("only".to_owned(), only)));
        pairs
    }
}

pub(super) fn iso(day: i64) -> String {
    date_of(day).map(|date| date.to_string()).unwrap_or_default()
}

/// Whether there is anybody else whose days may be seen.
pub(super) fn wide(signed: &Signed) -> bool {
    ["task", "account"]
        .iter()
        .any(|name| signed.actor.rights.object(name).is_some_and(|rights| rights.read > DataScope::Own))
}

pub(super) fn weekdays(lang: Lang) -> [&'static str; 7] {
    match lang {
        Lang::Zh => ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
        Lang::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    }
}

pub(super) fn title(shape: Shape, day: i64, lang: Lang) -> String {
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

pub(super) fn day_label(day: i64, lang: Lang) -> String {
    let Some(date) = date_of(day) else { return String::new() };
    let weekday = weekdays(lang)[date.weekday().to_monday_zero_offset() as usize];
    match lang {
        Lang::Zh => format!("{}年{}月{}日 {weekday}", date.year(), date.month(), date.day()),
        Lang::En => date.strftime("%A, %-d %B %Y").to_string(),
    }
}
