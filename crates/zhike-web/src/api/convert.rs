//! 转化: `POST …/convert` makes of a lead a customer, a person, an opportunity; `DELETE …/convert` takes it back.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse as _, Json},
};
use serde_json::{Map, Value, json};
use zhike_records::{Becoming, ConversionInput, Engine, Input, converted_into};
use zhike_types::{Error, Text, Uuid};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    lists::known,
    matches,
    params::Params,
    path::{At, Id},
    problem::{Met, Problem},
    records::{self, reason},
};

pub async fn make(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
    headers: HeaderMap,
    Body(wishes): Body<Map<String, Value>>,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    let reason = reason(&headers)?;
    let duplicates = matches::policy(&headers, reason.as_deref())?;
    let targets = wishes.into_iter().map(|(name, wish)| becoming(&name, wish).map(|wish| (name, wish)));
    let input = ConversionInput { targets: targets.collect::<Result<_, Problem>>()?, reason, duplicates };
    let done = match engine.convert(&caller.actor, &object, id, &input).await {
        Ok(done) => done,
        Err(error @ Error::Conflict(_)) => {
            // whoever comes late is told where the customer is
            let record = engine.read(&caller.actor, &object, id).await.ok();
            let became = record.map(|record| converted_into(&record)).filter(|became| !became.is_empty());
            let became = became.map(|became| {
                let ids = became.into_iter().map(|(name, id)| (name, json!(id)));
                Box::new(Met::Became(Value::Object(ids.collect())))
            });
            return Err(Problem { met: became, ..Problem::from(error) });
        }
        Err(error) => return Err(matches::problem(&engine, error, caller.actor.lang)),
    };
    let became = done.became.iter().map(|record| (record.object.name.clone(), Value::Object(engine.to_json(record))));
    let answer = json!({ "record": engine.to_json(&done.record), "became": Value::Object(became.collect()) });
    Ok(Json(answer).into_response())
}

pub async fn undo(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    Ok(records::whole(&engine, &engine.unconvert(&caller.actor, &object, id).await?))
}

/// `null` makes nothing, `{"id": …}` takes one that is there, other fields are those of a new one.
fn becoming(name: &str, wish: Value) -> Result<Becoming, Problem> {
    let invalid = |zh: &'static str, en: &'static str| Err(Problem::invalid(name, "invalid", Text::new(zh, en)));
    match wish {
        Value::Null => Ok(Becoming::Nothing),
        Value::Object(fields) if fields.contains_key("id") => {
            let id = fields.get("id").and_then(Value::as_str).and_then(|text| Uuid::parse_str(text).ok());
            match id {
                Some(id) if fields.len() == 1 => Ok(Becoming::Existing(id)),
                Some(_) => invalid(
                    "用已有的记录时只写 id；要改它的字段请另外修改。",
                    "Of a record that is there give the id alone; change its fields by themselves.",
                ),
                None => invalid("id 要是记录的编号。", "`id` must be a record's id."),
            }
        }
        Value::Object(fields) => Ok(Becoming::New(Input::from_json(fields))),
        _ => invalid(
            "要写 null、{\"id\": …} 或新记录的字段。",
            "It must be null, {\"id\": …} or the fields of a new record.",
        ),
    }
}
