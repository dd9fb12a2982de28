//! Calendars, check-ins and traces name fields that can hold what they are for.

use zhike_types::{Text, text};

use super::{
    super::{place::Problems, table::unknown_word},
    expressions::type_of,
    names::{bad_name, is_name},
};
use crate::{
    Calendar, CheckIn, Field, FieldKind, Model, Object, Trace,
    expr::{self, Type},
    measure::is_user,
};

type Fits = fn(&Field) -> bool;

pub(super) fn check(model: &Model, problems: &Problems<'_>) {
    for object in model.objects() {
        let checker = Checker { model, object, problems };
        for (i, calendar) in object.calendars.iter().enumerate() {
            checker.calendar(calendar, &object.calendars[..i]);
        }
        if let Some(check_in) = &object.check_in {
            checker.check_in(check_in);
        }
        for trace in &object.traces {
            checker.trace(trace);
        }
    }
}

struct Checker<'a> {
    model: &'a Model,
    object: &'a Object,
    problems: &'a Problems<'a>,
}

impl Checker<'_> {
    fn under(&self, path: &str, message: Text) {
        self.problems.under(&format!("{}/{path}", self.object.name), message);
    }

    fn field(&self, path: &str, name: &str, fits: impl Fn(&Field) -> bool, message: Text) {
        match self.object.field(name) {
            None => self.under(path, unknown_word(name, self.object.fields.iter().map(|field| field.name.as_str()))),
            Some(field) if !fits(field) => self.under(path, message),
            Some(_) => {}
        }
    }

    fn condition(&self, path: &str, expression: &str, local: bool) {
        match expr::parse(self.model, &self.object.name, expression, Some(Type::Bool)) {
            Err(error) => {
                self.problems.inside(&format!("{}/{path}", self.object.name), error.at, error.message);
            }
            Ok(parsed) if local && !expr::needs(&parsed).is_local() => {
                self.under(path, Text::new("这里只能用本记录的字段。", "This reads the record's own fields only."));
            }
            Ok(_) => {}
        }
    }

    fn calendar(&self, calendar: &Calendar, before: &[Calendar]) {
        let at = |key: &str| format!("calendar/{}/{key}", calendar.name);
        let name = &calendar.name;
        if !is_name(name) {
            self.under(&at("name"), bad_name(name));
        }
        if before.iter().any(|other| other.name == *name) {
            self.under(&at("name"), text!("“{name}”出现了两次，请改名。", "`{name}` stands here twice. Rename one."));
        }
        let is_time = |field: &Field| matches!(field.kind.value_kind(), FieldKind::Date | FieldKind::DateTime);
        let moves = calendar.moves;
        let start = self.object.field(&calendar.start);
        self.field(
            &at("start"),
            &calendar.start,
            |field| is_time(field) && (!moves || !field.read_only),
            Text::new(
                "start 要是日期或时间字段；写了 moves 时还要能由人填写。",
                "`start` must be a date or datetime; where it `moves`, one that people write.",
            ),
        );
        if let Some(end) = &calendar.end {
            self.field(
                &at("end"),
                end,
                |field| {
                    start.is_some_and(|start| start.kind.value_kind() == field.kind.value_kind())
                        && (!moves || !field.read_only)
                },
                Text::new("end 要和 start 是同一类字段。", "`end` must be a field of the same kind as `start`."),
            );
        }
        if let Some(about) = &calendar.about {
            self.field(
                &at("about"),
                about,
                |field| field.kind.is_reference(),
                Text::new("about 要是引用字段，例如 account。", "`about` must be a reference, such as account."),
            );
        }
        if !calendar.filter.is_empty() {
            self.condition(&at("filter"), &calendar.filter, false);
        }
        if let Some(done) = &calendar.done {
            self.condition(&at("done"), done, true);
        }
    }

    fn check_in(&self, check_in: &CheckIn) {
        self.condition("check_in/open", &check_in.open, true);
        let wanted: [(&str, &str, Fits); 7] = [
            ("at", &check_in.at, |field| field.kind == FieldKind::DateTime),
            ("by", &check_in.by, |field| is_user(&field.kind)),
            ("place", &check_in.place, |field| matches!(field.kind, FieldKind::Text { .. })),
            ("latitude", &check_in.latitude, |field| matches!(field.kind, FieldKind::Decimal { .. })),
            ("longitude", &check_in.longitude, |field| matches!(field.kind, FieldKind::Decimal { .. })),
            ("accuracy", &check_in.accuracy, |field| field.kind == FieldKind::Integer),
            ("photo", &check_in.photo, |field| field.kind == FieldKind::Image),
        ];
        for (key, name, fits) in wanted {
            self.field(
                &format!("check_in/{key}"),
                name,
                |field| fits(field) && field.read_only,
                Text::new(
                    "签到的字段要是只读的（read_only = true），类型依次是：时间、用户、文本、小数、小数、整数、图片。",
                    "A check-in fills read-only fields: a datetime, a user, a text, two decimals, an integer and an image.",
                ),
            );
        }
        if !self.object.attachments {
            self.under(
                "check_in/photo",
                Text::new(
                    "要能附照片，请写 attachments = true。",
                    "For the photo the object needs `attachments = true`.",
                ),
            );
        }
    }

    fn trace(&self, trace: &Trace) {
        let at = |key: &str| format!("trace/{}/{key}", trace.object);
        let Some(target) = self.model.object(&trace.object) else {
            let known = self.model.objects().iter().map(|object| object.name.as_str());
            self.under(&at("object"), unknown_word(&trace.object, known));
            return;
        };
        let own = &self.object.name;
        let links = |field: &Field| {
            field.unique
                && field.read_only
                && matches!(&field.kind, FieldKind::Reference { object, .. } if object == own)
        };
        if !target.field(&trace.link).is_some_and(links) {
            let link = &trace.link;
            self.under(
                &at("link"),
                text!(
                    "“{link}”要是引用 {own} 的字段，并写 unique = true 和 read_only = true：一条记录只留下一条。",
                    "`{link}` must refer to {own}, unique and read-only: a record leaves one."
                ),
            );
        }
        self.condition(&at("when"), &trace.when, true);
        for (name, expression) in &trace.fill {
            let path = at(&format!("fill/{name}"));
            let Some(field) = target.field(name).filter(|field| !field.read_only) else {
                self.under(&path, unknown_word(name, target.fields.iter().map(|field| field.name.as_str())));
                continue;
            };
            match (&field.kind, self.object.field(expression)) {
                // a reference is taken as it stands
                (FieldKind::Reference { object, .. }, Some(own)) if matches!(&own.kind, FieldKind::Reference { object: other, .. } if other == object) =>
                    {}
                (FieldKind::Reference { .. }, _) => self.under(
                    &path,
                    text!(
                        "“{name}”要由同类的引用字段填写。",
                        "`{name}` is filled from a reference to the same object."
                    ),
                ),
                _ => match expr::parse(self.model, own, expression, Some(type_of(&field.kind))) {
                    Err(error) => self.problems.inside(&format!("{own}/{path}"), error.at, error.message),
                    Ok(parsed) if !expr::needs(&parsed).is_local() => self.under(
                        &path,
                        Text::new("这里只能用本记录的字段。", "This reads the record's own fields only."),
                    ),
                    Ok(_) => {}
                },
            }
        }
    }
}
