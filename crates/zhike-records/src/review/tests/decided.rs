//! What was decided stays decided: over scans, merges, and what is read of the queue in between.

use std::collections::BTreeSet;

use zhike_match::Band;
use zhike_types::{Error, Uuid};

use super::{Decision, customer, decide, members, queue, scanned, spellings, together};
use crate::{
    Actor, Input, MergeInput, Source,
    review::{decided_different, decisions::pair},
    tests::{Site, on_both},
};

#[test]
fn what_is_different_never_comes_back_whatever_chain_would_join_it() {
    on_both(|site| async move {
        let ids = spellings(&site, 4).await;
        customer(&site, "济南远航物流有限公司", "13912346139").await;
        let scan = scanned(&site).await;
        assert_eq!((scan.records, scan.groups, scan.same_pairs, scan.review_pairs), (5, 1, 6, 0));
        let items = queue(&site, &site.admin).await;
        assert_eq!(items.iter().map(members).collect::<Vec<_>>(), [ids.iter().copied().collect::<BTreeSet<_>>()]);
        assert!(items[0].score > 0.8 && items[0].band == Band::Same && !items[0].reasons.is_empty());

        let mut apart: Vec<(Uuid, Uuid)> = Vec::new();
        for (at, one) in ids.iter().enumerate() {
            for other in &ids[at + 1..] {
                decide(&site, *one, *other, Decision::Different).await;
                apart.push((*one, *other));
                // the first, one in the middle, the last
                let rescan = [1, 3, 6].contains(&apart.len());
                for look in ["at once", "after another scan"].into_iter().take(1 + usize::from(rescan)) {
                    let items = queue(&site, &site.admin).await;
                    for (one, other) in &apart {
                        assert!(!together(&items, *one, *other), "{look}: {apart:?}");
                    }
                    assert_eq!(items.is_empty(), apart.len() == 6, "{look}: the others still belong together");
                    if look == "at once" && rescan {
                        scanned(&site).await;
                    }
                }
            }
        }
        let found = site.engine.duplicates(&site.admin, "account", &|_| {}).await.expect("scanned");
        assert_eq!(found.counts(), (0, 0), "an export has none of them either");

        for (one, other) in apart {
            decide(&site, one, other, Decision::Open).await;
        }
        assert!(queue(&site, &site.admin).await.is_empty(), "the scan of then did not find them");
        scanned(&site).await;
        assert_eq!(members(&queue(&site, &site.admin).await[0]).len(), 4, "taken back");
    });
}

#[test]
fn what_is_the_same_stays_in_the_queue_marked_and_leaves_it_merged() {
    on_both(|site| async move {
        let engine = &site.engine;
        let ids = spellings(&site, 2).await;
        let far = customer(&site, "成都云岫酒业有限公司", "13600005555").await;
        let other = customer(&site, "大连云岫机械有限公司", "13500006666").await;
        scanned(&site).await;
        let items = queue(&site, &site.admin).await;
        assert!(items.len() == 1 && !items[0].said_same);
        engine.decide_item(&site.admin, "account", &items[0].id, Decision::Same, Some(" 同一家 ")).await.expect("said");
        decide(&site, far, other, Decision::Same).await;
        assert!(queue(&site, &site.admin).await[0].said_same);
        scanned(&site).await;
        let items = queue(&site, &site.admin).await;
        assert_eq!(items.len(), 2, "what no score would show is there because somebody said so");
        assert!(items.iter().all(|item| item.said_same) && together(&items, far, other));
        let found = engine.duplicates(&site.admin, "account", &|_| {}).await.expect("scanned");
        assert_eq!(found.counts(), (1, 0), "an export says what the records say");

        let made = engine.decisions(&site.admin, "account", None, 10).await.expect("listed");
        assert_eq!(made.pairs.len(), 2);
        assert_eq!(made.pairs[1].reason.as_deref(), Some("同一家"));
        assert_eq!((made.pairs[0].decision, made.pairs[0].by.as_deref()), (Decision::Same, None));
        let first = engine.decisions(&site.admin, "account", None, 1).await.expect("listed");
        let second = engine.decisions(&site.admin, "account", first.next, 1).await.expect("listed");
        assert_eq!(second.pairs[0].seq, made.pairs[1].seq);
        let history = engine.history(&site.admin, "account", ids[0], None, 10).await.expect("read");
        assert_eq!((history[0].action.as_str(), history[0].reason.as_deref()), ("told-same", Some("同一家")));

        let wanted: Vec<String> = items.iter().map(|item| item.id.clone()).chain(["9-0-000000000000".into()]).collect();
        let merged = engine.merge_items(&site.admin, "account", &wanted, Some("查重")).await.expect("merged");
        assert!(merged[..2].iter().all(|item| item.error.is_none() && item.merges.len() == 1), "{merged:?}");
        assert!(matches!(merged[2].error, Some(Error::Conflict(_))));
        assert_eq!(merged[0].merges[0].reason.as_deref(), Some("查重"));
        assert!(queue(&site, &site.admin).await.is_empty());
        let stale = engine.review_item(&site.admin, "account", &items[0].id).await;
        assert!(matches!(stale, Err(Error::Conflict(_))), "{stale:?}");
        engine.unmerge(&site.admin, merged[0].merges[0].id).await.expect("undone");
        let again = engine.review_item(&site.admin, "account", &items[0].id).await.expect("it is back");
        assert_eq!(members(&again), members(&items[0]));
    });
}

