//! Multipart requests: one file, streamed to disk, and texts beside it.

use std::io::Write as _;

use axum::{
    RequestExt as _,
    body::Body,
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::{StatusCode, request::Parts},
};
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use zhike_types::{Text, text};

use super::{file, problem::Problem};

/// A file as it was sent, and the texts that came with it.
pub struct Upload {
    pub file_name: String,
    pub file: NamedTempFile,
    pub texts: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let mut parts = Multipart::from_request(request, state).await.map_err(|_| {
            let text = Text::new("文件要用 multipart/form-data 发送。", "Send files as multipart/form-data.");
            Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text)
        })?;
        let mut texts = Vec::new();
        let mut file = None;
        while let Some(mut part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            if name != "file" {
                texts.push((name, part.text().await.map_err(broken)?));
                continue;
            }
            if file.is_some() {
                let message = Text::new("一次只能传一个文件。", "One file at a time.");
                return Err(Problem::invalid("file", "repeated", message));
            }
            let file_name = base_name(part.file_name().unwrap_or_default());
            let mut target = NamedTempFile::new()?;
            while let Some(chunk) = part.chunk().await.map_err(broken)? {
                target.write_all(&chunk)?;
            }
            target.flush()?;
            file = Some((file_name, target));
        }
        let missing = || {
            Problem::invalid(
                "file",
                "required",
                Text::new("请附上文件（名为 file 的部分）。", "Send the file as the part `file`."),
            )
        };
        let (file_name, file) = file.ok_or_else(missing)?;
        Ok(Self { file_name, file, texts })
    }
}

impl Upload {
    /// The text of that name; all others are refused.
    pub fn only(&self, name: &str) -> Result<&str, Problem> {
        if let Some((other, _)) = self.texts.iter().find(|(given, _)| given != name) {
            let message = text!("没有「{}」这一项。", "There is no part `{}`.", other);
            return Err(Problem::invalid(other.clone(), "unknown", message));
        }
        let text = self.texts.iter().find(|(given, _)| given == name).map(|(_, text)| text.as_str());
        text.filter(|text| !text.is_empty()).ok_or_else(|| {
            Problem::invalid(name, "required", text!("请给出「{}」。", "The part `{}` is needed.", name))
        })
    }

    /// No text may come with the file.
    pub fn alone(&self) -> Result<(), Problem> {
        self.texts.first().map_or(Ok(()), |(other, _)| {
            let message = text!("没有「{}」这一项。", "There is no part `{}`.", other);
            Err(Problem::invalid(other.clone(), "unknown", message))
        })
    }
}

/// The body, put on disk, and what its parts hold fed to the digest: the bytes as sent are others each time, for the boundary is.
/// What is wrong with the upload is left for [`Upload`] to say.
pub async fn spooled(parts: &Parts, body: Body, digest: &mut Sha256) -> Result<Body, Problem> {
    let mut kept = NamedTempFile::new()?;
    let limited = Request::from_parts(parts.clone(), body).with_limited_body().into_body();
    let mut chunks = limited.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        kept.write_all(&chunk.map_err(|_| Problem::bare(StatusCode::PAYLOAD_TOO_LARGE))?)?;
    }
    kept.flush()?;
    let length = kept.as_file().metadata()?.len();
    let again = || kept.reopen().map(|file| file::body(tokio::fs::File::from_std(file), length));
    if let Ok(mut form) = Multipart::from_request(Request::from_parts(parts.clone(), again()?), &()).await {
        while let Ok(Some(mut part)) = form.next_field().await {
            digest.update(format!("{:?} {:?}\n", part.name(), part.file_name()));
            let mut content = Sha256::new();
            while let Ok(Some(chunk)) = part.chunk().await {
                content.update(&chunk);
            }
            digest.update(content.finalize());
        }
    }
    // the file has lost its name by then, not its bytes
    Ok(again()?)
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
pub fn broken(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::bare(StatusCode::PAYLOAD_TOO_LARGE);
    }
    Problem::new(StatusCode::BAD_REQUEST, text!("文件没有传完整：{}", "The upload is broken: {}", error.body_text()))
}

/// The name without folders, whichever system it comes from.
fn base_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().replace(char::is_control, "");
    if name.is_empty() { "file".to_owned() } else { name }
}
