//! Several items merged at once, summed up: what became of each, and the way back.

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::Response,
};
use zhike_model::Object;
use zhike_records::MergedItem;
use zhike_types::{Lang, Uuid};

use super::{PLACE, act, mergeable, place};
use crate::{
    fault::Answer,
    frame::{Frame, html},
    link::Pairs,
    session::{Flash, Signed},
    ui,
    value::shortened,
    words::{Say, t},
};

#[derive(Template)]
#[template(path = "review/merged.html")]
struct MergedPage {
    frame: Frame,
    lang: Lang,
    place: String,
    here: String,
    lines: Vec<Line>,
    /// How many can be undone still.
    open: usize,
    back: String,
}

struct Line {
    id: String,
    href: String,
    name: String,
    losers: String,
    moved: i64,
    undone: bool,
    may_undo: bool,
}

/// To the page that says what became of each item.
pub fn redirect(signed: &Signed, object: &Object, outcomes: &[MergedItem], back: &str) -> Response {
    let lang = signed.lang();
    let merges: Vec<&zhike_records::Merge> = outcomes.iter().flat_map(|outcome| &outcome.merges).collect();
    let failed: Vec<&MergedItem> = outcomes.iter().filter(|outcome| outcome.error.is_some()).collect();
    let records: usize = merges.iter().map(|merge| merge.losers.len() + 1).sum();
    let said = t!(
        lang,
        "已合并 {} 组，共 {records} 条",
        "{} groups merged, {records} records in all",
        outcomes.len() - failed.len()
    );
    let flash = match failed.first().and_then(|outcome| outcome.error.as_ref()) {
        None => Flash::new(said),
        Some(error) => {
            let why = error.message();
            let words = t!(
                lang,
                "{said}；有 {} 组没有合并：{}",
                "{said}; {} groups were not merged: {}",
                failed.len(),
                why.get(lang)
            );
            Flash { tone: "amber".to_owned(), ..Flash::new(words) }
        }
    };
    if merges.is_empty() {
        return flash.redirect(back);
    }
    let mut pairs = Pairs(vec![("back".to_owned(), back.to_owned())]);
    pairs.0.extend(merges.iter().map(|merge| ("merge".to_owned(), merge.id.to_string())));
    flash.redirect(&pairs.on(&format!("{}/merged", place(object))))
}

pub async fn merged(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let object = mergeable(&signed, &object)?;
    let lang = signed.lang();
    let ids: Vec<Uuid> = pairs.all("merge").map(super::super::id).collect::<Result<_, _>>()?;
    let mut lines = Vec::with_capacity(ids.len());
    for id in ids {
        let merge = signed.app.engine.merge_of(&signed.actor, id).await?;
        let losers: Vec<String> = merge.losers.iter().map(|loser| shortened(&loser.title, 60)).collect();
        lines.push(Line {
            id: merge.id.to_string(),
            href: format!("/{}/{}", object.name, merge.survivor.id),
            name: shortened(&merge.survivor.title, 80),
            losers: losers.join(lang.t("、", ", ")),
            moved: merge.moved,
            undone: merge.undone.is_some(),
            may_undo: merge.may_undo,
        });
    }
    let home = place(&object);
    html(&MergedPage {
        frame: Frame::new(&signed, lang.t("合并结果", "What was merged"), PLACE)
            .crumb(super::title(&object, lang), home.clone()),
        lang,
        place: home,
        here: signed.here.clone(),
        open: lines.iter().filter(|line| line.may_undo && !line.undone).count(),
        lines,
        back: act::back(&object, &pairs),
    })
}
