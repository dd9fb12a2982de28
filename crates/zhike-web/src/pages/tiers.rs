//! 客户分级: a scheme with its tiers, who moved, a trial and the working out; and one customer: where it stands in each scheme and
//! why, and how long it was in each stage of the relationship.

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query},
    http::StatusCode,
};
use zhike_model::SortKey;
use zhike_records::{ListQuery, Record, TierOutcome};
use zhike_types::{Error, Lang};

use crate::{
    fault::{self, Answer, Fault},
    frame::{Frame, html, html_as},
    link::Pairs,
    session::{Flash, Signed},
    ui::{self, Markup},
    value::{Shower, iso, stamp, title_of},
    words::{Say, t},
};

/// The object whose records are schemes.
pub const SCHEME: &str = "tier_scheme";
const SHOWN: usize = 50;

struct Tier {
    href: String,
    name: String,
    meaning: String,
    condition: String,
    /// It goes by cells of the table.
    by_cells: bool,
    customers: i64,
    proposed: i64,
    /// Of a hundred, for the bar.
    share: i64,
}

/// The table of customers × margin: for each number of customers the tiers from high to low.
struct Cells {
    size: &'static str,
    tiers: Vec<String>,
}

/// What the last working out did.
struct Last {
    nightly: bool,
    new: i64,
    moved: i64,
    kept: i64,
}

struct Moved {
    href: String,
    name: String,
    from: String,
    to: String,
    iso: String,
    stamp: String,
}

#[derive(Template)]
#[template(path = "tiers/scheme.html")]
struct SchemePage {
    frame: Frame,
    lang: Lang,
    id: String,
    place: String,
    remark: String,
    tiers: Vec<Tier>,
    customers: String,
    overridden: String,
    worked_out: Option<(String, String)>,
    nightly: bool,
    last: Option<Last>,
    cells: Vec<Cells>,
    measure: String,
    lines: [String; 4],
    moved: Vec<Moved>,
    trial: Option<TierOutcome>,
    may: bool,
    active: bool,
    problem: Option<String>,
    stuck: String,
}

/// `?trial=1` says what working it out would do.
pub async fn show(signed: Signed, Path(id): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let id = crate::pages::id(&id)?;
    let engine = &signed.app.engine;
    let scheme = engine.read(&signed.actor, SCHEME, id).await?;
    if pairs.get("trial").is_none() || !scheme.may_change {
        return html(&page(&signed, &scheme, None, None).await?);
    }
    match engine.work_out_tiers(&signed.actor, id, true).await {
        Ok(trial) => html(&page(&signed, &scheme, Some(trial), None).await?),
        Err(error) => said(&signed, &scheme, error).await,
    }
}

/// What is wrong is told on the page.
async fn said(signed: &Signed, scheme: &Record, error: Error) -> Answer {
    match error {
        Error::Invalid(_) | Error::Conflict(_) => {
            let status: StatusCode = fault::status(&error);
            html_as(status, &page(signed, scheme, None, Some(&error)).await?)
        }
        error => Err(error.into()),
    }
}

pub async fn work_out(signed: Signed, Path(id): Path<String>, Form(_): Form<Pairs>) -> Answer {
    let lang = signed.lang();
    let id = crate::pages::id(&id)?;
    let engine = &signed.app.engine;
    match engine.work_out_tiers(&signed.actor, id, false).await {
        Ok(done) => {
            let (new, moved) = (done.new, done.moved);
            let text = t!(lang, "已重算：新定级 {new}，变动 {moved}", "Worked out: {new} new, {moved} moved");
            Ok(Flash::new(text).redirect(&format!("/tiers/{id}")))
        }
        Err(error) => {
            let scheme = engine.read(&signed.actor, SCHEME, id).await?;
            said(&signed, &scheme, error).await
        }
    }
}

