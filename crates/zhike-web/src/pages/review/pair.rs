//! 为什么认为是同一家: a pair weighed, in words first, then line by line as analysts draw it.

use askama::Template;
use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use zhike_records::{Band, Decision, Waterfall, WaterfallLine};
use zhike_types::{Lang, Uuid};

use super::{Tab, act, item::percent, mergeable, place};
use crate::{
    fault::Answer,
    frame::sheet,
    link::Pairs,
    session::Signed,
    ui,
    value::{shortened, title_of},
    words::{Say, t},
};

/// The plot is so many units wide.
const WIDE: f32 = 200.0;
/// Room left and right of the longest bar.
const MARGIN: f32 = 4.0;
/// Bits from which evidence is strong, and from which it says anything.
const STRONG: f32 = 6.0;
const SAYS: f32 = 0.5;
/// The probability from which there is hardly a doubt.
const CERTAIN: f64 = 0.99;

#[derive(Template)]
#[template(path = "review/pair.html")]
struct PairSheet {
    lang: Lang,
    title: String,
    place: String,
    left: Side,
    right: Side,
    verdict: String,
    tone: &'static str,
    percent: String,
    /// What speaks for one and for two, in words.
    pro: Vec<String>,
    contra: Vec<String>,
    held: Option<String>,
    bars: Vec<Bar>,
    /// Where even odds are.
    zero: f32,
    pairs: Vec<Tab>,
    decided: Option<&'static str>,
    by_field: String,
    back: String,
}

struct Side {
    id: String,
    name: String,
    href: String,
}

/// A line of the waterfall; a bar goes from the sum before it to the sum after it.
struct Bar {
    label: String,
    left: String,
    right: String,
    level: String,
    bits: String,
    kind: &'static str,
    x: f32,
    width: f32,
    sum: bool,
}

pub async fn pair(
    signed: Signed,
    Path((object, left, right)): Path<(String, String, String)>,
    Query(pairs): Query<Pairs>,
) -> Answer {
    let object = mergeable(&signed, &object)?;
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let (left, right) = (super::super::id(&left)?, super::super::id(&right)?);
    let explained = engine.explain_pair(&signed.actor, &object.name, left, right).await?;
    let side = |record: &zhike_records::Record| Side {
        id: record.id.to_string(),
        name: shortened(&title_of(engine, record, lang), 90),
        href: format!("/{}/{}", object.name, record.id),
    };
    let (bars, zero) = bars(&explained, lang);
    let back = act::back(&object, &pairs);
    let page = PairSheet {
        lang,
        title: lang.t("为什么认为是同一家", "Why they may be one").to_owned(),
        place: place(&object),
        left: side(&explained.left),
        right: side(&explained.right),
        verdict: verdict(&explained, lang),
        tone: match explained.band {
            Band::Same => "green",
            Band::Review => "amber",
            _ => "gray",
        },
        percent: percent(explained.probability),
        pro: told(explained.lines.iter().filter(|line| line.bits > SAYS), lang),
        contra: told(explained.lines.iter().filter(|line| line.bits < -SAYS), lang),
        held: explained.held.as_ref().map(|text| text.get(lang).to_owned()),
        bars,
        zero,
        pairs: others(&place(&object), &pairs, (left, right), lang),
        decided: match explained.decision {
            Decision::Different => Some(lang.t("已记为不是同一个", "Told apart")),
            Decision::Same => Some(lang.t("已记为同一个，待合并", "Said to be one, to be merged")),
            Decision::Open => None,
        },
        by_field: Pairs::default()
            .with("ids", format!("{left},{right}"))
            .with("next", back.as_str())
            .on(&format!("/{}/merge", object.name)),
        back,
    };
    let title = page.title.clone();
    sheet(&signed, StatusCode::OK, &title, super::PLACE, &page)
}

/// In one sentence what is thought of them; how likely it is stands beside it.
fn verdict(explained: &Waterfall, lang: Lang) -> String {
    let words = match explained.band {
        Band::Same if explained.probability >= CERTAIN => ("几乎可以肯定是同一家。", "They are almost certainly one."),
        Band::Same => ("很可能是同一家。", "They are probably one."),
        Band::Related(_) => (
            "是有关联的两家（总公司与分支机构），不是重复。",
            "They belong together, a company and its branch; they are no duplicates.",
        ),
        Band::Review if explained.held.is_some() => (
            "依据不少，但有一条说不通，需要您看一眼。",
            "Much speaks for it, but one thing does not fit: somebody should look.",
        ),
        Band::Review => ("可能是同一家，需要您看一眼。", "They may be one: somebody should look."),
        Band::None => ("不像是同一家。", "They are hardly one."),
    };
    lang.t(words.0, words.1).to_owned()
}

