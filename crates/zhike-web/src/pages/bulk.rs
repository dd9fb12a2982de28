//! Changing or deleting many records at once.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::{Form, extract::Path, http::StatusCode, response::Response};
use zhike_model::{FieldKind, Object};
use zhike_records::{BulkOutcome, FieldState, Selection};
use zhike_types::{Error, FieldError, Lang};

use super::list::selection;
use crate::{
    fault::Answer,
    form::{Choice, Control, Maker, Typed},
    frame::sheet,
    link::Pairs,
    session::{Flash, Signed},
    ui,
    words::{Say, t},
};

/// At most so many records are brought back by one "undo"; the recycle bin has the others.
const UNDO: usize = 200;

#[derive(Template)]
#[template(path = "list/bulk.html")]
struct BulkSheet {
    lang: Lang,
    object: String,
    /// The selection, sent along.
    kept: Vec<(String, String)>,
    count: String,
    fields: Vec<Choice>,
    field: String,
    control: Option<Control>,
    problems: Vec<String>,
}

/// First: which field; then: its new value.
pub async fn edit(signed: Signed, Path(object): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    form(&signed, StatusCode::OK, &object, &pairs, &[]).await
}

async fn form(signed: &Signed, status: StatusCode, object: &Object, pairs: &Pairs, errors: &[FieldError]) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let of_fields = engine.field_states(&signed.actor, object);
    let field = pairs.get("_field").and_then(|name| object.field(name));
    let typed = field.map(|field| Typed::of_field(object, &field.name, pairs)).unwrap_or_default();
    let maker = Maker {
        engine,
        model: &engine.model(),
        object,
        lang,
        states: &of_fields,
        record: None,
        typed: &typed,
        titles: &HashMap::new(),
        errors,
        notices: &BTreeMap::new(),
        prefix: "bulk-",
        files: false,
    };
    let offered = object.fields.iter().zip(&of_fields).filter(|(field, state)| {
        **state == FieldState::Writable
            && !field.read_only
            && !field.unique
            && !matches!(field.kind, FieldKind::File | FieldKind::Image | FieldKind::Json)
    });
    let count = match selection(signed, object, pairs).await? {
        Selection::Ids(ids) if ids.is_empty() => {
            return Err(Error::invalid(
                "",
                "required",
                zhike_types::Text::new("请先勾选要修改的记录。", "Tick the records first."),
            )
            .into());
        }
        Selection::Ids(ids) => ids.len() as i64,
        Selection::Filter(filter) => engine.count(&signed.actor, &object.name, &filter, false).await?,
    };
    let page = BulkSheet {
        lang,
        object: object.name.clone(),
        kept: pairs
            .0
            .iter()
            .filter(|(name, _)| object.field(name).is_none() || name == "id")
            .filter(|(name, _)| name != "_field" && !name.ends_with("_currency"))
            .cloned()
            .collect(),
        count: ui::count(count),
        fields: offered
            .map(|(other, _)| {
                Choice::new(&other.name, other.label.get(lang), field.is_some_and(|field| field.name == other.name))
            })
            .collect(),
        field: field.map(|field| field.name.clone()).unwrap_or_default(),
        control: field.and_then(|field| maker.control(field)),
        problems: errors
            .iter()
            .filter(|error| field.is_none_or(|field| field.name != error.field))
            .map(|error| error.message.get(lang).to_owned())
            .collect(),
    };
    sheet(signed, status, lang.t("批量修改", "Change many"), &format!("/{}", object.name), &page)
}

pub async fn change(signed: Signed, Path(object): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let selection = selection(&signed, &object, &pairs).await?;
    let name = pairs.get("_field").unwrap_or_default().to_owned();
    let typed = Typed::of_field(&object, &name, &pairs);
    let input = typed.input(&object, &BTreeMap::new());
    match signed.app.engine.bulk_change(&signed.actor, &object.name, &selection, input).await {
        Ok(outcome) => Ok(done(&signed, &object, &pairs, &outcome)),
        Err(Error::Invalid(errors)) => form(&signed, StatusCode::UNPROCESSABLE_ENTITY, &object, &pairs, &errors).await,
        Err(error) => Err(error.into()),
    }
}

pub async fn delete(signed: Signed, Path(object): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let lang = signed.lang();
    let selection = selection(&signed, &object, &pairs).await?;
    let ids: Vec<String> = match &selection {
        Selection::Ids(ids) => ids.iter().map(ToString::to_string).collect(),
        Selection::Filter(_) => Vec::new(),
    };
    let outcome = signed.app.engine.bulk_delete(&signed.actor, &object.name, &selection).await?;
    let failed = failures(&outcome, lang);
    let mut flash = Flash::new(t!(
        lang,
        "已删除 {} 条{failed}，可在回收站恢复",
        "Deleted {}{failed}; they are in the recycle bin",
        outcome.done
    ));
    if !ids.is_empty() && ids.len() <= UNDO {
        flash = flash.undo(format!("/{}/restore?ids={}", object.name, ids.join(",")));
    }
    Ok(flash.redirect(&back(&object, &pairs)))
}

fn done(signed: &Signed, object: &Object, pairs: &Pairs, outcome: &BulkOutcome) -> Response {
    let lang = signed.lang();
    let failed = failures(outcome, lang);
    super::views::go(signed, &back(object, pairs), t!(lang, "已修改 {} 条{failed}", "Changed {}{failed}", outcome.done))
}

fn failures(outcome: &BulkOutcome, lang: Lang) -> String {
    match outcome.failed.first() {
        None => String::new(),
        Some((_, title, why)) => {
            t!(lang, "，{} 条没有成功（{title}：{}）", ", {} failed ({title}: {})", outcome.failed.len(), why.get(lang))
        }
    }
}

/// The list that the form stood on.
fn back(object: &Object, pairs: &Pairs) -> String {
    let kept = pairs.0.iter().filter(|(name, _)| {
        matches!(name.as_str(), "view" | "filter" | "sort" | "cols" | "q") || name.starts_with("total.")
    });
    Pairs(kept.cloned().collect()).on(&format!("/{}", object.name))
}
