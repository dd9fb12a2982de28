//! Records go to people by the rules.

use std::{collections::HashMap, sync::Arc};

use zhike_db::{Dialect, Sql, Tx, sql};
use zhike_model::{Model, Object, Role};
use zhike_types::{Lang, Result, Text, Uuid, Value, boxed};

use super::{
    RULE,
    rules::{self, Member, Way},
};
use crate::{
    Actor, DataScope, Engine, Input, Selection, Source,
    access::{self, Need, Reach},
    convert, draft,
    input::Given,
    load::{Columns, Stored},
    merge,
    pool::{Holder, MoveKind, Turn},
};

/// Records a statement, and a transaction of what is given by hand.
const AT_ONCE: usize = 500;

/// What went to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenByRule {
    pub record: Uuid,
    pub title: String,
    pub rule: String,
    pub user: Uuid,
    pub user_name: String,
}

/// What became of the chosen.
#[derive(Debug, Clone, Default)]
pub struct RuleOutcome {
    pub given: Vec<GivenByRule>,
    /// No rule holds, or nobody is free: they stay whose they are.
    pub left: Vec<(Uuid, String)>,
    /// The actor may not give them.
    pub refused: usize,
}

/// A rule in use.
struct Rule {
    id: Uuid,
    name: String,
    condition: String,
    way: Way,
    open: String,
    turn: i64,
    list: Option<Vec<Member>>,
    moved: bool,
}

impl Engine {
    /// Whether there is a rule for records of the object.
    pub async fn has_assignment_rules(&self, object: &str) -> Result<bool> {
        if self.model().object(RULE).is_none() {
            return Ok(false);
        }
        let mut sql = Sql::new("SELECT 1 FROM assignment_rule WHERE deleted_at IS NULL AND active = ");
        sql.bind(true).push(" AND object = ").bind(object).push(" LIMIT 1");
        Ok(self.0.db.read().await?.row(sql).await?.is_some())
    }

    /// New records for which nobody was named go where the rules say.
    #[boxed]
    pub(crate) async fn assign_new(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        ids: &[Uuid],
    ) -> Result<()> {
        let mut rules = rules_of(tx, model, object).await?;
        if rules.is_empty() || ids.is_empty() {
            return Ok(());
        }
        let lang = actor.lang;
        let actor = Actor { lang, ..Actor::system(actor.source) };
        for piece in ids.chunks(AT_ONCE) {
            let records = self.held(tx, model, &actor, object, piece).await?;
            self.give_by_rules(tx, model, &actor, object, &mut rules, records).await?;
        }
        keep_turns(tx, &rules, self.now()).await
    }

    /// Chosen records go where the rules say, whose they may be; `dry` only tells.
    ///
    /// # Errors
    /// `Invalid` when there is no rule in use.
    #[boxed]
    pub async fn assign_by_rules(
        &self,
        actor: &Actor,
        object: &str,
        selection: &Selection,
        dry: bool,
    ) -> Result<RuleOutcome> {
        let model = self.model();
        let object = access::object_for(&model, actor, object)?;
        let owner = object.role_index(Role::Owner).map(|i| &object.fields[i]);
        if let Some(error) = owner.and_then(|field| draft::refused(actor, object, field)) {
            return Err(zhike_types::Error::Invalid(vec![error]));
        }
        if !self.has_assignment_rules(&object.name).await? {
            let message = Text::new(
                "还没有启用的分配规则。请管理员在「分配规则」里设置。",
                "No assignment rule is in use. Ask your administrator to set one up.",
            );
            return Err(zhike_types::Error::invalid("rules", "required", message));
        }
        let ids = self.selected(actor, &object.name, selection).await?;
        let mut outcome = RuleOutcome::default();
        let mut tx = self.0.db.begin().await?;
        merge::beside(&mut tx).await?;
        // records are held before rules, as where they come in
        let mut pieces = Vec::new();
        for piece in ids.chunks(AT_ONCE) {
            let records = self.held(&mut tx, &model, actor, object, piece).await?;
            outcome.refused += piece.len() - records.len();
            pieces.push(records);
        }
        let mut rules = rules_of(&mut tx, &model, object).await?;
        for records in pieces {
            let titles: HashMap<Uuid, String> = records.iter().map(|one| (one.id, title(object, one))).collect();
            let given = self.give_by_rules(&mut tx, &model, actor, object, &mut rules, records).await?;
            let left = titles.iter().filter(|(id, _)| given.iter().all(|one| one.record != **id));
            outcome.left.extend(left.map(|(id, title)| (*id, title.clone())));
            outcome.given.extend(given);
        }
        outcome.left.sort();
        if !dry {
            keep_turns(&mut tx, &rules, self.now()).await?;
            tx.commit().await?;
            self.written();
        }
        Ok(outcome)
    }

