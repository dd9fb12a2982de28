//! What was written, told to whoever listens: open pages, webhooks later. Rows of the table `event` are the truth; one task reads
//! them in order and hands them out, woken by this process's own writes and looking by itself for those of others.

use std::sync::Arc;

use serde::Serialize;
use tokio::sync::{Notify, broadcast};
use zhike_db::sql;
use zhike_types::{Result, Uuid};

use crate::Engine;

/// Something was written.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    pub seq: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// `create`, `change`, `delete`, `restore`, `purge`.
    pub kind: String,
    pub object: String,
    pub record_id: Uuid,
    pub actor_id: Option<Uuid>,
    /// The actor's name; none when the system did it.
    pub actor: Option<String>,
    pub fields: Vec<String>,
}

/// Listeners that fall this far behind are told to look again.
const KEPT: usize = 1_024;
/// Events read at once.
const AT_ONCE: i64 = 500;

/// The hub between the table and the listeners.
#[derive(Debug)]
pub(crate) struct Live {
    sender: broadcast::Sender<Arc<Event>>,
    wake: Notify,
}

impl Default for Live {
    fn default() -> Self {
        Self { sender: broadcast::channel(KEPT).0, wake: Notify::new() }
    }
}

impl Engine {
    /// Everything written from now on, in order.
    pub fn events(&self) -> broadcast::Receiver<Arc<Event>> {
        self.0.live.sender.subscribe()
    }

    /// Tells the hub that something was committed.
    pub(crate) fn written(&self) {
        self.0.actors.forget_all();
        self.0.live.wake.notify_one();
    }

    /// Hands out events, seals the audit and keeps the database in order until the engine is closed. Runs as one task.
    pub async fn run_background(&self) {
        let mut last = self.newest_event().await.unwrap_or_default();
        let mut housekeeping = tokio::time::interval(std::time::Duration::from_secs(1));
        housekeeping.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut turns: u64 = 0;
        loop {
            tokio::select! {
                () = self.0.live.wake.notified() => {}
                _ = housekeeping.tick() => {
                    self.keep_house(turns).await;
                    turns += 1;
                }
                () = self.0.stop.notified() => return,
            }
            match self.hand_out(last).await {
                Ok(seen) => last = seen,
                Err(error) => tracing::warn!(%error, "events could not be read"),
            }
            // a burst of writes is handed out together
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// What is done every second, and what now and then.
    async fn keep_house(&self, turns: u64) {
        const ANALYZE_EVERY: u64 = 1_800;
        let done = async {
            self.flush_recent().await?;
            self.seal_audit().await?;
            self.0.db.checkpoint().await?;
            if turns % ANALYZE_EVERY == 60 {
                self.0.db.analyze().await?;
            }
            self.take_up_packs().await?;
            Ok::<(), zhike_types::Error>(())
        };
        if let Err(error) = done.await {
            tracing::warn!(%error, "housekeeping was put off");
        }
    }

    async fn newest_event(&self) -> Result<i64> {
        self.0.db.read().await?.number(sql!("SELECT COALESCE(MAX(seq), 0) FROM event")).await
    }

    async fn hand_out(&self, mut last: i64) -> Result<i64> {
        if self.0.live.sender.receiver_count() == 0 {
            return self.newest_event().await;
        }
        loop {
            let rows = self
                .0
                .db
                .read()
                .await?
                .rows(sql!(
                    "SELECT e.seq, e.at, e.kind, e.object, e.record_id, e.actor_id, e.fields, u.name \
                     FROM event e LEFT JOIN \"user\" u ON u.id = e.actor_id WHERE e.seq > $1 ORDER BY e.seq LIMIT $2",
                    last,
                    AT_ONCE
                ))
                .await?;
            if rows.is_empty() {
                return Ok(last);
            }
            for row in rows {
                last = row.must_int(0)?;
                let event = Event {
                    seq: last,
                    at: row.must_int(1)?,
                    kind: row.must_text(2)?,
                    object: row.must_text(3)?,
                    record_id: row.must_id(4)?,
                    actor_id: row.id(5)?,
                    actor: row.text(7)?,
                    fields: row.must_text(6)?.split_whitespace().map(str::to_owned).collect(),
                };
                // nobody listening is no error
                let _ = self.0.live.sender.send(Arc::new(event));
            }
        }
    }

    /// Chains what the audit holds unsealed. The rows are there whether or not this comes to run.
    pub async fn seal_audit(&self) -> Result<()> {
        let newest = self.0.db.read().await?.number(sql!("SELECT COALESCE(MAX(seq), 0) FROM audit")).await?;
        let sealed = self.0.db.read().await?.number(sql!("SELECT COALESCE(MAX(upto), 0) FROM audit_chain")).await?;
        if sealed >= newest {
            return Ok(());
        }
        loop {
            let mut tx = self.0.db.begin().await?;
            let count = crate::audit::seal(&mut tx, self.now()).await?;
            tx.commit().await?;
            if count == 0 {
                return Ok(());
            }
        }
    }
}
