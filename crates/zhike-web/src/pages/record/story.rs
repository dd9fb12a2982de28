//! What happened to a record: its timeline, and the history of its changes.

use std::collections::HashMap;

use zhike_model::FieldKind;
use zhike_records::{AuditEntry, FieldState, Happening, Record, TimelineEntry};
use zhike_types::{Lang, Uuid};

use crate::{
    fault::Fault,
    link::{Pairs, encode},
    pages::{
        deeds::{self, Difference},
        follow_up,
    },
    session::Signed,
    ui::{Markup, escape},
    value::{Shower, iso, shortened, stamp, title_of, who},
    words::{Say, t},
};

const SHOWN: usize = 30;
/// So many merges are asked for the names of those that went into a record.
const MERGES: usize = 200;

/// One thing that happened; `day` where a new day begins.
pub struct Entry {
    pub key: String,
    pub day: Option<String>,
    pub icon: String,
    pub tone: String,
    pub quiet: bool,
    pub who: String,
    pub what: String,
    pub badges: Vec<Markup>,
    pub links: Vec<Markup>,
    pub href: Option<String>,
    pub iso: String,
    pub stamp: String,
    pub text: Markup,
    pub next: Option<String>,
    pub diff: Vec<Difference>,
    pub source: String,
}

/// The timeline's filters.
pub struct Kinds {
    pub chips: Vec<(String, String, bool)>,
}

pub fn kinds(signed: &Signed, record: &Record, pairs: &Pairs) -> Kinds {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let model = engine.model();
    let asked = pairs.get("kind").unwrap_or_default();
    let base = format!("/{}/{}", record.object.name, record.id);
    let mut chips = vec![(lang.t("全部", "Everything").to_owned(), base.clone(), asked.is_empty())];
    let mut seen: Vec<&str> = Vec::new();
    for relation in model.relations(&record.object.name).iter().filter(|relation| !relation.name.is_empty()) {
        let Some(object) = model
            .object(&relation.object)
            .filter(|object| object.timeline_at.is_some() && engine.may(&signed.actor, &object.name).read)
        else {
            continue;
        };
        if !seen.contains(&object.name.as_str()) {
            seen.push(&relation.object);
            chips.push((
                object.plural.get(lang).to_owned(),
                format!("{base}?kind={}", object.name),
                asked == object.name,
            ));
        }
    }
    chips.push((lang.t("变更", "Changes").to_owned(), format!("{base}?kind=change"), asked == "change"));
    Kinds { chips }
}

/// What may be added to the timeline beside a follow-up: label, icon, address.
pub fn adds(signed: &Signed, record: &Record) -> Vec<(String, String, String)> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let model = engine.model();
    let next = encode(&format!("/{}/{}", record.object.name, record.id));
    model
        .relations(&record.object.name)
        .iter()
        .filter(|relation| {
            !relation.name.is_empty()
                && matches!(relation.object.as_str(), "task" | "note")
                && engine.may(&signed.actor, &relation.object).create
        })
        .filter_map(|relation| {
            let object = model.object(&relation.object)?;
            let value =
                if relation.any { format!("{}:{}", record.object.name, record.id) } else { record.id.to_string() };
            Some((
                object.label.get(lang).to_owned(),
                object.icon.clone(),
                format!("/{}/new?{}={}&_next={next}", object.name, relation.field, encode(&value)),
            ))
        })
        .collect()
}

pub async fn timeline(signed: &Signed, record: &Record, pairs: &Pairs) -> Result<(Vec<Entry>, Option<String>), Fault> {
    let kinds: Vec<String> = pairs.get("kind").map(|kind| vec![kind.to_owned()]).unwrap_or_default();
    let before = pairs.get("before").and_then(|text| text.parse().ok());
    let found = signed.app.engine.timeline_of(&signed.actor, record, &kinds, before, SHOWN).await?;
    let more = (found.len() >= SHOWN).then(|| found.last().map(|entry| entry.at)).flatten();
    let changes = found.iter().filter_map(|entry| match &entry.what {
        Happening::Change(audit) => Some(audit),
        Happening::Record(_) => None,
    });
    let merged = merged(signed, record, changes).await?;
    let entries = found.iter().map(|entry| told(signed, record, entry, &merged)).collect();
    Ok((
        with_days(signed, entries, &found.iter().map(|entry| entry.at).collect::<Vec<_>>()),
        more.map(|at| {
            pairs.clone().with("before", at.to_string()).on(&format!("/{}/{}", record.object.name, record.id))
        }),
    ))
}

