//! What is there already is found, told as far as one may know, and not made twice.

mod at_once;
mod people;
mod told;
mod weights;

use std::collections::BTreeSet;

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use zhike_db::Sql;
use zhike_match::{Band, Relation};
use zhike_types::{Error, Uuid, Value};

use crate::{
    Actor, Alike, Alikes, DailyLimits, Input, NewRow, OnAlike, Source, keys,
    load::Columns,
    matching::Aging,
    tests::{Site, on_both},
};

fn named(name: &str) -> Input {
    Input::default().set("name", name)
}

fn going_on(mut input: Input, reason: &str) -> Input {
    input.duplicates = OnAlike::Allow { reason: reason.to_owned() };
    input
}

async fn matches(site: &Site, actor: &Actor, input: &Input) -> Vec<Alike> {
    site.engine.matches(actor, "account", input, None).await.expect("it is asked")
}

/// Two salespeople of two departments, and a manager of the first one's.
async fn people(site: &Site) -> (Actor, Actor, Actor) {
    let east = site.make("department", &[("name", "华东销售部")]).await.id;
    let north = site.make("department", &[("name", "华北销售部")]).await.id;
    let one = site.user("王芳", Some(east), &["sales"]).await;
    let two = site.user("李强", Some(north), &["sales"]).await;
    let manager = site.user("赵敏", Some(east), &["manager"]).await;
    (one, two, manager)
}

#[test]
fn three_spellings_give_one_warning_with_the_owner_and_a_branch_is_related() {
    on_both(|site| async move {
        let (fang, qiang, _) = people(&site).await;
        let own = Input::default()
            .set("name", "北京华为技术有限公司")
            .set("region", "北京市")
            .set("phone", "13812346138")
            .set("address", "北京市海淀区上地一街1号");
        let made = site.engine.create(&fang, "account", own).await.expect("it is new");
        for name in ["华为技术(北京)有限公司", "华为技术有限公司北京", "北京华为技术有限公司"]
        {
            let found = matches(&site, &qiang, &named(name).set("phone", "138 1234 6138")).await;
            assert_eq!(found.len(), 1, "{name}: {found:?}");
            let alike = &found[0];
            assert_eq!(alike.band, Band::Same, "{name}");
            assert_eq!((alike.owner.as_deref(), alike.department.as_deref()), (Some("王芳"), Some("华东销售部")));
            assert!(alike.record.is_none() && alike.probability.is_none(), "only that it is there");
            let reasons: Vec<&str> = alike.reasons.iter().map(|reason| reason.zh.as_ref()).collect();
            assert!(reasons.contains(&"客户名称"), "{reasons:?}");
            assert!(!format!("{alike:?}").contains("6138"), "no value is told");

            let refused = site.engine.create(&qiang, "account", named(name)).await.expect_err("it is there");
            let told = Alikes::of(&refused).unwrap_or_else(|| panic!("{name}: {refused}"));
            assert_eq!(told.matches.len(), 1, "{name}");
        }
        let branch = matches(&site, &qiang, &named("华为技术有限公司深圳分公司")).await;
        assert_eq!(branch.iter().map(|alike| alike.band).collect::<Vec<_>>(), [Band::Related(Relation::Branch)]);
        site.engine
            .create(&qiang, "account", named("华为技术有限公司深圳分公司"))
            .await
            .expect("a customer of its own");

        let own = matches(&site, &fang, &named("华为技术有限公司北京")).await;
        let record = own[0].record.as_ref().expect("it is hers");
        assert_eq!((record.id, record.title()), (made.id, "北京华为技术有限公司"));
        assert!(own[0].probability.is_some_and(|probability| probability > 0.8));
        assert!(own[0].reasons.iter().any(|reason| reason.zh == "客户名称相同"), "{:?}", own[0].reasons);
        let others = site.engine.matches(&fang, "account", &Input::default(), Some(made.id)).await.expect("asked");
        assert_eq!(others.iter().map(|alike| alike.band).collect::<Vec<_>>(), [Band::Related(Relation::Branch)]);
    });
}

