//! What was written, told to whoever listens: open pages, webhooks later. Rows of the table `event` are the truth; one task reads
//! them in order and hands them out, woken by this process's own writes and looking by itself for those of others.
//!
//! On PostgreSQL a transaction may take a number early and commit late: its event then stands below one that was told already.
//! [`Seen`] remembers the numbers passed over and looks for them again for a while.

mod seen;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::Serialize;
use tokio::sync::{Notify, broadcast};
use zhike_db::{Row, sql};
use zhike_model::Access;
use zhike_types::{Result, Uuid, boxed};

use self::seen::Seen;
use crate::{Actor, DataScope, Engine, access, matching::Aging};

/// Something was written.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    pub seq: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// `create`, `change`, `delete`, `restore`, `purge`; `merge` (the survivor), `merged` (who went), `move` (what refers to it
    /// now), `unmerge`; `told-apart`, `told-same`, `told-open` (what somebody decided about it and another).
    pub kind: String,
    pub object: String,
    pub record_id: Uuid,
    pub actor_id: Option<Uuid>,
    /// The actor's name; none when the system did it.
    pub actor: Option<String>,
    pub fields: Vec<String>,
    /// Whose a purged record was: nothing else is left of it to say who may know.
    #[serde(skip)]
    pub(crate) gone: Option<Gone>,
}

/// The owner and department of a record that is no more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Gone {
    pub owner: Option<Uuid>,
    pub department: Option<Uuid>,
}

impl Gone {
    /// As it stands among an event's fields: `=owner:… =department:…`.
    pub fn words(self) -> Vec<String> {
        let word = |name: &str, id: Option<Uuid>| id.map(|id| format!("={name}:{id}"));
        [word("owner", self.owner), word("department", self.department)].into_iter().flatten().collect()
    }

    fn read(fields: &mut Vec<String>) -> Self {
        let id = |name: &str| {
            let id = fields.iter().find_map(|word| word.strip_prefix('=')?.strip_prefix(name)?.strip_prefix(':'));
            id.and_then(|id| Uuid::parse_str(id).ok())
        };
        let gone = Self { owner: id("owner"), department: id("department") };
        fields.retain(|word| !word.starts_with('='));
        gone
    }

    /// Whether the actor's data scope held the record. Who saw it by a team or by what it hung on is not told.
    fn was_seen_by(self, actor: &Actor, scope: DataScope) -> bool {
        let own = self.owner.is_some() && self.owner == actor.user_id;
        match scope {
            DataScope::None => false,
            DataScope::Own => own,
            DataScope::Department => own || (self.department.is_some() && self.department == actor.department_id),
            DataScope::Below => own || self.department.is_some_and(|id| actor.departments.contains(&id)),
            DataScope::All => true,
        }
    }
}

/// Listeners that fall this far behind are told to look again.
const KEPT: usize = 1_024;
/// Events read at once.
const AT_ONCE: i64 = 500;

const EVENTS: &str = "SELECT e.seq, e.at, e.kind, e.object, e.record_id, e.actor_id, e.fields, u.name \
    FROM event e LEFT JOIN \"user\" u ON u.id = e.actor_id";

