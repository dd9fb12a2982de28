//! The one home of `tokio::spawn` and `spawn_blocking`. Both take what they run in a box: a task of the runtime is much code, and it is
//! compiled here once and not for each thing that is run.

use std::{
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use futures_util::FutureExt as _;
use tokio::task::JoinHandle;
use zhike_types::{Error, Result};

/// Runs a future beside its caller. It is lost when the process ends: what must not be lost is a job. A panic is
/// logged under the task's name and ends this task only.
pub fn spawn(name: &'static str, future: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    watched(name, Box::pin(future))
}

#[expect(clippy::disallowed_methods, reason = "the one home of tokio::spawn")]
fn watched(name: &'static str, future: Pin<Box<dyn Future<Output = ()> + Send>>) -> JoinHandle<()> {
    tokio::spawn(async move {
        if let Err(panic) = AssertUnwindSafe(future).catch_unwind().await {
            tracing::error!(task = name, cause = panic_text(panic.as_ref()), "a background task panicked");
        }
    })
}

/// Starts work that keeps a thread busy, away from the threads that serve requests. It begins at once, and goes on when nobody
/// waits for it.
///
/// # Errors
/// `Internal` when the work panicked.
#[must_use = "what comes of the work, or its panic, is told to who waits"]
pub fn blocking<T: Send + Sync + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> impl Future<Output = Result<T>> + Send {
    let done = Arc::new(OnceLock::new());
    let kept = Arc::clone(&done);
    let task = started(Box::new(move || {
        let _ = kept.set(work());
    }));
    async move {
        task.await.map_err(Error::internal)?;
        Arc::into_inner(done).and_then(OnceLock::into_inner).ok_or_else(|| Error::internal("work came to nothing"))
    }
}

#[expect(clippy::disallowed_methods, reason = "the one home of spawn_blocking")]
fn started(work: Box<dyn FnOnce() + Send>) -> JoinHandle<()> {
    tokio::task::spawn_blocking(work)
}

/// What a panic says of itself.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
