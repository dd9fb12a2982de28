//! What a dry run says of rows that take approval, that break a rule about other records, or whose record is held by a request: a run
//! would leave them out. Conditions read what would be there, formulas and roll-ups too, so the records in question are written, asked
//! about and taken back.

use std::collections::{BTreeSet, HashMap, HashSet};

use zhike_db::Tx;
use zhike_types::{Result, Text, Uuid};

use super::{
    decide::{Batch, RowEnd},
    entity::Entity,
    gate,
    ghosts::Ghosts,
    parse::Line,
    plan::Reason,
    run::is_collision,
    target::Side,
    work::{Earlier, Work},
    write::asked_of,
};
use crate::{approval, rules};

impl Work {
    /// What would become of the rows; what they would make is kept for those that follow. As in a run, rows in whose way something stands
    /// are tried in ever smaller parts.
    pub async fn foretell(&self, lines: Vec<Line>, ghosts: &mut Ghosts) -> Result<Vec<RowEnd>> {
        let mut ends = Vec::with_capacity(lines.len());
        let mut pieces = vec![lines];
        while let Some(mut piece) = pieces.pop() {
            let batch = loop {
                let mut tx = self.engine.db().read().await?;
                let batch = self.decide(&mut tx, &piece, Earlier::Ghosts(ghosts)).await?;
                drop(tx);
                let refused = match self.refused(&batch).await {
                    Ok(refused) if refused.is_empty() => break batch,
                    Ok(refused) if piece.len() == 1 => Some(vec![(0, refused[0].1.clone())]),
                    Ok(refused) => one_by_one(&batch.rows, &refused),
                    Err(error) if is_collision(&error) && piece.len() > 1 => None,
                    Err(error) if is_collision(&error) => Some(vec![(0, error.message())]),
                    Err(error) => return Err(error),
                };
                let Some(refused) = refused else {
                    let second = piece.split_off(piece.len() / 2);
                    pieces.push(second);
                    continue;
                };
                for (at, text) in refused {
                    piece[at].reasons.push(Reason { column: None, text });
                }
            };
            ghosts.keep(self, &batch)?;
            ends.extend(batch.rows);
        }
        Ok(ends)
    }

    /// The records that take approval or break a rule, with what is said of each. Fails as a run would where a record is held.
    async fn refused(&self, batch: &Batch) -> Result<Vec<(Uuid, Text)>> {
        let mut tx = self.engine.db().read().await?;
        let (mut asked, mut sides) = (HashSet::new(), Vec::new());
        for (side, entities) in [(Side::Root, &batch.roots.all), (Side::Child, &batch.children.all)] {
            if entities.is_empty() {
                continue;
            }
            let object = self.targets.object(side);
            let changed = entities.iter().filter(|entity| !entity.changed.is_empty());
            let held: Vec<_> =
                changed.map(|entity| (entity.id, entity.changed.iter().copied().collect::<Vec<_>>())).collect();
            approval::refuse_held_many(&mut tx, object, &held).await?;
            let ruled = rules::asks_many(&self.model, object);
            let asks = ruled || approval::is_asked(&mut tx, &self.actor, object).await?;
            sides.push((side, asks, ruled));
        }
        if sides.iter().all(|(_, asks, _)| !asks) {
            return Ok(Vec::new());
        }
        let mut roots = self.as_they_would_be(&mut tx, Side::Root, &batch.roots.all).await?;
        let mut children = self.as_they_would_be(&mut tx, Side::Child, &batch.children.all).await?;
        for (side, _, ruled) in sides.iter().filter(|(_, asks, _)| *asks) {
            let entities = if *side == Side::Root { &roots } else { &children };
            let object = self.targets.object(*side);
            if *ruled {
                asked.extend(asked_of(entities).map(|(id, ..)| id));
            } else {
                asked.extend(approval::perhaps(&mut tx, &self.actor, object, asked_of(entities)).await?);
            }
        }
        drop(tx);
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        // a person stands under a customer: one that is not there yet goes along
        let parent = self.targets.child.as_ref().map(|(_, parent)| *parent);
        children.retain(|child| asked.contains(&child.id));
        let above: HashSet<Uuid> = children.iter().filter_map(|child| child.values[parent?].as_id()).collect();
        let new: HashSet<Uuid> = roots.iter().filter(|root| root.is_new()).map(|root| root.id).collect();
        let there: BTreeSet<Uuid> = batch.roots.all.iter().map(|root| root.id).filter(|id| !new.contains(id)).collect();
        roots.retain(|root| asked.contains(&root.id) || (above.contains(&root.id) && root.is_new()));
        let mut tx = self.engine.db().begin().await?;
        gate::enter(&mut tx).await?;
        let mut refused = Vec::new();
        for (side, entities) in [(Side::Root, roots), (Side::Child, children)] {
            if entities.is_empty() {
                continue;
            }
            self.put(&mut tx, side, &entities, &there).await?;
            let object = self.targets.object(side);
            let rows = asked_of(&entities).filter(|(id, ..)| asked.contains(id));
            let context = self.engine.context(&self.actor);
            let broken = rules::broken_of_many(&mut tx, &self.model, object, &context, rows.clone()).await?;
            refused.extend(broken.into_iter().map(|(id, error)| (id, error.message)));
            refused.extend(approval::taking(&self.engine, &mut tx, &self.model, &self.actor, object, rows).await?);
        }
        // dropped: nothing of it stays
        Ok(refused)
    }

    /// The records that a batch touches, as they stand in the database and would stand there: of what earlier rows of the file made or
    /// changed nothing was written.
    async fn as_they_would_be(&self, tx: &mut Tx, side: Side, entities: &[Entity]) -> Result<Vec<Entity>> {
        let is_ghost = |entity: &Entity| entity.before.as_ref().is_some_and(|stored| stored.seq == 0);
        let mut all: Vec<Entity> =
            entities.iter().filter(|entity| entity.is_touched() || is_ghost(entity)).cloned().collect();
        let ids: Vec<Uuid> = all.iter().filter(|entity| is_ghost(entity)).map(|entity| entity.id).collect();
        let Some(lookup) = self.lookup(side).filter(|_| !ids.is_empty()) else { return Ok(all) };
        let mut stored = lookup.stored(tx, &ids).await?;
        for entity in all.iter_mut().filter(|entity| is_ghost(entity)) {
            entity.before = stored.remove(&entity.id);
            match &entity.before {
                Some(stored) => {
                    entity.changed.extend((0..entity.values.len()).filter(|&i| stored.values[i] != entity.values[i]));
                }
                None => entity.changed.clear(),
            }
        }
        Ok(all)
    }
}

/// Which row each record is refused for; none where several rows are about one, so that they have to be tried apart.
fn one_by_one(rows: &[RowEnd], refused: &[(Uuid, Text)]) -> Option<Vec<(usize, Text)>> {
    let refused: HashMap<Uuid, &Text> = refused.iter().map(|(id, text)| (*id, text)).collect();
    let (mut told, mut met) = (Vec::new(), HashSet::new());
    for (at, row) in rows.iter().enumerate() {
        let of_row = [row.record, row.child].into_iter().flatten();
        let found: Vec<(Uuid, &Text)> = of_row.filter_map(|id| Some((id, *refused.get(&id)?))).collect();
        if !found.iter().all(|(id, _)| met.insert(*id)) {
            return None;
        }
        if let Some((_, text)) = found.first() {
            told.push((at, (*text).clone()));
        }
    }
    (!told.is_empty()).then_some(told)
}
