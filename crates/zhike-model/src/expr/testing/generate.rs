//! Expressions at random, as text.

use std::sync::Arc;

use zhike_types::date_of;

use super::{DAYS, INTEGERS, Random, TEXTS, World};
use crate::{Field, FieldKind, Model, Object};

/// A condition about a record of the object. Almost all of them check; a few are too complex, and are refused.
pub fn condition(model: &Model, world: &World, object: &str, random: &mut Random) -> String {
    let Some(object) = model.object(object) else { return "true".to_owned() };
    let depth = 2 + random.below(3);
    Generator { model, world, random, vars: vec![(String::new(), Arc::clone(object))] }.condition(depth)
}

/// A value of some type about a record of the object: what a formula could be.
pub fn value(model: &Model, world: &World, object: &str, random: &mut Random) -> String {
    let Some(object) = model.object(object) else { return "0".to_owned() };
    let depth = 1 + random.below(3);
    let kind = random.below(5);
    let mut generator = Generator { model, world, random, vars: vec![(String::new(), Arc::clone(object))] };
    match kind {
        0 => generator.text(depth),
        1 => generator.moment(depth),
        2 => generator.duration(depth),
        3 => generator.condition(depth),
        _ => generator.number(depth),
    }
}

struct Generator<'a> {
    model: &'a Model,
    world: &'a World,
    random: &'a mut Random,
    /// The record itself (without a name), then the variables around.
    vars: Vec<(String, Arc<Object>)>,
}

fn is_number(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Integer | FieldKind::Decimal { .. } | FieldKind::Money { .. } | FieldKind::Percent { .. })
}

fn is_text(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Text { .. } | FieldKind::LongText | FieldKind::Phone | FieldKind::Email | FieldKind::Rich)
}

fn is_id(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Reference { .. } | FieldKind::AnyReference { .. } | FieldKind::Image)
}