async fn page(
    signed: &Signed,
    scheme: &Record,
    trial: Option<TierOutcome>,
    failed: Option<&Error>,
) -> Result<SchemePage, Fault> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let zone = engine.zone();
    let id = scheme.id;
    let list = async |object: &str, filter: String, sort: &str| {
        let (field, descending) = sort.strip_prefix('-').map_or((sort, false), |field| (field, true));
        let (object, sort) = (object.to_owned(), vec![SortKey { field: field.to_owned(), descending }]);
        engine.list(&signed.actor, &ListQuery { object, filter, sort, limit: SHOWN, ..ListQuery::default() }).await
    };
    let number = |record: &Record, field: &str| record.value(field).as_int().unwrap_or(0);
    let text = |record: &Record, field: &str| record.value(field).as_text().unwrap_or_default().to_owned();
    let tiers = list("tier", format!("scheme == \"{id}\""), "rank").await?.records;
    let most = tiers.iter().map(|tier| number(tier, "customers")).max().unwrap_or(0).max(1);
    let moved = format!("scheme == \"{id}\" && previous != null && since > now - days(30)");
    let moved = list("account_tier", moved, "-since").await?.records;
    let moved = moved.iter().map(|one| {
        let at = one.value("since").as_int().unwrap_or(0);
        let account = one.value("account").as_id();
        Moved {
            href: account.map(|id| format!("/account/{id}/standing")).unwrap_or_default(),
            name: engine.show(one, "account", lang),
            from: engine.show(one, "previous", lang),
            to: engine.show(one, "tier", lang),
            iso: iso(zone, at),
            stamp: stamp(zone, at),
        }
    });
    let how = scheme.value("last_run").as_text();
    let last = how.map(|how| Last {
        nightly: how == "nightly",
        new: number(scheme, "last_new"),
        moved: number(scheme, "last_moved"),
        kept: number(scheme, "last_kept"),
    });
    Ok(SchemePage {
        nightly: scheme.value("nightly").as_bool() == Some(true),
        last,
        cells: cells(&tiers, lang),
        measure: measure(signed, &text(scheme, "measure"), lang),
        lines: ["high_from", "low_below", "many_from", "few_to"].map(|name| engine.show(scheme, name, lang)),
        stuck: stuck(&text(scheme, "last_problem"), lang),
        frame: Frame::new(signed, text(scheme, "name"), &format!("/{SCHEME}"))
            .crumb(scheme.object.plural.get(lang), format!("/{SCHEME}")),
        lang,
        id: id.to_string(),
        place: format!("/{SCHEME}/{id}"),
        remark: text(scheme, "remark"),
        tiers: tiers
            .iter()
            .map(|tier| Tier {
                href: format!("/tier/{}", tier.id),
                name: text(tier, "name"),
                meaning: text(tier, "meaning"),
                condition: text(tier, "condition"),
                by_cells: !tier.value("cells").as_list().is_empty(),
                customers: number(tier, "customers"),
                proposed: number(tier, "proposed_customers"),
                share: number(tier, "customers") * 100 / most,
            })
            .collect(),
        customers: ui::count(number(scheme, "customers")),
        overridden: ui::count(number(scheme, "overridden")),
        worked_out: scheme.value("worked_out_at").as_int().map(|at| (iso(zone, at), stamp(zone, at))),
        moved: moved.collect(),
        trial,
        may: scheme.may_change,
        active: scheme.value("active").as_bool() != Some(false),
        problem: failed.map(|error| match error {
            Error::Invalid(errors) => {
                errors.iter().map(|error| error.message.get(lang)).collect::<Vec<_>>().join(lang.t("；", "; "))
            }
            error => error.message().get(lang).to_owned(),
        }),
    })
}

/// As the customer's page calls it; an expression as it stands.
/// Of what the night left, the line in the reader's language.
fn stuck(told: &str, lang: Lang) -> String {
    let mut lines = told.lines();
    let first = lines.next().unwrap_or_default();
    match lang {
        Lang::Zh => first,
        Lang::En => lines.next().unwrap_or(first),
    }
    .to_owned()
}

fn measure(signed: &Signed, given: &str, lang: Lang) -> String {
    let given = if given.is_empty() { "margin" } else { given };
    let model = signed.app.engine.model();
    let field = model.object("account").and_then(|object| object.field(given));
    field.map_or(given, |field| field.label.get(lang)).to_owned()
}