#[test]
fn a_customers_number_meets_a_contacts() {
    on_both(|site| async move {
        let (fang, qiang, _) = people(&site).await;
        let made = site.engine.create(&fang, "account", named("青岛海尔电器有限公司")).await.expect("new");
        let contact = Input::default()
            .set("name", "张伟")
            .set("account", made.id.to_string())
            .set("mobile", "13905321234")
            .set("email", "zhangwei@haier.example");
        let contact = site.engine.create(&fang, "contact", contact).await.expect("new");
        let asked = named("害尔电器").set("phone", "+86 139 0532 1234");
        let found = matches(&site, &qiang, &asked).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].band, Band::Same);
        assert!(
            found[0].reasons.iter().any(|reason| reason.zh == "手机" || reason.zh == "电话"),
            "{:?}",
            found[0].reasons
        );

        site.engine.delete(&fang, "contact", contact.id, None, None).await.expect("deleted");
        let found = matches(&site, &qiang, &asked).await;
        let told = found.iter().flat_map(|alike| &alike.reasons);
        assert!(told.clone().all(|reason| reason.zh != "手机" && reason.zh != "电话"), "{found:?}");
    });
}

#[test]
fn who_may_goes_on_with_a_reason() {
    on_both(|site| async move {
        let (fang, qiang, manager) = people(&site).await;
        let name = "青岛海尔电器有限公司";
        let phone = "13812346138";
        let twin = || named(name).set("phone", phone);
        site.engine.create(&fang, "account", twin()).await.expect("new");

        let refused = site.engine.create(&qiang, "account", twin()).await.expect_err("it is there");
        assert!(!Alikes::of(&refused).expect("what is there").may_go_on);
        let refused = site.engine.create(&qiang, "account", going_on(twin(), "两家")).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let refused = site.engine.create(&manager, "account", twin()).await.expect_err("it is there");
        assert!(Alikes::of(&refused).expect("what is there").may_go_on);
        let refused = site.engine.create(&manager, "account", going_on(twin(), " ")).await;
        assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].field == "reason"), "{refused:?}");
        assert_eq!(site.engine.count(&site.admin, "account", "", false).await.expect("a count"), 1);

        let made = site.engine.create(&manager, "account", going_on(twin(), "集团内两家")).await.expect("all the same");
        let history = site.engine.history(&site.admin, "account", made.id, None, 1).await.expect("history");
        assert_eq!(history[0].reason.as_deref(), Some("集团内两家"));

        // who may not know for certain may say so
        let likely = named("害尔");
        let asked = site.engine.create(&qiang, "account", likely.clone()).await.expect_err("it may be");
        assert!(Alikes::of(&asked).expect("what may be").may_go_on);
        site.engine.create(&qiang, "account", going_on(likely, "另一家海尔")).await.expect("all the same");
    });
}

#[test]
fn a_change_is_asked_about_what_it_brings_and_nothing_else() {
    on_both(|site| async move {
        let (fang, qiang, manager) = people(&site).await;
        site.engine.create(&fang, "account", named("青岛海尔电器有限公司")).await.expect("new");
        let other = site.engine.create(&qiang, "account", named("潍坊风筝制造有限公司")).await.expect("new");
        let change = |actor: Actor, id: Uuid, input: Input| {
            let engine = site.engine.clone();
            async move { engine.change(&actor, "account", id, None, input).await }
        };
        let level = Input::default().set("level", "A");
        change(qiang.clone(), other.id, level.clone()).await.expect("nothing that tells who it is");
        let renamed = change(qiang.clone(), other.id, named("青岛海尔电器公司")).await.expect_err("it is there");
        assert_eq!(Alikes::of(&renamed).expect("what is there").matches.len(), 1);

        let twin = going_on(named("青岛海尔电器公司"), "待核实");
        let twin = site.engine.create(&manager, "account", twin).await.expect("all the same");
        change(manager.clone(), twin.id, Input::default().set("industry", "家电")).await.expect("it was alike before");
    });
}