    /// The records that the actor may give away, in the order given; held until the transaction ends.
    async fn held(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        ids: &[Uuid],
    ) -> Result<Vec<Stored>> {
        let columns = Columns::all(object);
        let mut sql = Sql::new("SELECT ");
        columns.select(model, actor, "t", &mut sql);
        sql.push(" FROM ").name(&object.name).push(" t WHERE t.deleted_at IS NULL AND t.id IN (").padded(ids);
        sql.push(") AND ");
        access::predicate(model, object, actor, Need::Change, "t", &mut sql);
        sql.push(" ORDER BY t.seq").push(tx.dialect().for_update());
        let rows = tx.rows(sql).await?;
        let mut records = rows.iter().map(|row| columns.read(row)).collect::<Result<Vec<Stored>>>()?;
        records.retain(|one| !convert::is_converted(object, &one.values));
        Ok(records)
    }

    async fn give_by_rules(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        rules: &mut [Rule],
        records: Vec<Stored>,
    ) -> Result<Vec<GivenByRule>> {
        let mut left = records;
        let mut given = Vec::new();
        for rule in rules {
            if left.is_empty() {
                break;
            }
            let Some(holds) = self.held_by(tx, model, object, rule, &left).await? else {
                tracing::warn!(rule = %rule.name, "an assignment rule cannot be read; nothing goes by it");
                continue;
            };
            if rule.list.is_none() {
                rule.list = Some(self.list_of(tx, model, object, rule).await?);
            }
            let members = rule.list.get_or_insert_default();
            let mut stay = Vec::new();
            // one write for each of them and the pool that it comes from
            let mut turns: Vec<(usize, Option<Uuid>, Vec<Stored>)> = Vec::new();
            for record in left {
                let next = if holds.contains(&record.id) { rules::next(rule.way, rule.turn, members) } else { None };
                let Some(at) = next else {
                    stay.push(record);
                    continue;
                };
                rules::took(&mut rule.turn, &mut members[at]);
                rule.moved = true;
                given.push(GivenByRule {
                    record: record.id,
                    title: title(object, &record),
                    rule: rule.name.clone(),
                    user: members[at].user,
                    user_name: members[at].name.clone(),
                });
                if record.value(object, "owner").as_id() == Some(members[at].user) {
                    continue;
                }
                let lies_in = if object.pool { record.value(object, "pool").as_id() } else { None };
                match turns.iter_mut().find(|(to, pool, _)| *to == at && *pool == lies_in) {
                    Some((.., records)) => records.push(record),
                    None => turns.push((at, lies_in, vec![record])),
                }
            }
            left = stay;
            let name = &rule.name;
            let reason = match actor.lang {
                Lang::Zh => format!("按分配规则「{name}」"),
                Lang::En => format!("by the assignment rule “{name}”"),
            };
            for (at, pool, records) in turns {
                let to = Some(Holder { user: members[at].user, department: members[at].department });
                let turn = Turn { kind: MoveKind::Assign, pool, to, reason: Some(reason.clone()), batch: None };
                self.hand_on(tx, model, actor, object, records, &turn).await?;
            }
        }
        Ok(given)
    }

    /// Of which records the rule holds; none when it cannot be read any more.
    async fn held_by(
        &self,
        tx: &mut Tx,
        model: &Model,
        object: &Object,
        rule: &Rule,
        records: &[Stored],
    ) -> Result<Option<Vec<Uuid>>> {
        if rule.condition.is_empty() {
            return Ok(Some(records.iter().map(|one| one.id).collect()));
        }
        let system = Actor::system(Source::System);
        let Ok(condition) = self.context(&system).condition(model, object, &rule.condition, "t", tx.dialect()) else {
            return Ok(None);
        };
        let ids: Vec<Uuid> = records.iter().map(|one| one.id).collect();
        let mut sql = Sql::new("SELECT t.id FROM ");
        sql.name(&object.name).push(" t WHERE t.id IN (").padded(&ids).push(") AND ").append(&condition);
        tx.rows(sql).await?.iter().map(|row| row.must_id(0)).collect::<Result<_>>().map(Some)
    }

