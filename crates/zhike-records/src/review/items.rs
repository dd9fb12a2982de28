//! What a scan found, in the table `match_item`: its groups, numbered from 0 by score, then the pairs to look at, by score. An item
//! holds the numbers of its records; which of them are still there and whom they are shown to is asked when it is read.
//!
//! A row holds a block of items: a million customers have hundreds of thousands, and writing them is to cost next to nothing.

use zhike_db::{Arg, Db, Sql, Tx, sql};
use zhike_match::Band;
use zhike_types::{Error, Result};

use super::scans;
use crate::bulk;

/// Items a row.
const BLOCK: i64 = 64;
/// Rows a statement.
const AT_ONCE: usize = 32;

/// A group or a pair.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub number: i64,
    /// Of a pair its weight; of a group the weakest link that it holds together by.
    pub bits: f32,
    /// Numbers of records, in their order.
    pub members: Vec<i64>,
}

impl Item {
    /// Its place in the block (a byte), bits, how many members, the members; big-endian.
    fn write(&self, out: &mut Vec<u8>) {
        out.push((self.number % BLOCK) as u8);
        out.extend(self.bits.to_be_bytes());
        out.extend((self.members.len() as u32).to_be_bytes());
        out.extend(self.members.iter().flat_map(|number| number.to_be_bytes()));
    }

    /// The first item of what is left of a block.
    fn read(block: i64, bytes: &mut &[u8]) -> Option<Self> {
        let (place, rest) = bytes.split_first()?;
        let (bits, rest) = rest.split_first_chunk::<4>()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let (members, rest) = rest.split_at_checked(8 * u32::from_be_bytes(*count) as usize)?;
        *bytes = rest;
        let (members, _) = members.as_chunks::<8>();
        Some(Self {
            number: block * BLOCK + i64::from(*place),
            bits: f32::from_be_bytes(*bits),
            members: members.iter().map(|number| i64::from_be_bytes(*number)).collect(),
        })
    }
}

/// Which items of a scan: all, its groups, or its pairs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub scan: i64,
    pub first: i64,
    /// Behind the last one.
    pub end: i64,
}

impl Range {
    pub fn new(scan: i64, groups: i64, band: Option<Band>) -> Self {
        let (first, end) = match band {
            Some(Band::Same) => (0, groups),
            Some(_) => (groups, i64::MAX),
            None => (0, i64::MAX),
        };
        Self { scan, first, end }
    }
}

/// The first items of a range.
pub(super) async fn page(tx: &mut Tx, range: Range, limit: usize) -> Result<Vec<Item>> {
    // the first block may be used from its middle on
    let blocks = limit as i64 / BLOCK + 2;
    let page = sql!(
        "SELECT block, items FROM match_item WHERE scan = $1 AND block >= $2 ORDER BY block LIMIT $3",
        range.scan,
        range.first / BLOCK,
        blocks
    );
    let mut items = Vec::new();
    for row in tx.rows(page).await? {
        let (block, bytes) = (row.must_int(0)?, row.bytes(1)?.unwrap_or_default());
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let item = Item::read(block, &mut rest).ok_or_else(|| Error::internal("a block of items is cut off"))?;
            if (range.first..range.end).contains(&item.number) && items.len() < limit {
                items.push(item);
            }
        }
    }
    Ok(items)
}

/// The statements that write items of a scan, in the order of their numbers: whole blocks, but for the last one.
pub(super) fn statements(scan: i64, items: &[Item]) -> Vec<Sql> {
    let blocks: Vec<&[Item]> = items.chunk_by(|one, other| one.number / BLOCK == other.number / BLOCK).collect();
    let statement = |piece: &[&[Item]]| {
        let mut sql = Sql::new("INSERT INTO match_item (scan, block, items) VALUES ");
        for (i, block) in piece.iter().enumerate() {
            let mut bytes = Vec::new();
            for item in *block {
                item.write(&mut bytes);
            }
            let args: [Arg; 3] = [scan.into(), (block[0].number / BLOCK).into(), bytes.into()];
            sql.push(if i == 0 { "(" } else { ", (" }).list(args).push(")");
        }
        sql
    };
    bulk::portions(&blocks, AT_ONCE).map(statement).collect()
}

/// Removes all items of a scan.
pub(super) async fn remove(db: &Db, scan: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    tx.run(sql!("DELETE FROM match_item WHERE scan = $1", scan)).await?;
    tx.commit().await
}

/// Removes what nobody needs any more: results of earlier scans, and halves of those that broke off.
pub(super) async fn collect(db: &Db) -> Result<()> {
    let mut after = 0;
    loop {
        let mut tx = db.read().await?;
        let next = tx.row(sql!("SELECT scan FROM match_item WHERE scan > $1 ORDER BY scan LIMIT 1", after)).await?;
        let Some(next) = next else { return Ok(()) };
        after = next.must_int(0)?;
        let needed = scans::is_needed(&mut tx, after).await?;
        drop(tx);
        if !needed {
            remove(db, after).await?;
        }
    }
}
