//! Merging: several records of one object become one, in one transaction, and all of it can be taken back.
//!
//! - The **survivor** takes, field by field, the value chosen for it; where nothing is chosen its blanks are filled from the
//!   losers, lists are united, and a flag that one of them has set stays set (`propose.rs`).
//! - Everything that refers to a loser refers to the survivor afterwards, whatever object declares the reference, live or in the
//!   recycle bin (`gather.rs`); saved views that name a loser name the survivor.
//! - What would then stand twice, such as one user twice in a team, is **set aside**: deleted softly, in favour of the one that
//!   stays (`twice.rs`).
//! - **Losers** are deleted softly too and remember where they went (`away.rs`). They are not in the recycle bin: they come back
//!   when the merge is undone, and go for ever when the survivor does. Their history stays theirs and is shown in the survivor's.
//!
//! Each record that a merge writes leaves a step, what it was and what it became (`steps.rs`), by which [`Engine::unmerge`] puts
//! it back, except where somebody changed it since (`undo.rs`).
//!
//! A merge asks for the right `merge` on the object, to change the survivor and to delete the losers; what hangs on them moves
//! along as roll-ups do, with no right of its own. Users and departments are not merged: credentials, sessions, roles and the
//! audit know them too.

mod away;
mod circle;
mod gather;
mod listing;
mod proposal;
mod propose;
mod steps;
mod twice;
mod undo;

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use zhike_db::{Sql, Tx, sql};
use zhike_model::{Model, Object, Role};
use zhike_types::{Error, FieldError, Result, Uuid, Value, boxed, text};

use crate::{
    Actor, DataScope, Engine, NeedsApproval,
    access::{self, Need},
    approval,
    bulk::Origin,
    draft, idempotency,
    list::is_filled,
    load::Stored,
    pool,
};

pub(crate) use away::{absorbed, forget, is_away, losers_of, not_away, refuse_away};
pub(crate) use gather::held;
pub use listing::{Merge, MergePage, Merged, Undone};
pub use proposal::{MergeProposal, ProposedField};
use propose::{Candidate, Taken};
use steps::Steps;

/// The most records that one merge makes one of.
pub const MERGE_MOST: usize = 20;

/// The most characters of a reason.
pub const REASON_MOST: usize = 500;

/// What a field of the survivor becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// What this one of the merged records has.
    Of(Uuid),
    /// All of them: lists united, long texts one after the other.
    United,
}

/// What is to be merged into what.
#[derive(Debug, Clone, Default)]
pub struct MergeInput {
    pub survivor: Uuid,
    pub losers: Vec<Uuid>,
    /// The versions of these records that the actor saw; a record not named is taken as it is.
    pub versions: BTreeMap<Uuid, i64>,
    /// By field; a field not named becomes what the proposal says.
    pub choices: BTreeMap<String, Choice>,
    pub reason: Option<String>,
}

impl MergeInput {
    pub fn new(survivor: Uuid, losers: impl Into<Vec<Uuid>>) -> Self {
        Self { survivor, losers: losers.into(), ..Self::default() }
    }

    fn members(&self) -> Vec<Uuid> {
        std::iter::once(self.survivor).chain(self.losers.iter().copied()).collect()
    }
}

/// Whether records of the object can be merged at all: those that can be met by match rules.
pub fn is_mergeable(object: &Object) -> bool {
    object.fields.iter().any(|field| field.matching.is_some()) && !matches!(object.name.as_str(), "user" | "department")
}

/// Whether the actor may merge records of the object at all.
pub(crate) fn may_merge(actor: &Actor, object: &Object) -> bool {
    is_mergeable(object)
        && actor.rights.object(&object.name).is_some_and(|rights| {
            rights.may_read() && rights.merge && rights.change > DataScope::None && rights.delete > DataScope::None
        })
}

pub(crate) fn check_may_merge(actor: &Actor, object: &Object) -> Result<()> {
    let (zh, en) = (&object.label.zh, object.plural.en.to_lowercase());
    if !is_mergeable(object) {
        return Err(Error::Conflict(text!("{zh}不能合并。", "Records of this kind ({en}) cannot be merged.")));
    }
    if may_merge(actor, object) {
        return Ok(());
    }
    Err(Error::Forbidden(text!(
        "您没有合并{zh}的权限。请联系管理员。",
        "You may not merge {en}. Ask your administrator."
    )))
}

/// A merge under way.
struct Merging<'e> {
    engine: &'e Engine,
    model: &'e Model,
    actor: &'e Actor,
    object: &'e Arc<Object>,
    id: Uuid,
    reason: Option<&'e str>,
    steps: Steps,
}

