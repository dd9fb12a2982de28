//! Reviewing through the front door, on both databases.

mod decided;
mod rights;
mod scanning;
mod scope;

use std::{collections::BTreeSet, time::Duration};

use zhike_types::Uuid;

use super::{Decision, QueueItem, Scan, ScanState};
use crate::{Actor, tests::Site};

/// Five spellings of one company; any two of them are taken for the same.
const SPELLINGS: [&str; 5] = [
    "青岛海尔电器有限公司",
    "海尔电器（青岛）有限公司",
    "青岛海尔电器",
    "青岛市海尔电器有限责任公司",
    "青岛海尔电器公司",
];

async fn customer(site: &Site, name: &str, phone: &str) -> Uuid {
    site.make("account", &[("name", name), ("phone", phone), ("region", "青岛市")]).await.id
}

/// The first so many spellings, each a record.
async fn spellings(site: &Site, number: usize) -> Vec<Uuid> {
    let mut ids = Vec::new();
    for name in &SPELLINGS[..number] {
        ids.push(customer(site, name, "13812346138").await);
    }
    ids
}

/// Scans and waits until it is done.
async fn scanned(site: &Site) -> Scan {
    let scan = site.engine.scan_start(&site.admin, "account").await.expect("it starts");
    ended(site, &scan).await
}

async fn ended(site: &Site, scan: &Scan) -> Scan {
    for _ in 0..1_200 {
        let now = site.engine.scan_of(&site.admin, "account", scan.id).await.expect("it is there");
        if !now.is_open() {
            assert_eq!(now.state, ScanState::Done, "{now:?}");
            return now;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the scan does not end");
}

/// The whole queue, page by page.
async fn queue(site: &Site, actor: &Actor) -> Vec<QueueItem> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let page =
            site.engine.review_queue(actor, "account", None, after.as_deref(), 2).await.expect("the queue is read");
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            return items;
        }
    }
}

fn members(item: &QueueItem) -> BTreeSet<Uuid> {
    item.records.iter().map(|record| record.id).collect()
}

/// Whether some item holds both.
fn together(items: &[QueueItem], one: Uuid, other: Uuid) -> bool {
    items.iter().map(members).any(|members| members.contains(&one) && members.contains(&other))
}

async fn decide(site: &Site, one: Uuid, other: Uuid, decision: Decision) {
    site.engine.decide(&site.admin, "account", one, other, decision, None).await.expect("it is decided");
}
