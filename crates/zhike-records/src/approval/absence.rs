//! 代理: who signs for somebody that is away, from when to when. Both names stand with what was signed.

use serde::Serialize;
use zhike_db::{Row, Sql, Tx, sql};
use zhike_types::{Error, Result, Text, Uuid, boxed};

use super::people::{self, Person};
use crate::{
    Actor, Engine,
    audit::{self, Deed},
    idempotency,
};

/// Somebody away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApprovalAbsence {
    pub id: Uuid,
    pub user: Uuid,
    pub deputy: Uuid,
    pub deputy_name: String,
    /// Milliseconds since 1970; the end is not part of it.
    pub from: i64,
    pub to: i64,
}

/// The longest, in milliseconds: a year.
const LONGEST: i64 = 366 * 24 * 60 * 60 * 1000;

impl Engine {
    /// The actor's own, those that are over left out.
    #[boxed]
    pub async fn approval_absences(&self, actor: &Actor) -> Result<Vec<ApprovalAbsence>> {
        let Some(me) = actor.user_id else { return Ok(Vec::new()) };
        let rows = self
            .0
            .db
            .read()
            .await?
            .rows(sql!(
                "SELECT a.id, a.user_id, a.deputy_id, u.name, a.from_at, a.to_at FROM approval_absence a JOIN \"user\" u ON u.id = a.deputy_id \
                 WHERE a.user_id = $1 AND a.ended_at IS NULL AND a.to_at > $2 ORDER BY a.from_at",
                me,
                self.now()
            ))
            .await?;
        rows.iter().map(read).collect()
    }

    /// Names who signs for the actor while it is away.
    ///
    /// # Errors
    /// `Invalid` for a deputy who is not active or the actor itself, a time that is over or too long, and one that overlaps another.
    #[boxed]
    pub async fn add_approval_absence(
        &self,
        actor: &Actor,
        deputy: Uuid,
        from: i64,
        to: i64,
    ) -> Result<ApprovalAbsence> {
        let me = actor.user_id.ok_or(Error::NotFound)?;
        let now = self.now();
        if to <= from || to <= now || to - from > LONGEST {
            let message = Text::new(
                "结束要晚于开始和现在，最长一年。",
                "It must end after it begins and after now, within a year.",
            );
            return Err(Error::invalid("to", "invalid", message));
        }
        let mut tx = self.0.db.begin().await?;
        let id = self.0.ids.next();
        idempotency::mark(&mut tx, actor, "approval_absence", Some(id)).await?;
        if deputy == me || people::active(&mut tx, &[deputy]).await?.is_empty() {
            let message = Text::new("请选择一位在职的同事。", "Choose a colleague who is active.");
            return Err(Error::invalid("deputy", "invalid", message));
        }
        // two of one person are made one after the other
        let mut hold = Sql::new("SELECT 1 FROM \"user\" WHERE id = ");
        hold.bind(me).push(tx.dialect().for_update());
        tx.row(hold).await?;
        let other = sql!(
            "SELECT 1 FROM approval_absence WHERE user_id = $1 AND ended_at IS NULL AND from_at < $2 AND to_at > $3 LIMIT 1",
            me,
            to,
            from
        );
        if tx.row(other).await?.is_some() {
            let message = Text::new(
                "这段时间已经有代理人，请先取消那一条。",
                "Somebody signs for you then already; end that first.",
            );
            return Err(Error::invalid("from", "overlap", message));
        }
        tx.run(sql!(
            "INSERT INTO approval_absence (id, user_id, deputy_id, from_at, to_at, at) VALUES ($1, $2, $3, $4, $5, $6)",
            id,
            me,
            deputy,
            from,
            to,
            now
        ))
        .await?;
        note(&mut tx, actor, "approval-absence", deputy, now).await?;
        tx.commit().await?;
        self.written();
        self.approval_absences(actor).await?.into_iter().find(|one| one.id == id).ok_or(Error::NotFound)
    }

    /// Ends one of the actor's own.
    #[boxed]
    pub async fn end_approval_absence(&self, actor: &Actor, id: Uuid) -> Result<()> {
        let me = actor.user_id.ok_or(Error::NotFound)?;
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        let row = tx
            .row(sql!(
                "SELECT deputy_id FROM approval_absence WHERE id = $1 AND user_id = $2 AND ended_at IS NULL",
                id,
                me
            ))
            .await?
            .ok_or(Error::NotFound)?;
        tx.run(sql!("UPDATE approval_absence SET ended_at = $1 WHERE id = $2", now, id)).await?;
        note(&mut tx, actor, "approval-absence-ended", row.must_id(0)?, now).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }
}

async fn note(tx: &mut Tx, actor: &Actor, action: &'static str, deputy: Uuid, now: i64) -> Result<()> {
    let after = serde_json::Map::from_iter([("deputy".to_owned(), serde_json::json!(deputy))]);
    let deed = Deed { record_id: actor.user_id, after: Some(after), ..Deed::about(action, "user") };
    audit::record(tx, actor, now, vec![deed]).await
}

fn read(row: &Row) -> Result<ApprovalAbsence> {
    Ok(ApprovalAbsence {
        id: row.must_id(0)?,
        user: row.must_id(1)?,
        deputy: row.must_id(2)?,
        deputy_name: row.text(3)?.unwrap_or_default(),
        from: row.must_int(4)?,
        to: row.must_int(5)?,
    })
}

/// Who signs now for each of these, and what that one is called.
pub(super) async fn deputies(tx: &mut Tx, users: &[Uuid], now: i64) -> Result<Vec<(Uuid, Person)>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(
        "SELECT a.user_id, a.deputy_id, u.name FROM approval_absence a JOIN \"user\" u ON u.id = a.deputy_id WHERE a.ended_at IS NULL AND a.from_at <= ",
    );
    sql.bind(now).push(" AND a.to_at > ").bind(now).push(" AND a.user_id IN (").list(users.iter().copied()).push(")");
    let rows = tx.rows(sql).await?;
    rows.iter().map(|row| Ok((row.must_id(0)?, (row.must_id(1)?, row.text(2)?.unwrap_or_default())))).collect()
}

/// Over `alias`: the seat is the actor's, or somebody's who is away and whom it signs for.
pub(super) fn seat_of(me: Uuid, now: i64, alias: &str, sql: &mut Sql) {
    sql.push("(").column(alias, "user_id").push(" = ").bind(me).push(" OR ").column(alias, "user_id");
    sql.push(" IN (SELECT user_id FROM approval_absence WHERE deputy_id = ").bind(me);
    sql.push(" AND ended_at IS NULL AND from_at <= ").bind(now).push(" AND to_at > ").bind(now).push("))");
}
