//! What a record leaves behind when its time has come (`[[trace]]` of a pack): a visit that took place an interaction, so that it
//! stands in the customer's timeline and counts as the last contact. In the transaction of the write that brings the time, by
//! whatever way it came; where it is taken back, so is what was left.

use std::sync::Arc;

use zhike_db::{Sql, Tx};
use zhike_model::{FieldKind, Model, Object, Trace, expr};
use zhike_types::{Result, Uuid, Value, boxed};

use crate::{
    Actor, Engine, Input, Source,
    access::Need,
    filter::{Context, LocalRow},
    list::is_filled,
    load::Stored,
};

impl Engine {
    /// To be called with a record as it was and as it is now.
    #[expect(clippy::too_many_arguments, reason = "a write is who, what, which, from what to what")]
    #[boxed]
    pub(crate) async fn leave_traces(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        id: Uuid,
        before: Option<&Stored>,
        values: &[Value],
    ) -> Result<()> {
        for trace in &object.traces {
            let context = self.context(actor);
            let (Some(into), Ok(when)) =
                (model.object(&trace.object), expr::parse(model, &object.name, &trace.when, None))
            else {
                continue;
            };
            let holds = |values: &[Value]| context.holds(&when, &LocalRow { object, values, id });
            match (before.is_some_and(|stored| holds(&stored.values)), holds(values)) {
                (false, true) => {
                    let carried = filled(&context, model, object, trace, into, id, values);
                    let input = Input { carried, approved: true, ..Input::default() };
                    self.create_in(tx, model, actor, into, &input, None).await?;
                }
                (true, false) => self.wipe(tx, model, actor, into, trace, id).await?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Puts what the record left into the recycle bin: whether its actor may delete such a record is not asked, for what it stood for is no more.
    async fn wipe(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        into: &Arc<Object>,
        trace: &Trace,
        id: Uuid,
    ) -> Result<()> {
        let Some(link) = into.field(&trace.link) else { return Ok(()) };
        let mut sql = Sql::new("SELECT id FROM ");
        sql.name(&into.name).push(" WHERE deleted_at IS NULL AND ").name(&link.column()).push(" = ").bind(id);
        let Some(row) = tx.row(sql).await? else { return Ok(()) };
        let system = Actor::system(Source::System);
        let stored = self.locked(tx, model, &system, into, row.must_id(0)?, Need::Delete).await?;
        let batch = self.0.ids.next();
        self.bury(tx, model, actor, into, stored, None, batch, 0).await
    }
}

/// What the trace begins with.
fn filled(
    context: &Context<'_>,
    model: &Model,
    object: &Object,
    trace: &Trace,
    into: &Object,
    id: Uuid,
    values: &[Value],
) -> Vec<(String, Value)> {
    let row = LocalRow { object, values, id };
    let own = |name: &str| object.index_of(name).map(|i| values[i].clone());
    let mut carried = vec![(trace.link.clone(), Value::Id(id))];
    for (name, expression) in &trace.fill {
        let Some(field) = into.field(name) else { continue };
        let value = match &field.kind {
            FieldKind::Reference { .. } => own(expression),
            _ => expr::parse(model, &object.name, expression, None)
                .ok()
                .map(|parsed| context.evaluate(&parsed, &row, field)),
        };
        carried.extend(value.filter(is_filled).map(|value| (name.clone(), value)));
    }
    carried.extend(own("owner").filter(is_filled).map(|owner| ("owner".to_owned(), owner)));
    carried
}
