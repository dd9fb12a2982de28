//! The audit's chain: each link is a hash over a run of rows and over the link before.

use sha2::{Digest as _, Sha256};
use zhike_db::{Row, Sql, Tx, constraint_of, sql};
use zhike_types::{Result, boxed};

use super::{horizon, newest};
use crate::Engine;

/// How many rows one link of the chain covers at most.
const ROWS_A_LINK: i64 = 5_000;
/// Links written at once.
const LINKS_AT_ONCE: usize = 8;

/// A link of the chain.
struct Link {
    number: i64,
    /// The last row that it covers.
    upto: i64,
    rows: i64,
    hash: Vec<u8>,
}

impl Engine {
    /// Chains what the audit holds unsealed. The rows are there whether or not this comes to run.
    ///
    /// They are read and hashed beside those who write: a moment's wait says up to where all rows show.
    #[boxed]
    pub async fn seal_audit(&self) -> Result<()> {
        let mut last = last_link(&mut self.db().read().await?).await?;
        if newest(&mut self.db().read().await?, "audit").await? <= last.upto {
            return Ok(());
        }
        let final_row = horizon(self, "audit").await?;
        while last.upto < final_row {
            let mut links = Vec::new();
            while links.len() < LINKS_AT_ONCE {
                let before = links.last().unwrap_or(&last);
                match next_link(&mut self.db().read().await?, before, final_row).await? {
                    Some(link) => links.push(link),
                    None => break,
                }
            }
            if links.is_empty() || !self.add_links(&links).await? {
                return Ok(());
            }
            last = links.pop().unwrap_or(last);
        }
        Ok(())
    }

    /// Says whether they could be added: another program may seal the same database.
    async fn add_links(&self, links: &[Link]) -> Result<bool> {
        let mut tx = self.db().begin().await?;
        let now = self.now();
        for link in links {
            let added = tx
                .run(sql!(
                    "INSERT INTO audit_chain (link, upto, rows, at, hash) VALUES ($1, $2, $3, $4, $5)",
                    link.number,
                    link.upto,
                    link.rows,
                    now,
                    link.hash.clone()
                ))
                .await;
            match added {
                Err(error) if constraint_of(&error).is_some() => return Ok(false),
                added => added?,
            };
        }
        tx.commit().await?;
        Ok(true)
    }
}

async fn last_link(tx: &mut Tx) -> Result<Link> {
    let last = tx.row(sql!("SELECT link, upto, rows, hash FROM audit_chain ORDER BY link DESC LIMIT 1")).await?;
    Ok(match last {
        None => Link { number: 0, upto: 0, rows: 0, hash: vec![0; 32] },
        Some(row) => Link {
            number: row.must_int(0)?,
            upto: row.must_int(1)?,
            rows: row.must_int(2)?,
            hash: row.bytes(3)?.unwrap_or_default(),
        },
    })
}

/// The link over the rows behind another, up to a row; none when there are none.
async fn next_link(tx: &mut Tx, before: &Link, upto: i64) -> Result<Option<Link>> {
    let rows = format!("{ROWS} WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3");
    let rows = tx.rows(sql!(&rows, before.upto, upto, ROWS_A_LINK)).await?;
    let Some(last) = rows.last() else { return Ok(None) };
    let (number, upto, count) = (before.number + 1, last.must_int(0)?, rows.len() as i64);
    Ok(Some(Link { number, upto, rows: count, hash: link_hash(&before.hash, &rows)? }))
}

fn link_hash(before: &[u8], rows: &[Row]) -> Result<Vec<u8>> {
    let mut digest = Sha256::new();
    digest.update(before);
    for row in rows {
        digest.update(row_digest(row)?);
    }
    Ok(digest.finalize().to_vec())
}

const ROWS: &str =
    "SELECT seq, at, actor_id, actor, source, action, object, record_id, before, after, reason, batch_id FROM audit";

/// SHA-256 over a row's columns, each with its length, so that no two rows read alike.
fn row_digest(row: &Row) -> Result<[u8; 32]> {
    let mut digest = Sha256::new();
    let mut feed = |bytes: Option<&[u8]>| match bytes {
        None => digest.update([0]),
        Some(bytes) => {
            digest.update([1]);
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        }
    };
    feed(Some(&row.must_int(0)?.to_le_bytes()));
    feed(Some(&row.must_int(1)?.to_le_bytes()));
    for column in [2, 7, 11] {
        feed(row.id(column)?.as_ref().map(|id| id.as_bytes().as_slice()));
    }
    for column in [3, 4, 5, 6, 8, 9, 10] {
        feed(row.text(column)?.as_deref().map(str::as_bytes));
    }
    Ok(digest.finalize().into())
}

/// Links of the chain whose rows do not give their hash any more.
pub(crate) async fn broken_links(tx: &mut Tx) -> Result<Vec<i64>> {
    let mut broken = Vec::new();
    let (mut hash, mut from, mut expected) = (vec![0_u8; 32], 0, 1);
    for link in tx.rows(Sql::new("SELECT link, upto, hash FROM audit_chain ORDER BY link")).await? {
        let (number, upto) = (link.must_int(0)?, link.must_int(1)?);
        let stored = link.bytes(2)?.unwrap_or_default();
        let rows = tx.rows(sql!(&format!("{ROWS} WHERE seq > $1 AND seq <= $2 ORDER BY seq"), from, upto)).await?;
        if number != expected || link_hash(&hash, &rows)? != stored {
            broken.push(number);
        }
        (hash, from, expected) = (stored, upto, number + 1);
    }
    Ok(broken)
}
