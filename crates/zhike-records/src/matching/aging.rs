//! Moves young match keys to the old ones once they are many, a piece in their order at a time, so that users hardly wait for it.

use zhike_db::Sql;
use zhike_types::{Result, boxed};

use crate::{Engine, audit};

/// Young keys of an object from which on they are moved. With fewer, moving touches nearly as many pages of the old ones as
/// there are keys; with more, a batch of an import touches too many of the young ones.
const MANY: usize = if cfg!(test) { 40 } else { 2_000_000 };
/// Keys a transaction: beside users it takes some hundredths of a second.
const PIECE: usize = if cfg!(test) { 7 } else { 32_768 };
/// The same when nobody waits.
const LARGE_PIECE: usize = 400_000;
/// Rows of the audit after which it is worth to look whether the keys are many.
const LOOK_AFTER: i64 = if cfg!(test) { 1 } else { 50_000 };

/// How far moving is.
#[derive(Debug, Default)]
pub(crate) struct Aging {
    looked_at: Option<i64>,
    /// Objects whose keys are on their way, the last one now, and behind which of its keys it goes on.
    under_way: Vec<String>,
    behind: Option<i64>,
}

impl Engine {
    /// Moves a piece, if there is any to move.
    #[boxed]
    pub(crate) async fn age_keys(&self, aging: &mut Aging) -> Result<()> {
        if aging.under_way.is_empty() {
            self.look_for_many(aging).await?;
        }
        let Some(object) = aging.under_way.last() else { return Ok(()) };
        let dialect = self.db().dialect();
        let piece = if self.0.bulk { LARGE_PIECE } else { PIECE };
        let mut tx = self.db().begin().await?;
        let last = tx.row(dialect.young_key_behind(object, aging.behind, piece)).await?;
        let last = last.map(|row| row.must_int(0)).transpose()?;
        for sql in dialect.age_keys(object, aging.behind, last) {
            tx.run(sql).await?;
        }
        tx.commit().await?;
        aging.behind = last;
        if last.is_none() {
            aging.under_way.pop();
        }
        Ok(())
    }

    async fn look_for_many(&self, aging: &mut Aging) -> Result<()> {
        let mut tx = self.db().read().await?;
        let newest = audit::newest(&mut tx, "audit").await?;
        if aging.looked_at.is_some_and(|looked_at| newest - looked_at < LOOK_AFTER) {
            return Ok(());
        }
        aging.looked_at = Some(newest);
        for object in self.model().objects().iter().filter(|object| object.is_matched()) {
            let many: Sql = tx.dialect().young_key_behind(&object.name, None, MANY);
            if tx.row(many).await?.is_some() {
                aging.under_way.push(object.name.clone());
            }
        }
        Ok(())
    }
}
