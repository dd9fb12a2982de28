//! Imports as resources: a file, its plan, what would become of it, runs, reversals, and the rows that failed.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Json},
};
use serde::Deserialize;
use serde_json::{Value, json};
use zhike_records::{Engine, ImportInfo, ImportPlan};
use zhike_types::{Lang, text};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    file,
    lists::known,
    params::Params,
    path::{At, Id},
    problem::Problem,
    upload::Upload,
};

pub async fn list(State(engine): State<Engine>, caller: Caller, mut params: Params) -> Answer {
    let limit = params.number("limit", 1..=1000).unwrap_or(50) as usize;
    params.finish()?;
    let imports = engine.imports(&caller.actor, limit).await?;
    let data: Vec<Value> = imports.iter().map(|import| import_json(&engine, import, caller.actor.lang)).collect();
    Ok(Json(json!({ "data": data })).into_response())
}

pub async fn create(State(engine): State<Engine>, caller: Caller, params: Params, upload: Upload) -> Answer {
    params.finish()?;
    let object = upload.only("object")?;
    known(&engine, object).map_err(|_| unknown_object(object))?;
    let import = engine.import_upload(&caller.actor, object, &upload.file_name, upload.file.path()).await?;
    let location = HeaderValue::try_from(format!("/api/v1/imports/{}", import.id)).expect("an id is ASCII");
    let body = Json(import_json(&engine, &import, caller.actor.lang));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], body).into_response())
}

pub async fn read(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    let import = engine.import_info(&caller.actor, id).await?;
    Ok(Json(import_json(&engine, &import, caller.actor.lang)).into_response())
}

pub async fn plan(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(id)): At<Id>,
    params: Params,
    Body(plan): Body<ImportPlan>,
) -> Answer {
    params.finish()?;
    let import = engine.import_plan(&caller.actor, id, plan).await?;
    Ok(Json(import_json(&engine, &import, caller.actor.lang)).into_response())
}

pub async fn preview(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, mut params: Params) -> Answer {
    let rows = params.number("rows", 1..=100).unwrap_or(20) as usize;
    params.finish()?;
    let lang = caller.actor.lang;
    let rows = engine.import_preview(&caller.actor, id, rows).await?;
    let data: Vec<Value> = rows
        .iter()
        .map(|row| {
            let problems: Vec<Value> = row
                .problems
                .iter()
                .map(|(column, message)| json!({ "column": column, "message": message.get(lang) }))
                .collect();
            let like = row.like.as_ref().map(|like| {
                let reasons: Vec<&str> = like.reasons.iter().map(|reason| reason.get(lang)).collect();
                json!({ "id": like.record, "name": like.name, "probability": like.probability, "reasons": reasons })
            });
            json!({
                "number": row.number, "cells": row.cells, "outcome": row.outcome, "problems": problems,
                "band": row.band, "like": like,
            })
        })
        .collect();
    Ok(Json(json!({ "data": data })).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Only count what would happen.
    #[serde(default)]
    dry_run: bool,
}

pub async fn run(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(id)): At<Id>,
    params: Params,
    Body(run): Body<Run>,
) -> Answer {
    params.finish()?;
    let import = engine.import_start(&caller.actor, id, run.dry_run).await?;
    Ok((StatusCode::ACCEPTED, Json(import_json(&engine, &import, caller.actor.lang))).into_response())
}

pub async fn reverse(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    let import = engine.import_undo(&caller.actor, id).await?;
    Ok((StatusCode::ACCEPTED, Json(import_json(&engine, &import, caller.actor.lang))).into_response())
}

pub async fn errors(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(id)): At<Id>,
    params: Params,
    headers: HeaderMap,
) -> Answer {
    params.finish()?;
    let (name, path) = engine.import_errors(&caller.actor, id).await?;
    file::answer(&path, &name, media_type(&name), &headers).await
}

pub async fn targets(State(engine): State<Engine>, caller: Caller, mut params: Params) -> Answer {
    let object = params.needed("object");
    params.finish()?;
    known(&engine, &object).map_err(|_| unknown_object(&object))?;
    let lang = caller.actor.lang;
    let data: Vec<Value> = engine
        .import_targets(&caller.actor, &object)?
        .into_iter()
        .map(|(target, label, required)| json!({ "target": target, "label": label.get(lang), "required": required }))
        .collect();
    Ok(Json(json!({ "data": data })).into_response())
}

pub fn unknown_object(name: &str) -> Problem {
    let message = text!("没有「{}」这种记录。", "There is no object `{}`.", name);
    Problem::invalid("object", "unknown", message)
}

/// By the name's ending; all that we write or read as a list.
pub fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xls" => "application/vnd.ms-excel",
        "tsv" => "text/tab-separated-values",
        _ => "text/csv",
    }
}

fn import_json(engine: &Engine, import: &ImportInfo, lang: Lang) -> Value {
    json!({
        "id": import.id,
        "object": import.object,
        "file_name": import.file_name,
        "user_id": import.user_id,
        "state": import.state,
        "plan": import.plan,
        "sheets": import.sheets,
        "counts": import.counts,
        "undo": import.undo,
        "total_rows": import.total_rows,
        "error": import.error.as_ref().map(|error| error.get(lang)),
        "created_at": engine.instant_json(import.created_at),
        "finished_at": import.finished_at.map(|at| engine.instant_json(at)),
    })
}
