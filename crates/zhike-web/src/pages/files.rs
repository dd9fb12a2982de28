//! Files that hang on records.

use axum::{
    extract::{Multipart, Path, Query},
    response::IntoResponse,
};
use zhike_records::Record;
use zhike_types::{Error, Text, text};

use super::export::stream_path;
use crate::{
    fault::{Answer, Fault},
    link::Pairs,
    session::{Flash, Signed},
    words::t,
};

/// Hangs the uploaded files on a record; `?field=logo` puts the first into that field.
pub async fn upload(
    signed: Signed,
    Path((object, id)): Path<(String, String)>,
    Query(pairs): Query<Pairs>,
    mut form: Multipart,
) -> Answer {
    let object = signed.object(&object)?;
    let id = super::id(&id)?;
    let engine = &signed.app.engine;
    let mut made: Vec<Record> = Vec::new();
    while let Some(part) = form.next_field().await.map_err(broken)? {
        let Some(name) = part.file_name().map(str::to_owned).filter(|name| !name.is_empty()) else { continue };
        let bytes = part.bytes().await.map_err(broken)?.to_vec();
        made.push(engine.attach(&signed.actor, &object.name, id, &name, bytes).await?);
    }
    if made.is_empty() {
        return Err(Error::invalid("file", "required", Text::new("请先选择文件。", "Choose a file first.")).into());
    }
    let mut back = format!("/{}/{id}?tab=files", object.name);
    if let Some(field) = pairs.get("field").and_then(|name| object.field(name)) {
        let input = zhike_records::Input::default().set(&field.name, made[0].id.to_string());
        engine.change(&signed.actor, &object.name, id, None, input).await?;
        back = format!("/{}/{id}", object.name);
    }
    let text = t!(signed.lang(), "已上传 {} 个文件", "Uploaded {} files", made.len());
    Ok(Flash::new(text).redirect(&back))
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` hands it over")]
pub fn broken(error: axum::extract::multipart::MultipartError) -> Fault {
    let too_large = error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
    let limit = crate::api::FILE_MB;
    let message = if too_large {
        text!("文件太大了，一次最大 {limit} MB。", "The file is too large: {limit} MB at a time at most.")
    } else {
        Text::new("上传中断了，请再试一次。", "The upload broke off; try again.")
    };
    Error::invalid("file", "invalid", message).into()
}

/// Kinds that a browser may show by itself; everything else is downloaded. SVG and HTML would run scripts as ours.
const SHOWN: [&str; 6] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "application/pdf"];

pub async fn download(signed: Signed, Path(id): Path<String>) -> Answer {
    let (record, path) = signed.app.engine.attachment(&signed.actor, super::id(&id)?).await?;
    let name = record.title().to_owned();
    let (kind, inline) = served(record.value("media_type").as_text().unwrap_or_default());
    Ok(stream_path(&path, &name, kind, inline).await?.into_response())
}

/// As what a file goes out, and whether the browser may show it by itself.
pub fn served(media_type: &str) -> (&'static str, bool) {
    let shown = SHOWN.into_iter().find(|kind| *kind == media_type);
    (shown.unwrap_or("application/octet-stream"), shown.is_some())
}
