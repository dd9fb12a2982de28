//! 分配 and 退回: a manager gives records to people, an owner gives them back.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use zhike_db::Tx;
use zhike_model::{Model, Object, Role};
use zhike_types::{Error, Result, Text, Uuid, boxed, text};

use super::{
    Pool, counts,
    hand::{Holder, Turn},
    members::{Standings, works_with},
    read::MoveKind,
    rules,
};
use crate::{
    Actor, BulkOutcome, Engine, Record, Selection, Source,
    access::{self, Need},
    convert, draft, merge,
    selection::Action,
};

/// Giving something back.
#[derive(Debug, Clone, Default)]
pub struct Return {
    /// The pool; none takes the one that it came from, or the only one there is.
    pub pool: Option<Uuid>,
    /// One of the pool's reasons.
    pub reason: String,
    /// What there is to say beside it.
    pub note: String,
}

/// Giving to several people in turn.
pub(crate) struct Rounds<'a> {
    to: &'a [Uuid],
    next: AtomicUsize,
    reason: &'a str,
    batch: Uuid,
}

impl Rounds<'_> {
    pub fn people(&self) -> &[Uuid] {
        self.to
    }
}

impl Engine {
    /// Gives a record to somebody: out of a pool by its managers, from one owner to the next by who may change it.
    ///
    /// # Errors
    /// `Conflict` when the new owner holds as many as it may; `Forbidden` for who sees the record and may not give it; `Invalid` when
    /// the new owner works here no more or has no right to such records.
    #[boxed]
    pub async fn assign(&self, actor: &Actor, object: &str, id: Uuid, to: Uuid, reason: &str) -> Result<Record> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        rules::short(reason)?;
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        // so that what each has is counted by one at a time; before any record is held
        tx.hold("user", &[to]).await?;
        self.assign_in(&mut tx, &model, actor, known, id, to, reason, None).await?;
        tx.commit().await?;
        self.written();
        self.read_own(actor, object, id).await
    }

    /// Gives many records to several people in turn; who holds as many as it may is passed over.
    #[boxed]
    pub async fn assign_many(
        &self,
        actor: &Actor,
        object: &str,
        selection: &Selection,
        to: &[Uuid],
        reason: &str,
    ) -> Result<BulkOutcome> {
        rules::short(reason)?;
        if to.is_empty() {
            let message = Text::new("请选择分配给谁。", "Choose whom to assign them to.");
            return Err(Error::invalid("owner", "required", message));
        }
        let rounds = Rounds { to, next: AtomicUsize::new(0), reason, batch: self.0.ids.next() };
        self.to_each(actor, object, selection, Action::Assign(&rounds)).await
    }

    /// The same for what lies in a pool, selected as its list shows it.
    #[boxed]
    pub async fn assign_from_pool(
        &self,
        actor: &Actor,
        pool: Uuid,
        selection: &Selection,
        to: &[Uuid],
        reason: &str,
    ) -> Result<BulkOutcome> {
        let view = self.pool_view(actor, pool).await?;
        if !view.manager {
            return Err(access::forbidden(
                "只有公海管理员可以分配。",
                "Only the pool's managers assign what lies there.",
            ));
        }
        let ids = self.selected(&view.actor, &view.pool.object, selection).await?;
        self.assign_many(actor, &view.pool.object, &Selection::Ids(ids), to, reason).await
    }

    /// In the caller's transaction, which holds the people.
    pub(crate) async fn assign_round(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        id: Uuid,
        rounds: &Rounds<'_>,
    ) -> Result<()> {
        let mut refused = None;
        for _ in rounds.to {
            let turn = rounds.next.fetch_add(1, Ordering::Relaxed) % rounds.to.len();
            let (to, batch) = (rounds.to[turn], Some(rounds.batch));
            match self.assign_in(tx, model, actor, object, id, to, rounds.reason, batch).await {
                // the next one may hold more
                Err(error @ Error::Conflict(_)) => refused = Some(error),
                done => return done,
            }
        }
        refused.map_or(Ok(()), Err)
    }

    #[expect(clippy::too_many_arguments, reason = "who gives what to whom, and why")]
    async fn assign_in(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        id: Uuid,
        to: Uuid,
        reason: &str,
        batch: Option<Uuid>,
    ) -> Result<()> {
        let (stored, pool) = match self.held_of_pool(tx, model, object, id).await? {
            Some((stored, pool)) => {
                if !Standings::of(tx, actor).await?.to(model, actor, &pool).manager {
                    let sees = self.find(tx, model, actor, object, id, Need::Read).await?.is_some();
                    return Err(if sees { not_manager() } else { Error::NotFound });
                }
                (stored, Some(pool))
            }
            None => {
                let stored = self.locked(tx, model, actor, object, id, Need::Change).await?;
                if stored.is_deleted(object) {
                    return Err(Error::NotFound);
                }
                let owner = object.role_index(Role::Owner).map(|i| &object.fields[i]);
                if let Some(error) = owner.and_then(|field| draft::refused(actor, object, field)) {
                    return Err(Error::Invalid(vec![error]));
                }
                // what came from a pool counts there for the next owner too
                let from = match stored.value(object, "pool_from").as_id() {
                    Some(from) => Pool::of(tx, from).await?,
                    None => None,
                };
                (stored, from)
            }
        };
        if stored.value(object, "owner").as_id() == Some(to) {
            return Ok(());
        }
        let taker = self.load_actor(tx, to, Source::System, "").await?;
        let takes = |taker: &Actor| !object.pool || works_with(model, taker, &object.name);
        let Some(taker) = taker.filter(takes) else {
            let (zh, en) = (&object.label.zh, object.plural.en.to_lowercase());
            let message = text!(
                "选的人已停用，或者没有负责{zh}的权限。",
                "Whoever was chosen works here no more, or may not own {en}."
            );
            return Err(Error::invalid("owner", "invalid", message));
        };
        if let Some(pool) = &pool
            && let Some(most) = pool.held_most
            && counts::held(tx, pool, to).await? >= most
        {
            let name = &taker.name;
            return Err(Error::Conflict(text!(
                "{name} 手上已有 {most} 条，到上限了。",
                "{name} holds {most} already, which is the limit."
            )));
        }
        let reason = zhike_text::tidy_lines(reason);
        let turn = Turn {
            kind: MoveKind::Assign,
            pool: pool.map(|pool| pool.id),
            to: Some(Holder { user: to, department: taker.department_id }),
            reason: Some(reason).filter(|reason| !reason.is_empty()),
            batch,
        };
        self.hand_on(tx, model, actor, object, vec![stored], &turn).await
    }

    /// Gives a record back to a pool. What has no owner may be put into one, too.
    #[boxed]
    pub async fn give_back(&self, actor: &Actor, object: &str, id: Uuid, wish: &Return) -> Result<Record> {
        let model = self.model();
        let known = access::object_for(&model, actor, object)?;
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        self.give_back_in(&mut tx, &model, actor, known, id, wish, None).await?;
        tx.commit().await?;
        self.written();
        self.read_own(actor, object, id).await
    }

    /// Gives many records back.
    #[boxed]
    pub async fn give_back_many(
        &self,
        actor: &Actor,
        object: &str,
        selection: &Selection,
        wish: &Return,
    ) -> Result<BulkOutcome> {
        let batch = self.0.ids.next();
        self.to_each(actor, object, selection, Action::Return { wish, batch }).await
    }

    #[expect(clippy::too_many_arguments, reason = "who gives what back, where and why")]
    pub(crate) async fn give_back_in(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        id: Uuid,
        wish: &Return,
        batch: Option<Uuid>,
    ) -> Result<()> {
        let stored = self.locked(tx, model, actor, object, id, Need::Change).await?;
        if stored.is_deleted(object) {
            merge::refuse_away(tx, model, actor, object, id).await?;
            return Err(Error::NotFound);
        }
        if !object.pool {
            return Err(Error::NotFound);
        }
        if !stored.value(object, "pool").is_null() {
            return Err(Error::Conflict(Text::new("这条记录已经在公海里了。", "This one lies in a pool already.")));
        }
        if convert::is_converted(object, &stored.values) {
            return Err(Error::Conflict(Text::new(
                "这条记录已经转化，不再退回公海。",
                "This one was converted, and goes into no pool any more.",
            )));
        }
        let from = stored.value(object, "pool_from").as_id();
        let standings = Standings::of(tx, actor).await?;
        let open: Vec<Pool> = Pool::all(tx)
            .await?
            .into_iter()
            .filter(|pool| pool.object == object.name && pool.active)
            .filter(|pool| from == Some(pool.id) || standings.to(model, actor, pool).member)
            .collect();
        let wanted = wish.pool.or(from.filter(|from| open.iter().any(|pool| pool.id == *from)));
        let pool = match (wanted, open.as_slice()) {
            (Some(id), open) => open.iter().find(|pool| pool.id == id),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        let Some(pool) = pool else {
            let message = if open.is_empty() {
                Text::new(
                    "没有您可以退回的公海。请联系管理员。",
                    "There is no pool that you may return it to. Ask your administrator.",
                )
            } else {
                Text::new("请选择退到哪个公海。", "Choose the pool that it goes to.")
            };
            return Err(Error::invalid("pool", "required", message));
        };
        let reason = rules::reason(pool, &wish.reason, &wish.note)?;
        if self.is_protected(tx, model, object, pool, id).await? && !standings.to(model, actor, pool).manager {
            return Err(Error::Conflict(Text::new(
                "这是受保护的记录，不能自行退回。请让公海管理员处理。",
                "This one is protected and cannot be returned. Ask the pool's manager.",
            )));
        }
        let turn = Turn { kind: MoveKind::Return, pool: Some(pool.id), to: None, reason: Some(reason), batch };
        self.hand_on(tx, model, actor, object, vec![stored], &turn).await
    }
}

fn not_manager() -> Error {
    access::forbidden("只有公海管理员可以分配。", "Only the pool's managers assign what lies there.")
}
