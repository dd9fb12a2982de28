//! Into the recycle bin, and back.

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use zhike_records::ListQuery;
use zhike_types::{Error, Lang};

use super::views::go;

use crate::{
    fault::Answer,
    frame::{sheet, trigger},
    link::Pairs,
    session::{Asked, Flash, Signed},
    value::title_of,
    words::{Say, t},
};

pub async fn delete(signed: Signed, Path((object, id)): Path<(String, String)>) -> Answer {
    let object = signed.object(&object)?;
    let id = super::id(&id)?;
    let engine = &signed.app.engine;
    let record = engine.read(&signed.actor, &object.name, id).await?;
    engine.delete(&signed.actor, &object.name, id, None, None).await?;
    let text = t!(signed.lang(), "已删除 {}", "Deleted {}", title_of(engine, &record, signed.lang()));
    let undo = format!("/{}/restore?ids={id}&to=record", object.name);
    Ok(Flash::new(text).undo(undo).redirect(&format!("/{}", object.name)))
}

/// Brings records back: `ids=a,b`.
pub async fn restore(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let mut last = None;
    let mut done = 0;
    for id in pairs.get("ids").unwrap_or_default().split(',').filter(|text| !text.is_empty()) {
        last = Some(signed.app.engine.restore(&signed.actor, &object.name, super::id(id)?).await?);
        done += 1;
    }
    let lang = signed.lang();
    let text = match &last {
        Some(record) if done == 1 => t!(lang, "已恢复 {}", "Restored {}", title_of(&signed.app.engine, record, lang)),
        _ => t!(lang, "已恢复 {done} 条", "Restored {done}"),
    };
    if signed.asked != Asked::Page {
        return Ok(trigger("zk-toast", &serde_json::json!({"text": text, "tone": "green"})));
    }
    let to = match (pairs.get("to"), last) {
        (Some("record"), Some(record)) => format!("/{}/{}", object.name, record.id),
        (Some("bin"), _) => format!("/bin?object={}", object.name),
        _ => format!("/{}", object.name),
    };
    Ok(Flash::new(text).redirect(&to))
}

#[derive(Template)]
#[template(path = "bin/purge.html")]
struct PurgeSheet {
    lang: Lang,
    object: String,
    id: String,
    name: String,
}

/// Asks first: this is the one thing that cannot be undone.
pub async fn ask_purge(signed: Signed, Path((object, id)): Path<(String, String)>) -> Answer {
    let object = signed.object(&object)?;
    let lang = signed.lang();
    let among = crate::filter::one_of("id", &[&super::id(&id)?.to_string()]).unwrap_or_default();
    let query = ListQuery { object: object.name.clone(), filter: among, bin: true, ..ListQuery::default() };
    let page = signed.app.engine.list(&signed.actor, &query).await?;
    let record = page.records.first().ok_or(Error::NotFound)?;
    let name = title_of(&signed.app.engine, record, lang);
    let page = PurgeSheet { lang, object: object.name.clone(), id, name };
    sheet(&signed, StatusCode::OK, lang.t("彻底删除", "Delete for good"), "/bin", &page)
}

/// For ever.
pub async fn purge(signed: Signed, Path((object, id)): Path<(String, String)>) -> Answer {
    let object = signed.object(&object)?;
    signed.app.engine.purge(&signed.actor, &object.name, super::id(&id)?).await?;
    let text = signed.lang().t("已彻底删除", "Deleted for good");
    Ok(go(&signed, &format!("/bin?object={}", object.name), text.to_owned()))
}