#[test]
fn imports_demo_and_the_system_are_not_asked() {
    on_both(|site| async move {
        let (fang, ..) = people(&site).await;
        site.engine.create(&fang, "account", named("青岛海尔电器有限公司")).await.expect("new");
        site.make("account", &[("name", "青岛海尔电器有限公司")]).await;
        let row = NewRow {
            values: vec![("name", Value::Text("青岛海尔电器有限公司".to_owned()))],
            ..NewRow::default()
        };
        site.engine.load(&fang, "account", vec![row]).await.expect("loaded");
        let importer = Actor { source: Source::Import, ..fang.clone() };
        site.engine
            .create(&importer, "account", named("青岛海尔电器有限公司"))
            .await
            .expect("an import decides itself");
        assert_eq!(site.engine.count(&site.admin, "account", "", false).await.expect("a count"), 4);
    });
}

#[test]
fn whose_a_customer_is_may_be_asked_so_many_times_a_day() {
    on_both(|site| async move {
        let (fang, qiang, _) = people(&site).await;
        let own = named("青岛海尔电器有限公司").set("phone", "0532-88939999").set("credit_code", "91370200163562681G");
        let own = site.engine.create(&fang, "account", own).await;
        let made = match own {
            Ok(record) => record,
            Err(error) => panic!("{error}"),
        };
        assert_eq!(site.engine.lookups_left(&qiang).await.expect("a number"), Some(100));
        let questions = [("青岛海尔电器", "name"), ("0532 8893 9999", "phone"), ("91370200163562681G", "credit_code")];
        for (question, field) in questions {
            let answer = site.engine.exists_check(&qiang, "account", question).await.expect("asked");
            assert_eq!(answer.field, field);
            assert_eq!(answer.holders.len(), 1, "{question}");
            let holder = &answer.holders[0];
            assert_eq!((holder.owner.as_deref(), holder.department.as_deref()), (Some("王芳"), Some("华东销售部")));
            assert!(!holder.mine);
        }
        let answer = site.engine.exists_check(&fang, "account", "青岛海尔").await.expect("asked");
        assert!(answer.holders.first().is_some_and(|holder| holder.mine), "{made:?}");
        let nobody = site.engine.exists_check(&qiang, "account", "潍坊风筝制造有限公司").await.expect("asked");
        assert!(nobody.holders.is_empty());
        assert_eq!(nobody.left, Some(96));
        assert_eq!(site.engine.lookups_left(&qiang).await.expect("a number"), Some(96), "looking at it costs nothing");

        let few = DailyLimits { questions: 5, ..DailyLimits::default() };
        site.engine.set_daily_limits(&site.admin, few).await.expect("set");
        let beyond = DailyLimits { questions: 100_001, ..few };
        assert!(site.engine.set_daily_limits(&site.admin, beyond).await.is_err());
        site.engine.exists_check(&qiang, "account", "青岛海信").await.expect("the fifth");
        let sixth = site.engine.exists_check(&qiang, "account", "青岛海信").await;
        assert!(matches!(sixth, Err(Error::TooMany(_))), "{sixth:?}");
        assert_eq!(site.engine.lookups_left(&qiang).await.expect("a number"), Some(0));
        site.clock.advance(24 * 3_600_000);
        site.engine.exists_check(&qiang, "account", "青岛海信").await.expect("another day");
        let mut tx = site.engine.db().read().await.expect("a reader");
        let asked = tx.number(Sql::new("SELECT COUNT(*) FROM audit WHERE action = 'lookup'")).await.expect("a number");
        assert_eq!(asked, 7);
    });
}

/// The keys that stand beside each record, and those that should.
pub(crate) async fn keys_are_true(site: &Site) {
    let model = site.engine.model();
    for name in ["account", "contact"] {
        let object = model.object(name).expect("an object");
        let columns = Columns::all(object);
        let mut sql = Sql::new("SELECT ");
        columns.select(&model, &site.admin, "t", &mut sql);
        sql.push(" FROM ").name(name).push(" t");
        let mut tx = site.engine.db().read().await.expect("a reader");
        let mut should = BTreeSet::new();
        for row in tx.rows(sql).await.expect("rows") {
            let stored = columns.read(&row).expect("a record");
            should.extend(keys::match_keys(object, &stored.values).into_iter().map(|key| (key, stored.seq)));
        }
        let is = tx
            .rows(Sql::new(&format!(
                "SELECT key, seq FROM {name}_match UNION ALL SELECT key, seq FROM {name}_match_young"
            )))
            .await
            .expect("rows");
        let is: BTreeSet<(i64, i64)> =
            is.iter().map(|row| (row.must_int(0).expect("a key"), row.must_int(1).expect("a number"))).collect();
        assert_eq!(is, should, "{name}");
    }
}

