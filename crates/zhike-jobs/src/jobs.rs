//! Registering, enqueueing and running.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    path::PathBuf,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::FutureExt as _;
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    sync::{Notify, watch},
    task::{JoinHandle, JoinSet},
    time::sleep,
};
use uuid::Uuid;
use zhike_db::{Db, Tx};
use zhike_types::{Clock, Error, Ids, Result, Text, boxed};

use crate::{
    presence::Presence,
    spawn::{panic_text, spawn},
    table::{self, ATTEMPTS_MAX, Claimed, LEASE},
};

/// Between looks for jobs that another process enqueued or that become due.
const POLL: Duration = Duration::from_secs(1);
/// Polls between looks for jobs whose worker is gone.
const RESCUE_EVERY: u32 = 5;
/// Jobs that run at once in this process.
const AT_ONCE: usize = 2;

/// How a run of a job ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// It was asked to stop ([`Run::stopping`]) and is to go on later from where it is.
    Stopped,
}

type Handler = Arc<dyn Fn(Run) -> Pin<Box<dyn Future<Output = Result<Ended>> + Send>> + Send + Sync>;

/// The jobs of a database. Cheap to clone.
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    ids: Ids,
    folder: PathBuf,
    handlers: Mutex<HashMap<&'static str, Handler>>,
    notify: Notify,
    stop: watch::Sender<bool>,
    worker: Mutex<Option<JoinHandle<()>>>,
}

/// One run of a job, as its handler sees it.
#[derive(Clone)]
pub struct Run {
    jobs: Jobs,
    id: Uuid,
    worker: Uuid,
    args: Arc<str>,
    /// From 1; counts the runs since it last got on.
    pub attempt: i64,
    stop: watch::Receiver<bool>,
    presence: Arc<Presence>,
}

impl Run {
    /// What it was enqueued with.
    pub fn args<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_str(&self.args).map_err(Error::internal)
    }

    /// The process wants to end: finish the step at hand and return [`Ended::Stopped`].
    pub fn stopping(&self) -> bool {
        *self.stop.borrow()
    }

    /// Says in the transaction of a step that the job got on. Refused when another worker has taken the job over, so that
    /// no step is done twice.
    #[boxed]
    pub async fn advanced(&self, tx: &mut Tx) -> Result<()> {
        if table::advanced(tx, self.id, self.worker, self.jobs.0.clock.now()).await? {
            return Ok(());
        }
        Err(Error::Unavailable(Text::new("任务已由别的进程接手。", "Another process has taken the job over.")))
    }

    /// Whether no other process works on the installation's jobs.
    pub fn is_alone(&self) -> bool {
        self.presence.is_alone()
    }

    /// Whether this is the last attempt: what fails now has failed for good.
    pub fn is_last_attempt(&self) -> bool {
        self.attempt >= ATTEMPTS_MAX
    }
}

impl Jobs {
    /// `folder` holds the signs that workers live; it is made when work starts.
    pub fn new(db: Db, clock: Arc<dyn Clock>, ids: Ids, folder: PathBuf) -> Self {
        let (stop, _) = watch::channel(false);
        let inner = Inner {
            db,
            clock,
            ids,
            folder,
            handlers: Mutex::default(),
            notify: Notify::new(),
            stop,
            worker: Mutex::default(),
        };
        Self(Arc::new(inner))
    }

