//! Who sees which disputes, and what of them.
//!
//! - Both sides see theirs, whoever decided one sees that, and so does whoever may see the customer.
//! - Who may not see the customer gets neither the record nor what the owner says about it: the claimant knows that it is there
//!   and whose it was, as 查重 tells everybody.

use std::collections::HashMap;

use zhike_db::{Sql, Tx, sql};
use zhike_model::Model;
use zhike_types::{Error, Result, Uuid, boxed};

use super::{
    DISPUTE_FILES_MOST, DUTY, Dispute, DisputeEnd, DisputeFile, DisputeParty, DisputeState, DisputedAccount, OBJECT,
    Statement, rules::Standing,
};
use crate::{
    Actor, Engine,
    access::{self, Need, Reach},
    load::{select_titles, shown_title},
};

/// Which disputes are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhichDisputes {
    /// All that the actor may see.
    #[default]
    All,
    /// Those that wait for the actor's ruling.
    ToDecide,
    /// Open ones about the actor's customers.
    ToAnswer,
    /// The actor's own claims.
    Claimed,
    /// Claims to what is or was the actor's.
    Held,
}

#[derive(Debug, Clone, Default)]
pub struct DisputeQuery {
    pub which: WhichDisputes,
    /// Only those about this customer; none where the actor may not see it.
    pub account: Option<Uuid>,
    /// Only open ones, or only ended ones.
    pub open: Option<bool>,
    /// Only those that ended then or later (ms since 1970).
    pub ended_since: Option<i64>,
    /// Only those before this number.
    pub before: Option<i64>,
    /// 1 to 200.
    pub limit: usize,
}

/// A page of disputes, the newest first.
#[derive(Debug, Clone)]
pub struct DisputePage {
    pub disputes: Vec<Dispute>,
    /// The `before` of the next page; none when this is the last.
    pub next: Option<i64>,
}

const LIMIT_MAX: usize = 200;

/// A row as it stands, and how the actor stands to its customer.
pub(super) struct Row {
    pub id: Uuid,
    pub number: String,
    pub account: Uuid,
    pub claimant: Uuid,
    pub holder: Option<Uuid>,
    pub holder_department: Option<Uuid>,
    pub state: DisputeState,
    pub end: Option<DisputeEnd>,
    /// The actor sees the customer.
    pub sees: bool,
    seq: i64,
    at: i64,
    asked: Option<String>,
    claimant_department: Option<Uuid>,
    first_contact_on: Option<i64>,
    evidence: String,
    answer: Option<(String, i64, Option<Uuid>)>,
    /// The owner of today.
    owner: Option<Uuid>,
    deleted: bool,
    changes: bool,
    rivals: bool,
}

const COLUMNS: &str = "SELECT d.id, d.number, d.account_id, d.claimant_id, d.holder_id, d.holder_department_id, d.state, d.ended_at, \
     d.ended_by, d.ender, d.reason, d.seq, d.at, d.asked, d.claimant_department_id, d.first_contact_on, d.evidence, d.answer, \
     d.answered_at, d.answered_by, a.owner_id, a.deleted_at, ";

impl Row {
    /// The dispute, if the actor may see it.
    #[boxed]
    pub async fn of(tx: &mut Tx, model: &Model, actor: &Actor, id: Uuid) -> Result<Option<Self>> {
        let mut sql = visible(model, actor)?;
        sql.push(" AND d.id = ").bind(id);
        tx.row(sql).await?.as_ref().map(Self::read).transpose()
    }

    fn read(row: &zhike_db::Row) -> Result<Self> {
        let end = match row.int(7)? {
            Some(at) => {
                Some(DisputeEnd { at, by: row.text(9)?.unwrap_or_default(), by_id: row.id(8)?, reason: row.text(10)? })
            }
            None => None,
        };
        let answer = match (row.text(17)?, row.int(18)?) {
            (Some(text), Some(at)) => Some((text, at, row.id(19)?)),
            _ => None,
        };
        Ok(Self {
            id: row.must_id(0)?,
            number: row.must_text(1)?,
            account: row.must_id(2)?,
            claimant: row.must_id(3)?,
            holder: row.id(4)?,
            holder_department: row.id(5)?,
            state: DisputeState::of(&row.must_text(6)?),
            end,
            seq: row.must_int(11)?,
            at: row.must_int(12)?,
            asked: row.text(13)?,
            claimant_department: row.id(14)?,
            first_contact_on: row.int(15)?,
            evidence: row.must_text(16)?,
            answer,
            owner: row.id(20)?,
            deleted: row.int(21)?.is_some(),
            sees: row.must_int(22)? == 1,
            changes: row.must_int(23)? == 1,
            rivals: row.must_int(24)? == 1,
        })
    }

    pub fn standing(&self, actor: &Actor) -> Standing {
        let me = |id: Option<Uuid>| id.is_some() && id == actor.user_id;
        Standing {
            open: self.state == DisputeState::Open,
            claims: me(Some(self.claimant)),
            rivals: self.rivals,
            holds: me(self.owner),
            held: me(self.holder),
            duty: actor.rights.may(DUTY),
            changes: self.changes && !self.deleted,
        }
    }
}

