//! What is compared beyond its own object: a lead with the customers that it may become, and a customer with the leads that may be it.
//! Both are organisations, so that the same question is put to the other's keys.

use std::sync::Arc;

use zhike_db::{Sql, Tx};
use zhike_model::{Model, Object};
use zhike_types::{Result, Uuid};

use super::{
    candidates::Question,
    live::Scored,
    plan::MatchPlan,
    stored::{self, is_compared},
};
use crate::{
    Actor, Engine,
    access::{self, Need, Reach},
    convert,
};

/// Records of another object that are, or may be, the one in question.
pub(super) struct Across {
    pub plan: MatchPlan,
    pub found: Vec<Scored>,
}

/// The objects that the records of this one are compared with, and whether they stand in the way: whoever is a customer is no new
/// lead; a lead only hints.
fn others<'m>(model: &'m Model, object: &'m Object) -> impl Iterator<Item = (&'m Arc<Object>, bool)> {
    let into = first_target(object).and_then(|target| model.object(target)).map(|into| (into, true));
    let from =
        model.objects().iter().filter(move |from| first_target(from) == Some(&object.name)).map(|from| (from, false));
    into.into_iter().chain(from).filter(move |(other, _)| {
        stored::is_organisation(object) && stored::is_organisation(other) && is_compared(other)
    })
}

fn first_target(object: &Object) -> Option<&String> {
    object.convert.as_ref().and_then(|conversion| conversion.targets.first()).map(|target| &target.object)
}

/// The keys to hold in those of the objects that stand in the way, beside one's own.
pub(super) fn held(model: &Model, object: &Object, question: &Question) -> Vec<i64> {
    let mut held = question.held(object);
    for (other, _) in others(model, object).filter(|(_, binding)| *binding) {
        held.extend(question.held(other));
    }
    held.sort_unstable();
    held
}

impl Engine {
    /// Asks the other objects. `binding`: only those that stand in the way.
    pub(super) async fn across(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Object,
        question: &Question,
        binding: bool,
    ) -> Result<Vec<Across>> {
        let mut all = Vec::new();
        for (other, _) in others(model, object).filter(|(_, binds)| *binds || !binding) {
            // whoever has nothing to do with such records is not told of them
            if access::reach(other, actor, Need::Read) == Reach::Nothing {
                continue;
            }
            let plan = MatchPlan::of(model, other)?;
            let mut found = self.likely(tx, model, actor, &plan, question).await?;
            found.retain(Scored::is_duplicate);
            let over = converted(tx, other, &found).await?;
            found.retain(|scored| !over.contains(&scored.stored.id));
            if !found.is_empty() {
                all.push(Across { plan, found });
            }
        }
        Ok(all)
    }
}

/// Those that were converted: what they became speaks for itself.
async fn converted(tx: &mut Tx, object: &Object, found: &[Scored]) -> Result<Vec<Uuid>> {
    if object.convert.is_none() || found.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = found.iter().map(|scored| scored.stored.id).collect();
    let mut open = Sql::new("SELECT t.id FROM ");
    open.name(&object.name).push(" t WHERE t.id IN (").padded(&ids).push(")");
    convert::unconverted(object, "t", &mut open);
    let open = tx.rows(open).await?.iter().map(|row| row.must_id(0)).collect::<Result<Vec<Uuid>>>()?;
    Ok(ids.into_iter().filter(|id| !open.contains(id)).collect())
}
