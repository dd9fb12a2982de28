//! The head of a record's page and its fields.

use zhike_model::FieldKind;
use zhike_records::{FieldState, Record};

use crate::{
    form::shows,
    sent::{holds_file, takes_files},
    session::Signed,
    ui::{self, Markup},
    value::Shower,
};

pub struct Head {
    pub name: String,
    pub portrait: Markup,
    pub badges: Vec<Markup>,
    pub owner: Markup,
    pub facts: Vec<Fact>,
    /// Address and number of the first phone that may be called, and of the first e-mail address.
    pub call: Option<(String, String)>,
    pub mail: Option<String>,
}

/// A field with its value.
pub struct Fact {
    pub field: String,
    pub label: String,
    pub html: Markup,
    /// Its text, where copying it makes sense.
    pub copy: Option<String>,
    pub editable: bool,
}

pub struct Section {
    pub name: String,
    pub label: String,
    pub folded: bool,
    pub facts: Vec<Fact>,
}

pub fn head(signed: &Signed, record: &Record, name: String) -> Head {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let object = &record.object;
    let shower = Shower::cell(engine, lang);
    let first = |wanted: fn(&FieldKind) -> bool| {
        let fields = object.fields.iter().filter(|field| wanted(&field.kind));
        fields
            .map(|field| field.name.as_str())
            .find(|name| readable(record, name) && !record.value(name).is_null())
            .map(|name| engine.show(record, name, lang))
    };
    let digits = |text: &String| text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect::<String>();
    Head {
        portrait: portrait(signed, record, &name),
        name,
        badges: object
            .layout
            .badges
            .iter()
            .map(|name| shower.show(record, name))
            .filter(|html| !html.0.is_empty())
            .collect(),
        owner: shower.show(record, "owner"),
        facts: object.layout.facts.iter().filter_map(|name| fact(signed, record, name)).collect(),
        call: first(|kind| matches!(kind, FieldKind::Phone)).map(|text| (format!("tel:{}", digits(&text)), text)),
        mail: first(|kind| matches!(kind, FieldKind::Email)),
    }
}

/// The picture of the first image field that is filled, else the first letter; people are round, organisations square.
pub fn portrait(signed: &Signed, record: &Record, name: &str) -> Markup {
    let object = &record.object;
    let square = !matches!(object.name.as_str(), "user" | "contact");
    let image = object
        .fields
        .iter()
        .filter(|field| field.kind == FieldKind::Image && readable(record, &field.name))
        .find_map(|field| record.value(&field.name).as_id());
    match image.filter(|_| signed.app.engine.may(&signed.actor, "attachment").read) {
        Some(id) => ui::picture(&format!("/files/{id}"), square),
        None => ui::portrait(name, square),
    }
}

/// The stages that a record at which one checks in can go to from where it is: what is reported there is reported here. Others have
/// their board for it.
pub fn steps(record: &Record, lang: zhike_types::Lang) -> Vec<(String, String, String)> {
    let object = &record.object;
    let flow = object
        .flows
        .first()
        .filter(|_| object.check_in.is_some() && record.may_change && record.deleted_at().is_none());
    let Some(flow) = flow.filter(|flow| flow.records.is_none()) else { return Vec::new() };
    let at = record.value(&flow.field).as_text().unwrap_or_default();
    let to = flow.stages.iter().find(|stage| stage.key == at).map(|stage| stage.to.as_slice()).unwrap_or_default();
    let next = flow.stages.iter().filter(|stage| stage.key != at && (to.is_empty() || to.contains(&stage.key)));
    let label = |key: &str| object.field(&flow.field)?.option(key).map(|option| option.label.get(lang).to_owned());
    next.filter_map(|stage| Some((stage.key.clone(), label(&stage.key)?, at.to_owned()))).collect()
}

fn readable(record: &Record, name: &str) -> bool {
    matches!(record.state(name), FieldState::ReadOnly | FieldState::Writable)
}

pub fn fact(signed: &Signed, record: &Record, name: &str) -> Option<Fact> {
    let lang = signed.lang();
    let field = record.object.field(name)?;
    let state = record.state(name);
    if matches!(state, FieldState::Hidden | FieldState::Unread) {
        return None;
    }
    let copies = matches!(
        field.kind,
        FieldKind::Phone
            | FieldKind::Email
            | FieldKind::CreditCode
            | FieldKind::IdNumber
            | FieldKind::AutoNumber { .. }
            | FieldKind::Url
    );
    let shown = readable(record, name) && !record.value(name).is_null();
    Some(Fact {
        field: name.to_owned(),
        label: field.label.get(lang).to_owned(),
        html: Shower::fact(&signed.app.engine, lang).show(record, name),
        copy: (copies && shown).then(|| signed.app.engine.show(record, name, lang)),
        editable: record.may_change
            && record.deleted_at().is_none()
            && state == FieldState::Writable
            && !field.read_only
            && (!holds_file(field) || takes_files(&signed.app.engine, &signed.actor, &record.object)),
    })
}

/// The layout's sections; fields that only some records have (`visible_when`) show where they hold or are filled.
pub fn sections(signed: &Signed, record: &Record) -> Vec<Section> {
    let lang = signed.lang();
    let object = &record.object;
    let engine = &signed.app.engine;
    let text = |name: &str| engine.to_form(record, name);
    let wanted = |name: &&String| {
        let condition = object.field(name).and_then(|field| field.visible_when.as_ref());
        // what is never shown ("false") is there for the machine
        let never = condition.is_some_and(|condition| condition.trim() == "false");
        condition.is_none_or(|condition| shows(condition, &text)) || (!never && !record.value(name).is_null())
    };
    let mut sections: Vec<Section> = object
        .layout
        .sections
        .iter()
        .enumerate()
        .map(|(place, section)| Section {
            name: format!("{}-{place}", object.name),
            label: section.label.get(lang).to_owned(),
            folded: section.folded,
            facts: section.fields.iter().filter(wanted).filter_map(|name| fact(signed, record, name)).collect(),
        })
        .collect();
    if sections.is_empty() {
        let facts = object
            .fields
            .iter()
            .filter(|field| !field.system || matches!(field.name.as_str(), "created_at" | "created_by" | "owner"));
        sections.push(Section {
            name: object.name.clone(),
            label: object.label.get(lang).to_owned(),
            folded: false,
            facts: facts.filter_map(|field| fact(signed, record, &field.name)).collect(),
        });
    }
    sections.retain(|section| !section.facts.is_empty());
    sections
}
