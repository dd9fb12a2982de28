//! The description of the API (OpenAPI 3.1), written from the model: what an administrator adds is in it at once.

mod answers;
mod approvals;
mod board;
mod calendar;
mod components;
mod convert;
mod copying;
mod disputes;
mod duplicates;
mod example;
mod handovers;
mod kinds;
mod mail;
mod merges;
mod objects;
mod operation;
mod performance;
mod pool;
mod print;
mod rosters;
mod system;
mod tiers;

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse as _, Json},
};
use serde_json::{Map, Value, json};
use zhike_model::Model;
use zhike_records::{Engine, is_mergeable};
use zhike_types::Lang;

use super::{Answer, params::Params};
use crate::{session, words::Say as _};

pub async fn serve(State(engine): State<Engine>, params: Params, headers: HeaderMap) -> Answer {
    params.finish()?;
    Ok(Json(document(&engine.model(), session::lang_of(&headers))).into_response())
}

/// The whole description, in one language.
pub fn document(model: &Model, lang: Lang) -> Value {
    let mut paths = Map::new();
    let mut schemas = components::schemas(lang);
    for object in model.objects() {
        objects::schemas(object, lang, &mut schemas);
        objects::paths(model, object, lang, &mut paths);
        board::schemas(object, lang, &mut schemas);
        board::paths(object, lang, &mut paths);
        print::paths(object, lang, &mut paths);
        if object.pool {
            pool::paths_of(object, lang, &mut paths);
        }
        if let Some(conversion) = &object.convert {
            convert::of_object(object, conversion, &mut schemas);
            convert::paths_of(object, conversion, lang, &mut paths);
        }
        copying::paths_of(object, lang, &mut paths);
        if object.check_in.is_some() {
            calendar::check_in(object, lang, &mut schemas, &mut paths);
        }
        if is_mergeable(object) {
            merges::of_object(object, lang, &mut schemas);
            merges::paths_of(object, lang, &mut paths);
            duplicates::of_object(object, lang, &mut schemas);
            duplicates::paths_of(object, lang, &mut paths);
        }
    }
    merges::schemas(lang, &mut schemas);
    disputes::schemas(lang, &mut schemas);
    approvals::schemas(lang, &mut schemas);
    pool::schemas(lang, &mut schemas);
    calendar::schemas(lang, &mut schemas);
    mail::schemas(lang, &mut schemas);
    handovers::schemas(lang, &mut schemas);
    performance::schemas(lang, &mut schemas);
    tiers::schemas(lang, &mut schemas);
    duplicates::schemas(lang, &mut schemas);
    system::schemas(model, lang, &mut schemas);
    system::paths(lang, &mut paths);
    merges::paths(lang, &mut paths);
    disputes::paths(lang, &mut paths);
    approvals::paths(lang, &mut paths);
    pool::paths(lang, &mut paths);
    calendar::paths(lang, &mut paths);
    mail::paths(lang, &mut paths);
    handovers::paths(lang, &mut paths);
    performance::paths(lang, &mut paths);
    rosters::paths(lang, &mut paths);
    tiers::paths(lang, &mut paths);
    let objects = model.objects().iter().map(|object| {
        let help = object.help.as_ref().map(|help| help.get(lang));
        json!({ "name": object.label.get(lang), "description": help.unwrap_or(object.plural.get(lang)) })
    });
    let tags: Vec<Value> = system::tags(lang).into_iter().chain(objects).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": lang.t("知客 API", "Zhike API"),
            "version": env!("CARGO_PKG_VERSION"),
            "summary": lang.t("客户关系管理系统的全部记录，按模型生成", "All records of the customer relationship system, from its model"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }, { "session": [] }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": answers::problems(lang),
            "headers": answers::headers(lang),
            "parameters": components::parameters(lang),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": lang.t("zhike token create 或设置页生成的令牌", "A token from `zhike token create` or the settings page"),
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "zhike",
                    "description": lang.t("页面的登录会话；改数据的请求必须来自本系统页面", "The session of the pages; what changes data must come from them"),
                },
            },
        },
    })
}

/// `team_member` → `TeamMember`
fn type_name(object: &str) -> String {
    object
        .split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
        })
        .collect()
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[cfg(test)]
mod tests;
