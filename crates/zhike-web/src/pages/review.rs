//! 重复客户: what the last scan found, to be merged or told apart, one after the other by keyboard. Each item is a form of its own;
//! with scripts the answer takes its place and the next one is at hand.

mod act;
mod compare;
mod decided;
mod facts;
mod item;
mod merged;
mod pair;
mod scan;

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query},
    response::{IntoResponse as _, Redirect},
};
use zhike_model::Object;
use zhike_records::{Band, Counted, OpenCounts};
use zhike_types::{Error, Lang, Text};

pub use act::{different, merge, restore};
pub use decided::{decided, reopen};
pub use merged::merged;
pub use pair::pair;
pub use scan::{progress, start};

use crate::{
    fault::{Answer, Fault},
    frame::{Frame, html},
    link::Pairs,
    session::Signed,
    ui,
    words::{Say, t},
};
use facts::Facts;
use item::Item;
use scan::ScanBox;

/// The address that the rail leads to.
pub const PLACE: &str = "/review";

/// Items a page.
const SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "review/page.html")]
struct ReviewPage {
    frame: Frame,
    lang: Lang,
    object: String,
    label: String,
    /// The objects to choose from; one needs no choice.
    objects: Vec<Tab>,
    tabs: Tabs,
    scan: ScanBox,
    band: &'static str,
    facts: Facts,
    items: Vec<Item>,
    more: Option<String>,
    /// There is no page before this one: what is empty here is empty altogether.
    first: bool,
}

/// A link in a row of links.
struct Tab {
    label: String,
    href: String,
    current: bool,
    count: Option<String>,
}

/// What is open and what was decided; with how many of each when they come by themselves.
#[derive(Template)]
#[template(path = "review/tabs.html")]
struct Tabs(Vec<Tab>);

impl askama::filters::HtmlSafe for Tabs {}

/// The objects whose records the actor may merge.
pub fn objects(signed: &Signed) -> Vec<Arc<Object>> {
    let engine = &signed.app.engine;
    let model = engine.model();
    model.objects().iter().filter(|object| engine.may(&signed.actor, &object.name).merge).cloned().collect()
}

/// An object that the actor may merge records of.
fn mergeable(signed: &Signed, name: &str) -> Result<Arc<Object>, Fault> {
    let object = signed.object(name)?;
    if signed.app.engine.may(&signed.actor, name).merge {
        return Ok(object);
    }
    let text = Text::new(
        "您没有合并的权限，不能处理重复数据。需要的话，请管理员在您的角色里开通“合并”。",
        "You may not merge, so duplicates are not yours to settle. If you need it, ask your administrator to allow merging in your role.",
    );
    Err(Error::Forbidden(text).into())
}

/// To the first object; its page leads to the others.
pub async fn first(signed: Signed) -> Answer {
    match objects(&signed).first() {
        Some(object) => Ok(Redirect::to(&format!("{PLACE}/{}", object.name)).into_response()),
        None => Err(mergeable(&signed, "account").err().unwrap_or_else(|| Error::NotFound.into())),
    }
}

pub async fn show(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let object = mergeable(&signed, &object)?;
    let lang = signed.lang();
    let band = if pairs.get("band") == Some(word(Band::Review)) { Band::Review } else { Band::Same };
    let after = pairs.get("after");
    let queue = signed.app.engine.review_queue(&signed.actor, &object.name, Some(band), after, SHOWN).await?;
    let facts = Facts::of(&object, lang);
    let back = address(&object, word(band));
    let page = ReviewPage {
        frame: Frame::new(&signed, title(&object, lang), PLACE),
        lang,
        object: object.name.clone(),
        label: object.plural.get(lang).to_owned(),
        objects: object_tabs(&signed, &object),
        tabs: tabs(&object, lang, word(band), None),
        scan: ScanBox::latest(&signed, &object).await?,
        band: word(band),
        items: queue.items.iter().map(|item| Item::of(&signed, &facts, item, &back)).collect(),
        facts,
        more: queue
            .next
            .map(|after| Pairs::default().with("band", word(band)).with("after", after).on(&place(&object))),
        first: after.is_none(),
    };
    html(&page)
}

/// The tabs once more, with their numbers: counting never holds the page back.
pub async fn counts(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let object = mergeable(&signed, &object)?;
    let counts = signed.app.engine.review_counts(&signed.actor, &object.name).await?;
    html(&tabs(&object, signed.lang(), pairs.get("band").unwrap_or_default(), Some(&counts)))
}

/// What the tab of settled pairs is called in addresses.
const DECIDED: &str = "decided";

fn word(band: Band) -> &'static str {
    if band == Band::Same { "same" } else { "review" }
}

fn place(object: &Object) -> String {
    format!("{PLACE}/{}", object.name)
}

fn address(object: &Object, band: &str) -> String {
    if band == DECIDED { format!("{}/decided", place(object)) } else { format!("{}?band={band}", place(object)) }
}

fn title(object: &Object, lang: Lang) -> String {
    t!(lang, "重复{}", "Duplicate {}", super::merge::many(object, lang))
}

fn object_tabs(signed: &Signed, here: &Object) -> Vec<Tab> {
    let tab = |object: &Arc<Object>| Tab {
        label: object.plural.get(signed.lang()).to_owned(),
        href: place(object),
        current: object.name == here.name,
        count: None,
    };
    let all = objects(signed);
    if all.len() > 1 { all.iter().map(tab).collect() } else { Vec::new() }
}

fn tabs(object: &Object, lang: Lang, current: &str, counts: Option<&OpenCounts>) -> Tabs {
    let tab = |label: &str, band: &str, count: fn(&OpenCounts) -> Counted| Tab {
        label: label.to_owned(),
        href: address(object, band),
        current: current == band,
        count: counts.map(count).map(counted),
    };
    Tabs(vec![
        tab(lang.t("确定相同", "The same"), word(Band::Same), |counts| counts.same),
        tab(lang.t("待核对", "To review"), word(Band::Review), |counts| counts.review),
        tab(lang.t("已处理", "Settled"), DECIDED, |counts| counts.decided),
    ])
}

/// `12`, or `1,000+` where counting stopped.
fn counted(counted: Counted) -> String {
    let number = ui::count(i64::try_from(counted.number).unwrap_or(i64::MAX));
    if counted.more { format!("{number}+") } else { number }
}