pub async fn history(signed: &Signed, record: &Record, pairs: &Pairs) -> Result<(Vec<Entry>, Option<String>), Fault> {
    let before = pairs.get("before").and_then(|text| text.parse().ok());
    let found = signed.app.engine.history(&signed.actor, &record.object.name, record.id, before, SHOWN).await?;
    let more = (found.len() >= SHOWN).then(|| found.last().map(|entry| entry.seq)).flatten();
    let merged = merged(signed, record, found.iter()).await?;
    let entries = found.iter().map(|entry| changed(signed, record, entry, &merged)).collect();
    Ok((
        with_days(signed, entries, &found.iter().map(|entry| entry.at).collect::<Vec<_>>()),
        more.map(|seq| {
            pairs.clone().with("before", seq.to_string()).on(&format!("/{}/{}", record.object.name, record.id))
        }),
    ))
}

/// What records were called that went into this one.
type Merged = HashMap<Uuid, String>;

/// The names of those whose history is told here.
async fn merged(
    signed: &Signed,
    record: &Record,
    mut changes: impl Iterator<Item = &AuditEntry>,
) -> Result<Merged, Fault> {
    if changes.all(|change| change.merged_from.is_none()) {
        return Ok(Merged::new());
    }
    let page = signed.app.engine.merges(&signed.actor, &record.object.name, Some(record.id), None, MERGES).await?;
    let losers = page.merges.into_iter().flat_map(|merge| merge.losers);
    Ok(losers.map(|loser| (loser.id, shortened(&loser.title, 60))).collect())
}

fn with_days(signed: &Signed, mut entries: Vec<Entry>, times: &[i64]) -> Vec<Entry> {
    let zone = signed.app.engine.zone();
    let mut last = None;
    for (entry, at) in entries.iter_mut().zip(times) {
        let day = zone.day_of(*at);
        if last != Some(day) {
            entry.day = Some(day_words(signed, *at));
            last = Some(day);
        }
    }
    entries
}

/// `11月20日 周五`, with the year when it is another one.
fn day_words(signed: &Signed, at: i64) -> String {
    let zone = signed.app.engine.zone();
    let (date, now) = (zone.civil(at).date(), zone.civil(signed.app.engine.now()).date());
    if date == now {
        return signed.lang().t("今天", "Today").to_owned();
    }
    let this_year = date.year() == now.year();
    if signed.lang() == Lang::En {
        return date.strftime(if this_year { "%a %-d %b" } else { "%a %-d %b %Y" }).to_string();
    }
    let week =
        ["周一", "周二", "周三", "周四", "周五", "周六", "周日"][date.weekday().to_monday_zero_offset() as usize];
    let day = format!("{}月{}日 {week}", date.month(), date.day());
    if this_year { day } else { format!("{}年{day}", date.year()) }
}

fn told(signed: &Signed, record: &Record, entry: &TimelineEntry, merged: &Merged) -> Entry {
    match &entry.what {
        // Among what happened, a change by hand is the usual one; the history says where each came from.
        Happening::Change(audit) if audit.source.starts_with("page") => {
            Entry { source: String::new(), ..changed(signed, record, audit, merged) }
        }
        Happening::Change(audit) => changed(signed, record, audit, merged),
        Happening::Record(child) => happened(signed, record, child, entry),
    }
}

fn happened(signed: &Signed, about: &Record, child: &Record, entry: &TimelineEntry) -> Entry {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let object = &child.object;
    let shower = Shower::cell(engine, lang);
    let channel = child.value("channel").as_text().unwrap_or_default();
    let tone = object
        .layout
        .badges
        .first()
        .and_then(|name| object.field(name)?.option(child.value(name).as_text()?)?.tone.clone());
    let references = object.fields.iter().filter(|field| {
        field.kind.is_reference() && !field.system && child.value(&field.name).as_id().is_some_and(|id| id != about.id)
    });
    let file = object.name == "attachment";
    Entry {
        key: child.id.to_string(),
        day: None,
        icon: if channel.is_empty() { object.icon.clone() } else { follow_up::icon(channel).to_owned() },
        tone: tone.unwrap_or_else(|| "gray".into()),
        quiet: false,
        who: who(Some(&entry.actor), lang),
        what: object.label.get(lang).to_owned(),
        badges: object
            .layout
            .badges
            .iter()
            .map(|name| shower.show(child, name))
            .filter(|html| !html.0.is_empty())
            .collect(),
        links: references.map(|field| shower.show(child, &field.name)).collect(),
        href: Some(if file { format!("/files/{}", child.id) } else { format!("/{}/{}", object.name, child.id) }),
        iso: iso(engine.zone(), entry.at),
        stamp: stamp(engine.zone(), entry.at),
        text: words_of(signed, child),
        next: next_of(signed, child),
        diff: Vec::new(),
        source: String::new(),
    }
}

