//! An item of the queue: records one under the other, what speaks for it, and what can be done.

use askama::Template;
use zhike_records::{Band, QueueItem, Record};
use zhike_types::Lang;

use super::{
    PLACE,
    compare::marked,
    facts::{Cell, Facts, other},
};
use crate::{
    link::Pairs,
    session::Signed,
    ui::{self, Markup},
    value::{shortened, title_of},
    words::{Say, t},
};

/// So many records of a group are shown; a group that is larger is looked at on the page where it is merged.
const RECORDS: usize = 12;
/// A name is shown up to so many letters; the whole is its tip.
const NAME: usize = 90;

#[derive(Template)]
#[template(path = "review/item.html")]
pub struct Item {
    lang: Lang,
    pub id: String,
    /// Where its forms are sent.
    place: String,
    /// Where one comes back to without scripts.
    back: String,
    /// Who it is about, for who hears it.
    said: String,
    tone: &'static str,
    percent: String,
    reasons: Vec<String>,
    said_same: bool,
    records: Vec<Line>,
    /// How many there are altogether.
    count: usize,
    /// Those that are not shown for want of room.
    rest: usize,
    hidden: u64,
    /// Cells of a row.
    width: usize,
    why: String,
    by_field: String,
}

impl askama::filters::HtmlSafe for Item {}

struct Line {
    href: String,
    name: Markup,
    whole: String,
    cells: Vec<Cell>,
}

impl Item {
    pub fn of(signed: &Signed, facts: &Facts, item: &QueueItem, back: &str) -> Self {
        let lang = signed.lang();
        let engine = &signed.app.engine;
        let object = item.records.first().map(|record| record.object.name.clone()).unwrap_or_default();
        let names: Vec<String> = item.records.iter().map(|record| title_of(engine, record, lang)).collect();
        let short: Vec<String> = names.iter().map(|name| shortened(name, NAME)).collect();
        let rows = facts.rows(signed, &item.records);
        let lines = item.records.iter().zip(rows).enumerate().map(|(place, (record, cells))| Line {
            href: format!("/{object}/{}", record.id),
            name: marked(&short[place], other(&short, place)),
            whole: if short[place] == names[place] { String::new() } else { names[place].clone() },
            cells,
        });
        let ids = |most: usize| -> String {
            item.records.iter().take(most).map(|record| record.id.to_string()).collect::<Vec<_>>().join(",")
        };
        let place = format!("{PLACE}/{object}");
        Self {
            lang,
            said: t!(lang, "{}，共 {} 条", "{}, {} records", short.first().cloned().unwrap_or_default(), names.len()),
            tone: if item.band == Band::Same { "green" } else { "amber" },
            percent: percent(item.score),
            reasons: item.reasons.iter().map(|reason| reason.get(lang).to_owned()).collect(),
            said_same: item.said_same,
            records: lines.take(RECORDS).collect(),
            count: names.len(),
            rest: names.len().saturating_sub(RECORDS),
            hidden: item.hidden,
            width: facts.heads().len() + 1,
            why: why(&place, back, &item.records),
            by_field: Pairs::default()
                .with("ids", ids(zhike_records::MERGE_MOST))
                .with("next", back)
                .on(&format!("/{object}/merge")),
            id: item.id.clone(),
            back: back.to_owned(),
            place,
        }
    }
}

/// The page that explains the first pair, and leads to the others.
fn why(place: &str, back: &str, records: &[Record]) -> String {
    let [left, right, ..] = records else { return String::new() };
    let mut pairs = Pairs::default().with("back", back);
    if records.len() > 2 {
        let all: Vec<String> = records.iter().take(RECORDS).map(|record| record.id.to_string()).collect();
        pairs = pairs.with("of", all.join(","));
    }
    pairs.on(&format!("{place}/pair/{}/{}", left.id, right.id))
}

/// `97%`, `99.9%`: never 100, which nothing is.
pub fn percent(probability: f64) -> String {
    let percent = probability * 100.0;
    if percent >= 99.95 {
        ">99.9%".to_owned()
    } else if percent > 99.0 {
        format!("{percent:.1}%")
    } else if percent < 1.0 {
        "<1%".to_owned()
    } else {
        format!("{percent:.0}%")
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn probabilities_in_words() {
        for (probability, text) in [
            (0.0, "<1%"),
            (0.014, "1%"),
            (0.5, "50%"),
            (0.98, "98%"),
            (0.9923, "99.2%"),
            (0.99996, ">99.9%"),
            (1.0, ">99.9%"),
        ] {
            assert_eq!(percent(probability), text);
        }
    }
}
