//! Which records go to whom.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    sync::Arc,
};

use zhike_db::{Row, Sql, Tx, sql};
use zhike_model::{Access, Field, FieldKind, Model, Object};
use zhike_types::{Error, FieldError, Result, Text, Uuid, text};

use super::{HandoverInput, HandoverLine, HandoverPlan, Holdings, LeftBehind, PARTS, WhyLeft, wrong};
use crate::{
    Actor, Engine,
    access::{self, Need, Reach},
};

/// A record and who gets it.
pub(super) type Given = (Uuid, Uuid);

/// What goes, object by object, in the order of the model: what hangs on a record behind it.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub going: Vec<(Arc<Object>, Vec<Given>)>,
    left: BTreeMap<(String, WhyLeft), i64>,
}

impl Plan {
    pub fn told(&self) -> HandoverPlan {
        let left = self.left.iter().map(|((object, why), count)| LeftBehind {
            object: object.clone(),
            count: *count,
            why: *why,
        });
        HandoverPlan { lines: self.lines(), left: left.collect() }
    }

    pub fn lines(&self) -> Vec<HandoverLine> {
        let mut lines: Vec<HandoverLine> = Vec::new();
        for (object, records) in &self.going {
            let first = lines.len();
            for (_, to) in records {
                match lines[first..].iter_mut().find(|line| line.to == *to) {
                    Some(line) => line.count += 1,
                    None => lines.push(HandoverLine { object: object.name.clone(), to: *to, count: 1 }),
                }
            }
        }
        lines
    }
}

/// Makes the plan. What is wrong with the input is said all at once.
pub(super) async fn plan(
    engine: &Engine,
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    input: &HandoverInput,
) -> Result<Plan> {
    must_be_user(tx, input.from).await?;
    checked(tx, model, input).await?;
    let mut plan = Plan::default();
    let mut receivers: HashMap<Uuid, Uuid> = HashMap::new();
    for object in in_order(model) {
        let mine = mine(engine, tx, model, actor, object, input.from).await?;
        if mine.is_empty() {
            continue;
        }
        let is_root = is_root(object);
        let chosen = if is_root { dealt(engine, tx, model, actor, object, input).await? } else { HashMap::new() };
        let mut going = Vec::new();
        for record in mine {
            let above = record.parents.iter().find_map(|parent| receivers.get(parent).copied());
            let to = if is_root { chosen.get(&record.id).copied() } else { above.or(input.rest) };
            match to {
                Some(to) if record.may_change => {
                    receivers.insert(record.id, to);
                    going.push((record.id, to));
                }
                Some(_) => *plan.left.entry((object.name.clone(), WhyLeft::NotYours)).or_default() += 1,
                None => *plan.left.entry((object.name.clone(), WhyLeft::NotChosen)).or_default() += 1,
            }
        }
        if !going.is_empty() {
            plan.going.push((Arc::clone(object), going));
        }
    }
    Ok(plan)
}

/// How many records of each object could go.
pub(super) async fn holdings(
    engine: &Engine,
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    from: Uuid,
) -> Result<Holdings> {
    let mut holdings = Holdings::new();
    for object in in_order(model) {
        let count = mine(engine, tx, model, actor, object, from).await?.len() as i64;
        if count > 0 {
            holdings.insert(object.name.clone(), count);
        }
    }
    Ok(holdings)
}

/// The objects whose records are handed over, parents before what hangs on them.
fn in_order(model: &Model) -> Vec<&Arc<Object>> {
    let mut all: Vec<(usize, &Arc<Object>)> = model
        .objects()
        .iter()
        .filter(|object| is_root(object) || following(object).next().is_some())
        .map(|object| (depth(model, object, 0), object))
        .collect();
    all.sort_by_key(|(depth, _)| *depth);
    all.into_iter().map(|(_, object)| object).collect()
}

/// Its records have owners of their own.
fn is_root(object: &Object) -> bool {
    object.access == Access::Owned
}

/// The references by which records follow what they hang on, each with its condition.
fn following(object: &Object) -> impl Iterator<Item = (&Field, &str)> {
    let fields = object.fields.iter().filter(|_| !is_root(object));
    fields.filter_map(|field| Some((field, field.follows_owner.as_deref()?)))
}

/// Packs hang no objects on each other in circles; a bound costs nothing.
fn depth(model: &Model, object: &Object, above: usize) -> usize {
    let target = |(field, _): (&Field, &str)| match &field.kind {
        FieldKind::Reference { object, .. } => model.object(object),
        _ => None,
    };
    if above > 8 {
        return above;
    }
    following(object).filter_map(target).map(|to| depth(model, to, above + 1)).max().unwrap_or(above)
}

/// A live record of the leaver.
struct Mine {
    id: Uuid,
    may_change: bool,
    /// What it follows.
    parents: Vec<Uuid>,
}

