//! The same customer made by many at one moment: one of them makes it.

use std::collections::BTreeMap;

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use zhike_types::Error;

use super::people;
use crate::{Alikes, Input, tests::on_both};

/// Customers, each as several people would write it.
const CUSTOMERS: [[(&str, &str); 4]; 4] = [
    [
        ("北京华为技术有限公司", "13812346138"),
        ("华为技术(北京)有限公司", ""),
        ("华为技术有限公司北京", "138 1234 6138"),
        ("北京華為技術有限公司", ""),
    ],
    [
        ("青岛海尔电器有限公司", "0532-88939999"),
        ("海尔电器（青岛）有限公司", ""),
        ("青岛害尔电器有限公司", "0532 8893 9999"),
        ("青岛海尔电器公司", ""),
    ],
    [
        ("潍坊风筝制造有限公司", ""),
        ("潍坊市风筝制造有限公司", "13905361234"),
        ("潍坊风筝制造公司", ""),
        ("风筝制造（潍坊）有限公司", "13905361234"),
    ],
    [
        ("上海老凤祥珠宝有限公司", ""),
        ("老凤祥珠宝（上海）有限公司", ""),
        ("上海市老凤祥珠宝有限公司", "02163520808"),
        ("上海老凤祥珠宝公司", ""),
    ],
];
const TASKS: usize = 32;

#[test]
fn one_of_many_makes_it_and_the_others_are_told() {
    on_both(|site| async move {
        let (fang, qiang, _) = people(&site).await;
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let picks = proptest::collection::vec((0..CUSTOMERS.len(), 0_usize..4), TASKS);
        for round in 0..3 {
            let picks = picks.new_tree(&mut runner).expect("picks").current();
            let tasks: Vec<_> = picks
                .iter()
                .enumerate()
                .map(|(task, &(customer, spelling))| {
                    let actor = if task % 2 == 0 { fang.clone() } else { qiang.clone() };
                    let engine = site.engine.clone();
                    let (name, phone) = CUSTOMERS[customer][spelling];
                    let input = Input::default().set("name", name).set("phone", phone);
                    async move { (customer, engine.create(&actor, "account", input).await) }
                })
                .collect();
            let made = futures(tasks).await;
            let mut count: BTreeMap<usize, usize> = BTreeMap::new();
            for (customer, made) in made {
                match made {
                    Ok(_) => *count.entry(customer).or_default() += 1,
                    Err(error @ Error::Alike(..)) => {
                        assert!(!Alikes::of(&error).expect("what is there").matches.is_empty());
                    }
                    Err(error) => panic!("{error}"),
                }
            }
            let picked: BTreeMap<usize, usize> = picks.iter().map(|(customer, _)| (*customer, 1)).collect();
            assert_eq!(count, picked, "round {round}");
            let query = crate::ListQuery { object: "account".to_owned(), limit: 100, ..crate::ListQuery::default() };
            let page = site.engine.list(&site.admin, &query).await.expect("a list");
            for record in page.records {
                site.engine.delete(&site.admin, "account", record.id, None, None).await.expect("deleted");
            }
        }
    });
}

async fn futures<T: Send + 'static>(tasks: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let mut set = tokio::task::JoinSet::new();
    for task in tasks {
        set.spawn(task);
    }
    set.join_all().await
}
