//! The engine: database, model, clock, and what is shared between requests.

use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use arc_swap::ArcSwap;
use tokio::sync::Notify;
use zhike_db::{Db, schema, sql};
use zhike_model::{Model, Object};
use zhike_types::{Clock, Entropy, Error, Ids, OsEntropy, Result, SystemClock, Text, Uuid, Zone, boxed};

use crate::{
    Actor, DataScope, FieldState, Record,
    access::{self, Need, Reach},
    audit::{self, Deed},
    live::Live,
    load::{self, TitleCache},
    matching, merge,
    people::ActorCache,
    pool, tables,
};

/// How to open an engine.
#[derive(Clone)]
pub struct Options {
    pub db: zhike_db::Options,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub zone: Zone,
    /// A command that writes a lot and ends: memory and long transactions are welcome while nobody else is there.
    pub bulk: bool,
}

/// The writer's memory of a command that writes a lot, and the most that one who reads for it may keep, in MiB.
const BULK_CACHE: u32 = 512;
const BULK_READER_CACHE: u32 = 256;
/// Its reader looks at millions of pages once each; SQLite maps no more than that.
const BULK_READER_MAP: u32 = 2_047;
/// What PostgreSQL's list of new search words may hold meanwhile, in MiB.
const BULK_PENDING_WORDS: u32 = 256;

impl Options {
    /// The system's clock and randomness, SQLite in the folder unless a URL is given.
    pub fn new(data: impl Into<PathBuf>, url: Option<String>) -> Self {
        let db = zhike_db::Options::new(data, url);
        Self { db, clock: Arc::new(SystemClock), entropy: Arc::new(OsEntropy), zone: Zone::default(), bulk: false }
    }

    /// For a command that writes a lot and ends.
    #[must_use]
    pub fn bulk(mut self) -> Self {
        self.bulk = true;
        self.db.writer_cache = BULK_CACHE;
        self.db.reader_cache = BULK_READER_CACHE;
        self.db.reader_map = BULK_READER_MAP;
        self.db.pending_words = BULK_PENDING_WORDS;
        self
    }
}

/// The one way in. Cheap to clone.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub db: Db,
    pub model: ArcSwap<Model>,
    /// How often packs had been applied to the database when the model was read.
    pub packs: AtomicI64,
    pub clock: Arc<dyn Clock>,
    pub ids: Ids,
    pub zone: Zone,
    pub data: PathBuf,
    pub bulk: bool,
    pub live: Live,
    pub titles: TitleCache,
    pub stop: Notify,
    pub actors: ActorCache,
    /// What records are compared with.
    pub weights: matching::WeightsInUse,
    pub told: matching::ToldToday,
    /// Records looked at and not yet written: (user, record) to object and time.
    pub seen: Mutex<HashMap<(Uuid, Uuid), (String, i64)>>,
    pub jobs: zhike_jobs::Jobs,
}

/// What an actor may do with an object at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct ObjectAbilities {
    pub read: bool,
    pub create: bool,
    pub change: bool,
    pub delete: bool,
    pub import: bool,
    pub export: bool,
    pub merge: bool,
}

/// How many recently seen records are remembered for a user.
const RECENT_KEPT: i64 = 50;

impl Engine {
    /// Opens the database, brings it up to the model (the packs that come with it and what was applied here), makes what a new one needs.
    #[boxed]
    pub async fn open(options: Options) -> Result<Self> {
        let db = Db::open(&options.db).await?;
        let packs = packs_applied(&db).await?;
        let model = Self::read_model(&db).await?;
        tables::synchronise(&db, &model).await?;
        let ids = Ids::new(Arc::clone(&options.clock), Arc::clone(&options.entropy));
        let jobs =
            zhike_jobs::Jobs::new(db.clone(), Arc::clone(&options.clock), ids.clone(), options.db.data.join("workers"));
        let engine = Self(Arc::new(Shared {
            db,
            model: ArcSwap::from_pointee(model),
            packs: AtomicI64::new(packs),
            ids,
            clock: options.clock,
            zone: options.zone,
            data: options.db.data,
            bulk: options.bulk,
            live: Live::default(),
            titles: TitleCache::default(),
            stop: Notify::new(),
            actors: ActorCache::default(),
            weights: matching::WeightsInUse::default(),
            told: matching::ToldToday::default(),
            seen: Mutex::default(),
            jobs,
        }));
        engine.make_built_in_roles().await?;
        engine.make_first_records(&engine.model()).await?;
        engine.offer_approvals(&engine.model()).await?;
        Ok(engine)
    }

