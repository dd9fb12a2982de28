//! Imports and those who write meanwhile. A batch is decided before its turn to be written, so it must be known whether somebody
//! wrote since; and what somebody makes at the very moment when a batch is written must be seen by one of the two.

use zhike_db::{Sql, Tx};
use zhike_model::Object;
use zhike_types::{Result, Uuid};

use crate::{matching, merge};

/// Whether anybody but the import wrote behind the horizon.
pub(super) async fn is_disturbed(tx: &mut Tx, import: Uuid, horizon: i64) -> Result<bool> {
    let mut sql = Sql::new("SELECT 1 FROM event WHERE seq > ");
    sql.bind(horizon).push(" AND (batch_id IS NULL OR batch_id <> ").bind(import).push(") LIMIT 1");
    Ok(tx.row(sql).await?.is_some())
}

/// Says that the transaction writes a batch: nobody makes or changes what is compared until it ends.
pub(super) async fn enter(tx: &mut Tx) -> Result<()> {
    pass(tx, true).await
}

/// Says that the transaction makes or changes a record: no merge and, where such records are compared, no batch comes in between.
pub(crate) async fn beside(tx: &mut Tx, object: &Object) -> Result<()> {
    if matching::is_compared(object) { pass(tx, false).await } else { merge::beside(tx).await }
}

async fn pass(tx: &mut Tx, import: bool) -> Result<()> {
    match tx.dialect().import_gate(import) {
        Some(gate) => tx.run(Sql::new(gate)).await.map(drop),
        None => Ok(()),
    }
}
