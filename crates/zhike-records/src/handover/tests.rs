//! What a leaver has goes where it should, and comes back as it was.

mod whole;

use std::collections::BTreeMap;

use zhike_types::{Error, Uuid};

use super::{HandoverInput, HandoverLine, HandoverPart, LeftBehind, WhyLeft};
use crate::{
    Actor, Input, Record,
    tests::{Site, on_both},
};

/// 王芳 leaves; 李强 and 赵敏 of her department stay, and 周磊 of another one.
struct Office {
    fang: Actor,
    qiang: Actor,
    min: Actor,
    lei: Actor,
    manager: Actor,
}

impl Office {
    async fn at(site: &Site) -> Self {
        let east = site.make("department", &[("name", "华东销售部")]).await.id;
        let south = site.make("department", &[("name", "华南销售部")]).await.id;
        Self {
            fang: site.user("王芳", Some(east), &["sales"]).await,
            qiang: site.user("李强", Some(east), &["sales"]).await,
            min: site.user("赵敏", Some(east), &["sales"]).await,
            lei: site.user("周磊", Some(south), &["sales"]).await,
            manager: site.user("孙丽", Some(east), &["manager"]).await,
        }
    }

    fn id(actor: &Actor) -> Uuid {
        actor.user_id.expect("a user")
    }

    fn input(&self, parts: Vec<HandoverPart>, rest: Option<&Actor>) -> HandoverInput {
        HandoverInput { from: Self::id(&self.fang), parts, rest: rest.map(Self::id), reason: "王芳离职".to_owned() }
    }
}

fn accounts(filter: &str, to: &[&Actor]) -> HandoverPart {
    let to = to.iter().map(|actor| Office::id(actor)).collect();
    HandoverPart { object: "account".to_owned(), filter: filter.to_owned(), to }
}

async fn customer(site: &Site, owner: &Actor, name: &str) -> Uuid {
    site.make_as(owner, "account", &[("name", name)]).await.id
}

async fn under(site: &Site, owner: &Actor, object: &str, account: Uuid, fields: &[(&str, &str)]) -> Uuid {
    let account = account.to_string();
    let mut all = vec![("account", account.as_str())];
    all.extend_from_slice(fields);
    site.make_as(owner, object, &all).await.id
}

async fn read(site: &Site, object: &str, id: Uuid) -> Record {
    site.engine.read(&site.admin, object, id).await.expect("it is there")
}

async fn owner(site: &Site, object: &str, id: Uuid) -> Option<Uuid> {
    read(site, object, id).await.value("owner").as_id()
}

#[test]
fn what_hangs_on_a_customer_goes_along_and_what_is_done_stays() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let haier = customer(&site, &office.fang, "青岛海尔电器有限公司").await;
        let contact = under(&site, &office.fang, "contact", haier, &[("name", "张三")]).await;
        let open = under(&site, &office.fang, "task", haier, &[("subject", "寄样品")]).await;
        let done = under(&site, &office.fang, "task", haier, &[("subject", "回电话"), ("done", "true")]).await;
        let told =
            under(&site, &office.fang, "interaction", haier, &[("content", "谈了价格"), ("channel", "phone")]).await;
        let before = read(&site, "account", haier).await;

        let input = office.input(vec![accounts("", &[&office.lei])], None);
        let plan = site.engine.handover_plan(&site.admin, &input).await.expect("a plan");
        let line = |object: &str| HandoverLine { object: object.to_owned(), to: Office::id(&office.lei), count: 1 };
        assert_eq!(plan.lines, [line("account"), line("contact"), line("task")]);
        assert_eq!(plan.left, []);
        let made = site.engine.hand_over(&site.admin, &input).await.expect("handed over");
        assert_eq!(made.lines, plan.lines);

        let lei = Some(Office::id(&office.lei));
        for (object, id) in [("account", haier), ("contact", contact), ("task", open)] {
            let record = read(&site, object, id).await;
            assert_eq!(record.value("owner").as_id(), lei, "{object}");
            assert_eq!(record.value("department").as_id(), office.lei.department_id, "{object}");
        }
        let fang = Some(Office::id(&office.fang));
        assert_eq!(owner(&site, "task", done).await, fang);
        assert_eq!(owner(&site, "interaction", told).await, fang);
        let after = read(&site, "account", haier).await;
        for field in &before.object.fields {
            if !["owner", "department", "version", "updated_at", "updated_by"].contains(&field.name.as_str()) {
                assert_eq!(before.value(&field.name), after.value(&field.name), "{}", field.name);
            }
        }
        let history = site.engine.history(&site.admin, "account", haier, None, 10).await.expect("a history");
        assert_eq!((history[0].action.as_str(), history[0].reason.as_deref()), ("hand-over", Some("王芳离职")));

        let undone = site.engine.undo_handover(&site.admin, made.id).await.expect("taken back");
        assert_eq!(undone.undone.map(|undone| undone.kept), Some(0));
        for (object, id) in [("account", haier), ("contact", contact), ("task", open)] {
            assert_eq!(owner(&site, object, id).await, fang, "{object}");
        }
        let again = site.engine.undo_handover(&site.admin, made.id).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    });
}

