//! What a record becomes: each target made, or one that is there taken.

use std::sync::Arc;

use zhike_db::Tx;
use zhike_model::{
    Conversion, ConversionTarget, FieldKind, Model, Object,
    expr::{self, Type},
};
use zhike_types::{Error, FieldError, Result, Text, Uuid, Value, text};

use super::{Becoming, ConversionInput};
use crate::{Actor, Engine, Input, access, access::Need, filter::LocalRow, list::is_filled, load::Stored};

/// A record that it became.
pub(super) type Became = (Arc<Object>, Uuid);

impl Engine {
    /// Makes or takes what the record becomes, in the pack's order.
    #[expect(clippy::too_many_arguments, reason = "who makes what of which record, as which batch")]
    pub(super) async fn become_all(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        (object, conversion): (&Arc<Object>, &Conversion),
        before: &Stored,
        input: &ConversionInput,
        batch: Uuid,
    ) -> Result<Vec<Became>> {
        let mut became: Vec<Became> = Vec::new();
        for (i, target) in conversion.targets.iter().enumerate() {
            let Some(into) = model.object(&target.object) else { continue };
            let wish = input.targets.iter().find(|(name, _)| *name == target.object).map(|(_, wish)| wish);
            let id = match wish {
                Some(Becoming::Existing(id)) => self.there_already(tx, model, actor, into, *id, &became).await?,
                Some(Becoming::Nothing) if i == 0 => return Err(needed(into)),
                Some(Becoming::Nothing) => continue,
                Some(Becoming::New(fields)) => {
                    let carried = self.carried(model, actor, object, target, into, &before.values);
                    self.made(tx, model, actor, into, fields, (carried, became.as_slice()), input, batch).await?
                }
                None if i == 0 || self.is_wanted(model, actor, object, target, &before.values) => {
                    let carried = self.carried(model, actor, object, target, into, &before.values);
                    self.made(tx, model, actor, into, &Input::default(), (carried, became.as_slice()), input, batch)
                        .await?
                }
                None => continue,
            };
            became.push((Arc::clone(into), id));
        }
        Ok(became)
    }

    #[expect(clippy::too_many_arguments, reason = "a write is who, what, from what, as which batch")]
    async fn made(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        into: &Arc<Object>,
        fields: &Input,
        (mut carried, became): (Vec<(String, Value)>, &[Became]),
        input: &ConversionInput,
        batch: Uuid,
    ) -> Result<Uuid> {
        let links = links(into, became);
        if let Some((name, _)) = links.iter().find(|(name, _)| fields.fields.iter().any(|(given, _)| given == name)) {
            let message = Text::new("转化时由系统填写。", "The conversion writes it.");
            return Err(Error::invalid(format!("{}.{name}", into.name), "read_only", message));
        }
        carried.extend(links.into_iter().map(|(name, id)| (name, Value::Id(id))));
        let fields =
            Input { carried, reason: input.reason.clone(), duplicates: input.duplicates.clone(), ..fields.clone() };
        let made = self.create_in(tx, model, actor, into, &fields, Some(batch)).await;
        made.map_err(|error| under(&into.name, error))
    }

    /// A record that is there, as far as the actor sees it; what is not the first must hang on the first.
    async fn there_already(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        into: &Arc<Object>,
        id: Uuid,
        became: &[Became],
    ) -> Result<Uuid> {
        let (zh, en) = (&into.label.zh, &into.label.en);
        let found = match access::reach(into, actor, Need::Read) {
            access::Reach::Nothing => Err(Error::NotFound),
            _ => self.locked(tx, model, actor, into, id, Need::Read).await,
        };
        let stored = match found {
            Ok(stored) if !stored.is_deleted(into) => stored,
            Ok(_) | Err(Error::NotFound) => {
                let message = text!(
                    "选的{zh}不存在，或您看不到它。请重新选择。",
                    "The {en} chosen is not there, or you may not see it. Choose another."
                );
                return Err(Error::invalid(&into.name, "not_found", message));
            }
            Err(error) => return Err(error),
        };
        if let Some((first, whose)) = became.first()
            && let Some((link, _)) = links(into, became).first()
            && stored.value(into, link).as_id() != Some(*whose)
        {
            let (of_zh, of_en) = (&first.label.zh, first.label.en.to_lowercase());
            let message = text!(
                "选的{zh}不是这个{of_zh}的。请重新选择，或者新建。",
                "The {en} chosen is another {of_en}'s. Choose one of this, or make a new one."
            );
            return Err(Error::invalid(&into.name, "invalid", message));
        }
        Ok(id)
    }

    /// Whether a target is made where nobody says.
    pub(super) fn is_wanted(
        &self,
        model: &Model,
        actor: &Actor,
        object: &Object,
        target: &ConversionTarget,
        values: &[Value],
    ) -> bool {
        target.when.as_ref().is_none_or(|when| {
            expr::parse(model, &object.name, when, Some(Type::Bool))
                .is_ok_and(|parsed| self.context(actor).holds(&parsed, &LocalRow { object, values, id: Uuid::nil() }))
        })
    }

    /// What a new target takes from the record: the pack's expressions, the owner and where the owner works.
    pub(super) fn carried(
        &self,
        model: &Model,
        actor: &Actor,
        object: &Object,
        target: &ConversionTarget,
        into: &Object,
        values: &[Value],
    ) -> Vec<(String, Value)> {
        let context = self.context(actor);
        let row = LocalRow { object, values, id: Uuid::nil() };
        let mut carried = Vec::new();
        for (name, expression) in &target.fill {
            let Some(field) = into.field(name) else { continue };
            let own = object.index_of(expression).map(|i| &values[i]);
            let value = match (own, &field.kind) {
                // an amount keeps its currency
                (Some(value @ Value::Money(_)), FieldKind::Money { .. }) => value.clone(),
                _ => match expr::parse(model, &object.name, expression, None) {
                    Ok(parsed) => context.evaluate(&parsed, &row, field),
                    Err(_) => continue,
                },
            };
            if is_filled(&value) {
                carried.push((name.clone(), value));
            }
        }
        let owner = object.index_of("owner").map(|i| values[i].clone());
        carried.extend(owner.filter(is_filled).map(|owner| ("owner".to_owned(), owner)));
        carried
    }
}

/// The references of an object to what the record became before, each the first that fits.
pub(super) fn links(object: &Object, became: &[Became]) -> Vec<(String, Uuid)> {
    let refers = |to: &str| {
        let fits = |kind: &FieldKind| matches!(kind, FieldKind::Reference { object, .. } if object == to);
        object.fields.iter().find(|field| !field.system && !field.read_only && fits(&field.kind))
    };
    became.iter().filter_map(|(to, id)| Some((refers(&to.name)?.name.clone(), *id))).collect()
}

fn needed(object: &Object) -> Error {
    let (zh, en) = (&object.label.zh, object.label.en.to_lowercase());
    let message = text!("请选择或新建{zh}：转化总要有它。", "Choose an {en} or make one: a conversion needs it.");
    Error::invalid(&object.name, "required", message)
}

/// Messages about fields of a target say whose they are.
fn under(object: &str, error: Error) -> Error {
    let Error::Invalid(errors) = error else { return error };
    let named = |error: FieldError| {
        let field = if error.field.is_empty() { object.to_owned() } else { format!("{object}.{}", error.field) };
        FieldError { field, ..error }
    };
    Error::Invalid(errors.into_iter().map(named).collect())
}
