//! Handing over: owner and department of every record, in one transaction.

use std::collections::HashMap;

use zhike_db::{Sql, Tx, sql};
use zhike_model::Model;
use zhike_types::{Error, Result, Text, Uuid, Value};

use super::{HandoverInput, HandoverLine, plan};
use crate::{
    Actor, Engine, audit,
    bulk::Origin,
    draft::department_of,
    idempotency,
    load::Stored,
    mail,
    many::ChangedRecord,
    merge::{self, held},
};

pub(super) const ACTION: &str = "hand-over";
/// Records written at once.
const AT_ONCE: usize = 500;

/// Hands over; the number of the hand-over.
pub(super) async fn give(engine: &Engine, actor: &Actor, input: &HandoverInput, reason: &str) -> Result<Uuid> {
    let model = engine.model();
    let id = engine.0.ids.next();
    let now = engine.now();
    let mut tx = engine.0.db.begin().await?;
    merge::beside(&mut tx).await?;
    idempotency::mark(&mut tx, actor, "handover", Some(id)).await?;
    audit::open(&mut tx).await?;
    let plan = plan::plan(engine, &mut tx, &model, actor, input).await?;
    if plan.going.is_empty() {
        let message =
            Text::new("没有可以交接的记录，请检查条件。", "There is nothing to hand over; look at the conditions.");
        return Err(Error::invalid("parts", "nothing", message));
    }
    let origin = Origin { action: ACTION, reason: Some(reason.to_owned()), batch: Some(id), now };
    let mut places = Places::default();
    for (object, records) in &plan.going {
        for chunk in records.chunks(AT_ONCE) {
            let to: HashMap<Uuid, Uuid> = chunk.iter().copied().collect();
            let ids: Vec<Uuid> = chunk.iter().map(|(id, _)| *id).collect();
            let mut changes = Vec::with_capacity(ids.len());
            for stored in held(&mut tx, &model, object, &ids).await? {
                let still = stored.value(object, "owner").as_id() == Some(input.from) && !stored.is_deleted(object);
                if !still {
                    return Err(changed_meanwhile());
                }
                let owner = to[&stored.id];
                let department = places.of(&mut tx, owner).await?;
                changes.push(ChangedRecord::owned_by(object, stored, Some(owner), department));
            }
            changes.retain(ChangedRecord::is_changed);
            engine.change_many(&mut tx, &model, actor, object, changes, &origin).await?;
        }
        mail::given(engine, &mut tx, actor, object, records).await?;
    }
    if let Some(rest) = input.rest {
        teams(engine, &mut tx, &model, actor, (input.from, rest), &origin).await?;
    }
    let given = serde_json::to_string::<[HandoverLine]>(&plan.lines()).map_err(Error::internal)?;
    tx.run(sql!(
        "INSERT INTO handover (id, at, actor_id, actor, from_id, reason, given) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        now,
        actor.user_id,
        actor.name.as_ref(),
        input.from,
        reason,
        given
    ))
    .await?;
    tx.commit().await?;
    engine.written();
    Ok(id)
}

fn changed_meanwhile() -> Error {
    Error::Unavailable(Text::new("有记录刚被别人修改，请重试。", "Somebody changed a record meanwhile. Try again."))
}

/// Where the leaver works on records of others, the receiver of the rest does; where it does already, nothing is to be done.
async fn teams(
    engine: &Engine,
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    (from, rest): (Uuid, Uuid),
    origin: &Origin,
) -> Result<()> {
    for object in model.objects() {
        let Some(team) = object.team.as_ref().and_then(|team| model.object(team)) else { continue };
        let Some(user) = team.index_of("user") else { continue };
        let about = format!("{}_id", object.name);
        let mut sql = Sql::new("SELECT t.id FROM ");
        sql.name(&team.name).push(" t JOIN ").name(&object.name).push(" o ON o.id = ").column("t", &about);
        sql.push(" WHERE t.deleted_at IS NULL AND o.deleted_at IS NULL AND t.user_id = ").bind(from);
        sql.push(" AND (o.owner_id IS NULL OR o.owner_id <> ").bind(rest).push(") AND NOT EXISTS (SELECT 1 FROM ");
        sql.name(&team.name).push(" u WHERE u.deleted_at IS NULL AND ").column("u", &about).push(" = ");
        sql.column("t", &about).push(" AND u.user_id = ").bind(rest).push(") ORDER BY t.seq");
        let ids = tx.rows(sql).await?.iter().map(|row| row.must_id(0)).collect::<Result<Vec<Uuid>>>()?;
        for chunk in ids.chunks(AT_ONCE) {
            let change = |before: Stored| {
                let mut values = before.values.clone();
                values[user] = Value::Id(rest);
                ChangedRecord { before, values, changed: vec![user] }
            };
            let changes = held(tx, model, team, chunk).await?.into_iter().map(change).collect();
            engine.change_many(tx, model, actor, team, changes, origin).await?;
        }
    }
    Ok(())
}

/// Users' departments, each asked once.
#[derive(Default)]
struct Places(HashMap<Uuid, Option<Uuid>>);

impl Places {
    async fn of(&mut self, tx: &mut Tx, user: Uuid) -> Result<Option<Uuid>> {
        if let Some(known) = self.0.get(&user) {
            return Ok(*known);
        }
        let place = department_of(tx, user).await?;
        self.0.insert(user, place);
        Ok(place)
    }
}
