//! Key accounts: figures of rosters, statements, new-product notices, concentration, influence.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Json},
};
use serde::Deserialize;
use serde_json::{Value, json};
use zhike_crm::{
    influence::influence as map,
    notice::{NoticeWish, give_notice, recipients as found, take_back_notice},
    roster::{Roster, Standing, roster, rosters},
    statement::{StatementWish, make_statements},
};
use zhike_records::{Basis, ConcentrationQuery, Engine, Period, Span, Unit};
use zhike_types::{Currency, Text, Uuid, days_of};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    params::Params,
    path::{At, Id},
    performance::{choice, decimal, this_period},
    problem::Problem,
};
use crate::pages::statement::pack;

fn per_cent(thousandths: Option<i64>) -> Value {
    thousandths.map_or(Value::Null, |share| json!(decimal(Unit::Number { scale: 1 }, share)))
}

fn yuan(minor: i64) -> Value {
    json!(decimal(Unit::Money(Currency::CNY), minor))
}

fn roster_json(engine: &Engine, one: &Roster, lang: zhike_types::Lang) -> Value {
    let record = &one.record;
    json!({
        "id": record.id,
        "name": engine.show(record, "name", lang),
        "keeper": record.value("owner").as_id(),
        "keeper_name": engine.show(record, "owner", lang),
        "role": record.value("role").as_id(),
        "role_name": engine.show(record, "role", lang),
        "customers": one.count,
        "minimum": one.minimum,
        "maximum": one.maximum,
        "missing": if let Standing::Short(missing) = one.standing { missing } else { 0 },
        "too_many": if let Standing::Above(more) = one.standing { more } else { 0 },
        "vips": one.vips,
        "covered": one.covered,
        "coverage": per_cent(one.coverage),
        "coverage_target": per_cent(one.coverage_target),
        "growth": per_cent(one.growth),
        "growth_target": per_cent(one.growth_target),
        "vip_growth": per_cent(one.vip_growth),
        "vip_growth_target": per_cent(one.vip_growth_target),
        "self_service": per_cent(one.self_share),
        "self_service_target": per_cent(one.self_target),
        "lacking": one.lacking,
        "promises_late": one.broken,
    })
}

pub async fn list(State(engine): State<Engine>, caller: Caller, params: Params) -> Answer {
    params.finish()?;
    let all = rosters(&engine, &caller.actor, "").await?;
    let data: Vec<Value> = all.rosters.iter().map(|one| roster_json(&engine, one, caller.actor.lang)).collect();
    Ok(Json(json!({ "data": data })).into_response())
}

