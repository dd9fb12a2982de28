//! Who signs: found when a step is reached, so that it is who has the place today. Whoever asks never signs for themselves; where
//! that leaves nobody, those sign who have the duty `approval`.

use zhike_db::{Row, Sql, Tx, sql};
use zhike_model::ApprovalWho;
use zhike_types::{Error, Result, Text, Uuid};

use super::DUTY;
use crate::Rights;

/// Somebody and their name.
pub(super) type Person = (Uuid, String);

/// Whose request it is about what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker {
    pub submitter: Uuid,
    pub department: Option<Uuid>,
    /// The record's owner.
    pub owner: Option<Uuid>,
}

/// The people of a step; empty where it may be left out.
pub(super) async fn of_step(tx: &mut Tx, who: &ApprovalWho, optional: bool, asker: Asker) -> Result<Vec<Person>> {
    let mut people = named(tx, who, asker).await?;
    people.retain(|(id, _)| *id != asker.submitter);
    if !people.is_empty() || optional {
        return Ok(people);
    }
    let mut people = keepers(tx).await?;
    people.retain(|(id, _)| *id != asker.submitter);
    if people.is_empty() {
        return Err(Error::Conflict(Text::new(
            "没有人可以审批这一步。请管理员检查审批流程和部门负责人。",
            "There is nobody to sign this step. Ask your administrator to look at the process and at the departments' managers.",
        )));
    }
    Ok(people)
}

async fn named(tx: &mut Tx, who: &ApprovalWho, asker: Asker) -> Result<Vec<Person>> {
    match who {
        ApprovalWho::Users { users } => {
            let found = active(tx, users).await?;
            // in the order of the process
            Ok(users.iter().filter_map(|id| found.iter().find(|(known, _)| known == id).cloned()).collect())
        }
        ApprovalWho::Role { role } => with_roles(tx, std::slice::from_ref(role)).await,
        ApprovalWho::Manager { level } => {
            let chain = managers(tx, asker).await?;
            let at = usize::try_from(*level - 1).unwrap_or(0).min(chain.len().saturating_sub(1));
            Ok(chain.into_iter().nth(at).into_iter().collect())
        }
        ApprovalWho::Owner => active(tx, asker.owner.as_slice()).await,
    }
}

/// The managers above somebody, the nearest first, each once.
pub(super) async fn managers(tx: &mut Tx, asker: Asker) -> Result<Vec<Person>> {
    let mut chain: Vec<Person> = Vec::new();
    let mut at = asker.department;
    for _ in 0..32 {
        let Some(department) = at else { break };
        let row = tx
            .row(sql!("SELECT manager_id, parent_id FROM department WHERE id = $1 AND deleted_at IS NULL", department))
            .await?;
        let Some(row) = row else { break };
        if let Some(manager) =
            row.id(0)?.filter(|id| *id != asker.submitter && chain.iter().all(|(known, _)| known != id))
        {
            chain.extend(active(tx, &[manager]).await?);
        }
        at = row.id(1)?;
    }
    Ok(chain)
}

/// Those of the users who can sign in.
pub(super) async fn active(tx: &mut Tx, users: &[Uuid]) -> Result<Vec<Person>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT id, name FROM \"user\" WHERE deleted_at IS NULL AND (active IS NULL OR active = ");
    sql.bind(true).push(") AND id IN (").list(users.iter().copied()).push(")");
    tx.rows(sql).await?.iter().map(person).collect()
}

fn person(row: &Row) -> Result<Person> {
    Ok((row.must_id(0)?, row.text(1)?.unwrap_or_default()))
}

async fn with_roles(tx: &mut Tx, roles: &[String]) -> Result<Vec<Person>> {
    let mut sql = Sql::new(
        "SELECT u.id, u.name FROM \"user\" u WHERE u.deleted_at IS NULL AND u.id IN (SELECT l.user_id FROM user_role l JOIN role r ON r.id = l.role_id WHERE r.name",
    );
    sql.push(" IN (").list(roles.iter().map(String::as_str)).push(")) AND (u.active IS NULL OR u.active = ");
    sql.bind(true).push(") ORDER BY u.seq");
    tx.rows(sql).await?.iter().map(person).collect()
}

/// Who has the duty.
async fn keepers(tx: &mut Tx) -> Result<Vec<Person>> {
    let mut roles = Vec::new();
    for row in tx.rows(sql!("SELECT name, rights FROM role")).await? {
        let rights: Rights = serde_json::from_str(&row.must_text(1)?).map_err(Error::internal)?;
        if rights.may(DUTY) {
            roles.push(row.must_text(0)?);
        }
    }
    if roles.is_empty() { Ok(Vec::new()) } else { with_roles(tx, &roles).await }
}
