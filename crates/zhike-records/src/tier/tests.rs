//! Customers go into the tiers of schemes by their conditions; what somebody sets by hand stays, says why, and may take approval.

use zhike_types::{Error, Uuid};

use super::{TierMove, TierOutcome};
use crate::{
    Actor, ApprovalProcessInput, Engine, Input, ListQuery, NewRow, Record,
    tests::{Site, on_both},
};

mod kotler;
mod nightly;

struct Scheme {
    boss: Actor,
    fang: Actor,
    id: Uuid,
    high: Uuid,
    low: Uuid,
}

impl Scheme {
    /// 规模: large from a hundred employees, small from one; whoever has none is in no tier.
    async fn at(site: &Site) -> Self {
        let department = site.make("department", &[("name", "销售一部")]).await.id;
        let boss = site.user("周总", Some(department), &["director"]).await;
        let fang = site.user("王芳", Some(department), &["sales"]).await;
        let scheme = site.make_as(&boss, "tier_scheme", &[("name", "规模")]).await.id;
        let of = scheme.to_string();
        let make = async |name: &str, rank: &str, condition: &str| {
            let fields = [("scheme", &*of), ("name", name), ("rank", rank), ("condition", condition)];
            site.make_as(&boss, "tier", &fields).await.id
        };
        let high = make("大", "1", "employees >= 100").await;
        let low = make("小", "2", "employees > 0").await;
        Self { boss, fang, id: scheme, high, low }
    }

    async fn customer(&self, site: &Site, name: &str, employees: &str) -> Uuid {
        site.make_as(&self.fang, "account", &[("name", name), ("employees", employees)]).await.id
    }

    async fn grows(&self, site: &Site, account: Uuid, employees: &str) {
        let input = Input::default().set("employees", employees);
        site.engine.change(&self.fang, "account", account, None, input).await.expect("a change");
    }

    async fn work_out(&self, site: &Site, dry: bool) -> TierOutcome {
        site.engine.work_out_tiers(&self.boss, self.id, dry).await.expect("worked out")
    }
}

async fn standings(engine: &Engine, actor: &Actor, scheme: Uuid) -> Vec<Record> {
    let filter = format!("scheme == \"{scheme}\"");
    let query = ListQuery { object: "account_tier".to_owned(), filter, limit: 1_000, ..ListQuery::default() };
    engine.list(actor, &query).await.expect("a list").records
}

async fn of(site: &Site, scheme: Uuid, account: Uuid) -> Record {
    let all = standings(&site.engine, &site.admin, scheme).await;
    all.into_iter().find(|one| one.value("account").as_id() == Some(account)).expect("a standing")
}

fn tier(record: &Record, field: &str) -> Option<Uuid> {
    record.value(field).as_id()
}

#[test]
fn customers_go_into_the_first_tier_that_holds_after_a_trial() {
    on_both(|site| async move {
        let scheme = Scheme::at(&site).await;
        let big = scheme.customer(&site, "青岛海悦食品有限公司", "500").await;
        let small = scheme.customer(&site, "济南长风物流有限公司", "5").await;
        scheme.customer(&site, "烟台海产有限公司", "").await;
        let told = scheme.work_out(&site, true).await;
        assert_eq!((told.new, told.none, told.moved), (2, 1, 0));
        assert_eq!(told.tiers, [("大".to_owned(), 1), ("小".to_owned(), 1)]);
        assert!(standings(&site.engine, &site.admin, scheme.id).await.is_empty(), "a trial writes nothing");
        assert_eq!(scheme.work_out(&site, false).await, told, "as it was told");
        let one = of(&site, scheme.id, big).await;
        assert_eq!((tier(&one, "tier"), tier(&one, "proposed")), (Some(scheme.high), Some(scheme.high)));
        assert_eq!(one.value("why").as_text(), Some("employees >= 100"));
        let counted = site.engine.read(&scheme.fang, "tier", scheme.high).await.expect("the tier");
        assert_eq!(counted.value("customers").as_int(), Some(1));

        // nothing changed; then one grows
        let again = scheme.work_out(&site, false).await;
        assert_eq!((again.new, again.same, again.moved), (0, 2, 0));
        let version = of(&site, scheme.id, big).await.version;
        site.clock.advance(86_400_000);
        scheme.grows(&site, small, "120").await;
        let grown = scheme.work_out(&site, false).await;
        let name = "济南长风物流有限公司".to_owned();
        assert_eq!(grown.named, [TierMove { account: small, name, from: "小".into(), to: "大".into() }]);
        let one = of(&site, scheme.id, small).await;
        assert_eq!((tier(&one, "previous"), one.value("since").as_int()), (Some(scheme.low), Some(site.engine.now())));
        assert_eq!(of(&site, scheme.id, big).await.version, version, "what stays is not written");
        // who does not see the customer does not see where it stands
        let other = site.user("赵强", None, &["sales"]).await;
        assert!(standings(&site.engine, &other, scheme.id).await.is_empty());
        // who keeps no schemes works none out
        let refused = site.engine.work_out_tiers(&scheme.fang, scheme.id, true).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
        let wrong = Input::default().set("condition", "nothing > 1");
        let refused = site.engine.change(&scheme.boss, "tier", scheme.high, None, wrong).await;
        assert!(matches!(&refused, Err(Error::Invalid(all)) if all[0].field == "condition"), "{refused:?}");
    });
}

