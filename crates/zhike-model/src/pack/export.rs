//! The model as packs again: what is written reads back to the same.

mod approval;
mod calendar;
mod print;
mod view;

use std::fmt::Write as _;

use zhike_types::{Text, Value, date_of};

use super::PackSource;
use crate::{
    Access, Class, Conversion, Copying, Field, FieldKind, FirstRecord, Flow, Group, Lock, Lookup, MaskRule, MatchRule,
    Measure, Model, Object, OnDelete, RollupOp, Rule, SelectOption, SortKey,
};

/// One object as a pack's file.
pub fn export(object: &Object) -> String {
    let mut out = Writer::default();
    out.object(object);
    for field in object.fields.iter().filter(|field| !field.system) {
        out.field(field);
    }
    for view in &object.views {
        out.view(view);
    }
    out.layout(&object.layout);
    for flow in &object.flows {
        out.flow(flow);
    }
    for rule in &object.rules {
        out.rule(rule);
    }
    for lock in &object.locks {
        out.lock(lock);
    }
    for measure in &object.measures {
        out.measure(measure);
    }
    for copying in &object.copies {
        out.copying(copying);
    }
    if let Some(conversion) = &object.convert {
        out.conversion(conversion);
    }
    for calendar in &object.calendars {
        out.calendar(calendar);
    }
    if let Some(check_in) = &object.check_in {
        out.check_in(check_in);
    }
    for trace in &object.traces {
        out.trace(trace);
    }
    for print in &object.prints {
        out.print(print);
    }
    for record in &object.first {
        out.first(object, record);
    }
    for seed in &object.approvals {
        out.approval(seed);
    }
    out.0
}

/// The whole model: the groups, then a file an object, each under the path it was read from.
pub fn export_model(model: &Model) -> Vec<PackSource> {
    let groups = PackSource::new("groups.toml", export_groups(model.groups()));
    std::iter::once(groups)
        .chain(model.objects().iter().map(|object| PackSource::new(object.source.clone(), export(object))))
        .collect()
}

/// All that makes the model, for its fingerprint.
pub(super) fn normal_form(model: &Model) -> String {
    export_model(model).into_iter().map(|source| source.text).collect()
}

fn export_groups(groups: &[Group]) -> String {
    let mut out = Writer::default();
    for group in groups {
        out.section("[[group]]");
        out.text("name", &group.name);
        out.label("label", &group.label);
        out.text("icon", &group.icon);
    }
    out.0
}

#[derive(Default)]
struct Writer(String);

