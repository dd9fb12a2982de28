//! What refers to a converted record. A reference that can name but one record (a note's, a file's) goes over to what it became
//! first; what has a reference of its own for the customer keeps the lead and gets the customer beside it.

use std::{collections::BTreeSet, sync::Arc};

use zhike_db::{Sql, Tx};
use zhike_model::{Model, Object, Relation};
use zhike_types::{Result, Uuid, Value};

use super::{
    ALONG,
    targets::{Became, links},
};
use crate::{Actor, Engine, bulk::Origin, load::Stored, many::ChangedRecord, merge::held};

/// Records written at once.
const AT_ONCE: usize = 500;

impl Engine {
    #[expect(clippy::too_many_arguments, reason = "a write is who, what, which, to what, for which batch")]
    pub(super) async fn take_along(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        id: Uuid,
        became: &[Became],
        batch: Uuid,
    ) -> Result<()> {
        let origin = Origin { action: ALONG, reason: None, batch: Some(batch), now: self.now() };
        let names: BTreeSet<&str> = model.relations(&object.name).iter().map(|one| one.object.as_str()).collect();
        for child in names.into_iter().filter_map(|name| model.object(name)) {
            if child.name == object.name || became.iter().any(|(made, _)| made.name == child.name) {
                continue;
            }
            let relations: Vec<&Relation> =
                model.relations(&object.name).iter().filter(|one| one.object == child.name).collect();
            let ids = referring(tx, child, object, &relations, id).await?;
            for chunk in ids.chunks(AT_ONCE) {
                let mut changes = Vec::with_capacity(chunk.len());
                for before in held(tx, model, child, chunk).await? {
                    let change = turned(child, object, &relations, id, became, before);
                    changes.extend(Some(change).filter(ChangedRecord::is_changed));
                }
                self.change_many(tx, model, actor, child, changes, &origin).await?;
            }
        }
        Ok(())
    }
}

async fn referring(
    tx: &mut Tx,
    child: &Object,
    object: &Object,
    relations: &[&Relation],
    id: Uuid,
) -> Result<Vec<Uuid>> {
    let mut found = BTreeSet::new();
    // a statement for each reference: each has its index
    for relation in relations {
        let Some(field) = child.field(&relation.field) else { continue };
        let mut sql = Sql::new("SELECT t.id FROM ");
        sql.name(&child.name).push(" t WHERE ").column("t", &field.column()).push(" = ").bind(id);
        if let (true, Some(second)) = (relation.any, field.second_column()) {
            sql.push(" AND ").column("t", &second).push(" = ").bind(object.name.as_str());
        }
        for row in tx.rows(sql).await? {
            found.insert(row.must_id(0)?);
        }
    }
    Ok(found.into_iter().collect())
}

fn turned(
    child: &Object,
    object: &Object,
    relations: &[&Relation],
    id: Uuid,
    became: &[Became],
    before: Stored,
) -> ChangedRecord {
    let mut values = before.values.clone();
    let mut changed = Vec::new();
    let keeps = relations.iter().any(|relation| !relation.any);
    for relation in relations.iter().filter(|relation| relation.any) {
        let Some(i) = child.index_of(&relation.field) else { continue };
        let here = matches!(&values[i], Value::Any(name, named) if *name == object.name && *named == id);
        if let Some((first, to)) = became.first().filter(|_| here) {
            values[i] = Value::Any(first.name.clone(), *to);
            changed.push(i);
        }
    }
    for (name, to) in links(child, became).into_iter().filter(|_| keeps) {
        if let Some(i) = child.index_of(&name).filter(|&i| values[i].is_null()) {
            values[i] = Value::Id(to);
            changed.push(i);
        }
    }
    ChangedRecord { before, values, changed }
}
