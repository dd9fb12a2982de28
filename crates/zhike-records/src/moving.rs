//! Fields that move another record's field along: a follow-up's next time is the customer's next time.

use std::sync::Arc;

use zhike_db::Tx;
use zhike_model::{FieldKind, Model, Object};
use zhike_types::{Result, Uuid, Value};

use crate::{Actor, Engine, Source, access::Need};

impl Engine {
    /// Follows the `moves` of the fields that were written. A new record that leaves such a field empty clears a time that
    /// has come: it was kept. Like a roll-up, this is the model's doing and asks for no right on the other record.
    pub(crate) async fn move_along(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        values: &[Value],
        written: Option<&[usize]>,
    ) -> Result<()> {
        for (i, field) in object.fields.iter().enumerate() {
            if written.is_some_and(|written| !written.contains(&i)) {
                continue;
            }
            for (reference, target) in field.moves.iter().filter_map(|moves| moves.split_once('.')) {
                let (Some(at), Some(FieldKind::Reference { object: parent, .. })) =
                    (object.index_of(reference), object.field(reference).map(|field| &field.kind))
                else {
                    continue;
                };
                if let (Some(id), Some(parent)) = (values[at].as_id(), model.object(parent)) {
                    self.set_moved(tx, model, actor, parent, id, target, &values[i]).await?;
                }
            }
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "a write is who, what, which, where and to what")]
    async fn set_moved(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        parent: &Arc<Object>,
        id: Uuid,
        target: &str,
        value: &Value,
    ) -> Result<()> {
        let Some(index) = parent.index_of(target) else { return Ok(()) };
        let system = Actor::system(Source::System);
        let before = self.locked(tx, model, &system, parent, id, Need::Change).await?;
        let has_come = before.values[index].as_int().is_some_and(|at| at <= self.now());
        if before.is_deleted(parent) || before.values[index] == *value || (value.is_null() && !has_come) {
            return Ok(());
        }
        let mut values = before.values.clone();
        values[index] = value.clone();
        self.store(tx, model, actor, parent, &before, values, &[index], "change", None, None).await
    }
}
