//! The forecast read and put together.

use std::collections::{BTreeMap, BTreeSet, HashSet, btree_map::Entry};

use zhike_db::{Sql, Tx};
use zhike_model::{Model, Object};
use zhike_types::{Currency, Error, Result, Uuid, date_of};

use super::{
    Category, Forecast, ForecastLine, ForecastMonth, ForecastQuery, OBJECT, Open, WON,
    months::{When, number, when},
};
use crate::{
    Actor, Engine, FieldRight, Period, Who,
    access::{self, Need},
    performance::{Figures, People, Sight, Targets, Unit, UnitTargets, figures, gathered, no_department},
};

/// The deals, if the actor may see what a forecast tells of them.
pub(super) fn offered<'m>(model: &'m Model, actor: &Actor) -> Result<&'m std::sync::Arc<Object>> {
    let object = access::object_for(model, actor, OBJECT)?;
    access::object_for(model, actor, "user")?;
    super::index(object).ok_or(Error::NotFound)?;
    let needed = ["amount", "weighted", "expected_close", "forecast_category", "result", "owner"];
    let plain = |name: &str| {
        object.field(name).is_some_and(|field| actor.rights.field(&object.name, field) >= FieldRight::Read)
    };
    if needed.into_iter().all(plain) { Ok(object) } else { Err(Error::NotFound) }
}

/// Open deals of one month, category, currency and owner.
struct Cell {
    month: Option<i64>,
    category: Category,
    currency: Currency,
    owner: Option<Uuid>,
    open: Open,
}

/// Whom a forecast is about.
pub(super) struct Scope {
    pub sight: Sight,
    pub people: People,
    pub department: Option<Uuid>,
    pub within: Option<HashSet<Uuid>>,
    me: Option<Uuid>,
}

impl Scope {
    pub async fn of(tx: &mut Tx, actor: &Actor, object: &Object, asked: Option<Uuid>) -> Result<Self> {
        let sight = Sight::of(actor, object);
        let people = People::load(tx).await?;
        let department = match asked {
            Some(id) if people.choices(actor, sight).iter().all(|choice| choice.id != id) => {
                return Err(no_department());
            }
            Some(id) => Some(id),
            None if sight == Sight::Departments => actor.department_id,
            None => None,
        };
        let within = department.map(|id| people.whole(id));
        Ok(Self { sight, people, department, within, me: actor.user_id })
    }

    /// Whether a person's deals are told of.
    pub fn holds(&self, owner: Option<Uuid>) -> bool {
        match (self.sight, &self.within) {
            (Sight::Own, _) => owner.is_some() && owner == self.me,
            (_, None) => true,
            (_, Some(within)) => {
                let user = owner.and_then(|owner| self.people.users.get(&owner));
                user.and_then(|user| user.department).is_some_and(|id| within.contains(&id))
            }
        }
    }

    /// The same as a condition of a filter.
    pub fn filter(&self) -> Option<String> {
        match (self.sight, &self.within) {
            (Sight::Own, _) => Some("owner == me".to_owned()),
            (_, None) => None,
            (_, Some(within)) => {
                let ids: BTreeSet<&Uuid> = within.iter().collect();
                Some(in_departments(ids.into_iter()))
            }
        }
    }

    /// What the database can leave out beforehand: one's own deals are found by their owner.
    pub fn narrow(&self, sql: &mut Sql) {
        if let (Sight::Own, Some(me)) = (self.sight, self.me) {
            sql.push(" AND t.owner_id = ").bind(me);
        }
    }
}

fn in_departments<'a>(ids: impl Iterator<Item = &'a Uuid>) -> String {
    let ids: Vec<String> = ids.map(|id| format!("\"{id}\"")).collect();
    format!("owner.department in [{}]", ids.join(", "))
}

pub(super) async fn forecast(engine: &Engine, actor: &Actor, query: &ForecastQuery) -> Result<Forecast> {
    let model = engine.model();
    let object = offered(&model, actor)?;
    let periods = query.periods()?;
    let mut tx = engine.db().read().await?;
    let scope = Scope::of(&mut tx, actor, object, query.department).await?;
    let mut cells = cells(&mut tx, &model, actor, object, &scope).await?;
    cells.retain(|cell| scope.holds(cell.owner));
    let (won, targets) = brought(&mut tx, engine, &model, actor, &periods).await?;
    drop(tx);

    let mut found: BTreeSet<Currency> = cells.iter().map(|cell| cell.currency).collect();
    found.extend(won.keys().filter(|(owner, _, _)| scope.holds(*owner)).filter_map(|(_, currency, _)| *currency));
    let mut currencies: Vec<Currency> = found.into_iter().collect();
    currencies.sort_by_key(|currency| *currency != Currency::CNY);
    let currency = query.currency.or_else(|| currencies.first().copied()).unwrap_or_default();
    cells.retain(|cell| cell.currency == currency);
    let targets: BTreeMap<i64, UnitTargets> =
        targets.into_iter().map(|(year, set)| (year, set.in_unit(Unit::Money(currency)))).collect();
    let several = currencies.iter().any(|one| *one != currency);
    let whole = Whole { scope: &scope, periods: &periods, cells: &cells, won: &won, currency, several, targets };
    let lines = if query.by_department && scope.sight > Sight::Own { whole.departments() } else { whole.people() };
    let everybody = |_: Option<Uuid>| true;
    let months: Vec<ForecastMonth> = (0..periods.len()).map(|place| whole.month(Some(place))).collect();
    let rest = |time: When| {
        whole.sum(&everybody, &|when| when == time).into_iter().fold(Open::default(), |mut sum, open| {
            sum.add(open);
            sum
        })
    };
    Ok(Forecast {
        currency,
        currencies,
        departments: scope.people.choices(actor, scope.sight),
        department: scope.department,
        sees_others: scope.sight > Sight::Own,
        by_department: query.by_department && scope.sight > Sight::Own,
        total: whole.month(None),
        months,
        overdue: rest(When::Overdue),
        later: rest(When::Later),
        undated: rest(When::Undated),
        lines,
    })
}

