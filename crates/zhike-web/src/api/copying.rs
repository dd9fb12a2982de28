//! `POST …/copies/{name}`: a record that begins with what another has, as the pack's copies say.

use axum::extract::State;
use zhike_records::Engine;

use super::{
    Answer,
    caller::Caller,
    lists::known,
    params::Params,
    path::{At, Id},
    records,
};

pub async fn make(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id), name)): At<(String, Id, String)>,
    params: Params,
) -> Answer {
    known(&engine, &object)?;
    params.finish()?;
    Ok(records::created(&engine, &engine.copy(&caller.actor, &object, id, &name).await?))
}
