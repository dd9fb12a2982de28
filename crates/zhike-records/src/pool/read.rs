//! Pools as pages and programs read them.

use zhike_db::{Sql, sql};
use zhike_types::{Result, Text, Uuid, boxed};

use super::{
    Pool, counts,
    members::{Standings, works_with},
    rules,
};
use crate::{Actor, Engine, Record, load::Columns};

/// How a record went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoveKind {
    /// 领取
    Claim,
    /// 分配
    Assign,
    /// 退回
    Return,
    /// 自动收回
    Reclaim,
    /// 导入
    Import,
}

impl MoveKind {
    pub const ALL: [Self; 5] = [Self::Claim, Self::Assign, Self::Return, Self::Reclaim, Self::Import];

    /// As the audit and the book of moves call it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Assign => "assign",
            Self::Return => "return",
            Self::Reclaim => "reclaim",
            Self::Import => "import",
        }
    }

    pub fn label(self) -> Text {
        match self {
            Self::Claim => Text::new("领取", "claimed"),
            Self::Assign => Text::new("分配", "assigned"),
            Self::Return => Text::new("退回", "returned"),
            Self::Reclaim => Text::new("收回", "taken back"),
            Self::Import => Text::new("导入", "imported"),
        }
    }
}

/// A pool, and what somebody may still do there.
#[derive(Debug, Clone)]
pub struct PoolInfo {
    pub pool: Pool,
    pub manager: bool,
    /// What lies there.
    pub records: i64,
    /// What the actor claimed today, holds and has been shown today.
    pub claimed: i64,
    pub held: i64,
    pub seen: i64,
    /// What is left of each; none where it is not limited.
    pub claims_left: Option<i64>,
    pub holds_left: Option<i64>,
    pub views_left: Option<i64>,
}

/// A line of a pool's book.
#[derive(Debug, Clone)]
pub struct Move {
    /// Milliseconds since 1970.
    pub at: i64,
    pub kind: MoveKind,
    pub record: Uuid,
    /// Who got it, gave it back or lost it.
    pub user: Option<String>,
    /// Who did it; none when the system did.
    pub by: Option<String>,
    pub reason: Option<String>,
}

/// What somebody may do with a record that it sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PoolActions {
    /// The pool that it lies in: id and name.
    pub lies_in: Option<(Uuid, String)>,
    pub claim: bool,
    pub assign: bool,
    /// The pools that it may go back to: ids and names, the likeliest first.
    pub back_to: Vec<(Uuid, String)>,
}

impl Engine {
    /// The pools that somebody is a member or manager of, by name.
    #[boxed]
    pub async fn pools(&self, actor: &Actor) -> Result<Vec<PoolInfo>> {
        let model = self.model();
        let mut tx = self.0.db.read().await?;
        let standings = Standings::of(&mut tx, actor).await?;
        let today = self.zone().day_of(self.now());
        let since = self.zone().start_of_day(today);
        let mut infos = Vec::new();
        for pool in Pool::all(&mut tx).await? {
            let standing = standings.to(&model, actor, &pool);
            if !(standing.manager || (standing.member && pool.active)) {
                continue;
            }
            let mut sql = Sql::new("SELECT COUNT(*) FROM ");
            sql.name(&pool.object).push(" WHERE deleted_at IS NULL AND pool_id = ").bind(pool.id);
            let records = tx.number(sql).await?;
            let (claimed, held, seen) = match actor.user_id {
                Some(me) => (
                    counts::claimed(&mut tx, pool.id, me, since).await?,
                    counts::held(&mut tx, &pool, me).await?,
                    counts::seen(&mut tx, pool.id, me, today).await?,
                ),
                None => (0, 0, 0),
            };
            infos.push(PoolInfo {
                claims_left: rules::left(pool.claims_a_day, claimed),
                holds_left: rules::left(pool.held_most, held),
                views_left: rules::left(pool.views_a_day, seen).filter(|_| !standing.manager),
                manager: standing.manager,
                pool,
                records,
                claimed,
                held,
                seen,
            });
        }
        infos.sort_by(|a, b| a.pool.name.cmp(&b.pool.name));
        Ok(infos)
    }

    /// The latest moves of a pool, for its managers.
    #[boxed]
    pub async fn pool_moves(&self, actor: &Actor, pool: Uuid, limit: i64) -> Result<Vec<Move>> {
        if !self.pool_view(actor, pool).await?.manager {
            return Ok(Vec::new());
        }
        let rows = sql!(
            "SELECT m.at, m.kind, m.record_id, u.name, a.name, m.reason FROM pool_move m LEFT JOIN \"user\" u ON u.id = m.user_id \
             LEFT JOIN \"user\" a ON a.id = m.actor_id WHERE m.pool_id = $1 ORDER BY m.at DESC, m.seq DESC LIMIT $2",
            pool,
            limit
        );
        self.0
            .db
            .read()
            .await?
            .rows(rows)
            .await?
            .iter()
            .map(|row| {
                let kind = row.must_text(1)?;
                Ok(Move {
                    at: row.must_int(0)?,
                    kind: MoveKind::ALL.into_iter().find(|known| known.key() == kind).unwrap_or(MoveKind::Assign),
                    record: row.must_id(2)?,
                    user: row.text(3)?,
                    by: row.text(4)?,
                    reason: row.text(5)?,
                })
            })
            .collect()
    }

    /// What somebody may do with a record that it sees.
    #[boxed]
    pub async fn pool_actions(&self, actor: &Actor, record: &Record) -> Result<PoolActions> {
        let object = &record.object;
        let model = self.model();
        if !object.pool || record.deleted_at().is_some() {
            return Ok(PoolActions::default());
        }
        let mut tx = self.0.db.read().await?;
        let pools: Vec<Pool> =
            Pool::all(&mut tx).await?.into_iter().filter(|pool| pool.object == object.name).collect();
        if pools.is_empty() {
            return Ok(PoolActions { assign: record.may_change, ..PoolActions::default() });
        }
        let standings = Standings::of(&mut tx, actor).await?;
        let columns = Columns::named(object, &["pool".to_owned(), "pool_from".to_owned()]);
        let mut sql = Sql::new("SELECT ");
        columns.select(&model, actor, "t", &mut sql);
        sql.push(" FROM ").name(&object.name).push(" t WHERE t.id = ").bind(record.id);
        let Some(row) = tx.row(sql).await? else { return Ok(PoolActions::default()) };
        let stored = columns.read(&row)?;
        let lies_in = stored.value(object, "pool").as_id().and_then(|id| pools.iter().find(|pool| pool.id == id));
        if let Some(pool) = lies_in {
            let standing = standings.to(&model, actor, pool);
            return Ok(PoolActions {
                lies_in: Some((pool.id, pool.name.clone())),
                claim: standing.member && pool.active && actor.user_id.is_some(),
                assign: standing.manager,
                back_to: Vec::new(),
            });
        }
        let mut back_to = Vec::new();
        if record.may_change && works_with(&model, actor, &object.name) {
            let from = stored.value(object, "pool_from").as_id();
            let open =
                |pool: &&Pool| pool.active && (standings.to(&model, actor, pool).member || from == Some(pool.id));
            back_to = pools.iter().filter(open).map(|pool| (pool.id, pool.name.clone())).collect();
            back_to.sort_by_key(|(id, _)| from != Some(*id));
        }
        Ok(PoolActions { lies_in: None, claim: false, assign: record.may_change, back_to })
    }
}
