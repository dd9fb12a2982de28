//! What changed in the forecast since some days ago, and by which deals.

use askama::Template;
use axum::extract::Query;
use zhike_records::{ChangeKind, ForecastChanges, Unit};
use zhike_types::Lang;

use crate::{
    fault::Answer,
    frame::{Frame, html},
    link::Pairs,
    plot,
    session::{Asked, Signed},
    ui,
    words::{Say, t},
};

/// The part's own address.
pub const PLACE: &str = "/forecast/changes";
const DAY: i64 = 86_400_000;
/// Changed deals that a page names; programs are told of a hundred.
const NAMED: usize = 20;
/// Since how many days ago changes are told.
const SINCE: [i64; 4] = [1, 7, 30, 90];

#[derive(Template)]
#[template(path = "forecast/changes_page.html")]
struct ChangesPage {
    frame: Frame,
    part: ChangesPart,
}

/// What changed: a part of the forecast's page, fetched after it.
#[derive(Template)]
#[template(path = "forecast/changes.html")]
struct ChangesPart {
    lang: Lang,
    since: Vec<(String, String, bool)>,
    steps: Vec<Step>,
    deals: Vec<Changed>,
}

impl askama::filters::HtmlSafe for ChangesPart {}

struct Step {
    label: String,
    count: String,
    value: String,
    tone: &'static str,
    strong: bool,
}

struct Changed {
    href: String,
    name: String,
    note: String,
    what: &'static str,
    by: String,
    tone: &'static str,
}

pub async fn changes(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let days = pairs.get("since").and_then(|text| text.parse().ok()).filter(|days| SINCE.contains(days)).unwrap_or(7);
    let zone = engine.zone();
    let since = zone.start_of_day(zone.day_of(engine.now() - days * DAY));
    let query = super::query(&signed, &pairs);
    let changes = engine.forecast_changes(&signed.actor, &query, since).await?;
    let part = ChangesPart {
        lang,
        since: SINCE
            .into_iter()
            .map(|one| {
                let label = if one == 1 {
                    lang.t("昨天起", "a day").to_owned()
                } else {
                    t!(lang, "{one} 天", "{one} days")
                };
                (label, pairs.clone().with("since", one.to_string()).on(PLACE), one == days)
            })
            .collect(),
        steps: steps(&changes, lang),
        deals: deals(&changes, lang),
    };
    if signed.asked != Asked::Page {
        return html(&part);
    }
    let frame = Frame::new(&signed, lang.t("预测的变化", "Changes of the forecast"), super::PLACE)
        .crumb(lang.t("预测", "Forecast"), pairs.without("since").on(super::PLACE));
    html(&ChangesPage { frame, part })
}

fn word(kind: ChangeKind, lang: Lang) -> (&'static str, &'static str) {
    match kind {
        ChangeKind::Added => (lang.t("新增", "Added"), "green"),
        ChangeKind::MovedIn => (lang.t("移入这段时间", "Moved in"), "green"),
        ChangeKind::Raised => (lang.t("金额调高", "Raised"), "green"),
        ChangeKind::Lowered => (lang.t("金额调低", "Lowered"), "red"),
        ChangeKind::MovedOut => (lang.t("移出这段时间", "Moved out"), "amber"),
        ChangeKind::Won => (lang.t("赢单", "Won"), "blue"),
        ChangeKind::Lost => (lang.t("输单", "Lost"), "red"),
        ChangeKind::Removed => (lang.t("删除", "Deleted"), "gray"),
    }
}

fn signed_money(unit: Unit, value: i64) -> String {
    let sign = if value > 0 { "+" } else { "" };
    format!("{sign}{}", plot::rounded(unit, value))
}

fn steps(changes: &ForecastChanges, lang: Lang) -> Vec<Step> {
    let unit = Unit::Money(changes.currency);
    let end = |label: &str, value: i64| Step {
        label: label.to_owned(),
        count: String::new(),
        value: plot::rounded(unit, value),
        tone: "gray",
        strong: true,
    };
    let mut steps = vec![end(lang.t("当时进行中", "Open then"), changes.start)];
    steps.extend(changes.kinds.iter().map(|(kind, (count, by))| {
        let (label, tone) = word(*kind, lang);
        Step { label: label.to_owned(), count: ui::count(*count), value: signed_money(unit, *by), tone, strong: false }
    }));
    steps.push(end(lang.t("现在进行中", "Open now"), changes.now));
    steps
}

fn deals(changes: &ForecastChanges, lang: Lang) -> Vec<Changed> {
    let unit = Unit::Money(changes.currency);
    changes
        .deals
        .iter()
        .take(NAMED)
        .map(|deal| {
            let (what, tone) = word(deal.kind, lang);
            let close = deal.close.and_then(zhike_types::date_of).map(|date| date.to_string());
            let facts: Vec<String> = deal.owner.iter().cloned().chain(close).collect();
            Changed {
                href: format!("/opportunity/{}", deal.id),
                name: deal.name.clone(),
                note: facts.join(" · "),
                what,
                by: signed_money(unit, deal.by),
                tone,
            }
        })
        .collect()
}
