//! The demo in a real database, on both engines.

use std::collections::HashSet;

use zhike_records::{Actor, Engine, Source};
use zhike_types::{Error, Zone};

use super::{Filled, Plan, Progress, fill};
use crate::{
    demo::{self, PASSWORD},
    myday::{Whose, my_day},
    tests::on_both,
};

fn now() -> i64 {
    Zone::default().instant(jiff::civil::date(2025, 11, 12).at(10, 0, 0, 0))
}

async fn filled(engine: &Engine, plan: &Plan) -> Filled {
    fill(engine, &Actor::system(Source::Command), plan, &mut |_| {}).await.expect("the demo fits the model")
}

#[test]
fn fills_an_empty_database_and_only_that() {
    on_both(now(), |engine| async move {
        let actor = Actor::system(Source::Command);
        let plan = Plan { customers: 120, ..Plan::default() };
        let mut seen: Vec<Progress> = Vec::new();
        let filled =
            fill(&engine, &actor, &plan, &mut |progress| seen.push(progress)).await.expect("the demo fits the model");
        assert_eq!(filled.of("account"), 120);
        assert!(seen.iter().any(|p| p.object == "account" && p.done == 120 && p.total == 120));
        for (object, count) in &filled.records {
            let there = engine.count(&actor, object, "", false).await.expect("a number");
            assert_eq!(there, i64::try_from(*count).expect("a small number"), "{object}");
        }

        let again = fill(&engine, &actor, &plan, &mut |_| {}).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");

        let more = Plan { customers: 30, add: true, ..plan };
        let added = fill(&engine, &actor, &more, &mut |_| {}).await.expect("more fits");
        assert_eq!((added.of("account"), added.of("user"), added.of("department")), (30, 0, 0));
        assert_eq!(engine.count(&actor, "account", "", false).await.expect("a number"), 150);
    });
}

#[test]
fn everybody_signs_in_and_finds_their_own_day() {
    on_both(now(), |engine| async move {
        let plan = Plan { customers: 200, ..Plan::default() };
        filled(&engine, &plan).await;
        let mut seen = Vec::new();
        for login in demo::logins(plan.seed, plan.customers) {
            let secret = engine.sign_in(&login.login, PASSWORD, "", "").await.expect("the demo's password");
            let actor =
                engine.actor_of_session(&secret, Source::Page, "").await.expect("a session").expect("a live one");
            seen.push((login.role, engine.count(&actor, "account", "", false).await.expect("a number")));
            if login.role == "sales" {
                let day = my_day(&engine, &actor, Whose::Mine).await.expect("a day");
                assert!(!day.follow_up.is_empty() && day.overdue.len() + day.today.len() + day.soon.len() > 0);
            }
        }
        let of =
            |role: &str| seen.iter().filter(|(name, _)| *name == role).map(|(_, count)| *count).collect::<Vec<_>>();
        assert_eq!((of("admin"), of("director")), (vec![200], vec![200]));
        assert!(
            of("manager")[0] < 200 && of("sales").iter().all(|count| *count > 0 && *count < of("manager")[0].max(120)),
            "{seen:?}"
        );
    });
}

#[test]
fn a_team_has_orders_to_deliver_and_pools_to_claim_from() {
    on_both(now(), |engine| async move {
        let plan = Plan { customers: 400, ..Plan::default() };
        filled(&engine, &plan).await;
        for login in
            demo::logins(plan.seed, plan.customers).into_iter().filter(|one| matches!(one.role, "manager" | "sales"))
        {
            let secret = engine.sign_in(&login.login, PASSWORD, "", "").await.expect("the demo's password");
            let actor =
                engine.actor_of_session(&secret, Source::Page, "").await.expect("a session").expect("a live one");
            assert!(engine.count(&actor, "sales_order", "", false).await.expect("a number") > 0, "{}", login.login);
            let pools = engine.pools(&actor).await.expect("pools");
            assert_eq!(pools.len(), 2);
            assert!(
                pools.iter().all(|pool| pool.records > 0 && pool.manager == (login.role == "manager")),
                "{pools:?}"
            );
        }
        let system = Actor::system(Source::Command);
        let count = async |filter: &str| engine.count(&system, "sales_order", filter, false).await.expect("a number");
        assert!(count(r#"status in ["confirmed", "delivering"]"#).await > 0);
        assert_eq!(count("total == null || total <= 0 || contract == null").await, 0);
        let moves = engine.pools(&system).await.expect("pools");
        let customers = moves.iter().find(|info| info.pool.object == "account").expect("of customers").pool.id;
        let kinds: HashSet<&str> = engine
            .pool_moves(&system, customers, 1_000)
            .await
            .expect("moves")
            .into_iter()
            .map(|one| one.kind.key())
            .collect();
        assert!(["return", "reclaim", "claim", "assign"].iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    });
}
