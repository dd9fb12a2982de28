//! A record as a document.

use axum::{extract::Path, http::header, response::IntoResponse as _};

use super::export::disposition;
use crate::{fault::Answer, print, session::Signed};

/// `/quote/{id}/print/quote.pdf`
pub async fn show(signed: Signed, Path((object, id, file)): Path<(String, String, String)>) -> Answer {
    let object = signed.object(&object)?;
    let name = file.strip_suffix(".pdf").unwrap_or(&file);
    let made = print::print(&signed.app.engine, &signed.actor, &object.name, super::id(&id)?, name).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, disposition(&made.name, true)),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, made.pdf).into_response())
}