    /// What to do with jobs of a kind. Before [`Jobs::start`].
    pub fn register<F, R>(&self, kind: &'static str, handler: F)
    where
        F: Fn(Run) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Ended>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |run| Box::pin(handler(run)));
        self.0.handlers.lock().expect("no holder panics").insert(kind, handler);
    }

    /// A new job, which exists when the transaction commits. [`Jobs::wake`] then starts it without waiting for the next look.
    pub async fn enqueue(&self, tx: &mut Tx, kind: &str, args: &impl Serialize) -> Result<Uuid> {
        self.enqueue_at(tx, kind, args, self.0.clock.now()).await
    }

    /// The same, not before an instant (ms since 1970).
    pub async fn enqueue_at(&self, tx: &mut Tx, kind: &str, args: &impl Serialize, run_at: i64) -> Result<Uuid> {
        let id = self.0.ids.next();
        let args = serde_json::to_string(args).map_err(Error::internal)?;
        table::insert(tx, id, kind, &args, run_at, self.0.clock.now()).await?;
        Ok(id)
    }

    /// Whether a job of the kind waits or runs: of some kinds one at a time is enough.
    #[boxed]
    pub async fn is_pending(tx: &mut Tx, kind: &str) -> Result<bool> {
        table::is_pending(tx, kind).await
    }

    /// There may be something to do.
    pub fn wake(&self) {
        self.0.notify.notify_one();
    }

    /// Works on jobs from now on; does nothing when it does already.
    pub fn start(&self) -> Result<()> {
        let mut worker = self.0.worker.lock().expect("no holder panics");
        if worker.is_none() {
            self.0.stop.send_replace(false);
            let presence = Presence::show(&self.0.folder, self.0.ids.next())?;
            *worker = Some(spawn("jobs", self.clone().work(presence)));
        }
        Ok(())
    }

    /// Asks running jobs to stop after the step at hand, and waits for them.
    #[boxed]
    pub async fn stop(&self) {
        self.0.stop.send_replace(true);
        let worker = self.0.worker.lock().expect("no holder panics").take();
        if let Some(worker) = worker {
            // a panic was logged where it happened
            let _ = worker.await;
        }
        // handlers may hold what holds this
        self.0.handlers.lock().expect("no holder panics").clear();
    }

    async fn work(self, presence: Presence) {
        let presence = Arc::new(presence);
        let mut stop = self.0.stop.subscribe();
        let mut running = JoinSet::new();
        let mut polls = 0;
        while !*stop.borrow() {
            if polls % RESCUE_EVERY == 0
                && let Err(error) = self.rescue(&presence).await
            {
                tracing::warn!(%error, "jobs of workers that are gone could not be looked for");
            }
            polls += 1;
            while running.len() < AT_ONCE && !*stop.borrow() {
                match self.claim(presence.worker).await {
                    Ok(Some((claimed, handler))) => {
                        running.spawn(self.clone().run(claimed, handler, Arc::clone(&presence)));
                    }
                    Ok(None) => break,
                    Err(error) => {
                        tracing::warn!(%error, "no job could be taken");
                        break;
                    }
                }
            }
            tokio::select! {
                () = self.0.notify.notified() => {}
                () = sleep(POLL) => {}
                Some(_) = running.join_next() => {}
                _ = stop.changed() => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    async fn claim(&self, worker: Uuid) -> Result<Option<(Claimed, Handler)>> {
        let kinds: Vec<&'static str> = self.0.handlers.lock().expect("no holder panics").keys().copied().collect();
        if kinds.is_empty() {
            return Ok(None);
        }
        let Some(claimed) = table::claim(&self.0.db, &kinds, worker, self.0.clock.now()).await? else {
            return Ok(None);
        };
        let handler = self.0.handlers.lock().expect("no holder panics").get(claimed.kind.as_str()).cloned();
        Ok(handler.map(|handler| (claimed, handler)))
    }

    async fn rescue(&self, presence: &Presence) -> Result<()> {
        let now = self.0.clock.now();
        let mut busy = Vec::new();
        for (id, worker, until) in table::running(&self.0.db).await? {
            if worker == presence.worker {
                continue;
            }
            if until < now || presence.has_ended(worker) {
                tracing::info!(job = %id, "a job is taken up again: its worker is gone");
                table::rescue(&self.0.db, id, worker, now).await?;
            } else {
                busy.push(worker);
            }
        }
        for worker in presence.known().into_iter().filter(|worker| !busy.contains(worker)) {
            presence.forget(worker);
        }
        Ok(())
    }

    async fn run(self, claimed: Claimed, handler: Handler, presence: Arc<Presence>) {
        let Claimed { id, kind, args, attempt } = claimed;
        let worker = presence.worker;
        let stop = self.0.stop.subscribe();
        let run = Run { jobs: self.clone(), id, worker, args: args.into(), attempt, stop, presence };
        let ended = tokio::select! {
            ended = AssertUnwindSafe(handler(run)).catch_unwind() => ended,
            () = self.keep_lease(id, worker) => return,
        };
        let ended = ended.unwrap_or_else(|panic| Err(Error::internal(panic_text(panic.as_ref()).to_owned())));
        let now = self.0.clock.now();
        let noted = match &ended {
            Ok(Ended::Done) => table::finish(&self.0.db, id, worker, None, now).await,
            Ok(Ended::Stopped) => table::put_off(&self.0.db, id, worker, now, true, None).await,
            Err(error) => {
                let text = Text::same(error.to_string());
                let again = matches!(error, Error::Internal(_) | Error::Unavailable(_) | Error::TooMany(_))
                    && attempt < ATTEMPTS_MAX;
                if again {
                    tracing::warn!(job = %id, kind, attempt, %error, "a job failed and will be tried again");
                    table::put_off(&self.0.db, id, worker, now + table::pause(attempt) * 1_000, false, Some(&text))
                        .await
                } else {
                    tracing::error!(job = %id, kind, attempt, %error, "a job failed");
                    table::finish(&self.0.db, id, worker, Some(&text), now).await
                }
            }
        };
        if let Err(error) = noted {
            tracing::warn!(job = %id, kind, %error, "how a job ended could not be noted; it will run again");
        }
    }

    /// Renews the lease for as long as it is ours.
    async fn keep_lease(&self, id: Uuid, worker: Uuid) {
        loop {
            sleep(Duration::from_millis(LEASE as u64 / 3)).await;
            let renewed = async {
                let mut tx = self.0.db.begin().await?;
                let ours = table::renew(&mut tx, id, worker, self.0.clock.now()).await?;
                tx.commit().await?;
                Ok::<_, Error>(ours)
            };
            match renewed.await {
                Ok(true) => {}
                Ok(false) => {
                    tracing::warn!(job = %id, "another worker has taken the job over");
                    return;
                }
                Err(error) => tracing::warn!(job = %id, %error, "a job's lease could not be renewed"),
            }
        }
    }
}
