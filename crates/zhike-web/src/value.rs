//! How a field's value looks: a cell of a list, a fact of a record. Made from the field's type alone.

use jiff::Timestamp;
use zhike_model::{Field, FieldKind};
use zhike_records::{Engine, FieldState, Record};
use zhike_types::{Lang, Uuid, Value, Zone};

use crate::{
    rich,
    ui::{self, Markup, escape},
    words::Say,
};

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// One line of a table.
    Cell,
    /// As much as it takes.
    Fact,
}

/// Shows values of records to somebody.
#[derive(Clone, Copy)]
pub struct Shower<'a> {
    pub engine: &'a Engine,
    pub lang: Lang,
    pub room: Room,
}

impl<'a> Shower<'a> {
    pub fn cell(engine: &'a Engine, lang: Lang) -> Self {
        Self { engine, lang, room: Room::Cell }
    }

    pub fn fact(engine: &'a Engine, lang: Lang) -> Self {
        Self { engine, lang, room: Room::Fact }
    }

    pub fn show(&self, record: &Record, name: &str) -> Markup {
        let Some(field) = record.object.field(name) else { return Markup::default() };
        let value = record.value(name);
        match record.state(name) {
            FieldState::Hidden | FieldState::Unread => Markup::default(),
            _ if value.is_null() => self.nothing(),
            FieldState::Masked => self.masked(&self.engine.show(record, name, self.lang)),
            _ => Markup(self.seen(record, field, value)),
        }
    }