    async fn read_model(db: &Db) -> Result<Model> {
        let mut sources = zhike_model::shipped_packs();
        for row in db.read().await?.rows(sql!("SELECT name, body FROM custom_pack ORDER BY at, name")).await? {
            sources.push(zhike_model::PackSource { path: custom_path(&row.must_text(0)?), text: row.must_text(1)? });
        }
        zhike_model::read(&sources).map_err(|problems| model_error(&problems))
    }

    /// Takes a pack into this installation: checked with all others, tables altered, kept in the database.
    #[boxed]
    pub async fn apply_pack(&self, actor: &Actor, name: &str, text: &str) -> Result<()> {
        crate::people::needs_duty(actor, "model")?;
        let mut sources = zhike_model::shipped_packs();
        for row in self.0.db.read().await?.rows(sql!("SELECT name, body FROM custom_pack ORDER BY at, name")).await? {
            let known = row.must_text(0)?;
            if known != name {
                sources.push(zhike_model::PackSource { path: custom_path(&known), text: row.must_text(1)? });
            }
        }
        sources.push(zhike_model::PackSource { path: custom_path(name), text: text.to_owned() });
        let model = zhike_model::read(&sources).map_err(|problems| model_error(&problems))?;
        tables::synchronise(&self.0.db, &model).await?;
        let mut tx = self.0.db.begin().await?;
        tx.run(sql!(
            "INSERT INTO custom_pack (name, body, at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE SET body = excluded.body",
            name,
            text,
            self.now()
        ))
        .await?;
        tx.run(sql!(
            "INSERT INTO meta (key, value) VALUES ($1, '1') ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)",
            PACKS
        ))
        .await?;
        let after = serde_json::Map::from_iter([("name".to_owned(), name.into()), ("body".to_owned(), text.into())]);
        let deed = Deed { after: Some(after), ..Deed::about("pack", "model") };
        audit::record(&mut tx, actor, self.now(), vec![deed]).await?;
        tx.commit().await?;
        self.make_first_records(&model).await?;
        self.offer_approvals(&model).await?;
        self.0.model.store(Arc::new(model));
        Ok(())
    }

    /// Reads the model again when another process has applied a pack; that process has altered the tables.
    pub(crate) async fn take_up_packs(&self) -> Result<()> {
        let packs = packs_applied(&self.0.db).await?;
        if packs != self.0.packs.load(Ordering::Acquire) {
            self.0.model.store(Arc::new(Self::read_model(&self.0.db).await?));
            self.0.packs.store(packs, Ordering::Release);
        }
        Ok(())
    }

    /// Ends the background work and closes the database; what runs is finished first.
    #[boxed]
    pub async fn close(&self) {
        self.0.stop.notify_waiters();
        self.0.stop.notify_one();
        self.0.jobs.stop().await;
        let last = async {
            self.flush_recent().await?;
            self.seal_audit().await
        };
        if let Err(error) = last.await {
            tracing::warn!(%error, "housekeeping at the end failed; the next start does it");
        }
        self.0.db.close().await;
    }

    pub fn model(&self) -> Arc<Model> {
        self.0.model.load_full()
    }

    /// Milliseconds since 1970.
    pub fn now(&self) -> i64 {
        self.0.clock.now()
    }

    pub fn zone(&self) -> &Zone {
        &self.0.zone
    }

    pub fn ids(&self) -> &Ids {
        &self.0.ids
    }

