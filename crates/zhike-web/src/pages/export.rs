//! A filtered list as a file.

use axum::{
    body::Body,
    extract::{Path, Query},
    http::header,
    response::{IntoResponse, Response},
};
use tokio::io::AsyncReadExt as _;
use zhike_records::{ExportFormat, ListQuery};
use zhike_types::Error;

use super::list::ListState;
use crate::{
    fault::{Answer, Fault},
    filter,
    link::{Pairs, encode},
    session::Signed,
};

/// All rows that the list's address finds, or those ticked; in the columns it shows.
pub async fn download(signed: Signed, Path(object): Path<String>, Query(pairs): Query<Pairs>) -> Answer {
    let object = signed.object(&object)?;
    let ticked: Vec<&str> = if pairs.get("all") == Some("1") { Vec::new() } else { pairs.all("id").collect() };
    let among = filter::one_of("id", &ticked);
    let state = ListState::read(&signed, &object, pairs.clone().without("after")).await?;
    let filter = match among {
        Some(among) => among,
        None => state.found(&signed, &object).await?,
    };
    let query = ListQuery { filter, ..state.query(&object) };
    let (format, ending, kind) = match pairs.get("format") {
        Some("csv") => (ExportFormat::Csv, "csv", "text/csv; charset=utf-8"),
        _ => (ExportFormat::Xlsx, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    };
    let out = tempfile::Builder::new().prefix("zhike-export-").suffix(&format!(".{ending}")).tempfile()?;
    signed.app.engine.export(&signed.actor, &query, format, out.path(), &|_| {}).await?;
    let day = signed.app.engine.zone().civil(signed.app.engine.now()).strftime("%Y%m%d");
    let name =
        format!("{}-{}-{day}.{ending}", object.plural.get(signed.lang()), state.saved.view.label.get(signed.lang()));
    let file = tokio::fs::File::from_std(out.reopen()?);
    Ok(stream(file, &name, kind, false))
}

/// A file as an answer, read bit by bit; the open file outlives its name.
pub fn stream(file: tokio::fs::File, name: &str, kind: &str, inline: bool) -> Response {
    let pieces = futures_util::stream::try_unfold(file, async |mut file| {
        let mut piece = vec![0; 64 * 1024];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((piece, file)))
    });
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition(name, inline))];
    (headers, Body::from_stream(pieces)).into_response()
}

/// Whether a browser shows a file or keeps it, and under which name.
pub fn disposition(name: &str, inline: bool) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }).collect();
    let place = if inline { "inline" } else { "attachment" };
    format!("{place}; filename=\"{plain}\"; filename*=UTF-8''{}", encode(name))
}

/// A file on disk as an answer.
pub async fn stream_path(path: &std::path::Path, name: &str, kind: &str, inline: bool) -> Result<Response, Fault> {
    let file = tokio::fs::File::open(path).await.map_err(Error::internal)?;
    Ok(stream(file, name, kind, inline))
}
