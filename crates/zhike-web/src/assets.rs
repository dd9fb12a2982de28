//! Styles, scripts and icons, embedded in the binary and served under names that hold their content's hash.

use std::{collections::HashMap, sync::OnceLock};

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// `app.css` → `/assets/app.3f2a91c0.css`, from the manifest that the build of `web/` writes.
pub fn url(name: &str) -> &'static str {
    static NAMES: OnceLock<HashMap<String, String>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let manifest = Dist::get("manifest.json").map(|file| file.data).unwrap_or_default();
        let files: HashMap<String, String> = serde_json::from_slice(&manifest).unwrap_or_default();
        files.into_iter().map(|(name, file)| (name, format!("/assets/{file}"))).collect()
    });
    names.get(name).map_or("/assets/missing", String::as_str)
}

/// Says so when the binary was built without them.
pub fn check() {
    if Dist::get("manifest.json").is_none() {
        tracing::warn!(
            "this binary was built without web/dist: pages have no styles and scripts. Run `make web` and build again"
        );
    }
}

pub async fn serve(Path(name): Path<String>) -> Response {
    let Some(file) = Dist::get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let headers =
        [(header::CONTENT_TYPE, media_type(&name)), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, file.data).into_response()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        "png" => "image/png",
        _ => "text/plain; charset=utf-8",
    }
}
