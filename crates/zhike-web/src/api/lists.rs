//! Lists: of an object, and of the records that belong to one.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use zhike_model::SortKey;
use zhike_records::{Engine, ListQuery, Page};
use zhike_types::text;

use super::{
    Answer,
    caller::Caller,
    params::Params,
    path::{At, Id},
    problem::Problem,
};

pub async fn list(State(engine): State<Engine>, caller: Caller, At(object): At<String>, mut params: Params) -> Answer {
    known(&engine, &object)?;
    let bin = params.flag("bin");
    let query = ListQuery { object, bin, ..query(&mut params) };
    params.finish()?;
    Ok(page(&engine, &engine.list(&caller.actor, &query).await?))
}

pub async fn related(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id), relation)): At<(String, Id, String)>,
    mut params: Params,
) -> Answer {
    let model = engine.model();
    let related = model.relation(&object, &relation).ok_or_else(Problem::not_found)?;
    let query = ListQuery { object: related.object.clone(), ..query(&mut params) };
    params.finish()?;
    Ok(page(&engine, &engine.related(&caller.actor, &object, id, &relation, &query).await?))
}

pub async fn attachments(
    engine: State<Engine>,
    caller: Caller,
    At((object, id)): At<(String, Id)>,
    params: Params,
) -> Answer {
    related(engine, caller, At((object, id, "attachments".to_owned())), params).await
}

/// A list's parameters but `bin`; the object is for the caller to set.
pub fn query(params: &mut Params) -> ListQuery {
    ListQuery {
        filter: params.text("filter").unwrap_or_default(),
        sort: params.names("sort").map(|words| sort(&words)).unwrap_or_default(),
        fields: params.names("fields"),
        limit: params.number("limit", 1..=1000).unwrap_or(50) as usize,
        after: params.text("after"),
        ..ListQuery::default()
    }
}

/// `-created_at` is descending.
pub fn sort(words: &[String]) -> Vec<SortKey> {
    let key = |word: &String| match word.strip_prefix('-') {
        Some(field) => SortKey { field: field.to_owned(), descending: true },
        None => SortKey { field: word.clone(), descending: false },
    };
    words.iter().map(key).collect()
}

pub fn page(engine: &Engine, page: &Page) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], engine.page_json(page)).into_response()
}

/// A path that names no object is no path.
pub fn known(engine: &Engine, object: &str) -> Result<(), Problem> {
    if engine.model().object(object).is_some() { Ok(()) } else { Err(Problem::not_found()) }
}

/// Every name is an object's, or one of the others that the parameter takes.
pub fn all_known(engine: &Engine, parameter: &str, names: &[String], others: &[&str]) -> Result<(), Problem> {
    let model = engine.model();
    let unknown = names.iter().find(|name| model.object(name).is_none() && !others.contains(&name.as_str()));
    unknown.map_or(Ok(()), |name| {
        let message = text!("没有「{}」这种记录。", "There is no object `{}`.", name);
        Err(Problem::invalid(parameter, "unknown", message))
    })
}
