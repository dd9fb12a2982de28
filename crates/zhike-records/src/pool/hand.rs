//! The one place where a record goes from hand to hand: owner, department and pool, what hangs on it, and the book of moves.

use std::{collections::HashMap, sync::Arc};

use zhike_db::{Arg, Sql, Tx};
use zhike_model::{Model, Object, Role};
use zhike_types::{Result, Uuid, Value};

use super::read::MoveKind;
use crate::{
    Actor, Engine,
    bulk::{self, Origin},
    load::{Columns, Stored},
    many::ChangedRecord,
};

/// Whose it becomes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder {
    pub user: Uuid,
    pub department: Option<Uuid>,
}

/// What becomes of some records.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub kind: MoveKind,
    /// The pool that they come from or go to; none for what passes from one owner to the next and came from none.
    pub pool: Option<Uuid>,
    /// None: they go to the pool.
    pub to: Option<Holder>,
    pub reason: Option<String>,
    pub batch: Option<Uuid>,
}

/// Moves a statement.
const AT_ONCE: usize = 64;

impl Engine {
    /// Gives records, which the transaction holds, to somebody or to a pool. The write goes by their versions: what somebody else
    /// has changed fails.
    pub(super) async fn hand_on(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        records: Vec<Stored>,
        turn: &Turn,
    ) -> Result<()> {
        let now = self.now();
        let owners: HashMap<Uuid, Option<Uuid>> =
            records.iter().map(|stored| (stored.id, stored.value(object, "owner").as_id())).collect();
        let origin = Origin { action: turn.kind.key(), reason: turn.reason.clone(), batch: turn.batch, now };
        let ids: Vec<Uuid> = records.iter().map(|stored| stored.id).collect();
        let changes = records.into_iter().map(|before| changed(object, before, turn, now)).collect();
        self.change_many(tx, model, actor, object, changes, &origin).await?;
        self.hand_children(tx, model, actor, object, &owners, turn).await?;
        if let Some(pool) = turn.pool {
            for piece in bulk::portions(&ids, AT_ONCE) {
                let mut sql = Sql::new(
                    "INSERT INTO pool_move (at, kind, object, record_id, pool_id, user_id, actor_id, reason) VALUES ",
                );
                for (i, id) in piece.iter().enumerate() {
                    let who = turn.to.map_or_else(|| owners.get(id).copied().flatten(), |to| Some(to.user));
                    let args: [Arg; 8] = [
                        now.into(),
                        turn.kind.key().into(),
                        object.name.as_str().into(),
                        (*id).into(),
                        pool.into(),
                        who.into(),
                        actor.user_id.into(),
                        turn.reason.as_deref().into(),
                    ];
                    sql.push(if i == 0 { "(" } else { ", (" }).list(args).push(")");
                }
                tx.run(sql).await?;
            }
        }
        Ok(())
    }

    /// What hangs on the records and was their owner's goes along: contacts, tasks not done. What was done (follow-ups, notes) stays
    /// with who did it.
    async fn hand_children(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Object,
        owners: &HashMap<Uuid, Option<Uuid>>,
        turn: &Turn,
    ) -> Result<()> {
        let mut ids: Vec<Uuid> = owners.keys().copied().collect();
        ids.sort_unstable();
        for relation in model.relations(&object.name) {
            let Some(child) = model.object(&relation.object).filter(|_| !relation.any) else { continue };
            let Some(condition) = child.field(&relation.field).and_then(|field| field.follows_owner.as_ref()) else {
                continue;
            };
            let columns = Columns::all(child);
            let mut records = Vec::new();
            for piece in bulk::portions(&ids, AT_ONCE) {
                let mut sql = Sql::new("SELECT ");
                columns.select(model, actor, "t", &mut sql);
                sql.push(" FROM ").name(&child.name).push(" t WHERE ");
                sql.column("t", &format!("{}_id", relation.field)).push(" IN (").padded(piece);
                sql.push(") AND t.deleted_at IS NULL AND ");
                sql.append(&self.context(actor).condition(model, child, condition, "t", tx.dialect())?);
                sql.push(" ORDER BY t.seq").push(tx.dialect().for_update());
                for row in tx.rows(sql).await? {
                    let stored = columns.read(&row)?;
                    let parent = stored.value(child, &relation.field).as_id();
                    let was = parent.and_then(|id| owners.get(&id).copied().flatten());
                    let owner = stored.value(child, "owner").as_id();
                    if owner == was || (owner.is_none() && turn.to.is_some()) {
                        records.push(child_changed(child, stored, turn));
                    }
                }
            }
            records.retain(|record| !record.changed.is_empty());
            let origin =
                Origin { action: "hand-over", reason: turn.reason.clone(), batch: turn.batch, now: self.now() };
            self.change_many(tx, model, actor, child, records, &origin).await?;
        }
        Ok(())
    }
}

fn changed(object: &Object, before: Stored, turn: &Turn, now: i64) -> ChangedRecord {
    let mut to = owner_values(turn);
    match turn.to {
        Some(_) => {
            to.extend([(Role::Pool, Value::Null), (Role::PoolSince, Value::Null), (Role::OwnerSince, Value::Int(now))]);
            if turn.pool.is_some() {
                to.push((Role::PoolFrom, turn.pool.into()));
            }
        }
        None => to.extend([
            (Role::Pool, turn.pool.into()),
            (Role::PoolSince, Value::Int(now)),
            (Role::PoolFrom, Value::Null),
            (Role::OwnerSince, Value::Null),
        ]),
    }
    with(object, before, to)
}

fn child_changed(object: &Object, before: Stored, turn: &Turn) -> ChangedRecord {
    with(object, before, owner_values(turn))
}

fn owner_values(turn: &Turn) -> Vec<(Role, Value)> {
    let user = turn.to.map(|to| to.user);
    let department = turn.to.and_then(|to| to.department);
    vec![(Role::Owner, user.into()), (Role::Department, department.into())]
}

fn with(object: &Object, before: Stored, to: Vec<(Role, Value)>) -> ChangedRecord {
    let mut values = before.values.clone();
    let mut changed = Vec::new();
    for (role, value) in to {
        if let Some(i) = object.role_index(role)
            && values[i] != value
        {
            values[i] = value;
            changed.push(i);
        }
    }
    ChangedRecord { before, values, changed }
}
