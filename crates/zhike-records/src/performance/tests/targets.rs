//! Targets: who sets them, who sees them, how they add up.

use zhike_types::{Error, Uuid};

use super::{
    super::{PerformanceQuery, RankOrder, RankedBy, Who},
    measured::{asked, world},
};
use crate::{
    Actor, Input,
    tests::{Site, on_both},
};

async fn set(site: &Site, by: &Actor, fields: &[(&str, &str)]) -> Result<Uuid, Error> {
    let given = fields.iter().fold(Input::default(), |input, (name, text)| input.set(name, *text));
    site.engine.create(by, "target", given).await.map(|record| record.id)
}

#[test]
fn who_answers_for_others_sets_targets_and_everybody_sees_their_own() {
    on_both(async |site| {
        let world = world(&site, 9).await;
        let (seller, manager) = (&world.people[0], &world.people[2]);
        let (me, other) =
            (world.people[0].user_id.expect("a user").to_string(), world.people[1].user_id.expect("a user"));
        let target = |period: &'static str, day: &'static str, value: &'static str| {
            [
                ("measure", "signed_amount"),
                ("period", period),
                ("period_day", day),
                ("whom", "person"),
                ("value", value),
            ]
        };
        let for_me = |period, day, value| [&target(period, day, value)[..], &[("owner", me.as_str())]].concat();
        assert!(matches!(set(&site, seller, &for_me("month", "2026-01-15", "100")).await, Err(Error::Forbidden(_))));
        set(&site, manager, &for_me("month", "2026-01-15", "100000")).await.expect("a manager sets it");
        set(&site, manager, &for_me("month", "2026-02-01", "200000.50")).await.expect("another month");
        let refused = set(&site, manager, &for_me("month", "2026-02-01", "0")).await;
        assert!(matches!(refused, Err(Error::Invalid(errors)) if errors[0].field == "value"));
        let other_id = other.to_string();
        let theirs = [&target("quarter", "2026-03-31", "50000")[..], &[("owner", other_id.as_str())]].concat();
        set(&site, manager, &theirs).await.expect("a quarter");

        let row = async |actor: &Actor, period: &str, user: Uuid| {
            let ranking = site.engine.performance(actor, &asked(period, RankedBy::Person)).await.expect("a ranking");
            ranking.rows.into_iter().find(|row| matches!(row.who, Who::Person { id, .. } if id == user))
        };
        let mine = Uuid::parse_str(&me).expect("an id");
        let own = row(seller, "2026-02", mine).await.expect("one sees oneself");
        assert_eq!(own.target, Some(20_000_050));
        assert_eq!(own.achievement, Some((own.actual * 1_000 * 2 + 20_000_050) / (2 * 20_000_050)));
        // a quarter is what its months come to, until it is set itself
        assert_eq!(row(seller, "2026-Q1", mine).await.expect("oneself").target, Some(30_000_050));
        assert!(row(seller, "2026-Q1", other).await.is_none(), "a colleague's is not told");
        assert_eq!(row(manager, "2026-Q1", other).await.expect("one of mine").target, Some(5_000_000));

        // the department: what its people come to, until something is set for it
        let total = async |period: &str| {
            site.engine.performance(manager, &asked(period, RankedBy::Person)).await.expect("a ranking").total.target
        };
        assert_eq!(total("2026-Q1").await, Some(35_000_050));
        let department = world.departments[0].to_string();
        let whole = [
            ("measure", "signed_amount"),
            ("period", "year"),
            ("period_day", "2026-06-30"),
            ("whom", "department"),
            ("department", department.as_str()),
            ("value", "9000000"),
        ];
        set(&site, manager, &whole).await.expect("a department's");
        assert_eq!((total("2026").await, total("2026-Q1").await), (Some(900_000_000), Some(35_000_050)));
        // in another currency there is none
        let dollars =
            PerformanceQuery { currency: zhike_types::Currency::parse("USD"), ..asked("2026-Q1", RankedBy::Person) };
        assert_eq!(site.engine.performance(manager, &dollars).await.expect("a ranking").total.target, None);
        // by achievement: who has no target has no place
        let by_share = PerformanceQuery { order: RankOrder::Achievement, ..asked("2026-Q1", RankedBy::Person) };
        let ranking = site.engine.performance(manager, &by_share).await.expect("a ranking");
        for row in &ranking.rows {
            assert_eq!(row.place.is_some(), row.target.is_some());
        }
    });
}