async fn different(site: &Site, ids: &[Uuid]) -> BTreeSet<(Uuid, Uuid)> {
    let mut tx = site.engine.db().read().await.expect("a reader");
    decided_different(&mut tx, ids).await.expect("read").into_iter().collect()
}

#[test]
fn a_merge_carries_decisions_along_and_its_undo_gives_them_back() {
    on_both(|site| async move {
        let engine = &site.engine;
        let ids = spellings(&site, 5).await;
        let [first, second, third, fourth, fifth] = ids[..] else { panic!("five") };
        decide(&site, second, third, Decision::Different).await;
        decide(&site, fourth, fifth, Decision::Different).await;
        assert_eq!(different(&site, &ids).await, BTreeSet::from([pair(second, third), pair(fourth, fifth)]));
        let one = engine.merge(&site.admin, "account", MergeInput::new(first, [second])).await.expect("merged");
        let live = [first, third, fourth, fifth];
        assert_eq!(different(&site, &live).await, BTreeSet::from([pair(first, third), pair(fourth, fifth)]));
        scanned(&site).await;
        let items = queue(&site, &site.admin).await;
        assert!(!together(&items, first, third) && !together(&items, fourth, fifth) && !items.is_empty());

        let two = engine.merge(&site.admin, "account", MergeInput::new(fourth, [first])).await.expect("merged");
        assert_eq!(
            different(&site, &[third, fourth, fifth]).await,
            BTreeSet::from([pair(third, fourth), pair(fourth, fifth)]),
            "through both"
        );
        let listed = engine.decisions(&site.admin, "account", None, 10).await.expect("listed");
        let shown: BTreeSet<_> = listed.pairs.iter().map(|made| pair(made.left.id, made.right.id)).collect();
        assert_eq!(shown, BTreeSet::from([pair(third, fourth), pair(fourth, fifth)]));
        // what is taken back of the survivor is the survivor's
        decide(&site, third, fourth, Decision::Open).await;
        assert_eq!(different(&site, &[third, fourth, fifth]).await, BTreeSet::from([pair(fourth, fifth)]));
        engine.unmerge(&site.admin, two.id).await.expect("undone");
        assert_eq!(different(&site, &live).await, BTreeSet::from([pair(first, third), pair(fourth, fifth)]));
        engine.unmerge(&site.admin, one.id).await.expect("undone");
        assert_eq!(different(&site, &ids).await, BTreeSet::from([pair(second, third), pair(fourth, fifth)]));

        // two that were told apart are merged all the same: whoever does it knows better
        let three = engine.merge(&site.admin, "account", MergeInput::new(second, [third])).await.expect("merged");
        assert_eq!(different(&site, &[first, second, fourth, fifth]).await, BTreeSet::from([pair(fourth, fifth)]));
        engine.unmerge(&site.admin, three.id).await.expect("undone");
        assert_eq!(different(&site, &ids).await.len(), 2);

        engine.delete(&site.admin, "account", fifth, None, None).await.expect("deleted");
        assert_eq!(engine.decisions(&site.admin, "account", None, 10).await.expect("listed").pairs.len(), 1);
        engine.purge(&site.admin, "account", fifth).await.expect("gone");
        assert_eq!(different(&site, &ids).await, BTreeSet::from([pair(second, third)]));
    });
}

#[test]
fn an_import_and_a_change_leave_decisions_as_they_are() {
    on_both(|site| async move {
        let ids = spellings(&site, 2).await;
        decide(&site, ids[0], ids[1], Decision::Different).await;
        let page = Actor::system(Source::Import);
        let input = Input::default().set("industry", "家电");
        site.engine.change(&page, "account", ids[0], None, input).await.expect("changed");
        let more = customer(&site, "青岛海尔电器股份有限公司", "13812346138").await;
        scanned(&site).await;
        let items = queue(&site, &site.admin).await;
        assert!(!together(&items, ids[0], ids[1]));
        assert!(together(&items, ids[0], more) || together(&items, ids[1], more), "the new one is like both");
    });
}
