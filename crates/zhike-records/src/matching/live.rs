//! The live check: which records are or may be the one that somebody is about to write, and what the actor may know of them.

use std::{collections::HashMap, sync::Arc};

use zhike_db::{Sql, Tx};
use zhike_match::{Band, Level};
use zhike_model::{Model, Object};
use zhike_types::{Error, Result, Text, Uuid, Value, boxed};

use super::{across::Across, candidates::Question, plan::MatchPlan, weigh::Weighed};
use crate::{
    Actor, Engine, Input, Record,
    access::{self, Need},
    columns::width,
    draft,
    load::{Columns, Stored, present},
    review::decided_different,
    validate,
};

/// Records told of.
const TOLD: usize = 10;

/// A record that is, may be, or belongs to the one in question. Of one that the actor may not see it says who has it and
/// which comparisons agree, nothing else.
#[derive(Debug, Clone)]
pub struct Alike {
    /// The object whose record it is: a lead is told of customers, too.
    pub object: String,
    pub band: Band,
    /// From 0 to 1; none for a record that the actor may not see.
    pub probability: Option<f64>,
    /// The record as the actor may see it.
    pub record: Option<Record>,
    /// The names of its owner and of the owner's department.
    pub owner: Option<String>,
    pub department: Option<String>,
    /// What speaks for it, the weightiest first.
    pub reasons: Vec<Text>,
}

/// A record that scores.
pub(crate) struct Scored {
    pub stored: Stored,
    pub visible: bool,
    pub band: Band,
    pub probability: f64,
    /// Comparisons that agree, with how much.
    agree: Vec<(usize, Level)>,
}

impl Scored {
    /// Whether it is or may be the same.
    pub fn is_duplicate(&self) -> bool {
        matches!(self.band, Band::Same | Band::Review)
    }

    /// Whether it has the very value of a comparison.
    pub fn has_same(&self, comparison: usize) -> bool {
        self.agree.contains(&(comparison, Level::Same))
    }
}

impl Engine {
    /// The records that are or may be the one that these fields describe, the likeliest first. Values that cannot be understood
    /// yet are passed over: somebody is typing. `except`: the record that is being changed.
    ///
    /// # Errors
    /// `TooMany` for a user who has been told of too many records of others today.
    #[boxed]
    pub async fn matches(
        &self,
        actor: &Actor,
        object: &str,
        input: &Input,
        except: Option<Uuid>,
    ) -> Result<Vec<Alike>> {
        self.look(actor, object, input, except, false).await
    }

    /// The same for a record that is being changed, without what was alike before: what the change would be asked about.
    #[boxed]
    pub async fn matches_of_change(&self, actor: &Actor, object: &str, id: Uuid, input: &Input) -> Result<Vec<Alike>> {
        self.look(actor, object, input, Some(id), true).await
    }

    async fn look(
        &self,
        actor: &Actor,
        object: &str,
        input: &Input,
        except: Option<Uuid>,
        only_new: bool,
    ) -> Result<Vec<Alike>> {
        let model = self.model();
        let object = access::object_for(&model, actor, object)?;
        let plan = MatchPlan::of(&model, object)?;
        let mut tx = self.db().read().await?;
        self.may_be_told(&mut tx, actor).await?;
        let before = match except {
            Some(id) => Some(self.find(&mut tx, &model, actor, object, id, Need::Read).await?.ok_or(Error::NotFound)?),
            None => None,
        };
        let known = before.as_ref().map(|stored| &stored.values);
        let mut values = known.map_or_else(|| vec![Value::Null; object.fields.len()], Clone::clone);
        for (name, given) in &input.fields {
            let Some(i) = object.index_of(name) else {
                return Err(Error::Invalid(vec![draft::unknown(name)]));
            };
            if draft::refused(actor, object, &object.fields[i]).is_none()
                && let Ok(value) = validate::parse(&object.fields[i], given, self.zone())
            {
                values[i] = value;
            }
        }
        if let Some(above) = &plan.above {
            self.hide_unseen(&mut tx, &model, actor, &above.object, &mut values[above.reference]).await?;
        }
        if only_new && known.is_some_and(|known| !plan.differs(known, &values)) {
            return Ok(Vec::new());
        }
        let question = Question::of(&mut tx, &plan, &values, except).await?;
        let mut found = self.likely(&mut tx, &model, actor, &plan, &question).await?;
        let mut across = self.across(&mut tx, &model, actor, object, &question, false).await?;
        let any = !found.is_empty() || !across.is_empty();
        if let Some(known) = known.filter(|_| only_new && any) {
            let question = Question::of(&mut tx, &plan, known, except).await?;
            let known = self.likely(&mut tx, &model, actor, &plan, &question).await?;
            found.retain(|scored| known.iter().all(|before| before.stored.id != scored.stored.id));
            let known = self.across(&mut tx, &model, actor, object, &question, false).await?;
            without(&mut across, &known);
        }
        let mut all = vec![(plan, found)];
        all.extend(across.into_iter().map(|one| (one.plan, one.found)));
        self.tell_found(tx, &model, actor, all, &question.said()).await
    }

