//! Requests for approval: some that wait, some that passed, were rejected or sent back. The processes that come with the sales pack
//! are switched on.

use zhike_records::{
    Actor, Approval, ApprovalAct, ApprovalProcessInput, ApprovalWish, Engine, Input, ListQuery, Record, Source,
};
use zhike_types::{Error, Result, Uuid, Value};

/// Requests made of each kind.
const MADE: usize = 6;

pub(super) async fn fill(engine: &Engine, actor: &Actor) -> Result<()> {
    for process in
        engine.approval_processes(actor).await?.into_iter().filter(|process| process.seeded && !process.active)
    {
        let input =
            ApprovalProcessInput { name: process.name, object: process.object, active: true, rule: process.rule };
        engine.save_approval_process(actor, Some(process.id), None, input).await?;
    }
    let mut made = 0;
    for quote in some(engine, actor, "quote", r#"status == "draft" && total > 100000"#).await? {
        made += u64::from(
            ask(engine, &quote, made, Input::default().set("status", "approved"), "客户要得急，请尽快审批").await?,
        );
    }
    for contract in some(engine, actor, "contract", r#"status == "active""#).await? {
        let Value::Money(amount) = contract.value("amount") else { continue };
        let more = amount.minor / 100 + 10_000;
        made += u64::from(
            ask(engine, &contract, made, Input::default().set("amount", more.to_string()), "客户加购了配件").await?,
        );
    }
    Ok(())
}

async fn some(engine: &Engine, actor: &Actor, object: &str, filter: &str) -> Result<Vec<Record>> {
    let query = ListQuery { object: object.to_owned(), filter: filter.to_owned(), limit: MADE, ..ListQuery::default() };
    Ok(engine.list(actor, &query).await?.records)
}

/// Asks in the owner's name, and lets the signers do this or that. What an owner may not do is left alone.
async fn ask(engine: &Engine, record: &Record, turn: u64, input: Input, comment: &str) -> Result<bool> {
    let Some(owner) = record.value("owner").as_id() else { return Ok(false) };
    let wish = ApprovalWish {
        object: record.object.name.clone(),
        record: Some(record.id),
        version: None,
        input,
        comment: comment.to_owned(),
    };
    let submitter = signer(engine, owner).await?;
    let asked = match engine.submit_approval(&submitter, wish).await {
        Ok(asked) => asked,
        Err(Error::Forbidden(_) | Error::NotFound | Error::Conflict(_) | Error::Invalid(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    match turn % 4 {
        1 => sign_all(engine, asked).await?,
        2 => sign(engine, &asked, ApprovalAct::Reject, "毛利太低，请和客户再谈").await?,
        3 => sign(engine, &asked, ApprovalAct::SendBack { to: None }, "请补上付款方式").await?,
        _ => {}
    }
    Ok(true)
}

async fn signer(engine: &Engine, user: Uuid) -> Result<Actor> {
    engine.actor_of_user(user, Source::System).await
}

async fn sign(engine: &Engine, asked: &Approval, act: ApprovalAct, comment: &str) -> Result<()> {
    let seat = asked.steps.iter().flat_map(|step| &step.seats).find(|seat| seat.may_sign);
    let Some(seat) = seat else { return Ok(()) };
    let signer = signer(engine, seat.person.id).await?;
    engine.act_on_approval(&signer, asked.id, Some(seat.id), act, comment).await.map(drop)
}

async fn sign_all(engine: &Engine, mut asked: Approval) -> Result<()> {
    while asked.ended_at.is_none() {
        sign(engine, &asked, ApprovalAct::Approve, "同意").await?;
        asked = engine.approval(&Actor::system(Source::System), asked.id).await?;
    }
    Ok(())
}
