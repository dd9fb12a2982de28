//! Who goes where: the tiers of a scheme in their order, and for each customer the first that takes it.

use std::collections::{HashMap, HashSet};

use zhike_db::{Sql, Tx};
use zhike_model::{Model, Object, expr};
use zhike_types::{Error, Result, Text, Uuid, Value, text};

use super::bands::{LEVELS, Lines, TierBand};
use crate::{Actor, Engine, Record, Source, filter::Context};

pub(super) struct Tier {
    pub id: Uuid,
    pub name: String,
    condition: String,
    /// `few_high`: cells of the table of customers × margin.
    cells: Vec<String>,
}

#[derive(Default)]
pub(super) struct Placing {
    pub tiers: Vec<Tier>,
    pub bands: Vec<TierBand>,
    /// Customer, and the tier that takes it with the reason.
    pub places: Vec<(Uuid, Option<(usize, usize)>)>,
    /// What held; none of the tier that takes all that are left.
    pub reasons: Vec<Value>,
}

impl Engine {
    /// One statement for each tier and level, whatever the number of customers.
    pub(super) async fn placed(&self, model: &Model, about: &Object, scheme: &Record) -> Result<Placing> {
        let mut tx = self.0.db.read().await?;
        let tx = &mut tx;
        let mut placing = Placing { tiers: tiers(tx, scheme.id).await?, ..Placing::default() };
        let system = Actor::system(Source::System);
        let context = self.context(&system);
        let eligible = scheme.value("eligible").as_text().unwrap_or("");
        let mut all: Vec<Uuid> = of_whom(tx, model, &context, about, eligible, "eligible").await?;
        all.sort_unstable();
        let mut levels: Vec<(String, Vec<Uuid>)> = Vec::new();
        if placing.tiers.iter().any(|tier| !tier.cells.is_empty()) {
            let lines = Lines::of(scheme)?;
            for level in LEVELS {
                let condition = lines.condition(level);
                let mut ids = of_whom(tx, model, &context, about, &condition, "measure").await?;
                ids.retain(|id| all.binary_search(id).is_ok());
                let customers = ids.len() as i64;
                placing.bands.push(TierBand { level, size: lines.size(customers), customers });
                levels.push((condition, ids));
            }
        }
        let mut at: HashMap<Uuid, (usize, usize)> = HashMap::with_capacity(all.len());
        for (place, tier) in placing.tiers.iter().enumerate() {
            let mut take = |ids: &[Uuid], only: Option<&HashSet<Uuid>>, reason: Value| {
                placing.reasons.push(reason);
                for id in ids.iter().filter(|id| only.is_none_or(|only| only.contains(*id))) {
                    at.entry(*id).or_insert((place, placing.reasons.len() - 1));
                }
            };
            let met = match tier.condition.as_str() {
                "" => None,
                condition => Some(of_whom(tx, model, &context, about, condition, "condition").await?),
            };
            match (&met, tier.cells.is_empty()) {
                (None, true) => take(&all, None, Value::Null),
                (Some(ids), true) => take(ids, None, told(&tier.condition)),
                (met, false) => {
                    let only: Option<HashSet<Uuid>> = met.as_ref().map(|ids| ids.iter().copied().collect());
                    for (band, (condition, ids)) in placing.bands.iter().zip(&levels) {
                        if tier.cells.iter().any(|cell| *cell == format!("{}_{}", band.size, band.level)) {
                            let and = if only.is_some() { format!(" && {}", tier.condition) } else { String::new() };
                            let count = band.customers;
                            take(ids, only.as_ref(), told(&format!("{condition} && customers == {count}{and}")));
                        }
                    }
                }
            }
        }
        placing.places = all.into_iter().map(|id| (id, at.get(&id).copied())).collect();
        Ok(placing)
    }
}

async fn tiers(tx: &mut Tx, scheme: Uuid) -> Result<Vec<Tier>> {
    let mut sql = Sql::new("SELECT id, name, condition, cells FROM tier WHERE deleted_at IS NULL AND scheme_id = ");
    sql.bind(scheme).push(" ORDER BY rank, seq");
    let mut tiers = Vec::new();
    for row in tx.rows(sql).await? {
        let condition = row.text(2)?.unwrap_or_default().trim().to_owned();
        let cells = row.text(3)?.map(|joined| Value::split_keys(&joined)).unwrap_or_default();
        tiers.push(Tier { id: row.must_id(0)?, name: row.must_text(1)?, condition, cells });
    }
    if tiers.is_empty() {
        let message = Text::new("先给方案加上级别。", "Give the scheme tiers first.");
        return Err(Error::invalid("tiers", "required", message));
    }
    Ok(tiers)
}

/// What is kept as the reason.
fn told(condition: &str) -> Value {
    Value::Text(condition.chars().take(500).collect())
}

/// The live customers of whom a condition holds.
async fn of_whom(
    tx: &mut Tx,
    model: &Model,
    context: &Context<'_>,
    about: &Object,
    condition: &str,
    field: &'static str,
) -> Result<Vec<Uuid>> {
    let mut sql = Sql::new("SELECT t.id FROM ");
    sql.name(&about.name).push(" t WHERE t.deleted_at IS NULL");
    if !condition.trim().is_empty() {
        if let Err(error) = expr::parse_condition(model, &about.name, condition) {
            let (zh, en) = (&error.message.zh, &error.message.en);
            let message = text!("条件「{condition}」有误：{zh}", "The condition {condition} is wrong: {en}");
            return Err(Error::invalid(field, "invalid", message));
        }
        sql.push(" AND ").append(&context.condition(model, about, condition, "t", tx.dialect())?);
    }
    tx.rows(sql).await?.iter().map(|row| row.must_id(0)).collect()
}
