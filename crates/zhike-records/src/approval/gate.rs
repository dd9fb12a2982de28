//! The gate: every write of a record asks whether it takes approval, with everything written and before it is committed, so that
//! conditions read what would be there: formulas and roll-ups too. What meets a process is told, and the caller's transaction goes.

use std::{any::Any, collections::BTreeSet, sync::Arc};

use serde::{Deserialize, Serialize};
use zhike_db::{Sql, Tx, sql};
use zhike_model::{ApprovalLock, ApprovalRule, ApprovalSign, ApprovalTrigger, ApprovalWho, FieldKind, Model, Object};
use zhike_types::{Error, Result, Text, Uuid, Value, boxed, text};

use super::{
    KeptStep,
    held::{Change, Facts},
    many::{AskedRow, taking_it},
    process::{self, ApprovalProcess},
};
use crate::{
    Actor, Engine, FieldRight, Source,
    access::Need,
    columns::stored_json,
    list::is_filled,
    load::{Columns, Stored, present},
};

/// A process that a write meets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetProcess {
    pub id: Uuid,
    pub version: i64,
    pub name: Text,
}

/// What a write carries that takes approval ([`Error::NeedsApproval`]).
#[derive(Debug)]
pub struct NeedsApproval {
    pub object: String,
    /// None for a record that is not there yet.
    pub record_id: Option<Uuid>,
    pub processes: Vec<MetProcess>,
    pub(super) found: Found,
}

/// What a request begins with.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub steps: Vec<KeptStep>,
    pub locks: Lock,
    pub facts: Facts,
    pub changes: Vec<Change>,
    /// What the conditions and the change stand on: it must be the same when it passes.
    pub relied: Vec<(String, serde_json::Value)>,
    /// The field and the value that it has meanwhile.
    pub meanwhile: Option<(String, String)>,
    /// The write named the value meanwhile: what is meant is this one.
    pub instead: Option<(String, String)>,
}

/// What is held while it is decided: the record, or these fields.
#[derive(Debug, Default)]
pub(super) enum Lock {
    #[default]
    Record,
    Fields(BTreeSet<String>),
}

impl Lock {
    /// `*`, or the fields' names.
    pub fn words(&self) -> String {
        match self {
            Self::Record => "*".to_owned(),
            Self::Fields(names) => names.iter().cloned().collect::<Vec<_>>().join(" "),
        }
    }

    fn holds(words: &str, changed: &[&str]) -> bool {
        words == "*" || words.split(' ').any(|held| changed.contains(&held))
    }
}

impl NeedsApproval {
    /// What an error carries.
    pub fn of(error: &Error) -> Option<&Self> {
        match error {
            Error::NeedsApproval(_, found) => found.downcast_ref(),
            _ => None,
        }
    }

    /// The value that is meant where the write named the one that stands there meanwhile: field and key.
    pub fn instead(&self) -> Option<(&str, &str)> {
        self.found.instead.as_ref().map(|(field, key)| (field.as_str(), key.as_str()))
    }

    /// Who would sign, step by step; those left out by their condition are not told.
    pub fn steps(&self) -> impl Iterator<Item = (&str, &ApprovalWho, ApprovalSign)> {
        let asked = self.found.steps.iter().filter(|step| !step.skipped);
        asked.map(|step| (step.name.as_str(), &step.who, step.sign))
    }

    /// What the processes are called, in Chinese and in English.
    pub(crate) fn names(&self) -> (String, String) {
        let zh = self.processes.iter().map(|met| met.name.zh.as_ref()).collect::<Vec<_>>().join("、");
        let en = self.processes.iter().map(|met| met.name.en.as_ref()).collect::<Vec<_>>().join(", ");
        (zh, en)
    }

    fn into_error(self) -> Error {
        let (zh, en) = self.names();
        let message = text!(
            "这个改动要先审批（{zh}），还没有保存。请提交审批，通过后自动生效。",
            "This takes approval ({en}) and was not saved. Ask for it; once it passes, it is made."
        );
        let found: Box<dyn Any + Send + Sync> = Box::new(self);
        Error::NeedsApproval(message, found)
    }
}

/// Whether a process is about this write, as far as the fields tell. `before`: none for a new record.
pub(super) fn is_about(
    rule: &ApprovalRule,
    object: &Object,
    before: Option<&Stored>,
    values: &[Value],
    changed: &[usize],
) -> About {
    let is_changed = |name: &String| object.index_of(name).is_some_and(|i| changed.contains(&i));
    match &rule.trigger {
        ApprovalTrigger::Create if before.is_none() => About::Asked,
        ApprovalTrigger::Create => About::Nothing,
        ApprovalTrigger::Change { fields } if before.is_some() && fields.iter().any(is_changed) => About::Asked,
        ApprovalTrigger::Change { .. } => About::Nothing,
        ApprovalTrigger::Becomes { field, to, from, meanwhile } => {
            let Some(i) = object.index_of(field).filter(|i| changed.contains(i)) else { return About::Nothing };
            let now = values[i].as_text().unwrap_or_default();
            let was = before.and_then(|stored| stored.values[i].as_text()).unwrap_or_default();
            if before.is_some() && !from.is_empty() && !from.iter().any(|key| key == was) {
                return About::Nothing;
            }
            match (to.iter().any(|key| key == now), to.first()) {
                (true, _) => About::Asked,
                // 送审 by hand is asking for what comes of it
                (false, Some(first)) if meanwhile.as_deref() == Some(now) => About::Meant(field.clone(), first.clone()),
                _ => About::Nothing,
            }
        }
    }
}

