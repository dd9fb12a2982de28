//! A merge takes the disputes of the records that go along, and its undoing brings back those that are still where it put them.

use zhike_db::{Sql, Tx, sql};
use zhike_types::{Result, Uuid};

use super::OBJECT;

/// The object under which a dispute stands among a merge's steps. No pack can declare it: the table is there already.
pub(crate) const STEP: &str = "dispute";
/// What a step says of it.
pub(crate) const FIELD: &str = "account";

/// Turns the disputes about records that go to the one that stays: each with the record that it was about.
pub(crate) async fn gather(tx: &mut Tx, object: &str, stays: Uuid, gone: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>> {
    if object != OBJECT {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT id, account_id FROM dispute WHERE account_id IN (");
    sql.list(gone.iter().copied()).push(") ORDER BY seq");
    let found =
        tx.rows(sql).await?.iter().map(|row| Ok((row.must_id(0)?, row.must_id(1)?))).collect::<Result<Vec<_>>>()?;
    let mut sql = Sql::new("UPDATE dispute SET account_id = ");
    sql.bind(stays).push(" WHERE account_id IN (").list(gone.iter().copied()).push(")");
    tx.run(sql).await?;
    Ok(found)
}

/// Back to where it was, unless it is somewhere else by now.
pub(crate) async fn put_back(tx: &mut Tx, dispute: Uuid, from: Uuid, to: Uuid) -> Result<()> {
    tx.run(sql!("UPDATE dispute SET account_id = $1 WHERE id = $2 AND account_id = $3", to, dispute, from))
        .await
        .map(drop)
}