#[test]
fn customers_are_dealt_by_conditions_and_in_rounds() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let mut ids = Vec::new();
        for (name, level) in [("甲", "A"), ("乙", "B"), ("丙", "C"), ("丁", "C"), ("戊", "C")] {
            let name = format!("{name}山东贸易有限公司");
            let record = site.make_as(&office.fang, "account", &[("name", &name), ("level", level)]).await;
            ids.push(record.id);
        }
        let of_lei = customer(&site, &office.lei, "广州白云山医药有限公司").await;
        let task = under(&site, &site.admin, "task", of_lei, &[("subject", "送合同")]).await;
        let fang = Office::id(&office.fang).to_string();
        site.engine.change(&site.admin, "task", task, None, Input::default().set("owner", &*fang)).await.expect("hers");
        let parts = vec![
            accounts(r#"level in ["A", "B"]"#, &[&office.lei]),
            accounts(r#"level == "C""#, &[&office.qiang, &office.min]),
        ];
        let plan = site.engine.handover_plan(&site.admin, &office.input(parts.clone(), None)).await.expect("a plan");
        let stays = LeftBehind { object: "task".to_owned(), count: 1, why: WhyLeft::NotChosen };
        assert_eq!(plan.left, [stays]);
        site.engine.hand_over(&site.admin, &office.input(parts, Some(&office.min))).await.expect("handed over");
        let expected = [&office.lei, &office.lei, &office.qiang, &office.min, &office.qiang];
        for (id, to) in ids.into_iter().zip(expected) {
            assert_eq!(owner(&site, "account", id).await, to.user_id);
        }
        assert_eq!(owner(&site, "task", task).await, office.min.user_id);
        assert_eq!(owner(&site, "account", of_lei).await, office.lei.user_id, "others' customers stay theirs");
    });
}

#[test]
fn who_worked_in_a_team_is_followed_there() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let (one, two) = (
            customer(&site, &office.lei, "广州白云山医药有限公司").await,
            customer(&site, &office.qiang, "上海老凤祥珠宝有限公司").await,
        );
        let user = |actor: &Actor| Office::id(actor).to_string();
        let mut rows = Vec::new();
        for account in [one, two] {
            rows.push(under(&site, &site.admin, "team_member", account, &[("user", &user(&office.fang))]).await);
        }
        customer(&site, &office.fang, "青岛海尔电器有限公司").await;
        let input = office.input(vec![accounts("", &[&office.qiang])], Some(&office.qiang));
        let made = site.engine.hand_over(&site.admin, &input).await.expect("handed over");
        let mut users = BTreeMap::new();
        for (row, account) in rows.iter().zip([one, two]) {
            users.insert(account, read(&site, "team_member", *row).await.value("user").as_id());
        }
        assert_eq!(users[&one], office.qiang.user_id);
        assert_eq!(users[&two], office.fang.user_id, "its owner needs no place in its team");
        site.engine.undo_handover(&site.admin, made.id).await.expect("taken back");
        assert_eq!(read(&site, "team_member", rows[0]).await.value("user").as_id(), office.fang.user_id);
    });
}

