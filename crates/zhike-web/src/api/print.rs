//! Records as documents.

use axum::{extract::State, http::header, response::IntoResponse as _};
use zhike_records::Engine;

use super::{
    Answer,
    caller::Caller,
    file::disposition,
    params::Params,
    path::{At, Id},
};
use crate::print;

/// `GET /api/v1/quote/{id}/documents/quote`
pub async fn read(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id), name)): At<(String, Id, String)>,
    params: Params,
) -> Answer {
    params.finish()?;
    let made = print::print(&engine, &caller.actor, &object, id, &name).await?;
    let headers = [
        (header::CONTENT_TYPE, header::HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, disposition(&made.name)),
    ];
    Ok((headers, made.pdf).into_response())
}