/// 手机相同（很有力）, the weightiest first.
fn told<'a>(lines: impl Iterator<Item = &'a WaterfallLine>, lang: Lang) -> Vec<String> {
    let mut lines: Vec<&WaterfallLine> = lines.collect();
    lines.sort_by(|one, other| other.bits.abs().total_cmp(&one.bits.abs()));
    let strong = |line: &WaterfallLine| {
        if line.bits.abs() >= STRONG { lang.t("，很有力", ", which says much") } else { "" }
    };
    let one = |line: &&WaterfallLine| {
        let (label, level) = (line.label.get(lang), line.level.get(lang));
        t!(lang, "{label}{level}{}", "{label}: {level}{}", strong(line))
    };
    lines.iter().map(one).collect()
}

/// The steps from the prior to the sum, on one scale.
fn bars(explained: &Waterfall, lang: Lang) -> (Vec<Bar>, f32) {
    let mut steps: Vec<(Option<&WaterfallLine>, &'static str, String, f32)> = Vec::new();
    let start = lang.t("比对之前", "Before anything is compared").to_owned();
    steps.push((None, "prior", start, explained.prior_bits));
    steps.extend(explained.lines.iter().map(|line| (Some(line), "", line.label.get(lang).to_owned(), line.bits)));
    if explained.held_bits.abs() > f32::EPSILON {
        steps.push((None, "", lang.t("规则扣减", "Held back by a rule").to_owned(), -explained.held_bits.abs()));
    }
    let mut sums = vec![0.0];
    for (.., bits) in &steps {
        sums.push(sums[sums.len() - 1] + bits);
    }
    let (low, high) = sums.iter().fold((0.0_f32, 0.0_f32), |(low, high), sum| (low.min(*sum), high.max(*sum)));
    let scale = (WIDE - 2.0 * MARGIN) / (high - low).max(1.0);
    let at = |bits: f32| (bits - low).mul_add(scale, MARGIN);
    let bar = |(before, after): (f32, f32)| (at(before.min(after)), (at(before) - at(after)).abs());
    let mut bars: Vec<Bar> = Vec::new();
    for (place, (line, kind, label, bits)) in steps.into_iter().enumerate() {
        let (x, width) = bar((sums[place], sums[place + 1]));
        bars.push(Bar {
            label,
            left: line.map(|line| line.left.clone()).unwrap_or_default(),
            right: line.map(|line| line.right.clone()).unwrap_or_default(),
            level: line.map(|line| line.level.get(lang).to_owned()).unwrap_or_default(),
            bits: if line.is_some_and(|line| line.bits.abs() < 0.05) { "0".to_owned() } else { signed_bits(bits) },
            kind: match kind {
                "" if bits >= 0.0 => "plus",
                "" => "minus",
                kind => kind,
            },
            x,
            width: width.max(if bits.abs() < 0.05 { 0.0 } else { 1.0 }),
            sum: false,
        });
    }
    let (x, width) = bar((0.0, explained.total_bits));
    bars.push(Bar {
        label: lang.t("合计", "Sum").to_owned(),
        left: String::new(),
        right: String::new(),
        level: percent(explained.probability),
        bits: signed_bits(explained.total_bits),
        kind: if explained.total_bits >= 0.0 { "plus" } else { "minus" },
        x,
        width: width.max(1.0),
        sum: true,
    });
    (bars, at(0.0))
}

/// `+13.0`, `−2.4`
fn signed_bits(bits: f32) -> String {
    if bits < 0.0 { format!("−{:.1}", -bits) } else { format!("+{bits:.1}") }
}

/// The other pairs of a group: each with the first, then the rest.
fn others(place: &str, asked: &Pairs, shown: (Uuid, Uuid), lang: Lang) -> Vec<Tab> {
    let of = asked.get("of").unwrap_or_default();
    let ids: Vec<Uuid> = of.split(',').filter_map(|id| Uuid::parse_str(id).ok()).collect();
    if ids.len() < 3 {
        return Vec::new();
    }
    // of a large group, each with the first: all pairs would be a page of links
    let most = if ids.len() > 5 { 1 } else { ids.len() };
    let mut tabs = Vec::new();
    for (i, left) in ids.iter().take(most).enumerate() {
        for (j, right) in ids.iter().enumerate().skip(i + 1) {
            tabs.push(Tab {
                label: t!(lang, "{} 和 {}", "{} and {}", i + 1, j + 1),
                href: asked.on(&format!("{place}/pair/{left}/{right}")),
                current: (*left, *right) == shown,
                count: None,
            });
        }
    }
    tabs
}