/// Every record, one in the bin too, stands in the search index once.
async fn words_are_true(site: &Site) {
    let mut tx = site.engine.db().read().await.expect("a reader");
    let all = tx.number(Sql::new("SELECT COUNT(*) FROM account")).await.expect("a number");
    assert_eq!(tx.number(tx.dialect().count_words("account")).await.expect("a number"), all);
}

#[test]
fn keys_are_true_after_any_writes() {
    const NAMES: [&str; 5] =
        ["青岛海尔电器有限公司", "海尔", "北京华为技术有限公司", "潍坊风筝制造有限公司", "上海老凤祥珠宝有限公司"];
    const PHONES: [&str; 4] = ["13812346138", "0532-88939999", "13905321234", ""];
    on_both(|site| async move {
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let steps = proptest::collection::vec((0_u8..8, 0_usize..5, 0_usize..4, 0_usize..64), 40);
        let steps = steps.new_tree(&mut runner).expect("steps").current();
        let (mut live, mut gone): (Vec<Uuid>, Vec<Uuid>) = (Vec::new(), Vec::new());
        let engine = &site.engine;
        let input = |name: usize, phone: usize| {
            named(NAMES[name]).set("phone", PHONES[phone]).set("region", "山东省青岛市").set("address", "香港中路8号")
        };
        let mut aging = Aging::default();
        for (step, name, phone, which) in steps {
            engine.age_keys(&mut aging).await.expect("moved");
            engine.age_words(&mut 0).await.expect("moved");
            let pick = |ids: &mut Vec<Uuid>| (!ids.is_empty()).then(|| ids.swap_remove(which % ids.len()));
            match step {
                0 | 1 => live.push(engine.create(&site.admin, "account", input(name, phone)).await.expect("made").id),
                2 => {
                    let values = vec![("name", Value::Text(NAMES[name].to_owned()))];
                    let rows = vec![NewRow { values, ..NewRow::default() }; 120];
                    engine.load(&site.admin, "account", rows).await.expect("loaded");
                }
                3 => {
                    if let Some(id) = live.get(which % live.len().max(1)) {
                        engine.change(&site.admin, "account", *id, None, input(name, phone)).await.expect("changed");
                        let contact = Input::default()
                            .set("name", "张伟")
                            .set("account", id.to_string())
                            .set("mobile", PHONES[phone]);
                        engine.create(&site.admin, "contact", contact).await.expect("made");
                    }
                }
                4 | 5 => {
                    if let Some(id) = pick(&mut live) {
                        engine.delete(&site.admin, "account", id, None, None).await.expect("deleted");
                        gone.push(id);
                    }
                }
                6 => {
                    if let Some(id) = pick(&mut gone) {
                        engine.restore(&site.admin, "account", id).await.expect("restored");
                        live.push(id);
                    }
                }
                _ => {
                    if let Some(id) = pick(&mut gone) {
                        engine.purge(&site.admin, "account", id).await.expect("gone for ever");
                    }
                }
            }
        }
        keys_are_true(&site).await;
        words_are_true(&site).await;
        // an installation whose keys are older than the rules gets them when it opens
        let mut tx = engine.db().begin().await.expect("a writer");
        for sql in tx.dialect().clear_keys("account") {
            tx.run(sql).await.expect("gone");
        }
        tx.run(Sql::new("UPDATE meta SET value = 'older' WHERE key IN ('model', 'index:account')")).await.expect("set");
        tx.commit().await.expect("committed");
        crate::tables::synchronise(engine.db(), &engine.model()).await.expect("brought up");
        keys_are_true(&site).await;
    });
}