    /// Who is there: takes part, can sign in, is not away and may own such records.
    async fn list_of(&self, tx: &mut Tx, model: &Model, object: &Object, rule: &Rule) -> Result<Vec<Member>> {
        let now = self.now();
        let mut sql = Sql::new(
            "SELECT m.id, m.user_id, u.name, u.department_id, m.weight, m.turn, m.most, m.assigned_count \
             FROM assignment_member m JOIN \"user\" u ON u.id = m.user_id WHERE m.deleted_at IS NULL AND m.rule_id = ",
        );
        sql.bind(rule.id).push(" AND m.active = ").bind(true);
        sql.push(" AND u.deleted_at IS NULL AND (u.active IS NULL OR u.active = ").bind(true);
        sql.push(
            ") AND u.id NOT IN (SELECT a.user_id FROM approval_absence a WHERE a.ended_at IS NULL AND a.from_at <= ",
        );
        sql.bind(now).push(" AND a.to_at > ").bind(now).push(") ORDER BY m.rank, m.seq");
        let mut members = Vec::new();
        for row in tx.rows(sql).await? {
            members.push(Member {
                id: row.must_id(0)?,
                user: row.must_id(1)?,
                name: row.text(2)?.unwrap_or_default(),
                department: row.id(3)?,
                weight: row.int(4)?.unwrap_or(1).max(1),
                turn: row.int(5)?.unwrap_or(0),
                most: row.int(6)?,
                held: 0,
                got: row.int(7)?.unwrap_or(0),
                fresh: false,
            });
        }
        let mut able = Vec::with_capacity(members.len());
        for member in members {
            let taker = self.load_actor(tx, member.user, Source::System, "").await?;
            let works = |taker: &Actor| {
                access::reach(object, taker, Need::Read) != Reach::Nothing
                    && taker.rights.object(&object.name).is_some_and(|rights| rights.change > DataScope::None)
            };
            if taker.as_ref().is_some_and(works) {
                able.push(member);
            }
        }
        if rule.way == Way::Fewest || able.iter().any(|member| member.most.is_some()) {
            self.count_held(tx, model, object, rule, &mut able).await?;
        }
        Ok(able)
    }

    async fn count_held(
        &self,
        tx: &mut Tx,
        model: &Model,
        object: &Object,
        rule: &Rule,
        members: &mut [Member],
    ) -> Result<()> {
        let users: Vec<Uuid> = members.iter().map(|member| member.user).collect();
        if users.is_empty() {
            return Ok(());
        }
        let system = Actor::system(Source::System);
        let mut sql = Sql::new("SELECT t.owner_id, COUNT(*) FROM ");
        sql.name(&object.name).push(" t WHERE t.deleted_at IS NULL AND t.owner_id IN (").padded(&users).push(")");
        if !rule.open.is_empty()
            && let Ok(open) = self.context(&system).condition(model, object, &rule.open, "t", tx.dialect())
        {
            sql.push(" AND ").append(&open);
        }
        sql.push(" GROUP BY t.owner_id");
        for row in tx.rows(sql).await? {
            let (user, held) = (row.must_id(0)?, row.must_int(1)?);
            members.iter_mut().filter(|member| member.user == user).for_each(|member| member.held = held);
        }
        Ok(())
    }
}

/// The rules in use for an object, in order; held, so that each is gone by one at a time.
async fn rules_of(tx: &mut Tx, model: &Model, object: &Object) -> Result<Vec<Rule>> {
    if model.object(RULE).is_none() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(
        "SELECT id, name, condition, way, open, turn FROM assignment_rule WHERE deleted_at IS NULL AND active = ",
    );
    sql.bind(true).push(" AND object = ").bind(object.name.as_str()).push(" ORDER BY rank, seq");
    if tx.dialect() == Dialect::Postgres {
        sql.push(tx.dialect().for_update());
    }
    let text = |text: Option<String>| text.unwrap_or_default().trim().to_owned();
    let read = |row: &zhike_db::Row| {
        Ok(Rule {
            id: row.must_id(0)?,
            name: text(row.text(1)?),
            condition: text(row.text(2)?),
            way: Way::of(&text(row.text(3)?)),
            open: text(row.text(4)?),
            turn: row.int(5)?.unwrap_or(0),
            list: None,
            moved: false,
        })
    };
    tx.rows(sql).await?.iter().map(read).collect()
}

/// Where the rounds have come to. That is the machine's own and no change of the record.
async fn keep_turns(tx: &mut Tx, rules: &[Rule], now: i64) -> Result<()> {
    for rule in rules.iter().filter(|rule| rule.moved) {
        tx.run(sql!("UPDATE assignment_rule SET turn = $1 WHERE id = $2", rule.turn, rule.id)).await?;
        for member in rule.list.iter().flatten().filter(|member| member.fresh) {
            tx.run(sql!(
                "UPDATE assignment_member SET turn = $1, assigned_count = $2, last_assigned_at = $3 WHERE id = $4",
                member.turn,
                member.got,
                now,
                member.id
            ))
            .await?;
        }
    }
    Ok(())
}

fn title(object: &Object, record: &Stored) -> String {
    record.value(object, &object.title).as_text().unwrap_or_default().to_owned()
}

/// Whether the input says whose a new record is to be.
pub(crate) fn names_owner(object: &Object, input: &Input) -> bool {
    let Some(owner) = object.role_index(Role::Owner).map(|i| object.fields[i].name.as_str()) else { return true };
    let said = |given: &Given| match given {
        Given::Json(json) => !json.is_null(),
        Given::Text(text) => !text.trim().is_empty(),
        Given::Texts(texts) => texts.iter().any(|text| !text.trim().is_empty()),
    };
    input.fields.iter().any(|(name, given)| name == owner && said(given))
        || input.carried.iter().any(|(name, value)| name == owner && *value != Value::Null)
        || input.preset.iter().any(|(name, _)| *name == owner)
}