/// None where no tier asks for a cell. Who is in no cell goes where all that are left go.
fn cells(tiers: &[Record], lang: Lang) -> Vec<Cells> {
    let asked = |tier: &Record| tier.value("cells").as_list().to_vec();
    if tiers.iter().all(|tier| asked(tier).is_empty()) {
        return Vec::new();
    }
    let rest = tiers.iter().find(|tier| asked(tier).is_empty() && tier.value("condition").is_null());
    let of = |size: &str, level: &str| {
        let cell = format!("{size}_{level}");
        let tier = tiers.iter().find(|tier| asked(tier).contains(&cell)).or(rest);
        tier.and_then(|tier| tier.value("name").as_text()).unwrap_or("—").to_owned()
    };
    let row = |size: &'static str, zh: &'static str, en: &'static str| Cells {
        size: lang.t(zh, en),
        tiers: ["high", "medium", "low"].iter().map(|level| of(size, level)).collect(),
    };
    vec![row("many", "客户多", "Many"), row("medium", "客户中等", "Medium number"), row("few", "客户少", "Few")]
}

struct Standing {
    scheme: String,
    scheme_href: String,
    edit: String,
    tier: String,
    proposed: String,
    differs: bool,
    why: String,
    reason: String,
    previous: String,
    since: Option<(String, String)>,
}

struct Stage {
    name: String,
    from: (String, String),
    days: i64,
    now: bool,
}

#[derive(Template)]
#[template(path = "tiers/account.html")]
struct AccountPage {
    frame: Frame,
    lang: Lang,
    place: String,
    standings: Vec<Standing>,
    lifecycle: Markup,
    stages: Vec<Stage>,
}

/// One customer.
pub async fn account(signed: Signed, Path(id): Path<String>) -> Answer {
    const DAY: i64 = 86_400_000;
    let lang = signed.lang();
    let id = crate::pages::id(&id)?;
    let engine = &signed.app.engine;
    let zone = engine.zone();
    let record = engine.read(&signed.actor, "account", id).await?;
    let filter = format!("account == \"{id}\"");
    let query = ListQuery { object: "account_tier".to_owned(), filter, limit: SHOWN, ..ListQuery::default() };
    let found = engine.list(&signed.actor, &query).await?.records;
    let show = |one: &Record, field: &str| engine.show(one, field, lang);
    let standings = found.iter().map(|one| Standing {
        scheme: show(one, "scheme"),
        scheme_href: one.value("scheme").as_id().map(|id| format!("/tiers/{id}")).unwrap_or_default(),
        edit: format!("/account_tier/{}", one.id),
        tier: show(one, "tier"),
        proposed: show(one, "proposed"),
        differs: one.value("differs").as_bool() == Some(true),
        why: show(one, "why"),
        reason: show(one, "override_reason"),
        previous: show(one, "previous"),
        since: one.value("since").as_int().map(|at| (iso(zone, at), stamp(zone, at))),
    });
    let standings = standings.collect();
    let field = record.object.field("lifecycle").ok_or(Error::NotFound)?;
    let stays = engine.stays(&signed.actor, "account", id, "lifecycle").await?;
    let stages = stays.iter().map(|stay| {
        let key = stay.value.as_deref().unwrap_or_default();
        Stage {
            name: field.option(key).map_or(key, |option| option.label.get(lang)).to_owned(),
            from: (iso(zone, stay.from), stamp(zone, stay.from)),
            days: (stay.to.unwrap_or_else(|| engine.now()) - stay.from) / DAY,
            now: stay.to.is_none(),
        }
    });
    let stages = stages.collect();
    let name = title_of(engine, &record, lang);
    html(&AccountPage {
        frame: Frame::new(&signed, lang.t("分级与关系阶段", "Tiers and stages"), "/account")
            .crumb(record.object.plural.get(lang), "/account")
            .crumb(&name, format!("/account/{id}")),
        lang,
        place: format!("/account/{id}"),
        standings,
        lifecycle: Shower::fact(engine, lang).show(&record, "lifecycle"),
        stages,
    })
}
