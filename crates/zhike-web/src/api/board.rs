//! Boards: columns with count, sum and first records; a record's stage.

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse as _, Json},
};
use serde_json::{Map, Value as Any, json};
use zhike_crm::board::{self, Query};
use zhike_records::{Engine, Input};
use zhike_types::{Error, Text};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    condition,
    lists::sort,
    matches,
    params::Params,
    path::{At, Id},
    problem::Problem,
    records::reason,
};

pub async fn read(State(engine): State<Engine>, caller: Caller, At(object): At<String>, mut params: Params) -> Answer {
    let model = engine.model();
    let object = model.object(&object).ok_or_else(Problem::not_found)?;
    let query = Query {
        filter: params.text("filter").unwrap_or_default(),
        sort: params.names("sort").map(|words| sort(&words)).unwrap_or_default(),
        limit: params.number("limit", 1..=100).unwrap_or(20) as usize,
        part: params.id("part"),
        behind: None,
        fields: params.names("fields"),
    };
    params.finish()?;
    let found = board::read(&engine, &caller.actor, object, &query).await?;
    let figures = board::figures(&engine, &caller.actor, object, &query.filter).await?;
    let declared = object.layout.board.as_ref();
    let summed = declared.and_then(|board| object.field(board.sum.as_ref()?));
    let lang = caller.actor.lang;
    let columns: Vec<Any> = found
        .columns
        .iter()
        .map(|column| {
            let stage = &column.stage;
            let of_it = figures.get(&stage.key).cloned().unwrap_or_default();
            let sum = summed.zip(of_it.sum).map(|(field, sum)| engine.value_json(&field.kind, &sum, None));
            let data: Vec<Map<String, Any>> = column.page.records.iter().map(|record| engine.to_json(record)).collect();
            json!({
                "stage": if stage.key.is_empty() { Any::Null } else { json!(stage.key) },
                "label": stage.label.get(lang),
                "tone": stage.tone,
                "probability": stage.probability,
                "rot_days": stage.rot_days,
                "count": of_it.count,
                "sum": sum,
                "data": data,
                "next": column.page.next,
            })
        })
        .collect();
    let parts: Vec<Any> = found.parts.iter().map(|(id, title)| json!({ "id": id, "title": title })).collect();
    let answer = json!({
        "field": declared.map(|board| &board.field),
        "part": found.part,
        "parts": parts,
        "columns": columns,
    });
    Ok(Json(answer).into_response())
}

/// Puts a record into a stage, with the fields that the stage wants.
pub async fn set_stage(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
    headers: HeaderMap,
    Body(mut fields): Body<Map<String, Any>>,
) -> Answer {
    params.finish()?;
    let model = engine.model();
    let known = model.object(&object).ok_or_else(Problem::not_found)?;
    let field = known.layout.board.as_ref().map(|board| board.field.clone()).ok_or_else(Problem::not_found)?;
    let stage = fields
        .remove("stage")
        .ok_or_else(|| Error::invalid("stage", "required", Text::new("请写明阶段（stage）。", "Say the `stage`.")))?;
    if field != "stage" && fields.contains_key(&field) {
        let message =
            Text::new("阶段写在 stage 里，不要再写这个字段。", "The stage stands in `stage`; leave this field out.");
        return Err(Problem::invalid(&field, "repeated", message));
    }
    fields.insert(field, stage);
    let mut input = Input::from_json(fields);
    input.reason = reason(&headers)?;
    input.duplicates = matches::policy(&headers, input.reason.as_deref())?;
    let changed = engine.change(&caller.actor, &object, id, condition::if_match(&headers), input).await;
    let record = changed.map_err(|error| matches::problem(&engine, error, caller.actor.lang))?;
    Ok(([(header::ETAG, condition::etag(record.version))], Json(engine.to_json(&record))).into_response())
}
