//! The heads of a list's columns, with what each one's menu offers.

use super::ListState;
use crate::{session::Signed, words::Say};
use zhike_model::{AggregateOp, FieldKind, Object};

pub struct Head {
    pub field: String,
    pub label: String,
    pub icon: &'static str,
    pub width: u32,
    pub number: bool,
    /// `ascending`, `descending`
    pub sorted: Option<&'static str>,
    pub menu: Vec<Item>,
}

pub struct Item {
    pub label: String,
    pub icon: &'static str,
    pub href: String,
    pub current: bool,
}

pub fn heads(signed: &Signed, object: &Object, state: &ListState) -> Vec<Head> {
    let lang = signed.lang();
    state
        .columns
        .iter()
        .filter_map(|column| {
            let field = object.field(&column.field)?;
            let key = state.sort.first().filter(|key| key.field == field.name);
            Some(Head {
                field: field.name.clone(),
                label: field.label.get(lang).to_owned(),
                icon: icon(&field.kind),
                width: column.width,
                number: field.kind.is_number(),
                sorted: key.map(|key| if key.descending { "descending" } else { "ascending" }),
                menu: menu(signed, object, state, &field.name),
            })
        })
        .collect()
}

fn menu(signed: &Signed, object: &Object, state: &ListState, name: &str) -> Vec<Item> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let Some(field) = object.field(name) else { return Vec::new() };
    let sorted = state.sort.first().filter(|key| key.field == name).map(|key| key.descending);
    let item = |label: &str, icon, href, current| Item { label: label.to_owned(), icon, href, current };
    let mut menu = Vec::new();
    if engine.may_sort(&signed.actor, object, name) {
        menu.push(item(lang.t("升序", "Ascending"), "arrow-up", state.link("sort", name), sorted == Some(false)));
        menu.push(item(
            lang.t("降序", "Descending"),
            "arrow-down",
            state.link("sort", &format!("-{name}")),
            sorted == Some(true),
        ));
    }
    if field.kind.is_number() && engine.may_ask(&signed.actor, object, name) {
        for (word, op, label) in [
            ("sum", AggregateOp::Sum, lang.t("合计", "Sum")),
            ("average", AggregateOp::Average, lang.t("平均", "Average")),
            ("max", AggregateOp::Max, lang.t("最大", "Largest")),
            ("min", AggregateOp::Min, lang.t("最小", "Smallest")),
        ] {
            let on = state.totals.iter().any(|total| total.field == name && total.op == op);
            menu.push(item(label, "sigma", state.link(&format!("total.{name}"), if on { "none" } else { word }), on));
        }
    }
    if name != object.title {
        let rest: Vec<&str> =
            state.columns.iter().map(|column| column.field.as_str()).filter(|other| *other != name).collect();
        menu.push(item(lang.t("隐藏此列", "Hide this column"), "eye-off", state.link("cols", &rest.join(",")), false));
    }
    menu
}

/// What kind of value a column holds, at a glance.
pub fn icon(kind: &FieldKind) -> &'static str {
    match kind.value_kind() {
        FieldKind::Integer | FieldKind::Decimal { .. } | FieldKind::AutoNumber { .. } => "hash",
        FieldKind::Money { .. } => "banknote",
        FieldKind::Percent { .. } => "percent",
        FieldKind::Date | FieldKind::DateTime => "calendar",
        FieldKind::Duration => "clock",
        FieldKind::Boolean => "square-check",
        FieldKind::Select { .. } => "circle",
        FieldKind::MultiSelect { .. } | FieldKind::Tags => "tag",
        FieldKind::Phone => "phone",
        FieldKind::Email => "mail",
        FieldKind::Url => "globe",
        FieldKind::Region => "map-pin",
        FieldKind::Reference { object, .. } if object == "user" => "user",
        FieldKind::Reference { .. } | FieldKind::AnyReference { .. } => "link",
        FieldKind::File | FieldKind::Image => "paperclip",
        _ => "type",
    }
}
