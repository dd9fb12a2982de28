//! What happened to a record: its history in the audit, and its timeline.

use axum::{
    extract::State,
    response::{IntoResponse as _, Json},
};
use serde_json::{Value, json};
use zhike_records::{AuditEntry, AuditQuery, Engine, Happening, LogEntry, Mention, TimelineEntry};

use super::{
    Answer,
    caller::Caller,
    lists::all_known,
    params::Params,
    path::{At, Id},
};

pub async fn history(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    mut params: Params,
) -> Answer {
    let before = params.number("before", 1..=i64::MAX);
    let limit = params.number("limit", 1..=500).unwrap_or(50) as usize;
    params.finish()?;
    let entries = engine.history(&caller.actor, &object, id, before, limit).await?;
    let next = entries.last().filter(|_| entries.len() == limit).map(|entry| entry.seq);
    let data: Vec<Value> = entries.iter().map(|entry| audit(&engine, entry)).collect();
    Ok(Json(json!({ "data": data, "next": next })).into_response())
}

/// The audit over all records, for the duty `audit`.
pub async fn log(State(engine): State<Engine>, caller: Caller, mut params: Params) -> Answer {
    let object = params.text("object");
    let user = params.id("user");
    let actions = params.words("action").unwrap_or_default();
    let (from, until) = (params.instant("from"), params.instant("until"));
    let before = params.number("before", 1..=i64::MAX);
    let limit = params.number("limit", 1..=500).unwrap_or(50) as usize;
    params.finish()?;
    let query = AuditQuery { object, user, actions, from, until, before, limit };
    let entries = engine.audit_log(&caller.actor, &query).await?;
    let next = entries.last().filter(|_| entries.len() == limit).map(|last| last.entry.seq);
    let told = |log: &LogEntry| {
        let mut entry = audit(&engine, &log.entry);
        entry["object"] = json!(log.object);
        entry["record_id"] = json!(log.record_id);
        if let Some(title) = log.record.as_ref().and_then(Mention::title) {
            entry["record_title"] = json!(title);
        }
        entry
    };
    let data: Vec<Value> = entries.iter().map(told).collect();
    Ok(Json(json!({ "data": data, "next": next })).into_response())
}

pub async fn timeline(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    mut params: Params,
) -> Answer {
    let before = params.number("before", 1..=i64::MAX);
    let kinds = params.names("kinds").unwrap_or_default();
    let limit = params.number("limit", 1..=200).unwrap_or(50) as usize;
    params.finish()?;
    all_known(&engine, "kinds", &kinds, &["change"])?;
    let entries = engine.timeline(&caller.actor, &object, id, &kinds, before, limit).await?;
    let next = entries.last().filter(|_| entries.len() == limit).map(|entry| entry.at);
    let data: Vec<Value> = entries.iter().map(|entry| happening(&engine, entry)).collect();
    Ok(Json(json!({ "data": data, "next": next })).into_response())
}

fn happening(engine: &Engine, entry: &TimelineEntry) -> Value {
    let at = engine.instant_json(entry.at);
    match &entry.what {
        Happening::Record(record) => {
            json!({ "at": at, "actor": entry.actor, "object": record.object.name, "record": engine.to_json(record) })
        }
        Happening::Change(change) => json!({ "at": at, "actor": entry.actor, "change": audit(engine, change) }),
    }
}

fn audit(engine: &Engine, entry: &AuditEntry) -> Value {
    json!({
        "seq": entry.seq,
        "at": engine.instant_json(entry.at),
        "actor": entry.actor,
        "actor_id": entry.actor_id,
        "source": entry.source,
        "action": entry.action,
        "reason": entry.reason,
        "merged_from": entry.merged_from,
        "changes": entry.changes,
    })
}
