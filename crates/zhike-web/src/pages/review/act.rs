//! What is done with an item: merged as proposed, told apart, taken back.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    response::Response,
};
use zhike_model::Object;
use zhike_records::{Decision, Merge, REASON_MOST};
use zhike_types::{Error, Lang, Uuid, text};

use super::{Facts, Item, address, mergeable, merged, place, word};
use crate::{
    fault::Answer,
    frame::html,
    link::{Pairs, local},
    session::{Asked, Flash, Signed},
    ui,
    value::shortened,
    words::{Say, t},
};

/// The event by which the tabs count again.
const SETTLED: &str = "zk-settled";

/// What stands where an item stood.
#[derive(Template)]
#[template(path = "review/settled.html")]
struct Settled {
    lang: Lang,
    id: String,
    /// The records that were told apart, apart by commas.
    of: String,
    place: String,
    back: String,
    width: usize,
    words: String,
    /// The record that stayed.
    href: Option<String>,
    /// Merges that can be undone.
    merges: Vec<String>,
    /// What may be added afterwards: why they are two.
    reason: Option<String>,
    /// It was taken back, and can be looked at again.
    restored: bool,
}

/// One item where it stands, or several at once with a page that sums up.
pub async fn merge(signed: Signed, Path(object): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let object = mergeable(&signed, &object)?;
    let lang = signed.lang();
    let back = back(&object, &pairs);
    let items: Vec<String> = pairs.all("item").map(str::to_owned).collect();
    if items.is_empty() {
        let said = Flash::new(lang.t("请先勾选要合并的。", "Tick what is to be merged first."));
        return Ok(Flash { tone: "blue".to_owned(), ..said }.redirect(&back));
    }
    let outcomes = signed.app.engine.merge_items(&signed.actor, &object.name, &items, None).await?;
    let [outcome] = outcomes.as_slice() else {
        return Ok(merged::redirect(&signed, &object, &outcomes, &back));
    };
    if let (Some(error), true) = (&outcome.error, outcome.merges.is_empty()) {
        let message = error.message();
        if signed.asked == Asked::Part {
            return Err(Error::Conflict(message).into());
        }
        let said = Flash::new(message.get(lang));
        return Ok(Flash { tone: "red".to_owned(), ..said }.redirect(&back));
    }
    let words = words(&outcome.merges, lang);
    let undo = undo(&object, &outcome.id, &outcome.merges);
    if signed.asked != Asked::Part {
        return Ok(Flash::new(words).undo(undo).redirect(&back));
    }
    let stays = outcome.merges.last().map(|merge| format!("/{}/{}", object.name, merge.survivor.id));
    let merges = outcome.merges.iter().map(|merge| merge.id.to_string()).collect();
    settled(&signed, &object, &back, Settled { href: stays, merges, ..Settled::new(&outcome.id, words) })
}

/// 已合并为「青岛海尔」，2 条并入
pub fn words(merges: &[Merge], lang: Lang) -> String {
    let into: usize = merges.iter().map(|merge| merge.losers.len()).sum();
    let title = merges.last().map(|merge| shortened(&merge.survivor.title, 60)).unwrap_or_default();
    match title.as_str() {
        "" => t!(lang, "已合并，{into} 条并入", "Merged, {into} went into one"),
        title => t!(lang, "已合并为「{title}」，{into} 条并入", "Merged into “{title}”, {into} went into it"),
    }
}

fn undo(object: &Object, item: &str, merges: &[Merge]) -> String {
    let mut pairs = Pairs(vec![("item".to_owned(), item.to_owned())]);
    pairs.0.extend(merges.iter().map(|merge| ("merge".to_owned(), merge.id.to_string())));
    pairs.on(&format!("{}/restore", place(object)))
}

/// They are not one. Why may be said at once or afterwards.
pub async fn different(signed: Signed, Path(object): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let object = mergeable(&signed, &object)?;
    let lang = signed.lang();
    let item = pairs.get("item").unwrap_or_default();
    let reason = reason(&pairs)?;
    let engine = &signed.app.engine;
    // an item that was settled is no item any more: its pairs are
    let of = match pairs.get("of") {
        Some(of) => {
            decide_all(&signed, &object, of, Decision::Different, reason).await?;
            of.to_owned()
        }
        None => {
            let open = engine.review_item(&signed.actor, &object.name, item).await?;
            engine.decide_item(&signed.actor, &object.name, item, Decision::Different, reason).await?;
            open.records.iter().map(|record| record.id.to_string()).collect::<Vec<_>>().join(",")
        }
    };
    let back = back(&object, &pairs);
    let words = match reason {
        None => lang.t("已记为不是同一个，以后不再提示", "Told apart; you will not be asked again").to_owned(),
        Some(reason) => t!(lang, "已记为不是同一个：{}", "Told apart: {}", shortened(reason, 80)),
    };
    if signed.asked != Asked::Part {
        return Ok(Flash::new(words).undo(format!("{}&of={of}", undo(&object, item, &[]))).redirect(&back));
    }
    let given = reason.unwrap_or_default().to_owned();
    settled(&signed, &object, &back, Settled { reason: Some(given), of, ..Settled::new(item, words) })
}

