//! Visits: checked in once, reported, and standing with the customer as a follow-up.

use zhike_types::{Error, Value};

use super::{all, change, fields, input, refused, text};
use crate::{
    CheckInInput, Engine,
    tests::{NOW, Site, on_both},
};

const DAY: i64 = 86_400_000;

async fn planned(site: &Site) -> (crate::Record, crate::Record) {
    let account = site.make("account", &[("name", "青岛海悦食品有限公司")]).await;
    let id = account.id.to_string();
    let visit =
        site.make("visit", &[("purpose", "看样品"), ("account", &id), ("planned_start", "2026-03-02 14:00")]).await;
    (account, visit)
}

fn here(place: &str) -> CheckInInput {
    CheckInInput { place: place.into(), ..CheckInInput::default() }
}

async fn checked(
    engine: &Engine,
    site: &Site,
    visit: &crate::Record,
    input: CheckInInput,
) -> Result<crate::Record, Error> {
    engine.check_in(&site.admin, "visit", visit.id, input).await
}

#[test]
fn one_checks_in_once() {
    on_both(|mut site| async move {
        site.admin = site.user("林晓", None, &["sales"]).await;
        let (_, visit) = planned(&site).await;
        let nowhere = checked(&site.engine, &site, &visit, CheckInInput::default()).await;
        assert!(matches!(nowhere, Err(Error::Invalid(errors)) if fields(&errors) == ["place"]));
        let beyond = CheckInInput { latitude: Some(91.0), longitude: Some(120.0), ..CheckInInput::default() };
        assert!(matches!(checked(&site.engine, &site, &visit, beyond).await, Err(Error::Invalid(_))));
        let text_file = CheckInInput { photo: Some(("a.jpg".into(), b"no picture".to_vec())), ..here("厂门口") };
        assert!(
            matches!(checked(&site.engine, &site, &visit, text_file).await, Err(Error::Invalid(errors)) if fields(&errors) == ["photo"])
        );
        // by hand nobody says that they were there
        let forged = change(&site, &visit, &[("checked_in_at", "2026-03-02 14:00")]).await.expect_err("the engine's");
        assert_eq!(fields(&forged), ["checked_in_at"]);

        let at = CheckInInput {
            place: "  青岛市北区  厂门口 ".into(),
            latitude: Some(36.087_261_4),
            longitude: Some(-120.374_4),
            accuracy: Some(11.2),
            photo: Some(("IMG_1.jpg".into(), b"\xff\xd8\xff\xe0photo".to_vec())),
        };
        let done = checked(&site.engine, &site, &visit, at).await.expect("there");
        assert_eq!(text(&done, "place"), "青岛市北区 厂门口");
        assert_eq!(done.value("latitude"), &Value::Int(36_087_261));
        assert_eq!(done.value("longitude"), &Value::Int(-120_374_400));
        assert_eq!(done.value("accuracy"), &Value::Int(12));
        assert_eq!(done.value("checked_in_at").as_int(), Some(NOW));
        assert_eq!(done.value("checked_in_by").as_id(), site.admin.user_id);
        let photo = done.value("photo").as_id().expect("a photo");
        assert!(site.engine.attachment(&site.admin, photo).await.is_ok());

        let again = checked(&site.engine, &site, &visit, here("家里")).await.expect("the same");
        assert_eq!((again.version, text(&again, "place")), (done.version, text(&done, "place")));
        assert_eq!(all(&site, "attachment").await.len(), 1);
        assert!(matches!(
            site.engine.check_in(&site.admin, "account", visit.id, here("x")).await,
            Err(Error::NotFound)
        ));
    });
}

#[test]
fn of_many_clicks_one_counts() {
    on_both(|mut site| async move {
        site.admin = site.user("林晓", None, &["sales"]).await;
        let visit = planned(&site).await.1;
        let mut set = tokio::task::JoinSet::new();
        for i in 0..8 {
            let (engine, admin) = (site.engine.clone(), site.admin.clone());
            set.spawn(async move { engine.check_in(&admin, "visit", visit.id, here(&format!("门口 {i}"))).await });
        }
        let done = set.join_all().await;
        let places: Vec<String> = done.into_iter().map(|one| text(&one.expect("checked in"), "place")).collect();
        assert!(places.iter().all(|place| *place == places[0]), "{places:?}");
        let stands = site.engine.read(&site.admin, "visit", visit.id).await.expect("the visit");
        assert_eq!(stands.version, 2);
    });
}

