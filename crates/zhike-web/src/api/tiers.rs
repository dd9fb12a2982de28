//! 客户分级: working schemes out; how long something stood at each value of a field.

use axum::{
    extract::State,
    response::{IntoResponse as _, Json},
};
use serde::Deserialize;
use serde_json::{Value, json};
use zhike_records::Engine;
use zhike_types::Text;

use super::{
    Answer,
    body::Body,
    caller::Caller,
    lists::known,
    params::Params,
    path::{At, Id},
    problem::Problem,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// Only tells.
    #[serde(default)]
    dry_run: bool,
}

pub async fn work_out(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(scheme)): At<Id>,
    params: Params,
    Body(wish): Body<Wish>,
) -> Answer {
    params.finish()?;
    let done = engine.work_out_tiers(&caller.actor, scheme, wish.dry_run).await?;
    let tiers = done.tiers.iter().map(|(name, count)| json!({ "name": name, "customers": count }));
    let moves = done
        .named
        .iter()
        .map(|one| json!({ "account": one.account, "name": one.name, "from": one.from, "to": one.to }));
    let band =
        |one: &zhike_records::TierBand| json!({ "level": one.level, "size": one.size, "customers": one.customers });
    Ok(Json(json!({
        "bands": done.bands.iter().map(band).collect::<Vec<Value>>(),
        "tiers": tiers.collect::<Vec<Value>>(),
        "none": done.none,
        "new": done.new,
        "same": done.same,
        "moved": done.moved,
        "moves": moves.collect::<Vec<Value>>(),
        "kept": done.kept,
    }))
    .into_response())
}

/// `?field=lifecycle`
pub async fn stays(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    mut params: Params,
) -> Answer {
    known(&engine, &object)?;
    let field = params.text("field");
    params.finish()?;
    let Some(field) = field else {
        return Err(Problem::invalid("field", "required", Text::new("请写明字段。", "Name the field.")));
    };
    let stays = engine.stays(&caller.actor, &object, id, &field).await?;
    let data = stays.iter().map(|stay| {
        let to = stay.to.map(|to| engine.instant_json(to));
        json!({ "value": stay.value, "from": engine.instant_json(stay.from), "to": to })
    });
    Ok(Json(json!({ "data": data.collect::<Vec<Value>>() })).into_response())
}
