//! 预测: open deals by the month they are expected, beside what is won and what was to be.

mod changes;

use askama::Template;
use axum::extract::Query;
use zhike_records::{Category, Forecast, ForecastLine, ForecastMonth, ForecastQuery, Open, Period, Span, Unit, Who};
use zhike_types::{Currency, Lang, Text, Uuid};

use super::performance::{department_choices, list_of, period, short};
use crate::{
    fault::Answer,
    form::Choice,
    frame::{Frame, html},
    link::Pairs,
    plot::{self, Column},
    session::Signed,
    ui::{self, Markup},
    words::{Say, t},
};

pub use changes::changes;

/// The address that the rail leads to.
pub const PLACE: &str = "/forecast";
/// How many months are shown when nobody says.
const MONTHS: usize = 6;

#[derive(Template)]
#[template(path = "forecast/page.html")]
struct Page {
    frame: Frame,
    lang: Lang,
    froms: Vec<Choice>,
    lengths: Vec<Choice>,
    departments: Vec<Choice>,
    currencies: Vec<Choice>,
    kept: Vec<(&'static str, String)>,
    bys: Vec<(&'static str, String, bool)>,
    stats: Vec<Stat>,
    plot: Markup,
    legend: Vec<(String, &'static str)>,
    heads: Vec<String>,
    rows: Vec<Row>,
    rest: Vec<Rest>,
    categories: Vec<String>,
    lines: Vec<Line>,
    empty: bool,
    changes: String,
}

pub struct Stat {
    pub label: String,
    pub value: String,
    pub note: String,
    pub tone: &'static str,
}

/// A line of the months' table.
struct Row {
    label: String,
    strong: bool,
    cells: Vec<Markup>,
}

struct Rest {
    label: &'static str,
    value: String,
    note: String,
    href: String,
    tone: &'static str,
}

struct Line {
    name: String,
    note: String,
    href: Option<String>,
    person: bool,
    target: String,
    won: String,
    open: Vec<String>,
    expected: Markup,
    reach: Option<(i64, String)>,
}

pub async fn show(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let query = query(&signed, &pairs);
    let forecast = engine.forecast(&signed.actor, &query).await?;
    let unit = Unit::Money(forecast.currency);
    let labels: Vec<String> = engine.forecast_labels().iter().map(|label: &Text| label.get(lang).to_owned()).collect();
    let asked = pairs.clone().with("period", query.from.code()).with("months", query.months.to_string());
    let mut heads: Vec<String> = forecast.months.iter().filter_map(|month| Some(month.period?.label(lang))).collect();
    heads.push(lang.t("合计", "Total").to_owned());
    let page = Page {
        frame: Frame::new(&signed, lang.t("预测", "Forecast"), PLACE),
        lang,
        froms: froms(engine.zone().day_of(engine.now()), query.from, lang),
        lengths: [3, 6, 12, 24]
            .into_iter()
            .map(|months| {
                Choice::new(&months.to_string(), &t!(lang, "{months} 个月", "{months} months"), months == query.months)
            })
            .collect(),
        departments: department_choices(&forecast.departments, forecast.department, lang),
        currencies: currencies(&forecast),
        kept: if query.by_department { vec![("by", "department".to_owned())] } else { Vec::new() },
        bys: bys(&forecast, &asked, lang),
        stats: stats(&forecast, lang),
        plot: drawn(&forecast, &labels, lang),
        legend: legend(&labels, lang),
        heads,
        rows: rows(&forecast, &labels, unit, lang),
        rest: rest(&forecast, unit, lang),
        categories: labels.into_iter().take(3).collect(),
        lines: forecast.lines.iter().map(|one| line(one, &asked, unit, lang)).collect(),
        empty: is_empty(&forecast),
        changes: asked.on(changes::PLACE),
    };
    html(&page)
}

/// What the address asks for: from the quarter's first month on, half a year.
pub fn query(signed: &Signed, pairs: &Pairs) -> ForecastQuery {
    let engine = &signed.app.engine;
    let today = engine.zone().day_of(engine.now());
    let quarter = Period::holding(Span::Month, Period::holding(Span::Quarter, today).days().0);
    let from = match pairs.get("period") {
        Some(_) => Period::holding(Span::Month, period(pairs, Span::Month, today).days().0),
        None => quarter,
    };
    ForecastQuery {
        from,
        months: pairs
            .get("months")
            .and_then(|text| text.parse().ok())
            .filter(|n| (1..=24).contains(n))
            .unwrap_or(MONTHS),
        department: pairs.get("department").and_then(|id| Uuid::parse_str(id).ok()),
        by_department: pairs.get("by") == Some("department"),
        currency: pairs.get("currency").and_then(Currency::parse),
    }
}

fn froms(today: i64, shown: Period, lang: Lang) -> Vec<Choice> {
    let now = Period::holding(Span::Month, today);
    let mut all: Vec<Period> = (-12..=12).map(|i| now.moved(i)).collect();
    all.push(shown);
    all.sort();
    all.dedup();
    all.into_iter().map(|one| Choice::new(&one.code(), &one.label(lang), one == shown)).collect()
}

fn currencies(forecast: &Forecast) -> Vec<Choice> {
    if forecast.currencies.iter().all(|one| *one == forecast.currency) {
        return Vec::new();
    }
    forecast.currencies.iter().map(|one| Choice::new(one.code(), one.code(), *one == forecast.currency)).collect()
}

fn bys(forecast: &Forecast, asked: &Pairs, lang: Lang) -> Vec<(&'static str, String, bool)> {
    if !forecast.sees_others {
        return Vec::new();
    }
    vec![
        (lang.t("按个人", "People"), asked.clone().without("by").on(PLACE), !forecast.by_department),
        (lang.t("按部门", "Departments"), asked.clone().with("by", "department").on(PLACE), forecast.by_department),
    ]
}

fn is_empty(forecast: &Forecast) -> bool {
    let nothing = |open: &Open| open.deals == 0;
    forecast.total.open.iter().all(nothing)
        && forecast.total.won == 0
        && forecast.total.target.is_none()
        && [&forecast.overdue, &forecast.later, &forecast.undated].into_iter().all(nothing)
}

/// Numbers at a glance, for the page and for the team's.
pub fn stats(forecast: &Forecast, lang: Lang) -> Vec<Stat> {
    let unit = Unit::Money(forecast.currency);
    let total = &forecast.total;
    let open = total.open.iter().take(3).fold((0, 0), |sum, open| (sum.0 + open.deals, sum.1 + open.amount));
    let gap = total.target.map(|target| total.expected() - target);
    vec![
        Stat {
            label: lang.t("预计完成", "Expected").to_owned(),
            value: plot::compact(unit, total.expected(), lang),
            note: lang.t("已赢单 + 加权商机", "won and weighted").to_owned(),
            tone: "gray",
        },
        Stat {
            label: lang.t("目标", "Target").to_owned(),
            value: total.target.map_or_else(|| "—".to_owned(), |target| plot::compact(unit, target, lang)),
            note: match gap {
                None => lang.t("还没有定目标", "none is set").to_owned(),
                Some(gap) if gap >= 0 => t!(lang, "预计超出 {}", "{} above it", plot::compact(unit, gap, lang)),
                Some(gap) => t!(lang, "预计还差 {}", "{} short of it", plot::compact(unit, -gap, lang)),
            },
            tone: if gap.is_some_and(|gap| gap < 0) { "red" } else { "green" },
        },
        Stat {
            label: lang.t("已赢单", "Won").to_owned(),
            value: plot::compact(unit, total.won, lang),
            note: total
                .target
                .filter(|target| *target > 0)
                .map(|target| t!(lang, "目标的 {}", "{} of the target", plot::per_cent(share(total.won, target))))
                .unwrap_or_default(),
            tone: "gray",
        },
        Stat {
            label: lang.t("进行中", "Open").to_owned(),
            value: plot::compact(unit, open.1, lang),
            note: t!(lang, "{} 个商机", "{} deals", ui::count(open.0)),
            tone: "gray",
        },
    ]
}

fn share(part: i64, whole: i64) -> i64 {
    i64::try_from(i128::from(part) * 1_000 / i128::from(whole.max(1))).unwrap_or(i64::MAX)
}

const PARTS: [&str; 3] = ["plot-commit", "plot-best", "plot-pipeline"];

/// Won at the bottom, then the surest first; weighted, so that a column is what is expected.
pub fn drawn(forecast: &Forecast, labels: &[String], lang: Lang) -> Markup {
    let unit = Unit::Money(forecast.currency);
    let columns: Vec<Column> = forecast
        .months
        .iter()
        .filter_map(|month| {
            let mut parts = vec![(month.won, "plot-won")];
            parts.extend(month.open.iter().zip(PARTS).map(|(open, class)| (open.weighted, class)));
            let title =
                format!("{} {} {}", month.period?.label(lang), lang.t("已赢单", "won"), plot::rounded(unit, month.won));
            let mut told = vec![title];
            for (open, label) in month.open.iter().zip(labels).take(3) {
                told.push(format!("{label} {}", plot::rounded(unit, open.weighted)));
            }
            if let Some(target) = month.target {
                told.push(format!("{} {}", lang.t("目标", "target"), plot::rounded(unit, target)));
            }
            let title = told.join(lang.t("，", ", "));
            Some(Column { label: short(month.period?, lang), title, parts, accent: false })
        })
        .collect();
    plot::columns(&columns, unit, lang, lang.t("各月已赢单和加权商机", "Won and weighted by month"))
}

pub fn legend(labels: &[String], lang: Lang) -> Vec<(String, &'static str)> {
    let mut all = vec![(lang.t("已赢单", "Won").to_owned(), "green")];
    all.extend(labels.iter().cloned().zip(["blue", "amber", "gray"]));
    all
}

fn rows(forecast: &Forecast, labels: &[String], unit: Unit, lang: Lang) -> Vec<Row> {
    let months: Vec<&ForecastMonth> = forecast.months.iter().chain([&forecast.total]).collect();
    let plain = |text: String| Markup(ui::escape(&text));
    let money = |value: i64| {
        if value == 0 { Markup(r#"<span class="none">—</span>"#.into()) } else { plain(plot::rounded(unit, value)) }
    };
    let linked = |value: i64, month: &ForecastMonth, category: Option<Category>| {
        if value == 0 {
            return money(0);
        }
        let filter = match category {
            Some(category) => format!("{} && {}", month.filter, in_category(category)),
            None => month.filter.clone(),
        };
        let href = list_of("opportunity", &filter);
        Markup(format!(r#"<a href="{}">{}</a>"#, ui::escape(&href), ui::escape(&plot::rounded(unit, value))))
    };
    let mut rows = vec![
        Row {
            label: lang.t("目标", "Target").to_owned(),
            strong: false,
            cells: months.iter().map(|month| money(month.target.unwrap_or(0))).collect(),
        },
        Row {
            label: lang.t("已赢单", "Won").to_owned(),
            strong: false,
            cells: months.iter().map(|month| money(month.won)).collect(),
        },
    ];
    for (category, label) in Category::ALL.into_iter().zip(labels) {
        let cells = months.iter().map(|month| linked(month.open[category.place()].amount, month, Some(category)));
        rows.push(Row { label: label.clone(), strong: false, cells: cells.collect() });
    }
    let weighted = |month: &ForecastMonth| month.expected() - month.won;
    rows.push(Row {
        label: lang.t("加权商机", "Weighted").to_owned(),
        strong: false,
        cells: months.iter().map(|month| linked(weighted(month), month, None)).collect(),
    });
    rows.push(Row {
        label: lang.t("预计完成", "Expected").to_owned(),
        strong: true,
        cells: months.iter().map(|month| money(month.expected())).collect(),
    });
    rows
}

/// The deals that are counted under a category, as a filter.
fn in_category(category: Category) -> String {
    match category {
        Category::Commit => r#"forecast_category in ["commit", "closed"]"#.to_owned(),
        Category::Pipeline => r#"forecast_category in ["pipeline", null]"#.to_owned(),
        other => format!("forecast_category == \"{}\"", other.key()),
    }
}

fn rest(forecast: &Forecast, unit: Unit, lang: Lang) -> Vec<Rest> {
    // the same people as the months': what their filter says beside the days
    let whose = forecast.total.filter.splitn(4, " && ").nth(3).map(|whose| format!(" && {whose}")).unwrap_or_default();
    let days = |place: usize| forecast.total.filter.splitn(4, " && ").nth(place).unwrap_or_default().to_owned();
    let (before, after) = (days(1).replace(">=", "<"), days(2).replacen('<', ">=", 1));
    [
        (lang.t("预计日期已过", "Past their day"), &forecast.overdue, before, "red"),
        (lang.t("更晚的", "Later"), &forecast.later, after, "gray"),
        (lang.t("没填预计日期", "Without a day"), &forecast.undated, "expected_close == null".to_owned(), "amber"),
    ]
    .into_iter()
    .filter(|(_, open, ..)| open.deals > 0)
    .map(|(label, open, condition, tone)| Rest {
        label,
        value: plot::compact(unit, open.amount, lang),
        note: t!(lang, "{} 个商机", "{} deals", ui::count(open.deals)),
        href: list_of("opportunity", &format!("result == \"open\" && {condition}{whose}")),
        tone,
    })
    .collect()
}

fn line(one: &ForecastLine, asked: &Pairs, unit: Unit, lang: Lang) -> Line {
    let into = |id: &Uuid| asked.clone().with("department", id.to_string());
    let (name, note, href, person) = match &one.who {
        Who::Person { id, name, department } => {
            (name.clone(), department.clone().unwrap_or_default(), Some(format!("/user/{id}")), true)
        }
        Who::Department { id, name } => (name.clone(), String::new(), Some(into(id).on(PLACE)), false),
        Who::Direct { id, name } => {
            (name.clone(), lang.t("直属", "directly").to_owned(), Some(into(id).without("by").on(PLACE)), false)
        }
        Who::Nobody | Who::Everybody => (String::new(), String::new(), None, false),
    };
    let money = |value: i64| if value == 0 { "—".to_owned() } else { plot::rounded(unit, value) };
    let href_open = list_of("opportunity", &one.filter);
    Line {
        name,
        note,
        href,
        person,
        target: money(one.target.unwrap_or(0)),
        won: money(one.won),
        open: one.open.iter().take(3).map(|open| money(open.amount)).collect(),
        expected: Markup(format!(
            r#"<a href="{}">{}</a>"#,
            ui::escape(&href_open),
            ui::escape(&plot::rounded(unit, one.expected()))
        )),
        reach: one.target.filter(|target| *target > 0).map(|target| {
            let reached = share(one.expected(), target);
            (reached.clamp(0, 1_000), plot::per_cent(reached))
        }),
    }
}
