//! The audit over all records: who did what, when, from where. For the duty `audit`.

mod asked;

use askama::Template;
use axum::extract::Query;
use zhike_model::Model;
use zhike_records::{FieldChange, LogEntry, Mentioned};
use zhike_types::Lang;

use crate::{
    fault::Answer,
    frame::{Frame, html},
    link::Pairs,
    pages::{
        admin::roles,
        deeds::{self, Difference},
    },
    session::Signed,
    ui::{self, Markup, escape},
    value::{iso, shortened, stamp, who},
    words::Say,
};
use asked::Asked;

/// Rows a page.
const ROWS: usize = 50;
/// Fields of a row that are shown at once; the others unfold.
const FIELDS: usize = 4;
/// Characters of a value that are shown at once, and when unfolded.
const SHORT: usize = 32;
const LONG: usize = 2_000;

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    frame: Frame,
    lang: Lang,
    asked: Asked,
    lines: Vec<Line>,
    more: Option<String>,
}

struct Line {
    seq: i64,
    iso: String,
    stamp: String,
    who: String,
    /// The audit of this person alone.
    theirs: Option<String>,
    what: String,
    tone: &'static str,
    /// The kind of record, its name (or what stands for it) and its page.
    object: String,
    name: String,
    href: Option<String>,
    reason: String,
    shown: Vec<Difference>,
    /// What unfolds: the other fields, and the whole of values that were cut.
    rest: Vec<Difference>,
    /// How many fields are among them that are not shown at all.
    hidden: usize,
    source: String,
    address: String,
}

pub async fn show(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let engine = &signed.app.engine;
    let lang = signed.lang();
    let asked = Asked::read(&signed, &pairs).await;
    let before = pairs.get("before").and_then(|text| text.parse().ok());
    let entries = engine.audit_log(&signed.actor, &asked.query(before, ROWS)).await?;
    let next = entries.last().filter(|_| entries.len() == ROWS).map(|last| last.entry.seq.to_string());
    let model = engine.model();
    html(&AuditPage {
        frame: Frame::new(&signed, lang.t("操作日志", "Audit"), "/admin/audit"),
        lang,
        asked,
        lines: entries.iter().map(|entry| line(&signed, &model, entry)).collect(),
        more: next.map(|next| pairs.with("before", next).on("/admin/audit")),
    })
}

fn line(signed: &Signed, model: &Model, log: &LogEntry) -> Line {
    let lang = signed.lang();
    let zone = signed.app.engine.zone();
    let entry = &log.entry;
    let record = log.record.as_ref();
    let title = record.and_then(|record| deeds::title(model, record, lang, 300));
    let at_the_door = matches!(entry.action.as_str(), "sign-in" | "sign-in-failed");
    let person = if at_the_door { log.record_id } else { entry.actor_id };
    // who signs in, or is tried at the door, was nobody yet
    let who = match (&title, at_the_door) {
        (Some(title), true) => title.clone(),
        _ => who(entry.actor_id.is_some().then_some(&entry.actor), lang),
    };
    let (shown, rest, hidden) = differences(model, log, title.is_some(), lang);
    let (source, address) = deeds::source(&entry.source, lang);
    Line {
        seq: entry.seq,
        iso: iso(zone, entry.at),
        stamp: stamp(zone, entry.at),
        who,
        theirs: person.map(|id| format!("/admin/audit?user={id}")),
        what: deeds::action(&entry.action, lang),
        tone: tone(&entry.action),
        object: asked::object_label(model, &log.object, lang),
        name: match (record.map(|record| &record.what), title.clone()) {
            (_, Some(title)) => title,
            (None, None) => String::new(),
            (Some(Mentioned::Gone), None) => lang.t("已彻底删除", "deleted for good").to_owned(),
            (Some(_), None) => lang.t("（无权查看）", "(not yours to see)").to_owned(),
        },
        href: record.filter(|_| title.is_some()).and_then(|record| match record.object.as_str() {
            "role" => Some(format!("/admin/roles/{}", record.id)),
            object => model.object(object).map(|_| format!("/{object}/{}", record.id)),
        }),
        reason: entry.reason.as_deref().map(|reason| shortened(reason, 300)).unwrap_or_default(),
        shown,
        rest,
        hidden,
        source,
        address,
    }
}

/// What is shown at once, what unfolds, and how many fields are only there. `named`: the row says what the record is called.
fn differences(model: &Model, log: &LogEntry, named: bool, lang: Lang) -> (Vec<Difference>, Vec<Difference>, usize) {
    let object = model.object(&log.object);
    let changes = log.entry.changes.iter().filter(|change| change.before != change.after);
    let mut pairs: Vec<(Option<Difference>, Difference)> = match object.filter(|_| log.record_id.is_some()) {
        Some(object) => {
            let creation = log.entry.action == "create";
            let told = |change: &&FieldChange| !(named && creation && change.field == object.title);
            let mut changes: Vec<&FieldChange> = changes.filter(told).collect();
            // the record's own fields before whose it is
            changes.sort_by_key(|change| object.field(&change.field).is_some_and(|field| field.system));
            let sized = |change: &FieldChange, most| deeds::difference(model, object, change, lang, most);
            changes.iter().filter_map(|change| Some((sized(change, SHORT), sized(change, LONG)?))).collect()
        }
        None => changes.flat_map(|change| facts(model, log, change, lang)).collect(),
    };
    let at_once = pairs.iter().filter(|(short, _)| short.is_some()).count();
    let hidden = at_once.saturating_sub(FIELDS);
    let others = pairs.split_off(pairs.len() - hidden);
    let mut rest = Vec::new();
    let mut shown = Vec::new();
    for (short, long) in pairs {
        if short.as_ref() != Some(&long) {
            rest.push(long);
        }
        shown.extend(short);
    }
    rest.extend(others.into_iter().map(|(_, long)| long));
    (shown, rest, hidden)
}

/// What a setting, an export or an import says of itself.
fn facts(model: &Model, log: &LogEntry, change: &FieldChange, lang: Lang) -> Vec<(Option<Difference>, Difference)> {
    let sized = |label: &str, words: &str, most| Difference {
        label: label.to_owned(),
        before: Markup::default(),
        after: Markup(escape(&shortened(words, most))),
    };
    // a role's rights and a pack are pages of their own: their beginning says nothing
    if let ("role", "rights", Ok(rights)) = (&*log.object, &*change.field, serde_json::from_str(&change.after)) {
        let told = roles::in_words(&rights, model, lang);
        return told.iter().map(|(label, words)| (None, sized(label, words, LONG))).collect();
    }
    let fact = deeds::fact(model.object(&log.object).map(AsRef::as_ref), change, lang);
    let short = |label: &str, words: &str| (change.field != "body").then(|| sized(label, words, SHORT));
    fact.map(|(label, words)| (short(&label, &words), sized(&label, &words, LONG))).into_iter().collect()
}

/// What takes something away is red; what gives something out, or power over it, is amber.
fn tone(action: &str) -> &'static str {
    match action {
        "delete" | "purge" | "sign-in-failed" | "role-deleted" => "red",
        "export" | "roles" | "role" | "credential" | "password" | "token" | "pack" => "amber",
        _ => "gray",
    }
}