    /// What is like a record of these values that is not there yet.
    pub(crate) async fn alike_to(
        &self,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        values: &[Value],
    ) -> Result<Vec<Alike>> {
        let plan = MatchPlan::of(model, object)?;
        let mut tx = self.db().read().await?;
        self.may_be_told(&mut tx, actor).await?;
        let question = Question::of(&mut tx, &plan, values, None).await?;
        let found = self.likely(&mut tx, model, actor, &plan, &question).await?;
        self.tell_found(tx, model, actor, vec![(plan, found)], &question.said()).await
    }

    /// What the actor may know of what was found, the likeliest first; that it was told stands in the audit.
    async fn tell_found(
        &self,
        mut tx: Tx,
        model: &Model,
        actor: &Actor,
        all: Vec<(MatchPlan, Vec<Scored>)>,
        said: &str,
    ) -> Result<Vec<Alike>> {
        let (mut told, mut unseen) = (Vec::new(), Vec::new());
        for (plan, found) in all {
            unseen.push((Arc::clone(&plan.object), hidden(&found)));
            told.extend(self.told(&mut tx, model, actor, &plan, found).await?);
        }
        drop(tx);
        told.sort_by_key(|alike| alike.band);
        for (object, hidden) in unseen {
            self.tell_of_others(actor, &object, said, &hidden).await?;
        }
        Ok(told)
    }

    /// A record that the actor may not see is none.
    async fn hide_unseen(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        object: &Arc<Object>,
        value: &mut Value,
    ) -> Result<()> {
        if let Some(id) = value.as_id() {
            let mut sql = Sql::new("SELECT 1 FROM ");
            sql.name(&object.name).push(" t WHERE t.id = ").bind(id).push(" AND ");
            access::predicate(model, object, actor, Need::Read, "t", &mut sql);
            if tx.row(sql).await?.is_none() {
                *value = Value::Null;
            }
        }
        Ok(())
    }

    /// The records that are, may be, or belong to the one in question, the likeliest first. Somebody may have said of some that they
    /// are others.
    pub(super) async fn likely(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        plan: &MatchPlan,
        question: &Question,
    ) -> Result<Vec<Scored>> {
        let mut found = self.weigh(tx, plan, question).await?;
        found.retain(|weighed| weighed.score.band != Band::None);
        if let Some(id) = question.except.filter(|_| !found.is_empty()) {
            let ids: Vec<Uuid> = found.iter().map(|weighed| weighed.id).chain([id]).collect();
            let apart = decided_different(tx, &ids).await?;
            found.retain(|weighed| !apart.contains(&(weighed.id.min(id), weighed.id.max(id))));
        }
        load(tx, model, actor, plan, found).await
    }

    /// All that share a key and are at all like it, the likeliest first.
    pub(crate) async fn weighed(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        plan: &MatchPlan,
        values: &[Value],
        except: Option<Uuid>,
    ) -> Result<Vec<Scored>> {
        let question = Question::of(tx, plan, values, except).await?;
        let found = self.weigh(tx, plan, &question).await?;
        load(tx, model, actor, plan, found).await
    }

