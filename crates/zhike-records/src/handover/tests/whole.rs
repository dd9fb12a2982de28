//! A hand-over followed by its undo changes nothing, whatever the world and the hand-over are.

use std::collections::BTreeMap;

use proptest::{
    prelude::any,
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use zhike_types::{Error, Uuid, Value};

use super::{Office, accounts, under};
use crate::{
    Input, ListQuery,
    tests::{Site, on_both},
};

const OBJECTS: [&str; 4] = ["account", "contact", "task", "team_member"];

/// All values of all records but the version and the last change.
async fn snapshot(site: &Site) -> BTreeMap<(String, Uuid), Vec<(String, Value)>> {
    let mut all = BTreeMap::new();
    for object in OBJECTS {
        let query = ListQuery { object: object.to_owned(), limit: 200, ..ListQuery::default() };
        for record in site.engine.list(&site.admin, &query).await.expect("a list").records {
            let kept = record
                .object
                .fields
                .iter()
                .filter(|field| !["version", "updated_at", "updated_by"].contains(&field.name.as_str()));
            let values = kept.map(|field| (field.name.clone(), record.value(&field.name).clone())).collect();
            all.insert((object.to_owned(), record.id), values);
        }
    }
    all
}

#[test]
fn a_hand_over_and_its_undo_change_nothing() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let people = [&office.fang, &office.qiang, &office.min, &office.lei];
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let mut draw = |below: usize| {
            any::<proptest::sample::Index>().new_tree(&mut runner).expect("a number").current().index(below)
        };
        for round in 0..6 {
            for n in 0..6 {
                let owner = people[draw(4)];
                let level = ["A", "B", "C"][draw(3)];
                let name = format!("第{round}轮{n}号{}贸易有限公司", ["鲁", "苏", "浙", "粤"][draw(4)]);
                let fields = Input::default().set("name", &*name).set("level", level);
                let fields = Input { duplicates: crate::OnAlike::Allow { reason: "另一家".into() }, ..fields };
                let account = site.engine.create(owner, "account", fields).await.expect("a customer").id;
                for _ in 0..draw(3) {
                    let at = people[draw(4)];
                    let id = under(&site, &site.admin, "contact", account, &[("name", "张三")]).await;
                    let owner = Office::id(at).to_string();
                    site.engine
                        .change(&site.admin, "contact", id, None, Input::default().set("owner", &*owner))
                        .await
                        .expect("given");
                    let done = ["true", "false"][draw(2)];
                    under(
                        &site,
                        &site.admin,
                        "task",
                        account,
                        &[("subject", "回访"), ("done", done), ("owner", &owner)],
                    )
                    .await;
                }
                if draw(2) == 0 {
                    let user = Office::id(people[draw(4)]).to_string();
                    under(&site, &site.admin, "team_member", account, &[("user", &user)]).await;
                }
            }
            let from = people[draw(4)];
            let others: Vec<&crate::Actor> = people.into_iter().filter(|one| one.user_id != from.user_id).collect();
            let filters = [r#"level == "A""#, r#"level != "B""#, ""];
            let parts = (0..=draw(2)).map(|_| accounts(filters[draw(3)], &others[..=draw(3)])).collect();
            let rest = (draw(2) == 0).then(|| others[draw(3)]);
            let mut input = office.input(parts, rest);
            input.from = Office::id(from);
            let before = snapshot(&site).await;
            // since when somebody has a record comes back too
            site.clock.advance(86_400_000);
            match site.engine.hand_over(&site.admin, &input).await {
                Ok(made) => {
                    let between = snapshot(&site).await;
                    let moved = before.iter().filter(|(key, values)| between[*key] != **values).count() as i64;
                    let told: i64 = made.lines.iter().map(|line| line.count).sum();
                    assert!(moved >= told && told > 0, "{moved} moved, {told} told");
                    site.engine.undo_handover(&site.admin, made.id).await.expect("taken back");
                    assert_eq!(before, snapshot(&site).await, "round {round}");
                }
                Err(Error::Invalid(errors)) => assert_eq!(errors[0].code, "nothing"),
                Err(error) => panic!("{error}"),
            }
        }
    });
}
