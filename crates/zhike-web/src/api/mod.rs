//! The JSON API and live updates. docs/api.md says what holds for all of it; `openapi` writes the description of every
//! operation from the model, `reference` shows it to people.
//!
//! On the way in: `boundary` sets headers and renders errors, `caller` says who asks, `once` answers a repeated request from
//! what was kept. A handler reads its parameters, asks the engine and answers.

mod approvals;
mod attachments;
mod board;
mod body;
mod boundary;
mod bulk;
mod caller;
mod condition;
mod convert;
mod disputes;
mod duplicates;
mod events;
mod exports;
mod figures;
mod file;
mod forecast;
mod handovers;
mod imports;
mod lists;
mod matches;
mod me;
mod merges;
mod once;
mod openapi;
mod params;
mod path;
mod performance;
mod pool;
mod print;
mod problem;
mod records;
mod reference;
mod roles;
mod search;
mod story;
mod tokens;
mod upload;
mod views;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    middleware::from_fn_with_state,
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, delete, get, post, put},
};
use tower_http::catch_panic::CatchPanicLayer;
use zhike_records::Engine;

use self::problem::Problem;
use crate::{App, throttle};

/// A request's JSON, in bytes.
const JSON_LIMIT: usize = 2 << 20;
/// A file hung on a record with the form around it, in bytes: pages and programs alike.
pub const ATTACHMENT_LIMIT: usize = zhike_records::FILE_MAX + (1 << 20);
/// A list to import, in bytes: pages and programs alike.
pub const IMPORT_LIMIT: usize = IMPORT_MB << 20;
/// As pages say them.
pub const FILE_MB: usize = zhike_records::FILE_MAX >> 20;
pub const IMPORT_MB: usize = 512;

type Answer = Result<Response, Problem>;

/// What the handlers share.
#[derive(Clone)]
struct Api {
    app: App,
    engine: Engine,
    exports: Arc<exports::Exports>,
}

impl Api {
    fn new(app: App) -> Self {
        let engine = app.engine.clone();
        Self { app, engine, exports: Arc::default() }
    }
}

impl FromRef<Api> for Engine {
    fn from_ref(api: &Api) -> Self {
        api.engine.clone()
    }
}

/// Everything under `/api`.
pub fn router(app: App) -> Router {
    let api = Api::new(app);
    Router::new()
        .nest("/v1", v1(&api))
        .route("/openapi.json", get(openapi::serve))
        .route("/docs", get(reference::serve))
        .route("/docs.css", get(reference::style))
        .fallback(async || Problem::not_found())
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn_with_state(api.app.clone(), throttle::api))
        .layer(from_fn_with_state(api.clone(), boundary::boundary))
        .with_state(api)
}

/// An error as the API answers it, for what stands around it.
pub(crate) fn refused(error: zhike_types::Error) -> Response {
    Problem::from(error).into_response()
}

