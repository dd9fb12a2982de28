//! Saved views: a list's columns, filter, order and totals under a name.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Json},
};
use serde::Deserialize;
use serde_json::{Value, json};
use zhike_model::{Total, View};
use zhike_records::{Engine, SavedView};
use zhike_types::Uuid;

use super::{
    Answer,
    body::Body,
    caller::Caller,
    lists::{known, sort},
    params::Params,
    path::{At, Id},
    roles::Label,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewInput {
    label: Label,
    columns: Vec<String>,
    #[serde(default)]
    filter: String,
    #[serde(default)]
    sort: Vec<String>,
    #[serde(default)]
    totals: Vec<Total>,
    #[serde(default)]
    quick: Vec<String>,
    #[serde(default)]
    shared: bool,
}

pub async fn list(State(engine): State<Engine>, caller: Caller, At(object): At<String>, params: Params) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let views = engine.views(&caller.actor, &object).await?;
    let data: Vec<Value> = views.iter().map(view_json).collect();
    Ok(Json(json!({ "data": data })).into_response())
}

pub async fn create(
    State(engine): State<Engine>,
    caller: Caller,
    At(object): At<String>,
    params: Params,
    Body(input): Body<ViewInput>,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let view = save(&engine, &caller, &object, None, input).await?;
    Ok((StatusCode::CREATED, Json(view_json(&view))).into_response())
}

pub async fn replace(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
    Body(input): Body<ViewInput>,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let view = save(&engine, &caller, &object, Some(id), input).await?;
    Ok(Json(view_json(&view)).into_response())
}

pub async fn remove(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    engine.delete_view(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn save(
    engine: &Engine,
    caller: &Caller,
    object: &str,
    id: Option<Uuid>,
    input: ViewInput,
) -> zhike_types::Result<SavedView> {
    let label = input.label.text();
    let view = View {
        name: label.zh.clone().into_owned(),
        label,
        columns: input.columns,
        filter: input.filter,
        sort: sort(&input.sort),
        totals: input.totals,
        quick: input.quick,
    };
    engine.save_view(&caller.actor, object, id, view, input.shared).await
}

fn view_json(saved: &SavedView) -> Value {
    let view = &saved.view;
    let sort: Vec<String> =
        view.sort.iter().map(|key| format!("{}{}", if key.descending { "-" } else { "" }, key.field)).collect();
    // the pack's own views have neither an id nor an owner
    let known = |id: Uuid| Some(id).filter(|id| !id.is_nil());
    json!({
        "id": known(saved.id),
        "object": saved.object,
        "name": view.name,
        "label": view.label,
        "columns": view.columns,
        "filter": view.filter,
        "sort": sort,
        "totals": view.totals,
        "quick": view.quick,
        "shared": saved.shared,
        "mine": saved.mine,
        "owner_id": known(saved.owner_id),
    })
}
