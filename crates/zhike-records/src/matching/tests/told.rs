//! Filling forms all day is one thing, asking for the list of all customers another.

use zhike_db::Sql;
use zhike_types::Error;

use super::{named, people};
use crate::{
    Actor, Alikes, DailyLimits,
    tests::{Site, on_both},
};

const OTHERS: [&str; 5] = [
    "青岛海尔电器有限公司",
    "北京华为技术有限公司",
    "潍坊风筝制造有限公司",
    "上海老凤祥珠宝有限公司",
    "广州白云山医药有限公司",
];

fn allowing(told: u32) -> DailyLimits {
    DailyLimits { told, ..DailyLimits::default() }
}

async fn lookups(site: &Site) -> i64 {
    let mut tx = site.engine.db().read().await.expect("a reader");
    tx.number(Sql::new("SELECT COUNT(*) FROM audit WHERE action = 'lookup'")).await.expect("a number")
}

async fn is_refused(site: &Site, actor: &Actor, name: &str) -> bool {
    match site.engine.matches(actor, "account", &named(name), None).await {
        Ok(_) => false,
        Err(Error::TooMany(_)) => true,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn so_many_customers_of_others_are_told_of_a_day() {
    on_both(|site| async move {
        let (fang, qiang, manager) = people(&site).await;
        for name in OTHERS {
            site.engine.create(&fang, "account", named(name)).await.expect("new");
        }
        site.engine.set_daily_limits(&site.admin, allowing(3)).await.expect("set");
        assert!(site.engine.set_daily_limits(&qiang, allowing(999)).await.is_err(), "not his to set");
        for name in &OTHERS[..2] {
            // one letter after the other: the same customer counts once
            for _ in 0..5 {
                assert!(!is_refused(&site, &qiang, name).await);
            }
        }
        assert_eq!(lookups(&site).await, 2);
        assert!(!is_refused(&site, &qiang, "绍兴黄酒酿造有限公司").await, "nothing to tell counts nothing");
        // what a refused write tells counts as well
        let refused = site.engine.create(&qiang, "account", named(OTHERS[2])).await.expect_err("it is there");
        assert!(Alikes::of(&refused).is_some());
        assert_eq!(lookups(&site).await, 3);

        // behind the limit there is no difference between what is there and what is not
        for name in ["绍兴黄酒酿造有限公司", OTHERS[0], OTHERS[3]] {
            assert!(is_refused(&site, &qiang, name).await, "{name}");
        }
        let refused = site.engine.create(&qiang, "account", named(OTHERS[3])).await.expect_err("it is there");
        assert!(matches!(refused, Error::TooMany(_)), "{refused}");
        assert_eq!(lookups(&site).await, 3);
        site.engine.create(&qiang, "account", named("绍兴黄酒酿造有限公司")).await.expect("work goes on");
        for name in OTHERS {
            assert!(!is_refused(&site, &fang, name).await && !is_refused(&site, &manager, name).await, "their own");
        }

        site.engine.set_daily_limits(&site.admin, allowing(4)).await.expect("set");
        assert!(!is_refused(&site, &qiang, OTHERS[3]).await, "more is allowed");
        assert!(is_refused(&site, &qiang, OTHERS[4]).await);
        let wait = site.engine.seconds_to_tomorrow();
        assert_eq!(wait, 14 * 3_600, "from ten in the morning to midnight");
        site.clock.advance(wait as i64 * 1_000);
        assert!(!is_refused(&site, &qiang, OTHERS[4]).await, "another day");
    });
}

#[test]
fn who_fills_forms_all_day_never_meets_the_limit() {
    on_both(|site| async move {
        let (fang, qiang, _) = people(&site).await;
        for name in OTHERS {
            site.engine.create(&fang, "account", named(name)).await.expect("new");
        }
        // sixty forms, typed letter by letter, every third of a customer that somebody else has
        for form in 0..60 {
            let name = if form % 3 == 0 {
                OTHERS[form % 5].to_owned()
            } else {
                format!("绍兴酒{form}号酿造有限公司")
            };
            let letters: Vec<char> = name.chars().collect();
            for typed in 2..=letters.len() {
                let typed: String = letters[..typed].iter().collect();
                assert!(!is_refused(&site, &qiang, &typed).await, "{typed}");
            }
        }
        assert!(lookups(&site).await <= OTHERS.len() as i64);
    });
}
