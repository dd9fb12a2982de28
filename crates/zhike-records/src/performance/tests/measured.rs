//! Sums by person and period, for several actors, on both databases.

use std::collections::{BTreeMap, BTreeSet};

use zhike_types::{Currency, Error, Uuid, Value};

use super::super::{Performance, PerformanceQuery, Period, RankOrder, RankedBy, Span, Unit, Who, rules::shares};
use crate::{
    Actor, ListQuery, NewRow, Record,
    tests::{NOW, Site, on_both},
};

/// A small generator of its own: the same world every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}

pub(crate) struct World {
    pub people: Vec<Actor>,
    pub root: Uuid,
    pub departments: [Uuid; 2],
}

fn usd() -> Currency {
    Currency::parse("USD").expect("three letters")
}

/// Two departments below one, six people, deals that are shared out and contracts of two currencies over two years.
pub(crate) async fn world(site: &Site, seed: u64) -> World {
    let mut dice = Dice(seed);
    let root = site.make("department", &[("name", "总部")]).await.id;
    let below = async |name: &str| site.make("department", &[("name", name), ("parent", &root.to_string())]).await.id;
    let departments = [below("东区").await, below("西区").await];
    let mut people = Vec::new();
    for (name, department, role) in [
        ("王一", Some(departments[0]), "sales"),
        ("李二", Some(departments[0]), "sales"),
        ("张三", Some(departments[0]), "manager"),
        ("赵四", Some(departments[1]), "sales"),
        ("钱五", Some(departments[1]), "sales"),
        ("孙六", Some(root), "director"),
    ] {
        people.push(site.user(name, department, &[role]).await);
    }
    let ids: Vec<Uuid> = people.iter().filter_map(|actor| actor.user_id).collect();
    let home = |id: Uuid| people.iter().find(|actor| actor.user_id == Some(id)).and_then(|actor| actor.department_id);
    let owned = |owner: Option<Uuid>, values: Vec<(&'static str, Value)>| NewRow {
        id: Some(site.engine.ids().next()),
        owner,
        department: owner.and_then(home),
        values,
        ..NewRow::default()
    };
    let mut accounts = Vec::new();
    for i in 0..8 {
        let row = owned(Some(dice.of(&ids)), vec![("name", format!("客户{i}号有限公司").into())]);
        accounts.push((row.id.expect("given"), row));
    }
    let account_ids: Vec<Uuid> = accounts.iter().map(|(id, _)| *id).collect();
    load(site, "account", accounts.into_iter().map(|(_, row)| row).collect()).await;
    let stage = site.engine.list(&site.admin, &everything("pipeline_stage")).await.expect("stages").records;
    let won = stage.iter().find(|stage| stage.value("kind").as_text() == Some("won")).expect("a stage");
    let mut deals = Vec::new();
    let mut splits = Vec::new();
    for i in 0..14 {
        let owner = dice.of(&ids);
        let row = owned(
            Some(owner),
            vec![
                ("name", format!("商机{i}").into()),
                ("account", dice.of(&account_ids).into()),
                ("stage", won.id.into()),
                ("pipeline", won.value("pipeline").clone()),
                ("amount", Value::money(dice.below(90_000_000) as i64 + 1, Currency::CNY)),
            ],
        );
        let id = row.id.expect("given");
        for _ in 0..dice.below(4) {
            let share = dice.of(&[333_i64, 500, 1, 1_000, 250]);
            splits.push(owned(
                Some(owner),
                vec![("opportunity", id.into()), ("user", dice.of(&ids).into()), ("share", share.into())],
            ));
        }
        deals.push(row);
    }
    let deal_ids: Vec<(Uuid, Value)> =
        deals.iter().map(|row| (row.id.expect("given"), row.values[1].1.clone())).collect();
    load(site, "opportunity", deals).await;
    load(site, "opportunity_split", splits).await;
    let mut contracts = Vec::new();
    let today = site.engine.zone().day_of(NOW);
    for i in 0..90 {
        let deal = (dice.below(3) > 0).then(|| deal_ids[dice.below(deal_ids.len() as u64) as usize].clone());
        let account = deal.as_ref().map_or_else(|| Value::from(dice.of(&account_ids)), |(_, account)| account.clone());
        let currency = if dice.below(5) == 0 { usd() } else { Currency::CNY };
        let mut values = vec![
            ("name", Value::from(format!("合同{i}"))),
            ("account", account),
            ("amount", Value::money(dice.below(10_000_000) as i64, currency)),
            ("status", dice.of(&["draft", "active", "active", "finished", "terminated"]).into()),
        ];
        values.extend(deal.map(|(id, _)| ("opportunity", id.into())));
        if dice.below(10) > 0 {
            values.push(("signed_on", Value::Int(today - dice.below(760) as i64 + 20)));
        }
        let owner = (dice.below(12) > 0).then(|| dice.of(&ids));
        contracts.push(owned(owner, values));
    }
    load(site, "contract", contracts).await;
    World { people, root, departments }
}

async fn load(site: &Site, object: &'static str, rows: Vec<NewRow>) {
    site.engine.load(&site.admin, object, rows).await.unwrap_or_else(|error| panic!("{object}: {error}"));
}

