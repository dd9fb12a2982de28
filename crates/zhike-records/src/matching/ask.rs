//! Before somebody's new or changed record is written, they are asked whether it is not one that is there already. Imports,
//! made data and commands decide for themselves.

use std::{collections::HashSet, sync::Arc};

use zhike_db::Tx;
use zhike_match::Band;
use zhike_model::{Model, Object};
use zhike_types::{Error, Result, Text, Uuid, Value, text};

use super::{
    across::{self, Across},
    candidates::Question,
    live::{self, Alike, Scored},
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
    /// Those among them that the actor may not see, and what was asked.
    pub(crate) hidden: Vec<Uuid>,
    pub(crate) asked: String,
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
        object: &Arc<Object>,
        before: Option<&Stored>,
        values: &[Value],
        input: &Input,
    ) -> Result<Option<String>> {
        let user = actor.user_id.is_some() && matches!(actor.source, Source::Page | Source::Api);
        let asked = user || actor.source == Source::Form;
        if !asked || !stored::is_compared(object) {
            return Ok(None);
        }
        let plan = MatchPlan::of(model, object)?;
        if before.is_some_and(|stored| !plan.differs(&stored.values, values)) {
            return Ok(None);
        }
        let except = before.map(|stored| stored.id);
        let question = Question::of(tx, &plan, values, except).await?;
        // whoever writes the same at this moment is waited for, and seen
        if let Some(hold) = tx.dialect().hold_keys(&across::held(model, object, &question)) {
            tx.run(hold).await?;
        }
        let mut found = self.likely(tx, model, actor, &plan, &question).await?;
        let mut across = self.across(tx, model, actor, object, &question, true).await?;
        let is_any = |found: &[Scored], across: &[Across]| !across.is_empty() || found.iter().any(Scored::is_duplicate);
        if let Some(stored) = before.filter(|_| is_any(&found, &across)) {
            // what was alike before the change is not the change's doing
            let question = Question::of(tx, &plan, &stored.values, except).await?;
            let known = self.likely(tx, model, actor, &plan, &question).await?;
            let known: HashSet<Uuid> =
                known.iter().filter(|scored| scored.is_duplicate()).map(|scored| scored.stored.id).collect();
            found.retain(|scored| !known.contains(&scored.stored.id));
            let known = self.across(tx, model, actor, object, &question, true).await?;
            live::without(&mut across, &known);
        }
        if !is_any(&found, &across) {
            return Ok(None);
        }
        // what it is said to be: of its own kind where one is, else a customer
        let what = if found.iter().any(Scored::is_duplicate) { object } else { &across[0].plan.object };
        let what = Arc::clone(what);
        let beyond = across.iter().flat_map(|one| &one.found);
        let same = found.iter().chain(beyond).any(|scored| scored.band == Band::Same);
        let may_go_on = !same || actor.rights.may(DUTY);
        let OnAlike::Allow { reason } = &input.duplicates else {
            let (mut hidden, asked) = (live::hidden(&found), question.said());
            let mut matches = self.told(tx, model, actor, &plan, found).await?;
            for one in across {
                hidden.extend(live::hidden(&one.found));
                matches.extend(self.told(tx, model, actor, &one.plan, one.found).await?);
            }
            matches.sort_by_key(|alike| alike.band);
            let alikes = Alikes { matches, may_go_on, hidden, asked };
            return Err(Error::Alike(message(&what, same, may_go_on), Box::new(alikes)));
        };
        if !may_go_on {
            let (zh, en) = (&what.label.zh, what.label.en.to_lowercase());
            return Err(Error::Forbidden(text!(
                "这个{zh}已经存在，您没有重复建档的权限。请联系归属人或您的主管。",
                "This {en} is there already, and you may not make it twice. Ask its owner or your manager."
            )));
        }
        if reason.trim().is_empty() {
            let message = Text::new("请写明为什么仍要新建。", "Say why you go on all the same.");
            return Err(Error::invalid("reason", "required", message));
        }
        Ok(Some(reason.trim().to_owned()))
    }
}

fn message(object: &Object, same: bool, may_go_on: bool) -> Text {
    let (zh, en) = (&object.label.zh, object.label.en.to_lowercase());
    match (same, may_go_on) {
        (true, true) => text!(
            "系统里已经有这个{zh}。确实要再建一个，请写明理由。",
            "This {en} is there already. Give a reason to make it all the same."
        ),
        (true, false) => text!(
            "系统里已经有这个{zh}，不能重复建档。请联系归属人或您的主管。",
            "This {en} is there already and is not made twice. Ask its owner or your manager."
        ),
        _ => text!(
            "系统里有疑似相同的{zh}。确认不是同一个，请写明理由后继续。",
            "A {en} much like this one is there. If it is another, give a reason and go on."
        ),
    }
}
