//! 审批: what is asked for, signed and done; the processes; who signs while somebody is away.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Json, Response},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use zhike_model::ApprovalRule;
use zhike_records::{
    Actor, Approval, ApprovalAct, ApprovalPerson, ApprovalProcess, ApprovalProcessInput, ApprovalQuery, ApprovalState,
    ApprovalWish, Engine, Input, NeedsApproval, Record, Side, WhichApprovals,
};
use zhike_types::{Error, Lang, Text, Uuid, text};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    file,
    lists::known,
    params::Params,
    path::{At, Id},
    problem::Problem,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    object: String,
    record: Option<Uuid>,
    version: Option<i64>,
    fields: Map<String, Value>,
    #[serde(default)]
    comment: String,
}

pub async fn create(State(engine): State<Engine>, caller: Caller, params: Params, Body(wish): Body<Wish>) -> Answer {
    params.finish()?;
    known(&engine, &wish.object)?;
    let input = Input::from_json(wish.fields);
    let wish =
        ApprovalWish { object: wish.object, record: wish.record, version: wish.version, input, comment: wish.comment };
    let made = engine.submit_approval(&caller.actor, wish).await;
    let approval = made.map_err(|error| super::matches::problem(&engine, error, caller.actor.lang))?;
    let location = HeaderValue::try_from(format!("/api/v1/approvals/{}", approval.id)).expect("an id is ASCII");
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(whole(&engine, &approval))).into_response())
}

pub async fn list(State(engine): State<Engine>, caller: Caller, mut params: Params) -> Answer {
    let (which, state) = (params.text("which"), params.text("state"));
    let record = params.id("record");
    let before = params.number("before", 1..=i64::MAX);
    let limit = params.number("limit", 1..=200).unwrap_or(50) as usize;
    params.finish()?;
    let which = match which.as_deref() {
        None | Some("to-sign") => WhichApprovals::ToSign,
        Some("mine") => WhichApprovals::Mine,
        Some("handled") => WhichApprovals::Handled,
        Some("all") => WhichApprovals::All,
        Some(_) => return Err(unknown("which", "to-sign, mine, handled, all")),
    };
    let state = match state {
        None => None,
        Some(key) => {
            let found = ApprovalState::ALL.into_iter().find(|state| state.key() == key);
            Some(found.ok_or_else(|| unknown("state", "open, returned, passed, rejected, withdrawn"))?)
        }
    };
    let page = engine.approvals(&caller.actor, &ApprovalQuery { which, record, state, before, limit }).await?;
    let data: Vec<Value> = page.approvals.iter().map(|approval| told(&engine, approval)).collect();
    Ok(Json(json!({ "data": data, "next": page.next })).into_response())
}

fn unknown(name: &str, words: &str) -> Problem {
    Problem::invalid(name, "invalid", text!("要写其中之一：{words}。", "It must be one of {words}."))
}

