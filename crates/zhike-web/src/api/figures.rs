//! Counts and other figures over a list.

use axum::{
    extract::State,
    response::{IntoResponse as _, Json},
};
use serde_json::{Value as Any, json};
use zhike_model::{AggregateOp, FieldKind, Object};
use zhike_records::{AggregateQuery, Engine, Group};
use zhike_types::{Text, Value, text};

use super::{Answer, caller::Caller, lists::known, params::Params, path::At, problem::Problem};

pub async fn count(State(engine): State<Engine>, caller: Caller, At(object): At<String>, mut params: Params) -> Answer {
    known(&engine, &object)?;
    let filter = params.text("filter").unwrap_or_default();
    let bin = params.flag("bin");
    params.finish()?;
    let count = engine.count(&caller.actor, &object, &filter, bin).await?;
    Ok(Json(json!({ "count": count })).into_response())
}

pub async fn aggregate(
    State(engine): State<Engine>,
    caller: Caller,
    At(object): At<String>,
    mut params: Params,
) -> Answer {
    let model = engine.model();
    let object = model.object(&object).ok_or_else(Problem::not_found)?;
    let words = params.words("figures").unwrap_or_else(|| vec!["count:*".to_owned()]);
    let group = params.text("group");
    let filter = params.text("filter").unwrap_or_default();
    let limit = params.number("limit", 1..=1000).unwrap_or(100) as usize;
    params.finish()?;
    let figures = words.iter().map(|word| figure(word)).collect::<Result<Vec<_>, _>>()?;
    let query = AggregateQuery { object: object.name.clone(), filter, group, figures, limit };
    let groups = engine.aggregate(&caller.actor, &query).await?;
    let data: Vec<Any> = groups.iter().map(|group| group_json(&engine, object, &query, group)).collect();
    Ok(Json(json!({ "data": data })).into_response())
}

/// `sum:annual_revenue`; `count` alone counts records.
fn figure(word: &str) -> Result<(AggregateOp, String), Problem> {
    let (op, field) = word.split_once(':').unwrap_or((word, "*"));
    let op = match op {
        "count" => AggregateOp::Count,
        "sum" => AggregateOp::Sum,
        "average" => AggregateOp::Average,
        "min" => AggregateOp::Min,
        "max" => AggregateOp::Max,
        _ => {
            return Err(Problem::invalid(
                "figures",
                "invalid",
                text!(
                    "不会算「{}」：写 count、sum、average、min 或 max，再加冒号和字段名。",
                    "`{}` is no figure: write count, sum, average, min or max, a colon and a field.",
                    word
                ),
            ));
        }
    };
    if field == "*" && op != AggregateOp::Count {
        let message = Text::new("只有 count 可以不写字段。", "Only count goes without a field.");
        return Err(Problem::invalid("figures", "invalid", message));
    }
    Ok((op, field.to_owned()))
}

fn group_json(engine: &Engine, object: &Object, query: &AggregateQuery, group: &Group) -> Any {
    let key = match (query.group.as_deref().map(|by| by.split_once(':').unwrap_or(("", by))), &group.key) {
        (None, _) | (_, Value::Null) => Any::Null,
        (Some(("day", _)), Value::Int(day)) => engine.value_json(&FieldKind::Date, &Value::Int(*day), None),
        (Some(("month", _)), Value::Int(month)) => {
            json!(format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1))
        }
        (Some(("year", _)), Value::Int(year)) => json!(format!("{year:04}")),
        (_, Value::Id(id)) => json!(id),
        (Some((_, by)), key) => object.field(by).map_or(Any::Null, |field| engine.value_json(&field.kind, key, None)),
    };
    let figures: Vec<Any> = query
        .figures
        .iter()
        .zip(&group.figures)
        .map(|((op, field), value)| match (op, object.field(field), value) {
            (AggregateOp::Count | AggregateOp::Average, _, Value::Int(number)) => json!(number),
            (AggregateOp::Count | AggregateOp::Average, _, Value::Real(number)) => json!(number),
            (_, Some(field), value) => engine.value_json(&field.kind, value, None),
            _ => Any::Null,
        })
        .collect();
    json!({ "key": key, "title": group.title, "figures": figures })
}
