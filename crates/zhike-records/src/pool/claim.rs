//! 领取: a member takes a record out of a pool.

use std::sync::Arc;

use zhike_db::{Sql, Tx, sql};
use zhike_model::{Model, Object};
use zhike_types::{Error, Result, Text, Uuid, boxed, text};

use super::{
    Pool, counts,
    hand::{Holder, Turn},
    members::Standings,
    read::MoveKind,
    rules::{self, Case},
};
use crate::{
    Actor, Engine, Record, Source,
    access::{self, Need},
    load::Stored,
    merge,
};

impl Engine {
    /// Claims a record that lies in a pool. Of many who claim it at one moment, one has it.
    ///
    /// # Errors
    /// `Conflict` when somebody was faster (it says who, to those who may see that), when the record is protected, given back too
    /// lately, or one holds as many as one may; `TooMany` after the day's claims; `Forbidden` for who is no member and sees the record;
    /// `NotFound` for everybody else.
    #[boxed]
    pub async fn claim(&self, actor: &Actor, object: &str, id: Uuid) -> Result<Record> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let me = actor.user_id.filter(|_| known.pool).ok_or(Error::NotFound)?;
        // whoever comes late need not stand in line for the writer
        if pool_of(&mut self.0.db.read().await?, known, id).await?.is_none() {
            return Err(self.not_to_be_had(&model, actor, known, id).await);
        }
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        // so that what each has is counted by one at a time; before any record is held
        tx.hold("user", &[me]).await?;
        let stored = self.held_of_pool(&mut tx, &model, known, id).await?;
        let Some((stored, pool)) = stored else {
            drop(tx);
            return Err(self.not_to_be_had(&model, actor, known, id).await);
        };
        let standing = Standings::of(&mut tx, actor).await?.to(&model, actor, &pool);
        if !standing.member {
            drop(tx);
            let sees = self.sees(actor, object, id).await?;
            return Err(if sees { rules::Refusal::NotMember.error() } else { Error::NotFound });
        }
        let now = self.now();
        let since = self.zone().start_of_day(self.zone().day_of(now));
        let case = Case {
            standing,
            claimed: counts::claimed(&mut tx, pool.id, me, since).await?,
            held: counts::held(&mut tx, &pool, me).await?,
            gave_back: counts::gave_back(&mut tx, pool.id, me, id).await?,
            protected: self.is_protected(&mut tx, &model, known, &pool, id).await?,
            now,
        };
        if let Some(refusal) = rules::claim(&pool, &case) {
            return Err(refusal.error());
        }
        let turn = Turn {
            kind: MoveKind::Claim,
            pool: Some(pool.id),
            to: Some(Holder { user: me, department: actor.department_id }),
            reason: None,
            batch: None,
        };
        self.hand_on(&mut tx, &model, actor, known, vec![stored], &turn).await?;
        tx.commit().await?;
        self.written();
        self.read_own(actor, object, id).await
    }

    /// A record, held until the transaction ends, and the pool that it lies in; none when it lies in none.
    pub(super) async fn held_of_pool(
        &self,
        tx: &mut Tx,
        model: &Model,
        object: &Arc<Object>,
        id: Uuid,
    ) -> Result<Option<(Stored, Pool)>> {
        let system = Actor::system(Source::System);
        let stored = match self.locked(tx, model, &system, object, id, Need::Change).await {
            Err(Error::NotFound) => return Ok(None),
            stored => stored?,
        };
        let lies_in = stored.value(object, "pool").as_id().filter(|_| !stored.is_deleted(object));
        let Some(pool) = lies_in else { return Ok(None) };
        Ok(Pool::of(tx, pool).await?.map(|pool| (stored, pool)))
    }

    /// Whether the pool's condition protects the record.
    pub(super) async fn is_protected(
        &self,
        tx: &mut Tx,
        model: &Model,
        object: &Object,
        pool: &Pool,
        id: Uuid,
    ) -> Result<bool> {
        if pool.protected.is_empty() {
            return Ok(false);
        }
        let mut sql = Sql::new("SELECT 1 FROM ");
        sql.name(&object.name).push(" t WHERE t.id = ").bind(id).push(" AND ");
        let system = Actor::system(Source::System);
        sql.append(&self.context(&system).condition(model, object, &pool.protected, "t", tx.dialect())?);
        Ok(tx.row(sql).await?.is_some())
    }

    /// Why what lies in no pool cannot be claimed: somebody has it. Who that is, those hear who see the record; that it is taken, those
    /// who might have claimed it.
    async fn not_to_be_had(&self, model: &Model, actor: &Actor, object: &Object, id: Uuid) -> Error {
        match self.read(actor, &object.name, id).await {
            Ok(record) if record.deleted_at().is_some() => Error::NotFound,
            Ok(record) => match record.value("owner").as_id() {
                Some(owner) if Some(owner) == actor.user_id => {
                    Error::Conflict(Text::new("这条记录已经是您的了。", "This one is yours already."))
                }
                Some(_) => {
                    let name = record.reference("owner").map_or("—", |(title, _)| title.text.as_str());
                    Error::Conflict(text!("慢了一步：现在归 {name} 负责。", "Somebody was faster: {name} has it now."))
                }
                None => Error::Conflict(Text::new(
                    "这条记录不在公海里，不能领取。请让负责分配的同事处理。",
                    "This one lies in no pool and cannot be claimed. Ask who assigns records.",
                )),
            },
            Err(Error::NotFound) => match self.was_to_be_had(model, actor, id).await {
                Ok(true) => Error::Conflict(Text::new(
                    "慢了一步：已被别人领取或分配出去了。",
                    "Somebody was faster: it has been claimed or assigned.",
                )),
                Ok(false) => Error::NotFound,
                Err(error) => error,
            },
            Err(error) => error,
        }
    }

    /// Whether the record last left a pool that the actor may look into.
    async fn was_to_be_had(&self, model: &Model, actor: &Actor, id: Uuid) -> Result<bool> {
        let mut tx = self.0.db.read().await?;
        let last = sql!("SELECT pool_id FROM pool_move WHERE record_id = $1 ORDER BY seq DESC LIMIT 1", id);
        let Some(row) = tx.row(last).await? else { return Ok(false) };
        let Some(pool) = Pool::of(&mut tx, row.must_id(0)?).await? else { return Ok(false) };
        Ok(Standings::of(&mut tx, actor).await?.to(model, actor, &pool).member)
    }
}

async fn pool_of(tx: &mut Tx, object: &Object, id: Uuid) -> Result<Option<Uuid>> {
    let mut sql = Sql::new("SELECT pool_id FROM ");
    sql.name(&object.name).push(" WHERE deleted_at IS NULL AND id = ").bind(id);
    tx.row(sql).await?.map_or(Ok(None), |row| row.id(0))
}
