//! What a form of a conversion begins with, and which records are much like what would be made.

use std::{collections::HashMap, sync::Arc};

use zhike_model::{Model, Object, expr};
use zhike_types::{Error, Result, Uuid, Value, boxed};

use crate::{
    Actor, Alike, Engine, FieldRight, FieldState, Input, Record,
    access::{self, Need},
    draft, is_compared,
    load::{Stored, field_states},
    validate,
};

/// A conversion before it is made.
#[derive(Debug, Clone)]
pub struct ConversionProposal {
    pub record: Record,
    pub targets: Vec<ProposedTarget>,
}

/// Something that it would become.
#[derive(Debug, Clone)]
pub struct ProposedTarget {
    pub object: Arc<Object>,
    /// It is made where nobody says.
    pub wanted: bool,
    /// The actor may make one.
    pub may_create: bool,
    /// The fields that a form asks for. What the actor may not see of the record goes along unasked.
    pub asks: Vec<String>,
    /// What a new one would begin with, as far as the actor sees it.
    pub begins: Record,
}

impl Engine {
    /// What converting the record would make.
    ///
    /// # Errors
    /// `NotFound` where the record is not there or its object is not converted; `Forbidden` for who may not change it; `Conflict` when it
    /// is converted already.
    #[boxed]
    pub async fn conversion(&self, actor: &Actor, object: &str, id: Uuid) -> Result<ConversionProposal> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let conversion = known.convert.as_ref().ok_or(Error::NotFound)?;
        let record = self.read(actor, object, id).await?;
        if super::is_converted(known, &record.values) {
            return Err(super::lock::twice(&model, known, conversion));
        }
        if !record.may_change {
            return Err(access::forbidden(
                "您可以查看这条记录，但没有修改的权限。",
                "You may see this record, but not change it.",
            ));
        }
        let stored = self.stored(&model, actor, known, id).await?;
        let targets = conversion.targets.iter().filter_map(|target| {
            let into = model.object(&target.object)?;
            let hidden = |name: &String| {
                let source = target.fill.iter().find(|(field, _)| field == name);
                source.is_some_and(|(_, source)| !sees_all(&model, actor, known, source))
            };
            let carried = self.carried(&model, actor, known, target, into, &stored.values);
            let shown = carried.into_iter().filter(|(name, _)| !hidden(name)).collect();
            let states = field_states(into, actor);
            let asked = |name: &&String| {
                into.index_of(name).is_some_and(|i| states[i] == FieldState::Writable) && !hidden(name)
            };
            Some(ProposedTarget {
                wanted: self.is_wanted(&model, actor, known, target, &stored.values),
                may_create: self.may(actor, &into.name).create,
                asks: target.asks.iter().filter(asked).cloned().collect(),
                begins: beginning(into, shown, states),
                object: Arc::clone(into),
            })
        });
        Ok(ConversionProposal { targets: targets.collect(), record })
    }

    /// The records that are much like the one that converting would make of this target, with what is typed over it.
    ///
    /// # Errors
    /// As [`Engine::matches`]; nothing is compared of objects whose records are not.
    #[boxed]
    pub async fn conversion_matches(
        &self,
        actor: &Actor,
        object: &str,
        id: Uuid,
        target: &str,
        input: &Input,
    ) -> Result<Vec<Alike>> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let mut targets = known.convert.iter().flat_map(|conversion| &conversion.targets);
        let target = targets.find(|known| known.object == target).ok_or(Error::NotFound)?;
        let into = access::object_for(&model, actor, &target.object)?;
        if !is_compared(into) {
            return Ok(Vec::new());
        }
        let stored = self.stored(&model, actor, known, id).await?;
        let mut values = vec![Value::Null; into.fields.len()];
        for (name, value) in self.carried(&model, actor, known, target, into, &stored.values) {
            if let Some(i) = into.index_of(&name) {
                values[i] = value;
            }
        }
        for (name, given) in &input.fields {
            if let Some(i) = into.index_of(name)
                && draft::refused(actor, into, &into.fields[i]).is_none()
                && let Ok(value) = validate::parse(&into.fields[i], given, self.zone())
            {
                values[i] = value;
            }
        }
        self.alike_to(&model, actor, into, &values).await
    }

    async fn stored(&self, model: &Model, actor: &Actor, object: &Arc<Object>, id: Uuid) -> Result<Stored> {
        let mut tx = self.db().read().await?;
        self.find(&mut tx, model, actor, object, id, Need::Read).await?.ok_or(Error::NotFound)
    }
}

/// Whether the actor sees all that an expression over the object's records reads.
fn sees_all(model: &Model, actor: &Actor, object: &Object, expression: &str) -> bool {
    let Ok(parsed) = expr::parse(model, &object.name, expression, None) else { return false };
    expr::needs(&parsed)
        .fields
        .iter()
        .all(|name| object.field(name).is_none_or(|field| actor.rights.field(&object.name, field) >= FieldRight::Read))
}

/// A record that is not there yet.
fn beginning(object: &Arc<Object>, filled: Vec<(String, Value)>, states: Vec<FieldState>) -> Record {
    let mut values = vec![Value::Null; object.fields.len()];
    for (name, value) in filled {
        if let Some(i) = object.index_of(&name) {
            values[i] = value;
        }
    }
    Record {
        object: Arc::clone(object),
        id: Uuid::nil(),
        seq: 0,
        version: 0,
        values,
        states: Arc::new(states),
        titles: Arc::new(HashMap::new()),
        may_change: false,
        may_delete: false,
        may_restore: false,
        may_purge: false,
        deleted_at: None,
    }
}
