use std::time::Duration;

use tokio::{sync::broadcast::Receiver, time::timeout};
use zhike_db::{Dialect, sql};

use super::Event;
use crate::{
    Input,
    tests::{Site, on_both},
};

/// What is told within a moment; background work goes on meanwhile.
async fn next(events: &mut Receiver<std::sync::Arc<Event>>) -> Option<std::sync::Arc<Event>> {
    timeout(Duration::from_secs(4), events.recv()).await.ok().map(|event| event.expect("nobody is too slow"))
}

async fn with_background<R>(site: &Site, work: impl Future<Output = R>) -> R {
    tokio::select! {
        done = work => done,
        () = site.engine.run_background() => unreachable!("it ends with the engine"),
    }
}

/// Waits until the background has begun to tell: what was written before that is history.
async fn settled(site: &Site, events: &mut Receiver<std::sync::Arc<Event>>) {
    loop {
        site.make("tag", &[("name", &site.engine.ids().next().to_string())]).await;
        if timeout(Duration::from_millis(300), events.recv()).await.is_ok() {
            return;
        }
    }
}

#[test]
fn an_event_that_is_committed_late_is_told_all_the_same() {
    on_both(|site| async move {
        // one writer at a time: numbers are committed in their order
        if site.engine.db().dialect() == Dialect::Sqlite {
            return;
        }
        let mut events = site.engine.events();
        let told = async {
            settled(&site, &mut events).await;
            let late = site.engine.ids().next();
            let mut held = site.engine.db().begin().await.expect("a transaction");
            held.run(sql!(
                "INSERT INTO event (at, kind, object, record_id, fields) VALUES ($1, 'create', 'account', $2, '')",
                0,
                late
            ))
            .await
            .expect("it takes its number");
            let early = site.make("account", &[("name", "青岛海风")]).await;
            while next(&mut events).await.expect("the later number is told").record_id != early.id {}
            held.commit().await.expect("committed late");
            while next(&mut events).await.expect("the earlier number is told").record_id != late {}
        };
        with_background(&site, told).await;
    });
}

#[test]
fn who_could_see_a_record_hears_that_it_was_purged_and_nobody_else() {
    on_both(|site| async move {
        let (wang, li) = (site.user("王敏", None, &["sales"]).await, site.user("李强", None, &["sales"]).await);
        let mut events = site.engine.events();
        let told = async {
            settled(&site, &mut events).await;
            let hers = site.make_as(&wang, "account", &[("name", "王敏的客户")]).await;
            site.engine.delete(&wang, "account", hers.id, None, None).await.expect("deleted");
            site.engine.purge(&site.admin, "account", hers.id).await.expect("purged");
            loop {
                let event = next(&mut events).await.expect("the purge is told");
                if event.kind == "purge" && event.record_id == hers.id {
                    return event;
                }
            }
        };
        let event = with_background(&site, told).await;
        assert!(event.fields.is_empty(), "{event:?}");
        assert!(site.engine.hears(&wang, &event).await.expect("an answer"));
        assert!(!site.engine.hears(&li, &event).await.expect("an answer"));
        let input = Input::default().set("name", "又一个");
        site.engine.create(&wang, "account", input).await.expect("the engine goes on");
    });
}
