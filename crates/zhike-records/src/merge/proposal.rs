//! What a person is shown before merging: the records side by side, and what the survivor would become.

use std::{collections::BTreeMap, sync::Arc};

use zhike_db::{Sql, Tx};
use zhike_model::Object;
use zhike_types::{Error, Result, Uuid, Value, boxed};

use super::{
    Candidate, Choice, check_may_merge, check_members, circle,
    gather::{naming, references},
    propose, refuse_away,
};
use crate::{
    Actor, Engine, FieldState, Record,
    access::{self, Need},
    load::{Columns, Stored, field_states, mask, needs_team, present},
};

/// The proposal of a merge.
#[derive(Debug, Clone)]
pub struct MergeProposal {
    pub object: Arc<Object>,
    pub survivor: Uuid,
    /// In the order they were named, each as the actor sees it. The survivor's `may_change` and the others' `may_delete` say
    /// whether the actor may merge them.
    pub records: Vec<Record>,
    /// How many live records refer to each, in the same order.
    pub related: Vec<i64>,
    /// The fields that a merge decides about and the actor sees, in the object's order.
    pub fields: Vec<ProposedField>,
}

/// What a field of the survivor would become.
#[derive(Debug, Clone)]
pub struct ProposedField {
    pub field: String,
    /// Whose value it is; several where it is united, nobody's where it stays empty.
    pub from: Vec<Uuid>,
    /// Masked where it must be. What it is called, where it is a reference, stands among the titles of the record it is from.
    pub value: Value,
    /// The choice that gives this value.
    pub choice: Choice,
    /// The records do not agree: worth a person's look.
    pub differs: bool,
    /// The actor may choose another value.
    pub may_choose: bool,
    /// `Choice::United` can be chosen.
    pub can_unite: bool,
}

impl Engine {
    /// Proposes a merge of these records: who survives (unless it is given), and what each field becomes with these choices.
    #[boxed]
    pub async fn merge_proposal(
        &self,
        actor: &Actor,
        object: &str,
        ids: &[Uuid],
        survivor: Option<Uuid>,
        choices: &BTreeMap<String, Choice>,
    ) -> Result<MergeProposal> {
        let model = self.model();
        let object = access::object_for(&model, actor, object)?;
        check_may_merge(actor, object)?;
        check_members(ids)?;
        let mut tx = self.0.db.read().await?;
        let (mut stored, mut related) = (Vec::new(), Vec::new());
        for &id in ids {
            let one = self.find(&mut tx, &model, actor, object, id, Need::Read).await?.ok_or(Error::NotFound)?;
            if one.is_deleted(object) {
                refuse_away(&mut tx, &model, actor, object, id).await?;
                return Err(super::away::in_the_bin());
            }
            stored.push(one);
            related.push(self.related_count(&mut tx, object, id).await?);
        }
        let mut candidates: Vec<Candidate<'_>> = stored
            .iter()
            .zip(&related)
            .map(|(one, related)| Candidate { id: one.id, values: &one.values, related: *related })
            .collect();
        let survivor = match survivor {
            Some(id) if ids.contains(&id) => id,
            Some(_) => return Err(Error::NotFound),
            None => propose::survivor(object, &candidates).ok_or(Error::NotFound)?,
        };
        candidates.sort_by_key(|candidate| candidate.id != survivor);
        let mut taken = propose::take(object, &candidates, choices);
        circle::open(&mut tx, object, &candidates, choices, &mut taken).await?;
        let states = field_states(object, actor);
        let fields = taken
            .into_iter()
            .filter(|one| propose::is_decided(&object.fields[one.field]) && states[one.field] != FieldState::Hidden)
            .map(|one| {
                let (field, state) = (&object.fields[one.field], states[one.field]);
                let first = &stored[0].values[one.field];
                let choice = match one.from.as_slice() {
                    [] => Choice::Of(survivor),
                    [id] => Choice::Of(*id),
                    _ => Choice::United,
                };
                ProposedField {
                    field: field.name.clone(),
                    choice,
                    differs: stored.iter().any(|other| other.values[one.field] != *first),
                    may_choose: state == FieldState::Writable,
                    can_unite: propose::can_unite(field),
                    value: if state == FieldState::Masked { mask(field, &one.value) } else { one.value },
                    from: one.from,
                }
            })
            .collect();
        let mut columns = Columns::all(object);
        columns.team = needs_team(object, actor);
        let shown: Vec<Stored> = stored.clone();
        let records = present(&mut tx, &self.0.titles, &model, actor, &columns, shown).await?;
        Ok(MergeProposal { object: Arc::clone(object), survivor, records, related, fields })
    }

    /// How many live records refer to a record, whoever may see them.
    async fn related_count(&self, tx: &mut Tx, object: &Object, id: Uuid) -> Result<i64> {
        let model = self.model();
        let mut count = 0;
        for (name, fields) in references(&model, object) {
            let Some(child) = model.object(&name) else { continue };
            for field in fields {
                let mut sql = Sql::new("SELECT COUNT(*) FROM ");
                sql.name(&child.name).push(" t WHERE t.deleted_at IS NULL AND ");
                naming(child, object, field, &[id], &mut sql);
                count += tx.number(sql).await?;
            }
        }
        Ok(count)
    }
}
