//! 今天要做的: the morning's summary. What my day, the calendar and the bell show.

use std::collections::HashSet;

use zhike_mail::{Line, Section};
use zhike_model::SortKey;
use zhike_records::{Actor, Engine, ListQuery, Record, WhichApprovals};
use zhike_types::{Lang, Result, Uuid, Value, date_of};

use super::letters::{LINES, cut, linked, t, warned};
use crate::{
    calendar::{Asked, Whose, entries, kinds},
    myday::my_day,
};

/// Subject and sections; none on a day with nothing to say.
pub(super) async fn sections(engine: &Engine, reader: &Actor, site: &str) -> Result<Option<(String, Vec<Section>)>> {
    let lang = reader.lang;
    let zone = engine.zone();
    let today = zone.day_of(engine.now());
    let mut sections = Vec::new();
    let mut known: HashSet<Uuid> = HashSet::new();
    let mut section = |title: &'static str, lines: Vec<Line>, all: &str| {
        if !lines.is_empty() {
            sections.push(cut(title, lines, lang, format!("{site}{all}")));
        }
    };

    let asked = Asked { first: today, days: 1, whose: Whose::Mine, only: None };
    let kinds = kinds(engine, reader);
    let mut lines = Vec::new();
    for entry in entries(engine, reader, &asked).await?.entries.iter().filter(|entry| !entry.done) {
        known.insert(entry.record.id);
        let kind = &kinds[entry.kind];
        let about = kind.calendar().about.as_ref().and_then(|about| entry.record.reference(about));
        let time =
            (!entry.all_day && entry.first == today).then(|| zone.civil(entry.start).strftime("%H:%M").to_string());
        let facts = [time, Some(kind.label().get(lang).to_owned()), about.map(|(title, _)| title.text.clone())];
        lines.push(Line { note: joined(facts), ..linked(engine, &entry.record, site, lang) });
    }
    section(t(lang, "今天的安排", "Today"), lines, "/calendar?view=day");

    let day = my_day(engine, reader, crate::myday::Whose::Mine).await?;
    let overdue = |records: &[Record], field: &str, about: &str, known: &mut HashSet<Uuid>| -> Vec<Line> {
        let new = records.iter().filter(|record| known.insert(record.id));
        let line = |record: &Record| {
            let since = match record.value(field) {
                Value::Int(at) if record.object.field(field).is_some_and(is_date) => date_of(*at),
                Value::Int(at) => Some(zone.civil(*at).date()),
                _ => None,
            };
            let since = since.map(|date| date.strftime("%m-%d").to_string());
            let about = record.reference(about).map(|(title, _)| title.text.clone());
            Line { note: joined([since, about]), ..linked(engine, record, site, lang) }
        };
        new.map(line).collect()
    };
    section(t(lang, "逾期的待办", "Overdue tasks"), overdue(&day.overdue, "due_at", "account", &mut known), "/task");
    let follow_up = overdue(&day.follow_up, "next_follow_up_at", "", &mut known);
    section(t(lang, "该跟进的客户", "To follow up"), follow_up, "/account");
    let payments = overdue_payments(engine, reader).await?;
    let title = t(lang, "逾期的回款", "Overdue payments");
    section(title, overdue(&payments, "due_on", "contract", &mut known), "/payment_plan?view=overdue");
    section(
        t(lang, "不跟进就会被公海收回的", "About to go back to the pool"),
        warned(engine, reader, site, None).await?,
        "/",
    );
    let to_sign = engine.approvals_count(reader, WhichApprovals::ToSign).await?;
    if to_sign > 0 {
        let text = match lang {
            Lang::Zh => format!("{to_sign} 件待您审批"),
            Lang::En => format!("{to_sign} to approve"),
        };
        let line = Line { text, url: format!("{site}/approvals"), note: String::new() };
        section(t(lang, "审批", "Approvals"), vec![line], "/approvals");
    }
    if sections.is_empty() {
        return Ok(None);
    }
    let count: usize = sections.iter().map(|section| section.lines.len()).sum();
    let date = zone.civil(engine.now()).strftime("%m-%d").to_string();
    let more = if sections.iter().any(|section| section.more.is_some()) { "+" } else { "" };
    let subject = match lang {
        Lang::Zh => format!("今天要做的 {count}{more} 件（{date}）"),
        Lang::En => format!("Your day, {date}: {count}{more} to do"),
    };
    Ok(Some((subject, sections)))
}

async fn overdue_payments(engine: &Engine, reader: &Actor) -> Result<Vec<Record>> {
    if !engine.may(reader, "payment_plan").read {
        return Ok(Vec::new());
    }
    let query = ListQuery {
        object: "payment_plan".to_owned(),
        filter: "owner == me && is_settled == false && due_on < today".to_owned(),
        sort: vec![SortKey { field: "due_on".to_owned(), descending: false }],
        fields: Some(["name", "contract", "due_on", "owner"].map(str::to_owned).to_vec()),
        limit: LINES + 1,
        lenient: true,
        ..ListQuery::default()
    };
    Ok(engine.list(reader, &query).await?.records)
}

fn is_date(field: &zhike_model::Field) -> bool {
    matches!(field.kind.value_kind(), zhike_model::FieldKind::Date)
}

fn joined<const N: usize>(facts: [Option<String>; N]) -> String {
    facts.into_iter().flatten().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(" · ")
}
