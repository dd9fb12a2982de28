//! All addresses of the pages, in one list.

use axum::Router;
use tokio::net::TcpListener;

use crate::{App, api, assets, fault, guard, session};
use axum::{
    middleware::{from_fn, from_fn_with_state},
    routing::get,
};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};
use zhike_types::Error;

/// Pages, assets, the API and live updates.
pub fn router(app: App) -> Router {
    pages()
        .fallback(async || fault::Fault::from(Error::NotFound))
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
}

/// Answers on a socket until told to stop; requests under way are finished.
pub async fn serve(app: App, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    assets::check();
    let stopping = app.stopping.clone();
    let stop = async move {
        stop.await;
        stopping.send_replace(true);
    };
    let service = router(app).into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
