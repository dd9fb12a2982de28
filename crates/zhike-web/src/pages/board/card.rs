//! A card of a board.

use zhike_crm::board::{Column, days_in_stage, is_rotten, since_of};
use zhike_model::{FieldKind, Object};
use zhike_records::{FieldState, Record};

use crate::{
    session::Signed,
    ui::{self, Markup},
    value::{Shower, title_of},
    words::t,
};

pub struct Card {
    pub id: String,
    pub version: i64,
    /// The key of the stage that it stands in.
    pub stage: String,
    pub title: String,
    pub badges: Vec<Markup>,
    pub facts: Vec<Fact>,
    pub owner: Markup,
    /// So long it has stood where it should not stand for so long.
    pub rot: Option<String>,
    pub movable: bool,
}

pub struct Fact {
    pub label: String,
    pub text: String,
    pub number: bool,
    pub masked: bool,
}

pub fn cards(signed: &Signed, object: &Object, column: &Column) -> Vec<Card> {
    column.page.records.iter().map(|record| card(signed, object, column, record)).collect()
}

fn card(signed: &Signed, object: &Object, column: &Column, record: &Record) -> Card {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let board = object.layout.board.as_ref();
    let field = board.map(|board| board.field.as_str()).unwrap_or_default();
    let shower = Shower::cell(engine, lang);
    let badges = object.layout.badges.iter().filter(|name| *name != field).map(|name| shower.show(record, name));
    let days = days_in_stage(since(record, object), engine.now(), engine.zone());
    let rotten = is_rotten(days, column.stage.rot_days);
    Card {
        id: record.id.to_string(),
        version: record.version,
        stage: column.stage.key.clone(),
        title: title_of(engine, record, lang),
        badges: badges.filter(|html| !html.0.is_empty()).take(2).collect(),
        facts: board.iter().flat_map(|board| &board.card).filter_map(|name| fact(signed, record, name)).collect(),
        owner: owner(record),
        rot: days.filter(|_| rotten).map(|days| t!(lang, "停留 {days} 天", "{days} days here")),
        movable: record.may_change && record.state(field) == FieldState::Writable,
    }
}

/// When the record came into its stage; none where nothing keeps it.
fn since(record: &Record, object: &Object) -> Option<i64> {
    record.value(since_of(object)?).as_int()
}

/// A fact in plain text: a card is one link, with nothing else to stumble over by keyboard.
fn fact(signed: &Signed, record: &Record, name: &str) -> Option<Fact> {
    let lang = signed.lang();
    let field = record.object.field(name)?;
    let state = record.state(name);
    if matches!(state, FieldState::Hidden | FieldState::Unread) || record.value(name).is_null() {
        return None;
    }
    Some(Fact {
        label: field.label.get(lang).to_owned(),
        text: signed.app.engine.show(record, name, lang),
        number: matches!(field.kind.value_kind(), FieldKind::Money { .. }) || field.kind.is_number(),
        masked: state == FieldState::Masked,
    })
}

fn owner(record: &Record) -> Markup {
    let Some((title, _)) = record.reference("owner") else { return Markup::default() };
    Markup(format!(r#"<span class="who">{}{}</span>"#, ui::avatar(&title.text, "avatar-sm"), ui::escape(&title.text)))
}