#[rustfmt::skip]
fn v1(api: &Api) -> Router<Api> {
    // around the handlers only: a method that is not taken is 405 whatever its key
    let once = |methods: MethodRouter<Api>| methods.route_layer(from_fn_with_state(api.clone(), once::once));
    let large = |methods: MethodRouter<Api>, limit: usize| methods.layer(DefaultBodyLimit::max(limit));
    Router::new()
        .route("/me", get(me::read))
        .route("/search", get(search::search))
        .route("/events", get(events::stream))
        .route("/imports", large(once(get(imports::list).post(imports::create)), IMPORT_LIMIT))
        .route("/imports/{id}", get(imports::read))
        .route("/imports/{id}/plan", once(put(imports::plan)))
        .route("/imports/{id}/preview", get(imports::preview))
        .route("/imports/{id}/runs", once(post(imports::run)))
        .route("/imports/{id}/reversals", once(post(imports::reverse)))
        .route("/imports/{id}/errors", get(imports::errors))
        .route("/import-targets", get(imports::targets))
        .route("/exports", once(post(exports::create)))
        .route("/exports/{id}", once(get(exports::read).delete(exports::remove)))
        .route("/exports/{id}/file", get(exports::download))
        .route("/attachments/{id}/file", get(attachments::download))
        .route("/roles", once(get(roles::list).post(roles::create)))
        .route("/roles/{id}", once(get(roles::read).put(roles::replace).delete(roles::remove)))
        .route("/users/{id}/roles", once(get(roles::of_user).put(roles::set_of_user)))
        .route("/audit", get(story::log))
        .route("/disputes", once(get(disputes::list).post(disputes::create)))
        .route("/disputes/{id}", get(disputes::read))
        .route("/disputes/{id}/decision", once(put(disputes::decide)))
        .route("/disputes/{id}/withdrawal", once(put(disputes::withdraw)))
        .route("/disputes/{id}/answer", once(put(disputes::answer)))
        .route("/disputes/{id}/files", large(once(post(disputes::attach)), ATTACHMENT_LIMIT))
        .route("/disputes/{id}/files/{number}", get(disputes::download))
        .route("/approvals", once(get(approvals::list).post(approvals::create)))
        .route("/approvals/{id}", get(approvals::read))
        .route("/approvals/{id}/acts", once(post(approvals::act)))
        .route("/approvals/{id}/files/{file}", get(approvals::download))
        .route("/approval-processes", once(get(approvals::processes).post(approvals::create_process)))
        .route("/approval-processes/{id}", once(get(approvals::read_process).put(approvals::replace_process)))
        .route("/approval-absences", once(get(approvals::absences).post(approvals::add_absence)))
        .route("/approval-absences/{id}", once(delete(approvals::end_absence)))
        .route("/pools", get(pool::list))
        .route("/pools/{id}", get(pool::read))
        .route("/pools/{id}/records", get(pool::records))
        .route("/pools/{id}/records/{record}", get(pool::record))
        .route("/pools/{id}/count", get(pool::count))
        .route("/pools/{id}/assignments", once(post(pool::assign_from)))
        .route("/pools/{id}/moves", get(pool::moves))
        .route("/handovers", once(get(handovers::list).post(handovers::create)))
        .route("/handovers/plan", post(handovers::plan))
        .route("/handovers/{id}", get(handovers::read))
        .route("/handovers/{id}/undo", once(post(handovers::undo)))
        .route("/forecast", get(forecast::read))
        .route("/forecast/changes", get(forecast::changes))
        .route("/measures", get(performance::measures))
        .route("/performance", get(performance::read))
        .route("/merges", get(merges::list))
        .route("/merges/{id}", get(merges::read))
        .route("/merges/{id}/undo", once(post(merges::undo)))
        .route("/tokens", once(get(tokens::list).post(tokens::create)))
        .route("/tokens/{id}", once(delete(tokens::revoke)))
        .route("/views/{object}", once(get(views::list).post(views::create)))
        .route("/views/{object}/{id}", once(put(views::replace).delete(views::remove)))
        .route("/{object}", once(get(lists::list).post(records::create)))
        .route("/{object}/matches", post(matches::find))
        .route("/{object}/existence", get(matches::existence))
        .route("/{object}/scans", once(post(duplicates::scan)))
        .route("/{object}/scans/{id}", get(duplicates::read_scan))
        .route("/{object}/duplicates", get(duplicates::list))
        .route("/{object}/duplicates/{left}/{right}", once(get(duplicates::explain).put(duplicates::decide)))
        .route("/{object}/decisions", get(duplicates::decisions))
        .route("/{object}/count", get(figures::count))
        .route("/{object}/aggregate", get(figures::aggregate))
        .route("/{object}/board", get(board::read))
        .route("/{object}/bulk", once(post(bulk::bulk)))
        .route("/{object}/assignments", once(post(pool::assign_many)))
        .route("/{object}/returns", once(post(pool::give_back_many)))
        .route("/{object}/{id}", once(get(records::read).patch(records::change).delete(records::delete)))
        .route("/{object}/{id}/documents/{name}", get(print::read))
        .route("/{object}/{id}/stage", once(put(board::set_stage)))
        .route("/{object}/{id}/claim", once(post(pool::claim)))
        .route("/{object}/{id}/return", once(post(pool::give_back)))
        .route("/{object}/{id}/assign", once(post(pool::assign)))
        .route("/{object}/{id}/convert", once(post(convert::make).delete(convert::undo)))
        .route("/{object}/{id}/restoration", once(post(records::restore)))
        .route("/{object}/{id}/merge", once(get(merges::propose).post(merges::merge)))
        .route("/{object}/{id}/history", get(story::history))
        .route("/{object}/{id}/timeline", get(story::timeline))
        .route("/{object}/{id}/attachments", large(once(get(lists::attachments).post(attachments::create)), ATTACHMENT_LIMIT))
        .route("/{object}/{id}/{relation}", get(lists::related))
        .fallback(async || Problem::not_found())
        .layer(from_fn_with_state(api.clone(), caller::authenticate))
        .layer(DefaultBodyLimit::max(JSON_LIMIT))
}

/// Live updates at `/events`, for pages.
pub fn live(app: App) -> Router {
    let api = Api::new(app);
    Router::new()
        .route("/events", get(events::stream))
        .layer(from_fn_with_state(api.clone(), caller::authenticate))
        .layer(from_fn_with_state(api.clone(), boundary::boundary))
        .with_state(api)
}
