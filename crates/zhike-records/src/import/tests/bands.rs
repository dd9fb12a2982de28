//! How sure an import is: rows that are the same, that may be, and new ones, each under its policy.

use zhike_types::Uuid;

use super::{count, import, list, rest};
use crate::{
    Actor, ImportCounts, ImportInfo, Input, ListQuery, OnDuplicate, OnReview, PreviewRow, RowBand,
    tests::{Site, on_both},
};

fn bands(counts: &ImportCounts) -> (i64, i64, i64) {
    (counts.same, counts.review, counts.new)
}

/// Uploads a list and looks at its rows under a policy.
async fn planned(
    site: &Site,
    actor: &Actor,
    path: &std::path::Path,
    policy: OnReview,
) -> (ImportInfo, Vec<PreviewRow>) {
    let info = site.engine.import_upload(actor, "account", "a.csv", path).await.expect("uploaded");
    let mut plan = info.plan.clone();
    plan.on_review = policy;
    let info = site.engine.import_plan(actor, info.id, plan).await.expect("planned");
    let rows = site.engine.import_preview(actor, info.id, 20).await.expect("a preview");
    (info, rows)
}

async fn run(site: &Site, actor: &Actor, id: Uuid) -> ImportInfo {
    site.engine.import_start(actor, id, false).await.expect("started");
    rest(site, actor, id).await
}

#[test]
fn a_name_that_many_have_puts_nobody_together() {
    on_both(|site| async move {
        let file = list(
            "客户名称,联系人,手机,省市,地址\n六韬药店,朱仁廉,18869621942,新疆维吾尔自治区乌鲁木齐市,站前街536号\n\
             六韬药店,廖长福,15717581197,湖南省株洲市,湖滨路742号12层\n六韬药店,廖总,15717581197,株洲,\n",
        );
        let dry = import(&site, &site.admin, file.path(), OnDuplicate::Update, true).await;
        let done = import(&site, &site.admin, file.path(), OnDuplicate::Update, false).await;
        assert_eq!(dry.counts, done.counts, "a dry run counts what a run does");
        assert_eq!((done.counts.created, done.counts.same), (2, 1), "{:?}", done.counts);
        let again = import(&site, &site.admin, file.path(), OnDuplicate::Update, false).await;
        assert_eq!((again.counts.skipped, bands(&again.counts)), (3, (3, 0, 0)), "{:?}", again.counts);
        assert_eq!(count(&site, "account").await, 2);
    });
}

#[test]
fn a_row_comes_to_its_record_again_whatever_became_of_it() {
    on_both(|site| async move {
        let file = list(
            "客户名称,联系人,手机,省市\n宏达商贸有限公司,王芳,13812345678,\n宏达商贸有限公司,,,山东省青岛市\n宏达商贸,李强,13912345678,四川省成都市\n",
        );
        let first = import(&site, &site.admin, file.path(), OnDuplicate::Update, false).await;
        let query = ListQuery { object: "account".into(), ..ListQuery::default() };
        let page = site.engine.list(&site.admin, &query).await.expect("listed");
        for record in &page.records {
            let input = Input::default().set("name", "改了名的公司").set("address", "别处1号");
            site.engine.change(&site.admin, "account", record.id, None, input).await.expect("changed");
        }
        let again = import(&site, &site.admin, file.path(), OnDuplicate::Update, false).await;
        assert_eq!((again.counts.created, again.counts.failed), (0, 0), "{:?} {:?}", first.counts, again.counts);
        assert_eq!(count(&site, "account").await, first.counts.created);
    });
}

/// A name that sounds like a known customer's, and no more.
const ALIKE: &str = "客户名称,省市\n海丰源电器有限公司,\n济南泉城商贸有限公司,山东省济南市\n";

#[test]
fn the_review_band_has_its_own_policy() {
    on_both(|site| async move {
        site.make("account", &[("name", "海峰源电器有限公司")]).await;
        let file = list(ALIKE);
        let (fail, rows) = planned(&site, &site.admin, file.path(), OnReview::Fail).await;
        assert_eq!(rows.iter().map(|row| row.band).collect::<Vec<_>>(), [Some(RowBand::Review), Some(RowBand::New)]);
        let like = rows[0].like.as_ref().expect("whom it is like");
        assert_eq!(like.name.as_deref(), Some("海峰源电器有限公司"));
        assert!(like.record.is_some() && !like.reasons.is_empty() && like.probability.is_some_and(|p| p > 0.0));
        let fail = run(&site, &site.admin, fail.id).await;
        assert_eq!((fail.counts.created, fail.counts.failed, bands(&fail.counts)), (1, 1, (0, 1, 1)));
        let (_, path) = site.engine.import_errors(&site.admin, fail.id).await.expect("errors");
        let text = std::fs::read_to_string(path).expect("read");
        assert!(text.lines().nth(1).is_some_and(|line| line.contains("海峰源电器有限公司")), "{text}");

        let (skip, _) = planned(&site, &site.admin, file.path(), OnReview::Skip).await;
        let skip = run(&site, &site.admin, skip.id).await;
        assert_eq!((skip.counts.created, skip.counts.skipped, bands(&skip.counts)), (0, 2, (1, 1, 0)));
        assert!(skip.returns_rows());
        let (_, path) = site.engine.import_errors(&site.admin, skip.id).await.expect("errors");
        assert_eq!(std::fs::read_to_string(path).expect("read").lines().count(), 2, "the head and the row left out");

        let (create, _) = planned(&site, &site.admin, file.path(), OnReview::Create).await;
        let create = run(&site, &site.admin, create.id).await;
        assert_eq!((create.counts.created, bands(&create.counts)), (1, (1, 1, 0)));
        let again = import(&site, &site.admin, file.path(), OnDuplicate::Update, false).await;
        assert_eq!((again.counts.created, bands(&again.counts)), (0, (2, 0, 0)));
    });
}

#[test]
fn who_may_not_see_the_other_is_told_nothing_of_it() {
    on_both(|site| async move {
        site.make("account", &[("name", "海峰源电器有限公司")]).await;
        let seller = site.user("王销售", None, &["sales"]).await;
        let file = list(ALIKE);
        let (info, rows) = planned(&site, &seller, file.path(), OnReview::Fail).await;
        let like = rows[0].like.as_ref().expect("that it is like one");
        assert_eq!((like.record, &like.name, like.probability, like.reasons.len()), (None, &None, None, 0));
        let done = run(&site, &seller, info.id).await;
        assert_eq!(done.counts.failed, 1);
        let (_, path) = site.engine.import_errors(&seller, done.id).await.expect("errors");
        let text = std::fs::read_to_string(path).expect("read");
        assert!(text.contains("没有权限") && !text.contains("海峰源电器"), "{text}");
    });
}

#[test]
fn keys_made_ahead_are_the_keys_of_the_records() {
    on_both(|site| async move {
        let file = super::data("customers-300.xlsx");
        import(&site, &site.admin, &file, OnDuplicate::Update, false).await;
        crate::matching::tests::keys_are_true(&site).await;
    });
}
