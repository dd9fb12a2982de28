//! 业绩目标: what was set for people and departments, read as the actor may see it.

use std::collections::{BTreeSet, HashMap};

use zhike_db::{Sql, Tx};
use zhike_model::Model;
use zhike_types::{Currency, Error, Result, Text, Uuid};

use super::{
    Unit,
    currency::in_unit,
    people::People,
    period::{Period, Span},
    rules::target_of,
};
use crate::{
    Actor, FieldRight,
    access::{self, Need, Reach},
};

/// The object that holds them.
const TARGET: &str = "target";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Whom {
    Person(Uuid),
    Department(Uuid),
}

/// The targets of a year, on one measure.
#[derive(Debug, Default)]
pub(crate) struct Targets(Vec<(Whom, Period, Option<Currency>, i64)>);

impl Targets {
    pub async fn load(
        tx: &mut Tx,
        model: &Model,
        actor: &Actor,
        measure: &str,
        period: Period,
        product: Option<Uuid>,
    ) -> Result<Self> {
        let Some(object) = model.object(TARGET) else { return Ok(Self::default()) };
        let plain =
            |name| object.field(name).is_some_and(|field| actor.rights.field(TARGET, field) >= FieldRight::Read);
        if access::reach(object, actor, Need::Read) == Reach::Nothing || !plain("value") {
            return Ok(Self::default());
        }
        let (from, until) = Period::holding(Span::Year, period.days().0).days();
        let mut sql = Sql::new(
            "SELECT t.whom, t.owner_id, t.department_id, t.period, t.period_day, t.currency, t.value FROM target t \
             WHERE t.deleted_at IS NULL AND t.value IS NOT NULL AND t.measure = ",
        );
        sql.bind(measure).push(" AND t.period_day >= ").bind(from).push(" AND t.period_day < ").bind(until);
        match product {
            Some(product) => sql.push(" AND t.product_id = ").bind(product),
            None => sql.push(" AND t.product_id IS NULL"),
        };
        sql.push(" AND ");
        access::predicate(model, object, actor, Need::Read, "t", &mut sql);
        let mut all = Vec::new();
        for row in tx.rows(sql).await? {
            let whom = match row.text(0)?.as_deref() {
                Some("department") => row.id(2)?.map(Whom::Department),
                _ => row.id(1)?.map(Whom::Person),
            };
            let span = row.text(3)?.as_deref().and_then(Span::of);
            if let (Some(whom), Some(span), Some(day)) = (whom, span, row.int(4)?) {
                let currency = row.text(5)?.and_then(|code| Currency::parse(code.trim()));
                all.push((whom, Period::holding(span, day), currency, row.must_int(6)?));
            }
        }
        Ok(Self(all))
    }

    pub fn currencies(&self) -> BTreeSet<Currency> {
        self.0.iter().map(|(_, _, currency, _)| currency.unwrap_or_default()).collect()
    }

    /// In the unit that is shown; what is set in another currency is left out.
    pub fn in_unit(&self, unit: Unit) -> UnitTargets {
        let mut set = HashMap::new();
        for (whom, period, currency, hundredths) in &self.0 {
            if let Unit::Money(shown) = unit
                && currency.unwrap_or_default() != shown
            {
                continue;
            }
            let sum: &mut i64 = set.entry((*whom, *period)).or_default();
            *sum = sum.saturating_add(in_unit(*hundredths, unit));
        }
        let people: BTreeSet<Uuid> = set
            .keys()
            .filter_map(|(whom, _)| match whom {
                Whom::Person(id) => Some(*id),
                Whom::Department(_) => None,
            })
            .collect();
        UnitTargets { set, people: people.into_iter().collect() }
    }
}

/// Targets of one unit, those of a person and a period added up.
pub(crate) struct UnitTargets {
    set: HashMap<(Whom, Period), i64>,
    people: Vec<Uuid>,
}

impl UnitTargets {
    pub fn person(&self, id: Uuid, period: Period) -> Option<i64> {
        target_of(period, &|period| self.set.get(&(Whom::Person(id), period)).copied())
    }

    /// What was set for a department, else what those below it and its own people come to.
    pub fn department(&self, people: &People, id: Uuid, period: Period) -> Option<i64> {
        self.department_within(people, id, period, 0)
    }

    fn department_within(&self, people: &People, id: Uuid, period: Period, depth: usize) -> Option<i64> {
        let own = target_of(period, &|period| self.set.get(&(Whom::Department(id), period)).copied());
        if own.is_some() || depth > 32 {
            return own;
        }
        let below =
            people.below(Some(id)).filter_map(|below| self.department_within(people, below.id, period, depth + 1));
        below.chain(self.direct(people, id, period)).reduce(i64::saturating_add)
    }

    /// What the people of a department come to who belong to none below it.
    pub fn direct(&self, people: &People, id: Uuid, period: Period) -> Option<i64> {
        let own =
            self.people().filter(|person| people.users.get(person).is_some_and(|user| user.department == Some(id)));
        own.filter_map(|person| self.person(person, period)).reduce(i64::saturating_add)
    }

    /// Everybody for whom anything was set.
    pub fn people(&self) -> impl Iterator<Item = Uuid> {
        self.people.iter().copied()
    }
}

/// A product was asked for where there is none.
pub(super) fn no_product() -> Error {
    Error::invalid(
        "product",
        "invalid",
        Text::new("这个指标不分产品。请选按产品统计的指标。", "This measure knows no products. Choose one that does."),
    )
}
