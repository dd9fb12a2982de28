//! Processes: what takes approval and who signs. Each saved version is a row that stays; the latest of a process is the one asked.

use serde::Serialize;
use serde_json::{Map, json};
use zhike_db::{Dialect, Row, Sql, Tx, sql};
use zhike_model::{ApprovalRule, ApprovalWho, Model};
use zhike_types::{Error, FieldError, Result, Text, Uuid, boxed};

use super::{DUTY, people};
use crate::{
    Actor, Engine, Source,
    audit::{self, Deed},
    people::needs_duty,
};

/// A process, in one of its versions.
#[derive(Debug, Clone, Serialize)]
pub struct ApprovalProcess {
    pub id: Uuid,
    /// From 1.
    pub version: i64,
    pub name: Text,
    pub object: String,
    /// Whether writes are asked about.
    pub active: bool,
    pub rule: ApprovalRule,
    /// It came with a pack.
    pub seeded: bool,
    /// When this version was saved (ms since 1970), and by whom.
    pub at: i64,
    pub actor: String,
}

/// A process as somebody wants it.
#[derive(Debug, Clone)]
pub struct ApprovalProcessInput {
    pub name: Text,
    pub object: String,
    pub active: bool,
    pub rule: ApprovalRule,
}

const COLUMNS: &str = "SELECT id, version, name_zh, name_en, object, active, rule, seed, at, actor FROM approval_process WHERE latest = $1";
const NAME_MOST: usize = 60;

impl ApprovalProcess {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.must_id(0)?,
            version: row.must_int(1)?,
            name: Text::new(row.must_text(2)?, row.must_text(3)?),
            object: row.must_text(4)?,
            active: row.bool(5)?.unwrap_or(false),
            rule: serde_json::from_str(&row.must_text(6)?).map_err(Error::internal)?,
            seeded: row.text(7)?.is_some(),
            at: row.must_int(8)?,
            actor: row.must_text(9)?,
        })
    }
}

/// The processes that writes of an object are asked about, the oldest first.
pub(super) async fn active_of(tx: &mut Tx, object: &str) -> Result<Vec<ApprovalProcess>> {
    let mut sql = sql!(COLUMNS, true);
    sql.push(" AND object = ").bind(object).push(" AND active = ").bind(true).push(" ORDER BY id");
    tx.rows(sql).await?.iter().map(ApprovalProcess::read).collect()
}

impl Engine {
    /// All processes, in use or not.
    ///
    /// # Errors
    /// `Forbidden` without the duty `approval`.
    #[boxed]
    pub async fn approval_processes(&self, actor: &Actor) -> Result<Vec<ApprovalProcess>> {
        needs_duty(actor, DUTY)?;
        let mut sql = sql!(COLUMNS, true);
        sql.push(" ORDER BY object, id");
        self.0.db.read().await?.rows(sql).await?.iter().map(ApprovalProcess::read).collect()
    }

    /// One of them, in its latest version.
    #[boxed]
    pub async fn approval_process(&self, actor: &Actor, id: Uuid) -> Result<ApprovalProcess> {
        needs_duty(actor, DUTY)?;
        let mut sql = sql!(COLUMNS, true);
        sql.push(" AND id = ").bind(id);
        let row = self.0.db.read().await?.row(sql).await?.ok_or(Error::NotFound)?;
        ApprovalProcess::read(&row)
    }

    /// Makes a process, or its next version. `seen`: the version that the actor changes; none overwrites whatever is there.
    ///
    /// # Errors
    /// `Invalid` with the places of all that is wrong; `Stale` when somebody saved another version meanwhile.
    #[boxed]
    pub async fn save_approval_process(
        &self,
        actor: &Actor,
        id: Option<Uuid>,
        seen: Option<i64>,
        mut input: ApprovalProcessInput,
    ) -> Result<ApprovalProcess> {
        needs_duty(actor, DUTY)?;
        let model = self.model();
        let mut tx = self.0.db.begin().await?;
        tidy(&mut input);
        let errors = check(&mut tx, &model, &input).await?;
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        let (id, version, seed) = match id {
            None => (self.0.ids.next(), 1, None),
            Some(id) => {
                let mut sql = Sql::new("SELECT version, seed, object FROM approval_process WHERE id = ");
                sql.bind(id).push(" AND latest = ").bind(true).push(tx.dialect().for_update());
                let row = tx.row(sql).await?.ok_or(Error::NotFound)?;
                let current = row.must_int(0)?;
                if seen.is_some_and(|seen| seen != current) {
                    return Err(Error::Stale { current });
                }
                if row.must_text(2)? != input.object {
                    let message =
                        Text::new("对象不能改，请新建一个流程。", "The object cannot change; make another process.");
                    return Err(Error::invalid("object", "read_only", message));
                }
                (id, current + 1, row.text(1)?)
            }
        };
        tx.run(sql!("UPDATE approval_process SET latest = $1 WHERE id = $2", false, id)).await?;
        insert(&mut tx, id, version, seed.as_deref(), &input, actor, self.now()).await?;
        let body = json!({ "name": input.name.zh, "active": input.active, "body": serde_json::to_string(&input.rule).map_err(Error::internal)? });
        let after = body.as_object().cloned().unwrap_or_default();
        let deed =
            Deed { record_id: Some(id), after: Some(after), ..Deed::about("approval-process", "approval_process") };
        audit::record(&mut tx, actor, self.now(), vec![deed]).await?;
        tx.commit().await?;
        self.written();
        self.approval_process(actor, id).await
    }