/// The disputes that the actor may see, joined with their customers; conditions follow with `AND`.
fn visible(model: &Model, actor: &Actor) -> Result<Sql> {
    let object = model.object(OBJECT).ok_or(Error::NotFound)?;
    let mut sql = Sql::new(COLUMNS);
    for need in [Need::Read, Need::Change] {
        sql.push("CAST(CASE WHEN a.id IS NOT NULL AND ");
        access::predicate(model, object, actor, need, "a", &mut sql);
        sql.push(" THEN 1 ELSE 0 END AS BIGINT), ");
    }
    sql.push("CAST(CASE WHEN ");
    rivals(actor, &mut sql);
    sql.push(" THEN 1 ELSE 0 END AS BIGINT) FROM dispute d LEFT JOIN ")
        .name(&object.name)
        .push(" a ON a.id = d.account_id WHERE (");
    if let Some(me) = actor.user_id {
        sql.push("d.claimant_id = ").bind(me).push(" OR d.holder_id = ").bind(me);
        sql.push(" OR d.ended_by = ").bind(me).push(" OR ");
    }
    // of a customer that is no more, whoever sees all of them still sees that it was disputed
    if access::reach(object, actor, Need::Read) == Reach::All {
        sql.push("1 = 1)");
    } else {
        sql.push("(a.id IS NOT NULL AND ");
        access::predicate(model, object, actor, Need::Read, "a", &mut sql);
        sql.push("))");
    }
    Ok(sql)
}

/// The condition that the actor has an open claim of its own to the customer.
fn rivals(actor: &Actor, sql: &mut Sql) {
    sql.push("EXISTS (SELECT 1 FROM dispute o WHERE o.account_id = d.account_id AND o.id <> d.id AND o.state = 'open' AND o.claimant_id = ");
    sql.bind(actor.user_id.unwrap_or(Uuid::nil())).push(")");
}

impl Engine {
    /// One dispute.
    #[boxed]
    pub async fn dispute(&self, actor: &Actor, id: Uuid) -> Result<Dispute> {
        let model = self.model();
        access::object_for(&model, actor, OBJECT)?;
        let mut tx = self.0.db.read().await?;
        let row = Row::of(&mut tx, &model, actor, id).await?.ok_or(Error::NotFound)?;
        told(&mut tx, &model, actor, vec![row], true).await?.pop().ok_or(Error::NotFound)
    }

    /// Disputes that the actor may see, the newest first; files are with single ones only.
    #[boxed]
    pub async fn disputes(&self, actor: &Actor, query: &DisputeQuery) -> Result<DisputePage> {
        let model = self.model();
        let object = access::object_for(&model, actor, OBJECT)?;
        let mut sql = visible(&model, actor)?;
        which(&model, actor, object, query.which, &mut sql);
        if let Some(account) = query.account {
            sql.push(" AND a.id = ").bind(account).push(" AND ");
            access::predicate(&model, object, actor, Need::Read, "a", &mut sql);
        }
        match query.open {
            Some(true) => sql.push(" AND d.state = 'open'"),
            Some(false) => sql.push(" AND d.state <> 'open'"),
            None => &mut sql,
        };
        if let Some(since) = query.ended_since {
            sql.push(" AND d.ended_at >= ").bind(since);
        }
        if let Some(before) = query.before {
            sql.push(" AND d.seq < ").bind(before);
        }
        let limit = query.limit.clamp(1, LIMIT_MAX);
        sql.push(" ORDER BY d.seq DESC LIMIT ").bind(limit as i64 + 1);
        let mut tx = self.0.db.read().await?;
        let mut rows = tx.rows(sql).await?.iter().map(Row::read).collect::<Result<Vec<_>>>()?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| row.seq);
        Ok(DisputePage { disputes: told(&mut tx, &model, actor, rows, false).await?, next })
    }
}

fn which(model: &Model, actor: &Actor, object: &zhike_model::Object, which: WhichDisputes, sql: &mut Sql) {
    let nobody = Uuid::nil();
    let me = actor.user_id.unwrap_or(nobody);
    match which {
        WhichDisputes::All => {}
        WhichDisputes::ToDecide if !actor.rights.may(DUTY) => {
            sql.push(" AND 1 = 0");
        }
        WhichDisputes::ToDecide => {
            sql.push(" AND d.state = 'open' AND a.deleted_at IS NULL AND d.claimant_id <> ").bind(me);
            sql.push(" AND (d.holder_id IS NULL OR d.holder_id <> ").bind(me);
            sql.push(") AND (a.owner_id IS NULL OR a.owner_id <> ").bind(me).push(") AND a.id IS NOT NULL AND ");
            access::predicate(model, object, actor, Need::Change, "a", sql);
            sql.push(" AND NOT ");
            rivals(actor, sql);
        }
        WhichDisputes::ToAnswer => {
            sql.push(" AND d.state = 'open' AND a.deleted_at IS NULL AND d.answered_at IS NULL AND a.owner_id = ")
                .bind(me);
            sql.push(" AND d.claimant_id <> ").bind(me);
        }
        WhichDisputes::Claimed => {
            sql.push(" AND d.claimant_id = ").bind(me);
        }
        WhichDisputes::Held => {
            sql.push(" AND (d.holder_id = ").bind(me).push(" OR a.owner_id = ").bind(me);
            sql.push(") AND d.claimant_id <> ").bind(me);
        }
    }
}

