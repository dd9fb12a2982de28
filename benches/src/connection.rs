//! One HTTP/1.1 keep-alive connection (RFC 9112), as thin as can be: what is measured is the server.

use std::{
    io::{Error, ErrorKind, Result},
    net::SocketAddr,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A request, ready to be sent.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: &'static str,
    /// Path and query, already percent-encoded.
    pub path: String,
    /// JSON; no body when `None`.
    pub body: Option<String>,
    /// Header lines, each ended by `\r\n`: who asks.
    pub headers: String,
}

impl Request {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), body: None, headers: String::new() }
    }

    pub fn post(path: impl Into<String>, body: String) -> Self {
        Self { method: "POST", path: path.into(), body: Some(body), headers: String::new() }
    }

    #[must_use]
    pub fn with_headers(mut self, lines: &str) -> Self {
        self.headers.push_str(lines);
        self
    }

    fn bytes(&self, host: SocketAddr) -> Vec<u8> {
        let Self { method, path, headers, body } = self;
        let (kind, body) = match body {
            Some(body) => {
                (format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()), body.as_str())
            }
            None => (String::new(), ""),
        };
        format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}{kind}\r\n{body}").into_bytes()
    }
}

/// A response: its status and its body as sent (perhaps compressed).
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub body: Vec<u8>,
}

/// An open connection.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    /// What was read and not yet used.
    buffer: Vec<u8>,
}

/// What the head says about the body.
enum Length {
    Bytes(usize),
    Chunked,
    UntilClose,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { address, stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a request and reads the whole answer.
    pub async fn ask(&mut self, request: &Request) -> Result<Response> {
        self.stream.write_all(&request.bytes(self.address)).await?;
        let (status, length) = self.head().await?;
        let body = match length {
            Length::Bytes(count) => self.take(count).await?,
            Length::Chunked => self.chunks().await?,
            Length::UntilClose => {
                while self.read_more().await? > 0 {}
                std::mem::take(&mut self.buffer)
            }
        };
        Ok(Response { status, body })
    }

    async fn head(&mut self) -> Result<(u16, Length)> {
        loop {
            if let Some((status, length, used)) = parse(&self.buffer)? {
                self.buffer.drain(..used);
                // An interim answer (RFC 9110 §15.2) goes before the real one.
                if (100..200).contains(&status) {
                    continue;
                }
                return Ok((status, length));
            }
            if self.read_more().await? == 0 {
                return Err(Error::new(ErrorKind::UnexpectedEof, "the server closed the connection"));
            }
        }
    }

    /// Chunked coding, RFC 9112 §7.1. The server sends no trailers.
    async fn chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.line().await?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(|_| invalid("a chunk's size is hexadecimal"))?;
            body.extend(self.take(size).await?);
            if !self.line().await?.is_empty() {
                return Err(invalid("a chunk ends with a line end"));
            }
            if size == 0 {
                return Ok(body);
            }
        }
    }

    async fn line(&mut self) -> Result<String> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
                self.buffer.drain(..end + 2);
                return Ok(line);
            }
            self.must_read().await?;
        }
    }

    async fn take(&mut self, count: usize) -> Result<Vec<u8>> {
        while self.buffer.len() < count {
            self.must_read().await?;
        }
        Ok(self.buffer.drain(..count).collect())
    }

    async fn must_read(&mut self) -> Result<()> {
        match self.read_more().await? {
            0 => {
                Err(Error::new(ErrorKind::UnexpectedEof, "the server closed the connection in the middle of an answer"))
            }
            _ => Ok(()),
        }
    }

    async fn read_more(&mut self) -> Result<usize> {
        self.buffer.reserve(16 * 1024);
        self.stream.read_buf(&mut self.buffer).await
    }
}

/// Status, the body's length and the head's own length; `None` when the head is not all there yet.
fn parse(buffer: &[u8]) -> Result<Option<(u16, Length, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(used) = head.parse(buffer).map_err(|error| invalid(&error.to_string()))? else {
        return Ok(None);
    };
    let status = head.code.unwrap_or_default();
    if status == 204 || status == 304 || (100..200).contains(&status) {
        return Ok(Some((status, Length::Bytes(0), used)));
    }
    let value = |name: &str| {
        let header = head.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(header.value).ok().map(str::trim)
    };
    let length = match (value("transfer-encoding"), value("content-length")) {
        (Some(coding), _) if coding.eq_ignore_ascii_case("chunked") => Length::Chunked,
        (_, Some(count)) => Length::Bytes(count.parse().map_err(|_| invalid("a length is a number"))?),
        _ => Length::UntilClose,
    };
    Ok(Some((status, length, used)))
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what.to_owned())
}

#[cfg(test)]
mod tests;