    /// What the actor may know of them.
    pub(crate) async fn told(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        plan: &MatchPlan,
        mut found: Vec<Scored>,
    ) -> Result<Vec<Alike>> {
        found.truncate(TOLD);
        let object = &plan.object;
        let who = names(tx, model, object, found.iter().map(|scored| &scored.stored)).await?;
        let columns = shown(plan);
        let visible = found.iter().filter(|scored| scored.visible).map(|scored| scored.stored.clone()).collect();
        let records = present(tx, &self.0.titles, model, actor, &columns, visible).await?;
        let mut records: HashMap<Uuid, Record> = records.into_iter().map(|record| (record.id, record)).collect();
        let told = found.into_iter().map(|scored| {
            let reason = |(comparison, level): &(usize, Level)| {
                let label = plan.label(*comparison);
                let level = level.text();
                if scored.visible {
                    Text::new(format!("{}{}", label.zh, level.zh), format!("{} {}", label.en, level.en))
                } else {
                    label
                }
            };
            let name = |field: &str| scored.stored.value(object, field).as_id().and_then(|id| who.get(&id).cloned());
            Alike {
                object: object.name.clone(),
                band: scored.band,
                probability: scored.visible.then_some(scored.probability),
                owner: name("owner"),
                department: name("department"),
                reasons: scored.agree.iter().map(reason).collect(),
                record: records.remove(&scored.stored.id),
            }
        });
        Ok(told.collect())
    }
}

/// Takes out what was alike before.
pub(super) fn without(found: &mut Vec<Across>, known: &[Across]) {
    let was = |id: Uuid| known.iter().flat_map(|one| &one.found).any(|before| before.stored.id == id);
    for one in found.iter_mut() {
        one.found.retain(|scored| !was(scored.stored.id));
    }
    found.retain(|one| !one.found.is_empty());
}

/// Those that the actor is told of and may not see.
pub(super) fn hidden(found: &[Scored]) -> Vec<Uuid> {
    found.iter().take(TOLD).filter(|scored| !scored.visible).map(|scored| scored.stored.id).collect()
}

/// What is read of a record: what is compared, and what it is told by.
fn shown(plan: &MatchPlan) -> Columns<'_> {
    let object = &plan.object;
    let mut names: Vec<String> = plan.own.iter().map(|(field, _)| object.fields[*field].name.clone()).collect();
    names.extend(object.subtitle.iter().cloned());
    Columns::named(object, &names)
}

/// The records themselves, and whether the actor may see each.
async fn load(tx: &mut Tx, model: &Model, actor: &Actor, plan: &MatchPlan, found: Vec<Weighed>) -> Result<Vec<Scored>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let columns = shown(plan);
    let mut sql = Sql::new("SELECT ");
    columns.select(model, actor, "t", &mut sql);
    sql.push(", CAST(CASE WHEN ");
    access::predicate(model, &plan.object, actor, Need::Read, "t", &mut sql);
    sql.push(" THEN 1 ELSE 0 END AS BIGINT) FROM ").name(&plan.object.name);
    sql.push(" t WHERE t.deleted_at IS NULL AND t.id IN (").list(found.iter().map(|weighed| weighed.id)).push(")");
    let at = 2 + columns.fields.iter().map(|&i| width(&plan.object.fields[i])).sum::<usize>();
    let mut records: HashMap<Uuid, (Stored, bool)> = HashMap::new();
    for row in tx.rows(sql).await? {
        let stored = columns.read(&row)?;
        records.insert(stored.id, (stored, row.int(at)? == Some(1)));
    }
    let scored = found.into_iter().filter_map(|Weighed { id, score, agree }| {
        let (stored, visible) = records.remove(&id)?;
        Some(Scored { stored, visible, band: score.band, probability: score.probability(), agree })
    });
    Ok(scored.collect())
}

/// What owners and departments are called: that much everybody may know who asks whose a customer is.
pub(crate) async fn names<'a>(
    tx: &mut Tx,
    model: &Model,
    object: &Arc<Object>,
    records: impl Iterator<Item = &'a Stored> + Clone,
) -> Result<HashMap<Uuid, String>> {
    let mut parts: Vec<Sql> = Vec::new();
    for (field, target) in [("owner", "user"), ("department", "department")] {
        let mut ids: Vec<Uuid> = records.clone().filter_map(|stored| stored.value(object, field).as_id()).collect();
        ids.sort_unstable();
        ids.dedup();
        let Some(target) = model.object(target).filter(|_| !ids.is_empty()) else { continue };
        let mut sql = Sql::new("SELECT t.id, ");
        sql.column("t", &target.title_field().column()).push(" FROM ").name(&target.name);
        parts.push(std::mem::take(sql.push(" t WHERE t.id IN (").list(ids).push(")")));
    }
    let mut names = HashMap::new();
    let Some(mut all) = parts.first().cloned() else { return Ok(names) };
    for part in &parts[1..] {
        all.push(" UNION ALL ").append(part);
    }
    for row in tx.rows(all).await? {
        names.insert(row.must_id(0)?, row.text(1)?.unwrap_or_default());
    }
    Ok(names)
}
