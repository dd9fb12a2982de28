//! 客户集中度: which share of what is paid or signed comes from how few customers, for a period, by person and department.

use askama::Template;
use axum::extract::Query;
use zhike_records::{Basis, Concentration, ConcentrationPart, ConcentrationQuery, Period, Span, Unit};
use zhike_types::{Currency, Lang, Uuid};

use super::performance::{department_choices, list_of, period};
use crate::{
    fault::Answer,
    form::Choice,
    frame::{Frame, html},
    link::Pairs,
    plot,
    session::Signed,
    ui::{self, Markup},
    words::{Say, t},
};

/// The address that the rail leads to.
pub const PLACE: &str = "/concentration";
const YUAN: Unit = Unit::Money(Currency::CNY);
const PERIODS: i64 = 8;

#[derive(Template)]
#[template(path = "concentration/page.html")]
struct Page {
    frame: Frame,
    lang: Lang,
    bases: Vec<(&'static str, String, bool)>,
    spans: Vec<(&'static str, String, bool)>,
    bys: Vec<(&'static str, String, bool)>,
    periods: Vec<Choice>,
    departments: Vec<Choice>,
    kept: Vec<(&'static str, String)>,
    /// Whose customers alone are shown, and the way back to all.
    only: Option<(String, String)>,
    stats: Vec<(String, String, String)>,
    plot: Markup,
    top: Vec<Top>,
    list: String,
    parts: Vec<Part>,
    by_department: bool,
    none: bool,
}

struct Top {
    place: usize,
    href: String,
    name: String,
    amount: String,
    records: String,
    share: String,
    together: (i64, String),
}

struct Part {
    name: String,
    href: Option<String>,
    customers: String,
    amount: String,
    share: String,
    largest: String,
    fifth: (i64, String),
}

pub fn basis_of(word: Option<&str>) -> Option<Basis> {
    [Basis::Paid, Basis::Signed].into_iter().find(|basis| Some(basis.key()) == word)
}

pub async fn show(signed: Signed, Query(pairs): Query<Pairs>) -> Answer {
    let lang = signed.lang();
    let engine = &signed.app.engine;
    let today = engine.zone().day_of(engine.now());
    let offered = |basis: &Basis| engine.concentrates(&signed.actor, *basis);
    let usual = [Basis::Paid, Basis::Signed].into_iter().find(offered).unwrap_or(Basis::Paid);
    let id = |name: &str| pairs.get(name).and_then(|id| Uuid::parse_str(id).ok());
    let query = ConcentrationQuery {
        basis: basis_of(pairs.get("basis")).unwrap_or(usual),
        period: period(&pairs, Span::Year, today),
        department: id("department"),
        owner: id("owner"),
        by_department: pairs.get("by") == Some("department"),
    };
    let found = engine.concentration(&signed.actor, &query).await?;
    let (object, day, counts) = query.basis.source();
    let (from, until) = query.period.days();
    let date = |day: i64| zhike_types::date_of(day).map(|date| date.to_string()).unwrap_or_default();
    let records = |account: Uuid| {
        let counts = if counts.is_empty() { String::new() } else { format!(" && {counts}") };
        let filter = format!(
            "account == \"{account}\" && {day} >= date(\"{}\") && {day} < date(\"{}\"){counts}",
            date(from),
            date(until)
        );
        list_of(object, &filter)
    };
    let share = |part: i64| zhike_crm::roster::share(part, found.total).unwrap_or_default();
    let top = found.top.iter().enumerate().map(|(i, one)| Top {
        place: i + 1,
        href: format!("/account/{}", one.id),
        name: one.name.clone(),
        amount: plot::rounded(YUAN, one.amount),
        records: records(one.id),
        share: plot::per_cent(share(one.amount)),
        together: (share(one.together), plot::per_cent(share(one.together))),
    });
    let ids: Vec<String> = found.top.iter().map(|one| format!("\"{}\"", one.id)).collect();
    let asked = pairs.clone().with("period", query.period.code());
    let bases = [(Basis::Paid, lang.t("回款", "Paid")), (Basis::Signed, lang.t("合同", "Signed"))];
    let bases = bases
        .into_iter()
        .filter(|(basis, _)| offered(basis))
        .map(|(basis, label)| (label, asked.clone().with("basis", basis.key()).on(PLACE), basis == query.basis));
    let spans = [
        (Span::Month, lang.t("月", "Month")),
        (Span::Quarter, lang.t("季", "Quarter")),
        (Span::Year, lang.t("年", "Year")),
    ];
    let near = if (from..until).contains(&today) { today } else { from };
    let spans = spans.into_iter().map(|(span, label)| {
        (label, asked.clone().with("period", Period::holding(span, near).code()).on(PLACE), span == query.period.span)
    });
    let bys = [("person", lang.t("按负责人", "People")), ("department", lang.t("按部门", "Departments"))];
    let bys = bys.into_iter().map(|(word, label)| {
        (label, asked.clone().with("by", word).on(PLACE), (word == "department") == query.by_department)
    });
    let only = query.owner.map(|owner| {
        let name = found.parts.iter().find(|part| part.id == Some(owner)).map(|part| part.name.clone());
        (name.unwrap_or_default(), asked.clone().without("owner").on(PLACE))
    });
    html(&Page {
        frame: Frame::new(&signed, lang.t("客户集中度", "Concentration"), PLACE),
        lang,
        bases: bases.collect(),
        spans: spans.collect(),
        bys: bys.collect(),
        periods: periods(today, query.period, lang),
        departments: department_choices(&found.departments, query.department, lang),
        kept: ["basis", "by", "owner"]
            .into_iter()
            .filter_map(|name| Some((name, pairs.get(name)?.to_owned())))
            .collect(),
        only,
        stats: stats(&found, lang),
        plot: curve(&found, lang),
        top: top.collect(),
        list: list_of("account", &format!("id in [{}]", ids.join(", "))),
        parts: found.parts.iter().map(|one| part(&found, one, &query, &asked, lang)).collect(),
        by_department: query.by_department,
        none: found.customers == 0,
    })
}

fn periods(today: i64, shown: Period, lang: Lang) -> Vec<Choice> {
    let now = Period::holding(shown.span, today);
    let mut all: Vec<Period> = (0..PERIODS).map(|back| now.moved(-back)).collect();
    if !all.contains(&shown) {
        all.push(shown);
    }
    all.into_iter().map(|one| Choice::new(&one.code(), &one.label(lang), one == shown)).collect()
}

fn stats(found: &Concentration, lang: Lang) -> Vec<(String, String, String)> {
    let of =
        |part: i64, whole: i64| zhike_crm::roster::share(part, whole).map_or_else(|| "—".to_owned(), plot::per_cent);
    let amount = |n: usize| found.top.get(..n.min(found.top.len())).and_then(<[_]>::last).map_or(0, |one| one.together);
    vec![
        (
            lang.t("合计", "Total").to_owned(),
            plot::compact(YUAN, found.total, lang),
            t!(lang, "{} 个客户", "{} customers", ui::count(found.customers)),
        ),
        (
            lang.t("前 20% 的客户占", "The largest 20% have").to_owned(),
            of(found.top_fifth, found.total),
            plot::compact(YUAN, found.top_fifth, lang),
        ),
        (
            lang.t("占到 80% 只要", "80% comes from").to_owned(),
            ui::count(found.four_fifths),
            t!(lang, "个客户，占客户数 {}", "customers, {} of them", of(found.four_fifths, found.customers)),
        ),
        (
            lang.t("最大的客户占", "The largest one has").to_owned(),
            of(amount(1), found.total),
            found.top.first().map(|one| one.name.clone()).unwrap_or_default(),
        ),
        (
            lang.t("前 10 大占", "The ten largest have").to_owned(),
            of(amount(10), found.total),
            plot::compact(YUAN, amount(10), lang),
        ),
    ]
}

fn curve(found: &Concentration, lang: Lang) -> Markup {
    let share = |part: i64, whole: i64| if whole > 0 { part as f64 / whole as f64 } else { 0.0 };
    let points: Vec<(f64, f64)> = found
        .curve
        .iter()
        .map(|(customers, together)| (share(*customers, found.customers), share(*together, found.total)))
        .collect();
    let of = zhike_crm::roster::share(found.top_fifth, found.total).map(plot::per_cent).unwrap_or_default();
    let told = t!(
        lang,
        "累计曲线：横轴是客户从大到小，纵轴是金额占比；前 20% 的客户占 {of}",
        "Cumulative curve: customers from the largest on, and their share of the amount; the largest 20% have {of}"
    );
    plot::lorenz(
        &points,
        [lang.t("客户（从大到小）", "customers, the largest first"), lang.t("金额占比", "share of the amount")],
        &told,
    )
}

fn part(found: &Concentration, one: &ConcentrationPart, query: &ConcentrationQuery, asked: &Pairs, lang: Lang) -> Part {
    let of = |part: i64, whole: i64| zhike_crm::roster::share(part, whole).unwrap_or_default();
    let name = match (one.id, one.name.is_empty()) {
        (None, _) => lang.t("没有负责人", "Nobody's").to_owned(),
        (Some(_), true) => lang.t("已删除", "deleted").to_owned(),
        (Some(_), false) => one.name.clone(),
    };
    let into = one.id.map(|id| {
        if query.by_department {
            asked.clone().with("department", id.to_string()).with("by", "person").on(PLACE)
        } else {
            asked.clone().with("owner", id.to_string()).on(PLACE)
        }
    });
    Part {
        name,
        href: into,
        customers: ui::count(one.customers),
        amount: plot::rounded(YUAN, one.amount),
        share: plot::per_cent(of(one.amount, found.total)),
        largest: plot::per_cent(of(one.largest, one.amount)),
        fifth: (of(one.top_fifth, one.amount), plot::per_cent(of(one.top_fifth, one.amount))),
    }
}
