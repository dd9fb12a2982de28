//! 邮件: the mail server, the book of letters, and what the caller wants to be told.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Json},
};
use serde::Deserialize;
use serde_json::{Value, json};
use zhike_crm::mail::{checked, try_out};
use zhike_records::{Engine, MailChoices, MailServer};
use zhike_types::{Error, Text};

use super::{
    Answer,
    body::Body,
    caller::Caller,
    params::Params,
    path::{At, Id},
    problem::Problem,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    host: String,
    port: u16,
    security: String,
    #[serde(default)]
    user: String,
    #[serde(default)]
    password: String,
    from: String,
    #[serde(default)]
    from_name: String,
    site: String,
    #[serde(default = "rate")]
    per_minute: i64,
}

fn rate() -> i64 {
    60
}

pub async fn read(State(engine): State<Engine>, caller: Caller, params: Params) -> Answer {
    params.finish()?;
    told(&engine, &caller).await
}

async fn told(engine: &Engine, caller: &Caller) -> Answer {
    let server = engine.mail_server(&caller.actor).await?.ok_or(Error::NotFound)?;
    let trouble = engine.mail_trouble(&caller.actor).await?;
    let lang = caller.actor.lang;
    Ok(Json(json!({
        "host": server.host, "port": server.port, "security": server.security, "user": server.user,
        "has_password": !server.password.is_empty(), "from": server.from, "from_name": server.from_name, "site": server.site,
        "per_minute": server.per_minute,
        "trouble": trouble.map(|trouble| json!({ "at": engine.instant_json(trouble.at), "text": trouble.text.get(lang) })),
    }))
    .into_response())
}

pub async fn replace(State(engine): State<Engine>, caller: Caller, params: Params, Body(wish): Body<Wish>) -> Answer {
    params.finish()?;
    let was = engine.mail_server(&caller.actor).await?;
    let wish = MailServer {
        host: wish.host,
        port: wish.port,
        security: wish.security,
        user: wish.user,
        password: wish.password,
        from: wish.from,
        from_name: wish.from_name,
        site: wish.site,
        per_minute: wish.per_minute,
    };
    engine.set_mail_server(&caller.actor, &checked(&wish, was.as_ref())?).await?;
    told(&engine, &caller).await
}

pub async fn end(State(engine): State<Engine>, caller: Caller, params: Params) -> Answer {
    params.finish()?;
    engine.end_mail_server(&caller.actor).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct To {
    #[serde(default)]
    to: String,
}

pub async fn trial(State(engine): State<Engine>, caller: Caller, params: Params, Body(wish): Body<To>) -> Answer {
    params.finish()?;
    let trial = try_out(&engine, &caller.actor, &wish.to).await?;
    let text = match &trial.outcome {
        Ok(answer) => answer.clone(),
        Err(failure) => failure.text().get(caller.actor.lang).to_owned(),
    };
    Ok(Json(json!({ "to": trial.to, "taken": trial.outcome.is_ok(), "text": text })).into_response())
}

pub async fn list(State(engine): State<Engine>, caller: Caller, mut params: Params) -> Answer {
    let state = params.text("state");
    let before = params.number("before", 1..=i64::MAX);
    let limit = params.number("limit", 1..=200).unwrap_or(50) as usize;
    params.finish()?;
    if state.as_deref().is_some_and(|state| !["waiting", "sending", "sent", "skipped", "failed"].contains(&state)) {
        let text = Text::new("没有这个状态。", "There is no such state.");
        return Err(Problem::invalid("state", "unknown", text));
    }
    let page = engine.mails(&caller.actor, state.as_deref(), before, limit).await?;
    let counts = engine.mail_counts(&caller.actor).await?;
    let instant = |at: i64| engine.instant_json(at);
    let line = |mail: &zhike_records::MailLine| {
        json!({
            "id": mail.id, "seq": mail.seq, "user_id": mail.user, "user": mail.user_name, "kind": mail.kind, "state": mail.state,
            "attempts": mail.attempts, "at": instant(mail.at), "due_at": instant(mail.due_at), "ended_at": mail.ended_at.map(instant),
            "address": mail.address, "answer": mail.answer,
        })
    };
    let counts =
        json!({ "waiting": counts.waiting, "sent": counts.sent, "skipped": counts.skipped, "failed": counts.failed });
    let data: Vec<Value> = page.mails.iter().map(line).collect();
    Ok(Json(json!({ "data": data, "next": page.next, "counts": counts })).into_response())
}

pub async fn retry(State(engine): State<Engine>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    engine.retry_mail(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choices {
    approvals: bool,
    given: bool,
    reclaim: bool,
    digest: Option<i64>,
}

pub async fn choices(State(engine): State<Engine>, caller: Caller, params: Params) -> Answer {
    params.finish()?;
    let chosen = engine.mail_choices(&caller.actor).await?;
    Ok(Json(json!({
        "approvals": chosen.approvals, "given": chosen.given, "reclaim": chosen.reclaim, "digest": chosen.digest,
    }))
    .into_response())
}

pub async fn choose(State(engine): State<Engine>, caller: Caller, params: Params, Body(wish): Body<Choices>) -> Answer {
    let Choices { approvals, given, reclaim, digest } = wish;
    engine.set_mail_choices(&caller.actor, MailChoices { approvals, given, reclaim, digest }).await?;
    choices(State(engine), caller, params).await
}
