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
mod calendar;
mod caller;
mod check_in;
mod condition;
mod convert;
mod copying;
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
mod mail;
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
mod rosters;
mod search;
mod story;
mod tiers;
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
use crate::{App, by::by, throttle};

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
        .route("/openapi.json", get(by(openapi::serve)))
        .route("/docs", get(by(reference::serve)))
        .route("/docs.css", get(by(reference::style)))
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
        .route("/me", get(by(me::read)))
        .route("/search", get(by(search::search)))
        .route("/events", get(by(events::stream)))
        .route("/imports", large(once(get(by(imports::list)).post(by(imports::create))), IMPORT_LIMIT))
        .route("/imports/{id}", get(by(imports::read)))
        .route("/imports/{id}/plan", once(put(by(imports::plan))))
        .route("/imports/{id}/preview", get(by(imports::preview)))
        .route("/imports/{id}/runs", once(post(by(imports::run))))
        .route("/imports/{id}/reversals", once(post(by(imports::reverse))))
        .route("/imports/{id}/errors", get(by(imports::errors)))
        .route("/import-targets", get(by(imports::targets)))
        .route("/exports", once(post(by(exports::create))))
        .route("/exports/{id}", once(get(by(exports::read)).delete(by(exports::remove))))
        .route("/exports/{id}/file", get(by(exports::download)))
        .route("/attachments/{id}/file", get(by(attachments::download)))
        .route("/roles", once(get(by(roles::list)).post(by(roles::create))))
        .route("/roles/{id}", once(get(by(roles::read)).put(by(roles::replace)).delete(by(roles::remove))))
        .route("/users/{id}/roles", once(get(by(roles::of_user)).put(by(roles::set_of_user))))
        .route("/audit", get(by(story::log)))
        .route("/disputes", once(get(by(disputes::list)).post(by(disputes::create))))
        .route("/disputes/{id}", get(by(disputes::read)))
        .route("/disputes/{id}/decision", once(put(by(disputes::decide))))
        .route("/disputes/{id}/withdrawal", once(put(by(disputes::withdraw))))
        .route("/disputes/{id}/answer", once(put(by(disputes::answer))))
        .route("/disputes/{id}/files", large(once(post(by(disputes::attach))), ATTACHMENT_LIMIT))
        .route("/disputes/{id}/files/{number}", get(by(disputes::download)))
        .route("/approvals", once(get(by(approvals::list)).post(by(approvals::create))))
        .route("/approvals/{id}", get(by(approvals::read)))
        .route("/approvals/{id}/acts", once(post(by(approvals::act))))
        .route("/approvals/{id}/files/{file}", get(by(approvals::download)))
        .route("/approval-processes", once(get(by(approvals::processes)).post(by(approvals::create_process))))
        .route("/approval-processes/{id}", once(get(by(approvals::read_process)).put(by(approvals::replace_process))))
        .route("/approval-absences", once(get(by(approvals::absences)).post(by(approvals::add_absence))))
        .route("/approval-absences/{id}", once(delete(by(approvals::end_absence))))
        .route("/pools", get(by(pool::list)))
        .route("/pools/{id}", get(by(pool::read)))
        .route("/pools/{id}/records", get(by(pool::records)))
        .route("/pools/{id}/records/{record}", get(by(pool::record)))
        .route("/pools/{id}/count", get(by(pool::count)))
        .route("/pools/{id}/assignments", once(post(by(pool::assign_from))))
        .route("/pools/{id}/moves", get(by(pool::moves)))
        .route("/calendar", get(by(calendar::list)))
        .route("/reminders", get(by(calendar::near)))
        .route("/calendar-feed", once(get(by(calendar::feed)).post(by(calendar::renew_feed)).delete(by(calendar::end_feed))))
        .route("/mail-server", once(get(by(mail::read)).put(by(mail::replace)).delete(by(mail::end))))
        .route("/mail-server/test", once(post(by(mail::trial))))
        .route("/mails", get(by(mail::list)))
        .route("/mails/{id}/retry", once(post(by(mail::retry))))
        .route("/mail-choices", once(get(by(mail::choices)).put(by(mail::choose))))
        .route("/handovers", once(get(by(handovers::list)).post(by(handovers::create))))
        .route("/handovers/plan", post(by(handovers::plan)))
        .route("/handovers/{id}", get(by(handovers::read)))
        .route("/handovers/{id}/undo", once(post(by(handovers::undo))))
        .route("/forecast", get(by(forecast::read)))
        .route("/forecast/changes", get(by(forecast::changes)))
        .route("/tier-schemes/{id}/placements", once(post(by(tiers::work_out))))
        .route("/{object}/{id}/stays", get(by(tiers::stays)))
        .route("/measures", get(by(performance::measures)))
        .route("/performance", get(by(performance::read)))
        .route("/concentration", get(by(rosters::concentration)))
        .route("/rosters", get(by(rosters::list)))
        .route("/rosters/{id}", get(by(rosters::read)))
        .route("/rosters/{id}/recipients", get(by(rosters::recipients)))
        .route("/rosters/{id}/statements.zip", get(by(rosters::archive)))
        .route("/statements", once(post(by(rosters::state))))
        .route("/product-notices", once(post(by(rosters::give))))
        .route("/product-notices/{id}/withdrawal", once(post(by(rosters::take_back))))
        .route("/account/{id}/influence", get(by(rosters::influence)))
        .route("/merges", get(by(merges::list)))
        .route("/merges/{id}", get(by(merges::read)))
        .route("/merges/{id}/undo", once(post(by(merges::undo))))
        .route("/tokens", once(get(by(tokens::list)).post(by(tokens::create))))
        .route("/tokens/{id}", once(delete(by(tokens::revoke))))
        .route("/views/{object}", once(get(by(views::list)).post(by(views::create))))
        .route("/views/{object}/{id}", once(put(by(views::replace)).delete(by(views::remove))))
        .route("/{object}", once(get(by(lists::list)).post(by(records::create))))
        .route("/{object}/matches", post(by(matches::find)))
        .route("/{object}/existence", get(by(matches::existence)))
        .route("/{object}/scans", once(post(by(duplicates::scan))))
        .route("/{object}/scans/{id}", get(by(duplicates::read_scan)))
        .route("/{object}/duplicates", get(by(duplicates::list)))
        .route("/{object}/duplicates/{left}/{right}", once(get(by(duplicates::explain)).put(by(duplicates::decide))))
        .route("/{object}/decisions", get(by(duplicates::decisions)))
        .route("/{object}/count", get(by(figures::count)))
        .route("/{object}/aggregate", get(by(figures::aggregate)))
        .route("/{object}/board", get(by(board::read)))
        .route("/{object}/bulk", once(post(by(bulk::bulk))))
        .route("/{object}/assignments", once(post(by(pool::assign_many))))
        .route("/{object}/rule-assignments", once(post(by(pool::assign_by_rules))))
        .route("/{object}/returns", once(post(by(pool::give_back_many))))
        .route("/{object}/{id}", once(get(by(records::read)).patch(by(records::change)).delete(by(records::delete))))
        .route("/{object}/{id}/documents/{name}", get(by(print::read)))
        .route("/{object}/{id}/stage", once(put(by(board::set_stage))))
        .route("/{object}/{id}/claim", once(post(by(pool::claim))))
        .route("/{object}/{id}/return", once(post(by(pool::give_back))))
        .route("/{object}/{id}/assign", once(post(by(pool::assign))))
        .route("/{object}/{id}/check-in", large(once(post(by(check_in::make))), ATTACHMENT_LIMIT))
        .route("/{object}/{id}/copies/{name}", once(post(by(copying::make))))
        .route("/{object}/{id}/convert", once(post(by(convert::make)).delete(by(convert::undo))))
        .route("/{object}/{id}/restoration", once(post(by(records::restore))))
        .route("/{object}/{id}/merge", once(get(by(merges::propose)).post(by(merges::merge))))
        .route("/{object}/{id}/history", get(by(story::history)))
        .route("/{object}/{id}/timeline", get(by(story::timeline)))
        .route("/{object}/{id}/attachments", large(once(get(by(lists::attachments)).post(by(attachments::create))), ATTACHMENT_LIMIT))
        .route("/{object}/{id}/{relation}", get(by(lists::related)))
        .fallback(async || Problem::not_found())
        .layer(from_fn_with_state(api.clone(), caller::authenticate))
        .layer(DefaultBodyLimit::max(JSON_LIMIT))
}

/// Live updates at `/events`, for pages.
pub fn live(app: App) -> Router {
    let api = Api::new(app);
    Router::new()
        .route("/events", get(by(events::stream)))
        .layer(from_fn_with_state(api.clone(), caller::authenticate))
        .layer(from_fn_with_state(api.clone(), boundary::boundary))
        .with_state(api)
}
