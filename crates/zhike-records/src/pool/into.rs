//! Lists imported straight into a pool: whom nobody was named for lies there from the start. Limits are a person's, and nobody has them.

use zhike_db::{Arg, Sql, Tx};
use zhike_types::{Error, Result, Text, Uuid, boxed};

use super::{Pool, members::Standings, read::MoveKind};
use crate::{Actor, Engine, bulk};

/// Moves a statement.
const AT_ONCE: usize = 64;

impl Engine {
    /// The pools into which somebody may put records of an object: those in use of which they are a member or manager.
    #[boxed]
    pub async fn pools_to_fill(&self, actor: &Actor, object: &str) -> Result<Vec<Pool>> {
        let model = self.model();
        if !model.object(object).is_some_and(|known| known.pool) {
            return Ok(Vec::new());
        }
        let mut tx = self.0.db.read().await?;
        let standings = Standings::of(&mut tx, actor).await?;
        let mut pools = Pool::all(&mut tx).await?;
        pools.retain(|pool| pool.object == object && pool.active && standings.to(&model, actor, pool).member);
        Ok(pools)
    }

    /// Refuses a pool into which somebody may not put records of the object.
    pub(crate) async fn may_fill(&self, actor: &Actor, object: &str, pool: Option<Uuid>) -> Result<()> {
        let Some(id) = pool else { return Ok(()) };
        if self.pools_to_fill(actor, object).await?.iter().any(|pool| pool.id == id) {
            return Ok(());
        }
        let message = Text::new(
            "没有这个公海，或者您不能往里放。请另选一个，或不选公海。",
            "There is no such pool, or you may not put anything into it. Choose another, or none.",
        );
        Err(Error::invalid("pool", "unknown", message))
    }
}

/// Writes down that an import put records into the pool.
pub(crate) async fn note_imported(
    tx: &mut Tx,
    actor: &Actor,
    object: &str,
    pool: Uuid,
    records: &[Uuid],
    now: i64,
) -> Result<()> {
    for piece in bulk::portions(records, AT_ONCE) {
        let mut sql = Sql::new("INSERT INTO pool_move (at, kind, object, record_id, pool_id, actor_id) VALUES ");
        for (i, id) in piece.iter().enumerate() {
            let kind = MoveKind::Import.key();
            let args: [Arg; 6] =
                [now.into(), kind.into(), object.into(), (*id).into(), pool.into(), actor.user_id.into()];
            sql.push(if i == 0 { "(" } else { ", (" }).list(args).push(")");
        }
        tx.run(sql).await?;
    }
    Ok(())
}
