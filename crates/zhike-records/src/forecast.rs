//! 预测: what the open opportunities may bring, month by month, beside what is won already and what was to be brought in; and what
//! has become of them since a day.
//!
//! - Who sees what is as with rankings: only records that the actor may see, only people within the actor's data scope.
//! - The figures of all months come from one statement over an index of their own ([`index`]), in the order of that index.
//! - What changed is read from the audit: no snapshots, and so no day on which nobody thought of taking one.

mod changes;
mod months;
mod read;
pub(crate) mod rules;

#[cfg(test)]
mod tests;

use serde::Serialize;
use zhike_model::{Object, SelectOption};
use zhike_types::{Currency, Error, Result, Text, Uuid, boxed};

pub use changes::{ChangeKind, ChangedDeal, ForecastChanges};

use crate::{Actor, DepartmentChoice, Engine, Period, Span, Who};

/// What is forecast: an object with these fields, as the sales pack has it.
pub(crate) const OBJECT: &str = "opportunity";
/// The measure of what was won, and of its targets.
const WON: &str = "won_amount";
/// How far one looks ahead at most.
const MONTHS_MOST: usize = 24;

/// What is asked of the forecast.
#[derive(Debug, Clone)]
pub struct ForecastQuery {
    /// The first of the months.
    pub from: Period,
    /// How many months; 1 to 24.
    pub months: usize,
    /// A department with all below it; none takes as much as the actor sees.
    pub department: Option<Uuid>,
    /// Lines by departments rather than people.
    pub by_department: bool,
    pub currency: Option<Currency>,
}

/// How sure a deal is, in the words of who answers for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    Commit,
    BestCase,
    Pipeline,
    /// Not counted in any sum.
    Omitted,
}

/// Open deals of a category and a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Open {
    pub deals: i64,
    /// In minor units.
    pub amount: i64,
    /// Amount × probability.
    pub weighted: i64,
}

/// The forecast.
#[derive(Debug, Clone)]
pub struct Forecast {
    pub currency: Currency,
    pub currencies: Vec<Currency>,
    pub departments: Vec<DepartmentChoice>,
    pub department: Option<Uuid>,
    pub sees_others: bool,
    pub by_department: bool,
    /// The months, then all together.
    pub months: Vec<ForecastMonth>,
    pub total: ForecastMonth,
    /// Open deals whose day has passed before the first month, that are later than the last, or that have none.
    pub overdue: Open,
    pub later: Open,
    pub undated: Open,
    pub lines: Vec<ForecastLine>,
}

#[derive(Debug, Clone)]
pub struct ForecastMonth {
    pub period: Option<Period>,
    pub target: Option<i64>,
    pub won: i64,
    /// By category, in the order of [`Category`].
    pub open: [Open; 4],
    /// The filter that finds the open deals.
    pub filter: String,
}

/// One person's or department's part, over all the months.
#[derive(Debug, Clone)]
pub struct ForecastLine {
    pub who: Who,
    pub target: Option<i64>,
    pub won: i64,
    pub open: [Open; 4],
    pub filter: String,
}

impl Category {
    pub const ALL: [Self; 4] = [Self::Commit, Self::BestCase, Self::Pipeline, Self::Omitted];

    /// What is called closed and is open yet is as good as promised; what says nothing is in the pipeline.
    pub fn of(key: Option<&str>) -> Self {
        match key {
            Some("commit" | "closed") => Self::Commit,
            Some("best_case") => Self::BestCase,
            Some("omitted") => Self::Omitted,
            _ => Self::Pipeline,
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::BestCase => "best_case",
            Self::Pipeline => "pipeline",
            Self::Omitted => "omitted",
        }
    }

    pub fn place(self) -> usize {
        Self::ALL.iter().position(|one| *one == self).unwrap_or_default()
    }
}

impl Open {
    pub(crate) fn add(&mut self, other: Self) {
        self.deals += other.deals;
        self.amount = self.amount.saturating_add(other.amount);
        self.weighted = self.weighted.saturating_add(other.weighted);
    }
}

impl ForecastMonth {
    /// What is expected: won, and the weighted rest; what is omitted is not counted.
    pub fn expected(&self) -> i64 {
        rules::expected(self.won, &self.open)
    }
}

impl ForecastLine {
    pub fn expected(&self) -> i64 {
        rules::expected(self.won, &self.open)
    }
}

impl ForecastQuery {
    /// The months asked for.
    pub(crate) fn periods(&self) -> Result<Vec<Period>> {
        if self.from.span != Span::Month || !(1..=MONTHS_MOST).contains(&self.months) {
            return Err(Error::invalid(
                "months",
                "invalid",
                Text::new(
                    "预测从某个月开始，看 1 到 24 个月。",
                    "A forecast begins with a month and looks 1 to 24 months ahead.",
                ),
            ));
        }
        Ok((0..self.months as i64).map(|i| self.from.moved(i)).collect())
    }
}

impl Engine {
    /// Whether there is a forecast for the actor: the deals, with what it takes of them.
    pub fn forecasts(&self, actor: &Actor) -> bool {
        read::offered(&self.model(), actor).is_ok()
    }

    /// What the open deals may bring.
    #[boxed]
    pub async fn forecast(&self, actor: &Actor, query: &ForecastQuery) -> Result<Forecast> {
        read::forecast(self, actor, query).await
    }

    /// What became of it since an instant (ms since 1970).
    #[boxed]
    pub async fn forecast_changes(&self, actor: &Actor, query: &ForecastQuery, since: i64) -> Result<ForecastChanges> {
        changes::changes(self, actor, query, since).await
    }

    /// What the categories are called here, in the order of [`Category`].
    pub fn forecast_labels(&self) -> Vec<Text> {
        let model = self.model();
        let option = |key: &str| -> Option<SelectOption> {
            model.object(OBJECT)?.field("forecast_category")?.option(key).cloned()
        };
        let label = |category: &Category| {
            option(category.key()).map_or_else(|| Text::new(category.key(), category.key()), |option| option.label)
        };
        Category::ALL.iter().map(label).collect()
    }
}

/// The columns of the index that the forecast is read from, in the order in which it groups: no row of the table is looked at, and
/// nothing is sorted. With the stage it answers for a board of one month too: how many deals stand where, and how much they are.
pub(crate) fn index(object: &Object) -> Option<&'static str> {
    let fields = ["close_month", "forecast_category", "amount", "weighted", "stage", "result"];
    let whole = object.name == OBJECT && fields.iter().all(|name| object.field(name).is_some());
    whole.then_some(
        "close_month, forecast_category, amount_currency, owner_id, amount, weighted, department_id, account_id, stage_id, result, \
         deleted_at",
    )
}
