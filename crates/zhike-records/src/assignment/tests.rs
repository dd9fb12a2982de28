//! Leads go where the rules say; rounds stay even, whoever writes at the same moment.

use std::collections::HashMap;

use futures_util::future::join_all;
use zhike_types::{Error, Uuid};

use super::rules::{Member, STRIDE, Way, next, took};
use crate::{
    Actor, Engine, Input, Selection,
    import::tests::{list, rest},
    tests::{Site, on_both},
};

fn member(weight: i64) -> Member {
    Member {
        id: Uuid::nil(),
        user: Uuid::nil(),
        name: String::new(),
        department: None,
        weight,
        turn: 0,
        most: None,
        held: 0,
        got: 0,
        fresh: false,
    }
}

fn rounds(way: Way, turn: &mut i64, members: &mut [Member], times: usize) {
    for _ in 0..times {
        let at = next(way, *turn, members).expect("somebody is free");
        took(turn, &mut members[at]);
    }
}

#[test]
fn a_round_is_even_by_weight_and_makes_up_for_nothing() {
    let mut all = vec![member(1), member(2), member(3)];
    let mut turn = 0;
    rounds(Way::Round, &mut turn, &mut all, 600);
    assert_eq!(all.iter().map(|one| one.got).collect::<Vec<_>>(), [100, 200, 300]);
    // never more than one behind what is theirs
    let mut even = vec![member(1), member(1), member(1)];
    for times in 1..50 {
        rounds(Way::Round, &mut turn, &mut even, 1);
        let got: Vec<i64> = even.iter().map(|one| one.got).collect();
        assert!(got.iter().max().expect("some") - got.iter().min().expect("some") <= 1, "{times}: {got:?}");
    }
    // who comes new, or back, begins where the round is
    even.push(member(1));
    rounds(Way::Round, &mut turn, &mut even, 8);
    assert_eq!(even[3].got, 2);
    assert!(turn >= STRIDE);
}

#[test]
fn who_is_full_is_passed_over_and_who_has_fewest_comes_first() {
    let mut all = vec![member(1), member(1)];
    all[0].most = Some(1);
    let mut turn = 0;
    rounds(Way::Round, &mut turn, &mut all, 5);
    assert_eq!((all[0].got, all[1].got), (1, 4));
    all[1].most = Some(4);
    assert_eq!(next(Way::Round, turn, &all), None);
    let mut some = vec![member(1), member(2)];
    (some[0].held, some[1].held) = (3, 4);
    assert_eq!(next(Way::Fewest, 0, &some), Some(1), "four of one with twice the weight are fewer");
    assert_eq!(next(Way::First, 0, &some), Some(0));
}

struct Team {
    boss: Actor,
    sellers: Vec<Actor>,
}

async fn team(site: &Site) -> Team {
    let department = site.make("department", &[("name", "销售一部")]).await.id;
    let boss = site.user("周总", Some(department), &["director"]).await;
    let mut sellers = Vec::new();
    for name in ["林晓", "赵强", "孙丽"] {
        sellers.push(site.user(name, Some(department), &["sales"]).await);
    }
    Team { boss, sellers }
}

fn id(actor: &Actor) -> String {
    actor.user_id.expect("a user").to_string()
}

async fn rule(site: &Site, team: &Team, fields: &[(&str, &str)], members: &[(usize, &[(&str, &str)])]) -> Uuid {
    let rule = site.make_as(&team.boss, "assignment_rule", fields).await.id;
    for (who, more) in members {
        let (rule, user) = (rule.to_string(), id(&team.sellers[*who]));
        let fields = [&[("rule", &*rule), ("user", &*user)][..], more].concat();
        site.make_as(&team.boss, "assignment_member", &fields).await;
    }
    rule
}

fn lead(name: &str) -> Input {
    Input::default().set("name", name)
}

async fn owners(site: &Site) -> HashMap<String, usize> {
    let query = crate::ListQuery { object: "lead".to_owned(), limit: 1_000, ..crate::ListQuery::default() };
    let mut all = HashMap::new();
    for record in site.engine.list(&site.admin, &query).await.expect("a list").records {
        let owner = record.value("owner").as_id();
        let name = owner.and_then(|id| record.titles.get(&id)).map(|title| title.text.clone()).unwrap_or_default();
        *all.entry(name).or_default() += 1;
    }
    all
}

async fn owner(engine: &Engine, site: &Site, lead: Uuid) -> Option<String> {
    engine.read(&site.admin, "lead", lead).await.expect("the lead").value("owner").as_id().map(|id| id.to_string())
}