#[test]
fn only_who_may_and_only_what_they_may_change() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let near = customer(&site, &office.fang, "青岛海尔电器有限公司").await;
        let far = customer(&site, &office.fang, "北京华为技术有限公司").await;
        // one of hers stands in a department that her manager does not see
        let south = office.lei.department_id.expect("a department").to_string();
        site.engine
            .change(&site.admin, "account", far, None, Input::default().set("department", &*south))
            .await
            .expect("moved");
        let input = office.input(vec![accounts("", &[&office.qiang])], None);
        for actor in [&office.fang, &office.qiang] {
            let refused = site.engine.hand_over(actor, &input).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
            let refused = site.engine.handovers(actor, None, 10).await;
            assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        }
        let made = site.engine.hand_over(&office.manager, &input).await.expect("handed over");
        assert_eq!(made.lines.iter().map(|line| line.count).sum::<i64>(), 1);
        assert_eq!(owner(&site, "account", near).await, office.qiang.user_id);
        assert_eq!(owner(&site, "account", far).await, office.fang.user_id);
    });
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_written() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let haier = customer(&site, &office.fang, "青岛海尔电器有限公司").await;
        let field = |error: Error| match error {
            Error::Invalid(errors) => errors[0].field.clone(),
            other => panic!("{other}"),
        };
        let gone = site.user("钱多", None, &["sales"]).await;
        site.engine
            .change(&site.admin, "user", Office::id(&gone), None, Input::default().set("active", "false"))
            .await
            .expect("stopped");
        let ok = accounts("", &[&office.qiang]);
        for (input, wanted) in [
            (office.input(vec![accounts("", &[&office.fang])], None), "parts.0.to"),
            (office.input(vec![accounts("", &[&gone])], None), "parts.0.to"),
            (office.input(vec![accounts("", &[])], None), "parts.0.to"),
            (office.input(vec![HandoverPart { object: "contact".into(), ..ok.clone() }], None), "parts.0.object"),
            (office.input(vec![HandoverPart { object: "nothing".into(), ..ok.clone() }], None), "parts.0.object"),
            (office.input(vec![accounts("level ==", &[&office.qiang])], None), "filter"),
            (office.input(vec![accounts(r#"level == "D""#, &[&office.qiang])], None), "parts"),
            (office.input(vec![ok.clone()], Some(&gone)), "rest"),
            (HandoverInput { reason: "  ".into(), ..office.input(vec![ok.clone()], None) }, "reason"),
            (office.input(Vec::new(), None), "parts"),
        ] {
            let refused = site.engine.hand_over(&site.admin, &input).await.expect_err("it is wrong");
            assert_eq!(field(refused), wanted);
        }
        let nobody = HandoverInput { from: haier, ..office.input(vec![ok], None) };
        assert!(matches!(site.engine.hand_over(&site.admin, &nobody).await, Err(Error::NotFound)));
        assert_eq!(owner(&site, "account", haier).await, office.fang.user_id);
        assert!(site.engine.handovers(&site.admin, None, 10).await.expect("a list").handovers.is_empty());
    });
}

#[test]
fn what_had_another_owner_since_stays_there() {
    on_both(|site| async move {
        let office = Office::at(&site).await;
        let one = customer(&site, &office.fang, "青岛海尔电器有限公司").await;
        let two = customer(&site, &office.fang, "北京华为技术有限公司").await;
        let input = office.input(vec![accounts("", &[&office.qiang])], None);
        let made = site.engine.hand_over(&site.admin, &input).await.expect("handed over");
        let min = Office::id(&office.min).to_string();
        site.engine
            .change(&site.admin, "account", two, None, Input::default().set("owner", &*min))
            .await
            .expect("hers");
        let phone = Input::default().set("phone", "0532-88939999");
        site.engine.change(&office.qiang, "account", one, None, phone).await.expect("worked on");
        let undone = site.engine.undo_handover(&site.admin, made.id).await.expect("taken back");
        assert_eq!(undone.undone.map(|undone| undone.kept), Some(1));
        assert_eq!(owner(&site, "account", one).await, office.fang.user_id);
        assert_eq!(
            read(&site, "account", one).await.value("phone").as_text(),
            Some("0532-88939999"),
            "what was done stays"
        );
        assert_eq!(owner(&site, "account", two).await, office.min.user_id);
    });
}