/// In the order of the index: it is read from end to end and nothing else is.
async fn cells(tx: &mut Tx, model: &Model, actor: &Actor, object: &Object, scope: &Scope) -> Result<Vec<Cell>> {
    let mut sql = Sql::new(
        "SELECT t.close_month, t.forecast_category, t.amount_currency, t.owner_id, COUNT(*), \
         CAST(COALESCE(SUM(t.amount), 0) AS BIGINT), CAST(COALESCE(SUM(t.weighted), 0) AS BIGINT) \
         FROM opportunity t WHERE t.deleted_at IS NULL AND t.result = 'open' AND ",
    );
    access::predicate(model, object, actor, Need::Read, "t", &mut sql);
    scope.narrow(&mut sql);
    sql.push(" GROUP BY t.close_month, t.forecast_category, t.amount_currency, t.owner_id");
    let mut cells = Vec::new();
    for row in tx.rows(sql).await? {
        cells.push(Cell {
            month: row.int(0)?,
            category: Category::of(row.text(1)?.as_deref()),
            currency: row.text(2)?.and_then(|code| Currency::parse(&code)).unwrap_or_default(),
            owner: row.id(3)?,
            open: Open { deals: row.must_int(4)?, amount: row.must_int(5)?, weighted: row.must_int(6)? },
        });
    }
    Ok(cells)
}

/// What was won in the months, and the targets of the years they lie in; nothing where the measure is not the actor's to see.
async fn brought(
    tx: &mut Tx,
    engine: &Engine,
    model: &Model,
    actor: &Actor,
    periods: &[Period],
) -> Result<(Figures, BTreeMap<i64, Targets>)> {
    let Some((object, measure)) =
        model.measure(WON).filter(|(object, measure)| engine.offers(model, actor, object, measure))
    else {
        return Ok((Figures::new(), BTreeMap::new()));
    };
    let won = figures(tx, engine, model, actor, (object, measure), periods, None).await?;
    let mut targets = BTreeMap::new();
    for period in periods {
        let year = period.first_month().0;
        if let Entry::Vacant(free) = targets.entry(year) {
            free.insert(Targets::load(tx, model, actor, WON, *period, None).await?);
        }
    }
    Ok((won, targets))
}

/// Everything that was read.
struct Whole<'a> {
    scope: &'a Scope,
    periods: &'a [Period],
    cells: &'a [Cell],
    won: &'a Figures,
    currency: Currency,
    /// There are deals in others.
    several: bool,
    /// By year.
    targets: BTreeMap<i64, UnitTargets>,
}

