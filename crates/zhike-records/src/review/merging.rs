//! Items settled as a whole: decided, or merged as proposed.

use std::collections::BTreeMap;

use zhike_types::{Error, Result, Uuid, boxed, text};

use super::{
    Decision, MergedItem,
    decisions::{Pair, pair, reason_of},
    scans::reviewed,
};
use crate::{Actor, Engine, MERGE_MOST, Merge, MergeInput, merge};

/// The most records of an item that is decided as a whole: each pair of them is decided.
const DECIDED_MOST: usize = 50;
/// The most items merged by one request.
const ITEMS_MOST: usize = 200;

impl Engine {
    /// Puts on record what somebody decides about all pairs of an item that it sees.
    ///
    /// # Errors
    /// `Conflict` when the item has changed since it was shown or is too large.
    #[boxed]
    pub async fn decide_item(
        &self,
        actor: &Actor,
        object: &str,
        id: &str,
        decision: Decision,
        reason: Option<&str>,
    ) -> Result<()> {
        let model = self.model();
        let plan = reviewed(&model, actor, object)?;
        let reason = reason_of(reason)?;
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        let members = self.part(&mut tx, &model, actor, &plan, id).await?.visible;
        if members.len() > DECIDED_MOST {
            return Err(Error::Conflict(text!(
                "这一组超过 {DECIDED_MOST} 条，请逐对判断。",
                "This group has more than {DECIDED_MOST} records. Decide pair by pair."
            )));
        }
        let pairs: Vec<Pair> = members
            .iter()
            .enumerate()
            .flat_map(|(at, one)| members[at + 1..].iter().map(|other| pair(*one, *other)))
            .collect();
        self.put_decisions(&mut tx, actor, &plan.object, &pairs, decision, reason).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }

    /// Makes one record of each item, of the records that the actor sees of it: who survives and what its fields become is what
    /// [`Engine::merge_proposal`] proposes. Each item stands alone: one that cannot be merged says why and the others are.
    /// 200 items at most.
    #[boxed]
    pub async fn merge_items(
        &self,
        actor: &Actor,
        object: &str,
        ids: &[String],
        reason: Option<&str>,
    ) -> Result<Vec<MergedItem>> {
        let model = self.model();
        let name = reviewed(&model, actor, object)?.object.name.clone();
        let reason = reason_of(reason)?;
        if ids.len() > ITEMS_MOST {
            let message = text!("一次最多合并 {ITEMS_MOST} 组。", "At most {ITEMS_MOST} items are merged at once.");
            return Err(Error::invalid("items", "too_many", message));
        }
        let mut merged = Vec::with_capacity(ids.len());
        for id in ids {
            let mut one = MergedItem { id: id.clone(), merges: Vec::new(), error: None };
            one.error = self.merge_item(actor, &name, id, reason, &mut one.merges).await.err();
            merged.push(one);
        }
        Ok(merged)
    }

    async fn merge_item(
        &self,
        actor: &Actor,
        object: &str,
        id: &str,
        reason: Option<&str>,
        merges: &mut Vec<Merge>,
    ) -> Result<()> {
        let model = self.model();
        let plan = reviewed(&model, actor, object)?;
        let mut open = {
            let mut tx = self.0.db.read().await?;
            self.part(&mut tx, &model, actor, &plan, id).await?.visible
        };
        // a large group takes several merges: what survives one goes into the next
        while open.len() > 1 {
            let now: Vec<Uuid> = open.drain(..open.len().min(MERGE_MOST)).collect();
            let proposal = self.merge_proposal(actor, object, &now, None, &BTreeMap::new()).await?;
            let survivor = proposal.survivor;
            let losers: Vec<Uuid> = now.into_iter().filter(|id| *id != survivor).collect();
            let versions = proposal.records.iter().map(|record| (record.id, record.version)).collect();
            let input = MergeInput { versions, reason: reason.map(str::to_owned), ..MergeInput::new(survivor, losers) };
            merges.push(self.merge(actor, object, input).await?);
            open.insert(0, survivor);
        }
        Ok(())
    }
}