    /// Offers the processes of the packs, each once, switched on or off as the pack says.
    pub(crate) async fn offer_approvals(&self, model: &Model) -> Result<()> {
        let seeds = seeds(model);
        if seeds.is_empty() {
            return Ok(());
        }
        let known = offered(&mut self.0.db.read().await?).await?;
        if seeds.iter().all(|(at, _)| known.contains(at)) {
            return Ok(());
        }
        let mut tx = self.0.db.begin().await?;
        if tx.dialect() == Dialect::Postgres {
            // two processes that start at once offer them once
            tx.run(Sql::new("LOCK TABLE meta IN EXCLUSIVE MODE")).await?;
        }
        let known = offered(&mut tx).await?;
        let system = Actor::system(Source::System);
        for (at, input) in seeds {
            if !known.contains(&at) {
                insert(&mut tx, self.0.ids.next(), 1, Some(&at), &input, &system, self.now()).await?;
            }
        }
        tx.commit().await
    }
}

/// What the packs bring, each by its place: `quote/large`.
fn seeds(model: &Model) -> Vec<(String, ApprovalProcessInput)> {
    let mut all = Vec::new();
    for object in model.objects() {
        for seed in &object.approvals {
            let (name, rule) = (seed.label.clone(), seed.rule.clone());
            let input = ApprovalProcessInput { name, object: object.name.clone(), active: seed.active, rule };
            all.push((format!("{}/{}", object.name, seed.key), input));
        }
    }
    all
}

async fn offered(tx: &mut Tx) -> Result<Vec<String>> {
    let rows = tx.rows(sql!("SELECT DISTINCT seed FROM approval_process WHERE seed IS NOT NULL")).await?;
    rows.iter().map(|row| row.must_text(0)).collect()
}

async fn insert(
    tx: &mut Tx,
    id: Uuid,
    version: i64,
    seed: Option<&str>,
    input: &ApprovalProcessInput,
    actor: &Actor,
    now: i64,
) -> Result<()> {
    let rule = serde_json::to_string(&input.rule).map_err(Error::internal)?;
    tx.run(sql!(
        "INSERT INTO approval_process (id, version, latest, seed, object, name_zh, name_en, active, rule, at, actor_id, actor) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        id,
        version,
        true,
        seed,
        input.object.as_str(),
        input.name.zh.as_ref(),
        input.name.en.as_ref(),
        input.active,
        rule,
        now,
        actor.user_id,
        &*actor.name
    ))
    .await
    .map(drop)
}

fn tidy(input: &mut ApprovalProcessInput) {
    let zh = zhike_text::tidy(&input.name.zh);
    let en = zhike_text::tidy(&input.name.en);
    let en = if en.is_empty() { zh.clone() } else { en };
    input.name = Text::new(if zh.is_empty() { en.clone() } else { zh }, en);
    let rule = &mut input.rule;
    rule.condition = rule.condition.trim().to_owned();
    for step in &mut rule.steps {
        step.name = zhike_text::tidy(&step.name);
        step.skip = step.skip.trim().to_owned();
    }
}

async fn check(tx: &mut Tx, model: &Model, input: &ApprovalProcessInput) -> Result<Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, code, message| errors.push(FieldError { field: field.to_owned(), code, message });
    match input.name.zh.chars().count() {
        0 => wrong("name", "required", Text::new("请填写流程名称。", "Give the process a name.")),
        1..=NAME_MOST => {}
        _ => wrong("name", "too_long", Text::new("最多 60 字。", "60 characters at most.")),
    }
    let Some(object) = model.object(&input.object) else {
        wrong("object", "unknown", Text::new("请选择对象。", "Choose an object."));
        return Ok(errors);
    };
    errors.extend(input.rule.problems(model, object));
    for (i, step) in input.rule.steps.iter().enumerate() {
        let wrong = match &step.who {
            ApprovalWho::Users { users } => {
                let known = people::active(tx, users).await?;
                let gone = users.iter().any(|id| known.iter().all(|(known, _)| known != id));
                gone.then(|| {
                    Text::new("有人已停用或不存在，请重新选择。", "Somebody is not active any more; choose again.")
                })
            }
            ApprovalWho::Role { role } if !step.optional && !role.trim().is_empty() => {
                let known = tx.row(sql!("SELECT 1 FROM role WHERE name = $1", role.as_str())).await?.is_some();
                (!known).then(|| Text::new("没有这个角色，请重新选择。", "There is no such role; choose again."))
            }
            _ => None,
        };
        errors.extend(wrong.map(|message| FieldError { field: format!("steps.{i}.who"), code: "unknown", message }));
    }
    Ok(errors)
}

/// What an audit row of a request tells. No object has fields of these names.
pub(super) fn told(id: Uuid, number: &str, state: &str) -> Map<String, serde_json::Value> {
    let facts = [("approval", json!(id)), ("approval_number", json!(number)), ("approval_state", json!(state))];
    facts.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}
