//! All addresses of the pages, in one list.

use axum::Router;
use tokio::net::TcpListener;

use crate::{
    App,
    api::{self, ATTACHMENT_LIMIT, IMPORT_LIMIT},
    assets,
    by::by,
    fault, guard,
    pages::{
        admin::{audit, departments, mail, model, roles, users},
        alike, approvals, assignment, bin, board, bulk, calendar, cell, check_in, concentration, convert, copying,
        create, delete, disputes, edit, existence, export, figures, files, follow_up, forecast, handover, home,
        imports, influence, list, menu, merge, performance, pick, pool, print, record, review, roster, search,
        settings, setup, signin, statement, team, tiers, views, web_form,
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
        .route("/assets/{name}", get(by(assets::serve)))
        .nest("/api", api::router(app.clone()))
        .merge(api::live(app))
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new())
        .layer(from_fn(guard::headers))
}

#[rustfmt::skip]
fn pages() -> Router<App> {
    Router::new()
        .route("/", get(by(home::show)))
        .route("/team", get(by(team::show)))
        .route("/myday/overdue", get(by(home::overdue)))
        .route("/signin", get(by(signin::show)).post(by(signin::enter)))
        .route("/signout", post(by(signin::leave)))
        .route("/setup", get(by(setup::show)).post(by(setup::make)))
        .route("/f/{id}", get(by(web_form::show)).post(by(web_form::send)))
        .route("/menu", get(by(menu::show)))
        .route("/create", get(by(create::choose)))
        .route("/search", get(by(search::page)))
        .route("/palette", get(by(search::palette)))
        .route("/pick/{object}", get(by(pick::records)))
        .route("/regions", get(by(pick::regions)))
        .route("/files/{id}", get(by(files::download)))
        .route("/bin", get(by(bin::show)))
        .route("/existence", get(by(existence::show)).post(by(existence::ask)))
        .route("/existence/limits", post(by(existence::limits::save)))
        .route("/disputes", get(by(disputes::list)).post(by(disputes::create)).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/disputes/new", get(by(disputes::new)))
        .route("/disputes/waiting", get(by(disputes::count)))
        .route("/disputes/{id}", get(by(disputes::show)))
        .route("/disputes/{id}/decision", post(by(disputes::decide)))
        .route("/disputes/{id}/withdrawal", post(by(disputes::withdraw)))
        .route("/disputes/{id}/answer", post(by(disputes::answer)))
        .route("/disputes/{id}/files", post(by(disputes::upload)).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/disputes/{id}/files/{number}", get(by(disputes::download)))

        .route("/approvals", get(by(approvals::list)).post(by(approvals::ask::submit)).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/approvals/new", get(by(approvals::ask::new)))
        .route("/approvals/waiting", get(by(approvals::count)))
        .route("/approvals/away", post(by(approvals::away)))
        .route("/approvals/away/{id}/end", post(by(approvals::back)))
        .route("/approvals/processes", get(by(approvals::process::list)).post(by(approvals::process::create)))
        .route("/approvals/processes/new", get(by(approvals::process::new)))
        .route("/approvals/processes/{id}", get(by(approvals::process::show)).post(by(approvals::process::save)))
        .route("/approvals/processes/{id}/switch", post(by(approvals::process::switch)))
        .route("/approvals/{id}", get(by(approvals::show)).post(by(approvals::act)))
        .route("/approvals/{id}/files/{file}", get(by(approvals::download)))

        .route("/pools", get(by(pool::index)))
        .route("/pools/warnings/{record}", post(by(pool::dismiss)))
        .route("/pools/{id}", get(by(pool::show)))
        .route("/pools/{id}/count", get(by(pool::count)))
        .route("/pools/{id}/claim", post(by(pool::claim_many)))
        .route("/pools/{id}/assign", post(by(pool::assign_lying)))
        .route("/pools/{id}/assign/form", post(by(pool::assign_lying_form)))
        .route("/pools/{id}/rule", get(by(pool::rule)).post(by(pool::save_rule)))
        .route("/pools/{id}/rule/trial", post(by(pool::try_out)))
        .route("/pools/{id}/{record}", get(by(pool::record)))
        .route("/pools/{id}/{record}/claim", post(by(pool::claim_lying)))

        .route("/review", get(by(review::first)))
        .route("/review/{object}", get(by(review::show)))
        .route("/review/{object}/counts", get(by(review::counts)))
        .route("/review/{object}/scan", get(by(review::progress)).post(by(review::start)))
        .route("/review/{object}/merge", post(by(review::merge)))
        .route("/review/{object}/merged", get(by(review::merged)))
        .route("/review/{object}/different", post(by(review::different)))
        .route("/review/{object}/restore", post(by(review::restore)))
        .route("/review/{object}/decide", post(by(review::reopen)))
        .route("/review/{object}/decided", get(by(review::decided)))
        .route("/review/{object}/pair/{left}/{right}", get(by(review::pair)))

        .route("/handover", get(by(handover::list)))
        .route("/handover/new", get(by(handover::new::show)).post(by(handover::new::make)))
        .route("/handover/{id}/undo", post(by(handover::undo)))

        .route("/rosters", get(by(roster::list)))
        .route("/rosters/{id}", get(by(roster::show)))
        .route("/rosters/{id}/notice", get(by(roster::notice::form)).post(by(roster::notice::make)))
        .route("/rosters/{id}/statements", post(by(statement::make_all)))
        .route("/rosters/{id}/statements.zip", get(by(statement::archive)))
        .route("/product_notice/{id}/withdraw", post(by(roster::notice::take_back)))
        .route("/account/{id}/statement", get(by(statement::form)).post(by(statement::make_one)))
        .route("/account/{id}/influence", get(by(influence::show)))
        .route("/concentration", get(by(concentration::show)))

        .route("/performance", get(by(performance::show)))
        .route("/performance/export", get(by(performance::export)))
        .route("/tiers/{id}", get(by(tiers::show)).post(by(tiers::work_out)))
        .route("/account/{id}/standing", get(by(tiers::account)))
        .route("/forecast", get(by(forecast::show)))
        .route("/forecast/changes", get(by(forecast::changes)))

        .route("/calendar", get(by(calendar::show)))
        .route("/calendar/new", get(by(calendar::new)))
        .route("/calendar/feed/{name}", get(by(calendar::serve)))
        .route("/calendar/{object}/{id}/move", post(by(calendar::put)))
        .route("/reminders", get(by(calendar::reminders)))
        .route("/reminders/count", get(by(calendar::count_reminders)))

        .route("/settings", get(by(settings::show)))
        .route("/settings/look", post(by(settings::look)))
        .route("/settings/password", post(by(settings::password)))
        .route("/settings/sessions/end", post(by(settings::end_others)))
        .route("/settings/sessions/{handle}/end", post(by(settings::end_session)))
        .route("/settings/calendar", get(by(settings::show)).post(by(calendar::renew_feed)))
        .route("/settings/calendar/end", post(by(calendar::end_feed)))
        .route("/settings/mail", get(by(settings::show)).post(by(settings::mail)))
        .route("/settings/tokens", get(by(settings::show)).post(by(settings::create_token)))
        .route("/settings/tokens/{id}/revoke", post(by(settings::revoke_token)))

        .route("/imports", get(by(imports::list)).post(by(imports::upload)).layer(DefaultBodyLimit::max(IMPORT_LIMIT)))
        .route("/imports/new", get(by(imports::new)))
        .route("/imports/{id}", get(by(imports::show)))
        .route("/imports/{id}/plan", post(by(imports::plan)))
        .route("/imports/{id}/start", post(by(imports::start)))
        .route("/imports/{id}/undo", post(by(imports::undo)))
        .route("/imports/{id}/errors", get(by(imports::errors)))

        .route("/admin/users", get(by(users::list)))
        .route("/admin/users/{id}", get(by(users::show)))
        .route("/admin/users/{id}/credential", post(by(users::credential)))
        .route("/admin/users/{id}/roles", post(by(users::roles)))
        .route("/admin/roles", get(by(roles::list)).post(by(roles::create)))
        .route("/admin/roles/new", get(by(roles::new)))
        .route("/admin/roles/{id}", get(by(roles::show)).post(by(roles::save)))
        .route("/admin/roles/{id}/delete", post(by(roles::delete)))
        .route("/admin/departments", get(by(departments::show)))
        .route("/admin/mail", get(by(mail::show)).post(by(mail::save)))
        .route("/admin/mail/test", post(by(mail::trial)))
        .route("/admin/mail/end", post(by(mail::end)))
        .route("/admin/mail/{id}/retry", post(by(mail::retry)))
        .route("/admin/audit", get(by(audit::show)))
        .route("/admin/model", get(by(model::list)))
        .route("/admin/model/{object}", get(by(model::show)))

        .route("/{object}", get(by(list::show)).post(by(create::create)).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/{object}/board", get(by(board::show)))
        .route("/{object}/board/figures", get(by(board::figures)))
        .route("/{object}/new", get(by(create::new)))
        .route("/{object}/form", post(by(create::dependents)))
        .route("/{object}/matches", post(by(alike::while_typing)))
        .route("/{object}/count", get(by(list::count)))
        .route("/{object}/totals", get(by(list::totals)))
        .route("/{object}/figures", get(by(figures::show)))
        .route("/{object}/columns", post(by(list::columns)))
        .route("/{object}/export", get(by(export::download)))
        .route("/{object}/restore", post(by(delete::restore)))
        .route("/{object}/views", post(by(views::create)))
        .route("/{object}/views/new", get(by(views::new)))
        .route("/{object}/views/{view}", post(by(views::change)))
        .route("/{object}/views/{view}/edit", get(by(views::edit)))
        .route("/{object}/views/{view}/delete", post(by(views::delete)))
        .route("/{object}/bulk/edit", post(by(bulk::edit)))
        .route("/{object}/bulk/change", post(by(bulk::change)))
        .route("/{object}/bulk/delete", post(by(bulk::delete)))
        .route("/{object}/bulk/return", post(by(pool::give_back_many)))
        .route("/{object}/bulk/assign", post(by(pool::assign_many)))
        .route("/{object}/bulk/assign/form", post(by(pool::assign_many_form)))
        .route("/{object}/bulk/assign/rules", post(by(assignment::give)))
        .route("/{object}/bulk/assign/rules/form", post(by(assignment::form)))
        .route("/{object}/merge", get(by(merge::show)).post(by(merge::merge)))
        .route("/{object}/merges/{merge}/undo", post(by(merge::undo)))

        .route("/{object}/{id}", get(by(record::show)).post(by(edit::save)).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/{object}/{id}/edit", get(by(edit::show)))
        .route("/{object}/{id}/delete", post(by(delete::delete)))
        .route("/{object}/{id}/print/{file}", get(by(print::show)))
        .route("/{object}/{id}/claim", post(by(pool::claim)))
        .route("/{object}/{id}/return", get(by(pool::give_back_form)).post(by(pool::give_back)))
        .route("/{object}/{id}/assign", get(by(pool::assign_form)).post(by(pool::assign)))
        .route("/{object}/{id}/check-in", get(by(check_in::show)).post(by(check_in::make)).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/{object}/{id}/copies/{name}", post(by(copying::make)))
        .route("/{object}/{id}/convert", get(by(convert::show)).post(by(convert::make)))
        .route("/{object}/{id}/convert/matches", post(by(convert::matches)))
        .route("/{object}/{id}/convert/undo", post(by(convert::undo)))
        .route("/{object}/{id}/purge", get(by(delete::ask_purge)).post(by(delete::purge)))
        .route("/{object}/{id}/cell/{field}", get(by(cell::edit)).post(by(cell::save)).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/{object}/{id}/stage", post(by(board::stage)))
        .route("/{object}/{id}/take-back", post(by(board::take_back)))
        .route("/{object}/{id}/merge", get(by(merge::choose)))
        .route("/{object}/{id}/merges", get(by(merge::list)))
        .route("/{object}/{id}/follow-up", post(by(follow_up::create)))
        .route("/{object}/{id}/files", post(by(files::upload)).layer(DefaultBodyLimit::max(ATTACHMENT_LIMIT)))
        .route("/task/{id}/done", post(by(home::tick)))
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