pub async fn read(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    let kept = roster(&engine, &caller.actor, id).await?;
    let customers = kept.entries.iter().map(|entry| {
        let lacks = kept.required.iter().filter(|one| one.entries.contains(&entry.id));
        json!({
            "entry": entry.id,
            "account": entry.value("account").as_id(),
            "vip": entry.value("vip").as_text(),
            "self_service": per_cent(entry.value("self_share").as_int()),
            "lacks": lacks.map(|one| one.name.as_str()).collect::<Vec<_>>(),
        })
    });
    Ok(Json(json!({
        "roster": roster_json(&engine, &kept.roster, caller.actor.lang),
        "required": kept.required.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
        "customers": customers.collect::<Vec<_>>(),
    }))
    .into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementsInput {
    period: String,
    #[serde(default)]
    roster: Option<Uuid>,
    #[serde(default)]
    accounts: Vec<Uuid>,
    #[serde(default)]
    again: bool,
}

pub async fn state(
    State(engine): State<Engine>,
    caller: Caller,
    params: Params,
    Body(input): Body<StatementsInput>,
) -> Answer {
    params.finish()?;
    let wish = StatementWish {
        roster: input.roster,
        accounts: input.accounts,
        period: Period::parse(&input.period)?,
        again: input.again,
    };
    let stated = make_statements(&engine, &caller.actor, &wish).await?;
    let answer = json!({ "made": stated.made, "kept": stated.kept });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

pub async fn archive(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, mut params: Params) -> Answer {
    let period = params.text("period");
    params.finish()?;
    let period = this_period(&engine, period.as_deref(), Span::Quarter)?;
    Ok(pack(&engine, &caller.actor, id, period).await?)
}

pub async fn recipients(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(id)): At<Id>,
    mut params: Params,
) -> Answer {
    let product = params.id("product");
    params.finish()?;
    let Some(product) = product else {
        let message = Text::new("请写明产品。", "Say which product.");
        return Err(Problem::invalid("product", "required", message));
    };
    let people = found(&engine, &caller.actor, id, product).await?;
    let data: Vec<Value> = people
        .iter()
        .map(|one| json!({ "account": one.account.id, "name": one.account.title(), "holds": one.holds, "told": one.told }))
        .collect();
    Ok(Json(json!({ "data": data })).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeInput {
    roster: Uuid,
    product: Uuid,
    subject: String,
    content: String,
    due_on: String,
    accounts: Vec<Uuid>,
}

pub async fn give(
    State(engine): State<Engine>,
    caller: Caller,
    params: Params,
    Body(input): Body<NoticeInput>,
) -> Answer {
    params.finish()?;
    let due_on = input.due_on.parse().map(days_of).map_err(|_| {
        Problem::invalid("due_on", "invalid", Text::new("日期写成 2026-01-31。", "Write a date as 2026-01-31."))
    })?;
    let wish = NoticeWish {
        roster: input.roster,
        product: input.product,
        subject: input.subject,
        content: input.content,
        due_on,
        accounts: input.accounts,
    };
    let id = give_notice(&engine, &caller.actor, &wish).await?;
    let location = format!("/api/v1/product_notice/{id}");
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(json!({ "id": id }))).into_response())
}

pub async fn take_back(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    let taken = take_back_notice(&engine, &caller.actor, id).await?;
    Ok(Json(json!({ "tasks": taken.tasks, "done": taken.done })).into_response())
}

pub async fn concentration(State(engine): State<Engine>, caller: Caller, mut params: Params) -> Answer {
    let (basis, period, by) = (params.text("basis"), params.text("period"), params.text("by"));
    let (department, owner) = (params.id("department"), params.id("owner"));
    params.finish()?;
    let query = ConcentrationQuery {
        basis: choice("basis", basis.as_deref(), &[("paid", Basis::Paid), ("signed", Basis::Signed)])?,
        period: this_period(&engine, period.as_deref(), Span::Year)?,
        department,
        owner,
        by_department: choice("by", by.as_deref(), &[("person", false), ("department", true)])?,
    };
    let found = engine.concentration(&caller.actor, &query).await?;
    let top = found.top.iter().map(
        |one| json!({ "id": one.id, "name": one.name, "amount": yuan(one.amount), "together": yuan(one.together) }),
    );
    let parts = found.parts.iter().map(|one| {
        json!({
            "id": one.id,
            "name": one.name,
            "customers": one.customers,
            "amount": yuan(one.amount),
            "largest": yuan(one.largest),
            "top_fifth": yuan(one.top_fifth),
        })
    });
    let curve =
        found.curve.iter().map(|(customers, together)| json!({ "customers": customers, "together": yuan(*together) }));
    Ok(Json(json!({
        "period": query.period.code(),
        "basis": query.basis.key(),
        "customers": found.customers,
        "total": yuan(found.total),
        "four_fifths": found.four_fifths,
        "top_fifth": yuan(found.top_fifth),
        "curve": curve.collect::<Vec<_>>(),
        "top": top.collect::<Vec<_>>(),
        "parts": parts.collect::<Vec<_>>(),
    }))
    .into_response())
}

pub async fn influence(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    let found = map(&engine, &caller.actor, id).await?;
    let people = found.people.iter().enumerate().map(|(i, person)| {
        let text = |field: &str| person.value(field).as_text().map(str::to_owned);
        json!({
            "id": person.id,
            "name": text("name"),
            "title": text("title"),
            "decision_role": text("decision_role"),
            "attitude": text("attitude"),
            "influence": text("influence"),
            "reports_to": found.above[i].map(|above| found.people[above].id),
        })
    });
    Ok(Json(json!({ "account": found.account.id, "data": people.collect::<Vec<_>>() })).into_response())
}
