//! 客户数 × 毛利: the tier goes by how much a customer brings and how many bring as much.

use zhike_types::{Error, Uuid};

use super::{of, standings, tier};
use crate::{
    Actor, Input, TierBand,
    tests::{Site, on_both},
};

struct Kotler {
    boss: Actor,
    id: Uuid,
}

impl Kotler {
    /// 3 or more are many, 1 is few; 1,000 and more is high, below 100 low.
    async fn at(site: &Site) -> Self {
        let boss = site.user("周总", None, &["director"]).await;
        let lines =
            [("name", "利润"), ("high_from", "1000"), ("low_below", "99.50"), ("many_from", "3"), ("few_to", "1")];
        let scheme = site.make_as(&boss, "tier_scheme", &lines).await.id;
        Self { boss, id: scheme }
    }

    async fn tier(&self, site: &Site, name: &str, rank: &str, cells: &str, condition: &str) -> Uuid {
        let of = self.id.to_string();
        let fields = [("scheme", &*of), ("name", name), ("rank", rank), ("cells", cells), ("condition", condition)];
        site.make_as(&self.boss, "tier", &fields).await.id
    }
}

/// A customer with a contract that brings so much.
async fn customer(site: &Site, name: &str, margin: i64) -> Uuid {
    let account = site.make("account", &[("name", name)]).await.id;
    let (id, amount) = (account.to_string(), (5_000 + margin).to_string());
    let mut fields = vec![("name", "供货"), ("account", &*id), ("amount", &*amount), ("own_cost", "5000")];
    fields.extend([("signed_on", "2026-01-05"), ("status", "active")]);
    site.make("contract", &fields).await;
    account
}

#[test]
fn many_who_bring_little_are_tied_loosely_and_few_who_bring_much_closely() {
    on_both(|site| async move {
        let kotler = Kotler::at(&site).await;
        let partner = kotler.tier(&site, "伙伴", "1", "few_high", "").await;
        let reactive = kotler.tier(&site, "被动", "2", "many_low, medium_medium", "employees == null").await;
        let basic = kotler.tier(&site, "基本", "3", "many_low", "").await;
        let rich = customer(&site, "青岛海悦食品有限公司", 2_000).await;
        let mut low = Vec::new();
        for name in ["济南长风物流有限公司", "烟台海产有限公司", "淄博恒力泵业有限公司"] {
            low.push(customer(&site, name, 50).await);
        }
        let staffed = Input::default().set("employees", "5");
        site.engine.change(&site.admin, "account", low[0], None, staffed).await.expect("a change");
        let unknown = site.make("account", &[("name", "潍坊风筝有限公司")]).await.id;

        let told = site.engine.work_out_tiers(&kotler.boss, kotler.id, false).await.expect("worked out");
        let band = |level, size, customers| TierBand { level, size, customers };
        assert_eq!(told.bands, [band("high", "few", 1), band("medium", "few", 0), band("low", "many", 3)]);
        assert_eq!((told.new, told.none), (4, 1), "whose margin nobody knows is in none");
        let at = async |account| of(&site, kotler.id, account).await;
        assert_eq!(tier(&at(rich).await, "tier"), Some(partner));
        assert_eq!(at(rich).await.value("why").as_text(), Some("margin >= 1000 && customers == 1"));
        assert_eq!((tier(&at(low[0]).await, "tier"), tier(&at(low[1]).await, "tier")), (Some(basic), Some(reactive)));
        let why = at(low[1]).await;
        assert_eq!(why.value("why").as_text(), Some("margin < 99.50 && customers == 3 && employees == null"));
        assert!(
            standings(&site.engine, &site.admin, kotler.id)
                .await
                .iter()
                .all(|one| one.value("account").as_id() != Some(unknown))
        );

        // a second one brings much: no longer few, and no tier takes that cell
        customer(&site, "潍坊水产有限公司", 1_000).await;
        let told = site.engine.work_out_tiers(&kotler.boss, kotler.id, true).await.expect("a trial");
        assert_eq!((told.bands[0].clone(), told.moved), (band("high", "medium", 2), 1));
        // by another measure
        let paid = Input::default().set("measure", "paid_amount");
        site.engine.change(&kotler.boss, "tier_scheme", kotler.id, None, paid).await.expect("another measure");
        let told = site.engine.work_out_tiers(&kotler.boss, kotler.id, true).await.expect("a trial");
        assert_eq!(told.bands[2], band("low", "many", 6));

        let set = async |field: &str, to: &str| {
            let input = Input::default().set(field, to);
            site.engine.change(&kotler.boss, "tier_scheme", kotler.id, None, input).await
        };
        for (field, to) in [("measure", "name"), ("high_from", "10"), ("few_to", "7")] {
            let refused = set(field, to).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{field}: {refused:?}");
        }
        set("many_from", "").await.expect("emptied");
        let refused = site.engine.work_out_tiers(&kotler.boss, kotler.id, true).await;
        assert!(matches!(&refused, Err(Error::Invalid(all)) if all[0].field == "many_from"), "{refused:?}");
    });
}

#[test]
fn what_comes_with_the_pack_proposes_kotlers_kinds_and_leaves_the_rest_basic() {
    on_both(|site| async move {
        let boss = site.user("周总", None, &["director"]).await;
        let filter = "name == \"关系类型\"".to_owned();
        let query =
            crate::ListQuery { object: "tier_scheme".to_owned(), filter, limit: 1, ..crate::ListQuery::default() };
        let scheme = site.engine.list(&boss, &query).await.expect("a list").records.remove(0).id;
        for (name, margin) in
            [("青岛海悦食品有限公司", 200_000), ("济南长风物流有限公司", 20_000), ("烟台海产有限公司", 900)]
        {
            customer(&site, name, margin).await;
        }
        site.make("account", &[("name", "潍坊风筝有限公司")]).await;
        let told = site.engine.work_out_tiers(&boss, scheme, true).await.expect("a trial");
        let told: Vec<(&str, i64)> = told.tiers.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        assert_eq!(told, [("伙伴型", 1), ("主动型", 1), ("责任型", 1), ("被动型", 0), ("基本型", 1)]);
    });
}
