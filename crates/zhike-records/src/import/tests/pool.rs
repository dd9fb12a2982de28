//! Lists straight into a public pool.

use zhike_types::{Error, Uuid};

use super::{list, rest};
use crate::{
    Actor, ImportState, ListQuery, Record,
    tests::{Site, on_both},
};

async fn bring(site: &Site, who: &Actor, text: &str, pool: Option<Uuid>) -> crate::ImportInfo {
    let (engine, file) = (&site.engine, list(text));
    let info = engine.import_upload(who, "account", "名单.csv", file.path()).await.expect("uploaded");
    let plan = crate::ImportPlan { pool, ..info.plan.clone() };
    let planned = engine.import_plan(who, info.id, plan).await.expect("planned");
    assert_eq!(planned.plan.pool, pool);
    engine.import_start(who, info.id, false).await.expect("started");
    let done = rest(site, who, info.id).await;
    assert!(done.error.is_none() && done.counts.failed == 0, "{done:?}");
    done
}

async fn all(site: &Site) -> Vec<Record> {
    let sort = vec![zhike_model::SortKey { field: "created_at".to_owned(), descending: false }];
    let query = ListQuery { object: "account".to_owned(), sort, limit: 100, ..ListQuery::default() };
    site.engine.list(&site.admin, &query).await.expect("a list").records
}

fn whose(records: &[Record], name: &str) -> (Option<Uuid>, Option<Uuid>) {
    let one = records.iter().find(|one| one.value("name").as_text() == Some(name)).expect("it is there");
    (one.value("owner").as_id(), one.value("pool").as_id())
}

#[test]
fn who_has_no_owner_lies_in_the_pool_whatever_anybodys_limits() {
    on_both(|site| async move {
        let fang = site.user("王芳", None, &["sales"]).await;
        let qiang = site.user("李强", None, &["sales"]).await;
        let pool = site.make("pool", &[("name", "展会公海"), ("held_most", "1"), ("claims_a_day", "1")]).await.id;
        let text = "客户名称,负责人,部门\n青岛海悦食品有限公司,,\n济南长风物流有限公司,李强,\n烟台海产有限公司,已离职的人,\n淄博恒力泵业有限公司,,\n";
        let done = bring(&site, &fang, text, Some(pool)).await;
        assert_eq!(done.counts.created, 4);
        let records = all(&site).await;
        for name in ["青岛海悦食品有限公司", "烟台海产有限公司", "淄博恒力泵业有限公司"] {
            assert_eq!(whose(&records, name), (None, Some(pool)), "{name}");
        }
        assert_eq!(whose(&records, "济南长风物流有限公司"), (qiang.user_id, None));
        let lying = records.iter().filter(|one| one.value("pool_since").as_int() == Some(site.engine.now())).count();
        assert_eq!(lying, 3, "since when they lie there");
        let moves = site.engine.pool_moves(&site.admin, pool, 10).await.expect("the book");
        assert!(
            moves.len() == 3 && moves.iter().all(|one| one.kind.key() == "import" && one.user.is_none()),
            "{moves:?}"
        );
        // from there they are claimed like any other, within the person's limits
        let ids: Vec<Uuid> = records.iter().filter(|one| !one.value("pool").is_null()).map(|one| one.id).collect();
        site.engine.claim(&qiang, "account", ids[0]).await.expect("claimed");
        site.engine.claim(&qiang, "account", ids[1]).await.expect_err("one a day");
        assert_eq!(whose(&all(&site).await, "济南长风物流有限公司").0, qiang.user_id);

        // the importer takes back what nobody has worked with since
        site.engine.import_undo(&fang, done.id).await.expect("asked");
        let undone = rest(&site, &fang, done.id).await;
        let undo = undone.undo.expect("counted");
        assert_eq!((undone.state, undo.removed, undo.kept), (ImportState::Undone, 3, 1));
        // without a pool they are the importer's, and so is what a rule of assignment does not take
        bring(&site, &fang, "客户名称\n潍坊风筝有限公司\n", None).await;
        assert_eq!(whose(&all(&site).await, "潍坊风筝有限公司"), (fang.user_id, None));
    });
}

#[test]
fn only_a_pool_that_one_may_put_something_into() {
    on_both(|site| async move {
        let fang = site.user("王芳", None, &["sales"]).await;
        let closed = site.make("pool", &[("name", "华东公海"), ("everybody", "false")]).await.id;
        let resting = site.make("pool", &[("name", "停用的"), ("active", "false")]).await.id;
        let leads = site.make("pool", &[("name", "线索公海"), ("object", "lead"), ("fields", "region")]).await.id;
        let open = site.make("pool", &[("name", "公海")]).await.id;
        let file = list("客户名称\n青岛海悦食品有限公司\n");
        let info = site.engine.import_upload(&fang, "account", "名单.csv", file.path()).await.expect("uploaded");
        let with = |pool| crate::ImportPlan { pool: Some(pool), ..info.plan.clone() };
        for pool in [closed, resting, leads, Uuid::nil()] {
            let refused = site.engine.import_plan(&fang, info.id, with(pool)).await;
            assert!(matches!(&refused, Err(Error::Invalid(all)) if all[0].field == "pool"), "{refused:?}");
        }
        site.engine.import_plan(&fang, info.id, with(open)).await.expect("a pool for everybody");
        let names: Vec<String> = site
            .engine
            .pools_to_fill(&fang, "account")
            .await
            .expect("pools")
            .into_iter()
            .map(|pool| pool.name)
            .collect();
        assert_eq!(names, ["公海"]);
        // put out of use between planning and starting
        let off = crate::Input::default().set("active", "false");
        site.engine.change(&site.admin, "pool", open, None, off).await.expect("out of use");
        let refused = site.engine.import_start(&fang, info.id, false).await;
        assert!(matches!(&refused, Err(Error::Invalid(all)) if all[0].field == "pool"), "{refused:?}");
    });
}
