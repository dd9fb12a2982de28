//! Files on their way out: always as a download, never as something a browser would run in our name.

use std::path::Path;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use zhike_types::Error;

use super::Answer;

const CHUNK: usize = 64 * 1024;

/// So many bytes of a file from where it stands, read as they are sent.
pub fn body(file: tokio::fs::File, length: u64) -> Body {
    Body::from_stream(stream::try_unfold((file, length), async |(mut file, left)| {
        if left == 0 {
            return Ok::<_, std::io::Error>(None);
        }
        let mut chunk = vec![0; CHUNK.min(usize::try_from(left).unwrap_or(CHUNK))];
        let read = file.read(&mut chunk).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        chunk.truncate(read);
        Ok(Some((chunk, (file, left - read as u64))))
    }))
}

/// A whole file, or the one range that was asked for.
pub async fn answer(path: &Path, name: &str, media_type: &str, request: &HeaderMap) -> Answer {
    let mut file = tokio::fs::File::open(path).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::NotFound,
        _ => Error::internal(error),
    })?;
    let size = file.metadata().await?.len();
    let asked = request.get(header::RANGE).and_then(|value| value.to_str().ok()).and_then(|value| range(value, size));
    let (status, from, to) = match asked {
        Some(Some((from, to))) => (StatusCode::PARTIAL_CONTENT, from, to + 1),
        Some(None) => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            response.headers_mut().insert(header::CONTENT_RANGE, ascii(&format!("bytes */{size}")));
            return Ok(response);
        }
        None => (StatusCode::OK, 0, size),
    };
    file.seek(std::io::SeekFrom::Start(from)).await?;
    let mut response = Response::new(body(file, to - from));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_TYPE, HeaderValue::try_from(media_type).unwrap_or(ascii("application/octet-stream")));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(to - from));
    headers.insert(header::ACCEPT_RANGES, ascii("bytes"));
    headers.insert(header::CONTENT_DISPOSITION, disposition(name));
    headers.insert(header::CONTENT_SECURITY_POLICY, ascii("sandbox; default-src 'none'"));
    if status == StatusCode::PARTIAL_CONTENT {
        headers.insert(header::CONTENT_RANGE, ascii(&format!("bytes {from}-{}/{size}", to - 1)));
    }
    Ok(response)
}

/// `attachment` with the name in both spellings: ASCII for old readers, UTF-8 for all others (RFC 6266, RFC 8187).
pub fn disposition(name: &str) -> HeaderValue {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    ascii(&format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{}",
        utf8_percent_encode(name, NON_ALPHANUMERIC)
    ))
}

fn ascii(text: &str) -> HeaderValue {
    HeaderValue::try_from(text).expect("ASCII without control characters")
}

/// First and last byte of `bytes=…`: the outer none when it is to be ignored (no such unit, several ranges), the inner when
/// it lies outside the file (RFC 9110 §14.1.2).
#[expect(clippy::option_option, reason = "ignored and unsatisfiable are two answers")]
fn range(value: &str, size: u64) -> Option<Option<(u64, u64)>> {
    let (first, last) = value.strip_prefix("bytes=")?.split_once('-')?;
    let (first, last) = (first.trim(), last.trim());
    if first.is_empty() {
        let tail: u64 = last.parse().ok()?;
        return Some((tail > 0 && size > 0).then(|| (size - tail.min(size), size.saturating_sub(1))));
    }
    let from: u64 = first.parse().ok()?;
    let to: u64 = if last.is_empty() { u64::MAX } else { last.parse().ok()? };
    if to < from {
        return None;
    }
    Some((from < size).then(|| (from, to.min(size.saturating_sub(1)))))
}

#[cfg(test)]
mod tests {
    use super::{disposition, range};

    #[test]
    fn ranges_are_clipped_refused_or_ignored() {
        assert_eq!(range("bytes=0-9", 100), Some(Some((0, 9))));
        assert_eq!(range("bytes=90-", 100), Some(Some((90, 99))));
        assert_eq!(range("bytes=-10", 100), Some(Some((90, 99))));
        assert_eq!(range("bytes=-500", 100), Some(Some((0, 99))));
        assert_eq!(range("bytes=100-", 100), Some(None));
        assert_eq!(range("bytes=-0", 100), Some(None));
        assert_eq!(range("bytes=0-", 0), Some(None));
        assert_eq!(range("bytes=9-0", 100), None);
        assert_eq!(range("bytes=0-1,5-6", 100), None);
        assert_eq!(range("lines=0-9", 100), None);
    }

    #[test]
    fn names_cannot_leave_their_quotes() {
        let header = disposition("合同 \"终稿\"\r\n.pdf");
        assert_eq!(
            header.to_str().expect("ASCII"),
            "attachment; filename=\"__ ____ __.pdf\"; filename*=UTF-8''%E5%90%88%E5%90%8C%20%22%E7%BB%88%E7%A8%BF%22%0D%0A%2Epdf"
                .replace("__ ____ __.pdf", "__ ______.pdf")
        );
    }
}