pub async fn read(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    let approval = engine.approval(&caller.actor, id).await?;
    Ok(Json(whole(&engine, &approval)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    action: String,
    seat: Option<Uuid>,
    #[serde(default)]
    comment: String,
    /// Of `return`: the earlier step, from 1; none: to who asked.
    step: Option<usize>,
    /// Of `add-before` and `add-after`.
    #[serde(default)]
    users: Vec<Uuid>,
    /// Of `delegate`.
    to: Option<Uuid>,
}

/// A new act: what is done is never changed.
pub async fn act(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(id)): At<Id>,
    params: Params,
    Body(act): Body<Act>,
) -> Answer {
    params.finish()?;
    let done = match act.action.as_str() {
        "approve" => ApprovalAct::Approve,
        "reject" => ApprovalAct::Reject,
        "return" => match act.step {
            Some(0) => {
                return Err(Problem::invalid("step", "invalid", Text::new("步骤从 1 数起。", "Steps count from 1.")));
            }
            step => ApprovalAct::SendBack { to: step.map(|step| step - 1) },
        },
        "add-before" => ApprovalAct::AddSign { users: act.users, side: Side::Before },
        "add-after" => ApprovalAct::AddSign { users: act.users, side: Side::After },
        "delegate" => match act.to {
            Some(to) => ApprovalAct::Delegate { to },
            None => return Err(Problem::invalid("to", "required", Text::new("请写明转交给谁。", "Say to whom."))),
        },
        "comment" => ApprovalAct::Comment,
        "withdraw" => ApprovalAct::Withdraw,
        "resubmit" => ApprovalAct::Resubmit,
        _ => {
            let words = "approve, reject, return, add-before, add-after, delegate, comment, withdraw, resubmit";
            return Err(unknown("action", words));
        }
    };
    let approval = engine.act_on_approval(&caller.actor, id, act.seat, done, &act.comment).await?;
    Ok(Json(whole(&engine, &approval)).into_response())
}

pub async fn download(
    State(engine): State<Engine>,
    caller: Caller,
    At((Id(id), Id(attachment))): At<(Id, Id)>,
    params: Params,
    headers: HeaderMap,
) -> Answer {
    params.finish()?;
    let (stored, path) = engine.approval_file(&caller.actor, id, attachment).await?;
    file::answer(&path, &stored.name, &stored.media_type, &headers).await
}

/// What a write met, for the problem that answers it: the processes, and where to ask.
pub fn met(error: &Error, lang: Lang) -> Option<Value> {
    let needs = NeedsApproval::of(error)?;
    let processes: Vec<Value> = needs
        .processes
        .iter()
        .map(|met| json!({ "id": met.id, "version": met.version, "name": met.name.get(lang) }))
        .collect();
    Some(
        json!({ "processes": processes, "object": needs.object, "record": needs.record_id, "ask": "/api/v1/approvals" }),
    )
}

fn person(person: &ApprovalPerson) -> Value {
    json!({ "id": person.id, "name": person.name, "me": person.me })
}

/// The kept facts alone: what was not kept is not there.
fn facts(engine: &Engine, record: &Record, names: &[String]) -> Map<String, Value> {
    let mut json = engine.to_json(record);
    json.retain(|name, _| names.contains(name));
    json
}

fn told(engine: &Engine, approval: &Approval) -> Value {
    let seats = approval.steps.iter().flat_map(|step| &step.seats).filter(|seat| seat.may_sign);
    let waiting: Vec<Value> = seats.map(|seat| person(&seat.person)).collect();
    let processes: Vec<Value> = approval
        .processes
        .iter()
        .map(|met| json!({ "id": met.id, "version": met.version, "name": { "zh": met.name.zh, "en": met.name.en } }))
        .collect();
    json!({
        "id": approval.id,
        "seq": approval.seq,
        "number": approval.number,
        "at": engine.instant_json(approval.at),
        "state": approval.state.key(),
        "processes": processes,
        "object": approval.object,
        "record": approval.record_id,
        "submitter": person(&approval.submitter),
        "comment": approval.comment,
        "ended_at": approval.ended_at.map(|at| engine.instant_json(at)),
        "step": approval.step + 1,
        "due_at": approval.due_at.map(|at| engine.instant_json(at)),
        "reminders": approval.reminders,
        "changes": approval.changes,
        "before": facts(engine, &approval.before, &approval.facts),
        "after": facts(engine, &approval.after, &approval.facts),
        "waiting_for": waiting,
        "may": {
            "seat": approval.may.seat,
            "withdraw": approval.may.withdraw,
            "resubmit": approval.may.resubmit,
        },
    })
}

/// One request with its steps, deeds and files.
fn whole(engine: &Engine, approval: &Approval) -> Value {
    let mut json = told(engine, approval);
    let steps = approval.steps.iter().map(|step| {
        let seats: Vec<Value> = step
            .seats
            .iter()
            .map(|seat| {
                json!({
                    "id": seat.id,
                    "person": person(&seat.person),
                    "state": seat.state.key(),
                    "may_sign": seat.may_sign,
                    "asked": seat.asked.map(Side::key),
                    "deputy": seat.deputy.as_ref().map(person),
                    "signed_at": seat.signed_at.map(|at| engine.instant_json(at)),
                })
            })
            .collect();
        json!({ "name": step.name, "who": step.who, "sign": step.sign, "skipped": step.skipped, "timeout": step.timeout, "seats": seats })
    });
    json["steps"] = steps.collect();
    let deeds = approval.deeds.iter().map(|deed| {
        json!({
            "at": engine.instant_json(deed.at),
            "action": deed.action,
            "step": deed.step.map(|step| step + 1),
            "actor": deed.actor,
            "actor_id": deed.actor_id,
            "for": deed.for_name,
            "others": deed.others,
            "comment": deed.comment,
        })
    });
    json["deeds"] = deeds.collect();
    let files = approval
        .files
        .iter()
        .map(|file| json!({ "id": file.id, "name": file.name, "media_type": file.media_type, "size": file.size }));
    json["files"] = files.collect();
    json
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessWish {
    name: Name,
    object: String,
    #[serde(default)]
    active: bool,
    rule: ApprovalRule,
    /// The version that is changed; none overwrites whatever is there.
    version: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    zh: String,
    #[serde(default)]
    en: String,
}

pub async fn processes(State(engine): State<Engine>, caller: Caller, params: Params) -> Answer {
    params.finish()?;
    let data: Vec<Value> =
        engine.approval_processes(&caller.actor).await?.iter().map(|process| process_json(&engine, process)).collect();
    Ok(Json(json!({ "data": data })).into_response())
}

pub async fn read_process(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    let process = engine.approval_process(&caller.actor, id).await?;
    Ok(Json(process_json(&engine, &process)).into_response())
}

pub async fn create_process(
    State(engine): State<Engine>,
    caller: Caller,
    params: Params,
    Body(wish): Body<ProcessWish>,
) -> Answer {
    params.finish()?;
    let process = saved(&engine, &caller.actor, None, wish).await?;
    let location = HeaderValue::try_from(format!("/api/v1/approval-processes/{}", process.id)).expect("an id is ASCII");
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(process_json(&engine, &process))).into_response())
}