pub(super) enum About {
    Nothing,
    Asked,
    /// Another value of this field is meant.
    Meant(String, String),
}

/// Fails when what was just written takes approval. The system itself and an operator at the machine, who are nobody that could
/// ask for it, are not asked.
#[expect(clippy::too_many_arguments, reason = "a write is who, what, which, from what")]
#[boxed]
pub(crate) async fn ask(
    engine: &Engine,
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Arc<Object>,
    id: Uuid,
    before: Option<&Stored>,
    changed: &[usize],
) -> Result<()> {
    if actor.user_id.is_none() {
        return Ok(());
    }
    let processes = process::active_of(tx, &object.name).await?;
    if processes.is_empty() {
        return Ok(());
    }
    let system = Actor::system(Source::System);
    let after = engine.find(tx, model, &system, object, id, Need::Read).await?.ok_or(Error::NotFound)?;
    let mut met = Vec::new();
    let mut instead = None;
    for process in processes {
        match is_about(&process.rule, object, before, &after.values, changed) {
            About::Nothing => continue,
            About::Asked => {}
            About::Meant(field, key) => instead = Some((field, key)),
        }
        let row: AskedRow<'_> = (id, before, &after.values, changed.to_vec());
        if taking_it(engine, tx, model, actor, object, &process.rule, &[row], true).await?.is_empty() {
            continue;
        }
        let mut skipped = Vec::new();
        for step in &process.rule.steps {
            let is_skipped =
                !step.skip.trim().is_empty() && holds(engine, tx, model, actor, object, id, &step.skip).await?;
            skipped.push(is_skipped);
        }
        if skipped.iter().any(|skipped| !skipped) {
            met.push((process, skipped));
        }
    }
    if met.is_empty() {
        return Ok(());
    }
    let mut found = found(model, object, before, &after, changed, &met);
    found.facts = facts(engine, tx, model, actor, object, before, &after, &found.changes).await?;
    found.instead = instead;
    let processes =
        met.into_iter().map(|(process, _)| MetProcess { id: process.id, version: process.version, name: process.name });
    let needs = NeedsApproval {
        object: object.name.clone(),
        record_id: before.map(|stored| stored.id),
        processes: processes.collect(),
        found,
    };
    Err(needs.into_error())
}

/// Whether a condition holds for the record as it stands in its table; one that the model does not know any more holds: it is
/// safer to ask.
async fn holds(
    engine: &Engine,
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Object,
    id: Uuid,
    condition: &str,
) -> Result<bool> {
    if condition.trim().is_empty() {
        return Ok(true);
    }
    let Ok(condition) = engine.context(actor).condition(model, object, condition, "t", tx.dialect()) else {
        return Ok(true);
    };
    let mut sql = Sql::new("SELECT 1 FROM ");
    sql.name(&object.name).push(" t WHERE t.id = ").bind(id).push(" AND ").append(&condition);
    Ok(tx.row(sql).await?.is_some())
}

/// People write it: the rest follows.
pub(crate) fn is_own(object: &Object, i: usize) -> bool {
    let field = &object.fields[i];
    let computed =
        matches!(field.kind, FieldKind::Formula { .. } | FieldKind::Rollup { .. } | FieldKind::AutoNumber { .. });
    !field.system && !field.read_only && !computed
}

fn found(
    model: &Model,
    object: &Object,
    before: Option<&Stored>,
    after: &Stored,
    changed: &[usize],
    met: &[(ApprovalProcess, Vec<bool>)],
) -> Found {
    let mut found = Found::default();
    let mut fields: BTreeSet<String> = BTreeSet::new();
    let mut whole = false;
    for (process, skipped) in met {
        let rule = &process.rule;
        for (step, &skipped) in rule.steps.iter().zip(skipped) {
            let kept = KeptStep {
                name: step.name.clone(),
                who: step.who.clone(),
                sign: step.sign,
                optional: step.optional,
                timeout: step.timeout,
                skipped,
            };
            // two processes that ask the same people ask them once
            let same = |other: &KeptStep| {
                other.who == kept.who
                    && other.sign == kept.sign
                    && other.timeout == kept.timeout
                    && !other.skipped
                    && !kept.skipped
            };
            if !found.steps.iter().any(same) {
                found.steps.push(kept);
            }
        }
        fields.extend(rule.reads(model, object));
        fields.extend(rule.trigger.fields().iter().cloned());
        whole |= rule.locks == ApprovalLock::Record;
        if let ApprovalTrigger::Becomes { field, meanwhile: Some(key), .. } = &rule.trigger {
            found.meanwhile.get_or_insert((field.clone(), key.clone()));
        }
    }
    for &i in changed.iter().filter(|&&i| is_own(object, i)) {
        let was = before.map_or(&Value::Null, |stored| &stored.values[i]);
        if *was == after.values[i] || (before.is_none() && !is_filled(&after.values[i])) {
            continue;
        }
        let field = object.fields[i].name.clone();
        found.changes.push(Change { field, before: stored_json(was), after: stored_json(&after.values[i]) });
    }
    fields.extend(found.changes.iter().map(|change| change.field.clone()));
    let relied =
        fields.iter().filter_map(|name| Some((name.clone(), stored_json(&after.values[object.index_of(name)?]))));
    found.relied = relied.collect();
    found.locks = if whole { Lock::Record } else { Lock::Fields(fields) };
    found
}

