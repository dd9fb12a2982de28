//! Claiming out of a pool, and giving out what lies in it.

use axum::{Form, extract::Path, http::StatusCode};
use zhike_records::Selection;
use zhike_types::{Error, Uuid};

use super::{PLACE, give, id_of, looking::Looking};
use crate::{
    fault::Answer,
    link::Pairs,
    session::{Flash, Signed},
    value::title_of,
    words::t,
};

/// So many are claimed at once.
const MOST: usize = 100;

/// Claims a record out of the pool's list; then it is one's own, with all that belongs to it.
pub async fn claim_lying(signed: Signed, Path((pool, id)): Path<(String, String)>) -> Answer {
    let looking = Looking::into_pool(&signed, crate::pages::id(&pool)?).await?;
    take(&signed, &looking.object.name, crate::pages::id(&id)?, &looking.place).await
}

/// The same from the record's own page.
pub async fn claim(signed: Signed, Path((object, id)): Path<(String, String)>) -> Answer {
    let object = signed.object(&object)?;
    let id = crate::pages::id(&id)?;
    take(&signed, &object.name, id, &format!("/{}/{id}", object.name)).await
}

async fn take(signed: &Signed, object: &str, id: Uuid, back: &str) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    match engine.claim(&signed.actor, object, id).await {
        Ok(record) => {
            let name = title_of(engine, &record, lang);
            let said = t!(lang, "{name} 归您了，历史和联系人都在", "{name} is yours, with its history and people");
            Ok(Flash::new(said).redirect(&format!("/{object}/{id}")))
        }
        Err(error @ (Error::Conflict(_) | Error::TooMany(_) | Error::Forbidden(_))) => {
            let text = error.message().get(lang).to_owned();
            Ok(Flash { tone: "amber".to_owned(), ..Flash::new(text) }.redirect(back))
        }
        Err(error) => Err(error.into()),
    }
}

/// Claims what is ticked, one after the other, as far as the limits go.
pub async fn claim_many(signed: Signed, path: Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let lang = signed.lang();
    let looking = Looking::into_pool(&signed, id_of(path)?).await?;
    let engine = &signed.app.engine;
    let (mut done, mut refused) = (0, None);
    let mut failed = 0;
    for id in pairs.all("id").take(MOST) {
        match engine.claim(&signed.actor, &looking.object.name, crate::pages::id(id)?).await {
            Ok(_) => done += 1,
            Err(error @ (Error::Conflict(_) | Error::TooMany(_) | Error::Forbidden(_) | Error::NotFound)) => {
                failed += 1;
                refused = Some(error.message());
            }
            Err(error) => return Err(error.into()),
        }
    }
    let back = looking.back(&pairs);
    let said = match &refused {
        None => t!(lang, "领取了 {done} 条", "Claimed {done}"),
        Some(why) => {
            let why = why.get(lang);
            t!(lang, "领取了 {done} 条，{failed} 条没有成功：{why}", "Claimed {done}; {failed} failed: {why}")
        }
    };
    let tone = if refused.is_some() { "amber" } else { "green" };
    Ok(Flash { tone: tone.to_owned(), ..Flash::new(said) }.redirect(&back))
}

/// Whom to give what is ticked in the pool's list.
pub async fn assign_lying_form(signed: Signed, path: Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let looking = Looking::into_pool(&signed, id_of(path)?).await?;
    if !looking.view.manager {
        return Err(Error::NotFound.into());
    }
    let count = match looking.selection(&pairs).await? {
        Selection::Ids(ids) => ids.len() as i64,
        Selection::Filter(filter) => {
            signed.app.engine.count(&looking.inner.actor, &looking.object.name, &filter, false).await?
        }
    };
    let action = format!("{}/assign", looking.place);
    give::assign_sheet(&signed, StatusCode::OK, &action, PLACE, count, &pairs, None)
}

pub async fn assign_lying(signed: Signed, path: Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let pool = id_of(path)?;
    let looking = Looking::into_pool(&signed, pool).await?;
    let selection = looking.selection(&pairs).await?;
    let people = give::people(&pairs)?;
    let reason = pairs.get("reason").unwrap_or_default();
    let outcome = signed.app.engine.assign_from_pool(&signed.actor, pool, &selection, &people, reason).await;
    match outcome {
        Ok(outcome) => Ok(give::assigned(&signed, &looking.back(&pairs), &outcome)),
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let action = format!("{}/assign", looking.place);
            give::assign_sheet(&signed, StatusCode::UNPROCESSABLE_ENTITY, &action, PLACE, 0, &pairs, Some(&error))
        }
        Err(error) => Err(error.into()),
    }
}