/// The leaver's records that could go, as far as the actor may see them, the oldest first.
async fn mine(
    engine: &Engine,
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Arc<Object>,
    from: Uuid,
) -> Result<Vec<Mine>> {
    if access::reach(object, actor, Need::Read) == Reach::Nothing {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT t.id, CAST(CASE WHEN ");
    access::predicate(model, object, actor, Need::Change, "t", &mut sql);
    sql.push(" THEN 1 ELSE 0 END AS BIGINT)");
    let mut follows = 0;
    for (field, condition) in following(object) {
        sql.push(", CASE WHEN ");
        sql.append(&engine.context(actor).condition(model, object, condition, "t", tx.dialect())?);
        sql.push(" THEN ").column("t", &field.column()).push(" END");
        follows += 1;
    }
    sql.push(" FROM ").name(&object.name).push(" t WHERE t.deleted_at IS NULL AND t.owner_id = ").bind(from);
    sql.push(" AND ");
    access::predicate(model, object, actor, Need::Read, "t", &mut sql);
    sql.push(" ORDER BY t.seq");
    let read = |row: &Row| {
        let parents: Result<Vec<Option<Uuid>>> = (0..follows).map(|i| row.id(2 + i)).collect();
        let parents = parents?.into_iter().flatten().collect();
        Ok(Mine { id: row.must_id(0)?, may_change: row.must_int(1)? == 1, parents })
    };
    let mut mine = tx.rows(sql).await?.iter().map(read).collect::<Result<Vec<Mine>>>()?;
    mine.retain(|record| is_root(object) || !record.parents.is_empty());
    Ok(mine)
}

/// Who gets which records of an owned object, by the parts in their order.
async fn dealt(
    engine: &Engine,
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    object: &Arc<Object>,
    input: &HandoverInput,
) -> Result<HashMap<Uuid, Uuid>> {
    let mut dealt = HashMap::new();
    for part in input.parts.iter().filter(|part| part.object == object.name) {
        let mut sql = Sql::new("SELECT t.id FROM ");
        sql.name(&object.name).push(" t WHERE t.deleted_at IS NULL AND t.owner_id = ").bind(input.from);
        if let Some(filter) = engine.filter(model, object, actor, &part.filter)? {
            sql.push(" AND ").append(&filter);
        }
        sql.push(" ORDER BY t.seq");
        let mut turn = 0;
        for row in tx.rows(sql).await? {
            let id = row.must_id(0)?;
            if let Entry::Vacant(place) = dealt.entry(id) {
                place.insert(part.to[turn % part.to.len()]);
                turn += 1;
            }
        }
    }
    Ok(dealt)
}

pub(super) async fn must_be_user(tx: &mut Tx, id: Uuid) -> Result<()> {
    match tx.row(sql!("SELECT 1 FROM \"user\" WHERE id = $1", id)).await? {
        Some(_) => Ok(()),
        None => Err(Error::NotFound),
    }
}

async fn checked(tx: &mut Tx, model: &Model, input: &HandoverInput) -> Result<()> {
    let mut errors: Vec<FieldError> = Vec::new();
    if input.parts.len() > PARTS || input.parts.iter().any(|part| part.to.len() > PARTS) {
        let message =
            text!("最多分成 {PARTS} 份，每份最多 {PARTS} 人。", "At most {PARTS} parts of {PARTS} receivers.");
        return Err(Error::invalid("parts", "too_many", message));
    }
    for (i, part) in input.parts.iter().enumerate() {
        let known = model.object(&part.object);
        if known.is_none_or(|object| !is_root(object)) {
            let name = &part.object;
            errors.push(wrong(
                format!("parts.{i}.object"),
                "unknown",
                text!("“{name}”不能单独交接。", "`{name}` is not handed over by itself."),
            ));
        }
        if part.to.is_empty() {
            let message = Text::new("请选择接收人。", "Choose who gets them.");
            errors.push(wrong(format!("parts.{i}.to"), "required", message));
        }
        for to in &part.to {
            errors.extend(receiver(tx, input.from, *to, &format!("parts.{i}.to")).await?);
        }
    }
    if let Some(rest) = input.rest {
        errors.extend(receiver(tx, input.from, rest, "rest").await?);
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// Why somebody cannot receive.
async fn receiver(tx: &mut Tx, from: Uuid, to: Uuid, field: &str) -> Result<Option<FieldError>> {
    if from == to {
        let message =
            Text::new("不能交接给本人，请另选接收人。", "Nobody hands over to themselves; choose somebody else.");
        return Ok(Some(wrong(field, "invalid", message)));
    }
    let row = tx.row(sql!("SELECT active FROM \"user\" WHERE id = $1 AND deleted_at IS NULL", to)).await?;
    match row {
        Some(row) if row.bool(0)? != Some(false) => Ok(None),
        _ => {
            let message = Text::new("接收人不存在或已停用，请另选。", "There is no such active user; choose another.");
            Ok(Some(wrong(field, "unknown", message)))
        }
    }
}