/// Decides about every pair of these records, named by their ids apart by commas.
async fn decide_all(
    signed: &Signed,
    object: &Object,
    of: &str,
    decision: Decision,
    reason: Option<&str>,
) -> Result<(), crate::fault::Fault> {
    let ids: Vec<Uuid> = of.split(',').map(super::super::id).collect::<Result<_, _>>()?;
    for (place, left) in ids.iter().enumerate() {
        for right in &ids[place + 1..] {
            signed.app.engine.decide(&signed.actor, &object.name, *left, *right, decision, reason).await?;
        }
    }
    Ok(())
}

/// The reason that was given, if any.
pub fn reason(pairs: &Pairs) -> Result<Option<&str>, Error> {
    let reason = pairs.get("reason").map(str::trim).filter(|reason| !reason.is_empty());
    if reason.is_some_and(|reason| reason.chars().count() > REASON_MOST) {
        let message = text!("原因最多 {REASON_MOST} 字。", "A reason has {REASON_MOST} characters at most.");
        return Err(Error::invalid("reason", "too_long", message));
    }
    Ok(reason)
}

/// Takes back what was done with an item: its merges undone, or the decision withdrawn.
pub async fn restore(
    signed: Signed,
    Path(object): Path<String>,
    Query(mut pairs): Query<Pairs>,
    Form(form): Form<Pairs>,
) -> Answer {
    let object = mergeable(&signed, &object)?;
    pairs.0.extend(form.0);
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let item = pairs.get("item").unwrap_or_default();
    let merges: Vec<Uuid> = pairs.all("merge").map(super::super::id).collect::<Result<_, _>>()?;
    if let (true, Some(of)) = (merges.is_empty(), pairs.get("of")) {
        decide_all(&signed, &object, of, Decision::Open, None).await?;
    } else if merges.is_empty() {
        engine.decide_item(&signed.actor, &object.name, item, Decision::Open, None).await?;
    }
    // the last was made upon the others
    for merge in merges.iter().rev() {
        engine.unmerge(&signed.actor, *merge).await?;
    }
    let back = back(&object, &pairs);
    let words = lang.t("已撤销", "Undone");
    if signed.asked != Asked::Part {
        return Ok(Flash::new(words).redirect(&back));
    }
    let facts = Facts::of(&object, lang);
    match engine.review_item(&signed.actor, &object.name, item).await {
        Ok(item) => answer(&Item::of(&signed, &facts, &item, &back)),
        // it is there again, under another name
        Err(Error::Conflict(_) | Error::NotFound) => {
            let words = lang.t("已撤销，刷新后可以继续核对", "Undone; reload the page to look at it again").to_owned();
            settled(&signed, &object, &back, Settled { restored: true, ..Settled::new(item, words) })
        }
        Err(error) => Err(error.into()),
    }
}

impl Settled {
    fn new(id: &str, words: String) -> Self {
        Self {
            lang: Lang::Zh,
            id: id.to_owned(),
            of: String::new(),
            place: String::new(),
            back: String::new(),
            width: 0,
            words,
            href: None,
            merges: Vec::new(),
            reason: None,
            restored: false,
        }
    }
}

fn settled(signed: &Signed, object: &Object, back: &str, settled: Settled) -> Answer {
    let lang = signed.lang();
    let width = Facts::of(object, lang).heads().len() + 1;
    answer(&Settled { lang, place: place(object), back: back.to_owned(), width, ..settled })
}

/// A part, and the news that the numbers are others now.
fn answer(part: &impl Template) -> Answer {
    let mut response: Response = html(part)?;
    response.headers_mut().insert("hx-trigger", axum::http::HeaderValue::from_static(SETTLED));
    Ok(response)
}

/// Where one comes from.
pub fn back(object: &Object, pairs: &Pairs) -> String {
    match pairs.get("back") {
        Some(address) => local(address).to_owned(),
        None => address(object, word(zhike_records::Band::Same)),
    }
}
