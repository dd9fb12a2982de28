//! Roles, and who has them.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Json},
};
use serde::Deserialize;
use serde_json::{Value, json};
use zhike_records::{Engine, Rights, RoleInfo};
use zhike_types::{Text, Uuid};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    params::Params,
    path::{At, Id},
    problem::Problem,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleInput {
    name: String,
    label: Label,
    rights: Rights,
}

/// Both languages; one will do for both.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    zh: String,
    en: Option<String>,
}

impl Label {
    pub fn text(self) -> Text {
        let en = self.en.filter(|en| !en.is_empty()).unwrap_or_else(|| self.zh.clone());
        Text::new(self.zh, en)
    }
}

pub async fn list(State(engine): State<Engine>, caller: Caller, params: Params) -> Answer {
    params.finish()?;
    let roles = engine.roles(&caller.actor).await?;
    let data: Vec<Value> = roles.iter().map(role_json).collect();
    Ok(Json(json!({ "data": data })).into_response())
}

pub async fn create(
    State(engine): State<Engine>,
    caller: Caller,
    params: Params,
    Body(input): Body<RoleInput>,
) -> Answer {
    params.finish()?;
    let role = engine.save_role(&caller.actor, None, &input.name, input.label.text(), input.rights).await?;
    let location = HeaderValue::try_from(format!("/api/v1/roles/{}", role.id)).expect("an id is ASCII");
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(role_json(&role))).into_response())
}

pub async fn read(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    let roles = engine.roles(&caller.actor).await?;
    let role = roles.iter().find(|role| role.id == id).ok_or_else(Problem::not_found)?;
    Ok(Json(role_json(role)).into_response())
}

pub async fn replace(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(id)): At<Id>,
    params: Params,
    Body(input): Body<RoleInput>,
) -> Answer {
    params.finish()?;
    let role = engine.save_role(&caller.actor, Some(id), &input.name, input.label.text(), input.rights).await?;
    Ok(Json(role_json(&role)).into_response())
}

pub async fn remove(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    engine.delete_role(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RolesOfUser {
    roles: Vec<Uuid>,
}

pub async fn of_user(State(engine): State<Engine>, caller: Caller, At(Id(user)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    engine.read(&caller.actor, "user", user).await?;
    let roles = engine.roles_of(&caller.actor, user).await?;
    Ok(Json(json!({ "roles": roles })).into_response())
}

pub async fn set_of_user(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(user)): At<Id>,
    params: Params,
    Body(input): Body<RolesOfUser>,
) -> Answer {
    params.finish()?;
    engine.read(&caller.actor, "user", user).await?;
    engine.set_roles(&caller.actor, user, &input.roles).await?;
    let roles = engine.roles_of(&caller.actor, user).await?;
    Ok(Json(json!({ "roles": roles })).into_response())
}

fn role_json(role: &RoleInfo) -> Value {
    json!({
        "id": role.id,
        "name": role.name,
        "label": role.label,
        "rights": role.rights,
        "built_in": role.built_in,
        "version": role.version,
        "users": role.users,
    })
}
