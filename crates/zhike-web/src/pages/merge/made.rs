//! The merges of a record: who, when, what went where, and taking one back.

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
    response::Response,
};
use zhike_model::Object;
use zhike_records::{Merge, Record};
use zhike_types::{Error, Lang, Uuid};

use crate::{
    fault::{self, Answer, Fault},
    frame::sheet,
    link::Pairs,
    pages::views::go,
    session::{Asked, Flash, Signed},
    ui,
    value::{iso, shortened, stamp, title_of, who},
    words::{Say, t},
};

/// Merges a page.
const SHOWN: usize = 20;

/// What stands on the page of a record that others went into.
pub struct Made {
    /// How many records make up this one.
    pub records: usize,
    /// The merge to be undone, where it is the only one.
    pub undo: Option<String>,
}

#[derive(Template)]
#[template(path = "merge/made.html")]
struct MadeSheet {
    lang: Lang,
    object: String,
    id: String,
    name: String,
    lines: Vec<Line>,
    more: Option<String>,
    problem: Option<String>,
}

struct Line {
    id: String,
    what: String,
    moved: String,
    who: String,
    iso: String,
    stamp: String,
    reason: String,
    undone: Option<String>,
    may_undo: bool,
}

/// What was merged into a record, for who may undo it.
pub async fn made_of(signed: &Signed, record: &Record) -> Result<Option<Made>, Fault> {
    let engine = &signed.app.engine;
    let object = &record.object.name;
    if !engine.may(&signed.actor, object).merge || record.deleted_at().is_some() {
        return Ok(None);
    }
    let page = engine.merges(&signed.actor, object, Some(record.id), None, SHOWN).await?;
    let stand: Vec<&Merge> = page.merges.iter().filter(|merge| merge.undone.is_none()).collect();
    let losers: usize = stand.iter().map(|merge| merge.losers.len()).sum();
    let only = match stand.as_slice() {
        [only] if only.may_undo && only.survivor.id == record.id => Some(only.id),
        _ => None,
    };
    Ok((losers > 0).then(|| Made { records: losers + 1, undo: only.map(|id| format!("/{object}/merges/{id}/undo")) }))
}

pub async fn list(signed: Signed, Path((object, id)): Path<(String, String)>, Query(pairs): Query<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let before = pairs.get("before").and_then(|text| text.parse().ok());
    answer(&signed, StatusCode::OK, &object, crate::pages::id(&id)?, before, None).await
}

async fn answer(
    signed: &Signed,
    status: StatusCode,
    object: &Object,
    id: Uuid,
    before: Option<i64>,
    problem: Option<String>,
) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let record = engine.read(&signed.actor, &object.name, id).await?;
    let page = engine.merges(&signed.actor, &object.name, Some(id), before, SHOWN).await?;
    let made = MadeSheet {
        lang,
        object: object.name.clone(),
        id: id.to_string(),
        name: title_of(engine, &record, lang),
        lines: page.merges.iter().map(|merge| line(signed, merge)).collect(),
        more: page.next.map(|seq| format!("/{}/{id}/merges?before={seq}", object.name)),
        problem,
    };
    sheet(signed, status, lang.t("合并记录", "Merges"), &format!("/{}", object.name), &made)
}

fn line(signed: &Signed, merge: &Merge) -> Line {
    let lang = signed.lang();
    let zone = signed.app.engine.zone();
    let quoted = |title: &String| match title.as_str() {
        "" => lang.t("（未命名）", "(no name)").to_owned(),
        title => t!(lang, "「{}」", "“{}”", shortened(title, 60)),
    };
    let losers: Vec<String> = merge.losers.iter().map(|loser| quoted(&loser.title)).collect();
    let into = quoted(&merge.survivor.title);
    let undone = merge.undone.as_ref().map(|undone| {
        let by = who(undone.actor_id.is_some().then_some(&undone.actor), lang);
        t!(lang, "{by}已于 {} 撤销", "undone by {by} on {}", stamp(zone, undone.at))
    });
    Line {
        id: merge.id.to_string(),
        what: match losers.as_slice() {
            // those were deleted for good since
            [] => t!(lang, "合并到{into}", "merged into {into}"),
            losers => t!(lang, "{}合并到{into}", "{} merged into {into}", losers.join(lang.t("、", ", "))),
        },
        moved: match merge.moved {
            0 => String::new(),
            moved => t!(lang, "移来 {} 条关联记录", "{} related records moved", ui::count(moved)),
        },
        who: who(merge.actor_id.is_some().then_some(&merge.actor), lang),
        iso: iso(zone, merge.at),
        stamp: stamp(zone, merge.at),
        reason: merge.reason.clone().unwrap_or_default(),
        undone,
        may_undo: merge.may_undo,
    }
}

pub async fn undo(signed: Signed, Path((object, id)): Path<(String, String)>, Query(pairs): Query<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let id = crate::pages::id(&id)?;
    let lang = signed.lang();
    match signed.app.engine.unmerge(&signed.actor, id).await {
        Ok(merge) => {
            let to = format!("/{}/{}", object.name, merge.survivor.id);
            let said = t!(lang, "已撤销合并，{} 条记录恢复原样", "Undone: {} records are back", merge.losers.len());
            Ok(go(&signed, &to, said))
        }
        Err(error @ (Error::Conflict(_) | Error::Invalid(_))) if signed.asked != Asked::Part => {
            refused(&signed, &object, id, &pairs, &error).await
        }
        Err(error) => Err(error.into()),
    }
}

/// It cannot be undone now: back to where one asked, with the engine's words.
async fn refused(signed: &Signed, object: &Object, merge: Uuid, pairs: &Pairs, error: &Error) -> Answer {
    let lang = signed.lang();
    let words = error.message().get(lang).to_owned();
    if signed.sheet()
        && let Some(record) = pairs.get("of")
    {
        let record = crate::pages::id(record)?;
        return answer(signed, fault::status(error), object, record, None, Some(words)).await;
    }
    let merge = signed.app.engine.merge_of(&signed.actor, merge).await?;
    let flash = Flash { tone: "red".to_owned(), ..Flash::new(words) };
    let to = format!("/{}/{}", object.name, pairs.get("of").unwrap_or(&merge.survivor.id.to_string()));
    Ok::<Response, Fault>(flash.redirect(&to))
}
