//! Exports as resources: asked for, polled, fetched, gone after an hour. They live in this process only: one that a
//! restart took is cheap to ask for again, and a file full of personal data should not outlive its purpose.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Json},
};
use futures_util::FutureExt as _;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::{AbortHandle, JoinSet};
use zhike_records::{Actor, Engine, ExportFormat, ListQuery};
use zhike_types::{Error, Lang, Text, Uuid};

use super::{
    Answer, Api,
    body::Body,
    caller::Caller,
    file,
    imports::{media_type, unknown_object},
    lists,
    params::Params,
    path::{At, Id},
    problem::Problem,
};

/// How long a finished export is kept, in milliseconds.
const KEPT: i64 = 60 * 60 * 1000;
/// Exports of one user that may run at once.
const AT_ONCE: usize = 3;

/// Those of this process, running and finished.
#[derive(Default)]
pub struct Exports(Mutex<Known>);

#[derive(Default)]
struct Known {
    exports: HashMap<Uuid, Arc<Export>>,
    tasks: JoinSet<()>,
}

/// One export. Its folder goes with it.
struct Export {
    id: Uuid,
    user: Option<Uuid>,
    query: ListQuery,
    format: ExportFormat,
    folder: TempDir,
    created_at: i64,
    rows: AtomicU64,
    end: Mutex<Option<(i64, Result<u64, Text>)>>,
    task: Mutex<Option<AbortHandle>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    object: String,
    #[serde(default)]
    filter: String,
    #[serde(default)]
    sort: String,
    fields: Option<Vec<String>>,
    #[serde(default)]
    format: Format,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Csv,
    Xlsx,
}

pub async fn create(State(api): State<Api>, caller: Caller, params: Params, Body(wish): Body<Wish>) -> Answer {
    params.finish()?;
    let engine = &api.engine;
    lists::known(engine, &wish.object).map_err(|_| unknown_object(&wish.object))?;
    let sort: Vec<String> = wish.sort.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let query = ListQuery {
        object: wish.object,
        filter: wish.filter,
        sort: lists::sort(&sort),
        fields: wish.fields,
        limit: 1,
        ..ListQuery::default()
    };
    if !engine.may(&caller.actor, &query.object).export {
        return Err(Problem::forbidden("您没有导出这种记录的权限。", "You may not export records of this kind."));
    }
    // A filter that cannot be read is better said now than found when polling.
    engine.list(&caller.actor, &query).await?;
    let export = api.exports.start(engine, &caller.actor, query, wish.format)?;
    let location = HeaderValue::try_from(format!("/api/v1/exports/{}", export.id)).expect("an id is ASCII");
    let body = Json(export.json(engine, caller.actor.lang));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], body).into_response())
}

pub async fn read(State(api): State<Api>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    let export = api.exports.of(&caller.actor, id, api.engine.now())?;
    Ok(Json(export.json(&api.engine, caller.actor.lang)).into_response())
}

pub async fn download(
    State(api): State<Api>,
    caller: Caller,
    At(Id(id)): At<Id>,
    params: Params,
    headers: HeaderMap,
) -> Answer {
    params.finish()?;
    let export = api.exports.of(&caller.actor, id, api.engine.now())?;
    if !matches!(*held(&export.end), Some((_, Ok(_)))) {
        let text = Text::new("导出还没有完成，或者没有成功。", "The export is not finished, or failed.");
        return Err(Problem::new(StatusCode::CONFLICT, text));
    }
    let name = export.file_name();
    file::answer(&export.folder.path().join(&name), &name, media_type(&name), &headers).await
}

pub async fn remove(State(api): State<Api>, caller: Caller, At(Id(id)): At<Id>, params: Params) -> Answer {
    params.finish()?;
    let export = api.exports.of(&caller.actor, id, api.engine.now())?;
    if let Some(task) = held(&export.task).take() {
        task.abort();
    }
    held(&api.exports.0).exports.remove(&id);
    Ok(StatusCode::NO_CONTENT.into_response())
}

impl Exports {
    fn start(&self, engine: &Engine, actor: &Actor, query: ListQuery, format: Format) -> Result<Arc<Export>, Problem> {
        let now = engine.now();
        let mut known = held(&self.0);
        known.exports.retain(|_, export| export.is_kept(now));
        while known.tasks.try_join_next().is_some() {}
        let running =
            known.exports.values().filter(|export| export.user == actor.user_id && held(&export.end).is_none());
        if running.count() >= AT_ONCE {
            let text = Text::new(
                "同时进行的导出太多，请等前面的完成。",
                "Too many exports at once; wait for the earlier ones.",
            );
            return Err(Error::TooMany(text).into());
        }
        let export = Arc::new(Export {
            id: engine.ids().next(),
            user: actor.user_id,
            query: ListQuery { limit: 0, ..query },
            format: match format {
                Format::Csv => ExportFormat::Csv,
                Format::Xlsx => ExportFormat::Xlsx,
            },
            folder: tempfile::tempdir()?,
            created_at: now,
            rows: AtomicU64::new(0),
            end: Mutex::new(None),
            task: Mutex::new(None),
        });
        let task = known.tasks.spawn(work(engine.clone(), actor.clone(), export.clone()));
        *held(&export.task) = Some(task);
        known.exports.insert(export.id, export.clone());
        Ok(export)
    }

    /// Another user's export does not exist.
    fn of(&self, actor: &Actor, id: Uuid, now: i64) -> Result<Arc<Export>, Problem> {
        let known = held(&self.0);
        let export = known.exports.get(&id).filter(|export| export.user == actor.user_id && export.is_kept(now));
        export.cloned().ok_or_else(Problem::not_found)
    }
}

async fn work(engine: Engine, actor: Actor, export: Arc<Export>) {
    let out = export.folder.path().join(export.file_name());
    let count = {
        let export = export.clone();
        move |rows| export.rows.store(rows, Ordering::Relaxed)
    };
    let written =
        AssertUnwindSafe(engine.export(&actor, &export.query, export.format, &out, &count)).catch_unwind().await;
    let end = written.unwrap_or_else(|_| Err(Error::internal("the export panicked"))).map_err(|error| {
        if let Error::Internal(cause) = &error {
            tracing::error!(export = %export.id, %cause, "an export failed");
        }
        error.message()
    });
    if let Ok(rows) = end {
        export.rows.store(rows, Ordering::Relaxed);
    }
    *held(&export.end) = Some((engine.now(), end));
}

impl Export {
    fn is_kept(&self, now: i64) -> bool {
        held(&self.end).as_ref().is_none_or(|(at, _)| now - at < KEPT)
    }

    fn file_name(&self) -> String {
        let ending = match self.format {
            ExportFormat::Csv => "csv",
            ExportFormat::Xlsx => "xlsx",
        };
        format!("{}.{ending}", self.query.object)
    }

    fn json(&self, engine: &Engine, lang: Lang) -> Value {
        let end = held(&self.end);
        let (state, error) = match end.as_ref() {
            None => ("running", None),
            Some((_, Ok(_))) => ("done", None),
            Some((_, Err(text))) => ("failed", Some(text.get(lang))),
        };
        json!({
            "id": self.id,
            "object": self.query.object,
            "filter": self.query.filter,
            "format": match self.format { ExportFormat::Csv => "csv", ExportFormat::Xlsx => "xlsx" },
            "state": state,
            "rows": self.rows.load(Ordering::Relaxed),
            "error": error,
            "created_at": engine.instant_json(self.created_at),
            "finished_at": end.as_ref().map(|(at, _)| engine.instant_json(*at)),
        })
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no holder panics")
}
