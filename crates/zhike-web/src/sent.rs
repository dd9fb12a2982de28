//! A submitted form, as browsers send it: plain pairs, or multipart where a file may be in it.

use axum::{
    Form,
    extract::{FromRequest, Multipart, Request},
    http::header,
    response::{IntoResponse, Response},
};
use zhike_model::{Field, FieldKind, Object};
use zhike_records::{Engine, Input, Record, media_type};
use zhike_types::{Error, Result, Text};

use crate::{App, fault::Fault, link::Pairs, pages::files::broken, session::Signed};

/// What a form sent.
#[derive(Debug, Default)]
pub struct Sent {
    pub pairs: Pairs,
    /// Chosen files; a file control left empty is none.
    pub files: Vec<Upload>,
}

#[derive(Debug)]
pub struct Upload {
    pub field: String,
    pub name: String,
    pub bytes: Vec<u8>,
}

impl FromRequest<App> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> std::result::Result<Self, Response> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let Form(pairs) = Form::<Pairs>::from_request(request, app).await.map_err(IntoResponse::into_response)?;
            return Ok(Self { pairs, files: Vec::new() });
        }
        let parts = Multipart::from_request(request, app).await.map_err(IntoResponse::into_response)?;
        read(parts).await.map_err(IntoResponse::into_response)
    }
}

async fn read(mut parts: Multipart) -> std::result::Result<Sent, Fault> {
    let mut sent = Sent::default();
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        let field = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            Some(name) => {
                let bytes = part.bytes().await.map_err(broken)?.to_vec();
                if !name.is_empty() {
                    sent.files.push(Upload { field, name, bytes });
                }
            }
            None => sent.pairs.0.push((field, part.text().await.map_err(broken)?)),
        }
    }
    Ok(sent)
}

/// Whether the actor may hang files on records of the object, and so fill its file fields.
pub fn takes_files(engine: &Engine, actor: &zhike_records::Actor, object: &Object) -> bool {
    object.attachments && engine.may(actor, "attachment").create
}

/// Hangs the chosen files on a record and puts each into its field. The record's version is the one it has now: the other
/// fields of the same form were written just before.
pub async fn fill_files(signed: &Signed, record: Record, files: Vec<Upload>) -> Result<Record> {
    let mut record = record;
    for file in files {
        let object = record.object.clone();
        let Some(field) = object.field(&file.field).filter(|field| holds_file(field)) else { continue };
        record = fill(signed, record, field, file).await?;
    }
    Ok(record)
}

async fn fill(signed: &Signed, record: Record, field: &Field, file: Upload) -> Result<Record> {
    let engine = &signed.app.engine;
    let object = record.object.name.as_str();
    if field.kind == FieldKind::Image && !media_type(&file.name, &file.bytes).starts_with("image/") {
        let text = Text::new("请选择图片：PNG、JPEG、GIF 或 WebP。", "Choose a picture: PNG, JPEG, GIF or WebP.");
        return Err(Error::invalid(&field.name, "invalid", text));
    }
    let attached = match engine.attach(&signed.actor, object, record.id, &file.name, file.bytes).await {
        Ok(attached) => attached,
        // What is wrong with a file is wrong with the field it was chosen for.
        Err(Error::Invalid(mut errors)) => {
            for error in &mut errors {
                error.field.clone_from(&field.name);
            }
            return Err(Error::Invalid(errors));
        }
        Err(error) => return Err(error),
    };
    let input = Input::default().set(&field.name, attached.id.to_string());
    engine.change(&signed.actor, object, record.id, None, input).await
}

pub fn holds_file(field: &Field) -> bool {
    matches!(field.kind, FieldKind::File | FieldKind::Image)
}