#[test]
fn a_tier_set_by_hand_says_why_takes_approval_and_stays() {
    on_both(|site| async move {
        let scheme = Scheme::at(&site).await;
        let account = scheme.customer(&site, "青岛海悦食品有限公司", "5").await;
        scheme.work_out(&site, false).await;
        let one = of(&site, scheme.id, account).await.id;
        let high = scheme.high.to_string();
        let set = |reason: &str| Input::default().set("tier", high.clone()).set("override_reason", reason);
        let engine = &site.engine;
        let refused = engine.change(&scheme.fang, "account_tier", one, None, set("")).await;
        assert!(matches!(&refused, Err(Error::Invalid(all)) if all[0].field == "override_reason"), "{refused:?}");
        let processes = engine.approval_processes(&site.admin).await.expect("processes");
        for process in processes.into_iter().filter(|one| one.object == "account_tier") {
            let (name, object, rule) = (process.name, process.object, process.rule);
            let input = ApprovalProcessInput { name, object, active: true, rule };
            engine.save_approval_process(&site.admin, Some(process.id), None, input).await.expect("switched on");
        }
        let other = site.make_as(&scheme.fang, "account", &[("name", "济南泉城机械制造厂")]).await.id;
        let first = set("上市公司").set("account", other.to_string()).set("scheme", scheme.id.to_string());
        let asked = engine.create(&scheme.fang, "account_tier", first).await;
        assert!(matches!(asked, Err(Error::NeedsApproval(..))), "the first one, too: {asked:?}");
        let asked = engine.change(&scheme.fang, "account_tier", one, None, set("上市公司")).await;
        assert!(matches!(asked, Err(Error::NeedsApproval(..))), "{asked:?}");
        let by_hand =
            engine.change(&site.admin, "account_tier", one, None, set("上市公司")).await.expect("an operator");
        assert_eq!(by_hand.value("differs").as_bool(), Some(true));
        assert_eq!(tier(&by_hand, "previous"), Some(scheme.low));

        // it stays, whatever the rules say now
        scheme.grows(&site, account, "").await;
        let told = scheme.work_out(&site, false).await;
        assert_eq!((told.kept, told.moved), (1, 0));
        let now = of(&site, scheme.id, account).await;
        assert_eq!((tier(&now, "tier"), tier(&now, "proposed")), (Some(scheme.high), None));
        // once it agrees again it follows
        scheme.grows(&site, account, "300").await;
        scheme.work_out(&site, false).await;
        scheme.grows(&site, account, "3").await;
        let told = scheme.work_out(&site, false).await;
        assert_eq!(told.moved, 1);
        assert_eq!(tier(&of(&site, scheme.id, account).await, "tier"), Some(scheme.low));
    });
}

#[test]
fn ten_thousand_customers_take_seconds() {
    on_both(|site| async move {
        let scheme = Scheme::at(&site).await;
        let rows = (0..10_000_i64).map(|n| NewRow {
            values: vec![
                ("name", zhike_types::Value::Text(format!("客户{n}号有限公司"))),
                ("employees", zhike_types::Value::Int(n % 200)),
            ],
            ..NewRow::default()
        });
        let rows: Vec<NewRow> = rows.collect();
        for piece in rows.chunks(2_000) {
            site.engine.load(&site.admin, "account", piece.to_vec()).await.expect("loaded");
        }
        let begun = std::time::Instant::now();
        let told = scheme.work_out(&site, false).await;
        let first = begun.elapsed();
        assert_eq!((told.new, told.none), (9_950, 50));
        let begun = std::time::Instant::now();
        assert_eq!(scheme.work_out(&site, false).await.same, 9_950);
        eprintln!("ten thousand customers: {first:?} at first, {:?} again", begun.elapsed());
        assert!(begun.elapsed().as_secs() < 20, "it takes {:?}", begun.elapsed());
    });
}

#[test]
fn two_at_one_moment_make_no_standing_twice_and_stages_have_a_history() {
    on_both(|site| async move {
        let scheme = Scheme::at(&site).await;
        let account = scheme.customer(&site, "青岛海悦食品有限公司", "5").await;
        let both = tokio::join!(
            site.engine.work_out_tiers(&scheme.boss, scheme.id, false),
            site.engine.work_out_tiers(&scheme.boss, scheme.id, false)
        );
        assert_eq!(both.0.expect("one").new + both.1.expect("the other").new, 1);
        assert_eq!(standings(&site.engine, &site.admin, scheme.id).await.len(), 1);

        let day = 86_400_000;
        for stage in ["developing", "maintaining", "converting"] {
            let input = Input::default().set("lifecycle", stage);
            site.engine.change(&scheme.fang, "account", account, None, input).await.expect("a stage");
            site.clock.advance(3 * day);
        }
        let stays = site.engine.stays(&scheme.fang, "account", account, "lifecycle").await.expect("stays");
        let told: Vec<_> = stays
            .iter()
            .map(|one| (one.value.as_deref().unwrap_or(""), one.to.map(|to| (to - one.from) / day)))
            .collect();
        assert_eq!(told, [("converting", None), ("maintaining", Some(3)), ("developing", Some(3))]);
    });
}
