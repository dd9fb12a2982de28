//! 预测: what open deals may bring, and what became of them.

use axum::{
    extract::State,
    response::{IntoResponse as _, Json},
};
use serde_json::{Map, Value, json};
use zhike_records::{
    Category, Engine, Forecast, ForecastLine, ForecastMonth, ForecastQuery, Open, Period, Span, Unit, Who,
};
use zhike_types::date_of;

use super::{
    Answer,
    caller::Caller,
    params::Params,
    performance::{choice, currency, decimal, this_period},
    problem::Problem,
};

/// Half a year, when nobody says.
const MONTHS: i64 = 6;
const DAY: i64 = 86_400_000;

pub async fn read(State(engine): State<Engine>, caller: Caller, mut params: Params) -> Answer {
    let asked = Asked::of(&mut params);
    params.finish()?;
    let forecast = engine.forecast(&caller.actor, &asked.query(&engine)?).await?;
    Ok(Json(told(&forecast)).into_response())
}

pub async fn changes(State(engine): State<Engine>, caller: Caller, mut params: Params) -> Answer {
    let asked = Asked::of(&mut params);
    let since = params.instant("since").unwrap_or_else(|| engine.now() - 7 * DAY);
    params.finish()?;
    let changes = engine.forecast_changes(&caller.actor, &asked.query(&engine)?, since).await?;
    let unit = Unit::Money(changes.currency);
    let kinds: Vec<Value> = changes
        .kinds
        .iter()
        .map(|(kind, (deals, by))| json!({ "kind": kind, "deals": deals, "by": decimal(unit, *by) }))
        .collect();
    let deals: Vec<Value> = changes
        .deals
        .iter()
        .map(|deal| {
            json!({
                "id": deal.id,
                "name": deal.name,
                "owner": deal.owner,
                "kind": deal.kind,
                "by": decimal(unit, deal.by),
                "expected_close": deal.close.and_then(date_of).map(|date| date.to_string()),
            })
        })
        .collect();
    let body = json!({
        "currency": changes.currency,
        "since": engine.instant_json(changes.since),
        "start": decimal(unit, changes.start),
        "now": decimal(unit, changes.now),
        "changes": kinds,
        "data": deals,
    });
    Ok(Json(body).into_response())
}

/// The query's words.
struct Asked {
    from: Option<String>,
    months: Option<i64>,
    department: Option<zhike_types::Uuid>,
    by: Option<String>,
    currency: Option<String>,
}

impl Asked {
    fn of(params: &mut Params) -> Self {
        Self {
            from: params.text("from"),
            months: params.number("months", 1..=24),
            department: params.id("department"),
            by: params.text("by"),
            currency: params.text("currency"),
        }
    }

    fn query(&self, engine: &Engine) -> Result<ForecastQuery, Problem> {
        let from = match self.from.as_deref() {
            Some(text) => Period::parse(text)?,
            None => {
                let quarter = this_period(engine, None, Span::Quarter)?;
                Period::holding(Span::Month, quarter.days().0)
            }
        };
        Ok(ForecastQuery {
            from,
            months: self.months.unwrap_or(MONTHS) as usize,
            department: self.department,
            by_department: choice("by", self.by.as_deref(), &[("person", false), ("department", true)])?,
            currency: currency(self.currency.as_deref())?,
        })
    }
}

fn told(forecast: &Forecast) -> Value {
    let unit = Unit::Money(forecast.currency);
    json!({
        "currency": forecast.currency,
        "currencies": forecast.currencies,
        "department": forecast.department,
        "months": forecast.months.iter().map(|month| month_json(unit, month)).collect::<Vec<_>>(),
        "total": month_json(unit, &forecast.total),
        "overdue": open_json(unit, &forecast.overdue),
        "later": open_json(unit, &forecast.later),
        "undated": open_json(unit, &forecast.undated),
        "data": forecast.lines.iter().map(|line| line_json(unit, line)).collect::<Vec<_>>(),
    })
}

fn open_json(unit: Unit, open: &Open) -> Value {
    json!({ "deals": open.deals, "amount": decimal(unit, open.amount), "weighted": decimal(unit, open.weighted) })
}

fn categories(unit: Unit, open: &[Open; 4]) -> Value {
    let one = |category: &Category| (category.key().to_owned(), open_json(unit, &open[category.place()]));
    Value::Object(Category::ALL.iter().map(one).collect::<Map<_, _>>())
}

fn month_json(unit: Unit, month: &ForecastMonth) -> Value {
    json!({
        "period": month.period.map(Period::code),
        "target": month.target.map(|target| decimal(unit, target)),
        "won": decimal(unit, month.won),
        "open": categories(unit, &month.open),
        "expected": decimal(unit, month.expected()),
        "filter": month.filter,
    })
}

fn line_json(unit: Unit, line: &ForecastLine) -> Value {
    let (kind, id, name) = match &line.who {
        Who::Person { id, name, .. } => ("person", Some(id), Some(name)),
        Who::Department { id, name } => ("department", Some(id), Some(name)),
        Who::Direct { id, name } => ("direct", Some(id), Some(name)),
        Who::Nobody => ("nobody", None, None),
        Who::Everybody => ("everybody", None, None),
    };
    json!({
        "kind": kind,
        "id": id,
        "name": name,
        "target": line.target.map(|target| decimal(unit, target)),
        "won": decimal(unit, line.won),
        "open": categories(unit, &line.open),
        "expected": decimal(unit, line.expected()),
        "filter": line.filter,
    })
}
