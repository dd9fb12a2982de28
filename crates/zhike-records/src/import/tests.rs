//! Imports through the front door, on both databases: real noise, people of one customer on several rows, meeting what is there.

use std::{io::Write as _, path::PathBuf, time::Duration};

use zhike_types::Uuid;

use crate::{
    Actor, ExportFormat, ImportCounts, ImportInfo, ImportState, ListQuery, NewRow, OnDuplicate,
    tests::{Site, on_both},
};

mod ahead;
mod bands;
mod pool;
mod refer;

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// A list as a file.
pub(crate) fn list(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    file
}

/// Waits until an import rests.
pub(crate) async fn rest(site: &Site, actor: &Actor, id: Uuid) -> ImportInfo {
    for _ in 0..1_200 {
        let info = site.engine.import_info(actor, id).await.expect("the import is there");
        if !matches!(
            info.state,
            ImportState::Checking | ImportState::Waiting | ImportState::Running | ImportState::Undoing
        ) {
            return info;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the import does not end");
}

/// Imports a file under a policy.
pub(super) async fn import(
    site: &Site,
    actor: &Actor,
    path: &std::path::Path,
    policy: OnDuplicate,
    dry: bool,
) -> ImportInfo {
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let info = site.engine.import_upload(actor, "account", &name, path).await.expect("uploaded");
    let mut plan = info.plan.clone();
    plan.on_duplicate = policy;
    site.engine.import_plan(actor, info.id, plan).await.expect("planned");
    site.engine.import_start(actor, info.id, dry).await.expect("started");
    let ended = rest(site, actor, info.id).await;
    assert!(ended.error.is_none(), "{:?}", ended.error);
    ended
}

fn sum(counts: &ImportCounts) -> i64 {
    counts.created + counts.updated + counts.skipped + counts.failed
}

async fn count(site: &Site, object: &str) -> i64 {
    site.engine.count(&site.admin, object, "", false).await.expect("counted")
}

#[test]
fn real_noise_is_taken_and_a_second_run_makes_nothing() {
    on_both(|site| async move {
        for (file, made) in [("customers-300.xlsx", 295), ("customers-300.gb18030.csv", 300)] {
            let before = count(&site, "account").await;
            let dry = import(&site, &site.admin, &data(file), OnDuplicate::Update, true).await;
            assert_eq!(dry.state, ImportState::Checked);
            let first = import(&site, &site.admin, &data(file), OnDuplicate::Update, false).await;
            assert_eq!((first.counts.rows, sum(&first.counts)), (300, 300), "{file}");
            assert_eq!(dry.counts, first.counts, "{file}: a dry run counts what a run does");
            assert_eq!(first.counts.failed, 0, "{file}");
            assert_eq!(count(&site, "account").await - before, first.counts.created, "{file}");
            assert_eq!(first.counts.created, made, "{file}");
            let second = import(&site, &site.admin, &data(file), OnDuplicate::Update, false).await;
            assert_eq!((second.counts.created, second.counts.failed, sum(&second.counts)), (0, 0, 300), "{file}");
        }
    });
}

#[test]
fn columns_are_guessed() {
    on_both(|site| async move {
        let info = site
            .engine
            .import_upload(&site.admin, "account", "客户.xlsx", &data("customers-300.xlsx"))
            .await
            .expect("uploaded");
        let targets: Vec<&str> =
            info.plan.columns.iter().map(|column| column.target.as_deref().unwrap_or("")).collect();
        assert_eq!(
            targets,
            [
                "account.name",
                "account.credit_code",
                "contact.name",
                "contact.title",
                "contact.mobile",
                "account.phone",
                "contact.email",
                "account.region",
                "account.address",
                "account.industry",
                "account.source",
                "account.owner",
                "account.created_at",
                "account.remark",
            ]
        );
        let rows = site.engine.import_preview(&site.admin, info.id, 20).await.expect("a preview");
        assert_eq!(rows.len(), 20);
        assert!(rows.iter().all(|row| row.problems.is_empty() && row.outcome == "created"), "{rows:?}");
    });
}

#[test]
fn a_column_that_speaks_of_something_else_is_left_to_the_user() {
    on_both(|site| async move {
        let words = ["在用", "在用", "停用", "在用", "停用", "潜在"];
        for (known, target) in [(1, None), (3, Some("account.status"))] {
            let rows = words.iter().enumerate().map(|(i, word)| {
                let word = if i < 6 - known { word } else { "潜在" };
                format!("青岛海风{i}号贸易有限公司,{word}\n")
            });
            let file = list(&format!("客户名称,状态\n{}", rows.collect::<String>()));
            let info =
                site.engine.import_upload(&site.admin, "account", "客户.csv", file.path()).await.expect("uploaded");
            assert_eq!(info.plan.columns[1].target.as_deref(), target, "{known} of six are a status");
        }
    });
}

#[test]
fn one_customer_on_three_rows_has_three_people() {
    on_both(|site| async move {
        let file = list(
            "客户名称,联系人,手机,职务\n青岛海风贸易有限公司,王芳,13812345678,总经理\n青岛海风贸易有限责任公司,李强,13912345678,\n\
             青岛 海风贸易有限公司,王芳,,采购\n济南泉城商贸有限公司,,0531-88886666,\n",
        );
        let done = import(&site, &site.admin, file.path(), OnDuplicate::Skip, false).await;
        assert_eq!((done.counts.created, done.counts.updated, done.counts.skipped, done.counts.failed), (2, 1, 1, 0));
        assert_eq!((count(&site, "account").await, count(&site, "contact").await), (2, 3));
        let query = ListQuery { object: "account".into(), filter: "contact_count == 2".into(), ..ListQuery::default() };
        let page = site.engine.list(&site.admin, &query).await.expect("listed");
        assert_eq!(page.records.len(), 1, "the number of people is right at once");
        let again = import(&site, &site.admin, file.path(), OnDuplicate::Skip, false).await;
        assert_eq!((again.counts.created, again.counts.updated, again.counts.skipped), (0, 0, 4));
    });
}

#[test]
fn what_cannot_be_understood_comes_back_with_its_reason() {
    on_both(|site| async move {
        let file = list(
            "客户名称,手机,联系人,创建日期,负责人\n甲公司,12,王一,2023.5.1,离职的人\n乙公司,13800138000/13900139000,李二,2023-02-30,\n丙公司,13700137000,张三,2023年5月1日,\n,13700137001,赵四,,\n",
        );
        let done = import(&site, &site.admin, file.path(), OnDuplicate::Update, false).await;
        assert_eq!((done.counts.created, done.counts.failed), (1, 3));
        let (name, path) = site.engine.import_errors(&site.admin, done.id).await.expect("errors");
        assert!(name.ends_with("失败的行.csv"), "{name}");
        let text = std::fs::read_to_string(path).expect("read");
        let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert!(lines[0].ends_with(",失败原因"), "{text}");
        assert!(lines[1].starts_with("甲公司,12,") && lines[1].contains("手机"), "{text}");
        assert!(lines[2].contains("没有 2023 年 2 月 30 日这一天"), "{text}");
        assert!(lines[3].contains("客户名称"), "{text}");
    });
}

#[test]
fn policies() {
    on_both(|site| async move {
        site.make("account", &[("name", "青岛海风贸易有限公司"), ("industry", "贸易")]).await;
        let text = "客户名称,行业,电话\n青岛海风贸易有限责任公司,零售,0532-88886666\n";
        let file = list(text);
        let read = async |field: &str| {
            let query = ListQuery { object: "account".into(), ..ListQuery::default() };
            let page = site.engine.list(&site.admin, &query).await.expect("listed");
            page.records
                .iter()
                .map(|record| record.value(field).as_text().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        let skip = import(&site, &site.admin, file.path(), OnDuplicate::Skip, false).await;
        assert_eq!((skip.counts.skipped, read("phone").await), (1, vec![String::new()]));
        let fill = import(&site, &site.admin, file.path(), OnDuplicate::Update, false).await;
        assert_eq!(
            (fill.counts.updated, read("phone").await, read("industry").await),
            (1, vec!["0532-88886666".to_owned()], vec!["贸易".to_owned()])
        );
        let found = site.engine.search(&site.admin, "6666", &[], 5).await.expect("searched");
        assert_eq!(found.len(), 1, "the new phone is found");

        let info = site.engine.import_upload(&site.admin, "account", "a.csv", file.path()).await.expect("uploaded");
        let mut plan = info.plan.clone();
        plan.fill_blanks = false;
        site.engine.import_plan(&site.admin, info.id, plan).await.expect("planned");
        site.engine.import_start(&site.admin, info.id, false).await.expect("started");
        let over = rest(&site, &site.admin, info.id).await;
        assert_eq!((over.counts.updated, read("industry").await), (1, vec!["零售".to_owned()]));

        let undone = site.engine.import_undo(&site.admin, over.id).await.expect("undo");
        assert_eq!(undone.state, ImportState::Undoing);
        let undone = rest(&site, &site.admin, over.id).await;
        assert_eq!(
            (undone.state, undone.undo.expect("counts").restored, read("industry").await),
            (ImportState::Undone, 1, vec!["贸易".to_owned()])
        );

        let create = import(&site, &site.admin, file.path(), OnDuplicate::Create, false).await;
        assert_eq!((create.counts.created, count(&site, "account").await), (1, 2));
    });
}

#[test]
fn two_credit_codes_never_meet() {
    on_both(|site| async move {
        let file = list(
            "客户名称,统一社会信用代码\n海风贸易有限公司,91370200163562681G\n海风贸易有限公司,91350100M000100Y43\n海风贸易,\n别的名字,91370200163562681g\n",
        );
        let done = import(&site, &site.admin, file.path(), OnDuplicate::Update, false).await;
        assert_eq!((done.counts.created, done.counts.skipped, done.counts.failed), (2, 2, 0), "{:?}", done.counts);
    });
}

#[test]
fn an_undone_import_leaves_what_was_worked_with() {
    on_both(|site| async move {
        let file = list("客户名称,联系人,手机\n甲公司,王一,13800138000\n乙公司,李二,13900139000\n丙公司,,\n");
        let done = import(&site, &site.admin, file.path(), OnDuplicate::Update, false).await;
        let query =
            ListQuery { object: "account".into(), filter: "name == \"乙公司\"".into(), ..ListQuery::default() };
        let kept = site.engine.list(&site.admin, &query).await.expect("listed").records[0].id;
        site.make("note", &[("about", &format!("account:{kept}")), ("body", "谈过了")]).await;
        site.engine.import_undo(&site.admin, done.id).await.expect("undo");
        let undone = rest(&site, &site.admin, done.id).await;
        let undo = undone.undo.expect("counts");
        assert_eq!(
            (undo.removed, undo.kept, count(&site, "account").await, count(&site, "contact").await),
            (4, 1, 1, 0)
        );
        let record = site.engine.read(&site.admin, "account", kept).await.expect("still there");
        assert_eq!(record.value("contact_count").as_int(), Some(0));
    });
}

#[test]
fn what_one_may_not_see_is_met_without_being_shown() {
    on_both(|site| async move {
        site.make("account", &[("name", "青岛海风贸易有限公司"), ("phone", "0532-88886666")]).await;
        let seller = site.user("王销售", None, &["sales"]).await;
        let file = list("客户名称,电话\n青岛海风贸易有限公司,\n青岛新客贸易有限公司,\n");
        let done = import(&site, &seller, file.path(), OnDuplicate::Update, false).await;
        assert_eq!((done.counts.created, done.counts.skipped), (1, 1));
        assert_eq!(count(&site, "account").await, 2);
    });
}

#[test]
fn an_export_comes_back_as_it_was() {
    on_both(|site| async move {
        import(&site, &site.admin, &data("customers-300.xlsx"), OnDuplicate::Update, false).await;
        let fields = [
            "name",
            "kind",
            "roles",
            "status",
            "credit_code",
            "phone",
            "region",
            "address",
            "industry",
            "source",
            "created_at",
            "remark",
            "former_owner",
        ];
        let query = ListQuery {
            object: "account".into(),
            fields: Some(fields.map(str::to_owned).into()),
            ..ListQuery::default()
        };
        let folder = tempfile::tempdir().expect("a folder");
        for (format, name) in [(ExportFormat::Csv, "out.csv"), (ExportFormat::Xlsx, "out.xlsx")] {
            let out = folder.path().join(name);
            let rows = site.engine.export(&site.admin, &query, format, &out, &|_| {}).await.expect("exported");
            assert_eq!(rows as i64, count(&site, "account").await);
            let info = site.engine.import_upload(&site.admin, "account", name, &out).await.expect("uploaded");
            let mut plan = info.plan.clone();
            let targets: Vec<String> =
                plan.columns.iter().map(|column| column.target.clone().unwrap_or_default()).collect();
            assert_eq!(targets, fields.map(|field| format!("account.{field}")), "{name}");
            plan.fill_blanks = false;
            site.engine.import_plan(&site.admin, info.id, plan).await.expect("planned");
            site.engine.import_start(&site.admin, info.id, false).await.expect("started");
            let again = rest(&site, &site.admin, info.id).await;
            assert_eq!(
                (again.counts.rows, again.counts.skipped),
                (rows as i64, rows as i64),
                "{name}: every value is the same: {:?}",
                again.counts
            );
        }
    });
}

#[test]
fn of_several_that_a_row_may_mean_the_first_is_meant() {
    on_both(|site| async move {
        let file = list(
            "客户名称,统一社会信用代码,联系人\n海风贸易有限公司,91370200163562681G,王芳\n海风贸易有限公司,91350100M000100Y43,李强\n海风贸易有限公司,,张伟\n",
        );
        for _ in 0..2 {
            for dry in [true, false] {
                import(&site, &site.admin, file.path(), OnDuplicate::Update, dry).await;
            }
            let query =
                ListQuery { object: "account".into(), filter: "contact_count == 2".into(), ..ListQuery::default() };
            let page = site.engine.list(&site.admin, &query).await.expect("listed");
            let codes: Vec<&str> =
                page.records.iter().filter_map(|record| record.value("credit_code").as_text()).collect();
            assert_eq!(codes, ["91370200163562681G"]);
        }
    });
}

#[test]
fn formulas_over_rollups_hold_however_a_record_comes() {
    const SIZE: &str = r#"
[extend]
object = "account"
[[field]]
name = "x_size"
type = "formula"
formula = "contact_count * 10 + 1"
result = "integer"
label = { zh = "规模", en = "Size" }
[[field]]
name = "x_larger"
type = "formula"
formula = "x_size + 1"
result = "integer"
label = { zh = "更大", en = "Larger" }
"#;
    on_both(|site| async move {
        let engine = &site.engine;
        engine.apply_pack(&site.admin, "custom/size.toml", SIZE).await.expect("applied");
        let file = list("客户名称,联系人,手机\n青岛海悦食品有限公司,,\n济南长风物流有限公司,王小敏,13905320001\n");
        let ended = import(&site, &site.admin, file.path(), OnDuplicate::Update, false).await;
        assert_eq!(ended.counts.created, 2);
        site.make("account", &[("name", "潍坊风筝制造有限公司")]).await;
        let row = NewRow { values: vec![("name", "烟台果品有限公司".into())], ..NewRow::default() };
        engine.load(&site.admin, "account", vec![row]).await.expect("loaded");
        let query = ListQuery { object: "account".into(), ..ListQuery::default() };
        let page = engine.list(&site.admin, &query).await.expect("a list");
        let mut sizes: Vec<(String, Option<i64>, Option<i64>)> = Vec::new();
        for record in &page.records {
            let name = record.value("name").as_text().expect("a name").to_owned();
            sizes.push((name, record.value("x_size").as_int(), record.value("x_larger").as_int()));
        }
        sizes.sort();
        let with = |name: &str, contacts: i64| (name.to_owned(), Some(contacts * 10 + 1), Some(contacts * 10 + 2));
        let mut should = [
            with("青岛海悦食品有限公司", 0),
            with("济南长风物流有限公司", 1),
            with("潍坊风筝制造有限公司", 0),
            with("烟台果品有限公司", 0),
        ];
        should.sort();
        assert_eq!(sizes, should);
    });
}
