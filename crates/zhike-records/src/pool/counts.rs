//! What limits are counted by.

use zhike_db::{Sql, Tx, sql};
use zhike_types::{Result, Uuid};

use super::{Pool, read::MoveKind};

/// What somebody claimed from a pool since then.
pub(super) async fn claimed(tx: &mut Tx, pool: Uuid, user: Uuid, since: i64) -> Result<i64> {
    tx.number(sql!(
        "SELECT COUNT(*) FROM pool_move WHERE user_id = $1 AND pool_id = $2 AND at >= $3 AND kind = $4",
        user,
        pool,
        since,
        MoveKind::Claim.key()
    ))
    .await
}

/// What somebody holds, as the pool counts it.
pub(super) async fn held(tx: &mut Tx, pool: &Pool, user: Uuid) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM ");
    sql.name(&pool.object).push(" WHERE deleted_at IS NULL AND owner_id = ").bind(user);
    if !pool.held_of_all {
        sql.push(" AND pool_from_id = ").bind(pool.id);
    }
    tx.number(sql).await
}

/// When somebody last gave a record back to the pool, or lost it to it.
pub(super) async fn gave_back(tx: &mut Tx, pool: Uuid, user: Uuid, record: Uuid) -> Result<Option<i64>> {
    let row = tx
        .row(sql!(
            "SELECT at FROM pool_move WHERE record_id = $1 AND user_id = $2 AND pool_id = $3 AND kind IN ($4, $5) ORDER BY seq DESC LIMIT 1",
            record,
            user,
            pool,
            MoveKind::Return.key(),
            MoveKind::Reclaim.key()
        ))
        .await?;
    row.map_or(Ok(None), |row| row.int(0))
}

/// The different records that somebody was shown of a pool on a day.
pub(super) async fn seen(tx: &mut Tx, pool: Uuid, user: Uuid, day: i64) -> Result<i64> {
    tx.number(sql!("SELECT COUNT(*) FROM pool_seen WHERE user_id = $1 AND pool_id = $2 AND day = $3", user, pool, day))
        .await
}
