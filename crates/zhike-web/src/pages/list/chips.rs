//! What stands above a list: the views as tabs, the filter as sentences, one-click filters, the filter builder's fields.

use std::collections::HashMap;

use serde_json::{Value as Json, json};
use zhike_model::{Field, FieldKind, Object, Role};
use zhike_records::{FieldState, ListQuery};
use zhike_types::{Lang, Uuid};

use super::{ListState, state};
use crate::{
    filter::{self, Names, Sentence, conditions, keys_of, one_of, sentence},
    session::Signed,
    ui::Markup,
    words::Say,
};

pub struct ViewTab {
    pub label: String,
    pub href: String,
    pub current: bool,
    pub shared: bool,
}

/// The views: the pack's, shared ones, one's own.
pub fn tabs(signed: &Signed, state: &ListState) -> Vec<ViewTab> {
    let lang = signed.lang();
    state
        .views
        .iter()
        .map(|saved| {
            let key = state::key(saved);
            ViewTab {
                label: saved.view.label.get(lang).to_owned(),
                href: format!("{}?view={key}", state.path),
                current: key == state.view,
                shared: saved.shared && !saved.id.is_nil(),
            }
        })
        .collect()
}

/// A condition in force, and the list without it.
pub struct Chip {
    pub said: Sentence,
    pub without: String,
}

/// Titles of the records that a filter names by id.
pub struct Titles(HashMap<String, String>);

impl Names for Titles {
    fn name(&self, id: &str) -> Option<String> {
        self.0.get(id).cloned()
    }
}

/// Looks up the records that the filter names; one that cannot be seen stays an id.
pub async fn names(signed: &Signed, object: &Object, filter: &str) -> Titles {
    let mut titles = HashMap::new();
    for field in &object.fields {
        let FieldKind::Reference { object: target, .. } = &field.kind else { continue };
        let mentioned: Vec<String> = conditions(filter)
            .iter()
            .filter_map(|condition| keys_of(condition.trim_start_matches("!(").trim_end_matches(')'), &field.name))
            .flatten()
            .filter(|id| Uuid::parse_str(id).is_ok())
            .collect();
        let Some(among) = one_of("id", &mentioned.iter().map(String::as_str).collect::<Vec<_>>()) else { continue };
        let query = ListQuery { object: target.clone(), filter: among, limit: 100, ..ListQuery::default() };
        if let Ok(page) = signed.app.engine.list(&signed.actor, &query).await {
            titles.extend(page.records.iter().map(|record| {
                (record.id.to_string(), crate::value::title_of(&signed.app.engine, record, signed.lang()))
            }));
        }
    }
    Titles(titles)
}

pub fn chips(object: &Object, state: &ListState, lang: Lang, names: &Titles) -> Vec<Chip> {
    let all = conditions(&state.filter);
    all.iter()
        .enumerate()
        .map(|(place, condition)| {
            let rest: Vec<String> =
                all.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, text)| text.clone()).collect();
            Chip { said: sentence(condition, object, lang, names), without: state.filtered(&rest) }
        })
        .collect()
}

/// A field's one-click filters.
pub struct Quick {
    pub field: String,
    pub label: String,
    pub on: bool,
    pub items: Vec<QuickItem>,
}

pub struct QuickItem {
    pub label: String,
    pub href: String,
    pub on: bool,
}

pub fn quick(object: &Object, state: &ListState, lang: Lang, states: &[FieldState]) -> Vec<Quick> {
    let all = conditions(&state.filter);
    let seen = |name: &&String| {
        object.index_of(name).is_some_and(|index| !matches!(states[index], FieldState::Hidden | FieldState::Masked))
    };
    state
        .saved
        .view
        .quick
        .iter()
        .filter(seen)
        .filter_map(|name| {
            let field = object.field(name)?;
            let choices = choices(field, &all, lang);
            let items: Vec<QuickItem> = choices.into_iter().map(|choice| choice.item(state, field, &all)).collect();
            let on = items.iter().any(|item| item.on);
            (!items.is_empty()).then(|| Quick {
                field: name.clone(),
                label: field.label.get(lang).to_owned(),
                on,
                items,
            })
        })
        .collect()
}