impl Engine {
    /// Makes one record of several.
    ///
    /// # Errors
    /// `Conflict` when one of them was merged or deleted meanwhile, `Stale` when one has another version than the actor saw,
    /// `Invalid` for choices that cannot be, `Forbidden` without the rights.
    #[boxed]
    pub async fn merge(&self, actor: &Actor, object: &str, input: MergeInput) -> Result<Merge> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        check_may_merge(actor, known)?;
        check_members(&input.members())?;
        let mut tx = self.0.db.begin().await?;
        alone(&mut tx).await?;
        idempotency::mark(&mut tx, actor, object, Some(input.survivor)).await?;
        let records = self.to_merge(&mut tx, &model, actor, known, &input).await?;
        let taken = self.decided(&mut tx, actor, known, &records, &input.choices).await?;
        let id = self.0.ids.next();
        let mut merging = Merging {
            engine: self,
            model: &model,
            actor,
            object: known,
            id,
            reason: input.reason.as_deref(),
            steps: Steps::default(),
        };
        merging.run(&mut tx, &records, taken).await?;
        merging.keep(&mut tx, input.survivor).await?;
        tx.commit().await?;
        self.written();
        self.merge_of(actor, id).await
    }

    /// The records, the survivor first; held until the transaction ends.
    async fn to_merge(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        input: &MergeInput,
    ) -> Result<Vec<Stored>> {
        let mut records = Vec::new();
        for id in input.members() {
            let need = if id == input.survivor { Need::Change } else { Need::Delete };
            let stored = self.locked(tx, model, actor, object, id, need).await?;
            if stored.is_deleted(object) {
                refuse_away(tx, model, actor, object, id).await?;
                return Err(away::in_the_bin());
            }
            let current = stored.version(object);
            if input.versions.get(&id).is_some_and(|seen| *seen != current) {
                return Err(Error::Stale { current });
            }
            approval::refuse_held(tx, object, id, None).await?;
            records.push(stored);
        }
        Ok(records)
    }

    /// The survivor's values, as chosen or proposed.
    async fn decided(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        object: &Arc<Object>,
        records: &[Stored],
        choices: &BTreeMap<String, Choice>,
    ) -> Result<Vec<Taken>> {
        let mut errors: Vec<FieldError> = Vec::new();
        for (name, choice) in choices {
            let of_others = matches!(choice, Choice::Of(id) if records.iter().all(|record| record.id != *id));
            match object.field(name) {
                None => errors.push(draft::unknown(name)),
                Some(field) => match draft::refused(actor, object, field) {
                    Some(error) => errors.push(error),
                    None if of_others || !propose::fits(field, *choice) => errors.push(propose::unfit(field)),
                    None => {}
                },
            }
        }
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        let candidates: Vec<Candidate<'_>> =
            records.iter().map(|record| Candidate { id: record.id, values: &record.values, related: 0 }).collect();
        let mut taken = propose::take(object, &candidates, choices);
        circle::open(tx, object, &candidates, choices, &mut taken).await?;
        for one in &taken {
            let field = &object.fields[one.field];
            if field.required && !is_filled(&one.value) && is_filled(&records[0].values[one.field]) {
                let (zh, en) = (&field.label.zh, &field.label.en);
                let message =
                    text!("合并后「{zh}」不能为空，请另选一个值。", "{en} must not be empty after the merge.");
                errors.push(FieldError { field: field.name.clone(), code: "required", message });
            }
        }
        if errors.is_empty() { Ok(taken) } else { Err(Error::Invalid(errors)) }
    }
}