fn next_of(signed: &Signed, child: &Record) -> Option<String> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let step = engine.show(child, "next_step", lang);
    let at = engine.show(child, "next_at", lang);
    let parts: Vec<String> = [at, step].into_iter().filter(|text| !text.is_empty()).collect();
    (!parts.is_empty()).then(|| t!(lang, "下次跟进 {}", "Next: {}", parts.join(" ")))
}

/// A record's own words, with their lines and marks.
fn words_of(signed: &Signed, child: &Record) -> Markup {
    let engine = &signed.app.engine;
    let title = child.object.title.as_str();
    let state = child.state(title);
    match child.object.field(title).map(|field| &field.kind) {
        Some(FieldKind::Rich) if state != FieldState::Masked => {
            let text = shortened_lines(&engine.show(child, title, signed.lang()));
            Markup(format!(r#"<div class="rich">{}</div>"#, crate::rich::render(&text)))
        }
        Some(FieldKind::LongText) => Markup(escape(&shortened_lines(&engine.show(child, title, signed.lang())))),
        _ => Markup(escape(&shortened_lines(&title_of(engine, child, signed.lang())))),
    }
}

fn shortened_lines(text: &str) -> String {
    if text.chars().count() > 1_000 { text.chars().take(999).chain(['…']).collect() } else { text.to_owned() }
}

fn changed(signed: &Signed, record: &Record, audit: &AuditEntry, merged: &Merged) -> Entry {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let (what, icon) = match audit.action.as_str() {
        "create" => (lang.t("新建", "created it").to_owned(), "plus"),
        "import" => (lang.t("导入", "imported it").to_owned(), "upload"),
        "delete" => (lang.t("删除", "deleted it").to_owned(), "trash-2"),
        "restore" => (lang.t("恢复", "restored it").to_owned(), "undo-2"),
        "change" => (lang.t("修改", "changed it").to_owned(), "pencil"),
        "merge" | "merged" => (deeds::action(&audit.action, lang), "merge"),
        "unmerge" => (deeds::action(&audit.action, lang), "undo-2"),
        dispute if dispute.starts_with("dispute") => (deeds::action(dispute, lang), "gavel"),
        other => (deeds::action(other, lang), "pencil"),
    };
    let what = match audit.merged_from.map(|id| merged.get(&id).map_or("", String::as_str)) {
        None => what,
        Some(name) if audit.action == "merged" => t!(lang, "合并进来「{name}」", "merged in “{name}”"),
        // what was done to it when it was a record of its own
        Some(name) => t!(lang, "{what}「{name}」（后来合并进来）", "{what}: “{name}”, merged in since"),
    };
    let went = audit.action == "merged" && audit.merged_from.is_some();
    let creation = matches!(audit.action.as_str(), "create" | "import");
    let model = engine.model();
    let changes = audit.changes.iter().filter(|change| change.before != change.after);
    let diff = changes.filter_map(|change| deeds::difference(&model, &record.object, change, lang, 160));
    Entry {
        key: format!("a{}", audit.seq),
        day: None,
        icon: icon.into(),
        tone: "gray".into(),
        quiet: true,
        who: who(audit.actor_id.is_some().then_some(&audit.actor), lang),
        what,
        badges: Vec::new(),
        links: Vec::new(),
        href: audit.action.starts_with("dispute").then(|| format!("/disputes?account={}", record.id)),
        iso: iso(engine.zone(), audit.at),
        stamp: stamp(engine.zone(), audit.at),
        // why it went is said where it went
        text: Markup(escape(audit.reason.as_deref().filter(|_| !went).unwrap_or_default())),
        next: None,
        diff: if creation { Vec::new() } else { diff.collect() },
        source: deeds::source(&audit.source, lang).0,
    }
}