impl Whole<'_> {
    fn sum(&self, whose: &dyn Fn(Option<Uuid>) -> bool, time: &dyn Fn(When) -> bool) -> [Open; 4] {
        let months: Vec<i64> = self.periods.iter().map(|period| number(*period)).collect();
        let mut sums = [Open::default(); 4];
        for cell in self.cells.iter().filter(|cell| whose(cell.owner) && time(when(cell.month, &months))) {
            sums[cell.category.place()].add(cell.open);
        }
        sums
    }

    fn won(&self, whose: &dyn Fn(Option<Uuid>) -> bool, month: Option<usize>) -> i64 {
        let counted = self.won.iter().filter(|((owner, currency, place), _)| {
            let own = currency.is_none_or(|currency| currency == self.currency);
            own && self.scope.holds(*owner) && whose(*owner) && month.is_none_or(|month| month == *place)
        });
        counted.fold(0_i64, |sum, (_, figure)| sum.saturating_add(figure.sum))
    }

    /// Of one month, or of all: of whole years and quarters among them what was set for those.
    fn target(&self, of: &dyn Fn(&UnitTargets, Period) -> Option<i64>, month: Option<usize>) -> Option<i64> {
        let wanted = month.map_or_else(|| gathered(self.periods), |month| vec![self.periods[month]]);
        let one = |period: Period| of(self.targets.get(&period.first_month().0)?, period);
        wanted.into_iter().filter_map(one).reduce(i64::saturating_add)
    }

    /// One month, or all together.
    fn month(&self, place: Option<usize>) -> ForecastMonth {
        let everybody = |_: Option<Uuid>| true;
        let time = |when: When| match (when, place) {
            (When::Month(month), Some(place)) => month == place,
            (When::Month(_), None) => true,
            _ => false,
        };
        let target =
            |targets: &UnitTargets, period: Period| match (self.scope.sight, self.scope.me, self.scope.department) {
                (Sight::Own, Some(me), _) => targets.person(me, period),
                (_, _, Some(id)) => targets.department(&self.scope.people, id, period),
                _ => {
                    let tops = self.scope.people.below(None);
                    let all = tops.filter_map(|top| targets.department(&self.scope.people, top.id, period));
                    all.reduce(i64::saturating_add)
                }
            };
        ForecastMonth {
            period: place.map(|place| self.periods[place]),
            target: self.target(&target, place),
            won: self.won(&everybody, place),
            open: self.sum(&everybody, &time),
            filter: self.filter(place, self.scope.filter()),
        }
    }

    fn filter(&self, place: Option<usize>, whose: Option<String>) -> String {
        let (first, last) = match place {
            Some(place) => (self.periods[place], self.periods[place]),
            None => (self.periods[0], self.periods[self.periods.len() - 1]),
        };
        let iso = |day: i64| date_of(day).map_or_else(String::new, |date| date.to_string());
        let mut all = vec![
            "result == \"open\"".to_owned(),
            format!("expected_close >= date(\"{}\")", iso(first.days().0)),
            format!("expected_close < date(\"{}\")", iso(last.days().1)),
        ];
        all.extend(whose);
        if self.several {
            let code = self.currency.code();
            // a deal without an amount counts where most are
            all.push(if self.currency == Currency::default() {
                format!("currency(amount) in [\"{code}\", null]")
            } else {
                format!("currency(amount) == \"{code}\"")
            });
        }
        all.join(" && ")
    }

    fn line(
        &self,
        who: Who,
        whose: &dyn Fn(Option<Uuid>) -> bool,
        target: &dyn Fn(&UnitTargets, Period) -> Option<i64>,
        filter: String,
    ) -> ForecastLine {
        ForecastLine {
            who,
            target: self.target(target, None),
            won: self.won(whose, None),
            open: self.sum(whose, &|when| matches!(when, When::Month(_))),
            filter: self.filter(None, Some(filter)),
        }
    }

    fn people(&self) -> Vec<ForecastLine> {
        let mut ids: BTreeSet<Uuid> = self.cells.iter().filter_map(|cell| cell.owner).collect();
        ids.extend(self.won.keys().filter_map(|(owner, _, _)| *owner).filter(|id| self.scope.holds(Some(*id))));
        let set = self.targets.values().flat_map(UnitTargets::people);
        ids.extend(set.filter(|id| self.scope.holds(Some(*id))));
        let people = &self.scope.people;
        let lines = ids.into_iter().map(|id| {
            let user = people.users.get(&id);
            let department = user.and_then(|user| user.department).and_then(|id| people.department(id));
            let who = Who::Person {
                id,
                name: user.map(|user| user.name.clone()).unwrap_or_default(),
                department: department.map(|department| department.name.clone()),
            };
            let target = move |targets: &UnitTargets, period| targets.person(id, period);
            self.line(who, &move |owner| owner == Some(id), &target, format!("owner == \"{id}\""))
        });
        best_first(lines.collect())
    }

    fn departments(&self) -> Vec<ForecastLine> {
        let people = &self.scope.people;
        let mut tops = people.below(None);
        let chosen = self.scope.department.or_else(|| tops.next().filter(|_| tops.next().is_none()).map(|top| top.id));
        let of = |owner: Option<Uuid>| owner.and_then(|id| people.users.get(&id)).and_then(|user| user.department);
        let mut lines = Vec::new();
        for department in people.below(chosen) {
            let whole = people.whole(department.id);
            let ids: BTreeSet<&Uuid> = whole.iter().collect();
            let filter = in_departments(ids.into_iter());
            let target = |targets: &UnitTargets, period| targets.department(people, department.id, period);
            let who = Who::Department { id: department.id, name: department.name.clone() };
            lines.push(self.line(who, &|owner| of(owner).is_some_and(|id| whole.contains(&id)), &target, filter));
        }
        if let Some(top) = chosen.and_then(|id| people.department(id)) {
            let target = |targets: &UnitTargets, period| targets.direct(people, top.id, period);
            let who = Who::Direct { id: top.id, name: top.name.clone() };
            let filter = in_departments(std::iter::once(&top.id));
            lines.push(self.line(who, &|owner| of(owner) == Some(top.id), &target, filter));
        }
        best_first(lines)
    }
}

/// Who is expected to bring most comes first; who brings nothing and was to bring nothing is left out.
fn best_first(mut lines: Vec<ForecastLine>) -> Vec<ForecastLine> {
    lines.retain(|line| line.target.is_some() || line.won != 0 || line.open.iter().any(|open| open.deals > 0));
    lines.sort_by_key(|line| std::cmp::Reverse(line.expected()));
    lines
}
