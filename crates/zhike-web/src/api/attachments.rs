//! Files hung on records.

use std::io::Read as _;

use axum::{extract::State, http::HeaderMap};
use zhike_records::Engine;
use zhike_types::Text;

use super::{
    Answer,
    caller::Caller,
    file,
    params::Params,
    path::{At, Id},
    problem::Problem,
    records,
    upload::Upload,
};

pub async fn create(
    State(engine): State<Engine>,
    caller: Caller,
    At((object, Id(id))): At<(String, Id)>,
    params: Params,
    mut upload: Upload,
) -> Answer {
    params.finish()?;
    upload.alone()?;
    let takes = engine.model().object(&object).ok_or_else(Problem::not_found)?.attachments;
    if !takes {
        let message = Text::new("这种记录不能挂附件。", "Records of this kind take no files.");
        return Err(Problem::invalid("file", "invalid", message));
    }
    let mut bytes = Vec::new();
    upload.file.reopen()?.read_to_end(&mut bytes)?;
    let name = std::mem::take(&mut upload.file_name);
    let record = engine.attach(&caller.actor, &object, id, &name, bytes).await?;
    Ok(records::created(&engine, &record))
}

pub async fn download(
    State(engine): State<Engine>,
    caller: Caller,
    At(Id(id)): At<Id>,
    params: Params,
    headers: HeaderMap,
) -> Answer {
    params.finish()?;
    let (record, path) = engine.attachment(&caller.actor, id).await?;
    let media_type = record.value("media_type").as_text().unwrap_or("application/octet-stream");
    file::answer(&path, record.title(), media_type, &headers).await
}
