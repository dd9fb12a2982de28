//! A record's tabs, by its layout; an object without any gets details, files and history.

use zhike_model::{Object, Tab, TabKind};
use zhike_types::{Lang, Text, Uuid};

use crate::session::Signed;

pub struct TabLink {
    pub label: String,
    pub href: String,
    pub current: bool,
}

pub fn of(signed: &Signed, object: &Object) -> Vec<Tab> {
    if !object.layout.tabs.is_empty() {
        return object.layout.tabs.clone();
    }
    let tab = |zh, en, kind| Tab { label: Text::new(zh, en), kind };
    let mut tabs = vec![tab("详细资料", "Details", TabKind::Details)];
    if object.attachments && signed.app.engine.may(&signed.actor, "attachment").read {
        tabs.push(tab("附件", "Files", TabKind::Files));
    }
    tabs.push(tab("变更记录", "History", TabKind::History));
    tabs
}

/// A tab's word in addresses: its kind, and its place where several are of one kind.
fn key(tabs: &[Tab], place: usize) -> String {
    let word = |kind: &TabKind| match kind {
        TabKind::Timeline => "timeline",
        TabKind::Details => "details",
        TabKind::Related(_) => "related",
        TabKind::Files => "files",
        TabKind::History => "history",
    };
    match &tabs[place].kind {
        TabKind::Related(relations) => relations.first().cloned().unwrap_or_default(),
        kind => word(kind).to_owned(),
    }
}

pub fn chosen(tabs: &[Tab], asked: Option<&str>) -> usize {
    asked.and_then(|asked| (0..tabs.len()).find(|place| key(tabs, *place) == asked)).unwrap_or(0)
}

pub fn links(tabs: &[Tab], chosen: usize, object: &Object, id: Uuid, lang: Lang) -> Vec<TabLink> {
    tabs.iter()
        .enumerate()
        .map(|(place, tab)| TabLink {
            label: tab.label.get(lang).to_owned(),
            href: if place == 0 {
                format!("/{}/{id}", object.name)
            } else {
                format!("/{}/{id}?tab={}", object.name, key(tabs, place))
            },
            current: place == chosen,
        })
        .collect()
}
