//! A record's form, made from the model: sections of controls, with what was typed and what was wrong with it.

mod control;
mod currency;
mod typed;
mod visible;

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use zhike_model::{Field, FieldKind, Model, Object};
use zhike_records::{Engine, FieldState, Record};
use zhike_types::{FieldError, Lang, Value};

pub use control::{Choice, Control, Kind};
pub use currency::money;
pub use typed::{Typed, input_of};
pub use visible::shows;

use crate::{
    sent::holds_file,
    ui::{self, Markup},
    value::Shower,
    words::Say,
};

/// A whole form, without its `<form>` tag and buttons.
#[derive(Template)]
#[template(path = "form/sections.html")]
pub struct Form {
    pub lang: Lang,
    pub sections: Vec<FormSection>,
    /// It has a file control, so it is sent as multipart.
    pub uploads: bool,
    /// What is wrong with the whole.
    pub problems: Vec<String>,
    /// How many fields are wrong.
    pub wrong: usize,
    /// The values the form began with, so that only what was changed is written (see [`input_of`]).
    pub was: String,
    pub version: Option<i64>,
}

impl askama::filters::HtmlSafe for Form {}

pub struct FormSection {
    pub label: String,
    pub columns: u8,
    pub folded: bool,
    pub controls: Vec<Control>,
}

/// What a form is made from.
pub struct Maker<'a> {
    pub engine: &'a Engine,
    pub model: &'a Model,
    pub object: &'a Object,
    pub lang: Lang,
    pub states: &'a [FieldState],
    /// The record as it is; none for a new one.
    pub record: Option<&'a Record>,
    /// What the user typed, or what a link filled in for them; it goes before the record's own.
    pub typed: &'a Typed,
    /// Titles of records that typed references name.
    pub titles: &'a HashMap<String, String>,
    pub errors: &'a [FieldError],
    /// What others made of a field while the user typed.
    pub notices: &'a BTreeMap<String, String>,
    /// Set apart the ids of two forms on one page.
    pub prefix: &'a str,
    /// The actor may hang files on records of the object.
    pub files: bool,
}