/// Rows as the actor may see them.
async fn told(tx: &mut Tx, model: &Model, actor: &Actor, rows: Vec<Row>, files: bool) -> Result<Vec<Dispute>> {
    let (mut users, mut departments) = (Vec::new(), Vec::new());
    for row in &rows {
        let answered = row.answer.as_ref().and_then(|(.., by)| *by);
        users.extend([Some(row.claimant), row.holder, answered].into_iter().flatten());
        departments.extend([row.claimant_department, row.holder_department].into_iter().flatten());
    }
    let users = named(tx, model, "user", users).await?;
    let departments = named(tx, model, "department", departments).await?;
    let titles = titles(tx, model, actor, &rows).await?;
    let mut disputes = Vec::with_capacity(rows.len());
    for row in rows {
        let standing = row.standing(actor);
        let party = |id: Uuid, department: Option<Uuid>| DisputeParty {
            id,
            name: users.get(&id).cloned().unwrap_or_default(),
            department: department.and_then(|id| departments.get(&id).cloned()),
            me: Some(id) == actor.user_id,
        };
        let answer = row.answer.as_ref().filter(|_| row.sees).map(|(text, at, by)| Statement {
            text: text.clone(),
            at: *at,
            by: by.and_then(|by| users.get(&by).cloned()).unwrap_or_default(),
        });
        disputes.push(Dispute {
            files: if files { files_of(tx, model, actor, &row).await? } else { Vec::new() },
            claimant: party(row.claimant, row.claimant_department),
            holder: row.holder.map(|id| party(id, row.holder_department)),
            account: row.sees.then(|| DisputedAccount {
                id: row.account,
                title: titles.get(&row.account).cloned().unwrap_or_default(),
                owner: row.owner,
                deleted: row.deleted,
            }),
            answer,
            may_decide: standing.may_decide(),
            may_withdraw: standing.may_withdraw(),
            may_answer: standing.may_answer() && !row.deleted,
            may_add_files: standing.may_add_files(),
            id: row.id,
            seq: row.seq,
            number: row.number,
            at: row.at,
            state: row.state,
            asked: row.asked,
            first_contact_on: row.first_contact_on,
            evidence: row.evidence,
            end: row.end,
        });
    }
    Ok(disputes)
}

/// What these records are called; of users and departments that much is no secret to who asks whose a customer is.
async fn named(tx: &mut Tx, model: &Model, object: &str, ids: Vec<Uuid>) -> Result<HashMap<Uuid, String>> {
    let (Some(object), false) = (model.object(object), ids.is_empty()) else { return Ok(HashMap::new()) };
    let mut sql = Sql::new("SELECT t.id, ");
    sql.column("t", &object.title_field().column()).push(" FROM ").name(&object.name);
    sql.push(" t WHERE t.id IN (").list(ids).push(")");
    tx.rows(sql).await?.iter().map(|row| Ok((row.must_id(0)?, row.text(1)?.unwrap_or_default()))).collect()
}

async fn titles(tx: &mut Tx, model: &Model, actor: &Actor, rows: &[Row]) -> Result<HashMap<Uuid, String>> {
    let seen: Vec<Uuid> = rows.iter().filter(|row| row.sees).map(|row| row.account).collect();
    let Some(object) = model.object(OBJECT).filter(|_| !seen.is_empty()) else { return Ok(HashMap::new()) };
    let mut titles = HashMap::new();
    for row in tx.rows(select_titles(model, actor, object, &seen)).await? {
        let title = row.text(1)?.and_then(|text| shown_title(model, actor, object, text)).unwrap_or_default();
        titles.insert(row.must_id(0)?, title);
    }
    Ok(titles)
}

/// What the claimant brought forward; what others did, for who sees the customer and for themselves.
async fn files_of(tx: &mut Tx, model: &Model, actor: &Actor, row: &Row) -> Result<Vec<DisputeFile>> {
    let rows = tx
        .rows(sql!(
            "SELECT number, name, media_type, size, at, user_id FROM dispute_file WHERE dispute_id = $1 ORDER BY number LIMIT $2",
            row.id,
            DISPUTE_FILES_MOST as i64
        ))
        .await?;
    let by = rows.iter().map(|file| file.must_id(5)).collect::<Result<Vec<Uuid>>>()?;
    let names = named(tx, model, "user", by).await?;
    let mut files = Vec::new();
    for file in rows {
        let by = file.must_id(5)?;
        if !(row.sees || by == row.claimant || Some(by) == actor.user_id) {
            continue;
        }
        files.push(DisputeFile {
            number: file.must_int(0)?,
            name: file.must_text(1)?,
            media_type: file.must_text(2)?,
            size: file.must_int(3)?,
            at: file.must_int(4)?,
            by: names.get(&by).cloned().unwrap_or_default(),
        });
    }
    Ok(files)
}
