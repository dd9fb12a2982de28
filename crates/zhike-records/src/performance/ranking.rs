//! A ranking put together: figures, targets, people.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use zhike_model::{Measure, Model, Object};
use zhike_types::{Currency, Error, Result, Text, Uuid};

use super::{
    Performance, PerformanceQuery, RankOrder, RankedBy, RankedRow, Unit, Who,
    currency::choose,
    info, measured,
    people::{People, Sight},
    records::{self, Whose},
    rules::{achievement, change, places},
    targets::{Targets, UnitTargets},
};
use crate::{Actor, Engine, access};

pub(super) async fn ranking(engine: &Engine, actor: &Actor, query: &PerformanceQuery) -> Result<Performance> {
    let model = engine.model();
    let (object, measure) = engine.chosen_measure(&model, actor, query.measure.as_deref())?;
    // a ranking names people
    access::object_for(&model, actor, "user")?;
    let sight = Sight::of(actor, object);
    let trend = query.period.trend();
    let mut tx = engine.db().read().await?;
    let people = People::load(&mut tx).await?;
    let departments = people.choices(actor, sight);
    let department = match query.department {
        Some(id) if departments.iter().all(|choice| choice.id != id) => return Err(no_department()),
        Some(id) => Some(id),
        None if sight == Sight::Departments => actor.department_id,
        None => None,
    };
    let figures = measured::figures(&mut tx, engine, &model, actor, (object, measure), &trend, query.product).await?;
    let targets = Targets::load(&mut tx, &model, actor, &measure.name, query.period, query.product).await?;
    drop(tx);

    let mut info_shown = info(object, measure);
    let mut found: BTreeSet<Currency> = figures.keys().filter_map(|(_, currency, _)| *currency).collect();
    found.extend(targets.currencies());
    let (currencies, unit) = choose(info_shown.unit, &found, query.currency);
    info_shown.unit = unit;
    let made = Made { model: &model, object, measure, query, people: &people, targets: targets.in_unit(unit) };
    let lines = lines(&figures, unit, trend.len());
    let by = if sight == Sight::Own { RankedBy::Person } else { query.by };
    let within = department.map(|id| people.whole(id));
    let shown = |person: &Uuid| match sight {
        Sight::Own => Some(*person) == actor.user_id,
        _ => within.as_ref().is_none_or(|within| made.department_of(*person).is_some_and(|id| within.contains(&id))),
    };
    let everything = sight == Sight::All && department.is_none();

    let mut own: BTreeMap<Uuid, Line> = lines
        .iter()
        .filter_map(|(person, line)| Some(((*person)?, line.clone())))
        .filter(|(id, _)| shown(id))
        .collect();
    for person in made.targets.people().filter(|id| shown(id)) {
        own.entry(person).or_insert_with(|| Line::new(trend.len()));
    }
    if let (Sight::Own, Some(me)) = (sight, actor.user_id) {
        own.entry(me).or_insert_with(|| Line::new(trend.len()));
    }
    let nobody = lines.get(&None).filter(|_| everything);
    let mut rows = match by {
        RankedBy::Person => made.persons(&own),
        RankedBy::Department => made.departments(&own, department),
    };
    rank(&mut rows, query.order);
    let mut sum = Line::new(trend.len());
    own.values().chain(nobody).for_each(|line| sum.add(line));
    rows.extend(nobody.map(|line| made.row(Who::Nobody, line, None, &Whose::Nobody)));
    let goal = match (sight, department, actor.user_id) {
        (Sight::Own, _, Some(me)) => made.targets.person(me, query.period),
        (_, Some(id), _) => made.targets.department(&people, id, query.period),
        _ => {
            let all = people.below(None).filter_map(|top| made.targets.department(&people, top.id, query.period));
            all.reduce(i64::saturating_add)
        }
    };
    let ids = within.as_ref().map(|within| within.iter().copied().collect::<BTreeSet<Uuid>>());
    let whose = match (sight, actor.user_id, &ids) {
        (Sight::Own, Some(me), _) => Whose::Person(me),
        (_, _, Some(ids)) => Whose::Departments(ids),
        _ => Whose::Everybody,
    };
    let total = made.row(Who::Everybody, &sum, goal, &whose);
    Ok(Performance {
        measure: info_shown,
        measures: engine.measures(actor),
        period: query.period,
        trend,
        by,
        order: query.order,
        currencies,
        departments,
        department,
        sees_others: sight > Sight::Own,
        rows,
        total,
    })
}

/// One line of figures: a value for each period of the trend, and the records of the last.
#[derive(Debug, Clone)]
struct Line {
    trend: Vec<i64>,
    records: i64,
}

impl Line {
    fn new(periods: usize) -> Self {
        Self { trend: vec![0; periods], records: 0 }
    }

    fn add(&mut self, other: &Self) {
        for (sum, part) in self.trend.iter_mut().zip(&other.trend) {
            *sum = sum.saturating_add(*part);
        }
        self.records += other.records;
    }
}

