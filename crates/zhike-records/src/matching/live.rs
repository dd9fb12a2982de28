//! The live check: which records are or may be the one that somebody is about to write. Candidates come by their keys alone, so
//! that it takes as long among a million customers as among a thousand.

use std::{cmp::Ordering, collections::HashMap, sync::Arc};

use zhike_db::{Sql, Tx};
use zhike_match::{Band, Extractor, Level, Matcher, Weights};
use zhike_model::{Model, Object};
use zhike_types::{Error, Result, Text, Uuid, Value};

use super::{plan::MatchPlan, stored};
use crate::{
    Actor, Engine, Input, Record,
    access::{self, Need},
    columns::width,
    draft, keys,
    load::{Columns, Stored, present},
    validate,
};

/// Records looked at for one key: one that more records have says little.
const A_KEY: usize = 100;
/// Records compared, those with the rarest keys.
const CANDIDATES: usize = 150;
/// Records told of.
const TOLD: usize = 10;
/// The most reasons that one is told with.
const REASONS: usize = 4;
/// Bits that a comparison must add to be a reason.
const SPEAKS: f32 = 0.5;

/// A record that is, may be, or belongs to the one in question. Of one that the actor may not see it says who has it and
/// which comparisons agree, nothing else.
#[derive(Debug, Clone)]
pub struct Alike {
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
    pub async fn matches(
        &self,
        actor: &Actor,
        object: &str,
        input: &Input,
        except: Option<Uuid>,
    ) -> Result<Vec<Alike>> {
        let model = self.model();
        let object = access::object_for(&model, actor, object)?;
        let plan = MatchPlan::of(&model, object)?;
        let mut tx = self.db().read().await?;
        let before = match except {
            Some(id) => Some(self.find(&mut tx, &model, actor, object, id, Need::Read).await?.ok_or(Error::NotFound)?),
            None => None,
        };
        let mut values = before.map_or_else(|| vec![Value::Null; object.fields.len()], |stored| stored.values);
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
        let found = self.scored(&mut tx, &model, actor, &plan, &values, except).await?;
        self.told(&mut tx, &model, actor, &plan, found).await
    }

    /// The records that are, may be, or belong to the one of these values, the likeliest first.
    pub(crate) async fn scored(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        plan: &MatchPlan,
        values: &[Value],
        except: Option<Uuid>,
    ) -> Result<Vec<Scored>> {
        let mut found = self.weighed(tx, model, actor, plan, values, except).await?;
        found.retain(|scored| scored.band != Band::None);
        Ok(found)
    }

