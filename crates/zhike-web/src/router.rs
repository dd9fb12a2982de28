//! All addresses of the pages, in one list.

use axum::Router;
use tokio::net::TcpListener;

use crate::{
    App,
    api::{self, ATTACHMENT_LIMIT, IMPORT_LIMIT},
    assets, fault, guard,
    pages::{
        admin::{audit, departments, model, roles, users},
        alike, approvals, bin, board, bulk, cell, convert, create, delete, disputes, edit, existence, export, figures,
        files, follow_up, forecast, handover, home, imports, list, menu, merge, performance, pick, pool, print, record,
        review, search, settings, setup, signin, team, views,
    },
    session, throttle,
};
use axum::{
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};
use zhike_types::Error;

/// Pages, assets, the API and live updates.
pub fn router(app: App) -> Router {
    pages()
        .fallback(async || fault::Fault::from(Error::NotFound))
        .layer(from_fn_with_state(app.clone(), throttle::pages))
        .layer(from_fn(guard::same_origin_only))
        .layer(from_fn(session::forget_flash))
        .layer(from_fn_with_state(app.clone(), fault::render))
        .with_state(app.clone())
        .route("/assets/{name}", get(assets::serve))
        .nest("/api", api::router(app.clone()))
        .merge(api::live(app))
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new())
        .layer(from_fn(guard::headers))
}

