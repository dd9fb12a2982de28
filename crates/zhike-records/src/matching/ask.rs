//! Before somebody's new or changed record is written, they are asked whether it is not one that is there already. Imports,
//! made data and commands decide for themselves.

use std::collections::HashSet;

use zhike_db::Tx;
use zhike_match::Band;
use zhike_model::Model;
use zhike_types::{Error, Result, Text, Uuid, Value};

use super::{
    live::{Alike, Scored},
    plan::MatchPlan,
    stored,
};
use crate::{Actor, Engine, Input, OnAlike, Source, load::Stored};

/// The duty of those who may make a second record of a customer that is there.
pub(crate) const DUTY: &str = "duplicates";

/// The records that stand in the way of a write: what [`Error::Alike`] carries.
#[derive(Debug, Clone)]
pub struct Alikes {
    pub matches: Vec<Alike>,
    /// Whether the actor may write all the same, with a reason.
    pub may_go_on: bool,
}

impl Alikes {
    /// What an error carries.
    pub fn of(error: &Error) -> Option<&Self> {
        match error {
            Error::Alike(_, found) => found.downcast_ref(),
            _ => None,
        }
    }
}

impl Engine {
    /// Refuses what is there already, unless the input goes on with a reason: that is for the audit.
    #[expect(clippy::too_many_arguments, reason = "one check among several over the same draft")]
    pub(crate) async fn ask_about_alike(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &std::sync::Arc<zhike_model::Object>,
        before: Option<&Stored>,
        values: &[Value],
        input: &Input,
    ) -> Result<Option<String>> {
        let asked = actor.user_id.is_some() && matches!(actor.source, Source::Page | Source::Api);
        if !asked || !stored::is_organisation(object) {
            return Ok(None);
        }
        let plan = MatchPlan::of(model, object)?;
        if before.is_some_and(|stored| plan.own.iter().all(|(field, _)| stored.values[*field] == values[*field])) {
            return Ok(None);
        }
        let except = before.map(|stored| stored.id);
        let mut found = self.scored(tx, model, actor, &plan, values, except).await?;
        if let Some(stored) = before.filter(|_| found.iter().any(Scored::is_duplicate)) {
            // what was alike before the change is not the change's doing
            let known = self.scored(tx, model, actor, &plan, &stored.values, except).await?;
            let known: HashSet<Uuid> =
                known.iter().filter(|scored| scored.is_duplicate()).map(|scored| scored.stored.id).collect();
            found.retain(|scored| !known.contains(&scored.stored.id));
        }
        if !found.iter().any(Scored::is_duplicate) {
            return Ok(None);
        }
        let same = found.iter().any(|scored| scored.band == Band::Same);
        let may_go_on = !same || actor.rights.may(DUTY);
        let OnAlike::Allow { reason } = &input.duplicates else {
            let matches = self.told(tx, model, actor, &plan, found).await?;
            return Err(Error::Alike(message(same, may_go_on), Box::new(Alikes { matches, may_go_on })));
        };
        if !may_go_on {
            return Err(Error::Forbidden(Text::new(
                "这个客户已经存在，您没有重复建档的权限。请联系归属人或您的主管。",
                "This customer is there already, and you may not make it twice. Ask its owner or your manager.",
            )));
        }
        if reason.trim().is_empty() {
            let message = Text::new("请写明为什么仍要新建。", "Say why you go on all the same.");
            return Err(Error::invalid("reason", "required", message));
        }
        Ok(Some(reason.trim().to_owned()))
    }
}

fn message(same: bool, may_go_on: bool) -> Text {
    match (same, may_go_on) {
        (true, true) => Text::new(
            "系统里已经有这个客户。确实要再建一个，请写明理由。",
            "This customer is there already. Give a reason to make it all the same.",
        ),
        (true, false) => Text::new(
            "系统里已经有这个客户，不能重复建档。请联系归属人或您的主管。",
            "This customer is there already and is not made twice. Ask its owner or your manager.",
        ),
        _ => Text::new(
            "系统里有疑似相同的客户。确认不是同一家，请写明理由后继续。",
            "A customer much like this one is there. If it is another, give a reason and go on.",
        ),
    }
}
