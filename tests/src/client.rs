//! A small HTTP client: no redirects followed, every status an answer.

use std::{
    io::{BufRead as _, BufReader, Read},
    time::Duration,
};

use serde_json::Value;
use ureq::{
    Agent, Body,
    http::{HeaderMap, Request, Response},
};

use crate::Answer;

/// One visitor, user or program. Clones share connections.
#[derive(Debug, Clone)]
pub struct Client {
    base: String,
    agent: Agent,
    headers: Vec<(String, String)>,
}

impl Client {
    /// A visitor of the server at `base`, `http://127.0.0.1:PORT`.
    pub fn new(base: &str) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_mins(1)))
            .build()
            .into();
        // A browser says where a form stood; the server refuses forms from elsewhere.
        let headers = vec![("Origin".to_owned(), base.to_owned())];
        Self { base: base.to_owned(), agent, headers }
    }

    /// The same client, sending this header from now on.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The text of a header that this client sends with every request.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Signs in through the form and keeps the session's cookie.
    ///
    /// # Panics
    /// When the server does not let the user in.
    #[must_use]
    pub fn sign_in(self, user: &str, password: &str) -> Self {
        let answer = self.post_form("/signin", &[("login", user), ("password", password)]).expect(303);
        let cookies = cookies(&answer.headers);
        assert!(!cookies.is_empty(), "signing in as {user} set no cookie");
        self.with_header("Cookie", &cookies)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send_json("POST", path, body)
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send_json("PUT", path, body)
    }

    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send_json("PATCH", path, body)
    }

    pub fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<_> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        self.send("POST", path, Some(("application/x-www-form-urlencoded", pairs.join("&").into_bytes())))
    }

    /// A form with one file in it (multipart/form-data, RFC 7578), and further fields.
    pub fn upload(&self, path: &str, field: &str, file: (&str, &[u8]), fields: &[(&str, &str)]) -> Answer {
        const BOUNDARY: &str = "zhike-tests-7c1b1f0e2a5d";
        let mut body = Vec::new();
        for (name, value) in fields {
            let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(head.as_bytes());
        }
        let (name, content) = file;
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        self.send("POST", path, Some((&format!("multipart/form-data; boundary={BOUNDARY}"), body)))
    }

    /// Reads server-sent events until one line holds the text, and answers that line.
    ///
    /// # Panics
    /// When the stream ends, or a minute passes, before that.
    pub fn wait_for_event(&self, path: &str, text: &str) -> String {
        let request =
            self.request("GET", path).header("Accept", "text/event-stream").body(()).expect("a path is a URI");
        let response = self.agent.run(request).unwrap_or_else(|error| panic!("GET {path}: {error}"));
        assert_eq!(response.status().as_u16(), 200, "GET {path}");
        BufReader::new(response.into_body().into_reader())
            .lines()
            .map(|line| line.unwrap_or_else(|error| panic!("GET {path} showed no “{text}”: {error}")))
            .find(|line| line.contains(text))
            .unwrap_or_else(|| panic!("GET {path} ended without “{text}”"))
    }

    /// Any method, with a body of any type.
    pub fn send(&self, method: &str, path: &str, body: Option<(&str, Vec<u8>)>) -> Answer {
        let request = self.request(method, path);
        let sent = match body {
            Some((kind, bytes)) => {
                self.agent.run(request.header("Content-Type", kind).body(bytes).expect("a path is a URI"))
            }
            None => self.agent.run(request.body(()).expect("a path is a URI")),
        };
        let name = format!("{method} {path}");
        let response = sent.unwrap_or_else(|error| panic!("{name}: {error}"));
        answer(name, response)
    }

    fn send_json(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send(method, path, Some(("application/json", body.to_string().into_bytes())))
    }

    fn request(&self, method: &str, path: &str) -> ureq::http::request::Builder {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request
    }
}

fn answer(request: String, response: Response<Body>) -> Answer {
    let (head, body) = response.into_parts();
    let mut bytes = Vec::new();
    body.into_reader().read_to_end(&mut bytes).unwrap_or_else(|error| panic!("{request}: {error}"));
    Answer { request, status: head.status.as_u16(), headers: head.headers, body: bytes }
}

/// The `Cookie` header that a browser would send back.
fn cookies(headers: &HeaderMap) -> String {
    let pairs = headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()?.split(';').next());
    pairs.collect::<Vec<_>>().join("; ")
}

/// Percent-encoding for forms and queries: all but letters, digits and `-._~` (RFC 3986 §2.3).
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut done, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            done.push(char::from(byte));
        } else {
            use std::fmt::Write as _;
            write!(done, "%{byte:02X}").expect("a string takes what is written");
        }
        done
    })
}
