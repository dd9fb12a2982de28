//! Many at one moment: never two owners, no limit exceeded, every move on record.

use std::collections::HashMap;

use tokio::task::JoinSet;
use zhike_db::sql;
use zhike_types::{Error, Uuid};

use super::{Company, Return, claim, lying, owner_of, pool};
use crate::{
    Actor,
    tests::{Site, on_both},
};

#[test]
fn of_a_thousand_who_claim_at_one_moment_one_has_it() {
    on_both(|site| async move {
        let pool = pool(&site, "公海", &[]).await;
        let account = lying(&site, pool, "青岛海悦电器有限公司", &[]).await;
        let mut people = Vec::new();
        for family in ["王", "李"] {
            for given in "一二三四五六七八九十".chars() {
                people.push(site.user(&format!("{family}{given}"), None, &["sales"]).await);
            }
        }
        let mut set = JoinSet::new();
        for n in 0..1_000 {
            let (engine, actor) = (site.engine.clone(), people[n % people.len()].clone());
            set.spawn(async move { (actor.user_id, engine.claim(&actor, "account", account).await) });
        }
        let mut winners = Vec::new();
        for (who, outcome) in set.join_all().await {
            match outcome {
                Ok(record) => winners.push((who, record.value("owner").as_id())),
                Err(Error::Conflict(_)) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(winners.len(), 1, "{winners:?}");
        assert_eq!(winners[0].0, winners[0].1);
        assert_eq!(owner_of(&site, account).await, winners[0].0);
        let history = site.engine.history(&site.admin, "account", account, None, 10).await.expect("its history");
        assert_eq!(history.iter().filter(|entry| entry.action == "claim").count(), 1);
    });
}

/// A record's moves in the order of the book: kind and who.
async fn book(site: &Site, id: Uuid) -> Vec<(String, Option<Uuid>)> {
    let rows = sql!("SELECT kind, user_id FROM pool_move WHERE record_id = $1 ORDER BY seq", id);
    let rows = site.engine.db().read().await.expect("a reader").rows(rows).await.expect("rows");
    rows.iter().map(|row| (row.must_text(0).expect("a kind"), row.id(1).expect("an id"))).collect()
}

/// What one of the crowd tries next.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Claim,
    Return,
    Assign,
    Reclaim,
}

async fn act(site: &Site, deed: Deed, who: &Actor, boss: &Actor, id: Uuid) -> Result<(), Error> {
    let engine = &site.engine;
    match deed {
        Deed::Claim => engine.claim(who, "account", id).await.map(drop),
        Deed::Return => {
            let wish = Return { reason: "其他".to_owned(), ..Return::default() };
            engine.give_back(who, "account", id, &wish).await.map(drop)
        }
        Deed::Assign => {
            let to = who.user_id.expect("a user");
            engine.assign(boss, "account", id, to, "").await.map(drop)
        }
        Deed::Reclaim => engine.reclaim().await.map(drop),
    }
}

#[test]
fn whatever_a_crowd_does_the_book_and_the_audit_agree() {
    on_both(|site| async move {
        const HELD: i64 = 3;
        const CLAIMS: i64 = 6;
        let people = Company::at(&site).await;
        let settings = [("held_most", "3"), ("claims_a_day", "6"), ("grace_days", "0"), ("reclaim", r#"level == "D""#)];
        let pool = pool(&site, "公海", &settings).await;
        let mut ids = Vec::new();
        for n in 0..12 {
            let level = if n % 4 == 0 { "D" } else { "C" };
            ids.push(lying(&site, pool, &format!("第{n}家公司"), &[("level", level)]).await);
        }
        let crowd = [people.fang.clone(), people.qiang.clone(), people.min.clone()];
        let site = std::sync::Arc::new(site);
        let mut seed: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut dice = move |end: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((seed >> 33) % end as u64) as usize
        };
        for round in 0..12 {
            let mut set = JoinSet::new();
            for _ in 0..16 {
                let deed =
                    [Deed::Claim, Deed::Claim, Deed::Claim, Deed::Return, Deed::Return, Deed::Assign, Deed::Reclaim]
                        [dice(7)];
                let (who, id) = (crowd[dice(crowd.len())].clone(), ids[dice(ids.len())]);
                let (site, boss) = (std::sync::Arc::clone(&site), people.lei.clone());
                set.spawn(async move { (deed, act(&site, deed, &who, &boss, id).await) });
            }
            for (deed, outcome) in set.join_all().await {
                match outcome {
                    Ok(()) | Err(Error::Conflict(_) | Error::NotFound | Error::TooMany(_) | Error::Forbidden(_)) => {}
                    Err(other) => panic!("round {round}, {deed:?}: {other}"),
                }
            }
            check(&site, pool, &ids, &crowd, (HELD, CLAIMS)).await;
            if round % 4 == 3 {
                site.clock.advance(86_400_000);
            }
        }
        let claimed = claim(&site, &people.lei, ids[0]).await;
        assert!(claimed.is_ok() || matches!(claimed, Err(Error::Conflict(_))), "{claimed:?}");
    });
}

async fn check(site: &Site, pool: Uuid, ids: &[Uuid], crowd: &[Actor], (held, claims): (i64, i64)) {
    let mut holds: HashMap<Uuid, i64> = HashMap::new();
    for &id in ids {
        let record = site.engine.read(&site.admin, "account", id).await.expect("it is there");
        let (owner, lies_in) = (record.value("owner").as_id(), record.value("pool").as_id());
        assert!(owner.is_some() != lies_in.is_some(), "an owner or a pool: {owner:?} {lies_in:?}");
        if let Some(owner) = owner {
            *holds.entry(owner).or_default() += i64::from(record.value("pool_from").as_id() == Some(pool));
        }
        // the book tells the same, step by step: nobody gets what somebody has
        let mut at: Option<Uuid> = None;
        let mut moves = book(site, id).await;
        assert_eq!(moves.remove(0).0, "return", "so it came in");
        for (kind, who) in &moves {
            match kind.as_str() {
                "claim" => {
                    assert_eq!(at, None, "{id} has an owner already: {moves:?}");
                    at = *who;
                }
                "assign" => at = *who,
                _ => at = None,
            }
        }
        let history = site.engine.history(&site.admin, "account", id, None, 500).await.expect("its history");
        let told = |kind: &str| history.iter().filter(|entry| entry.action == kind).count();
        let kept = |kind: &str| moves.iter().filter(|(known, _)| known == kind).count();
        assert_eq!(told("claim"), kept("claim"));
        assert_eq!(told("return"), kept("return") + 1);
        assert_eq!(told("reclaim"), kept("reclaim"));
        assert_eq!(told("assign"), kept("assign"));
        assert_eq!(at, owner);
    }
    let today = site.engine.zone().start_of_day(site.engine.zone().day_of(site.engine.now()));
    for who in crowd {
        let me = who.user_id.expect("a user");
        assert!(holds.get(&me).copied().unwrap_or(0) <= held, "more than may be held");
        let sql = sql!("SELECT COUNT(*) FROM pool_move WHERE user_id = $1 AND kind = 'claim' AND at >= $2", me, today);
        let claimed = site.engine.db().read().await.expect("a reader").number(sql).await.expect("a number");
        assert!(claimed <= claims, "more than may be claimed a day");
    }
}
