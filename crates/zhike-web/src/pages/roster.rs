//! 名单: who keeps how many customers and how well, at a glance; and one roster's customers, with what each of them lacks.

pub mod notice;
mod one;

pub use one::show;

use askama::Template;
use axum::extract::Query;
use zhike_crm::roster::{Roster, Standing, rosters};
use zhike_records::Engine;
use zhike_types::{Lang, date_of};

use crate::{
    fault::Answer,
    form::Choice,
    frame::{Frame, html},
    link::Pairs,
    plot,
    session::Signed,
    ui,
    value::title_of,
    words::{Say, t},
};

/// The address that the rail leads to.
pub const PLACE: &str = "/rosters";

#[derive(Template)]
#[template(path = "roster/list.html")]
struct ListPage {
    frame: Frame,
    lang: Lang,
    lines: Vec<Line>,
    stats: Vec<(String, String, String, &'static str)>,
    roles: Vec<Choice>,
    filtered: bool,
    new: Option<&'static str>,
    may_roles: bool,
    since: String,
}

/// A roster in the list, and the head of its own page.
pub struct Line {
    pub id: String,
    pub name: String,
    pub keeper: String,
    pub role: String,
    pub kind: ui::Markup,
    pub count: i64,
    pub bounds: String,
    /// Of the minimum, for the bar; and what is wrong.
    pub filled: (i64, i64),
    pub badge: Option<(String, &'static str)>,
    pub coverage: Gauge,
    pub growth: Gauge,
    pub vip_growth: Gauge,
    pub self_share: Gauge,
    pub vips: i64,
    pub lacking: Option<i64>,
    pub broken: i64,
}

/// A share beside its target.
pub struct Gauge {
    /// Empty where there is nothing to tell.
    pub text: String,
    pub target: String,
    pub tone: &'static str,
    /// For the bar, in thousandths.
    pub value: i64,
}

impl Gauge {
    fn new(share: Option<i64>, target: Option<i64>) -> Self {
        let reached = share.zip(target).map(|(share, target)| share >= target);
        Self {
            text: share.map(plot::per_cent).unwrap_or_default(),
            target: target.map(plot::per_cent).unwrap_or_default(),
            tone: match reached {
                Some(true) => "green",
                Some(false) => "red",
                None => "gray",
            },
            value: share.unwrap_or_default().clamp(0, 1_000),
        }
    }
}

/// Whether the page is offered.
pub fn offered(signed: &Signed) -> bool {
    signed.app.engine.may(&signed.actor, "roster").read
}

pub async fn list(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let all = rosters(engine, &signed.actor, "").await?;
    let role = pairs.get("role").unwrap_or_default();
    let mut roles: Vec<(String, String)> = Vec::new();
    for roster in &all.rosters {
        if let Some(id) = roster.record.value("role").as_id().map(|id| id.to_string())
            && roles.iter().all(|(known, _)| *known != id)
        {
            roles.push((id, engine.show(&roster.record, "role", lang)));
        }
    }
    roles.sort_by(|a, b| a.1.cmp(&b.1));
    let of_role = |roster: &&Roster| {
        role.is_empty() || roster.record.value("role").as_id().map(|id| id.to_string()).as_deref() == Some(role)
    };
    let shown: Vec<&Roster> = all.rosters.iter().filter(of_role).collect();
    let everything = Choice::new("", lang.t("全部岗位", "All roles"), role.is_empty());
    let may = engine.may(&signed.actor, "roster");
    html(&ListPage {
        frame: Frame::new(&signed, lang.t("名单", "Rosters"), PLACE),
        lang,
        stats: stats(&shown, lang),
        lines: shown.iter().map(|roster| line(engine, roster, lang)).collect(),
        roles: std::iter::once(everything)
            .chain(roles.iter().map(|(id, name)| Choice::new(id, name, id == role)))
            .collect(),
        filtered: !role.is_empty(),
        new: may.create.then_some("/roster/new"),
        may_roles: engine.may(&signed.actor, "roster_role").read,
        since: date_of(all.since).map(|date| date.to_string()).unwrap_or_default(),
    })
}

fn stats(rosters: &[&Roster], lang: Lang) -> Vec<(String, String, String, &'static str)> {
    let sum = |figure: fn(&Roster) -> i64| rosters.iter().map(|roster| figure(roster)).sum::<i64>();
    let (count, covered, vips) = (sum(|one| one.count), sum(|one| one.covered), sum(|one| one.vips));
    let missing = sum(|one| if let Standing::Short(missing) = one.standing { missing } else { 0 });
    let short = rosters.iter().filter(|one| matches!(one.standing, Standing::Short(_))).count();
    let lacking = sum(|one| one.lacking.unwrap_or_default());
    let share = |part| zhike_crm::roster::share(part, count).map_or_else(|| "—".to_owned(), plot::per_cent);
    let told = |label: &str, value: String, note: String, tone| (label.to_owned(), value, note, tone);
    vec![
        told(
            lang.t("在名单的客户", "Customers on rosters"),
            ui::count(count),
            t!(lang, "{} 份名单", "on {} rosters", rosters.len()),
            "gray",
        ),
        told(
            lang.t("户数缺口", "Missing"),
            ui::count(missing),
            t!(lang, "{short} 份名单不足", "{short} rosters too short"),
            if missing > 0 { "red" } else { "green" },
        ),
        told(
            lang.t("覆盖率", "Coverage"),
            share(covered),
            t!(lang, "按期联系 {} 户", "{} in touch in time", ui::count(covered)),
            "gray",
        ),
        told(lang.t("贵宾占比", "VIPs"), share(vips), t!(lang, "{} 户贵宾", "{} VIPs", ui::count(vips)), "gray"),
        told(
            lang.t("缺必备产品", "Lack a product"),
            ui::count(lacking),
            lang.t("户没有买齐", "customers").to_owned(),
            if lacking > 0 { "amber" } else { "green" },
        ),
    ]
}

fn line(engine: &Engine, roster: &Roster, lang: Lang) -> Line {
    let record = &roster.record;
    let bounds = match (roster.minimum.filter(|least| *least > 0), roster.maximum) {
        (Some(least), Some(most)) => format!("{least}–{most}"),
        (Some(least), None) => format!("≥ {least}"),
        (None, Some(most)) => format!("≤ {most}"),
        (None, None) => String::new(),
    };
    Line {
        id: record.id.to_string(),
        name: title_of(engine, record, lang),
        keeper: engine.show(record, "owner", lang),
        role: engine.show(record, "role", lang),
        kind: crate::value::Shower::cell(engine, lang).show(record, "kind"),
        count: roster.count,
        bounds,
        filled: (roster.count.max(0), roster.minimum.filter(|least| *least > 0).unwrap_or(roster.count).max(1)),
        badge: match roster.standing {
            Standing::Short(missing) => Some((t!(lang, "缺 {missing} 户", "{missing} missing"), "red")),
            Standing::Above(more) => Some((t!(lang, "超 {more} 户", "{more} too many"), "amber")),
            Standing::Full => Some((lang.t("已满", "full").to_owned(), "gray")),
            Standing::Within => None,
        },
        coverage: Gauge::new(roster.coverage, roster.coverage_target),
        growth: Gauge::new(roster.growth, roster.growth_target),
        vip_growth: Gauge::new(roster.vip_growth, roster.vip_growth_target),
        self_share: Gauge::new(roster.self_share, roster.self_target),
        vips: roster.vips,
        lacking: roster.lacking,
        broken: roster.broken,
    }
}