impl Writer {
    fn section(&mut self, head: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.line(head);
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn key(&mut self, key: &str, value: &str) {
        self.line(&format!("{key} = {value}"));
    }

    fn text(&mut self, key: &str, value: &str) {
        self.key(key, &quote(value));
    }

    fn optional(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    fn flag(&mut self, key: &str, on: bool) {
        if on {
            self.key(key, "true");
        }
    }

    fn label(&mut self, key: &str, label: &Text) {
        self.key(key, &labels(label));
    }

    fn words(&mut self, key: &str, words: &[String]) {
        if !words.is_empty() {
            self.key(key, &list(words));
        }
    }

    fn object(&mut self, object: &Object) {
        self.section("[object]");
        self.text("name", &object.name);
        self.label("label", &object.label);
        self.label("plural", &object.plural);
        if let Some(help) = &object.help {
            self.label("help", help);
        }
        self.text("icon", &object.icon);
        self.optional("group", object.group.as_deref());
        match &object.access {
            Access::Owned => self.text("access", "owned"),
            Access::Open => self.text("access", "open"),
            Access::Parents(fields) => match fields.as_slice() {
                [field] => self.key("access", &format!("{{ parent = {} }}", quote(field))),
                fields => self.key("access", &format!("{{ parent = {} }}", list(fields))),
            },
        }
        self.text("title", &object.title);
        self.words("subtitle", &object.subtitle);
        self.flag("catalogue", object.catalogue);
        self.flag("set_above", object.set_above);
        self.flag("attachments", object.attachments);
        self.optional("timeline_at", object.timeline_at.as_deref());
        self.optional("team", object.team.as_deref());
        self.flag("pool", object.pool);
    }

    fn field(&mut self, field: &Field) {
        self.section("[[field]]");
        self.text("name", &field.name);
        self.text("type", field.kind.name());
        self.label("label", &field.label);
        if let Some(help) = &field.help {
            self.label("help", help);
        }
        if field.measures {
            self.text("options", "measures");
        } else {
            self.kind(&field.kind);
        }
        self.flag("required", field.required);
        self.flag("unique", field.unique);
        if let Some(default) = &field.default {
            self.key("default", &default_value(default, &field.kind));
        }
        self.optional("initial", field.initial.as_deref());
        self.words("takes", &field.takes);
        self.optional("currency_of", field.currency_of.as_deref());
        self.optional("stamps", field.stamps.as_deref());
        if let Some(lookup) = &field.lookup {
            self.key("lookup", &looked_up(lookup));
        }
        self.optional("offers", field.offers.as_deref());
        self.words("moves", &field.moves);
        self.optional("follows_owner", field.follows_owner.as_deref());
        match field.class {
            Class::General => {}
            Class::Personal => self.text("class", "personal"),
            Class::Sensitive => self.text("class", "sensitive"),
        }
        match field.mask {
            MaskRule::Auto => {}
            MaskRule::Name => self.text("mask", "name"),
            MaskRule::Whole => self.text("mask", "whole"),
            MaskRule::LastFour => self.text("mask", "last-four"),
        }
        if let Some(search) = field.search {
            self.key("search", &search.weight.to_string());
        }
        self.optional("match", field.matching.map(match_name));
        self.optional("visible_when", field.visible_when.as_deref());
        self.words("synonyms", &field.synonyms);
        let always =
            matches!(field.kind, FieldKind::Formula { .. } | FieldKind::Rollup { .. } | FieldKind::AutoNumber { .. });
        self.flag("read_only", field.read_only && !always);
    }

    fn copying(&mut self, copying: &Copying) {
        self.section("[[copy]]");
        self.text("name", &copying.name);
        self.text("to", &copying.to);
        self.label("label", &copying.label);
        self.optional("link", copying.link.as_deref());
        self.words("same", &copying.same);
        self.optional("lines", copying.lines.as_deref());
        if !copying.fill.is_empty() {
            self.section("[copy.fill]");
        }
        for (field, expression) in &copying.fill {
            self.text(field, expression);
        }
    }

    fn conversion(&mut self, conversion: &Conversion) {
        self.section("[convert]");
        self.text("field", &conversion.field);
        self.text("stage", &conversion.stage);
        self.words("open", &conversion.open);
        for target in &conversion.targets {
            self.section("[[convert.target]]");
            self.text("object", &target.object);
            self.text("into", &target.into);
            self.optional("when", target.when.as_deref());
            self.words("asks", &target.asks);
            if !target.fill.is_empty() {
                self.section("[convert.target.fill]");
            }
            for (field, expression) in &target.fill {
                self.text(field, expression);
            }
        }
    }

    fn kind(&mut self, kind: &FieldKind) {
        match kind {
            FieldKind::Text { max } => self.key("max", &max.to_string()),
            FieldKind::Select { options } | FieldKind::MultiSelect { options } => self.options(options),
            FieldKind::Reference { object, on_delete, inverse } => {
                self.text("to", object);
                self.text("on_delete", on_delete_name(*on_delete));
                self.optional("inverse", inverse.as_deref());
            }
            FieldKind::AnyReference { objects, on_delete, inverse } => {
                self.words("to", objects);
                self.text("on_delete", on_delete_name(*on_delete));
                self.optional("inverse", inverse.as_deref());
            }
            FieldKind::AutoNumber { series } => self.text("pattern", &series.pattern),
            FieldKind::Formula { expression, result } => {
                self.text("formula", expression);
                self.result(result);
            }
            FieldKind::Rollup { relation, op, field, filter, .. } => {
                self.text("relation", relation);
                self.text("op", op_name(*op));
                self.optional("field", field.as_deref());
                self.optional("filter", filter.as_deref());
            }
            kind => self.numeric(kind),
        }
    }

    fn numeric(&mut self, kind: &FieldKind) {
        match kind {
            FieldKind::Decimal { scale } | FieldKind::Percent { scale } => self.key("scale", &scale.to_string()),
            FieldKind::Money { currency } => self.text("currency", currency.code()),
            _ => {}
        }
    }

    /// Results that the formula itself gives (a text's length, a select's options) are left to be worked out again.
    fn result(&mut self, result: &FieldKind) {
        let plain = matches!(
            result,
            FieldKind::Integer
                | FieldKind::Decimal { .. }
                | FieldKind::Money { .. }
                | FieldKind::Percent { .. }
                | FieldKind::Date
                | FieldKind::DateTime
                | FieldKind::Duration
                | FieldKind::Boolean
        );
        if plain {
            self.text("result", result.name());
            self.numeric(result);
        }
    }

    fn options(&mut self, options: &[SelectOption]) {
        self.line("options = [");
        for option in options {
            let mut line = format!("  {{ key = {}, label = {}", quote(&option.key), labels(&option.label));
            if let Some(tone) = &option.tone {
                let _ = write!(line, ", tone = {}", quote(tone));
            }
            if option.retired {
                line.push_str(", retired = true");
            }
            if !option.synonyms.is_empty() {
                let _ = write!(line, ", synonyms = {}", list(&option.synonyms));
            }
            line.push_str(" },");
            self.line(&line);
        }
        self.line("]");
    }

    fn rule(&mut self, rule: &Rule) {
        self.section("[[rule]]");
        self.text("name", &rule.name);
        self.text("holds", &rule.holds);
        self.text("field", &rule.field);
        self.label("message", &rule.message);
        self.flag("by_hand", rule.by_hand);
    }

    fn lock(&mut self, lock: &Lock) {
        self.section("[[lock]]");
        self.text("name", &lock.name);
        self.text("when", &lock.when);
        self.words("fields", &lock.fields);
        self.words("relations", &lock.relations);
        self.label("message", &lock.message);
    }

    fn measure(&mut self, measure: &Measure) {
        self.section("[[measure]]");
        self.text("name", &measure.name);
        self.label("label", &measure.label);
        if let Some(help) = &measure.help {
            self.label("help", help);
        }
        self.optional("sum", measure.sum.as_deref());
        self.text("at", &measure.at);
        self.optional("filter", Some(measure.filter.as_str()).filter(|filter| !filter.is_empty()));
        self.text("credit", &measure.credit);
        self.optional("splits", measure.splits.as_deref());
        self.optional("product", measure.product.as_deref());
    }

    fn first(&mut self, object: &Object, record: &FirstRecord) {
        self.section("[[record]]");
        self.text("key", &record.key);
        let value = |(name, value): &(String, Value)| {
            let kind = object.field(name).map_or(&FieldKind::LongText, |field| &field.kind);
            format!("{name} = {}", default_value(value, kind))
        };
        let values: Vec<String> = record.values.iter().map(value).collect();
        self.key("values", &format!("{{ {} }}", values.join(", ")));
    }

    fn flow(&mut self, flow: &Flow) {
        self.section("[[flow]]");
        self.text("field", &flow.field);
        if let Some(records) = &flow.records {
            self.text("stages", &records.object);
            self.optional("within", records.within.as_deref());
        }
        self.optional("since", flow.since.as_deref());
        for stage in &flow.stages {
            self.section("[[flow.stage]]");
            self.text("key", &stage.key);
            if let Some((gate, message)) = &stage.gate {
                self.text("gate", gate);
                self.label("message", message);
            }
            self.words("requires", &stage.requires);
            self.words("to", &stage.to);
        }
    }
}

/// `-created_at` is descending.
fn sort_words(sort: &[SortKey]) -> Vec<String> {
    sort.iter().map(|key| format!("{}{}", if key.descending { "-" } else { "" }, key.field)).collect()
}

/// A TOML string: literal where that is plainer, basic otherwise.
fn quote(text: &str) -> String {
    let literal = text.contains('"') && !text.contains('\'') && !text.chars().any(char::is_control);
    if literal {
        return format!("'{text}'");
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn labels(label: &Text) -> String {
    format!("{{ zh = {}, en = {} }}", quote(&label.zh), quote(&label.en))
}

fn looked_up(lookup: &Lookup) -> String {
    let pairs = |pairs: &mut dyn Iterator<Item = &(String, String)>| {
        pairs.map(|(theirs, own)| format!("{theirs} = {}", quote(own))).collect::<Vec<_>>().join(", ")
    };
    let mut parts = vec![
        format!("in = {}", quote(&lookup.object)),
        format!("value = {}", quote(&lookup.value)),
        format!("equal = {{ {} }}", pairs(&mut lookup.equal.iter())),
    ];
    if lookup.up_to.is_some() {
        parts.push(format!("up_to = {{ {} }}", pairs(&mut lookup.up_to.iter())));
    }
    if let Some(filter) = &lookup.filter {
        parts.push(format!("filter = {}", quote(filter)));
    }
    format!("{{ {} }}", parts.join(", "))
}

fn list(words: &[String]) -> String {
    format!("[{}]", words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(", "))
}

fn default_value(value: &Value, kind: &FieldKind) -> String {
    match (value, kind) {
        (Value::Bool(flag), _) => flag.to_string(),
        (Value::Int(days), FieldKind::Date) => quote(&date_of(*days).map(|date| date.to_string()).unwrap_or_default()),
        (Value::Int(int), FieldKind::Decimal { scale } | FieldKind::Percent { scale }) => decimal(*int, *scale),
        (Value::Int(int), _) => int.to_string(),
        (Value::Money(money), _) => decimal(money.minor, money.currency.scale()),
        (Value::List(keys), _) => list(keys),
        (Value::Text(text), _) => quote(text),
        _ => quote(""),
    }
}

/// `1250` with scale 2 is `"12.50"`, quoted: a TOML float would not keep every digit.
fn decimal(int: i64, scale: u32) -> String {
    let (sign, scale) = (if int < 0 { "-" } else { "" }, scale as usize);
    let digits = format!("{:0width$}", int.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if scale == 0 { format!("{sign}{whole}") } else { format!("\"{sign}{whole}.{fraction}\"") }
}

fn on_delete_name(on_delete: OnDelete) -> &'static str {
    match on_delete {
        OnDelete::Refuse => "refuse",
        OnDelete::Clear => "clear",
        OnDelete::Cascade => "cascade",
        OnDelete::Keep => "keep",
    }
}

fn op_name(op: RollupOp) -> &'static str {
    match op {
        RollupOp::Count => "count",
        RollupOp::Sum => "sum",
        RollupOp::Min => "min",
        RollupOp::Max => "max",
        RollupOp::Average => "average",
    }
}

fn match_name(rule: MatchRule) -> &'static str {
    match rule {
        MatchRule::Organisation => "organisation",
        MatchRule::Person => "person",
        MatchRule::Phone => "phone",
        MatchRule::Email => "email",
        MatchRule::CreditCode => "credit-code",
        MatchRule::Address => "address",
        MatchRule::Region => "region",
        MatchRule::Trade => "trade",
        MatchRule::Exact => "exact",
    }
}
