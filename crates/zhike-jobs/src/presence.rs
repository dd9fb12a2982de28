//! Whether a worker is alive: it holds a lock on its file, which the operating system lets go when the process ends, however
//! it ends.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

use uuid::Uuid;
use zhike_types::{Error, Result};

/// The sign that this worker lives.
#[derive(Debug)]
pub(crate) struct Presence {
    folder: PathBuf,
    pub worker: Uuid,
    _lock: File,
}

impl Presence {
    /// Shows this worker in the folder, which is made when it is not there.
    pub fn show(folder: &Path, worker: Uuid) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(Error::internal)?;
        let lock = File::create(path(folder, worker)).map_err(Error::internal)?;
        lock.lock().map_err(Error::internal)?;
        Ok(Self { folder: folder.to_owned(), worker, _lock: lock })
    }

    /// Whether another worker of this folder has certainly ended. One that never stood here may live elsewhere.
    pub fn has_ended(&self, worker: Uuid) -> bool {
        if worker == self.worker {
            return false;
        }
        let path = path(&self.folder, worker);
        let Ok(file) = File::open(&path) else { return false };
        match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
        }
    }

    /// Whether no other worker of this folder lives.
    pub fn is_alone(&self) -> bool {
        self.known().into_iter().all(|worker| worker == self.worker || self.has_ended(worker))
    }

    /// Removes the file of a worker that has ended and left no job behind.
    pub fn forget(&self, worker: Uuid) {
        if self.has_ended(worker) {
            // another process may have been faster
            let _ = std::fs::remove_file(path(&self.folder, worker));
        }
    }

    /// All workers that ever stood here and were not forgotten.
    pub fn known(&self) -> Vec<Uuid> {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        entries.flatten().filter_map(|entry| entry.path().file_stem()?.to_str()?.parse().ok()).collect()
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(path(&self.folder, self.worker));
    }
}

fn path(folder: &Path, worker: Uuid) -> PathBuf {
    folder.join(format!("{worker}.lock"))
}
