//! 撞单申诉: claims to customers, what both sides say, and how each ends.

use std::io::Read as _;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Json, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use zhike_records::{
    Claimed, Dispute, DisputeClaim, DisputeFile, DisputeParty, DisputeQuery, Engine, Ruling, WhichDisputes,
};
use zhike_types::{Text, Uuid, date_of, text};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    file,
    params::Params,
    path::{At, Id},
    problem::Problem,
    upload::Upload,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    account: Option<Uuid>,
    customer: Option<String>,
    first_contact_on: Option<String>,
    evidence: String,
}

pub async fn create(State(engine): State<Engine>, caller: Caller, params: Params, Body(wish): Body<Wish>) -> Answer {
    params.finish()?;
    let customer = match (wish.account, wish.customer) {
        (Some(id), None) => Claimed::Record(id),
        (None, Some(name)) => Claimed::Named(name),
        _ => {
            let message = Text::new(
                "account（看得到的客户）和 customer（名称、电话或信用代码）要写且只写一个。",
                "Give either `account` (one that you see) or `customer` (its name, telephone number or credit code).",
            );
            return Err(Problem::invalid("customer", "required", message));
        }
    };
    let first_contact_on = wish.first_contact_on.unwrap_or_default();
    let claim = DisputeClaim { customer, first_contact_on, evidence: wish.evidence };
    let dispute = engine.file_dispute(&caller.actor, &claim).await?;
    Ok(created(&dispute, whole(&engine, &dispute)))
}

pub async fn list(State(engine): State<Engine>, caller: Caller, mut params: Params) -> Answer {
    let (which, open) = (params.text("which"), params.text("open"));
    let account = params.id("account");
    let before = params.number("before", 1..=i64::MAX);
    let limit = params.number("limit", 1..=200).unwrap_or(50) as usize;
    params.finish()?;
    let query = DisputeQuery {
        which: wanted(which.as_deref())?,
        account,
        open: match open.as_deref() {
            None => None,
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(_) => return Err(unknown("open", "true, false")),
        },
        ended_since: None,
        before,
        limit,
    };
    let page = engine.disputes(&caller.actor, &query).await?;
    let data: Vec<Value> = page.disputes.iter().map(|dispute| told(&engine, dispute)).collect();
    Ok(Json(json!({ "data": data, "next": page.next })).into_response())
}

fn wanted(word: Option<&str>) -> Result<WhichDisputes, Problem> {
    Ok(match word {
        None | Some("all") => WhichDisputes::All,
        Some("to-decide") => WhichDisputes::ToDecide,
        Some("to-answer") => WhichDisputes::ToAnswer,
        Some("claimed") => WhichDisputes::Claimed,
        Some("held") => WhichDisputes::Held,
        Some(_) => return Err(unknown("which", "all, to-decide, to-answer, claimed, held")),
    })
}

fn unknown(name: &str, words: &str) -> Problem {
    Problem::invalid(name, "invalid", text!("要写其中之一：{words}。", "It must be one of {words}."))
}

pub async fn read(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    let dispute = engine.dispute(&caller.actor, id).await?;
    Ok(Json(whole(&engine, &dispute)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    decision: String,
    reason: String,
}

pub async fn decide(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(id)): At<Id>,
    params: Params,
    Body(wish): Body<Decision>,
) -> Answer {
    params.finish()?;
    let Some(ruling) = Ruling::of(&wish.decision) else {
        let message = Text::new("要写 claimant、holder 或 joint。", "It must be claimant, holder or joint.");
        return Err(Problem::invalid("decision", "invalid", message));
    };
    let dispute = engine.decide_dispute(&caller.actor, id, ruling, &wish.reason).await?;
    Ok(Json(whole(&engine, &dispute)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    reason: Option<String>,
}

pub async fn withdraw(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(id)): At<Id>,
    params: Params,
    Body(wish): Body<Withdrawal>,
) -> Answer {
    params.finish()?;
    let dispute = engine.withdraw_dispute(&caller.actor, id, &wish.reason.unwrap_or_default()).await?;
    Ok(Json(whole(&engine, &dispute)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    text: String,
}

pub async fn answer(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(id)): At<Id>,
    params: Params,
    Body(wish): Body<Statement>,
) -> Answer {
    params.finish()?;
    let dispute = engine.answer_dispute(&caller.actor, id, &wish.text).await?;
    Ok(Json(whole(&engine, &dispute)).into_response())
}

pub async fn attach(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(id)): At<Id>,
    params: Params,
    mut upload: Upload,
) -> Answer {
    params.finish()?;
    upload.alone()?;
    let mut bytes = Vec::new();
    upload.file.reopen()?.read_to_end(&mut bytes)?;
    let name = std::mem::take(&mut upload.file_name);
    let dispute = engine.add_dispute_file(&caller.actor, id, &name, bytes).await?;
    Ok(Json(whole(&engine, &dispute)).into_response())
}

pub async fn download(
    State(engine): State<Engine>,
    caller: Caller,
    At((Id(id), number)): At<(Id, i64)>,
    params: Params,
    headers: HeaderMap,
) -> Answer {
    params.finish()?;
    let stored = engine.dispute_file(&caller.actor, id, number).await?;
    file::answer(&stored.path, &stored.file.name, &stored.file.media_type, &headers).await
}

fn created(dispute: &Dispute, body: Value) -> Response {
    let location = HeaderValue::try_from(format!("/api/v1/disputes/{}", dispute.id)).expect("an id is ASCII");
    (StatusCode::CREATED, [(header::LOCATION, location)], Json(body)).into_response()
}

/// One dispute with its files.
fn whole(engine: &Engine, dispute: &Dispute) -> Value {
    let mut json = told(engine, dispute);
    let file = |file: &DisputeFile| {
        json!({
            "number": file.number, "name": file.name, "media_type": file.media_type, "size": file.size,
            "at": engine.instant_json(file.at), "by": file.by,
        })
    };
    json["files"] = dispute.files.iter().map(file).collect();
    json
}

fn told(engine: &Engine, dispute: &Dispute) -> Value {
    let party = |party: &DisputeParty| json!({ "id": party.id, "name": party.name, "department": party.department, "me": party.me });
    json!({
        "id": dispute.id,
        "seq": dispute.seq,
        "number": dispute.number,
        "at": engine.instant_json(dispute.at),
        "state": dispute.state.key(),
        "account": dispute.account.as_ref().map(|account| json!({ "id": account.id, "title": account.title })),
        "asked": dispute.asked,
        "claimant": party(&dispute.claimant),
        "holder": dispute.holder.as_ref().map(party),
        "first_contact_on": dispute.first_contact_on.and_then(date_of).map(|date| date.to_string()),
        "evidence": dispute.evidence,
        "answer": dispute.answer.as_ref().map(|said| {
            json!({ "text": said.text, "at": engine.instant_json(said.at), "by": said.by })
        }),
        "end": dispute.end.as_ref().map(|end| {
            json!({ "at": engine.instant_json(end.at), "by": end.by, "by_id": end.by_id, "reason": end.reason })
        }),
        "may_decide": dispute.may_decide,
        "may_withdraw": dispute.may_withdraw,
        "may_answer": dispute.may_answer,
        "may_add_files": dispute.may_add_files,
    })
}
