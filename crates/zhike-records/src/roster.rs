//! 名单: how many customers one person keeps in one role, held against everybody who adds at once; and that a customer is on one
//! roster at a time. Asked of whatever puts customers on rosters: forms, the API, imports, the recycle bin.
//!
//! What is above the maximum already (the role's was lowered, rosters were handed over) stays and can be worked with; nothing is added.

use zhike_db::{Sql, Tx};
use zhike_model::Object;
use zhike_types::{Error, Result, Text, Uuid, text};

/// What the entries of rosters are called in the model.
const ENTRY: &str = "roster_entry";
const AT_ONCE: usize = 500;
/// An entry that counts.
const LIVE: &str = "e.deleted_at IS NULL AND e.until IS NULL";

/// Whether a change of these fields may add somebody to a roster. What was there before may be above the maximum; its other fields are
/// changed all the same.
pub(crate) fn is_asked(object: &Object, changed: &[usize]) -> bool {
    let adds = |&i: &usize| matches!(object.fields[i].name.as_str(), "roster" | "account" | "until");
    object.name == ENTRY && changed.iter().any(adds)
}

/// Refuses entries by which somebody would keep more than their role allows, or a customer would be on two rosters. `ids`: entries that
/// were just written; those that do not count (any more) add nothing.
pub(crate) async fn check(tx: &mut Tx, object: &Object, ids: &[Uuid]) -> Result<()> {
    if object.name != ENTRY {
        return Ok(());
    }
    for ids in ids.chunks(AT_ONCE) {
        hold(tx, ids).await?;
        within(tx, ids).await?;
        once(tx, ids).await?;
    }
    Ok(())
}

/// Holds who keeps these customers, and the customers: of two who add at one moment the second sees what the first added.
async fn hold(tx: &mut Tx, ids: &[Uuid]) -> Result<()> {
    let lock = tx.dialect().for_update();
    if lock.is_empty() {
        return Ok(());
    }
    for (table, reference) in [("roster", "roster_id"), ("account", "account_id")] {
        let mut sql = Sql::new("SELECT r.id FROM ");
        sql.name(table).push(" r WHERE r.id IN (SELECT e.").push(reference).push(" FROM roster_entry e WHERE ");
        sql.push(LIVE).push(" AND e.id IN (").list(ids.iter().copied()).push(")) ORDER BY r.id").push(lock);
        tx.rows(sql).await?;
    }
    let mut sql = Sql::new("SELECT u.id FROM \"user\" u WHERE u.id IN (SELECT r.owner_id FROM roster_entry e ");
    sql.push("JOIN roster r ON r.id = e.roster_id WHERE ").push(LIVE).push(" AND e.id IN (");
    sql.list(ids.iter().copied()).push(")) ORDER BY u.id").push(lock);
    tx.rows(sql).await.map(drop)
}

/// All rosters in use that a person has in a role count together; one that nobody keeps counts alone.
async fn within(tx: &mut Tx, ids: &[Uuid]) -> Result<()> {
    let mut sql = Sql::new(
        "SELECT COALESCE(u.name, t.name), k.name, k.maximum, (SELECT COUNT(*) FROM roster_entry e JOIN roster r ON r.id = e.roster_id WHERE ",
    );
    sql.push(LIVE).push(" AND r.deleted_at IS NULL AND r.active AND r.role_id = t.role_id");
    sql.push(" AND (r.id = t.id OR r.owner_id = t.owner_id)) FROM roster t JOIN roster_role k ON k.id = t.role_id");
    sql.push(" LEFT JOIN \"user\" u ON u.id = t.owner_id WHERE t.active AND k.maximum IS NOT NULL AND t.id IN ");
    sql.push("(SELECT e.roster_id FROM roster_entry e WHERE ").push(LIVE);
    sql.push(" AND e.id IN (").list(ids.iter().copied()).push(")) ORDER BY t.seq");
    for row in tx.rows(sql).await? {
        let (who, role) = (row.text(0)?.unwrap_or_default(), row.text(1)?.unwrap_or_default());
        let (most, now) = (row.must_int(2)?, row.must_int(3)?);
        if now > most {
            let message = text!(
                "{who}在“{role}”岗位最多维护 {most} 户，加上这次就有 {now} 户了。请先移出客户，或加到别人的名单。",
                "{who} keeps at most {most} customers as {role}; with this there would be {now}. Take some off first, or choose another roster."
            );
            return Err(Error::invalid("roster", "roster_full", message));
        }
    }
    Ok(())
}

async fn once(tx: &mut Tx, ids: &[Uuid]) -> Result<()> {
    let mut sql = Sql::new("SELECT 1 FROM roster_entry e JOIN roster_entry o ON o.account_id = e.account_id WHERE ");
    sql.push(LIVE).push(" AND o.id <> e.id AND o.deleted_at IS NULL AND o.until IS NULL AND e.id IN (");
    sql.list(ids.iter().copied()).push(") LIMIT 1");
    match tx.row(sql).await? {
        None => Ok(()),
        Some(_) => Err(Error::invalid(
            "account",
            "on_a_roster",
            Text::new(
                "这个客户已经在一份名单里。请先在那份名单里填移出日期，再加进来。",
                "This customer is on a roster already. Enter there until when it was, then add it here.",
            ),
        )),
    }
}

#[cfg(test)]
mod tests;
