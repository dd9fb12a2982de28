//! Figures over a list: how many, and sums, by the values of a field.

mod text;

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use zhike_model::{AggregateOp, Field, FieldKind, Object};
use zhike_records::{AggregateQuery, FieldState, Group};
use zhike_types::{Lang, Value};

pub use text::{figure_text, number_text};

use super::list::ListState;
use crate::{fault::Answer, filter, form::Choice, frame::sheet, link::Pairs, session::Signed, ui, words::Say};

#[derive(Template)]
#[template(path = "list/figures.html")]
struct FiguresSheet {
    lang: Lang,
    object: String,
    plural: String,
    kept: Vec<(String, String)>,
    groupings: Vec<Choice>,
    figures: Vec<Choice>,
    heads: Vec<String>,
    bars: Vec<Bar>,
    most: i64,
    total: i64,
}

struct Bar {
    label: String,
    count: i64,
    share: String,
    figure: Option<String>,
    href: Option<String>,
}

pub async fn show(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let lang = signed.lang();
    let state = ListState::read(&signed, &object, pairs.clone()).await?;
    let states = signed.app.engine.field_states(&signed.actor, &object);
    let offered: Vec<&Field> = object
        .fields
        .iter()
        .zip(&states)
        .filter(|(field, state)| groups(field) && !matches!(state, FieldState::Hidden | FieldState::Masked))
        .map(|(field, _)| field)
        .collect();
    let wanted = pairs.get("group").map(str::to_owned).or_else(|| first_group(&object, &offered));
    let figure = pairs.get("figure").and_then(|name| object.field(name)).filter(|field| field.kind.is_number());
    let mut figures = vec![(AggregateOp::Count, "*".to_owned())];
    figures.extend(figure.map(|field| (AggregateOp::Sum, field.name.clone())));
    let query = AggregateQuery {
        object: object.name.clone(),
        filter: state.found(&signed, &object).await?,
        group: wanted.clone(),
        figures,
        limit: 50,
    };
    let groups = signed.app.engine.aggregate(&signed.actor, &query).await?;
    let counts: Vec<i64> =
        groups.iter().map(|group| group.figures.first().and_then(Value::as_int).unwrap_or(0)).collect();
    let total: i64 = counts.iter().sum();
    let field = wanted.as_deref().and_then(|name| object.field(name.rsplit(':').next().unwrap_or(name)));
    let bars = groups
        .iter()
        .zip(&counts)
        .map(|(group, count)| bar(&state, field, figure, group, *count, total, lang))
        .collect();
    let page = FiguresSheet {
        lang,
        object: object.name.clone(),
        plural: object.plural.get(lang).to_owned(),
        kept: state.kept(&["group", "figure"]),
        groupings: groupings(&offered, wanted.as_deref().unwrap_or_default(), lang),
        figures: object
            .fields
            .iter()
            .filter(|field| field.kind.is_number() && !field.system)
            .filter(|field| signed.app.engine.may_ask(&signed.actor, &object, &field.name))
            .map(|field| {
                Choice::new(&field.name, field.label.get(lang), figure.is_some_and(|chosen| chosen.name == field.name))
            })
            .collect(),
        heads: heads(field, figure, lang),
        bars,
        most: counts.iter().copied().max().unwrap_or(0).max(1),
        total,
    };
    sheet(&signed, StatusCode::OK, lang.t("统计", "Figures"), &format!("/{}", object.name), &page)
}

fn groups(field: &Field) -> bool {
    matches!(
        field.kind.value_kind(),
        FieldKind::Select { .. }
            | FieldKind::Boolean
            | FieldKind::Reference { .. }
            | FieldKind::Region
            | FieldKind::Date
            | FieldKind::DateTime
    )
}

fn is_time(field: &Field) -> bool {
    matches!(field.kind.value_kind(), FieldKind::Date | FieldKind::DateTime)
}

fn first_group(object: &Object, offered: &[&Field]) -> Option<String> {
    let quick = object.default_view().quick.iter().find(|name| offered.iter().any(|field| field.name == **name));
    quick.cloned().or_else(|| offered.iter().find(|field| !is_time(field)).map(|field| field.name.clone()))
}

/// By a field's values; dates by month and by year.
fn groupings(offered: &[&Field], wanted: &str, lang: Lang) -> Vec<Choice> {
    let mut choices = Vec::new();
    for field in offered {
        let label = field.label.get(lang);
        if is_time(field) {
            for (word, zh, en) in [("month", "按月", "by month"), ("year", "按年", "by year")] {
                let key = format!("{word}:{}", field.name);
                choices.push(Choice::new(&key, &format!("{label}（{}）", lang.t(zh, en)), key == wanted));
            }
        } else {
            choices.push(Choice::new(&field.name, label, field.name == wanted));
        }
    }
    choices
}

fn heads(field: Option<&Field>, figure: Option<&Field>, lang: Lang) -> Vec<String> {
    let mut heads = vec![
        field.map(|field| field.label.get(lang).to_owned()).unwrap_or_default(),
        lang.t("数量", "Count").to_owned(),
    ];
    heads.extend(figure.map(|field| field.label.get(lang).to_owned()));
    heads
}

fn bar(
    state: &ListState,
    field: Option<&Field>,
    figure: Option<&Field>,
    group: &Group,
    count: i64,
    total: i64,
    lang: Lang,
) -> Bar {
    let label = group.title.clone().unwrap_or_else(|| key_text(field, &group.key, lang));
    let share = if total > 0 { format!("{:.1}%", count as f64 * 100.0 / total as f64) } else { String::new() };
    let sum = figure.and_then(|field| Some(figure_text(field, AggregateOp::Sum, group.figures.get(1)?, lang)));
    let href = field.and_then(|field| condition(field, &group.key)).map(|condition| {
        let mut all = filter::conditions(&state.filter);
        all.push(condition);
        state.filtered(&all)
    });
    Bar { label, count, share, figure: sum, href }
}

fn key_text(field: Option<&Field>, key: &Value, lang: Lang) -> String {
    match (field, key) {
        (_, Value::Null) => lang.t("（未填写）", "(empty)").to_owned(),
        (_, Value::Bool(true)) => lang.t("是", "Yes").to_owned(),
        (_, Value::Bool(false)) => lang.t("否", "No").to_owned(),
        (Some(field), Value::Text(text)) => match field.kind.value_kind() {
            FieldKind::Region => zhike_text::region::full_name(text).unwrap_or_else(|| text.clone()),
            _ => field.option(text).map_or_else(|| text.clone(), |option| option.label.get(lang).to_owned()),
        },
        (_, Value::Text(text)) => text.clone(),
        (_, Value::Id(_)) => lang.t("（无权查看）", "(not yours to see)").to_owned(),
        (_, Value::Int(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The condition that finds a group's records; months and years have none.
fn condition(field: &Field, key: &Value) -> Option<String> {
    let name = &field.name;
    match key {
        _ if is_time(field) => None,
        Value::Null => Some(format!("{name} == null")),
        Value::Bool(true) => Some(name.clone()),
        Value::Bool(false) => Some(format!("!{name}")),
        Value::Text(text) => filter::one_of(name, &[text]),
        Value::Id(id) => filter::one_of(name, &[&id.to_string()]),
        _ => None,
    }
}