    /// All that share a key, the likeliest first.
    pub(crate) async fn weighed(
        &self,
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        plan: &MatchPlan,
        values: &[Value],
        except: Option<Uuid>,
    ) -> Result<Vec<Scored>> {
        if !stored::is_organisation(&plan.object) {
            return Ok(Vec::new());
        }
        let mut own = stored::texts(&plan.object, &plan.own, values);
        let mut lines = stored::line_keys(&plan.object, values);
        if let Some(id) = except {
            for (_, texts, keys) in below(tx, plan, &[id]).await? {
                own.extend(texts);
                lines.extend(keys);
            }
        }
        let mut keys = keys::match_keys(&plan.object, values);
        keys.extend(&lines);
        let numbers = met(tx, plan, keys, lines).await?;
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let (candidates, seen) = load(tx, model, actor, plan, numbers, except).await?;
        let mut texts: HashMap<Uuid, Vec<(usize, String)>> = HashMap::new();
        for stored in &candidates {
            texts.insert(stored.id, stored::texts(&plan.object, &plan.own, &stored.values));
        }
        let ids: Vec<Uuid> = candidates.iter().map(|stored| stored.id).collect();
        for (id, more, _) in below(tx, plan, &ids).await? {
            texts.entry(id).or_default().extend(more);
        }
        let records = records(tx, &plan.object).await?;
        let weights = Weights::shipped(&plan.schema).for_records(records);
        let matcher = Matcher::new(&plan.schema, &weights);
        let mut extractor = Extractor::new(&plan.schema);
        let mut features = |texts: &[(usize, String)]| {
            let given: Vec<(usize, &str)> = texts.iter().map(|(at, text)| (*at, text.as_str())).collect();
            extractor.features(&given)
        };
        let this = features(&own);
        let mut found: Vec<Scored> = candidates
            .into_iter()
            .zip(seen)
            .map(|(stored, visible)| {
                let other = features(&texts[&stored.id]);
                let explained = matcher.explain(this.view(), other.view());
                let mut lines = explained.lines;
                lines.retain(|line| line.bits > SPEAKS);
                lines.sort_by(|one, other| other.bits.total_cmp(&one.bits));
                let agree = lines.iter().take(REASONS).map(|line| (line.comparison, line.level)).collect();
                let score = explained.score;
                Scored { stored, visible, band: score.band, probability: score.probability(), agree }
            })
            .collect();
        found.sort_by(by_likeness);
        Ok(found)
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

/// The band first, then the probability.
fn by_likeness(one: &Scored, other: &Scored) -> Ordering {
    one.band
        .cmp(&other.band)
        .then(other.probability.total_cmp(&one.probability))
        .then(one.stored.seq.cmp(&other.stored.seq))
}

/// How many records there are, about.
async fn records(tx: &mut Tx, object: &Object) -> Result<u64> {
    let mut sql = Sql::new("SELECT COALESCE(MAX(seq), 0) FROM ");
    sql.name(&object.name);
    Ok(tx.number(sql).await?.unsigned_abs())
}

/// The numbers of the records that share keys, those with the rarest first.
async fn met(tx: &mut Tx, plan: &MatchPlan, mut keys: Vec<i64>, mut lines: Vec<i64>) -> Result<Vec<i64>> {
    let mut groups: HashMap<i64, Vec<i64>> = HashMap::new();
    for some in [&mut keys, &mut lines] {
        some.sort_unstable();
        some.dedup();
    }
    if !keys.is_empty() {
        take(&mut groups, &tx.rows(of_keys(&plan.object, &keys)).await?)?;
    }
    for below in plan.below.iter().filter(|_| !lines.is_empty()) {
        let mut sql = Sql::new("SELECT k.key, t.seq FROM (");
        sql.append(&of_keys(&below.object, &lines)).push(") k JOIN ").name(&below.object.name);
        sql.push(" c ON c.seq = k.seq AND c.deleted_at IS NULL JOIN ").name(&plan.object.name).push(" t ON t.id = ");
        sql.column("c", &below.object.fields[below.parent].column());
        take(&mut groups, &tx.rows(sql).await?)?;
    }
    let mut weights: HashMap<i64, f64> = HashMap::new();
    for mut group in groups.into_values() {
        group.sort_unstable();
        group.dedup();
        let weight = 1.0 / group.len() as f64;
        for seq in group {
            *weights.entry(seq).or_default() += weight;
        }
    }
    let mut numbers: Vec<(i64, f64)> = weights.into_iter().collect();
    numbers.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    numbers.truncate(CANDIDATES);
    Ok(numbers.into_iter().map(|(seq, _)| seq).collect())
}

fn take(groups: &mut HashMap<i64, Vec<i64>>, rows: &[zhike_db::Row]) -> Result<()> {
    for row in rows {
        groups.entry(row.must_int(0)?).or_default().push(row.must_int(1)?);
    }
    Ok(())
}

/// Key and number of the first records of each key.
fn of_keys(object: &Object, keys: &[i64]) -> Sql {
    let mut sql = Sql::new("");
    for (i, key) in keys.iter().enumerate() {
        sql.push(if i == 0 { "SELECT key, seq FROM (" } else { " UNION ALL SELECT key, seq FROM (" });
        sql.push("SELECT key, seq FROM ").name(&format!("{}_match", object.name)).push(" WHERE key = ").bind(*key);
        sql.push(&format!(" ORDER BY key, seq LIMIT {A_KEY}) k{i}"));
    }
    sql
}

/// What is read of a candidate: what is compared, and what it is told by.
fn shown(plan: &MatchPlan) -> Columns<'_> {
    let object = &plan.object;
    let mut names: Vec<String> = plan.own.iter().map(|(field, _)| object.fields[*field].name.clone()).collect();
    names.extend(object.subtitle.iter().cloned());
    Columns::named(object, &names)
}

/// The live records of these numbers, and whether the actor may see each.
async fn load(
    tx: &mut Tx,
    model: &Model,
    actor: &Actor,
    plan: &MatchPlan,
    numbers: Vec<i64>,
    except: Option<Uuid>,
) -> Result<(Vec<Stored>, Vec<bool>)> {
    let columns = shown(plan);
    let mut sql = Sql::new("SELECT ");
    columns.select(model, actor, "t", &mut sql);
    sql.push(", CAST(CASE WHEN ");
    access::predicate(model, &plan.object, actor, Need::Read, "t", &mut sql);
    sql.push(" THEN 1 ELSE 0 END AS BIGINT) FROM ").name(&plan.object.name);
    sql.push(" t WHERE t.deleted_at IS NULL AND t.seq IN (").list(numbers).push(")");
    let at = 2 + columns.fields.iter().map(|&i| width(&plan.object.fields[i])).sum::<usize>();
    let (mut records, mut seen) = (Vec::new(), Vec::new());
    for row in tx.rows(sql).await? {
        let stored = columns.read(&row)?;
        if Some(stored.id) != except {
            seen.push(row.int(at)? == Some(1));
            records.push(stored);
        }
    }
    Ok((records, seen))
}

/// What stands below records: the record's id, what is compared, and keys of lines.
async fn below(tx: &mut Tx, plan: &MatchPlan, ids: &[Uuid]) -> Result<Vec<(Uuid, Vec<(usize, String)>, Vec<i64>)>> {
    let mut out = Vec::new();
    if ids.is_empty() {
        return Ok(out);
    }
    for below in &plan.below {
        let parent = below.object.fields[below.parent].column();
        let mut sql = Sql::new("SELECT ");
        sql.column("c", &parent);
        for (field, _) in &below.fields {
            sql.push(", ").column("c", &below.object.fields[*field].column());
        }
        sql.push(" FROM ").name(&below.object.name).push(" c WHERE c.deleted_at IS NULL AND ");
        sql.column("c", &parent).push(" IN (").list(ids.iter().copied()).push(") ORDER BY c.seq");
        for row in tx.rows(sql).await? {
            let mut values = vec![Value::Null; below.object.fields.len()];
            for (column, (field, _)) in below.fields.iter().enumerate() {
                values[*field] = row.text(column + 1)?.map_or(Value::Null, Value::Text);
            }
            let texts = stored::texts(&below.object, &below.fields, &values);
            out.push((row.must_id(0)?, texts, stored::line_keys(&below.object, &values)));
        }
    }
    Ok(out)
}

/// What owners and departments are called: that much everybody may know who asks whose a customer is.
pub(crate) async fn names<'a>(
    tx: &mut Tx,
    model: &Model,
    object: &Arc<Object>,
    records: impl Iterator<Item = &'a Stored> + Clone,
) -> Result<HashMap<Uuid, String>> {
    let mut names = HashMap::new();
    for (field, target) in [("owner", "user"), ("department", "department")] {
        let ids: Vec<Uuid> = records.clone().filter_map(|stored| stored.value(object, field).as_id()).collect();
        let Some(target) = model.object(target).filter(|_| !ids.is_empty()) else { continue };
        let mut sql = Sql::new("SELECT t.id, ");
        sql.column("t", &target.title_field().column()).push(" FROM ").name(&target.name);
        sql.push(" t WHERE t.id IN (").list(ids).push(")");
        for row in tx.rows(sql).await? {
            names.insert(row.must_id(0)?, row.text(1)?.unwrap_or_default());
        }
    }
    Ok(names)
}