pub(crate) fn everything(object: &str) -> ListQuery {
    ListQuery { object: object.to_owned(), limit: 1_000, ..ListQuery::default() }
}

pub(crate) fn asked(period: &str, by: RankedBy) -> PerformanceQuery {
    PerformanceQuery {
        measure: Some("signed_amount".to_owned()),
        period: Period::parse(period).expect("a period"),
        by,
        department: None,
        product: None,
        currency: None,
        order: RankOrder::Actual,
    }
}

/// By person and period, what the lists that the actor sees come to.
async fn by_hand(
    site: &Site,
    actor: &Actor,
    periods: &[Period],
    shown: Currency,
) -> BTreeMap<(Option<Uuid>, usize), i64> {
    let read = async |object: &str| site.engine.list(actor, &everything(object)).await.expect("a list").records;
    let (contracts, splits, deals) =
        (read("contract").await, read("opportunity_split").await, read("opportunity").await);
    let mut sums = BTreeMap::new();
    for contract in &contracts {
        let Value::Money(money) = contract.value("amount") else { continue };
        let counted = ["active", "finished"].contains(&contract.value("status").as_text().unwrap_or_default());
        let Some(day) = contract.value("signed_on").as_int().filter(|_| counted && money.currency == shown) else {
            continue;
        };
        let Some(place) = periods.iter().position(|period| (period.days().0..period.days().1).contains(&day)) else {
            continue;
        };
        let deal = contract.value("opportunity").as_id().filter(|id| deals.iter().any(|deal| deal.id == *id));
        let parts: Vec<&Record> =
            splits.iter().filter(|split| deal.is_some() && split.value("opportunity").as_id() == deal).collect();
        if parts.is_empty() {
            *sums.entry((contract.value("owner").as_id(), place)).or_insert(0) += money.minor;
            continue;
        }
        let weights: Vec<i64> =
            in_order(&parts).iter().map(|split| split.value("share").as_int().unwrap_or(0)).collect();
        for (split, part) in in_order(&parts).iter().zip(shares(money.minor, &weights)) {
            *sums.entry((split.value("user").as_id(), place)).or_insert(0) += part;
        }
    }
    sums
}

/// As they were made: cents that are left go to the first.
fn in_order<'a>(parts: &[&'a Record]) -> Vec<&'a Record> {
    let mut parts = parts.to_vec();
    parts.sort_by_key(|split| split.id);
    parts
}

fn person(who: &Who) -> Option<Uuid> {
    match who {
        Who::Person { id, .. } => Some(*id),
        _ => None,
    }
}

#[test]
fn figures_are_what_the_lists_come_to_for_everybody() {
    on_both(async |site| {
        let world = world(&site, 11).await;
        let actors: Vec<&Actor> = world.people.iter().chain([&site.admin]).collect();
        for actor in actors {
            for period in ["2026-03", "2026-Q1", "2025", "2025-11"] {
                for currency in [Currency::CNY, usd()] {
                    let query = PerformanceQuery { currency: Some(currency), ..asked(period, RankedBy::Person) };
                    let ranking = site.engine.performance(actor, &query).await.expect("a ranking");
                    let sums = by_hand(&site, actor, &ranking.trend, currency).await;
                    for row in &ranking.rows {
                        let who = person(&row.who);
                        assert!(who.is_some() || row.who == Who::Nobody, "people are ranked");
                        for (place, value) in row.trend.iter().enumerate() {
                            let expected = sums.get(&(who, place)).copied().unwrap_or(0);
                            assert_eq!(*value, expected, "{} {period} {who:?} {place}", actor.name);
                        }
                    }
                    told_of_whom(&world, actor, &ranking);
                    let total: i64 = ranking.rows.iter().map(|row| row.actual).sum();
                    assert_eq!(ranking.total.actual, total);
                    if actor.user_id.is_none() {
                        let last = ranking.trend.len() - 1;
                        let all: i64 = sums.iter().filter(|((_, place), _)| *place == last).map(|(_, sum)| sum).sum();
                        assert_eq!(total, all, "everything is credited to somebody, to the cent");
                    }
                }
            }
        }
    });
}

/// A salesperson is told of themselves, a manager of the department, a director of all.
fn told_of_whom(world: &World, actor: &Actor, ranking: &Performance) {
    let told: BTreeSet<Uuid> = ranking.rows.iter().filter_map(|row| person(&row.who)).collect();
    let home = |id: &Uuid| world.people.iter().find(|one| one.user_id == Some(*id)).and_then(|one| one.department_id);
    let place = world.people.iter().position(|one| one.user_id == actor.user_id);
    match place {
        Some(2) => {
            assert!(told.iter().all(|id| home(id) == Some(world.departments[0])), "{told:?}");
            assert!(ranking.sees_others);
        }
        Some(5) | None => assert!(ranking.sees_others),
        Some(_) => {
            assert_eq!(told.into_iter().collect::<Vec<_>>(), actor.user_id.into_iter().collect::<Vec<_>>());
            assert!(!ranking.sees_others && ranking.departments.is_empty());
        }
    }
}

