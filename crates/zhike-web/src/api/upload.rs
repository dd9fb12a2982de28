//! Multipart requests: one file, streamed to disk, and texts beside it.

use std::io::Write as _;

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};
use tempfile::NamedTempFile;
use zhike_types::{Text, text};

use super::problem::Problem;

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

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn broken(error: MultipartError) -> Problem {
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
