//! Who the caller is and what they may do.

use axum::{
    extract::State,
    response::{IntoResponse as _, Json},
};
use serde_json::{Map, Value, json};
use zhike_records::Engine;

use super::{Answer, caller::Caller, params::Params};

pub async fn read(State(engine): State<Engine>, caller: Caller, params: Params) -> Answer {
    params.finish()?;
    let actor = &caller.actor;
    let objects: Map<String, Value> = engine
        .model()
        .objects()
        .iter()
        .map(|object| {
            let may = engine.may(actor, &object.name);
            let abilities = json!({
                "read": may.read, "create": may.create, "change": may.change,
                "delete": may.delete, "import": may.import, "export": may.export, "merge": may.merge,
            });
            (object.name.clone(), abilities)
        })
        .collect();
    Ok(Json(json!({
        "id": actor.user_id,
        "name": &*actor.name,
        "department_id": actor.department_id,
        "lang": actor.lang,
        "duties": actor.rights.duties,
        "objects": objects,
    }))
    .into_response())
}
