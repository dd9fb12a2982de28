//! 业绩: what people brought in during a period, beside what they were to bring in.
//!
//! - **What is measured** the model says (`[[measure]]`): which records count, at what day, what of them is summed, who is credited.
//! - **Shares** (业绩分配) are honoured: an amount is parted by them to the cent, and its parts are the amount.
//! - **Who sees what**: figures count the records that the actor may see, and nothing else; and of others they are shown only as far as
//!   the actor's data scope on the measured records goes. A customer shared with me makes no ranking of its owner for me.
//! - **Money** is never added over currencies: a ranking is in one of them.

mod currency;
mod export;
mod measured;
mod people;
pub(crate) mod period;
mod ranking;
mod records;
pub(crate) mod rules;
mod targets;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use zhike_model::{FieldKind, Measure, Model, Object};
use zhike_types::{Currency, Error, Result, Text, Uuid, boxed, text};

pub use period::{Period, Span};
pub(crate) use {
    measured::{Figures, figures},
    people::{People, Sight},
    period::gathered,
    ranking::no_department,
    targets::{Targets, UnitTargets},
};

use crate::{
    Actor, DataScope, Engine, FieldRight,
    access::{self, Need, Reach},
};

/// What is asked of a ranking.
#[derive(Debug, Clone)]
pub struct PerformanceQuery {
    /// The name of a measure; none takes the first that sums money, else the first.
    pub measure: Option<String>,
    pub period: Period,
    pub by: RankedBy,
    /// A department with all below it; none takes as much as the actor sees.
    pub department: Option<Uuid>,
    /// Only of measures by product.
    pub product: Option<Uuid>,
    /// Of money; none takes the installation's usual one where there is any of it.
    pub currency: Option<Currency>,
    pub order: RankOrder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RankedBy {
    #[default]
    Person,
    Department,
}

/// What decides the places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RankOrder {
    #[default]
    Actual,
    Achievement,
}

/// A measure, as the actor may use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureInfo {
    pub name: String,
    pub label: Text,
    pub help: Option<Text>,
    pub object: String,
    pub unit: Unit,
    pub by_product: bool,
}

/// What a figure counts. Figures are whole numbers: minor units, or scaled as the field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Money(Currency),
    Number { scale: u32 },
}

/// A ranking, the best first.
#[derive(Debug, Clone)]
pub struct Performance {
    pub measure: MeasureInfo,
    pub measures: Vec<MeasureInfo>,
    pub period: Period,
    /// The periods of the trends, the asked one the last.
    pub trend: Vec<Period>,
    pub by: RankedBy,
    pub order: RankOrder,
    /// The currencies there is anything in.
    pub currencies: Vec<Currency>,
    pub departments: Vec<DepartmentChoice>,
    /// The one that is shown, with all below it.
    pub department: Option<Uuid>,
    /// Whether the actor sees others than themselves.
    pub sees_others: bool,
    pub rows: Vec<RankedRow>,
    pub total: RankedRow,
}

/// A department that the actor may ask for.
#[derive(Debug, Clone)]
pub struct DepartmentChoice {
    pub id: Uuid,
    pub name: String,
    /// How deep it stands below the first ones.
    pub depth: usize,
}

/// One person's or department's figures.
#[derive(Debug, Clone)]
pub struct RankedRow {
    /// None for the total, and for what is credited to nobody.
    pub place: Option<usize>,
    pub who: Who,
    pub actual: i64,
    /// How many records make it.
    pub records: i64,
    pub target: Option<i64>,
    /// In thousandths, as the changes are.
    pub achievement: Option<i64>,
    pub before: i64,
    pub change: Option<i64>,
    pub year_before: i64,
    pub year_change: Option<i64>,
    pub trend: Vec<i64>,
    /// The filter that finds the records behind it, in the measure's object.
    pub filter: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    Person {
        id: Uuid,
        name: String,
        department: Option<String>,
    },
    /// With all below it.
    Department {
        id: Uuid,
        name: String,
    },
    /// Those of a department who belong to none below it.
    Direct {
        id: Uuid,
        name: String,
    },
    /// What is credited to nobody.
    Nobody,
    Everybody,
}

impl Engine {
    /// The measures that the actor may use, in the order of the packs.
    pub fn measures(&self, actor: &Actor) -> Vec<MeasureInfo> {
        let model = self.model();
        model
            .measures()
            .filter(|(object, measure)| self.offers(&model, actor, object, measure))
            .map(|(object, measure)| info(object, measure))
            .collect()
    }

    /// Who is where on a measure.
    #[boxed]
    pub async fn performance(&self, actor: &Actor, query: &PerformanceQuery) -> Result<Performance> {
        ranking::ranking(self, actor, query).await
    }

    /// Whether the actor answers for others: sees their customers, and may do away with them. Who only looks at everything
    /// (a service agent, an officer) leads nobody.
    pub fn leads(&self, actor: &Actor) -> bool {
        let model = self.model();
        let answers = actor.rights.object("account").is_some_and(|rights| rights.delete > DataScope::Own);
        answers && model.object("account").is_some_and(|account| Sight::of(actor, account) > Sight::Own)
    }

    /// A measure counts only what the actor may ask about.
    pub(crate) fn offers(&self, model: &Model, actor: &Actor, object: &Arc<Object>, measure: &Measure) -> bool {
        let plain = |object: &str, field| actor.rights.field(object, field) >= FieldRight::Read;
        let reads = |path: &str| {
            model.reach(object, path).is_some_and(|reached| {
                let end = reached.steps.last().map_or(object.name.as_str(), |(_, end)| &end.name);
                plain(end, reached.field)
            })
        };
        access::reach(object, actor, Need::Read) != Reach::Nothing
            && measure.sum.as_deref().is_none_or(reads)
            && reads(&measure.at)
            && reads(&measure.credit)
            && self.filter(model, object, actor, &measure.filter).is_ok()
    }

    /// The measure asked for, or the first that sums money.
    fn chosen_measure<'m>(
        &self,
        model: &'m Model,
        actor: &Actor,
        name: Option<&str>,
    ) -> Result<(&'m Arc<Object>, &'m Measure)> {
        let offered = || model.measures().filter(|(object, measure)| self.offers(model, actor, object, measure));
        match name {
            Some(name) => offered().find(|(_, measure)| measure.name == name).ok_or_else(|| {
                let known = offered().map(|(_, measure)| measure.name.clone()).collect::<Vec<_>>().join(", ");
                Error::invalid(
                    "measure",
                    "unknown",
                    text!(
                        "没有「{name}」这个指标。可以用：{known}。",
                        "There is no measure `{name}`. There are: {known}."
                    ),
                )
            }),
            None => offered()
                .find(|(object, measure)| matches!(info(object, measure).unit, Unit::Money(_)))
                .or_else(|| offered().next())
                .ok_or(Error::NotFound),
        }
    }
}

fn info(object: &Object, measure: &Measure) -> MeasureInfo {
    let unit = match measure.sum.as_deref().and_then(|name| object.field(name)).map(|field| field.kind.value_kind()) {
        Some(FieldKind::Money { currency }) => Unit::Money(*currency),
        Some(kind) => Unit::Number { scale: kind.scale() },
        None => Unit::Number { scale: 0 },
    };
    MeasureInfo {
        name: measure.name.clone(),
        label: measure.label.clone(),
        help: measure.help.clone(),
        object: object.name.clone(),
        unit,
        by_product: measure.product.is_some(),
    }
}
