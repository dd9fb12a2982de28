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
    mail,
    many::ChangedRecord,
};

/// Whose it becomes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holder {
    pub user: Uuid,
    pub department: Option<Uuid>,
}

/// What becomes of some records.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    pub kind: MoveKind,
    /// The pool that they come from or go to; none for what passes from one owner to the next and came from none.
    pub pool: Option<Uuid>,
    /// None: they go to the pool.
    pub to: Option<Holder>,
    pub reason: Option<String>,
    pub batch: Option<Uuid>,
}

/// What becomes of what hangs on a record that goes to somebody else.
const ALONG: &str = "go-along";
/// Moves a statement.
const AT_ONCE: usize = 64;

impl Engine {
    /// Gives records, which the transaction holds, to somebody or to a pool. The write goes by their versions: what somebody else
    /// has changed fails.
    pub(crate) async fn hand_on(
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
        let changes = records.into_iter().map(|before| handed(object, before, turn, now)).collect();
        self.change_many(tx, model, actor, object, changes, &origin).await?;
        self.hand_children(tx, model, actor, object, owners.clone(), turn).await?;
        if let Some(to) = turn.to {
            let to: Vec<(Uuid, Uuid)> = ids.iter().map(|id| (*id, to.user)).collect();
            mail::given(self, tx, actor, object, &to).await?;
        }
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

    /// What hangs on the records and was their owner's goes along (contacts, tasks not done, open deals), and what hangs on
    /// that. What was done (follow-ups, notes) stays with who did it.
    async fn hand_children(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Object,
        owners: HashMap<Uuid, Option<Uuid>>,
        turn: &Turn,
    ) -> Result<()> {
        let origin = Origin { action: ALONG, reason: turn.reason.clone(), batch: turn.batch, now: self.now() };
        let mut wave = vec![(object.name.clone(), owners)];
        while let Some((parent, owners)) = wave.pop() {
            for relation in model.relations(&parent) {
                let Some(child) = model.object(&relation.object).filter(|_| !relation.any) else { continue };
                let Some(condition) = child.field(&relation.field).and_then(|field| field.follows_owner.as_ref())
                else {
                    continue;
                };
                let mut records = Vec::new();
                for stored in self.below(tx, model, actor, child, (&relation.field, condition), &owners).await? {
                    let parent = stored.value(child, &relation.field).as_id();
                    let was = parent.and_then(|id| owners.get(&id).copied().flatten());
                    let owner = stored.value(child, "owner").as_id();
                    if owner == was || (owner.is_none() && turn.to.is_some()) {
                        records.push(ChangedRecord::with(child, stored, owner_values(turn)));
                    }
                }
                records.retain(ChangedRecord::is_changed);
                if records.is_empty() {
                    continue;
                }
                let owner = |record: &ChangedRecord| record.before.value(child, "owner").as_id();
                wave.push((
                    child.name.clone(),
                    records.iter().map(|record| (record.before.id, owner(record))).collect(),
                ));
                self.change_many(tx, model, actor, child, records, &origin).await?;
            }
        }
        Ok(())
    }

    /// The live records that follow these by a reference under its condition; held until the transaction ends.
    async fn below(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        child: &Arc<Object>,
        (field, condition): (&str, &str),
        parents: &HashMap<Uuid, Option<Uuid>>,
    ) -> Result<Vec<Stored>> {
        let mut ids: Vec<Uuid> = parents.keys().copied().collect();
        ids.sort_unstable();
        let columns = Columns::all(child);
        let mut found = Vec::new();
        for piece in bulk::portions(&ids, AT_ONCE) {
            let mut sql = Sql::new("SELECT ");
            columns.select(model, actor, "t", &mut sql);
            sql.push(" FROM ").name(&child.name).push(" t WHERE ");
            sql.column("t", &format!("{field}_id")).push(" IN (").padded(piece);
            sql.push(") AND t.deleted_at IS NULL AND ");
            sql.append(&self.context(actor).condition(model, child, condition, "t", tx.dialect())?);
            sql.push(" ORDER BY t.seq").push(tx.dialect().for_update());
            for row in tx.rows(sql).await? {
                found.push(columns.read(&row)?);
            }
        }
        Ok(found)
    }
}

/// A record in its new hands. When it has an owner again, it leaves the pool by itself, and says since when it is owned.
fn handed(object: &Object, before: Stored, turn: &Turn, now: i64) -> ChangedRecord {
    let pool = turn.pool.into();
    let place = match turn.to {
        Some(_) if turn.pool.is_some() => vec![(Role::PoolFrom, pool)],
        Some(_) => Vec::new(),
        None => vec![(Role::Pool, pool), (Role::PoolSince, Value::Int(now))],
    };
    ChangedRecord::with(object, before, owner_values(turn).into_iter().chain(place))
}

fn owner_values(turn: &Turn) -> [(Role, Value); 2] {
    let user = turn.to.map(|to| to.user);
    let department = turn.to.and_then(|to| to.department);
    [(Role::Owner, user.into()), (Role::Department, department.into())]
}
