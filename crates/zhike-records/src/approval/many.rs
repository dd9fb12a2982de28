//! The gate for many rows that were written at once (imports): nothing can be kept for them to be signed, so a row that takes approval
//! is left out and told.

use zhike_db::{Sql, Tx};
use zhike_model::{ApprovalRule, ApprovalTrigger, Model, Object};
use zhike_types::{Error, Result, Text, Uuid, Value, boxed, text};

use super::{
    gate::{About, is_about},
    process::{self, ApprovalProcess},
};
use crate::{Actor, Engine, columns::assign, load::Stored};

/// A row: id, what it was, what it is, what changed.
pub(crate) type AskedRow<'a> = (Uuid, Option<&'a Stored>, &'a [Value], Vec<usize>);

/// Fails when one of the rows takes approval.
pub(crate) async fn ask_many<'a>(
    engine: &Engine,
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Object,
    rows: impl Iterator<Item = AskedRow<'a>> + Clone,
) -> Result<()> {
    for process in processes(tx, actor, object).await? {
        let rows = about(&process, object, rows.clone());
        if !taking_it(engine, tx, model, actor, object, &process.rule, &rows, true).await?.is_empty() {
            return Err(Error::Conflict(told(&process)));
        }
    }
    Ok(())
}

/// All rows that take approval, with what is said of each.
pub(crate) async fn taking<'a>(
    engine: &Engine,
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Object,
    rows: impl Iterator<Item = AskedRow<'a>> + Clone,
) -> Result<Vec<(Uuid, Text)>> {
    let mut taking: Vec<(Uuid, Text)> = Vec::new();
    for process in processes(tx, actor, object).await? {
        let mut rows = about(&process, object, rows.clone());
        rows.retain(|(id, ..)| !taking.iter().any(|(known, _)| known == id));
        let met = taking_it(engine, tx, model, actor, object, &process.rule, &rows, false).await?;
        taking.extend(met.into_iter().map(|id| (id, told(&process))));
    }
    Ok(taking)
}

/// Whether anything about an object's records takes approval.
pub(crate) async fn is_asked(tx: &mut Tx, actor: &Actor, object: &Object) -> Result<bool> {
    Ok(!processes(tx, actor, object).await?.is_empty())
}

/// Those of the rows that a process may be about, as far as their fields tell.
pub(crate) async fn perhaps<'a>(
    tx: &mut Tx,
    actor: &Actor,
    object: &Object,
    rows: impl Iterator<Item = AskedRow<'a>> + Clone,
) -> Result<Vec<Uuid>> {
    let mut ids = Vec::new();
    for process in processes(tx, actor, object).await? {
        ids.extend(about(&process, object, rows.clone()).into_iter().map(|(id, ..)| id));
    }
    Ok(ids)
}

/// The system itself and an operator at the machine, who are nobody that could ask for it, are not asked.
async fn processes(tx: &mut Tx, actor: &Actor, object: &Object) -> Result<Vec<ApprovalProcess>> {
    if actor.user_id.is_none() { Ok(Vec::new()) } else { process::active_of(tx, &object.name).await }
}

fn about<'a>(
    process: &ApprovalProcess,
    object: &Object,
    rows: impl Iterator<Item = AskedRow<'a>>,
) -> Vec<AskedRow<'a>> {
    let asked = |(_, before, values, changed): &AskedRow<'_>| {
        !matches!(is_about(&process.rule, object, *before, values, changed), About::Nothing)
    };
    rows.filter(asked).collect()
}

/// Those of the written rows that meet the condition, as they stand in their table or, where the process is about a change, as they
/// stood before but for what it is about: an amount that takes approval while a contract is active takes it from who ends the
/// contract in the same write, too. `one`: one is enough.
#[expect(clippy::too_many_arguments, reason = "a question is whose, about what, by which rule")]
#[boxed]
pub(super) async fn taking_it(
    engine: &Engine,
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Object,
    rule: &ApprovalRule,
    rows: &[AskedRow<'_>],
    one: bool,
) -> Result<Vec<Uuid>> {
    let ids: Vec<Uuid> = rows.iter().map(|(id, ..)| *id).collect();
    let mut met = meeting(engine, tx, model, actor, object, rule, &ids, one).await?;
    let ApprovalTrigger::Change { fields } = &rule.trigger else { return Ok(met) };
    if one && !met.is_empty() {
        return Ok(met);
    }
    let is_other = |i: &usize| !fields.contains(&object.fields[*i].name);
    let mut put_back = Vec::new();
    for (id, before, values, _) in rows.iter().filter(|(id, ..)| !met.contains(id)) {
        let Some(before) = before else { continue };
        let others = (0..object.fields.len()).filter(|&i| before.values[i] != values[i]).filter(is_other);
        let mut sql = Sql::new("UPDATE ");
        sql.name(&object.name).push(" SET ");
        let mut first = true;
        for i in others {
            assign(&mut sql, &object.fields[i], &before.values[i], &mut first);
        }
        if !first {
            sql.push(" WHERE id = ").bind(*id);
            put_back.push((*id, sql));
        }
    }
    if put_back.is_empty() {
        return Ok(met);
    }
    // conditions read what stands in the table, so the other fields are put back for as long as it is asked
    tx.run(Sql::new("SAVEPOINT approval_before")).await?;
    let mut ids = Vec::new();
    for (id, sql) in put_back {
        tx.run(sql).await?;
        ids.push(id);
    }
    met.extend(meeting(engine, tx, model, actor, object, rule, &ids, one).await?);
    tx.run(Sql::new("ROLLBACK TO SAVEPOINT approval_before")).await?;
    tx.run(Sql::new("RELEASE SAVEPOINT approval_before")).await?;
    Ok(met)
}

/// Those of the records that meet the condition as they stand in their table. One that the model does not know any more is met: it is
/// safer to ask.
#[expect(clippy::too_many_arguments, reason = "a question is whose, about what, by which rule")]
async fn meeting(
    engine: &Engine,
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Object,
    rule: &ApprovalRule,
    ids: &[Uuid],
    one: bool,
) -> Result<Vec<Uuid>> {
    let mut met = Vec::new();
    for chunk in ids.chunks(500) {
        let mut sql = Sql::new("SELECT t.id FROM ");
        sql.name(&object.name).push(" t WHERE t.id IN (").padded(chunk).push(")");
        if !rule.condition.trim().is_empty()
            && let Ok(condition) = engine.context(actor).condition(model, object, &rule.condition, "t", tx.dialect())
        {
            sql.push(" AND ").append(&condition);
        }
        if one {
            sql.push(" LIMIT 1");
        }
        for row in tx.rows(sql).await? {
            met.push(row.must_id(0)?);
        }
        if one && !met.is_empty() {
            break;
        }
    }
    Ok(met)
}

fn told(process: &ApprovalProcess) -> Text {
    let (zh, en) = (&process.name.zh, &process.name.en);
    text!(
        "这一行的改动要先审批（{zh}），请在记录的页面上改，再提交审批。",
        "What this row changes takes approval ({en}): change it on the record's page and ask for it there."
    )
}
