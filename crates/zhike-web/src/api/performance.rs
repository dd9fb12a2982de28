//! 业绩榜: figures beside targets, by person or department.

use axum::{
    extract::State,
    response::{IntoResponse as _, Json},
};
use serde_json::{Value, json};
use zhike_records::{
    Engine, MeasureInfo, Performance, PerformanceQuery, Period, RankOrder, RankedBy, RankedRow, Span, Unit, Who,
};
use zhike_types::{Currency, Text, text};

use super::{Answer, caller::Caller, params::Params, problem::Problem};

pub async fn measures(State(engine): State<Engine>, caller: Caller, params: Params) -> Answer {
    params.finish()?;
    let data: Vec<Value> = engine.measures(&caller.actor).iter().map(measure_json).collect();
    Ok(Json(json!({ "data": data })).into_response())
}

pub async fn read(State(engine): State<Engine>, caller: Caller, mut params: Params) -> Answer {
    let measure = params.text("measure");
    let period = params.text("period");
    let by = params.text("by");
    let department = params.id("department");
    let product = params.id("product");
    let currency = params.text("currency");
    let order = params.text("order");
    params.finish()?;
    let query = PerformanceQuery {
        measure,
        period: this_period(&engine, period.as_deref(), Span::Month)?,
        by: choice("by", by.as_deref(), &[("person", RankedBy::Person), ("department", RankedBy::Department)])?,
        department,
        product,
        currency: self::currency(currency.as_deref())?,
        order: choice(
            "order",
            order.as_deref(),
            &[("actual", RankOrder::Actual), ("achievement", RankOrder::Achievement)],
        )?,
    };
    let ranking = engine.performance(&caller.actor, &query).await?;
    Ok(Json(told(&ranking)).into_response())
}

/// The period asked for, or the one that holds today.
pub fn this_period(engine: &Engine, text: Option<&str>, usual: Span) -> Result<Period, Problem> {
    match text {
        Some(text) => Ok(Period::parse(text)?),
        None => Ok(Period::holding(usual, engine.zone().day_of(engine.now()))),
    }
}

pub fn currency(code: Option<&str>) -> Result<Option<Currency>, Problem> {
    let Some(code) = code else { return Ok(None) };
    Currency::parse(code).map(Some).ok_or_else(|| {
        let message = Text::new("币种写三个大写字母，例如 CNY。", "A currency is three capital letters, such as CNY.");
        Problem::invalid("currency", "invalid", message)
    })
}

/// One of some words; the first when none is said.
pub fn choice<T: Copy>(name: &str, word: Option<&str>, choices: &[(&str, T)]) -> Result<T, Problem> {
    let found = match word {
        None => choices.first(),
        Some(word) => choices.iter().find(|(known, _)| *known == word),
    };
    found.map(|(_, choice)| *choice).ok_or_else(|| {
        let known = choices.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
        Problem::invalid(name, "unknown", text!("可以写：{known}。", "It may be: {known}."))
    })
}

fn measure_json(measure: &MeasureInfo) -> Value {
    json!({
        "name": measure.name,
        "label": { "zh": measure.label.zh, "en": measure.label.en },
        "object": measure.object,
        "currency": currency_of(measure.unit),
        "by_product": measure.by_product,
    })
}

fn currency_of(unit: Unit) -> Option<String> {
    match unit {
        Unit::Money(currency) => Some(currency.code().to_owned()),
        Unit::Number { .. } => None,
    }
}

/// A figure as an exact decimal.
pub fn decimal(unit: Unit, value: i64) -> String {
    let scale = match unit {
        Unit::Money(currency) => currency.scale(),
        Unit::Number { scale } => scale,
    } as usize;
    let (sign, digits) =
        (if value < 0 { "-" } else { "" }, format!("{:0>width$}", value.unsigned_abs(), width = scale + 1));
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Thousandths as a per cent.
fn per_cent(thousandths: Option<i64>) -> Value {
    thousandths.map_or(Value::Null, |share| json!(decimal(Unit::Number { scale: 1 }, share)))
}

fn told(ranking: &Performance) -> Value {
    let unit = ranking.measure.unit;
    json!({
        "measure": measure_json(&ranking.measure),
        "period": ranking.period.code(),
        "trend": ranking.trend.iter().map(|period| period.code()).collect::<Vec<_>>(),
        "department": ranking.department,
        "currencies": ranking.currencies.iter().map(Currency::code).collect::<Vec<_>>(),
        "data": ranking.rows.iter().map(|row| row_json(unit, row)).collect::<Vec<_>>(),
        "total": row_json(unit, &ranking.total),
    })
}

fn row_json(unit: Unit, row: &RankedRow) -> Value {
    let (kind, id, name) = match &row.who {
        Who::Person { id, name, .. } => ("person", Some(id), Some(name)),
        Who::Department { id, name } => ("department", Some(id), Some(name)),
        Who::Direct { id, name } => ("direct", Some(id), Some(name)),
        Who::Nobody => ("nobody", None, None),
        Who::Everybody => ("everybody", None, None),
    };
    json!({
        "place": row.place,
        "kind": kind,
        "id": id,
        "name": name,
        "actual": decimal(unit, row.actual),
        "records": row.records,
        "target": row.target.map(|target| decimal(unit, target)),
        "achievement": per_cent(row.achievement),
        "before": decimal(unit, row.before),
        "change": per_cent(row.change),
        "year_before": decimal(unit, row.year_before),
        "year_change": per_cent(row.year_change),
        "trend": row.trend.iter().map(|value| decimal(unit, *value)).collect::<Vec<_>>(),
        "filter": row.filter,
    })
}