impl Maker<'_> {
    /// All sections of the layout; of a new record only what may be written.
    pub fn full(&self) -> Form {
        let layout = &self.object.layout;
        let mut sections: Vec<FormSection> = layout
            .sections
            .iter()
            .map(|section| FormSection {
                label: section.label.get(self.lang).to_owned(),
                columns: section.columns,
                folded: section.folded,
                controls: self.controls(section.fields.iter()),
            })
            .collect();
        if sections.is_empty() {
            let all: Vec<String> =
                self.object.writable_fields().filter(|field| !field.system).map(|field| field.name.clone()).collect();
            sections.push(self.section(&all));
        }
        sections.retain(|section| !section.controls.is_empty());
        // An error must not hide in a folded section.
        for section in &mut sections {
            section.folded &= section.controls.iter().all(|control| control.error.is_none());
        }
        self.form(sections)
    }

    /// The few fields that make a record, and every other one that is required.
    pub fn quick(&self) -> Form {
        let mut names = self.object.layout.quick_create.clone();
        if names.is_empty() {
            return self.full();
        }
        let required = self.object.writable_fields().filter(|field| field.required && !field.fills_itself());
        for field in required {
            if !names.contains(&field.name) {
                names.push(field.name.clone());
            }
        }
        // What a link filled in must be seen, and sent.
        for name in self.typed.names() {
            if !names.contains(name) && self.object.field(name).is_some_and(|field| !field.read_only) {
                names.push(name.clone());
            }
        }
        let section = self.section(&names);
        self.form(vec![section])
    }

    /// These fields and no others, each of them wanted, whatever shows and hides them in the whole form.
    pub fn wanted(&self, names: &[String]) -> Form {
        let mut section = FormSection { columns: 1, ..self.section(names) };
        for control in &mut section.controls {
            control.required = true;
            (control.hidden, control.depends, control.decides) = (false, false, false);
        }
        self.form(vec![section])
    }

    /// These fields, in a form that holds those of several objects: whose they are stands before each name.
    pub fn among(&self, names: &[String]) -> Vec<Control> {
        let mut controls = self.controls(names.iter());
        for control in &mut controls {
            control.name = format!("{}.{}", self.object.name, control.name);
            (control.hidden, control.depends, control.decides) = (false, false, false);
        }
        controls
    }

    fn section(&self, names: &[String]) -> FormSection {
        FormSection { label: String::new(), columns: 2, folded: false, controls: self.controls(names.iter()) }
    }

    fn form(&self, sections: Vec<FormSection>) -> Form {
        let whole = self.errors.iter().filter(|error| {
            !sections.iter().any(|section| section.controls.iter().any(|control| control.name == error.field))
        });
        let problems: Vec<String> = whole.map(|error| self.named(error)).collect();
        let wrong = self.errors.len() - problems.len();
        let began: BTreeMap<&str, String> = sections
            .iter()
            .flat_map(|section| &section.controls)
            .filter_map(|control| {
                Some((control.name.as_str(), self.record.map(|record| self.own(record, &control.name))?))
            })
            .collect();
        let was = if began.is_empty() { String::new() } else { serde_json::to_string(&began).unwrap_or_default() };
        let uploads = sections.iter().flat_map(|section| &section.controls).any(Control::uploads);
        Form {
            lang: self.lang,
            sections,
            uploads,
            problems,
            wrong,
            was,
            version: self.record.map(|record| record.version),
        }
    }

    /// An error about a field that the form does not show says which field it means.
    fn named(&self, error: &FieldError) -> String {
        match self.object.field(&error.field) {
            Some(field) => {
                format!("{}{}{}", field.label.get(self.lang), self.lang.t("：", ": "), error.message.get(self.lang))
            }
            None => error.message.get(self.lang).to_owned(),
        }
    }

    fn controls<'f>(&self, names: impl Iterator<Item = &'f String>) -> Vec<Control> {
        names.filter_map(|name| self.control(self.object.field(name)?)).collect()
    }

    /// The control of one field; none for what the actor may not see, or need not see in a form.
    pub fn control(&self, field: &Field) -> Option<Control> {
        let index = self.object.index_of(&field.name)?;
        let state = self.record.map_or(self.states[index], |record| record.states[index]);
        let writable = state == FieldState::Writable && !field.read_only && (self.files || !holds_file(field));
        let kind = match (state, self.record) {
            (FieldState::Hidden | FieldState::Unread, _) => return None,
            _ if writable => self.kind(field),
            (_, Some(record)) => Kind::Shown { value: Shower::fact(self.engine, self.lang).show(record, &field.name) },
            _ => return None,
        };
        let depends = field.visible_when.as_ref();
        Some(Control {
            lang: self.lang,
            id: format!("{}{}", self.prefix, field.name),
            name: field.name.clone(),
            label: field.label.get(self.lang).to_owned(),
            help: self.help(field).filter(|_| writable),
            required: field.required && writable && !field.takes_over(),
            error: self
                .errors
                .iter()
                .find(|error| error.field == field.name)
                .map(|error| error.message.get(self.lang).to_owned()),
            notice: self.notices.get(&field.name).cloned(),
            wide: matches!(
                field.kind,
                FieldKind::LongText | FieldKind::Rich | FieldKind::Json | FieldKind::MultiSelect { .. }
            ),
            hidden: depends.is_some_and(|condition| !shows(condition, &|name| self.text(name))),
            depends: depends.is_some(),
            decides: self.object.fields.iter().any(|other| {
                other.visible_when.as_ref().is_some_and(|condition| visible::mentions(condition, &field.name))
                    || other.taken_by().any(|name| name == field.name)
            }),
            object: self.object.name.clone(),
            kind,
        })
    }

    fn help(&self, field: &Field) -> Option<String> {
        let marks = "可用 # 标题、- 列表、**加粗**、[文字](网址)";
        let rich = || self.lang.t(marks, "# heading, - list, **bold** and [text](address) work here").to_owned();
        let own = field.help.as_ref().map(|help| help.get(self.lang).to_owned());
        own.or_else(|| (field.kind == FieldKind::Rich).then(rich))
    }

    /// What a field's control holds now.
    fn text(&self, name: &str) -> String {
        if let Some(text) = self.typed.get(name) {
            return text.to_owned();
        }
        if let Some(record) = self.record {
            return self.own(record, name);
        }
        let default = self.object.field(name).and_then(|field| Some((field, field.default.as_ref()?)));
        default.map(|(field, value)| self.plain(field, value)).unwrap_or_default()
    }

    fn own(&self, record: &Record, name: &str) -> String {
        self.object.field(name).map(|field| self.plain(field, record.value(name))).unwrap_or_default()
    }

    /// A value as a control holds it.
    fn plain(&self, field: &Field, value: &Value) -> String {
        match value {
            Value::List(keys) => keys.join("|"),
            value => money(value).unwrap_or_else(|| self.engine.value_to_form(field, value)),
        }
    }

    fn list(&self, field: &Field) -> Vec<String> {
        if self.typed.has(&field.name) {
            return self.typed.all(&field.name);
        }
        match (self.record, &field.default) {
            (Some(record), _) => record.value(&field.name).as_list().to_vec(),
            (None, Some(default)) => default.as_list().to_vec(),
            _ => Vec::new(),
        }
    }

    fn kind(&self, field: &Field) -> Kind {
        let value = self.text(&field.name);
        match &field.kind {
            FieldKind::LongText | FieldKind::Rich | FieldKind::Json => Kind::Long { value },
            FieldKind::Integer | FieldKind::Decimal { .. } | FieldKind::Duration => {
                Kind::Number { value, unit: String::new() }
            }
            FieldKind::Percent { .. } => Kind::Number { value, unit: "%".into() },
            FieldKind::Money { currency } => currency::control(&value, *currency),
            FieldKind::File | FieldKind::Image => Kind::File {
                image: field.kind == FieldKind::Image,
                now: self
                    .record
                    .filter(|record| !record.value(&field.name).is_null())
                    .map(|record| Shower::fact(self.engine, self.lang).show(record, &field.name)),
                at_once: self.prefix == "cell-",
            },
            FieldKind::Date => Kind::Date { value },
            FieldKind::DateTime => Kind::DateTime { value },
            FieldKind::Boolean => Kind::Boolean { on: matches!(value.as_str(), "true" | "1" | "on") },
            FieldKind::Select { options } => Kind::Select {
                options: options
                    .iter()
                    .filter(|option| !option.retired || option.key == value)
                    .map(|option| Choice::new(&option.key, option.label.get(self.lang), option.key == value))
                    .collect(),
                blank: !field.required || value.is_empty(),
            },
            FieldKind::MultiSelect { options } => {
                let chosen = self.list(field);
                let choices = options.iter().filter(|option| !option.retired || chosen.contains(&option.key));
                Kind::Many {
                    options: choices
                        .map(|option| {
                            Choice::new(&option.key, option.label.get(self.lang), chosen.contains(&option.key))
                                .toned(option.tone.as_deref())
                        })
                        .collect(),
                    free: false,
                }
            }
            FieldKind::Tags => Kind::Many {
                options: self.list(field).iter().map(|tag| Choice::new(tag, tag, true)).collect(),
                free: true,
            },
            FieldKind::Region => Kind::Region { value },
            FieldKind::Reference { object, .. } => Kind::Pick {
                url: format!("/pick/{object}"),
                create: self.may_create(object),
                chosen: self.chosen(field, &value),
                target: self.label(object),
            },
            FieldKind::AnyReference { objects, .. } => Kind::Pick {
                url: format!("/pick/any?objects={}", objects.join(",")),
                create: None,
                chosen: self.chosen(field, &value),
                target: field.label.get(self.lang).to_owned(),
            },
            FieldKind::Phone => Kind::Text { value, input: "tel", most: None },
            FieldKind::Email => Kind::Text { value, input: "email", most: None },
            FieldKind::Url => Kind::Text { value, input: "url", most: None },
            FieldKind::Text { max } => Kind::Text { value, input: "text", most: Some(*max) },
            _ => Kind::Text { value, input: "text", most: None },
        }
    }

    fn label(&self, object: &str) -> String {
        self.model.object(object).map_or_else(|| object.to_owned(), |object| object.label.get(self.lang).to_owned())
    }

    fn may_create(&self, object: &str) -> Option<String> {
        self.model
            .object(object)
            .filter(|object| object.group.as_deref() != Some("admin"))
            .map(|object| format!("/{}/new", object.name))
    }

    fn chosen(&self, field: &Field, value: &str) -> Option<Choice> {
        if value.is_empty() {
            return None;
        }
        let own = self
            .record
            .and_then(|record| record.reference(&field.name))
            .filter(|(_, id)| value.ends_with(&id.to_string()));
        let label = match own {
            Some((title, _)) => title.text.clone(),
            None => self
                .titles
                .get(value)
                .cloned()
                .unwrap_or_else(|| self.lang.t("（无权查看）", "(not yours to see)").to_owned()),
        };
        Some(Choice::new(value, &label, true))
    }
}

/// The controls whose visibility hangs on others, to be swapped in while somebody types.
pub fn dependent(form: &Form) -> Markup {
    let controls = form.sections.iter().flat_map(|section| &section.controls).filter(|control| control.depends);
    Markup(controls.map(ToString::to_string).collect())
}

#[cfg(test)]
mod tests;
