//! People: the same one at the same company, colleagues, and who works at two.

use zhike_match::Band;
use zhike_types::{Error, Uuid};

use super::{going_on, named, people};
use crate::{
    Actor, Alikes, Input,
    tests::{Site, on_both},
};

fn person(name: &str, account: Uuid, mobile: &str, phone: &str) -> Input {
    Input::default().set("name", name).set("account", account.to_string()).set("mobile", mobile).set("phone", phone)
}

async fn bands(site: &Site, actor: &Actor, input: &Input) -> Vec<Band> {
    let found = site.engine.matches(actor, "contact", input, None).await.expect("it is asked");
    found.iter().map(|alike| alike.band).collect()
}

#[test]
fn the_same_person_at_a_company_is_not_made_twice_and_a_colleague_is_another() {
    on_both(|site| async move {
        let (fang, _, manager) = people(&site).await;
        let engine = &site.engine;
        let haier = engine.create(&fang, "account", named("青岛海尔电器有限公司")).await.expect("new").id;
        engine.create(&fang, "contact", person("张晓伟", haier, "13905321234", "0532-88939999")).await.expect("new");

        for twin in [
            person("张晓伟", haier, "139 0532 1234", ""),
            person("张小伟", haier, "13905321234", ""),
            person("张晓伟", haier, "", "0532-88939999"),
        ] {
            assert_eq!(bands(&site, &fang, &twin).await, [Band::Same], "{twin:?}");
            let refused = engine.create(&fang, "contact", twin).await.expect_err("he is there");
            let told = Alikes::of(&refused).expect("who is there");
            assert!(!told.may_go_on && told.matches.len() == 1);
            assert_eq!(told.matches[0].record.as_ref().map(crate::Record::title), Some("张晓伟"));
        }
        let twin = going_on(person("张晓伟", haier, "13905321234", ""), "两个人共用一个号码");
        engine.create(&manager, "contact", twin).await.expect("who may goes on");

        let colleague = person("刘芳", haier, "13805329876", "0532-88939999");
        assert_eq!(bands(&site, &fang, &colleague).await, []);
        let colleague = engine.create(&fang, "contact", colleague).await.expect("a colleague");
        let renamed = engine
            .change(&fang, "contact", colleague.id, None, person("张晓伟", haier, "13905321234", ""))
            .await
            .expect_err("he is there");
        assert!(Alikes::of(&renamed).is_some(), "{renamed}");
        let title = Input::default().set("title", "经理");
        engine.change(&fang, "contact", colleague.id, None, title).await.expect("nothing that tells who she is");
    });
}

#[test]
fn who_works_at_two_companies_may_stand_at_both() {
    on_both(|site| async move {
        let (fang, qiang, _) = people(&site).await;
        let engine = &site.engine;
        let haier = engine.create(&fang, "account", named("青岛海尔电器有限公司")).await.expect("new").id;
        let kites = engine.create(&qiang, "account", named("潍坊风筝制造有限公司")).await.expect("new").id;
        engine.create(&fang, "contact", person("张晓伟", haier, "13905321234", "")).await.expect("new");

        let twin = || person("张晓伟", kites, "13905321234", "");
        let found = engine.matches(&qiang, "contact", &twin(), None).await.expect("asked");
        assert_eq!(found.iter().map(|alike| alike.band).collect::<Vec<_>>(), [Band::Review]);
        assert!(found[0].record.is_none() && found[0].probability.is_none(), "it is not his to see");
        assert_eq!(found[0].owner.as_deref(), Some("王芳"));
        assert!(!format!("{found:?}").contains("1234") && !format!("{found:?}").contains("海尔"), "{found:?}");
        let refused = engine.create(&qiang, "contact", twin()).await.expect_err("it may be");
        assert!(Alikes::of(&refused).expect("who may be").may_go_on);
        engine.create(&qiang, "contact", going_on(twin(), "在两家公司任职")).await.expect("at both");
        let namesake = Input::default().set("name", "张晓伟").set("mobile", "13811112222");
        assert_eq!(bands(&site, &qiang, &namesake).await, [], "a name alone says nothing across companies");

        // of a company that one may not see nothing is learnt by naming it
        let probe = Input::default().set("name", "张晓伟").set("account", haier.to_string());
        let found = engine.matches(&qiang, "contact", &probe, None).await.expect("asked");
        assert!(found.iter().all(|alike| alike.record.is_some()), "{found:?}");
        let refused = engine.create(&qiang, "contact", probe).await.expect_err("no such company");
        assert!(matches!(refused, Error::Invalid(_)), "{refused}");
    });
}

#[test]
fn a_scan_of_people_knows_where_they_work() {
    on_both(|site| async move {
        let engine = &site.engine;
        let haier = site.make("account", &[("name", "青岛海尔电器有限公司")]).await.id.to_string();
        let kites = site.make("account", &[("name", "潍坊风筝制造有限公司")]).await.id.to_string();
        let mut ids = Vec::new();
        for (name, account, phone) in [
            ("张晓伟", &haier, "0532-88939999"),
            ("张小伟", &haier, "0532-88939999"),
            ("刘芳", &haier, "0532-88939999"),
            ("张晓伟", &kites, ""),
        ] {
            ids.push(site.make("contact", &[("name", name), ("account", account), ("phone", phone)]).await.id);
        }
        let found = engine.duplicates(&site.admin, "contact", &|_| {}).await.expect("a scan");
        let pairs: Vec<(Uuid, Uuid)> = found.pairs().map(|pair| (pair.left, pair.right)).collect();
        assert_eq!(pairs, [(ids[0], ids[1])]);
    });
}

#[test]
fn users_are_not_customers() {
    on_both(|site| async move {
        let admin = site.user("周敏", None, &["admin"]).await;
        for login in ["zhangwei", "zhangwei2"] {
            let user = Input::default().set("name", "张伟").set("login", login).set("mobile", "13905321234");
            site.engine.create(&admin, "user", user).await.expect("two of one name");
        }
    });
}