#[test]
fn a_figure_leads_to_its_records() {
    on_both(async |site| {
        let world = world(&site, 5).await;
        for actor in [&world.people[0], &world.people[2], &world.people[5], &site.admin] {
            for by in [RankedBy::Person, RankedBy::Department] {
                let ranking = site.engine.performance(actor, &asked("2026-Q1", by)).await.expect("a ranking");
                let Unit::Money(shown) = ranking.measure.unit else { panic!("contracts are money") };
                for row in ranking.rows.iter().chain([&ranking.total]) {
                    let query = ListQuery { filter: row.filter.clone(), ..everything("contract") };
                    let found =
                        site.engine.list(actor, &query).await.unwrap_or_else(|error| panic!("{}: {error}", row.filter));
                    let own = |record: &&Record| matches!(record.value("amount"), Value::Money(money) if money.currency == shown);
                    let count = found.records.iter().filter(own).count() as i64;
                    // what two people share is one record of both
                    let shared = matches!(row.who, Who::Person { .. } | Who::Nobody);
                    assert!(
                        if shared { count == row.records } else { count <= row.records },
                        "{:?} {count} {}",
                        row.who,
                        row.filter
                    );
                }
            }
        }
    });
}

#[test]
fn departments_hold_all_below_them() {
    on_both(async |site| {
        let world = world(&site, 3).await;
        let director = &world.people[5];
        let people = site.engine.performance(director, &asked("2026-Q1", RankedBy::Person)).await.expect("people");
        let departments =
            site.engine.performance(director, &asked("2026-Q1", RankedBy::Department)).await.expect("departments");
        // there is one above all others: it is parted into those below it, and its own people
        let names: BTreeSet<&str> = departments
            .rows
            .iter()
            .filter_map(|row| match &row.who {
                Who::Department { name, .. } | Who::Direct { name, .. } => Some(name.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(names, BTreeSet::from(["东区", "西区", "总部"]));
        for row in &departments.rows {
            let id = match &row.who {
                Who::Department { id, .. } | Who::Direct { id, .. } => *id,
                _ => continue,
            };
            let own = people.rows.iter().filter(|one| match person(&one.who) {
                Some(user) => {
                    world.people.iter().any(|actor| actor.user_id == Some(user) && actor.department_id == Some(id))
                }
                None => false,
            });
            assert_eq!(row.actual, own.map(|one| one.actual).sum::<i64>());
        }
        assert_eq!(departments.total.actual, people.total.actual);
        // one department alone, and one that is not the actor's to see
        let inside = PerformanceQuery { department: Some(world.departments[0]), ..asked("2026-Q1", RankedBy::Person) };
        let east = site.engine.performance(director, &inside).await.expect("one department");
        assert!(east.rows.len() < people.rows.len());
        let other = PerformanceQuery { department: Some(world.departments[1]), ..asked("2026-Q1", RankedBy::Person) };
        let refused = site.engine.performance(&world.people[2], &other).await;
        assert!(matches!(refused, Err(Error::Invalid(errors)) if errors[0].field == "department"));
        let unknown = PerformanceQuery { measure: Some("nothing".to_owned()), ..asked("2026", RankedBy::Person) };
        assert!(matches!(site.engine.performance(director, &unknown).await, Err(Error::Invalid(_))));
        let product = PerformanceQuery { product: Some(world.root), ..asked("2026", RankedBy::Person) };
        assert!(matches!(site.engine.performance(director, &product).await, Err(Error::Invalid(_))));
    });
}

#[test]
fn every_shipped_measure_answers_for_every_role() {
    on_both(async |site| {
        let world = world(&site, 1).await;
        for actor in world.people.iter().chain([&site.admin]) {
            let measures = site.engine.measures(actor);
            assert_eq!(measures.len(), 9, "{}", actor.name);
            for measure in measures {
                for span in [Span::Month, Span::Quarter, Span::Year] {
                    let period = Period::holding(span, site.engine.zone().day_of(NOW));
                    let query = PerformanceQuery {
                        measure: Some(measure.name.clone()),
                        period,
                        ..asked("2026", RankedBy::Person)
                    };
                    let ranking = site
                        .engine
                        .performance(actor, &query)
                        .await
                        .unwrap_or_else(|error| panic!("{}: {error}", measure.name));
                    assert!(ranking.rows.iter().all(|row| row.trend.len() == span.trend()));
                    for row in &ranking.rows {
                        let list = ListQuery { filter: row.filter.clone(), ..everything(&measure.object) };
                        let found = site
                            .engine
                            .list(actor, &list)
                            .await
                            .unwrap_or_else(|error| panic!("{}: {error}", row.filter));
                        let own = |record: &&Record| match (ranking.measure.unit, record.value("amount")) {
                            (Unit::Money(shown), Value::Money(money)) => money.currency == shown,
                            _ => true,
                        };
                        let count = found.records.iter().filter(own).count() as i64;
                        assert_eq!(count, row.records, "{} {}", measure.name, row.filter);
                    }
                }
            }
        }
    });
}