#[test]
fn the_first_rule_that_holds_decides_and_the_history_says_which() {
    on_both(|site| async move {
        let team = team(&site).await;
        let [lin, zhao, _] = &team.sellers[..] else { panic!("three") };
        let web = [("name", "官网"), ("rank", "1"), ("condition", "source == \"website\" && score >= 10")];
        rule(&site, &team, &web, &[(1, &[])]).await;
        rule(&site, &team, &[("name", "其余"), ("rank", "2"), ("condition", "source == \"phone\"")], &[(0, &[])]).await;
        let make = async |actor: &Actor, name: &str, more: &[(&str, &str)]| {
            let input = more.iter().fold(lead(name), |input, (name, text)| input.set(name, *text));
            site.engine.create(actor, "lead", input).await.expect("a lead").id
        };
        // the score is worked out before the rules are asked
        let first = make(lin, "青岛恒信包装厂", &[("source", "website"), ("mobile", "13805326138")]).await;
        assert_eq!(owner(&site.engine, &site, first).await, Some(id(zhao)));
        let second = make(&team.boss, "济南长风物流有限公司", &[("source", "phone")]).await;
        assert_eq!(owner(&site.engine, &site, second).await, Some(id(lin)));
        // no rule holds; somebody was named
        let third = make(zhao, "烟台海产有限公司", &[("source", "referral")]).await;
        assert_eq!(owner(&site.engine, &site, third).await, Some(id(zhao)));
        let fourth = make(lin, "威海渔具有限公司", &[("source", "phone"), ("owner", &id(zhao))]).await;
        assert_eq!(owner(&site.engine, &site, fourth).await, Some(id(zhao)));
        let mut tx = site.engine.db().read().await.expect("a connection");
        let told = zhike_db::sql!("SELECT reason FROM audit WHERE record_id = $1 AND action = 'assign'", first);
        let told = tx.row(told).await.expect("read").expect("a row").text(0).expect("a text");
        assert_eq!(told.as_deref(), Some("按分配规则「官网」"));
        drop(tx);
        // who is away, or takes no part, is passed over; then the next rule is asked
        let (now, day) = (site.engine.now(), 86_400_000);
        site.engine.add_approval_absence(zhao, team.boss.user_id.expect("a user"), now, now + day).await.expect("away");
        let fifth = make(&team.boss, "临沂板材有限公司", &[("source", "website"), ("mobile", "13805326139")]).await;
        assert_eq!(owner(&site.engine, &site, fifth).await, Some(id(&team.boss)), "nobody is free: as before");
        site.clock.advance(2 * day);
        let sixth = make(&team.boss, "日照茶叶有限公司", &[("source", "website"), ("mobile", "13805326140")]).await;
        assert_eq!(owner(&site.engine, &site, sixth).await, Some(id(zhao)));
        // a salesperson keeps no rules, and a wrong one is not saved
        let mine = Input::default().set("name", "都给我");
        assert!(site.engine.create(lin, "assignment_rule", mine).await.is_err());
        let wrong = Input::default().set("name", "错的").set("condition", "nothing == 1");
        let refused = site.engine.create(&team.boss, "assignment_rule", wrong).await;
        assert!(matches!(&refused, Err(Error::Invalid(all)) if all[0].field == "condition"), "{refused:?}");
    });
}

#[test]
fn rounds_stay_even_whoever_writes_at_the_same_moment() {
    on_both(|site| async move {
        let team = team(&site).await;
        rule(&site, &team, &[("name", "轮流")], &[(0, &[]), (1, &[]), (2, &[("weight", "2")])]).await;
        let letters: Vec<char> = ('A'..='Z').chain('a'..='n').collect();
        let all = letters.chunks(5).map(|some| {
            let (engine, boss) = (site.engine.clone(), team.boss.clone());
            async move {
                for letter in some {
                    let name = format!("海运{}公司", letter.to_string().repeat(4));
                    let input = Input { duplicates: crate::OnAlike::Allow { reason: "测试".into() }, ..lead(&name) };
                    engine.create(&boss, "lead", input).await.expect("a lead");
                }
            }
        });
        join_all(all).await;
        let got = owners(&site).await;
        assert_eq!((got["林晓"], got["赵强"], got["孙丽"]), (10, 10, 20), "{got:?}");

        // a list that names nobody
        let rows: Vec<String> = (0..8).map(|n| format!("潍坊{n}号农机有限公司,1390536{n:04}")).collect();
        let file = list(&format!("单位名称,手机\n{}\n", rows.join("\n")));
        let boss = &team.boss;
        let info = site.engine.import_upload(boss, "lead", "leads.csv", file.path()).await.expect("uploaded");
        let mut plan = info.plan.clone();
        plan.on_duplicate = crate::OnDuplicate::Create;
        site.engine.import_plan(boss, info.id, plan).await.expect("planned");
        site.engine.import_start(boss, info.id, false).await.expect("started");
        let ended = rest(&site, boss, info.id).await;
        assert_eq!(ended.counts.created, 8, "{ended:?}");
        let got = owners(&site).await;
        assert_eq!((got["林晓"], got["赵强"], got["孙丽"]), (12, 12, 24), "{got:?}");
    });
}

#[test]
fn chosen_leads_are_shown_first_and_then_given() {
    on_both(|site| async move {
        let team = team(&site).await;
        let mut ids = Vec::new();
        for name in
            ["青岛恒信包装厂", "济南长风物流有限公司", "烟台海产有限公司", "威海渔具有限公司", "临沂板材有限公司"]
        {
            ids.push(site.engine.create(&team.boss, "lead", lead(name)).await.expect("a lead").id);
        }
        let chosen = Selection::Ids(ids.clone());
        let none = site.engine.assign_by_rules(&team.boss, "lead", &chosen, true).await;
        assert!(matches!(none, Err(Error::Invalid(_))), "there is no rule yet");
        let fields = [("name", "手上最少"), ("way", "fewest")];
        rule(&site, &team, &fields, &[(0, &[("most", "2")]), (1, &[("most", "2")])]).await;
        let told = site.engine.assign_by_rules(&team.boss, "lead", &chosen, true).await.expect("a preview");
        assert_eq!((told.given.len(), told.left.len(), told.refused), (4, 1, 0), "two each, and both are full");
        assert_eq!(owners(&site).await["周总"], 5, "nothing was given yet");
        let given = site.engine.assign_by_rules(&team.boss, "lead", &chosen, false).await.expect("given");
        assert_eq!(given.given, told.given, "as it was shown");
        let got = owners(&site).await;
        assert_eq!((got["林晓"], got["赵强"], got["周总"]), (2, 2, 1));
        // who may not give them away gives none
        let refused = site.engine.assign_by_rules(&team.sellers[2], "lead", &chosen, false).await;
        assert!(refused.as_ref().map_or(true, |told| told.refused == 5), "{refused:?}");
    });
}
