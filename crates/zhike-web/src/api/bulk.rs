//! The same change to many records, or their deletion.

use axum::{
    extract::State,
    response::{IntoResponse as _, Json},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use zhike_records::{Engine, Input, Selection};
use zhike_types::Text;

use super::{Answer, body::Body, caller::Caller, lists::known, params::Params, path::At, problem::Problem};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    selection: Selection,
    change: Option<Map<String, Value>>,
    #[serde(default)]
    delete: bool,
}

pub async fn bulk(
    State(engine): State<Engine>,
    caller: Caller,
    At(object): At<String>,
    params: Params,
    Body(bulk): Body<Bulk>,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let actor = &caller.actor;
    let outcome = match (bulk.change, bulk.delete) {
        (Some(change), false) => engine.bulk_change(actor, &object, &bulk.selection, Input::from_json(change)).await?,
        (None, true) => engine.bulk_delete(actor, &object, &bulk.selection).await?,
        _ => {
            let message =
                Text::new("要么写 change，要么写 \"delete\": true。", "Give either change or \"delete\": true.");
            return Err(Problem::invalid("change", "required", message));
        }
    };
    let failed: Vec<Value> = outcome
        .failed
        .iter()
        .map(|(id, title, why)| json!({ "id": id, "title": title, "message": why.get(actor.lang) }))
        .collect();
    Ok(Json(json!({ "done": outcome.done, "failed": failed })).into_response())
}