fn event(row: &Row) -> Result<Event> {
    let kind = row.must_text(2)?;
    let mut fields: Vec<String> = row.must_text(6)?.split_whitespace().map(str::to_owned).collect();
    let gone = (kind == "purge").then(|| Gone::read(&mut fields));
    Ok(Event {
        seq: row.must_int(0)?,
        at: row.must_int(1)?,
        kind,
        object: row.must_text(3)?,
        record_id: row.must_id(4)?,
        actor_id: row.id(5)?,
        actor: row.text(7)?,
        fields,
        gone,
    })
}

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

    /// Whether the actor may hear of the event: it sees the record, or did when it was there.
    #[boxed]
    pub async fn hears(&self, actor: &Actor, event: &Event) -> Result<bool> {
        if event.object == crate::approval::OBJECT {
            return self.sees_approval(actor, event.record_id).await;
        }
        let Some(gone) = event.gone else { return self.sees(actor, &event.object, event.record_id).await };
        let model = self.model();
        let Ok(object) = access::object_for(&model, actor, &event.object) else { return Ok(false) };
        let scope = actor.rights.object(&object.name).map_or(DataScope::None, |rights| rights.read);
        let mine = event.actor_id.is_some() && event.actor_id == actor.user_id;
        Ok(mine || object.access == Access::Open || gone.was_seen_by(actor, scope))
    }

    /// Tells the hub that something was committed.
    pub(crate) fn written(&self) {
        self.0.actors.forget_all();
        self.0.live.wake.notify_one();
    }

    /// Hands out events, seals the audit and keeps the database in order until the engine is closed. Runs as one task.
    #[boxed]
    pub async fn run_background(&self) {
        let mut seen = Seen::default();
        if let Err(error) = self.look_ahead(&mut seen, self.now()).await {
            tracing::warn!(%error, "events could not be read");
        }
        let mut housekeeping = tokio::time::interval(std::time::Duration::from_secs(1));
        housekeeping.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut turns: u64 = 0;
        let (mut aging, mut words_looked_at) = (Aging::default(), 0);
        loop {
            tokio::select! {
                () = self.0.live.wake.notified() => {}
                _ = housekeeping.tick() => {
                    self.keep_house(turns, &mut aging, &mut words_looked_at).await;
                    turns += 1;
                }
                () = self.0.stop.notified() => return,
            }
            if let Err(error) = self.hand_out(&mut seen).await {
                tracing::warn!(%error, "events could not be read");
            }
            // a burst of writes is handed out together
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// What is done every second, and what now and then.
    async fn keep_house(&self, turns: u64, aging: &mut Aging, words_looked_at: &mut i64) {
        const ANALYZE_EVERY: u64 = 1_800;
        const RECLAIM_LOOKS_EVERY: u64 = 120;
        const MAIL_LOOKS_EVERY: u64 = 5;
        const MAIL_ROUNDS_EVERY: u64 = 60;
        let done = async {
            self.flush_recent().await?;
            self.seal_audit().await?;
            self.age_keys(aging).await?;
            self.age_words(words_looked_at).await?;
            self.0.db.checkpoint().await?;
            // a command that writes a lot does so at its end
            if turns % ANALYZE_EVERY == 5 && !self.0.bulk {
                self.settle().await?;
            }
            if turns % RECLAIM_LOOKS_EVERY == 20 {
                self.schedule_reclaim().await?;
                self.schedule_timeouts().await?;
                self.schedule_tiers().await?;
            }
            if turns % MAIL_LOOKS_EVERY == 3 {
                self.schedule_mail(turns % MAIL_ROUNDS_EVERY == 3).await?;
            }
            self.take_up_packs().await?;
            Ok::<(), zhike_types::Error>(())
        };
        if let Err(error) = done.await {
            tracing::warn!(%error, "housekeeping was put off");
        }
    }

    async fn hand_out(&self, seen: &mut Seen) -> Result<()> {
        let now = self.now();
        if self.0.live.sender.receiver_count() == 0 {
            return self.look_ahead(seen, now).await;
        }
        for (from, to) in seen.gaps(now) {
            let late = sql!(&format!("{EVENTS} WHERE e.seq >= $1 AND e.seq <= $2 ORDER BY e.seq"), from, to);
            let late = self.0.db.read().await?.rows(late).await?;
            self.tell(late, seen, now)?;
        }
        loop {
            let next = sql!(&format!("{EVENTS} WHERE e.seq > $1 ORDER BY e.seq LIMIT $2"), seen.last(), AT_ONCE);
            let next = self.0.db.read().await?.rows(next).await?;
            if next.is_empty() {
                return Ok(());
            }
            self.tell(next, seen, now)?;
        }
    }

    fn tell(&self, rows: Vec<Row>, seen: &mut Seen, now: i64) -> Result<()> {
        for row in rows {
            let event = event(&row)?;
            seen.note(event.seq, now);
            // nobody listening is no error
            let _ = self.0.live.sender.send(Arc::new(event));
        }
        Ok(())
    }

    /// Nobody listens: what is there counts as told, and what is under way below it is remembered.
    async fn look_ahead(&self, seen: &mut Seen, now: i64) -> Result<()> {
        let newest = sql!("SELECT seq FROM event WHERE seq > $1 ORDER BY seq DESC LIMIT $2", seen.last(), AT_ONCE);
        let mut rows = self.0.db.read().await?.rows(newest).await?;
        rows.reverse();
        if rows.len() as i64 == AT_ONCE {
            seen.skip_to(rows[0].must_int(0)? - 1);
        }
        for row in rows {
            seen.note(row.must_int(0)?, now);
        }
        Ok(())
    }
}