impl Merging<'_> {
    /// Losers first: what is unique among live records is free for the survivor then.
    async fn run(&mut self, tx: &mut Tx, records: &[Stored], taken: Vec<Taken>) -> Result<()> {
        let Some((survivor, losers)) = records.split_first() else { return Ok(()) };
        let object = Arc::clone(self.object);
        for loser in losers {
            self.send_away(tx, &object, loser, Some(survivor.id), true).await?;
        }
        let mut values = survivor.values.clone();
        let mut changed = Vec::new();
        for one in taken {
            if values[one.field] != one.value {
                values[one.field] = one.value;
                changed.push(one.field);
            }
        }
        pool::settle(&object, Some(survivor), &mut values, &mut changed, self.engine.now());
        self.steps.note(&object, survivor.id, &survivor.values, &values, &changed);
        let reason = self.reason.map(str::to_owned);
        self.engine
            .store(tx, self.model, self.actor, &object, survivor, values, &changed, "merge", reason, Some(self.id))
            .await?;
        let gone: Vec<Uuid> = losers.iter().map(|loser| loser.id).collect();
        self.gather(tx, &object, survivor.id, &gone).await?;
        self.views(tx, survivor.id, &gone).await?;
        self.disputes(tx, object.name.as_str(), survivor.id, &gone).await?;
        self.refuse_unsigned(tx, survivor, &changed).await
    }

    /// A merge is nothing that can be signed: values that take approval are changed before it, or after.
    async fn refuse_unsigned(&self, tx: &mut Tx, survivor: &Stored, changed: &[usize]) -> Result<()> {
        let asked =
            approval::ask(self.engine, tx, self.model, self.actor, self.object, survivor.id, Some(survivor), changed);
        let Err(error) = asked.await else { return Ok(()) };
        let Some(needs) = NeedsApproval::of(&error) else { return Err(error) };
        let (zh, en) = needs.names();
        Err(Error::Conflict(text!(
            "这次合并会改动要先审批的内容（{zh}）。合并时这些字段请保留原值；确实要改，合并之后再提交审批。",
            "This merge would change what takes approval ({en}). Keep what the surviving record has in those fields; to change them, ask for approval after the merge."
        )))
    }

    /// Deletes a record softly: a loser, or what would stand twice.
    async fn send_away(
        &mut self,
        tx: &mut Tx,
        object: &Arc<Object>,
        record: &Stored,
        instead: Option<Uuid>,
        loser: bool,
    ) -> Result<()> {
        let (Some(at), Some(by)) = (object.role_index(Role::DeletedAt), object.role_index(Role::DeletedBy)) else {
            return Err(Error::NotFound);
        };
        let mut values = record.values.clone();
        values[at] = Value::Int(self.engine.now());
        values[by] = self.actor.user_id.into();
        self.steps.note(object, record.id, &record.values, &values, &[at, by]);
        let reason = self.reason.filter(|_| loser).map(str::to_owned);
        self.engine
            .store(tx, self.model, self.actor, object, record, values, &[at, by], "merged", reason, Some(self.id))
            .await?;
        self.steps.aside += i64::from(!loser);
        let mut sql =
            Sql::new("INSERT INTO merge_away (merge_id, record_id, object, instead_id, loser, active) VALUES (");
        sql.bind(self.id).push(", ").bind(record.id).push(", ").bind(object.name.as_str()).push(", ");
        sql.bind(instead).push(", ").bind(loser).push(", ").bind(true).push(")");
        tx.run(sql).await.map(drop)
    }

    /// What belongs to this merge, for the audit and the events.
    fn origin(&self) -> Origin {
        Origin { action: "move", reason: None, batch: Some(self.id), now: self.engine.now() }
    }

    /// Puts the merge itself on record.
    async fn keep(&self, tx: &mut Tx, survivor: Uuid) -> Result<()> {
        self.steps.write(tx, self.id, 0).await?;
        tx.run(sql!(
            "INSERT INTO merge (id, object, survivor_id, at, actor_id, actor, reason, moved, aside) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            self.id,
            self.object.name.as_str(),
            survivor,
            self.engine.now(),
            self.actor.user_id,
            &*self.actor.name,
            self.reason,
            self.steps.moved,
            self.steps.aside
        ))
        .await
        .map(drop)
    }
}

/// Says that the transaction writes records: no merge comes in between.
pub(crate) async fn beside(tx: &mut Tx) -> Result<()> {
    gate(tx, false).await
}

/// Waits until no other record is being written, and lets none be until the transaction ends.
async fn alone(tx: &mut Tx) -> Result<()> {
    gate(tx, true).await
}

async fn gate(tx: &mut Tx, merge: bool) -> Result<()> {
    match tx.dialect().merge_gate(merge) {
        Some(gate) => tx.run(Sql::new(gate)).await.map(drop),
        None => Ok(()),
    }
}

fn check_members(members: &[Uuid]) -> Result<()> {
    let distinct: BTreeSet<Uuid> = members.iter().copied().collect();
    let message = if distinct.len() < members.len() {
        text!("同一条记录只能选一次。", "A record cannot be merged with itself.")
    } else if members.len() < 2 {
        text!("请至少选择两条记录。", "Choose two records at least.")
    } else if members.len() > MERGE_MOST {
        text!("一次最多合并 {MERGE_MOST} 条。", "At most {MERGE_MOST} records are merged at once.")
    } else {
        return Ok(());
    };
    Err(Error::invalid("losers", "invalid", message))
}
