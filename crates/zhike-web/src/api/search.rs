//! One question over all objects.

use axum::{
    extract::State,
    response::{IntoResponse as _, Json},
};
use serde_json::{Value, json};
use zhike_records::{Engine, Hit};

use super::{Answer, caller::Caller, lists::all_known, params::Params};

pub async fn search(State(engine): State<Engine>, caller: Caller, mut params: Params) -> Answer {
    let text = params.needed("q");
    let objects = params.names("objects").unwrap_or_default();
    let limit = params.number("limit", 1..=100).unwrap_or(10) as usize;
    params.finish()?;
    all_known(&engine, "objects", &objects, &[])?;
    let groups = engine.search(&caller.actor, &text, &objects, limit).await?;
    let data: Vec<Value> = groups
        .iter()
        .map(|group| {
            let hits: Vec<Value> = group.hits.iter().map(hit).collect();
            json!({ "object": group.object.name, "hits": hits, "more": group.more })
        })
        .collect();
    Ok(Json(json!({ "data": data })).into_response())
}

fn hit(hit: &Hit) -> Value {
    // bytes mean nothing to a reader of JSON: code points
    let characters = |byte: usize| hit.text.get(..byte).map_or(0, |head| head.chars().count());
    json!({
        "id": hit.record.id,
        "title": hit.record.title(),
        "field": hit.field,
        "text": hit.text,
        "match": hit.range.map(|(from, to)| [characters(from), characters(to)]),
    })
}