    fn nothing(&self) -> Markup {
        match self.room {
            Room::Cell => Markup::default(),
            Room::Fact => Markup(r#"<span class="none">—</span>"#.into()),
        }
    }

    fn masked(&self, text: &str) -> Markup {
        let why = self.lang.t("您的角色只能看到掩码", "Your role sees this masked");
        Markup(format!(r#"<span class="masked" title="{why}">{}{}</span>"#, escape(text), ui::icon_xs("lock")))
    }

    fn seen(&self, record: &Record, field: &Field, value: &Value) -> String {
        let text = || self.engine.show(record, &field.name, self.lang);
        match field.kind.value_kind() {
            FieldKind::Boolean => self.boolean(value.as_bool() == Some(true)),
            FieldKind::Select { .. } => value.as_text().map(|key| self.option(field, key)).unwrap_or_default(),
            FieldKind::MultiSelect { .. } => {
                value.as_list().iter().map(|key| self.option(field, key)).collect::<Vec<_>>().join(" ")
            }
            FieldKind::Tags => value.as_list().iter().map(|tag| ui::badge(tag, "gray").0).collect::<Vec<_>>().join(" "),
            FieldKind::Reference { .. } | FieldKind::AnyReference { .. } => self.reference(record, field),
            FieldKind::Phone => link("tel:", &text(), |c| c.is_ascii_digit() || c == '+'),
            FieldKind::Email => link("mailto:", &text(), |c| !c.is_whitespace()),
            FieldKind::Url => web_link(&text()),
            FieldKind::DateTime => {
                value.as_int().map(|at| time(self.engine.zone(), at, &text(), false).0).unwrap_or_default()
            }
            FieldKind::File | FieldKind::Image => self.file(record, field),
            FieldKind::Rich if self.room == Room::Fact => {
                format!(r#"<div class="rich">{}</div>"#, rich::render(&text()))
            }
            FieldKind::Rich => escape(&shortened(&rich::plain(&text()), 80)),
            FieldKind::LongText if self.room == Room::Fact => {
                format!(r#"<div class="tl-text">{}</div>"#, escape(&text()))
            }
            FieldKind::LongText => escape(&shortened(&text(), 80)),
            FieldKind::Json => format!(r#"<code class="mono">{}</code>"#, escape(&shortened(&text(), 200))),
            FieldKind::CreditCode | FieldKind::IdNumber | FieldKind::AutoNumber { .. } => {
                format!(r#"<span class="mono">{}</span>"#, escape(&text()))
            }
            _ => escape(&text()),
        }
    }

    fn boolean(&self, yes: bool) -> String {
        let (icon, word) = if yes { ("check", self.lang.t("是", "yes")) } else { ("minus", self.lang.t("否", "no")) };
        match self.room {
            Room::Cell => format!(r#"{}<span class="sr">{word}</span>"#, ui::icon(icon)),
            Room::Fact => word.to_owned(),
        }
    }

    fn option(&self, field: &Field, key: &str) -> String {
        match field.option(key) {
            Some(option) => match &option.tone {
                Some(tone) => ui::badge(option.label.get(self.lang), tone).0,
                None => escape(option.label.get(self.lang)),
            },
            None => escape(key),
        }
    }

    fn reference(&self, record: &Record, field: &Field) -> String {
        let Some((title, id)) = record.reference(&field.name) else {
            return format!(r#"<span class="muted">{}</span>"#, self.lang.t("（无权查看）", "(not yours to see)"));
        };
        let name = escape(&title.text);
        if title.object == "user" {
            return format!(r#"<a class="who" href="/user/{id}">{}{name}</a>"#, ui::avatar(&title.text, "avatar-sm"));
        }
        format!(r#"<a href="/{}/{id}">{name}</a>"#, escape(&title.object))
    }

    fn file(&self, record: &Record, field: &Field) -> String {
        let Some(id) = record.value(&field.name).as_id() else { return String::new() };
        let name =
            record.titles.get(&id).map_or_else(|| self.lang.t("文件", "file").to_owned(), |title| title.text.clone());
        if matches!(field.kind, FieldKind::Image) {
            return format!(
                r#"<a href="/files/{id}"><img src="/files/{id}" alt="{}" width="64" height="64" loading="lazy"></a>"#,
                escape(&name)
            );
        }
        format!(r#"<a href="/files/{id}">{}{}</a>"#, ui::icon_sm("paperclip"), escape(&name))
    }
}

/// An instant, as text for people and in ISO 8601 for scripts, which keep `relative` ones fresh ("3 小时前").
pub fn time(zone: &Zone, at: i64, text: &str, relative: bool) -> Markup {
    let rel = if relative { " data-rel" } else { "" };
    Markup(format!(r#"<time datetime="{}"{rel} title="{}">{}</time>"#, iso(zone, at), stamp(zone, at), escape(text)))
}

/// `2026-11-20T09:30:00+08:00`
pub fn iso(zone: &Zone, at: i64) -> String {
    let instant = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    instant.to_zoned(zone.time_zone().clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// `2026-11-20 09:30`
pub fn stamp(zone: &Zone, at: i64) -> String {
    zone.civil(at).strftime("%Y-%m-%d %H:%M").to_string()
}

fn link(scheme: &str, text: &str, keeps: impl Fn(char) -> bool) -> String {
    let target: String = text.chars().filter(|c| keeps(*c)).collect();
    format!(r#"<a href="{scheme}{}">{}</a>"#, escape(&target), escape(text))
}

fn web_link(text: &str) -> String {
    let safe = text.starts_with("http://") || text.starts_with("https://");
    let target = if safe { text.to_owned() } else { format!("http://{text}") };
    let shown = text.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
    format!(r#"<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>"#, escape(&target), escape(shown))
}

/// At most so many characters of the first lines.
pub fn shortened(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most { line } else { line.chars().take(most - 1).chain(['…']).collect() }
}

/// Who did something. The system itself has a name in the reader's language only.
pub fn who(name: Option<&String>, lang: Lang) -> String {
    name.filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| lang.t("系统", "The system").to_owned())
}

/// A record's text for a link: its title, or a word when it has none.
pub fn title_of(engine: &Engine, record: &Record, lang: Lang) -> String {
    // a title that is a reference is empty for whom the other record is not there
    let lent = record.value(&record.object.title).as_id().is_some();
    let mut text = if lent { record.title().to_owned() } else { engine.show(record, &record.object.title, lang) };
    if record.object.field(&record.object.title).is_some_and(|field| field.kind == FieldKind::Rich) {
        text = rich::plain(&text);
    }
    if text.is_empty() {
        format!("{} {}", record.object.label.get(lang), short_id(record.id))
    } else {
        shortened(&text, 300)
    }
}

fn short_id(id: Uuid) -> String {
    id.simple().to_string()[24..].to_owned()
}

/// Facts beside the title where records are picked: the object's subtitle.
pub fn subtitle_of(engine: &Engine, record: &Record, lang: Lang) -> String {
    let facts =
        record.object.subtitle.iter().map(|name| engine.show(record, name, lang)).filter(|text| !text.is_empty());
    facts.collect::<Vec<_>>().join(" · ")
}
