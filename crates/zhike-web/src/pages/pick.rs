//! What pickers ask for: records by a few letters, regions by their parent.

use axum::{
    Json,
    extract::{Path, Query},
    response::IntoResponse,
};
use serde_json::json;
use zhike_records::{ListQuery, Record};
use zhike_types::Error;

use crate::{
    fault::{Answer, Fault},
    link::Pairs,
    session::Signed,
    value::{subtitle_of, title_of},
};

const MOST: usize = 20;

/// `{"items": [{"id", "label", "hint"}]}`; without a query the ones lately seen or made. `any?objects=a,b` picks among several
/// objects, by `object:id`; `by=name` answers titles as ids (tags).
pub async fn records(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let any = object == "any";
    let objects: Vec<String> = if any {
        pairs.get("objects").map(|list| list.split(',').map(str::to_owned).collect()).unwrap_or_default()
    } else {
        vec![signed.object(&object)?.name.clone()]
    };
    let found = find(&signed, &objects, pairs.get("q").unwrap_or_default()).await?;
    let engine = &signed.app.engine;
    let items: Vec<_> = found
        .iter()
        .map(|record| {
            let label = title_of(engine, record, signed.lang());
            let id = match (any, pairs.get("by")) {
                (true, _) => format!("{}:{}", record.object.name, record.id),
                (_, Some("name")) => label.clone(),
                _ => record.id.to_string(),
            };
            json!({"id": id, "label": label, "hint": subtitle_of(engine, record, signed.lang())})
        })
        .collect();
    Ok(Json(json!({ "items": items })).into_response())
}

async fn find(signed: &Signed, objects: &[String], text: &str) -> Result<Vec<Record>, Fault> {
    let engine = &signed.app.engine;
    if !text.trim().is_empty() {
        let groups = engine.search(&signed.actor, text, objects, MOST).await?;
        return Ok(groups.into_iter().flat_map(|group| group.hits).map(|hit| hit.record).take(MOST).collect());
    }
    let recent = engine.recent(&signed.actor, 50).await?;
    let mut found: Vec<Record> = recent
        .into_iter()
        .filter(|record| objects.is_empty() || objects.contains(&record.object.name))
        .take(8)
        .collect();
    if let ([only], true) = (objects, found.len() < 8) {
        let model = engine.model();
        let object = model.object(only).ok_or(Error::NotFound)?;
        let query = ListQuery {
            object: only.clone(),
            sort: object.default_view().sort.clone(),
            limit: MOST,
            lenient: true,
            ..ListQuery::default()
        };
        let listed = engine.list(&signed.actor, &query).await?.records;
        for record in listed {
            if found.len() < MOST && !found.iter().any(|known| known.id == record.id) {
                found.push(record);
            }
        }
    }
    Ok(found)
}

/// `[{"code", "name", "leaf"}]`: provinces, or what lies in one.
pub async fn regions(_: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let children = match pairs.get("parent") {
        Some(parent) => zhike_text::region::children(parent),
        None => zhike_text::region::provinces(),
    };
    let items: Vec<_> = children
        .iter()
        .map(|region| json!({"code": region.code, "name": region.name, "leaf": zhike_text::region::children(region.code).is_empty()}))
        .collect();
    Ok(Json(items).into_response())
}
