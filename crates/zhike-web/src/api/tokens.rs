//! A user's own bearer tokens.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Json},
};
use serde::Deserialize;
use serde_json::{Value, json};
use zhike_records::{Engine, TokenInfo};
use zhike_types::Error;

use super::{
    Answer,
    body::Body,
    caller::{By, Caller},
    once::Secret,
    params::Params,
    path::{At, Id},
    problem::Problem,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenWish {
    name: String,
    #[serde(default = "everything")]
    scope: String,
    /// None: until it is revoked.
    days: Option<i64>,
}

fn everything() -> String {
    "*".to_owned()
}

pub async fn list(State(engine): State<Engine>, caller: Caller, params: Params) -> Answer {
    params.finish()?;
    let tokens = engine.tokens(&caller.actor).await?;
    let data: Vec<Value> = tokens.iter().map(|token| token_json(&engine, token)).collect();
    Ok(Json(json!({ "data": data })).into_response())
}

/// A token cannot make tokens: one that leaks must not outlive its end or its scope by having children.
pub async fn create(
    State(engine): State<Engine>,
    caller: Caller,
    params: Params,
    Body(wish): Body<TokenWish>,
) -> Answer {
    params.finish()?;
    if matches!(caller.by, By::Token(_)) {
        return Err(Problem::forbidden(
            "令牌不能再生成令牌。请在页面的设置里生成，或运行 zhike token create。",
            "A token cannot make tokens. Make it in the settings on the pages, or run zhike token create.",
        ));
    }
    let user = caller.actor.user_id.ok_or(Error::Unauthenticated)?;
    let (token, bearer) = engine.create_token(&caller.actor, user, &wish.name, &wish.scope, wish.days).await?;
    let mut body = token_json(&engine, &token);
    body["token"] = json!(bearer);
    let mut response = (StatusCode::CREATED, Json(body)).into_response();
    response.extensions_mut().insert(Secret);
    Ok(response)
}

pub async fn revoke(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    engine.revoke_token(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn token_json(engine: &Engine, token: &TokenInfo) -> Value {
    let instant = |at: Option<i64>| at.map(|at| engine.instant_json(at));
    json!({
        "id": token.id,
        "user_id": token.user_id,
        "name": token.name,
        "scope": token.scope,
        "created_at": engine.instant_json(token.created_at),
        "expires_at": instant(token.expires_at),
        "used_at": instant(token.used_at),
        "revoked_at": instant(token.revoked_at),
    })
}
