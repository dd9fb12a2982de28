//! Sums by month, category and person, and what changed, on both databases.

use std::collections::BTreeMap;

use zhike_types::{Currency, Error, Uuid, Value, days_of};

use super::super::{
    Category, ChangeKind,
    ChangeKind::{Added, Lost, Lowered, MovedOut, Raised, Removed, Won},
    ForecastQuery, Open,
};
use crate::{
    Actor, Input, ListQuery, NewRow, Period, Record, Who,
    tests::{Site, on_both},
};

const DAY: i64 = 86_400_000;

fn asked(months: usize) -> ForecastQuery {
    ForecastQuery {
        from: Period::parse("2026-01").expect("a month"),
        months,
        department: None,
        by_department: false,
        currency: None,
    }
}

async fn all(site: &Site, actor: &Actor, object: &str, filter: &str) -> Vec<Record> {
    let query = ListQuery { object: object.into(), filter: filter.into(), limit: 1_000, ..ListQuery::default() };
    site.engine.list(actor, &query).await.unwrap_or_else(|error| panic!("{filter}: {error}")).records
}

struct World {
    people: Vec<Actor>,
    stages: Vec<Uuid>,
    account: Uuid,
}

/// Two sellers and their manager, and deals of theirs all over the year.
async fn world(site: &Site) -> World {
    let department = site.make("department", &[("name", "东区")]).await.id;
    let mut people = Vec::new();
    for (name, role) in [("王一", "sales"), ("李二", "sales"), ("张三", "manager")] {
        people.push(site.user(name, Some(department), &[role]).await);
    }
    let ids: Vec<Uuid> = people.iter().filter_map(|actor| actor.user_id).collect();
    let account = site.make_as(&people[2], "account", &[("name", "海风贸易有限公司")]).await.id;
    let mut stages = all(site, &site.admin, "pipeline_stage", "").await;
    stages.sort_by_key(|stage| stage.value("rank").as_int());
    let pipeline = stages[0].value("pipeline").clone();
    let stages: Vec<Uuid> = stages.iter().map(|stage| stage.id).collect();
    let first = days_of(jiff::civil::date(2025, 12, 1));
    let usd = Currency::parse("USD").expect("three letters");
    let mut rows = Vec::new();
    for i in 0..150_i64 {
        let currency = if i % 11 == 0 { usd } else { Currency::CNY };
        let mut values = vec![
            ("name", Value::from(format!("商机{i}"))),
            ("account", account.into()),
            ("pipeline", pipeline.clone()),
            ("stage", stages[(i % 6) as usize].into()),
            ("forecast_category", ["commit", "best_case", "pipeline", "omitted", "closed"][(i % 5) as usize].into()),
        ];
        if i % 13 != 0 {
            values.push(("amount", Value::money(1_000_000 + i * 7_919, currency)));
        }
        if i % 17 != 0 {
            values.push(("expected_close", Value::Int(first + (i * 37) % 300)));
        }
        rows.push(NewRow {
            owner: Some(ids[(i % 3) as usize]),
            department: Some(department),
            values,
            ..NewRow::default()
        });
    }
    site.engine.load(&site.admin, "opportunity", rows).await.expect("deals");
    World { people, stages, account }
}

/// The same sums, from the list.
fn by_hand(deals: &[Record], query: &ForecastQuery, shown: Currency) -> BTreeMap<(Option<usize>, Category), Open> {
    let periods = query.periods().expect("months");
    let mut sums: BTreeMap<(Option<usize>, Category), Open> = BTreeMap::new();
    for deal in deals.iter().filter(|deal| deal.value("result").as_text() == Some("open")) {
        let (amount, currency) = match deal.value("amount") {
            Value::Money(money) => (money.minor, money.currency),
            _ => (0, Currency::CNY),
        };
        if currency != shown {
            continue;
        }
        let day = deal.value("expected_close").as_int();
        let place =
            periods.iter().position(|period| day.is_some_and(|day| (period.days().0..period.days().1).contains(&day)));
        let category = Category::of(deal.value("forecast_category").as_text());
        let weighted = deal.value("weighted").as_int().unwrap_or(0);
        sums.entry((place, category)).or_default().add(Open { deals: 1, amount, weighted });
    }
    sums
}

