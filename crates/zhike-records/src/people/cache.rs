//! Actors of the last second: a page asks for its actor with each of its requests.

use std::{
    collections::HashMap,
    sync::{
        RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::Actor;

/// As long as a right that was taken away on another node may still be used.
const FRESH: Duration = Duration::from_secs(1);
const KEPT: usize = 10_000;

/// Any write of this process empties it, so that a right taken away here is gone with the next request.
#[derive(Debug, Default)]
pub(crate) struct ActorCache {
    kept: RwLock<HashMap<Vec<u8>, (Instant, u64, Actor)>>,
    epoch: AtomicU64,
}

impl ActorCache {
    /// What to hand to [`ActorCache::put`]: asked for before the actor is read.
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    pub fn get(&self, hash: &[u8]) -> Option<Actor> {
        let kept = self.kept.read().expect("no holder panics");
        let (at, epoch, actor) = kept.get(hash)?;
        (at.elapsed() < FRESH && *epoch == self.epoch()).then(|| actor.clone())
    }

    pub fn put(&self, hash: Vec<u8>, epoch: u64, actor: &Actor) {
        let mut kept = self.kept.write().expect("no holder panics");
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(hash, (Instant::now(), epoch, actor.clone()));
    }

    pub fn forget_all(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }
}
