//! What a scan learnt is weighed with from then on, in every process.

use zhike_db::Sql;
use zhike_match::{Band, Weights};

use super::{named, people};
use crate::{
    Actor,
    matching::MatchPlan,
    tests::{Site, on_both},
};

async fn bands(site: &Site, actor: &Actor, name: &str) -> Vec<Band> {
    let found = site.engine.matches(actor, "account", &named(name), None).await.expect("it is asked");
    found.iter().map(|alike| alike.band).collect()
}

#[test]
fn the_live_check_weighs_as_the_last_scan_did() {
    on_both(|site| async move {
        let (fang, ..) = people(&site).await;
        let engine = &site.engine;
        engine.create(&fang, "account", named("青岛海尔电器有限公司")).await.expect("new");
        let model = engine.model();
        let plan = MatchPlan::of(&model, model.object("account").expect("an object")).expect("a plan");
        assert_eq!(bands(&site, &fang, "青岛海尔电器公司").await, [Band::Same]);

        let keep = async |weights: &Weights| {
            let mut tx = engine.db().begin().await.expect("a writer");
            engine.keep_weights(&mut tx, &plan, weights).await.expect("kept");
            tx.commit().await.expect("committed");
        };
        let shipped = Weights::shipped(&plan.schema);
        // an installation that wants to be very sure
        keep(&Weights { same: 1.0 - 1e-12, ..shipped.clone() }).await;
        assert_eq!(bands(&site, &fang, "青岛海尔电器公司").await, [Band::Review]);
        keep(&Weights { same: 1.0 - 1e-12, review: 1.0 - 1e-12, ..shipped.clone() }).await;
        assert_eq!(bands(&site, &fang, "青岛海尔电器公司").await, []);
        keep(&shipped).await;
        assert_eq!(bands(&site, &fang, "青岛海尔电器公司").await, [Band::Same]);

        // what an older version of the program learnt is left alone
        keep(&Weights { review: 1.0 - 1e-12, same: 1.0 - 1e-12, ..shipped.clone() }).await;
        let mut tx = engine.db().begin().await.expect("a writer");
        tx.run(Sql::new("UPDATE match_weights SET print = 'older'")).await.expect("set");
        tx.commit().await.expect("committed");
        assert_eq!(bands(&site, &fang, "青岛海尔电器公司").await, [Band::Same]);
    });
}

#[test]
fn a_name_that_a_scan_found_common_says_less() {
    on_both(|site| async move {
        let (fang, ..) = people(&site).await;
        let engine = &site.engine;
        for trade in
            ["电器", "物流", "酒店管理", "珠宝", "建材", "医药", "食品", "软件", "广告", "机械", "纺织", "印刷"]
        {
            site.make("account", &[("name", &format!("青岛华夏{trade}有限公司"))]).await;
        }
        let before = engine.matches(&fang, "account", &named("华夏"), None).await.expect("asked");
        let model = engine.model();
        let plan = MatchPlan::of(&model, model.object("account").expect("an object")).expect("a plan");
        let mut store = store(&site, &plan).await;
        let frequencies = zhike_match::count(&plan.schema, &mut store, 1);
        let mut tx = engine.db().begin().await.expect("a writer");
        let weights = Weights { frequencies, ..Weights::shipped(&plan.schema) };
        engine.keep_weights(&mut tx, &plan, &weights).await.expect("kept");
        tx.commit().await.expect("committed");
        let after = engine.matches(&fang, "account", &named("华夏"), None).await.expect("asked");
        assert!(!before.is_empty() && after.is_empty(), "{} and {}", before.len(), after.len());
    });
}

async fn store(site: &Site, plan: &MatchPlan) -> zhike_match::Store {
    let mut store = zhike_match::Store::new();
    let mut extractor = zhike_match::Extractor::new(&plan.schema);
    let mut tx = site.engine.db().read().await.expect("a reader");
    for row in tx.rows(Sql::new("SELECT name FROM account")).await.expect("rows") {
        store.add(&mut extractor, &[(0, &row.must_text(0).expect("a name"))]);
    }
    store
}
