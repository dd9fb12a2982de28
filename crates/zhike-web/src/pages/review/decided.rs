//! What was settled: pairs that somebody decided about, and merges. Both can be taken back.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
};
use zhike_records::{DecidedPair, Decision, Merge};
use zhike_types::Lang;

use super::{DECIDED, PLACE, Tab, Tabs, act, address, mergeable, object_tabs, place, tabs, title};
use crate::{
    fault::Answer,
    frame::{Frame, html},
    link::Pairs,
    session::{Flash, Signed},
    ui::{self, Markup},
    value::{iso, shortened, stamp, title_of, who},
    words::Say,
};

/// Lines a page.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "review/decided.html")]
struct DecidedPage {
    frame: Frame,
    lang: Lang,
    object: String,
    place: String,
    band: &'static str,
    objects: Vec<Tab>,
    tabs: Tabs,
    /// Decisions or merges.
    kinds: Vec<Tab>,
    here: String,
    lines: Vec<Line>,
    more: Option<String>,
    merges: bool,
}

struct Line {
    /// Two records, or what went into one and that one.
    left: Side,
    right: Side,
    badge: Markup,
    who: String,
    iso: String,
    stamp: String,
    reason: String,
    undone: bool,
    /// Sent to take it back; none where it cannot be.
    back: Vec<(&'static str, String)>,
    why: Option<String>,
}

struct Side {
    name: String,
    href: Option<String>,
}

pub async fn decided(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let object = mergeable(&signed, &object)?;
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let merges = pairs.get("kind") == Some("merges");
    let before = pairs.get("before").and_then(|text| text.parse().ok());
    let (lines, next): (Vec<Line>, Option<i64>) = if merges {
        let page = engine.merges(&signed.actor, &object.name, None, before, SHOWN).await?;
        (page.merges.iter().map(|merge| merge_line(&signed, merge)).collect(), page.next)
    } else {
        let page = engine.decisions(&signed.actor, &object.name, before, SHOWN).await?;
        (page.pairs.iter().map(|pair| pair_line(&signed, pair)).collect(), page.next)
    };
    let home = address(&object, DECIDED);
    let of_merges = Pairs::default().with("kind", "merges");
    let kind = |label: &str, href: String, current| Tab { label: label.to_owned(), href, current, count: None };
    html(&DecidedPage {
        frame: Frame::new(&signed, title(&object, lang), PLACE),
        lang,
        object: object.name.clone(),
        place: place(&object),
        band: DECIDED,
        objects: object_tabs(&signed, &object),
        tabs: tabs(&object, lang, DECIDED, None),
        kinds: vec![
            kind(lang.t("核对结论", "Decisions"), home.clone(), !merges),
            kind(lang.t("合并记录", "Merges"), of_merges.on(&home), merges),
        ],
        here: signed.here.clone(),
        lines,
        more: next.map(|before| {
            let kind = if merges { of_merges.clone() } else { Pairs::default() };
            kind.with("before", before.to_string()).on(&home)
        }),
        merges,
    })
}

fn pair_line(signed: &Signed, pair: &DecidedPair) -> Line {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let side = |record: &zhike_records::Record| Side {
        name: shortened(&title_of(engine, record, lang), 90),
        href: Some(format!("/{}/{}", record.object.name, record.id)),
    };
    let badge = match pair.decision {
        Decision::Different => ui::badge(lang.t("不是同一个", "two"), "gray"),
        Decision::Same => ui::badge(lang.t("是同一个，待合并", "one, to be merged"), "green"),
        Decision::Open => Markup::default(),
    };
    let (left, right) = (pair.left.id.to_string(), pair.right.id.to_string());
    let back = Pairs::default().with("back", signed.here.as_str());
    Line {
        left: side(&pair.left),
        right: side(&pair.right),
        badge,
        who: who(pair.by.as_ref(), lang),
        iso: iso(engine.zone(), pair.at),
        stamp: stamp(engine.zone(), pair.at),
        reason: pair.reason.clone().unwrap_or_default(),
        undone: false,
        why: Some(back.on(&format!("{PLACE}/{}/pair/{left}/{right}", pair.left.object.name))),
        back: vec![("left", left), ("right", right)],
    }
}

fn merge_line(signed: &Signed, merge: &Merge) -> Line {
    let lang = signed.lang();
    let zone = signed.app.engine.zone();
    let losers: Vec<String> = merge.losers.iter().map(|loser| shortened(&loser.title, 60)).collect();
    let undone = merge.undone.is_some();
    Line {
        left: Side { name: losers.join(lang.t("、", ", ")), href: None },
        right: Side {
            name: shortened(&merge.survivor.title, 90),
            href: Some(format!("/{}/{}", merge.object, merge.survivor.id)),
        },
        badge: if undone { ui::badge(lang.t("已撤销", "undone"), "gray") } else { Markup::default() },
        who: who(merge.actor_id.is_some().then_some(&merge.actor), lang),
        iso: iso(zone, merge.at),
        stamp: stamp(zone, merge.at),
        reason: merge.reason.clone().unwrap_or_default(),
        undone,
        why: None,
        back: if merge.may_undo && !undone { vec![("merge", merge.id.to_string())] } else { Vec::new() },
    }
}

/// A decision about one pair taken back, or given another reason.
pub async fn reopen(signed: Signed, Path(object): Path<String>, Form(pairs): Form<Pairs>) -> Answer {
    let object = mergeable(&signed, &object)?;
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let id = |name: &str| super::super::id(pairs.get(name).unwrap_or_default());
    let (left, right) = (id("left")?, id("right")?);
    let (decision, said) = match pairs.get("decision") {
        Some("different") => {
            (Decision::Different, lang.t("已记为不是同一个，以后不再提示", "Told apart; you will not be asked again"))
        }
        Some("same") => (Decision::Same, lang.t("已记为同一个，可以合并了", "They are one; they can be merged now")),
        _ => {
            let said = lang.t("已收回，下次查重会再比对这一对", "Taken back; the next scan compares the pair again");
            (Decision::Open, said)
        }
    };
    engine.decide(&signed.actor, &object.name, left, right, decision, act::reason(&pairs)?).await?;
    Ok(Flash::new(said).redirect(&act::back(&object, &pairs)))
}