#[test]
fn a_forecast_is_what_the_deals_come_to() {
    on_both(async |site| {
        let world = world(&site).await;
        for actor in [&world.people[0], &world.people[2], &site.admin] {
            for (months, code) in [(1, None), (3, None), (12, None), (12, Some("USD"))] {
                let query = ForecastQuery { currency: code.and_then(Currency::parse), ..asked(months) };
                let forecast = site.engine.forecast(actor, &query).await.expect("a forecast");
                let own = if forecast.sees_others { "" } else { "owner == me" };
                let deals = all(&site, actor, "opportunity", own).await;
                let sums = by_hand(&deals, &query, forecast.currency);
                let of = |place, category| sums.get(&(place, category)).copied().unwrap_or_default();
                for (place, month) in forecast.months.iter().enumerate() {
                    for category in Category::ALL {
                        assert_eq!(month.open[category.place()], of(Some(place), category), "{} {place}", actor.name);
                    }
                    let counted: i64 = month.open.iter().map(|open| open.deals).sum();
                    let listed = all(&site, actor, "opportunity", &month.filter).await;
                    assert_eq!(listed.len() as i64, counted, "{}", month.filter);
                }
                let mut outside = Open::default();
                for category in Category::ALL {
                    outside.add(of(None, category));
                }
                let mut told = forecast.overdue;
                told.add(forecast.later);
                told.add(forecast.undated);
                assert_eq!(told, outside);
                let lines: i64 = forecast.lines.iter().flat_map(|line| line.open).map(|open| open.weighted).sum();
                assert_eq!(lines, forecast.total.open.iter().map(|open| open.weighted).sum::<i64>());
                if !forecast.sees_others {
                    assert!(
                        forecast
                            .lines
                            .iter()
                            .all(|line| matches!(line.who, Who::Person { id, .. } if Some(id) == actor.user_id))
                    );
                }
            }
        }
        let refused = site.engine.forecast(&site.admin, &asked(25)).await;
        assert!(matches!(refused, Err(Error::Invalid(errors)) if errors[0].field == "months"));
    });
}

#[test]
fn changes_name_what_was_done() {
    on_both(async |site| {
        let world = world(&site).await;
        let manager = &world.people[2];
        let since = site.engine.now() + DAY;
        site.clock.advance(2 * DAY);
        let query = ForecastQuery { currency: Some(Currency::CNY), ..asked(12) };
        let quiet = site.engine.forecast_changes(manager, &query, since).await.expect("changes");
        assert!(quiet.kinds.is_empty() && quiet.deals.is_empty() && quiet.start == quiet.now);

        let filter = r#"result == "open" && amount != null && expected_close >= date("2026-02-01") && expected_close < date("2026-06-01")"#;
        let mut open = all(&site, manager, "opportunity", filter).await;
        open.retain(|deal| matches!(deal.value("amount"), Value::Money(money) if money.currency == Currency::CNY));
        assert!(open.len() >= 6, "{}", open.len());
        let change = async |deal: &Record, fields: &[(&str, &str)]| {
            let input = fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text));
            site.engine
                .change(&site.admin, "opportunity", deal.id, None, input)
                .await
                .unwrap_or_else(|error| panic!("{error}"));
        };
        let (won, lost) = (world.stages[4].to_string(), world.stages[5].to_string());
        let reason = all(&site, manager, "deal_reason", r#"kind == "lost""#).await[0].id.to_string();
        change(&open[0], &[("amount", "999999")]).await;
        change(&open[1], &[("amount", "0.01")]).await;
        change(&open[2], &[("expected_close", "2027-05-01")]).await;
        change(&open[3], &[("stage", &won)]).await;
        change(&open[4], &[("stage", &lost), ("reason", &reason)]).await;
        site.engine.delete(&site.admin, "opportunity", open[5].id, None, None).await.expect("gone");
        // there and back again is no change
        change(&open[0], &[("expected_close", "2027-01-01")]).await;
        change(&open[0], &[("expected_close", "2026-03-01")]).await;
        let account = world.account.to_string();
        let new = [("name", "新的"), ("account", &account), ("amount", "1234.56"), ("expected_close", "2026-04-01")];
        site.make_as(manager, "opportunity", &new).await;

        let told = site.engine.forecast_changes(manager, &query, since).await.expect("changes");
        let kinds: BTreeMap<ChangeKind, i64> = told.kinds.iter().map(|(kind, (count, _))| (*kind, *count)).collect();
        let expected = BTreeMap::from([Added, Raised, Lowered, MovedOut, Won, Lost, Removed].map(|kind| (kind, 1)));
        assert_eq!(kinds, expected);
        assert_eq!(told.kinds[&Added].1, 123_456);
        let minor = |deal: &Record| deal.value("amount").as_int().unwrap_or(0);
        assert_eq!(told.kinds[&Raised].1, 99_999_900 - minor(&open[0]));
        assert_eq!(told.start, quiet.now);
        assert_eq!(told.start + told.kinds.values().map(|(_, by)| by).sum::<i64>(), told.now);
        let forecast = site.engine.forecast(manager, &query).await.expect("a forecast");
        assert_eq!(told.now, forecast.total.open.iter().map(|open| open.amount).sum::<i64>());
        // who may not see them hears nothing of them
        let seller = site.engine.forecast_changes(&world.people[0], &query, since).await.expect("changes");
        assert!(seller.deals.iter().all(|deal| told.deals.iter().any(|other| other.id == deal.id)));
        assert!(seller.deals.len() < told.deals.len());
    });
}
