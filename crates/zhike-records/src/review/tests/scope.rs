//! Against a naive oracle: what an actor's queue shows is exactly the items of which it sees two live records.

use std::collections::{BTreeMap, BTreeSet};

use zhike_match::Band;
use zhike_types::Uuid;

use super::{Decision, decide, members, queue, scanned};
use crate::{
    Actor, MergeInput,
    tests::{Site, on_both},
};

/// Items by what is seen of them, with how many of each are not.
type Seen = BTreeMap<BTreeSet<Uuid>, u64>;

fn seen(items: &[crate::QueueItem]) -> Seen {
    items.iter().map(|item| (members(item), item.hidden)).collect()
}

/// What the actor should see of the items that the system sees.
async fn expected(site: &Site, actor: &Actor) -> Seen {
    let mut seen = Seen::new();
    for item in queue(site, &site.admin).await {
        let mut visible = BTreeSet::new();
        for id in members(&item) {
            let record = site.engine.read(actor, "account", id).await;
            if record.is_ok_and(|record| record.deleted_at().is_none()) {
                visible.insert(id);
            }
        }
        if visible.len() >= 2 {
            seen.insert(visible.clone(), (members(&item).len() - visible.len()) as u64);
        }
    }
    seen
}

const BRANDS: [&str; 12] =
    ["东麓", "云岫", "海岳", "北辰", "星澜", "金穗", "远帆", "华晟", "盛元", "启明", "安泰", "瑞丰"];

#[test]
fn the_queue_shows_what_one_sees_two_records_of() {
    on_both(|site| async move {
        let engine = &site.engine;
        let mut people = Vec::new();
        for (department, name) in [("华东", "王敏"), ("华北", "李强"), ("华南", "赵丽")] {
            let department = site.make("department", &[("name", department)]).await.id;
            people.push(site.user(name, Some(department), &["manager"]).await);
        }
        let mut all = Vec::new();
        for (at, brand) in BRANDS.iter().enumerate() {
            let phone = format!("138{:08}", 12_346_138 + at * 7_919);
            for (nth, shape) in ["青岛{}食品有限公司", "{}食品（青岛）有限公司", "青岛{}食品", "青岛市{}食品公司"]
                .into_iter()
                .take(2 + at % 3)
                .enumerate()
            {
                let owner = people[(at * 5 + nth * (1 + at % 2)) % 3].user_id.expect("a user").to_string();
                let name = shape.replace("{}", brand);
                let fields = [("name", name.as_str()), ("phone", phone.as_str()), ("owner", owner.as_str())];
                all.push(site.make("account", &fields).await.id);
            }
        }
        scanned(&site).await;
        assert_eq!(queue(&site, &site.admin).await.len(), BRANDS.len());
        let mut shown = 0;
        for step in ["as scanned", "deleted", "merged", "told apart"] {
            for actor in &people {
                let items = queue(&site, actor).await;
                assert_eq!(seen(&items), expected(&site, actor).await, "{step}: {}", actor.name);
                let counts = engine.review_counts(actor, "account").await.expect("counted");
                let of = |band| items.iter().filter(|item| item.band == band).count() as u64;
                assert_eq!((counts.same.number, counts.review.number), (of(Band::Same), of(Band::Review)));
                assert!(!counts.same.more && !counts.review.more);
                shown += items.len();
                for item in &items {
                    let one = engine.review_item(actor, "account", &item.id).await.expect("it is there");
                    assert_eq!(members(&one), members(item));
                }
            }
            let items = queue(&site, &site.admin).await;
            let ids: Vec<Uuid> =
                members(items.iter().max_by_key(|item| item.records.len()).expect("items")).into_iter().collect();
            match step {
                "as scanned" => engine.delete(&site.admin, "account", ids[0], None, None).await.expect("deleted"),
                "deleted" => {
                    engine.merge(&site.admin, "account", MergeInput::new(ids[0], [ids[1]])).await.expect("merged");
                }
                _ => decide(&site, ids[0], ids[1], Decision::Different).await,
            }
        }
        assert!(shown > 8, "the oracle is not about nothing: {shown}");
        let sales = site.user("孙磊", None, &["sales"]).await;
        assert!(engine.review_queue(&sales, "account", None, None, 10).await.is_err());
    });
}