#[rustfmt::skip]
fn pages() -> Router<App> {
    Router::new()
        .route("/", get(home::show))
        .route("/team", get(team::show))
        .route("/myday/overdue", get(home::overdue))
        .route("/signin", get(signin::show).post(signin::enter))
        .route("/signout", post(signin::leave))
        .route("/setup", get(setup::show).post(setup::make))
        .route("/menu", get(menu::show))
        .route("/create", get(create::choose))
        .route("/search", get(search::page))
        .route("/palette", get(search::palette))
        .route("/pick/{object}", get(pick::records))
        .route("/regions", get(pick::regions))
        .route("/files/{id}", get(files::download))
        .route("/bin", get(bin::show))
        .route("/existence", get(existence::show).post(existence::ask))
        .route("/existence/limits", post(existence::limits::save))
        .route("/disputes", get(disputes::list).post(disputes::create).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/disputes/new", get(disputes::new))
        .route("/disputes/waiting", get(disputes::count))
        .route("/disputes/{id}", get(disputes::show))
        .route("/disputes/{id}/decision", post(disputes::decide))
        .route("/disputes/{id}/withdrawal", post(disputes::withdraw))
        .route("/disputes/{id}/answer", post(disputes::answer))
        .route("/disputes/{id}/files", post(disputes::upload).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/disputes/{id}/files/{number}", get(disputes::download))

        .route("/approvals", get(approvals::list).post(approvals::ask::submit).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/approvals/new", get(approvals::ask::new))
        .route("/approvals/waiting", get(approvals::count))
        .route("/approvals/away", post(approvals::away))
        .route("/approvals/away/{id}/end", post(approvals::back))
        .route("/approvals/processes", get(approvals::process::list).post(approvals::process::create))
        .route("/approvals/processes/new", get(approvals::process::new))
        .route("/approvals/processes/{id}", get(approvals::process::show).post(approvals::process::save))
        .route("/approvals/processes/{id}/switch", post(approvals::process::switch))
        .route("/approvals/{id}", get(approvals::show).post(approvals::act))
        .route("/approvals/{id}/files/{file}", get(approvals::download))

        .route("/pools", get(pool::index))
        .route("/pools/warnings/{record}", post(pool::dismiss))
        .route("/pools/{id}", get(pool::show))
        .route("/pools/{id}/count", get(pool::count))
        .route("/pools/{id}/claim", post(pool::claim_many))
        .route("/pools/{id}/assign", post(pool::assign_lying))
        .route("/pools/{id}/assign/form", post(pool::assign_lying_form))
        .route("/pools/{id}/rule", get(pool::rule).post(pool::save_rule))
        .route("/pools/{id}/rule/trial", post(pool::try_out))
        .route("/pools/{id}/{record}", get(pool::record))
        .route("/pools/{id}/{record}/claim", post(pool::claim_lying))

        .route("/review", get(review::first))
        .route("/review/{object}", get(review::show))
        .route("/review/{object}/counts", get(review::counts))
        .route("/review/{object}/scan", get(review::progress).post(review::start))
        .route("/review/{object}/merge", post(review::merge))
        .route("/review/{object}/merged", get(review::merged))
        .route("/review/{object}/different", post(review::different))
        .route("/review/{object}/restore", post(review::restore))
        .route("/review/{object}/decide", post(review::reopen))
        .route("/review/{object}/decided", get(review::decided))
        .route("/review/{object}/pair/{left}/{right}", get(review::pair))

        .route("/handover", get(handover::list))
        .route("/handover/new", get(handover::new::show).post(handover::new::make))
        .route("/handover/{id}/undo", post(handover::undo))

        .route("/performance", get(performance::show))
        .route("/performance/export", get(performance::export))
        .route("/forecast", get(forecast::show))
        .route("/forecast/changes", get(forecast::changes))

        .route("/settings", get(settings::show))
        .route("/settings/look", post(settings::look))
        .route("/settings/password", post(settings::password))
        .route("/settings/sessions/end", post(settings::end_others))
        .route("/settings/sessions/{handle}/end", post(settings::end_session))
        .route("/settings/tokens", get(settings::show).post(settings::create_token))
        .route("/settings/tokens/{id}/revoke", post(settings::revoke_token))

        .route("/imports", get(imports::list).post(imports::upload).layer(DefaultBodyLimit::max(IMPORT_LIMIT)))
        .route("/imports/new", get(imports::new))
        .route("/imports/{id}", get(imports::show))
        .route("/imports/{id}/plan", post(imports::plan))
        .route("/imports/{id}/start", post(imports::start))
        .route("/imports/{id}/undo", post(imports::undo))
        .route("/imports/{id}/errors", get(imports::errors))

        .route("/admin/users", get(users::list))
        .route("/admin/users/{id}", get(users::show))
        .route("/admin/users/{id}/credential", post(users::credential))
        .route("/admin/users/{id}/roles", post(users::roles))
        .route("/admin/roles", get(roles::list).post(roles::create))
        .route("/admin/roles/new", get(roles::new))
        .route("/admin/roles/{id}", get(roles::show).post(roles::save))
        .route("/admin/roles/{id}/delete", post(roles::delete))
        .route("/admin/departments", get(departments::show))
        .route("/admin/audit", get(audit::show))
        .route("/admin/model", get(model::list))
        .route("/admin/model/{object}", get(model::show))

        .route("/{object}", get(list::show).post(create::create).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/{object}/board", get(board::show))
        .route("/{object}/board/figures", get(board::figures))
        .route("/{object}/new", get(create::new))
        .route("/{object}/form", post(create::dependents))
        .route("/{object}/matches", post(alike::while_typing))
        .route("/{object}/count", get(list::count))
        .route("/{object}/totals", get(list::totals))
        .route("/{object}/figures", get(figures::show))
        .route("/{object}/columns", post(list::columns))
        .route("/{object}/export", get(export::download))
        .route("/{object}/restore", post(delete::restore))
        .route("/{object}/views", post(views::create))
        .route("/{object}/views/new", get(views::new))
        .route("/{object}/views/{view}", post(views::change))
        .route("/{object}/views/{view}/edit", get(views::edit))
        .route("/{object}/views/{view}/delete", post(views::delete))
        .route("/{object}/bulk/edit", post(bulk::edit))
        .route("/{object}/bulk/change", post(bulk::change))
        .route("/{object}/bulk/delete", post(bulk::delete))
        .route("/{object}/bulk/return", post(pool::give_back_many))
        .route("/{object}/bulk/assign", post(pool::assign_many))
        .route("/{object}/bulk/assign/form", post(pool::assign_many_form))
        .route("/{object}/merge", get(merge::show).post(merge::merge))
        .route("/{object}/merges/{merge}/undo", post(merge::undo))

        .route("/{object}/{id}", get(record::show).post(edit::save).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/{object}/{id}/edit", get(edit::show))
        .route("/{object}/{id}/delete", post(delete::delete))
        .route("/{object}/{id}/print/{file}", get(print::show))
        .route("/{object}/{id}/claim", post(pool::claim))
        .route("/{object}/{id}/return", get(pool::give_back_form).post(pool::give_back))
        .route("/{object}/{id}/assign", get(pool::assign_form).post(pool::assign))
        .route("/{object}/{id}/convert", get(convert::show).post(convert::make))
        .route("/{object}/{id}/convert/matches", post(convert::matches))
        .route("/{object}/{id}/convert/undo", post(convert::undo))
        .route("/{object}/{id}/purge", get(delete::ask_purge).post(delete::purge))
        .route("/{object}/{id}/cell/{field}", get(cell::edit).post(cell::save).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/{object}/{id}/stage", post(board::stage))
        .route("/{object}/{id}/take-back", post(board::take_back))
        .route("/{object}/{id}/merge", get(merge::choose))
        .route("/{object}/{id}/merges", get(merge::list))
        .route("/{object}/{id}/follow-up", post(follow_up::create))
        .route("/{object}/{id}/files", post(files::upload).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/task/{id}/done", post(home::tick))
}

/// Answers on a socket until told to stop; requests under way are finished.
pub async fn serve(
    app: App,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    assets::check();
    let stopping = app.stopping.clone();
    let stop = async move {
        stop.await;
        stopping.send_replace(true);
    };
    let service = router(app).into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
