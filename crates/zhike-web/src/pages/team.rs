//! 团队, the second tab of my day for who has people below: how they stand, each figure a link to its list.

use askama::Template;
use zhike_crm::team::{Active, Overdue, StageSum, Team, team};
use zhike_records::{Forecast, Unit};
use zhike_types::{Currency, Error, Lang};

use super::{
    forecast::{self, Stat},
    performance::list_of,
};
use crate::{
    fault::Answer,
    frame::{Frame, html},
    link::Pairs,
    plot,
    session::Signed,
    ui::{self, Markup},
    value::title_of,
    words::{Say, t},
};

const PLACE: &str = "/team";
/// People named in the activity; the rest are in the ranking.
const PEOPLE: usize = 15;

#[derive(Template)]
#[template(path = "home/team.html")]
struct TeamPage {
    frame: Frame,
    lang: Lang,
    date: String,
    stats: Vec<Stat>,
    month: Option<Stat>,
    plot: Markup,
    legend: Vec<(String, &'static str)>,
    forecast: bool,
    stages: Vec<StageLine>,
    most_amount: i64,
    people: Vec<PersonLine>,
    most_follow_ups: i64,
    more_people: usize,
    activity: String,
    overdue: OverdueCard,
    leaving: Vec<LeavingLine>,
}

struct StageLine {
    name: String,
    deals: String,
    amount: String,
    share: i64,
    href: String,
}

struct PersonLine {
    name: String,
    week: i64,
    before: i64,
    href: String,
}

struct OverdueCard {
    count: String,
    unpaid: String,
    none: bool,
    lines: Vec<(String, String, String)>,
}

struct LeavingLine {
    href: String,
    name: String,
    owner: String,
    when: String,
    tone: &'static str,
}

/// Whether the tab is offered.
pub fn offered(signed: &Signed) -> bool {
    signed.app.engine.leads(&signed.actor)
}

pub async fn show(signed: Signed) -> Answer {
    if !offered(&signed) {
        return Err(Error::NotFound.into());
    }
    let team = team(&signed.app.engine, &signed.actor).await?;
    html(&page(&signed, &team))
}

fn page(signed: &Signed, team: &Team) -> TeamPage {
    let lang = signed.lang();
    let labels: Vec<String> =
        signed.app.engine.forecast_labels().iter().map(|label| label.get(lang).to_owned()).collect();
    let frame = Frame { at_home: true, ..Frame::new(signed, lang.t("团队", "Team"), PLACE) };
    TeamPage {
        frame,
        lang,
        date: super::home::today(signed),
        stats: team.forecast.as_ref().map(|forecast| forecast::stats(forecast, lang)).unwrap_or_default(),
        month: team.forecast.as_ref().and_then(|forecast| this_month(signed, forecast)),
        plot: team.forecast.as_ref().map(|forecast| forecast::drawn(forecast, &labels, lang)).unwrap_or_default(),
        legend: forecast::legend(&labels, lang),
        forecast: team.forecast.is_some(),
        stages: stage_lines(&team.stages, lang),
        most_amount: team.stages.iter().map(|stage| stage.amount).max().unwrap_or(0).max(1),
        people: team.activity.iter().take(PEOPLE).map(person_line).collect(),
        most_follow_ups: team.activity.iter().map(|one| one.week.max(one.before)).max().unwrap_or(0).max(1),
        more_people: team.activity.len().saturating_sub(PEOPLE),
        activity: Pairs(vec![("measure".to_owned(), "follow_ups".to_owned())]).on(super::performance::PLACE),
        overdue: overdue_card(signed, &team.overdue),
        leaving: leaving_lines(signed, team),
    }
}

/// The month that runs, of the quarter's forecast.
fn this_month(signed: &Signed, forecast: &Forecast) -> Option<Stat> {
    let (lang, engine) = (signed.lang(), &signed.app.engine);
    let today = engine.zone().day_of(engine.now());
    let month = forecast
        .months
        .iter()
        .find(|month| month.period.is_some_and(|period| (period.days().0..period.days().1).contains(&today)))?;
    let unit = Unit::Money(forecast.currency);
    Some(Stat {
        label: lang.t("本月预计", "This month").to_owned(),
        value: plot::compact(unit, month.expected(), lang),
        note: month
            .target
            .map_or_else(String::new, |target| t!(lang, "目标 {}", "of {}", plot::compact(unit, target, lang))),
        tone: if month.target.is_some_and(|target| month.expected() < target) { "red" } else { "green" },
    })
}

fn stage_lines(stages: &[StageSum], lang: Lang) -> Vec<StageLine> {
    let unit = Unit::Money(Currency::CNY);
    stages
        .iter()
        .map(|stage| StageLine {
            name: stage.name.clone(),
            deals: ui::count(stage.deals),
            amount: plot::compact(unit, stage.amount, lang),
            share: stage.amount.max(0),
            href: list_of("opportunity", &format!("stage == \"{}\"", stage.id)),
        })
        .collect()
}

fn person_line(one: &Active) -> PersonLine {
    let filter = format!("owner == \"{}\" && at >= today - days(6) && at < today + days(1)", one.id);
    PersonLine { name: one.name.clone(), week: one.week, before: one.before, href: list_of("interaction", &filter) }
}

fn overdue_card(signed: &Signed, overdue: &Overdue) -> OverdueCard {
    let (lang, engine) = (signed.lang(), &signed.app.engine);
    let unit = Unit::Money(Currency::CNY);
    let lines = overdue.oldest.iter().map(|plan| {
        let about =
            [engine.show(plan, "contract", lang), engine.show(plan, "due_on", lang), engine.show(plan, "owner", lang)];
        let about: Vec<String> = about.into_iter().filter(|text| !text.is_empty()).collect();
        let name = format!("{} {}", title_of(engine, plan, lang), engine.show(plan, "unpaid", lang));
        (format!("/payment_plan/{}", plan.id), name, about.join(" · "))
    });
    OverdueCard {
        count: ui::count(overdue.count),
        unpaid: plot::compact(unit, overdue.unpaid, lang),
        none: overdue.count == 0,
        lines: lines.collect(),
    }
}

fn leaving_lines(signed: &Signed, team: &Team) -> Vec<LeavingLine> {
    let (lang, engine) = (signed.lang(), &signed.app.engine);
    team.leaving
        .iter()
        .map(|warning| LeavingLine {
            href: format!("/{}/{}", warning.record.object.name, warning.record.id),
            name: title_of(engine, &warning.record, lang),
            owner: engine.show(&warning.record, "owner", lang),
            when: t!(lang, "{} 天内", "within {} days", warning.days),
            tone: if warning.days <= 1 { "red" } else { "amber" },
        })
        .collect()
}
