//! 业绩榜: who brought in what, beside target, before and a year ago. Each figure leads to its records.

use askama::Template;
use axum::{extract::Query, response::Response};
use zhike_records::{
    DepartmentChoice, MeasureInfo, Performance, PerformanceQuery, Period, RankOrder, RankedBy, RankedRow, Span, Unit,
    Who,
};
use zhike_types::{Currency, Error, Lang, Uuid};

use super::export::stream;
use crate::{
    fault::{Answer, Fault},
    form::Choice,
    frame::{Frame, html},
    link::Pairs,
    plot::{self, Column},
    session::Signed,
    ui::{self, Markup},
    words::{Say, t},
};

/// The address that the rail leads to.
pub const PLACE: &str = "/performance";

#[derive(Template)]
#[template(path = "performance/page.html")]
struct Page {
    frame: Frame,
    lang: Lang,
    help: String,
    measures: Vec<Choice>,
    periods: Vec<Choice>,
    departments: Vec<Choice>,
    products: Vec<Choice>,
    currencies: Vec<Choice>,
    orders: Vec<Choice>,
    spans: Vec<Tab>,
    bys: Vec<Tab>,
    kept: Vec<(&'static str, String)>,
    earlier: String,
    later: String,
    stats: Vec<Stat>,
    plot: Markup,
    rows: Vec<Line>,
    total: Line,
    by_person: bool,
    set: Option<String>,
    targets: Option<String>,
    export: Option<String>,
}

struct Tab {
    label: &'static str,
    href: String,
    current: bool,
}

struct Stat {
    label: String,
    value: String,
    note: String,
    tone: &'static str,
    href: Option<String>,
}

struct Line {
    place: String,
    name: String,
    href: Option<String>,
    note: String,
    person: bool,
    actual: Markup,
    records: String,
    target: String,
    achieved: Option<(i64, String)>,
    changes: [Option<Moved>; 2],
    trend: Markup,
}

struct Moved {
    text: String,
    tone: &'static str,
}

pub async fn show(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let lang = signed.lang();
    let query = query(&signed, &pairs);
    let ranking = signed.app.engine.performance(&signed.actor, &query).await?;
    let engine = &signed.app.engine;
    let target = engine.may(&signed.actor, "target");
    let products = if ranking.measure.by_product { products(&signed, query.product).await? } else { Vec::new() };
    let unit = ranking.measure.unit;
    let asked = pairs.clone().with("period", ranking.period.code());
    let total = line(&signed, &ranking, &ranking.total, &asked);
    let set = Pairs(vec![("measure".to_owned(), ranking.measure.name.clone())]);
    let page = Page {
        frame: Frame::new(&signed, lang.t("业绩榜", "Rankings"), PLACE),
        lang,
        help: ranking.measure.help.as_ref().map(|help| help.get(lang).to_owned()).unwrap_or_default(),
        measures: ranking.measures.iter().map(|one| measure_choice(one, &ranking.measure, lang)).collect(),
        periods: periods(engine.zone().day_of(engine.now()), ranking.period, lang),
        departments: department_choices(&ranking.departments, ranking.department, lang),
        products,
        currencies: currencies(&ranking.currencies, unit),
        orders: orders(ranking.order, lang),
        spans: spans(&signed, ranking.period, &asked),
        bys: if ranking.sees_others { bys(ranking.by, &asked, lang) } else { Vec::new() },
        kept: vec![("by", by_word(ranking.by).to_owned())],
        earlier: asked.clone().with("period", ranking.period.moved(-1).code()).on(PLACE),
        later: asked.clone().with("period", ranking.period.moved(1).code()).on(PLACE),
        stats: stats(&ranking, lang),
        plot: trend(&ranking, lang),
        rows: ranking.rows.iter().map(|row| line(&signed, &ranking, row, &asked)).collect(),
        total,
        by_person: ranking.by == RankedBy::Person,
        set: target.create.then(|| set.on("/target/new")),
        targets: target.read.then(|| "/target?view=this_year".to_owned()),
        export: engine.may(&signed.actor, &ranking.measure.object).export.then(|| asked.on("/performance/export")),
    };
    html(&page)
}

/// The ranking as a file.
pub async fn export(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let query = query(&signed, &pairs);
    let out = tempfile::Builder::new().prefix("zhike-export-").suffix(".csv").tempfile()?;
    let ranking = signed.app.engine.export_performance(&signed.actor, &query, out.path()).await?;
    let lang = signed.lang();
    let name =
        format!("{}-{}-{}.csv", lang.t("业绩榜", "ranking"), ranking.measure.label.get(lang), ranking.period.code());
    let file = tokio::fs::File::from_std(out.reopen()?);
    let answer: Response = stream(file, &name, "text/csv; charset=utf-8", false);
    Ok(answer)
}

/// What the address asks for; an address that somebody cut short shows this month.
pub fn query(signed: &Signed, pairs: &Pairs) -> PerformanceQuery {
    let engine = &signed.app.engine;
    let today = engine.zone().day_of(engine.now());
    PerformanceQuery {
        measure: pairs.get("measure").map(str::to_owned),
        period: period(pairs, Span::Month, today),
        by: if pairs.get("by") == Some("department") { RankedBy::Department } else { RankedBy::Person },
        department: pairs.get("department").and_then(|id| Uuid::parse_str(id).ok()),
        product: pairs.get("product").and_then(|id| Uuid::parse_str(id).ok()),
        currency: pairs.get("currency").and_then(Currency::parse),
        order: if pairs.get("order") == Some("achievement") { RankOrder::Achievement } else { RankOrder::Actual },
    }
}

pub fn period(pairs: &Pairs, usual: Span, today: i64) -> Period {
    let asked = pairs.get("period").and_then(|text| Period::parse(text).ok());
    asked.unwrap_or_else(|| Period::holding(usual, today))
}

fn measure_choice(one: &MeasureInfo, chosen: &MeasureInfo, lang: Lang) -> Choice {
    Choice::new(&one.name, one.label.get(lang), one.name == chosen.name)
}

/// The periods around now and around the one that is shown, the latest first.
fn periods(today: i64, shown: Period, lang: Lang) -> Vec<Choice> {
    let now = Period::holding(shown.span, today);
    let mut all: Vec<Period> = (-12..=1).map(|i| now.moved(i)).collect();
    all.push(shown);
    all.sort();
    all.dedup();
    all.into_iter().rev().map(|one| Choice::new(&one.code(), &one.label(lang), one == shown)).collect()
}

/// A department stands under its parent: by blanks that a select keeps.
pub fn department_choices(all: &[DepartmentChoice], chosen: Option<Uuid>, lang: Lang) -> Vec<Choice> {
    let mut choices = Vec::new();
    if all.first().is_some_and(|_| chosen.is_none() || all.iter().filter(|one| one.depth == 0).count() > 1) {
        choices.push(Choice::new("", lang.t("全部部门", "All departments"), chosen.is_none()));
    }
    choices.extend(all.iter().map(|one| {
        let label = format!("{}{}", "\u{3000}".repeat(one.depth), one.name);
        Choice::new(&one.id.to_string(), &label, chosen == Some(one.id))
    }));
    choices
}

async fn products(signed: &Signed, chosen: Option<Uuid>) -> Result<Vec<Choice>, Fault> {
    let lang = signed.lang();
    let mut choices = vec![Choice::new("", lang.t("全部产品", "All products"), chosen.is_none())];
    let query = zhike_records::ListQuery {
        object: "product".to_owned(),
        fields: Some(vec!["name".to_owned()]),
        sort: vec![zhike_model::SortKey { field: "name".to_owned(), descending: false }],
        limit: 500,
        lenient: true,
        ..zhike_records::ListQuery::default()
    };
    match signed.app.engine.list(&signed.actor, &query).await {
        Ok(page) => choices.extend(page.records.iter().map(|product| {
            let name = product.value("name").as_text().unwrap_or_default().to_owned();
            Choice::new(&product.id.to_string(), &name, chosen == Some(product.id))
        })),
        Err(Error::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(choices)
}

fn currencies(all: &[Currency], unit: Unit) -> Vec<Choice> {
    let Unit::Money(shown) = unit else { return Vec::new() };
    // one alone is no choice
    if all.iter().all(|one| *one == shown) {
        return Vec::new();
    }
    all.iter().map(|one| Choice::new(one.code(), one.code(), *one == shown)).collect()
}

fn orders(order: RankOrder, lang: Lang) -> Vec<Choice> {
    vec![
        Choice::new("actual", lang.t("按完成排名", "By actual"), order == RankOrder::Actual),
        Choice::new("achievement", lang.t("按完成率排名", "By achievement"), order == RankOrder::Achievement),
    ]
}

/// The same place in time, looked at in another length; a length that holds today goes to today.
fn spans(signed: &Signed, shown: Period, asked: &Pairs) -> Vec<Tab> {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let today = engine.zone().day_of(engine.now());
    let (from, until) = shown.days();
    let day = if (from..until).contains(&today) { today } else { from };
    [(Span::Month, lang.t("月", "Month")), (Span::Quarter, lang.t("季", "Quarter")), (Span::Year, lang.t("年", "Year"))]
        .into_iter()
        .map(|(span, label)| Tab {
            label,
            href: asked.clone().with("period", Period::holding(span, day).code()).on(PLACE),
            current: span == shown.span,
        })
        .collect()
}

fn bys(by: RankedBy, asked: &Pairs, lang: Lang) -> Vec<Tab> {
    [(RankedBy::Person, lang.t("按个人", "People")), (RankedBy::Department, lang.t("按部门", "Departments"))]
        .into_iter()
        .map(|(one, label)| Tab { label, href: asked.clone().with("by", by_word(one)).on(PLACE), current: one == by })
        .collect()
}

fn by_word(by: RankedBy) -> &'static str {
    match by {
        RankedBy::Person => "person",
        RankedBy::Department => "department",
    }
}

fn stats(ranking: &Performance, lang: Lang) -> Vec<Stat> {
    let (total, unit) = (&ranking.total, ranking.measure.unit);
    let records = t!(lang, "{} 条记录", "{} records", ui::count(total.records));
    let mut stats = vec![Stat {
        label: ranking.measure.label.get(lang).to_owned(),
        value: plot::rounded(unit, total.actual),
        note: records,
        tone: "gray",
        href: Some(records_of(ranking, total)),
    }];
    stats.push(match (total.target, total.achievement) {
        (Some(target), Some(share)) => Stat {
            label: lang.t("完成率", "Achievement").to_owned(),
            value: plot::per_cent(share),
            note: t!(lang, "目标 {}", "of {}", plot::rounded(unit, target)),
            tone: if share >= 1_000 { "green" } else { "gray" },
            href: None,
        },
        _ => Stat {
            label: lang.t("目标", "Target").to_owned(),
            value: "—".to_owned(),
            note: lang.t("这个周期还没有定目标", "none is set for this period").to_owned(),
            tone: "gray",
            href: None,
        },
    });
    let compared = |label: &str, change: Option<i64>, before: i64| {
        let moved = change.map(moved);
        Stat {
            label: label.to_owned(),
            value: moved.as_ref().map_or_else(|| "—".to_owned(), |moved| moved.text.clone()),
            note: plot::rounded(unit, before),
            tone: moved.map_or("gray", |moved| moved.tone),
            href: None,
        }
    };
    if ranking.period.span != Span::Year {
        stats.push(compared(lang.t("比上一周期", "Against the period before"), total.change, total.before));
    }
    stats.push(compared(lang.t("比去年同期", "Against a year before"), total.year_change, total.year_before));
    stats
}

fn moved(change: i64) -> Moved {
    let sign = if change > 0 { "+" } else { "" };
    Moved {
        text: format!("{sign}{}", plot::per_cent(change)),
        tone: match change {
            0 => "gray",
            1.. => "green",
            _ => "red",
        },
    }
}

fn trend(ranking: &Performance, lang: Lang) -> Markup {
    let unit = ranking.measure.unit;
    let columns: Vec<Column> = ranking
        .trend
        .iter()
        .zip(&ranking.total.trend)
        .map(|(period, value)| Column {
            label: short(*period, lang),
            title: format!("{} {}", period.label(lang), plot::figure(unit, *value)),
            parts: vec![(*value, "")],
            accent: *period == ranking.period,
        })
        .collect();
    let label = ranking.measure.label.get(lang);
    let told = t!(lang, "{label}，各周期合计", "{label} by period");
    plot::columns(&columns, unit, lang, &told)
}

/// As short as it stands under a column.
pub fn short(period: Period, lang: Lang) -> String {
    let (year, month) = period.first_month();
    match (period.span, lang) {
        (Span::Year, _) => year.to_string(),
        (Span::Quarter, _) if month == 1 => format!("{}Q1", year % 100),
        (Span::Quarter, _) => format!("Q{}", month / 3 + 1),
        (Span::Month, Lang::Zh) => format!("{month}月"),
        (Span::Month, Lang::En) => period.label(lang).chars().take(3).collect(),
    }
}

/// The list of the records behind a figure.
fn records_of(ranking: &Performance, row: &RankedRow) -> String {
    list_of(&ranking.measure.object, &row.filter)
}

/// A list with that filter alone.
pub fn list_of(object: &str, filter: &str) -> String {
    Pairs(vec![("view".to_owned(), "all".to_owned()), ("filter".to_owned(), filter.to_owned())])
        .on(&format!("/{object}"))
}

fn line(signed: &Signed, ranking: &Performance, row: &RankedRow, asked: &Pairs) -> Line {
    let lang = signed.lang();
    let unit = ranking.measure.unit;
    let records = records_of(ranking, row);
    let (name, note, href, person) = match &row.who {
        Who::Person { id, name, department } => {
            (name.clone(), department.clone().unwrap_or_default(), Some(format!("/user/{id}")), true)
        }
        Who::Department { id, name } => {
            let into = asked.clone().with("department", id.to_string()).on(PLACE);
            (name.clone(), String::new(), Some(into), false)
        }
        Who::Direct { id, name } => {
            let into = asked.clone().with("department", id.to_string()).with("by", "person").on(PLACE);
            (name.clone(), lang.t("直属", "directly").to_owned(), Some(into), false)
        }
        Who::Nobody => {
            (lang.t("未归属", "Nobody's").to_owned(), lang.t("没有负责人", "without an owner").to_owned(), None, false)
        }
        Who::Everybody => (lang.t("合计", "Total").to_owned(), String::new(), None, false),
    };
    let figures: Vec<String> = row.trend.iter().map(|value| plot::rounded(unit, *value)).collect();
    let told = t!(lang, "{name} 的走势：{}", "Trend of {name}: {}", figures.join(lang.t("、", ", ")));
    Line {
        place: row.place.map(|place| place.to_string()).unwrap_or_default(),
        note,
        href,
        person,
        actual: Markup(format!(r#"<a href="{}">{}</a>"#, ui::escape(&records), plot::figure(unit, row.actual))),
        records: ui::count(row.records),
        target: row.target.map(|target| plot::figure(unit, target)).unwrap_or_default(),
        achieved: row.achievement.map(|share| (share.clamp(0, 1_000), plot::per_cent(share))),
        changes: [row.change.map(moved), row.year_change.map(moved)],
        trend: plot::spark(&row.trend, &told),
        name,
    }
}