#[test]
fn a_visit_that_was_made_stands_with_the_customer() {
    on_both(|mut site| async move {
        site.admin = site.user("林晓", None, &["sales"]).await;
        let (account, visit) = planned(&site).await;
        let errors = change(&site, &visit, &[("status", "done")]).await.expect_err("what came of it?");
        assert_eq!(fields(&errors), ["outcome"]);
        let report =
            [("status", "done"), ("outcome", "样品满意"), ("result", "有意向"), ("next_at", "2026-03-20 09:00")];
        let done = change(&site, &visit, &report).await.expect("reported");
        let told = all(&site, "interaction").await;
        assert_eq!(told.len(), 1);
        let told = &told[0];
        assert_eq!((text(told, "channel"), text(told, "content")), ("visit".into(), "样品满意".into()));
        assert_eq!(told.value("visit").as_id(), Some(visit.id));
        assert_eq!(told.value("account").as_id(), Some(account.id));
        assert_eq!(told.value("owner"), done.value("owner"));
        let now = site.engine.read(&site.admin, "account", account.id).await.expect("the customer");
        assert_eq!(now.value("last_follow_up_at"), visit.value("planned_start"));
        assert_eq!(now.value("next_follow_up_at"), done.value("next_at"));
        // what is written once more leaves nothing new
        change(&site, &done, &[("outcome", "样品很满意")]).await.expect("corrected");
        assert_eq!(all(&site, "interaction").await.len(), 1);

        // back to the plan: what it left goes, and comes anew
        let back = change(&site, &done, &[("status", "planned")]).await.expect("back");
        assert!(all(&site, "interaction").await.is_empty());
        site.engine.take_back(&site.admin, "visit", visit.id, back.version).await.expect("undone");
        let told = all(&site, "interaction").await;
        assert_eq!((told.len(), text(&told[0], "content")), (1, "样品很满意".into()));
        site.engine.delete(&site.admin, "visit", visit.id, None, None).await.expect("deleted");
        assert_eq!(all(&site, "interaction").await[0].value("visit"), &Value::Null);
    });
}

#[test]
fn a_visit_made_when_checked_in_is_dated_by_that_and_a_cancelled_one_is_over() {
    on_both(|mut site| async move {
        site.admin = site.user("林晓", None, &["sales"]).await;
        let (account, visit) = planned(&site).await;
        checked(&site.engine, &site, &visit, here("厂门口")).await.expect("there");
        change(&site, &visit, &[("status", "done"), ("outcome", "谈好了")]).await.expect("reported");
        let now = site.engine.read(&site.admin, "account", account.id).await.expect("the customer");
        assert_eq!(now.value("last_follow_up_at").as_int(), Some(NOW));
        let made = site
            .engine
            .create(
                &site.admin,
                "visit",
                input(&[
                    ("purpose", "补记"),
                    ("account", &account.id.to_string()),
                    ("planned_start", "2026-03-01"),
                    ("status", "done"),
                    ("outcome", "去过了"),
                ]),
            )
            .await
            .expect("written down afterwards");
        assert_eq!(all(&site, "interaction").await.len(), 2);
        assert!(made.value("planned_start").as_int().is_some_and(|at| at < NOW + DAY));

        let fields_of =
            [("purpose", "再去"), ("account", &account.id.to_string()), ("planned_start", "2026-03-05 10:00")];
        let other = site.make("visit", &fields_of).await;
        let gone = [("status", "cancelled"), ("cancel_reason", "客户出差")];
        change(&site, &other, &gone).await.expect("cancelled");
        assert!(matches!(checked(&site.engine, &site, &other, here("x")).await, Err(Error::Conflict(_))));
        let nobody = refused(&site, "visit", &[("purpose", "随便看看"), ("planned_start", "2026-03-01")]).await;
        assert_eq!(fields(&nobody), ["account"]);
        let id = account.id.to_string();
        let turned = [
            ("purpose", "x"),
            ("account", id.as_str()),
            ("planned_start", "2026-03-02 10:00"),
            ("planned_end", "2026-03-02 09:00"),
        ];
        assert_eq!(fields(&refused(&site, "visit", &turned).await), ["planned_end"]);
    });
}