    /// Lets the database's planner know what there is now, after much was written: without, it takes a long way round for some
    /// lists of a large installation.
    #[boxed]
    pub async fn settle(&self) -> Result<()> {
        self.0.db.analyze().await
    }

    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// What the actor may do with an object at all.
    pub fn may(&self, actor: &Actor, object: &str) -> ObjectAbilities {
        let model = self.model();
        let (Some(known), Some(rights)) = (model.object(object), actor.rights.object(object)) else {
            return ObjectAbilities::default();
        };
        let read = access::reach(known, actor, Need::Read) != Reach::Nothing;
        if pool::is_kept_from(actor, known) {
            return ObjectAbilities { read, ..ObjectAbilities::default() };
        }
        ObjectAbilities {
            read,
            create: read && rights.create,
            change: read && rights.change > DataScope::None,
            delete: read && rights.delete > DataScope::None,
            import: read && rights.import && rights.create,
            export: read && rights.export,
            merge: read && merge::may_merge(actor, known),
        }
    }

    /// What the actor may do with each field of the object, in its order.
    pub fn field_states(&self, actor: &Actor, object: &Object) -> Vec<FieldState> {
        load::field_states(object, actor)
    }

    /// Remembers that the actor looked at a record. Written a moment later: looking at a page waits for no disk.
    pub fn remember(&self, actor: &Actor, object: &str, id: Uuid) {
        if let Some(me) = actor.user_id {
            self.0.seen.lock().expect("no holder panics").insert((me, id), (object.to_owned(), self.now()));
        }
    }

    /// Writes what was looked at since the last time.
    pub(crate) async fn flush_recent(&self) -> Result<()> {
        let seen = std::mem::take(&mut *self.0.seen.lock().expect("no holder panics"));
        if seen.is_empty() {
            return Ok(());
        }
        let mut tx = self.0.db.begin().await?;
        for ((me, id), (object, at)) in seen {
            tx.run(sql!(
                "INSERT INTO recent (user_id, object, record_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (user_id, record_id) DO UPDATE SET at = excluded.at",
                me,
                object,
                id,
                at
            ))
            .await?;
            tx.run(sql!(
                "DELETE FROM recent WHERE user_id = $1 AND at < (SELECT MIN(at) FROM (SELECT at FROM recent WHERE user_id = $2 ORDER BY at DESC LIMIT $3) AS kept)",
                me,
                me,
                RECENT_KEPT
            ))
            .await?;
        }
        tx.commit().await
    }

    /// Records the actor looked at lately, the latest first; those that it may not see any more are left out.
    #[boxed]
    pub async fn recent(&self, actor: &Actor, limit: usize) -> Result<Vec<Record>> {
        let Some(me) = actor.user_id else { return Ok(Vec::new()) };
        self.flush_recent().await?;
        let rows = self
            .0
            .db
            .read()
            .await?
            .rows(sql!(
                "SELECT object, record_id FROM recent WHERE user_id = $1 ORDER BY at DESC LIMIT $2",
                me,
                RECENT_KEPT
            ))
            .await?;
        let (mut records, mut known) = (Vec::new(), HashSet::new());
        for row in rows {
            if records.len() >= limit {
                break;
            }
            let (object, id) = (row.must_text(0)?, row.must_id(1)?);
            let mut found = self.read(actor, &object, id).await;
            if matches!(found, Err(Error::NotFound))
                && let Ok(Some(id)) = self.merged_into(actor, &object, id).await
            {
                found = self.read(actor, &object, id).await;
            }
            match found {
                Ok(record) if record.deleted_at().is_none() && known.insert(record.id) => records.push(record),
                Ok(_) | Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(records)
    }
}

/// The fact in `meta` that counts applied packs, so that a running server notices one applied from the command line.
const PACKS: &str = "packs";

async fn packs_applied(db: &Db) -> Result<i64> {
    let count = schema::meta(&mut db.read().await?, PACKS).await?;
    Ok(count.and_then(|count| count.parse().ok()).unwrap_or(0))
}

fn model_error(problems: &[zhike_model::Problem]) -> Error {
    Error::Invalid(
        problems
            .iter()
            .map(|problem| zhike_types::FieldError {
                field: format!("{}:{}", problem.file, problem.line),
                code: "model",
                message: Text::new(
                    format!("{} 第 {} 行：{}", problem.file, problem.line, problem.message.zh),
                    format!("{}, line {}: {}", problem.file, problem.line, problem.message.en),
                ),
            })
            .collect(),
    )
}

/// Packs of this installation are custom ones: what they add to an object is named `x_…`.
fn custom_path(name: &str) -> String {
    if name.starts_with("custom/") { name.to_owned() } else { format!("custom/{name}") }
}