/// The figures of the currency that is shown, by person.
fn lines(figures: &measured::Figures, unit: Unit, periods: usize) -> BTreeMap<Option<Uuid>, Line> {
    let mut lines: BTreeMap<Option<Uuid>, Line> = BTreeMap::new();
    for ((person, currency, place), figure) in figures {
        if let (Unit::Money(shown), Some(currency)) = (unit, currency)
            && shown != *currency
        {
            continue;
        }
        let line = lines.entry(*person).or_insert_with(|| Line::new(periods));
        if let Some(value) = line.trend.get_mut(*place) {
            *value = value.saturating_add(figure.sum);
        }
        if place + 1 == periods {
            line.records += figure.records;
        }
    }
    lines
}

/// Places, and the rows in their order; the same places keep the order of names.
fn rank(rows: &mut [RankedRow], order: RankOrder) {
    let figures: Vec<Option<i64>> = rows
        .iter()
        .map(|row| match order {
            RankOrder::Actual => Some(row.actual),
            RankOrder::Achievement => row.achievement,
        })
        .collect();
    for (row, place) in rows.iter_mut().zip(places(&figures)) {
        row.place = place;
    }
    rows.sort_by(|a, b| {
        let place = |row: &RankedRow| row.place.unwrap_or(usize::MAX);
        place(a).cmp(&place(b)).then_with(|| b.actual.cmp(&a.actual)).then_with(|| name(&a.who).cmp(name(&b.who)))
    });
}

fn name(who: &Who) -> &str {
    match who {
        Who::Person { name, .. } | Who::Department { name, .. } | Who::Direct { name, .. } => name,
        Who::Nobody | Who::Everybody => "",
    }
}

struct Made<'a> {
    model: &'a Model,
    object: &'a Object,
    measure: &'a Measure,
    query: &'a PerformanceQuery,
    people: &'a People,
    targets: UnitTargets,
}

impl Made<'_> {
    fn department_of(&self, person: Uuid) -> Option<Uuid> {
        self.people.users.get(&person).and_then(|user| user.department)
    }

    fn row(&self, who: Who, line: &Line, target: Option<i64>, whose: &Whose<'_>) -> RankedRow {
        let at = |period| {
            let place = self.query.period.trend().iter().position(|other| *other == period);
            place.and_then(|place| line.trend.get(place)).copied().unwrap_or_default()
        };
        let period = self.query.period;
        let (actual, before, year_before) = (at(period), at(period.moved(-1)), at(period.year_before()));
        RankedRow {
            place: None,
            who,
            actual,
            records: line.records,
            target,
            achievement: achievement(actual, target),
            before,
            change: change(actual, before),
            year_before,
            year_change: change(actual, year_before),
            trend: line.trend.clone(),
            filter: records::filter(self.model, self.object, self.measure, period, self.query.product, whose),
        }
    }

    fn persons(&self, own: &BTreeMap<Uuid, Line>) -> Vec<RankedRow> {
        let row = |(&id, line): (&Uuid, &Line)| {
            let user = self.people.users.get(&id);
            let department = user.and_then(|user| user.department).and_then(|id| self.people.department(id));
            let who = Who::Person {
                id,
                name: user.map(|user| user.name.clone()).unwrap_or_default(),
                department: department.map(|department| department.name.clone()),
            };
            self.row(who, line, self.targets.person(id, self.query.period), &Whose::Person(id))
        };
        own.iter().map(row).collect()
    }

    /// The departments next below the chosen one, each with all below it, and the people who belong to none of them. Where everything is
    /// shown and there is one department above all others, it is that one's.
    fn departments(&self, own: &BTreeMap<Uuid, Line>, chosen: Option<Uuid>) -> Vec<RankedRow> {
        let mut tops = self.people.below(None);
        let chosen = chosen.or_else(|| tops.next().filter(|_| tops.next().is_none()).map(|top| top.id));
        let sum = |within: &dyn Fn(Option<Uuid>) -> bool| {
            let mut sum = Line::new(self.query.period.trend().len());
            own.iter().filter(|(id, _)| within(self.department_of(**id))).for_each(|(_, line)| sum.add(line));
            sum
        };
        let mut rows = Vec::new();
        let period = self.query.period;
        for department in self.people.below(chosen) {
            let whole: HashSet<Uuid> = self.people.whole(department.id);
            let line = sum(&|id| id.is_some_and(|id| whole.contains(&id)));
            let target = self.targets.department(self.people, department.id, period);
            let who = Who::Department { id: department.id, name: department.name.clone() };
            rows.push(self.row(who, &line, target, &Whose::Departments(&whole.into_iter().collect())));
        }
        if let Some(department) = chosen.and_then(|id| self.people.department(id)) {
            let line = sum(&|id| id == Some(department.id));
            let target = self.targets.direct(self.people, department.id, period);
            let who = Who::Direct { id: department.id, name: department.name.clone() };
            rows.push(self.row(who, &line, target, &Whose::Departments(&BTreeSet::from([department.id]))));
        }
        rows.retain(|row| row.target.is_some() || row.trend.iter().any(|value| *value != 0) || row.records > 0);
        rows
    }
}

pub(crate) fn no_department() -> Error {
    Error::invalid(
        "department",
        "unknown",
        Text::new(
            "没有这个部门，或者您看不到它的业绩。请重新选择。",
            "There is no such department, or its figures are not yours to see. Choose another.",
        ),
    )
}