impl Generator<'_> {
    fn pick(&mut self, from: &[&str]) -> String {
        (*self.random.pick(from)).to_owned()
    }

    /// A path to a field of some kind, through up to two references; none when there is none.
    fn path(&mut self, fits: impl Fn(&FieldKind) -> bool) -> Option<(String, Field)> {
        for _ in 0..8 {
            let start = self.random.below(self.vars.len());
            let (name, mut object) = self.vars[start].clone();
            let mut path = if name.is_empty() { String::new() } else { format!("{name}.") };
            while self.random.once_in(4) && path.matches('.').count() < 3 {
                let references: Vec<Field> = object
                    .fields
                    .iter()
                    .filter(|field| matches!(field.kind, FieldKind::Reference { .. }))
                    .cloned()
                    .collect();
                let step = self.random.pick(&references);
                path.push_str(&step.name);
                path.push('.');
                if let FieldKind::Reference { object: target, .. } = &step.kind {
                    object = Arc::clone(self.model.object(target)?);
                }
            }
            let fields: Vec<&Field> = object.fields.iter().filter(|field| fits(field.kind.value_kind())).collect();
            if !fields.is_empty() {
                let field = (*self.random.pick(&fields)).clone();
                return Some((format!("{path}{}", field.name), field));
            }
        }
        None
    }

    fn condition(&mut self, depth: usize) -> String {
        if depth > 0 {
            match self.random.below(9) {
                0 => return format!("({} && {})", self.condition(depth - 1), self.condition(depth - 1)),
                1 => return format!("({} || {})", self.condition(depth - 1), self.condition(depth - 1)),
                2 => return format!("!({})", self.condition(depth - 1)),
                3 | 4 => {
                    if let Some(related) = self.related(depth - 1) {
                        return related;
                    }
                }
                5 => {
                    return format!(
                        "({} ? {} : {})",
                        self.condition(depth - 1),
                        self.condition(depth - 1),
                        self.condition(depth - 1)
                    );
                }
                6 => return format!("(({}) == ({}))", self.condition(depth - 1), self.condition(depth - 1)),
                _ => {}
            }
        }
        self.test(depth)
    }

    fn test(&mut self, depth: usize) -> String {
        let compare = self.pick(&["==", "!=", "<", "<=", ">", ">="]);
        let equal = self.pick(&["==", "!="]);
        match self.random.below(14) {
            0 | 1 => format!("{} {compare} {}", self.number(depth), self.number(0)),
            2 => format!("{} {compare} {}", self.number(0), self.number(depth)),
            3 => format!("{} {compare} {}", self.text(depth), self.text(0)),
            4 => {
                let test = self.pick(&["contains", "startsWith", "endsWith"]);
                let part = self.quoted();
                format!("({}).{test}({part})", self.text(depth))
            }
            5 | 6 => format!("{} {compare} {}", self.moment(depth), self.moment(depth.min(1))),
            7 => format!("{} {compare} {}", self.duration(depth), self.duration(0)),
            8 => format!("{} {equal} {}", self.id(), self.id()),
            9 => self.keys(),
            10 => self.list(),
            11 => match self.path(|kind| !matches!(kind, FieldKind::Json)) {
                Some((path, _)) => format!("{path} {equal} null"),
                None => "true".to_owned(),
            },
            12 => match self.path(|kind| matches!(kind, FieldKind::Boolean)) {
                Some((path, _)) => path,
                None => "has(id)".to_owned(),
            },
            _ => self.select(&equal),
        }
    }

    fn select(&mut self, equal: &str) -> String {
        match self.path(|kind| matches!(kind, FieldKind::Select { .. } | FieldKind::Region)) {
            Some((path, field)) => {
                let options = field.kind.value_kind().options();
                if options.is_empty() {
                    let area = self.pick(&["370000", "370200", "110101"]);
                    return format!("within({path}, \"{area}\")");
                }
                let key = &self.random.pick(options).key;
                format!("{path} {equal} \"{key}\"")
            }
            None => "false".to_owned(),
        }
    }

    fn literal(&mut self) -> String {
        match self.random.below(4) {
            0 => format!("{}", *self.random.pick(&INTEGERS) as f64 / 100.0),
            1 => self.pick(&["0.5", "12.5", "-3.33", "0.000001", "1000000000000.5", "-1000000000000000"]),
            _ => self.random.pick(&INTEGERS).to_string(),
        }
    }

    fn number(&mut self, depth: usize) -> String {
        if depth > 0 {
            let (a, b) = (self.number(depth - 1), self.number(depth - 1));
            match self.random.below(14) {
                0..=3 => {
                    let op = self.pick(&["+", "-", "*", "/"]);
                    return format!("({a} {op} {b})");
                }
                4 => return format!("({a} % {b})"),
                5 => return format!("round({a})"),
                6 => return format!("abs(-({a}))"),
                7 => return format!("min({a}, {b}, {})", self.literal()),
                8 => return format!("max({a}, {b})"),
                9 => return format!("({} ? {a} : {b})", self.condition(0)),
                10 => return format!("size({})", self.text(depth - 1)),
                11 => {
                    let part = self.pick(&["year", "month", "day", "weekday", "hour", "minute"]);
                    return format!("{part}({})", self.moment(depth - 1));
                }
                12 => {
                    let unit = self.pick(&["getDays", "getHours", "getMinutes", "getSeconds"]);
                    return format!("({}).{unit}()", self.duration(depth - 1));
                }
                _ => {
                    if let Some((path, _)) =
                        self.path(|kind| matches!(kind, FieldKind::Tags | FieldKind::MultiSelect { .. }))
                    {
                        return format!("size({path})");
                    }
                }
            }
        }
        match self.random.below(3) {
            0 => self.literal(),
            _ => self.path(is_number).map_or_else(|| self.literal(), |(path, _)| path),
        }
    }

    fn quoted(&mut self) -> String {
        format!("\"{}\"", self.random.pick(&TEXTS))
    }

    fn text(&mut self, depth: usize) -> String {
        match self.random.below(if depth > 0 { 5 } else { 3 }) {
            0 => self.quoted(),
            3 => format!("({} + {})", self.text(depth - 1), self.text(depth - 1)),
            4 => format!("({} ? {} : {})", self.condition(0), self.text(depth - 1), self.text(depth - 1)),
            _ => self.path(is_text).map_or_else(|| self.quoted(), |(path, _)| path),
        }
    }

    /// A date or a datetime.
    fn moment(&mut self, depth: usize) -> String {
        if depth > 0 {
            match self.random.below(4) {
                0 => {
                    let op = self.pick(&["+", "-"]);
                    return format!("({} {op} {})", self.moment(depth - 1), self.duration(0));
                }
                1 => {
                    let op = self.pick(&["+", "-"]);
                    let days = self.random.below(40);
                    return format!("({} {op} days({days}))", self.moment(depth - 1));
                }
                _ => {}
            }
        }
        match self.random.below(8) {
            0 => "now".to_owned(),
            1 => "today".to_owned(),
            2 => {
                date_of(*self.random.pick(&DAYS)).map_or_else(|| "today".to_owned(), |date| format!("date(\"{date}\")"))
            }
            3 => "timestamp(\"2024-03-01T00:00:00+08:00\")".to_owned(),
            _ => self
                .path(|kind| matches!(kind, FieldKind::Date | FieldKind::DateTime))
                .map_or_else(|| "now".to_owned(), |(path, _)| path),
        }
    }

    fn duration(&mut self, depth: usize) -> String {
        match self.random.below(if depth > 0 { 5 } else { 3 }) {
            0 => self.pick(&["days(3)", "duration(\"90m\")", "duration(\"1ms\")", "hours(-2)", "duration(\"1.5s\")"]),
            3 => format!("({} - {})", self.moment(depth - 1), self.moment(depth - 1)),
            4 => format!("({} + {})", self.duration(depth - 1), self.duration(depth - 1)),
            _ => self
                .path(|kind| matches!(kind, FieldKind::Duration))
                .map_or_else(|| "days(1)".to_owned(), |(path, _)| path),
        }
    }

    fn id(&mut self) -> String {
        let users = self.world.records.get("user").map_or(&[][..], Vec::as_slice);
        let var = self.vars[self.random.below(self.vars.len())].0.clone();
        match self.random.below(5) {
            0 => "me".to_owned(),
            1 => "my_department".to_owned(),
            2 if !users.is_empty() => format!("\"{}\"", self.random.pick(users).id),
            3 if !var.is_empty() => var,
            _ => self.path(is_id).map_or_else(|| "id".to_owned(), |(path, _)| path),
        }
    }

    fn keys(&mut self) -> String {
        match self.path(|kind| matches!(kind, FieldKind::Tags | FieldKind::MultiSelect { .. })) {
            Some((path, field)) => {
                let options = field.kind.options();
                let key = if options.is_empty() {
                    self.pick(&["VIP", "展会", "b"])
                } else {
                    self.random.pick(options).key.clone()
                };
                format!("\"{key}\" in {path}")
            }
            None => "true".to_owned(),
        }
    }

    fn list(&mut self) -> String {
        let null = if self.random.once_in(3) { ", null" } else { "" };
        match self.random.below(4) {
            0 => format!("{} in [{}, {}{null}]", self.number(1), self.literal(), self.literal()),
            1 => format!("{} in [{}, {}{null}]", self.text(1), self.quoted(), self.quoted()),
            2 => format!("{} in [now, today, now - days(1){null}]", self.moment(1)),
            _ => match self.path(is_id) {
                Some((path, _)) => format!("{path} in [me, my_department{null}]"),
                None => "true".to_owned(),
            },
        }
    }

    fn related(&mut self, depth: usize) -> Option<String> {
        if self.vars.len() > 3 {
            return None;
        }
        let start = self.random.below(self.vars.len());
        let (name, object) = self.vars[start].clone();
        let (prefix, owner) = if self.random.once_in(4) {
            let references: Vec<(&str, &str)> = object
                .fields
                .iter()
                .filter_map(|field| match &field.kind {
                    FieldKind::Reference { object, .. } => Some((field.name.as_str(), object.as_str())),
                    _ => None,
                })
                .collect();
            let (step, target) = self.random.pick(&references);
            (format!("{step}."), (*target).to_owned())
        } else {
            (String::new(), object.name.clone())
        };
        let relations: Vec<_> =
            self.model.relations(&owner).iter().filter(|relation| !relation.name.is_empty()).collect();
        if relations.is_empty() {
            return None;
        }
        let relation = *self.random.pick(&relations);
        let dot = if name.is_empty() { "" } else { "." };
        let records = format!("{name}{dot}{prefix}{}", relation.name);
        let var = format!("v{}", self.vars.len());
        self.vars.push((var.clone(), Arc::clone(self.model.object(&relation.object)?)));
        let condition = self.condition(depth);
        self.vars.pop();
        Some(match self.random.below(6) {
            0 => format!("{records}.all({var}, {condition})"),
            1 => format!("{records}.exists_one({var}, {condition})"),
            2 => format!("size({records}.filter({var}, {condition})) > {}", self.random.below(3)),
            3 => format!("size({records}) == {}", self.random.below(3)),
            _ => format!("{records}.exists({var}, {condition})"),
        })
    }
}