/// One choice: the condition that the field has when it is made, none when it is unmade.
struct Made {
    label: String,
    on: bool,
    condition: Option<String>,
}

impl Made {
    fn item(self, state: &ListState, field: &Field, all: &[String]) -> QuickItem {
        let mut rest: Vec<String> = all.iter().filter(|condition| !about(condition, &field.name)).cloned().collect();
        rest.extend(self.condition);
        QuickItem { label: self.label, on: self.on, href: state.filtered(&rest) }
    }
}

/// Whether a condition is one that the quick filter of this field makes.
fn about(condition: &str, field: &str) -> bool {
    let rest = condition.trim_start_matches('!').trim_start_matches("within(");
    rest.strip_prefix(field).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

fn choices(field: &Field, all: &[String], lang: Lang) -> Vec<Made> {
    let name = &field.name;
    let single = |label: String, condition: String| {
        let on = all.contains(&condition);
        Made { label, condition: (!on).then_some(condition), on }
    };
    match field.kind.value_kind() {
        FieldKind::Select { options } => {
            let chosen: Vec<String> = all.iter().find_map(|condition| keys_of(condition, name)).unwrap_or_default();
            let offered = options.iter().filter(|option| !option.retired);
            offered
                .map(|option| {
                    let on = chosen.contains(&option.key);
                    let mut keys: Vec<&str> =
                        chosen.iter().map(String::as_str).filter(|key| *key != option.key).collect();
                    if !on {
                        keys.push(&option.key);
                    }
                    Made { label: option.label.get(lang).to_owned(), on, condition: one_of(name, &keys) }
                })
                .collect()
        }
        FieldKind::Boolean => vec![
            single(lang.t("是", "Yes").into(), name.clone()),
            single(lang.t("否", "No").into(), format!("!{name}")),
        ],
        FieldKind::Reference { object, .. } if object == "user" => vec![
            single(lang.t("我", "Me").into(), format!("{name} == me")),
            single(lang.t("未填写", "Nobody").into(), format!("{name} == null")),
        ],
        FieldKind::Region => zhike_text::region::provinces()
            .iter()
            .map(|region| single(region.name.to_owned(), format!("within({name}, {})", filter::quote(region.code))))
            .collect(),
        _ => Vec::new(),
    }
}

/// The fields that lists offer: the object's own, then those that every object has and people ask for.
pub fn offered<'a>(object: &'a Object, states: &'a [FieldState]) -> impl Iterator<Item = &'a Field> {
    let asked_for = |field: &Field| {
        !matches!(field.role, Some(Role::Version | Role::DeletedAt | Role::DeletedBy)) && field.name != "id"
    };
    let seen = move || {
        object
            .fields
            .iter()
            .zip(states)
            .filter(|(_, state)| !matches!(state, FieldState::Hidden))
            .map(|(field, _)| field)
    };
    seen().filter(|field| !field.system).chain(seen().filter(move |field| field.system && asked_for(field)))
}

/// What `<zk-filter>` needs to know of the fields.
pub fn builder(object: &Object, lang: Lang, states: &[FieldState], names: &Titles) -> Markup {
    let fields: Vec<Json> = offered(object, states).map(|field| described(field, lang, names)).collect();
    Markup(json!({ "fields": fields }).to_string().replace('<', "\\u003c"))
}

fn described(field: &Field, lang: Lang, names: &Titles) -> Json {
    let kind = field.kind.value_kind();
    let mut said = json!({"name": field.name, "label": field.label.get(lang), "type": kind.name()});
    if !kind.options().is_empty() {
        said["options"] =
            kind.options().iter().map(|option| json!({"key": option.key, "label": option.label.get(lang)})).collect();
    }
    match kind {
        FieldKind::Reference { object, .. } => {
            said["url"] = format!("/pick/{object}").into();
            said["me"] = (object == "user").into();
            if !names.0.is_empty() {
                said["labels"] = json!(names.0);
            }
        }
        FieldKind::Region => said["url"] = "/regions".into(),
        FieldKind::Money { currency } => {
            said["unit"] = lang.t(if currency.code() == "CNY" { "元" } else { "" }, currency.code()).into();
        }
        FieldKind::Percent { .. } => said["unit"] = "%".into(),
        _ => {}
    }
    said
}
