//! Merging: `…/merge` of the record that is to survive proposes (GET) and does it (POST); `/merges` lists what was merged and takes
//! it back.

use std::collections::BTreeMap;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Json, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use zhike_records::{Choice, Engine, FieldState, Merge, MergeInput, MergeProposal, ProposedField, REASON_MOST};
use zhike_types::{Error, Uuid, text};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    lists::known,
    params::Params,
    path::{At, Id},
    problem::Problem,
};

/// What the survivor would become. Who survives is proposed as well, unless `survivor` says it.
pub async fn propose(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    mut params: Params,
) -> Answer {
    known(&engine, &object)?;
    let with = params.ids("with");
    let survivor = params.id("survivor");
    params.finish()?;
    let ids: Vec<Uuid> = std::iter::once(id).chain(with).collect();
    let proposal = engine.merge_proposal(&caller.actor, &object, &ids, survivor, &BTreeMap::new()).await;
    Ok(Json(proposed(&engine, &proposal.map_err(named)?)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    with: Vec<Uuid>,
    #[serde(default)]
    choices: BTreeMap<String, Choice>,
    reason: Option<String>,
    #[serde(default)]
    versions: BTreeMap<Uuid, i64>,
}

/// The record of the path survives.
pub async fn merge(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
    Body(wish): Body<Wish>,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let reason = wish.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_MOST) {
        let message = text!("最多 {REASON_MOST} 字。", "{REASON_MOST} characters at most.");
        return Err(Problem::invalid("reason", "too_long", message));
    }
    let input = MergeInput { survivor: id, losers: wish.with, versions: wish.versions, choices: wish.choices, reason };
    let merge = engine.merge(&caller.actor, &object, input).await.map_err(named)?;
    Ok(Json(told(&engine, &merge)).into_response())
}

pub async fn list(State(engine): State<Engine>, caller: Caller, mut params: Params) -> Answer {
    let object = params.needed("object");
    let record = params.id("record");
    let before = params.number("before", 1..=i64::MAX);
    let limit = params.number("limit", 1..=200).unwrap_or(50) as usize;
    params.finish()?;
    if engine.model().object(&object).is_none() {
        let message = text!("没有「{object}」这种记录。", "There is no object `{object}`.");
        return Err(Problem::invalid("object", "unknown", message));
    }
    let page = engine.merges(&caller.actor, &object, record, before, limit).await?;
    let data: Vec<Value> = page.merges.iter().map(|merge| told(&engine, merge)).collect();
    Ok(Json(json!({ "data": data, "next": page.next })).into_response())
}

pub async fn read(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    let merge = engine.merge_of(&caller.actor, id).await?;
    Ok(Json(told(&engine, &merge)).into_response())
}

pub async fn undo(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    let merge = engine.unmerge(&caller.actor, id).await?;
    Ok(Json(told(&engine, &merge)).into_response())
}

/// Where a record went that is not there any more: 308 to the one that stands for it.
pub async fn moved(engine: &Engine, caller: &Caller, object: &str, id: Uuid) -> Result<Response, Problem> {
    let into = engine.merged_into(&caller.actor, object, id).await?.ok_or(Error::NotFound)?;
    let location = HeaderValue::try_from(format!("/api/v1/{object}/{into}"));
    let location = location.expect("an object's name and an id are ASCII");
    Ok((StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response())
}

/// What the engine says of the losers is said of `with`.
fn named(error: Error) -> Error {
    match error {
        Error::Invalid(mut errors) => {
            for error in errors.iter_mut().filter(|error| error.field == "losers") {
                "with".clone_into(&mut error.field);
            }
            Error::Invalid(errors)
        }
        error => error,
    }
}

fn told(engine: &Engine, merge: &Merge) -> Value {
    json!({
        "id": merge.id,
        "seq": merge.seq,
        "object": merge.object,
        "survivor": merge.survivor,
        "losers": merge.losers,
        "at": engine.instant_json(merge.at),
        "actor": merge.actor,
        "actor_id": merge.actor_id,
        "reason": merge.reason,
        "moved": merge.moved,
        "set_aside": merge.set_aside,
        "undone": merge.undone.as_ref().map(|undone| {
            json!({ "at": engine.instant_json(undone.at), "actor": undone.actor, "actor_id": undone.actor_id })
        }),
        "may_undo": merge.may_undo,
    })
}

fn proposed(engine: &Engine, proposal: &MergeProposal) -> Value {
    let records = proposal.records.iter().zip(&proposal.related);
    let records: Vec<Value> = records
        .map(|(record, related)| {
            let mergeable = if record.id == proposal.survivor { record.may_change } else { record.may_delete };
            json!({ "record": engine.to_json(record), "related": related, "may_merge": mergeable })
        })
        .collect();
    let fields: Vec<Value> = proposal
        .fields
        .iter()
        .map(|field| {
            json!({
                "field": field.field,
                "value": value(engine, proposal, field),
                "from": field.from,
                "choice": field.choice,
                "differs": field.differs,
                "may_choose": field.may_choose,
                "can_unite": field.can_unite,
            })
        })
        .collect();
    json!({ "object": proposal.object.name, "survivor": proposal.survivor, "records": records, "fields": fields })
}

fn value(engine: &Engine, proposal: &MergeProposal, field: &ProposedField) -> Value {
    let masked = proposal.records.iter().any(|record| record.state(&field.field) == FieldState::Masked);
    match proposal.object.field(&field.field) {
        Some(known) if !masked => {
            let id = field.value.as_id();
            let title = id.and_then(|id| proposal.records.iter().find_map(|record| record.titles.get(&id)));
            engine.value_json(&known.kind, &field.value, title.map(|title| title.text.as_str()))
        }
        _ => json!(field.value.as_text()),
    }
}