pub async fn replace_process(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(id)): At<Id>,
    params: Params,
    Body(wish): Body<ProcessWish>,
) -> Answer {
    params.finish()?;
    let process = saved(&engine, &caller.actor, Some(id), wish).await?;
    Ok(Json(process_json(&engine, &process)).into_response())
}

async fn saved(
    engine: &Engine,
    actor: &Actor,
    id: Option<Uuid>,
    wish: ProcessWish,
) -> Result<ApprovalProcess, Problem> {
    let name = Text::new(wish.name.zh, wish.name.en);
    let input = ApprovalProcessInput { name, object: wish.object, active: wish.active, rule: wish.rule };
    Ok(engine.save_approval_process(actor, id, wish.version, input).await?)
}

fn process_json(engine: &Engine, process: &ApprovalProcess) -> Value {
    json!({
        "id": process.id,
        "version": process.version,
        "name": { "zh": process.name.zh, "en": process.name.en },
        "object": process.object,
        "active": process.active,
        "rule": process.rule,
        "seeded": process.seeded,
        "at": engine.instant_json(process.at),
        "actor": process.actor,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwayWish {
    deputy: Uuid,
    /// RFC 3339.
    from: String,
    to: String,
}

pub async fn absences(State(engine): State<Engine>, caller: Caller, params: Params) -> Answer {
    params.finish()?;
    let data: Vec<Value> =
        engine.approval_absences(&caller.actor).await?.iter().map(|one| absence_json(&engine, one)).collect();
    Ok(Json(json!({ "data": data })).into_response())
}

pub async fn add_absence(
    State(engine): State<Engine>,
    caller: Caller,
    params: Params,
    Body(wish): Body<AwayWish>,
) -> Answer {
    params.finish()?;
    let at = |name: &str, text: &str| -> Result<i64, Problem> {
        let instant: Result<jiff::Timestamp, _> = text.parse();
        let wrong = |_| {
            Problem::invalid(
                name,
                "invalid",
                Text::new("要写 RFC 3339 的时刻。", "It must be an instant as RFC 3339 has it."),
            )
        };
        instant.map(jiff::Timestamp::as_millisecond).map_err(wrong)
    };
    let (from, to) = (at("from", &wish.from)?, at("to", &wish.to)?);
    let one = engine.add_approval_absence(&caller.actor, wish.deputy, from, to).await?;
    Ok((StatusCode::CREATED, Json(absence_json(&engine, &one))).into_response())
}

pub async fn end_absence(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    engine.end_approval_absence(&caller.actor, id).await?;
    Ok::<Response, Problem>(StatusCode::NO_CONTENT.into_response())
}

fn absence_json(engine: &Engine, one: &zhike_records::ApprovalAbsence) -> Value {
    json!({
        "id": one.id,
        "deputy": one.deputy,
        "deputy_name": one.deputy_name,
        "from": engine.instant_json(one.from),
        "to": engine.instant_json(one.to),
    })
}
