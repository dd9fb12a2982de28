//! What cannot be changed any more (`[[lock]]` of a pack): the lines of an offer that was approved, an order's once it is confirmed.
//!
//! A record's own fields are locked when the condition holds before the write and after it: a write that opens the record again may
//! change them. Records of a locked relation are not made, changed, moved in or out, nor deleted, as long as the condition holds of
//! the record above them, which is held meanwhile: nobody approves what is being changed. Whose they are is no part of that, nor is
//! what goes or comes back together with the record above. As with approvals, the command line and the system itself are not
//! asked: that is how history is brought in.

use zhike_db::{Sql, Tx};
use zhike_model::{Lock, Model, Object, expr};
use zhike_types::{Error, Result, Uuid, Value, boxed};

use crate::{
    approval,
    filter::{Context, LocalRow},
    load::Stored,
};

/// A record about to be written.
#[derive(Clone, Copy)]
pub(crate) struct Touched<'a> {
    /// None for a new one.
    pub before: Option<&'a Stored>,
    pub values: &'a [Value],
    /// The fields that change; none where the record as a whole comes or goes.
    pub changed: Option<&'a [usize]>,
}

impl<'a> Touched<'a> {
    /// A record that goes, or comes back.
    pub fn whole(stored: &'a Stored) -> Self {
        Self { before: Some(stored), values: &stored.values, changed: None }
    }
}

/// Fails where one of the records is locked: under a field that the write names, or as a conflict where a record goes or comes back.
#[boxed]
pub(crate) async fn refuse(
    context: &Context<'_>,
    tx: &mut Tx,
    model: &Model,
    object: &Object,
    touched: &[Touched<'_>],
) -> Result<()> {
    if context.actor.user_id.is_none() || touched.is_empty() {
        return Ok(());
    }
    for lock in object.locks.iter().filter(|lock| !lock.fields.is_empty()) {
        let Ok(when) = expr::parse_condition(model, &object.name, &lock.when) else { continue };
        let holds = |values: &[Value]| context.holds(&when, &LocalRow { object, values, id: Uuid::nil() });
        for one in touched {
            let (Some(before), Some(changed)) = (one.before, one.changed) else { continue };
            let named = changed.iter().map(|&i| &object.fields[i].name).find(|name| lock.fields.contains(name));
            if let Some(name) = named
                && holds(&before.values)
                && holds(one.values)
            {
                return Err(Error::invalid(name.as_str(), "locked", lock.message.clone()));
            }
        }
    }
    for above in model.objects().iter().filter(|above| !above.locks.is_empty()) {
        for relation in model.relations(&above.name).iter().filter(|relation| relation.object == object.name) {
            let locks: Vec<&Lock> = above.locks.iter().filter(|lock| lock.relations.contains(&relation.name)).collect();
            let Some(at) = object.index_of(&relation.field).filter(|_| !locks.is_empty()) else { continue };
            let ids = parents(object, at, touched);
            let Some(lock) = locked(context, tx, model, above, &locks, &ids).await? else { continue };
            let message = lock.message.clone();
            return Err(if touched.iter().any(|one| one.before.is_some() && one.changed.is_none()) {
                Error::Conflict(message)
            } else {
                Error::invalid(relation.field.as_str(), "locked", message)
            });
        }
    }
    Ok(())
}

/// The records that these hang on, before and after, where something of theirs changes that people write.
fn parents(object: &Object, at: usize, touched: &[Touched<'_>]) -> Vec<Uuid> {
    let own =
        |one: &&Touched<'_>| one.changed.is_none_or(|changed| changed.iter().any(|&i| approval::is_own(object, i)));
    let sides = touched.iter().filter(own).flat_map(|one| {
        let before = one.before.and_then(|before| before.values[at].as_id());
        before.into_iter().chain(one.values[at].as_id())
    });
    let mut ids: Vec<Uuid> = sides.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The lock that holds of one of the records above; they are held until the transaction ends.
async fn locked<'l>(
    context: &Context<'_>,
    tx: &mut Tx,
    model: &Model,
    above: &Object,
    locks: &[&'l Lock],
    ids: &[Uuid],
) -> Result<Option<&'l Lock>> {
    tx.hold(&above.name, ids).await?;
    for piece in ids.chunks(500) {
        for lock in locks {
            let mut sql = Sql::new("SELECT 1 FROM ");
            sql.name(&above.name).push(" t WHERE t.deleted_at IS NULL AND t.id IN (").padded(piece).push(") AND ");
            sql.append(&context.condition(model, above, &lock.when, "t", tx.dialect())?).push(" LIMIT 1");
            if tx.row(sql).await?.is_some() {
                return Ok(Some(*lock));
            }
        }
    }
    Ok(None)
}