/// The facts that a signer reads: what the submitter sees of them.
#[expect(clippy::too_many_arguments, reason = "a write is who, what, from what, to what")]
#[boxed]
async fn facts(
    engine: &Engine,
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Arc<Object>,
    before: Option<&Stored>,
    after: &Stored,
    changes: &[Change],
) -> Result<Facts> {
    let layout = object.layout.facts.iter().chain(&object.subtitle).chain(std::iter::once(&object.title));
    let mut names: Vec<String> = Vec::new();
    for name in layout.chain(changes.iter().map(|change| &change.field)).chain([&"owner".to_owned()]) {
        let seen = |field| actor.rights.field(&object.name, field) >= FieldRight::Read;
        if !names.contains(name) && object.field(name).is_some_and(seen) {
            names.push(name.clone());
        }
    }
    let mut facts = Facts { show: names.clone(), ..Facts::default() };
    let columns = Columns::all(object);
    let both = before.into_iter().chain([after]).cloned().collect();
    for record in present(tx, &engine.0.titles, model, actor, &columns, both).await? {
        for (id, title) in record.titles.iter() {
            let wanted = names.iter().any(|name| record.value(name).as_id() == Some(*id));
            if wanted {
                facts.titles.insert(*id, (title.object.clone(), title.text.clone()));
            }
        }
    }
    for name in &names {
        let Some(i) = object.index_of(name) else { continue };
        if let Some(before) = before {
            facts.before.insert(name.clone(), stored_json(&before.values[i]));
        }
        facts.after.insert(name.clone(), stored_json(&after.values[i]));
    }
    Ok(facts)
}

/// Fails when the record is held by an open request. `changed`: none where the whole record goes.
pub(crate) async fn refuse_held(tx: &mut Tx, object: &Object, id: Uuid, changed: Option<&[usize]>) -> Result<()> {
    let names = own_names(object, changed);
    if changed.is_some() && names.is_empty() {
        return Ok(());
    }
    for row in tx.rows(sql!("SELECT number, locks FROM approval WHERE record_id = $1 AND state = 'open'", id)).await? {
        if changed.is_none() || Lock::holds(&row.must_text(1)?, &names) {
            return Err(held(&row.must_text(0)?));
        }
    }
    Ok(())
}

/// The same of many at once: records and what changes in each.
pub(crate) async fn refuse_held_many(tx: &mut Tx, object: &Object, records: &[(Uuid, Vec<usize>)]) -> Result<()> {
    for chunk in records.chunks(500) {
        let ids: Vec<Uuid> = chunk.iter().map(|(id, _)| *id).collect();
        let mut sql = Sql::new("SELECT number, locks, record_id FROM approval WHERE state = 'open' AND record_id IN (");
        sql.padded(&ids).push(")");
        for row in tx.rows(sql).await? {
            let (words, id) = (row.must_text(1)?, row.must_id(2)?);
            let changed =
                chunk.iter().find(|(known, _)| *known == id).map_or(&[] as &[usize], |(_, changed)| changed.as_slice());
            let names = own_names(object, Some(changed));
            if !names.is_empty() && Lock::holds(&words, &names) {
                return Err(held(&row.must_text(0)?));
            }
        }
    }
    Ok(())
}

fn own_names<'o>(object: &'o Object, changed: Option<&[usize]>) -> Vec<&'o str> {
    let own = changed.unwrap_or_default().iter().filter(|&&i| !object.fields[i].system);
    own.map(|&i| object.fields[i].name.as_str()).collect()
}

fn held(number: &str) -> Error {
    Error::Conflict(text!(
        "这条记录正在审批（{number}），审批结束之前不能修改。要改，请申请人先撤回。",
        "This record is in approval ({number}) and cannot be changed until that ends. To change it, whoever asked withdraws it first."
    ))
}

/// The value of a field under which something is wrong with what was kept.
pub(super) fn changed_since(object: &Object, name: &str) -> Error {
    let label = object.field(name).map_or_else(|| Text::same(name.to_owned()), |field| field.label.clone());
    let (zh, en) = (label.zh, label.en);
    let message = text!(
        "「{zh}」在提交以后变了，签过的和现在的不一样。请退回申请人，由他重新提交。",
        "{en} has changed since it was asked for: it is not what was signed. Send it back, to be asked for again."
    );
    Error::Conflict(message)
}
